"""Asks the regex engine inside `tokenizers` for the class of every code point.

`python tests/derive_unicode.py > src/codecorpus/unicode_classes.txt` writes the table again, when a new version of the engine
follows a new version of Unicode; `test_tokenize_unicode.py` fails until that is done.
"""

from __future__ import annotations

import sys

import numpy as np
from tokenizers import Regex
from tokenizers.pre_tokenizers import Split

#: The letter of each class in the file → the regex of its members. What is in none is `O`.
PATTERNS = {
    "U": r"[\p{Lu}\p{Lt}]",
    "L": r"[\p{Ll}\p{Lm}\p{Lo}]",
    "M": r"\p{M}",
    "N": r"\p{N}",
    "S": r"\s",
    "R": r"[\r\n]",  # after S, which holds it
}


def classes() -> str:
    """One letter per code point."""
    code_points = [point for point in range(0x110000) if not 0xD800 <= point < 0xE000]
    text = "".join(map(chr, code_points))
    table = np.full(0x110000, "O")
    for letter, pattern in PATTERNS.items():
        pieces = Split(Regex(f"{pattern}+"), "removed", invert=True).pre_tokenize_str(text)
        for _, (start, end) in pieces:
            table[code_points[start:end]] = letter
    return "".join(table)


def main() -> None:
    previous = ""
    for point, letter in enumerate(classes()):
        if letter != previous:
            sys.stdout.write(f"{point:x} {letter}\n")
        previous = letter


if __name__ == "__main__":
    main()

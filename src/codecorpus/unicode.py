"""The class of every code point: what text measures count and what pre-tokenisation splits at.

Comes in: `unicode_classes.txt`, one line per run of code points of one class. Goes out: `CLASSES`, one byte
per code point.

Python's `unicodedata` and a tokenizer's regex engine follow different versions of Unicode, so that the same
letter can be a letter for one and unassigned for the other. Pre-tokens have to be exactly those of the
regex that `tokenizer.json` carries, so the table is derived from that engine (`tests/derive_unicode.py`
writes it and a test compares it again with the engine installed).
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

#: Punctuation, symbols, controls, private use, surrogates, unassigned.
OTHER: Final = 0
#: Upper-case and title-case letters: Lu, Lt.
UPPER: Final = 1
#: All other letters: Ll, Lm, Lo.
LOWER: Final = 2
#: Combining marks: M. Not letters, but pre-tokenisation keeps them with the letter they stand on.
MARK: Final = 3
#: Digits and numbers of every script: N.
NUMBER: Final = 4
#: Carriage return and line feed.
NEWLINE: Final = 5
#: All other white space, `\s` of the regex engine.
SPACE: Final = 6

_LETTERS: Final = "OULMNRS"  # a class's letter in the file stands at the class's number


def _expand(runs: str) -> NDArray[np.uint8]:
    r"""Turn `start class` lines into one byte per code point; a run ends where the next one starts.

    >>> _expand("0 O\n41 U\n5b O\n")[0x40:0x43].tolist()
    [0, 1, 1]
    """
    words = runs.split()
    starts = np.array([int(word, 16) for word in words[0::2]] + [0x110000])
    classes = np.array([_LETTERS.index(word) for word in words[1::2]], np.uint8)
    table = np.repeat(classes, np.diff(starts))
    table.flags.writeable = False
    return table


#: uint8[0x110000]: the class of each code point.
CLASSES: Final = _expand(Path(__file__).with_name("unicode_classes.txt").read_text("ascii"))

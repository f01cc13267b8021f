"""Obvious twins of the kernels of `codecorpus.parse._kernels_text`: slow, short, and written from the definitions."""

from __future__ import annotations

import re
from collections import Counter

from codecorpus.parse._kernels_runs import PLACEHOLDER_WORDS
from codecorpus.unicode import CLASSES, LOWER, MARK, NEWLINE, NUMBER, SPACE, UPPER


def lines_of(text: str) -> list[str]:
    """Lines without their breaks; what follows the last break is a line if there is anything."""
    lines = re.split(r"\r\n|\n|\r", text)
    return lines if lines[-1] else lines[:-1]


def class_of(character: str) -> int:
    return int(CLASSES[ord(character)])


def is_space(character: str) -> bool:
    return class_of(character) in (SPACE, NEWLINE)


def text_counts(text: str) -> list[int]:
    """In the order of the columns of the kernel."""
    lines = lines_of(text)
    kinds = [class_of(character) for character in text]
    bidi = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
    invisible = re.compile(
        "[\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\xad\u180e\ufeff\U000e0000-\U000e007f]"
    )
    return [
        len(text),
        len(lines),
        max(map(len, lines), default=0),
        sum(map(len, lines)),
        sum(kind in (UPPER, LOWER) for kind in kinds),
        sum(kind == NUMBER for kind in kinds),
        sum(kind in (SPACE, NEWLINE) for kind in kinds),
        int("<?xml version=" in text[:100]),
        sum(kind == MARK for kind in kinds),
        sum(character > "\x7f" for character in text),
        len(re.findall(r"[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f]", text)),
        len(invisible.findall(text.removeprefix("\ufeff"))),
        sum(character in bidi for character in text),
        text.count("\ufffd"),
        sum(len(run[0]) for run in re.finditer(r"([!-~])\1{9,}", text)),
        sum(all(is_space(character) for character in line) for line in lines),
        sum(len(line) for line in lines if len(line) > 300),
        len("".join(" " if is_space(character) else "x" for character in text).split()),
    ]


def is_wordy(character: str) -> bool:
    return class_of(character) in (UPPER, LOWER, MARK, NUMBER)


def words_of(text: str) -> list[tuple[int, str]]:
    """Offset and text of each run of letters, marks and digits."""
    words: list[tuple[int, str]] = []
    for at, character in enumerate(text):
        if not is_wordy(character):
            continue
        if words and words[-1][0] + len(words[-1][1]) == at:
            words[-1] = (words[-1][0], words[-1][1] + character)
        else:
            words.append((at, character))
    return words


def small(word: str) -> str:
    """ASCII letters small, all others as they are."""
    return re.sub("[A-Z]+", lambda found: found[0].lower(), word)


def top_characters(words: list[str], size: int) -> int:
    runs = [tuple(words[i : i + size]) for i in range(len(words) - size + 1)]
    counts = Counter(runs)
    if not runs or max(counts.values()) == 1:
        return 0
    top = max(counts, key=lambda run: counts[run])  # the first of them, where several are as frequent
    return min(sum(map(len, top)) * counts[top], sum(map(len, words)))


def repeated_characters(words: list[str], size: int) -> int:
    runs = [tuple(words[i : i + size]) for i in range(len(words) - size + 1)]
    counts = Counter(runs)
    covered = {place for i, run in enumerate(runs) if counts[run] > 1 for place in range(i, i + size)}
    return sum(len(words[place]) for place in covered)


def encoded_runs(text: str) -> list[int]:
    """Lengths of the stretches of base64, of hexadecimal pairs and of escapes."""
    # A word with a letter that is not ASCII is not part of a stretch, not even with its other letters.
    plain = "".join(
        "\0" * len(piece) if wordy and not piece.isascii() else piece for wordy, piece in pieces_of(text)
    )
    base64 = re.findall(r"[A-Za-z0-9](?:[A-Za-z0-9+/=\r\n]{62,}[A-Za-z0-9])", plain)
    base64 = [run for run in base64 if 64 * len(re.findall("[0-9]", run)) >= len(run)]
    pair = r"(?:(?<![0-9A-Za-z])0[xX]|(?<=\\)x|(?<![0-9A-Za-z]))[0-9a-fA-F]{2}(?![0-9A-Za-z])"
    pairs = [found[0] for found in re.finditer(rf"{pair}(?:[, \t\r\n\\]+{pair}){{7,}}", plain)]
    escapes = re.findall(r"(?:\\u[0-9a-fA-F]{4}(?![0-9A-Za-z])){8,}", plain)
    return [len(run) for run in (*base64, *pairs, *escapes)]


def pieces_of(text: str) -> list[tuple[bool, str]]:
    """The text cut into words and what stands between."""
    pieces, end = [], 0
    for at, word in words_of(text):
        pieces += [(False, text[end:at]), (True, word)]
        end = at + len(word)
    return [*pieces, (False, text[end:])]


def word_counts(text: str) -> list[int]:
    """In the order of the columns of the kernel."""
    exact = [word for _, word in words_of(text)]
    words = [small(word) for word in exact]
    runs = encoded_runs(text)
    inked = [line for line in lines_of(text) if ink_of(line)]
    tokens = [tuple(re.findall(r"[0-9A-Za-z\x80-\U0010ffff]+|[!-/:-@[-`{-\x7f]", line)) for line in inked]
    seen = Counter(tokens)
    repeated = [
        line
        for line, own in zip(inked, tokens, strict=True)
        if seen[own] > 1 and ink_of(line) > 1 and own != ("}", ",")
    ]
    return [
        len(words),
        sum(map(len, words)),
        len(set(words)),
        sum("0" <= word[0] <= "9" for word in words),
        sum(len(word) for word in words if len(word) > 20),
        sum(len(word) for word in words if re.fullmatch("0x[0-9a-f]+", word)),
        sum(runs),
        max(runs, default=0),
        sum(word in PLACEHOLDER_WORDS.split() for word in words),
        sum(bool({"TODO", "FIXME"} & {word for _, word in words_of(line)}) for line in lines_of(text)),
        *(top_characters(words, size) for size in (2, 3, 4)),
        *(repeated_characters(words, size) for size in (5, 6, 7, 8, 9, 10)),
        sum(map(ink_of, inked)),
        len(repeated),
        sum(map(ink_of, repeated)),
    ]


def ink_of(line: str) -> int:
    return sum(character > " " and not is_space(character) for character in line)


def visible_text(page: str) -> str:
    """What a reader of an HTML page sees, each run of ASCII white space as one blank."""
    out, at = [], 0
    while at < len(page):
        if page.startswith("<!--", at):
            ends = [end for end in (page.find("-->", at + 2),) if end >= 0 and end + 2 >= at + 4]
            at = ends[0] + 3 if ends else len(page)
        elif page[at] == "<" and re.match(r"<[a-zA-Z!/?]", page[at : at + 2]):
            hidden = re.match(r"<(script|style|template)(?![a-zA-Z0-9-])", page[at:], re.I | re.A)
            at = _after_tag(page, at)
            if hidden:
                close = re.compile(rf"</{hidden[1]}(?![a-zA-Z0-9-])", re.I | re.A).search(page, at)
                at = close.start() if close else len(page)
            out.append(" ")
        else:
            out.append(page[at])
            at += 1
    return re.sub(r"[\x00- ]+", " ", "".join(out)).strip(" ")


def _after_tag(page: str, at: int) -> int:
    quote, last = "", ""
    for index in range(at + 1, len(page)):
        character = page[index]
        if quote:
            if character == quote:
                quote = ""
        elif character == ">":
            return index + 1
        elif character in "\"'" and last == "=":
            quote = character
        if character > " ":
            last = character
    return len(page)

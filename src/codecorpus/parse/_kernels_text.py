"""The loops over characters and lines of documents. Plain arrays in, plain arrays out; numpy and numba only.

Every kernel has an obvious twin in `tests/naive_text.py`.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

U8 = NDArray[np.uint8]
I64 = NDArray[np.int64]
U64 = NDArray[np.uint64]

# Columns of what `text_counts` returns.
CHARACTERS, LINES, LONGEST, LINE_CHARACTERS, LETTERS, DIGITS, SPACES, XML_HEAD = range(8)
MARKS, NON_ASCII, CONTROLS, INVISIBLE, BIDI, REPLACEMENTS, IN_RUNS = range(8, 15)
BLANK_LINES, IN_LONG_LINES, PIECES = 15, 16, 17
TEXT_COLUMNS = 18

# Classes of `codecorpus.unicode`.
_UPPER, _LOWER, _MARK, _NUMBER, _NEWLINE, _SPACE = 1, 2, 3, 4, 5, 6

# Letters, digits, white space and all else of a stretch of text are counted in one number, 16 bits for each.
_STRETCH = 65_535
_LETTER, _DIGIT, _BLANK, _OTHER = (np.uint64(1 << shift) for shift in (0, 16, 32, 48))
_FIELD = np.uint64(0xFFFF)

#: A line with more characters than this is long.
LONG_LINE = 300
#: So many times the same character is a run.
RUN = 10

_XML = np.frombuffer(b"<?xml version=", np.uint8)
_XML_WINDOW = 100  # characters


def _steps() -> U64:
    """What an ASCII byte adds to the packed counts; 0 for what needs a closer look: line breaks, control characters, no ASCII."""
    steps = np.zeros(256, np.uint64)
    steps[33:127] = _OTHER
    for byte in b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ":
        steps[byte] = _LETTER
    steps[ord("0") : ord("9") + 1] = _DIGIT
    steps[[9, 11, 12, 32]] = _BLANK
    return steps


_STEPS = _steps()


@njit(cache=True, nogil=True, inline="always")
def decode(data: U8, at: int, end: int) -> tuple[np.int64, int]:
    """Code point at `at` of valid UTF-8, and where the next one starts; a cut sequence ends at `end`."""
    first = np.int64(data[at])
    if first < 0x80:
        return first, at + 1
    length = 2 if first < 0xE0 else 3 if first < 0xF0 else 4
    point = first & (0xFF >> (length + 1))
    stop = min(at + length, end)
    for i in range(at + 1, stop):
        point = (point << 6) | (np.int64(data[i]) & 0x3F)
    return min(point, np.int64(0x10FFFF)), stop


@njit(cache=True, nogil=True)
def _has_xml_head(data: U8, start: int, end: int) -> int:
    """1 if the XML declaration lies wholly within the first 100 characters."""
    characters, at = 0, start
    while at + len(_XML) <= end and characters + len(_XML) <= _XML_WINDOW:
        same = 0
        while same < len(_XML) and data[at + same] == _XML[same]:
            same += 1
        if same == len(_XML):
            return 1
        at += 1
        if at < end and (data[at] & 0xC0) != 0x80:
            characters += 1
        while at < end and (data[at] & 0xC0) == 0x80:
            at += 1
            if at < end and (data[at] & 0xC0) != 0x80:
                characters += 1
    return 0


@njit(cache=True, nogil=True)
def _is_bidi(point: np.int64) -> bool:
    """Embeddings, overrides and isolates: they show text in another order than it is written."""
    return bool(0x202A <= point <= 0x202E or 0x2066 <= point <= 0x2069)


@njit(cache=True, nogil=True)
def _is_invisible(point: np.int64) -> bool:
    """Characters without width, the bidirectional ones among them, and tags: a reader does not see that they are there."""
    return bool(
        _is_bidi(point)
        or 0x200B <= point <= 0x200F
        or 0x2060 <= point <= 0x2064
        or point == 0xAD
        or point == 0x180E
        or point == 0xFEFF
        or 0xE0000 <= point <= 0xE007F
    )


@njit(cache=True, nogil=True)
def _look_closer(point: np.int64, kind: np.uint8, first: bool, counts: I64) -> np.uint64:
    """Count a character that is a control character or not ASCII; what it adds to the packed counts."""
    if point >= 0x80:
        counts[NON_ASCII] += 1
        counts[REPLACEMENTS] += point == 0xFFFD
        counts[BIDI] += _is_bidi(point)
        counts[INVISIBLE] += _is_invisible(point) and not (first and point == 0xFEFF)
    if point < 32 or 127 <= point < 160:
        counts[CONTROLS] += point != 0x85  # NEL is white space
    if _UPPER <= kind <= _LOWER:
        return _LETTER
    if kind == _NUMBER:
        return _DIGIT
    if _NEWLINE <= kind <= _SPACE:
        return _BLANK
    counts[MARKS] += kind == _MARK
    return _OTHER


@njit(cache=True, nogil=True, forceinline=True)
def _plain(
    data: U8, at: int, stop: int, state: tuple[np.uint8, int], counts: I64
) -> tuple[int, np.uint64, tuple[np.uint8, int]]:
    """Read plain ASCII: where it ends, what it adds to the packed counts, and the state of the line.

    The state is the last character and how often it stood there in a row before.
    """
    previous, run = state
    packed = np.uint64(0)
    in_runs = runs = pieces = 0
    while at < stop:
        byte = data[at]
        step = _STEPS[byte]
        if step == 0:
            break
        packed += step
        pieces += (byte > 32) & (previous <= 32)
        run = run + 1 if byte == previous and byte > 32 else 0
        in_runs += run >= RUN - 1
        runs += run == RUN - 1
        previous = byte
        at += 1
    counts[PIECES] += pieces
    counts[IN_RUNS] += in_runs + (RUN - 1) * runs
    return at, packed, (previous, run)


@njit(cache=True, nogil=True)
def _line(
    data: U8, at: int, start: int, end: int, classes: U8, counts: I64
) -> tuple[int, np.int64, np.int64]:
    """Read to the end of a line and count its characters: where its break starts, how many they are, how many are white space."""
    state = (np.uint8(0), 0)
    characters = blanks = np.int64(0)
    while True:
        at, packed, state = _plain(data, at, min(end, at + _STRETCH), state, counts)
        letters, digits = np.int64(packed & _FIELD), np.int64((packed >> np.uint64(16)) & _FIELD)
        spaces = np.int64((packed >> np.uint64(32)) & _FIELD)
        counts[LETTERS] += letters
        counts[DIGITS] += digits
        blanks += spaces
        characters += letters + digits + spaces + np.int64(packed >> np.uint64(48))
        if at >= end or data[at] == 10 or data[at] == 13:
            return at, characters, blanks
        if _STEPS[data[at]] == 0:
            point, after = decode(data, at, end)
            step = _look_closer(point, classes[point], at == start, counts)
            counts[LETTERS] += step == _LETTER
            counts[DIGITS] += step == _DIGIT
            blanks += step == _BLANK
            characters += 1
            counts[PIECES] += step != _BLANK and state[0] <= 32
            state = (np.uint8(32 if step == _BLANK else 128), 0)
            at = after


@njit(cache=True, nogil=True)
def text_counts(data: U8, offsets: I64, classes: U8) -> I64:
    """Characters, lines and classes of characters of each text.

    Args:
        data: uint8, UTF-8 of all texts.
        offsets: int64, n + 1.
        classes: uint8 per code point, as `codecorpus.unicode.CLASSES`.

    Returns:
        int64[n, TEXT_COLUMNS]. A line ends at LF, CR LF or a lone CR, or at the end of a text that does not end in one.
    """
    counts = np.zeros((len(offsets) - 1, TEXT_COLUMNS), np.int64)
    for row in range(len(offsets) - 1):
        start, end = offsets[row], offsets[row + 1]
        found = counts[row]
        found[XML_HEAD] = _has_xml_head(data, start, end)
        at = start
        while at < end:
            at, characters, blanks = _line(data, at, start, end, classes, found)
            found[LINES] += 1
            found[LONGEST] = max(found[LONGEST], characters)
            found[LINE_CHARACTERS] += characters
            found[BLANK_LINES] += characters == blanks
            found[IN_LONG_LINES] += characters if characters > LONG_LINE else 0
            breaks = 0 if at >= end else 2 if data[at] == 13 and at + 1 < end and data[at + 1] == 10 else 1
            at += breaks
            found[SPACES] += blanks + breaks
            found[CHARACTERS] += characters + breaks
    return counts

"""The loops over the characters of documents. Plain arrays in, plain arrays out; numpy and numba only.

Every kernel has an obvious twin in `tests/naive_text.py`.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

U8 = NDArray[np.uint8]
I64 = NDArray[np.int64]

# Columns of what `text_counts` returns.
CHARACTERS, LINES, LONGEST, LINE_CHARACTERS, LETTERS, DIGITS, SPACES, XML_HEAD = range(8)
TEXT_COLUMNS = 8

# Classes of `codecorpus.unicode`.
_UPPER, _LOWER, _NUMBER, _NEWLINE, _SPACE = 1, 2, 4, 5, 6

_XML = np.frombuffer(b"<?xml version=", np.uint8)
_XML_WINDOW = 100  # characters


@njit(cache=True, nogil=True, inline="always")
def _decode(data: U8, at: int, end: int) -> tuple[np.int64, int]:
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
        at, end = offsets[row], offsets[row + 1]
        of_class = np.zeros(8, np.int64)
        characters = lines = longest = in_lines = line = 0
        pending = False  # a CR was read: a LF right after it belongs to the same line break
        counts[row, XML_HEAD] = _has_xml_head(data, at, end)
        while at < end:
            point, at = _decode(data, at, end)
            characters += 1
            kind = classes[point]
            of_class[kind] += 1
            if kind == _NEWLINE:
                if not (pending and point == 10):
                    lines += 1
                    in_lines += line
                    longest = max(longest, line)
                    line = 0
                pending = point == 13
            else:
                line += 1
                pending = False
        if line:
            lines += 1
            in_lines += line
            longest = max(longest, line)
        counts[row, CHARACTERS] = characters
        counts[row, LINES] = lines
        counts[row, LONGEST] = longest
        counts[row, LINE_CHARACTERS] = in_lines
        counts[row, LETTERS] = of_class[_UPPER] + of_class[_LOWER]
        counts[row, DIGITS] = of_class[_NUMBER]
        counts[row, SPACES] = of_class[_SPACE] + of_class[_NEWLINE]
    return counts


@njit(cache=True, nogil=True)
def _starts_with(data: U8, at: int, end: int, name: U8) -> bool:
    """Whether the letters at `at` are `name`, small or capital, and no longer word."""
    if at + len(name) > end:
        return False
    for i in range(len(name)):
        if data[at + i] | 0x20 != name[i]:
            return False
    after = at + len(name)
    return after == end or not (
        97 <= data[after] | 0x20 <= 122 or 48 <= data[after] <= 57 or data[after] == 45
    )


_HIDDEN = (
    np.frombuffer(b"script", np.uint8),
    np.frombuffer(b"style", np.uint8),
    np.frombuffer(b"template", np.uint8),
)


@njit(cache=True, nogil=True)
def _after_tag(data: U8, at: int, end: int) -> int:
    """Where the tag that starts at `at` ends; a `>` inside a quoted attribute value does not end it."""
    quote = np.uint8(0)
    after_equals = False
    at += 1
    while at < end:
        byte = data[at]
        if quote:
            quote = np.uint8(0) if byte == quote else quote
        elif byte == 62:
            return at + 1
        elif (byte == 34 or byte == 39) and after_equals:
            quote = byte
        if byte > 32:
            after_equals = byte == 61
        at += 1
    return end


@njit(cache=True, nogil=True)
def _after_comment(data: U8, at: int, end: int) -> int:
    """Where the comment that starts at `at` with `<!--` ends."""
    at += 4
    while at < end:
        if data[at] == 62 and data[at - 1] == 45 and data[at - 2] == 45:
            return at + 1
        at += 1
    return end


@njit(cache=True, nogil=True)
def _after_element(data: U8, at: int, end: int, name: U8) -> int:
    """Where the next `</name` starts: what stands before it is not markup."""
    while at < end:
        if data[at] == 60 and at + 1 < end and data[at + 1] == 47 and _starts_with(data, at + 2, end, name):
            return at
        at += 1
    return end


@njit(cache=True, nogil=True)
def visible_characters(data: U8, start: int, end: int) -> int:
    """Characters of an HTML document that a reader sees, each run of white space between them as one.

    A tag reads as white space. Comments, declarations and the inside of script, style and template elements are not seen. An
    entity counts as it is written. One pass, no look-back: time is linear whatever the input.
    """
    visible, at = 0, start
    gap = True  # white space, or nothing, stands before: the next white space adds nothing
    while at < end:
        byte = data[at]
        following = data[at + 1] if at + 1 < end else np.uint8(32)
        if byte == 60 and following == 33 and at + 3 < end and data[at + 2] == 45 and data[at + 3] == 45:
            at = _after_comment(data, at, end)
        elif byte == 60 and (
            97 <= following | 0x20 <= 122 or following == 33 or following == 47 or following == 63
        ):
            tag = at
            at = _after_tag(data, at, end)
            for name in _HIDDEN:
                if _starts_with(data, tag + 1, end, name):
                    at = _after_element(data, at, end, name)
            if not gap:
                visible += 1
                gap = True
        elif byte <= 32:
            if not gap:
                visible += 1
                gap = True
            at += 1
        else:
            visible += (byte & 0xC0) != 0x80
            gap = False
            at += 1
    return visible - 1 if gap and visible else visible

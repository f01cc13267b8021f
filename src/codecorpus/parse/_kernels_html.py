"""The loop over the characters of a page: what a reader sees of it. Plain arrays in, a number out; numpy and numba only.

The twin is `visible_text` in `tests/naive_text.py`.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

U8 = NDArray[np.uint8]


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

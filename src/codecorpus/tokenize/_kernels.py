"""Loops over UTF-8 bytes: cutting text into pre-tokens.

Text comes in as uint8 data and int64 offsets. A *class table* gives each code point one of six classes (`OTHER` … `SPACE`); the
marks of `codecorpus.unicode` are folded into letters or symbols beforehand, as the mode asks. Nothing here keeps state.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from numba import njit

U8 = npt.NDArray[np.uint8]
U64 = npt.NDArray[np.uint64]
U32 = npt.NDArray[np.uint32]
I32 = npt.NDArray[np.int32]
I64 = npt.NDArray[np.int64]
#: A 64-bit integer: numpy's inside a kernel, Python's outside, and mypy has no word for both.
Int = Any

OTHER, UPPER, LOWER, NUMBER, NEWLINE, SPACE = 0, 1, 2, 4, 5, 6

# How text is cut, a number for each key of `codecorpus.tokenize.pretoken.PATTERNS`.
PLAIN, CODE, SUPERWORD = 0, 1, 2

# One bit in each of eight bytes, their top bits and the others; what takes `a`, and what takes the character after `z`, to the top bit.
# All without a sign: the compiler takes it that numbers with one do not overflow.
_ONES, _SPACES, _BREAKS = (np.uint64(n) for n in (0x0101010101010101, 0x2020202020202020, 0x0A0A0A0A0A0A0A0A))
_TOP_BITS, _LOW_BITS = np.uint64(0x8080808080808080), np.uint64(0x7F7F7F7F7F7F7F7F)
_FROM_A, _ABOVE_Z = np.uint64(0x1F1F1F1F1F1F1F1F), np.uint64(0x0505050505050505)

# The most characters of a line, and the most blanks after its end, in one pre-token of `SUPERWORD`.
LINE_CHARACTERS = 512


# --- characters and pre-tokens -----------------------------------------------------------------------------------


@njit(cache=True, nogil=True)
def _wide(first: Int, second: Int, third: Int, fourth: Int) -> Int:
    """Code point * 8 + length of the character of these bytes, of which those after the end are 0; -1 where they begin none.

    Well-formed is what Unicode says (table 3-7): no longer form than needed, no surrogates, nothing above U+10FFFF. It takes numbers and
    not the array: with the array, its reference was counted at every character, ASCII or not, which doubled the time of the cut.
    """
    point = (first & 0x0F) << 12 | (second & 0x3F) << 6 | third & 0x3F
    if second & 0xC0 != 0x80 or first < 0xC2 or first > 0xF4:
        return np.int64(-1)
    if first < 0xE0:
        return ((first & 0x1F) << 6 | second & 0x3F) << 3 | 2
    if third & 0xC0 != 0x80:
        return np.int64(-1)
    if first < 0xF0:
        return np.int64(-1) if point < 0x800 or (point >= 0xD800 and point <= 0xDFFF) else point << 3 | 3
    point = (point << 6 | fourth & 0x3F) & 0x1FFFFF
    if fourth & 0xC0 != 0x80 or point < 0x10000 or point > 0x10FFFF:
        return np.int64(-1)
    return point << 3 | 4


@njit(cache=True, nogil=True, forceinline=True)
def _character(data: U8, at: Int, end: Int, classes: U8) -> Int:
    """Class * 8 + length in bytes of the character at `at`; a byte of no well-formed character is one `OTHER` by itself."""
    first = np.int64(data[at])
    if first < 0x80:
        return np.int64(classes[first]) * 8 + 1
    second = np.int64(data[at + 1]) if at + 1 < end else np.int64(0)
    third = np.int64(data[at + 2]) if at + 2 < end else np.int64(0)
    fourth = np.int64(data[at + 3]) if at + 3 < end else np.int64(0)
    wide = _wide(first, second, third, fourth)
    if wide < 0:
        return np.int64(OTHER * 8 + 1)
    return np.int64(classes[wide >> 3]) * 8 + (wide & 7)


@njit(cache=True, nogil=True, forceinline=True)
def _run_end(data: U8, at: Int, end: Int, classes: U8, wanted: Int) -> Int:
    """Where the run of characters of one class that starts at `at` ends; `at` where there is none."""
    while at < end:
        character = _character(data, at, end, classes)
        if character >> 3 != wanted:
            break
        at += character & 7
    return at


@njit(cache=True, nogil=True, forceinline=True)
def eight_bytes(data: U8, at: Int) -> Int:
    """Eight bytes as one number, the first one lowest; the compiler makes one load of it, which needs indices without a sign."""
    here = np.uint64(at)
    return (
        np.uint64(data[here])
        | np.uint64(data[here + np.uint64(1)]) << np.uint64(8)
        | np.uint64(data[here + np.uint64(2)]) << np.uint64(16)
        | np.uint64(data[here + np.uint64(3)]) << np.uint64(24)
        | np.uint64(data[here + np.uint64(4)]) << np.uint64(32)
        | np.uint64(data[here + np.uint64(5)]) << np.uint64(40)
        | np.uint64(data[here + np.uint64(6)]) << np.uint64(48)
        | np.uint64(data[here + np.uint64(7)]) << np.uint64(56)
    )


@njit(cache=True, nogil=True, forceinline=True)
def _first_set(marks: Int) -> Int:
    """How many bytes lie below the first one whose top bit is set; `marks` has no other bits, and is not 0."""
    below = ((marks - np.uint64(1)) & ~marks) & _ONES
    return np.int64((below * _ONES) >> np.uint64(56)) - 1


@njit(cache=True, nogil=True, forceinline=True)
def _letters_end(data: U8, at: Int, end: Int) -> Int:
    """Where the run of `a` to `z` at `at` ends, eight bytes at a time: no branch of it depends on how long a word is."""
    while at + 8 <= end:
        word = eight_bytes(data, at)
        low = word & _LOW_BITS
        letters = (low + _FROM_A) & ~(low + _ABOVE_Z) & ~word
        others = ~letters & _TOP_BITS
        if others != np.uint64(0):
            return at + _first_set(others)
        at += 8
    while at < end and data[at] >= 97 and data[at] <= 122:
        at += 1
    return at


@njit(cache=True, nogil=True, forceinline=True)
def _spaces_end(data: U8, at: Int, end: Int) -> Int:
    """Where the run of U+0020 at `at` ends, eight bytes at a time."""
    while at + 8 <= end:
        word = eight_bytes(data, at) ^ _SPACES
        others = ((word & _LOW_BITS) + _LOW_BITS | word) & _TOP_BITS
        if others != np.uint64(0):
            return at + _first_set(others)
        at += 8
    while at < end and data[at] == 32:
        at += 1
    return at


@njit(cache=True, nogil=True)
def _word_end(data: U8, at: Int, end: Int, classes: U8) -> Int:
    """End of `U?L+` or `U+(?!L)` at `at`: `Server` of `ServerName`, `HTTP` of `HTTPServer`; `at` where there is none."""
    uppers, last_upper, here = 0, at, at
    while here < end:
        character = _character(data, here, end, classes)
        if character >> 3 != UPPER:
            break
        last_upper = here
        here += character & 7
        uppers += 1
    # One way out, and no call of `_run_end`: with them numba counts references here, and cutting takes a tenth longer.
    if uppers < 2:
        here = _letters_end(data, here, end)
        while here < end:
            character = _character(data, here, end, classes)
            if character >> 3 != LOWER:
                break
            here += character & 7
    elif here < end and _character(data, here, end, classes) >> 3 == LOWER:
        here = last_upper
    return here


@njit(cache=True, nogil=True)
def _contraction_end(data: U8, at: Int, end: Int) -> Int:
    """End of `(?i:'s|'t|'re|'ve|'m|'ll|'d)` at the apostrophe at `at`; `at` where there is none."""
    if at + 1 < end:
        first = data[at + 1] | 0x20
        if first == ord("s") or first == ord("t") or first == ord("m") or first == ord("d"):
            return at + 2
    if at + 2 < end:
        first, second = data[at + 1] | 0x20, data[at + 2] | 0x20
        if (first == ord("r") or first == ord("v")) and second == ord("e"):
            return at + 3
        if first == ord("l") and second == ord("l"):
            return at + 3
        if data[at + 1] == 0xC5 and data[at + 2] == 0xBF:  # U+017F, the long s, folds to s
            return at + 3
    return at


@njit(cache=True, nogil=True)
def _blanks_end(data: U8, at: Int, end: Int) -> Int:
    at = _spaces_end(data, at, end)
    while at < end and (data[at] == 32 or data[at] == 9):
        at += 1
    return at


@njit(cache=True, nogil=True)
def _space_end(data: U8, at: Int, end: Int, classes: U8, plain: bool) -> Int:
    """End of the white space at `at`: up to the last line break (and the indent, unless plain), else all but the last character."""
    here, last, after_break = at, at, at
    while here < end:
        spaces = _spaces_end(data, here, end)
        if spaces > here:
            last, here = spaces - 1, spaces
            continue
        character = _character(data, here, end, classes)
        kind = character >> 3
        if kind != SPACE and kind != NEWLINE:
            break
        last = here
        here += character & 7
        if kind == NEWLINE:
            after_break = here
    if after_break > at:
        return after_break if plain else _blanks_end(data, after_break, here)
    return here if here == end or last == at else last


@njit(cache=True, nogil=True)
def _line_end(data: U8, at: Int, end: Int, classes: U8) -> Int:
    r"""End of `[^\n]{0,512}\n[\n\r \t]{0,512}|[^\n]{1,512}` at `at`: a line with its break and the next line's indent."""
    characters = 0
    while characters <= LINE_CHARACTERS - 8 and at + 8 <= end:
        word = eight_bytes(data, at)
        others = (((word ^ _BREAKS) & _LOW_BITS) + _LOW_BITS | word ^ _BREAKS) & ~word & _TOP_BITS
        if others != _TOP_BITS:  # a line break, or a byte of no ASCII
            plain = _first_set(~others & _TOP_BITS)
            at, characters = at + plain, characters + plain
            if data[at] == 10:
                break
            at, characters = at + (_character(data, at, end, classes) & 7), characters + 1
        else:
            at, characters = at + 8, characters + 8
    while at < end and data[at] != 10 and characters < LINE_CHARACTERS:
        at += _character(data, at, end, classes) & 7
        characters += 1
    if at >= end or data[at] != 10:
        return at
    at += 1
    most = min(end, at + LINE_CHARACTERS)
    while at < most and (data[at] == 32 or data[at] == 10 or data[at] == 9 or data[at] == 13):
        at += 1
    return at


@njit(cache=True, nogil=True, forceinline=True)
def pretoken_end(data: U8, at: Int, end: Int, classes: U8, mode: Int) -> Int:
    """Where the pre-token that starts at `at` (below `end`) ends: what the mode's regex matches there."""
    if mode == SUPERWORD:
        return _line_end(data, at, end, classes)
    plain = mode == PLAIN
    if plain and data[at] == 39:
        here = _contraction_end(data, at, end)
        if here > at:
            return here
    character = _character(data, at, end, classes)
    kind, here = character >> 3, at + (character & 7)
    if kind == UPPER or kind == LOWER:  # noqa: SIM109 - `in` on a tuple is a loop to numba
        return _word_end(data, at, end, classes)
    if kind == NUMBER:
        for _ in range(2):
            if here < end:
                character = _character(data, here, end, classes)
                if character >> 3 == NUMBER:
                    here += character & 7
        return here
    if kind != NEWLINE:
        word = _word_end(data, here, end, classes)
        if word > here:
            return word
    symbols = _run_end(data, here if data[at] == 32 else at, end, classes, OTHER)
    if symbols > here or kind == OTHER:
        after = _run_end(data, symbols, end, classes, NEWLINE)
        return after if plain or after == symbols else _blanks_end(data, after, end)
    return _space_end(data, at, end, classes, plain)

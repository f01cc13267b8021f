"""The loops over words. Plain arrays in, plain arrays out; numpy and numba only.

A word is a run of letters, marks and digits of any script; ASCII letters count as small ones. Every kernel has an obvious twin in
`tests/naive_text.py`.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

from codecorpus.parse._kernels_text import decode

U8 = NDArray[np.uint8]
I64 = NDArray[np.int64]
U64 = NDArray[np.uint64]
#: A 64-bit integer: numpy's inside a kernel, Python's outside, and mypy has no word for both.
Int = Any

# Columns of what `word_counts` returns. TOP and REPEATED take one column for each n.
WORDS, WORD_CHARACTERS, DISTINCT, NUMBERS, LONG, HEXADECIMAL, ENCODED, LONGEST_CODE = range(8)
PLACEHOLDERS, TODO_LINES, TOP, REPEATED = 8, 9, 10, 13
TOP_SIZES, REPEATED_SIZES = (2, 3, 4), (5, 6, 7, 8, 9, 10)
LINE_INK, REPEATED_LINES, REPEATED_INK = range(
    REPEATED + len(REPEATED_SIZES), REPEATED + len(REPEATED_SIZES) + 3
)
WORD_COLUMNS = REPEATED_INK + 1

#: A word with more characters than this is long.
LONG_WORD = 20
#: The shortest stretch of base64, in characters, and the shortest row of hexadecimal pairs or of `\u` escapes.
BASE64_RUN, CODE_RUN = 64, 8

BASIS, PRIME = np.uint64(0xCBF29CE484222325), np.uint64(0x9E3779B97F4A7C15)
# Documents with twice as many bytes are looked at once more, to see how much room they need.
_LARGE = 1 << 20

_MARK, _NUMBER, _NEWLINE, _SPACE = 3, 4, 5, 6

# What a character between two words ends, as bits.
_ENDS_BASE64, _ENDS_PAIRS, _IS_BREAK = 1, 2, 4


def _small() -> U8:
    """The small letter or digit of each ASCII byte; 0 where no word goes on; 1 for what is not ASCII."""
    small = np.zeros(256, np.uint8)
    for byte in b"0123456789abcdefghijklmnopqrstuvwxyz":
        small[byte] = byte
    for byte in b"ABCDEFGHIJKLMNOPQRSTUVWXYZ":
        small[byte] = byte + 32
    small[128:] = 1
    return small


def _between() -> U8:
    between = np.full(256, _ENDS_BASE64 | _ENDS_PAIRS, np.uint8)
    for byte in b"+/=\n\r":
        between[byte] &= ~np.uint8(_ENDS_BASE64)
    for byte in b", \t\n\r\\":
        between[byte] &= ~np.uint8(_ENDS_PAIRS)
    between[[10, 13]] |= _IS_BREAK
    return between


def _hexadecimal() -> U8:
    digits = np.zeros(256, np.uint8)
    for byte in b"0123456789abcdefABCDEF":
        digits[byte] = 1
    return digits


SMALL, _BETWEEN, _IS_HEX = _small(), _between(), _hexadecimal()


@njit(cache=True, nogil=True)
def most_words(data: U8, offsets: I64) -> Int:
    """No document has more words, nor more lines with anything in them.

    Something stands between any two of either. In a large document they are counted: each word starts at an ASCII letter or digit
    after none, or at a character that is not ASCII.
    """
    most = np.int64(0)
    for row in range(len(offsets) - 1):
        bound = (offsets[row + 1] - offsets[row] + 1) // 2
        if bound > _LARGE:
            words, lines, inside = 0, 1, False
            for at in range(offsets[row], offsets[row + 1]):
                wordy = (SMALL[data[at]] != 0) & (data[at] < 128)
                words += (wordy & (not inside)) | (data[at] >= 0xC0)
                lines += (data[at] == 10) | (data[at] == 13)
                inside = wordy
            bound = max(words, lines)
        most = max(most, bound)
    return most


@njit(cache=True, nogil=True)
def _is_hexadecimal(data: U8, at: Int, end: Int) -> bool:
    """Whether `data[at:end]` is one hexadecimal digit or more."""
    digits = at
    while digits < end and _IS_HEX[data[digits]]:
        digits += 1
    return bool(at < digits and digits == end)


@njit(cache=True, nogil=True)
def _is_pair(data: U8, start: Int, end: Int) -> bool:
    r"""Whether the word at `start:end` is two hexadecimal digits, after `0x` or `\x` or nothing."""
    length = end - start
    if length == 4 and (data[start] != 48 or data[start + 1] | 32 != 120):
        return False
    if length == 3 and (data[start] != 120 or start == 0 or data[start - 1] != 92):
        return False
    return _is_hexadecimal(data, end - 2, end)


@njit(cache=True, nogil=True, forceinline=True)
def _word(data: U8, at: int, end: int, classes: U8) -> tuple[int, int, np.uint64]:
    """Read the word at `at`: where it ends, its characters (0: there is none) and its hash."""
    value, characters = BASIS, 0
    while at < end:
        small = SMALL[data[at]]
        if small > 1:
            value = (value + small) * PRIME
            characters += 1
            at += 1
            continue
        if small == 0:
            break
        point, after = decode(data, at, end)
        kind = classes[point]
        if kind == 0 or kind >= _NEWLINE:
            break
        for i in range(at, after):
            value = (value + data[i]) * PRIME
        characters += 1
        at = after
    return at, characters, value


@njit(cache=True, nogil=True)
def _symbol(data: U8, at: int, end: int, classes: U8, line_hash: np.uint64) -> tuple[int, int, np.uint64]:
    """Read one character that is not ASCII and part of no word: where it ends, 1 if it is ink, the hash of the line with it."""
    point, after = decode(data, at, end)
    for i in range(at, after):
        line_hash = (line_hash + data[i]) * PRIME
    return after, int(classes[point] < _NEWLINE), line_hash


@njit(cache=True, nogil=True)
def list_words(
    data: U8, start: int, end: int, classes: U8, words: I64, hashes: U64, lines: I64, line_hashes: U64
) -> tuple[int, int]:
    """List the words and the lines of one document.

    Args:
        data: uint8, all texts.
        start: where the document begins.
        end: where it ends.
        classes: uint8 per code point.
        words: int64[words or more, 4], written: start, end, characters, and the bits of all that stands between this word and the
            one before.
        hashes: uint64 per word, written: of its small letters.
        lines: int64[lines or more, 3], written for each line that is not blank: start, end, and ink, which is characters that are
            neither white space nor control characters.
        line_hashes: uint64 per line, written: of its words and symbols.

    Returns:
        How many words, how many lines.
    """
    at, listed, between = start, 0, np.uint8(0)
    line, line_start, line_hash, ink = 0, start, BASIS, 0
    while at < end:
        byte = data[at]
        if SMALL[byte] == 0:
            between |= _BETWEEN[byte]
            if byte > 32:
                line_hash = (line_hash + byte) * PRIME
                ink += 1
            elif byte == 10 or byte == 13:
                lines[line, 0], lines[line, 1], lines[line, 2], line_hashes[line] = (
                    line_start,
                    at,
                    ink,
                    line_hash,
                )
                line += ink > 0
                line_start, line_hash, ink = at + 1, BASIS, 0
            at += 1
            continue
        after, characters, value = _word(data, at, end, classes)
        if characters == 0:
            between |= _BETWEEN[byte]
            at, inked, line_hash = _symbol(data, at, end, classes, line_hash)
            ink += inked
            continue
        words[listed, 0], words[listed, 1], words[listed, 2], words[listed, 3] = (
            at,
            after,
            characters,
            between,
        )
        hashes[listed] = value
        listed += 1
        line_hash = (line_hash + value) * PRIME
        ink += characters
        at, between = after, np.uint8(0)
    lines[line, 0], lines[line, 1], lines[line, 2], line_hashes[line] = line_start, end, ink, line_hash
    return listed, line + (ink > 0)


@njit(cache=True, nogil=True)
def _add_encoded(first: Int, last: Int, counts: I64) -> None:
    counts[ENCODED] += last - first
    counts[LONGEST_CODE] = max(counts[LONGEST_CODE], last - first)


@njit(cache=True, nogil=True)
def _close_base64(data: U8, first: Int, last: Int, counts: I64) -> None:
    """Count `data[first:last]` if it is long enough and has a digit for each 64 characters: base64 has ten, lists of words have none."""
    if last - first < BASE64_RUN:
        return
    digits = 0
    for at in range(first, last):
        digits += (data[at] >= 48) & (data[at] <= 57)
    if digits * BASE64_RUN >= last - first:
        _add_encoded(first, last, counts)


@njit(cache=True, nogil=True)
def count_base64(data: U8, words: I64, counts: I64) -> None:
    """Count what may be base64: letters, digits, `+`, `/`, `=` and line breaks, from a letter or digit to a letter or digit."""
    first, last = np.int64(0), np.int64(0)
    for word in range(len(words)):
        start, end = words[word, 0], words[word, 1]
        is_ascii = end - start == words[word, 2]
        ends = (words[word, 3] & _ENDS_BASE64 != 0) | (not is_ascii)
        if ends and last - first >= BASE64_RUN:
            _close_base64(data, first, last, counts)
        first = start if ends | (last == first) else first
        last = end if is_ascii else start
    _close_base64(data, first, last, counts)


@njit(cache=True, nogil=True)
def count_pairs(data: U8, words: I64, counts: I64) -> None:
    """Count rows of hexadecimal pairs with commas, white space or backslashes between."""
    units = 0
    first, last = np.int64(0), np.int64(0)
    for word in range(len(words)):
        start, end = words[word, 0], words[word, 1]
        # One test without branches, which seldom holds, before the exact one.
        likely = (end - start >= 2) & (end - start <= 4) & (_IS_HEX[data[end - 1]] != 0)
        pair = likely and _is_pair(data, start, end)
        if units and (words[word, 3] & _ENDS_PAIRS or not pair):
            if units >= CODE_RUN:
                _add_encoded(first, last, counts)
            units = 0
        if pair:
            first = first if units else start
            last = end
            units += 1
    if units >= CODE_RUN:
        _add_encoded(first, last, counts)


@njit(cache=True, nogil=True)
def count_escapes(data: U8, words: I64, counts: I64) -> None:
    r"""Count rows of `\u` and four hexadecimal digits with nothing between."""
    units = 0
    first, last = np.int64(0), np.int64(0)
    for word in range(len(words)):
        start, end = words[word, 0], words[word, 1]
        escape = end - start == 5 and data[start] == 117 and words[word, 3] & _ENDS_BASE64
        escape = escape and data[start - 1] == 92 and _is_hexadecimal(data, start + 1, end)
        if units and (not escape or start - last != 1):
            if units >= CODE_RUN:
                _add_encoded(first, last, counts)
            units = 0
        if escape:
            first = first if units else start - 1
            last = end
            units += 1
    if units >= CODE_RUN:
        _add_encoded(first, last, counts)


@njit(cache=True, nogil=True)
def _is_todo(data: U8, start: Int, end: Int) -> bool:
    """Whether the word is TODO or FIXME, in capitals."""
    if end - start == 4:
        return bool(data[start + 1] == 79 and data[start + 2] == 68 and data[start + 3] == 79)
    return bool(
        end - start == 5
        and data[start + 1] == 73
        and data[start + 2] == 88
        and data[start + 3] == 77
        and data[start + 4] == 69
    )


@njit(cache=True, nogil=True)
def count_words(data: U8, words: I64, counts: I64) -> None:
    """What can be counted word by word."""
    todo_here = False
    for word in range(len(words)):
        start, end = words[word, 0], words[word, 1]
        characters = words[word, 2]
        first = data[start]
        if words[word, 3] & _IS_BREAK:
            todo_here = False
        if not todo_here and first == (84 if end - start == 4 else 70) and _is_todo(data, start, end):
            todo_here = True
            counts[TODO_LINES] += 1
        counts[WORD_CHARACTERS] += characters
        counts[LONG] += characters if characters > LONG_WORD else 0
        counts[NUMBERS] += 48 <= first <= 57
        if first == 48 and characters > 2 and data[start + 1] | 32 == 120:
            counts[HEXADECIMAL] += characters if _is_hexadecimal(data, start + 2, end) else 0
    counts[WORDS] = len(words)

"""The loops that look for secrets: all literals in one pass, e-mail addresses, dotted quads. numpy and numba only.

They find where something may stand; what it is, and whether it is a secret at all, `secrets` decides there. Every kernel has an obvious
twin in `tests/naive_filters.py`.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

U8 = NDArray[np.uint8]
I16 = NDArray[np.int16]
I64 = NDArray[np.int64]
Flags = NDArray[np.bool_]


def _bytes_in(members: bytes) -> Flags:
    table = np.zeros(256, np.bool_)
    table[np.frombuffer(members, np.uint8)] = True
    return table


_DIGITS = b"0123456789"
_LETTERS = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
_IS_DIGIT = _bytes_in(_DIGITS)
_IS_LETTER = _bytes_in(_LETTERS)
_IS_ALNUM = _bytes_in(_DIGITS + _LETTERS)
_IS_LOCAL = _bytes_in(_DIGITS + _LETTERS + b"._%+-")  # before the @ of an address
_IS_DOMAIN = _bytes_in(_DIGITS + _LETTERS + b".-")  # after it
_NO_QUAD_BEFORE = _bytes_in(_DIGITS + _LETTERS + b"._-")
_NO_QUAD_AFTER = _bytes_in(_DIGITS + _LETTERS + b"_-")
_SMALL = np.frombuffer(bytes(range(256)).lower(), np.uint8)
_MAX_LOCAL, _MAX_DOMAIN = 64, 255


@njit(cache=True, nogil=True)
def _grown(spans: I64) -> I64:
    """The same rows in an array of twice the length."""
    more = np.empty((2 * len(spans), spans.shape[1]), np.int64)
    # A slice assignment does the same, and takes numba seconds to compile.
    for row in range(len(spans)):
        for column in range(spans.shape[1]):
            more[row, column] = spans[row, column]
    return more


@njit(cache=True, nogil=True)
def _stands_at(data: U8, at: int, end: int, text: U8, first: int, last: int) -> bool:
    """Whether the literal `text[first:last]` stands at `at`, whatever the case of its letters."""
    if last - first > end - at:
        return False
    for i in range(last - first):
        byte = data[at + i]
        if byte != text[first + i] and _SMALL[byte] != text[first + i]:
            return False
    return True


@njit(cache=True, nogil=True)
def find_literals(
    data: U8, offsets: I64, buckets: I16, text: U8, literal_offsets: I64, inside_word: Flags
) -> I64:
    """Every place where a literal starts.

    Args:
        data: uint8, all texts.
        offsets: int64, n + 1.
        buckets: int16[65536, 2], literals by their first two bytes, as `codecorpus.filters.literals.Literals` describes it.
        text: uint8, the literals in small letters.
        literal_offsets: int64, one more than there are literals.
        inside_word: bool per literal: it may stand right after a letter or digit.

    Returns:
        int64[hits, 3]: text, literal, offset in `data` of its first byte; ascending by text, offset and literal.
    """
    hits = np.empty((1024, 3), np.int64)
    count = 0
    for row in range(len(offsets) - 1):
        begin, end = offsets[row], offsets[row + 1]
        for at in range(begin, end - 1):
            pair = (np.int64(data[at]) << 8) | np.int64(data[at + 1])
            for literal in range(buckets[pair, 0], buckets[pair, 1]):
                if at > begin and not inside_word[literal] and _IS_ALNUM[data[at - 1]]:
                    continue
                if not _stands_at(
                    data, at, end, text, literal_offsets[literal], literal_offsets[literal + 1]
                ):
                    continue
                if count == len(hits):
                    hits = _grown(hits)
                hits[count, 0], hits[count, 1], hits[count, 2] = row, literal, at
                count += 1
    return hits[:count]


@njit(cache=True, nogil=True)
def _domain_end(data: U8, at: int, end: int) -> int:
    """Where the host name that starts at `at` ends, or `at` if there is none with a top-level domain of letters."""
    stop = at
    while stop < end and stop - at < _MAX_DOMAIN and _IS_DOMAIN[data[stop]]:
        stop += 1
    while stop > at and not _IS_ALNUM[data[stop - 1]]:
        stop -= 1
    letters = stop
    while letters > at and _IS_LETTER[data[letters - 1]]:
        letters -= 1
    if (
        letters - 1 <= at
        or data[letters - 1] != 46
        or not 2 <= stop - letters <= 24
        or not _IS_ALNUM[data[at]]
    ):
        return at
    for i in range(at, stop - 1):
        if data[i] == 46 and data[i + 1] == 46:
            return at
    return stop


@njit(cache=True, nogil=True)
def find_emails(data: U8, offsets: I64) -> I64:
    """Everything with the form of an e-mail address: int64[n, 3] of text, offsets in `data` of its first and after its last byte."""
    spans = np.empty((1024, 3), np.int64)
    count = 0
    for row in range(len(offsets) - 1):
        begin, end = offsets[row], offsets[row + 1]
        for at in range(begin, end):
            if data[at] != 64 or at == begin or not _IS_LOCAL[data[at - 1]] or data[at - 1] == 46:
                continue
            start = at
            while start > begin and at - start < _MAX_LOCAL and _IS_LOCAL[data[start - 1]]:
                start -= 1
            while start < at and not _IS_ALNUM[data[start]]:
                start += 1
            stop = _domain_end(data, at + 1, end)
            if start == at or stop == at + 1:
                continue
            if count == len(spans):
                spans = _grown(spans)
            spans[count, 0], spans[count, 1], spans[count, 2] = row, start, stop
            count += 1
    return spans[:count]


@njit(cache=True, nogil=True)
def _octet_end(data: U8, at: int, end: int) -> int:
    """Where the number 0 to 255 that starts at `at` ends, or -1; no number starts with a needless zero."""
    value, stop = np.int64(0), at
    while stop < end and stop - at < 3 and _IS_DIGIT[data[stop]]:
        value = value * 10 + np.int64(data[stop]) - 48
        stop += 1
    if stop == at or value > 255 or (data[at] == 48 and stop > at + 1):
        return -1
    return stop


@njit(cache=True, nogil=True)
def find_quads(data: U8, offsets: I64) -> I64:
    """Four numbers 0 to 255 with dots between and no word, number or dot right beside: int64[n, 3] as `find_emails`."""
    spans = np.empty((1024, 3), np.int64)
    count = 0
    for row in range(len(offsets) - 1):
        begin, end = offsets[row], offsets[row + 1]
        for start in range(begin, end):
            if not _IS_DIGIT[data[start]] or (start > begin and _NO_QUAD_BEFORE[data[start - 1]]):
                continue
            stop, octets = _octet_end(data, start, end), 1
            while stop > 0 and octets < 4 and stop < end and data[stop] == 46:
                stop = _octet_end(data, stop + 1, end)
                octets += 1
            if stop < 0 or octets < 4 or (stop < end and _NO_QUAD_AFTER[data[stop]]):
                continue
            if stop + 1 < end and data[stop] == 46 and _IS_DIGIT[data[stop + 1]]:
                continue
            if count == len(spans):
                spans = _grown(spans)
            spans[count, 0], spans[count, 1], spans[count, 2] = row, start, stop
            count += 1
    return spans[:count]

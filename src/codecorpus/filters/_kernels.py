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
_IS_HEX = _bytes_in(_DIGITS + b"abcdefABCDEF")
_NO_IPV6_BESIDE = _bytes_in(_DIGITS + _LETTERS + b"_:.")
_MAX_IPV6 = 39  # eight groups of four digits
_NO_QUAD_AFTER = _bytes_in(_DIGITS + _LETTERS + b"_-")
_IS_NAME = _bytes_in(_DIGITS + _LETTERS + b"_-")
_IS_TOKEN = _bytes_in(_DIGITS + _LETTERS + b"_-.+/=~%:$")
# What may be part of a password: all but blanks, quotes, angle brackets and controls.
_IS_VALUE = _bytes_in(bytes(set(range(33, 256)) - set(b"\"'`<>\x7f")))
_IS_TELLING = _bytes_in(bytes(set(range(33, 256)) - set(_LETTERS + b"\"'`<>()[]{}.,;:_\x7f")))
_IS_USER = _bytes_in(bytes(set(range(33, 256)) - set(b"\"'`<>@/\x7f")))
_IS_ESCAPE = _bytes_in(b"nrt")
_NEAR, _LONGEST, _LONGEST_NAME = 96, 128, 64
# Tokens are tried this often in one run of letters of tokens: a longer run of them is data, and would cost its length each time.
_MAX_TRIES = 32
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
def _follows_a_letter(data: U8, at: int, begin: int) -> bool:
    """Whether a letter or digit stands right before `at`, and is not the end of an escape such as a newline's."""
    if at == begin or not _IS_ALNUM[data[at - 1]]:
        return False
    return at - 2 < begin or data[at - 2] != 92 or not _IS_ESCAPE[data[at - 1]]


@njit(cache=True, nogil=True)
def _run_length(data: U8, at: int, end: int, members: Flags, enough: int) -> int:
    """How many bytes in a row from `at` on are members, counted up to `enough`."""
    stop = at
    while stop < end and stop - at < enough and members[data[stop]]:
        stop += 1
    return stop - at


@njit(cache=True, nogil=True)
def _value_near(data: U8, at: int, end: int, telling: Flags, enough: int) -> bool:
    """Whether the name that goes on at `at` ends, and within `_NEAR` bytes and one line more a value of `enough` bytes starts.

    One of its bytes is `telling`: words alone are no values.
    """
    name_end = min(end, at + _LONGEST_NAME)
    while at < name_end and _IS_NAME[data[at]]:
        at += 1
    if at == name_end and at < end:
        return False
    near, lines = min(end, at + _NEAR), 0
    while at < near:
        if data[at] == 10:
            lines += 1
            if lines == 2:
                return False
        if not _IS_VALUE[data[at]]:
            at += 1
            continue
        stop, tells = at, False
        while stop < end and stop - at < _LONGEST and _IS_VALUE[data[stop]]:
            tells = tells or telling[data[stop]]
            stop += 1
        if stop - at >= enough and tells:
            return True
        at = stop
    return False


@njit(cache=True, nogil=True)
def _may_start(data: U8, at: int, literal_end: int, end: int, follow: int) -> bool:
    """Whether what has to stand at a literal does; `follow` is a place in `codecorpus.filters.secret_pattern.FOLLOWS`."""
    if follow == 1:
        return _run_length(data, at, end, _IS_TOKEN, 14) == 14
    if follow == 2:
        return _value_near(data, literal_end, end, _IS_TELLING, 4)
    if follow == 3:
        return _value_near(data, literal_end, end, _IS_DIGIT, 16)
    if follow == 4:
        stop = literal_end + _run_length(data, literal_end, end, _IS_USER, 250)
        return stop < end and data[stop] == 64
    return True


@njit(cache=True, nogil=True)
def find_literals(
    data: U8, offsets: I64, buckets: I16, text: U8, literal_offsets: I64, inside_word: Flags, follow: U8
) -> I64:
    """Every place where a literal starts.

    Args:
        data: uint8, all texts.
        offsets: int64, n + 1.
        buckets: int16[65536, 2], literals by their first two bytes, as `codecorpus.filters.literals.Literals` describes it.
        text: uint8, the literals in small letters.
        literal_offsets: int64, one more than there are literals.
        inside_word: bool per literal: it may stand right after a letter or digit.
        follow: uint8 per literal: what has to stand there, as in `codecorpus.filters.secret_pattern.FOLLOWS`.

    Returns:
        int64[hits, 3]: text, literal, offset in `data` of its first byte; ascending by text, offset and literal.
    """
    hits = np.empty((1024, 3), np.int64)
    count = 0
    for row in range(len(offsets) - 1):
        begin, end = offsets[row], offsets[row + 1]
        tries, run_end = 0, begin
        for at in range(begin, end - 1):
            pair = (np.int64(data[at]) << 8) | np.int64(data[at + 1])
            for literal in range(buckets[pair, 0], buckets[pair, 1]):
                first, last = literal_offsets[literal], literal_offsets[literal + 1]
                if not _stands_at(data, at, end, text, first, last) or (
                    not inside_word[literal] and _follows_a_letter(data, at, begin)
                ):
                    continue
                if not _may_start(data, at, at + last - first, end, follow[literal]):
                    continue
                if follow[literal] == 1:
                    if at >= run_end:
                        tries, run_end = 0, at + _run_length(data, at, end, _IS_TOKEN, end - at)
                    tries += 1
                if follow[literal] == 1 and tries > _MAX_TRIES:
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


@njit(cache=True, nogil=True)
def find_global_ipv6(data: U8, offsets: I64) -> I64:
    """Everything that may be an IPv6 address of the public internet: int64[n, 3] as `find_emails`.

    That is 2 or 3 and three more hexadecimal digits, then colons and groups of up to four such digits, two colons at least in all, with
    no word, colon or dot right beside. Whether the groups make an address is not looked at here.
    """
    spans = np.empty((64, 3), np.int64)
    count = 0
    for row in range(len(offsets) - 1):
        begin, end = offsets[row], offsets[row + 1]
        for start in range(begin, end - 5):
            if (data[start] != 50 and data[start] != 51) or data[start + 4] != 58:
                continue
            if start > begin and _NO_IPV6_BESIDE[data[start - 1]]:
                continue
            stop, colons, digits = start, 0, 0
            while stop < end and stop - start < _MAX_IPV6 and (data[stop] == 58 or _IS_HEX[data[stop]]):
                colons += data[stop] == 58
                digits = 0 if data[stop] == 58 else digits + 1
                if digits > 4 or (colons == 0 and stop == start + 4):
                    break
                stop += 1
            if colons < 2 or (stop < end and _NO_IPV6_BESIDE[data[stop]] and data[stop] != 46):
                continue
            if data[stop - 1] == 58 and data[stop - 2] != 58:
                stop -= 1
            if count == len(spans):
                spans = _grown(spans)
            spans[count, 0], spans[count, 1], spans[count, 2] = row, start, stop
            count += 1
    return spans[:count]

"""Counting pre-tokens: text comes in as uint8 data and int64 offsets, goes out as the rows of a hash table.

A row is (key, meta, count, start): meta is group << 16 | length and 0 where the row is empty; the key of a string of up to eight bytes
is the string itself, that of a longer one its hash, and its bytes lie in the arena from `start` on. Seven of eight pre-tokens of code are
that short: looking one up touches one cache line and no bytes (0.56 -> 0.44 s for 31 MB, of which the cut is 0.24).
"""

from __future__ import annotations

import numpy as np
from numba import njit

from codecorpus.tokenize._kernels import I64, U8, U64, Int, eight_bytes, pretoken_end

KEY, META, COUNT, START = 0, 1, 2, 3
ROW_WIDTH = 4

# What is noted of each document: pre-tokens left out, their bytes, and the length and start of the longest.
LEFT, LEFT_BYTES, LONGEST, LONGEST_AT = 0, 1, 2, 3
NOTE_WIDTH = 4

_ODD = np.int64(0x1E3779B97F4A7C15)


@njit(cache=True, nogil=True, forceinline=True)
def _few(data: U8, at: Int, length: Int) -> Int:
    """Up to eight bytes as one number, the first one lowest; the same whatever follows them."""
    if length == 8:
        return np.int64(eight_bytes(data, at))
    if at + 8 <= len(data):
        return np.int64(eight_bytes(data, at)) & ((np.int64(1) << (8 * length)) - 1)
    value = np.int64(0)
    for place in range(length):
        value |= np.int64(data[at + place]) << (8 * place)
    return value


@njit(cache=True, nogil=True, forceinline=True)
def _mixed(value: Int) -> Int:
    value *= _ODD
    return value ^ (value >> 32 & 0xFFFFFFFF)


@njit(cache=True, nogil=True)
def _long_key(data: U8, start: Int, length: Int) -> Int:
    """A hash of more than eight bytes."""
    value, at, left = np.int64(length), start, length
    while left > 8:
        value = _mixed(value ^ np.int64(eight_bytes(data, at)))
        at += 8
        left -= 8
    return _mixed(value ^ _few(data, at, left))


@njit(cache=True, nogil=True)
def _same(data: U8, start: Int, arena: U8, other: Int, length: Int) -> bool:
    same = 0
    while same < length and data[start + same] == arena[other + same]:
        same += 1
    return bool(same == length)


@njit(cache=True, nogil=True, forceinline=True)
def _row_of(rows: I64, arena: U8, data: U8, start: Int, key: Int, meta: Int) -> Int:
    """The row that counts this string, or the empty row where it belongs."""
    mask, length = len(rows) - 1, meta & 0xFFFF
    row = _mixed(key ^ meta) & mask
    while rows[row, META] != 0:
        if (
            rows[row, KEY] == key
            and rows[row, META] == meta
            and (length <= 8 or _same(data, start, arena, rows[row, START], length))
        ):
            break
        row = (row + 1) & mask
    return row


@njit(cache=True, nogil=True)
def count_pretokens(
    text: tuple[U8, I64, I64],
    cut: tuple[U8, Int, Int],
    table: tuple[I64, U8],
    place: I64,
    notes: I64,
) -> None:
    """Count pre-tokens of at most `cut[2]` bytes from `place` on, until the text ends or the table or its arena is full.

    `text` is (data, offsets, group of each document; a document of a negative group is passed over); `cut` is (class table, mode, greatest
    length); `table` is (rows, of which half may be used; arena); `place` is (document, byte, rows used, bytes of the arena used) and
    is moved on. Longer pre-tokens are noted in `notes`, a row for each document.
    """
    data, offsets, groups = text
    classes, mode, most = cut
    rows, arena = table
    document, at, used, filled = place[0], place[1], place[2], place[3]
    room, space = len(rows) // 2, len(arena) - most
    while document < len(offsets) - 1 and used < room and filled <= space:
        end, group = offsets[document + 1], groups[document]
        if group < 0:
            at = end
        while at < end and used < room and filled <= space:
            start = at
            at = pretoken_end(data, start, end, classes, mode)
            length = at - start
            if length > most:
                notes[document, LEFT] += 1
                notes[document, LEFT_BYTES] += length
                if length > notes[document, LONGEST]:
                    notes[document, LONGEST] = length
                    notes[document, LONGEST_AT] = start - offsets[document]
                continue
            key = _few(data, start, length) if length <= 8 else _long_key(data, start, length)
            meta = group << 16 | length
            row = _row_of(rows, arena, data, start, key, meta)
            if rows[row, META] != 0:
                rows[row, COUNT] += 1
                continue
            rows[row, KEY], rows[row, META] = key, meta
            rows[row, COUNT], rows[row, START] = 1, filled
            used += 1
            if length > 8:
                for byte in range(length):
                    arena[filled + byte] = data[start + byte]
                filled += length
        if at >= end:
            document += 1
    place[0], place[1], place[2], place[3] = document, at, used, filled


@njit(cache=True, nogil=True)
def move_rows(rows: I64, wider: I64) -> None:
    """Put all rows into an empty table of more room."""
    mask = len(wider) - 1
    for number in range(len(rows)):
        if rows[number, META] != 0:
            row = _mixed(rows[number, KEY] ^ rows[number, META]) & mask
            while wider[row, META] != 0:
                row = (row + 1) & mask
            for column in range(ROW_WIDTH):
                wider[row, column] = rows[number, column]


@njit(cache=True, nogil=True)
def gather_rows(rows: I64, arena: U8, offsets: I64, out: U8) -> None:
    """Copy the strings of the rows end to end, string i to `offsets[i]`."""
    for number in range(len(rows)):
        first, length = offsets[number], rows[number, META] & 0xFFFF
        for byte in range(length):
            if length <= 8:
                out[first + byte] = (rows[number, KEY] >> (8 * byte)) & 0xFF
            else:
                out[first + byte] = arena[rows[number, START] + byte]


@njit(cache=True, nogil=True)
def hash_documents(data: U8, offsets: I64) -> U64:
    """A hash of each document's bytes, uint64: the same on every machine and for every cut into shards."""
    out = np.empty(len(offsets) - 1, np.uint64)
    for document in range(len(out)):
        start, length = offsets[document], offsets[document + 1] - offsets[document]
        value = _long_key(data, start, length) if length > 8 else _mixed(_few(data, start, length) ^ length)
        out[document] = np.uint64(_mixed(_mixed(value)))
    return out

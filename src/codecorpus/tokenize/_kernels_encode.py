"""Applying merges: pre-tokens to ids. Text comes in as uint8 data and int64 offsets, ids go out as uint32.

Merges are a hash table of two arrays: keys `left << 32 | right` (-1 is empty) and values `rank << 32 | id`. The merge that was learned
first is applied first, and of equal ones the leftmost, as everywhere; what differs is only how that merge is found.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from codecorpus.tokenize._kernels import (
    EXTRA,
    HASH,
    I32,
    I64,
    LENGTH,
    START,
    U8,
    U32,
    VALUE,
    Int,
    find_slot,
    hash_bytes,
    pretoken_end,
)

# Up to this many bytes, looking at every pair again after each merge is cheaper than keeping a heap.
SHORT = 64


@njit(cache=True, nogil=True)
def pair_slot(keys: I64, key: Int) -> Int:
    """The slot of a pair (left << 32 | right) in a table of keys, or the empty slot (-1) where it belongs."""
    mask = len(keys) - 1
    mixed = key * np.int64(0x1E3779B97F4A7C15)
    slot = (mixed ^ (mixed >> 32)) & mask
    while keys[slot] >= 0 and keys[slot] != key:
        slot = (slot + 1) & mask
    return slot


@njit(cache=True, nogil=True)
def fill_merges(rows: I64, keys: I64, values: I64) -> None:
    """Enter merges (left, right, id) into empty arrays: pair → rank << 32 | id. Of equal pairs the last one stands."""
    for rank in range(len(rows)):
        key = rows[rank, 0] << 32 | rows[rank, 1]
        slot = pair_slot(keys, key)
        keys[slot], values[slot] = key, rank << 32 | rows[rank, 2]


@njit(cache=True, nogil=True)
def _merge_short(symbols: U32, size: Int, keys: I64, values: I64) -> Int:
    """Apply the lowest-ranked merge, leftmost first, until there is none; in place, returns the new size."""
    while size > 1:
        best, where = np.int64(-1), 0
        for at in range(size - 1):
            slot = pair_slot(keys, np.int64(symbols[at]) << 32 | np.int64(symbols[at + 1]))
            value = values[slot]
            if value >= 0 and (best < 0 or value < best):
                best, where = value, at
        if best < 0:
            break
        symbols[where] = best & 0xFFFFFFFF
        for at in range(where + 1, size - 1):
            symbols[at] = symbols[at + 1]
        size -= 1
    return size


@njit(cache=True, nogil=True)
def _push(heap: I64, size: Int, key: Int) -> None:
    """Add a key to a binary min-heap of `size` keys."""
    at = size
    while at > 0 and heap[(at - 1) // 2] > key:
        heap[at] = heap[(at - 1) // 2]
        at = (at - 1) // 2
    heap[at] = key


@njit(cache=True, nogil=True)
def _pop(heap: I64, size: Int) -> Int:
    """Take the lowest key off a binary min-heap of `size` keys."""
    top, key, at = heap[0], heap[size - 1], 0
    while True:
        child = 2 * at + 1
        if child + 1 < size - 1 and heap[child + 1] < heap[child]:
            child += 1
        if child >= size - 1 or heap[child] >= key:
            break
        heap[at] = heap[child]
        at = child
    heap[at] = key
    return top


@njit(cache=True, nogil=True)
def _merge_long(symbols: U32, size: Int, keys: I64, values: I64) -> Int:
    """What `_merge_short` does, in n log n: a heap of rank << 32 | position over a linked list."""
    following, before = np.empty(size, np.int64), np.empty(size, np.int64)
    for at in range(size):
        following[at], before[at] = at + 1, at - 1
    heap, waiting = np.empty(3 * size, np.int64), 0
    for at in range(size - 1):
        value = values[pair_slot(keys, np.int64(symbols[at]) << 32 | np.int64(symbols[at + 1]))]
        if value >= 0:
            _push(heap, waiting, value >> 32 << 32 | at)
            waiting += 1
    while waiting:
        key = _pop(heap, waiting)
        waiting -= 1
        at = key & 0xFFFFFFFF
        right = following[at]
        if right < 0 or right == size:  # merged away, or nothing follows any more
            continue
        value = values[pair_slot(keys, np.int64(symbols[at]) << 32 | np.int64(symbols[right]))]
        if value < 0 or value >> 32 != key >> 32:  # the pair that was seen here is gone
            continue
        symbols[at] = value & 0xFFFFFFFF
        after = following[right]
        following[at], following[right] = after, -1
        if after < size:
            before[after] = at
        for left in (before[at], at):
            if left >= 0 and following[left] < size:
                value = values[
                    pair_slot(keys, np.int64(symbols[left]) << 32 | np.int64(symbols[following[left]]))
                ]
                if value >= 0:
                    _push(heap, waiting, value >> 32 << 32 | left)
                    waiting += 1
    kept, at = 0, 0
    while at < size:
        symbols[kept] = symbols[at]
        kept, at = kept + 1, following[at]
    return kept


@njit(cache=True, nogil=True)
def _merge(symbols: U32, size: Int, keys: I64, values: I64) -> Int:
    """Apply all merges to one pre-token, in place; returns the number of ids."""
    if size <= SHORT:
        return _merge_short(symbols, size, keys, values)
    return _merge_long(symbols, size, keys, values)


@njit(cache=True, nogil=True)
def encode(
    data: U8,
    offsets: I64,
    cut: tuple[U8, Int],
    vocabulary: tuple[U32, I64, I64],
    table: tuple[I32, I64],
    place: I64,
    out: U32,
    out_offsets: I64,
) -> None:
    """Encode documents from `place` on, until the text ends or the table is full.

    `cut` is (class table, mode), `vocabulary` is (id of each byte, keys, values) with the arrays of `fill_merges`, `table` is
    (slots, entries); `place` is (document, byte, entries used, ids written) and is moved on. A pre-token that stood before is copied
    from where its ids already are in `out`: the output is the cache.
    """
    classes, mode = cut
    byte_ids, keys, values = vocabulary
    slots, entries = table
    document, at, used, size = place[0], place[1], place[2], place[3]
    while document < len(offsets) - 1 and used < len(entries):
        end = offsets[document + 1]
        while at < end and used < len(entries):
            after = pretoken_end(data, at, end, classes, mode)
            start, length, at = at, after - at, after
            value = hash_bytes(data, start, length)
            slot = find_slot(slots, entries, data, start, length, value)
            known = slots[slot]
            if known >= 0:
                before = entries[known, VALUE]
                for step in range(entries[known, EXTRA]):
                    out[size + step] = out[before + step]
                size += entries[known, EXTRA]
                continue
            symbols = out[size : size + length]
            for step in range(length):
                symbols[step] = byte_ids[data[start + step]]
            merged = _merge(symbols, length, keys, values)
            entries[used, HASH], entries[used, START], entries[used, LENGTH] = value, start, length
            entries[used, VALUE], entries[used, EXTRA] = size, merged
            slots[slot] = used
            used, size = used + 1, size + merged
        if at >= end:
            document += 1
            out_offsets[document] = size
    place[0], place[1], place[2], place[3] = document, at, used, size

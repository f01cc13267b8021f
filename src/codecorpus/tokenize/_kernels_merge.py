"""Applying merges: the bytes of one pre-token as symbols go in, its ids come out, in place.

Merges are one array, a hash table: key `left << 32 | right` (-1 is empty) at 2 * slot, value `rank << 32 | id` after it, so that a
look-up touches one line of memory. The merge that was learned first is applied first, and of equal ones the leftmost, as everywhere;
what differs is only how that merge is found.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from codecorpus.tokenize._kernels import I32, I64, U32, Int

# Up to this many symbols, the lowest of all pairs is looked for after each merge; above, a heap keeps it. At 32 to 256 symbols of
# code the two differ by less than a fifth either way.
SHORT = 128

# Rank of a pair that is never merged: above all others.
NEVER = np.int64(0x7FFFFFFFFFFFFFFF)


@njit(cache=True, nogil=True)
def _pair_slot(merges: I64, key: Int) -> Int:
    """Where in the array the pair (left << 32 | right) stands, or the empty place where it belongs."""
    mask = len(merges) - 2
    mixed = key * np.int64(0x1E3779B97F4A7C15)
    at = ((mixed ^ (mixed >> 32)) << 1) & mask
    while merges[at] >= 0 and merges[at] != key:
        at = (at + 2) & mask
    return at


@njit(cache=True, nogil=True)
def fill_merges(rows: I64, merges: I64) -> None:
    """Enter merges (left, right, id), in order of rank, into an array of -1. Of equal pairs the last one stands."""
    for rank in range(len(rows)):
        key = rows[rank, 0] << 32 | rows[rank, 1]
        at = _pair_slot(merges, key)
        merges[at], merges[at + 1] = key, rank << 32 | rows[rank, 2]


@njit(cache=True, nogil=True, forceinline=True)
def _value(merges: I64, left: Int, right: Int) -> Int:
    """rank << 32 | id of the merge of two symbols, or `NEVER`."""
    at = _pair_slot(merges, np.int64(left) << 32 | np.int64(right))
    return merges[at + 1] if merges[at] >= 0 else NEVER


@njit(cache=True, nogil=True)
def _merge_short(symbols: U32, size: Int, merges: I64, values: I64) -> Int:
    """Apply the lowest merge until there is none; `values` is scratch: of each symbol and the one after it."""
    last = size - 1
    for at in range(last):
        values[at] = _value(merges, symbols[at], symbols[at + 1])
    while last > 0:
        best, where = NEVER, 0
        for at in range(last):
            if values[at] < best:
                best, where = values[at], at
        if best == NEVER:
            break
        symbols[where] = best & 0xFFFFFFFF
        for at in range(where + 1, last):
            symbols[at], values[at - 1] = symbols[at + 1], values[at]
        last -= 1
        if where > 0:
            values[where - 1] = _value(merges, symbols[where - 1], symbols[where])
        if where < last:
            values[where] = _value(merges, symbols[where], symbols[where + 1])
    return last + 1


@njit(cache=True, nogil=True)
def _push(heap: I64, size: Int, key: Int) -> None:
    """Add a key to a binary min-heap of `size` keys."""
    at = size
    while at > 0 and heap[(at - 1) >> 1] > key:
        heap[at] = heap[(at - 1) >> 1]
        at = (at - 1) >> 1
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
def _first_pairs(symbols: U32, size: Int, merges: I64, heap: I64) -> Int:
    """Put every pair that can be merged on an empty heap, as rank << 32 | place; returns how many."""
    waiting = 0
    for at in range(size - 1):
        value = _value(merges, symbols[at], symbols[at + 1])
        if value != NEVER:
            _push(heap, waiting, value >> 32 << 32 | at)
            waiting += 1
    return waiting


@njit(cache=True, nogil=True)
def _compact(symbols: U32, size: Int, following: I32) -> Int:
    """Move the symbols that are left to the front; returns how many."""
    kept, at = 0, np.int64(0)
    while at < size:
        symbols[kept] = symbols[at]
        kept, at = kept + 1, np.int64(following[at])
    return kept


@njit(cache=True, nogil=True)
def _merge_long(symbols: U32, size: Int, merges: I64) -> Int:
    """What `_merge_short` does, in n log n: a heap of rank << 32 | place over a linked list."""
    following, before = np.empty(size, np.int32), np.empty(size, np.int32)
    for at in range(size):
        following[at], before[at] = at + 1, at - 1
    heap = np.empty(2 * size, np.int64)  # a merge takes one key off and puts two on, and there are fewer merges than symbols
    waiting = _first_pairs(symbols, size, merges, heap)
    while waiting:
        key = _pop(heap, waiting)
        waiting -= 1
        at = key & 0xFFFFFFFF
        right = np.int64(following[at])
        if right < 0 or right == size:  # merged away, or nothing follows any more
            continue
        value = _value(merges, symbols[at], symbols[right])
        if value == NEVER or value >> 32 != key >> 32:  # the pair that was seen here is gone
            continue
        symbols[at] = value & 0xFFFFFFFF
        after = np.int64(following[right])
        following[at], following[right] = after, -1
        if after < size:
            before[after] = at
        for left in (np.int64(before[at]), at):
            if left >= 0 and following[left] < size:
                value = _value(merges, symbols[left], symbols[following[left]])
                if value != NEVER:
                    _push(heap, waiting, value >> 32 << 32 | left)
                    waiting += 1
    return _compact(symbols, size, following)


@njit(cache=True, nogil=True)
def merge(symbols: U32, size: Int, merges: I64, values: I64) -> Int:
    """Apply all merges to the first `size` symbols, in place; returns the number of ids. `values` is scratch of `SHORT` places."""
    if size <= SHORT:
        return _merge_short(symbols, size, merges, values)
    return _merge_long(symbols, size, merges)

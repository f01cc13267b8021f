"""Applying merges: the bytes of one pre-token as symbols go in, its ids come out, in place.

Merges are two arrays. One is a hash table: key `left << 32 | right` (-1 is empty) at 2 * slot, the rank after it, so that a look-up
touches one line of memory; the other has the id that each rank makes. The merge that was learned first is applied first, and of equal
ones the leftmost, as everywhere; what differs is only how that merge is found.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from codecorpus.tokenize._kernels import I32, I64, U8, U32, Int

# Up to this many symbols, all pairs are looked at again after each merge; above, a heap keeps the lowest. At 36 symbols, a line of code,
# the heap takes 1.6 times as long.
SHORT = 128
_PLACE_BITS = 7

# There are fewer merges, so that a rank and a place below `SHORT` are one int32: the lowest of eight is found by one instruction.
MOST_MERGES = (1 << 24) - 1

# Rank of a pair that is never merged, above all others; and of a rank with its place.
_NEVER, _NEVER_HERE = np.int64(1 << 24), np.int32(0x7FFFFFFF)


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
        merges[at], merges[at + 1] = key, rank


@njit(cache=True, nogil=True, forceinline=True)
def _rank(merges: I64, left: Int, right: Int) -> Int:
    """Rank of the merge of two symbols, or `_NEVER`."""
    at = _pair_slot(merges, np.int64(left) << 32 | np.int64(right))
    return merges[at + 1] if merges[at] >= 0 else _NEVER


@njit(cache=True, nogil=True, forceinline=True)
def _ranked(merges: I64, left: Int, right: Int, at: Int) -> Int:
    """The rank of a pair and its place in one number."""
    rank = _rank(merges, left, right)
    return np.int32(rank << _PLACE_BITS | at) if rank != _NEVER else _NEVER_HERE


@njit(cache=True, nogil=True)
def _compact(symbols: U32, size: Int, following: I32) -> Int:
    """Move the symbols that are left to the front; returns how many."""
    kept, at = 0, np.int64(0)
    while at < size:
        symbols[kept] = symbols[at]
        kept, at = kept + 1, np.int64(following[at])
    return kept


@njit(cache=True, nogil=True)
def _merge_short(symbols: U32, size: Int, merges: tuple[I64, U32], scratch: I32) -> Int:
    """Apply the lowest merge, leftmost first, until there is none, over a linked list."""
    pairs, made = merges
    ranked, following, before = scratch[0], scratch[1], scratch[2]
    for at in range(size):
        following[at], before[at] = at + 1, at - 1
    for at in range(size - 1):
        ranked[at] = _ranked(pairs, symbols[at], symbols[at + 1], at)
    while True:
        lowest = _NEVER_HERE
        for at in range(size - 1):
            lowest = min(lowest, ranked[at])
        if lowest == _NEVER_HERE:
            return _compact(symbols, size, following)
        here, token = np.int64(lowest) & (SHORT - 1), made[lowest >> _PLACE_BITS]
        right, left = following[here], before[here]
        after = following[right]
        symbols[here], following[here] = token, after
        ranked[here], ranked[right] = _NEVER_HERE, _NEVER_HERE
        if after < size:
            before[after] = here
            ranked[here] = _ranked(pairs, token, symbols[after], here)
        if left >= 0:
            ranked[left] = _ranked(pairs, symbols[left], token, left)


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
        rank = _rank(merges, symbols[at], symbols[at + 1])
        if rank != _NEVER:
            _push(heap, waiting, rank << 32 | at)
            waiting += 1
    return waiting


@njit(cache=True, nogil=True)
def _merge_long(symbols: U32, size: Int, merges: tuple[I64, U32]) -> Int:
    """What `_merge_short` does, in n log n: a heap of rank << 32 | place."""
    pairs, made = merges
    following, before = np.empty(size, np.int32), np.empty(size, np.int32)
    for at in range(size):
        following[at], before[at] = at + 1, at - 1
    heap = np.empty(
        2 * size, np.int64
    )  # a merge takes one key off and puts two on, and there are fewer merges than symbols
    waiting = _first_pairs(symbols, size, pairs, heap)
    while waiting:
        key = _pop(heap, waiting)
        waiting -= 1
        at = key & 0xFFFFFFFF
        right = np.int64(following[at])
        if right < 0 or right == size:  # merged away, or nothing follows any more
            continue
        if _rank(pairs, symbols[at], symbols[right]) != key >> 32:  # the pair that was seen here is gone
            continue
        symbols[at] = made[key >> 32]
        after = np.int64(following[right])
        following[at], following[right] = after, -1
        if after < size:
            before[after] = at
        for left in (np.int64(before[at]), at):
            if left >= 0 and following[left] < size:
                rank = _rank(pairs, symbols[left], symbols[following[left]])
                if rank != _NEVER:
                    _push(heap, waiting, rank << 32 | left)
                    waiting += 1
    return _compact(symbols, size, following)


@njit(cache=True, nogil=True)
def merge(symbols: U32, size: Int, merges: tuple[I64, U32], scratch: I32) -> Int:
    """Apply all merges to the first `size` symbols, in place; returns the number of ids. `scratch` is int32[3, SHORT]."""
    if size <= SHORT:
        return _merge_short(symbols, size, merges, scratch)
    return _merge_long(symbols, size, merges)


@njit(cache=True, nogil=True)
def merged_sizes(data: U8, offsets: I64, byte_ids: U32, merges: tuple[I64, U32], sizes: I64) -> None:
    """How many ids each byte string becomes when it is one pre-token."""
    scratch = np.empty((3, SHORT), np.int32)
    for number in range(len(sizes)):
        start, length = offsets[number], offsets[number + 1] - offsets[number]
        symbols = np.empty(length, np.uint32)
        for step in range(length):
            symbols[step] = byte_ids[data[start + step]]
        sizes[number] = merge(symbols, length, merges, scratch) if length else 0

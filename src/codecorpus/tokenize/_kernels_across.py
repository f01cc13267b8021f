"""Merges across words: what stage 1 made of lines goes in, their ids come out; see `_kernels_stages`."""

from __future__ import annotations

import numpy as np
from numba import njit

from codecorpus.tokenize._kernels import I32, I64, U32, Int
from codecorpus.tokenize._kernels_merge import SHORT, merge
from codecorpus.tokenize._kernels_stages import U64, Rules, rank_across

_PLACE_BITS, _NEVER_HERE = np.uint32(7), np.uint32(1 << 31)
# Ranks are looked at eight at a time.
_PAD = 8


@njit(cache=True, nogil=True, forceinline=True)
def _waiting(left: Int, right: Int, at: Int, merges: I64, bits: U64) -> Int:
    """Rank << 7 | place of the merge of two tokens; `_NEVER_HERE` or more where there is none."""
    return np.uint32(rank_across(left, right, merges, bits)) << _PLACE_BITS | np.uint32(at)


@njit(cache=True, nogil=True, forceinline=True)
def _lowest(ranked: U32, size: Int) -> Int:
    """The lowest rank and place of as many."""
    lowest = _NEVER_HERE
    for at in range(size):
        lowest = min(lowest, ranked[at])
    return lowest


@njit(cache=True, nogil=True)
def _merge_across(rules: Rules, spans: I64, ids: U32, ranked: U32, links: I32, out: U32, size: Int) -> Int:
    """Apply the merges across words to lines (start and number of ids, place after the last one in `out`), lowest first, leftmost first.

    A line of more than `SHORT` ids ends it. Returns how many lines were done.
    """
    merges, made, bits = rules[1][0], rules[1][1], rules[3]
    for line in range(len(spans)):
        base, number = spans[line, 0], spans[line, 1]
        if number > SHORT:
            return line
        for at in range(number):
            links[at], links[SHORT + at] = at + 1, at - 1
        for at in range(number - 1):
            ranked[at] = _waiting(ids[base + at], ids[base + at + 1], at, merges, bits)
        for at in range(max(number - 1, 0), number + _PAD):
            ranked[at] = _NEVER_HERE
        most = (number + _PAD - 2) & ~(_PAD - 1)
        lowest = _lowest(ranked, most)
        while lowest < _NEVER_HERE:
            here, token = np.int64(lowest & np.uint32(SHORT - 1)), made[lowest >> _PLACE_BITS]
            right, left = np.int64(links[here]), np.int64(links[SHORT + here])
            after = np.int64(links[right])
            ids[base + here], links[here] = token, after
            ranked[here], ranked[right] = _NEVER_HERE, _NEVER_HERE
            if after < number:
                links[SHORT + after] = here
                ranked[here] = _waiting(token, ids[base + after], here, merges, bits)
            if left >= 0:
                ranked[left] = _waiting(ids[base + left], token, left, merges, bits)
            lowest = _lowest(ranked, most)
        here = np.int64(0)
        while here < number:
            out[size] = ids[base + here]
            size, here = size + 1, np.int64(links[here])
        spans[line, 2] = size
    return len(spans)


@njit(cache=True, nogil=True)
def stage_two(rules: Rules, spans: I64, ids: U32, out: U32, size: Int) -> Int:
    """Write the ids of all lines, and after each the place where they end; returns the last one."""
    ranked, links = np.zeros(SHORT + 2 * _PAD, np.uint32), np.empty(2 * SHORT, np.int32)
    line = 0
    while True:
        line += _merge_across(rules, spans[line:], ids, ranked, links, out, size)
        if line > 0:
            size = spans[line - 1, 2]
        if line == len(spans):
            return size
        number = spans[line, 1]
        for at in range(number):
            out[size + at] = ids[spans[line, 0] + at]
        size += merge(out[size:], number, rules[1], np.empty((3, SHORT), np.int32))
        spans[line, 2] = size
        line += 1

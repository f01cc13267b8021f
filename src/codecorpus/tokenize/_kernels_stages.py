"""Merges in two stages: those within words, learned first, and those across them. Which tokens may stand side by side after the first.

The merge that was learned first is applied first. So where no merge of stage 1 has a part that is made later, all of stage 1 is over
before stage 2 begins; and what stage 1 makes of a text can be put together from what it makes of pieces of the text. Where two pieces
meet, the last token of one and the first of the other have to *stand*: stage 1 makes these two tokens of the bytes of both. A row of
tokens that each are what stage 1 makes of their bytes, and of which every two neighbours stand, is what stage 1 makes of the whole: the
first merge to go another way would go it in the text of two neighbours too. (GitHub's crate `bpe` rests on the same.)

Time is `3 * rank` plus 0, 1 or 2: of merges of equal rank, the leftmost is first, which is that inside the token to the left, then that
of the two symbols at the border, then that inside the token to the right.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from numba import njit

from codecorpus.tokenize._kernels import CODE, I32, I64, U8, U32, Int, pretoken_end
from codecorpus.tokenize._kernels_merge import _NEVER, _rank

U64 = npt.NDArray[np.uint64]
#: Merges within words, merges across them, junctions, bits, the two halves of each token, and when it is made; see `stages.Stages`.
Rules = tuple[tuple[I64, U32], tuple[I64, U32], U8, U64, I32, I32]

# When a token is made that stage 1 does not make; a byte is there before, at -1.
UNMADE = 1 << 24

# Bits that tell whether a pair may be merged: 16,384 merges set one in sixteen. They stay in the processor's nearer memory.
BITS = 1 << 18
_BITS_SHIFT = np.uint64(64 - 18)

_0, _1, _6, _24, _63 = (np.uint64(n) for n in (0, 1, 6, 24, 63))
_ODD = np.uint64(0x9E3779B97F4A7C15)


@njit(cache=True, nogil=True)
def stand(left: Int, right: Int, merges: I64, halves: I32, born: I32, end: Int) -> bool:
    """Whether two tokens stay apart until `end`, which is a time: no merge takes the symbols at their border as they grow.

    It goes back in time. The symbols at the border are there together from the moment that the later of them is made.
    """
    while True:
        if 3 * _rank(merges, left, right) + 1 < end:
            return False
        if born[left] > born[right]:
            end, left = 3 * np.int64(born[left]), np.int64(halves[left, 1])
        elif born[right] >= 0:
            end, right = 3 * np.int64(born[right]) + 2, np.int64(halves[right, 0])
        else:
            return True


@njit(cache=True, nogil=True)
def trace(rows: I64, merges: I64, last: I64, halves: I32, born: I32) -> Int:
    """Fill in halves and births of what the merges (left, right, id) make; returns how many of them can be a stage of their own.

    `last` is the rank of the last merge that makes each token, -1 where there is none. A merge is passed over where its two parts never
    meet: of all ways to make a token, one alone is ever gone.
    """
    for rank in range(len(rows)):
        left, right, made = rows[rank, 0], rows[rank, 1], rows[rank, 2]
        if born[left] == UNMADE or born[right] == UNMADE:
            if last[left] >= rank or last[right] >= rank:  # a later merge would make way for this one
                return rank
        elif stand(left, right, merges, halves, born, 3 * rank + 1):
            if born[made] != UNMADE:
                return rank
            halves[made, 0], halves[made, 1], born[made] = left, right, rank
    return len(rows)


@njit(cache=True, nogil=True)
def within_words(tokens: I64, data: U8, offsets: I64, classes: U8, within: U8) -> None:
    """Whether each of these tokens, by their bytes, is one pre-token of `code`."""
    for row in range(len(tokens)):
        start, end = offsets[tokens[row]], offsets[tokens[row] + 1]
        within[row] = end > start and pretoken_end(data, start, end, classes, CODE) == end


@njit(cache=True, nogil=True)
def mark_junctions(rows: I64, data: U8, offsets: I64, junctions: U8) -> None:
    """Mark, in 256 * 256, the last byte of the left and the first of the right part of merges: a border of others always stands."""
    for row in range(len(rows)):
        left, right = rows[row, 0], rows[row, 1]
        if offsets[left + 1] > offsets[left] and offsets[right + 1] > offsets[right]:
            junctions[np.int64(data[offsets[left + 1] - 1]) << 8 | np.int64(data[offsets[right]])] = 1


@njit(cache=True, nogil=True, forceinline=True)
def _bit(left: Int, right: Int) -> Int:
    """Where in the bits of `mark_pairs` a pair is."""
    return ((np.uint64(left) << _24 | np.uint64(right)) * _ODD) >> _BITS_SHIFT


@njit(cache=True, nogil=True)
def mark_pairs(rows: I64, bits: U64) -> None:
    """Set the bit of every merge, of `BITS` in all."""
    for row in range(len(rows)):
        bit = _bit(rows[row, 0], rows[row, 1])
        bits[bit >> _6] |= _1 << (bit & _63)


@njit(cache=True, nogil=True, forceinline=True)
def rank_across(left: Int, right: Int, merges: I64, bits: U64) -> Int:
    """Rank of the merge of two tokens, or `_NEVER`. A bit tells of nineteen pairs in twenty that there is none."""
    bit = _bit(left, right)
    if bits[bit >> _6] >> (bit & _63) & _1 == _0:
        return _NEVER
    return _rank(merges, left, right)

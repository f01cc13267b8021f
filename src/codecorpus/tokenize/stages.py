"""Merges in two stages, for lines: those that stay within a word, and those that cross words.

Merges in order of rank go in; `Stages`, the arrays of the kernels, come out. A line is made of few distinct words and is itself hardly
ever met twice (31 MB of code: 22 % of the bytes stand in lines seen before), so that words are looked up and lines are not.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from codecorpus.buffers import text_buffers
from codecorpus.tokenize import _kernels_stages as k
from codecorpus.tokenize.merging import Merges, merge_table
from codecorpus.tokenize.pretoken import cut_of

# Fewer merges are no stage: words are put together from many tokens, and nothing is gained.
_LEAST_STAGE: Final = 200
# A merge across words in the first stage makes borders of words none. This many within words outweigh one.
_OUTWEIGH: Final = 9


@dataclass(frozen=True, slots=True, eq=False)
class Stages:
    """Merges in two stages. All of the first come before any of the second.

    Attributes:
        within: the merges of stage 1, see `merge_table`.
        across: those of stage 2, whose ranks begin at 0 again.
        junctions: uint8[65536], 1 for the two bytes where a merge of stage 1 joins its parts.
        bits: uint64[4096], a bit for every merge of stage 2; see `_kernels_stages.mark_pairs`.
        halves: int32[ids, 2], the two tokens that stage 1 makes each token of.
        born: int32[ids], rank of the merge that does; -1 for bytes, `UNMADE` for what it does not make.
    """

    within: Merges
    across: Merges
    junctions: NDArray[np.uint8]
    bits: NDArray[np.uint64]
    halves: NDArray[np.int32]
    born: NDArray[np.int32]

    @property
    def rules(self) -> k.Rules:
        """The arrays in the order of the kernels."""
        return self.within, self.across, self.junctions, self.bits, self.halves, self.born


def stages_of(
    rows: NDArray[np.int64], byte_ids: NDArray[np.uint32], tokens: pa.LargeBinaryArray
) -> Stages | None:
    """The merges in two stages; None where those within words are too few to be one.

    Args:
        rows: int64[n, 3], merges (left, right, id) in order of rank. Of equal pairs the last one counts.
        byte_ids: uint32[256], the id of each byte.
        tokens: the bytes of each id.
    """
    if not len(rows):
        return None
    rows = _without_repeats(rows)
    stages = staged(rows, byte_ids, tokens, _within(rows, tokens))
    return stages if len(stages.within[1]) >= _LEAST_STAGE else None


def staged(
    rows: NDArray[np.int64], byte_ids: NDArray[np.uint32], tokens: pa.LargeBinaryArray, most: int
) -> Stages:
    """The merges in two stages, `most` of them or fewer in the first: as many as make way for none of that stage later on."""
    ids = 1 + int(max(rows.max(initial=0), byte_ids.max()))
    first, halves, born = _traced(rows, byte_ids, ids, most)
    junctions, bits = np.zeros(1 << 16, np.uint8), np.zeros(k.BITS >> 6, np.uint64)
    k.mark_junctions(rows[:first], *text_buffers(tokens), junctions)
    k.mark_pairs(rows[first:], bits)
    return Stages(merge_table(rows[:first]), merge_table(rows[first:]), junctions, bits, halves, born)


def _without_repeats(rows: NDArray[np.int64]) -> NDArray[np.int64]:
    """The merges of which no later one has the same parts."""
    _, back = np.unique(rows[::-1, 0] << 32 | rows[::-1, 1], return_index=True)
    kept: NDArray[np.int64] = rows[np.sort(len(rows) - 1 - back)]
    return kept


def _within(rows: NDArray[np.int64], tokens: pa.LargeBinaryArray) -> int:
    """How many merges are the stage within words: up to where those that cross words outweigh."""
    data, offsets = text_buffers(tokens)
    within = np.zeros(len(rows), np.uint8)
    k.within_words(rows[:, 2].copy(), data, offsets, cut_of("code")[0], within)
    weight = np.cumsum(np.concatenate([[0], np.where(within == 1, 1, -_OUTWEIGH)]))
    return int(np.argmax(weight))


def _traced(
    rows: NDArray[np.int64], byte_ids: NDArray[np.uint32], ids: int, most: int
) -> tuple[int, NDArray[np.int32], NDArray[np.int32]]:
    """How many of the first `most` merges are a stage; and of every token its halves, and when it is made."""
    last = np.full(ids, -1, np.int64)
    np.maximum.at(last, rows[:, 2], np.arange(len(rows)))
    halves, born = np.zeros((ids, 2), np.int32), np.full(ids, k.UNMADE, np.int32)
    born[byte_ids] = -1
    first = int(k.trace(rows[:most], merge_table(rows[:most])[0], last, halves, born))
    return first, halves, born

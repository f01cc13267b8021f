"""The loop that counts picks: nodes of certain kinds, in certain places, with certain words. numpy and numba only.

The tables are those of `codecorpus.parse.picks`. Most kinds have no pick, so that most nodes cost one look. The obvious twin is in
`tests/naive_tree.py`.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

U8 = NDArray[np.uint8]
U32 = NDArray[np.uint32]
I32 = NDArray[np.int32]
I64 = NDArray[np.int64]
Flags = NDArray[np.bool_]

# Columns of a pick, as in `codecorpus.parse.picks`.
_COUNTER, _WITHIN, _INSIDE, _AFTER, _FIRST_WORD, _LAST_WORD, _IS_ALONE, _IS_EMPTY, _FIRST_BYTES = range(9)
_NAMED, _PICKED = 1 << 23, 1 << 24  # of `codecorpus.parse.roles`


@njit(cache=True, nogil=True)
def _is_word(source: U8, start: int, end: int, words: U8, first: int, last: int, is_prefix: bool) -> bool:
    """Whether the text is `words[first:last]`, or starts with it."""
    length = last - first
    if end - start < length or (end - start > length and not is_prefix):
        return False
    same = 0
    while same < length and source[start + same] == words[first + same]:
        same += 1
    return same == length


@njit(cache=True, nogil=True)
def _is_empty(node: int, parents: I32, role: U32) -> bool:
    """Whether nothing named stands in the node."""
    at = node + 1
    while at < len(parents) and parents[at] >= node:
        if parents[at] == node and role[at] & _NAMED:
            return False
        at += 1
    return True


@njit(cache=True, nogil=True)
def _sibling_before(node: int, parents: I32) -> int:
    """The child of the same parent right before; -1: none. What stands right before a node is inside that sibling, or the parent."""
    parent = parents[node]
    at: int = node - 1
    while at != parent and parents[at] != parent:
        at = parents[at]
    return -1 if at == parent else at


@njit(cache=True, nogil=True)
def _in_set(sets: Flags, number: int, kind: int) -> bool:
    return number < 0 or (kind < sets.shape[1] and sets[number, kind])


@njit(cache=True, nogil=True)
def count_picks(
    tree: tuple[Any, ...], role: U32, source: U8, table: tuple[Any, ...], size: int, marked: int
) -> tuple[I64, Flags]:
    """Count the nodes of every pick.

    Args:
        tree: kinds uint16, starts int32, ends int32, depths int32, parents int32; one per node, in document order.
        role: uint32 per node.
        source: uint8, the document.
        table: the arrays of a `PickTable`.
        size: counters in all.
        marked: the counter whose nodes are to be marked.

    Returns:
        (int64[size] counts, bool per node whether it counts for `marked`).
    """
    kinds, starts, ends, _, parents = tree
    first, order, picks, sets, words, word_offsets, is_prefix = table
    counts = np.zeros(size, np.int64)
    marks = np.zeros(len(kinds), np.bool_)
    for node in range(len(kinds)):
        if not role[node] & _PICKED:
            continue
        kind, parent = kinds[node], parents[node]
        byte = source[starts[node]] % 64 if starts[node] < len(source) else 0
        for place in range(first[kind], first[kind + 1]):
            pick = picks[order[place]]
            if not (pick[_FIRST_BYTES] >> byte) & 1:
                continue
            if pick[_WITHIN] >= 0 and (parent < 0 or not _in_set(sets, pick[_WITHIN], kinds[parent])):
                continue
            if pick[_INSIDE] >= 0:
                outer = parents[parent] if parent >= 0 else -1
                if outer < 0 or not _in_set(sets, pick[_INSIDE], kinds[outer]):
                    continue
            if pick[_AFTER] >= 0:
                before = _sibling_before(node, parents)
                if before < 0 or not _in_set(sets, pick[_AFTER], kinds[before]):
                    continue
            if pick[_IS_ALONE] and (
                parent < 0 or starts[node] != starts[parent] or ends[node] != ends[parent]
            ):
                continue
            found = pick[_FIRST_WORD] == pick[_LAST_WORD]
            for word in range(pick[_FIRST_WORD], pick[_LAST_WORD]):
                if _is_word(
                    source,
                    starts[node],
                    ends[node],
                    words,
                    word_offsets[word],
                    word_offsets[word + 1],
                    is_prefix[word],
                ):
                    found = True
                    break
            if not found or (pick[_IS_EMPTY] and not _is_empty(node, parents, role)):
                continue
            counts[pick[_COUNTER]] += 1
            if pick[_COUNTER] == marked:
                marks[node] = True
    return counts, marks

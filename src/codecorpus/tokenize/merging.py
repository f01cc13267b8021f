"""Merges as the kernels read them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from codecorpus.tokenize import _kernels_merge

#: The merges of a vocabulary: a hash table of pairs, and the id that each rank makes; see `_kernels_merge`.
Merges = tuple[NDArray[np.int64], NDArray[np.uint32]]


def merge_table(rows: NDArray[np.int64]) -> Merges:
    """Merges (left, right, id), in order of rank, as the kernels read them."""
    pairs = np.full(2 << (3 * len(rows) + 16).bit_length(), -1, np.int64)
    _kernels_merge.fill_merges(rows, pairs)
    return pairs, rows[:, 2].astype(np.uint32)

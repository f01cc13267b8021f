"""The loops of looking code up: which shingle hashes of a document are in the sample, and how many of a question's a document has.

Plain arrays in, plain arrays out; numpy and numba only. Every kernel has an obvious twin in `tests/naive_sampled.py`.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from numba import njit

U64 = npt.NDArray[np.uint64]
I64 = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

#: Slots of the filter in front of the search in `count_shared`: 64 kB, which stay in the second-level cache.
FILTER_SLOTS = 1 << 16


@njit(cache=True, nogil=True)
def sample_hashes(flat: U64, starts: I64, lengths: I64, scale: int, counts: I64) -> None:
    """Moves the sampled hashes of each document to the front of `flat`, one document after the other, as 32-bit numbers.

    A hash is sampled if it lies in the lowest of `scale` equal parts of the range; the number is its place in that part.

    Args:
        flat: uint64; the hashes of document `i` are `flat[starts[i]:][:lengths[i]]`, in ascending places; overwritten.
        starts: int64, see `flat`.
        lengths: int64[documents].
        scale: one in so many is sampled, 1 at least.
        counts: int64[documents], filled with how many are sampled, repeats included.
    """
    factor = np.uint64(scale)
    top = np.uint64(0xFFFFFFFFFFFFFFFF) // factor
    filled = 0
    for document in range(len(lengths)):
        before = filled
        for place in range(starts[document], starts[document] + lengths[document]):
            value = flat[place]
            if value <= top:
                # Never ahead of `place`: what is overwritten has been read.
                flat[filled] = (value * factor) >> np.uint64(32)
                filled += 1
        counts[document] = filled - before


@njit(cache=True, nogil=True)
def fill_slots(wanted: U64, slots: Bools) -> None:
    """Marks the slot of each of the hashes: the first thing that `count_shared` looks at.

    Args:
        wanted: uint64.
        slots: bool[`FILTER_SLOTS`], all false.
    """
    for value in wanted:
        slots[value & np.uint64(0xFFFF)] = True


@njit(cache=True, nogil=True)
def count_shared(flat: U64, starts: I64, lengths: I64, wanted: U64, slots: Bools, shared: I64) -> None:
    """Fills int64 `shared[document]` with how many of the wanted hashes the document has, each counted once.

    Args:
        flat: uint64; the hashes of document `i` are `flat[starts[i]:][:lengths[i]]`, in any order.
        starts: int64, see `flat`.
        lengths: int64[documents].
        wanted: uint64, ascending, without repeats.
        slots: from `fill_slots` of these.
        shared: int64[documents], filled.
    """
    seen = np.full(len(wanted), -1, np.int64)
    for document in range(len(lengths)):
        count = 0
        for place in range(starts[document], starts[document] + lengths[document]):
            value = flat[place]
            if slots[value & np.uint64(0xFFFF)]:
                low, high = 0, len(wanted)
                while low < high:
                    middle = (low + high) // 2
                    if wanted[middle] < value:
                        low = middle + 1
                    else:
                        high = middle
                if low < len(wanted) and wanted[low] == value and seen[low] != document:
                    seen[low] = document
                    count += 1
        shared[document] = count

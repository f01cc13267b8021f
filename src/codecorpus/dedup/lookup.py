"""Hashes → what kernels look them up in: a filter that stops nearly all that is not among them, and a table."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from codecorpus.dedup import _kernels_match as kernels
from codecorpus.dedup.sets import Hashes, Ints

# Bits of the filter for each hash. Nearly every n-gram of a corpus is in no benchmark, and 98 of 100 of them stop in the filter, which fits
# the second-level cache.
_FILTER_BITS = 16


class Lookup(NamedTuple):
    """Hashes that can be looked up; a kernel takes it whole.

    Attributes:
        hashes: uint64, no repeats; its row is its *place*.
        bits: uint64, the filter.
        slots: int64, the hash table, half full at most: places, -1 where there is none.
    """

    hashes: Hashes
    bits: Hashes
    slots: Ints


def lookup_of(hashes: Hashes) -> Lookup:
    """The lookup of distinct hashes.

    >>> lookup_of(np.array([7, 9], np.uint64)).slots.max()
    np.int64(1)
    """
    slots = np.full(_power_of_two(2 * len(hashes)), -1, np.int64)
    kernels.fill_table(hashes, slots)
    return Lookup(hashes, filter_of(hashes), slots)


def filter_of(hashes: Hashes) -> Hashes:
    """The filter of hashes whose upper halves differ: uint64."""
    bits = np.zeros(_power_of_two(len(hashes) * _FILTER_BITS // 64), np.uint64)
    kernels.fill_filter(hashes, bits)
    return bits


def hash_names(names: list[str]) -> Hashes:
    """uint64 hash of each word, as the kernels hash the words of documents.

    >>> len(hash_names(["return", "self"]))
    2
    """
    data = np.frombuffer(" ".join(names).encode(), np.uint8)
    hashes, is_name = np.empty(len(data) // 2 + 1, np.uint64), np.empty(len(data) // 2 + 1, np.bool_)
    count = kernels.hash_words(data, np.array([0, len(data)]), np.empty(2, np.int64), hashes, is_name)
    if count != len(names):
        raise AssertionError("a name is not one word")
    return hashes[:count]


def _power_of_two(least: int) -> int:
    return 1 << max(1, least - 1).bit_length()

"""The loops of decontamination: word n-grams of texts, and which of a document's n-grams stand in an index.

Plain arrays in, plain arrays out; numpy and numba only. A word is a run of ASCII letters, digits, `_` and bytes outside ASCII, as
in near-duplicate search; everything between words is skipped. Every kernel has an obvious twin in `tests/naive_contamination.py`.
Arithmetic on uint64 wraps on purpose.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from numba import njit

from codecorpus.dedup._kernels import (
    _BASE,
    _CLASSES,
    _FNV_BASIS,
    _FNV_PRIME,
    _WORD,
    I64,
    U8,
    U64,
    _mix64,
    _power,
)

I32 = npt.NDArray[np.int32]


@njit(cache=True, nogil=True)
def _bit_of(value: np.uint64, bits: U64) -> tuple[np.int64, np.uint64]:
    """Word and bit of the filter for a hash: from its upper half, because its lower one chooses the slot."""
    upper = value >> np.uint64(32)
    return np.int64(upper >> np.uint64(6)) & (len(bits) - 1), np.uint64(1) << (upper & np.uint64(63))


@njit(cache=True, nogil=True)
def fill_table(hashes: U64, bits: U64, slots: I64) -> None:
    """Enters uint64 `hashes` (no repeats) into an empty filter (zeros) and table (-1): the place of each, by linear probing.

    The lengths of `bits` and `slots` are powers of two; `slots` must be longer than `hashes`.
    """
    mask = len(slots) - 1
    for place in range(len(hashes)):
        word, bit = _bit_of(hashes[place], bits)
        bits[word] |= bit
        slot = np.int64(hashes[place] & np.uint64(mask))
        while slots[slot] >= 0:
            slot = (slot + 1) & mask
        slots[slot] = place


@njit(cache=True, nogil=True)
def find_place(value: np.uint64, hashes: U64, bits: U64, slots: I64) -> int:
    """Where a hash stands in `hashes`, or -1."""
    word, bit = _bit_of(value, bits)
    if not bits[word] & bit:
        return -1
    mask = len(slots) - 1
    slot = np.int64(value & np.uint64(mask))
    while slots[slot] >= 0 and hashes[slots[slot]] != value:
        slot = (slot + 1) & mask
    return int(slots[slot])


@njit(cache=True, nogil=True)
def find_hits(data: U8, offsets: I64, ngram: int, hashes: U64, bits: U64, slots: I64, out: I64) -> int:
    """Looks up every n-gram of every document.

    Args:
        data: uint8 text of all documents.
        offsets: int64[documents + 1] borders of the documents in `data`.
        ngram: words in one n-gram.
        hashes: uint64 n-gram hashes of the index.
        bits: its filter, by `fill_table`.
        slots: its table.
        out: int64[4, capacity], filled with a column per hit: document, place in `hashes`, first byte in the document, and the byte
            after the last.

    Returns:
        The number of hits; where it exceeds the capacity, only the first ones were written.
    """
    ring = np.zeros(ngram, np.uint64)
    begins = np.zeros(ngram, np.int64)
    outgoing = _power(ngram)
    total = 0
    for document in range(len(offsets) - 1):
        begin = offsets[document]
        stop = offsets[document + 1]
        ring[:] = np.uint64(0)
        rolling = np.uint64(0)
        words = 0
        slot = 0
        position = begin
        while position < stop:
            if _CLASSES[data[position]] != _WORD:
                position += 1
                continue
            begins[slot] = position - begin
            value = _FNV_BASIS
            while position < stop and _CLASSES[data[position]] == _WORD:
                value = (value ^ np.uint64(data[position])) * _FNV_PRIME
                position += 1
            value = _mix64(value)
            rolling = rolling * _BASE + value - ring[slot] * outgoing
            ring[slot] = value
            words += 1
            slot = slot + 1 if slot + 1 < ngram else 0
            if words < ngram:
                continue
            place = find_place(_mix64(rolling), hashes, bits, slots)
            if place < 0:
                continue
            if total < out.shape[1]:
                out[0, total] = document
                out[1, total] = place
                out[2, total] = begins[slot]  # of the oldest word, whose slot comes next
                out[3, total] = position - begin
            total += 1
    return total


@njit(cache=True, nogil=True)
def hash_words(data: U8, offsets: I64, starts: I64, hashes: U64, names: npt.NDArray[np.bool_]) -> int:
    """The words of each text.

    Args:
        data: uint8 text of all texts.
        offsets: int64[texts + 1] borders of the texts in `data`.
        starts: int64[texts + 1], filled with the borders of the texts' words.
        hashes: uint64, filled with the hash of each word; half as many as there are bytes, and one, always suffice.
        names: bool, filled: the word begins with a letter, `_` or a byte outside ASCII, and has two bytes or more.

    Returns:
        The number of words.
    """
    count = 0
    starts[0] = 0
    for text in range(len(offsets) - 1):
        position = offsets[text]
        stop = offsets[text + 1]
        while position < stop:
            first = position
            value = _FNV_BASIS
            while position < stop and _CLASSES[data[position]] == _WORD:
                value = (value ^ np.uint64(data[position])) * _FNV_PRIME
                position += 1
            if position == first:
                position += 1
                continue
            digit = 48 <= data[first] <= 57
            hashes[count] = _mix64(value)
            names[count] = not digit and position - first >= 2
            count += 1
        starts[text + 1] = count
    return count


@njit(cache=True, nogil=True)
def hash_ngrams(
    words: U64, names: npt.NDArray[np.bool_], starts: I64, ngram: int, least: int, hashes: U64, owners: I32
) -> int:
    """The n-grams of each text that say enough to be looked for.

    Args:
        words: uint64 word hashes, by `hash_words`.
        names: bool, which words are names.
        starts: int64[texts + 1], borders of the texts' words.
        ngram: words in one n-gram.
        least: distinct names that an n-gram must hold.
        hashes: uint64, filled with the n-gram hashes, in order, repeats included; as many as there are words always suffice.
        owners: int32, filled with the text of each.

    Returns:
        The number of n-grams.
    """
    count = 0
    for text in range(len(starts) - 1):
        for first in range(starts[text], starts[text + 1] - ngram + 1):
            distinct = 0
            value = np.uint64(0)
            for index in range(first, first + ngram):
                value = value * _BASE + words[index]
                fresh = names[index]
                for before in range(first, index):
                    fresh &= words[before] != words[index]
                distinct += fresh
            if distinct >= least:
                hashes[count] = _mix64(value)
                owners[count] = text
                count += 1
    return count

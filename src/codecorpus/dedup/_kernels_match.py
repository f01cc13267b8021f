"""The loops of decontamination: word n-grams of texts, and which of a document's n-grams and signatures stand in an index.

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
    _OTHER,
    _WORD,
    I64,
    U8,
    U64,
    _mix64,
    _power,
)

I32 = npt.NDArray[np.int32]
#: Hashes, with their filter and table, by `fill_table`.
Table = tuple[U64, U64, I64]
#: Borders of each name's signatures, borders of each signature's parameters, hashes of the parameters.
Signatures = tuple[I64, I64, U64]


@njit(cache=True, nogil=True)
def bits_of(value: np.uint64, bits: U64) -> tuple[np.int64, np.uint64]:
    """Word of the filter for a hash, and two bits in it: from its upper half, because its lower one chooses the slot.

    Two bits let 1 to 2 of 100 strange hashes through where one lets 6, each of which then misses the cache in the table.
    """
    upper = value >> np.uint64(32)
    one, other = upper & np.uint64(63), upper >> np.uint64(26)
    return np.int64(upper >> np.uint64(6)) & (len(bits) - 1), np.uint64(1) << one | np.uint64(1) << other


@njit(cache=True, nogil=True)
def fill_filter(hashes: U64, bits: U64) -> None:
    """Enters uint64 `hashes` into an empty filter (zeros), whose length is a power of two; their upper halves alone count."""
    for place in range(len(hashes)):
        word, two = bits_of(hashes[place], bits)
        bits[word] |= two


@njit(cache=True, nogil=True)
def fill_table(hashes: U64, slots: I64) -> None:
    """Enters uint64 `hashes` (no repeats) into an empty table (-1): the place of each, by linear probing.

    The length of `slots` is a power of two, and more than there are hashes.
    """
    mask = len(slots) - 1
    for place in range(len(hashes)):
        slot = np.int64(hashes[place] & np.uint64(mask))
        while slots[slot] >= 0:
            slot = (slot + 1) & mask
        slots[slot] = place


@njit(cache=True, nogil=True)
def find_place(value: np.uint64, hashes: U64, bits: U64, slots: I64) -> int:
    """Where a hash stands in `hashes`, or -1."""
    word, two = bits_of(value, bits)
    if bits[word] & two != two:
        return -1
    mask = len(slots) - 1
    slot = np.int64(value & np.uint64(mask))
    while slots[slot] >= 0 and hashes[slots[slot]] != value:
        slot = (slot + 1) & mask
    return int(slots[slot])


# A signature is looked for in so many bytes after the name; the longest of the public benchmarks takes 130.
_REACH = 400
# What may stand between the name and its parenthesis: ` = async function`.
_GAP = 24


@njit(cache=True, nogil=True)
def _opening(data: U8, position: int, stop: int) -> int:
    """After the parenthesis that follows a name at once, or behind `= function` and the like; -1 where there is none."""
    for index in range(position, min(stop, position + _GAP)):
        if data[index] == 40:
            return index + 1
        if _CLASSES[data[index]] == _OTHER and data[index] != 61 and data[index] != 58:
            return -1
    return -1


@njit(cache=True, nogil=True)
def _matching(words: U64, count: int, parameters: U64, first: int, last: int) -> bool:
    """Whether the parameters `first` to `last` stand among these words in this order."""
    wanted = first
    for index in range(count):
        if wanted < last and words[index] == parameters[wanted]:
            wanted += 1
    return wanted == last


@njit(cache=True, nogil=True)
def _words_inside(data: U8, position: int, stop: int, words: U64) -> tuple[int, int]:
    """The words up to the parenthesis that closes the one before `position`, or to the end of the reach: how many, and where it ends."""
    last = min(stop, position + _REACH)
    depth = 1
    count = 0
    while position < last and depth > 0:
        if _CLASSES[data[position]] == _WORD:
            value = _FNV_BASIS
            while position < last and _CLASSES[data[position]] == _WORD:
                value = (value ^ np.uint64(data[position])) * _FNV_PRIME
                position += 1
            words[count] = _mix64(value)
            count += 1
            continue
        depth += (data[position] == 40) - (data[position] == 41)
        position += 1
    return count, position


@njit(cache=True, nogil=True)
def _find_signatures(
    data: U8, position: int, stop: int, name: int, signatures: Signatures, words: U64, found: I64
) -> tuple[int, int]:
    """The signatures of a name that stand where it stands: how many, written into `found`, and the end of the parentheses.

    Args:
        data: uint8 text.
        position: the byte after the name.
        stop: the end of the document.
        name: its place.
        signatures: borders of each name's signatures, borders of each signature's parameters, hashes of the parameters.
        words: uint64, scratch.
        found: int64, filled with signatures; as long as there are signatures.
    """
    inner = _opening(data, position, stop)
    if inner < 0:
        return 0, position
    owned, borders, parameters = signatures
    count, end = _words_inside(data, inner, stop, words)
    total = 0
    for signature in range(owned[name], owned[name + 1]):
        if _matching(words, count, parameters, borders[signature], borders[signature + 1]):
            found[total] = signature
            total += 1
    return total, end


@njit(cache=True, nogil=True)
def find_hits(
    data: U8, offsets: I64, ngram: int, index: Table, names: Table, signatures: Signatures, out: I64
) -> int:
    """Looks up every n-gram of every document, and every name of a function that stands before parentheses.

    Args:
        data: uint8 text of all documents.
        offsets: int64[documents + 1] borders of the documents in `data`.
        ngram: words in one n-gram.
        index: hashes, filter and table of the n-grams that are looked for.
        names: the same of the names.
        signatures: borders of each name's signatures, borders of each signature's parameters, hashes of the parameters.
        out: int64[4, capacity], filled with a column per hit: document, place, first byte in the document, and the byte after the last.
            The place of a signature comes after those of all n-grams.

    Returns:
        The number of hits; where it exceeds the capacity, only the first ones were written.
    """
    ring = np.zeros(ngram, np.uint64)
    begins = np.zeros(ngram, np.int64)
    scratch, found = np.zeros(_REACH, np.uint64), np.zeros(len(signatures[1]), np.int64)
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
            first = position - begin
            begins[slot] = first
            value = _FNV_BASIS
            while position < stop and _CLASSES[data[position]] == _WORD:
                value = (value ^ np.uint64(data[position])) * _FNV_PRIME
                position += 1
            value = _mix64(value)
            rolling = rolling * _BASE + value - ring[slot] * outgoing
            ring[slot] = value
            words += 1
            slot = slot + 1 if slot + 1 < ngram else 0
            name = find_place(value, names[0], names[1], names[2])
            if name >= 0:
                count, end = _find_signatures(data, position, stop, name, signatures, scratch, found)
                for number in range(count):
                    place = len(index[0]) + found[number]
                    total = _write(out, total, document, place, first, end - begin)
            if words < ngram:
                continue
            place = find_place(_mix64(rolling), index[0], index[1], index[2])
            if place >= 0:  # the oldest word's slot comes next
                total = _write(out, total, document, place, begins[slot], position - begin)
    return total


@njit(cache=True, nogil=True)
def _write(out: I64, total: int, document: int, place: int, begin: int, end: int) -> int:
    """Notes a hit where there is room for it; returns the number of hits."""
    if total < out.shape[1]:
        out[0, total] = document
        out[1, total] = place
        out[2, total] = begin
        out[3, total] = end
    return total + 1


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

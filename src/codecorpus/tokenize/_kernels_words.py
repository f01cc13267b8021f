"""Words before learning begins, cut into the symbols that merges already known make of them; and what a token may be.

Byte strings of tokens lie end to end in `strings`; `spans` int64[n, 2] holds the start and length of each.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from codecorpus.tokenize._kernels import (
    CODE,
    I32,
    I64,
    LOWER,
    NUMBER,
    U8,
    UPPER,
    Int,
    _character,
    pretoken_end,
)

# Longer words are not looked at: finding the next merge of a word is a look at all its symbols. Ours have 1,024 bytes at most.
LONGEST = 4096

# --- known merges ---


@njit(cache=True, nogil=True)
def merge_slot(keys: I64, key: Int) -> Int:
    """The slot of a pair (left << 32 | right) in a table of keys, or the empty slot (-1) where it belongs."""
    mask = len(keys) - 1
    mixed = key * np.int64(0x1E3779B97F4A7C15)
    slot = (mixed ^ (mixed >> 29)) & mask
    while keys[slot] >= 0 and keys[slot] != key:
        slot = (slot + 1) & mask
    return slot


@njit(cache=True, nogil=True)
def enter_merges(rows: I64, keys: I64, values: I64) -> None:
    """Enter merges (left, right, id) into empty arrays: pair → rank << 32 | id. Of equal pairs the last one stands."""
    for rank in range(len(rows)):
        key = rows[rank, 0] << 32 | rows[rank, 1]
        slot = merge_slot(keys, key)
        keys[slot], values[slot] = key, rank << 32 | rows[rank, 2]


@njit(cache=True, nogil=True)
def _rank(symbols: I32, at: Int, merges: tuple[I64, I64]) -> Int:
    """Rank << 32 | id of the merge of the symbols at a place and after it; the greatest number where there is none."""
    value = merges[1][merge_slot(merges[0], np.int64(symbols[at]) << 32 | np.int64(symbols[at + 1]))]
    return value if value >= 0 else np.int64(0x7FFFFFFFFFFFFFFF)


@njit(cache=True, nogil=True)
def _apply(symbols: I32, size: Int, ranks: I64, merges: tuple[I64, I64]) -> Int:
    """Apply the lowest-ranked merge, leftmost first, until there is none; in place, returns the new size.

    The ranks of all pairs are kept beside the symbols, so that a merge asks the table twice and looks at plain numbers otherwise.
    """
    for at in range(size - 1):
        ranks[at] = _rank(symbols, at, merges)
    while size > 1:
        where = 0
        for at in range(1, size - 1):
            if ranks[at] < ranks[where]:
                where = at
        if ranks[where] == np.int64(0x7FFFFFFFFFFFFFFF):
            break
        symbols[where] = ranks[where] & 0xFFFFFFFF
        size -= 1
        for at in range(where + 1, size):
            symbols[at], ranks[at - 1] = symbols[at + 1], ranks[at]
        if where > 0:
            ranks[where - 1] = _rank(symbols, where - 1, merges)
        if where + 1 < size:
            ranks[where] = _rank(symbols, where, merges)
    return size


@njit(cache=True, nogil=True)
def seed_words(
    text: tuple[U8, I64],
    byte_ids: I32,
    merges: tuple[I64, I64],
    symbols: I32,
    bounds: tuple[I64, I32],
    place: I64,
) -> None:
    """Write words as symbols, from `place` (word, symbols used) on, until they end or `symbols` is full.

    One that is too long is left empty.
    """
    data, offsets = text
    starts, lengths = bounds
    ranks = np.empty(LONGEST, np.int64)
    while place[0] < len(lengths):
        word, used = place[0], place[1]
        start, length = offsets[word], offsets[word + 1] - offsets[word]
        if length > LONGEST and len(merges[0]) > 0:
            length = 0
        if used + length > len(symbols):
            break
        for at in range(length):
            symbols[used + at] = byte_ids[data[start + at]]
        if len(merges[0]) > 0:
            length = _apply(symbols[used : used + length], length, ranks, merges)
        starts[word], lengths[word] = used, length
        place[0], place[1] = word + 1, used + length


@njit(cache=True, nogil=True)
def hash_texts(data: U8, offsets: I64) -> I64:
    """FNV-1a of each text, its bits mixed: a number below 2^63 to choose texts by."""
    hashes = np.empty(len(offsets) - 1, np.int64)
    for row in range(len(hashes)):
        value = np.int64(0x4BF29CE484222325)
        for at in range(offsets[row], offsets[row + 1]):
            value = (value ^ np.int64(data[at])) * np.int64(0x100000001B3)
        value = (value ^ (value >> 32)) * np.int64(0x1E3779B97F4A7C15)
        hashes[row] = (value ^ (value >> 29)) & np.int64(0x7FFFFFFFFFFFFFFF)
    return hashes


# --- what a token may be --------------------------------------------------------------------------------------------------


@njit(cache=True, nogil=True)
def string_slot(known: I64, strings: U8, spans: I64, start: Int, length: Int) -> Int:
    """The slot of a string among the known ones (slot: row of `spans`, or -1), or the empty slot where it belongs."""
    value = np.int64(0x4BF29CE484222325)
    for at in range(start, start + length):
        value = (value ^ np.int64(strings[at])) * np.int64(0x100000001B3)
    mask = len(known) - 1
    slot = (value ^ (value >> 29)) & mask
    while known[slot] >= 0:
        other, same = known[slot], 0
        if spans[other, 1] == length:
            while same < length and strings[spans[other, 0] + same] == strings[start + same]:
                same += 1
            if same == length:
                break
        slot = (slot + 1) & mask
    return slot


@njit(cache=True, nogil=True)
def know_strings(known: I64, strings: U8, spans: I64, rows: I64) -> None:
    """Enter the strings of these rows of `spans` among the known ones; of equal ones the first stands."""
    for row in rows:
        slot = string_slot(known, strings, spans, spans[row, 0], spans[row, 1])
        if known[slot] < 0:
            known[slot] = row


@njit(cache=True, nogil=True)
def crosses(data: U8, start: Int, end: Int, classes: U8) -> bool:
    """Whether a string holds pieces of two sub-words of one identifier: `foo_bar`, `getX` and `x1` do, `self.__init__(` does not.

    Digits in a row are one sub-word, although they are cut into threes.
    """
    at, parts, number = start, 0, False
    while at < end:
        after, fresh = pretoken_end(data, at, end, classes, CODE), True
        while at < after:
            character = _character(data, at, end, classes)
            kind = character >> 3
            if kind == UPPER or kind == LOWER or kind == NUMBER:  # noqa: SIM109
                if fresh and not (number and kind == NUMBER):
                    parts += 1
                if parts > 1:
                    return True
                fresh = False
            elif data[at] != 95:
                parts, fresh = 0, True
            number = kind == NUMBER
            at += character & 7
    return False


@njit(cache=True, nogil=True)
def spell(strings: U8, spans: I64, at: Int, left: Int, right: Int) -> None:
    """Write the bytes of two tokens at a place."""
    for token in (left, right):
        for step in range(spans[token, 1]):
            strings[at + step] = strings[spans[token, 0] + step]
        at += spans[token, 1]

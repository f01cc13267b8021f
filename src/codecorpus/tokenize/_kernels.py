"""Loops over UTF-8 bytes: cutting text into pre-tokens, counting them, applying merges.

Text comes in as uint8 data and int64 offsets. A *class table* gives each code point one of six classes (`OTHER` … `SPACE`); the
marks of `codecorpus.unicode` are folded into letters or symbols beforehand, as the mode asks. Nothing here keeps state.
"""

from __future__ import annotations

import numpy as np
from numba import njit

OTHER, UPPER, LOWER, NUMBER, NEWLINE, SPACE = 0, 1, 2, 4, 5, 6

# Columns of the entries of an intern table: what is known of each distinct byte string.
HASH, START, LENGTH, VALUE, EXTRA = 0, 1, 2, 3, 4
ENTRY_WIDTH = 5


# --- characters and pre-tokens -----------------------------------------------------------------------------------


@njit(cache=True, nogil=True)
def _wide(data, at, end, classes):
    """`_character` outside ASCII; apart from it so that the common case stays small enough to be inlined."""
    first = np.int64(data[at])
    if first >= 0xC2 and first < 0xE0 and at + 1 < end:
        point = (first & 0x1F) << 6 | np.int64(data[at + 1]) & 0x3F
        return np.int64(classes[point]) * 8 + 2
    if first >= 0xE0 and first < 0xF0 and at + 2 < end:
        point = (first & 0x0F) << 12 | (np.int64(data[at + 1]) & 0x3F) << 6 | np.int64(data[at + 2]) & 0x3F
        return np.int64(classes[point]) * 8 + 3
    if first >= 0xF0 and first < 0xF5 and at + 3 < end:
        high = (first & 0x07) << 18 | (np.int64(data[at + 1]) & 0x3F) << 12
        point = high | (np.int64(data[at + 2]) & 0x3F) << 6 | np.int64(data[at + 3]) & 0x3F
        return np.int64(classes[min(point, 0x10FFFF)]) * 8 + 4
    return np.int64(OTHER * 8 + 1)


@njit(cache=True, nogil=True, forceinline=True)
def _character(data, at, end, classes):
    """Class * 8 + length in bytes of the character at `at`; a byte that is no UTF-8 is one `OTHER`."""
    if data[at] < 0x80:
        return np.int64(classes[data[at]]) * 8 + 1
    return _wide(data, at, end, classes)


@njit(cache=True, nogil=True, forceinline=True)
def _run_end(data, at, end, classes, wanted):
    """Where the run of characters of one class that starts at `at` ends; `at` where there is none."""
    while at < end:
        character = _character(data, at, end, classes)
        if character >> 3 != wanted:
            break
        at += character & 7
    return at


@njit(cache=True, nogil=True)
def _word_end(data, at, end, classes):
    """End of `U?L+` or `U+(?!L)` at `at`: `Server` of `ServerName`, `HTTP` of `HTTPServer`; `at` where there is none."""
    uppers, last_upper, here = 0, at, at
    while here < end:
        character = _character(data, here, end, classes)
        if character >> 3 != UPPER:
            break
        last_upper = here
        here += character & 7
        uppers += 1
    if uppers < 2:
        return _run_end(data, here, end, classes, LOWER)
    if here < end and _character(data, here, end, classes) >> 3 == LOWER:
        return last_upper
    return here


@njit(cache=True, nogil=True)
def _contraction_end(data, at, end):
    """End of `(?i:'s|'t|'re|'ve|'m|'ll|'d)` at the apostrophe at `at`; `at` where there is none."""
    if at + 1 < end:
        first = data[at + 1] | 0x20
        if first == ord("s") or first == ord("t") or first == ord("m") or first == ord("d"):
            return at + 2
    if at + 2 < end:
        first, second = data[at + 1] | 0x20, data[at + 2] | 0x20
        if (first == ord("r") or first == ord("v")) and second == ord("e"):
            return at + 3
        if first == ord("l") and second == ord("l"):
            return at + 3
        if data[at + 1] == 0xC5 and data[at + 2] == 0xBF:  # U+017F, the long s, folds to s
            return at + 3
    return at


@njit(cache=True, nogil=True)
def _blanks_end(data, at, end):
    while at < end and (data[at] == 32 or data[at] == 9):
        at += 1
    return at


@njit(cache=True, nogil=True)
def _space_end(data, at, end, classes, plain):
    """End of the white space at `at`: up to the last line break (and the indent, unless plain), else all but the last character."""
    here, last, after_break = at, at, at
    while here < end:
        character = _character(data, here, end, classes)
        kind = character >> 3
        if kind != SPACE and kind != NEWLINE:
            break
        last = here
        here += character & 7
        if kind == NEWLINE:
            after_break = here
    if after_break > at:
        return after_break if plain else _blanks_end(data, after_break, here)
    return here if here == end or last == at else last


@njit(cache=True, nogil=True, forceinline=True)
def pretoken_end(data, at, end, classes, plain):
    """Where the pre-token that starts at `at` (below `end`) ends: what the mode's regex matches there."""
    if plain and data[at] == 39:
        here = _contraction_end(data, at, end)
        if here > at:
            return here
    character = _character(data, at, end, classes)
    kind, here = character >> 3, at + (character & 7)
    if kind == UPPER or kind == LOWER:
        return _word_end(data, at, end, classes)
    if kind == NUMBER:
        for _ in range(2):
            if here < end:
                character = _character(data, here, end, classes)
                if character >> 3 == NUMBER:
                    here += character & 7
        return here
    if kind != NEWLINE:
        word = _word_end(data, here, end, classes)
        if word > here:
            return word
    symbols = _run_end(data, here if data[at] == 32 else at, end, classes, OTHER)
    if symbols > here or kind == OTHER:
        after = _run_end(data, symbols, end, classes, NEWLINE)
        return after if plain or after == symbols else _blanks_end(data, after, end)
    return _space_end(data, at, end, classes, plain)


# --- intern tables: distinct byte strings --------------------------------------------------------------------------


@njit(cache=True, nogil=True)
def hash_bytes(data, start, length):
    """FNV-1a over the bytes, folded; int64 arithmetic wraps."""
    value = np.int64(0x4BF29CE484222325)
    for at in range(start, start + length):
        value = (value ^ np.int64(data[at])) * np.int64(0x100000001B3)
    return value ^ (value >> 29)


@njit(cache=True, nogil=True)
def find_slot(slots, entries, data, start, length, value):
    """The slot that holds this byte string's entry, or the empty slot (-1) where it belongs."""
    mask = len(slots) - 1
    slot = value & mask
    while slots[slot] >= 0:
        entry = slots[slot]
        if entries[entry, HASH] == value and entries[entry, LENGTH] == length:
            other, same = entries[entry, START], 0
            while same < length and data[other + same] == data[start + same]:
                same += 1
            if same == length:
                break
        slot = (slot + 1) & mask
    return slot


@njit(cache=True, nogil=True)
def rehash(slots, entries, used):
    """Put the first `used` entries into empty slots."""
    mask = len(slots) - 1
    for number in range(used):
        slot = entries[number, HASH] & mask
        while slots[slot] >= 0:
            slot = (slot + 1) & mask
        slots[slot] = number


@njit(cache=True, nogil=True)
def count_pretokens(data, offsets, cut, table, place):
    """Count pre-tokens of at most `cut[2]` bytes from `place` on, until the text ends or the table is full.

    `cut` is (class table, plain, greatest length), `table` is (slots, entries); `place` is (document, byte, entries used) and is
    moved on. The entries are in the order in which their strings first appear.
    """
    classes, plain, max_length = cut
    slots, entries = table
    document, at, used = place[0], place[1], place[2]
    while document < len(offsets) - 1 and used < len(entries):
        end = offsets[document + 1]
        while at < end and used < len(entries):
            after = pretoken_end(data, at, end, classes, plain)
            start, length, at = at, after - at, after
            if length > max_length:
                continue
            value = hash_bytes(data, start, length)
            slot = find_slot(slots, entries, data, start, length, value)
            known = slots[slot]
            if known >= 0:
                entries[known, VALUE] += 1
                continue
            entries[used, HASH], entries[used, START] = value, start
            entries[used, LENGTH], entries[used, VALUE] = length, 1
            slots[slot] = used
            used += 1
        if at >= end:
            document += 1
    place[0], place[1], place[2] = document, at, used


@njit(cache=True, nogil=True)
def gather(data, entries, offsets, out):
    """Copy the strings of the entries end to end, string i to `offsets[i]`."""
    for number in range(len(offsets) - 1):
        shift = entries[number, START] - offsets[number]
        for at in range(offsets[number], offsets[number + 1]):
            out[at] = data[at + shift]


# --- merges ----------------------------------------------------------------------------------------------------------


@njit(cache=True, nogil=True)
def pair_slot(keys, key):
    """The slot of a pair (left << 32 | right) in a table of keys, or the empty slot (-1) where it belongs."""
    mask = len(keys) - 1
    mixed = key * np.int64(0x1E3779B97F4A7C15)
    slot = (mixed ^ (mixed >> 32)) & mask
    while keys[slot] >= 0 and keys[slot] != key:
        slot = (slot + 1) & mask
    return slot


@njit(cache=True, nogil=True)
def fill_merges(rows, keys, values):
    """Enter merges (left, right, id) into empty arrays: pair → rank << 32 | id. Of equal pairs the last one stands."""
    for rank in range(len(rows)):
        key = rows[rank, 0] << 32 | rows[rank, 1]
        slot = pair_slot(keys, key)
        keys[slot], values[slot] = key, rank << 32 | rows[rank, 2]


@njit(cache=True, nogil=True)
def _merge_short(symbols, size, keys, values):
    """Apply the lowest-ranked merge, leftmost first, until there is none; in place, returns the new size."""
    while size > 1:
        best, where = np.int64(-1), 0
        for at in range(size - 1):
            slot = pair_slot(keys, np.int64(symbols[at]) << 32 | np.int64(symbols[at + 1]))
            value = values[slot]
            if value >= 0 and (best < 0 or value < best):
                best, where = value, at
        if best < 0:
            break
        symbols[where] = best & 0xFFFFFFFF
        for at in range(where + 1, size - 1):
            symbols[at] = symbols[at + 1]
        size -= 1
    return size


@njit(cache=True, nogil=True)
def _push(heap, size, key):
    """Add a key to a binary min-heap of `size` keys."""
    at = size
    while at > 0 and heap[(at - 1) // 2] > key:
        heap[at] = heap[(at - 1) // 2]
        at = (at - 1) // 2
    heap[at] = key


@njit(cache=True, nogil=True)
def _pop(heap, size):
    """Take the lowest key off a binary min-heap of `size` keys."""
    top, key, at = heap[0], heap[size - 1], 0
    while True:
        child = 2 * at + 1
        if child + 1 < size - 1 and heap[child + 1] < heap[child]:
            child += 1
        if child >= size - 1 or heap[child] >= key:
            break
        heap[at] = heap[child]
        at = child
    heap[at] = key
    return top


@njit(cache=True, nogil=True)
def _merge_long(symbols, size, keys, values):
    """What `_merge_short` does, in n log n: a heap of rank << 32 | position over a linked list."""
    following, before = np.empty(size, np.int64), np.empty(size, np.int64)
    for at in range(size):
        following[at], before[at] = at + 1, at - 1
    heap, waiting = np.empty(3 * size, np.int64), 0
    for at in range(size - 1):
        value = values[pair_slot(keys, np.int64(symbols[at]) << 32 | np.int64(symbols[at + 1]))]
        if value >= 0:
            _push(heap, waiting, value >> 32 << 32 | at)
            waiting += 1
    while waiting:
        key = _pop(heap, waiting)
        waiting -= 1
        at = key & 0xFFFFFFFF
        right = following[at]
        if right < 0 or right == size:  # merged away, or nothing follows any more
            continue
        value = values[pair_slot(keys, np.int64(symbols[at]) << 32 | np.int64(symbols[right]))]
        if value < 0 or value >> 32 != key >> 32:  # the pair that was seen here is gone
            continue
        symbols[at] = value & 0xFFFFFFFF
        after = following[right]
        following[at], following[right] = after, -1
        if after < size:
            before[after] = at
        for left in (before[at], at):
            if left >= 0 and following[left] < size:
                value = values[pair_slot(keys, np.int64(symbols[left]) << 32 | np.int64(symbols[following[left]]))]
                if value >= 0:
                    _push(heap, waiting, value >> 32 << 32 | left)
                    waiting += 1
    kept, at = 0, 0
    while at < size:
        symbols[kept] = symbols[at]
        kept, at = kept + 1, following[at]
    return kept


@njit(cache=True, nogil=True)
def encode(data, offsets, cut, vocabulary, table, place, out, out_offsets):
    """Encode documents from `place` on, until the text ends or the table is full.

    `cut` is (class table, plain), `vocabulary` is (id of each byte, keys, values) with the arrays of `fill_merges`, `table` is
    (slots, entries); `place` is (document, byte, entries used, ids written) and is moved on. A pre-token that stood before is copied
    from where its ids already are in `out`: the output is the cache.
    """
    classes, plain = cut
    byte_ids, keys, values = vocabulary
    slots, entries = table
    document, at, used, size = place[0], place[1], place[2], place[3]
    while document < len(offsets) - 1 and used < len(entries):
        end = offsets[document + 1]
        while at < end and used < len(entries):
            after = pretoken_end(data, at, end, classes, plain)
            start, length, at = at, after - at, after
            value = hash_bytes(data, start, length)
            slot = find_slot(slots, entries, data, start, length, value)
            known = slots[slot]
            if known >= 0:
                before = entries[known, VALUE]
                for step in range(entries[known, EXTRA]):
                    out[size + step] = out[before + step]
                size += entries[known, EXTRA]
                continue
            symbols = out[size : size + length]
            for step in range(length):
                symbols[step] = byte_ids[data[start + step]]
            if length <= 64:
                merged = _merge_short(symbols, length, keys, values)
            else:
                merged = _merge_long(symbols, length, keys, values)
            entries[used, HASH], entries[used, START], entries[used, LENGTH] = value, start, length
            entries[used, VALUE], entries[used, EXTRA] = size, merged
            slots[slot] = used
            used, size = used + 1, size + merged
        if at >= end:
            document += 1
            out_offsets[document] = size
    place[0], place[1], place[2], place[3] = document, at, used, size

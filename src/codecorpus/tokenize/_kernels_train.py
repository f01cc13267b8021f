"""The loop that learns merges. Words come in as bytes with counts; merges go out in the order in which they were learned.

The method is that of Sennrich et al. 2016 with the bookkeeping that makes it fast: counts of pairs are kept up to date as words
change, and a heap hands out the most frequent pair, refreshing a count that has become stale only when it comes to the top.

It is an exact twin of `BpeTrainer` of Hugging Face's `tokenizers` 0.23, and so is every detail that decides a tie: a queue entry is
(pair, count, words) and only its own words are merged; several entries of one pair can wait at once, where two merges made the same
string; the count of a pair that was merged is never reset. Counts are int64: theirs are int32 and wrap at 2 G pairs.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit

from codecorpus.tokenize._kernels import (
    ENTRY_WIDTH,
    HASH,
    LENGTH,
    START,
    find_slot,
    hash_bytes,
    pair_slot,
)


class Pairs(NamedTuple):
    """Every pair of ids seen so far, and what the current round did to it.

    Attributes:
        slots: hash table of keys, `left << 32 | right`; -1 is empty.
        numbers: the pair's number, for each slot.
        keys: key of each pair.
        counts: count of each pair.
        seen: round * words + word in which each pair was last recorded, so that a word is recorded once.
        recorded: words recorded for each pair in the current round.
        size: one value, how many pairs there are.
    """

    slots: np.ndarray
    numbers: np.ndarray
    keys: np.ndarray
    counts: np.ndarray
    seen: np.ndarray
    recorded: np.ndarray
    size: np.ndarray


class Records(NamedTuple):
    """The (pair, word) records of the current round, in the order in which they came."""

    pairs: np.ndarray
    words: np.ndarray
    size: np.ndarray


class Queue(NamedTuple):
    """A heap of entries, highest count first, then the lowest key; each knows its stretch of `places`."""

    counts: np.ndarray
    keys: np.ndarray
    pairs: np.ndarray
    starts: np.ndarray
    stops: np.ndarray
    size: np.ndarray


@njit(cache=True, nogil=True)
def _longer(array, size):
    """The array with room for `size` values at least; itself where there is room."""
    if size <= len(array):
        return array
    more = np.empty(max(size, 2 * len(array)), array.dtype)
    more[: len(array)] = array
    return more


# --- pairs ---------------------------------------------------------------------------------------------------------


@njit(cache=True, nogil=True)
def _new_pairs(capacity):
    """An empty table for `capacity` pairs; `capacity` is a power of two."""
    return Pairs(
        np.full(2 * capacity, -1, np.int64),
        np.empty(2 * capacity, np.int64),
        np.empty(capacity, np.int64),
        np.empty(capacity, np.int64),
        np.empty(capacity, np.int64),
        np.empty(capacity, np.int64),
        np.zeros(1, np.int64),
    )


@njit(cache=True, nogil=True)
def _room_for_pairs(pairs, more):
    """The table with room for `more` pairs."""
    used = pairs.size[0]
    capacity = len(pairs.keys)
    if used + more <= capacity:
        return pairs
    while used + more > capacity:
        capacity *= 2
    wider = _new_pairs(capacity)
    wider.keys[:used], wider.counts[:used] = pairs.keys[:used], pairs.counts[:used]
    wider.seen[:used], wider.recorded[:used] = pairs.seen[:used], pairs.recorded[:used]
    wider.size[0] = used
    for number in range(used):
        slot = pair_slot(wider.slots, wider.keys[number])
        wider.slots[slot], wider.numbers[slot] = wider.keys[number], number
    return wider


@njit(cache=True, nogil=True)
def _add(pairs, left, right, change):
    """Add to the count of a pair, known or new; returns its number."""
    key = np.int64(left) << 32 | np.int64(right)
    slot = pair_slot(pairs.slots, key)
    if pairs.slots[slot] < 0:
        number = pairs.size[0]
        pairs.slots[slot], pairs.numbers[slot], pairs.keys[number] = key, number, key
        pairs.counts[number], pairs.seen[number], pairs.recorded[number] = 0, -1, 0
        pairs.size[0] += 1
    number = pairs.numbers[slot]
    pairs.counts[number] += change
    return number


@njit(cache=True, nogil=True)
def _record(pairs, records, number, word, stamp):
    """Remember that the pair gained in this word; once per word and round."""
    if pairs.seen[number] != stamp:
        pairs.seen[number] = stamp
        pairs.recorded[number] += 1
        records.pairs[records.size[0]], records.words[records.size[0]] = number, word
        records.size[0] += 1


@njit(cache=True, nogil=True)
def _room_for_records(records, more):
    needed = records.size[0] + more
    return Records(_longer(records.pairs, needed), _longer(records.words, needed), records.size)


# --- the queue -------------------------------------------------------------------------------------------------------


@njit(cache=True, nogil=True)
def _before(queue, count, key, other):
    """Whether an entry of this count and key comes out before the entry at `other`."""
    return count > queue.counts[other] or (count == queue.counts[other] and key < queue.keys[other])


@njit(cache=True, nogil=True)
def _put(queue, at, count, entry):
    """Write an entry, (key, pair, start, stop), into a place of the heap."""
    queue.counts[at], queue.keys[at], queue.pairs[at] = count, entry[0], entry[1]
    queue.starts[at], queue.stops[at] = entry[2], entry[3]


@njit(cache=True, nogil=True)
def _take(queue, at):
    return queue.keys[at], queue.pairs[at], queue.starts[at], queue.stops[at]


@njit(cache=True, nogil=True)
def _push(queue, count, entry):
    at = queue.size[0]
    queue.size[0] += 1
    while at > 0 and _before(queue, count, entry[0], (at - 1) // 2):
        _put(queue, at, queue.counts[(at - 1) // 2], _take(queue, (at - 1) // 2))
        at = (at - 1) // 2
    _put(queue, at, count, entry)


@njit(cache=True, nogil=True)
def _sink(queue, count, entry):
    """Put an entry in place of the top, and let it sink to where it belongs."""
    at, size = 0, queue.size[0]
    while True:
        child = 2 * at + 1
        if child + 1 < size and _before(queue, queue.counts[child + 1], queue.keys[child + 1], child):
            child += 1
        if child >= size or _before(queue, count, entry[0], child):
            break
        _put(queue, at, queue.counts[child], _take(queue, child))
        at = child
    _put(queue, at, count, entry)


@njit(cache=True, nogil=True)
def _pop(queue):
    """Drop the top of the heap."""
    last = queue.size[0] - 1
    queue.size[0] = last
    if last > 0:
        _sink(queue, queue.counts[last], _take(queue, last))


# --- rounds ------------------------------------------------------------------------------------------------------------


@njit(cache=True, nogil=True)
def _merge_word(symbols, word, merge, weight, pairs, records):
    """Replace a pair by its new id all along one word, adjusting the counts of the pairs around it.

    `word` is (start, length, number, stamp), `merge` is (left, right, id). Returns the word's new length. Of `aaaa` and the merge
    (a, a), the second pair of letters already finds the new id on its left.
    """
    start, length, number, stamp = word
    left, right, new = merge
    end, read, write = start + length, start, start
    while read < end:
        if read + 1 == end or symbols[read] != left or symbols[read + 1] != right:
            symbols[write] = symbols[read]
            read, write = read + 1, write + 1
            continue
        if write > start:
            _add(pairs, symbols[write - 1], left, -weight)
            _record(pairs, records, _add(pairs, symbols[write - 1], new, weight), number, stamp)
        if read + 2 < end:
            _add(pairs, right, symbols[read + 2], -weight)
            _record(pairs, records, _add(pairs, new, symbols[read + 2], weight), number, stamp)
        symbols[write] = new
        read, write = read + 2, write + 1
    return write - start


@njit(cache=True, nogil=True)
def _publish(pairs, records, places, used, queue):
    """End a round: a queue entry for each pair that gained, with the words in which it did. Returns the places in use."""
    size = records.size[0]
    first = used
    for at in range(size):
        number = records.pairs[at]
        # A positive number is still a count; a negative one says where the pair's words go, as -1 - place.
        if pairs.recorded[number] > 0:
            place = first
            first += pairs.recorded[number]
            if pairs.counts[number] > 0:
                _push(queue, pairs.counts[number], (pairs.keys[number], number, place, first))
            pairs.recorded[number] = -1 - place
        place = -1 - pairs.recorded[number]
        places[place] = records.words[at]
        pairs.recorded[number] -= 1
    for at in range(size):
        pairs.recorded[records.pairs[at]] = 0
    records.size[0] = 0
    return first


@njit(cache=True, nogil=True)
def _room_for_entries(queue, more):
    needed = queue.size[0] + more
    return Queue(
        _longer(queue.counts, needed),
        _longer(queue.keys, needed),
        _longer(queue.pairs, needed),
        _longer(queue.starts, needed),
        _longer(queue.stops, needed),
        queue.size,
    )


@njit(cache=True, nogil=True)
def _count_all(symbols, offsets, weights):
    """The first round: every pair of every word."""
    pairs, room = _new_pairs(1 << 16), 1 << 16
    records = Records(np.empty(room, np.int64), np.empty(room, np.int32), np.zeros(1, np.int64))
    for word in range(len(weights)):
        start, end = offsets[word], offsets[word + 1]
        pairs, records = _room_for_pairs(pairs, end - start), _room_for_records(records, end - start)
        for at in range(start, end - 1):
            number = _add(pairs, symbols[at], symbols[at + 1], weights[word])
            _record(pairs, records, number, word, word)
    return pairs, records


# --- tokens ------------------------------------------------------------------------------------------------------------


@njit(cache=True, nogil=True)
def _join(tokens, slots, arena, left, right, used):
    """Id of the string of two tokens: `used` where it is new (its bytes are then in the arena), else the token that has it."""
    start = tokens[used - 1, START] + tokens[used - 1, LENGTH]
    length = tokens[left, LENGTH] + tokens[right, LENGTH]
    arena = _longer(arena, start + length)
    at = start
    for part in (left, right):
        for byte in range(tokens[part, LENGTH]):
            arena[at] = arena[tokens[part, START] + byte]
            at += 1
    value = hash_bytes(arena, start, length)
    slot = find_slot(slots, tokens, arena, start, length, value)
    if slots[slot] < 0:
        slots[slot] = used
        tokens[used, HASH], tokens[used, START], tokens[used, LENGTH] = value, start, length
    return slots[slot], arena


@njit(cache=True, nogil=True)
def _byte_tokens(byte_ids, vocab_size):
    """The vocabulary of single bytes, with room for `vocab_size` tokens."""
    tokens, arena = np.zeros((vocab_size + 1, ENTRY_WIDTH), np.int64), np.empty(1 << 16, np.uint8)
    room = 1024
    while room < 2 * vocab_size:
        room *= 2
    slots = np.full(room, -1, np.int64)
    for byte in range(256):
        arena[byte_ids[byte]] = byte
    for token in range(256):
        value = hash_bytes(arena, token, 1)
        tokens[token, HASH], tokens[token, START], tokens[token, LENGTH] = value, token, 1
        slots[find_slot(slots, tokens, arena, token, 1, value)] = token
    return tokens, slots, arena


@njit(cache=True, nogil=True)
def train(data, offsets, weights, byte_ids, limits):
    """Learn merges.

    Args:
        data: bytes of all distinct words, uint8.
        offsets: where each word starts, int64, one more than there are words.
        weights: how often each word occurs, int64.
        byte_ids: id of each byte.
        limits: (vocabulary size without special tokens, least count of a pair).

    Returns:
        Merges, int64 rows of (left, right, id, count); the bytes of all tokens and the offsets of each.
    """
    vocab_size, min_frequency = limits
    tokens, slots, arena = _byte_tokens(byte_ids, vocab_size)
    symbols, lengths = np.empty(len(data), np.int32), np.diff(offsets)
    for at in range(len(data)):
        symbols[at] = byte_ids[data[at]]
    pairs, records = _count_all(symbols, offsets, weights)
    entry = np.empty(0, np.int64)
    queue = Queue(entry, entry, entry, entry, entry, np.zeros(1, np.int64))
    places, placed = np.empty(0, np.int32), 0
    merges, merged, used = np.empty((1024, 4), np.int64), 0, 256
    while True:
        places = _longer(places, placed + records.size[0])
        queue = _room_for_entries(queue, records.size[0])
        placed = _publish(pairs, records, places, placed, queue)
        while queue.size[0] and queue.counts[0] != pairs.counts[queue.pairs[0]]:
            _sink(queue, pairs.counts[queue.pairs[0]], _take(queue, 0))
        if used >= vocab_size or queue.size[0] == 0 or queue.counts[0] < max(1, min_frequency):
            break
        count, (key, _, start, stop) = queue.counts[0], _take(queue, 0)
        _pop(queue)
        left, right = key >> 32, key & 0xFFFFFFFF
        new, arena = _join(tokens, slots, arena, left, right, used)
        used += new == used
        if merged == len(merges):
            merges = np.concatenate((merges, np.empty_like(merges)))
        merges[merged, 0], merges[merged, 1], merges[merged, 2], merges[merged, 3] = left, right, new, count
        merged += 1
        for place in range(start, stop):
            word = np.int64(places[place])
            pairs, records = _room_for_pairs(pairs, 4 * lengths[word]), _room_for_records(records, 2 * lengths[word])
            at = (offsets[word], lengths[word], word, merged * len(weights) + word)
            lengths[word] = _merge_word(symbols, at, (left, right, new), weights[word], pairs, records)
    bounds = np.append(tokens[:used, START], tokens[used - 1, START] + tokens[used - 1, LENGTH])
    return merges[:merged], arena[: bounds[-1]], bounds

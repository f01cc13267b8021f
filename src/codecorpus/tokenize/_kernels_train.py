"""The loop that learns merges: words of symbols and their counts come in, merges go out in the order in which they were learned.

The method is that of Sennrich et al. 2016 with the bookkeeping that makes it fast: counts of pairs are kept up to date as words
change, and a heap hands out the most frequent pair, refreshing a count that has become stale only when it comes to the top.

It is an exact twin of `BpeTrainer` of Hugging Face's `tokenizers` 0.23: of pairs that are equally frequent the one of the lowest ids
comes first, and overlapping pairs are all counted. Counts are int64; theirs are int32 and wrap at 2 G pairs.

Each merge makes a string that no token has: inside the borders of a token, merges happen in the same order wherever it stands, so it
is always made of the same two parts. Hence a new pair has the newest id in it, and a pair enters the queue once.

Nothing is allocated here: a kernel that would run out of room returns first, and `codecorpus.tokenize.bpe` makes room and calls again.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from codecorpus.tokenize._kernels import I32, I64, Int

# Columns of `pairs`, one row per pair: left << 32 | right; how often it occurs; the round and word in which it was last recorded; and
# how many words are recorded for it in this round.
KEY, COUNT, SEEN, RECORDED = 0, 1, 2, 3
PAIR_WIDTH = 4

# Columns of `queue`: the count when it was entered, the pair's key and number, and the stretch of `places` with its words.
Q_COUNT, Q_KEY, Q_PAIR, Q_START, Q_STOP = 0, 1, 2, 3, 4
QUEUE_WIDTH = 5

# Columns of `merges`, one row per merge.
MERGE_WIDTH = 3  # left, right, count

# What `sizes` counts: rows or values in use.
PAIRS, RECORDS, PLACES, QUEUED, MERGES = 0, 1, 2, 3, 4


# --- pairs and the words they gained in ----------------------------------------------------------------------------


@njit(cache=True, nogil=True)
def _pair_slot(slots: I32, pairs: I64, key: Int) -> Int:
    mask = len(slots) - 1
    mixed = key * np.int64(0x1E3779B97F4A7C15)
    slot = (mixed ^ (mixed >> 32)) & mask
    while slots[slot] >= 0 and pairs[slots[slot], KEY] != key:
        slot = (slot + 1) & mask
    return slot


@njit(cache=True, nogil=True)
def rehash_pairs(slots: I32, pairs: I64, used: Int) -> None:
    """Put the first `used` pairs into empty slots."""
    for number in range(used):
        slots[_pair_slot(slots, pairs, pairs[number, KEY])] = number


@njit(cache=True, nogil=True)
def _add(slots: I32, pairs: I64, sizes: I64, key: Int, change: Int) -> Int:
    """Add to the count of a pair, known or new; returns its number."""
    slot = _pair_slot(slots, pairs, key)
    number = np.int64(slots[slot])
    if number < 0:
        number = sizes[PAIRS]
        slots[slot] = number
        pairs[number, KEY], pairs[number, COUNT], pairs[number, SEEN], pairs[number, RECORDED] = key, 0, -1, 0
        sizes[PAIRS] += 1
    pairs[number, COUNT] += change
    return number


@njit(cache=True, nogil=True)
def _record(pairs: I64, records: I32, sizes: I64, number: Int, word: Int, stamp: Int) -> None:
    """Remember that the pair gained in this word; once per word and round."""
    if pairs[number, SEEN] != stamp:
        pairs[number, SEEN] = stamp
        pairs[number, RECORDED] += 1
        records[sizes[RECORDS], 0], records[sizes[RECORDS], 1] = number, word
        sizes[RECORDS] += 1


@njit(cache=True, nogil=True)
def count_pairs(
    symbols: I32, bounds: I64, weights: I64, slots: I32, pairs: I64, records: I32, sizes: I64, word: Int
) -> Int:
    """The first round, from a word on: every pair of every word. Returns the word that found no room, or how many there are."""
    while word < len(weights):
        length = bounds[word, 1]
        if sizes[PAIRS] + length > len(pairs) or sizes[RECORDS] + length > len(records):
            break
        start = bounds[word, 0]
        for at in range(start, start + length - 1):
            key = np.int64(symbols[at]) << 32 | np.int64(symbols[at + 1])
            _record(pairs, records, sizes, _add(slots, pairs, sizes, key, weights[word]), word, word)
        word += 1
    return word


# --- the queue: highest count first, then the lowest key ---------------------------------------------------------------


@njit(cache=True, nogil=True)
def _before(queue: I64, one: Int, other: Int) -> bool:
    """Whether the entry in row `one` comes out before the entry in row `other`."""
    if queue[one, Q_COUNT] != queue[other, Q_COUNT]:
        return bool(queue[one, Q_COUNT] > queue[other, Q_COUNT])
    return bool(queue[one, Q_KEY] < queue[other, Q_KEY])


@njit(cache=True, nogil=True)
def _swap(queue: I64, one: Int, other: Int) -> None:
    for column in range(QUEUE_WIDTH):
        queue[one, column], queue[other, column] = queue[other, column], queue[one, column]


@njit(cache=True, nogil=True)
def _rise(queue: I64, at: Int) -> None:
    while at > 0 and _before(queue, at, (at - 1) // 2):
        _swap(queue, at, (at - 1) // 2)
        at = (at - 1) // 2


@njit(cache=True, nogil=True)
def _sink(queue: I64, size: Int) -> None:
    """Let the top entry sink to where it belongs."""
    at = 0
    while True:
        child = 2 * at + 1
        if child + 1 < size and _before(queue, child + 1, child):
            child += 1
        if child >= size or not _before(queue, child, at):
            break
        _swap(queue, at, child)
        at = child


@njit(cache=True, nogil=True)
def publish(pairs: I64, records: I32, places: I32, queue: I64, sizes: I64) -> None:
    """End a round: a queue entry for each pair that gained, with the words in which it did."""
    for at in range(sizes[RECORDS]):
        number = np.int64(records[at, 0])
        # A positive number is still a count; a negative one says where the pair's next word goes, as -1 - place.
        if pairs[number, RECORDED] > 0:
            start = sizes[PLACES]
            sizes[PLACES] += pairs[number, RECORDED]
            pairs[number, RECORDED] = -1 - start
            if pairs[number, COUNT] > 0:
                row = sizes[QUEUED]
                queue[row, Q_COUNT], queue[row, Q_KEY], queue[row, Q_PAIR] = (
                    pairs[number, COUNT],
                    pairs[number, KEY],
                    number,
                )
                queue[row, Q_START], queue[row, Q_STOP] = start, sizes[PLACES]
                _rise(queue, row)
                sizes[QUEUED] += 1
        places[-1 - pairs[number, RECORDED]] = records[at, 1]
        pairs[number, RECORDED] -= 1
    for at in range(sizes[RECORDS]):
        pairs[records[at, 0], RECORDED] = 0
    sizes[RECORDS] = 0


# --- rounds ------------------------------------------------------------------------------------------------------------


@njit(cache=True, nogil=True)
def _merge_word(
    symbols: I32,
    word: tuple[Int, Int, Int, Int],
    merge: tuple[Int, Int, Int],
    weight: Int,
    known: tuple[I32, I64],
    records: I32,
    sizes: I64,
) -> Int:
    """Replace a pair by its new id all along one word, adjusting the counts of the pairs around it; returns the word's new length.

    `word` is (start, length, number, stamp), `merge` is (left, right, id), `known` is (slots, pairs). Of `aaaa` and the merge (a, a),
    the second pair of letters already finds the new id on its left.
    """
    start, length, number, stamp = word
    left, right, new = merge
    slots, pairs = known
    end, read, write = start + length, start, start
    while read < end:
        if read + 1 == end or symbols[read] != left or symbols[read + 1] != right:
            symbols[write] = symbols[read]
            read, write = read + 1, write + 1
            continue
        if write > start:
            before = np.int64(symbols[write - 1]) << 32
            _add(slots, pairs, sizes, before | left, -weight)
            _record(pairs, records, sizes, _add(slots, pairs, sizes, before | new, weight), number, stamp)
        if read + 2 < end:
            after = np.int64(symbols[read + 2])
            _add(slots, pairs, sizes, right << 32 | after, -weight)
            _record(
                pairs, records, sizes, _add(slots, pairs, sizes, new << 32 | after, weight), number, stamp
            )
        symbols[write] = new
        read, write = read + 2, write + 1
    return write - start


@njit(cache=True, nogil=True)
def learn(
    words: tuple[I32, I64, I64],
    known: tuple[I32, I64],
    gains: tuple[I32, I32],
    queue: I64,
    merges: I64,
    room: tuple[I64, I64],
    limits: tuple[Int, Int],
) -> bool:
    """Merge round after round; returns True at the end, False where the next round might run out of room.

    Args:
        words: symbols int32; bounds int64[n, 2], start and length of each word; weights int64[n].
        known: slots and rows of the pair table.
        gains: records int32[m, 2], (pair, word) of the current round; places int32[m], the words of all queue entries.
        queue: int64[m, QUEUE_WIDTH].
        merges: int64[m, MERGE_WIDTH], what was learned; the id of merge i is 256 + i.
        room: sizes, what is in use of each of these; and wanted, what the next round may need.
        limits: (merges at most, least count of a pair).
    """
    symbols, bounds, weights = words
    pairs = known[1]
    records, places = gains
    sizes, wanted = room
    while True:
        while sizes[QUEUED] and queue[0, Q_COUNT] != pairs[queue[0, Q_PAIR], COUNT]:
            queue[0, Q_COUNT] = pairs[queue[0, Q_PAIR], COUNT]
            _sink(queue, sizes[QUEUED])
        if sizes[MERGES] >= limits[0] or sizes[QUEUED] == 0 or queue[0, Q_COUNT] < max(1, limits[1]):
            return True
        start, stop, length = queue[0, Q_START], queue[0, Q_STOP], 0
        for place in range(start, stop):
            length += bounds[places[place], 1]
        # A word of n symbols holds n / 2 pairs at most and each makes two gains; all gains are beside the new id.
        new = 256 + sizes[MERGES]
        gaining = min(length, 2 * new + 2)
        wanted[PAIRS], wanted[RECORDS], wanted[QUEUED] = (
            sizes[PAIRS] + gaining,
            length,
            sizes[QUEUED] + gaining,
        )
        wanted[PLACES], wanted[MERGES] = sizes[PLACES] + length, sizes[MERGES] + 1
        if (
            wanted[PAIRS] > len(pairs)
            or wanted[RECORDS] > len(records)
            or wanted[PLACES] > len(places)
            or wanted[QUEUED] > len(queue)
            or wanted[MERGES] > len(merges)
        ):
            return False
        left, right = queue[0, Q_KEY] >> 32, queue[0, Q_KEY] & 0xFFFFFFFF
        row = sizes[MERGES]
        merges[row, 0], merges[row, 1], merges[row, 2] = left, right, queue[0, Q_COUNT]
        sizes[MERGES] += 1
        sizes[QUEUED] -= 1
        _swap(queue, 0, sizes[QUEUED])
        _sink(queue, sizes[QUEUED])
        for place in range(start, stop):
            word = np.int64(places[place])
            stamp = sizes[MERGES] * len(weights) + word
            at = (bounds[word, 0], bounds[word, 1], word, stamp)
            bounds[word, 1] = _merge_word(
                symbols, at, (left, right, new), weights[word], known, records, sizes
            )
        publish(pairs, records, places, queue, sizes)

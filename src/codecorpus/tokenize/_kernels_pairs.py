"""Pairs of neighbours: a hash table of their counts and of the words they stand in, and the queues that hand out the most frequent.

Words are five arrays: symbols int32, all words end to end; starts int64 and lengths int32 of each word in them; weights int64, how often
the word occurs; groups int32, whose text it belongs to.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from codecorpus.tokenize._kernels import I32, I64, Int

# An id has 24 bits in the key of a pair: group << 48 | left << 24 | right.
ID_BITS = 24
ID_MASK = (1 << ID_BITS) - 1

# Columns of `pairs`, a hash table of rows: the key (-1: empty); how often the pair occurs; the stretch of `places` with its words.
KEY, COUNT, START, STOP = 0, 1, 2, 3
PAIR_WIDTH = 4

# Columns of `queue` (count, key), and of `groups`: the first row in `queue`, rows there, rows in use; bytes and tokens of all text; 1 where
# no pair is frequent enough any more.
Q_COUNT, Q_KEY, QUEUE_WIDTH = 0, 1, 2
G_FIRST, G_ROOM, G_USED, G_BYTES, G_TOKENS, G_ENDED = 0, 1, 2, 3, 4, 5
GROUP_WIDTH = 6

# What `sizes` holds: rows in use; the group to which the last merge is to be applied next; symbols looked at; the next new id; the
# bytes in use of `strings`.
PAIRS, PLACES, MERGES, NEXT_GROUP, WORK, NEXT_ID, STRINGS = 0, 1, 2, 3, 4, 5, 6

# What `limits` holds: ids below which new ones may be given; the least count of a pair that may be merged, and of one that is kept;
# whether tokens may hold pieces of two sub-words; the work after which to come back.
MOST, LEAST, KEPT, UNCROSSED, STEP = 0, 1, 2, 3, 4


# --- pairs -------------------------------------------------------------------------------------------------------------


@njit(cache=True, nogil=True)
def pair_row(pairs: I64, key: Int) -> Int:
    """The row of a pair, or the empty row where it belongs."""
    mask = len(pairs) - 1
    mixed = key * np.int64(0x1E3779B97F4A7C15)
    row = (mixed ^ (mixed >> 29)) & mask
    while pairs[row, KEY] != key and pairs[row, KEY] != -1:
        row = (row + 1) & mask
    return row


@njit(cache=True, nogil=True)
def move_pairs(pairs: I64, places: I32, into: I64, sizes: I64, kept: Int, new_places: I32) -> None:
    """Enter every pair of count `kept` or more into an empty table, its words into `new_places`; the others are forgotten."""
    used = written = 0
    for row in range(len(pairs)):
        if pairs[row, KEY] == -1 or pairs[row, COUNT] < kept:
            continue
        other = pair_row(into, pairs[row, KEY])
        into[other, KEY], into[other, COUNT], into[other, START] = pairs[row, KEY], pairs[row, COUNT], written
        for place in range(pairs[row, START], pairs[row, STOP]):
            new_places[written] = places[place]
            written += 1
        into[other, STOP] = written
        used += 1
    sizes[PAIRS], sizes[PLACES] = used, written


@njit(cache=True, nogil=True)
def live_places(pairs: I64, kept: Int) -> Int:
    """How many places the pairs of count `kept` or more have, and how many such pairs there are: places << 32 | pairs."""
    used = places = np.int64(0)
    for row in range(len(pairs)):
        if pairs[row, KEY] != -1 and pairs[row, COUNT] >= kept:
            used += 1
            places += pairs[row, STOP] - pairs[row, START]
    return places << 32 | used


@njit(cache=True, nogil=True)
def count_pairs(words: tuple[I32, I64, I32, I64, I32], pairs: I64, sizes: I64, word: Int) -> Int:
    """Count every pair of every word, from a word on. Returns the word that found no room, or how many there are.

    Meanwhile START is one more than the last word a pair was seen in, and STOP how many words that were.
    """
    symbols, starts, lengths, weights, groups = words
    while word < len(weights):
        if 4 * (sizes[PAIRS] + lengths[word]) > 3 * len(pairs):
            break
        group = np.int64(groups[word]) << 2 * ID_BITS
        for at in range(starts[word], starts[word] + lengths[word] - 1):
            key = group | np.int64(symbols[at]) << ID_BITS | np.int64(symbols[at + 1])
            row = pair_row(pairs, key)
            if pairs[row, KEY] == -1:
                pairs[row, KEY], pairs[row, COUNT], pairs[row, START], pairs[row, STOP] = key, 0, 0, 0
                sizes[PAIRS] += 1
            pairs[row, COUNT] += weights[word]
            if pairs[row, START] != word + 1:
                pairs[row, START] = word + 1
                pairs[row, STOP] += 1
        word += 1
    return word


@njit(cache=True, nogil=True)
def rehash_pairs(pairs: I64, into: I64) -> None:
    """Enter every pair into an empty table, as it is."""
    for row in range(len(pairs)):
        if pairs[row, KEY] != -1:
            other = pair_row(into, pairs[row, KEY])
            for column in range(PAIR_WIDTH):
                into[other, column] = pairs[row, column]


@njit(cache=True, nogil=True)
def stretch_places(pairs: I64, kept: Int) -> Int:
    """After `count_pairs`: give each pair of count `kept` or more its stretch of places, still empty; returns the places needed."""
    places = np.int64(0)
    for row in range(len(pairs)):
        if pairs[row, KEY] != -1:
            needed = pairs[row, STOP] if pairs[row, COUNT] >= kept else 0
            pairs[row, START], pairs[row, STOP] = places, places
            places += needed
    return places


@njit(cache=True, nogil=True)
def fill_places(
    words: tuple[I32, I64, I32, I64, I32], pairs: I64, places: I32, queue: I64, groups: I64, limits: I64
) -> None:
    """Enter each word where its pairs' places are, and each pair that is frequent enough into the queue of its group."""
    symbols, starts, lengths, _, group_of = words
    for word in range(len(lengths)):
        group = np.int64(group_of[word]) << 2 * ID_BITS
        for at in range(starts[word], starts[word] + lengths[word] - 1):
            row = pair_row(pairs, group | np.int64(symbols[at]) << ID_BITS | np.int64(symbols[at + 1]))
            stop = pairs[row, STOP]
            if pairs[row, COUNT] >= limits[KEPT] and (stop == pairs[row, START] or places[stop - 1] != word):
                places[stop] = word
                pairs[row, STOP] += 1
    for row in range(len(pairs)):
        if pairs[row, KEY] != -1 and pairs[row, COUNT] >= limits[LEAST]:
            push(queue, groups, pairs[row, KEY] >> 2 * ID_BITS, pairs[row, COUNT], pairs[row, KEY])


# --- the queues: highest count first, then the lowest key; four children to a row ---------------------------------------


@njit(cache=True, nogil=True)
def push(queue: I64, groups: I64, group: Int, count: Int, key: Int) -> None:
    first, at = groups[group, G_FIRST], groups[group, G_USED]
    groups[group, G_USED] += 1
    while at > 0:
        above = first + ((at - 1) >> 2)
        if queue[above, Q_COUNT] > count or (queue[above, Q_COUNT] == count and queue[above, Q_KEY] < key):
            break
        queue[first + at, Q_COUNT], queue[first + at, Q_KEY] = queue[above, Q_COUNT], queue[above, Q_KEY]
        at = (at - 1) >> 2
    queue[first + at, Q_COUNT], queue[first + at, Q_KEY] = count, key


@njit(cache=True, nogil=True)
def replace_top(queue: I64, first: Int, size: Int, count: Int, key: Int) -> None:
    """Put an entry in the place of the top of a queue of `size` rows, and let it sink to where it belongs."""
    at = 0
    while 4 * at + 1 < size:
        best = first + 4 * at + 1
        for child in range(best + 1, min(best + 4, first + size)):
            if queue[child, Q_COUNT] > queue[best, Q_COUNT] or (
                queue[child, Q_COUNT] == queue[best, Q_COUNT] and queue[child, Q_KEY] < queue[best, Q_KEY]
            ):
                best = child
        if queue[best, Q_COUNT] < count or (queue[best, Q_COUNT] == count and queue[best, Q_KEY] > key):
            break
        queue[first + at, Q_COUNT], queue[first + at, Q_KEY] = queue[best, Q_COUNT], queue[best, Q_KEY]
        at = best - first
    queue[first + at, Q_COUNT], queue[first + at, Q_KEY] = count, key


@njit(cache=True, nogil=True)
def drop_top(queue: I64, groups: I64, group: Int) -> None:
    groups[group, G_USED] -= 1
    first, size = groups[group, G_FIRST], groups[group, G_USED]
    if size:
        replace_top(queue, first, size, queue[first + size, Q_COUNT], queue[first + size, Q_KEY])


@njit(cache=True, nogil=True)
def refresh(pairs: I64, queue: I64, groups: I64, group: Int, least: Int) -> bool:
    """Bring the most frequent pair of a group to the top of its queue; False where no pair is frequent enough."""
    first = groups[group, G_FIRST]
    while groups[group, G_USED]:
        row = pair_row(pairs, queue[first, Q_KEY])
        count = pairs[row, COUNT] if pairs[row, KEY] != -1 else np.int64(0)
        if count < least:
            drop_top(queue, groups, group)
        elif count != queue[first, Q_COUNT]:
            replace_top(queue, first, groups[group, G_USED], count, queue[first, Q_KEY])
        else:
            return True
    return False


@njit(cache=True, nogil=True)
def worst(groups: I64) -> Int:
    """The group with the fewest bytes per token among those that have pairs left; -1 where none has."""
    found, least = -1, np.inf
    for group in range(len(groups)):
        if not groups[group, G_ENDED]:
            rate = groups[group, G_BYTES] / max(np.int64(1), groups[group, G_TOKENS])
            if rate < least:
                found, least = group, rate
    return found

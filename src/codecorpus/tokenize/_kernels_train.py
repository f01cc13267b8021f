"""The loop that learns merges: words of symbols and their counts come in, merges go out in the order in which they were learned.

The method is that of Sennrich et al. 2016 with the bookkeeping that makes it fast: counts of pairs are kept up to date as words
change, and a heap hands out the most frequent pair, refreshing a count that has become stale only when it comes to the top.

It is an exact twin of `BpeTrainer` of Hugging Face's `tokenizers` 0.23: of pairs that are equally frequent the one of the lowest ids
comes first, and overlapping pairs are all counted. Counts are int64; theirs are int32 and wrap at 2 G pairs.

Each merge makes a string that no token has: inside the borders of a token, merges happen in the same order wherever it stands, so it
is always made of the same two parts. Hence a new pair has the newest id in it, enters the queue once, and never gains later: one
that is too rare then is forgotten on the spot, and most are. All pairs that a merge takes or gives lie beside it, so that a round
counts in a plain array by neighbour (`near`) and asks the hash table once for each neighbour, not for each occurrence.

Words may belong to several *groups* (languages). Each has its own pairs and its own queue, one merge changes them all, and the group
whose text is compressed worst chooses it. Ordinary training has one group.

Nothing is allocated here: a kernel that would run out of room returns first, and `codecorpus.tokenize.learning` makes room and calls again.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from codecorpus.tokenize._kernels import I32, I64, U8, Int
from codecorpus.tokenize._kernels_pairs import (
    COUNT,
    G_ENDED,
    G_FIRST,
    G_ROOM,
    G_TOKENS,
    G_USED,
    ID_BITS,
    ID_MASK,
    KEPT,
    KEY,
    LEAST,
    MERGES,
    MOST,
    NEXT_GROUP,
    NEXT_ID,
    PAIRS,
    PLACES,
    Q_KEY,
    START,
    STEP,
    STOP,
    STRINGS,
    UNCROSSED,
    WORK,
    drop_top,
    pair_row,
    push,
    refresh,
    worst,
)
from codecorpus.tokenize._kernels_words import crosses, spell, string_slot

# Columns of `near`, row 2 x symbol for a left neighbour and 2 x symbol + 1 for a right one: what the pair with the new id gains; the
# word in which it was last seen (-1: none); in how many words it was, and then where the next of them goes (-1: nowhere).
CHANGE, SEEN, RECORDED = 0, 1, 2
NEAR_WIDTH = 3

MERGE_WIDTH = 4  # left, right, id, count

# What `wanted` holds: room that the next step needs; the last one is the group whose queue is meant.
W_PAIRS, W_PLACES, W_RECORDS, W_QUEUE, W_STRINGS, W_MERGES, W_GROUP = 0, 1, 2, 3, 4, 5, 6

DONE, ROOM, PAUSE = 0, 1, 2

# --- rounds ------------------------------------------------------------------------------------------------------------------


@njit(cache=True, nogil=True, forceinline=True)
def _gain(
    near: I64, touched: I32, records: I32, used: tuple[Int, Int], row: Int, word: Int, weight: Int
) -> tuple[Int, Int]:
    """Note that the pair of the new id and this neighbour gains in a word; returns how much of `touched` and `records` is used."""
    touches, recorded = used
    near[row, CHANGE] += weight
    if near[row, SEEN] != word:
        if near[row, SEEN] == -1:
            touched[touches] = row
            touches += 1
        near[row, SEEN] = word
        near[row, RECORDED] += 1
        records[recorded, 0], records[recorded, 1] = row, word
        recorded += 1
    return touches, recorded


@njit(cache=True, nogil=True)
def _merge_words(
    words: tuple[I32, I64, I32, I64, I32],
    round_: tuple[I64, I32, I32],
    places: I32,
    stretch: tuple[Int, Int],
    merge: tuple[Int, Int, Int],
) -> tuple[Int, Int, Int]:
    """Replace a pair by its new id in all words of a stretch of places; returns what is used of `touched` and `records`, and tokens less.

    Of `aaaa` and the merge (a, a), the second pair of letters already finds the new id on its left.
    """
    symbols, starts, lengths, weights, _ = words
    near, touched, records = round_
    left, right, new = merge
    used, fewer = (np.int64(0), np.int64(0)), np.int64(0)
    for place in range(stretch[0], stretch[1]):
        word = np.int64(places[place])
        begin, weight = starts[word], weights[word]
        end = begin + lengths[word]
        read = write = begin
        while read < end:
            if symbols[read] != left or read + 1 == end or symbols[read + 1] != right:
                symbols[write] = symbols[read]
                read, write = read + 1, write + 1
                continue
            if write > begin:
                used = _gain(near, touched, records, used, 2 * np.int64(symbols[write - 1]), word, weight)
            if read + 2 < end:
                used = _gain(near, touched, records, used, 2 * np.int64(symbols[read + 2]) + 1, word, weight)
            symbols[write] = new
            read, write = read + 2, write + 1
            fewer += weight
        lengths[word] = write - begin
    return used[0], used[1], fewer


@njit(cache=True, nogil=True)
def _publish(
    pairs: I64,
    places: I32,
    round_: tuple[I64, I32, I32],
    used: tuple[Int, Int],
    queues: tuple[I64, I64],
    merge: tuple[Int, Int, Int, Int],
    sizes: I64,
    limits: I64,
) -> None:
    """End a round: take from the pairs that lost, enter each new one with its words. `merge` is (left, right, id, group)."""
    near, touched, records = round_
    left, right, new, number = merge
    group = number << 2 * ID_BITS
    again = near[2 * new, CHANGE]  # `aaaa`: the pair (new, left) that stood for a moment
    for at in range(used[0]):
        row = np.int64(touched[at])
        symbol, change = row >> 1, near[row, CHANGE]
        if row & 1:
            lost, key = right << ID_BITS | symbol, new << ID_BITS | symbol
            net = change - again if symbol == left else change
        else:
            lost, key, net = symbol << ID_BITS | left, symbol << ID_BITS | new, change
        other = pair_row(pairs, group | lost)
        if pairs[other, KEY] != -1 and row != 2 * new:  # what (new, left) lost, it never had
            pairs[other, COUNT] -= change
        recorded = near[row, RECORDED]
        near[row, CHANGE], near[row, SEEN], near[row, RECORDED] = 0, -1, -1
        if net >= limits[KEPT]:
            other = pair_row(pairs, group | key)
            near[row, RECORDED] = sizes[PLACES]
            pairs[other, KEY], pairs[other, COUNT], pairs[other, START] = group | key, net, sizes[PLACES]
            sizes[PLACES] += recorded
            sizes[PAIRS] += 1
            pairs[other, STOP] = sizes[PLACES]
            if net >= limits[LEAST]:
                push(queues[0], queues[1], number, net, group | key)
    for at in range(used[1]):
        row = np.int64(records[at, 0])
        if near[row, RECORDED] >= 0:
            places[near[row, RECORDED]] = records[at, 1]
            near[row, RECORDED] += 1
    for at in range(used[0]):
        near[touched[at], RECORDED] = 0


@njit(cache=True, nogil=True)
def _apply(
    words: tuple[I32, I64, I32, I64, I32],
    found: tuple[I64, I32],
    round_: tuple[I64, I32, I32],
    queues: tuple[I64, I64],
    merges: I64,
    room: tuple[I64, I64],
    limits: I64,
) -> bool:
    """Apply the last merge to every group, from `sizes[NEXT_GROUP]` on; False where that might run out of room."""
    pairs, places = found
    groups, (sizes, wanted) = queues[1], room
    left, right, new = (
        merges[sizes[MERGES] - 1, 0],
        merges[sizes[MERGES] - 1, 1],
        merges[sizes[MERGES] - 1, 2],
    )
    while sizes[NEXT_GROUP] < len(groups):
        group = sizes[NEXT_GROUP]
        row = pair_row(pairs, group << 2 * ID_BITS | left << ID_BITS | right)
        if pairs[row, KEY] != -1:
            length = np.int64(0)
            for place in range(pairs[row, START], pairs[row, STOP]):
                length += words[2][places[place]]
            # A word of n symbols holds n / 2 pairs at most and each makes two gains; all gains are beside the new id.
            gaining = min(length, 2 * sizes[NEXT_ID] + 2)
            wanted[W_PAIRS], wanted[W_PLACES], wanted[W_RECORDS] = gaining, length, length
            wanted[W_QUEUE], wanted[W_GROUP] = gaining, group
            if (
                4 * (sizes[PAIRS] + gaining) > 3 * len(pairs)
                or sizes[PLACES] + length > len(places)
                or length > len(round_[2])
                or groups[group, G_USED] + gaining > groups[group, G_ROOM]
            ):
                return False
            stretch = (pairs[row, START], pairs[row, STOP])
            touched, recorded, fewer = _merge_words(words, round_, places, stretch, (left, right, new))
            _publish(
                pairs, places, round_, (touched, recorded), queues, (left, right, new, group), sizes, limits
            )
            pairs[row, COUNT] = -1
            groups[group, G_TOKENS] -= fewer
            sizes[WORK] += length
        sizes[NEXT_GROUP] += 1
    return True


@njit(cache=True, nogil=True)
def _choose(
    pairs: I64,
    queues: tuple[I64, I64],
    merges: I64,
    names: tuple[I64, U8, I64, U8],
    room: tuple[I64, I64],
    limits: I64,
    ids: Int,
) -> Int:
    """Enter the next merge: `PAUSE` if it was done, `ROOM` if there is no room for it, `DONE` if there is none to be done."""
    queue, groups = queues
    known, strings, spans, classes = names
    sizes, wanted = room
    while sizes[NEXT_ID] < limits[MOST]:
        group = worst(groups)
        if group < 0:
            return DONE
        if not refresh(pairs, queue, groups, group, limits[LEAST]):
            groups[group, G_ENDED] = 1
            continue
        key = queue[groups[group, G_FIRST], Q_KEY]
        left, right = key >> ID_BITS & ID_MASK, key & ID_MASK
        start, length = sizes[STRINGS], spans[left, 1] + spans[right, 1]
        wanted[W_STRINGS], wanted[W_MERGES] = start + length, sizes[MERGES] + 1
        if start + length > len(strings) or sizes[MERGES] == len(merges):
            return ROOM
        spell(strings, spans, start, left, right)
        drop_top(queue, groups, group)
        same = known[string_slot(known, strings, spans, start, length)]
        if same >= ids or (limits[UNCROSSED] and crosses(strings, start, start + length, classes)):
            continue
        total = np.int64(0)
        for number in range(len(groups)):
            row = pair_row(pairs, number << 2 * ID_BITS | left << ID_BITS | right)
            total += max(np.int64(0), pairs[row, COUNT]) if pairs[row, KEY] != -1 else 0
        if same < 0:
            same = sizes[NEXT_ID]
            spans[same, 0], spans[same, 1] = start, length
            sizes[NEXT_ID], sizes[STRINGS] = same + 1, start + length
        at = sizes[MERGES]
        merges[at, 0], merges[at, 1], merges[at, 2], merges[at, 3] = left, right, same, total
        sizes[MERGES], sizes[NEXT_GROUP] = at + 1, 0
        return PAUSE
    return DONE


@njit(cache=True, nogil=True)
def learn(
    words: tuple[I32, I64, I32, I64, I32],
    found: tuple[I64, I32],
    round_: tuple[I64, I32, I32],
    queues: tuple[I64, I64],
    merges: I64,
    names: tuple[I64, U8, I64, U8],
    room: tuple[I64, I64],
    limits: I64,
) -> Int:
    """Merge round after round until the end (`DONE`), until more room is needed (`ROOM`) or enough work is done for now (`PAUSE`).

    Args:
        words: symbols, starts, lengths, weights and groups of all words.
        found: rows of the pair table; places int32[m], the words of all pairs.
        round_: near int64[2 x ids, NEAR_WIDTH]; touched int32[2 x ids]; records int32[m, 2], (row of near, word) of this round.
        queues: queue int64[m, QUEUE_WIDTH]; groups int64[g, GROUP_WIDTH].
        merges: int64[m, MERGE_WIDTH], what was learned.
        names: known int64[s], strings and spans of tokens, and the class of each code point. A known string that is a token is
            merged to that token's id; one from row `ids` of `spans` on is never made.
        room: sizes, what is in use of each of these; and wanted, what the next step may need.
        limits: see `codecorpus.tokenize._kernels_pairs`.
    """
    sizes = room[0]
    while True:
        if not _apply(words, found, round_, queues, merges, room, limits):
            return ROOM
        if sizes[WORK] >= limits[STEP]:
            return PAUSE
        chosen = _choose(found[0], queues, merges, names, room, limits, len(round_[0]) >> 1)
        if chosen != PAUSE:
            return chosen

"""Words and what is known already → merges: gives the kernels the memory they ask for, and tells how far they are.

Memory is a few times the text of the distinct words: four bytes a symbol, four for each pair of a word that is frequent enough to be
merged, 32 to 64 for each such pair. What a merge leaves behind is cleared away whenever more room is needed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, TypeVar

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from codecorpus.buffers import text_buffers
from codecorpus.tokenize import _kernels_pairs as kp
from codecorpus.tokenize import _kernels_train as kt
from codecorpus.tokenize import _kernels_words as kw
from codecorpus.tokenize.alphabet import BYTE_IDS
from codecorpus.tokenize.clock import Clock, Progress, part
from codecorpus.tokenize.native import Remembered, encode_chunk, no_memory
from codecorpus.tokenize.pretoken import cut_of
from codecorpus.tokenize.stages import Stages, stages_of

I64 = NDArray[np.int64]
I32 = NDArray[np.int32]
Rows = TypeVar("Rows", bound=NDArray[Any])
# Symbols looked at between two calls of the progress: a twentieth of a second or so.
_STEP: Final = 4_000_000
# Share of the time that it takes to apply known merges, before there is the first new one; words handled between two reports of it.
_SEED_SHARE: Final = 0.35
_SEED_STEP: Final = 1 << 16


@dataclass(frozen=True, slots=True, eq=False)
class Words:
    """Distinct words and how often they occur.

    Attributes:
        texts: large_binary; a word that occurs in several groups stands there once for each.
        weights: int64, at least 1.
        groups: int32, the group of each word, from 0 on without a gap; groups are balanced against each other.
    """

    texts: pa.LargeBinaryArray
    weights: I64
    groups: I32


@dataclass(frozen=True, slots=True, eq=False)
class Known:
    """What is there before learning: tokens and merges.

    Attributes:
        tokens: bytes by id; empty where no token has the id.
        byte_ids: int32[256].
        merges: int64[n, 3], (left, right, id) in order of rank.
        next_id: the id of the first new token.
        never: strings that must not become a token.
        whole: tokens whose string stands for itself when it is a whole word, whatever the merges say (`ignore_merges`).
    """

    tokens: Sequence[bytes]
    byte_ids: I32
    merges: I64
    next_id: int
    never: Sequence[bytes] = ()
    whole: frozenset[bytes] = frozenset()


def bytes_known(never: Sequence[bytes] = ()) -> Known:
    """What a new vocabulary begins with: 256 bytes and no merge."""
    tokens = [bytes([byte]) for byte in np.argsort(BYTE_IDS).tolist()]
    return Known(tokens, BYTE_IDS.astype(np.int32), np.empty((0, 3), np.int64), 256, never)


def with_merges(known: Known, rows: I64) -> Known:
    """What is known after these merges (left, right, id, count) were learned too, whose ids go on without a gap."""
    tokens = list(known.tokens)
    for left, right, number in rows[:, :3].tolist():
        if number == len(tokens):
            tokens.append(tokens[left] + tokens[right])
    merges = np.concatenate([known.merges, rows[:, :3]])
    return replace(known, tokens=tokens, merges=merges, next_id=len(tokens))


def learn_merges(
    words: Words,
    known: Known,
    *,
    most: int,
    min_frequency: int,
    uncrossed: bool = False,
    progress: Progress | None = None,
) -> I64:
    """Learn merges that make `most` new tokens, or fewer where no pair is frequent enough.

    Args:
        words: what to learn from.
        known: what is there already; its merges are applied to the words first.
        most: new tokens at most.
        min_frequency: a pair seen less often is not merged; where there are several groups, in the group that chooses.
        uncrossed: whether to leave out tokens with pieces of two sub-words of one identifier.
        progress: told of the work; see `Progress`.

    Returns:
        int64[n, 4]: left, right, id, count. An id below `known.next_id` is that of an old token, whose string was never made before.
    """
    seeding = _SEED_SHARE if len(known.merges) else 0.0
    seed = _seed(words, known, part(progress, 0.0, seeding))
    memory, limits = _prepare(words, known, seed, (most, min_frequency), uncrossed=uncrossed)
    sizes, wanted = memory.sizes, np.zeros(8, np.int64)
    clock = Clock(part(progress, seeding, 1.0), most)
    while True:
        limits[kp.STEP] = sizes[kp.WORK] + _STEP
        code = kt.learn(
            memory.words,
            (memory.pairs, memory.places),
            (memory.near, memory.touched, memory.records),
            (memory.queue, memory.groups),
            memory.merges,
            memory.names,
            (sizes, wanted),
            limits,
        )
        if code == kt.DONE:
            clock.end()
            return memory.merges[: sizes[kp.MERGES]].copy()
        clock.tell(int(sizes[kp.NEXT_ID]) - known.next_id, int(sizes[kp.WORK]))
        if code == kt.ROOM:
            _make_room(memory, wanted, int(limits[kp.KEPT]))


@dataclass(slots=True, eq=False)
class _Memory:
    """The arrays that the kernels work on; see `_kernels_train.learn`."""

    words: tuple[I32, I64, I32, I64, I32]
    groups: I64
    pairs: I64
    places: I32
    queue: I64
    near: I64
    touched: I32
    records: I32
    merges: I64
    names: tuple[I64, NDArray[np.uint8], I64, NDArray[np.uint8]]
    sizes: I64


def _prepare(
    words: Words, known: Known, seed: tuple[I32, I64, I32], sought: tuple[int, int], *, uncrossed: bool
) -> tuple[_Memory, I64]:
    """Everything as it is before the first merge, and the limits."""
    groups, sizes = _groups(words), np.zeros(8, np.int64)
    symbols, starts, lengths = seed
    most, min_frequency = sought
    np.add.at(groups[:, kp.G_TOKENS], words.groups, lengths * words.weights)
    arrays = (symbols, starts, lengths, words.weights, words.groups)
    least = max(1, min_frequency)
    # A pair that is too rare in one group may still be merged because another chooses it.
    kept = least if len(groups) == 1 else 1
    limits = np.array([known.next_id + most, least, kept, uncrossed, 0], np.int64)
    pairs = _count(arrays, sizes)
    places = np.empty(kp.stretch_places(pairs, kept), np.int32)
    queue = _first_queue(pairs, groups, limits)
    kp.fill_places(arrays, pairs, places, queue, groups, limits)
    sizes[kp.PLACES] = len(places)
    pairs, places = _cleared(pairs, places, sizes, kept, 0, 0)
    names, sizes[kp.STRINGS] = _names(known, most)
    sizes[kp.NEXT_GROUP], sizes[kp.NEXT_ID] = len(groups), known.next_id
    ids = known.next_id + most
    near = np.tile(np.array([0, -1, 0], np.int64), (2 * ids, 1))
    touched, records = np.empty(2 * ids, np.int32), np.empty((1 << 12, 2), np.int32)
    merges = np.empty((min(most, 1 << 12) + 1, kt.MERGE_WIDTH), np.int64)
    memory = _Memory(arrays, groups, pairs, places, queue, near, touched, records, merges, names, sizes)
    return memory, limits


def _make_room(memory: _Memory, wanted: I64, kept: int) -> None:
    """Give the kernels the room that they asked for."""
    sizes = memory.sizes
    full = 4 * (sizes[kp.PAIRS] + wanted[kt.W_PAIRS]) > 3 * len(memory.pairs)
    if full or sizes[kp.PLACES] + wanted[kt.W_PLACES] > len(memory.places):
        more = int(wanted[kt.W_PAIRS]), int(wanted[kt.W_PLACES])
        memory.pairs, memory.places = _cleared(memory.pairs, memory.places, sizes, kept, *more)
    memory.records = _longer(memory.records, wanted[kt.W_RECORDS])
    memory.merges = _longer(memory.merges, wanted[kt.W_MERGES])
    known, strings, spans, classes = memory.names
    memory.names = (known, _longer(strings, wanted[kt.W_STRINGS]), spans, classes)
    group, entries = int(wanted[kt.W_GROUP]), int(wanted[kt.W_QUEUE])
    memory.queue = _wider_queue(memory.queue, memory.groups, group, entries)


def _groups(words: Words) -> I64:
    """A row for each group, with the bytes of its text."""
    groups = np.zeros((int(words.groups.max(initial=0)) + 1, kp.GROUP_WIDTH), np.int64)
    _, offsets = text_buffers(words.texts)
    np.add.at(groups[:, kp.G_BYTES], words.groups, np.diff(offsets) * words.weights)
    return groups


def _seed(words: Words, known: Known, progress: Progress | None) -> tuple[I32, I64, I32]:
    """All words as symbols end to end; the start and length of each."""
    stages = None
    if len(known.merges):
        tokens = pa.array(known.tokens, pa.large_binary())
        stages = stages_of(known.merges, known.byte_ids.astype(np.uint32), tokens)
    if stages is None:
        symbols, starts, lengths = _seed_whole(words, known, progress)
    else:
        symbols, starts, lengths = _seed_by_pieces(words, known, stages, progress)
    if known.whole:
        lengths[[text in known.whole for text in words.texts.to_pylist()]] = 1
    return symbols, starts, lengths


def _seed_by_pieces(
    words: Words, known: Known, stages: Stages, progress: Progress | None
) -> tuple[I32, I64, I32]:
    """Symbols of words that are put together from pieces met before: lines repeat seldom, and their pieces all the time."""
    data, offsets = text_buffers(words.texts)
    count, used, size = len(offsets) - 1, 0, int(offsets[-1] - offsets[0])
    starts, lengths = np.zeros(count, np.int64), np.zeros(count, np.int32)
    symbols, recent = np.empty(size // 3 + kw.LONGEST, np.int32), Remembered().take()
    vocabulary = (known.byte_ids.astype(np.uint32), stages.rules, no_memory())
    for start in range(0, count, _SEED_STEP):
        stop = min(count, start + _SEED_STEP)
        ids, borders, recent = encode_chunk(
            data, offsets[start : stop + 1], cut_of("code"), vocabulary, recent
        )
        if used + len(ids) > len(symbols):
            symbols = _longer(symbols, used + len(ids) + len(symbols) // 2, exactly=True)
        symbols[used : used + len(ids)] = ids
        starts[start:stop], lengths[start:stop] = used + borders[:-1], np.diff(borders)
        used += len(ids)
        if progress is not None:
            progress(stop, count)
    lengths[np.diff(offsets) > kw.LONGEST] = 0
    return symbols, starts, lengths


def _seed_whole(words: Words, known: Known, progress: Progress | None) -> tuple[I32, I64, I32]:
    """Symbols of words each of which is merged by itself."""
    data, offsets = text_buffers(words.texts)
    count = len(offsets) - 1
    starts, lengths, place = np.zeros(count, np.int64), np.zeros(count, np.int32), np.zeros(2, np.int64)
    merges = _merge_table(known.merges)
    size = int(offsets[-1] - offsets[0])
    # Merges make words shorter, how much is not known before; without merges a symbol is a byte.
    symbols = np.empty(size // 3 + kw.LONGEST if len(known.merges) else size, np.int32)
    while place[0] < count:
        stop = min(count, int(place[0]) + _SEED_STEP)
        kw.seed_words(
            (data, offsets), known.byte_ids, merges, symbols, (starts[:stop], lengths[:stop]), place
        )
        if progress is not None:
            progress(int(place[0]), count)
        if place[0] < stop:
            symbols = _longer(symbols, len(symbols) * 3 // 2 + kw.LONGEST, exactly=True)
    return symbols, starts, lengths


def _merge_table(rows: I64) -> tuple[I64, I64]:
    """Merges as the hash table that the kernels read; of no slot where there is none."""
    size = 1 << (3 * len(rows)).bit_length() if len(rows) else 0
    keys, values = np.full(size, -1, np.int64), np.full(size, -1, np.int64)
    kw.enter_merges(rows, keys, values)
    return keys, values


def _count(arrays: tuple[I32, I64, I32, I64, I32], sizes: I64) -> I64:
    """The pair table of all words, as `count_pairs` leaves it."""
    pairs, word = _no_pairs(1 << 14), 0
    while (word := kp.count_pairs(arrays, pairs, sizes, word)) < len(arrays[2]):
        wider = _no_pairs(max(2 * len(pairs), _table_size(int(sizes[kp.PAIRS] + arrays[2][word]))))
        kp.rehash_pairs(pairs, wider)
        pairs = wider
    return pairs


def _no_pairs(rows: int) -> I64:
    pairs = np.empty((rows, kp.PAIR_WIDTH), np.int64)
    pairs[:, kp.KEY] = -1
    return pairs


def _table_size(pairs: int) -> int:
    """Rows of a table with room for so many pairs: a power of two, filled to three quarters at most."""
    return 1 << max(14, (4 * pairs // 3 + 1).bit_length())


def _first_queue(pairs: I64, groups: I64, limits: I64) -> I64:
    """An empty queue with room for every pair that goes there, and the stretch of each group in it."""
    entered = pairs[(pairs[:, kp.KEY] != -1) & (pairs[:, kp.COUNT] >= limits[kp.LEAST]), kp.KEY]
    rooms = np.bincount(entered >> (2 * kp.ID_BITS), minlength=len(groups))
    groups[:, kp.G_ROOM], groups[:, kp.G_FIRST] = rooms, np.cumsum(rooms) - rooms
    return np.empty((len(entered), kp.QUEUE_WIDTH), np.int64)


def _wider_queue(queue: I64, groups: I64, group: int, wanted: int) -> I64:
    """The queue, with room for so many more entries of a group and for growth."""
    used, room = int(groups[group, kp.G_USED]), int(groups[group, kp.G_ROOM])
    if used + wanted <= room:
        return queue
    more = max(used + wanted, room * 3 // 2) - room
    behind = int(groups[group, kp.G_FIRST]) + room
    wider = np.empty((len(queue) + more, kp.QUEUE_WIDTH), np.int64)
    wider[:behind] = queue[:behind]
    wider[behind + more :] = queue[behind:]
    groups[group, kp.G_ROOM] += more
    groups[group + 1 :, kp.G_FIRST] += more
    return wider


def _cleared(pairs: I64, places: I32, sizes: I64, kept: int, more: int, more_places: int) -> tuple[I64, I32]:
    """Pairs and their places without those that can no longer be merged, with room for more and for growth by half."""
    live = int(kp.live_places(pairs, kept))
    live_pairs, used = live & 0xFFFFFFFF, live >> 32
    wider = _no_pairs(_table_size(max(live_pairs + more, live_pairs * 3 // 2)))
    new_places = np.empty(max(used + more_places, used * 3 // 2, 1 << 12), np.int32)
    kp.move_pairs(pairs, places, wider, sizes, kept, new_places)
    return wider, new_places


def _names(known: Known, most: int) -> tuple[tuple[I64, NDArray[np.uint8], I64, NDArray[np.uint8]], int]:
    """What the kernels know of strings: the hash table of those that stand already or must not be, all bytes, and where each lies."""
    ids = known.next_id + most
    spans = np.zeros((ids + len(known.never), 2), np.int64)
    strings = [*known.tokens, *known.never]
    rows = np.array([*range(len(known.tokens)), *range(ids, ids + len(known.never))], np.int64)
    spans[rows, 1] = [len(string) for string in strings]
    spans[rows, 0] = np.cumsum(spans[rows, 1]) - spans[rows, 1]
    flat = np.frombuffer(b"".join(strings), np.uint8)
    room = np.empty(len(flat) + 16 * most + 64, np.uint8)
    room[: len(flat)] = flat
    table = np.full(1 << (2 * len(rows) + 1).bit_length(), -1, np.int64)
    kw.know_strings(table, room, spans, rows[::-1][spans[rows[::-1], 1] > 0].copy())
    return (table, room, spans, cut_of("code")[0]), len(flat)


def _longer(array: Rows, size: int, *, exactly: bool = False) -> Rows:
    """The rows of `array`, with room for `size` rows and for growth; the same array where there is room already."""
    if size <= len(array):
        return array
    more = np.empty((size if exactly else max(size, 2 * len(array)), *array.shape[1:]), array.dtype)
    more[: len(array)] = array
    return more  # type: ignore[return-value]

"""The loops of near-duplicate search: bytes to shingle hashes, hashes to band keys, and the election of leaders.

Plain arrays in, plain arrays out; numpy and numba only. Every kernel has an obvious twin in `tests/naive_dedup.py`.
Arithmetic on uint32 and uint64 wraps on purpose.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from numba import njit

U8 = npt.NDArray[np.uint8]
U32 = npt.NDArray[np.uint32]
U64 = npt.NDArray[np.uint64]
I64 = npt.NDArray[np.int64]
F64 = npt.NDArray[np.float64]

_SPACE, _WORD, _OTHER = 0, 1, 2


def _byte_classes() -> U8:
    """What each byte is to the lexer: white space, part of an identifier or number, or a token of its own."""
    classes = np.full(256, _OTHER, np.uint8)
    classes[[9, 10, 11, 12, 13, 32]] = _SPACE
    classes[128:] = _WORD  # UTF-8 outside ASCII: letters of identifiers far more often than punctuation
    for character in b"_0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ":
        classes[character] = _WORD
    return classes


_CLASSES = _byte_classes()
_FNV_BASIS = np.uint64(0xCBF29CE484222325)
_FNV_PRIME = np.uint64(0x00000100000001B3)
# Base of the rolling polynomial. 3 mod 8, so that base**i - base**j keeps few factors of two and a swap of two tokens
# of a shingle changes its hash except with probability about 2**-60.
_BASE = np.uint64(0x9E3779B97F4A7C1B)

# Shingle hashes are made and used in blocks of this many, which stay in the first-level cache.
_BLOCK = 256
# Slots of the filter that skips shingles seen a moment ago: a repeated shingle cannot change a minimum.
_RECENT = 1024


@njit(cache=True, nogil=True, inline="always")
def _mix64(value: np.uint64) -> np.uint64:
    """The finaliser of MurmurHash3 (64 bits): a bijection that spreads every bit."""
    value ^= value >> np.uint64(33)
    value *= np.uint64(0xFF51AFD7ED558CCD)
    value ^= value >> np.uint64(33)
    value *= np.uint64(0xC4CEB9FE1A85EC53)
    value ^= value >> np.uint64(33)
    return value


@njit(cache=True, nogil=True, inline="always")
def _mix32(value: np.uint32) -> np.uint32:
    """The finaliser of MurmurHash3 (32 bits), which datasketch applies before its affine permutations."""
    value = np.uint32(value ^ (value >> np.uint32(16)))
    value = np.uint32(value * np.uint32(0x85EBCA6B))
    value = np.uint32(value ^ (value >> np.uint32(13)))
    value = np.uint32(value * np.uint32(0xC2B2AE35))
    return np.uint32(value ^ (value >> np.uint32(16)))


@njit(cache=True, nogil=True)
def _power(exponent: int) -> np.uint64:
    """`_BASE ** exponent`, modulo 2**64."""
    result = np.uint64(1)
    for _ in range(exponent):
        result *= _BASE
    return result


@njit(cache=True, nogil=True)
def _next_tokens(data: U8, position: int, stop: int, out: U64) -> tuple[int, int]:
    """Reads whole tokens until `out` holds all but one of what it can, or the document ends.

    Nearly every second token is a single byte and no branch predictor can guess which, so the loop has no branch to guess:
    every byte is hashed and stored, into the open token's slot, the next one's, or (white space) the one that comes after
    and is overwritten.

    Returns:
        The position reached, and how many raw token hashes (FNV-1a) stand in `out`.
    """
    last = len(out) - 2
    open_slot = np.int64(-1)
    value = _FNV_BASIS
    in_word = False
    while position < stop and open_slot < last:
        byte = data[position]
        kind = _CLASSES[byte]
        is_word = kind == _WORD
        is_space = kind == _SPACE
        goes_on = is_word & in_word
        value = ((value if goes_on else _FNV_BASIS) ^ np.uint64(byte)) * _FNV_PRIME
        open_slot += np.int64(not (goes_on | is_space))
        out[open_slot + np.int64(is_space)] = value
        in_word = is_word
        position += 1
    while in_word and position < stop and _CLASSES[data[position]] == _WORD:
        value = (value ^ np.uint64(data[position])) * _FNV_PRIME
        out[open_slot] = value
        position += 1
    while position < stop and _CLASSES[data[position]] == _SPACE:
        position += 1  # so that the end is reached with the last token
    return position, int(open_slot) + 1


@njit(cache=True, nogil=True)
def next_shingles(data: U8, position: int, stop: int, state: U64, ring: U64, out: U64) -> tuple[int, int]:
    """The next shingles of `data[position:stop]`, as many as `out` takes, or all to the document's end.

    Args:
        data: uint8 text of all documents.
        position: where to go on reading; always between two tokens.
        stop: end of the document.
        state: uint64[3], zeros at the start of a document: rolling hash, tokens read, `_BASE ** len(ring)` (set here).
        ring: uint64[shingle], hashes of the last tokens.
        out: uint64 buffer for shingle hashes, repeats included; also holds the tokens on the way, and one slot more.

    Returns:
        The position reached, and how many hashes stand in `out`. A document with fewer tokens than a shingle has one
        shingle, of all its tokens; a document without tokens has none.
    """
    position, read = _next_tokens(data, position, stop, out)
    length = len(ring)
    rolling = state[0]
    tokens = np.int64(state[1])
    if tokens == 0:
        state[2] = _power(length)
        ring[:] = np.uint64(0)
    outgoing = state[2]
    slot = tokens % length
    filled = 0
    for index in range(read):
        token = _mix64(out[index])
        rolling = rolling * _BASE + token - ring[slot] * outgoing
        ring[slot] = token
        slot += np.int64(1)
        if slot == length:
            slot = np.int64(0)
        tokens += np.int64(1)
        if tokens >= length:
            out[filled] = _mix64(rolling)  # never ahead of the token being read
            filled += 1
    if position == stop and 0 < tokens < length:
        out[0] = _mix64(rolling)
        filled = 1
        tokens = np.int64(length)  # so that a second call does not report it again
    state[0] = rolling
    state[1] = np.uint64(tokens)
    return position, filled


@njit(cache=True, nogil=True)
def count_tokens(data: U8, offsets: I64, counts: I64) -> None:
    """Writes into int64 `counts` the number of tokens of each document: never less than its number of shingles."""
    for document in range(len(offsets) - 1):
        tokens = 0
        in_word = False
        for position in range(offsets[document], offsets[document + 1]):
            kind = _CLASSES[data[position]]
            tokens += kind == _OTHER or (kind == _WORD and not in_word)
            in_word = kind == _WORD
        counts[document] = tokens


@njit(cache=True, nogil=True)
def hash_shingles(data: U8, offsets: I64, shingle: int, starts: I64, lengths: I64, flat: U64) -> None:
    """Writes every shingle hash of each document, repeats included, into `flat[starts[document]:]`.

    `starts` are borders, int64[documents + 1], with room for as many hashes as the document has tokens, and `flat` has
    one slot more; `lengths[document]` becomes the number written.
    """
    ring = np.zeros(shingle, np.uint64)
    state = np.zeros(3, np.uint64)
    for document in range(len(offsets) - 1):
        state[:] = np.uint64(0)
        out = flat[starts[document] : starts[document + 1] + 1]
        lengths[document] = 0
        if len(out) > 1:
            _, filled = next_shingles(data, offsets[document], offsets[document + 1], state, ring, out)
            lengths[document] = filled


@njit(cache=True, nogil=True)
def compact_sets(flat: U64, starts: I64, lengths: I64, offsets: I64) -> None:
    """Moves the sorted runs `flat[starts[i]:][:lengths[i]]` together in place, without repeats; fills `offsets`."""
    end = 0
    offsets[0] = 0
    for document in range(len(lengths)):
        begin = end
        for index in range(starts[document], starts[document] + lengths[document]):
            if end == begin or flat[end - 1] != flat[index]:
                flat[end] = flat[index]
                end += 1
        offsets[document + 1] = end


@njit(cache=True, nogil=True)
def update_minima(elements: U32, multipliers: U32, increments: U32, minima: U32) -> None:
    """Lowers each permutation's minimum by a block of premixed uint32 elements: min over (a * x + b) mod 2**32.

    Permutations outside, elements inside: the running minimum stays in a register, and the loop has no store.
    """
    for index in range(len(minima)):
        multiplier = multipliers[index]
        increment = increments[index]
        smallest = minima[index]
        for position in range(len(elements)):
            # Written so that LLVM sees 32-bit lanes: numba widens uint32 products, and its min() is five times slower.
            value = np.uint32(np.uint32(multiplier * elements[position]) + increment)
            if value < smallest:
                smallest = value
        minima[index] = smallest


@njit(cache=True, nogil=True)
def sketch_documents(
    data: U8, offsets: I64, shingle: int, multipliers: U32, increments: U32, counts: I64, keys: U64
) -> None:
    """One pass from text to band keys: tokens, shingle hashes, minima of the permutations, a 64-bit key for each band.

    Args:
        data: uint8 text of all documents.
        offsets: int64[documents + 1] borders of the documents in `data`.
        shingle: tokens per shingle.
        multipliers: uint32[bands * rows], odd.
        increments: uint32[bands * rows].
        counts: int64[documents], filled with the number of shingles, repeats included.
        keys: uint64[bands, documents], filled with the band keys.
    """
    ring = np.zeros(shingle, np.uint64)
    state = np.zeros(3, np.uint64)
    hashes = np.empty(_BLOCK + 1, np.uint64)
    elements = np.empty(_BLOCK, np.uint32)
    recent = np.empty(_RECENT, np.uint64)
    minima = np.empty(len(multipliers), np.uint32)
    rows = len(multipliers) // len(keys)
    for document in range(len(offsets) - 1):
        state[:] = np.uint64(0)
        # "Empty" is a value that belongs to another slot: 1 can only stand in slot 1, and 0 only in slot 0.
        recent[:] = np.uint64(1)
        recent[1] = np.uint64(0)
        minima[:] = np.uint32(0xFFFFFFFF)
        counts[document] = 0
        position = offsets[document]
        stop = offsets[document + 1]
        while position < stop:
            position, filled = next_shingles(data, position, stop, state, ring, hashes)
            counts[document] += filled
            fresh = 0
            for value in hashes[:filled]:
                slot = np.int64(value & np.uint64(_RECENT - 1))
                if recent[slot] != value:
                    recent[slot] = value
                    elements[fresh] = _mix32(np.uint32(value & np.uint64(0xFFFFFFFF)))
                    fresh += 1
            update_minima(elements[:fresh], multipliers, increments, minima)
        for band in range(len(keys)):
            key = np.uint64(0)
            for value in minima[band * rows : (band + 1) * rows]:
                key = _mix64(key * _BASE + np.uint64(value))
            keys[band, document] = key


@njit(cache=True, nogil=True)
def jaccard(first: U64, second: U64, threshold: float) -> float:
    """|A and B| / |A or B| of two sorted arrays without repeats, or 0 as soon as it cannot reach `threshold`.

    The quotient is one correctly rounded division, so 7/10 equals the literal 0.7.
    """
    total = len(first) + len(second)
    # J >= t needs |A and B| >= t / (1 + t) * (|A| + |B|); the small slack leaves the last word to the division.
    needed = np.int64(threshold / (1.0 + threshold) * total - 1e-6)
    spare_first = len(first) - needed
    spare_second = len(second) - needed
    i = 0
    j = 0
    common = 0
    while i < len(first) and j < len(second):
        if first[i] == second[j]:
            common += 1
            i += 1
            j += 1
        elif first[i] < second[j]:
            i += 1
            if i - common > spare_first:
                return 0.0
        else:
            j += 1
            if j - common > spare_second:
                return 0.0
    if total == common:
        return 0.0  # both empty: nothing in common to speak of
    return common / (total - common)


@njit(cache=True, nogil=True)
def _enter(document: int, joined: U32, bucket_offsets: I64, members: U32, entered: I64, most: int) -> int:
    """Lists a new leader in its buckets; returns how many of them were full."""
    refused = 0
    for bucket in joined:
        if entered[bucket] == most:
            refused += 1
        else:
            members[bucket_offsets[bucket] + entered[bucket]] = document
            entered[bucket] += 1
    return refused


@njit(cache=True, nogil=True)
def elect_leaders(
    members: U32,
    bucket_offsets: I64,
    joins: U32,
    join_offsets: I64,
    hashes: U64,
    spans: I64,
    fixed: int,
    threshold: float,
    most: int,
) -> tuple[I64, F64, int]:
    """Takes documents in order; each joins the most similar leader it shares a bucket with, or becomes a leader itself.

    Args:
        members: uint32 documents of every bucket, ascending within a bucket. Overwritten: the front of each bucket
            becomes the list of its leaders (a leader's place is never ahead of the document being decided).
        bucket_offsets: int64[buckets + 1] borders in `members`.
        joins: uint32 buckets of each document.
        join_offsets: int64[documents + 1] borders in `joins`.
        hashes: uint64 shingle sets, sorted.
        spans: int64[documents, 2] begin and end of each document's set in `hashes`.
        fixed: so many documents, the first ones, are leaders whatever they are like.
        threshold: least similarity to a leader.
        most: leaders that one bucket holds; a later one is not entered, which bounds the work.

    Returns:
        leader int64[documents] (itself for a leader), similarity float64[documents] to it, and the
        number of times a leader was not entered in a full bucket.
    """
    documents = len(spans)
    leader = np.arange(documents)
    similarity = np.ones(documents, np.float64)
    entered = np.zeros(len(bucket_offsets) - 1, np.int64)
    seen = np.full(documents, -1, np.int64)
    refused = 0
    for document in range(documents):
        own = hashes[spans[document, 0] : spans[document, 1]]
        best = -1
        best_similarity = 0.0
        joined = joins[join_offsets[document] : join_offsets[document + 1]]
        for bucket in joined:
            if document < fixed:
                break
            begin = bucket_offsets[bucket]
            for other in members[begin : begin + entered[bucket]]:
                if seen[other] == document:
                    continue
                seen[other] = document
                value = jaccard(own, hashes[spans[other, 0] : spans[other, 1]], threshold)
                if value < threshold or value < best_similarity:
                    continue
                if value > best_similarity or other < best:
                    best = other
                    best_similarity = value
        if best >= 0:
            leader[document] = best
            similarity[document] = best_similarity
            continue
        refused += _enter(document, joined, bucket_offsets, members, entered, most)
    return leader, similarity, refused

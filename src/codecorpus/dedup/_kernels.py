"""The loops of near-duplicate search behind the sketches: sets without repeats, similarity, and the election of leaders.

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


@njit(cache=True, nogil=True, inline="always")
def _mix64(value: np.uint64) -> np.uint64:
    """The finaliser of MurmurHash3 (64 bits): a bijection that spreads every bit."""
    value ^= value >> np.uint64(33)
    value *= np.uint64(0xFF51AFD7ED558CCD)
    value ^= value >> np.uint64(33)
    value *= np.uint64(0xC4CEB9FE1A85EC53)
    value ^= value >> np.uint64(33)
    return value


@njit(cache=True, nogil=True)
def _power(exponent: int) -> np.uint64:
    """`_BASE ** exponent`, modulo 2**64."""
    result = np.uint64(1)
    for _ in range(exponent):
        result *= _BASE
    return result


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

"""The loops of near-duplicate search behind the sketches: sets without repeats, similarity, and the election of leaders.

Plain arrays in, plain arrays out; numpy and numba only. Every kernel has an obvious twin in `tests/naive_dedup.py`.
Arithmetic on uint32 and uint64 wraps on purpose.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from numba import njit

from codecorpus.dedup._kernels_inner import folded

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
def _grown(values: F64) -> F64:
    """The same values with room for as many again."""
    larger = np.empty(2 * len(values), values.dtype)
    for index in range(len(values)):
        larger[index] = values[index]
    return larger


@njit(cache=True, nogil=True)
def compare_candidates(
    members: U32,
    bucket_offsets: I64,
    joins: U32,
    join_offsets: I64,
    hashes: U64,
    spans: I64,
    fixed: int,
    groups: I64,
    led: I64,
    limits: tuple[float, float],
    most: tuple[int, int],
) -> tuple[F64, int]:
    """Verifies the pairs of documents that share a bucket and that an election can need: every document with every leader before it.

    Documents are taken in order. One that is like no leader becomes a leader; others are followers, of whom each bucket offers a
    few, for elections at other thresholds. One with the same code as a leader is compared with nobody, and offered to nobody.

    Args:
        members: uint32 documents of every bucket, ascending within a bucket. Overwritten: the front of each bucket
            becomes the list of those it offers (a document's place is never ahead of the one being decided).
        bucket_offsets: int64[buckets + 1] borders in `members`.
        joins: uint32 buckets of each document.
        join_offsets: int64[documents + 1] borders in `joins`.
        hashes: uint64 shingle sets, sorted.
        spans: int64[documents, 2] begin and end of each document's set in `hashes`.
        fixed: so many documents, the first ones, are leaders whatever they are like.
        groups: int64[documents], documents with the same number have the same code; -1: it has no like.
        led: int64[groups], from which document on somebody of the group leads, who may share no bucket. Overwritten.
        limits: least similarity to a leader, and least similarity that is noted; the second is not above the first.
        most: leaders and followers that one bucket offers; a later one is not entered, which bounds the work.

    Returns:
        float64[3, pairs]: document, earlier document, similarity; by document. And how often a leader was not entered in a full bucket.
    """
    threshold, floor = limits
    documents = len(spans)
    is_leader = np.zeros(documents, np.uint8)
    entered = np.zeros(len(bucket_offsets) - 1, np.int64)
    followers = np.zeros(len(bucket_offsets) - 1, np.int64)
    seen = np.zeros(documents, np.int64)  # one more than the last document that was compared with it
    found = np.empty(3 * 64, np.float64)
    end = 0
    refused = 0
    for document in range(documents):
        group = groups[document]
        if document >= fixed and group >= 0 and led[group] <= document:
            continue
        own = hashes[spans[document, 0] : spans[document, 1]]
        leads = True
        joined = joins[join_offsets[document] : join_offsets[document + 1]]
        for bucket in joined:
            if document < fixed:
                break
            begin = bucket_offsets[bucket]
            for other in members[begin : begin + entered[bucket]]:
                if seen[other] > document:
                    continue
                seen[other] = document + 1
                value = jaccard(own, hashes[spans[other, 0] : spans[other, 1]], floor)
                if value < floor:
                    continue
                leads = leads and not (is_leader[other] != 0 and value >= threshold)
                if end + 3 > len(found):
                    found = _grown(found)
                found[end] = document
                found[end + 1] = other
                found[end + 2] = value
                end += 3
        is_leader[document] = np.uint8(leads)
        if leads and group >= 0:
            led[group] = min(led[group], document)
        for bucket in joined:
            if leads:
                full = entered[bucket] - followers[bucket] >= most[0]
                refused += full
            else:
                full = followers[bucket] >= most[1]
            if not full:
                members[bucket_offsets[bucket] + entered[bucket]] = document
                entered[bucket] += 1
                followers[bucket] += not leads
    pairs = np.empty((3, end // 3), np.float64)
    for index in range(end):
        pairs[index % 3, index // 3] = found[index]
    return pairs, refused


@folded
def _most_similar(others: I64, values: F64, threshold: float, stays: U8) -> int:
    """Index of the most similar of those that stay, the first of several; -1 where none reaches the threshold."""
    best = -1
    for index in range(len(others)):
        if values[index] < threshold or not stays[others[index]]:
            continue
        if (
            best < 0
            or values[index] > values[best]
            or (values[index] == values[best] and others[index] < others[best])
        ):
            best = index
    return best


@njit(cache=True, nogil=True)
def elect_leaders(
    fixed: int,
    groups: I64,
    near: tuple[I64, I64, F64],
    structural: tuple[I64, I64, F64],
    thresholds: tuple[float, float],
    drops_structural: bool,
) -> tuple[I64, F64, U8]:
    """Takes documents in order and gives each to the leader that it is a duplicate of, or makes it a leader.

    Args:
        fixed: so many documents, the first ones, are leaders whatever they are like.
        groups: int64[documents], below their number; those with the same one have the same code. -1: it has no like.
        near: int64[documents + 1] borders, the earlier documents that each one was compared with, and the similarities.
        structural: the same for structural similarity.
        thresholds: least near and structural similarity.
        drops_structural: whether a structural duplicate goes; else it stays, and only is no structural leader.

    Returns:
        leader int64[documents] (itself for a leader), float64[documents] similarity to it, and uint8[documents]: 0 for a leader, 1 the same
        code, 2 near, 3 structural.
    """
    documents = len(groups)
    # Made with zeros() alone, which is compiled for 0.05 s; full(), ones() and arange() each take several times that.
    leader = np.zeros(documents, np.int64)
    similarity = np.zeros(documents, np.float64)
    level = np.zeros(documents, np.uint8)
    stays = np.zeros(documents, np.uint8)
    is_original = np.zeros(documents, np.uint8)  # stays, and is no structural duplicate
    group_leader = np.zeros(documents, np.int64)
    for document in range(documents):
        group_leader[document] = -1
    for document in range(documents):
        leader[document] = document
        similarity[document] = 1.0
        if document >= fixed:
            group = groups[document]
            if group >= 0 and group_leader[group] >= 0:
                leader[document] = group_leader[group]
                level[document] = 1
                continue
            for kind in range(2):
                borders, others, values = near if kind == 0 else structural
                begin, end = borders[document], borders[document + 1]
                best = _most_similar(
                    others[begin:end],
                    values[begin:end],
                    thresholds[kind],
                    stays if kind == 0 else is_original,
                )
                if best >= 0:
                    leader[document] = others[begin + best]
                    similarity[document] = values[begin + best]
                    level[document] = 2 + kind
                    break
        stays[document] = np.uint8(level[document] == 0 or (level[document] == 3 and not drops_structural))
        is_original[document] = np.uint8(level[document] == 0)
        if stays[document] and groups[document] >= 0 and group_leader[groups[document]] < 0:
            group_leader[groups[document]] = document
    return leader, similarity, level

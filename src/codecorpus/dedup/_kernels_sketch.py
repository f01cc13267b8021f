"""The loops from text to MinHash signatures: bytes to tokens, tokens to shingle hashes, hashes to minima and band keys.

Plain arrays in, plain arrays out; numpy and numba only. Every kernel has an obvious twin in `tests/naive_dedup.py`.
Arithmetic on uint8, uint32 and uint64 wraps on purpose.

Text is read in stretches of `_STRETCH` bytes, and each step is a loop of its own over the stretch: what a byte is and whether a
token begins or ends there (both in SIMD, 0.6 ns a byte), where they do (0.9 with the stores), the hashes. One loop that did it all
byte by byte took twice as long, and no branch predictor can guess where tokens of code end.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from numba import njit

from codecorpus.dedup._kernels_inner import inner

U8 = npt.NDArray[np.uint8]
U32 = npt.NDArray[np.uint32]
U64 = npt.NDArray[np.uint64]
I32 = npt.NDArray[np.int32]
I64 = npt.NDArray[np.int64]

# Bits of a byte's kind: part of an identifier or number; not white space.
_WORD, _INK = np.uint8(1), np.uint8(2)
# Bits of a byte's mark: a token begins here; a token ended just before.
_BEGINS, _ENDED = np.uint8(1), np.uint8(2)
_STRETCH = 1024

_BASIS = np.uint64(0xCBF29CE484222325)  # begins with no byte of a word, so that no token hashes to 0
_PRIME = np.uint64(0xFF51AFD7ED558CCD)
# Base of the rolling polynomial. 3 mod 8, so that base**i - base**j keeps few factors of two and a swap of two tokens
# of a shingle changes its hash except with probability about 2**-60.
_BASE = np.uint64(0x9E3779B97F4A7C1B)
# What stays of the first and of the second eight bytes of a token, by its length.
_FIRST = np.array([(1 << 8 * min(length, 8)) - 1 for length in range(17)], np.uint64)
_SECOND = np.array([(1 << 8 * max(length - 8, 0)) - 1 for length in range(17)], np.uint64)

# Slots of the filter that skips shingles seen a moment ago: a repeated shingle cannot change a minimum. 1,024 slots let 11 % more
# through than there are distinct ones; 16,384 let 2 % through, and fall out of the first-level cache.
_RECENT = 1024
# 2**61 - 1, of the permutations of datasketch 1.
_MERSENNE = np.uint64(0x1FFFFFFFFFFFFFFF)


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


@njit(cache=True, nogil=True, inline="always")
def _kind(byte: np.uint8) -> np.uint8:
    """The kind of a byte; computed and not looked up, which LLVM can vectorise.

    UTF-8 outside ASCII counts as letters: it is that far more often than punctuation.
    """
    is_word = (
        (np.uint8((byte | np.uint8(32)) - np.uint8(97)) < np.uint8(26))
        | (np.uint8(byte - np.uint8(48)) < np.uint8(10))
        | (byte == np.uint8(95))
        | (byte >= np.uint8(128))
    )
    is_space = (byte == np.uint8(32)) | (np.uint8(byte - np.uint8(9)) < np.uint8(5))
    return np.uint8(is_word) | (np.uint8(not is_space) << np.uint8(1))


@inner
def _mark(data: U8, position: int, count: int, kinds: U8, marks: U8) -> None:
    """Kinds and marks of `count` bytes from `position`, as if no token were open there; `kinds[i + 1]` is that of byte `i`."""
    kinds[0] = 0
    for i in range(count):
        kinds[i + 1] = _kind(data[np.uint64(position + i)])
    for i in range(count):
        kind = kinds[i + 1]
        before = kinds[i]
        goes_on = kind & before & _WORD
        marks[i] = ((kind >> np.uint8(1)) ^ goes_on) | (((before >> np.uint8(1)) ^ goes_on) << np.uint8(1))


@inner
def _next_tokens(data: U8, position: int, stop: int, marks: U8, spans: I32) -> tuple[int, int]:
    """Borders of the tokens of the next stretch, relative to `position`, which stands between two tokens.

    Args:
        data: uint8 text of all documents.
        position: where to go on reading.
        stop: end of the document.
        marks: uint8[2, `_STRETCH` + 1], overwritten.
        spans: int32[2, `_STRETCH` + 1], filled: where tokens begin, and where they end.

    Returns:
        The position reached, before a token or at the document's end; and how many tokens stand in `spans`.
    """
    count = min(stop - position, _STRETCH)
    _mark(data, position, count, marks[0], marks[1])
    begun = np.uint64(0)
    ended = np.uint64(0)
    for i in range(np.uint64(count)):
        # Stored for every byte and kept where a mark says so: without a branch.
        mark = marks[1, i]
        spans[0, begun] = np.int32(i)
        spans[1, ended] = np.int32(i)
        begun += np.uint64(mark & _BEGINS)
        ended += np.uint64(mark >> np.uint8(1))
    reached = position + count
    if ended < begun:
        if marks[0, count] & _WORD:
            while reached < stop and _kind(data[reached]) & _WORD:
                reached += 1
        spans[1, ended] = np.int32(reached - position)
    while reached < stop and _kind(data[reached]) == 0:
        reached += 1  # so that the end is reached with the last token
    return reached, int(np.int64(begun))


@njit(cache=True, nogil=True, inline="always")
def _eight(data: U8, at: np.uint64) -> np.uint64:
    """Eight bytes of `data`, the first one lowest; LLVM makes one load of it."""
    one = np.uint64(1)
    value = np.uint64(data[at]) | np.uint64(data[at + one]) << np.uint64(8)
    at += np.uint64(2)
    value |= np.uint64(data[at]) << np.uint64(16) | np.uint64(data[at + one]) << np.uint64(24)
    at += np.uint64(2)
    value |= np.uint64(data[at]) << np.uint64(32) | np.uint64(data[at + one]) << np.uint64(40)
    at += np.uint64(2)
    value |= np.uint64(data[at]) << np.uint64(48) | np.uint64(data[at + one]) << np.uint64(56)
    return value


@njit(cache=True, nogil=True, inline="always")
def _stir(value: np.uint64, word: np.uint64) -> np.uint64:
    """A token's hash with eight more bytes in it: one to one in either argument."""
    value = (value ^ word) * _PRIME
    value ^= value >> np.uint64(32)
    return value


@inner
def _hash_rest(data: U8, begin: int, end: int, done: int, value: np.uint64) -> np.uint64:
    """Goes on with the hash of a token from its byte `done` on, at least to the sixteenth; zeros stand behind its end."""
    start = begin + done
    while start < end or start < begin + 16:
        word = np.uint64(0)
        for at in range(start, min(start + 8, end)):
            word |= np.uint64(data[at]) << np.uint64(8 * (at - start))
        value = _stir(value, word)
        start += 8
    return value


@inner
def _start_document(state: U64, tokens: U64) -> None:
    """No token read yet; see `_next_shingles`."""
    power = np.uint64(1)
    for i in range(len(tokens) - _STRETCH):
        tokens[i] = np.uint64(0)
        power *= _BASE
    state[0] = np.uint64(0)
    state[1] = np.uint64(0)
    state[2] = power


@inner
def _next_shingles(
    data: U8, position: int, read: int, is_last: bool, state: U64, tokens: U64, spans: I32, out: U64
) -> int:
    """Hashes of the shingles that end in a stretch.

    Args:
        data: uint8 text of all documents.
        position: where the stretch begins.
        read: number of its tokens.
        is_last: whether the document ends with it.
        state: uint64[3], from `_start_document`: rolling hash, tokens read, `_BASE ** shingle`.
        tokens: uint64[shingle + `_STRETCH`]; the front holds the hashes of the last tokens between the calls.
        spans: borders of the tokens, from `_next_tokens`.
        out: uint64, filled with shingle hashes, repeats included; room for one more than there are tokens.

    Returns:
        How many hashes stand in `out`. A document with fewer tokens than a shingle has one shingle, of all its tokens; a
        document without tokens has none.
    """
    length = len(tokens) - _STRETCH
    rolling = state[0]
    seen = np.int64(state[1])
    outgoing = state[2]
    filled = np.uint64(0)
    last_load = len(data) - 16
    for i in range(read):
        begin = position + int(spans[0, i])
        size = int(spans[1, i]) - int(spans[0, i])
        token = _BASIS
        done = 0
        if begin <= last_load:
            front = np.uint64(min(size, 16))
            token = _stir(token, _eight(data, np.uint64(begin)) & _FIRST[front])
            token = _stir(token, _eight(data, np.uint64(begin + 8)) & _SECOND[front])
            done = 16
        if size > done:  # one token in a hundred
            token = _hash_rest(data, begin, begin + size, done, token)
        rolling = rolling * _BASE + token - tokens[np.uint64(i)] * outgoing
        tokens[np.uint64(i + length)] = token
        out[filled] = _mix64(rolling)
        filled += np.uint64(seen + i + 1 >= length)
    for i in range(length):
        tokens[i] = tokens[i + read]
    seen += read
    if is_last and 0 < seen < length:
        out[0] = _mix64(rolling)
        filled = np.uint64(1)
    state[0] = rolling
    state[1] = np.uint64(seen)
    return int(np.int64(filled))


@njit(cache=True, nogil=True)
def count_tokens(data: U8, begins: I64, ends: I64, counts: I64) -> None:
    """Writes into int64 `counts` the number of tokens of each document: never less than its number of shingles.

    Args:
        data: uint8 text of all documents.
        begins: int64[documents], first byte of each document in `data`.
        ends: int64[documents], the byte after its last.
        counts: int64[documents], filled.
    """
    kinds = np.empty(_STRETCH + 1, np.uint8)
    marks = np.empty(_STRETCH, np.uint8)
    for document in range(len(begins)):
        counts[document] = 0
        for position in range(begins[document], ends[document], _STRETCH - 1):
            # Stretches overlap by a byte, which tells whether a word goes on; its own mark is not counted again.
            count = min(_STRETCH, ends[document] - position)
            _mark(data, position, count, kinds, marks)
            if position > begins[document]:
                marks[0] = 0
            for i in range(count):
                counts[document] += np.int64(marks[i] & _BEGINS)


@njit(cache=True, nogil=True)
def hash_shingles(
    data: U8, begins: I64, ends: I64, shingle: int, starts: I64, lengths: I64, flat: U64
) -> None:
    """Writes every shingle hash of each document, repeats included, into `flat[starts[document]:]`.

    `starts` are borders, int64[documents + 1], with room for as many hashes as the document has tokens, and `flat` has
    one slot more; `lengths[document]` becomes the number written. The other arguments are those of `count_tokens`.
    """
    state = np.empty(3, np.uint64)
    tokens = np.empty(_STRETCH + shingle, np.uint64)
    marks = np.empty((2, _STRETCH + 1), np.uint8)
    spans = np.empty((2, _STRETCH + 1), np.int32)
    for document in range(len(begins)):
        _start_document(state, tokens)
        start = starts[document]
        position = begins[document]
        while position < ends[document]:
            reached, read = _next_tokens(data, position, ends[document], marks, spans)
            is_last = reached == ends[document]
            start += _next_shingles(data, position, read, is_last, state, tokens, spans, flat[start:])
            position = reached
        lengths[document] = start - starts[document]


@njit(cache=True, nogil=True, inline="always")
def _lower(smallest: np.uint32, a: np.uint32, b: np.uint32, x: np.uint32) -> np.uint32:
    """The smaller of `smallest` and `a * x + b`; so that LLVM sees 32-bit lanes: numba widens uint32 products, and its min() is slow."""
    value = np.uint32(np.uint32(a * x) + b)
    return value if value < smallest else smallest


@njit(cache=True, nogil=True)
def update_minima(elements: U32, multipliers: U32, increments: U32, minima: U32) -> None:
    """Lowers each permutation's minimum by premixed uint32 elements: min over (a * x + b) mod 2**32.

    Eight elements at a time, which stay in registers, and permutations inside: one load and one store of a minimum for eight
    elements, and nothing to reduce across lanes. The arithmetic alone: 24 instructions for 16 permutations and 8 elements.
    """
    last = len(elements) - 1
    for first in range(0, len(elements), 8):
        # The last element stands in for those that are missing: a repeat changes no minimum.
        x0 = elements[first]
        x1 = elements[min(first + 1, last)]
        x2 = elements[min(first + 2, last)]
        x3 = elements[min(first + 3, last)]
        x4 = elements[min(first + 4, last)]
        x5 = elements[min(first + 5, last)]
        x6 = elements[min(first + 6, last)]
        x7 = elements[min(first + 7, last)]
        for index in range(len(minima)):
            a = multipliers[index]
            b = increments[index]
            smallest = _lower(minima[index], a, b, x0)
            smallest = _lower(smallest, a, b, x1)
            smallest = _lower(smallest, a, b, x2)
            smallest = _lower(smallest, a, b, x3)
            smallest = _lower(smallest, a, b, x4)
            smallest = _lower(smallest, a, b, x5)
            smallest = _lower(smallest, a, b, x6)
            minima[index] = _lower(smallest, a, b, x7)


@njit(cache=True, nogil=True)
def sign_documents(
    data: U8,
    begins: I64,
    ends: I64,
    shingle: int,
    multipliers: U32,
    increments: U32,
    counts: I64,
    signatures: U32,
) -> None:
    """One pass from text to signatures: tokens, shingle hashes, minima of the affine permutations.

    Args:
        data: uint8 text of all documents.
        begins: int64[documents], first byte of each document in `data`.
        ends: int64[documents], the byte after its last.
        shingle: tokens per shingle.
        multipliers: uint32[permutations], odd.
        increments: uint32[permutations].
        counts: int64[documents], filled with the number of shingles, repeats included.
        signatures: uint32[documents, permutations], filled; all ones for a document without tokens.
    """
    state = np.empty(3, np.uint64)
    tokens = np.empty(_STRETCH + shingle, np.uint64)
    marks = np.empty((2, _STRETCH + 1), np.uint8)
    spans = np.empty((2, _STRETCH + 1), np.int32)
    hashes = np.empty(_STRETCH + 1, np.uint64)
    elements = np.empty(_STRETCH, np.uint32)
    recent = np.empty(_RECENT, np.uint64)
    for document in range(len(begins)):
        _start_document(state, tokens)
        # "Empty" is a value that belongs to another slot: 1 can only stand in slot 1, and 0 only in slot 0.
        for i in range(_RECENT):
            recent[i] = np.uint64(i == 0)
        minima = signatures[document]
        for i in range(len(minima)):
            minima[i] = np.uint32(0xFFFFFFFF)
        total = 0
        position = begins[document]
        while position < ends[document]:
            reached, read = _next_tokens(data, position, ends[document], marks, spans)
            is_last = reached == ends[document]
            filled = _next_shingles(data, position, read, is_last, state, tokens, spans, hashes)
            position = reached
            fresh = np.uint64(0)
            for i in range(filled):
                value = hashes[i]
                slot = value & np.uint64(_RECENT - 1)
                elements[fresh] = _mix32(np.uint32(value & np.uint64(0xFFFFFFFF)))
                fresh += np.uint64(recent[slot] != value)
                recent[slot] = value
            update_minima(elements[:fresh], multipliers, increments, minima)
            total += filled
        counts[document] = total


@njit(cache=True, nogil=True)
def sign_legacy(
    flat: U64, starts: I64, lengths: I64, multipliers: U64, increments: U64, signatures: U32
) -> None:
    """Signatures by the permutations of datasketch 1: min over ((a * x + b) mod 2**64 mod (2**61 - 1)) mod 2**32.

    Args:
        flat: uint64 shingle hashes, of which the low half counts; those of a document are `flat[starts[document]:][:lengths[document]]`.
        starts: int64, see `flat`.
        lengths: int64[documents].
        multipliers: uint64[permutations].
        increments: uint64[permutations].
        signatures: uint32[documents, permutations], filled; all ones for a document without hashes.
    """
    for document in range(len(lengths)):
        minima = signatures[document]
        for i in range(len(minima)):
            minima[i] = np.uint32(0xFFFFFFFF)
        for place in range(starts[document], starts[document] + lengths[document]):
            element = flat[place] & np.uint64(0xFFFFFFFF)
            for i in range(len(minima)):
                value = multipliers[i] * element + increments[i]
                value = (value & _MERSENNE) + (value >> np.uint64(61))
                # Both 0 and the modulus itself mean 0.
                value -= _MERSENNE * np.uint64(value >= _MERSENNE)
                low = np.uint32(value & np.uint64(0xFFFFFFFF))
                if low < minima[i]:
                    minima[i] = low


@njit(cache=True, nogil=True)
def band_keys(signatures: U32, keys: U64) -> None:
    """Fills uint64 `keys[band, document]`: one hash over the band's stretch of the document's signature."""
    rows = signatures.shape[1] // len(keys)
    for document in range(len(signatures)):
        for band in range(len(keys)):
            key = np.uint64(0)
            for value in signatures[document, band * rows : (band + 1) * rows]:
                key = _mix64(key * _BASE + np.uint64(value))
            keys[band, document] = key

"""The loops over the structure of code: tokens → shingles in which every name, number and literal is alike, and their minima.

Plain arrays in, plain arrays out; numpy and numba only. The obvious twin is `tests/naive_lexer.py`. Tokens are those of
`_kernels_lexer.lex_documents`. Arithmetic on uint32 and uint64 wraps on purpose.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from numba import njit

from codecorpus.dedup._kernels_inner import folded

U8 = npt.NDArray[np.uint8]
I32 = npt.NDArray[np.int32]
U32 = npt.NDArray[np.uint32]
U64 = npt.NDArray[np.uint64]
I64 = npt.NDArray[np.int64]


# Kinds of tokens, as in `_kernels_lexer.py`; kept here too, so that this file is compiled without that one.
_WORD, _NUMBER, _LITERAL, _COMMENT = 1, 2, 3, 6
_IS_STRUCTURAL = 8
# Slots of the filter that skips shingles seen a moment ago: a repeated shingle cannot change a minimum.
_RECENT = 1024
_BLOCK = 256
_SOME_WORD, _SOME_NUMBER, _SOME_LITERAL = np.uint64(1), np.uint64(2), np.uint64(3)
_FNV_BASIS = np.uint64(0xCBF29CE484222325)
_FNV_PRIME = np.uint64(0x00000100000001B3)
# Base of the rolling polynomial, as in `_kernels.py`.
_BASE = np.uint64(0x9E3779B97F4A7C1B)


@njit(cache=True, nogil=True, inline="always")
def _mix64(value: np.uint64) -> np.uint64:
    """The finaliser of MurmurHash3 (64 bits), as in `_kernels.py`; kept here too, since numba's cache does not look there."""
    value ^= value >> np.uint64(33)
    value *= np.uint64(0xFF51AFD7ED558CCD)
    value ^= value >> np.uint64(33)
    value *= np.uint64(0xC4CEB9FE1A85EC53)
    value ^= value >> np.uint64(33)
    return value


@njit(cache=True, nogil=True, inline="always")
def _mix32(value: np.uint32) -> np.uint32:
    """The finaliser of MurmurHash3 (32 bits)."""
    value = np.uint32(value ^ (value >> np.uint32(16)))
    value = np.uint32(value * np.uint32(0x85EBCA6B))
    value = np.uint32(value ^ (value >> np.uint32(13)))
    value = np.uint32(value * np.uint32(0xC2B2AE35))
    return np.uint32(value ^ (value >> np.uint32(16)))


@folded
def _is_keyword(key: np.uint64, language: int, words: U64) -> bool:
    """Whether the table of words has a word's hash as a keyword of the language."""
    last = words.shape[1] - 1
    slot = np.int64(key & np.uint64(last))
    while words[0, slot] != np.uint64(0):
        if words[0, slot] == key:
            return bool((words[1, slot] >> np.uint64(language)) & np.uint64(1))
        slot = (slot + 1) & last
    return False


@folded
def _literal_share(tokens: I32, begin: int, end: int) -> float:
    """Share of numbers and literals among the tokens that are no comments."""
    literals = 0
    others = 0
    for index in range(begin, end):
        kind = tokens[0, index]
        literals += (kind == _NUMBER) | (kind == _LITERAL)
        others += (kind != _NUMBER) & (kind != _LITERAL) & (kind != _COMMENT)
    return literals / max(1, literals + others)


@folded
def _write_symbols(
    data: U8, tokens: I32, span: tuple[int, int, int], tables: Any, exact: bool, out: U64
) -> int:
    """Writes what each token counts as: names that are no keywords are alike; so are numbers and literals, unless `exact`.

    Args:
        data: uint8 text of the documents.
        tokens: int32[3, n] kinds, begins and ends.
        span: the document's tokens, and the row of its language.
        tables: `lexers.Tables`.
        exact: numbers and literals keep their values.
        out: uint64, filled with mixed symbols.

    Returns:
        Their number.
    """
    language = span[2]
    fold = tables.folds[language]
    filled = 0
    for index in range(span[0], span[1]):
        kind = tokens[0, index]
        if kind == _COMMENT:
            continue
        symbol = _FNV_BASIS
        is_value = (kind == _NUMBER) | (kind == _LITERAL)
        if is_value and not exact:
            symbol = _SOME_NUMBER if kind == _NUMBER else _SOME_LITERAL
        else:
            for position in range(tokens[1, index], tokens[2, index]):
                symbol = (symbol ^ np.uint64(fold[data[position]])) * _FNV_PRIME
            if kind == _WORD and not _is_keyword(symbol, language, tables.words):
                symbol = _SOME_WORD
        out[filled] = _mix64(symbol)
        filled += 1
    return filled


@folded
def _roll(symbols: U64, count: int, shingle: int, ring: U64) -> int:
    """Turns symbols into the hashes of their shingles, in place; returns their number, 0 if there are fewer than a shingle has."""
    outgoing = np.uint64(1)
    for _ in range(shingle):
        outgoing *= _BASE
    for slot in range(shingle):
        ring[slot] = np.uint64(0)
    slot = 0
    value = np.uint64(0)
    for index in range(count):
        value = value * _BASE + symbols[index] - ring[slot] * outgoing
        ring[slot] = symbols[index]
        slot = slot + 1 if slot + 1 < shingle else 0
        if index + 1 >= shingle:
            symbols[index + 1 - shingle] = _mix64(value)
    return max(0, count + 1 - shingle)


@njit(cache=True, nogil=True)
def hash_structure(
    data: U8,
    tokens: I32,
    borders: I64,
    languages: I64,
    tables: Any,
    shingle: int,
    most_literals: float,
    flat: U64,
) -> I64:
    """Writes every shingle of structure of each document, repeats included, into `flat`.

    Args:
        data: uint8 text of the documents.
        tokens: int32[3, n] kinds, begins and ends.
        borders: int64[documents + 1] borders of the documents in `tokens`.
        languages: int64[documents] rows of `tables`; some of them have no structural level.
        tables: `lexers.Tables`.
        shingle: tokens per shingle.
        most_literals: a document of whose tokens a larger share are numbers or literals keeps their values.
        flat: uint64[n].

    Returns:
        int64[documents + 1], the borders in `flat`.
    """
    starts = np.zeros(len(borders), np.int64)
    ring = np.empty(shingle, np.uint64)
    for document in range(len(borders) - 1):
        begin, end = borders[document], borders[document + 1]
        language = languages[document]
        count = 0
        if tables.modes[language] & _IS_STRUCTURAL:
            exact = _literal_share(tokens, begin, end) > most_literals
            out = flat[starts[document] :]
            count = _write_symbols(data, tokens, (begin, end, language), tables, exact, out)
            count = _roll(out, count, shingle, ring)
        starts[document + 1] = starts[document] + count
    return starts


@folded
def _lower_minima(elements: U32, count: int, permutations: U32, minima: U32) -> None:
    """Lowers each permutation's minimum by some elements: min over (a * x + b) mod 2**32."""
    for index in range(len(minima)):
        multiplier = permutations[0, index]
        increment = permutations[1, index]
        smallest = minima[index]
        for position in range(count):
            # Written so that LLVM sees 32-bit lanes: numba widens uint32 products, and its min() is five times slower.
            value = np.uint32(np.uint32(multiplier * elements[position]) + increment)
            if value < smallest:
                smallest = value
        minima[index] = smallest


@folded
def _fresh(hashes: U64, recent: U64, elements: U32) -> int:
    """Writes those hashes that were not seen a moment ago into `elements`, premixed; returns their number."""
    fresh = 0
    for value in hashes:
        slot = np.int64(value & np.uint64(_RECENT - 1))
        if recent[slot] != value:
            recent[slot] = value
            elements[fresh] = _mix32(np.uint32(value & np.uint64(0xFFFFFFFF)))
            fresh += 1
    return fresh


@folded
def _band_keys(minima: U32, keys: U64, document: int) -> None:
    """A 64-bit key for each band, into `keys[:, document]`."""
    rows = len(minima) // len(keys)
    for band in range(len(keys)):
        key = np.uint64(0)
        for row in range(band * rows, (band + 1) * rows):
            key = _mix64(key * _BASE + np.uint64(minima[row]))
        keys[band, document] = key


@njit(cache=True, nogil=True)
def sketch_shingles(flat: U64, starts: I64, permutations: U32, keys: U64, counts: I64) -> None:
    """Shingles → band keys.

    Args:
        flat: uint64 shingle hashes of all documents.
        starts: int64[documents + 1] borders in `flat`.
        permutations: uint32[2, bands * rows], multipliers (odd) and increments.
        keys: uint64[bands, documents], filled with the band keys.
        counts: int64[documents], filled with the number of shingles that are no repeats of one seen a moment ago.
    """
    elements = np.empty(_BLOCK, np.uint32)
    recent = np.empty(_RECENT, np.uint64)
    minima = np.empty(permutations.shape[1], np.uint32)
    for document in range(len(starts) - 1):
        # "Empty" is a value that belongs to another slot: 1 can only stand in slot 1, and 0 only in slot 0.
        for slot in range(_RECENT):
            recent[slot] = np.uint64(slot != 1)
        for index in range(len(minima)):
            minima[index] = np.uint32(0xFFFFFFFF)
        counts[document] = 0
        for begin in range(starts[document], starts[document + 1], _BLOCK):
            fresh = _fresh(flat[begin : min(begin + _BLOCK, starts[document + 1])], recent, elements)
            _lower_minima(elements, fresh, permutations, minima)
            counts[document] += fresh
        _band_keys(minima, keys, document)

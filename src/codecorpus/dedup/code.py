"""Documents and their languages in, what they are as code out: headers, keys without layout and comments, structure.

A header is what stands before the first token that is no comment: licence, authors, shebang, `<?php`. A code key is equal for documents
whose tokens are equal once white space and comments are gone. Structural shingles see keywords and operators alone: every name is
alike, and so is every number and every literal. All of it comes from one lexer that reads bytes by the rules of `lexer_rows.py`; nothing is
parsed. Documents are read in groups of some megabytes, so that memory does not grow with the chunk.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from codecorpus.buffers import Bytes, text_chunks
from codecorpus.dedup import _kernels_code, _kernels_headers, _kernels_structure
from codecorpus.dedup._kernels_lexer import lex_documents
from codecorpus.dedup._kernels_scan import STATE
from codecorpus.dedup.lexers import tables
from codecorpus.dedup.sets import Hashes, Ints, ShingleSets, compact, join_sets
from codecorpus.errors import UsageError

# Odd, so that no two occurrences of a shingle are the same member; it has nothing to do with the base of the shingles.
_REPEAT = np.uint64(0xD6E8FEB86659FD93)
# The tokens of a group, 12 bytes each, should stay in a processor's cache.
_GROUP_BYTES = 1 << 19
#: Bands of the structural signature, and permutations in each.
STRUCTURAL_BANDS, STRUCTURAL_ROWS = 12, 5
#: A document whose literals are a larger share of the tokens than this is a table: its literals keep their values.
MOST_LITERALS = 0.25
#: Documents with fewer distinct shingles of structure have no structural level.
LEAST_STRUCTURE = 20
#: Documents of whose shingles of structure a smaller share is distinct have no structural level: lists, getters and setters.
LEAST_DISTINCT = 0.1


@dataclass(frozen=True, slots=True)
class Structure:
    """Sketches of structure.

    Attributes:
        counts: int64[documents], shingles that are no repeats of one seen shortly before; 0 for a document without a structural level.
        keys: uint64[bands, documents], the band keys; meaningless where the count is 0.
    """

    counts: Ints
    keys: Hashes


@dataclass(frozen=True, slots=True)
class CodeSketch:
    """What documents are as code, all from one reading.

    Attributes:
        headers: int64[documents], as `header_ends`.
        keys: `binary(16)`, as `code_keys`.
        counts: int64[documents], tokens of code.
        structure: as `sketch_structure`.
    """

    headers: Ints
    keys: pa.Array
    counts: Ints
    structure: Structure


@dataclass(frozen=True, slots=True)
class _Group:
    """Some documents in a row and their tokens: `_GROUP_BYTES` of text, or one document.

    Attributes:
        data: uint8 text.
        offsets: int64[documents + 1], borders of the documents in `data`.
        rows: int64[documents], languages.
        tokens: int32[3, n] kinds, begins and ends in `data`.
        borders: int64[documents + 1], borders of the documents in `tokens`.
    """

    data: Bytes
    offsets: Ints
    rows: Ints
    tokens: npt.NDArray[np.int32]
    borders: Ints


def _groups(contents: pa.Array | pa.ChunkedArray, languages: pa.Array | pa.ChunkedArray) -> Iterator[_Group]:
    """All documents, lexed group by group. A group's tokens are gone when the next one is asked for."""
    _check_languages(contents, languages)
    rows = _language_rows(languages)
    tokens = np.empty((3, _GROUP_BYTES), np.int32)
    done = 0
    for data, offsets in text_chunks(contents):
        first, last = 0, len(offsets) - 1
        while first < last:
            end = int(np.searchsorted(offsets, offsets[first] + _GROUP_BYTES, "right")) - 1
            end = min(max(end, first + 1), last)
            text = data[offsets[first] : offsets[end]]
            # A document beyond the size of a group gets room of its own, touched only as far as there are tokens.
            room = tokens if len(text) <= _GROUP_BYTES else np.empty((3, len(text)), np.int32)
            inside = offsets[first : end + 1] - offsets[first]
            yield _lex(text, inside, rows[done + first : done + end], room)
            first = end
        done += last


def _lex(data: Bytes, offsets: Ints, rows: Ints, tokens: npt.NDArray[np.int32]) -> _Group:
    borders = np.empty(len(offsets), np.int64)
    lex_documents(data, offsets, rows, tables()[0], tokens, borders)
    return _Group(data, offsets, rows, tokens, borders)


def _check_languages(contents: pa.Array | pa.ChunkedArray, languages: pa.Array | pa.ChunkedArray) -> None:
    if len(languages) != len(contents):
        # A kernel would read beyond the end.
        raise UsageError(
            f"{len(languages):,} languages for {len(contents):,} documents", "Give one for each."
        )


def _language_rows(languages: pa.Array | pa.ChunkedArray) -> Ints:
    """The row of the lexer's tables for each document: 0 where the language is null or unknown to the lexer."""
    _, rows = tables()
    encoded = pc.dictionary_encode(languages.cast(pa.string()), null_encoding="encode")
    chunks = encoded.chunks if isinstance(encoded, pa.ChunkedArray) else [encoded]
    found = [np.empty(0, np.int64)]
    for chunk in chunks:
        numbers = np.array([rows.get(name, 0) for name in chunk.dictionary.to_pylist()], np.int64)
        found.append(numbers[chunk.indices.to_numpy()])
    return np.concatenate(found)


def lex(content: bytes, language: str | None) -> npt.NDArray[np.int32]:
    """The tokens of one document: for whoever wants to look at what the lexer sees.

    Args:
        content: the document.
        language: Linguist's name, or None.

    Returns:
        int32[3, tokens]: kinds (`_kernels_lexer.WORD` and so on), offsets of the first byte and after the last one.

    >>> lex(b"x = 10  # ten", "Python").tolist()
    [[1, 4, 2, 6], [0, 2, 4, 8], [1, 3, 6, 13]]
    """
    data = np.frombuffer(content, np.uint8)
    tokens = np.empty((3, len(data)), np.int32)
    group = _lex(data, np.array([0, len(data)]), _language_rows(pa.array([language], pa.string())), tokens)
    return tokens[:, : group.borders[-1]]


def header_ends(contents: pa.Array | pa.ChunkedArray, languages: pa.Array | pa.ChunkedArray) -> Ints:
    r"""Where the header of each document ends. Reads no further than that.

    Args:
        contents: text or bytes of the documents.
        languages: Linguist's names, or null.

    Returns:
        int64[documents]: offset in the document of its first token that is no comment, if a comment stands before it; 0 otherwise, and for
        a document that is all comments.

    >>> header_ends(pa.array(["# by me\nx = 1", "x = 1  # by me", "# only this"]), pa.array(["Python"] * 3)).tolist()
    [8, 0, 0]
    """
    _check_languages(contents, languages)
    found, rows = tables()[0], _language_rows(languages)
    state = np.empty(STATE, np.int64)
    ends = np.empty(len(contents), np.int64)
    done = 0
    for data, offsets in text_chunks(contents):
        some = slice(done, done + len(offsets) - 1)
        _kernels_headers.find_headers(
            data,
            offsets,
            rows[some],
            found.rules,
            found.firsts,
            found.classes,
            found.modes,
            state,
            ends[some],
        )
        done = some.stop
    return ends


def _headers(group: _Group) -> Ints:
    ends = np.empty(len(group.rows), np.int64)
    _kernels_code.find_headers(group.tokens, group.borders, group.offsets, ends)
    return ends


def code_keys(
    contents: pa.Array | pa.ChunkedArray,
    languages: pa.Array | pa.ChunkedArray,
    *,
    min_shingles: int = 10,
    shingle: int = 5,
) -> tuple[pa.Array, Ints]:
    """A key that two documents share if they are equal but for white space and comments.

    The tokens of the code lexer count, and where they end: `return x` is not `returnx`, and `a + +b` not `a++b`. Inside of literals
    everything counts but the kind of line ends. A document with little code is keyed by all of its tokens, comments included, and
    its key never equals that of a document with more.

    Args:
        contents: text or bytes of the documents.
        languages: Linguist's names, or null.
        min_shingles: fewer shingles of code than this are little code.
        shingle: tokens in a shingle.

    Returns:
        The keys, `binary(16)`, null for a document without any token: the front half of a SHA-256, since equality is decided on it alone
        and dumps are hostile input. And int64[documents], the number of tokens of code.

    >>> keys, counts = code_keys(pa.array(["x = f(1)  # one", "x=f( 1 )"]), pa.array(["Python"] * 2), min_shingles=1)
    >>> keys[0] == keys[1], counts.tolist()
    (True, [6, 6])
    """
    digests: list[bytes | None] = []
    found = [np.empty(0, np.int64)]
    for group in _groups(contents, languages):
        keys, counts = _code_keys(group, min_shingles + shingle - 1)
        digests += keys
        found.append(counts)
    return pa.array(digests, pa.binary(16)), np.concatenate(found)


def _code_keys(group: _Group, least: int) -> tuple[list[bytes | None], Ints]:
    documents = len(group.rows)
    out = np.empty(2 * (len(group.data) + documents) + 16, np.uint8)
    borders = np.empty(documents + 1, np.int64)
    counts = np.empty(documents, np.int64)
    _kernels_code.compact_code(group.data, group.tokens, group.borders, least, out, borders, counts)
    return _digests(out.data, borders.tolist()), counts


def _digests(compacted: memoryview, borders: list[int]) -> list[bytes | None]:
    sha256 = hashlib.sha256
    return [
        sha256(compacted[start:stop]).digest()[:16] if stop - start > 1 else None
        for start, stop in pairwise(borders)
    ]


def structural_sets(
    contents: pa.Array | pa.ChunkedArray, languages: pa.Array | pa.ChunkedArray, *, shingle: int = 12
) -> ShingleSets:
    """The structural shingles of each document; empty in languages without a structural level.

    A shingle counts as often as it stands there: its first occurrence, its second and so on are different members. As plain sets, a
    class of four properties and one of forty are equal, and so are two lists of imports of whatever length: 334 of 2,489
    pairs that were called alike in 530 MB were less than 0.85 alike once repeats counted.

    Args:
        contents: text or bytes of the documents.
        languages: Linguist's names, or null.
        shingle: tokens in a shingle; a document with fewer has none.

    Raises:
        UsageError: there are more or fewer languages than documents.

    >>> sets = structural_sets(pa.array(["x = f(1) + y[2]", "a = b(7) + c[0]"]), pa.array(["Python"] * 2), shingle=11)
    >>> len(sets), bool((sets.hashes[0] == sets.hashes[1]).all())
    (2, True)
    """
    return join_sets(_structural_sets(group, shingle) for group in _groups(contents, languages))


def _structure(group: _Group, shingle: int) -> tuple[Hashes, Ints]:
    """The structural shingles of each document, repeats included, and their borders."""
    flat = np.empty(group.borders[-1], np.uint64)
    starts = _kernels_structure.hash_structure(
        group.data, group.tokens, group.borders, group.rows, tables()[0], shingle, MOST_LITERALS, flat
    )
    return flat, starts


def _structural_sets(group: _Group, shingle: int) -> ShingleSets:
    flat, starts = _structure(group, shingle)
    _number_repeats(flat[: starts[-1]], starts)
    return compact(flat, starts[:-1], np.diff(starts))


def _number_repeats(flat: Hashes, starts: Ints) -> None:
    """Sort the shingles of each document and make every repeat another one, in place: the k-th by k steps.

    >>> flat = np.array([5, 3, 5, 5], np.uint64)
    >>> _number_repeats(flat, np.array([0, 3, 4]))
    >>> flat[[0, 1, 3]].tolist(), bool(flat[2] == flat[1] + _REPEAT)
    ([3, 5, 5], True)
    """
    begins = np.ones(len(flat), np.bool_)
    for start, stop in pairwise(starts.tolist()):
        flat[start:stop].sort()
        begins[start + 1 : stop] = flat[start + 1 : stop] != flat[start : max(start, stop - 1)]
    places = np.arange(len(flat))
    repeats = places - np.maximum.accumulate(np.where(begins, places, 0))
    flat += repeats.astype(np.uint64) * _REPEAT


def sketch_structure(
    contents: pa.Array | pa.ChunkedArray,
    languages: pa.Array | pa.ChunkedArray,
    permutations: tuple[npt.NDArray[np.uint32], npt.NDArray[np.uint32]],
    *,
    bands: int = STRUCTURAL_BANDS,
    shingle: int = 12,
) -> Structure:
    """Band keys of the structural shingles, in one pass from the text.

    Args:
        contents: text or bytes of the documents.
        languages: Linguist's names, or null.
        permutations: multipliers (odd) and increments, uint32[bands * rows] each, as `minhash.permutations` gives them.
        bands: of the signature; divides the permutations.
        shingle: tokens in a shingle.

    A document has no structural level if it has few shingles (`LEAST_STRUCTURE`) or few of them are distinct (`LEAST_DISTINCT`).
    """
    both = np.ascontiguousarray(np.stack(permutations))
    counts = [np.empty(0, np.int64)]
    keys = [np.empty((bands, 0), np.uint64)]
    for group in _groups(contents, languages):
        count, key = _sketch(group, both, bands, shingle)
        counts.append(count)
        keys.append(key)
    return Structure(np.concatenate(counts), np.concatenate(keys, axis=1))


def _sketch(
    group: _Group, permutations: npt.NDArray[np.uint32], bands: int, shingle: int
) -> tuple[Ints, Hashes]:
    flat, starts = _structure(group, shingle)
    keys = np.empty((bands, len(group.rows)), np.uint64)
    fresh = np.empty(len(group.rows), np.int64)
    _kernels_structure.sketch_shingles(flat, starts, permutations, keys, fresh)
    is_code = (fresh >= LEAST_STRUCTURE) & (fresh >= LEAST_DISTINCT * np.diff(starts))
    return np.where(is_code, fresh, 0), keys


def sketch_code(
    contents: pa.Array | pa.ChunkedArray,
    languages: pa.Array | pa.ChunkedArray,
    permutations: tuple[npt.NDArray[np.uint32], npt.NDArray[np.uint32]],
    *,
    bands: int = STRUCTURAL_BANDS,
    min_shingles: int = 10,
    shingle: int = 5,
    structural_shingle: int = 12,
) -> CodeSketch:
    r"""`header_ends`, `code_keys` and `sketch_structure` from one reading of the text; their arguments.

    >>> ones = np.ones(4, np.uint32)
    >>> found = sketch_code(pa.array(["# by me\nx = 1"]), pa.array(["Python"]), (ones, ones), bands=2)
    >>> found.headers.tolist(), found.counts.tolist(), found.structure.counts.tolist()
    ([8], [3], [0])
    """
    both = np.ascontiguousarray(np.stack(permutations))
    headers, counts, structures = ([np.empty(0, np.int64)] for _ in range(3))
    digests: list[bytes | None] = []
    keys = [np.empty((bands, 0), np.uint64)]
    for group in _groups(contents, languages):
        headers.append(_headers(group))
        digest, count = _code_keys(group, min_shingles + shingle - 1)
        digests += digest
        counts.append(count)
        structure, key = _sketch(group, both, bands, structural_shingle)
        structures.append(structure)
        keys.append(key)
    found = Structure(np.concatenate(structures), np.concatenate(keys, axis=1))
    return CodeSketch(
        np.concatenate(headers), pa.array(digests, pa.binary(16)), np.concatenate(counts), found
    )

"""Texts in, MinHash signatures out, for use elsewhere: those of datasketch, bit for bit, when it is fed the same element hashes.

The elements of a document are the low 32 bits of its shingle hashes (`shingle_sets`). A search does not keep signatures, only
the band keys made of them (`sketch`).

Cost on a Zen 4 core, text of 4 bytes a token: 270 MB/s with 256 permutations of `affine32`, of which the arithmetic of the
permutations is 40 %; `legacy` needs 64-bit products and a modulus.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias, get_args

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from codecorpus.buffers import Bytes, text_chunks
from codecorpus.dedup import _kernels_sketch
from codecorpus.dedup.options import Scheme
from codecorpus.dedup.sets import Ints
from codecorpus.dedup.shingle import shingle_hashes
from codecorpus.errors import ExtraMissingError, UsageError

if TYPE_CHECKING:
    import datasketch

#: uint32[documents, permutations].
Signatures: TypeAlias = npt.NDArray[np.uint32]
#: Multipliers and increments, each as long as there are permutations: uint32 for `affine32`, uint64 for `legacy`.
Permutations: TypeAlias = tuple[npt.NDArray[np.unsignedinteger], npt.NDArray[np.unsignedinteger]]

_MERSENNE = (1 << 61) - 1


def signatures(
    contents: pa.Array | pa.ChunkedArray,
    *,
    permutations: int = 256,
    shingle: int = 5,
    seed: int = 1,
    scheme: Scheme = "affine32",
) -> Signatures:
    """The MinHash signature of each document.

    Args:
        contents: text of the documents, `large_string` for choice.
        permutations: length of a signature.
        shingle: tokens in one shingle.
        seed: of the permutations.
        scheme: `affine32`, the default of datasketch 2, or `legacy`, that of datasketch 1 and of datatrove.

    Returns:
        uint32[documents, permutations]; all ones for a document without tokens. Memory: 4 bytes a value.

    Raises:
        UsageError: a setting is out of range, or there is no such scheme.

    >>> found = signatures(pa.array(["a = b + c", "a  =  b + c", ""]), permutations=4)
    >>> found.shape, bool((found[0] == found[1]).all()), int(found[2].min()) == 2**32 - 1
    ((3, 4), True, True)
    """
    if permutations < 1 or shingle < 1:
        raise UsageError(f"permutations = {permutations}, shingle = {shingle}", "Both have to be 1 at least.")
    if not 0 <= seed < 2**32:
        raise UsageError(f"seed = {seed}", "It has to be between 0 and 2**32 - 1.")
    _check_scheme(scheme)
    drawn = draw_permutations(scheme, seed, permutations)
    parts = [np.empty((0, permutations), np.uint32)]
    for data, offsets in text_chunks(contents):
        parts.append(sign(data, offsets[:-1].copy(), offsets[1:].copy(), shingle, drawn)[0])
    return np.concatenate(parts)


def _check_scheme(scheme: str) -> None:
    """See that a scheme is one of ours: datasketch has others, and these numbers would be taken for theirs."""
    if scheme not in get_args(Scheme):
        raise UsageError(f"scheme = {scheme!r}", f"There are {' and '.join(get_args(Scheme))}.")


def draw_permutations(scheme: Scheme, seed: int, count: int) -> Permutations:
    """The numbers of `datasketch.MinHash(num_perm=count, seed=seed, scheme=scheme)`.

    `affine32` maps an element x to `a * x + b mod 2**32`, with odd a and x premixed; `legacy` to `(a * x + b mod 2**64) mod (2**61 - 1)`,
    of which the low 32 bits count.
    """
    generator = np.random.RandomState(seed)  # numpy froze this stream; datasketch draws from it too
    if scheme == "legacy":
        pairs = [
            (
                generator.randint(1, _MERSENNE, dtype=np.uint64),
                generator.randint(0, _MERSENNE, dtype=np.uint64),
            )
            for _ in range(count)
        ]
        drawn = np.array(pairs, np.uint64).reshape(-1, 2)
        return drawn[:, 0].copy(), drawn[:, 1].copy()
    halves = generator.randint(0, 1 << 31, count, dtype=np.uint32)
    return halves * np.uint32(2) + np.uint32(1), generator.randint(0, 1 << 32, count, dtype=np.uint32)


def sign(
    data: Bytes, begins: Ints, ends: Ints, shingle: int, permutations: Permutations
) -> tuple[Signatures, Ints]:
    """Signatures and numbers of shingles, repeats included, of `data[begins[i]:ends[i]]`.

    Args:
        data: uint8 text of all documents.
        begins: int64[documents].
        ends: int64[documents].
        shingle: tokens per shingle.
        permutations: from `draw_permutations`, or the first of them.
    """
    multipliers, increments = permutations
    signed = np.empty((len(begins), len(multipliers)), np.uint32)
    if multipliers.dtype == np.uint64:
        hashes, starts, counts = shingle_hashes(data, begins, ends, shingle)
        _kernels_sketch.sign_legacy(hashes, starts, counts, multipliers, increments, signed)
        return signed, counts
    counts = np.empty(len(begins), np.int64)
    _kernels_sketch.sign_documents(data, begins, ends, shingle, multipliers, increments, counts, signed)
    return signed, counts


def to_datasketch(
    signatures: Signatures, *, seed: int = 1, scheme: Scheme = "affine32"
) -> list[datasketch.MinHash]:
    """The signatures as objects of the library datasketch, for its indexes and estimates.

    Args:
        signatures: uint32[documents, permutations], as `signatures` returns them.
        seed: as they were made; datasketch refuses to compare objects of different seeds or schemes.
        scheme: as they were made.

    Raises:
        ExtraMissingError: datasketch is not installed.
        UsageError: there is no such scheme.
    """
    _check_scheme(scheme)
    try:
        from datasketch import MinHash
    except ImportError as error:
        raise ExtraMissingError("to_datasketch", "datasketch") from error
    rows, count = signatures.shape
    if not rows:
        return []
    # Drawn once: datasketch would draw them anew for every object, a millisecond each.
    shared = MinHash(num_perm=count, seed=seed, scheme=scheme).permutations
    return [MinHash(seed=seed, scheme=scheme, hashvalues=row, permutations=shared) for row in signatures]

"""Text to shingle sets: an Arrow array of documents in, sorted 64-bit hashes and their borders out.

A token is a run of ASCII letters, digits, `_` and bytes outside ASCII, or any other single byte that is not white space.
Letter case and operators count: `a+b` and `a-b` are different code. A shingle is `shingle` tokens in a row; a document with
fewer tokens has one shingle, a document without tokens none. The lexer works on bytes, so invalid UTF-8 does no harm.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from codecorpus.buffers import Bytes, text_chunks
from codecorpus.dedup import _kernels, _kernels_sketch
from codecorpus.dedup.options import DedupOptions

Ints = npt.NDArray[np.int64]
Hashes = npt.NDArray[np.uint64]


@dataclass(frozen=True, slots=True)
class ShingleSets:
    """The shingle sets of some documents, in their order.

    Attributes:
        hashes: every document's set, sorted and without repeats, one after the other; may be a memory map.
        offsets: borders, one more than there are documents: set `i` is `hashes[offsets[i]:offsets[i + 1]]`.
    """

    hashes: Hashes
    offsets: Ints

    def __len__(self) -> int:
        return len(self.offsets) - 1


def shingle_sets(contents: pa.Array | pa.ChunkedArray, options: DedupOptions) -> ShingleSets:
    """The set of shingle hashes of each document.

    Memory: 8 bytes per token of the text while it runs, 8 bytes per distinct shingle in the result.

    Args:
        contents: text of the documents, `large_string` for choice.
        options: `DedupOptions`, of which `shingle` counts.
    """
    return join_sets(_sets_of(data, offsets, options.shingle) for data, offsets in text_chunks(contents))


def shingle_hashes(data: Bytes, begins: Ints, ends: Ints, shingle: int) -> tuple[Hashes, Ints, Ints]:
    """Every shingle hash of each document `data[begins[i]:ends[i]]`, in order, repeats included.

    Returns:
        (hashes, starts, counts): those of document `i` are `hashes[starts[i]:][:counts[i]]`. There may be gaps, and is one slot to spare.
    """
    documents = len(begins)
    counts = np.empty(documents, np.int64)
    _kernels_sketch.count_tokens(data, begins, ends, counts)
    starts = np.zeros(documents + 1, np.int64)
    np.cumsum(counts, out=starts[1:])
    hashes = np.empty(starts[-1] + 1, np.uint64)  # the kernel wants a slot to spare
    _kernels_sketch.hash_shingles(data, begins, ends, shingle, starts, counts, hashes)
    return hashes, starts, counts


def _sets_of(data: Bytes, offsets: Ints, shingle: int) -> ShingleSets:
    flat, starts, lengths = shingle_hashes(data, offsets[:-1].copy(), offsets[1:].copy(), shingle)
    for start, length in zip(starts.tolist(), lengths.tolist(), strict=False):
        flat[
            start : start + length
        ].sort()  # numpy's SIMD sort, several times faster than one inside the kernel
    borders = np.empty(len(offsets), np.int64)
    _kernels.compact_sets(flat, starts, lengths, borders)
    return ShingleSets(flat[: borders[-1]].copy(), borders)


def join_sets(parts: Iterable[ShingleSets], path: Path | None = None) -> ShingleSets:
    """Sets of several batches as one, in the order given.

    Args:
        parts: consumed one at a time, so they may be made or loaded on the way.
        path: if given, the hashes are written to this file as they come and the result maps it; memory then holds one part.
    """
    offsets = [np.zeros(1, np.int64)]
    hashes = []
    total = 0
    if path is None:
        for part in parts:
            hashes.append(part.hashes)
            offsets.append(part.offsets[1:] + total)
            total += len(part.hashes)
        flat = np.concatenate([np.empty(0, np.uint64), *hashes])
        return ShingleSets(flat, np.concatenate(offsets))
    with path.open("wb") as file:
        for part in parts:
            file.write(np.ascontiguousarray(part.hashes).data)
            offsets.append(part.offsets[1:] + total)
            total += len(part.hashes)
    # An empty file cannot be mapped. Copy-on-write, never written: a read-only array would make numba compile everything twice.
    mapped = np.memmap(path, np.uint64, "c") if total else np.empty(0, np.uint64)
    return ShingleSets(mapped, np.concatenate(offsets))

"""Text to shingle sets: an Arrow array of documents in, sorted 64-bit hashes and their borders out.

A token is a run of ASCII letters, digits, `_` and bytes outside ASCII, or any other single byte that is not white space.
Letter case and operators count: `a+b` and `a-b` are different code. A shingle is `shingle` tokens in a row; a document with
fewer tokens has one shingle, a document without tokens none. The lexer works on bytes, so invalid UTF-8 does no harm.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pyarrow as pa

from codecorpus.buffers import Bytes, text_chunks
from codecorpus.dedup import _kernels_sketch
from codecorpus.dedup.headers import find_headers
from codecorpus.dedup.options import DedupOptions
from codecorpus.dedup.sets import Hashes, Ints, ShingleSets, compact, join_sets


def shingle_sets(
    contents: pa.Array | pa.ChunkedArray,
    options: DedupOptions,
    languages: pa.Array | pa.ChunkedArray | None = None,
) -> ShingleSets:
    """The set of shingle hashes of each document, from the end of its header on.

    Memory: 8 bytes per token of the text while it runs, 8 bytes per distinct shingle in the result.

    Args:
        contents: text of the documents, `large_string` for choice.
        options: `DedupOptions`, of which `shingle` counts.
        languages: of the documents, Linguist's names; where there are none, a header is found by the marks of most.
    """
    headers = find_headers(contents, languages)
    return join_sets(
        compact(*shingle_hashes(data, begins, ends, options.shingle))
        for data, begins, ends in without_headers(contents, headers)
    )


def without_headers(
    contents: pa.Array | pa.ChunkedArray, headers: Ints
) -> Iterator[tuple[Bytes, Ints, Ints]]:
    """Per chunk of the contents the bytes, where each document begins after its header, and where it ends."""
    first = 0
    for data, offsets in text_chunks(contents):
        documents = len(offsets) - 1
        yield data, offsets[:-1] + headers[first : first + documents], offsets[1:]
        first += documents


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

"""Documents in, sketches out: per document a content key, band keys, and what the keep-policy looks at.

A sketch is all that the corpus-wide search needs until candidates are verified, and it is small: about 330 bytes a document
with 32 bands, whatever the length of the text. The permutations are datasketch 2's `affine32`: fed with the same 32-bit
element hashes (here the low half of the 64-bit shingle hashes) they give the same minima, bit for bit.
"""

from __future__ import annotations

import hashlib
import json
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from codecorpus.buffers import Bytes, text_chunks
from codecorpus.dedup import _kernels
from codecorpus.dedup.keep import keep_columns, keep_fields
from codecorpus.dedup.options import DedupOptions
from codecorpus.dedup.shingle import Hashes, Ints
from codecorpus.document import DOC_ID_BYTES

#: Key of the schema metadata that says how a sketch was made.
MADE_WITH = b"codecorpus.sketch"
# Counts up when the lexer or a hash changes, so that old and new sketches never mix.
_LEXER_VERSION = 1


def permutations(options: DedupOptions) -> tuple[npt.NDArray[np.uint32], npt.NDArray[np.uint32]]:
    """Multipliers (odd) and increments of the affine permutations `x → a * x + b mod 2**32` that the bands use.

    The numbers are those of `datasketch.MinHash(num_perm=options.permutations, seed=options.seed)`.
    """
    generator = np.random.RandomState(options.seed)  # numpy froze this stream; datasketch draws from it too
    multipliers = generator.randint(0, 1 << 31, options.permutations, dtype=np.uint32) * np.uint32(
        2
    ) + np.uint32(1)
    increments = generator.randint(0, 1 << 32, options.permutations, dtype=np.uint32)
    bands, rows = options.banding
    return multipliers[: bands * rows], increments[: bands * rows]


def band_names(options: DedupOptions) -> list[str]:
    """Names of the band columns: `band_00`, `band_01` and so on."""
    return [f"band_{band:02d}" for band in range(options.banding[0])]


def made_with(options: DedupOptions) -> str:
    """Everything that two sketches must agree on to be compared, as JSON."""
    bands, rows = options.banding
    return json.dumps(
        {
            "scheme": options.scheme,
            "seed": options.seed,
            "permutations": options.permutations,
            "bands": bands,
            "rows": rows,
            "shingle": options.shingle,
            "min_shingles": options.min_shingles,
            "hash_bits": 64,
            "lexer": _LEXER_VERSION,
        }
    )


def sketch_schema(options: DedupOptions) -> pa.Schema:
    """Schema of a sketch table; its metadata says how it was made."""
    return pa.schema(
        [
            pa.field("doc_id", pa.binary(DOC_ID_BYTES), nullable=False),
            pa.field("repo_name", pa.string(), nullable=False),
            pa.field("path", pa.string(), nullable=False),
            pa.field("content_key", pa.binary(16), nullable=False),
            pa.field("shingle_count", pa.int64(), nullable=False),
            *keep_fields(options.keep_policy),
            *[pa.field(name, pa.uint64()) for name in band_names(options)],
        ],
        metadata={MADE_WITH: made_with(options)},
    )


def sketch(documents: pa.Table, options: DedupOptions) -> pa.Table:
    """One row per document, in order, with the columns of `sketch_schema`.

    Args:
        documents: at least `doc_id`, `repo_name`, `path`, `content`, and what the keep-policy looks at.
        options: seed, bands, rows, shingle, min_shingles and keep_policy count.

    Returns:
        `content_key` is the front half of the content's SHA-256; `shingle_count` counts repeats; the band columns are null
        where it is below `min_shingles`.
    """
    parts = [_sketch_chunk(data, offsets, options) for data, offsets in text_chunks(documents["content"])]
    counts = np.concatenate([np.empty(0, np.int64), *[part[0] for part in parts]])
    keys = np.concatenate(
        [np.empty((options.banding[0], 0), np.uint64), *[part[1] for part in parts]], axis=1
    )
    content_keys = b"".join(part[2] for part in parts)
    too_short = counts < options.min_shingles
    columns = {
        "doc_id": documents["doc_id"],
        "repo_name": documents["repo_name"],
        "path": documents["path"],
        "content_key": fixed_binary(content_keys),
        "shingle_count": pa.array(counts),
        **keep_columns(documents, options.keep_policy),
        **{name: pa.array(key, mask=too_short) for name, key in zip(band_names(options), keys, strict=True)},
    }
    return pa.table(columns, schema=sketch_schema(options))


def fixed_binary(data: bytes) -> pa.Array:
    """A `fixed_size_binary[16]` array over a run of 16-byte values."""
    return pa.Array.from_buffers(pa.binary(16), len(data) // 16, [None, pa.py_buffer(data)])


def _sketch_chunk(data: Bytes, offsets: Ints, options: DedupOptions) -> tuple[Ints, Hashes, bytes]:
    documents = len(offsets) - 1
    multipliers, increments = permutations(options)
    counts = np.empty(documents, np.int64)
    keys = np.empty((options.banding[0], documents), np.uint64)
    _kernels.sketch_documents(data, offsets, options.shingle, multipliers, increments, counts, keys)
    # A cryptographic hash, because equality is decided on it alone and dumps are hostile input.
    text = data.data
    borders = offsets.tolist()
    content_keys = b"".join(
        hashlib.sha256(text[start:stop]).digest()[:16] for start, stop in pairwise(borders)
    )
    return counts, keys, content_keys

"""Documents in, sketches out: per document keys of its content and code, band keys, and what the keep-policy looks at.

A sketch is all that the corpus-wide search needs until candidates are verified, and it is small: about 330 bytes a document
with 32 bands, whatever the length of the text. The minima behind the bands are those of datasketch (`signatures`).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from itertools import pairwise

import numpy as np
import pyarrow as pa

from codecorpus.buffers import text_chunks
from codecorpus.dedup import _kernels_sketch
from codecorpus.dedup.code import STRUCTURAL_BANDS, STRUCTURAL_ROWS, code_keys, sketch_code
from codecorpus.dedup.headers import find_headers, with_unknown
from codecorpus.dedup.keep import keep_columns, keep_fields
from codecorpus.dedup.options import DedupOptions
from codecorpus.dedup.sets import Hashes, Ints
from codecorpus.dedup.shingle import without_headers
from codecorpus.dedup.signature import Permutations, draw_permutations, sign
from codecorpus.document import DOC_ID_BYTES

#: Key of the schema metadata that says how a sketch was made.
MADE_WITH = b"codecorpus.sketch"
# Counts up when a lexer, what a header is, or a hash changes, so that old and new sketches never mix.
_LEXER_VERSION = 3

# Documents whose signatures are in memory at a time: a megabyte.
_BLOCK = 1024


def permutations(options: DedupOptions) -> Permutations:
    """Multipliers and increments of the permutations that the bands use: the first of `draw_permutations`."""
    multipliers, increments = draw_permutations(options.scheme, options.seed, options.permutations)
    bands, rows = options.banding
    return multipliers[: bands * rows], increments[: bands * rows]


def band_names(options: DedupOptions) -> list[str]:
    """Names of the band columns: `band_00`, `band_01` and so on."""
    return [f"band_{band:02d}" for band in range(options.banding[0])]


def structure_names(options: DedupOptions) -> list[str]:
    """Names of the structural band columns, none where the level is off: `structure_00`, `structure_01` and so on."""
    bands = 0 if options.structural == "off" else STRUCTURAL_BANDS
    return [f"structure_{band:02d}" for band in range(bands)]


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
            "code": options.code,
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
            pa.field("code_key", pa.binary(16)),
            pa.field("shingle_count", pa.int64(), nullable=False),
            *keep_fields(options.keep_policy),
            *[pa.field(name, pa.uint64()) for name in [*band_names(options), *structure_names(options)]],
        ],
        metadata={MADE_WITH: made_with(options)},
    )


def sketch(documents: pa.Table, options: DedupOptions) -> pa.Table:
    """One row per document, in order, with the columns of `sketch_schema`.

    Args:
        documents: at least `doc_id`, `repo_name`, `path`, `content`, and what the keep-policy looks at; and `language`, without which
            there are neither comments nor structure.
        options: seed, bands, rows, shingle, min_shingles, structural and keep_policy count.

    Returns:
        `content_key` is the front half of the content's SHA-256, `code_key` the same of its code; `shingle_count` counts repeats, from the
        end of the header on; the band columns are null where it is below `min_shingles`.
    """
    contents, languages = documents["content"], languages_of(documents)
    headers, code, structure = _read_code(contents, languages, options)
    counts, keys = _signature_bands(contents, headers, options)
    too_short = counts < options.min_shingles
    columns = {
        "doc_id": documents["doc_id"],
        "repo_name": documents["repo_name"],
        "path": documents["path"],
        "content_key": fixed_binary(b"".join(_content_keys(contents))),
        "code_key": code,
        "shingle_count": pa.array(counts),
        **keep_columns(documents, options.keep_policy),
        **{name: pa.array(key, mask=too_short) for name, key in zip(band_names(options), keys, strict=True)},
        **structure,
    }
    return pa.table(columns, schema=sketch_schema(options))


def languages_of(documents: pa.Table) -> pa.ChunkedArray:
    """The column `language`; nulls where there is none."""
    if "language" in documents.column_names:
        return documents["language"]
    return pa.chunked_array([pa.nulls(documents.num_rows, pa.string())])


def _signature_bands(contents: pa.ChunkedArray, headers: Ints, options: DedupOptions) -> tuple[Ints, Hashes]:
    """Shingles per document, repeats included, and uint64[bands, documents]."""
    drawn = permutations(options)
    counts = [np.empty(0, np.int64)]
    keys = [np.empty((options.banding[0], 0), np.uint64)]
    for data, begins, ends in without_headers(contents, headers):
        for first in range(0, len(begins), _BLOCK):
            some = slice(first, first + _BLOCK)
            signed, count = sign(data, begins[some], ends[some], options.shingle, drawn)
            block = np.empty((options.banding[0], len(signed)), np.uint64)
            _kernels_sketch.band_keys(signed, block)
            counts.append(count)
            keys.append(block)
    return np.concatenate(counts), np.concatenate(keys, axis=1)


def _read_code(
    contents: pa.ChunkedArray, languages: pa.ChunkedArray, options: DedupOptions
) -> tuple[Ints, pa.Array, dict[str, pa.Array]]:
    """Ends of the headers, code keys and structural bands, of which those that are off are null or not there."""
    names = structure_names(options)
    if not names:
        if not options.code:
            return find_headers(contents, languages), pa.nulls(len(contents), pa.binary(16)), {}
        keys, _ = code_keys(contents, languages, min_shingles=options.min_shingles, shingle=options.shingle)
        return find_headers(contents, languages), keys, {}
    drawn = draw_permutations("affine32", options.seed, STRUCTURAL_BANDS * STRUCTURAL_ROWS)
    found = sketch_code(
        contents, languages, drawn, min_shingles=options.min_shingles, shingle=options.shingle
    )
    none = found.structure.counts == 0
    bands = {name: pa.array(key, mask=none) for name, key in zip(names, found.structure.keys, strict=True)}
    keys = found.keys if options.code else pa.nulls(len(contents), pa.binary(16))
    return with_unknown(contents, languages, found.headers), keys, bands


def _content_keys(contents: pa.ChunkedArray) -> Iterator[bytes]:
    # A cryptographic hash, because equality is decided on it alone and dumps are hostile input.
    for data, offsets in text_chunks(contents):
        text = data.data
        for start, stop in pairwise(offsets.tolist()):
            yield hashlib.sha256(text[start:stop]).digest()[:16]


def fixed_binary(data: bytes) -> pa.Array:
    """A `fixed_size_binary[16]` array over a run of 16-byte values."""
    return pa.Array.from_buffers(pa.binary(16), len(data) // 16, [None, pa.py_buffer(data)])

"""Sketches in, candidates out: groups of equal documents, and buckets of documents that share a band.

Documents of earlier runs come first: whatever is like them goes, and they themselves are neither dropped nor reported.

Memory, in bytes per document of the corpus: 16 for its id, 16 for two maps of order and 4 for each band in which it meets
another (none for the usual document, at most 4 x bands); while searching, also its keys, policy columns and four
bands. No text and no signature is held.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from codecorpus.dedup.keep import keep_fields, policy_order
from codecorpus.dedup.minhash import MADE_WITH, band_names, made_with, sketch_schema, structure_names
from codecorpus.dedup.options import DedupOptions
from codecorpus.dedup.sets import Hashes, Ints
from codecorpus.errors import DataError, RunError
from codecorpus.fragments import show_fields

#: A sketch table, or the Parquet file that holds one.
SketchSource: TypeAlias = "pa.Table | str | Path"

# Opening a file costs as much as reading a band of 10,000 documents from it, so the bands are read in groups.
_BANDS_AT_ONCE = 4

# What is read of every document at once, before the bands.
_SMALL = ("doc_id", "content_key", "code_key", "shingle_count")


@dataclass(frozen=True, slots=True)
class Buckets:
    """Documents that share a band, of one kind of shingles.

    Attributes:
        positions: int64, ascending: the documents that share a band, or a code key, with another.
        members: uint32, indices into `positions`: the documents of each bucket, ascending.
        offsets: int64[buckets + 1], borders in `members`.
    """

    positions: Ints
    members: npt.NDArray[np.uint32]
    offsets: Ints

    _repr_html_ = show_fields


@dataclass(frozen=True, slots=True)
class Candidates:
    """What the sketches say: who is equal, and whose similarity is worth computing.

    A *row* is a document's place in all sketches taken together, those of earlier runs first; a *position* its place in the order in which
    leaders are elected: first the earlier rows as they come, then the others as the keep-policy has them.

    Attributes:
        sources: the sketches, in the order given, those of earlier runs first.
        earlier: how many of them are of earlier runs.
        shard_offsets: int64[shards + 1], first row of each sketch.
        doc_ids: uint8[documents, 16], by row.
        order: int64[documents], position → row.
        exact_of: int64[documents], position → position of the first document with the same content.
        code_of: int64[documents], position → position of the first document with the same code: equal but for white space and comments.
        near: buckets of the bands of the signatures.
        structural: the same for structural shingles; of no document of an earlier run.
    """

    sources: tuple[SketchSource, ...]
    earlier: int
    shard_offsets: Ints
    doc_ids: npt.NDArray[np.uint8]
    order: Ints
    exact_of: Ints
    code_of: Ints
    near: Buckets
    structural: Buckets

    _repr_html_ = show_fields

    @property
    def earlier_rows(self) -> int:
        """Documents of earlier runs: the first rows, and the first positions."""
        return int(self.shard_offsets[self.earlier])

    @property
    def rows(self) -> Ints:
        """The documents whose shingle sets `resolve` needs, ascending."""
        return np.sort(self.order[self.near.positions])

    @property
    def structural_rows(self) -> Ints:
        """The documents whose structural shingle sets `resolve` needs, ascending."""
        return np.sort(self.order[self.structural.positions])

    def rows_of(self, shard: int) -> Ints:
        """Which documents of one shard need a shingle set: row numbers within the shard, ascending.

        Sets made shard by shard and put together in the shards' order (`join_sets`) are what `resolve` takes.
        """
        return self._within(self.rows, shard)

    def structural_rows_of(self, shard: int) -> Ints:
        """As `rows_of`, for the structural shingle sets; none in a shard of an earlier run."""
        return self._within(self.structural_rows, shard)

    def _within(self, rows: Ints, shard: int) -> Ints:
        first, end = self.shard_offsets[shard : shard + 2]
        low, high = np.searchsorted(rows, [first, end])
        local: Ints = rows[low:high] - first
        return local


def find_candidates(
    sketches: Sequence[SketchSource], options: DedupOptions, *, earlier: Sequence[SketchSource] = ()
) -> Candidates:
    """Groups of equal documents, and buckets of those that share a band key.

    Args:
        sketches: one table or Parquet file per shard. The order of the shards numbers the rows and changes nothing else.
        options: as the sketches were made, and the keep-policy.
        earlier: sketches of what earlier runs kept, without policy columns; here the order decides which of two is named.

    Raises:
        DataError: the sketches were made with other settings.
        RunError: a sketch file is missing or damaged.
    """
    sources = (*earlier, *sketches)
    for source in sources:
        _check_settings(source, options)
    shards = [read_sketch(source, list(_SMALL)) for source in sources]
    shard_offsets = np.cumsum([0, *[table.num_rows for table in shards]], dtype=np.int64)
    small = pa.concat_tables([sketch_schema(options).empty_table().select(_SMALL), *shards])
    first_own = int(shard_offsets[len(earlier)])
    del shards
    if small.num_rows >= 2**32:
        raise DataError(f"{small.num_rows} documents in one search", "Search each language apart.")
    ids = _sixteen(small["doc_id"])
    order = _order(sketches, ids, first_own, options)
    exact_of = _groups(_sixteen(small["content_key"]).view(np.uint64)[order])
    unique = exact_of == np.arange(len(order))
    has_code = small["code_key"].is_valid().to_numpy()[order] & unique
    code_keys = _sixteen(small["code_key"].fill_null(bytes(16))).view(np.uint64)[order]
    code_of = np.arange(len(order))
    coded = np.flatnonzero(has_code)
    code_of[coded] = coded[_groups(code_keys[coded])]
    is_long = (small["shingle_count"].to_numpy()[order] >= options.min_shingles) & unique
    del small, code_keys
    near = _find_buckets(sources, order, np.flatnonzero(is_long), band_names(options))
    own_order, own_unique = order[first_own:] - first_own, unique[first_own:]
    structural = _find_buckets(sketches, own_order, np.flatnonzero(own_unique), structure_names(options))
    structural = replace(structural, positions=structural.positions + first_own)
    return Candidates(sources, len(earlier), shard_offsets, ids, order, exact_of, code_of, near, structural)


def _order(
    sketches: Sequence[SketchSource], ids: npt.NDArray[np.uint8], earlier: int, options: DedupOptions
) -> Ints:
    """Position → row: the rows of earlier runs as they come, then the others as the keep-policy has them."""
    names = [field.name for field in keep_fields(options.keep_policy)]
    empty = sketch_schema(options).empty_table().select(names)
    columns = pa.concat_tables([empty, *[read_sketch(source, names) for source in sketches]])
    own = policy_order(columns, ids[earlier:].view(">u8").astype(np.uint64), options.keep_policy)
    return np.concatenate([np.arange(earlier), own + earlier])


def read_sketch(source: SketchSource, columns: list[str]) -> pa.Table:
    """Some columns of a sketch.

    Raises:
        RunError: the file is missing or damaged.
    """
    if isinstance(source, pa.Table):
        return source.select(columns)
    try:
        with pq.ParquetFile(source) as file:
            return file.read(columns=columns)
    except (OSError, pa.ArrowException) as error:
        raise RunError(f"cannot read the sketch {source}: {error}", "Run the same command again.") from error


def _check_settings(source: SketchSource, options: DedupOptions) -> None:
    schema = source.schema if isinstance(source, pa.Table) else _file_schema(source)
    found = (schema.metadata or {}).get(MADE_WITH, b"").decode()
    if found != made_with(options):
        where = "a sketch table" if isinstance(source, pa.Table) else f"the sketch {source}"
        raise DataError(
            f"{where} was made with {found or 'unknown settings'}",
            f"This search needs {made_with(options)}: sketch again.",
        )
    missing = [field.name for field in keep_fields(options.keep_policy) if field.name not in schema.names]
    if missing:
        where = "a sketch table" if isinstance(source, pa.Table) else f"the sketch {source}"
        raise DataError(
            f"{where} lacks {', '.join(missing)}, which the keep-policy looks at",
            "Sketch again with this keep_policy.",
        )


def _file_schema(source: str | Path) -> pa.Schema:
    try:
        return pq.read_schema(source)
    except (OSError, pa.ArrowException) as error:
        raise RunError(f"cannot read the sketch {source}: {error}", "Run the same command again.") from error


def _sixteen(column: pa.ChunkedArray) -> npt.NDArray[np.uint8]:
    """A column of 16-byte values as uint8[rows, 16], C-contiguous."""
    pieces = [np.empty((0, 16), np.uint8)]
    for chunk in column.chunks:
        if len(chunk):
            data = np.frombuffer(chunk.buffers()[1], np.uint8)
            pieces.append(data[chunk.offset * 16 : (chunk.offset + len(chunk)) * 16].reshape(-1, 16))
    return np.concatenate(pieces)


def _groups(keys: npt.NDArray[np.uint64]) -> Ints:
    """For each document the first one with the same key; `keys` is uint64[documents, 2].

    >>> _groups(np.array([[7, 0], [3, 0], [7, 0]], np.uint64)).tolist()
    [0, 1, 0]
    """
    by_key = np.lexsort((keys[:, 1], keys[:, 0]))  # stable, so each group begins with its first document
    ordered = keys[by_key]
    begins = np.ones(len(keys), np.bool_)
    begins[1:] = (ordered[1:] != ordered[:-1]).any(axis=1)
    first = by_key[np.flatnonzero(begins)]
    first_of = np.empty(len(keys), np.int64)
    first_of[by_key] = first[np.cumsum(begins) - 1]
    return first_of


def _find_buckets(
    sketches: Sequence[SketchSource], order: Ints, searched: Ints, names: Sequence[str]
) -> Buckets:
    """Buckets of the bands of these names among the positions `searched`, a few bands in memory at a time."""
    members = [np.empty(0, np.uint32)]
    sizes = [np.empty(0, np.int64)]
    rows = order[searched]
    for start in range(0, len(names), _BANDS_AT_ONCE):
        group = list(names[start : start + _BANDS_AT_ONCE])
        empty = pa.schema([(name, pa.uint64()) for name in group]).empty_table()
        bands = pa.concat_tables(
            [empty, *[read_sketch(source, group).cast(empty.schema) for source in sketches]]
        )
        for name in group:
            with_key = bands[name].is_valid().to_numpy()[rows]
            keys = bands[name].fill_null(0).to_numpy()[rows[with_key]]
            band_members, band_sizes = _buckets_of(keys)
            members.append(searched[with_key][band_members].astype(np.uint32))
            sizes.append(band_sizes)
    flat = np.concatenate(members)
    offsets = np.concatenate([[0], np.cumsum(np.concatenate(sizes))]).astype(np.int64)
    positions = np.unique(flat)
    return Buckets(positions.astype(np.int64), np.searchsorted(positions, flat).astype(np.uint32), offsets)


def _buckets_of(keys: Hashes) -> tuple[Ints, Ints]:
    """Indices of equal keys, bucket by bucket and ascending within each, and the buckets' sizes (2 and more).

    >>> members, sizes = _buckets_of(np.array([7, 3, 7, 5, 3, 7], np.uint64))
    >>> members.tolist(), sizes.tolist()
    ([1, 4, 0, 2, 5], [2, 3])
    """
    # Most keys are alone: the fast unstable sort finds the few that are not, and only those are put in order.
    values = np.sort(keys)
    repeated = np.unique(values[1:][values[1:] == values[:-1]])
    place = np.searchsorted(repeated, keys)
    shared = (
        np.flatnonzero(repeated[np.minimum(place, len(repeated) - 1)] == keys) if len(repeated) else place[:0]
    )
    members = shared[np.argsort(keys[shared], kind="stable")]
    _, sizes = np.unique(keys[shared], return_counts=True)
    return members, sizes.astype(np.int64)

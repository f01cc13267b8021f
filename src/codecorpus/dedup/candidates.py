"""Sketches in, candidates out: groups of equal documents, and buckets of documents that share a band.

Memory, in bytes per document of the corpus: 16 for its id, 16 for two maps of order and 4 for each band in which it meets
another (none for the usual document, at most 4 x bands); while searching, also its content key, policy columns and four
bands. Measured: 210 at the peak, for 1,000,000 documents of which a quarter were candidates. No text and no signature is held.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from codecorpus.dedup.keep import KEEP_COLUMNS, policy_order
from codecorpus.dedup.minhash import MADE_WITH, band_names, made_with, sketch_schema
from codecorpus.dedup.options import DedupOptions
from codecorpus.dedup.shingle import Hashes, Ints
from codecorpus.errors import DataError, RunError

#: A sketch table, or the Parquet file that holds one.
SketchSource: TypeAlias = "pa.Table | str | Path"

# Opening a file costs as much as reading a band of 10,000 documents from it, so the bands are read in groups.
_BANDS_AT_ONCE = 4

# What is read of every document at once, before the bands.
_SMALL = ["doc_id", "content_key", "shingle_count", *(column.name for column, _ in KEEP_COLUMNS.values())]


@dataclass(frozen=True, slots=True)
class Candidates:
    """What the sketches say: who is equal, and whose similarity is worth computing.

    A *row* is a document's place in all sketches taken together; a *position* its place in the keep-policy's order (0 is the
    best document of the corpus).

    Attributes:
        sources: the sketches, in the order given, those of earlier runs first.
        earlier: how many of them are of earlier runs.
        shard_offsets: int64[shards + 1], first row of each sketch.
        doc_ids: uint8[documents, 16], by row.
        order: int64[documents], position → row.
        exact_of: int64[documents], position → position of the best document with the same content.
        rows: int64, ascending: the documents whose shingle sets `resolve` needs.
        positions: int64, ascending: the same documents, by position.
        members: uint32, indices into `positions`: the documents of each bucket, ascending.
        bucket_offsets: int64[buckets + 1], borders in `members`.
    """

    sources: tuple[SketchSource, ...]
    earlier: int
    shard_offsets: Ints
    doc_ids: npt.NDArray[np.uint8]
    order: Ints
    exact_of: Ints
    rows: Ints
    positions: Ints
    members: npt.NDArray[np.uint32]
    bucket_offsets: Ints

    @property
    def earlier_rows(self) -> int:
        """Documents of earlier runs: the first rows, and the first positions."""
        return int(self.shard_offsets[self.earlier])

    def rows_of(self, shard: int) -> Ints:
        """Which documents of one shard need a shingle set: row numbers within the shard, ascending.

        Sets made shard by shard and put together in the shards' order (`join_sets`) are what `resolve` takes.
        """
        first, end = self.shard_offsets[shard : shard + 2]
        low, high = np.searchsorted(self.rows, [first, end])
        local: Ints = self.rows[low:high] - first
        return local


def find_candidates(
    sketches: Sequence[SketchSource], options: DedupOptions, *, earlier: Sequence[SketchSource] = ()
) -> Candidates:
    """Groups of equal documents, and buckets of those that share a band key.

    Args:
        sketches: one table or Parquet file per shard. The order of the shards numbers the rows and changes nothing else.
        options: as the sketches were made, and the keep-policy.
        earlier: sketches of what earlier runs kept; their rows come first, and are neither dropped nor reported.

    Raises:
        DataError: the sketches were made with other settings.
        RunError: a sketch file is missing or damaged.
    """
    given, sketches = len(earlier), (*earlier, *sketches)
    for source in sketches:
        _check_settings(source, options)
    small = [read_sketch(source, _SMALL) for source in sketches]
    shard_offsets = np.cumsum([0, *[table.num_rows for table in small]], dtype=np.int64)
    columns = pa.concat_tables([sketch_schema(options).empty_table().select(_SMALL), *small])
    if columns.num_rows >= 2**32:
        raise DataError(f"{columns.num_rows} documents in one search", "Search each language apart.")
    ids = _sixteen(columns["doc_id"])
    order = policy_order(columns, ids.view(">u8").astype(np.uint64), options.keep_policy)
    first = int(shard_offsets[given])
    # Earlier runs in the order given; the documents of each in the order in which it elected its leaders, or full buckets differ.
    given_first = order[order < first]
    part_of = np.searchsorted(shard_offsets, given_first, side="right")
    order = np.concatenate([given_first[np.argsort(part_of, kind="stable")], order[order >= first]])
    exact_of = _exact_groups(_sixteen(columns["content_key"]).view(np.uint64)[order])
    long_enough = columns["shingle_count"].to_numpy()[order] >= options.min_shingles
    del small, columns
    searched = np.flatnonzero(long_enough & (exact_of == np.arange(len(order))))
    positions, members, bucket_offsets = _find_buckets(sketches, order[searched], searched, options)
    rows = np.sort(order[positions])
    return Candidates(
        tuple(sketches), given, shard_offsets, ids, order, exact_of, rows, positions, members, bucket_offsets
    )


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
    schema = read_sketch(source, []).schema if isinstance(source, pa.Table) else _file_schema(source)
    found = (schema.metadata or {}).get(MADE_WITH, b"").decode()
    if found != made_with(options):
        where = "a sketch table" if isinstance(source, pa.Table) else f"the sketch {source}"
        raise DataError(
            f"{where} was made with {found or 'unknown settings'}",
            f"This search needs {made_with(options)}: sketch again.",
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


def _exact_groups(keys: npt.NDArray[np.uint64]) -> Ints:
    """For each position the first position with the same key; `keys` is uint64[documents, 2] in policy order."""
    by_key = np.lexsort((keys[:, 1], keys[:, 0]))  # stable, so each group begins with its best document
    ordered = keys[by_key]
    begins = np.ones(len(keys), np.bool_)
    begins[1:] = (ordered[1:] != ordered[:-1]).any(axis=1)
    best = by_key[np.flatnonzero(begins)]
    exact_of = np.empty(len(keys), np.int64)
    exact_of[by_key] = best[np.cumsum(begins) - 1]
    return exact_of


def _find_buckets(
    sketches: Sequence[SketchSource], rows: Ints, positions: Ints, options: DedupOptions
) -> tuple[Ints, npt.NDArray[np.uint32], Ints]:
    """Buckets of all bands, a few bands in memory at a time; returns candidate positions, members and borders."""
    members = [np.empty(0, np.uint32)]
    sizes = [np.empty(0, np.int64)]
    names = band_names(options)
    for start in range(0, len(names), _BANDS_AT_ONCE):
        group = names[start : start + _BANDS_AT_ONCE]
        empty = sketch_schema(options).empty_table().select(group)
        bands = pa.concat_tables([empty, *[read_sketch(source, group) for source in sketches]])
        for name in group:
            # Nulls are short documents, which are not among `rows`.
            band_members, band_sizes = _buckets_of(bands[name].fill_null(0).to_numpy()[rows])
            members.append(positions[band_members].astype(np.uint32))
            sizes.append(band_sizes)
    flat = np.concatenate(members)
    offsets = np.concatenate([[0], np.cumsum(np.concatenate(sizes))]).astype(np.int64)
    candidates = np.unique(flat)
    return candidates.astype(np.int64), np.searchsorted(candidates, flat).astype(np.uint32), offsets


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

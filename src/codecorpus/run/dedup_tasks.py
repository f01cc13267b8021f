"""The units of deduplication: sketch, candidates, shingles, dedup, index.

Sketches are made shard by shard; the search reads their small columns and one band at a time; shingle sets
are made, again shard by shard, only for the documents that the search found; the next unit verifies and
elects; the last, shard by shard, keeps what later runs need to search against this one. A *row* is the number of a
filtered document in shard order, the same in all five.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import fields
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from codecorpus.dedup import (
    Candidates,
    DedupOptions,
    ShingleSets,
    find_candidates,
    join_sets,
    resolve,
    shingle_sets,
    sketch_schema,
)
from codecorpus.dedup import sketch as sketch_documents
from codecorpus.dedup.earlier import EarlierRun, part_files, part_names
from codecorpus.dedup.index import index_rows, index_schema, index_sets, random_columns
from codecorpus.run.document_tasks import filtered
from codecorpus.run.tables import TableWriter, beside, count_values, write_table
from codecorpus.run.unit import Counters


def sketch(out: Path, read_folder: Path, filter_folder: Path, options: DedupOptions) -> Counters:
    """Filtered documents → sketch.parquet, one row per document."""
    batches = (documents for documents, _ in filtered(read_folder, filter_folder))
    return {"documents": write_sketches(out, batches, options)}


def candidates(
    out: Path, sketch_folders: list[Path], options: DedupOptions, earlier: Sequence[EarlierRun] = ()
) -> Counters:
    """All sketches → who is equal, and whose similarity is worth computing; one .npy file per array."""
    found = find_candidates(
        [folder / "sketch.parquet" for folder in sketch_folders], options, earlier=part_files(earlier)
    )
    for name in _array_names():
        np.save(out / f"{name}.npy", getattr(found, name))
    return {"documents": len(found.order) - found.earlier_rows, "candidates": len(found.rows)}


def shingles(
    out: Path,
    candidates_folder: Path,
    shard: int,
    read_folder: Path,
    filter_folder: Path,
    options: DedupOptions,
) -> Counters:
    """The shingle sets of one shard's candidates → hashes.npy, offsets.npy."""
    batches = (documents for documents, _ in filtered(read_folder, filter_folder))
    return write_shingles(out, candidates_folder, shard, batches, options)


def dedup(
    out: Path,
    candidates_folder: Path,
    sketch_folders: list[Path],
    shingle_folders: list[Path],
    options: DedupOptions,
    earlier: Sequence[EarlierRun] = (),
) -> Counters:
    """Candidates and their shingle sets → clusters.parquet, decisions.parquet, dropped.npy (rows, ascending)."""
    parts = part_files(earlier)
    found = _load(
        candidates_folder, [*parts, *(path / "sketch.parquet" for path in sketch_folders)], len(parts)
    )
    # The sets of all candidates may be larger than memory; the file is only a place to map them from.
    scratch = out / "all-hashes"
    sets = join_sets(_all_sets(found, parts, shingle_folders), scratch)
    result = resolve(found, sets, options, earlier_names=part_names(earlier))
    scratch.unlink()
    write_table(out / "clusters.parquet", result.clusters)
    write_table(out / "decisions.parquet", result.decisions)
    np.save(out / "dropped.npy", result.dropped)
    return {"dropped": count_values(result.decisions["code"]), "unlisted": result.unlisted}


def index(
    out: Path,
    read_folder: Path,
    filter_folder: Path,
    sketch_folder: Path,
    dedup_folder: Path,
    first_row: int,
    options: DedupOptions,
) -> Counters:
    """The sketches and shingle sets of what dedup kept of a shard → index.parquet."""
    batches = (documents for documents, _ in filtered(read_folder, filter_folder))
    dropped = np.load(dedup_folder / "dropped.npy")
    rows = 0
    with index_writer(out / "index.parquet", options) as writer:
        for documents, sketches in kept_rows(batches, sketch_folder, dropped, first_row):
            writer.write(index_rows(sketches, documents, options))
            rows += documents.num_rows
    return {"documents": rows}


def write_sketches(out: Path, batches: Iterable[pa.Table], options: DedupOptions) -> int:
    """Sketches of some documents → sketch.parquet; returns how many they are."""
    rows = 0
    with TableWriter(out / "sketch.parquet", sketch_schema(options)) as writer:
        for documents in batches:
            writer.write(sketch_documents(documents, options))
            rows += documents.num_rows
    return rows


def write_shingles(
    out: Path, candidates_folder: Path, shard: int, batches: Iterable[pa.Table], options: DedupOptions
) -> Counters:
    """The shingle sets of the candidates among a shard's documents → hashes.npy, offsets.npy; shards of earlier runs do not count."""
    found = _load(candidates_folder, [], 0)
    rows = found.rows_of(int(np.load(candidates_folder / "earlier.npy")) + shard)
    sets = join_sets(_sets(rows, batches, options))
    np.save(out / "hashes.npy", sets.hashes)
    np.save(out / "offsets.npy", sets.offsets)
    return {"candidates": len(sets), "shingles": len(sets.hashes)}


def kept_rows(
    batches: Iterable[pa.Table], sketch_folder: Path, dropped: np.ndarray, first_row: int
) -> Iterator[tuple[pa.Table, pa.Table]]:
    """What dedup kept of a shard, batch by batch: (documents, their sketches).

    Args:
        batches: all documents of the shard.
        sketch_folder: of the shard.
        dropped: rows that dedup drops, ascending.
        first_row: of the shard.
    """
    first = first_row
    for documents, sketches in beside(batches, sketch_folder / "sketch.parquet"):
        end = first + documents.num_rows
        stays = np.ones(documents.num_rows, np.bool_)
        stays[dropped[np.searchsorted(dropped, first) : np.searchsorted(dropped, end)] - first] = False
        mask = pa.array(stays)
        yield documents.filter(mask), sketches.filter(mask)
        first = end


def index_writer(path: Path, options: DedupOptions) -> TableWriter:
    """A writer of rows of the index."""
    schema = index_schema(options)
    return TableWriter(path, schema, random=random_columns(schema))


def _array_names() -> list[str]:
    return [field.name for field in fields(Candidates) if field.name != "sources"]


def _load(folder: Path, sources: list[Path], earlier: int) -> Candidates:
    """The candidates as they were found; `earlier` of the sources are indexes of earlier runs."""
    names = [name for name in _array_names() if name != "earlier"]
    arrays = {name: np.load(folder / f"{name}.npy", mmap_mode="r") for name in names}
    return Candidates(sources=tuple(sources), earlier=earlier, **arrays)


def _sets(rows: np.ndarray, batches: Iterable[pa.Table], options: DedupOptions) -> Iterator[ShingleSets]:
    first = 0
    for documents in batches:
        here = rows[np.searchsorted(rows, first) : np.searchsorted(rows, first + documents.num_rows)] - first
        yield shingle_sets(pc.take(documents["content"], pa.array(here)), options)
        first += documents.num_rows


def _all_sets(found: Candidates, parts: list[Path], folders: list[Path]) -> Iterator[ShingleSets]:
    """The sets of all candidates in the order of the rows: of earlier runs from their indexes, the others as made by `shingles`."""
    for shard, part in enumerate(parts):
        yield from index_sets(part, found.rows_of(shard))
    for folder in folders:
        yield ShingleSets(np.load(folder / "hashes.npy", mmap_mode="r"), np.load(folder / "offsets.npy"))

"""The units of deduplication: sketch, candidates, shingles, dedup.

Sketches are made shard by shard; the search reads their small columns and one band at a time; shingle sets
are made, again shard by shard, only for the documents that the search found; the last unit verifies and
elects. A *row* is the number of a filtered document in shard order, the same in all four.
"""

from __future__ import annotations

from collections.abc import Iterator
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
from codecorpus.dedup.keep import policy_measures
from codecorpus.run.document_tasks import filtered
from codecorpus.run.tables import TableWriter, count_values, row_groups, write_table
from codecorpus.run.unit import Counters


def sketch(
    out: Path, read_folder: Path, parse_folder: Path, filter_folder: Path, options: DedupOptions
) -> Counters:
    """Filtered documents, and the measures that the keep-policy looks at → sketch.parquet, one row per document."""
    rows = 0
    measures = _measures(parse_folder, filter_folder, policy_measures(options.keep_policy))
    with TableWriter(out / "sketch.parquet", sketch_schema(options)) as writer:
        for documents, _ in filtered(read_folder, filter_folder):
            measured = next(measures, None)
            documents = documents if measured is None else documents.append_column("measures", measured)
            writer.write(sketch_documents(documents, options))
            rows += documents.num_rows
    return {"documents": rows}


def candidates(out: Path, sketch_folders: list[Path], options: DedupOptions) -> Counters:
    """All sketches → who is equal, and whose similarity is worth computing; one .npy file per array."""
    found = find_candidates([folder / "sketch.parquet" for folder in sketch_folders], options)
    for name in _array_names():
        np.save(out / f"{name}.npy", getattr(found, name))
    return {"documents": len(found.order), "candidates": len(found.rows)}


def shingles(
    out: Path,
    candidates_folder: Path,
    shard: int,
    read_folder: Path,
    filter_folder: Path,
    options: DedupOptions,
) -> Counters:
    """The shingle sets of one shard's candidates → hashes.npy, offsets.npy."""
    rows = _load(candidates_folder, []).rows_of(shard)
    sets = join_sets(_sets(rows, read_folder, filter_folder, options))
    np.save(out / "hashes.npy", sets.hashes)
    np.save(out / "offsets.npy", sets.offsets)
    return {"candidates": len(sets), "shingles": len(sets.hashes)}


def dedup(
    out: Path,
    candidates_folder: Path,
    sketch_folders: list[Path],
    shingle_folders: list[Path],
    options: DedupOptions,
) -> Counters:
    """Candidates and their shingle sets → clusters.parquet, decisions.parquet, dropped.npy (rows, ascending)."""
    found = _load(candidates_folder, sketch_folders)
    parts = (_read_sets(folder) for folder in shingle_folders)
    # The sets of all candidates may be larger than memory; the file is only a place to map them from.
    scratch = out / "all-hashes"
    result = resolve(found, join_sets(parts, scratch), options)
    scratch.unlink()
    write_table(out / "clusters.parquet", result.clusters)
    write_table(out / "decisions.parquet", result.decisions)
    np.save(out / "dropped.npy", result.dropped)
    return {"dropped": count_values(result.decisions["code"]), "unlisted": result.unlisted}


def _array_names() -> list[str]:
    return [field.name for field in fields(Candidates) if field.name != "sources"]


def _load(folder: Path, sketch_folders: list[Path]) -> Candidates:
    arrays = {name: np.load(folder / f"{name}.npy", mmap_mode="r") for name in _array_names()}
    return Candidates(sources=tuple(path / "sketch.parquet" for path in sketch_folders), **arrays)


def _measures(parse_folder: Path, filter_folder: Path, names: list[str]) -> Iterator[pa.ChunkedArray]:
    """These measures of the filtered documents, one row group at a time; nothing at all where none is wanted."""
    if names:
        columns = [f"measures.{name}" for name in names]
        groups = row_groups(parse_folder / "measures.parquet", columns)
        kept = row_groups(filter_folder / "verdicts.parquet", ["kept"])
        for measures, verdicts in zip(groups, kept, strict=True):
            yield measures.filter(verdicts["kept"])["measures"]


def _sets(
    rows: np.ndarray, read_folder: Path, filter_folder: Path, options: DedupOptions
) -> Iterator[ShingleSets]:
    first = 0
    for documents, _ in filtered(read_folder, filter_folder):
        here = rows[np.searchsorted(rows, first) : np.searchsorted(rows, first + documents.num_rows)] - first
        yield shingle_sets(pc.take(documents["content"], pa.array(here)), options)
        first += documents.num_rows


def _read_sets(folder: Path) -> ShingleSets:
    return ShingleSets(np.load(folder / "hashes.npy", mmap_mode="r"), np.load(folder / "offsets.npy"))

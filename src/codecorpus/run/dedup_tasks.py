"""The units of deduplication: sketch, candidates, shingles, dedup.

Sketches are made shard by shard; the search reads their small columns and one band at a time; shingle sets
are made, again shard by shard, only for the documents that the search found; the last unit verifies and
elects. A *row* is the number of a filtered document in shard order, the same in all four.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import fields
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from codecorpus.dedup import (
    Buckets,
    Candidates,
    DedupOptions,
    ShingleSets,
    add_copies,
    find_candidates,
    join_sets,
    resolve,
    shingle_sets,
    sketch_schema,
    structural_sets,
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
    for name, array in _arrays(found).items():
        np.save(out / f"{name}.npy", array)
    return {
        "documents": len(found.order),
        "near": len(found.near.positions),
        "structural": len(found.structural.positions),
    }


def shingles(
    out: Path,
    candidates_folder: Path,
    shard: int,
    read_folder: Path,
    filter_folder: Path,
    options: DedupOptions,
) -> Counters:
    """The shingle sets of one shard's candidates → {near,structural}-{hashes,offsets}.npy."""
    found = _load(candidates_folder, [])
    counts: Counters = {}
    for kind, rows, make in (
        ("near", found.rows_of(shard), lambda texts, names: shingle_sets(texts, options, names)),
        ("structural", found.structural_rows_of(shard), structural_sets),
    ):
        sets = join_sets(_sets(rows, read_folder, filter_folder, make))
        np.save(out / f"{kind}-hashes.npy", sets.hashes)
        np.save(out / f"{kind}-offsets.npy", sets.offsets)
        counts[kind] = len(sets)
    return counts


def dedup(
    out: Path,
    candidates_folder: Path,
    sketch_folders: list[Path],
    shingle_folders: list[Path],
    options: DedupOptions,
) -> Counters:
    """Candidates and their shingle sets → clusters, decisions, pairs and repositories (.parquet), dropped.npy (rows, ascending)."""
    found = _load(candidates_folder, sketch_folders)
    sets = {}
    for kind in ("near", "structural"):
        parts = (_read_sets(folder, kind) for folder in shingle_folders)
        # The sets of all candidates may be larger than memory; the file is only a place to map them from.
        sets[kind] = join_sets(parts, out / f"all-{kind}")
    result = resolve(found, sets["near"], options, structural=sets["structural"])
    result = add_copies(found, result, options)
    for kind in sets:
        (out / f"all-{kind}").unlink()
    write_table(out / "clusters.parquet", result.clusters)
    write_table(out / "decisions.parquet", result.decisions)
    write_table(out / "pairs.parquet", result.pairs)
    write_table(out / "repositories.parquet", result.repositories)
    np.save(out / "dropped.npy", result.dropped)
    codes = {
        verdict: count_values(result.decisions.filter(pc.equal(result.decisions["verdict"], verdict))["code"])
        for verdict in ("dropped", "flagged")
    }
    return {**codes, "unlisted": result.unlisted}


def _arrays(found: Candidates) -> dict[str, np.ndarray]:
    """Every array of the candidates, those of buckets under the name of their kind."""
    plain = ("shard_offsets", "doc_ids", "order", "exact_of", "code_of")
    arrays = {name: getattr(found, name) for name in plain}
    for kind in ("near", "structural"):
        buckets = getattr(found, kind)
        arrays |= {f"{kind}.{field.name}": getattr(buckets, field.name) for field in fields(Buckets)}
    return arrays


def _load(folder: Path, sketch_folders: list[Path]) -> Candidates:
    arrays = {path.stem: np.load(path, mmap_mode="r") for path in sorted(folder.glob("*.npy"))}
    near, structural = (
        Buckets(*(arrays.pop(f"{kind}.{field.name}") for field in fields(Buckets)))
        for kind in ("near", "structural")
    )
    sources = tuple(path / "sketch.parquet" for path in sketch_folders)
    return Candidates(sources=sources, earlier=0, near=near, structural=structural, **arrays)


def _measures(parse_folder: Path, filter_folder: Path, names: list[str]) -> Iterator[pa.ChunkedArray]:
    """These measures of the filtered documents, one row group at a time; nothing at all where none is wanted."""
    if names:
        columns = [f"measures.{name}" for name in names]
        groups = row_groups(parse_folder / "measures.parquet", columns)
        kept = row_groups(filter_folder / "verdicts.parquet", ["kept"])
        for measures, verdicts in zip(groups, kept, strict=True):
            yield measures.filter(verdicts["kept"])["measures"]


def _sets(
    rows: np.ndarray,
    read_folder: Path,
    filter_folder: Path,
    make: Callable[[pa.ChunkedArray, pa.ChunkedArray], ShingleSets],
) -> Iterator[ShingleSets]:
    first = 0
    for documents, _ in filtered(read_folder, filter_folder):
        here = rows[np.searchsorted(rows, first) : np.searchsorted(rows, first + documents.num_rows)] - first
        chosen = documents.select(["content", "language"]).take(pa.array(here))
        yield make(chosen["content"], chosen["language"])
        first += documents.num_rows


def _read_sets(folder: Path, kind: str) -> ShingleSets:
    return ShingleSets(
        np.load(folder / f"{kind}-hashes.npy", mmap_mode="r"), np.load(folder / f"{kind}-offsets.npy")
    )

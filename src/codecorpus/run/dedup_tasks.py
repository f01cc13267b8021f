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
from typing import BinaryIO

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from codecorpus.buffers import pick_texts
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
from codecorpus.dedup.earlier import EarlierRun, part_files, part_names
from codecorpus.dedup.index import index_rows, index_schema, index_sets, random_columns
from codecorpus.dedup.keep import policy_measures
from codecorpus.dedup.minhash import fixed_binary
from codecorpus.run.document_tasks import filtered
from codecorpus.run.memory import mapped_briefly
from codecorpus.run.tables import TableWriter, beside, count_values, row_groups, write_table
from codecorpus.run.tallies import kept_mask, level_rows
from codecorpus.run.unit import Counters


def sketch(
    out: Path, read_folder: Path, parse_folder: Path, filter_folder: Path, options: DedupOptions
) -> Counters:
    """Filtered documents, and the measures that the keep-policy looks at → sketch.parquet, one row per document."""
    measures = _measures(parse_folder, filter_folder, policy_measures(options.keep_policy))

    def batches() -> Iterator[pa.Table]:
        for documents, _ in filtered(read_folder, filter_folder):
            measured = next(measures, None)
            yield documents if measured is None else documents.append_column("measures", measured)

    return {"documents": write_sketches(out, batches(), options)}


def candidates(
    out: Path, sketch_folders: list[Path], options: DedupOptions, earlier: Sequence[EarlierRun] = ()
) -> Counters:
    """All sketches → who is equal, and whose similarity is worth computing; one .npy file per array."""
    found = find_candidates(
        [folder / "sketch.parquet" for folder in sketch_folders], options, earlier=part_files(earlier)
    )
    for name, array in _arrays(found).items():
        np.save(out / f"{name}.npy", array)
    return {
        "documents": len(found.order) - found.earlier_rows,
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
    """The shingle sets of one shard's candidates → {near,structural}-hashes and -offsets.npy."""
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
    """Candidates and their shingle sets → clusters, decisions, pairs, repositories (.parquet); dropped, level_rows, level_kinds (.npy)."""
    parts = part_files(earlier)
    found = _load(candidates_folder, [*parts, *(path / "sketch.parquet" for path in sketch_folders)])
    sets = {}
    for kind in ("near", "structural"):
        # The sets of all candidates may be larger than memory; the file is only a place to map them from.
        sets[kind] = join_sets(_all_sets(found, parts, shingle_folders, kind), out / f"all-{kind}")
    with mapped_briefly([one.hashes for one in sets.values()]):
        result = resolve(
            found, sets["near"], options, structural=sets["structural"], earlier_names=part_names(earlier)
        )
    result = add_copies(found, result, options)
    for kind in sets:
        (out / f"all-{kind}").unlink()
    write_table(out / "clusters.parquet", result.clusters)
    write_table(out / "decisions.parquet", result.decisions)
    write_table(out / "pairs.parquet", result.pairs)
    write_table(out / "repositories.parquet", result.repositories)
    np.save(out / "dropped.npy", result.dropped)
    ids = fixed_binary(found.doc_ids[found.earlier_rows :].tobytes())
    rows, kinds = level_rows(ids, result.dropped, result.decisions)
    np.save(out / "level_rows.npy", rows)
    np.save(out / "level_kinds.npy", kinds)
    codes = {
        verdict: count_values(result.decisions.filter(pc.equal(result.decisions["verdict"], verdict))["code"])
        for verdict in ("dropped", "flagged")
    }
    return {**codes, "unlisted": result.unlisted}


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
    dropped = np.load(dedup_folder / "dropped.npy", mmap_mode="r")
    rows = 0
    with index_writer(out / "index.parquet", options) as writer:
        for documents, sketches in kept_rows(batches, sketch_folder, dropped, first_row):
            writer.write(index_rows(sketches, documents, options))
            rows += documents.num_rows
    return {"documents": rows}


def write_sketches(out: Path, batches: Iterable[pa.Table], options: DedupOptions) -> int:
    """Sketches of some documents → sketch.parquet; returns how many they are."""
    rows = 0
    schema = sketch_schema(options)
    # Keys are random, and nothing compresses them.
    with TableWriter(out / "sketch.parquet", schema, random=random_columns(schema)) as writer:
        for documents in batches:
            writer.write(sketch_documents(documents, options))
            rows += documents.num_rows
    return rows


def write_shingles(
    out: Path, candidates_folder: Path, shard: int, batches: Iterable[pa.Table], options: DedupOptions
) -> Counters:
    """The shingle sets of the candidates among a shard's documents → {near,structural}-hashes and -offsets.npy.

    Args:
        out: where to write.
        candidates_folder: of all shards.
        shard: number of the shard; those of earlier runs do not count.
        batches: `content` and `language` of all documents of the shard, in any chunks.
        options: as the sketches were made.
    """
    found = _load(candidates_folder, [])
    near, structural = (of(found.earlier + shard) for of in (found.rows_of, found.structural_rows_of))
    first = 0
    lengths: dict[str, list[np.ndarray]] = {"near": [], "structural": []}
    # Written as they come: a shard can be one large row group of somebody else's, and most of it candidates.
    with (out / "near-hashes").open("wb") as near_file, (out / "structural-hashes").open("wb") as other_file:
        for documents in batches:
            texts, names = _chosen(documents, near, first)
            lengths["near"].append(_append(near_file, shingle_sets(texts, options, names)))
            texts, names = _chosen(documents, structural, first)
            lengths["structural"].append(_append(other_file, structural_sets(texts, names)))
            first += documents.num_rows
    for kind, parts in lengths.items():
        sizes = np.concatenate([np.zeros(1, np.int64), *parts])
        np.save(out / f"{kind}-offsets.npy", np.cumsum(sizes))
    return {"near": len(near), "structural": len(structural)}


def _chosen(documents: pa.Table, rows: np.ndarray, first: int) -> tuple[pa.ChunkedArray, pa.ChunkedArray]:
    """Texts and languages of the documents among `rows`, where the first document is row `first`."""
    here = rows[np.searchsorted(rows, first) : np.searchsorted(rows, first + documents.num_rows)] - first
    # Only what is picked is put together; kernels are called chunk by chunk.
    texts = pick_texts(documents["content"], here).combine_chunks()
    return pa.chunked_array([texts]), documents["language"].take(pa.array(here))


def _append(file: BinaryIO, sets: ShingleSets) -> np.ndarray:
    """Write the hashes of some sets; returns how many each has."""
    file.write(np.ascontiguousarray(sets.hashes).data)
    return np.diff(sets.offsets)


def kept_rows(
    batches: Iterable[pa.Table], sketch_folder: Path | None, dropped: np.ndarray, first_row: int
) -> Iterator[tuple[pa.Table, pa.Table | None]]:
    """What dedup kept of a shard, batch by batch: (documents, their sketches).

    Args:
        batches: all documents of the shard.
        sketch_folder: of the shard; None where nobody wants the sketches.
        dropped: rows that dedup drops, ascending.
        first_row: of the shard.
    """
    first = first_row
    pairs: Iterable[tuple[pa.Table, pa.Table | None]] = ((documents, None) for documents in batches)
    if sketch_folder is not None:
        pairs = beside(batches, sketch_folder / "sketch.parquet")
    for documents, sketches in pairs:
        mask = pa.array(kept_mask(documents.num_rows, dropped, first))
        yield documents.filter(mask), None if sketches is None else sketches.filter(mask)
        first += documents.num_rows


def index_writer(path: Path, options: DedupOptions) -> TableWriter:
    """A writer of rows of the index."""
    schema = index_schema(options)
    return TableWriter(path, schema, random=random_columns(schema))


def _arrays(found: Candidates) -> dict[str, np.ndarray]:
    """Every array of the candidates, those of buckets under the name of their kind."""
    plain = ("shard_offsets", "doc_ids", "order", "exact_of", "code_of")
    arrays = {name: getattr(found, name) for name in plain}
    for kind in ("near", "structural"):
        buckets = getattr(found, kind)
        arrays |= {f"{kind}.{field.name}": getattr(buckets, field.name) for field in fields(Buckets)}
    return {**arrays, "earlier": np.array([found.earlier])}


def _load(folder: Path, sources: Sequence[Path]) -> Candidates:
    """The candidates as they were found."""
    arrays = {path.stem: np.load(path, mmap_mode="r") for path in sorted(folder.glob("*.npy"))}
    near, structural = (
        Buckets(*(arrays.pop(f"{kind}.{field.name}") for field in fields(Buckets)))
        for kind in ("near", "structural")
    )
    earlier = int(arrays.pop("earlier")[0])
    return Candidates(sources=tuple(sources), earlier=earlier, near=near, structural=structural, **arrays)


def _measures(parse_folder: Path, filter_folder: Path, names: list[str]) -> Iterator[pa.ChunkedArray]:
    """These measures of the filtered documents, one row group at a time; nothing at all where none is wanted."""
    if names:
        columns = [f"measures.{name}" for name in names]
        groups = row_groups(parse_folder / "measures.parquet", columns)
        kept = row_groups(filter_folder / "verdicts.parquet", ["kept"])
        for measures, verdicts in zip(groups, kept, strict=True):
            yield measures.filter(verdicts["kept"])["measures"]


def _all_sets(found: Candidates, parts: list[Path], folders: list[Path], kind: str) -> Iterator[ShingleSets]:
    """The sets of all candidates in the order of the rows: of earlier runs from their indexes, the others as made by `shingles`."""
    for shard, part in enumerate(parts if kind == "near" else []):
        yield from index_sets(part, found.rows_of(shard))
    for folder in folders:
        file = folder / f"{kind}-hashes"
        # An empty file cannot be mapped.
        hashes = np.memmap(file, np.uint64, "r") if file.stat().st_size else np.empty(0, np.uint64)
        yield ShingleSets(hashes, np.load(folder / f"{kind}-offsets.npy"))

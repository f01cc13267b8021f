"""What an explanation reads beside the decisions: names of other documents, packed rows, stages. Run folders and ids in; values out."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import polars as pl
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from codecorpus.errors import RunError
from codecorpus.report import tables
from codecorpus.run.manifest import read_manifest


def packed_rows(run: Path, doc_ids: Sequence[bytes]) -> dict[str, list[int]]:
    """doc_id in hex → the numbers of the packed rows that hold the document, ascending; of a run without all of its rows here, nothing.

    Args:
        run: folder of a finished run.
        doc_ids: of kept documents.
    """
    if not doc_ids or not _has_rows(run):
        return {}
    wanted = pa.array(list(doc_ids), pa.binary())
    found: dict[str, list[int]] = {}
    first = 0
    for file in tables.parts(run, "sequences"):
        with pq.ParquetFile(file) as parquet:
            for group in range(parquet.num_row_groups):
                column = parquet.read_row_group(group, columns=["doc_ids"], use_threads=False)["doc_ids"]
                for chunk in column.chunks:
                    held, rows = chunk.flatten(), pc.list_parent_indices(chunk)
                    here = pc.is_in(held.cast(pa.binary()), value_set=wanted)
                    pairs = zip(held.filter(here).to_pylist(), rows.filter(here).to_pylist(), strict=True)
                    for doc_id, row in dict.fromkeys(pairs):
                        found.setdefault(doc_id.hex(), []).append(first + row)
                    first += len(chunk)
    return found


def _has_rows(run: Path) -> bool:
    """Whether every part of `sequences/` is here: a row's number counts the rows before it, and of a stored run some may be missing."""
    try:
        files = read_manifest(run)["files"]
    except RunError:
        return True  # no list to compare with
    names = [entry["path"] for entry in files if entry["path"].startswith("sequences/")]
    return all((run / name).is_file() for name in names)


def stages_of(run: Path) -> tuple[str, ...]:
    """The stages of the run, in order."""
    try:
        return tuple(str(row["stage"]) for row in read_manifest(run)["stages"])
    except RunError:
        return ()


def paths_of(documents: pl.LazyFrame, decisions: pl.LazyFrame, ids: list[bytes]) -> dict[bytes, str]:
    """doc_id → repository and path, of documents of either table."""
    columns = ["doc_id", "repo_name", "path"]
    if not ids:
        return {}
    frames = [table.select(columns).filter(pl.col("doc_id").is_in(ids)) for table in (documents, decisions)]
    return {doc_id: f"{repo}/{path}" for doc_id, repo, path in pl.concat(frames).collect().iter_rows()}

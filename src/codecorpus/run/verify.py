"""Check a finished run: every file against its hash, every table against the accounting.

documents in = documents kept + documents dropped, at every stage, in the manifest and in the rows themselves.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from codecorpus.document import CLUSTERS, DECISIONS, DOCUMENTS, NEWER_COLUMNS, PAIRS, REPOSITORIES, SAMPLES
from codecorpus.fragments import paragraph
from codecorpus.fragments import table as html_table
from codecorpus.run.manifest import read_manifest
from codecorpus.run.store import sha256_file
from codecorpus.run.tables import row_groups, scan_folder
from codecorpus.sources import FOUND_LICENCES


@dataclass(frozen=True, slots=True)
class Verification:
    """What was checked and what was wrong.

    Attributes:
        files: how many files were hashed.
        checks: how many statements were checked.
        problems: what is wrong, one line each; empty if all is well.
    """

    files: int
    checks: int
    problems: tuple[str, ...]

    @property
    def ok(self) -> bool:
        """Whether nothing is wrong."""
        return not self.problems

    def _repr_html_(self) -> str:
        said = "nothing is wrong" if self.ok else f"{len(self.problems):,} problems"
        text = paragraph(f"{self.files:,} files hashed, {self.checks:,} statements checked: {said}")
        return f"<div>{text}{'' if self.ok else html_table(['problem'], [(one,) for one in self.problems])}</div>"


def verify_run(run: Path) -> Verification:
    """Re-hash and check every file of a run.

    Raises:
        RunError: there is no finished run in this folder.
    """
    manifest = read_manifest(run)
    results = list(_files(run, manifest))
    files = len(results)
    if not any(results):
        # The rows are only worth reading when the files are the ones that were written.
        results += [
            *_accounting(manifest),
            *_tables(run, manifest),
            *_samples(run),
            *_sequences(run, manifest),
        ]
    return Verification(files, len(results), tuple(problem for problem in results if problem))


def _files(run: Path, manifest: Mapping[str, Any]) -> Iterator[str]:
    listed = {entry["path"] for entry in manifest["files"]}
    for entry in manifest["files"]:
        path = run / entry["path"]
        if not path.is_file():
            yield f"{entry['path']}: missing"
        elif sha256_file(path) != entry["sha256"]:
            yield f"{entry['path']}: its bytes are not the ones that were written"
        else:
            yield ""
    tables = (
        "documents",
        "decisions",
        "clusters",
        "pairs",
        "index",
        "lookup",
        "repositories",
        "licences",
        "samples",
        "sequences",
        "formats",
        "tokenizer",
    )
    for table in tables:
        for path in sorted((run / table).rglob("*")):
            name = path.relative_to(run).as_posix()
            if path.is_dir():
                continue
            yield "" if name in listed else f"{name}: not part of this run"


def _accounting(manifest: Mapping[str, Any]) -> Iterator[str]:
    before = None
    for row in manifest["stages"]:
        dropped = sum(row["dropped"].values())
        fits = row["documents_in"] == row["documents_kept"] + dropped
        yield (
            ""
            if fits
            else f"stage {row['stage']}: {row['documents_in']} in, {row['documents_kept']} kept, {dropped} dropped"
        )
        if before is not None:
            yield (
                ""
                if row["documents_in"] == before
                else f"stage {row['stage']}: {row['documents_in']} in, {before} handed on"
            )
        before = row["documents_kept"]


def _tables(run: Path, manifest: Mapping[str, Any]) -> Iterator[str]:
    tables = (
        ("documents", DOCUMENTS),
        ("decisions", DECISIONS),
        ("clusters", CLUSTERS),
        ("pairs", PAIRS),
        ("repositories", REPOSITORIES),
        ("licences", FOUND_LICENCES),
        ("samples", SAMPLES),
    )
    for name, schema in tables:
        for path in sorted((run / name).glob("*.parquet")):
            yield (
                ""
                if _fits(pq.read_schema(path), schema)
                else f"{name}/{path.name}: not the columns of {name}"
            )
    kept = scan_folder(run / "documents").select(pl.len()).collect().item()
    last = manifest["stages"][-1]["documents_kept"]
    yield "" if kept == last else f"documents/: {kept} rows, but the last stage kept {last}"
    yield from _lookup(run)
    rows = _dropped(run)
    for stage in manifest["stages"]:
        counted = {code: count for name, code, count in rows if name == stage["stage"]}
        fits = counted == stage["dropped"]
        yield (
            ""
            if fits
            else f"decisions/: stage {stage['stage']} has {counted}, the manifest says {stage['dropped']}"
        )


def _lookup(run: Path) -> Iterator[str]:
    """What is looked up stands row for row beside the kept documents; a run may have none of it."""
    for path in sorted((run / "lookup").glob("*.parquet")):
        documents = run / "documents" / path.name
        groups = (row_groups(file, ["doc_id"]) for file in (documents, path))
        try:
            fits = all(left.equals(right) for left, right in zip(*groups, strict=True))
        except (ValueError, FileNotFoundError):
            fits = False
        yield "" if fits else f"lookup/{path.name}: not the rows of documents/{path.name}"


def _fits(found: pa.Schema, schema: pa.Schema) -> bool:
    """Whether a table has the columns of its schema; one of an earlier version may lack the newer ones."""
    old = [field for field in schema if field.name not in NEWER_COLUMNS or field.name in found.names]
    return bool(found.equals(pa.schema(old)))


def _dropped(run: Path) -> list[tuple[str, str, int]]:
    """(stage, code, documents): each dropped document once, under the first of the rules that dropped it."""
    dropped = scan_folder(run / "decisions").filter(pl.col("verdict") == "dropped")
    first = pl.col("code").min().over("doc_id", "stage")
    counts = dropped.filter(pl.col("code") == first).group_by("stage", "code").len().sort("stage", "code")
    return list(counts.collect().iter_rows())


def _samples(run: Path) -> Iterator[str]:
    """Text is kept of dropped documents alone; runs of earlier versions keep none."""
    if any((run / "samples").glob("*.parquet")):
        dropped = scan_folder(run / "decisions").filter(pl.col("verdict") == "dropped")
        others = scan_folder(run / "samples").join(dropped, on="doc_id", how="anti").select(pl.len())
        count = others.collect().item()
        yield "" if not count else f"samples/: {count} documents that no rule dropped"


def _sequences(run: Path, manifest: Mapping[str, Any]) -> Iterator[str]:
    stated = manifest["sequences"] or {"rows": 0, "tokens": 0, "sequence_length": 0}
    rows = tokens = 0
    for path in sorted((run / "sequences").glob("*.parquet")):
        bad = 0
        for table in row_groups(path):
            lengths = pc.list_value_length(table["input_ids"])
            bad += _unequal(lengths, _list_sums(table["seq_lengths"]))
            bad += _unequal(pc.list_value_length(table["parts"]), pc.list_value_length(table["doc_ids"]))
            bad += _unequal(lengths, _list_sums(_part_lengths(table["parts"])))
            bad += pc.sum(pc.greater(lengths, stated["sequence_length"])).as_py() or 0
            rows, tokens = rows + table.num_rows, tokens + (pc.sum(lengths).as_py() or 0)
        yield "" if not bad else f"sequences/{path.name}: {bad} rows whose lengths do not add up"
    yield "" if rows == stated["rows"] else f"sequences/: {rows} rows, the manifest says {stated['rows']}"
    yield (
        ""
        if tokens == stated["tokens"]
        else f"sequences/: {tokens} tokens, the manifest says {stated['tokens']}"
    )


def _part_lengths(parts: pa.ChunkedArray) -> pa.ListArray:
    """The tokens of each part, as lists."""
    lists = parts.combine_chunks() if isinstance(parts, pa.ChunkedArray) else parts
    return pa.ListArray.from_arrays(lists.offsets, lists.values.field("length"))


def _list_sums(lists: pa.ChunkedArray) -> pa.Array:
    array = lists.combine_chunks() if isinstance(lists, pa.ChunkedArray) else lists
    frame = pl.DataFrame({"lists": pl.from_arrow(array)})
    return frame.select(pl.col("lists").list.sum().cast(pl.Int64)).to_series().to_arrow()


def _unequal(left: pa.ChunkedArray, right: pa.ChunkedArray | pa.Array) -> int:
    same = pc.equal(pc.cast(left, pa.int64()), pc.cast(right, pa.int64()))
    return len(same) - (pc.sum(same).as_py() or 0)

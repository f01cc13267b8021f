"""The units from a source to kept documents: read, parse, licences, filter, documents.

Each task is `task(out, …) -> counters`: it reads folders of finished units, writes its files into `out`,
and counts. `parse` and `filter` write columns that are aligned row for row with what `read` wrote, so that
text is written only twice: as read and as kept.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from codecorpus.document import DECISIONS, DOCUMENTS, MEASURES_TYPE, SOURCE_DOCUMENTS
from codecorpus.filters import decide
from codecorpus.filters.options import FilterOptions, LicenceOptions, SecretOptions
from codecorpus.parse.measures import OUTLINE
from codecorpus.parse.options import ParseOptions
from codecorpus.run.tables import (
    TableWriter,
    aligned,
    count_values,
    read_range,
    read_table,
    row_groups,
    sum_counts,
    write_table,
)
from codecorpus.run.tallies import SEEN, by_level, by_source, count_documents, kept_mask
from codecorpus.run.unit import Counters
from codecorpus.run.watch import CrashWatch
from codecorpus.sources import Shard, assign_licences, find_licences, read_shard
from codecorpus.sources.options import SourceOptions
from codecorpus.stage import StageResult

_VERDICTS = pa.schema(
    [
        ("kept", pa.bool_()),
        ("is_vendor", pa.bool_()),
        ("is_generated", pa.bool_()),
        ("detected_licenses", pa.list_(pa.string())),
        ("license_type", pa.string()),
        ("content", pa.large_string()),
    ]
)

_LICENCES_AT_ONCE = 2_000


def read(out: Path, shard: Shard, options: SourceOptions) -> Counters:
    """Source files → documents.parquet, decisions.parquet, and what they say about licences.

    What counts for whole folders goes to licences.parquet, what counts for one document to headers.parquet: only the first is needed
    outside of the shard.
    """
    counts = _Counts()
    licences, languages = [], []
    sources = [0] * len(shard.sources)
    with (
        TableWriter(out / "documents.parquet", SOURCE_DOCUMENTS) as documents,
        TableWriter(out / "decisions.parquet", DECISIONS) as verdicts,
    ):
        for batch in read_shard(shard, options):
            documents.write(batch.documents)
            verdicts.write(batch.decisions)
            licences.append(find_licences(batch.documents))
            dropped = batch.decisions.filter(pc.equal(batch.decisions["verdict"], "dropped"))
            counts.documents_in += batch.documents.num_rows + dropped.num_rows
            counts.documents_kept += batch.documents.num_rows
            counts.bytes_in += batch.bytes_seen
            counts.bytes_kept += _bytes(batch.documents)
            counts.add(batch.decisions, dropped=count_values(dropped["code"]))
            languages.append(_languages(batch.documents))
            for source, rows in batch.sources.items():
                sources[source] += rows
    found = pa.concat_tables(licences or [find_licences(SOURCE_DOCUMENTS.empty_table())])
    alone = pc.is_null(found["directory"])
    write_table(out / "licences.parquet", found.filter(pc.invert(alone)))
    write_table(out / "headers.parquet", found.filter(alone))
    return {**counts.as_json(), "languages": sum_counts(languages), "sources": sources}


def parse(out: Path, read_folder: Path, options: ParseOptions) -> Counters:
    """Documents → measures.parquet and outline.parquet, aligned; decisions.parquet."""
    counts = _Counts()
    with (
        CrashWatch(out) as watch,
        TableWriter(
            out / "measures.parquet", pa.schema([pa.field("measures", MEASURES_TYPE, nullable=False)])
        ) as measures,
        TableWriter(out / "outline.parquet", OUTLINE) as outline,
        TableWriter(out / "decisions.parquet", DECISIONS) as decisions,
    ):
        for group, documents in enumerate(row_groups(read_folder / "documents.parquet")):
            result = watch.measure(group, documents, options)
            measures.write(result.table.select(["measures"]))
            outline.write(result.table.select(OUTLINE.names))
            decisions.write(result.decisions)
            counts.add_result(documents, result)
    return counts.as_json()


def licences(out: Path, read_folders: list[Path]) -> Counters:
    """What the licence files and package metadata of all shards say → one sorted table."""
    tables = [read_table(folder / "licences.parquet") for folder in read_folders]
    found = pa.concat_tables(tables)
    # A stable sort: patterns of one file keep their order, of which the last one counts.
    order = [(name, "ascending") for name in ("repo_name", "directory", "path")]
    found = found.sort_by(order)
    with TableWriter(out / "licences.parquet", found.schema) as writer:
        # Each shard reads the few of these that are about its repositories.
        for first in range(0, found.num_rows, _LICENCES_AT_ONCE):
            writer.write(found.slice(first, _LICENCES_AT_ONCE))
    return {"licence_files": found.num_rows}


def filter_(
    out: Path,
    read_folder: Path,
    parse_folder: Path,
    licence_folder: Path,
    options: tuple[FilterOptions, LicenceOptions, SecretOptions],
) -> Counters:
    """Documents and measures → verdicts.parquet (kept, flags, licences, redacted text), aligned; decisions.parquet."""
    names = read_table(read_folder / "documents.parquet", ["repo_name"])["repo_name"]
    of_folders = read_range(licence_folder / "licences.parquet", "repo_name", names)
    found = pa.concat_tables([of_folders, read_table(read_folder / "headers.parquet")])
    filters, licence_options, secrets = options
    counts = _Counts()
    with (
        TableWriter(out / "verdicts.parquet", _VERDICTS) as verdicts,
        TableWriter(out / "decisions.parquet", DECISIONS) as decisions,
    ):
        for documents, measures in aligned(
            read_folder / "documents.parquet", parse_folder / "measures.parquet"
        ):
            answers = assign_licences(documents, found)
            documents = _with(documents, **{name: answers[name] for name in answers.column_names})
            result = decide(
                documents, measures["measures"], filter=filters, licences=licence_options, secrets=secrets
            )
            columns = {name: result.table[name] for name in ("is_vendor", "is_generated", "content")}
            licence_columns = {
                "detected_licenses": documents["detected_licenses"],
                "license_type": documents["license_type"],
            }
            verdicts.write(
                pa.table({"kept": result.kept, **columns, **licence_columns}).select(_VERDICTS.names)
            )
            decisions.write(result.decisions)
            counts.add_result(documents, result)
            counts.bytes_kept += _growth(documents, result)
    return counts.as_json()


def decisions(out: Path, folders: list[Path]) -> Counters:
    """The decisions of one shard's stages, in stage order → one file, as published."""
    rows = 0
    with TableWriter(out / "decisions.parquet", DECISIONS) as writer:
        for folder in folders:
            for table in row_groups(folder / "decisions.parquet"):
                writer.write(table)
                rows += table.num_rows
    return {"decisions": rows}


def filtered(read_folder: Path, filter_folder: Path) -> Iterator[tuple[pa.Table, pa.Table]]:
    """What the filters kept, one row group at a time: (documents with licences and redactions applied, their verdicts)."""
    for documents, verdicts in aligned(read_folder / "documents.parquet", filter_folder / "verdicts.parquet"):
        kept = verdicts["kept"]
        documents, verdicts = documents.filter(kept), verdicts.filter(kept)
        content = pc.coalesce(verdicts["content"], documents["content"])
        yield (
            _with(
                documents,
                content=content,
                length_bytes=pc.cast(pc.binary_length(content), pa.int64()),
                detected_licenses=verdicts["detected_licenses"],
                license_type=verdicts["license_type"],
            ),
            verdicts,
        )


def documents(
    out: Path,
    read_folder: Path,
    parse_folder: Path,
    filter_folder: Path,
    dedup_folder: Path,
    contamination_folder: Path | None,
    first_row: int,
    sources: list[int],
) -> Counters:
    """What the filters, dedup and decontamination kept → documents.parquet, as published, and outline.parquet, aligned.

    Args:
        out: where to write.
        read_folder: of the shard.
        parse_folder: of the shard.
        filter_folder: of the shard.
        dedup_folder: holds dropped.npy, the rows that dedup drops, sorted, counted over all filtered documents, and level_*.npy.
        contamination_folder: of the shard: contaminated.parquet, what is left of the documents that hold problems; None: nobody looked.
        first_row: number of the shard's first filtered document in that count.
        sources: documents that were read, by source, in the order of the rows.
    """
    dropped = np.load(dedup_folder / "dropped.npy", mmap_mode="r")
    held, left = contaminated(contamination_folder)
    contaminated_rows = held[pc.is_null(left).to_numpy(zero_copy_only=False)]
    row, seen, after, unique, clean = first_row, [], [], [], []
    parsed = zip(
        _filtered(parse_folder / "measures.parquet", filter_folder),
        _filtered(parse_folder / "outline.parquet", filter_folder),
        strict=True,
    )
    with (
        TableWriter(out / "documents.parquet", DOCUMENTS) as writer,
        TableWriter(out / "outline.parquet", OUTLINE) as outline,
    ):
        for (batch, verdicts), (measured, read) in zip(
            filtered(read_folder, filter_folder), parsed, strict=True
        ):
            numbers = np.arange(row, row + batch.num_rows)
            unique.append(kept_mask(batch.num_rows, dropped, row))
            clean.append(unique[-1] & ~np.isin(numbers, contaminated_rows, assume_unique=True))
            seen.append(batch.select(SEEN.names).cast(SEEN))
            batch = _with_left(batch, held - row, left)
            after.append(batch.select(SEEN.names).cast(SEEN))
            row += batch.num_rows
            table = _with(
                batch,
                is_vendor=verdicts["is_vendor"],
                is_generated=verdicts["is_generated"],
                measures=measured["measures"],
            ).select(DOCUMENTS.names)
            writer.write(table.filter(pa.array(clean[-1])))
            is_edited = np.isin(numbers, held, assume_unique=True) | verdicts["content"].is_valid().to_numpy()
            outline.write(_without_trees(read, is_edited).filter(pa.array(clean[-1])))
    before, final = (pa.concat_tables([SEEN.empty_table(), *tables]) for tables in (seen, after))
    unique_rows, kept_rows = (np.concatenate([np.empty(0, bool), *flags]) for flags in (unique, clean))
    return {
        **count_documents(before, final, unique_rows, kept_rows),
        "sources": by_source((unique_rows, kept_rows), filter_folder, sources),
        "duplicates": by_level(before, first_row, dedup_folder),
    }


def contaminated(folder: Path | None) -> tuple[np.ndarray, pa.Array]:
    """Rows of documents that hold problems, ascending, and what is left of each (null: nothing)."""
    if folder is None:
        return np.empty(0, np.int64), pa.array([], pa.large_string())
    table = read_table(folder / "contaminated.parquet")
    return table["row"].to_numpy(), pa.concat_arrays(
        [pa.array([], pa.large_string()), *table["content"].chunks]
    )


def _with_left(batch: pa.Table, rows: np.ndarray, left: pa.Array) -> pa.Table:
    """The batch with what decontamination left of these rows of it."""
    here = (rows >= 0) & (rows < batch.num_rows) & pc.is_valid(left).to_numpy(zero_copy_only=False)
    if not here.any():
        return batch
    place = pc.index_in(pa.array(range(batch.num_rows), pa.int64()), pa.array(rows[here]))
    content = pc.coalesce(left.filter(pa.array(here)).take(place), batch["content"].combine_chunks())
    return _with(batch, content=content, length_bytes=pc.cast(pc.binary_length(content), pa.int64()))


def _filtered(path: Path, filter_folder: Path) -> Iterator[pa.Table]:
    """What parsing left of the documents that the filters kept, one row group at a time."""
    for table, verdicts in aligned(path, filter_folder / "verdicts.parquet"):
        yield table.filter(verdicts["kept"])


def _without_trees(outline: pa.Table, is_edited: np.ndarray) -> pa.Table:
    """Subtrees are null where the text was edited: they would lie elsewhere in it."""
    rows = pa.array(np.arange(outline.num_rows), mask=is_edited)
    return _with(outline, subtrees=outline["subtrees"].take(rows))


def _with(table: pa.Table, **columns: pa.Array | pa.ChunkedArray) -> pa.Table:
    """The table with these columns replaced or added."""
    for name, column in columns.items():
        index = table.schema.get_field_index(name)
        table = table.append_column(name, column) if index < 0 else table.set_column(index, name, column)
    return table


def _growth(documents: pa.Table, result: StageResult) -> int:
    """Bytes by which redaction makes the kept documents longer; negative where placeholders are shorter."""
    edited = pc.and_(pc.is_valid(result.table["content"]), result.kept)
    after = pc.sum(pc.binary_length(result.table["content"].filter(edited))).as_py() or 0
    return int(after) - _bytes(documents.filter(edited))


def _languages(table: pa.Table) -> dict[str, int]:
    return count_values(pc.fill_null(table["language"], "unknown"))


def _bytes(table: pa.Table) -> int:
    return pc.sum(table["length_bytes"]).as_py() or 0


class _Counts:
    """Counters of a stage on one shard: documents and bytes in and kept, verdicts by code."""

    def __init__(self) -> None:
        self.documents_in = self.documents_kept = self.bytes_in = self.bytes_kept = 0
        self._dropped: list[dict[str, int]] = []
        self._edited: list[dict[str, int]] = []
        self._flagged: list[dict[str, int]] = []

    def add_result(self, documents: pa.Table, result: StageResult) -> None:
        """Count a batch; a document that several rules drop counts for the first of them."""
        self.documents_in += documents.num_rows
        self.documents_kept += pc.sum(result.kept).as_py() or 0
        self.bytes_in += _bytes(documents)
        self.bytes_kept += _bytes(documents.filter(result.kept))
        verdicts = result.decisions.filter(pc.equal(result.decisions["verdict"], "dropped"))
        first: dict[bytes, str] = {}
        for doc_id, code in zip(verdicts["doc_id"].to_pylist(), verdicts["code"].to_pylist(), strict=True):
            first[doc_id] = min(code, first.get(doc_id, code))
        lost = documents["doc_id"].filter(pc.invert(result.kept)).to_pylist()
        self.add(result.decisions, dropped=sum_counts({first[doc_id]: 1} for doc_id in lost))

    def add(self, decisions: pa.Table, *, dropped: dict[str, int]) -> None:
        """Count verdicts; `dropped` counts documents, the others count rows."""
        self._dropped.append(dropped)
        for verdict, counts in (("edited", self._edited), ("flagged", self._flagged)):
            counts.append(count_values(decisions.filter(pc.equal(decisions["verdict"], verdict))["code"]))

    def as_json(self) -> Counters:
        """The counters as the manifest has them."""
        return {
            "documents_in": self.documents_in,
            "documents_kept": self.documents_kept,
            "bytes_in": self.bytes_in,
            "bytes_kept": self.bytes_kept,
            "dropped": sum_counts(self._dropped),
            "edited": sum_counts(self._edited),
            "flagged": sum_counts(self._flagged),
        }

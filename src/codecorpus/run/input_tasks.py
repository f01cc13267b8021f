"""The units of a part that works on any input in bounded memory: pieces of the input, read as often as there are passes.

A piece of a source is what `document_tasks.read` left of a shard of it, with the licences that were found; a piece of a Parquet file of
documents is a run of its row groups. Both give the same batches on every pass: of about 8 MB of text or 20,000 documents, as in a run.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from codecorpus.dates import DATE_TYPE, date_column
from codecorpus.dedup import DedupOptions
from codecorpus.dedup.index import index_rows
from codecorpus.dedup.keep import policy_measures
from codecorpus.document import DOCUMENTS, NEWER_COLUMNS, SOURCE_DOCUMENTS
from codecorpus.errors import DataError
from codecorpus.run.dedup_tasks import index_writer, kept_rows, write_shingles, write_sketches
from codecorpus.run.tables import (
    TableWriter,
    beside,
    count_values,
    read_range,
    read_table,
    row_groups,
    sum_counts,
)
from codecorpus.run.unit import Counters
from codecorpus.sources import assign_licences

_BATCH_BYTES, _BATCH_ROWS = 8_000_000, 20_000
# What is decoded of a file at once: small beside a batch, large beside what a call costs.
_DECODED_BYTES = 2_000_000
#: Bytes of text in a piece of a file, as aimed at; a row group is never cut.
_PIECE_BYTES = 32_000_000
# Of zstd, for what is kept: level 3 saves 10 % of the file and takes 1.5 times as long, 0.5 s of 9 for 530 MB.
_LEVEL = 1
_LICENCES = ("detected_licenses", "license_type")


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of the input.

    Attributes:
        file: Parquet of documents.
        size: bytes, for the progress.
        groups: the row groups of the piece; None for all.
        licences: folder of what was found about licences in all sources; None where documents have theirs.
        whole: whether it has the columns of documents that a run keeps, `measures` included.
    """

    file: Path
    size: int
    groups: tuple[int, ...] | None = None
    licences: Path | None = None
    whole: bool = False

    @property
    def schema(self) -> pa.Schema:
        """The columns of its documents."""
        return DOCUMENTS if self.whole else SOURCE_DOCUMENTS


def cut_file(file: Path) -> Iterator[Piece]:
    """The pieces of a Parquet file of documents, of about 32 MB of text each.

    Raises:
        DataError: the file is damaged.
    """
    try:
        with pq.ParquetFile(file) as parquet:
            metadata, names = parquet.metadata, set(parquet.schema_arrow.names)
    except (OSError, pa.ArrowException) as error:
        raise _unreadable(file, error) from None
    whole = set(DOCUMENTS.names) <= {*names, *NEWER_COLUMNS}
    groups: list[int] = []
    held = 0
    for group in range(metadata.num_row_groups):
        groups.append(group)
        held += metadata.row_group(group).total_byte_size
        if held >= _PIECE_BYTES or group == metadata.num_row_groups - 1:
            yield Piece(file, held, tuple(groups), whole=whole)
            groups, held = [], 0


def in_order(files: Sequence[Path]) -> list[Path]:
    """Files of documents in the order of their documents, wherever they lie: by `first_document`, then by all of their ids.

    Raises:
        DataError: a file is damaged.
    """
    firsts = {file: first_document(file) for file in files}
    shared = Counter(firsts.values())
    return sorted(files, key=lambda file: (firsts[file], _ids_of(file) if shared[firsts[file]] > 1 else b""))


def _ids_of(file: Path) -> bytes:
    """A hash of all ids of a file."""
    found = hashlib.sha256()
    try:
        with pq.ParquetFile(file) as parquet:
            for batch in parquet.iter_batches(columns=["doc_id"], use_threads=False):
                found.update(b"".join(one or b"" for one in batch.column(0).to_pylist()))
    except (OSError, pa.ArrowException) as error:
        raise _unreadable(file, error) from None
    return found.digest()


def first_document(file: Path) -> tuple[bytes, int]:
    """The first id of a Parquet file of documents and the number of its rows: its place among others, wherever it lies.

    Raises:
        DataError: the file is damaged.
    """
    try:
        with pq.ParquetFile(file) as parquet:
            rows = parquet.metadata.num_rows
            for batch in parquet.iter_batches(batch_size=1, columns=["doc_id"], use_threads=False):
                return batch.column(0)[0].as_py() or b"", rows
            return b"", rows
    except (OSError, pa.ArrowException) as error:
        raise _unreadable(file, error) from None


def sketch(out: Path, piece: Piece, options: DedupOptions) -> Counters:
    """A piece of the input → sketch.parquet; assigned.parquet with the licences of its documents where they came from a source."""
    languages, size = [], 0

    def counted() -> Iterator[pa.Table]:
        nonlocal size
        for documents in _with_licences(
            out, piece, whole=piece.whole and bool(policy_measures(options.keep_policy))
        ):
            languages.append(_languages(documents))
            length = pc.binary_length(documents["content"])
            size += pc.sum(length).as_py() or 0
            # A file of somebody else's may say anything of its lengths.
            index = documents.schema.get_field_index("length_bytes")
            yield documents.set_column(index, "length_bytes", length.cast(pa.int64()))

    rows = write_sketches(out, counted(), options)
    return {"documents": rows, "bytes": size, "languages": sum_counts(languages)}


def shingles(out: Path, candidates_folder: Path, shard: int, piece: Piece, options: DedupOptions) -> Counters:
    """The shingle sets of the candidates in a piece of the input → hashes.npy, offsets.npy."""
    return write_shingles(out, candidates_folder, shard, _texts(piece), options)


def documents(
    out: Path,
    piece: Piece,
    sketch_folder: Path,
    dedup_folder: Path,
    first_row: int,
    schema: pa.Schema,
    options: DedupOptions,
) -> Counters:
    """What dedup kept of a piece of the input → documents.parquet; index.parquet where there is to be one."""
    dropped = np.load(dedup_folder / "dropped.npy", mmap_mode="r")
    languages, rows, size = [], 0, 0
    with (
        TableWriter(out / "documents.parquet", schema, level=_LEVEL) as writer,
        index_writer(out / "index.parquet", options) as index,
    ):
        batches = _again(piece, sketch_folder, whole=schema == DOCUMENTS)
        sketched = sketch_folder if options.index else None
        for kept, sketches in kept_rows(batches, sketched, dropped, first_row):
            # In one chunk: where chunks end would decide on where pages do.
            writer.write(kept.select(schema.names).combine_chunks())
            if sketches is not None:
                index.write(index_rows(sketches, kept, options))
            rows += kept.num_rows
            size += pc.sum(pc.binary_length(kept["content"])).as_py() or 0
            languages.append(_languages(kept))
    return {"documents": rows, "bytes": size, "languages": sum_counts(languages)}


def _with_licences(out: Path, piece: Piece, *, whole: bool) -> Iterator[pa.Table]:
    """The documents of a piece for the first time: those of a source get their licences, which are kept in assigned.parquet."""
    if piece.licences is None:
        yield from _batches(piece, whole=whole)
        return
    names = read_table(piece.file, ["repo_name"])["repo_name"]
    of_folders = read_range(piece.licences / "licences.parquet", "repo_name", names)
    licences = pa.concat_tables([of_folders, read_table(piece.file.with_name("headers.parquet"))])
    schema = pa.schema([SOURCE_DOCUMENTS.field(name) for name in _LICENCES])
    with TableWriter(out / "assigned.parquet", schema) as writer:
        for documents in _batches(piece):
            assigned = assign_licences(documents, licences).select(_LICENCES)
            writer.write(assigned)
            yield _replaced(documents, assigned)


def _again(piece: Piece, sketch_folder: Path, *, whole: bool = False) -> Iterator[pa.Table]:
    """The documents of a piece, in the batches of the first time; `whole`: with the columns that only kept documents of a run have."""
    if piece.licences is None:
        yield from _batches(piece, whole=whole)
        return
    for documents, assigned in beside(_batches(piece), sketch_folder / "assigned.parquet"):
        yield _replaced(documents, assigned)


def _batches(piece: Piece, *, whole: bool = False) -> Iterator[pa.Table]:
    if piece.licences is not None:
        return row_groups(piece.file)
    return regroup(_decoded(piece, DOCUMENTS if whole else SOURCE_DOCUMENTS))


def _texts(piece: Piece) -> Iterator[pa.Table]:
    """The documents of a piece without the columns that shingles do not look at; batches and chunks as they come."""
    if piece.licences is not None:
        return row_groups(piece.file, ["content", "language"])
    return _decoded(piece, pa.schema([SOURCE_DOCUMENTS.field(name) for name in ("content", "language")]))


def _decoded(piece: Piece, schema: pa.Schema) -> Iterator[pa.Table]:
    """The rows of a piece of a file, a little at a time; neither its text nor its compressed bytes are held."""
    try:
        # Without pre_buffer and with a buffer, a column is read as it is decoded, and not a row group at once.
        with pq.ParquetFile(piece.file, pre_buffer=False, buffer_size=1 << 16) as parquet:
            groups = list(piece.groups) if piece.groups is not None else list(range(parquet.num_row_groups))
            known = set(parquet.schema_arrow.names)
            there = [name for name in schema.names if name in known]
            for group in groups:
                about = parquet.metadata.row_group(group)
                rows = max(16, about.num_rows * _DECODED_BYTES // max(about.total_byte_size, 1))
                batches = parquet.iter_batches(
                    batch_size=min(rows, _BATCH_ROWS),
                    row_groups=[group],
                    columns=there,
                    use_threads=False,
                )
                for batch in batches:
                    table = pa.Table.from_batches([batch])
                    table = with_date(table) if "revision_date" in schema.names else table
                    yield table.select(schema.names).cast(schema)
    except (OSError, ValueError, pa.ArrowException) as error:
        raise _unreadable(piece.file, error) from None


def with_date(documents: pa.Table) -> pa.Table:
    """Dates in any of their forms as dates, null where the file has no such column."""
    if "revision_date" not in documents.column_names:
        return documents.append_column("revision_date", pa.nulls(documents.num_rows, DATE_TYPE))
    index = documents.schema.get_field_index("revision_date")
    return documents.set_column(index, "revision_date", date_column(documents["revision_date"]))


def regroup(tables: Iterable[pa.Table]) -> Iterator[pa.Table]:
    """The same documents in batches of about 8 MB of text or 20,000 documents; the borders follow from the documents alone.

    What is put together keeps its chunks: to copy all text once takes 0.25 s for 530 MB.

    >>> [table.num_rows for table in regroup([pa.table({"content": ["x"] * 30_000})])]
    [20000, 10000]
    """
    waiting: list[pa.Table] = []
    held = rows = 0
    for table in tables:
        ends = np.cumsum(pc.binary_length(table["content"]).fill_null(0).to_numpy(), dtype=np.int64)
        start, before = 0, 0
        while start < table.num_rows:
            stop = int(np.searchsorted(ends, before + _BATCH_BYTES - held)) + 1
            stop = min(stop, start + _BATCH_ROWS - rows, table.num_rows)
            waiting.append(table.slice(start, stop - start))
            held, rows = held + int(ends[stop - 1]) - before, rows + stop - start
            if held >= _BATCH_BYTES or rows >= _BATCH_ROWS:
                yield pa.concat_tables(waiting)
                waiting, held, rows = [], 0, 0
            start, before = stop, int(ends[stop - 1])
    if waiting:
        yield pa.concat_tables(waiting)


def _replaced(documents: pa.Table, columns: pa.Table) -> pa.Table:
    for name in columns.column_names:
        place = documents.schema.get_field_index(name)
        documents = documents.set_column(place, documents.schema.field(place), columns[name])
    return documents


def _languages(documents: pa.Table) -> dict[str, int]:
    return count_values(pc.fill_null(documents["language"], "unknown"))


def _unreadable(file: Path, error: Exception) -> DataError:
    said = str(error).partition("\n")[0]
    return DataError(
        f"{file}: not readable as documents: {said}",
        "Its columns have the names of documents; see docs/formats.md for their types.",
    )


def all_whole(pieces: Sequence[Piece]) -> bool:
    """Whether every piece has the columns that kept documents of a run have.

    >>> all_whole([Piece(Path("a.parquet"), 1, whole=True), Piece(Path("b.parquet"), 1)])
    False
    """
    return bool(pieces) and all(piece.whole for piece in pieces)

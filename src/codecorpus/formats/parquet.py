"""Sequences as Parquet: written so that equal rows give equal bytes, read whole, by row group, or one row at a time.

What comes in: sequences tables (`codecorpus.document.sequences_schema`). What goes out: one file, zstd, row groups of a fixed number of
rows however the input was cut into tables, no time and no machine in it.

Token ids are stored plain. A dictionary packs 15 bits a token and so hides repeats from zstd: on 8 M tokens of real code it took 1.45
bytes a token against 1.09, and longer to write and read.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from codecorpus.document import sequences_schema
from codecorpus.errors import DataError, StorageError, UsageError
from codecorpus.fragments import show_fields

#: Rows in a row group: about 4 M tokens at 4096, what a reader holds at once.
ROWS_PER_GROUP = 1024


@dataclass(frozen=True, slots=True)
class Written:
    """What a file of sequences holds."""

    rows: int
    parts: int
    tokens: int

    _repr_html_ = show_fields


def write_sequences(path: str | Path, tables: Iterable[pa.Table], id_type: np.dtype[Any]) -> Written:
    """Write sequences tables, one after the other, as one Parquet file; it appears under its name only when it is complete.

    Args:
        path: the file; its folder exists.
        tables: tables with `sequences_schema` of this id type, with or without `loss_mask`, but all alike.
        id_type: uint16 or uint32.

    Raises:
        UsageError: a table has other columns or another id type.
        StorageError: the file cannot be written.
    """
    target = Path(path)
    temporary = target.with_name(f".{target.name}.tmp")
    try:
        written = _write(temporary, tables, pa.from_numpy_dtype(np.dtype(id_type)))
        _flush(temporary)
        os.replace(temporary, target)
        _flush(target.parent)
    except OSError as error:
        raise StorageError(
            f"{target} cannot be written: {error.strerror or error}",
            "Free some space or choose another folder.",
        ) from error
    finally:
        temporary.unlink(missing_ok=True)
    return written


def read_sequences(path: str | Path, *, columns: Sequence[str] | None = None) -> pa.Table:
    """Every row of a file, or of all `*.parquet` files of a folder in the order of their names.

    Raises:
        DataError: nothing is there, a file is damaged, or it holds no sequences.
    """
    return pa.concat_tables(list(iter_sequences(path, columns=columns)))


def iter_sequences(path: str | Path, *, columns: Sequence[str] | None = None) -> Iterator[pa.Table]:
    """The rows of a file or folder as one table per row group; a file without rows gives one empty table.

    Raises:
        DataError: nothing is there, a file is damaged, or it holds no sequences.
    """
    for file in sequence_files(path):
        with _open(file) as parquet:
            wanted = list(columns) if columns is not None else parquet.schema_arrow.names
            if parquet.num_row_groups == 0:
                yield parquet.schema_arrow.empty_table().select(wanted)
            for group in range(parquet.num_row_groups):
                yield _read_group(parquet, group, wanted, file)


def read_row(path: str | Path, row: int) -> pa.Table:
    """One row of a file or folder as a table; only its row group is read.

    Raises:
        DataError: nothing is there, or a file is damaged.
        UsageError: there are fewer rows.
    """
    left = row
    total = 0
    for file in sequence_files(path):
        with _open(file) as parquet:
            for group in range(parquet.num_row_groups):
                rows = parquet.metadata.row_group(group).num_rows
                if 0 <= left < rows:
                    return _read_group(parquet, group, parquet.schema_arrow.names, file).slice(left, 1)
                left -= rows
                total += rows
    raise UsageError(f"there is no row {row} in {path}", f"It has {total} rows, counted from 0.")


def sequence_files(path: str | Path) -> list[Path]:
    """The file itself, or the `*.parquet` files of a folder in the order of their names.

    Raises:
        DataError: nothing is there.
    """
    given = Path(path)
    files = sorted(given.glob("*.parquet")) if given.is_dir() else [given]
    if not files or not all(file.is_file() for file in files):
        raise DataError(
            f"{given}: there are no sequences here",
            "Give a Parquet file of sequences, or the folder that holds them.",
        )
    return files


def sequences_mistake(schema: pa.Schema) -> str | None:
    """What keeps a schema from being one of sequences, None where nothing does."""
    if "input_ids" not in schema.names:
        return f"there is no column input_ids; columns: {', '.join(schema.names)}"
    kind = schema.field("input_ids").type
    if not pa.types.is_list(kind) or kind.value_type not in (pa.uint16(), pa.uint32()):
        return f"input_ids is {kind}, not a list of uint16 or uint32"
    if "parts" not in schema.names:
        return f"there is no column parts, so that an earlier version wrote them; columns: {', '.join(schema.names)}"
    wanted = sequences_schema(kind.value_type, loss_mask="loss_mask" in schema.names)
    if [(field.name, _plain(field.type)) for field in schema] != [
        (field.name, _plain(field.type)) for field in wanted
    ]:
        return f"columns are {_named(schema)}, not {_named(wanted)}"
    return None


def _write(path: Path, tables: Iterable[pa.Table], id_type: pa.DataType) -> Written:
    rows = parts = tokens = 0
    writer: pq.ParquetWriter | None = None
    try:
        for group in _regrouped(_checked(tables, id_type)):
            writer = writer or _writer(path, group.schema)
            writer.write_table(group, row_group_size=ROWS_PER_GROUP)
            rows += group.num_rows
            parts += len(group["parts"].combine_chunks().flatten())
            tokens += len(group["input_ids"].combine_chunks().flatten())
        writer = writer or _writer(path, sequences_schema(id_type))
    finally:
        if writer is not None:
            writer.close()
    return Written(rows, parts, tokens)


def _writer(path: Path, schema: pa.Schema) -> pq.ParquetWriter:
    return pq.ParquetWriter(
        path,
        schema.remove_metadata(),
        compression="zstd",
        compression_level=3,
        use_dictionary=False,
        write_statistics=False,
    )


def _checked(tables: Iterable[pa.Table], id_type: pa.DataType) -> Iterator[pa.Table]:
    for table in tables:
        mistake = sequences_mistake(table.schema)
        if mistake is None and table.schema.field("input_ids").type.value_type != id_type:
            mistake = f"input_ids is {table.schema.field('input_ids').type}, not a list of {id_type}"
        if mistake is not None:
            raise UsageError(f"this is not a table of sequences: {mistake}")
        yield table.cast(sequences_schema(id_type, loss_mask="loss_mask" in table.schema.names))


def _regrouped(tables: Iterable[pa.Table]) -> Iterator[pa.Table]:
    """The same rows in tables of ROWS_PER_GROUP rows, the last one shorter; one empty table where there are tables but no rows."""
    waiting: list[pa.Table] = []
    held = groups = 0
    for table in tables:
        waiting.append(table)
        held += table.num_rows
        while held >= ROWS_PER_GROUP:
            joined = pa.concat_tables(waiting)
            yield joined.slice(0, ROWS_PER_GROUP).combine_chunks()
            waiting = [joined.slice(ROWS_PER_GROUP)]
            held -= ROWS_PER_GROUP
            groups += 1
    if held or (waiting and not groups):
        yield pa.concat_tables(waiting).combine_chunks()


def _open(file: Path) -> pq.ParquetFile:
    try:
        parquet = pq.ParquetFile(file)
    except (OSError, pa.ArrowException) as error:
        raise DataError(f"{file} is not a readable Parquet file: {_first_line(error)}") from error
    mistake = sequences_mistake(parquet.schema_arrow)
    if mistake is not None:
        parquet.close()
        raise DataError(f"{file} holds no sequences: {mistake}")
    return parquet


def _read_group(parquet: pq.ParquetFile, group: int, columns: list[str], file: Path) -> pa.Table:
    try:
        return parquet.read_row_group(group, columns=columns)
    except (OSError, pa.ArrowException) as error:
        raise DataError(f"{file}: row group {group} is damaged: {_first_line(error)}") from error


def _flush(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _plain(kind: pa.DataType) -> Any:
    """A list's value type without the name and nullability of its field, which writers choose differently."""
    return ("list", kind.value_type) if pa.types.is_list(kind) else kind


def _named(schema: pa.Schema) -> str:
    return ", ".join(f"{field.name} {field.type}" for field in schema)


def _first_line(error: Exception) -> str:
    return str(error).partition("\n")[0]

"""Parquet files with The Stack's columns, read a row group at a time, in small batches."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace
from typing import Any, BinaryIO

import pyarrow as pa
import pyarrow.parquet as pq

from codecorpus.dates import seconds_column
from codecorpus.errors import SourceError
from codecorpus.sources.columns import map_columns, row_entry
from codecorpus.sources.opt_out import OptOuts, left_out, opt_outs
from codecorpus.sources.options import SourceOptions
from codecorpus.sources.part import Part
from codecorpus.sources.rows import Entry, display_path, too_large
from codecorpus.sources.streams import DAMAGE, bomb_budget, open_place, size_of

#: Rows decoded at once. At the mean of The Stack, 8 KB, that is a quarter of a MB of text; at the largest file that is read by default,
#: 256 MB. A dictionary makes many rows of one text, so that the size of a file says nothing about this.
_BATCH_ROWS = 32


def parquet_parts(part: Part, options: SourceOptions) -> Iterator[Part]:
    """One part for each row group, so that a big file can be read by many workers; one damaged part where there is no footer.

    Args:
        part: the whole file.
        options: names of the columns.

    Raises:
        SourceError: a needed column is missing, or the content is not text.
    """
    try:
        with open_place(part.location, part.access) as raw, _open(raw) as file:
            _column_types(file, options, part.location)
            sizes = [file.metadata.row_group(group).total_byte_size for group in range(file.num_row_groups)]
    except DAMAGE as error:
        yield damaged(part, str(error))
        return
    for group, size in enumerate(sizes):
        key, fingerprint = f"{part.key}\0{group:08}", f"{part.fingerprint}-{group}"
        yield replace(part, key=key, fingerprint=fingerprint, size=max(size, 0), items=(group,))


def damaged(part: Part, reason: str) -> Part:
    """The part that says that a file, as a whole, cannot be read."""
    path = display_path(os.path.basename(part.location))
    return Part(
        "damaged",
        part.location,
        part.repo_name,
        part.key,
        part.fingerprint,
        part.size,
        ("CC008", path, _first_line(reason)),
    )


def read_parquet(part: Part, options: SourceOptions) -> Iterator[Entry]:
    """One entry for each row of the part's row groups, and one for the rest of a row group that is damaged."""
    name = display_path(os.path.basename(part.location))
    read = 0
    rows = 0
    outs = opt_outs(options.opt_out)
    try:
        with open_place(part.location, part.access) as raw, _open(raw) as file:
            mapping = _column_types(file, options, part.location)
            left = bomb_budget(size_of(raw))
            for group in part.items:
                first = sum(file.metadata.row_group(before).num_rows for before in range(group))
                read, rows = 0, file.metadata.row_group(group).num_rows
                columns = sorted(set(mapping.values()))
                for batch in file.iter_batches(
                    _BATCH_ROWS, row_groups=[group], columns=columns, use_threads=False
                ):
                    for entry in _batch_entries(
                        batch, mapping, part.repo_name or "", first + read, options.max_bytes, outs
                    ):
                        left -= entry.size
                        if left < 0:
                            raise OSError("more bytes decoded than is plausible: taken for a bomb")
                        yield entry
                        read += 1
    except DAMAGE as error:
        detail = f"{rows - read:,} rows lost: {_first_line(str(error))}"
        yield Entry(
            part.repo_name or "", f"{name}#{part.key.rpartition(chr(0))[2]}", code="CC008", detail=detail
        )


def _batch_entries(
    batch: pa.RecordBatch, mapping: dict[str, str], stem: str, first: int, max_bytes: int, outs: OptOuts
) -> Iterator[Entry]:
    # Content as bytes: a Parquet file can claim that anything is a string, and the check belongs to one row.
    contents = batch.column(mapping["content"])
    columns = {
        ours: _column(ours, batch.column(theirs)) for ours, theirs in mapping.items() if ours != "content"
    }
    for row, content in enumerate(_as_bytes(contents)):
        values = {name: column[row] for name, column in columns.items()}
        number = first + row + 1
        if outs:
            named = row_entry(values, b"", stem=stem, number=number)
            size = content.as_buffer().size if content.is_valid else 0
            if (out := left_out(outs, named.repo_name, named.path, size)) is not None:
                yield out
                continue
        raw = content.as_py()
        entry = row_entry(values, raw or b"", stem=stem, number=number)
        if raw is None:
            yield Entry(
                entry.repo_name, entry.path, code="CC009", detail=f"row {number:,}: the content is null"
            )
        elif len(raw) > max_bytes:
            yield too_large(entry.repo_name, entry.path, len(raw), max_bytes)
        else:
            yield entry


def _as_bytes(column: pa.Array) -> pa.Array:
    if pa.types.is_dictionary(column.type):
        column = column.dictionary_decode()
    return column.cast(pa.large_binary())


def _column(name: str, column: pa.Array) -> list[Any]:
    if name == "revision_date":  # in seconds
        return seconds_column(column).to_pylist()  # type: ignore[no-any-return]
    return _values(column)


def _values(column: pa.Array) -> list[Any]:
    if pa.types.is_dictionary(column.type):
        column = column.dictionary_decode()
    if pa.types.is_string(column.type) or pa.types.is_large_string(column.type):
        column = column.cast(pa.large_binary())
    try:
        return column.to_pylist()  # type: ignore[no-any-return]
    except UnicodeDecodeError:
        return [None] * len(column)


def _column_types(file: pq.ParquetFile, options: SourceOptions, where: str) -> dict[str, str]:
    """The mapping of columns, after a look at the type of the content."""
    schema = file.schema_arrow
    mapping = map_columns(schema.names, options, where)
    kind = schema.field(options.content).type
    inner = kind.value_type if pa.types.is_dictionary(kind) else kind
    text = (pa.types.is_string, pa.types.is_large_string, pa.types.is_binary, pa.types.is_large_binary)
    if not any(test(inner) for test in text):
        raise SourceError(
            f"{where}: column {options.content!r} holds {kind}, not text",
            "Name another: --set source.content=NAME.",
        )
    return mapping


def _open(raw: BinaryIO) -> pq.ParquetFile:
    return pq.ParquetFile(raw, memory_map=False, pre_buffer=False, buffer_size=1 << 20)


def _first_line(text: str) -> str:
    return text.strip().partition("\n")[0] or "not a Parquet file"

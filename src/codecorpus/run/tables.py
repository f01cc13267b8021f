"""Parquet files of a run, written and read one row group at a time: same bytes for the same rows."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

if TYPE_CHECKING:
    import polars as pl

#: Columns with few values. The text itself is never worth a dictionary, and trying costs time.
_REPEATING = (
    "repo_name",
    "revision_id",
    "revision_date",
    "src_encoding",
    "language",
    "extension",
    "license_type",
    "stage",
    "code",
    "verdict",
    "kind",
)


class TableWriter:
    """Writes a Parquet file of one schema, one row group per table; memory is one row group.

    >>> with TableWriter(Path("rows.parquet"), pa.schema([("a", pa.int64())])) as writer:  # doctest: +SKIP
    ...     writer.write(pa.table({"a": [1]}))
    """

    def __init__(
        self, path: Path, schema: pa.Schema, *, random: Collection[str] = (), level: int = 3
    ) -> None:
        """A new file.

        Args:
            path: where to write.
            schema: of all tables to come.
            random: columns of hashes, which are not compressed; lists among them are sorted, and stored as differences (6.85 bytes a hash
                instead of 8, where 6.64 is the least possible). Every page of such a file has a checksum.
            level: of zstd, in a file without such columns.
        """
        sorted_lists = [
            _leaf(field) for field in schema if field.name in random and pa.types.is_list(field.type)
        ]
        repeating = [name for name in schema.names if name in _REPEATING]
        self._schema = schema
        self._writer = pq.ParquetWriter(
            path,
            schema,
            compression={_leaf(field): "none" if field.name in random else "zstd" for field in schema}
            if random
            else "zstd",
            compression_level=None if random else level,
            column_encoding=dict.fromkeys(sorted_lists, "DELTA_BINARY_PACKED") or None,
            use_dictionary=repeating,
            write_statistics=repeating,
            write_page_checksum=bool(random),
        )

    def write(self, table: pa.Table) -> None:
        """Add one row group; an empty table adds nothing."""
        if table.num_rows:
            self._writer.write_table(table.cast(self._schema), row_group_size=table.num_rows)

    def __enter__(self) -> TableWriter:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._writer.close()


def _leaf(field: pa.Field) -> str:
    """The name that Parquet has for a column's values."""
    return f"{field.name}.list.element" if pa.types.is_list(field.type) else field.name


def write_table(path: Path, table: pa.Table) -> None:
    """Write a small table as one row group."""
    with TableWriter(path, table.schema) as writer:
        writer.write(table)


def row_groups(path: Path, columns: list[str] | None = None) -> Iterator[pa.Table]:
    """The row groups of a Parquet file, in order, each with its chunks combined."""
    with pq.ParquetFile(path) as file:
        for index in range(file.num_row_groups):
            yield file.read_row_group(index, columns=columns, use_threads=False).combine_chunks()


def read_table(path: Path, columns: list[str] | None = None) -> pa.Table:
    """A whole small Parquet file."""
    with pq.ParquetFile(path) as file:
        return file.read(columns=columns, use_threads=False).combine_chunks()


def read_range(path: Path, column: str, values: pa.Array | pa.ChunkedArray) -> pa.Table:
    """The row groups of a Parquet file sorted by `column`, a column of text, that may hold one of `values`; all other rows with them."""
    least, most = pc.min_max(values).as_py().values()
    with pq.ParquetFile(path) as file:
        place = file.schema_arrow.get_field_index(column)
        groups = []
        for index in range(file.num_row_groups):
            known = file.metadata.row_group(index).column(place).statistics
            is_known = known is not None and known.has_min_max and least is not None
            if not is_known or (known.min <= most and least <= known.max):
                groups.append(index)
        if not groups:
            return file.schema_arrow.empty_table()
        return file.read_row_groups(groups, use_threads=False).combine_chunks()


def scan_folder(folder: Path) -> pl.LazyFrame:
    """All Parquet files of a folder, in the order of their names; brackets in its name are no pattern."""
    import polars as pl  # late: it takes a tenth of a second, and most units need none

    return pl.scan_parquet(sorted(folder.glob("*.parquet")), glob=False)


def aligned(*paths: Path) -> Iterator[tuple[pa.Table, ...]]:
    """Row groups of several files that describe the same rows, side by side.

    Raises:
        AssertionError: if the files do not have the same row groups, which would mean that one of them is not what its key says.
    """
    for tables in zip(*(row_groups(path) for path in paths), strict=True):
        if len({table.num_rows for table in tables}) != 1:
            raise AssertionError(f"row groups differ: {[str(path) for path in paths]}")
        yield tables


def beside(tables: Iterable[pa.Table], path: Path) -> Iterator[tuple[pa.Table, pa.Table]]:
    """Tables, each with its rows of a file that describes the same rows in the same order, whatever its row groups."""
    with pq.ParquetFile(path) as file:
        held = [file.schema_arrow.empty_table()]
    groups = row_groups(path)
    for table in tables:
        while sum(one.num_rows for one in held) < table.num_rows:
            held.append(next(groups))
        joined = pa.concat_tables(held)
        yield table, joined.slice(0, table.num_rows)
        held = [joined.slice(table.num_rows)]


def count_values(column: pa.ChunkedArray | pa.Array) -> dict[str, int]:
    """How often each value occurs, by value in ascending order.

    >>> count_values(pa.array(["b", "a", "b"]))
    {'a': 1, 'b': 2}
    """
    return dict(sorted((pair["values"].as_py(), pair["counts"].as_py()) for pair in pc.value_counts(column)))


def sum_counts(counts: Iterable[dict[str, int]]) -> dict[str, int]:
    """Add up counts by name."""
    total: dict[str, int] = {}
    for one in counts:
        for name, count in one.items():
            total[name] = total.get(name, 0) + count
    return dict(sorted(total.items()))

"""What a run leaves for later ones: of each kept document its sketch and its shingle set; no text.

Sketches and documents in, rows of the index out; and back again, the sets that a later search asks for. The hashes are as good as
random, so an index is large: 6.9 bytes for each different shingle of a document, and about 330 for its sketch; on a corpus of 530 MB as
many bytes as the text. A set of 1,200 random 64-bit numbers cannot be stored in less than 6.64 bytes each.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from codecorpus.dedup.minhash import sketch_schema
from codecorpus.dedup.options import DedupOptions
from codecorpus.dedup.sets import Ints, ShingleSets
from codecorpus.dedup.shingle import shingle_sets
from codecorpus.errors import DataError

#: Column of the shingle sets: sorted 64-bit hashes, null where a document takes the exact path only.
SHINGLES = "shingles"
_SET_TYPE = pa.list_(pa.field("item", pa.uint64(), nullable=False))


def index_schema(options: DedupOptions) -> pa.Schema:
    """The columns of a sketch and `shingles`; the metadata says how both were made."""
    schema = sketch_schema(options)
    return schema.append(pa.field(SHINGLES, _SET_TYPE)).with_metadata(schema.metadata)


def random_columns(schema: pa.Schema) -> list[str]:
    """Columns whose values no compression makes smaller: keys and hashes.

    >>> random_columns(pa.schema([("path", pa.string()), ("band_00", pa.uint64()), ("shingles", _SET_TYPE)]))
    ['band_00', 'shingles']
    """
    kinds = (pa.uint64(), _SET_TYPE, pa.binary(16))
    return [field.name for field in schema if field.type in kinds]


def index_rows(sketches: pa.Table, documents: pa.Table, options: DedupOptions) -> pa.Table:
    """Rows of the index.

    Args:
        sketches: rows of `sketch`.
        documents: the same documents, as `sketch` takes them.
        options: as the sketches were made.

    Returns:
        A table of `index_schema`, in their order.
    """
    is_long = sketches["shingle_count"].to_numpy() >= options.min_shingles
    long = documents.select(["content", "language"]).filter(pa.array(is_long))
    sets = shingle_sets(long["content"], options, long["language"])
    lengths = np.zeros(len(is_long), np.int64)
    lengths[is_long] = np.diff(sets.offsets)
    borders = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int32)
    column = pa.ListArray.from_arrays(
        pa.array(borders), pa.array(sets.hashes), type=_SET_TYPE, mask=pa.array(~is_long)
    )
    schema = index_schema(options)
    return pa.table([*sketches.select(schema.names[:-1]).columns, column], schema=schema)


def index_sets(file: Path, rows: Ints) -> Iterator[ShingleSets]:
    """The shingle sets of some rows of an index, one row group of the file at a time.

    Args:
        file: a part of an index.
        rows: int64, ascending.

    Raises:
        DataError: the file is damaged.
    """
    try:
        with pq.ParquetFile(file, page_checksum_verification=True) as parquet:
            first = 0
            for group in range(parquet.num_row_groups):
                end = first + parquet.metadata.row_group(group).num_rows
                here = rows[np.searchsorted(rows, first) : np.searchsorted(rows, end)] - first
                if len(here):
                    table = parquet.read_row_group(group, columns=[SHINGLES], use_threads=False)
                    yield _sets_of(table[SHINGLES].take(pa.array(here)))
                first = end
    except (OSError, pa.ArrowException) as error:
        raise damaged(file, error) from None


def check_part(file: Path) -> pa.Schema:
    """Read all of an index that a search reads at once, and see that it is as it was written; returns its schema.

    Raises:
        DataError: the file is missing or damaged.
    """
    try:
        with pq.ParquetFile(file, page_checksum_verification=True) as parquet:
            names = [name for name in parquet.schema_arrow.names if name != SHINGLES]
            for group in range(parquet.num_row_groups):
                parquet.read_row_group(group, columns=names, use_threads=False)
            return parquet.schema_arrow
    except (OSError, pa.ArrowException) as error:
        raise damaged(file, error) from None


def damaged(file: Path, error: Exception) -> DataError:
    """The error for a part that cannot be read."""
    said = str(error).partition("\n")[0]
    return DataError(
        f"{file}: this index is damaged: {said}", "Make it again, with the command that wrote it."
    )


def _sets_of(column: pa.ChunkedArray) -> ShingleSets:
    """Lists of hashes as sets; a null is an empty one."""
    lists = column.combine_chunks()
    lists = pa.concat_arrays(lists.chunks) if isinstance(lists, pa.ChunkedArray) else lists
    lengths = lists.value_lengths().fill_null(0).to_numpy()
    offsets = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
    return ShingleSets(lists.flatten().to_numpy(), offsets)

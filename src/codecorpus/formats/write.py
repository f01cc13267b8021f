"""Sequences tables in, a folder in a trainer's format out.

Every writer is a function of files' rows, a folder and the facts, and needs no package of the trainer. Equal rows give equal bytes,
however they were cut into tables: nothing but the rows, the facts and the number of tokens in a file decides.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from codecorpus.errors import StorageError, UsageError
from codecorpus.formats.datatrove import write_datatrove
from codecorpus.formats.huggingface import write_datasets
from codecorpus.formats.litdata import write_litdata
from codecorpus.formats.mds import write_mds
from codecorpus.formats.megatron import write_megatron
from codecorpus.formats.names import FORMATS, Facts, check_format
from codecorpus.formats.olmo import write_numpy
from codecorpus.formats.parquet import Written, write_sequences
from codecorpus.formats.rows import Rows, check_columns, fill_rows, read_rows, tables_by_file
from codecorpus.formats.webdataset import write_webdataset

#: Tokens in one file, about: 32 MiB as uint16. Rows of one file are in memory at a time.
FILE_TOKENS = 1 << 24

Writer = Callable[[Iterator[Rows], Path, Facts], None]

WRITERS: dict[str, Writer] = {
    "megatron": write_megatron,
    "numpy": write_numpy,
    "datatrove": write_datatrove,
    "mds": write_mds,
    "litdata": write_litdata,
    "webdataset": write_webdataset,
    "datasets": write_datasets,
}


def write_format(
    name: str, tables: Iterable[pa.Table], folder: Path, facts: Facts, *, file_tokens: int = FILE_TOKENS
) -> Written:
    """Write sequences in the format of a trainer.

    Args:
        name: a key of FORMATS.
        tables: sequences tables in order; columns `input_ids`, `seq_lengths` and, in all or none, `loss_mask`.
        folder: an empty folder. A failure leaves what was written until then.
        facts: of the sequences.
        file_tokens: tokens in one file, about; a file holds whole rows.

    Returns:
        Rows, parts (of `doc_ids`; samples where there are none) and tokens, padding not counted.

    Raises:
        UsageError: an unknown format, one that the sequences do not fit, or tables of something else.
        DataError: a row that cannot be.
        StorageError: the folder cannot be written.
    """
    id_type = check_format(name, facts)
    counts: list[Written] = []
    try:
        rows_per_file = max(1, file_tokens // facts.sequence_length)
        if name == "parquet":
            _write_parquet(_counted(tables_by_file(tables, rows_per_file), counts), folder, facts)
        else:
            files = _counted(tables_by_file(_needed(name, tables, facts), rows_per_file), counts)
            WRITERS[name](_prepared(name, files, facts, id_type), folder, facts)
    except OSError as error:
        raise StorageError(
            f"{folder} cannot be written: {error.strerror or error}",
            "Free some space or choose another folder.",
        ) from error
    return Written(
        sum(file.rows for file in counts),
        sum(file.parts for file in counts),
        sum(file.tokens for file in counts),
    )


def _counted(files: Iterator[pa.Table], counts: list[Written]) -> Iterator[pa.Table]:
    for table in files:
        parts = table["doc_ids" if "doc_ids" in table.schema.names else "seq_lengths"].combine_chunks()
        counts.append(
            Written(table.num_rows, len(parts.flatten()), len(table["input_ids"].combine_chunks().flatten()))
        )
        yield table


def _needed(name: str, tables: Iterable[pa.Table], facts: Facts) -> Iterator[pa.Table]:
    """The columns that a writer reads, of types that do not differ in what may be null, so that tables can be joined."""
    has_loss: bool | None = None
    for table in tables:
        check_columns(table, facts)
        if has_loss is None:
            has_loss = "loss_mask" in table.schema.names
            check_format(name, facts, loss_mask=has_loss)
        if has_loss != ("loss_mask" in table.schema.names):
            raise UsageError(
                "some tables of sequences have a loss_mask and some have none",
                "Give all or none of them one.",
            )
        yield pa.table(
            {
                column: table[column].cast(pa.list_(table.schema.field(column).type.value_type))
                for column in ("input_ids", "seq_lengths", "doc_ids", "loss_mask")
                if column in table.schema.names
            }
        )


def _prepared(name: str, files: Iterator[pa.Table], facts: Facts, id_type: np.dtype[Any]) -> Iterator[Rows]:
    """The rows of each file as the format wants them: ids of its type, little-endian, filled up if need be."""
    for table in files:
        rows = read_rows(table, facts)
        if FORMATS[name].is_padded:
            rows = fill_rows(rows, facts)
        yield replace(rows, ids=rows.ids.astype(id_type.newbyteorder("<"), copy=False))


def _write_parquet(files: Iterator[pa.Table], folder: Path, facts: Facts) -> None:
    number = -1
    for number, table in enumerate(files):
        read_rows(table, facts)
        write_sequences(folder / f"part-{number:05d}.parquet", [table], facts.id_type)
    if number < 0:
        write_sequences(folder / "part-00000.parquet", [], facts.id_type)

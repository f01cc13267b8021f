"""Read sequences again and check that they are what their schema says: lengths, sums, ranges."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from codecorpus.errors import DataError
from codecorpus.formats.parquet import Written, iter_sequences, sequence_files


def verify_sequences(path: str | Path, *, sequence_length: int, vocab_size: int) -> Written:
    """Read a file or folder of sequences row group by row group and check every row.

    Args:
        path: a Parquet file, or a folder of them.
        sequence_length: tokens in a row, at most.
        vocab_size: every token id is below it.

    Returns:
        What it holds.

    Raises:
        DataError: the first thing that is wrong, with file and row.
    """
    rows = parts = tokens = 0
    for file in sequence_files(path):
        in_file = 0
        for table in iter_sequences(file):
            mistake = _mistake(table, sequence_length, vocab_size)
            if mistake is not None:
                row, text = mistake
                raise DataError(
                    f"{file}, row {in_file + row}: {text}",
                    "The file is damaged, or of another run; build it again.",
                )
            in_file += table.num_rows
            parts += len(table["parts"].combine_chunks().flatten())
            tokens += len(table["input_ids"].combine_chunks().flatten())
        rows += in_file
    return Written(rows, parts, tokens)


def _mistake(table: pa.Table, sequence_length: int, vocab_size: int) -> tuple[int, str] | None:
    """The first wrong row and what is wrong with it."""
    if any(table[name].null_count for name in table.column_names):
        return 0, "a value is missing in its row group"
    sizes = _lengths(table["input_ids"])
    flat = table["seq_lengths"].combine_chunks().flatten().to_numpy()
    borders = _borders(_lengths(table["seq_lengths"]))
    part_borders = _borders(_lengths(table["parts"]))
    parts = table["parts"].combine_chunks().flatten()
    lengths = parts.field("length").to_numpy()
    pieces = sum(parts.field(name).to_numpy() for name in ("name", "path", "prefix", "middle", "suffix"))
    checks = [
        (sizes > sequence_length, f"more than {sequence_length} tokens"),
        (sizes == 0, "no tokens"),
        (_sums(flat, borders) != sizes, "seq_lengths do not sum to the row's length"),
        (_row_of(flat < 1, borders), "a sample without tokens"),
        (_lengths(table["doc_ids"]) != np.diff(part_borders), "doc_ids and parts differ in number"),
        (_sums(lengths, part_borders) != sizes, "parts do not sum to the row's length"),
        (_row_of(pieces > lengths, part_borders), "a part has more than its tokens"),
        (_row_of(_ids(table) >= vocab_size, _borders(sizes)), f"a token id beyond {vocab_size - 1}"),
    ]
    if "loss_mask" in table.column_names:
        checks.append((_lengths(table["loss_mask"]) != sizes, "loss_mask and input_ids differ in length"))
    for is_wrong, text in checks:
        if is_wrong.any():
            return int(np.flatnonzero(is_wrong)[0]), text
    is_wrong = _row_of(~np.isin(np.cumsum(flat, dtype=np.int64), np.cumsum(lengths, dtype=np.int64)), borders)
    return (int(np.flatnonzero(is_wrong)[0]), "a sample ends where no part does") if is_wrong.any() else None


def _borders(
    lengths: np.ndarray[tuple[int], np.dtype[np.int64]],
) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    return np.concatenate([[0], np.cumsum(lengths, dtype=np.int64)])


def _sums(
    values: np.ndarray[tuple[int], np.dtype[np.int32]], borders: np.ndarray[tuple[int], np.dtype[np.int64]]
) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """int64[rows]: the sum of each row's values."""
    return np.diff(np.concatenate([[0], np.cumsum(values, dtype=np.int64)])[borders])


def _lengths(column: pa.ChunkedArray) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    return np.asarray(pc.list_value_length(column).combine_chunks().to_numpy(), dtype=np.int64)


def _ids(table: pa.Table) -> np.ndarray[tuple[int], np.dtype[np.uint32]]:
    return np.asarray(table["input_ids"].combine_chunks().flatten().to_numpy())


def _row_of(
    is_wrong: np.ndarray[tuple[int], np.dtype[np.bool_]], borders: np.ndarray[tuple[int], np.dtype[np.int64]]
) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """bool[rows]: whether a row has a wrong value; `borders` says where each row's values begin."""
    total = np.concatenate([[0], np.cumsum(is_wrong)])
    return np.diff(total[borders]) > 0

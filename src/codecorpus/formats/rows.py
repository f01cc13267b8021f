"""Rows as flat arrays, for the writers: from sequences tables, one output file at a time, filled up where a format needs it.

What comes in: sequences tables in order, however they were cut. What goes out: tables of `rows_per_file` rows, the last one shorter,
and `Rows`, which are views on such a table as far as its types allow it. At most one file's rows and one table are in memory.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from codecorpus.errors import DataError, UsageError
from codecorpus.formats.names import Facts, padding_id

IntArray = np.ndarray[tuple[int], np.dtype[Any]]


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows of token ids as flat arrays.

    Args:
        ids: integers[tokens], row after row.
        borders: int64[rows + 1], where each row begins in `ids`; the last number is their count.
        lengths: int32[samples], tokens in each sample, row after row.
        firsts: int64[rows + 1], where each row begins in `lengths`.
        loss: uint8[tokens], 1 where the loss counts; None where it counts everywhere.
        has_mask: the sequences came with a loss mask; without one, `loss` says what fills rows up and no more.
    """

    ids: IntArray
    borders: IntArray
    lengths: IntArray
    firsts: IntArray
    loss: IntArray | None
    has_mask: bool = False

    def __len__(self) -> int:
        return len(self.borders) - 1


def derive_position_ids(seq_lengths: Iterable[int] | IntArray) -> IntArray:
    """Position ids of a row, or of rows one after the other: each sample counts from 0.

    Args:
        seq_lengths: tokens in each sample, in order.

    Returns:
        int32[tokens].

    >>> derive_position_ids([3, 1, 2]).tolist()
    [0, 1, 2, 0, 0, 1]
    """
    lengths = np.asarray(seq_lengths, dtype=np.int64)
    starts = np.cumsum(lengths) - lengths
    return (np.arange(lengths.sum()) - np.repeat(starts, lengths)).astype(np.int32)


def tables_by_file(tables: Iterable[pa.Table], rows_per_file: int) -> Iterator[pa.Table]:
    """The same rows in tables of `rows_per_file`, the last one shorter. Tables without rows leave no trace.

    >>> tables = [pa.table({"n": [1, 2, 3]}), pa.table({"n": [4]})]
    >>> [table["n"].to_pylist() for table in tables_by_file(tables, 2)]
    [[1, 2], [3, 4]]
    """
    waiting: list[pa.Table] = []
    held = 0
    for table in tables:
        waiting.append(table)
        held += table.num_rows
        while held >= rows_per_file:
            joined = pa.concat_tables(waiting)
            yield joined.slice(0, rows_per_file).combine_chunks()
            waiting = [joined.slice(rows_per_file)]
            held -= rows_per_file
    if held:
        yield pa.concat_tables(waiting).combine_chunks()


def read_rows(table: pa.Table, facts: Facts) -> Rows:
    """The rows of a sequences table; only `input_ids`, `seq_lengths` and `loss_mask` are read.

    Raises:
        UsageError: it has no `input_ids` or no `seq_lengths`, or the ids are of another type than the facts say.
        DataError: a row that cannot be: too long, empty, lengths that do not sum up, a token beyond the vocabulary.
    """
    check_columns(table, facts)
    ids, borders = _flat(table, "input_ids")
    lengths, firsts = _flat(table, "seq_lengths")
    loss, loss_borders = _flat(table, "loss_mask") if "loss_mask" in table.schema.names else (None, borders)
    rows = Rows(ids, borders, lengths.astype(np.int32, copy=False), firsts, loss, has_mask=loss is not None)
    mistake = _mistake(rows, loss_borders, facts)
    if mistake is not None:
        raise DataError(f"these rows cannot be written: {mistake}", "They are damaged, or of another run.")
    return rows


def fill_rows(rows: Rows, facts: Facts) -> Rows:
    """The same rows, each filled up to the sequence length; what fills a row is a sample of its own, and no loss counts there.

    >>> facts = Facts(np.dtype(np.uint16), 10, 4, end_id=0, pad_id=9)
    >>> table = pa.table({"input_ids": pa.array([[1, 0, 0]], pa.list_(pa.uint16())), "seq_lengths": [[2, 1]]})
    >>> full = fill_rows(read_rows(table, facts), facts)
    >>> full.ids.tolist(), full.lengths.tolist(), full.loss.tolist()
    ([1, 0, 0, 9], [2, 1, 1], [1, 1, 1, 0])
    """
    size, count = facts.sequence_length, len(rows)
    sizes = np.diff(rows.borders)
    is_token = (np.arange(size) < sizes[:, np.newaxis]).reshape(-1)
    ids = np.full(count * size, padding_id(facts), dtype=rows.ids.dtype)
    ids[is_token] = rows.ids
    loss = is_token.astype(np.uint8)
    if rows.loss is not None:
        loss[is_token] = rows.loss
    is_short = sizes < size
    lengths = np.insert(rows.lengths, rows.firsts[1:][is_short], (size - sizes)[is_short])
    firsts = rows.firsts + np.concatenate([[0], np.cumsum(is_short)])
    return Rows(ids, np.arange(count + 1) * size, lengths, firsts, loss, rows.has_mask)


def hidden_borders(table: pa.Table, end_id: int) -> int:
    """Places where a reader that knows the end token alone would not see samples as they are: an end unmarked, or a mark inside.

    >>> hidden_borders(pa.table({"input_ids": [[5, 0, 6, 0, 7, 7]], "seq_lengths": [[4, 2]]}), 0)
    2
    """
    ids, _ = _flat(table, "input_ids")
    lengths, _ = _flat(table, "seq_lengths")
    is_end = np.zeros(len(ids), np.bool_)
    is_end[np.cumsum(lengths, dtype=np.int64) - 1] = True
    return int(np.count_nonzero(is_end != (ids == end_id)))


def check_columns(table: pa.Table, facts: Facts) -> None:
    """See that a table has the columns that every writer reads.

    Raises:
        UsageError: it has no `input_ids` or no `seq_lengths`, or the ids are of another type than the facts say.
    """
    missing = [name for name in ("input_ids", "seq_lengths") if name not in table.schema.names]
    if missing:
        raise UsageError(f"this is not a table of sequences: there is no column {' and no '.join(missing)}")
    kind = table.schema.field("input_ids").type
    wanted = pa.from_numpy_dtype(np.dtype(facts.id_type))
    if not pa.types.is_list(kind) or kind.value_type != wanted:
        raise UsageError(f"this is not a table of sequences: input_ids is {kind}, not a list of {wanted}")


def _flat(table: pa.Table, name: str) -> tuple[IntArray, IntArray]:
    """The values of a list column, and where each row begins in them."""
    column = table[name].combine_chunks()
    sizes = np.asarray(pc.list_value_length(column).fill_null(0).to_numpy(zero_copy_only=False))
    return column.flatten().to_numpy(), np.concatenate([[0], np.cumsum(sizes, dtype=np.int64)])


def _mistake(rows: Rows, loss_borders: IntArray, facts: Facts) -> str | None:
    """What is wrong with the first wrong row, None where nothing is."""
    sizes = np.diff(rows.borders)
    sums = np.diff(np.concatenate([[0], np.cumsum(rows.lengths, dtype=np.int64)])[rows.firsts])
    for is_wrong, text in (
        (sizes == 0, "it has no tokens"),
        (sizes > facts.sequence_length, f"it has more than {facts.sequence_length} tokens"),
        (sums != sizes, "its seq_lengths do not sum to its length"),
        (np.diff(loss_borders) != sizes, "its loss_mask is of another length"),
    ):
        if is_wrong.any():
            return f"row {int(np.argmax(is_wrong))}: {text}"
    if (rows.lengths < 1).any():
        return "there is a sample without tokens"
    if len(rows.ids) and int(rows.ids.max()) >= facts.vocab_size:
        return f"there is a token id beyond {facts.vocab_size - 1}"
    return None

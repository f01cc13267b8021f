from itertools import chain

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from codecorpus.formats.names import Facts
from codecorpus.formats.rows import (
    derive_position_ids,
    fill_rows,
    hidden_borders,
    read_rows,
    tables_by_file,
)

rows_strategy = st.lists(
    st.lists(st.lists(st.integers(0, 9), min_size=1, max_size=4), min_size=1, max_size=4),
    min_size=1,
    max_size=6,
)


def joined(lists):
    return list(chain.from_iterable(lists))


def table_of(rows, masks=None):
    columns = {
        "input_ids": pa.array([joined(row) for row in rows], pa.list_(pa.uint16())),
        "seq_lengths": pa.array([[len(sample) for sample in row] for row in rows], pa.list_(pa.int32())),
    }
    if masks is not None:
        columns["loss_mask"] = pa.array(masks, pa.list_(pa.uint8()))
    return pa.table(columns)


@given(st.lists(st.integers(0, 9), max_size=9))
def test_position_ids_count_from_zero_in_each_sample(lengths):
    found = derive_position_ids(lengths)
    assert found.tolist() == [position for length in lengths for position in range(length)]
    assert found.dtype == np.int32


def test_position_ids_of_a_long_row_do_not_overflow():
    assert derive_position_ids(np.array([1_048_576, 3], np.int32))[-4:].tolist() == [1_048_575, 0, 1, 2]


@given(rows_strategy, st.integers(0, 9), st.booleans())
def test_rows_are_filled_up_and_what_fills_them_is_a_sample_without_loss(rows, pad, masked):
    masks = [[token % 2 for token in joined(row)] for row in rows] if masked else None
    facts = Facts(np.dtype(np.uint16), 10, 16, end_id=None, pad_id=pad)
    full = fill_rows(read_rows(table_of(rows, masks), facts), facts)
    for number, row in enumerate(rows):
        ids = joined(row)
        short = 16 - len(ids)
        begin, end = full.borders[number : number + 2]
        assert full.ids[begin:end].tolist() == ids + [pad] * short
        mask = masks[number] if masked else [1] * len(ids)
        assert full.loss[begin:end].tolist() == mask + [0] * short
        first, last = full.firsts[number : number + 2]
        assert full.lengths[first:last].tolist() == [len(sample) for sample in row] + [short] * (short > 0)
    assert full.has_mask == masked
    assert len(full) == len(rows)


def test_rows_are_filled_up_with_the_end_token_where_there_is_no_padding_token():
    facts = Facts(np.dtype(np.uint16), 10, 3, end_id=7)
    assert fill_rows(read_rows(table_of([[[1]]]), facts), facts).ids.tolist() == [1, 7, 7]


@given(rows_strategy, st.integers(1, 5), st.integers(1, 5))
def test_files_hold_the_same_rows_however_tables_were_cut(rows, step, per_file):
    table = table_of(rows)
    pieces = [table.slice(first, step) for first in range(0, len(rows), step)]
    files = list(tables_by_file(pieces, per_file))
    assert [file.num_rows for file in files[:-1]] == [per_file] * (len(files) - 1)
    assert 1 <= files[-1].num_rows <= per_file
    assert joined(file.to_pylist() for file in files) == table.to_pylist()


def test_a_slice_of_a_table_is_read_from_where_it_begins():
    facts = Facts(np.dtype(np.uint16), 10, 16, end_id=0)
    table = table_of([[[1, 2], [3]], [[4], [5, 6]]], masks=[[1, 1, 0], [0, 1, 1]])
    rows = read_rows(table.slice(1), facts)
    assert (rows.ids.tolist(), rows.lengths.tolist(), rows.loss.tolist()) == ([4, 5, 6], [1, 2], [0, 1, 1])


@pytest.mark.parametrize(
    ("rows", "hidden"),
    [
        ([[[1, 0], [2, 0]], [[0]]], 0),
        ([[[1, 0], [2, 3]]], 1),  # an end that has no mark
        ([[[1, 0, 2, 0]]], 1),  # a mark that is no end
        ([[[1, 0, 2]]], 2),
    ],
)
def test_borders_that_the_end_token_does_not_tell_are_counted(rows, hidden):
    assert hidden_borders(table_of(rows), 0) == hidden

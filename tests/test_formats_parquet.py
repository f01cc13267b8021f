import hashlib

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from codecorpus.document import sequences_schema
from codecorpus.errors import DataError, StorageError, UsageError
from codecorpus.formats import (
    Written,
    iter_sequences,
    read_row,
    read_sequences,
    verify_sequences,
    write_sequences,
)
from codecorpus.formats.parquet import ROWS_PER_GROUP

UINT16, UINT32 = np.dtype(np.uint16), np.dtype(np.uint32)


PART = dict.fromkeys(("copy", "part", "layout", "span", "name", "path", "prefix", "middle"), 0)


def table_of(rows, id_type=UINT16, *, loss_mask=False):
    """Rows are lists of parts, parts are lists of tokens."""
    columns = {
        "input_ids": [[token for part in row for token in part] for row in rows],
        "seq_lengths": [[len(part) for part in row] for row in rows],
        "doc_ids": [[bytes([n % 256]) * 16 for n in range(len(row))] for row in rows],
        "parts": [[PART | {"length": len(part), "suffix": len(part)} for part in row] for row in rows],
    }
    if loss_mask:
        columns["loss_mask"] = [[1] * len(ids) for ids in columns["input_ids"]]
    return pa.table(columns, schema=sequences_schema(pa.from_numpy_dtype(id_type), loss_mask=loss_mask))


def many_rows(count):
    return [[[n % 500, 1, 2], [n % 7]] for n in range(count)]


def digest(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


rows_strategy = st.lists(
    st.lists(st.lists(st.integers(0, 65_535), min_size=1, max_size=5), min_size=1, max_size=4), max_size=8
)


@settings(max_examples=60, deadline=None)
@given(rows_strategy, st.sampled_from([UINT16, UINT32]), st.booleans())
def test_rows_come_back_as_written_also_in_polars(tmp_path_factory, rows, id_type, loss_mask):
    path = tmp_path_factory.mktemp("rows") / "part.parquet"
    table = table_of(rows, id_type, loss_mask=loss_mask)
    written = write_sequences(path, [table], id_type)
    assert written == Written(len(rows), sum(map(len, rows)), sum(len(part) for row in rows for part in row))
    assert read_sequences(path).to_pydict() == table.to_pydict()
    if rows:
        frame = pl.read_parquet(path)
        assert frame["input_ids"].to_list() == table["input_ids"].to_pylist()
        assert frame["seq_lengths"].to_list() == table["seq_lengths"].to_pylist()
        assert frame["doc_ids"].to_list() == table["doc_ids"].to_pylist()
        assert frame.schema["input_ids"] == pl.List(pl.UInt16 if id_type == UINT16 else pl.UInt32)


def test_bytes_do_not_depend_on_how_the_rows_came(tmp_path):
    table = table_of(many_rows(3 * ROWS_PER_GROUP // 2))
    write_sequences(tmp_path / "one", [table], UINT16)
    write_sequences(tmp_path / "again", [table], UINT16)
    pieces = [table.slice(at, 17) for at in range(0, table.num_rows, 17)]
    write_sequences(tmp_path / "many", iter(pieces), UINT16)
    write_sequences(tmp_path / "chunked", [pa.concat_tables(pieces)], UINT16)
    assert len({digest(tmp_path / name) for name in ("one", "again", "many", "chunked")}) == 1


def test_row_groups_have_a_fixed_size_and_no_foreign_metadata(tmp_path):
    path = tmp_path / "part.parquet"
    table = table_of(many_rows(2 * ROWS_PER_GROUP + 3)).replace_schema_metadata({"pandas": "{}"})
    write_sequences(path, [table.slice(0, 5), table.slice(5)], UINT16)
    metadata = pq.read_metadata(path)
    sizes = [metadata.row_group(group).num_rows for group in range(metadata.num_row_groups)]
    assert sizes == [ROWS_PER_GROUP, ROWS_PER_GROUP, 3]
    assert b"pandas" not in (metadata.metadata or {})
    assert metadata.row_group(0).column(0).compression == "ZSTD"
    assert [one.num_rows for one in iter_sequences(path)] == sizes


def test_one_row_is_read_across_files_and_row_groups(tmp_path):
    rows = many_rows(ROWS_PER_GROUP + 10)
    write_sequences(tmp_path / "part-00000.parquet", [table_of(rows[:4])], UINT16)
    write_sequences(tmp_path / "part-00001.parquet", [table_of(rows[4:])], UINT16)
    for row in (0, 3, 4, ROWS_PER_GROUP + 3, ROWS_PER_GROUP + 9):
        assert read_row(tmp_path, row)["input_ids"].to_pylist() == [[t for part in rows[row] for t in part]]
    assert read_sequences(tmp_path).num_rows == len(rows)
    for row in (-1, len(rows)):
        with pytest.raises(UsageError, match=f"no row {row}"):
            read_row(tmp_path, row)


def test_columns_can_be_chosen(tmp_path):
    write_sequences(tmp_path / "a", [table_of(many_rows(3))], UINT16)
    assert read_sequences(tmp_path / "a", columns=["seq_lengths"]).to_pydict() == {
        "seq_lengths": [[3, 1]] * 3
    }


def test_no_rows_give_a_file_that_reads_as_no_rows(tmp_path):
    path = tmp_path / "part.parquet"
    assert write_sequences(path, [], UINT32) == Written(0, 0, 0)
    assert read_sequences(path).num_rows == 0
    assert verify_sequences(path, sequence_length=4, vocab_size=9) == Written(0, 0, 0)
    assert pl.read_parquet(path).height == 0


def test_failed_write_leaves_the_old_file_and_nothing_else(tmp_path):
    path = tmp_path / "part.parquet"
    write_sequences(path, [table_of(many_rows(2))], UINT16)
    before = digest(path)

    def tables():
        yield table_of(many_rows(2 * ROWS_PER_GROUP))
        yield pa.table({"input_ids": [[1]]})

    with pytest.raises(UsageError):
        write_sequences(path, tables(), UINT16)
    assert digest(path) == before
    assert [entry.name for entry in tmp_path.iterdir()] == ["part.parquet"]


def test_wrong_tables_are_refused_with_what_is_wrong(tmp_path):
    with pytest.raises(UsageError, match="columns: content"):
        write_sequences(tmp_path / "a", [pa.table({"content": ["x"]})], UINT16)
    with pytest.raises(UsageError, match="not a list of uint16"):
        write_sequences(tmp_path / "a", [table_of(many_rows(1), UINT32)], UINT16)
    with pytest.raises(UsageError, match="int64"):
        write_sequences(tmp_path / "a", [pa.table({"input_ids": [[1]]})], UINT16)
    assert list(tmp_path.iterdir()) == []


def test_folder_that_is_not_there_is_a_storage_error(tmp_path):
    with pytest.raises(StorageError, match="cannot be written"):
        write_sequences(tmp_path / "no" / "a", [table_of(many_rows(1))], UINT16)


def test_reading_nothing_or_something_else_is_a_data_error(tmp_path):
    with pytest.raises(DataError, match="no sequences here"):
        read_sequences(tmp_path / "nothing")
    with pytest.raises(DataError, match="no sequences here"):
        read_sequences(tmp_path)
    (tmp_path / "text").write_text("hello")
    with pytest.raises(DataError, match="not a readable Parquet file"):
        read_sequences(tmp_path / "text")
    pq.write_table(pa.table({"content": ["x"]}), tmp_path / "other")
    with pytest.raises(DataError, match="columns: content"):
        read_sequences(tmp_path / "other")


def test_damaged_page_is_a_data_error(tmp_path):
    path = tmp_path / "part.parquet"
    write_sequences(path, [table_of(many_rows(500))], UINT16)
    raw = bytearray(path.read_bytes())
    raw[8 : len(raw) // 2] = bytes(len(raw) // 2 - 8)
    path.write_bytes(raw)
    with pytest.raises(DataError):
        read_sequences(path)


# --- verify -----------------------------------------------------------------------------------------------------------


def test_sound_file_verifies_with_its_counts(tmp_path):
    path = tmp_path / "part.parquet"
    written = write_sequences(path, [table_of(many_rows(1500))], UINT16)
    assert verify_sequences(path, sequence_length=4, vocab_size=500) == written


def test_rows_with_a_loss_mask_verify(tmp_path):
    path = tmp_path / "part.parquet"
    write_sequences(path, [table_of(many_rows(3), loss_mask=True)], UINT16)
    assert verify_sequences(path, sequence_length=4, vocab_size=500).rows == 3


def _broken(column, row, value):
    table = table_of(many_rows(1030))
    rows = table[column].to_pylist()
    rows[row] = value
    at = table.column_names.index(column)
    return table.set_column(at, table.schema.field(column), pa.array(rows, table.schema.field(column).type))


@pytest.mark.parametrize(
    ("column", "value", "message"),
    [
        ("input_ids", [1, 2, 3, 4, 5], "more than 4 tokens"),
        ("input_ids", [], "no tokens"),
        ("input_ids", [1, 2, 3], "do not sum"),
        ("seq_lengths", [3, 2], "do not sum"),
        ("seq_lengths", [4, 0], "without tokens"),
        ("seq_lengths", [2, 2], "where no part does"),
        ("parts", [PART | {"length": 4, "suffix": 4}], "differ in number"),
        ("parts", [PART | {"length": 3, "suffix": 3}, PART | {"length": 2, "suffix": 1}], "parts do not sum"),
        (
            "parts",
            [PART | {"length": 3, "suffix": 9}, PART | {"length": 1, "suffix": 1}],
            "more than its tokens",
        ),
        ("doc_ids", [bytes(16)], "differ in number"),
        ("input_ids", [1, 2, 3, 500], "beyond 499"),
    ],
)
@pytest.mark.parametrize("row", [0, 1029])
def test_wrong_row_is_found_and_named(tmp_path, column, value, message, row):
    path = tmp_path / "part.parquet"
    write_sequences(path, [_broken(column, row, value)], UINT16)
    with pytest.raises(DataError, match=message) as caught:
        verify_sequences(path, sequence_length=4, vocab_size=500)
    assert f"row {row}:" in caught.value.what


def test_loss_mask_of_another_length_is_found(tmp_path):
    table = table_of(many_rows(2), loss_mask=True)
    masks = pa.array([[1, 1, 1, 1], [1]], pa.list_(pa.uint8()))
    write_sequences(tmp_path / "a", [table.set_column(4, table.schema.field(4), masks)], UINT16)
    with pytest.raises(DataError, match="row 1: loss_mask"):
        verify_sequences(tmp_path / "a", sequence_length=4, vocab_size=500)

"""Every format against a plain reader of it, on rows that hypothesis makes; and bytes that depend on the rows alone."""

import hashlib
import tracemalloc

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from codecorpus.document import sequences_schema
from codecorpus.errors import DataError, StorageError, UsageError
from codecorpus.formats.names import FORMATS, Facts
from codecorpus.formats.parquet import Written
from codecorpus.formats.write import WRITERS, write_format
from naive_formats import READERS, full

UINT16, UINT32 = np.dtype(np.uint16), np.dtype(np.uint32)
NARROW = Facts(UINT16, 65_536, 12, end_id=0, pad_id=65_535)
WIDE = Facts(UINT32, 200_000, 12, end_id=0, pad_id=None)


def table_of(rows, id_type=UINT16, *, masks=None):
    """Rows are lists of samples, samples are lists of tokens."""
    columns = {
        "input_ids": [[token for sample in row for token in sample] for row in rows],
        "seq_lengths": [[len(sample) for sample in row] for row in rows],
        "doc_ids": [[bytes(16)] * len(row) for row in rows],
    }
    if masks is not None:
        columns["loss_mask"] = masks
    schema = sequences_schema(pa.from_numpy_dtype(id_type), loss_mask=masks is not None)
    return pa.table(
        {field.name: pa.array(columns.get(field.name, [[]] * len(rows)), field.type) for field in schema}
    )


def wanted(name, table, facts):
    """What the plain reader of this format should give for these rows."""
    kept = ["input_ids", "seq_lengths", "loss_mask"]
    rows = table.select([column for column in kept if column in table.column_names]).to_pylist()
    if not FORMATS[name].is_padded:
        return rows
    rows = [full(row, facts) for row in rows]
    columns = {
        "megatron": ["input_ids"],
        "litdata": ["input_ids"],
        "numpy": ["input_ids", "loss_mask"],
        "datatrove": [
            "input_ids",
            "seq_lengths",
            *(["loss_mask"] if "loss_mask" in table.column_names else []),
        ],
    }[name]
    return [{column: row[column] for column in columns} for row in rows]


def digest(folder):
    """Of every file of a folder, with its name."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    assert files
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in files
    }


@st.composite
def rows_of_tokens(draw, vocab_size):
    token = st.one_of(st.integers(0, vocab_size - 1), st.sampled_from([0, 1, 255, 256, vocab_size - 1]))
    lengths = st.lists(st.integers(1, 12), min_size=1, max_size=5).filter(lambda sizes: sum(sizes) <= 12)
    return [
        [draw(st.lists(token, min_size=size, max_size=size)) for size in sizes]
        for sizes in draw(st.lists(lengths, min_size=1, max_size=7))
    ]


@pytest.mark.parametrize("facts", [NARROW, WIDE], ids=["narrow", "wide"])
@pytest.mark.parametrize("name", FORMATS)
@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_rows_come_back(tmp_path_factory, name, facts, data):
    rows = data.draw(rows_of_tokens(facts.vocab_size))
    masks = None
    if FORMATS[name].has_loss_mask and data.draw(st.booleans()):
        masks = [
            data.draw(st.lists(st.integers(0, 1), min_size=size, max_size=size))
            for size in (sum(map(len, row)) for row in rows)
        ]
    table = table_of(rows, facts.id_type, masks=masks)
    folder = tmp_path_factory.mktemp(name)
    step = data.draw(st.integers(1, 3))
    pieces = [table.slice(first, step) for first in range(0, table.num_rows, step)]
    written = write_format(name, pieces, folder, facts, file_tokens=data.draw(st.sampled_from([1, 24, 1000])))
    parts = [len(sample) for row in rows for sample in row]
    assert written == Written(len(rows), len(parts), sum(parts))
    assert list(READERS[name](folder, facts)) == wanted(name, table, facts)


def test_every_format_has_a_writer_and_a_plain_reader():
    assert set(WRITERS) | {"parquet"} == set(FORMATS) == set(READERS)


def many_rows(count):
    return [[[n % 500, 1, 2], [n % 7] * (n % 4 + 1)] for n in range(count)]


@pytest.mark.parametrize("name", FORMATS)
def test_bytes_do_not_depend_on_how_the_rows_came(tmp_path, name):
    table = table_of(many_rows(2500))
    cut = [table.slice(at, 17) for at in range(0, table.num_rows, 17)]
    ways = {
        "whole": [table],
        "again": [table],
        "cut": cut,
        "chunked": [pa.concat_tables(cut)],
        "with empty ones": [table.slice(0, 0), *cut, table.slice(0, 0)],
    }
    found = []
    for way, tables in ways.items():
        (tmp_path / way).mkdir()
        write_format(name, iter(tables), tmp_path / way, NARROW, file_tokens=12 * 1000)
        found.append(digest(tmp_path / way))
    assert all(one == found[0] for one in found)


@pytest.mark.parametrize("name", [name for name in FORMATS if name != "megatron"])
def test_a_file_holds_as_many_rows_as_its_tokens_allow(tmp_path, name):
    write_format(name, [table_of(many_rows(10))], tmp_path, NARROW, file_tokens=12 * 4)
    files = [path for path in digest(tmp_path) if not path.endswith((".json", ".index", ".loss"))]
    assert len([path for path in files if not path.startswith("label_mask")]) == 3


@pytest.mark.parametrize("name", FORMATS)
def test_another_fingerprint_or_content_for_other_rows(tmp_path, name):
    for number, last in enumerate((5, 6)):
        (tmp_path / str(number)).mkdir()
        write_format(name, [table_of([[[1, 2], [3, last]]])], tmp_path / str(number), NARROW)
    assert digest(tmp_path / "0") != digest(tmp_path / "1")


def test_the_fingerprint_of_a_saved_data_set_follows_its_rows(tmp_path):
    states = []
    for number, rows in enumerate(([[[1, 2], [3]]], [[[1], [2, 3]]], [[[1, 2], [3]]])):
        (tmp_path / str(number)).mkdir()
        write_format("datasets", [table_of(rows)], tmp_path / str(number), NARROW)
        states.append((tmp_path / str(number) / "state.json").read_bytes())
    assert states[0] == states[2] != states[1]


@pytest.mark.parametrize("name", FORMATS)
def test_no_rows_make_an_empty_set(tmp_path, name):
    assert write_format(name, [], tmp_path, NARROW) == Written(0, 0, 0)
    assert list(READERS[name](tmp_path, NARROW)) == []


def test_columns_that_a_trainer_does_not_read_are_left_out(tmp_path):
    table = table_of([[[1, 2], [3]]])
    more = table.append_column("parts", pa.array([[{"part": 1}]]))
    for number, one in enumerate((table, more)):
        (tmp_path / str(number)).mkdir()
        write_format("mds", [one], tmp_path / str(number), NARROW)
    assert digest(tmp_path / "0") == digest(tmp_path / "1")


def test_ids_of_a_wide_table_are_narrow_where_the_vocabulary_is(tmp_path):
    facts = Facts(UINT32, 300, 4, end_id=0)
    write_format("datatrove", [table_of([[[1, 299], [3]]], UINT32)], tmp_path, facts)
    assert (tmp_path / "part-00000.ds").read_bytes().hex() == "01002b0103000000"


@pytest.mark.parametrize("name", FORMATS)
def test_rows_that_cannot_be_are_refused(tmp_path, name):
    facts = Facts(UINT16, 100, 4, end_id=0)
    good = table_of([[[1, 2], [3]]])
    at = good.schema.get_field_index("seq_lengths")
    wrong = good.set_column(at, "seq_lengths", pa.array([[2, 2]], good.schema.field(at).type))
    for table, text in (
        (table_of([[[1]], [[1, 2, 3, 4, 5]]]), "row 1: it has more than 4 tokens"),
        (table_of([[[1]], [[1, 100]]]), "beyond 99"),
        (table_of([[]]), "row 0: it has no tokens"),
        (table_of([[[1], []]]), "a sample without tokens"),
        (wrong, "row 0: its seq_lengths do not sum"),
    ):
        (tmp_path / text).mkdir()
        with pytest.raises(DataError, match=text):
            write_format(name, [table], tmp_path / text, facts)


def test_a_loss_mask_of_another_length_is_refused(tmp_path):
    with pytest.raises(DataError, match="row 1: its loss_mask is of another length"):
        write_format("mds", [table_of([[[1]], [[2]]], masks=[[1], [1, 0]])], tmp_path, NARROW)


def test_tables_of_something_else_are_refused(tmp_path):
    with pytest.raises(UsageError, match="no column input_ids and no seq_lengths"):
        write_format("mds", [pa.table({"content": ["x"]})], tmp_path, NARROW)
    with pytest.raises(UsageError, match="not a list of uint32"):
        write_format("mds", [table_of([[[1]]])], tmp_path, WIDE)
    with_mask = table_of([[[1]]], masks=[[1]])
    with pytest.raises(UsageError, match="some tables of sequences have a loss_mask"):
        write_format("mds", [table_of([[[1]]]), with_mask], tmp_path, NARROW)
    with pytest.raises(UsageError, match="no place for a loss mask"):
        write_format("megatron", [with_mask], tmp_path, NARROW)


def test_a_folder_that_is_not_there_is_a_storage_error(tmp_path):
    for name in FORMATS:
        with pytest.raises(StorageError, match="cannot be written"):
            write_format(name, [table_of([[[1]]])], tmp_path / "no", NARROW)


@pytest.mark.parametrize("name", FORMATS)
def test_memory_is_bounded_by_a_file_and_not_by_the_corpus(tmp_path, name):
    """200 tables of 200 kB are written within the memory of a few of them: 40 MB would be all."""
    facts = Facts(UINT16, 65_536, 10_000, end_id=0)
    ids = pa.ListArray.from_arrays(
        np.arange(0, 100_001, 10_000, dtype=np.int32), np.arange(100_000, dtype=np.uint16)
    )
    schema = sequences_schema(pa.uint16())
    columns = {"input_ids": ids, "seq_lengths": [[10_000]] * 10, "doc_ids": [[bytes(16)]] * 10}
    table = pa.table(
        {field.name: pa.array(columns.get(field.name, [[]] * 10), field.type) for field in schema}
    )
    before = pa.total_allocated_bytes()
    peaks = []

    def tables():
        for _ in range(200):
            peaks.append(pa.total_allocated_bytes() - before)
            yield table

    tracemalloc.start()
    write_format(name, tables(), tmp_path, facts, file_tokens=200_000)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak + max(peaks) < 8_000_000

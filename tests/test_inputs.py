"""`cc.read`: whatever an INPUT is, documents in memory come out of it."""

import shutil

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import codecorpus as cc
from codecorpus.document import DOCUMENTS, SOURCE_DOCUMENTS
from codecorpus.errors import ConfigError, DataError, RunError, SourceError, UsageError
from codecorpus.inputs import part_config, read_contents, read_inputs
from codecorpus.sources import SourceOptions
from conftest import FATES, write_repositories

KEPT = {"alpha/LICENSE", *(path for path, fate in FATES.items() if fate == "kept")}
UNREADABLE = {"CC004", "CC005", "CC010"}


def names(table):
    rows = table.select(["repo_name", "path"]).to_pylist()
    return [f"{row['repo_name']}/{row['path']}" for row in rows]


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    """`repos`, and `run`: what `build` makes of them."""
    root = tmp_path_factory.mktemp("inputs")
    settings = {"sequence_length": 256, "tokenizer.vocab_size": 600}
    cc.build(write_repositories(root / "repos"), out=root / "run", settings=settings, progress=False)
    return root


def test_a_source_is_read_as_it_lies_there(root):
    table = cc.read(root / "repos")
    expected = {path for path, fate in FATES.items() if fate not in UNREADABLE}
    assert set(names(table)) == expected | {"alpha/LICENSE"}
    assert table.schema.equals(SOURCE_DOCUMENTS)


def test_entries_that_are_no_document_are_rows_of_decisions(root):
    found = read_inputs(root / "repos", SourceOptions())
    codes = dict(zip(names(found.decisions), found.decisions["code"].to_pylist(), strict=True))
    assert codes == {path: fate for path, fate in FATES.items() if fate in UNREADABLE}
    assert found.documents.num_rows + found.decisions.num_rows == len(FATES) + 1


def test_licences_are_assigned_because_the_keep_policy_looks_at_them(root):
    table = cc.read(root / "repos")
    kinds = dict(zip(names(table), table["license_type"].to_pylist(), strict=True))
    assert kinds["alpha/src/mean.py"] == "permissive"
    assert kinds["beta/server.go"] == "no_license"


@pytest.mark.parametrize("path", ["run", "run/documents", "run/documents/part-00000.parquet"])
def test_a_run_and_its_files_give_its_documents_with_their_ids_and_measures(root, path):
    table = cc.read(root / path)
    assert set(names(table)) == KEPT
    assert table.schema.equals(DOCUMENTS)
    assert table["doc_id"].to_pylist() == cc.open(root / "run").documents()["doc_id"].to_list()


def test_documents_that_polars_wrote_keep_their_ids(root, tmp_path):
    frame = cc.open(root / "run").documents().filter(pl.col("language") == "Python")
    frame.write_parquet(tmp_path / "python.parquet")
    table = cc.read(tmp_path / "python.parquet")
    assert table.schema.equals(DOCUMENTS)
    assert table["doc_id"].to_pylist() == frame["doc_id"].to_list()


def test_documents_of_an_earlier_version_have_no_dates(root, tmp_path):
    table = cc.read(root / "run").drop_columns("revision_date")
    pq.write_table(table, tmp_path / "old.parquet")
    again = cc.read(tmp_path / "old.parquet")
    assert again.schema.equals(DOCUMENTS)
    assert again["revision_date"].null_count == again.num_rows > 0
    dates = pa.array(["2023-03-29"] * table.num_rows)
    pq.write_table(table.append_column("revision_date", dates), tmp_path / "text.parquet")
    assert cc.read(tmp_path / "text.parquet")["revision_date"].null_count == 0


def test_other_parquet_is_a_source(tmp_path):
    pq.write_table(pa.table({"text": ["x = 1\n", None]}), tmp_path / "data.parquet")
    with pytest.raises(SourceError, match=r"source\.content"):
        cc.read(tmp_path / "data.parquet")
    table = cc.read(tmp_path / "data.parquet", settings={"source.content": "text"})
    assert table["content"].to_pylist() == ["x = 1\n"]


def test_several_inputs_share_the_columns_that_all_have_and_their_order_does_not_matter(root, tmp_path):
    shutil.copytree(root / "run", tmp_path / "a-run")
    first = cc.read([root / "repos" / "alpha", tmp_path / "a-run"])
    second = cc.read([tmp_path / "a-run", root / "repos" / "alpha", str(tmp_path / "a-run")])
    assert first.equals(second)
    assert first.schema.equals(SOURCE_DOCUMENTS)
    assert first.num_rows == len(KEPT) + 5


def test_where_a_run_lies_does_not_decide_on_the_order(root, tmp_path):
    table = cc.read(root / "run")
    for one, other in (("a", "b"), ("b", "a")):
        pq.write_table(table.slice(0, 3), tmp_path / f"{one}.parquet")
        pq.write_table(table.slice(3), tmp_path / f"{other}.parquet")
        again = cc.read([tmp_path / "a.parquet", tmp_path / "b.parquet"])
        assert sorted(again["doc_id"].to_pylist()) == sorted(table["doc_id"].to_pylist())
        assert again["doc_id"][0].as_py() == min(table["doc_id"][0].as_py(), table["doc_id"][3].as_py())


def test_an_unfinished_run_is_not_read(root, tmp_path):
    shutil.copytree(root / "run", tmp_path / "run")
    (tmp_path / "run" / "manifest.json").unlink()
    with pytest.raises(RunError, match="not finished"):
        cc.read(tmp_path / "run")


def test_damaged_documents_are_an_error_that_names_the_file(root, tmp_path):
    file = tmp_path / "documents.parquet"
    table = cc.read(root / "run")
    without = table.set_column(0, "doc_id", pa.array([b"short"] * table.num_rows, pa.binary()))
    pq.write_table(without, file)
    with pytest.raises(DataError, match=r"documents\.parquet"):
        cc.read(file)
    nulls = table.set_column(6, "content", pa.nulls(table.num_rows, pa.large_string()))
    pq.write_table(nulls, file)
    with pytest.raises(DataError, match="content"):
        cc.read(file)
    data = bytearray((root / "run/documents/part-00000.parquet").read_bytes())
    data[4:2000] = bytes(1996)
    file.write_bytes(data)
    with pytest.raises(DataError, match=r"documents\.parquet"):
        cc.read(file)


@pytest.mark.parametrize("path", ["repos", "run"])
def test_the_text_alone_is_read_batch_by_batch(root, path):
    tables = list(read_contents(root / path, SourceOptions()))
    assert all(table.column_names == ["content"] for table in tables)
    found = sorted(text for table in tables for text in table["content"].to_pylist())
    assert found == sorted(cc.read(root / path)["content"].to_pylist())


def test_text_of_a_damaged_file_is_an_error_that_names_it(root, tmp_path):
    whole = root / "run/documents/part-00000.parquet"
    group, data = pq.ParquetFile(whole).metadata.row_group(0), bytearray(whole.read_bytes())
    columns = [group.column(number) for number in range(group.num_columns)]
    (text,) = [column for column in columns if column.path_in_schema == "content"]
    start = text.dictionary_page_offset or text.data_page_offset
    data[start : start + text.total_compressed_size] = bytes(text.total_compressed_size)
    (tmp_path / "documents.parquet").write_bytes(data)
    with pytest.raises(DataError, match=r"documents\.parquet"):
        list(read_contents(tmp_path / "documents.parquet", SourceOptions()))


@pytest.mark.parametrize("inputs", [[], "nowhere"])
def test_nothing_to_read_is_an_error(inputs, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises((UsageError, SourceError)):
        cc.read(inputs)


def test_settings_without_effect_and_unknown_ones_are_listed_together():
    with pytest.raises(ConfigError) as error:
        part_config(
            {"fim.rate": 1.0, "dedup.treshold": 0.5, "source.max_bytes": 0}, reads=("source", "dedup")
        )
    assert len(error.value.mistakes) == 3
    assert "fim.rate: has no effect here" in error.value.mistakes[0]
    with pytest.raises(ConfigError, match="no effect"):
        cc.read(".", settings={"seed": 3})
    assert part_config({"seed": 3}, reads=("seed",)).seed == 3

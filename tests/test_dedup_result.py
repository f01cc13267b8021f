import shutil

import polars as pl
import pyarrow as pa
import pytest
from click.testing import CliRunner

import naive_dedup as naive
from codecorpus.cli import cli
from codecorpus.dedup import DedupOptions, deduplicate, near_duplicates
from codecorpus.errors import ConfigError, DataError, UsageError

WORDS = " ".join(f"word{i}" for i in range(40))
NEAR = WORDS + " one more"


def test_polars_and_arrow_tables_give_the_same():
    frame = pl.DataFrame({"doc_id": ["b", "a", "c"], "content": [WORDS, NEAR, "x"], "extra": [1, 2, 3]})
    first, second = near_duplicates(frame), near_duplicates(frame.to_arrow())
    assert first.to_polars().equals(second.to_polars())
    assert first.to_polars()["extra"].to_list() == [2, 3]
    assert first.dropped["doc_id"].to_pylist() == ["b"]
    assert first.pairs.to_pylist() == [
        {"doc_id": "b", "other_id": "a", "similarity": 36 / 38, "kind": "near"}
    ]


def test_rows_are_numbered_where_there_is_no_doc_id():
    result = near_duplicates(pl.DataFrame({"content": [WORDS, "x", WORDS]}))
    assert [(row["doc_id"], row["other_id"]) for row in result.decisions.to_pylist()] == [(2, 0)]
    assert result.clusters["cluster_id"].to_pylist() == [0, 0]


@pytest.mark.parametrize(
    "ids",
    [
        pa.array([3, 1, 2]),
        pa.array(["c", "a", "b"]),
        pa.array([b"c" * 16, b"a" * 16, b"b" * 16], pa.binary(16)),
        pa.chunked_array([["c"], ["a", "b"]]),
    ],
)
def test_ids_of_any_sortable_type_break_ties_and_come_back(ids):
    result = near_duplicates(pa.table({"doc_id": ids, "content": [WORDS] * 3}))
    smallest = min(ids.to_pylist())
    assert result.kept["doc_id"].to_pylist() == [smallest]
    assert set(result.decisions["other_id"].to_pylist()) == {smallest}
    assert result.clusters.schema.field("doc_id").type == ids.type


def test_pairs_begin_with_the_least_similar():
    words = WORDS.split()
    texts = [WORDS, *(" ".join([*words[:-n], *(f"x{i}" for i in range(n))]) for n in (1, 3, 2))]
    pairs = near_duplicates(pa.table({"content": texts}), threshold=0.6).pairs
    similarity = pairs["similarity"].to_pylist()
    assert similarity == sorted(similarity)
    found = {(row["doc_id"], row["other_id"]) for row in pairs.to_pylist()}
    # More than the three with the one that stays: at another threshold one of the others may.
    assert found > {(1, 0), (2, 0), (3, 0)}


def test_pairs_nearest_the_limit_stand_on_both_sides_of_it():
    def changed(letter, n):
        return " ".join([*(f"{letter}{i}" for i in range(60 - n)), *(f"x{i}" for i in range(n))])

    texts = [changed(*text) for text in (("a", 0), ("a", 9), ("b", 0), ("b", 10), ("c", 0), ("c", 2))]
    result = deduplicate(pa.table({"content": texts}), DedupOptions(bands=128, rows=2))
    nearest = result.nearest(2)["similarity"].to_pylist()
    assert nearest == [46 / 66, 47 / 65]
    assert nearest[0] < result.options.threshold < nearest[1]
    assert result.kept.num_rows == 4


@pytest.mark.parametrize("seed", range(4))
def test_another_threshold_is_a_look_up_and_equals_a_new_search(seed):
    table = pa.table({"content": naive.mutated_corpus(seed)})
    options = DedupOptions(threshold=0.6, floor=0.5, permutations=128, bands=64, rows=2)
    result = deduplicate(table, options)
    for threshold in (0.6, 0.7, 0.75, 0.85, 0.95, 1.0):
        again = deduplicate(table, options.model_copy(update={"threshold": threshold}))
        assert result.at(threshold).kept.equals(again.kept)
        assert result.at(threshold).decisions.equals(again.decisions)
    for threshold in (0.499, 1.1):
        with pytest.raises(UsageError, match=str(threshold)):
            result.at(threshold)


def test_a_lower_threshold_drops_what_was_met_on_the_way():
    words = [f"w{i}" for i in range(80)]
    texts = [" ".join([*words[: 80 - n], *(f"x{i}" for i in range(n))]) for n in (0, 14)]
    result = deduplicate(pa.table({"content": texts}), DedupOptions(threshold=0.72, bands=128, rows=2))
    assert result.kept.num_rows == 2
    lower = result.at(0.65)
    assert lower.kept.num_rows == 1
    assert 0.65 <= lower.decisions["measured"][0].as_py() < 0.72


def test_content_and_policy_columns_may_hold_nulls():
    table = pa.table(
        {"content": [None, "", "x"], "path": [None, "a", "b"], "license_type": pa.nulls(3, pa.string())}
    )
    assert near_duplicates(table).kept.num_rows == 2


def test_content_may_be_bytes_that_are_no_utf_8():
    table = pa.table({"content": [b"\xff\xfe", b"\xff\xfe", b"\xff"]})
    assert near_duplicates(table).kept.num_rows == 2


def test_empty_tables_are_no_trouble():
    result = near_duplicates(pa.table({"content": pa.array([], pa.large_string())}))
    assert result.kept.num_rows == result.pairs.num_rows == result.clusters.num_rows == 0
    assert (
        near_duplicates(pl.DataFrame({"content": []}, schema={"content": pl.String})).to_polars().height == 0
    )


def test_shows_itself_and_escapes_what_it_shows():
    result = near_duplicates(pa.table({"doc_id": ["<b>", "<a>"], "content": [WORDS, NEAR]}))
    assert repr(result) == "DedupResult: 1 of 2 documents kept; dropped 0 exact, 1 near (Jaccard >= 0.7)"
    html = result._repr_html_()
    assert "&lt;b&gt;" in html
    assert "<b>" not in html


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ({"text": ["a"]}, "no column `content`, only text"),
        ({"content": [1.5]}, "is double, not text"),
        ({"content": [[1]]}, "list<.*not text"),
        ({"content": ["a"], "doc_id": pa.array([None], pa.string())}, "1 rows have no doc_id"),
    ],
)
def test_unusable_tables_say_what_is_wrong(table, message):
    with pytest.raises(UsageError, match=message):
        near_duplicates(pa.table(table))


def test_impossible_settings_are_named():
    with pytest.raises(ConfigError, match="threshold"):
        near_duplicates(pa.table({"content": ["a"]}), threshold=2)


def test_what_an_earlier_run_holds_goes_without_its_text(tmp_path):
    repository = tmp_path / "dump" / "one"
    repository.mkdir(parents=True)
    (repository / "a.py").write_text(WORDS)
    (repository / "b.py").write_text("something(else_)")
    assert (
        CliRunner().invoke(cli, ["dedup", str(tmp_path / "dump"), "--out", str(tmp_path / "may")]).exit_code
        == 0
    )
    shutil.rmtree(tmp_path / "dump")
    shutil.rmtree(tmp_path / "may" / "documents")
    table = pa.table({"content": [NEAR, "fresh text", WORDS, "something( else_ )"], "path": ["x.py"] * 4})
    result = near_duplicates(table, against=tmp_path / "may")
    assert result.kept["content"].to_pylist() == ["fresh text"]
    decisions = result.decisions.to_pylist()
    assert [row["code"] for row in decisions] == ["CC402", "CC401", "CC403"]
    assert all(row["detail"].startswith("in may") and row["other_id"] is None for row in decisions)
    ids = pa.array([bytes([n]) * 16 for n in range(4)], pa.binary(16))
    named = near_duplicates(table.append_column("doc_id", ids), against=[tmp_path / "may"]).decisions
    assert {len(other) for other in named["other_id"].to_pylist()} == {16}
    assert not set(named["other_id"].to_pylist()) & set(ids.to_pylist())
    assert result.at(1.0).kept["content"].to_pylist() == [NEAR, "fresh text"]
    with pytest.raises(DataError, match="may: its index was made with shingle 5"):
        near_duplicates(table, against=tmp_path / "may", shingle=6)

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
        pa.array([b"c" * 16, b"a" * 16, b"b" * 16], pa.uuid()),
    ],
)
def test_ids_of_any_sortable_type_break_ties_and_come_back(ids):
    result = near_duplicates(pa.table({"doc_id": ids, "content": [WORDS] * 3}))
    ids = ids.cast(pa.binary(16)) if ids.type == pa.uuid() else ids
    smallest = min(ids.to_pylist())
    assert result.kept["doc_id"].cast(ids.type).to_pylist() == [smallest]
    assert set(result.decisions["other_id"].to_pylist()) == {smallest}
    assert result.clusters.schema.field("doc_id").type == ids.type


@pytest.mark.parametrize(
    "kind", [pa.dictionary(pa.int32(), pa.string()), pa.string_view(), pa.large_string()]
)
def test_text_of_any_kind_is_text(kind):
    """As polars hands out categories, and newer Arrow views."""
    columns = {
        "content": [WORDS, WORDS, "y"],
        "doc_id": ["c", "a", "b"],
        "repo_name": ["r", None, "r"],
        "path": ["a/b.py", None, "c.py"],
        "language": ["Python", None, "C"],
        "license_type": ["permissive", None, "copyleft"],
    }
    table = pa.table({name: pa.array(values, pa.string()).cast(kind) for name, values in columns.items()})
    result = near_duplicates(table)
    assert result.kept["doc_id"].to_pylist() == ["c", "b"]
    decision = result.decisions.to_pylist()[0]
    assert (decision["doc_id"], decision["other_id"], decision["path"]) == ("a", "c", "")
    assert near_duplicates(table.drop_columns("language")).kept.num_rows == 2


def test_categories_of_polars_are_text():
    kinds = {"doc_id": pl.Categorical, "path": pl.Categorical}
    frame = pl.DataFrame(
        {"content": [WORDS, WORDS], "doc_id": ["b", "a"], "path": ["x.py", "y.py"]}, schema_overrides=kinds
    )
    assert near_duplicates(frame).to_polars()["path"].to_list() == ["y.py"]


@pytest.mark.parametrize(
    "stars", [[1.0, float("nan"), 2.5], [1, None, 2], ["1", None, "2"], [0.0, float("-inf"), 1e30]]
)
def test_stars_may_have_gaps(stars):
    """Pandas turns numbers with gaps into floats."""
    result = near_duplicates(pa.table({"content": [WORDS] * 3, "star_events_count": stars}))
    assert result.decisions["doc_id"].to_pylist() == [0, 1]


def test_what_is_left_of_a_copy_is_told_without_another_document():
    """CC405 names a repository, not a document."""
    texts = [" ".join(f"word{m}_{n}" for m in range(20)) for n in range(3)]
    table = pa.table(
        {
            "content": [*texts, *texts, "left_over(of_a_copy)"],
            "repo_name": ["a"] * 3 + ["b"] * 4,
            "path": [f"{n}.py" for n in range(7)],
            "doc_id": [f"d{n}" for n in range(7)],
        }
    )
    result = deduplicate(table, DedupOptions(repository="drop", min_repository_documents=2))
    told = {row["doc_id"]: (row["code"], row["other_id"]) for row in result.decisions.to_pylist()}
    assert told["d6"] == ("CC405", None)
    assert result.kept["doc_id"].to_pylist() == ["d0", "d1", "d2"]
    assert result.at(0.9).dropped.num_rows == 4


@pytest.mark.parametrize("threshold", [0.005, 0.01, 0.15, 0.3, 0.7, 0.8, 0.9, 1.0])
def test_the_floor_is_a_tenth_below_whatever_floats_say(threshold):
    result = near_duplicates(pa.table({"content": [WORDS, NEAR]}), threshold=threshold)
    assert result.at(max(min(threshold, 0.01), round(threshold - 0.1, 2))).table.num_rows == 2
    assert result.options.lowest <= threshold


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
        ({"content": ["a"], "doc_id": [[1]]}, "`doc_id` is list<.*has no order"),
        ({"content": ["a"], "doc_id": [{"a": 1}]}, "`doc_id` is struct<.*has no order"),
        ({"content": ["a"], "path": [[1]]}, "`path` is list<.*not text"),
        ({"content": ["a"], "license_type": [[1]]}, "`license_type` is list<.*not text"),
        ({"content": ["a"], "star_events_count": ["many"]}, "`star_events_count` is string, not numbers"),
    ],
)
def test_unusable_tables_say_what_is_wrong(table, message):
    with pytest.raises(UsageError, match=message):
        near_duplicates(pa.table(table))


def test_what_is_no_table_is_refused():
    with pytest.raises(UsageError, match="list is no table"):
        near_duplicates([1])
    with pytest.raises(UsageError, match="several columns are called content"):
        near_duplicates(pa.table([pa.array(["a"]), pa.array(["b"])], names=["content", "content"]))
    with pytest.raises(UsageError, match="no column `content`, only none"):
        near_duplicates(pa.table({}))


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

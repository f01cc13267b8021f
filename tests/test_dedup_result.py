import polars as pl
import pyarrow as pa
import pytest

from codecorpus.dedup import near_duplicates
from codecorpus.errors import ConfigError, UsageError

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
    assert result.pairs.to_pylist() == [{"doc_id": 2, "other_id": 0, "similarity": 1.0, "kind": "exact"}]
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
    assert set(result.pairs["other_id"].to_pylist()) == {smallest}
    assert result.clusters.schema.field("doc_id").type == ids.type


def test_pairs_begin_with_the_least_similar():
    words = WORDS.split()
    texts = [WORDS, *(" ".join([*words[:-n], *(f"x{i}" for i in range(n))]) for n in (1, 3, 2))]
    pairs = near_duplicates(pa.table({"content": texts}), threshold=0.6).pairs
    assert pairs["doc_id"].to_pylist() == [2, 3, 1]


def test_a_higher_threshold_is_a_look_up_and_equals_a_new_search():
    words = WORDS.split()
    table = pa.table(
        {"content": [" ".join([*words[: 40 - n], *(f"x{i}" for i in range(n))]) for n in (0, 1, 2, 4)]}
    )
    result = near_duplicates(table, threshold=0.6)
    for threshold in (0.6, 0.75, 0.9, 0.95):
        assert result.at(threshold).pairs.equals(near_duplicates(table, threshold=threshold).pairs)
    with pytest.raises(UsageError, match=r"0\.5"):
        result.at(0.5)


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

"""The keep-policy puts documents in a total order that depends on nothing but the documents and the policy."""

from __future__ import annotations

import datetime as dt
import math

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

import codecorpus as cc
from codecorpus.dedup import DedupOptions, find_candidates, sketch, sketch_schema
from codecorpus.dedup.keep import keep_columns, keep_fields, policy_measures, policy_order
from codecorpus.dedup.minhash import made_with
from codecorpus.dedup.options import CRITERIA, KEEP_POLICY
from codecorpus.errors import ConfigError, DataError

LICENCES = ["permissive", "copyleft", "unknown", "no_license"]
WORDS = " ".join(f"word{i}" for i in range(40))


def naive_key(row, policy):
    """What to sort by, smallest first."""
    key = []
    for name in policy:
        if name == "licence":
            key.append(LICENCES.index(row["license_type"]) if row["license_type"] in LICENCES else 4)
        elif name == "stars":
            key.append(-(-1 if row["stars"] is None else row["stars"]))
        elif name == "revision_date":
            key.append(-(-1 if row["date"] is None else row["date"]))
        elif name == "path_depth":
            key.append(row["path"].count("/"))
        elif name == "length":
            key.append(-row["length"])
        else:
            value = row[name[1:]]
            known = value is not None and not math.isnan(value)
            key.append((0, -value if name[0] == "+" else value) if known else (1, 0))
    return (*key, row["doc_id"])


def table_of(rows):
    measures = pa.array(
        [{"error_share": row["error_share"], "lines": row["lines"]} for row in rows],
        pa.struct([("error_share", pa.float64()), ("lines", pa.int64())]),
    )
    return pa.table(
        {
            "doc_id": pa.array([row["doc_id"] for row in rows], pa.binary(16)),
            "license_type": pa.array([row["license_type"] for row in rows], pa.string()),
            "star_events_count": pa.array([row["stars"] for row in rows], pa.int64()),
            "revision_date": pa.array([row["date"] for row in rows], pa.timestamp("s", "UTC")),
            "path": pa.array([row["path"] for row in rows], pa.string()),
            "length_bytes": pa.array([row["length"] for row in rows], pa.int64()),
            "measures": measures,
        }
    )


ROWS = st.lists(
    st.fixed_dictionaries(
        {
            "doc_id": st.binary(min_size=16, max_size=16),
            "license_type": st.sampled_from([*LICENCES, None, "other"]),
            "stars": st.sampled_from([None, 0, 1, 2**63 - 1, -5]),
            "date": st.sampled_from([None, 0, 1, 1_700_000_000]),
            "path": st.sampled_from(["a", "a/b", "/a/b", ""]),
            "length": st.integers(0, 2),
            "error_share": st.sampled_from([None, math.nan, 0.0, -0.0, 0.5, 1.0]),
            "lines": st.sampled_from([None, 0, 3]),
        }
    ),
    max_size=30,
    unique_by=lambda row: row["doc_id"],
)
POLICIES = st.lists(
    st.sampled_from([*CRITERIA, "-error_share", "+error_share", "-lines", "+lines"]),
    unique_by=lambda name: name.lstrip("+-"),
)


@given(ROWS, POLICIES)
def test_the_order_is_that_of_the_naive_twin(rows, policy):
    table = table_of(rows)
    columns = keep_columns(table, policy)
    assert [columns[field.name].type for field in keep_fields(policy)] == [
        f.type for f in keep_fields(policy)
    ]
    ids = np.frombuffer(b"".join(row["doc_id"] for row in rows), ">u8").reshape(-1, 2).astype(np.uint64)
    order = policy_order(pa.table({**columns, "": pa.nulls(len(rows))}), ids, policy)
    expected = sorted(range(len(rows)), key=lambda at: naive_key(rows[at], policy))
    assert order.tolist() == expected


def kept(table, **options):
    return cc.dedup.near_duplicates(table, **options).kept["name"].to_pylist()


@pytest.mark.parametrize(
    ("columns", "policy"),
    [
        ({"revision_date": [dt.datetime(2021, 1, 1), dt.datetime(2022, 1, 1)]}, KEEP_POLICY),
        ({"revision_date": ["2021-01-01", "2022-01-01T00:00:00Z"]}, KEEP_POLICY),
        ({"revision_date": [None, 5]}, KEEP_POLICY),
        ({"error_share": [0.5, 0.25]}, KEEP_POLICY),
        ({"error_share": [math.nan, 1.0]}, KEEP_POLICY),
        ({"error_share": [None, 1.0]}, ["+error_share"]),
        ({"measures": [{"error_share": 0.5}, {"error_share": 0.0}]}, KEEP_POLICY),
        ({"measures": [{"comment_share": 0.1}, {"comment_share": 0.4}]}, ["+comment_share"]),
        ({"error_share": ["much", "little"], "path": ["b/a", "a"]}, KEEP_POLICY),
        ({"path": ["x/a", "a"]}, ["-error_share", "revision_date", "stars", "licence", "path_depth"]),
    ],
)
@pytest.mark.parametrize("turned", [False, True])
def test_the_better_of_two_equal_documents_stays(columns, policy, turned):
    table = pa.table({"content": [WORDS, WORDS], "name": ["worse", "better"], **columns})
    assert kept(table.take([1, 0]) if turned else table, keep_policy=policy) == ["better"]


def test_unknown_stays_behind_known_whichever_way_a_measure_is_preferred():
    table = pa.table(
        {"content": [WORDS] * 3, "name": ["null", "nan", "known"], "lines": [None, math.nan, 7.0]}
    )
    for sign in "+-":
        assert kept(table, keep_policy=[f"{sign}lines"]) == ["known"]


def test_a_table_without_what_the_policy_looks_at_ties():
    table = pa.table({"content": [WORDS, WORDS], "name": ["first", "second"]})
    assert kept(table, keep_policy=["licence", "stars", "revision_date", "-error_share"]) == ["first"]


@pytest.mark.parametrize(
    ("policy", "said"),
    [
        (["-eror_share"], r"did you mean '-error_share'"),
        (["error_share"], r"did you mean '-error_share'|'\+error_share'"),
        (["star"], "did you mean 'stars'"),
        (["zzzzzz"], "there are licence, stars, revision_date, path_depth, length, and measures"),
        (["+stars"], "did you mean 'stars'"),
        (["-lines", "+lines"], "twice"),
    ],
)
def test_unknown_criteria_are_refused_with_the_nearest_name(policy, said):
    with pytest.raises(ValidationError, match=said):
        DedupOptions(keep_policy=policy)
    with pytest.raises(ConfigError, match=said):
        cc.dedup.near_duplicates(pa.table({"content": ["x"]}), keep_policy=policy)


def test_every_measure_is_a_criterion():
    for name in cc.document.MEASURES:
        assert DedupOptions(keep_policy=[f"-{name}"]).keep_policy == (f"-{name}",)
        assert policy_measures([f"+{name}"]) == [name]


def test_sketches_of_other_policies_are_comparable_but_lack_what_they_do_not_need():
    one, two = DedupOptions(keep_policy=["stars"]), DedupOptions(keep_policy=["stars", "-lines"])
    assert made_with(one) == made_with(two)
    assert set(sketch_schema(two).names) - set(sketch_schema(one).names) == {"measure_lines"}
    documents = pa.table(
        {
            "doc_id": pa.array([bytes(16)], pa.binary(16)),
            "repo_name": ["r"],
            "path": ["p"],
            "content": pa.array(["x"], pa.large_string()),
        }
    )
    table = sketch(documents, one)
    assert find_candidates([table], one).order.tolist() == [0]
    with pytest.raises(DataError, match="measure_lines"):
        find_candidates([table], two)


def test_a_run_prefers_the_newer_revision_and_then_the_copy_with_fewer_parse_errors(tmp_path):
    text = "\n".join(f"def name_{i}(a, b):\n    return a * {i} + b\n" for i in range(30))
    broken = text.replace("def name_7(a, b):", "def name_7(a, b:")
    rows = [
        ("a", "old.py", text, "2020-01-01"),
        ("b", "deeper/new.py", text, "2021-01-01"),
        ("c", "deep/broken.py", broken, None),
        ("d", "deep/er/whole.py", text.replace("a * ", "a - "), None),
        ("e", "broken.py", broken.replace("a * ", "a - "), None),
    ]
    names = ("repo_name", "path", "content", "revision_date")
    columns = dict(zip(names, map(list, zip(*rows, strict=True)), strict=True))
    pq.write_table(pa.table({**columns, "language": ["Python"] * 5}), tmp_path / "in.parquet")
    settings = {"tokenizer.vocab_size": 600, "filter.max_error_share": 1.0, "licences.allow": False}
    corpus = cc.build(tmp_path / "in.parquet", out=tmp_path / "out", settings=settings, progress=False)
    assert corpus.documents(["path"])["path"].sort().to_list() == ["deep/er/whole.py", "deeper/new.py"]
    dates = corpus.documents(["path", "revision_date"]).sort("path")["revision_date"]
    assert dates.to_list() == [None, dt.datetime(2021, 1, 1, tzinfo=dt.UTC)]
    assert corpus.verify().problems == ()
    assert isinstance(dates.dtype, pl.Datetime)

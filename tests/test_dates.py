"""Dates of revisions come in many forms and from hostile places; what is no date is null, and nothing raises."""

import datetime as dt

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from codecorpus.dates import DATE_TYPE, END, as_seconds, committer_seconds, date_column, seconds_column
from codecorpus.sources import SourceOptions, plan_sources
from sources_help import bare_clone, commit_all, git, read, write

NOON = 1_680_091_200  # 2023-03-29 12:00:00 UTC
FORMS = [
    "2023-03-29T12:00:00Z",
    "2023-03-29 12:00:00",
    "2023-03-29 12:00:00.999999",
    "2023-03-29 12:00:00 UTC",
    "2023-03-29T14:00:00+02:00",
    b"2023-03-29T12:00:00.123456789+00:00",
    NOON,
    NOON + 0.5,
    NOON * 1000,
    NOON * 10**6 + 999,
    NOON * 10**9,
    dt.datetime(2023, 3, 29, 12),
    dt.datetime(2023, 3, 29, 12, tzinfo=dt.UTC),
]
NO_DATES = [
    *[
        None,
        True,
        "",
        "soon",
        "2023",
        "20230329",
        "1680091200",
        "12:00",
        "2023-13-01",
        "2023-02-30",
        "0000-00-00",
    ],
    *["1969-12-31", "2100-01-01", "9999-12-31T23:59:59-12:00", "0001-01-01T00:00:00+14:00", "2023-03-29" * 9],
    *[-1, END, 10**30, float("nan"), float("inf"), -float("inf"), [2023], {"year": 2023}, "２０２３-03-29"],
]


@pytest.mark.parametrize("form", FORMS)
def test_every_usual_form_is_a_date(form):
    assert as_seconds(form) == NOON


@pytest.mark.parametrize("value", NO_DATES)
def test_what_is_no_date_is_null(value):
    assert as_seconds(value) is None


@given(st.one_of(st.text(), st.binary(), st.floats(), st.integers(), st.datetimes(), st.dates(), st.none()))
def test_no_value_raises_and_all_dates_are_in_range(value):
    found = as_seconds(value)
    assert found is None or (type(found) is int and 0 <= found < END)


@given(
    st.lists(st.one_of(st.none(), st.integers(-(2**63), 2**63 - 1))), st.sampled_from(["s", "ms", "us", "ns"])
)
def test_timestamps_of_any_unit_and_zone_are_floored_to_seconds(numbers, unit):
    scale = {"s": 1, "ms": 10**3, "us": 10**6, "ns": 10**9}[unit]
    expected = [n // scale if n is not None and 0 <= n < END * scale else None for n in numbers]
    for zone in (None, "Europe/Berlin"):
        column = pa.array(numbers, pa.int64()).cast(pa.timestamp(unit, zone))
        assert seconds_column(column).to_pylist() == expected
        found = date_column(column)
        assert found.type == DATE_TYPE
        assert found.cast(pa.int64()).to_pylist() == [None if n is None else n * 1000 for n in expected]


@pytest.mark.parametrize(
    ("column", "expected"),
    [
        (pa.array([dt.date(2023, 3, 29), dt.date(1, 1, 1)], pa.date32()), [NOON - 43_200, None]),
        (pa.array([dt.date(2023, 3, 29), None], pa.date64()), [NOON - 43_200, None]),
        (pa.array(["2023-03-29T12:00:00Z", "x"]), [NOON, None]),
        (pa.array([b"2023-03-29T12:00:00Z", b"\xff"], pa.binary()).view(pa.string()), [NOON, None]),
        (pa.array(["2023-03-29T12:00:00Z", None]).dictionary_encode(), [NOON, None]),
        (pa.array(["2023-03-29T12:00:00Z", None]).cast(pa.string_view()), [NOON, None]),
        (pa.chunked_array([pa.array([float(NOON)]), pa.array([float("nan")])]), [NOON, None]),
        (pa.array([[1], [2]]), [None, None]),
        (pa.array([True, False]), [None, None]),
        (pa.nulls(2), [None, None]),
    ],
)
def test_a_column_of_any_type_becomes_dates(column, expected):
    assert seconds_column(column).to_pylist() == expected


@pytest.mark.parametrize(
    ("commit", "expected"),
    [
        (b"tree x\nauthor A <a> 5 +0000\ncommitter B <b> 1680091200 -0700\n\nmessage", NOON),
        (b"tree x\ncommitter B <> 0 +0000\n\n", 0),
        (b"tree x\ncommitter > <b> 99> 1680091200 +0000\ncommitter B <b> 7 +0000\n\n", NOON),
        (b"tree x\ngpgsig a\n committer B <b> 7 +0000\n\n", None),
        (b"tree x\n\ncommitter B <b> 7 +0000\n", None),
        (b"tree x\ncommitter B <b> -7 +0000\n\n", None),
        (b"tree x\ncommitter B <b> 99999999999999999999 +0000\n\n", None),
        (b"tree x\ncommitter B <b> 4102444800 +0000\n\n", None),
        (b"tree x\ncommitter B <b> 1680091200\n\n", None),
        (b"committer " + b"> " * 30_000 + b"\n\n", None),
        (b"", None),
    ],
)
def test_the_committer_date_is_read_from_the_head_of_a_commit_alone(commit, expected):
    assert committer_seconds(commit) == expected


def test_documents_of_a_git_repository_have_the_committer_date_of_the_revision(tmp_path):
    root = write(tmp_path / "work", {"a.py": "a = 1\n"})
    commit_all(root)
    (row,) = read(bare_clone(root, tmp_path / "r.git")).documents
    assert row["revision_date"] == dt.datetime(2020, 1, 1, tzinfo=dt.UTC)
    (row,) = read(root).documents
    assert row["revision_date"] is None, "a working tree says nothing of its revision"


@pytest.mark.parametrize(
    "committer",
    ["B <b> 99999999999 +0000", "B <b> x +0000", "B", "B <b> 12 +0000\x00", "B" * 100_000 + " <b> 5 +0000"],
)
def test_a_commit_with_a_hostile_date_is_read_without_one(tmp_path, committer):
    root = write(tmp_path / "work", {"a.py": "a = 1\n"})
    commit_all(root)
    tree = git("rev-parse", "HEAD^{tree}", cwd=root)
    text = f"tree {tree}\nauthor A <a> 1 +0000\ncommitter {committer}\n\nm\n"
    commit = git("hash-object", "--literally", "-t", "commit", "-w", "--stdin", cwd=root, stdin=text.encode())
    git("update-ref", "refs/heads/main", commit, cwd=root)
    (row,) = read(root / ".git").documents
    assert (row["revision_id"], row["revision_date"]) == (commit, None)


def test_columns_of_dates_are_found_by_their_names_or_by_the_option(tmp_path):
    rows = {"content": ["x = 1\n", "y = 1\n"], "path": ["a.py", "b.py"]}
    dates = pa.array([NOON * 10**9 + 1, -(2**62)], pa.timestamp("ns"))
    for name, options in (("revision_date", {}), ("committer_date", {}), ("when", {"revision_date": "when"})):
        place = tmp_path / f"{name}.parquet"
        pq.write_table(pa.table({**rows, name: dates}), place)
        found = [row["revision_date"] for row in read(place, **options).documents]
        assert found == [dt.datetime.fromtimestamp(NOON, dt.UTC), None]
    assert plan_sources([place], SourceOptions())
    place = tmp_path / "rows.jsonl"
    place.write_text(
        '{"content": "x = 1", "revision_date": "2023-03-29T12:00:00"}\n{"content": "y", "revision_date": {}}\n'
    )
    assert [row["revision_date"] for row in read(place).documents] == [
        dt.datetime.fromtimestamp(NOON, dt.UTC),
        None,
    ]

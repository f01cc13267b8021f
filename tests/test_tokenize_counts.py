import os
from collections import Counter
from types import SimpleNamespace

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import naive_tokenize as naive
from codecorpus.errors import DataError, UsageError
from codecorpus.tokenize import PATTERNS, cap_counts, count, merge_counts, read_counts, write_counts
from codecorpus.tokenize import _kernels_count as k
from codecorpus.tokenize.count_rows import FEW_REPOSITORIES, LANGUAGE_COUNTS, MOST_REPOSITORIES

MODES = pytest.mark.parametrize("mode", list(PATTERNS))

#: Few words and names, so that pre-tokens meet in several languages and in more repositories than are remembered.
DOCUMENTS = st.lists(
    st.tuples(
        st.lists(st.sampled_from(["a", "b", " if", "\n", "longer_than_eight", "x" * 9, "é"]), max_size=6).map(
            "".join
        )
        | naive.NASTY,
        st.sampled_from(["C", "Go", "", None]),
        st.sampled_from([*"rstuvw", "", None]),
    ),
    max_size=12,
)


def table_of(rows):
    names = ("content", "language", "repo_name")
    types = (pa.large_string(), pa.string(), pa.string())
    return pa.table(
        {name: pa.array([row[place] for row in rows], types[place]) for place, name in enumerate(names)}
    )


def rows_of(table):
    return [tuple(row.values()) for row in table.to_pylist()]


@MODES
@settings(max_examples=100, deadline=None)
@given(rows=DOCUMENTS)
def test_counts_what_the_regex_cuts_by_language_and_repository(mode, rows):
    table = count(table_of(rows), mode=mode).table
    assert table.schema.equals(LANGUAGE_COUNTS)
    assert rows_of(table) == naive.count_rows(rows, mode, MOST_REPOSITORIES)


@settings(max_examples=100, deadline=None)
@given(rows=DOCUMENTS, order=st.randoms(use_true_random=False), shards=st.integers(1, 5))
def test_counts_of_shards_add_up_to_those_of_the_whole_in_any_order(rows, order, shards):
    whole = count(table_of(rows)).table
    mixed = rows[:]
    order.shuffle(mixed)
    parts = [count(table_of(mixed[start::shards])).table for start in range(shards)]
    assert merge_counts(parts).equals(whole, check_metadata=True)
    nested = merge_counts([merge_counts(parts[:2]), *parts[2:]])
    assert nested.equals(whole, check_metadata=True)


def test_many_tables_are_merged_in_turns_with_the_same_result(monkeypatch):
    monkeypatch.setattr("codecorpus.tokenize.count_rows._WAITING", 3)
    parts = [count(table_of([(f"word{number % 7} if", "C", f"r{number}")])).table for number in range(40)]
    merged = merge_counts(iter(parts))
    monkeypatch.undo()
    assert merged.equals(merge_counts(parts[::-1]), check_metadata=True)
    assert sum(merged["count"].to_pylist()) == sum(sum(part["count"].to_pylist()) for part in parts)


def test_a_small_hash_table_that_is_emptied_often_gives_the_same_counts(monkeypatch):
    rows = [
        (f"w{number} x{number % 9} {'y' * (number % 30)}\n" * 3, "C", f"r{number % 8}")
        for number in range(300)
    ]
    whole = count(table_of(rows)).table
    monkeypatch.setattr("codecorpus.tokenize.counts._MOST_ROWS", 50)
    monkeypatch.setattr("codecorpus.tokenize.counts._PIECE", 100)
    assert count(table_of(rows)).table.equals(whole)


def test_written_bytes_do_not_depend_on_the_order_of_the_documents(tmp_path):
    rows = [(f"name{number} = {number % 5}\n", "Go", f"r{number % 7}") for number in range(200)]
    write_counts(count(table_of(rows)).table, tmp_path / "one.parquet")
    halves = [count(table_of(rows[start::-2])).table for start in (199, 198)]
    write_counts(merge_counts(halves), tmp_path / "other.parquet")
    assert (tmp_path / "one.parquet").read_bytes() == (tmp_path / "other.parquet").read_bytes()
    assert read_counts(tmp_path / "one.parquet").equals(count(table_of(rows)).table, check_metadata=True)


def test_takes_polars_frames_several_tables_and_tables_without_names():
    frame = pl.DataFrame({"content": ["getX(getX)", None]})
    expected = [
        (b"(get", None, None, 1),
        (b")", None, None, 1),
        (b"X", None, None, 2),
        (b"get", None, None, 1),
    ]
    assert rows_of(count(frame).table) == expected
    assert rows_of(count([frame, frame.slice(0, 0).to_arrow()]).table) == expected


@settings(max_examples=50, deadline=None)
@given(st.lists(st.binary(max_size=50), max_size=5))
def test_loses_no_byte_of_text_that_is_not_utf8(contents):
    found = count(pa.table({"content": pa.array(contents, pa.large_binary())}))
    assert sum(len(row[0]) * row[3] for row in rows_of(found.table)) == sum(map(len, contents)) == found.bytes


def test_an_empty_corpus_has_an_empty_table():
    found = count(table_of([]))
    assert (found.table.num_rows, found.documents, found.bytes, found.left_out.num_rows) == (0, 0, 0, 0)
    assert count([]).table.num_rows == 0


def test_names_the_documents_with_pretokens_that_are_too_long():
    texts = ["short", "=" * 1_000_000 + "\nx" + "-" * 2000, "x" * 1024, "y" * 1025]
    documents = pa.table(
        {"content": texts, "repo_name": list("abcd"), "path": [f"{n}.txt" for n in range(4)]}
    )
    found = count(documents)
    assert found.pretokens_left_out == 3
    assert [tuple(row.values()) for row in found.left_out.to_pylist()] == [
        ("b", "1.txt", 2, 1_002_001, 1_000_001, 0),
        ("d", "3.txt", 1, 1025, 1025, 0),
    ]
    assert {len(row[0]) for row in rows_of(found.table)} == {1, 5, 1024}


def test_names_the_longest_whatever_the_order():
    documents = pa.table(
        {"content": ["z" * (1100 + n) for n in range(40)], "path": [f"{n}" for n in range(40)]}
    )
    found, mixed = count(documents), count([documents.slice(20), documents.slice(0, 20)])
    assert found.left_out.to_pylist() == mixed.left_out.to_pylist()
    assert found.left_out["path"].to_pylist() == [str(n) for n in range(39, 19, -1)]
    assert found.pretokens_left_out == 40


@settings(max_examples=30, deadline=None)
@given(rows=DOCUMENTS, share=st.sampled_from([0.001, 0.25, 0.5, 0.9]))
def test_a_sample_of_the_whole_is_the_sum_of_the_samples_of_its_shards(rows, share):
    whole = count(table_of(rows), share=share)
    parts = [count(table_of(rows[start::3]), share=share) for start in range(3)]
    assert merge_counts([part.table for part in parts]).equals(whole.table, check_metadata=True)
    assert sum(part.documents for part in parts) == whole.documents


def test_a_sample_is_about_as_large_as_asked_and_goes_by_the_content_alone():
    texts = [f"document {number}" for number in range(4000)]
    found = count(pa.table({"content": texts}), share=0.25)
    assert 850 < found.documents < 1150
    assert count(pa.table({"content": texts[::-1], "path": texts}), share=0.25).documents == found.documents


def test_the_hash_of_documents_sees_every_byte():
    texts = [
        b"",
        b"a",
        b"a\0",
        b"abcdefgh",
        b"abcdefgh\0",
        *(b"x" * 20 + bytes([n]) + b"y" * 20 for n in range(256)),
    ]
    data = np.frombuffer(b"".join(texts), np.uint8)
    offsets = np.cumsum([0, *map(len, texts)])
    assert len(set(k.hash_documents(data, offsets).tolist())) == len(texts)


@pytest.mark.parametrize("share", [0, -1, 1.5, float("nan")])
def test_a_share_is_above_0_and_at_most_1(share):
    with pytest.raises(UsageError, match="share"):
        count(table_of([]), share=share)


def test_progress_is_told_in_bytes_and_ends_at_all_of_them(monkeypatch):
    monkeypatch.setattr("codecorpus.tokenize.counts._PIECE", 1000)
    told = []
    count(table_of([("word " * 100, "C", "r")] * 50), progress=lambda done, total: told.append((done, total)))
    assert told[-1] == (25_000, 25_000)
    assert len(told) == 25
    assert [done for done, _ in told] == sorted(done for done, _ in told)


def test_tables_of_different_modes_are_not_merged(tmp_path):
    for mode in ("plain", "code"):
        count(table_of([("a b", "C", "r")]), mode=mode).save(tmp_path / f"{mode}.parquet")
    with pytest.raises(DataError, match=r"plain\.parquet: count tables of different mode: code and plain"):
        read_counts([tmp_path / "code.parquet", tmp_path / "plain.parquet"])
    one, other = (count(table_of([("a", "C", "r")]), share=share).table for share in (1, 0.5))
    with pytest.raises(DataError, match="different share"):
        merge_counts([one, other])


def test_tables_of_other_programs_are_read(tmp_path):
    file = tmp_path / "spark.parquet"
    pq.write_table(
        pa.table({"pretoken": ["if", "if", "x"], "count": pa.array([3, 4, 1], pa.int32()), "z": [0, 0, 0]}),
        file,
    )
    assert rows_of(read_counts(str(file))) == [(b"if", 7), (b"x", 1)]


@pytest.mark.parametrize(
    ("columns", "said"),
    [
        ({"word": ["a"], "count": [1]}, "no column pretoken"),
        ({"pretoken": ["a"]}, "no column count"),
        ({"pretoken": ["a"], "count": [0]}, "counts below 1"),
        ({"pretoken": ["a", None], "count": [1, 1]}, "without pre-token or count"),
        ({"pretoken": ["a"], "count": ["many"]}, "no count table"),
        ({"pretoken": [1.5], "count": [1]}, "no count table"),
    ],
)
def test_says_what_is_wrong_with_a_table(tmp_path, columns, said):
    file = tmp_path / "wrong.parquet"
    pq.write_table(pa.table(columns), file)
    with pytest.raises(DataError, match=said) as error:
        read_counts(file)
    assert str(file) in str(error.value)


def test_says_what_is_wrong_with_a_file(tmp_path):
    (tmp_path / "text.parquet").write_text("no Parquet")
    for name in ("text.parquet", "missing.parquet"):
        with pytest.raises(DataError, match=name):
            read_counts(tmp_path / name)
    with pytest.raises(UsageError, match="no count table given"):
        read_counts([])


def test_a_cap_lowers_what_few_repositories_say_and_nothing_else():
    rows = [("shared " * 500, "C", f"r{number}") for number in range(FEW_REPOSITORIES)]
    rows += [(f"own{number} ", "C", f"r{number}") for number in range(FEW_REPOSITORIES)]
    rows += [("Junk " * 500, "C", "r0"), ("Mine " * 500, "Go", "r0"), ("Unknown " * 500, "C", None)]
    table = count(table_of(rows)).table
    capped = Counter()
    for pretoken, _, number in rows_of(cap_counts(table, 100)):
        capped[pretoken] += number
    # " Junk" and "Junk" are one repository's; so is " Mine", but of a language that only this repository has.
    assert capped[b" Junk"] == 100
    assert capped[b" Mine"] == 499
    assert capped[b" Unknown"] == 499
    assert capped[b" shared"] == 499 * FEW_REPOSITORIES
    assert cap_counts(table, None).equals(cap_counts(table, 10**9))
    assert cap_counts(table, 100).column_names == ["pretoken", "language", "count"]


def test_a_cap_leaves_tables_without_repositories_alone():
    table = pa.table({"pretoken": [b"a"], "count": [9]})
    assert cap_counts(table, 1) is table


@pytest.mark.parametrize("unit", ["x", " ", "\n", "=", "é", "\t", "A", "aB", "\r\n", "'s", "9", "\x80"])
@MODES
def test_time_is_linear_in_a_line_of_one_kind(mode, unit):
    def seconds(size):
        content = pa.array(
            [(unit.encode("latin-1") if unit == "\x80" else unit.encode()) * size], pa.large_binary()
        )
        began = os.times()
        count(pa.table({"content": content}), mode=mode)
        ended = os.times()
        return ended.user - began.user

    # 64 times the text at most 64 times the time; the clock ticks in hundredths of a second.
    small, large = seconds(100_000), seconds(6_400_000)
    assert large < 64 * max(small, 0.03), SimpleNamespace(small=small, large=large)

"""What keeps a unit's work from growing with the corpus: groups of shards, rows of levels, ranges of licences."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

import codecorpus as cc
from codecorpus.document import LEVELS
from codecorpus.run import packing
from codecorpus.run.packing import packed_together
from codecorpus.run.tables import read_range
from codecorpus.run.tallies import SEEN, by_level, kept_mask, level_rows
from codecorpus.sources import group_parts

EXAMPLES = Path(__file__).parents[1] / "examples" / "repos"
PACKED = {"sequence_length": 256, "tokenizer.vocab_size": 1000, "packing.context": "repository"}


@given(st.lists(st.tuples(st.integers(0, 3_000_000), st.integers(0, 3_000_000_000)), max_size=40))
def test_groups_hold_every_shard_once_and_end_where_they_are_full(shards):
    groups = packed_together(shards)
    assert [number for group in groups for number in range(len(shards))[group]] == list(range(len(shards)))
    for group in groups[:-1]:
        documents, tokens = (sum(column) for column in zip(*shards[group], strict=True))
        assert documents >= packing.GROUP_DOCUMENTS or tokens >= packing.GROUP_TOKENS
    for group in groups:
        documents, tokens = (sum(shard[column] for shard in shards[group][:-1]) for column in (0, 1))
        assert documents < packing.GROUP_DOCUMENTS
        assert tokens < packing.GROUP_TOKENS


def build(out, **options):
    return cc.build(EXAMPLES, out=out, settings=PACKED, progress=False, **options)


def placed(corpus):
    """(document, part, its length) of everything in the rows, and how many rows there are."""
    rows = corpus.sequences(["doc_ids", "parts"]).to_dicts()
    found = [
        (doc_id, part["part"], part["prefix"] + part["middle"] + part["suffix"])
        for row in rows
        for doc_id, part in zip(row["doc_ids"], row["parts"], strict=True)
    ]
    return sorted(found), len(rows)


def test_a_corpus_packed_in_groups_holds_the_same_text_in_hardly_more_rows(tmp_path, monkeypatch):
    monkeypatch.setitem(group_parts.__kwdefaults__, "target", 8_000)
    whole, rows = placed(build(tmp_path / "whole"))
    monkeypatch.setattr(packing, "GROUP_DOCUMENTS", 20)
    corpus = build(tmp_path / "groups", workers=2, executor="processes")
    text, more = placed(corpus)
    groups = len(list((corpus.path / "work" / "plan").iterdir()))
    assert groups > 2
    assert len(list((corpus.path / "work" / "order").iterdir())) == groups
    assert text == whole
    # A row is begun for each group; where a repository's files lie in two groups, it makes two samples.
    assert rows <= more <= rows + 2 * groups
    assert corpus.verify().problems == ()
    assert corpus.manifest["sequences"]["parts"] == len(text)


@given(st.data())
def test_levels_by_row_are_those_of_the_decisions(tmp_path_factory, data):
    folder = tmp_path_factory.mktemp("levels")
    count = data.draw(st.integers(1, 30))
    ids = [number.to_bytes(16, "big") for number in range(count)]
    goes = data.draw(st.sets(st.integers(0, count - 1)))
    codes = st.sampled_from(list(LEVELS.values()))
    verdicts = [(row, data.draw(codes), "dropped") for row in sorted(goes)]
    # A document may be flagged at two levels.
    flags = data.draw(st.sets(st.tuples(st.integers(0, count - 1), codes)))
    verdicts += [(row, code, "flagged") for row, code in sorted(flags) if row not in goes]
    order = data.draw(st.permutations(verdicts))
    decisions = pa.table(
        {
            "doc_id": pa.array([ids[row] for row, _, _ in order], pa.binary(16)),
            "code": pa.array([code for _, code, _ in order], pa.string()),
            "verdict": pa.array([verdict for _, _, verdict in order], pa.string()),
        }
    )
    rows, kinds = level_rows(pa.array(ids, pa.binary(16)), np.array(sorted(goes), np.int64), decisions)
    np.save(folder / "level_rows.npy", rows)
    np.save(folder / "level_kinds.npy", kinds)
    first = data.draw(st.integers(0, count))
    stop = data.draw(st.integers(first, count))
    sizes = [10**row % 977 for row in range(first, stop)]
    columns = {"doc_id": ids[first:stop], "length_bytes": sizes, "language": [None] * (stop - first)}
    expected = {}
    for row, *key in verdicts:
        if first <= row < stop:
            number, total = expected.get(tuple(key), (0, 0))
            expected[tuple(key)] = (number + 1, total + sizes[row - first])
    found = by_level(pa.table(columns, schema=SEEN), first, folder)
    assert found == sorted((*key, *value) for key, value in expected.items())
    assert kept_mask(stop - first, np.array(sorted(goes), np.int64), first).tolist() == [
        row not in goes for row in range(first, stop)
    ]


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (["b"], ["a", "b", "b", "c"]),
        (["c", "d"], ["b", "c", "d", "e"]),
        (["x"], []),
        ([], ["a", "b", "b", "c", "d", "e"]),
    ],
)
def test_only_row_groups_that_may_hold_a_value_are_read(tmp_path, values, expected):
    table = pa.table({"n": range(6), "repo_name": ["a", "b", "b", "c", "d", "e"]})
    pq.write_table(table, tmp_path / "t.parquet", row_group_size=2)
    found = read_range(tmp_path / "t.parquet", "repo_name", pa.array(values, pa.string()))
    assert found["repo_name"].to_pylist() == expected
    assert found.schema.equals(table.schema)

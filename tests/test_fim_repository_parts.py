import time

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import naive_context
from codecorpus.fim.context.corpus_order import repository_order
from codecorpus.fim.context.parts import repository_parts


def share_inside(parts, edges):
    part_of = {file: number for number, part in enumerate(parts) for file in part}
    return sum(part_of[one] == part_of[other] for one, other in edges) / len(edges)


@st.composite
def cuts(draw):
    count = draw(st.integers(0, 25))
    sizes = draw(st.lists(st.integers(0, 40), min_size=count, max_size=count))
    file = st.integers(0, max(count - 1, 0))
    edges = draw(st.lists(st.tuples(file, file), max_size=60 if count else 0))
    paths = [draw(st.sampled_from(["a/", "b/", "b/c/", ""])) + str(number) for number in range(count)]
    order = draw(st.permutations(range(count)))
    return np.array(order, np.int64), np.array(edges, np.int32).reshape(-1, 2), np.array(sizes), paths


@settings(max_examples=300, deadline=None)
@given(cuts(), st.integers(1, 200), st.booleans())
def test_parts_fit_lose_nothing_and_keep_the_order(cut, budget, with_paths):
    order, edges, sizes, paths = cut
    parts = repository_parts(order, edges, sizes, budget, paths=paths if with_paths else None)
    place = np.empty(len(order), np.int64)
    place[order] = np.arange(len(order))
    assert sorted(file for part in parts for file in part.tolist()) == list(range(len(order)))
    assert all(len(part) == 1 or sizes[part].sum() <= budget for part in parts)
    assert all((np.diff(place[part]) > 0).all() for part in parts)
    assert [part[0] for part in parts] == sorted((part[0] for part in parts), key=lambda file: place[file])
    if sizes.sum() <= budget and len(order):
        assert len(parts) == 1


def planted(groups, size, seed):
    """Groups of files that import each other, in an order that mixes them, and a few imports between groups."""
    random = np.random.default_rng(seed)
    count = groups * size
    order = random.permutation(count)
    inside = [
        (one, one // size * size + int(other))
        for one in range(count)
        for other in random.integers(0, size, 4)
    ]
    between = random.integers(0, count, (count // 4, 2)).tolist()
    return order, np.array([*inside, *map(tuple, between)]), inside


@pytest.mark.parametrize("seed", range(3))
def test_planted_groups_are_found_where_cutting_the_order_tears_them(seed):
    order, edges, inside = planted(20, 10, seed)
    sizes = np.full(200, 100)
    parts = repository_parts(order, edges, sizes, 1000)
    plain = naive_context.plain_parts(order.tolist(), sizes.tolist(), 1000)
    assert share_inside(plain, inside) < 0.2
    assert share_inside([part.tolist() for part in parts], inside) > 0.9


def test_what_imports_leave_over_is_put_together_by_folder():
    paths = ["a/1", "b/1", "a/2", "b/2"]
    none = np.zeros((0, 2), np.int64)
    parts = repository_parts(np.arange(4), none, np.full(4, 5), 10, paths=paths)
    assert [part.tolist() for part in parts] == [[0, 2], [1, 3]]
    assert [part.tolist() for part in repository_parts(np.arange(4), none, np.full(4, 5), 10)] == [
        [0, 1],
        [2, 3],
    ]


def test_a_file_over_the_budget_is_alone():
    parts = repository_parts(np.arange(3), np.array([[0, 1], [1, 2]]), np.array([4, 99, 4]), 10)
    assert sorted(part.tolist() for part in parts) == [[0, 2], [1]]


def test_a_file_that_all_others_import_takes_no_square_of_time():
    count = 20_000
    edges = np.stack([np.arange(1, count), np.zeros(count - 1, np.int64)], axis=1)
    began = time.process_time()
    parts = repository_parts(np.arange(count), edges, np.full(count, 10), count * 10 - 1)
    assert time.process_time() - began < 60
    assert [len(part) for part in parts] == [count - 1, 1]


def corpus(rows):
    names = ["repo_name", "path", "language", "references", "declares", "tokens", "doc_id"]
    types = [
        pa.string(),
        pa.string(),
        pa.string(),
        pa.list_(pa.string()),
        pa.list_(pa.string()),
        pa.int64(),
        pa.string(),
    ]
    columns = list(zip(*rows, strict=True)) or [()] * 7
    return pa.table([pa.array(column, kind) for column, kind in zip(columns, types, strict=True)], names)


ROWS = [
    ("r", "b.py", "Python", ["a"], [], 3, "1"),
    ("r", "a.py", "Python", [], [], 3, "2"),
    ("r", "test_b.py", "Python", ["b:x"], None, 3, "3"),
    ("r", "README", None, None, [], 3, "4"),
    (None, "x.py", "Python", ["y"], [], 3, "5"),
    (None, "y.py", "Python", [], [], 3, "6"),
    ("q", "only.c", "C", [], [], 99, "7"),
    ("r", "b.py", "Python", [], [], 4, "8"),
]


def named(documents, order):
    return [documents["doc_id"][row].as_py() for row in order.rows.tolist()]


def test_a_corpus_is_ordered_repository_by_repository():
    documents = corpus(ROWS)
    order = repository_order(documents, 100)
    assert named(documents, order) == ["5", "6", "7", "4", "2", "1", "3", "8"]
    assert order.repositories.tolist() == [0, 1, 2, 3, 3, 3, 3, 3]
    assert order.parts.tolist() == [0, 1, 2, 3, 3, 3, 3, 3]
    assert order.part_offsets().tolist() == [0, 1, 2, 3, 8]


def test_parts_of_a_corpus_are_numbered_through():
    documents = corpus(ROWS)
    order = repository_order(documents, 10, readme_first=False)
    tokens = documents["tokens"].to_numpy()[order.rows]
    totals = np.bincount(order.parts, weights=tokens)
    assert (np.diff(order.parts) >= 0).all()
    assert totals[np.bincount(order.parts) > 1].max() <= 10
    assert order.part_offsets()[-1] == len(ROWS)


@settings(max_examples=50, deadline=None)
@given(st.permutations(range(len(ROWS))), st.integers(1, 30))
def test_the_order_of_rows_says_nothing(permutation, budget):
    documents = corpus(ROWS)
    mixed = documents.take(pa.array(permutation))
    expected, order = repository_order(documents, budget), repository_order(mixed, budget)
    assert named(mixed, order) == named(documents, expected)
    assert order.parts.tolist() == expected.parts.tolist()


def test_blocks_say_nothing(monkeypatch):
    expected = repository_order(corpus(ROWS), 10)
    monkeypatch.setattr("codecorpus.fim.context.corpus_order._BLOCK", 2)
    order = repository_order(corpus(ROWS), 10)
    assert order.rows.tolist() == expected.rows.tolist()
    assert order.parts.tolist() == expected.parts.tolist()


def test_a_corpus_without_documents_or_with_chunks():
    assert repository_order(corpus([]), 10).rows.tolist() == []
    assert repository_order(corpus([]), 10).part_offsets().tolist() == [0]
    documents = corpus(ROWS)
    chunked = pa.concat_tables([documents.slice(0, 3), documents.slice(3)])
    assert repository_order(chunked, 10).rows.tolist() == repository_order(documents, 10).rows.tolist()

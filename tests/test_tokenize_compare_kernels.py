"""Each kernel of the comparison against its twin, on texts and tokens that no tokenizer would make."""

from itertools import pairwise

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

import naive_compare as naive
from codecorpus.buffers import text_buffers
from codecorpus.tokenize import _kernels_compare as kernels
from codecorpus.tokenize.comparison_cuts import CUTS, Sample
from codecorpus.tokenize.comparison_lines import known_lines
from codecorpus.tokenize.comparison_measures import places, renyi_efficiency
from codecorpus.tokenize.comparison_spread import REPLICATES, intervals, over_files
from naive_tokenize import NASTY

LINES = st.lists(st.sampled_from(["a", " a", "b\t", "", "  ", "\r", "\f", "é = 1", "a b"]), max_size=8)
TEXTS = NASTY | LINES.map("\n".join)
WORDS = st.text("aBC1_\u0301é ٣ǅ.", max_size=12)


def cut_up(text, places):
    data = text.encode()
    borders = sorted({0, len(data), *(place % (len(data) + 1) for place in places)})
    return [data[start:end] for start, end in pairwise(borders)]


def tallied(texts, token_lists, known=None):
    """What the kernels add up: totals, novel tokens and counts."""
    data, offsets = text_buffers(pa.array(texts, pa.large_string()))
    flags = places(data, offsets, known)
    tokens = [token for some in token_lists for token in some]
    ends = np.cumsum([len(token) for token in tokens], dtype=np.int64)
    totals, counts = np.zeros(kernels.TALLIES, np.int64), np.zeros(max(len(tokens), 1), np.int64)
    is_blank = np.array([token.isspace() for token in tokens] or [False])
    novel = kernels.tally(np.arange(len(tokens), dtype=np.uint32), ends, flags, is_blank, counts, totals)
    return totals.tolist(), novel, counts


@settings(max_examples=400, deadline=None)
@given(st.lists(st.tuples(TEXTS | WORDS, st.lists(st.integers(0, 99), max_size=12)), max_size=4))
@example([("getHTTPResponse2xx", [3, 7, 15]), ("_max__retries_ x", [5, 6])])
@example([("HTTPServer", [4]), ("HTTPServer", [3]), ("1abc _ __1 a1", [2])])
def test_tokens_touch_and_cross_what_the_twin_says(cases):
    texts = [text for text, _ in cases]
    tokens = [cut_up(text, borders) for text, borders in cases]
    totals, _, counts = tallied(texts, tokens)
    expected = [naive.touches(text, some) for text, some in zip(texts, tokens, strict=True)]
    crossing, pairs, identifiers = (
        (sum(column) for column in zip(*expected, strict=True)) if cases else (0, 0, 0)
    )
    assert totals[kernels.CROSSING] == crossing
    assert totals[kernels.TOUCHED] == pairs
    assert totals[kernels.IDENTIFIERS] == identifiers
    assert totals[kernels.BLANK] == sum(token.isspace() for some in tokens for token in some)
    assert counts.sum() == sum(map(len, tokens))


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("maxRetries", ["max", "Retries"]),
        ("max_retries", ["max", "retries"]),
        ("__init__", ["init"]),
        ("HTTPServer", ["HTTP", "Server"]),
        ("parseHTTP", ["parse", "HTTP"]),
        ("utf8", ["utf", "8"]),
        ("x2y", ["x", "2", "y"]),
        ("MAX_SIZE", ["MAX", "SIZE"]),
        ("aB", ["a", "B"]),
        ("naïveÉcole", ["naïve", "École"]),
        ("0xFF", []),
        ("___", []),
        ("_1", []),
    ],
)
def test_sub_words_of_an_identifier(text, parts):
    found = [text.encode()[start:end].decode() for _, some in naive.identifiers(text) for start, end in some]
    assert found == parts
    for cut in range(
        1, len(text)
    ):  # a token from the start crosses as soon as it holds a byte of the second part
        head, tail = text[:cut].encode(), text[cut:].encode()
        assert tallied([text], [[head, tail]])[0][kernels.CROSSING] == naive.touches(text, [head, tail])[0]


def test_a_token_over_two_identifiers_touches_both_and_crosses_none():
    totals, _, _ = tallied(["return x"], [[b"return x"]])
    assert (totals[kernels.TOUCHED], totals[kernels.CROSSING]) == (2, 0)


@settings(max_examples=300, deadline=None)
@given(
    st.lists(st.tuples(TEXTS, st.lists(st.integers(0, 99), max_size=8)), min_size=1, max_size=3),
    st.lists(LINES.map("\n".join), max_size=3),
)
def test_novel_lines_are_those_of_the_twin(cases, training):
    texts = [text for text, _ in cases]
    tokens = [cut_up(text, borders) for text, borders in cases]
    known = known_lines(pa.table({"content": pa.array(training, pa.string())}))
    seen = naive.known_lines(training)
    assert len(known) == len(seen)
    totals, found, _ = tallied(texts, tokens, known)
    expected = [naive.novel(text, some, seen) for text, some in zip(texts, tokens, strict=True)]
    assert totals[kernels.NOVEL_BYTES] == sum(size for size, _ in expected)
    assert found == pytest.approx(sum(count for _, count in expected))


def test_known_lines_take_tables_one_after_another():
    tables = [pa.table({"content": [f"line {number}\nagain\n"] * 3}) for number in range(50)]
    assert np.array_equal(known_lines(iter(tables)), known_lines(pa.concat_tables(tables)))
    assert len(known_lines(iter(tables))) == 51


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=40))
def test_bytes_that_are_no_utf8_are_in_no_identifier_and_break_nothing(data):
    flags = np.zeros(len(data), np.uint8)
    from codecorpus.unicode import CLASSES

    kernels.mark_identifiers(np.frombuffer(data, np.uint8), np.array([0, len(data)]), CLASSES, flags)
    text = data.decode("utf-8", "surrogateescape")
    where, inside = 0, []
    for char in text:
        size = len(char.encode("utf-8", "surrogateescape"))
        inside += [(char, flags[where + step] != kernels.OUT) for step in range(size)]
        where += size
    assert not any(held for char, held in inside if 0xDC80 <= ord(char) <= 0xDCFF)


@settings(max_examples=300, deadline=None)
@given(st.lists(TEXTS, min_size=1, max_size=4), st.booleans())
def test_cuts_lie_where_the_twin_allows_them(texts, by_line):
    data, offsets = text_buffers(pa.array(texts, pa.large_string()))
    keys = np.empty(len(texts), np.uint64)
    kernels.hash_texts(data, offsets, keys)
    cuts = np.empty((len(texts), CUTS), np.int64)
    kernels.choose_cuts(data, offsets, keys, by_line, cuts)
    for text, start, key, row in zip(texts, offsets.tolist(), keys.tolist(), cuts.tolist(), strict=False):
        allowed = naive.line_cuts(text) if by_line else naive.character_cuts(text)
        expected = [
            start + allowed[naive.mixed(key + number * naive.GOLDEN) % len(allowed)] if allowed else -1
            for number in (1, 2)
        ]
        assert row == expected


def test_cuts_spread_over_a_text():
    text = "x" * 1000
    data, offsets = text_buffers(pa.array([f"{number}{text}" for number in range(200)], pa.large_string()))
    keys, cuts = np.empty(200, np.uint64), np.empty((200, CUTS), np.int64)
    kernels.hash_texts(data, offsets, keys)
    kernels.choose_cuts(data, offsets, keys, False, cuts)
    at = cuts - offsets[:-1, None]
    assert 400 < at.mean() < 600
    assert at.min() < 50
    assert at.max() > 950


def test_a_sample_does_not_depend_on_batches():
    texts = [f"text {number}" * (number % 7) for number in range(60)] + ["x" * 40_000]
    whole = Sample(10)
    whole.add(np.arange(61), pa.array(texts, pa.large_string()), np.arange(61)[:, None])
    parts = Sample(10)
    for start in range(0, 61, 9):
        rows = np.arange(start, min(start + 9, 61))
        parts.add(rows, pa.array([texts[row] for row in rows], pa.large_string()), rows[:, None])
    assert whole.texts.equals(parts.texts)
    assert whole.rows.tolist() == parts.rows.tolist() == whole.tokens[:, 0].tolist()
    assert [texts[row] for row in whole.rows] == whole.texts.to_pylist()
    assert all(0 < len(text) <= 32_768 for text in whole.texts.to_pylist())


@settings(max_examples=100, deadline=None)
@given(st.lists(st.integers(0, 5), max_size=30), st.integers(6, 40))
def test_renyi_efficiency_is_that_of_the_twin(ids, size):
    counts = np.bincount(np.array(ids, np.int64), minlength=size)
    assert renyi_efficiency(counts) == (pytest.approx(naive.renyi(ids, size), abs=1e-12) if ids else None)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.floats(0.1, 9), min_size=1, max_size=30))
def test_quantiles_over_files_are_those_of_the_twin(values):
    spread = over_files(np.array(values), np.arange(len(values)) + 5)
    assert spread.median == pytest.approx(naive.quantile(values, 0.5))
    assert spread.p5 == pytest.approx(naive.quantile(values, 0.05))
    assert (spread.worst, spread.row) == (min(values), 5 + values.index(min(values)))


@settings(max_examples=20, deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(1, 99), st.integers(1, 50), st.integers(1, 50), st.integers(0, 7)), max_size=25
    )
)
def test_intervals_are_those_of_the_twin(rows):
    table = np.array(rows, np.int64).reshape(-1, 4)
    found = intervals(table[:, 0], table[:, 1:3], table[:, 3])
    sums = {}
    for *values, repository in rows:
        sums[repository] = [a + b for a, b in zip(sums.get(repository, [0, 0, 0]), values, strict=True)]
    if len(sums) < 5:
        assert found is None
        return
    drawn = naive.resamples([sums[number] for number in sorted(sums)], 2023, REPLICATES)
    for place in (0, 1):
        for ends, ratios in (
            (found[0][:, place], [size / some[place] for size, *some in drawn]),
            (found[1][:, place], [some[0] / some[place] for _, *some in drawn]),
        ):
            expected = [naive.quantile(ratios, 0.025), naive.quantile(ratios, 0.975)]
            assert ends.tolist() == pytest.approx(expected)


def test_intervals_are_over_repositories_and_not_over_files():
    """Twenty equal files of each of five repositories say as much as one of each."""
    sizes, tokens = np.array([90, 40, 60, 50, 80]), np.array([[30, 20], [10, 11], [20, 15], [9, 9], [25, 26]])
    numbers = np.arange(5)
    one = intervals(sizes, tokens, numbers)
    many = intervals(np.tile(sizes, 20), np.tile(tokens, (20, 1)), np.tile(numbers, 20))
    assert np.allclose(one[0], many[0])
    assert one[1][:, 0].tolist() == [1, 1]
    assert one[0][0, 0] < one[0][1, 0]

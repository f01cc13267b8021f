"""The learner on what is there already: superwords, balanced languages, forbidden strings, truncation."""

import argparse
import re
from collections import Counter
from itertools import pairwise
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

import naive_tokenize as naive
from codecorpus.errors import DataError, UsageError
from codecorpus.tokenize import TokenizerOptions, count_pretokens, encoder_of, reference, train_bpe
from codecorpus.tokenize._kernels_words import crosses
from codecorpus.tokenize.pretoken import cut_of
from codecorpus.tokenize.superword import train_superword

CODE = Path(argparse.__file__).read_text("utf-8")
LINES = st.dictionaries(
    st.lists(
        st.sampled_from(
            ["if", " not", " x", "foo_bar", "(", "getX", "__init__", "\n", "  ", "1234", "é", "aa"]
        ),
        min_size=1,
        max_size=9,
    )
    .map("".join)
    .map(str.encode),
    st.integers(1, 4),
    min_size=1,
    max_size=12,
)


def crosses_naively(token: bytes) -> bool:
    """Pieces of two sub-words of one run of letters, digits and underscores that is no number; by characters and not by the regex."""
    text = token.decode("utf-8", "replace").replace("\ufffd", " ")
    for run in re.findall(r"\w+", text):
        words = [word for word in re.split("_+", run) if word]
        parts = [
            part
            for word in words
            for part in re.findall(r"[^\W\d_a-z]+(?![a-z])|[^\W\d_]?[a-z]+|[^\W\d_]+|\d+", word)
        ]
        if len(parts) > 1:
            return True
    return False


def is_crossing(token: bytes) -> bool:
    data = np.frombuffer(token, np.uint8)
    return bool(crosses(data, 0, len(data), cut_of("code")[0]))


@pytest.mark.parametrize(
    "token",
    [
        "foo_bar",
        "getX",
        "HTTPServer",
        "x1",
        "1x",
        "a.foo_b",
        "_a_b",
        "utf8_",
        "é1",
        "0xFF",
        "(self, fooBar",
        "foo__b",
    ],
)
def test_a_token_with_two_sub_words_of_an_identifier_crosses(token):
    assert is_crossing(token.encode())


@pytest.mark.parametrize(
    "token",
    [
        "foo",
        "__init__",
        "foo_",
        "_foo",
        "a.b",
        "def foo(self",
        "1234567",
        "12 ab",
        "HTTP",
        "self.x = y",
        "",
        "_",
        "__",
        "\n    if",
    ],
)
def test_a_token_with_one_sub_word_of_each_identifier_does_not_cross(token):
    assert not is_crossing(token.encode())


@given(st.text("aBC1_ .(", max_size=12))
def test_crossing_is_what_the_characters_say(text):
    assert is_crossing(text.encode()) == crosses_naively(text.encode())


@settings(max_examples=60, deadline=None)
@given(LINES, st.integers(257, 300), st.booleans(), st.integers(1, 3))
@example({b"foo_bar foo_bar\n": 3, b"a b a b a b a b\n": 2}, 262, False, 1)
@example({b"ab cd ab cd ef gh\n" * 3: 1}, 300, True, 1)  # stage 1 ends early: stage 2 gets what it left
def test_superwords_equal_the_readable_reference(lines, start, crossing, least):
    pieces = Counter()
    for line, times in lines.items():
        for piece in naive.split(line.decode(), "code"):
            pieces[piece] += times
    allowed = (lambda token: True) if crossing else (lambda token: not is_crossing(token))
    merges, vocab = reference.train_superword(lines, pieces, (start, 330), least, allowed)
    options = TokenizerOptions(
        mode="superword",
        vocab_size=330,
        superword_start=start,
        cross_identifiers=crossing,
        min_frequency=least,
    )
    bpe = train_superword(naive.count_table(lines), options)
    assert [tuple(pair) for pair in bpe.merges.tolist()] == merges
    assert list(bpe.vocab) == vocab
    assert len(set(bpe.vocab)) == len(bpe.vocab)


def test_superwords_hold_spaces_and_the_library_encodes_the_same():
    counts = count_pretokens(pa.array([CODE]), mode="superword")
    bpe = train_superword(counts, TokenizerOptions(vocab_size=3000), special_tokens=["<|endoftext|>"])
    assert bpe.vocab_size == 3000
    assert any(re.search(rb"\w \w", token) for token in bpe.vocab)
    assert not any(map(is_crossing, bpe.vocab))
    merges = [tuple(pair) for pair in bpe.merges.tolist()]
    ids, _ = encoder_of(bpe).encode(pa.array([CODE[:2000]]))
    assert ids.tolist() == [
        token for line in naive.split(CODE[:2000], "superword") for token in reference.encode(line, merges)
    ]


def test_superwords_do_not_depend_on_the_order_of_lines_even_in_a_sample():
    counts = count_pretokens(pa.array([CODE]), mode="superword")
    options = TokenizerOptions(vocab_size=800, superword_bytes=20_000)
    order = np.random.default_rng(1).permutation(counts.num_rows)
    halves = [counts.take(pa.array(order[:500])), counts.take(pa.array(order[500:]))]
    one, other = train_superword(counts, options), train_superword(pa.concat_tables(halves), options)
    assert one.vocab == other.vocab
    assert one.vocab != train_superword(counts, TokenizerOptions(vocab_size=800)).vocab


@settings(max_examples=60, deadline=None)
@given(
    st.dictionaries(
        st.sampled_from(["C", "Go", "Rust", ""]),
        st.dictionaries(
            st.text("abc", min_size=1, max_size=9).map(str.encode), st.integers(1, 5), min_size=1, max_size=6
        ),
        min_size=1,
    ),
    st.integers(1, 3),
)
def test_balanced_languages_equal_the_readable_reference(words, least):
    merges, vocab = reference.train_equal(words, 275, least)
    bpe = train_bpe(language_table(words), vocab_size=275, min_frequency=least, mode="code", balance="equal")
    assert [tuple(pair) for pair in bpe.merges.tolist()] == merges
    assert list(bpe.vocab) == vocab


def language_table(words):
    rows = [(word, name, times) for name in words for word, times in words[name].items()]
    return pa.table(
        {
            "pretoken": pa.array([row[0] for row in rows], pa.large_binary()),
            "language": [row[1] for row in rows],
            "count": [row[2] for row in rows],
        }
    )


def test_balance_makes_the_languages_more_alike():
    words = {"C": {b"alpha": 1000, b"alphabet": 900}, "Go": {b"omega": 2, b"omegas": 2, b"gamma": 3}}
    rates = {}
    for balance in ("none", "equal"):
        bpe = train_bpe(language_table(words), vocab_size=262, mode="code", balance=balance)
        merges = [tuple(pair) for pair in bpe.merges.tolist()]
        rates[balance] = [
            sum(len(word) * times for word, times in words[name].items())
            / sum(len(reference.encode(word, merges)) * times for word, times in words[name].items())
            for name in words
        ]
    assert max(rates["equal"]) / min(rates["equal"]) < max(rates["none"]) / min(rates["none"])


def test_weights_multiply_the_counts_of_a_language():
    words = {"C": {b"ab": 5}, "Go": {b"cd": 4}, "": {b"ef": 1}}
    table = language_table(words)
    plain = train_bpe(table, vocab_size=258, mode="code")
    weighted = train_bpe(table, vocab_size=258, mode="code", weights={"Go": 2.5, "C": 0.01})
    assert plain.vocab[256:] == (b"ab", b"cd")
    assert weighted.vocab[256:] == (b"cd",)  # 5 x 0.01 is one, below the least count of two
    assert weighted.counts.tolist() == [10]


@pytest.mark.parametrize("factor", [0, -1, float("nan"), float("inf")])
def test_a_weight_is_a_positive_number(factor):
    with pytest.raises(UsageError, match="weight of C"):
        train_bpe(language_table({"C": {b"ab": 5}}), vocab_size=258, mode="code", weights={"C": factor})


def test_languages_cannot_be_balanced_where_none_is_known():
    with pytest.raises(UsageError, match="no column `language`"):
        train_bpe(naive.count_table({b"ab": 1}), vocab_size=258, mode="code", balance="equal")


@settings(max_examples=40, deadline=None)
@given(naive.WORDS, st.integers(256, 300))
def test_truncation_is_training_that_stopped_earlier(words, size):
    table = naive.count_table(words)
    whole = train_bpe(table, vocab_size=300, min_frequency=1, mode="code").truncate(size)
    stopped = train_bpe(table, vocab_size=size, min_frequency=1, mode="code")
    assert whole.vocab == stopped.vocab
    assert np.array_equal(whole.merges, stopped.merges)
    assert np.array_equal(whole.counts, stopped.counts)


def test_truncation_keeps_the_special_tokens_behind_the_others():
    counts = count_pretokens(pa.array([CODE]), mode="code")
    bpe = train_bpe(counts, vocab_size=600, mode="code", special_tokens=["<a>", "<b>"]).truncate(400)
    assert (bpe.vocab_size, len(bpe.vocab), bpe.special_tokens) == (400, 398, ("<a>", "<b>"))
    with pytest.raises(UsageError, match="no room"):
        bpe.truncate(257)


def test_truncation_holds_for_superwords_whose_start_is_fixed():
    counts = count_pretokens(pa.array([CODE]), mode="superword")
    large, small = (
        train_superword(counts, TokenizerOptions(vocab_size=size, superword_start=500)) for size in (900, 700)
    )
    assert large.truncate(700).vocab == small.vocab


def test_no_token_is_spelt_like_a_special_token():
    bpe = train_bpe(
        naive.count_table({b"foot": 9}), vocab_size=300, mode="code", special_tokens=["foo", "xx"]
    )
    assert b"foo" not in bpe.vocab
    assert b"oot" in bpe.vocab or b"ot" in bpe.vocab
    lines = naive.count_table({b"x <|endoftext|> y\n": 9})
    superword = train_superword(lines, TokenizerOptions(vocab_size=300), special_tokens=["<|endoftext|>"])
    assert b"<|endoftext|>" not in superword.vocab


@pytest.mark.parametrize(
    ("table", "said"),
    [
        (pa.table({"word": [b"a"], "count": [1]}), "no column pretoken; it has: word, count"),
        (pa.table({"pretoken": [b"a"]}), "no column count"),
        (pa.table({"pretoken": [1], "count": [1]}), "pretoken of the count table is int64"),
        (pa.table({"pretoken": [b"a"], "count": [0.5]}), "count of the count table is double"),
        (pa.table({"pretoken": [b"a", b"b"], "count": [1, None]}), "count of the count table has nulls"),
        (pa.table({"pretoken": [b"a", None], "count": [1, 1]}), "pretoken of the count table has nulls"),
        (pa.table({"pretoken": [b"a", b"b"], "count": [1, -1]}), "negative count"),
        (pa.table({"pretoken": [b"aa"], "count": [2**62]}), "counts are too large"),
        (
            pa.table({"pretoken": [b"a"], "count": [1]}).replace_schema_metadata(
                {"codecorpus.mode": "plain"}
            ),
            "counted with mode plain, not code",
        ),
    ],
)
def test_a_table_that_is_no_count_table_is_refused(table, said):
    with pytest.raises(DataError, match=said):
        train_bpe(table, vocab_size=300, mode="code")


def test_rows_of_equal_text_are_added_up_and_counts_of_zero_are_none():
    table = pa.table({"pretoken": [b"ab", b"cd", b"ab", b"ef"], "count": [1, 1, 1, 0]})
    for rows in (table, table.take([0, 2, 1, 3])):
        assert train_bpe(rows, vocab_size=300, mode="code").vocab[256:] == (b"ab",)
        assert train_bpe(rows, vocab_size=300, min_frequency=1, mode="code").vocab[256:] == (b"ab", b"cd")


def test_progress_never_falls_and_ends_at_the_whole():
    shares = []
    counts = count_pretokens(pa.array([CODE]), mode="superword")
    train_superword(
        counts, TokenizerOptions(vocab_size=2000), progress=lambda done, total: shares.append(done / total)
    )
    assert shares[-1] == 1
    assert all(one <= other for one, other in pairwise(shares))

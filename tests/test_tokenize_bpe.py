import argparse
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

import naive_tokenize as naive
from codecorpus.errors import UsageError
from codecorpus.tokenize import count_pretokens, reference, train_bpe


def trained(words, size, min_frequency=2):
    """Merges as byte strings and the ids of all tokens, as `naive.hugging_face` returns them."""
    bpe = train_bpe(naive.count_table(words), vocab_size=size, min_frequency=min_frequency, mode="code")
    merges = [(bpe.vocab[left], bpe.vocab[right]) for left, right in bpe.merges.tolist()]
    return merges, {token: number for number, token in enumerate(bpe.vocab)}


def test_learns_the_textbook_example():
    # Counts by hand: u+g 20, then h+ug 15, then p+ug 5 and hug+s 5 tie: `p` comes before the id of `hug`.
    bpe = train_bpe(naive.count_table({b"hug": 10, b"hugs": 5, b"pug": 5}), vocab_size=260, mode="code")
    assert bpe.vocab[256:] == (b"ug", b"hug", b"pug", b"hugs")
    assert bpe.counts.tolist() == [20, 15, 5, 5]


@settings(max_examples=120, deadline=None)
@given(naive.WORDS, st.sampled_from([257, 270, 300, 600]), st.integers(1, 3))
@example({b"a" * 30: 3, b"aaab": 2, b"abab" * 6: 4}, 600, 1)
@example({b"ab" * 12: 1, b"ba" * 12: 1, b"aab": 1, b"abb": 1}, 600, 1)
def test_equals_the_trainer_of_hugging_face_on_ties_and_overlaps(words, size, min_frequency):
    assert trained(words, size, min_frequency) == naive.hugging_face(words, size, min_frequency)


@pytest.mark.parametrize("size", [300, 2000])
def test_equals_the_trainer_of_hugging_face_on_code(size):
    words = naive.count([Path(argparse.__file__).read_text("utf-8")], "code")
    assert trained(words, size) == naive.hugging_face(words, size, 2)


@settings(max_examples=60, deadline=None)
@given(
    st.dictionaries(
        st.text("abcde", min_size=1, max_size=7).map(str.encode), st.integers(1, 5), min_size=1, max_size=12
    )
)
def test_equals_the_readable_reference(words):
    merges, vocab = reference.train(words, 290, 1)
    bpe = train_bpe(naive.count_table(words), vocab_size=290, min_frequency=1, mode="code")
    assert [tuple(pair) for pair in bpe.merges.tolist()] == merges
    assert list(bpe.vocab) == vocab


@settings(max_examples=60, deadline=None)
@given(naive.WORDS)
def test_no_two_merges_make_the_same_string(words):
    bpe = train_bpe(naive.count_table(words), vocab_size=2000, min_frequency=1, mode="code")
    assert len(set(bpe.vocab)) == len(bpe.vocab) == 256 + len(bpe.merges)


def test_a_pair_seen_three_billion_times_is_the_first_merge():
    bpe = train_bpe(naive.count_table({b"  ": 3_000_000_000, b"ab": 1_000}), vocab_size=258, mode="code")
    assert bpe.vocab[256:] == (b"  ", b"ab")
    assert bpe.counts.tolist() == [3_000_000_000, 1_000]


def test_the_order_of_the_counts_does_not_matter():
    table = count_pretokens(pa.array([Path(argparse.__file__).read_text("utf-8")]), mode="code")
    shuffled = table.take(np.random.default_rng(0).permutation(table.num_rows))
    one, other = (train_bpe(counts, vocab_size=1000, mode="code") for counts in (table, shuffled))
    assert one.vocab == other.vocab
    assert np.array_equal(one.merges, other.merges)


def test_a_smaller_vocabulary_is_the_beginning_of_a_larger_one():
    table = count_pretokens(pa.array([Path(argparse.__file__).read_text("utf-8")]), mode="code")
    small, large = (train_bpe(table, vocab_size=size, mode="code") for size in (500, 1500))
    assert large.vocab[:500] == small.vocab


def test_stops_where_no_pair_is_frequent_enough():
    bpe = train_bpe(naive.count_table({b"abc": 1, b"xy": 2}), vocab_size=10_000, mode="code")
    assert bpe.vocab[256:] == (b"xy",)
    assert bpe.vocab_size == 257


@settings(max_examples=30, deadline=None)
@given(naive.WORDS)
def test_all_bytes_have_their_ids_whichever_occur(words):
    bpe = train_bpe(naive.count_table(words), vocab_size=300, mode="code")
    assert bpe.vocab[:256] == train_bpe(naive.count_table({}), vocab_size=300, mode="code").vocab


def test_an_empty_corpus_gives_the_bytes_and_the_special_tokens():
    bpe = train_bpe(naive.count_table({}), vocab_size=1000, mode="code", special_tokens=["<|endoftext|>"])
    assert sorted(bpe.vocab) == [bytes([byte]) for byte in range(256)]
    assert bpe.vocab_size == 257


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"vocab_size": 257, "special_tokens": ["<a>", "<b>"]}, "258 at least"),
        ({"vocab_size": 255}, "256 at least"),
        ({"vocab_size": 300, "special_tokens": ["<a>", "<a>"]}, "repeat"),
        ({"vocab_size": 300, "mode": "words"}, "plain, code"),
    ],
)
def test_says_what_is_wrong_with_its_options(arguments, message):
    with pytest.raises(UsageError, match=message):
        train_bpe(naive.count_table({b"ab": 2}), **{"mode": "code", **arguments})

"""Merges and ids are those of Hugging Face's `BpeTrainer`. `make exact` adds 32,000 tokens and the whole standard library."""

import argparse
import os
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

import naive_tokenize as naive
from codecorpus.tokenize import count_pretokens, train_bpe

SIZES = [int(size) for size in os.environ.get("EXACT_SIZES", "1000,8000").split(",")]
LIBRARY = Path(argparse.__file__).parent


def words_of_code(mode):
    files = sorted(LIBRARY.glob("*.py"))[: None if max(SIZES) > 8000 else 60]
    counts = count_pretokens(pa.array([file.read_text("utf-8") for file in files]), mode=mode)
    return dict(zip(counts["pretoken"].to_pylist(), counts["count"].to_pylist(), strict=True))


def random_words():
    """Words of few letters, so that nearly every choice is a tie, and of all bytes."""
    draw = np.random.default_rng(5)
    few = [bytes(draw.choice(list(b"abcd"), draw.integers(1, 25)).tolist()) for _ in range(6_000)]
    all_bytes = [draw.bytes(int(draw.integers(1, 9))) for _ in range(6_000)]
    return {word: int(draw.integers(1, 4)) for word in [*few, *all_bytes]}


def hostile_words():
    """Runs of one letter of every length, repeated strings, and words that are each other's pieces."""
    runs = {
        letter * length: 1 + length % 3 for letter in (b"a", b" ", b"\n", b"\0") for length in range(1, 200)
    }
    repeats = {(b"ab" * length)[shift:]: 2 for length in range(2, 60) for shift in (0, 1)}
    pieces = {b"abcdefghijklmnop"[start:stop]: 1 for start in range(16) for stop in range(start + 1, 17)}
    return {**runs, **repeats, **pieces}


WORDS = {
    "code": lambda: words_of_code("code"),
    "plain": lambda: words_of_code("plain"),
    "random": random_words,
    "hostile": hostile_words,
}


@pytest.mark.parametrize("kind", WORDS)
def test_merges_and_ids_are_those_of_hugging_face(kind):
    words = WORDS[kind]()
    least = 2 if kind in ("code", "plain") else 1
    # Both learn one merge after the other, so that a smaller vocabulary is the beginning of the largest; the library is asked once.
    merges, vocab = naive.hugging_face(words, max(SIZES), least)
    for size in SIZES:
        bpe = train_bpe(naive.count_table(words), vocab_size=size, min_frequency=least, mode="code")
        found = [(bpe.vocab[left], bpe.vocab[right]) for left, right in bpe.merges.tolist()]
        assert found == merges[: max(0, size - 256)]
        assert {token: number for token, number in vocab.items() if number < size} == {
            token: number for number, token in enumerate(bpe.vocab)
        }
    if kind in ("code", "random"):
        assert bpe.vocab_size == max(SIZES) or max(SIZES) > 8000

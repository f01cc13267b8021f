"""The kernels of `codecorpus.filters` against their twins, on nasty input."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

import naive_filters as naive
from codecorpus.filters import _kernels as kernels
from codecorpus.filters.literals import compile_literals


def flat(texts: list[bytes]) -> tuple[np.ndarray, np.ndarray]:
    return np.frombuffer(b"".join(texts), np.uint8), np.cumsum([0, *map(len, texts)], dtype=np.int64)


def expected(texts: list[bytes], twin) -> list[list[int]]:
    starts = np.cumsum([0, *map(len, texts)]).tolist()
    return [
        [row, start + a, start + b]
        for row, (text, start) in enumerate(zip(texts, starts, strict=False))
        for a, b in twin(text)
    ]


def texts_of(*pieces: bytes):
    return st.lists(st.lists(st.sampled_from(pieces), max_size=14).map(b"".join), max_size=4)


@given(
    texts_of(
        b"to",
        b"token",
        b"TOKEN",
        b"tok",
        b"en",
        b"_",
        b"9",
        b"api",
        b"-",
        b"Api-Key",
        b"://",
        b":",
        b"/",
        b"\xc3\xa9",
    ),
    st.lists(st.booleans(), min_size=5, max_size=5),
)
@settings(max_examples=200, deadline=None)
def test_literals_are_found_wherever_they_start(texts, inside_word):
    literals = compile_literals({b"token", b"to", b"api-key", b"://", b"en"})
    data, offsets = flat(texts)
    flags = np.array(inside_word)
    found = kernels.find_literals(data, offsets, literals.buckets, literals.text, literals.offsets, flags)
    starts = offsets.tolist()
    assert found.tolist() == [
        [row, literal, starts[row] + at]
        for row, text in enumerate(texts)
        for literal, at in naive.find_literals(text, literals.words, inside_word)
    ]


@given(
    texts_of(
        b"a", b"Z9", b"@", b".", b"..", b"-", b"+", b"%", b"com", b"c", b" ", b"\n", b"x" * 63, b"\xff", b"io"
    )
)
@settings(max_examples=400, deadline=None)
def test_emails_are_found_as_the_twin_finds_them(texts):
    assert kernels.find_emails(*flat(texts)).tolist() == expected(texts, naive.find_emails)


@given(
    texts_of(b"0", b"1", b"25", b"255", b"256", b"01", b".", b".", b".", b"-", b"v", b" ", b"_", b"1.2.3.4")
)
@settings(max_examples=400, deadline=None)
def test_quads_are_found_as_the_twin_finds_them(texts):
    assert kernels.find_quads(*flat(texts)).tolist() == expected(texts, naive.find_quads)


def test_more_hits_than_the_first_array_holds():
    data, offsets = flat([b"1.2.3.4 a@b.co " * 3000])
    assert len(kernels.find_quads(data, offsets)) == 3000
    assert len(kernels.find_emails(data, offsets)) == 3000

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


WORDS = {b"token", b"to", b"api-key", b"://", b"en"}


@given(
    texts_of(
        *(b"to", b"token", b"TOKEN", b"tok", b"en", b"_", b"9", b"api", b"-", b"Api-Key", b"://", b":", b"/"),
        *(
            b"\xc3\xa9",
            b"\\n",
            b"\\",
            b"n",
            b"= ",
            b"'",
            b"\n",
            b"@",
            b"<",
            b"a1!b",
            b"Q" * 14,
            b"x7" * 9,
            b"y" * 62,
            b" " * 90,
        ),
    ),
    st.lists(st.booleans(), min_size=5, max_size=5),
    st.lists(st.integers(0, 4), min_size=5, max_size=5),
)
@settings(max_examples=400, deadline=None)
def test_literals_are_found_wherever_they_start(texts, inside_word, follow):
    literals = compile_literals(WORDS)
    data, offsets = flat(texts)
    found = kernels.find_literals(
        *(data, offsets, literals.buckets, literals.text, literals.offsets),
        *(np.array(inside_word), np.array(follow, np.uint8)),
    )
    starts = offsets.tolist()
    assert found.tolist() == [
        [row, literal, starts[row] + at]
        for row, text in enumerate(texts)
        for literal, at in naive.find_literals(text, literals.words, inside_word, follow)
    ]


def test_tokens_are_tried_32_times_in_one_run_of_letters():
    literals = compile_literals(WORDS)
    texts = [b"_token" * 100 + b" " + b"_token" * 5 + b" _token"]
    data, offsets = flat(texts)
    flags, follow = np.ones(5, np.bool_), np.ones(5, np.uint8)
    found = kernels.find_literals(
        data, offsets, literals.buckets, literals.text, literals.offsets, flags, follow
    )
    expected = naive.find_literals(texts[0], literals.words, [True] * 5, [1] * 5)
    assert found[:, 1:].tolist() == [list(one) for one in expected]
    assert sum(at < 600 for _, at in expected) == 32 < len(expected)


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


@given(
    texts_of(
        b"2001",
        b"3fff",
        b"2a00",
        b":",
        b":",
        b"::",
        b"d",
        b"b8",
        b"0db8",
        b"12345",
        b".",
        b" ",
        b"g",
        b"\n",
        b"[",
        b"2a00:1:2::3",
    )
)
@settings(max_examples=400, deadline=None)
def test_ipv6_addresses_are_found_as_the_twin_finds_them(texts):
    assert kernels.find_global_ipv6(*flat(texts)).tolist() == expected(texts, naive.find_global_ipv6)


def test_more_hits_than_the_first_array_holds():
    data, offsets = flat([b"1.2.3.4 a@b.co 2a00:1::2 " * 3000])
    assert len(kernels.find_global_ipv6(data, offsets)) == 3000
    assert len(kernels.find_quads(data, offsets)) == 3000
    assert len(kernels.find_emails(data, offsets)) == 3000

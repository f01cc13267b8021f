import argparse
import json.decoder
import tarfile
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

import naive_tokenize as naive
from codecorpus.errors import UsageError
from codecorpus.tokenize import PATTERNS, count_pretokens, merge_counts
from codecorpus.tokenize.pretoken import COUNTS, MAX_PRETOKEN_BYTES

MODES = pytest.mark.parametrize("mode", list(PATTERNS))
TEXTS = st.lists(naive.NASTY, max_size=6)


def counted(texts, mode):
    table = count_pretokens(pa.array(texts, pa.large_string()), mode=mode)
    return dict(zip(table["pretoken"].to_pylist(), table["count"].to_pylist(), strict=True))


def pretokens(text, mode="code"):
    """In the order of the text, of which no pre-token may repeat: the table's order is that of the bytes."""
    found = counted([text], mode)
    return sorted(found, key=text.encode().index)


@MODES
@settings(max_examples=400, deadline=None)
@given(texts=TEXTS)
@example(texts=["getHTTPResponse2xx\r\n\r\n\t  if x:\n    return 'll"])
@example(texts=["\n\n   \f \n\t x", " \t\n", "  ", "\r", "   \u00a0x", "'ſ 'S"])
def test_cuts_where_the_regex_cuts(mode, texts):
    assert list(counted(texts, mode).items()) == list(naive.count(texts, mode).items())


@MODES
def test_cuts_real_code_where_the_regex_cuts(mode):
    texts = [Path(module.__file__).read_text("utf-8") for module in (argparse, json.decoder, tarfile)]
    assert counted(texts, mode) == naive.count(texts, mode)


def test_folds_contractions_as_the_regex_does_for_every_character():
    # (?i:'s) also matches the long s, U+017F; no other character of the basic plane folds into a contraction.
    text = "".join(
        f"\n'{chr(point)}e\n'l{chr(point)}" for point in range(0x10000) if not 0xD800 <= point < 0xE000
    )
    assert counted([text], "plain") == naive.count([text], "plain")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("parseHTTPResponse", ["parse", "HTTP", "Response"]),
        ("_max_retries", ["_max", "_retries"]),
        ("x=12345", ["x", "=", "123", "45"]),
        ("if a:\n        b", ["if", " a", ":\n        ", "b"]),
        ("a\n\n    b", ["a", "\n\n    ", "b"]),
        ("cafe\u0301", ["cafe\u0301"]),
        ("a   b", ["a", "  ", " b"]),
    ],
)
def test_code_keeps_parts_of_identifiers_and_layout_whole(text, expected):
    assert pretokens(text) == [piece.encode() for piece in expected]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("if a:\n        b = 1\n", ["if a:\n        ", "b = 1\n"]),
        ("a\r\n\r\n\tb", ["a\r\n\r\n\t", "b"]),
        ("é" * 513 + "\nb", ["é" * 512, "é\n", "b"]),
        ("x" * 512 + "\nb", ["x" * 512 + "\n", "b"]),
        ("a\n" + " " * 513 + "b", ["a\n" + " " * 512, " b"]),
    ],
)
def test_superword_takes_lines_of_at_most_512_characters(text, expected):
    assert pretokens(text, "superword") == [piece.encode() for piece in expected]


def test_leaves_out_very_long_pretokens():
    short, long = "-" * MAX_PRETOKEN_BYTES, "=" * (MAX_PRETOKEN_BYTES + 1)
    assert counted([short, long], "code") == {short.encode(): 1}


def test_counts_more_distinct_pretokens_than_the_first_table_holds():
    words = [f" {chr(97 + n % 26) * (n % 300 + 1)}{chr(0x4E00 + n)}" for n in range(20_000)]
    assert counted(["".join(words), "".join(words)], "code") == naive.count(["".join(words)] * 2, "code")


@settings(max_examples=60, deadline=None)
@given(TEXTS, TEXTS)
def test_counts_add_up(one, other):
    apart = [count_pretokens(pa.array(texts, pa.large_string()), mode="code") for texts in (one, other)]
    together = count_pretokens(pa.array(one + other, pa.large_string()), mode="code")
    assert merge_counts(apart) == together
    assert merge_counts(reversed(apart)) == together


def test_merging_nothing_gives_an_empty_table():
    assert merge_counts([]) == COUNTS.empty_table()


def test_reads_slices_chunks_nulls_and_other_string_types():
    texts = ["ab cd", None, "", "ef", "ab cd"]
    expected = naive.count(["", "ef", "ab cd"], "code")
    whole = pa.array(texts, pa.large_string())
    for column in (
        whole[2:],
        pa.chunked_array([whole[2:3], whole[1:2], whole[3:]]),
        pa.array(texts[1:], pa.string()),
        pa.array(texts[1:], pa.string_view()),
        pa.array([text and text.encode() for text in texts[1:]], pa.binary()),
    ):
        table = count_pretokens(column, mode="code")
        assert dict(zip(table["pretoken"].to_pylist(), table["count"].to_pylist(), strict=True)) == expected


@settings(max_examples=100, deadline=None)
@given(st.lists(st.binary(max_size=60), max_size=5))
def test_loses_no_byte_of_text_that_is_not_utf8(contents):
    table = count_pretokens(pa.array(contents, pa.large_binary()), mode="code")
    sizes = zip(table["pretoken"].to_pylist(), table["count"].to_pylist(), strict=True)
    assert sum(len(piece) * times for piece, times in sizes) == sum(map(len, contents))


def test_names_the_modes_when_asked_for_another():
    with pytest.raises(UsageError, match=r"words.*\n.*plain, code"):
        count_pretokens(pa.array(["x"]), mode="words")

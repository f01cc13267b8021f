"""The kernels of the text measures against their twins, on nasty input."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import naive_text as naive
from codecorpus import unicode
from codecorpus.buffers import text_buffers
from codecorpus.parse import _kernels_html, _kernels_runs
from codecorpus.parse import _kernels_text as kernels
from codecorpus.parse._kernels_words import count_base64, count_escapes, count_pairs, count_words, list_words

NASTY = st.text(st.sampled_from("aZ9é٣一\u0301\u00a0\u2028\U0001f600\r\n\t <\ufeff_=")) | st.text()


@given(st.lists(NASTY, max_size=6))
@settings(max_examples=150, deadline=None)
def test_text_counts_equal_python(texts):
    data, offsets = text_buffers(pa.array(texts, pa.large_string()))
    assert kernels.text_counts(data, offsets, unicode.CLASSES).tolist() == [
        naive.text_counts(text) for text in texts
    ]


TOKENS = st.sampled_from(
    [
        *(
            "a",
            "b",
            "Ab",
            "aB",
            "foo",
            "x1",
            "TODO",
            "FIXME",
            "todo",
            "lorem",
            "Ipsum",
            "consectetur",
            "0x1F",
            "0xZZ",
            "12",
            "ff",
            "0Xab",
        ),
        *("é", "\u0301", "一", "→", "\ufeff", "\u202e", "\ufffd", "\x00", "\x7f", "\x85", "\u00a0"),
        *(
            " ",
            "\t",
            "\n",
            "\r",
            "\r\n",
            ",",
            ", ",
            "{",
            "}",
            "},",
            "\\",
            "\\x",
            "\\u12ab",
            "+",
            "/",
            "=",
            "_",
            ".",
        ),
        *(
            "=" * 9,
            "-" * 10,
            "w" * 21,
            "9" * 64,
            "ab/+" * 20,
            "0x12,0x34," * 8,
            "\\u4f60" * 8,
            "x y " * 80,
            "one two three four five ",
        ),
        *(
            "one two three four five six seven eight nine ten eleven\n",
            "  };\n",
            "return x;\n",
            "return  x ;\n",
        ),
    ]
)
SOUP = st.lists(TOKENS, max_size=40).map("".join)


@given(st.lists(SOUP | NASTY, max_size=5))
@settings(max_examples=400, deadline=None)
def test_counts_of_token_soup_equal_python(texts):
    data, offsets = text_buffers(pa.array(texts, pa.large_string()))
    words = _kernels_runs.word_counts(data, offsets, unicode.CLASSES)
    assert words.tolist() == [naive.word_counts(text) for text in texts]
    characters = kernels.text_counts(data, offsets, unicode.CLASSES)
    assert characters.tolist() == [naive.text_counts(text) for text in texts]


@given(st.lists(st.sampled_from("ab"), max_size=60).map(" ".join))
@settings(max_examples=200, deadline=None)
def test_repeats_of_two_words_equal_python(text):
    data, offsets = text_buffers(pa.array([text], pa.large_string()))
    assert _kernels_runs.word_counts(data, offsets, unicode.CLASSES).tolist() == [naive.word_counts(text)]


@given(st.binary(max_size=300))
@settings(max_examples=200, deadline=None)
def test_bytes_that_are_no_text_do_no_harm(raw):
    """Kernels read what a reader let through; should it be no UTF-8, they neither crash nor read past the end."""
    data, offsets = text_buffers(pa.array([raw, b"x = 1\n"], pa.large_binary()))
    for count in (kernels.text_counts, _kernels_runs.word_counts):
        both = count(data, offsets, unicode.CLASSES)
        assert both[1].tolist() == count(*text_buffers(pa.array(["x = 1\n"])), unicode.CLASSES)[0].tolist()
        assert both.min() >= 0


def example_files():
    root = Path(__file__).resolve().parent.parent / "examples" / "repos"
    return sorted(path for path in root.rglob("*") if path.is_file())


def test_counts_of_every_example_file_equal_python():
    texts = []
    for path in example_files():
        raw = path.read_bytes()
        texts.append(raw.decode("utf-8", "replace"))
    assert len(texts) > 50
    data, offsets = text_buffers(pa.array(texts, pa.large_string()))
    words = _kernels_runs.word_counts(data, offsets, unicode.CLASSES)
    characters = kernels.text_counts(data, offsets, unicode.CLASSES)
    for row, text in enumerate(texts):
        assert words[row].tolist() == naive.word_counts(text), example_files()[row]
        assert characters[row].tolist() == naive.text_counts(text), example_files()[row]


@pytest.mark.parametrize("length", [65_534, 65_535, 65_536, 200_000])
def test_lines_longer_than_a_stretch_are_counted_whole(length):
    texts = ["a" * length, "1" * length + "é" + " " * length, "=" * length + "\n" + "b c" * length]
    data, offsets = text_buffers(pa.array(texts, pa.large_string()))
    counts = kernels.text_counts(data, offsets, unicode.CLASSES)
    assert counts.tolist() == [naive.text_counts(text) for text in texts]


@pytest.mark.parametrize("unit", ["a b ", "é→一 x\n", "}\n", "word, and another one\n"])
def test_documents_of_megabytes_find_room(unit):
    text = unit * (2_500_000 // len(unit))
    counts = _kernels_runs.word_counts(*text_buffers(pa.array([text, "x"])), unicode.CLASSES)
    words = len(naive.words_of(unit)) * (2_500_000 // len(unit))
    assert counts[:, 0].tolist() == [words, 1]


def test_many_words_with_the_same_hash_are_kept_apart():
    """Words are told apart by their letters: with one hash for all of them, which takes long, nothing changes."""
    texts = [" ".join(f"w{i % 7} v{i % 5}" for i in range(200)), "a b a b c", ""]
    data, offsets = text_buffers(pa.array(texts, pa.large_string()))
    expected = _kernels_runs.word_counts(data, offsets, unicode.CLASSES).tolist()
    numbers = []
    for row in range(len(texts)):
        words, hashes = np.empty((2000, 4), np.int64), np.empty(2000, np.uint64)
        lines, line_hashes = np.empty((2000, 3), np.int64), np.empty(2000, np.uint64)
        found, found_lines = list_words(
            data, offsets[row], offsets[row + 1], unicode.CLASSES, words, hashes, lines, line_hashes
        )
        hashes[:], line_hashes[:] = 7, 7
        room, table = np.empty((_kernels_runs.ROWS, 2000), np.int32), np.empty(8000, np.int32)
        counts = np.zeros(_kernels_runs.WORD_COLUMNS, np.int64)
        own = words[:found]
        for count in (count_base64, count_pairs, count_escapes, count_words):
            count(data, own, counts)
        _kernels_runs.count_repeated_lines(data, lines[:found_lines], line_hashes, table, room, counts)
        _kernels_runs._number_words(data, own, hashes, table, room, counts)
        _kernels_runs._count_runs(own, table, room, hashes, counts)
        numbers.append(counts.tolist())
    assert numbers == expected


@given(st.text())
@settings(max_examples=100, deadline=None)
def test_letters_and_digits_are_those_of_python_where_both_know_the_character(text):
    text = "".join(c for c in text if unicodedata.category(c) != "Cn")
    counts = naive.text_counts(text)
    assert counts[4] == sum(unicodedata.category(c)[0] == "L" for c in text)
    assert counts[5] == sum(unicodedata.category(c)[0] == "N" for c in text)


@pytest.mark.parametrize("before", [0, 85, 86, 87, 100])
@pytest.mark.parametrize("filler", ["x", "é", "\U0001f600"])
def test_xml_declaration_has_to_lie_within_the_first_100_characters(before, filler):
    text = filler * before + "<?xml version='1.0'?>"
    data, offsets = text_buffers(pa.array([text]))
    found = kernels.text_counts(data, offsets, unicode.CLASSES)[0, kernels.XML_HEAD]
    assert found == ("<?xml version=" in text[:100])


PIECES = [
    *(
        "<p>",
        "</p>",
        "<br/>",
        "<!-- x -->",
        "<!--",
        "-->",
        "<!-->",
        "<script>",
        "</script>",
        "<SCRIPT src=a>",
        "</Script >",
    ),
    *(
        "<style>",
        "</style",
        "<template>",
        "</template>",
        "<a href='>'>",
        '<a title="',
        "=",
        "'",
        '"',
        ">",
        "<",
        " < ",
        "é",
        "x y",
        "\n",
        "&amp;",
    ),
    *("<scripts>", "<?php ?>", "<!doctype html>", "</"),
]


@given(st.lists(st.sampled_from(PIECES), max_size=12).map("".join))
@settings(max_examples=400, deadline=None)
def test_visible_text_equals_the_twin(page):
    data = np.frombuffer(page.encode(), np.uint8)
    assert _kernels_html.visible_characters(data, 0, len(data)) == len(naive.visible_text(page))


def test_visible_text_of_a_small_page():
    page = b"<html><head><title>Hi</title><style>p {}</style></head><body> <p>One\n two</p><!-- no --><script>1<2</script></body>"
    data = np.frombuffer(page, np.uint8)
    assert _kernels_html.visible_characters(data, 0, len(data)) == len("Hi One two")


def test_the_classes_of_the_kernels_are_those_of_the_table():
    names = ("UPPER", "LOWER", "MARK", "NUMBER", "NEWLINE", "SPACE")
    assert [getattr(kernels, f"_{name}") for name in names] == [getattr(unicode, name) for name in names]

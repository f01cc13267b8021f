"""The kernels of the text measures against their twins, on nasty input."""

from __future__ import annotations

import unicodedata

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import naive_text as naive
from codecorpus import unicode
from codecorpus.buffers import text_buffers
from codecorpus.parse import _kernels_text as kernels

NASTY = st.text(st.sampled_from("aZ9é٣一\u0301\u00a0\u2028\U0001f600\r\n\t <\ufeff_=")) | st.text()


@given(st.lists(NASTY, max_size=6))
@settings(max_examples=150, deadline=None)
def test_text_counts_equal_python(texts):
    data, offsets = text_buffers(pa.array(texts, pa.large_string()))
    assert kernels.text_counts(data, offsets, unicode.CLASSES).tolist() == [
        naive.text_counts(text) for text in texts
    ]


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
    assert kernels.visible_characters(data, 0, len(data)) == len(naive.visible_text(page))


def test_visible_text_of_a_small_page():
    page = b"<html><head><title>Hi</title><style>p {}</style></head><body> <p>One\n two</p><!-- no --><script>1<2</script></body>"
    data = np.frombuffer(page, np.uint8)
    assert kernels.visible_characters(data, 0, len(data)) == len("Hi One two")


def test_the_classes_of_the_kernels_are_those_of_the_table():
    names = ("UPPER", "LOWER", "NUMBER", "NEWLINE", "SPACE")
    assert [getattr(kernels, f"_{name}") for name in names] == [getattr(unicode, name) for name in names]

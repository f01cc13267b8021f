"""The kernels of `codecorpus.parse` against their twins, on nasty input."""

from __future__ import annotations

import itertools
import unicodedata

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import naive_parse as naive
from codecorpus import unicode
from codecorpus.buffers import text_buffers
from codecorpus.parse import _kernels as kernels
from codecorpus.parse import roles
from codecorpus.parse.grammars import ERROR_KIND

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


def test_sliced_and_chunked_arrays_read_like_whole_ones():
    whole = pa.array(["skipped", "ab\n", "", "ünï", "last"], pa.large_string())
    chunked = pa.chunked_array([whole.slice(1, 2), whole.slice(3, 1)])
    for texts in (whole.slice(1, 3), chunked, chunked.cast(pa.string())):
        data, offsets = text_buffers(texts)
        assert [bytes(data[a:b]).decode() for a, b in itertools.pairwise(offsets)] == [
            "ab\n",
            "",
            "ünï",
        ]


@pytest.mark.parametrize("kind", [pa.string(), pa.large_string()])
def test_an_empty_array_has_one_offset(kind):
    for texts in (pa.array([], kind), pa.chunked_array([], kind)):
        data, offsets = text_buffers(texts)
        assert len(data) == 0
        assert offsets.tolist() == [0]


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


ROLES = [
    0,
    roles.COMMENT,
    roles.STRING,
    roles.IDENTIFIER,
    roles.FUNCTION,
    roles.FUNCTION_IF_BODY,
    roles.CLASS_IF_BODY,
]
ROLES += [
    roles.CLASS,
    roles.BODY,
    roles.IMPORT,
    roles.CALL,
    roles.DOCSTRING_STATEMENT,
    roles.DOCSTRING_BLOCK,
    roles.DOCSTRING_ROOT,
]


@st.composite
def trees(draw):
    """Nested nodes with random roles; children lie inside their parents and do not overlap."""
    nodes = []

    def grow(start, end, depth):
        nodes.append((draw(st.sampled_from([*range(len(ROLES)), ERROR_KIND])), start, end, depth))
        at = start
        for _ in range(draw(st.integers(0, 3)) if depth < 5 else 0):
            first = draw(st.integers(at, end))
            at = draw(st.integers(first, end))
            grow(first, at, depth + 1)

    grow(0, 24, 0)
    return nodes


@given(trees(), st.text("ab", min_size=24, max_size=24))
@settings(max_examples=300, deadline=None)
def test_tree_counts_equal_the_twin(nodes, text):
    table = np.zeros(ERROR_KIND + 1, np.uint16)
    table[: len(ROLES)] = ROLES
    columns = [
        np.array(column, kind)
        for column, kind in zip(
            zip(*nodes, strict=True), (np.uint16, np.int64, np.int64, np.int32), strict=True
        )
    ]
    source = text.encode()
    counts = kernels.tree_counts(
        *columns, table, np.frombuffer(source, np.uint8), np.frombuffer(b"\0a\0ba\0", np.uint8)
    )
    assert counts.tolist() == naive.tree_counts(nodes, dict(enumerate(ROLES)), source, ("a", "ba"))


@given(st.text("([{)]}x", max_size=40))
@settings(max_examples=100, deadline=None)
def test_bracket_depth_equals_the_twin(text):
    assert kernels.bracket_depth(np.frombuffer(text.encode(), np.uint8)) == naive.bracket_depth(text)


def test_the_masks_of_the_kernels_are_the_roles():
    assert tuple(roles.ROLE_OF_FIELD.values()) == kernels.ROLE_MASKS
    assert (kernels.ROLE_MASKS[0], kernels.ROLE_MASKS[12]) == (roles.COMMENT, roles.DOCSTRING_ROOT)
    names = ("UPPER", "LOWER", "NUMBER", "NEWLINE", "SPACE")
    assert [getattr(kernels, f"_{name}") for name in names] == [getattr(unicode, name) for name in names]

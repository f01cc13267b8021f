"""The kernels of `codecorpus.parse` against their twins, on nasty input."""

from __future__ import annotations

import itertools

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import naive_parse as naive
from codecorpus.buffers import text_buffers
from codecorpus.parse import _kernels as kernels
from codecorpus.parse import roles
from codecorpus.parse.grammars import ERROR_KIND


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

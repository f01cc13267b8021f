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
from codecorpus.parse import _kernels_tree as kernels


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


@given(st.text("([{)]}x", max_size=40))
@settings(max_examples=100, deadline=None)
def test_bracket_depth_equals_the_twin(text):
    assert kernels.bracket_depth(np.frombuffer(text.encode(), np.uint8)) == naive.bracket_depth(text)

import time

import pyarrow as pa
import pytest

from codecorpus.dedup import DedupOptions, near_duplicates, shingle_sets
from codecorpus.dedup.headers import find_headers

CODE = "def f(a, b):\n    return a * b\n"


@pytest.mark.parametrize(
    ("header", "code"),
    [
        ("# Copyright\n# me\n\n", CODE),
        ("#!/bin/sh\n#\n# me\n", "echo a"),
        ("/* Copyright\n * me **/\n// more\n", "int x;"),
        ("<!-- me -->\n", "<a>"),
        ("-- me\n", "select 1"),
        (";; me\n", "(a)"),
        ("\ufeff// me\n", "f()"),
        ("\n\n  // me\n  ", "f()"),
    ],
)
def test_header_of_a_text_in_no_known_language_ends_where_code_begins(header, code):
    assert find_headers(pa.array([header + code]), None).tolist() == [len(header.encode())]


@pytest.mark.parametrize(
    "text",
    [
        CODE,
        "",
        "# all comment\n",
        "/* never ends",
        "#include <a>\n",
        "#define A 1\n",
        "  \n x",
        "; a",
        "- b",
        "*/ x",
    ],
)
def test_what_is_no_header_stays(text):
    assert find_headers(pa.array([text]), None).tolist() == [0]


def test_null_and_bytes_are_read():
    assert find_headers(pa.array([None, b"# \xff\nx"]), None).tolist() == [0, 4]
    assert find_headers(pa.array(["# a\nx", "# a\nx"]), pa.array(["Text", None])).tolist() == [0, 4]


def test_a_hostile_header_is_read_in_time_that_grows_with_its_length():
    begin = time.process_time()
    for text in (
        "/*" * 500_000,
        "/" * 10**6,
        "<!--" * 250_000,
        "# \n" * 300_000,
        "/*a*/" * 200_000,
        "-" * 10**6,
        " " * 10**6,
    ):
        find_headers(pa.array([text + "x"]), None)
    assert time.process_time() - begin < 2


def test_unlike_bodies_under_one_header_stay_apart_in_a_table_without_languages():
    header = "".join(f"// line {i} of a licence that grants nothing at all\n" for i in range(30))
    bodies = [" ".join(f"call{n}_{i}(a{i}, b{n});" for i in range(12)) for n in range(4)]
    table = pa.table({"content": [header + body for body in bodies]})
    assert near_duplicates(table).kept.num_rows == 4
    assert near_duplicates(pa.table({"content": [header + "f();", header + "g();"]})).kept.num_rows == 2
    assert len(shingle_sets(pa.array([header + "f(1)"]), DedupOptions()).hashes) == 1

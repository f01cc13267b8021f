"""Hostile documents: what they cost is a decision on one of them, never the batch, the process or the memory."""

from __future__ import annotations

import contextlib
import functools
import json
import os
import random
import resource
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import naive_parse as naive
from codecorpus.document import SOURCE_DOCUMENTS
from codecorpus.parse import ParseOptions, find_grammar, languages, measure, walk
from codecorpus.parse import tree as tree_module
from codecorpus.parse._kernels_indent import indent_depth
from codecorpus.parse.python_ast import is_rejected
from codecorpus.parse.tree import ParseTimeout, read_tree
from codecorpus.parse.tree_measures import count_tree

EXAMPLES = Path(__file__).parent.parent / "examples" / "repos"
GOOD = (("Python", "def f(a):\n    return a\n"), ("Go", "package a\n\nfunc f() {}\n"), (None, "prose\n"))


def documents(*rows: tuple[str | None, str]) -> pa.Table:
    return pa.Table.from_pylist(
        [
            {
                "doc_id": index.to_bytes(16, "big"),
                "blob_id": "0" * 40,
                "repo_name": "repo",
                "path": f"file{index}",
                "content": content,
                "src_encoding": "UTF-8",
                "language": language,
                "extension": "",
                "length_bytes": len(content.encode()),
            }
            for index, (language, content) in enumerate(rows)
        ],
        schema=SOURCE_DOCUMENTS,
    )


def measures_among_good_ones(hostile: list[tuple[str | None, str]], **options: float):
    """Measures and flags of hostile documents; good ones stand between them, and are measured as if they were alone."""
    rows = [pair for one in hostile for pair in (*GOOD, one)] + list(GOOD)
    result = measure(documents(*rows), ParseOptions(**options))
    found = result.table["measures"].to_pylist()
    assert len(found) == len(result.kept) == len(rows)
    assert all(result.kept.to_pylist())
    alone = measure(documents(*GOOD), ParseOptions()).table["measures"].to_pylist()
    for at in range(0, len(rows), 4):
        assert found[at : at + 3] == alone
    flags = {row["path"]: row for row in result.decisions.to_pylist()}
    places = range(3, len(rows) - 3, 4)
    for place in places:  # parsed or flagged, and not both
        assert (found[place]["node_count"] is None) == (f"file{place}" in flags)
    return [(found[place], flags.get(f"file{place}")) for place in places]


@functools.cache
def tokens(language: str) -> list[str]:
    """What a grammar calls a token, and some more."""
    grammar = find_grammar(language).language
    names = {
        grammar.node_kind_for_id(kind) or ""
        for kind in range(grammar.node_kind_count)
        if grammar.node_kind_is_visible(kind) and not grammar.node_kind_is_named(kind)
    }
    return [*sorted(names - {""}), "a", "1", '"s"', "'", " ", "\n", "é", "\0", "\t\t", "<<E\n", "\r\n"]


def soup(language: str, count: int) -> str:
    chosen = random.Random(count)
    return "".join(chosen.choice(tokens(language)) + chosen.choice(" \n") for _ in range(count))


@pytest.mark.parametrize("language", languages())
def test_nasty_documents_of_every_language_are_parsed_or_flagged(language):
    noise = random.Random(7)
    texts = [
        "",
        "a",
        "\0",
        "\0" * 3000,
        "\ufeff",
        "\x01\x7f\ufffd\u2028\U0001f600\u0301" * 300,
        "".join(chr(noise.randrange(32, 127)) for _ in range(4000)),
        soup(language, 1500),
        "\n" * 5000,
        "a" * 20_000,
    ]
    found = measures_among_good_ones([(language, text) for text in texts])
    assert all(flag is None for _, flag in found)


@pytest.mark.parametrize("language", languages())
def test_bytes_that_are_no_text_are_parsed_and_counted(language):
    grammar = find_grammar(language)
    noise = random.Random(3).randbytes(3000)
    for source in (noise, b"\xff" * 2000, b"\xed\xa0\x80" * 100, b"\xc3", b"x = '\x80" * 100):
        tree = read_tree(source, grammar)
        counts = count_tree(tree, grammar, source)
        assert tree.starts.min() >= 0
        assert tree.ends.max() <= len(source)
        assert counts.nodes == len(tree)


DEEP = [
    ("Python", "(", 1_000_000),
    ("Python", "x = " + "f(" * 300_000 + ")" * 300_000, 1),
    ("JavaScript", "[" * 500_000 + "]" * 500_000, 1),
    ("C", "{" * 500_000 + "}" * 500_000, 1),
    ("Rust", "(" * 500_000 + ")" * 500_000, 1),
    ("JSON", "[", 1_000_000),
]


@pytest.mark.parametrize(("language", "text", "times"), DEEP)
def test_a_million_open_brackets_cost_one_document_a_decision(language, text, times):
    ((_, flag),) = measures_among_good_ones([(language, text * times)], max_bytes=2_000_000)
    assert flag["code"] == "CC103"
    assert flag["detail"] == "too many open brackets to parse"


@pytest.mark.parametrize(("language", "text", "times"), DEEP)
def test_a_million_levels_are_walked_where_the_limit_is_raised(language, text, times):
    ((measures, flag),) = measures_among_good_ones(
        [(language, text * times)], max_bytes=2_000_000, max_nesting=2_000_000, timeout_seconds=60
    )
    assert flag is None
    assert measures["node_count"] > 290_000


MINIFIED = "var a=1;function b(c){return c+a}if(b(2)>1){d=[1,2,'x'].map(e=>e*2)}"


def test_minified_text_of_10_megabytes_is_too_large_and_said_so():
    text = MINIFIED * (10_000_000 // len(MINIFIED))
    ((measures, flag),) = measures_among_good_ones([("JavaScript", text)])
    assert flag["detail"] == "too large to parse"
    assert measures["max_line_length"] == len(text)


@pytest.mark.slow
def test_minified_text_of_10_megabytes_is_parsed_in_bounded_memory_where_the_limit_is_raised():
    """A tree takes up to 87 times its source, and the flat one 19 bytes a node."""
    code = (
        "import resource, json; from codecorpus.parse import find_grammar; from codecorpus.parse.tree import read_tree\n"
        "from codecorpus.parse.tree_measures import count_tree\n"
        f"text = ({MINIFIED!r} * {10_000_000 // len(MINIFIED)}).encode(); g = find_grammar('JavaScript')\n"
        "tree = read_tree(text, g, timeout_seconds=300); counts = count_tree(tree, g, text)\n"
        "print(json.dumps([counts.nodes, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1000]))"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    nodes, megabytes = json.loads(result.stdout)
    assert nodes > 5_000_000
    assert megabytes < 2500


def test_a_parse_that_does_not_end_costs_one_document_a_decision():
    started = time.monotonic()
    hostile = [("Kotlin", "> " * 200_000), ("CSS", "lambda: " * 100_000), ("HTML", "<b>" * 200_000)]
    found = measures_among_good_ones(hostile, timeout_seconds=0.3)
    assert time.monotonic() - started < 20
    assert [flag["code"] for _, flag in found] == ["CC103"] * 3
    assert all("not parsed within 0.3 s" in flag["detail"] for _, flag in found)


def test_a_scanner_that_never_comes_to_ask_for_the_time_is_ended_too():
    """Lua's looks at all the control characters for each of them: minutes in one step of the parser."""
    started = time.monotonic()
    ((_, flag),) = measures_among_good_ones([("Lua", "\x01" * 200_000)], timeout_seconds=0.3)
    assert "not parsed within" in flag["detail"]
    assert time.monotonic() - started < 20


@pytest.mark.parametrize("language", ["C", "C++", "C#", "Lua"])
@pytest.mark.parametrize("grace", [-1.0, 0.05])
def test_a_text_that_ends_early_does_not_kill_the_parser(language, grace, monkeypatch):
    """It did where the end cut into a character that the parser was about to complete."""
    monkeypatch.setattr(tree_module, "_GRACE_SECONDS", grace)
    noise = random.Random(7).randbytes(150_000)
    with pytest.raises(ParseTimeout):
        read_tree(noise, find_grammar(language), timeout_seconds=0)
    for timeout in (0.01, 0.07, 0.2, 0.5):  # wherever the parser is by then, or done: the process lives
        with contextlib.suppress(ParseTimeout):
            read_tree(noise, find_grammar(language), timeout_seconds=timeout)


@given(st.text(" -?:a\t\n\r", max_size=80), st.integers(1, 8))
@settings(max_examples=300, deadline=None)
def test_indent_depth_equals_the_twin(text, most):
    assert indent_depth(np.frombuffer(text.encode(), np.uint8), most) == naive.indent_depth(text, most)


@pytest.mark.parametrize(
    "text",
    ["- " * 1000, "? " * 300, ": " * 300, "".join(" " * level + "a:\n" for level in range(300))],
)
def test_yaml_that_would_kill_its_grammar_is_not_parsed(text):
    """It dies at 254 levels, and with it the process."""
    ((measures, flag),) = measures_among_good_ones([("YAML", text)])
    assert measures["node_count"] is None
    assert flag["detail"] == "too many levels of indentation for the grammar"
    ((measures, flag),) = measures_among_good_ones([("YAML", "- " * 199 + "a")])
    assert flag is None
    assert measures["tree_depth"] > 199


def same_walks(source: bytes, language: str) -> bool:
    import tree_sitter

    tree = tree_sitter.Parser(find_grammar(language).language).parse(source)
    return walk._same(tree, walk.flatten_by_cursor(tree))


@pytest.mark.parametrize("language", languages())
@given(data=st.data())
@settings(max_examples=25, deadline=None)
def test_both_walks_give_the_same_tree_of_token_soup(language, data):
    text = "".join(data.draw(st.lists(st.sampled_from(tokens(language)), max_size=60)))
    assert same_walks(text.encode(), language)


@given(st.binary(max_size=200), st.sampled_from(languages()))
@settings(max_examples=200, deadline=None)
def test_both_walks_give_the_same_tree_of_random_bytes(source, language):
    assert same_walks(source, language)


def test_both_walks_give_the_same_tree_of_every_file_of_the_examples():
    files = [path for path in sorted(EXAMPLES.rglob("*")) if path.is_file()]
    assert files
    for number, path in enumerate(files):
        for language in ("Python", "C++", languages()[number % len(languages())]):
            assert same_walks(path.read_bytes()[:100_000], language), path


@pytest.mark.slow
@pytest.mark.skipif("CODECORPUS_CORPUS" not in os.environ, reason="CODECORPUS_CORPUS names no folder")
def test_both_walks_give_the_same_tree_of_every_file_of_a_folder():
    """With the grammar of its language, and with one of another, which makes errors."""
    from codecorpus.parse import language_of_path

    names = [path for path in sorted(Path(os.environ["CODECORPUS_CORPUS"]).rglob("*")) if path.is_file()]
    for number, path in enumerate(names):
        source = path.read_bytes()[:60_000]
        for language in {language_of_path(path.name), languages()[number % len(languages())]} - {
            None,
            "YAML",
        }:
            assert same_walks(source, language), (path, language)


# ---- what the self-test protects from ----------------------------------------------------------------------------------

SAMPLE = (
    ("Python", "def f(a):\n    'd'\n    return a.b(1)\n"),
    ("C", "int f(int a) { return a; "),
    ("JSON", "[1]"),
)


@pytest.fixture
def asked_again(monkeypatch):
    """The answer of the self-test is forgotten before and after."""
    walk.compiled_walk_is_safe.cache_clear()
    yield monkeypatch
    monkeypatch.undo()
    walk.compiled_walk_is_safe.cache_clear()


def _unknown_release(patch):
    patch.setattr(walk, "version", lambda _name: "0.99.0")


def _big_endian(patch):
    patch.setattr(walk.sys, "byteorder", "big")


def _other_arrays(patch):
    real = walk.flatten_compiled

    def wrong(tree):
        flat = real(tree)
        flat.ends[-1] += 1
        return flat

    patch.setattr(walk, "flatten_compiled", wrong)


def _broken(patch):
    patch.setattr(walk, "flatten_compiled", lambda _tree: None)


def _no_wheel(patch):
    patch.setattr(walk, "_grammar_or_none", lambda _language: None)


@pytest.mark.parametrize("spoil", [_unknown_release, _big_endian, _other_arrays, _broken, _no_wheel])
def test_where_the_layout_is_not_sure_the_cursor_walks_with_the_same_measures(spoil, asked_again):
    assert walk.compiled_walk_is_safe()
    expected = measure(documents(*SAMPLE), ParseOptions())
    walk.compiled_walk_is_safe.cache_clear()
    spoil(asked_again)
    found = measure(documents(*SAMPLE), ParseOptions())
    assert not walk.compiled_walk_is_safe()
    assert found.table.equals(expected.table)
    assert found.decisions.equals(expected.decisions)


def test_a_tree_that_the_compiled_walk_counts_differently_is_walked_by_the_cursor(monkeypatch):
    monkeypatch.setattr(walk.kernels, "walk", lambda *_arguments: walk.kernels.BROKEN)
    monkeypatch.setattr(walk, "compiled_walk_is_safe", lambda: True)
    tree = read_tree(b"x = 1", find_grammar("Python"))
    assert tree.ends.tolist() == [5, 5, 5, 1, 3, 5]


def test_one_wheel_of_the_samples_is_enough_for_the_self_test(asked_again):
    real = walk._grammar_or_none
    asked_again.setattr(walk, "_grammar_or_none", lambda name: real(name) if name == "C" else None)
    assert walk.compiled_walk_is_safe()


# ---- memory -------------------------------------------------------------------------------------------------------------


def _resident() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize()


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="no /proc on this system")
@pytest.mark.parametrize("count", [2000, pytest.param(20_000, marks=pytest.mark.slow)])
def test_memory_does_not_grow_with_the_number_of_documents(count):
    def run(first: int, number: int) -> None:
        for at in range(first, first + number, 500):
            measure(
                documents(*[("Python", f"x{n} = '{n}'\n" * 40) for n in range(at, at + 500)]), ParseOptions()
            )

    run(0, 2000)
    before = _resident()
    run(2000, count)
    # The text alone would be 0.5 kB a document.
    assert _resident() - before < 4_000_000 + 100 * count


# ---- CPython's parser ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("source", "rejected"),
    [
        (b"x = 1\0", True),
        (b"x = '\xff'", True),
        (b"x = '\xed\xa0\x80'", True),
        ("# coding: latin-1\nx = 'é'\n".encode(), False),
        ("# coding: ascii\nx = 'é'\n".encode(), False),
        (b"# coding: no-such\nx = 1\n", False),
        (b"# coding: utf-16\nx = 1\n", False),
        (b"\xef\xbb\xbfx = 1\n", False),
        (b"\xef\xbb\xbf# coding: latin-1\nx = 1\n", False),
        (b"\x0cx = 1\n\x0c\ndef f():\n\x0c    pass\n", False),
        (b"x = 1\ry = 2\r", False),
        (b"if x:\n\ta\n        b\n", True),
        (b"", False),
    ],
)
def test_pythons_own_parser_reads_the_text_and_not_its_coding_line(source, rejected):
    assert is_rejected(source) == rejected


@pytest.mark.parametrize(
    "source",
    [
        b"(" * 100_000,
        b"[" * 100_000 + b"]" * 100_000,
        b"x = " + b"-" * 100_000 + b"1",
        b"x = " + b"not " * 100_000 + b"1",
        b"x = 1" + b"+1" * 100_000,
        b"x = a" + b".b" * 100_000,
        b"f" + b"()" * 100_000,
        b"lambda: " * 100_000 + b"1",
        b"if 1: pass\n" + b"elif 1: pass\n" * 50_000,
        b"".join(b" " * level + b"if x:\n" for level in range(1000)),
        b"x = 1;" * 100_000,
        b"f'{" * 50_000,
        b"x = " + b"9" * 100_000,
    ],
)
def test_nothing_kills_pythons_own_parser(source):
    """In a process of its own, for a crash would end the tests. The slowest takes about a second."""
    code = "import sys; from codecorpus.parse.python_ast import is_rejected; print(is_rejected(sys.stdin.buffer.read()))"
    started = time.monotonic()
    result = subprocess.run([sys.executable, "-c", code], input=source, capture_output=True, check=False)
    assert result.returncode == 0, result.stderr[-500:]
    assert result.stdout.split()[0] in (b"True", b"False")
    assert time.monotonic() - started < 30


def test_a_file_too_large_for_pythons_own_parser_is_unknown():
    """It takes up to 700 bytes of memory for each byte."""
    assert is_rejected(b"x;" * 1_000_001) is None
    row = ("Python", "x = 1\n" * 340_000)
    ((measures, flag),) = measures_among_good_ones([row], max_bytes=3_000_000)
    assert flag is None
    assert measures["python_syntax_error"] is None
    assert measures["node_count"] > 1_000_000
    assert np.isfinite(measures["comment_share"])

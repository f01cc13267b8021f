"""Measures of one small source per language, counted by hand, and of documents that are hard to parse."""

from __future__ import annotations

import time

import pyarrow as pa
import pytest

from codecorpus.document import MEASURES, SOURCE_DOCUMENTS
from codecorpus.parse import (
    ParseOptions,
    find_grammar,
    language_of_path,
    measure,
    read_tree,
    text_measures,
)
from codecorpus.parse import grammars as grammar_table
from codecorpus.parse.grammars import GrammarMissing
from codecorpus.parse.roles import ROLE_OF_FIELD
from codecorpus.parse.tree import ParseTimeout


def documents(*rows: tuple[str | None, str]) -> pa.Table:
    """(language, content) rows as a table of documents."""
    return pa.Table.from_pylist(
        [
            {
                "doc_id": bytes([index]) * 16,
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


def measures_of(language: str | None, content: str, **options: float) -> dict[str, float | None]:
    return measure(documents((language, content)), ParseOptions(**options)).table["measures"][0].as_py()


# language → source, functions, classes, imports, identifiers, bytes of comments and docstrings, bytes of other strings
BY_HAND = {
    "Python": (
        '"""Doc."""\nimport os\n# c\ndef f(a):\n    "d"\n    return "s"\nclass A: pass\n',
        1,
        1,
        1,
        4,
        10 + 3 + 3,
        3,
    ),
    "JavaScript": ('// c\nconst a = require("x");\nfunction f() {}\nconst g = () => 1;\n', 2, 0, 1, 4, 4, 3),
    "TypeScript": (
        "/* c */\nimport { a } from 'x';\ninterface I { b: string }\nclass C { m(): I { return a } }\n",
        1,
        2,
        1,
        7,
        7,
        3,
    ),
    "TSX": ("import a from 'x';\nfunction F() { return <b>t</b>; }\n", 1, 0, 1, 4, 0, 3),
    "Java": (
        '// c\nimport a.B;\nabstract class C { void m() {} abstract void n(); String s = "x"; }\n',
        1,
        1,
        1,
        7,
        4,
        3,
    ),
    "C": (
        '/* c */\n#include <a.h>\nstruct s { int a; };\nstruct s f(void) { return g("x"); }\nint h(void);\n',
        1,
        1,
        1,
        6,
        7,
        3,
    ),
    "C++": (
        "// c\n#include <a>\nclass A { void m() {} A() = default; };\nenum class E { X };\n",
        1,
        2,
        1,
        5,
        4,
        0,
    ),
    "C#": (
        '// c\nusing A;\nclass C { void M() {} int P => 1; string s = $"x"; }\ninterface I { void N(); }\n',
        1,
        2,
        1,
        7,
        4,
        4,
    ),
    "Go": (
        '// c\npackage p\nimport "fmt"\ntype T struct { a int }\nfunc f() { g("x") }\n',
        1,
        1,
        1,
        6,
        4,
        5 + 3,
    ),
    "Rust": ('/// c\nuse a::b;\nstruct S;\ntrait T { fn g(); }\nfn f() -> &str { "x" }\n', 1, 2, 1, 6, 6, 3),
    "Ruby": (
        '# c\nrequire "a"\nmodule M\n  class C\n    def f; "x"; end\n  end\nend\n',
        1,
        2,
        1,
        4,
        3,
        3 + 3,
    ),
    "PHP": (
        '<?php\n// c\nuse A\\B;\nabstract class C { function f() { return "x"; } abstract function g(); }\n',
        1,
        1,
        1,
        5,
        4,
        3,
    ),
    "Shell": ('# c\nsource a\nf() { echo "x"; }\n', 1, 0, 1, 2, 3, 3),
    "Scala": ("// c\nimport a.B\nobject O { def f = 1 }\n", 1, 1, 1, 4, 4, 0),
    "Kotlin": ("// c\nimport a.B\nclass C { fun f() { } }\n", 1, 1, 1, 4, 4, 0),
    "Swift": ("// c\nimport A\nclass C { func f() { } }\n", 1, 1, 1, 3, 4, 0),
    "Lua": ('-- c\nlocal a = require("x")\nfunction f() end\n', 1, 0, 1, 3, 4, 3),
    "CSS": ("/* c */\n@import 'a';\n.b { color: red; }\n", 0, 0, 1, 2, 7, 3),
    "YAML": ("# c\na: 'x'\n", 0, 0, 0, 0, 3, 3),
    "TOML": ('# c\na = "x"\n', 0, 0, 0, 1, 3, 3),
    "JSON": ('{"a": "x"}', 0, 0, 0, 0, 0, 6),
    "SQL": ("-- c\nSELECT a FROM b;\n", 0, 0, 0, 2, 4, 0),
    "HTML": ("<!-- c --><p id='x'>t</p>", 0, 0, 0, 3, 10, 3),
    "Markdown": ("# Title\n\nText.\n", 0, 0, 0, 0, 0, 0),
    "Vue": (
        '<!-- c -->\n<script>\n// d\nimport a from "x";\nfunction f() {}\n</script>\n<p id="y">t</p>\n',
        1,
        0,
        1,
        7,
        14,
        6,
    ),
    "Svelte": ('<script>\nimport a from "x";\n</script>\n<p id="y">t</p>\n', 0, 0, 1, 6, 0, 6),
}


@pytest.mark.parametrize("language", BY_HAND)
def test_counts_by_hand(language):
    source, functions, classes, imports, identifiers, comments, strings = BY_HAND[language]
    found = measures_of(language, source)
    counted = tuple(
        found[name] for name in ("function_count", "class_count", "import_count", "identifier_count")
    )
    assert counted == (functions, classes, imports, identifiers)
    assert found["comment_share"] * len(source) == pytest.approx(comments)
    assert found["string_share"] * len(source) == pytest.approx(strings)
    assert found["error_share"] == 0


def test_every_language_with_a_grammar_is_counted_by_hand():
    same_grammar = set(grammar_table._SAME_GRAMMAR) - {"JSON with Comments"}
    assert set(BY_HAND) == set(grammar_table._WHEELS) | same_grammar


@pytest.mark.parametrize("language", BY_HAND)
def test_every_kind_that_is_listed_is_one_of_the_grammar(language):
    grammar = find_grammar(language)
    known = {
        grammar.language.node_kind_for_id(kind)
        for kind in range(grammar.language.node_kind_count)
        if grammar.language.node_kind_is_named(kind)
    }
    listed = {name for field in ROLE_OF_FIELD for name in getattr(grammar.kinds, field)}
    assert listed <= known


@pytest.mark.parametrize("language", BY_HAND)
def test_the_flat_tree_is_the_tree_of_the_public_api(language):
    source = BY_HAND[language][0].encode()
    grammar = find_grammar(language)
    tree = read_tree(source, grammar)
    expected = []

    def visit(node, depth):
        expected.append((node.kind_id, node.start_byte, node.end_byte, depth))
        for child in node.children:
            visit(child, depth + 1)

    visit(grammar_table.tree_sitter.Parser(grammar.language).parse(source).root_node, 0)
    assert (
        list(zip(*(a.tolist() for a in (tree.kinds, tree.starts, tree.ends, tree.depths)), strict=True))
        == expected
    )


def test_docstrings_are_comments_only_where_python_reads_them_as_such():
    text = "def f():\n    # first\n    'doc'\n    'not doc'\nif x:\n    'no'\nclass A:\n    'doc'\n"
    assert measures_of("Python", text)["comment_share"] * len(text) == pytest.approx(
        len("# first") + 2 * len("'doc'")
    )


def test_text_measures_of_a_small_document():
    text = "ab 1\r\né\u0301\r\U0001f600!"  # lines of 4, 2 and 2 characters
    expected = {
        "characters": 11,
        "lines": 3,
        "max_line_length": 4,
        "mean_line_length": pytest.approx(8 / 3),
        "alnum_share": pytest.approx(4 / 11),
        "alpha_share": pytest.approx(3 / 11),
        "digit_share": pytest.approx(1 / 11),
        "whitespace_share": pytest.approx(4 / 11),
        "xml_head": 0,
    }
    found = text_measures(pa.array([text]))[0].as_py()
    assert {name: found[name] for name in expected} == expected


def test_an_empty_document_has_no_shares():
    found = measures_of(None, "")
    assert (found["lines"], found["max_line_length"], found["mean_line_length"], found["alnum_share"]) == (
        0,
        0,
        None,
        None,
    )


def test_a_language_without_a_grammar_keeps_its_text_measures_and_is_not_flagged():
    result = measure(documents(("COBOL", "DISPLAY 'x'."), (None, "?")), ParseOptions())
    found = result.table["measures"].to_pylist()
    assert [row["lines"] for row in found] == [1, 1]
    assert all(row["node_count"] is None and row["comment_share"] is None for row in found)
    assert result.decisions.num_rows == 0


def test_visible_text_is_measured_for_html_only():
    assert measures_of("HTML", "<p>abc</p>")["visible_text_length"] == 3
    assert measures_of("Markdown", "<p>abc</p>")["visible_text_length"] is None


def test_a_document_too_large_to_parse_is_flagged_and_stays():
    result = measure(documents(("Python", "x = 1\n"), ("Python", "y")), ParseOptions(max_bytes=5))
    assert result.kept.to_pylist() == [True, True]
    (row,) = result.decisions.to_pylist()
    assert (row["code"], row["verdict"], row["measured"], row["limit"]) == ("CC103", "flagged", 6.0, 5.0)
    assert row["detail"] == "too large to parse"
    assert [m["node_count"] for m in result.table["measures"].to_pylist()] == [None, 3]


def test_brackets_that_would_overflow_the_stack_of_a_grammar_are_not_parsed():
    """Go's grammar dies of 150,000 unclosed `[{`, and with it the process."""
    result = measure(documents(("Go", "[{" * 150_000), ("Go", "package a\n")), ParseOptions())
    (row,) = result.decisions.to_pylist()
    assert (row["detail"], row["measured"], row["limit"]) == (
        "too many open brackets to parse",
        300_000.0,
        10_000.0,
    )
    assert [m["node_count"] is None for m in result.table["measures"].to_pylist()] == [True, False]


@pytest.mark.parametrize("timeout", [1e-9, 0.02])
def test_a_parse_that_takes_too_long_is_flagged(timeout):
    noise = "({[<" * 100_000
    started = time.monotonic()
    with pytest.raises(ParseTimeout):
        read_tree(noise.encode(), find_grammar("C++"), timeout_seconds=timeout)
    assert time.monotonic() - started < 10
    options = ParseOptions(timeout_seconds=timeout, max_nesting=1_000_000)
    result = measure(documents(("C++", noise)), options)
    assert result.decisions["code"].to_pylist() == ["CC103"]
    assert "not parsed within" in result.decisions["detail"][0].as_py()


def test_a_grammar_that_is_not_installed_is_flagged(monkeypatch):
    monkeypatch.setitem(grammar_table._WHEELS, "Klingon", ("tree_sitter_klingon", "language"))
    find_grammar.cache_clear()  # another test may have asked for it
    with pytest.raises(GrammarMissing):
        find_grammar("Klingon")
    result = measure(documents(("Klingon", "x")), ParseOptions())
    assert "tree-sitter-klingon" in result.decisions["detail"][0].as_py()


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("Python", "(" * 100_000),
        ("JavaScript", "[" * 100_000 + "]" * 100_000),
        ("JSON", "[" * 100_000),
        ("C", "{" * 100_000),
        ("Rust", "\ufeff\x00\x01\U0001f600" * 5000),
        ("JavaScript", "var a=1;function b(c){return c+a}" * 30_000),
    ],
)
def test_deep_and_minified_documents_cost_bounded_time(language, text):
    started = time.monotonic()
    options = ParseOptions(timeout_seconds=5.0, max_nesting=1_000_000)
    result = measure(documents((language, text)), options)
    assert time.monotonic() - started < 30
    found = result.table["measures"][0].as_py()
    assert found["node_count"] is not None or result.decisions.num_rows == 1


def test_bytes_of_outermost_errors_are_counted_once():
    found = measures_of("JSON", '{"a": 1} @@@@')
    assert found["error_share"] == pytest.approx(4 / 13)


def test_a_batch_without_documents_has_the_same_columns():
    result = measure(SOURCE_DOCUMENTS.empty_table(), ParseOptions())
    assert result.table["measures"].type.names == list(MEASURES)
    assert len(result.kept) == 0


def test_batches_do_not_change_measures():
    rows = [(language, BY_HAND[language][0]) for language in sorted(BY_HAND)]
    table = documents(*rows)
    whole = measure(table, ParseOptions()).table
    sliced = pa.concat_tables(
        [measure(table.slice(at, 5), ParseOptions()).table for at in range(0, len(rows), 5)]
    )
    assert whole.equals(sliced.combine_chunks())


@pytest.mark.parametrize(
    ("path", "language"),
    [("a/b.PY", "Python"), ("x.tar.gz", None), ("Makefile", None), (".js", "JavaScript")],
)
def test_language_of_a_path(path, language):
    assert language_of_path(path) == language


def test_the_parser_keeps_no_source_text():
    """py-tree-sitter leaks a reference to every chunk that a read callable returns: one byte of memory per byte parsed."""
    import sys

    from codecorpus.parse import tree

    chunks: list[bytes] = []

    class Watched(bytes):
        def __getitem__(self, key):
            chunks.append(bytes(bytearray(bytes.__getitem__(self, key))))
            return chunks[-1]

    source = Watched(b"value = 1\n" * 5000)
    tree.read_tree(source, find_grammar("Python"))
    assert len(chunks) > 5
    # The list and the argument of getrefcount. The empty chunk at the end is shared by the whole interpreter.
    full = [index for index in range(len(chunks)) if len(chunks[index])]
    assert {sys.getrefcount(chunks[index]) for index in full} == {2}

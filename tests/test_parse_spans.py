"""Where things stand in a document, by hand in several languages, and in agreement with what is counted."""

from __future__ import annotations

from pathlib import Path

import pytest

from codecorpus.parse import _kernels_tree as kernels
from codecorpus.parse import find_grammar, find_spans, language_of_path, read_tree
from codecorpus.parse.tree_measures import count_tree

REPOS = Path(__file__).parent.parent / "examples" / "repos"

PYTHON = '''"""Module."""
import os
from a import b  # why


class C:
    """Class."""

    def f(self):
        """Doc."""
        return "text" + os.name
'''
JAVASCRIPT = "// head\nconst a = require('x');\nimport b from 'y';\nclass K { m() { return `t`; } }\n"
GO = 'package p\n\nimport "fmt"\n\n// F says.\nfunc F() { fmt.Println("x") }\n\ntype T struct{ A int }\n'
C = "#include <a.h>\n/* one */\nstruct s { int a; };\nint f(struct s *p) { return p->a; }\n"

BY_HAND = [
    ("Python", PYTHON, "functions", ['def f(self):\n        """Doc."""\n        return "text" + os.name']),
    ("Python", PYTHON, "docstrings", ['"""Module."""', '"""Class."""', '"""Doc."""']),
    ("Python", PYTHON, "comments", ["# why"]),
    ("Python", PYTHON, "strings", ['"text"']),
    ("Python", PYTHON, "imports", ["import os", "from a import b"]),
    ("Python", PYTHON, "identifiers", ["os", "a", "b", "C", "f", "self", "os", "name"]),
    ("JavaScript", JAVASCRIPT, "imports", ["require('x')", "import b from 'y';"]),
    ("JavaScript", JAVASCRIPT, "functions", ["m() { return `t`; }"]),
    ("JavaScript", JAVASCRIPT, "classes", ["class K { m() { return `t`; } }"]),
    ("JavaScript", JAVASCRIPT, "strings", ["'x'", "'y'", "`t`"]),
    ("Go", GO, "imports", ['"fmt"']),
    ("Go", GO, "comments", ["// F says."]),
    ("Go", GO, "classes", ["T struct{ A int }"]),
    ("C", C, "classes", ["struct s { int a; }"]),
    ("C", C, "functions", ["int f(struct s *p) { return p->a; }"]),
    ("C", C, "statements", ["#include <a.h>\n", "struct s { int a; }", "int a;", "int f(struct s *p) { return p->a; }", "return p->a;"]),
]  # fmt: skip


@pytest.mark.parametrize(("language", "text", "what", "expected"), BY_HAND)
def test_spans_by_hand(language, text, what, expected):
    grammar, source = find_grammar(language), text.encode()
    found = find_spans(what, read_tree(source, grammar), grammar, source)
    assert [source[start:end].decode() for start, end in found] == expected


@pytest.mark.parametrize("language", ["Python", "JavaScript", "C", "Shell"])
def test_an_empty_document_has_none(language):
    grammar = find_grammar(language)
    tree = read_tree(b"", grammar)
    for what in ("functions", "classes", "comments", "docstrings", "strings", "statements", "imports"):
        assert find_spans(what, tree, grammar, b"").shape == (0, 2)


def example_files():
    return [
        pytest.param(path, id=str(path.relative_to(REPOS)))
        for path in sorted(REPOS.rglob("*"))
        if path.is_file() and find_grammar(language_of_path(path.name))
    ]


@pytest.mark.parametrize("path", example_files())
def test_as_many_spans_as_are_counted(path):
    grammar, source = find_grammar(language_of_path(path.name)), path.read_bytes()
    tree = read_tree(source, grammar)
    counts = count_tree(tree, grammar, source).counts
    for what, column in (
        ("functions", kernels.FUNCTIONS),
        ("classes", kernels.CLASSES),
        ("statements", kernels.STATEMENTS),
        ("identifiers", kernels.IDENTIFIERS),
    ):
        assert len(find_spans(what, tree, grammar, source)) == counts[column]
    for wanted, column in (
        (("comments", "docstrings"), kernels.COMMENT_BYTES),
        (("strings",), kernels.STRING_BYTES),
    ):
        spans = [span for what in wanted for span in find_spans(what, tree, grammar, source).tolist()]
        assert sum(end - start for start, end in spans) == counts[column]

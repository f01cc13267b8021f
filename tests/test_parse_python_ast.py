"""Python's own parser beside tree-sitter: what it rejects, Python 2 among it."""

from __future__ import annotations

import ast
import warnings

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from codecorpus.filters import apply, measure
from codecorpus.parse.python_ast import is_rejected

PYTHON_2 = {
    "print": 'def greet(name):\n    print "hello", name\n',
    "exec": 'code = "x = 1"\nexec code in {}\n',
    "except": "try:\n    run()\nexcept ValueError, error:\n    raise\n",
    "raise": 'def f():\n    raise ValueError, "no"\n',
    "unequal": "if 1 <> 2:\n    pass\n",
    "octal": "import os\nos.chmod('a', 0755)\n",
    "backtick": "text = `1 + 2`\n",
}


def accepted_by_ast(source: bytes) -> bool:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            ast.parse(source)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return False
    return True


@pytest.mark.parametrize("name", PYTHON_2)
def test_python_2_is_told_from_python_3(name):
    measures = measure(pl.DataFrame({"content": [PYTHON_2[name]], "language": ["Python"]}))["measures"][0]
    assert measures["python_syntax_error"] == 1
    assert measures["python_2_count"] >= 1


def test_python_2_and_a_broken_file_fail_different_rules():
    table = pl.DataFrame(
        {
            "content": [PYTHON_2["print"], "def f(:\n    return\n", "def f():\n    return 1\n"],
            "language": ["Python"] * 3,
            "path": ["old.py", "broken.py", "good.py"],
        }
    )
    decisions = apply(table).decisions
    codes = {path: set(decisions.filter(pl.col("path") == path)["code"]) for path in table["path"]}
    assert {"CC601", "CC602"} <= codes["old.py"]
    assert "CC602" in codes["broken.py"]
    assert "CC601" not in codes["broken.py"]
    assert codes["good.py"] == set()


def test_what_only_looks_like_python_2_counts_only_where_ast_rejects():
    measures = measure(pl.DataFrame({"content": ["print >> x\n"], "language": ["Python"]}))["measures"][0]
    assert (measures["python_syntax_error"], measures["python_2_count"]) == (0, 0)


TOKENS = [
    "def f():",
    "\n",
    "  ",
    "\t",
    "return",
    "x",
    "=",
    "1",
    "(",
    ")",
    ":",
    "nonlocal x",
    "global x",
    "'",
    '"""',
    "\\",
    "# é",
    "lambda:",
    "async",
    "await x",
    "class A:",
    "pass",
    ";",
    "*",
    "yield",
    "0777",
]


@given(st.lists(st.sampled_from(TOKENS), max_size=14).map(" ".join) | st.text(max_size=30))
@settings(max_examples=400, deadline=None)
def test_the_answer_is_that_of_ast(text):
    source = text.encode("utf-8", "surrogatepass")
    assert is_rejected(source) == (not accepted_by_ast(source))

"""A grammar that takes its process with it costs one document, whatever the executor that a run gets by default."""

from __future__ import annotations

import os

import polars as pl
import pytest

import codecorpus as cc
from conftest import python_module

MARK = "crash-the-grammar"
# Loaded by every worker, and not by this process: its parser dies of one text.
HOOK = f'''
import os, signal
import codecorpus.parse.measures as measures
read_tree = measures.read_tree

def dies(source, grammar, **options):
    if b"{MARK}" in source:
        os.kill(os.getpid(), signal.SIGSEGV)
    return read_tree(source, grammar, **options)

measures.read_tree = dies
'''


@pytest.fixture
def hostile(tmp_path, monkeypatch):
    """A folder of two repositories with one file of which the parser of a worker dies."""
    hook = tmp_path / "hook"
    hook.mkdir()
    (hook / "sitecustomize.py").write_text(HOOK)
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(filter(None, [str(hook), os.environ.get("PYTHONPATH")])))
    for repository in ("alpha", "beta"):
        for number in range(4):
            path = tmp_path / "repos" / repository / f"module{number}.py"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(python_module(f"{repository}_{number}", 3 + 4 * number))
    (tmp_path / "repos" / "beta" / "bad.py").write_text(f'def f():\n    """{MARK}"""\n    return 1\n')
    return tmp_path / "repos"


@pytest.mark.parametrize("executor", [None, "processes"])
def test_a_crash_of_the_parser_costs_one_document(hostile, tmp_path, executor):
    corpus = cc.build(hostile, out=tmp_path / "out", workers=2, executor=executor, progress=False)
    flagged = corpus.decisions().filter(pl.col("code") == "CC103")
    assert flagged.select("path", "verdict", "detail").rows() == [("bad.py", "flagged", "the parser crashed")]
    documents = corpus.documents()
    measured = documents.filter(pl.col("measures").struct.field("node_count").is_not_null())
    assert set(documents["path"]) - set(measured["path"]) <= {"bad.py"}
    assert measured.height >= 1
    assert corpus.verify().ok

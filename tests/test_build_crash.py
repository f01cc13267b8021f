"""A grammar that takes its process with it, never returns or eats all memory costs one document, by any executor."""

from __future__ import annotations

import time

import polars as pl
import pytest

import codecorpus as cc
from codecorpus.errors import CodecorpusError
from conftest import importable, python_module

MARK = "hostile-to-the-grammar"
# Loaded by every worker, and not by this process: its parser does something of one text.
HOOK = f'''
import ctypes, os, signal, time
import codecorpus.parse.measures as measures
read_tree = measures.read_tree

def crash():
    os.kill(os.getpid(), signal.SIGSEGV)

def hang():
    # In C, with the interpreter's lock held: no thread and no handler of this process ever runs again.
    while True:
        ctypes.PyDLL(None).pause()

def devour():
    held = []
    for _ in range(30):
        held.append(bytearray(b"x" * 100_000_000))
        time.sleep(0.05)

def read(source, grammar, **options):
    if b"{MARK}" in source:
        {{act}}()
    return read_tree(source, grammar, **options)

measures.read_tree = read
'''
WORDS = {
    "crash": "the parser crashed",
    "hang": "the parser did not return",
    "devour": "the parser took too much memory",
}


@pytest.fixture
def hostile(tmp_path):
    """A folder of two repositories with one file that the parser of a worker does not stand."""
    for repository in ("alpha", "beta"):
        for number in range(4):
            path = tmp_path / "repos" / repository / f"module{number}.py"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(python_module(f"{repository}_{number}", 3 + 4 * number))
    (tmp_path / "repos" / "beta" / "bad.py").write_text(f'def f():\n    """{MARK}"""\n    return 1\n')
    return tmp_path / "repos"


@pytest.fixture
def hook(tmp_path, monkeypatch):
    """Makes the parsers of workers do one of three things."""

    def install(text: str) -> None:
        (tmp_path / "hook").mkdir()
        (tmp_path / "hook" / "sitecustomize.py").write_text(text)
        monkeypatch.setenv("PYTHONPATH", importable(tmp_path / "hook"))

    return install


@pytest.mark.parametrize(
    ("act", "executor"),
    [
        ("crash", None),
        ("crash", "processes"),
        ("hang", None),
        ("hang", "processes"),
        ("devour", None),
        ("devour", "processes"),
    ],
)
def test_a_hostile_document_costs_one_document(hostile, hook, tmp_path, act, executor):
    hook(HOOK.format(act=act))
    corpus = cc.build(
        hostile,
        out=tmp_path / "out",
        workers=2,
        executor=executor,
        progress=False,
        unit_timeout=4 if act == "hang" else None,
        worker_memory=1_500_000_000 if act == "devour" else None,
    )
    flagged = corpus.decisions().filter(pl.col("code") == "CC103")
    assert flagged.select("path", "verdict", "detail").rows() == [("bad.py", "flagged", WORDS[act])]
    documents = corpus.documents()
    measured = documents.filter(pl.col("measures").struct.field("node_count").is_not_null())
    assert set(documents["path"]) - set(measured["path"]) <= {"bad.py"}
    assert measured.height >= 1
    assert corpus.verify().ok


def test_a_document_that_hangs_costs_its_own_time_and_not_that_of_the_shard(hostile, hook, tmp_path):
    # The limit of the shard stays; what ends the second attempt is the clock of the one document.
    clock = "import codecorpus.run.watch as watch\nwatch._SECONDS_BEYOND = 1.0\n"
    hook(HOOK.format(act="hang") + clock)
    started = time.monotonic()
    corpus = cc.build(
        hostile,
        out=tmp_path / "out",
        workers=2,
        executor="processes",
        progress=False,
        settings={"parse.timeout_seconds": 1.0},
        unit_timeout=25,
    )
    assert corpus.decisions().filter(pl.col("code") == "CC103")["detail"].to_list() == [WORDS["hang"]]
    assert time.monotonic() - started < 200


HANGING_STAGE = """
import time
import codecorpus.run.document_tasks as tasks
filter_ = tasks.filter_
# The warm-up runs every stage, too.
tasks.filter_ = lambda out, *others: filter_(out, *others) if "warm-" in str(out) else time.sleep(1000)
"""


def test_another_stage_over_its_time_ends_the_run_and_the_same_call_continues(hostile, hook, tmp_path):
    hook(HANGING_STAGE)
    asked = {"out": tmp_path / "out", "workers": 2, "executor": "processes", "progress": False}
    with pytest.raises(CodecorpusError, match="stage filter: did not end within 3 s, 2 times") as error:
        cc.build(hostile, **asked, unit_timeout=3)
    assert error.value.exit_code == 3
    assert "--unit-timeout" in error.value.hint
    assert not (tmp_path / "out" / "manifest.json").exists()
    (tmp_path / "hook" / "sitecustomize.py").unlink()
    assert cc.build(hostile, **asked).verify().ok

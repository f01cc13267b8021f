from __future__ import annotations

from pathlib import Path

import pytest

from codecorpus.errors import StorageError, UsageError
from codecorpus.run.executor import Executor, Guarded, InProcess, Processes, make_executor
from codecorpus.run.unit import Unit, read_done, unit_key

TESTS = str(Path(__file__).parent)


@pytest.fixture(params=["in-process", "processes"])
def executor(request, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", TESTS)
    engine: Executor = InProcess() if request.param == "in-process" else Processes(2)
    yield engine
    engine.close()


@pytest.fixture
def processes(monkeypatch):
    monkeypatch.setenv("PYTHONPATH", TESTS)
    engine = Processes(2)
    yield engine
    engine.close()


def make(work: Path, task: str, text: str, size: int = 0) -> Unit:
    return Unit("stage", f"unit_tasks:{task}", (text,), unit_key("stage", task, text), work, size)


def test_runs_every_unit_and_leaves_its_record(executor, tmp_path):
    units = [make(tmp_path, "write", "x" * n, n) for n in range(5)]
    outcomes = {outcome.unit.key: outcome for outcome in executor.map(units)}
    assert set(outcomes) == {unit.key for unit in units}
    for n, unit in enumerate(units):
        done = read_done(unit)
        assert done is not None
        assert (done.folder / "text.txt").read_text() == "x" * n
        assert done.counters == {"length": n}


def test_an_error_is_an_outcome_and_the_others_go_on(executor, tmp_path):
    units = [make(tmp_path, "fail", "make room"), make(tmp_path, "write", "fine")]
    errors = {outcome.unit.task: outcome.error for outcome in executor.map(units)}
    error = errors["unit_tasks:fail"]
    assert isinstance(error, StorageError)
    assert (error.what, error.hint) == ("the disk is full", "make room")
    assert errors["unit_tasks:write"] is None


def test_a_failed_unit_is_not_done(executor, tmp_path):
    unit = make(tmp_path, "fail", "make room")
    list(executor.map([unit]))
    assert read_done(unit) is None


def test_a_worker_that_dies_costs_only_its_unit(processes, tmp_path):
    units = [make(tmp_path, "die", "x", 9), *(make(tmp_path, "write", str(n)) for n in range(6))]
    outcomes = list(processes.map(units))
    assert len(outcomes) == 7
    dead = [outcome for outcome in outcomes if outcome.error is not None]
    assert [outcome.unit.task for outcome in dead] == ["unit_tasks:die"]
    assert "SIGKILL" in str(dead[0].error)


def test_a_worker_that_dies_once_is_replaced(processes, tmp_path):
    unit = make(tmp_path / "work", "die_once", str(tmp_path / "flag"))
    assert [outcome.error for outcome in processes.map([unit])] == [None]
    assert read_done(unit) is not None


def test_same_digest_in_process_and_in_processes(tmp_path, processes):
    here, there = make(tmp_path / "a", "write", "text"), make(tmp_path / "b", "write", "text")
    list(InProcess().map([here]))
    list(processes.map([there]))
    assert read_done(here).digest == read_done(there).digest


def test_small_input_stays_in_this_process_by_default():
    assert isinstance(make_executor(None, 2, 1000), Guarded)
    assert isinstance(make_executor(None, 1, 10**9), Guarded)
    assert isinstance(make_executor("in-process", 4, 10**9), InProcess)
    assert isinstance(make_executor(None, 2, 10**9), Processes)


def test_an_unknown_executor_names_the_choices():
    with pytest.raises(UsageError, match="in-process, processes"):
        make_executor("spark", 2, 0)

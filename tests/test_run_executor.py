from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from codecorpus.errors import ExtraMissingError, StorageError, UsageError
from codecorpus.run.executor import Executor, Guarded, InProcess, Processes, make_executor
from codecorpus.run.limits import memory_share, parse_bytes, unit_seconds
from codecorpus.run.unit import Unit, read_done, unit_key
from conftest import importable

TESTS = str(Path(__file__).parent)


@pytest.fixture(params=["in-process", "processes"])
def executor(request, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", importable(TESTS))
    engine: Executor = InProcess() if request.param == "in-process" else Processes(2)
    yield engine
    engine.close()


@pytest.fixture
def processes(monkeypatch):
    monkeypatch.setenv("PYTHONPATH", importable(TESTS))
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


def test_a_unit_over_its_time_is_tried_again_and_then_said(processes, tmp_path):
    units = [make(tmp_path, "hang", "x"), make(tmp_path, "write", "fine")]
    outcomes = {o.unit.task: o.error for o in processes.map(units, retries=1, timeout=1.0)}
    assert outcomes["unit_tasks:write"] is None
    assert "did not end within 1 s, 2 times" in str(outcomes["unit_tasks:hang"])
    assert "--unit-timeout" in str(outcomes["unit_tasks:hang"])


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="memory of others is read from /proc")
def test_a_worker_over_its_memory_is_killed(processes, tmp_path):
    units = [make(tmp_path, "devour", "x"), make(tmp_path, "write", "fine")]
    outcomes = {o.unit.task: o.error for o in processes.map(units, retries=0, memory=700_000_000)}
    assert outcomes["unit_tasks:write"] is None
    assert "more than 0.7 GB of memory" in str(outcomes["unit_tasks:devour"])


def test_a_worker_that_gets_no_memory_is_one_over_its_memory(processes, tmp_path):
    (outcome,) = processes.map([make(tmp_path, "no_memory", "x")], retries=0)
    assert "of memory" in str(outcome.error)


def test_a_worker_that_dies_while_it_has_nothing_to_do_is_replaced(processes, tmp_path):
    assert [o.error for o in processes.map([make(tmp_path, "write", "one")])] == [None]
    (worker,) = processes._workers
    worker.process.kill()
    worker.process.wait()
    assert [o.error for o in processes.map([make(tmp_path, "write", "two")])] == [None]


def test_limits_that_nobody_set_grow_with_the_unit_and_end_no_reduce():
    assert unit_seconds(0, None) == float("inf")
    assert unit_seconds(100, None) < unit_seconds(10**9, None)
    assert memory_share(1) >= memory_share(4) >= 1_000_000_000


def test_a_missing_extra_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "ray", None)
    with pytest.raises(ExtraMissingError, match=r"pip install 'codecorpus\[ray\]'"):
        make_executor("ray", 2, 0)


def test_nothing_of_ray_is_imported_unless_asked():
    code = "import sys, codecorpus.cli, codecorpus.run.pipeline as p; sys.exit('ray' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_sizes_that_are_none_are_refused():
    for text in ("", "many", "-1", "0", "4XB", "nan", "inf GB"):
        with pytest.raises(UsageError, match="size"):
            parse_bytes(text)


def test_a_cluster_is_named_with_its_executor_only():
    with pytest.raises(UsageError, match="--executor ray"):
        make_executor("processes", 2, 0, "localhost:6379")


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
    with pytest.raises(UsageError, match="in-process, processes, ray"):
        make_executor("spark", 2, 0)

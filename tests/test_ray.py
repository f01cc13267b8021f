"""A run on a Ray cluster: the same bytes, whatever dies. `make ray` installs Ray beside the environment and runs this."""

from __future__ import annotations

import importlib.util
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import polars as pl
import pytest

import codecorpus as cc
from conftest import importable, python_module
from fault_help import (
    SETTINGS,
    bytes_of,
    end_of,
    environment_of,
    kill_all,
    processes_of,
    start,
    unreadable,
    wait_for,
)
from test_build_crash import HOOK, MARK, WORDS

pytestmark = pytest.mark.skipif(
    importlib.util.find_spec("ray") is None, reason="the extra ray is not installed; `make ray` installs it"
)

EXAMPLES = Path(__file__).parent.parent / "examples" / "repos"
RAY = ("--executor", "ray", "--workers", "2")


@pytest.fixture(scope="module")
def expected(tmp_path_factory):
    """What one process makes of the same input."""
    out = tmp_path_factory.mktemp("whole") / "out"
    cc.build(EXAMPLES, out=out, settings=SETTINGS, executor="in-process", workers=1, progress=False)
    return bytes_of(out)


@pytest.fixture
def out(tmp_path):
    yield tmp_path / "out"
    kill_all(tmp_path / "out")


def ended_well(run: subprocess.Popen[bytes], out: Path) -> None:
    code, said = end_of(run, out)
    assert code == 0, said


def wait_for_process(out: Path, words: str) -> int:
    deadline = time.monotonic() + 60
    while not (found := processes_of(out, words)):
        assert time.monotonic() < deadline, f"no process {words}"
        time.sleep(0.02)
    return found[0]


def parent_of(pid: int) -> int:
    # The name before it may hold spaces and brackets.
    return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])


def test_a_killed_worker_of_ray_and_a_killed_worker_of_ours_cost_nothing(expected, out):
    run = start([EXAMPLES], out, *RAY, slow=0.5)
    wait_for(out, 2)
    ray_worker = wait_for_process(out, "ray::run_supervised")
    os.kill(ray_worker, signal.SIGKILL)
    wait_for(out, 5)
    os.kill(wait_for_process(out, "codecorpus.run.worker"), signal.SIGKILL)
    ended_well(run, out)
    assert bytes_of(out) == expected
    # A cluster of our own ends with the run.
    time.sleep(1)
    assert processes_of(out, "raylet") == []


def test_an_interrupted_and_a_killed_driver_are_followed_by_any_executor(expected, out):
    run = start([EXAMPLES], out, *RAY, slow=0.5)
    wait_for(out, 2)
    stopped = time.monotonic()
    os.killpg(run.pid, signal.SIGINT)
    assert end_of(run, out)[0] == 4
    assert time.monotonic() - stopped < 5
    assert not unreadable(out)

    run = start([EXAMPLES], out, *RAY, slow=0.5)
    wait_for(out, 6)
    run.kill()
    run.wait()
    assert not unreadable(out)
    other = out.with_name("other")
    kill_all(out)
    shutil.copytree(out, other)
    ended_well(start([EXAMPLES], out, *RAY), out)
    ended_well(start([EXAMPLES], other, "--executor", "processes", "--workers", "2"), other)
    assert bytes_of(out) == expected
    assert bytes_of(other) == expected


def test_a_machine_of_the_cluster_that_goes_costs_nothing(expected, out):
    cluster = subprocess.Popen(
        [sys.executable, str(Path(__file__).parent / "ray_nodes.py")],
        env=environment_of(out, slow=0.5),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    address = cluster.stdout.readline().strip()
    run = start([EXAMPLES], out, "--executor", "ray", "--ray-address", address)
    wait_for(out, 3)
    # The machine that has a unit at work: the raylet is the parent of the process, and takes all of its own with it.
    raylet = parent_of(wait_for_process(out, "ray::run_supervised"))
    assert b"raylet" in Path(f"/proc/{raylet}/cmdline").read_bytes()
    os.kill(raylet, signal.SIGKILL)
    ended_well(run, out)
    assert bytes_of(out) == expected
    assert cluster.poll() is None
    # A cluster that is not ours goes on.
    assert processes_of(out, "raylet")
    cluster.communicate(timeout=60)


INTRUDER = """
import sys, ray
try:
    ray.init(address=sys.argv[1], log_to_driver=False)
except ConnectionError:
    sys.exit(77)
"""


def test_nobody_else_joins_a_cluster_of_ours(out):
    run = start([EXAMPLES], out, *RAY, slow=2.0)
    wait_for(out, 2)
    line = Path(f"/proc/{processes_of(out, 'gcs-address=')[0]}/cmdline").read_bytes().decode()
    address = line.partition("gcs-address=")[2].partition("\0")[0]
    tried = subprocess.run([sys.executable, "-c", INTRUDER, address], capture_output=True, timeout=120)
    assert run.poll() is None
    assert tried.returncode == 77, tried.stderr
    run.kill()
    run.wait()


def test_a_document_that_crashes_the_parser_costs_itself_on_a_cluster_too(tmp_path, out, monkeypatch):
    folder = tmp_path / "hook"
    folder.mkdir()
    (folder / "hostile_hook.py").write_text(HOOK.format(act="crash"))
    only = "import sys\nif 'codecorpus.run.worker' in sys.orig_argv:\n    import hostile_hook\n"
    (folder / "sitecustomize.py").write_text(only)
    monkeypatch.setenv("PYTHONPATH", importable(folder))
    source = tmp_path / "repos" / "alpha"
    source.mkdir(parents=True)
    (source / "good.py").write_text(python_module("good", 6))
    (source / "bad.py").write_text(f'def f():\n    """{MARK}"""\n    return 1\n')
    ended_well(start([source.parent], out, *RAY), out)
    flagged = cc.open(out).decisions().filter(pl.col("code") == "CC103")
    assert flagged.select("path", "detail").rows() == [("bad.py", WORDS["crash"])]


def test_a_cluster_that_is_not_there_is_a_mistake_of_the_call(out):
    run = start([EXAMPLES], out, "--executor", "ray", "--ray-address", "127.0.0.1:1")
    code, said = end_of(run, out)
    assert code == 2, said
    assert "no Ray cluster at 127.0.0.1:1" in said

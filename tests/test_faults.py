"""What a run stands: kills at any moment, Ctrl-C, a full disk. `make faults` kills at 50 moments, the ordinary run at three."""

from __future__ import annotations

import os
import random
import resource
import signal
import subprocess
import time
from pathlib import Path

import pytest

import codecorpus as cc
from codecorpus.errors import StorageError
from conftest import write_repositories
from fault_help import SETTINGS, bytes_of, end_of, kill_all, start, unreadable, wait_for

pytestmark = pytest.mark.skipif(
    not Path("/proc/self/environ").exists(), reason="processes are found in /proc"
)

KILLS = int(os.environ.get("FAULT_KILLS", "3"))
#: Until an interrupted run has ended: 5 s, where the machine is ours; the suite shares it, and only sees that the run does not go on.
SECONDS = 5 if "FAULT_KILLS" in os.environ else 60
PROCESSES = ("--executor", "processes", "--workers", "2")


@pytest.fixture(scope="module")
def sources(tmp_path_factory):
    """Three repositories, as three sources."""
    root = write_repositories(tmp_path_factory.mktemp("sources"))
    return [root / name for name in ("alpha", "beta", "gamma")]


@pytest.fixture(scope="module")
def whole(sources, tmp_path_factory):
    """An uninterrupted run: its published bytes, and how long it takes as a command."""
    out = tmp_path_factory.mktemp("whole") / "out"
    started = time.monotonic()
    run = start(sources, out, *PROCESSES)
    assert end_of(run, out)[0] == 0
    return bytes_of(out), time.monotonic() - started


def again(sources, out: Path, **options) -> dict[str, bytes]:
    options = {"executor": "processes", "workers": 2, **options}
    cc.build(sources, out=out, settings=SETTINGS, progress=False, **options)
    return bytes_of(out)


@pytest.mark.parametrize("kill", range(KILLS))
def test_killed_at_a_random_moment_and_run_again_gives_the_same_bytes(kill, sources, whole, tmp_path):
    expected, seconds = whole
    # Other workers, another executor, another order of sources: nobody asks who began the run.
    other = [
        (sources, {}),
        (sources, {"executor": "in-process", "workers": 1}),
        (sources[::-1], {"workers": 3}),
    ]
    given, options = other[kill % 3]
    run = start(sources, tmp_path / "out", *PROCESSES)
    # Stratified: every run of the suite kills early, in the middle and late.
    time.sleep(seconds * (kill + random.Random(kill).random()) / KILLS)
    kill_all(tmp_path / "out")
    run.wait()
    assert not unreadable(tmp_path / "out")
    assert again(given, tmp_path / "out", **options) == expected
    assert not unreadable(tmp_path / "out")


@pytest.mark.parametrize("options", [PROCESSES, ()])
def test_an_interrupt_ends_the_run_within_five_seconds_and_the_same_command_continues(
    options, sources, whole, tmp_path
):
    out = tmp_path / "out"
    run = start(sources, out, *options, slow=2.0)
    wait_for(out, 1)
    stopped = time.monotonic()
    # As a terminal does: to the whole group.
    os.killpg(run.pid, signal.SIGINT)
    code, said = end_of(run, out)
    assert time.monotonic() - stopped < SECONDS
    assert code == 4, said
    assert "the same command continues" in said
    kill_all(out)
    assert not unreadable(out)
    assert not (out / "manifest.json").exists()
    assert again(sources, out) == whole[0]


@pytest.mark.parametrize("limit", [2_000, 20_000])
def test_a_file_that_may_not_grow_ends_the_run_cleanly(limit, sources, whole, tmp_path):
    def small_files() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

    out = tmp_path / "out"
    run = start(sources, out, *PROCESSES, preexec=small_files)
    code, said = end_of(run, out)
    assert code == 3, said
    assert "File too large" in said
    assert "the same command then continues" in said
    assert not unreadable(out)
    assert not (out / "manifest.json").exists()
    assert again(sources, out) == whole[0]


@pytest.fixture
def disk(tmp_path):
    """A disk of its own, which a test fills; where mounting is allowed."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=4k", "tmpfs", folder], capture_output=True)
    if mounted.returncode:
        pytest.skip("a file system cannot be mounted here; RLIMIT_FSIZE stands in for a full disk")
    yield folder
    subprocess.run(["umount", "-l", folder], check=True)


def resize(disk: Path, size: str) -> None:
    subprocess.run(["mount", "-o", f"remount,size={size}", disk], check=True)


def test_a_full_disk_ends_the_run_cleanly_wherever_it_gets_full(disk, sources, whole):
    out, ends = disk / "out", 0
    # A unit more or two with each size; in the end there is room enough.
    for size in [8, 48, 96, 160, 240, 340, 460, 600, 800, 1200, 20_000]:
        resize(disk, f"{size}k")
        said = None
        try:
            found = again(sources, out, executor="in-process", workers=1)
        except StorageError as error:
            said = (error.exit_code, str(error))
        if said is None:
            assert found == whole[0]
            break
        ends += 1
        assert said[0] == 3
        assert "No space left" in said[1]
        assert not unreadable(out)
        assert not (out / "manifest.json").exists()
    else:
        pytest.fail("the run never ended")
    assert ends >= 4


def test_a_disk_that_cannot_be_written_is_said_at_once(disk, sources):
    subprocess.run(["mount", "-o", "remount,ro", disk], check=True)
    run = start(sources, disk / "out")
    code, said = end_of(run, disk / "out")
    assert code == 3, said
    assert "Read-only file system" in said

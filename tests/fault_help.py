"""What the tests of faults share: the command as its own process tree, kills, and a look at what a kill left."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import pyarrow.parquet as pq

from conftest import importable

SETTINGS = {"sequence_length": 256, "tokenizer.vocab_size": 600}
# Every unit takes a while, so that a kill finds one at work.
SLOW = """
import sys, time
if "codecorpus.run.worker" in sys.orig_argv:
    import codecorpus.run.unit as unit
    run_unit = unit.run_unit

    def slow(one):
        # Not the units of the warm-up, which is one unit.
        time.sleep(0 if "/warm-" in str(one.work) else {seconds})
        return run_unit(one)

    unit.run_unit = slow
"""


def bytes_of(out: Path) -> dict[str, bytes]:
    """Every published file of a run."""
    files = [path for path in out.rglob("*") if path.is_file() and "work" not in path.relative_to(out).parts]
    return {str(path.relative_to(out)): path.read_bytes() for path in sorted(files)}


def environment_of(out: Path, slow: float | None = None) -> dict[str, str]:
    """An environment by which processes are known to be of the run in `out`, and whose workers are slow if that is asked."""
    environment = {**os.environ, "FAULT_TEST": str(out)}
    if slow is not None:
        folder = out.parent / f"slow-{out.name}"
        folder.mkdir(exist_ok=True)
        (folder / "sitecustomize.py").write_text(SLOW.format(seconds=slow))
        environment["PYTHONPATH"] = importable(folder)
    return environment


def start(
    sources: list[Path], out: Path, *options: str, slow: float | None = None, preexec=None
) -> subprocess.Popen[bytes]:
    """The command, in a session of its own; what it starts is found again by `out` in its environment."""
    settings = [word for key, value in SETTINGS.items() for word in ("--set", f"{key}={value}")]
    program = [sys.executable, "-c", "from codecorpus.cli import main; main()", "build"]
    with _words(out).open("wb") as file:
        return subprocess.Popen(
            [*program, *map(str, sources), "--out", str(out), *settings, *options],
            env=environment_of(out, slow),
            stdout=subprocess.DEVNULL,
            stderr=file,
            start_new_session=True,
            preexec_fn=preexec,
        )


def end_of(run: subprocess.Popen[bytes], out: Path, seconds: float = 300.0) -> tuple[int, str]:
    """Wait for the command: its exit code, and what it said on stderr."""
    code = run.wait(seconds)
    return code, _words(out).read_text()


def _words(out: Path) -> Path:
    # Not beside `out`, which may be all there is on a full disk.
    return out.parents[1] / f"{out.parent.name}-{out.name}.stderr"


def processes_of(out: Path, words: str = "") -> list[int]:
    """Processes that `start` began for `out`, or that these began, with `words` in their command line."""
    mark = f"FAULT_TEST={out}\0".encode()
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if mark in (folder / "environ").read_bytes() + b"\0":
                line = (folder / "cmdline").read_bytes().replace(b"\0", b" ")
                if words.encode() in line:
                    found.append(int(folder.name))
    return found


def kill_all(out: Path) -> None:
    """SIGKILL for the whole tree, until nothing of it is left."""
    deadline = time.monotonic() + 30
    while found := processes_of(out):
        for pid in found:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        time.sleep(0.05)
        assert time.monotonic() < deadline, found


def wait_for(out: Path, units: int, seconds: float = 120.0) -> None:
    """Until so many units are done."""
    deadline = time.monotonic() + seconds
    while len(list(out.glob("work/[!t]*/*/unit.json"))) < units:
        assert time.monotonic() < deadline, "the run does not get on"
        time.sleep(0.05)


def unreadable(out: Path) -> list[str]:
    """Files under a final name that cannot be read: of the published ones, and of the units that are done."""
    bad = []
    for path in out.rglob("*"):
        parts = path.relative_to(out).parts
        if not path.is_file() or parts[:2] == ("work", "tmp") or path.name.endswith(".tmp"):
            continue
        try:
            if path.suffix == ".parquet":
                pq.read_table(path)
            elif path.suffix == ".json":
                json.loads(path.read_bytes())
        except Exception as error:
            bad.append(f"{path}: {error}")
    return bad

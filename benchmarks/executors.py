"""What each executor adds to a unit, and to a whole build.

    python benchmarks/executors.py FOLDER [--units 1000] [--workers 2]

Units of a task that writes five bytes, so that what is measured is handing out, supervision, the hash of the output, the rename and the
record; workers are up before the clock starts. Then `codecorpus build FOLDER --fresh` with each executor, with kernels compiled. Ray is
left out, and said so, where it is not installed (`make ray` installs it into build/ray: PYTHONPATH=build/ray).
"""

import argparse
import importlib.util
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from codecorpus.run.executor import make_executor
from codecorpus.run.unit import Unit, unit_key

EXECUTORS = ("in-process", "processes", "ray")


def units(work, name, count):
    return [
        Unit("stage", "_unit_tasks:write", ("x" * 5,), unit_key("stage", name, number), work, 1)
        for number in range(count)
    ]


def importable(folder):
    """The task alone, where workers find it: beside it are scripts with names like `git` and `parse`."""
    folder.mkdir()
    shutil.copy(Path(__file__).with_name("_unit_tasks.py"), folder)
    known = [os.path.abspath(path) for path in os.environ.get("PYTHONPATH", "").split(os.pathsep) if path]
    os.environ["PYTHONPATH"] = os.pathsep.join([str(folder), *known])


def overhead(name, workers, count, work):
    """Seconds of wall time for each unit."""
    engine = make_executor(name, workers, 10**9)
    try:
        list(engine.map(units(work, "warm", 4 * workers)))
        began = time.perf_counter()
        outcomes = list(engine.map(units(work, name, count)))
        seconds = time.perf_counter() - began
    finally:
        engine.close()
    failed = [outcome.error for outcome in outcomes if outcome.error is not None]
    if failed or len(outcomes) != count:
        sys.exit(f"{name}: {len(failed)} of {count} units failed: {failed[:1]}")
    return seconds / count


def build(name, workers, folder, out):
    command = [sys.executable, "-m", "codecorpus", "build", folder, "--out", str(out), "--fresh"]
    began = time.perf_counter()
    subprocess.run([*command, "--executor", name, "--workers", str(workers)], check=True, capture_output=True)
    return time.perf_counter() - began


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder")
    parser.add_argument("--units", type=int, default=1000)
    parser.add_argument("--workers", type=int, default=2)
    given = parser.parse_args()
    names = [name for name in EXECUTORS if name != "ray" or importlib.util.find_spec("ray")]
    if "ray" not in names:
        print("ray: not installed, left out")
    with tempfile.TemporaryDirectory() as scratch:
        importable(Path(scratch) / "tasks")
        build("processes", given.workers, given.folder, Path(scratch) / "warm")
        for name in names:
            work = Path(scratch) / f"work-{name}"
            work.mkdir()
            each = overhead(name, given.workers, given.units, work)
            whole = build(name, given.workers, given.folder, Path(scratch) / "out")
            print(f"{name:<11}{each * 1000:>8.2f} ms a unit{whole:>9.1f} s for the build")


if __name__ == "__main__":
    main()

"""Run the fuzzer: `python fuzz/run.py [TARGET …] [--minutes N] [--corpus FOLDER]`; needs the extra `fuzz` (atheris, which is libFuzzer).

Each target is a process of its own, at the lowest priority. One that finds something is started again until its time is up; the inputs
lie as `FOLDER/<target>-crash-…`, `-timeout-…` or `-oom-…`, and the run ends with exit code 1. The inputs that reach new code stay in
FOLDER/<target> for the next run. What steers is the coverage of our Python code and of tarfile, zipfile, gzip and json; code in C (Arrow,
git, the grammars) is fed with the same inputs, and steers nothing.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time
from pathlib import Path

_HERE = Path(__file__).resolve().parent
_INSTRUMENTED = [
    "codecorpus.sources",
    "codecorpus.parse",
    "codecorpus.dates",
    "tarfile",
    "zipfile",
    "gzip",
    "json",
]


def _fuzz(target: str, arguments: list[str]) -> None:
    """Never returns: libFuzzer ends the process."""
    import atheris

    # What numba compiles cannot be instrumented.
    kernels = [
        f"codecorpus.{path.parent.name}.{path.stem}"
        for path in _HERE.glob("../src/codecorpus/*/_kernels*.py")
    ]
    with atheris.instrument_imports(include=_INSTRUMENTED, exclude=kernels):
        import gzip  # noqa: F401
        import json  # noqa: F401
        import tarfile  # noqa: F401
        import zipfile  # noqa: F401

        from fuzz_targets import TARGETS
    atheris.Setup([sys.argv[0], *arguments], TARGETS[target])
    atheris.Fuzz()


def _seed(target: str, folder: Path) -> None:
    from fuzz_seeds import seeds

    folder.mkdir(parents=True, exist_ok=True)
    for number, data in enumerate(seeds(target)):
        (folder / f"seed-{number:03}").write_bytes(data)


def _run(target: str, minutes: float, corpus: Path) -> int:
    """Fuzz one target until its time is up; returns how often it was ended by a finding."""
    _seed(target, corpus / target)
    end = time.monotonic() + 60 * minutes
    found = 0
    while (left := int(end - time.monotonic())) > 0:
        limits = [
            f"-max_total_time={left}",
            "-timeout=30",
            "-rss_limit_mb=3000",
            "-max_len=12000",
            "-len_control=0",
            "-keep_seed=1",
            "-print_final_stats=1",
        ]
        arguments = [str(corpus / target), f"-artifact_prefix={corpus}/{target}-", *limits]
        with (corpus / f"{target}.log").open("ab") as log:
            command = [sys.executable, __file__, "--one", target, *arguments]
            found += subprocess.run(command, stdout=log, stderr=log, check=False).returncode != 0
    return found


def main() -> int:
    """Start one process for each target, wait, and say what was found."""
    if sys.argv[1:2] == ["--one"]:
        _fuzz(sys.argv[2], sys.argv[3:])
    from fuzz_targets import TARGETS

    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument("targets", nargs="*", metavar="TARGET", default=list(TARGETS))
    parser.add_argument("--minutes", type=float, default=30)
    parser.add_argument("--corpus", type=Path, default=_HERE.parent / "build" / "fuzz")
    chosen = parser.parse_args()
    os.nice(19)
    chosen.corpus.mkdir(parents=True, exist_ok=True)
    children = {}
    for target in chosen.targets:
        if not (child := os.fork()):
            os._exit(min(_run(target, chosen.minutes, chosen.corpus), 255))
        children[child] = target
    found = {children[child]: os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in list(children)}
    for target, count in found.items():
        print(f"{target}: {count} findings in {chosen.minutes:g} minutes, see {chosen.corpus}/{target}.log")
    return int(any(found.values()))


if __name__ == "__main__":
    sys.exit(main())

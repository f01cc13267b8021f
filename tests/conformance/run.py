"""Opens files of every format with the trainer's own reader, row for row. `make conformance`.

The readers cannot share an environment: mosaicml-streaming, datatrove and trl pin versions of the same packages that exclude each
other. So each group has its own, under build/conformance, made from requirements-GROUP.txt and made again when that file changes. The
fixtures are written by this package, and the readers know nothing of it.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import subprocess
import sys
import venv
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
BUILD = ROOT / "build" / "conformance"
GROUPS = ("huggingface", "megatron", "streaming", "olmo")


def environment(group):
    """The interpreter of a group's environment, which is made if there is none or its requirements have changed."""
    requirements = HERE / f"requirements-{group}.txt"
    folder = BUILD / group
    stamp = folder / ".requirements"
    wanted = hashlib.sha256(requirements.read_bytes()).hexdigest()
    python = folder / "bin" / "python"
    if not stamp.exists() or stamp.read_text() != wanted:
        say(f"installing {group}: minutes")
        venv.create(folder, with_pip=True, clear=True)
        install = [
            python,
            "-m",
            "pip",
            "install",
            "--quiet",
            "--disable-pip-version-check",
            "-r",
            requirements,
        ]
        subprocess.run(install, check=True)
        stamp.write_text(wanted)
    return python


def read(group, fixtures):
    """What the readers of a group found: a line per reader, case and thing compared; and whether they ran to their end."""
    quiet = {
        "HF_HUB_OFFLINE": "1",
        "HF_DATASETS_OFFLINE": "1",
        "CUDA_VISIBLE_DEVICES": "",
        "TOKENIZERS_PARALLELISM": "false",
    }
    done = subprocess.run(
        [environment(group), HERE / f"read_{group}.py", fixtures],
        stdout=subprocess.PIPE,
        env={**os.environ, **quiet},
        text=True,
        check=False,
    )
    lines = [json.loads(line) for line in done.stdout.splitlines() if line.startswith('{"reader"')]
    return lines, done.returncode == 0


def show(found):
    """A line per reader and thing compared, over all cases; and one for each case that differs."""
    sums = {}
    for line in found:
        equal, rows, cases = sums.get((line["reader"], line["what"]), (0, 0, 0))
        sums[line["reader"], line["what"]] = equal + line["equal"], rows + line["rows"], cases + 1
    say(f"{'reader':42}{'what':14}{'rows equal':>14}  cases")
    for (reader, what), (equal, rows, cases) in sums.items():
        say(f"{reader:42}{what:14}{f'{equal}/{rows}':>14}  {cases}")
    for line in found:
        if not is_equal(line):
            say(
                f"DIFFERS: {line['reader']}, {line['case']}, {line['what']}: {line['equal']} of {line['rows']}"
            )


def is_equal(line):
    return line["equal"] == line["rows"] > 0


def say(text):
    print(text, flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--group", choices=GROUPS, action="append", help="only this group; may be repeated")
    parser.add_argument(
        "--spoil", action="store_true", help="write one token wrong in every case, and see that it is noticed"
    )
    asked = parser.parse_args()
    fixtures = BUILD / "fixtures"
    subprocess.run(
        [sys.executable, HERE / "cases.py", fixtures, *(["--spoil"] if asked.spoil else [])], check=True
    )
    found, is_complete = [], True
    for group in asked.group or GROUPS:
        lines, has_ended = read(group, fixtures)
        found += lines
        is_complete = is_complete and has_ended and bool(lines)
        if not has_ended:
            say(f"{group}: the readers did not run to their end")
    if found:
        show(found)
    return spoil_result(found) if asked.spoil else result(found, is_complete)


def result(found, is_complete):
    good = is_complete and all(map(is_equal, found))
    say("all rows are equal" if good else "some rows differ, or were not read")
    return 0 if good else 1


def spoil_result(found):
    """Token ids differ in one row of every case, for every reader that compares them."""
    missed = [line for line in found if line["what"] in ("ids", "whole rows") and is_equal(line)]
    for line in missed:
        say(f"not noticed: {line['reader']}, {line['case']}")
    return 1 if missed or not found else 0


if __name__ == "__main__":
    sys.exit(main())

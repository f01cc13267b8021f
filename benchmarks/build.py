"""The whole job as a process: CPU, wall, peak memory of the process tree, and each stage's share.

    python benchmarks/build.py FOLDER [--out DIR] [--again] [-- more build options]

Runs `codecorpus build FOLDER --fresh` and measures it from outside: CPU seconds of the process and its workers as the kernel accounts
for them, and every 0.1 s (after a minute, every second) the sum of the proportional set sizes of all its processes. The stage table
comes from the run's own book of times.
`--again` runs it a second time without `--fresh`: what a run costs that finds everything done.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
from pathlib import Path


def children(pid: int) -> list[int]:
    found = [pid]
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            found += [other for child in task.read_text().split() for other in children(int(child))]
        except OSError:
            continue
    return found


def memory(pid: int) -> int:
    total = 0
    for process in children(pid):
        try:
            for line in Path(f"/proc/{process}/smaps_rollup").read_text().splitlines():
                if line.startswith("Pss:"):
                    total += int(line.split()[1]) * 1024
        except OSError:
            continue
    return total


def measure(command: list[str]) -> tuple[float, float, int]:
    started = time.monotonic()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    peak = 0
    while True:
        pid, status, usage = os.wait4(process.pid, os.WNOHANG)
        if pid:
            break
        peak = max(peak, memory(process.pid))
        # Looking takes a while itself, and no hour-long run changes in a tenth of a second.
        time.sleep(0.1 if time.monotonic() - started < 60 else 1.0)
    if status:
        sys.exit(f"build failed: wait status {status}")
    return usage.ru_utime + usage.ru_stime, time.monotonic() - started, peak


def stages(out: Path) -> list[tuple[str, float, int]]:
    cpu: dict[str, float] = {}
    peak: dict[str, int] = {}
    for line in (out / "work" / "timings.jsonl").read_text().splitlines():
        row = json.loads(line)
        cpu[row["stage"]] = cpu.get(row["stage"], 0.0) + row["cpu_seconds"]
        peak[row["stage"]] = max(peak.get(row["stage"], 0), row["peak_bytes"])
    return [(name, seconds, peak[name]) for name, seconds in cpu.items()]


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder")
    parser.add_argument("--out", default="bench-out")
    parser.add_argument("--again", action="store_true")
    parser.add_argument("options", nargs="*")
    given = parser.parse_args()
    command = [sys.executable, "-m", "codecorpus", "build", given.folder, "--out", given.out, *given.options]
    cpu, wall, peak = measure([*command, "--fresh"])
    manifest = json.loads((Path(given.out) / "manifest.json").read_text())
    megabytes = manifest["stages"][0]["bytes_in"] / 1e6
    print(f"{megabytes:.1f} MB, {manifest['stages'][0]['documents_in']:,} files")
    print(
        f"CPU {cpu:.1f} s = {cpu / megabytes * 1000:.0f} ms/MB   wall {wall:.1f} s   peak {peak / 1e6:.0f} MB"
    )
    rows = stages(Path(given.out))
    total = sum(seconds for _, seconds, _ in rows)
    print(f"{'stage':<12}{'CPU s':>8}{'share':>8}{'MB/s':>8}{'peak MB':>9}")
    for name, seconds, most in sorted(rows, key=lambda row: -row[1]):
        speed = megabytes / seconds if seconds else float("inf")
        print(f"{name:<12}{seconds:>8.2f}{seconds / total:>8.1%}{speed:>8.1f}{most / 1e6:>9.0f}")
    print(f"{'outside':<12}{cpu - total:>8.2f}   (imports, planning, publishing, report)")
    if given.again:
        cpu, wall, peak = measure(command)
        print(f"again: CPU {cpu:.1f} s   wall {wall:.1f} s   peak {peak / 1e6:.0f} MB")


if __name__ == "__main__":
    main()

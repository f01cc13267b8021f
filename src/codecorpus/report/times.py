"""Time and memory of each stage, from the book that a run keeps in `work/`. Run folder in, rows out.

They differ between equal runs, so that no published file has them: `work/report.html` is the report with this table.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_NAMES = ("stage", "key")
_NUMBERS = ("bytes", "seconds", "cpu_seconds", "peak_bytes")


@dataclass(frozen=True, slots=True)
class StageTime:
    """What the units of one stage took.

    Attributes:
        stage: its name.
        units: how many there are in this run.
        bytes: bytes of input text that they stand for.
        seconds: time of all units, one after the other; several run at once.
        cpu_seconds: time of processors.
        peak_bytes: the most memory that one process had held by the end of a unit of this stage.
    """

    stage: str
    units: int
    bytes: int
    seconds: float
    cpu_seconds: float
    peak_bytes: int


def stage_times(run_dir: Path) -> tuple[StageTime, ...]:
    """The stages in the order in which they ran; none where `work/` is gone or is not of this version.

    Units that an earlier build finished and this one took over count with what they took then.
    """
    used = _used(run_dir / "work" / "used.json")
    latest = {(row["stage"], row["key"]): row for row in _rows(run_dir / "work" / "timings.jsonl")}
    found = []
    for stage, keys in used.items():
        rows = [latest[stage, key] for key in keys if (stage, key) in latest]
        if rows:
            found.append(_stage(stage, rows))
    return tuple(found)


def _stage(stage: str, rows: list[dict[str, Any]]) -> StageTime:
    return StageTime(
        stage,
        len(rows),
        sum(row["bytes"] for row in rows),
        sum(row["seconds"] for row in rows),
        sum(row["cpu_seconds"] for row in rows),
        max(row["peak_bytes"] for row in rows),
    )


def _used(path: Path) -> dict[str, list[str]]:
    """Stage → keys of its units; nothing where the file is missing or is none of ours."""
    try:
        value = json.loads(path.read_text(encoding="utf-8"))
        return {str(stage): [str(key) for key in keys] for stage, keys in value}
    except (OSError, ValueError, TypeError):
        return {}


def _rows(path: Path) -> Iterator[dict[str, Any]]:
    """Lines of the book; one that a crash cut short, or that is none of ours, is left out."""
    try:
        lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return
    for line in lines:
        try:
            row = json.loads(line)
        except ValueError:
            continue
        if isinstance(row, dict) and _is_ours(row):
            yield row


def _is_ours(row: dict[str, Any]) -> bool:
    # `type`, for True is an int; a report is made whatever lies in work/.
    return all(type(row.get(name)) is str for name in _NAMES) and all(
        type(row.get(name)) in (int, float) and 0 <= row[name] < math.inf for name in _NUMBERS
    )

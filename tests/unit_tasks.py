"""Tasks that units of the executor tests name; importable by worker processes."""

from __future__ import annotations

import os
import signal
from pathlib import Path

from codecorpus.errors import StorageError


def write(out: Path, text: str) -> dict[str, int]:
    (out / "text.txt").write_text(text)
    return {"length": len(text)}


def fail(out: Path, text: str) -> dict[str, int]:
    raise StorageError("the disk is full", text)


def die(out: Path, text: str) -> dict[str, int]:
    os.kill(os.getpid(), signal.SIGKILL)
    return {}


def die_once(out: Path, text: str) -> dict[str, int]:
    flag = Path(text)
    if not flag.exists():
        flag.write_text("dead")
        os.kill(os.getpid(), signal.SIGKILL)
    return write(out, "alive")

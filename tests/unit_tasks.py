"""Tasks that units of the executor tests name; importable by worker processes."""

from __future__ import annotations

import ctypes
import os
import signal
import time
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


def hang(out: Path, text: str) -> dict[str, int]:
    # With the interpreter's lock held, as C code does.
    while True:
        ctypes.PyDLL(None).pause()


def devour(out: Path, text: str) -> dict[str, int]:
    held = []
    for _ in range(20):
        held.append(b"x" * 100_000_000)
        time.sleep(0.05)
    return {"held": len(held)}


def no_memory(out: Path, text: str) -> dict[str, int]:
    return {"length": len(b"x" * 2**62)}


def parse_and_crash(out: Path, read_folder: Path) -> dict[str, object]:
    """The parse task with a parser that kills the process at documents that say CRASH."""
    from codecorpus.parse import measure
    from codecorpus.parse.options import ParseOptions
    from codecorpus.run import document_tasks, watch

    def crashing(documents, options):
        if options.max_bytes and any("CRASH" in text for text in documents["content"].to_pylist()):
            os.kill(os.getpid(), signal.SIGSEGV)
        return measure(documents, options)

    watch.measure = crashing
    return document_tasks.parse(out, read_folder, ParseOptions())

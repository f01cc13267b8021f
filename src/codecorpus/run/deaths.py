"""Why a worker died over a unit: known to whoever supervises it, written where the next attempt can read it.

A task that may take its process with it keeps a *book* beside its temporary folder (`codecorpus.run.watch`).
The supervisor alone knows the reason of a death, so it adds the last line. A death that nobody saw, such as
that of a whole machine, leaves none, and no document is blamed for it.
"""

from __future__ import annotations

import signal
from collections.abc import Sequence
from pathlib import Path
from typing import Literal, TypeAlias

from codecorpus.errors import CodecorpusError
from codecorpus.run.unit import Unit

#: What ended a worker: a signal or an exit; the clock; its memory.
Reason: TypeAlias = Literal["crashed", "time", "memory"]
REASONS: tuple[Reason, ...] = ("crashed", "time", "memory")

#: A worker ends itself with this status where Python could not get memory.
NO_MEMORY = 77

_CONTINUES = "The same command continues where this one stopped."


def book_of(work: Path, stage: str, key: str) -> Path:
    """The book of a unit; it outlives the attempts, and no run."""
    return work / "tmp" / f"watch-{stage}-{key}"


def reason_of(status: int) -> Reason:
    """What an exit status says (negative: the signal) of a worker that its supervisor did not kill.

    >>> reason_of(-11), reason_of(-14), reason_of(77)
    ('crashed', 'time', 'memory')
    """
    if status == -signal.SIGALRM:
        return "time"
    return "memory" if status == NO_MEMORY else "crashed"


def note_death(unit: Unit, reason: Reason) -> None:
    """Add the reason to the unit's book, if its task keeps one."""
    book = book_of(unit.work, unit.stage, unit.key)
    if book.exists():
        with book.open("a", encoding="utf-8") as file:
            file.write(f"died {reason}\n")


def read_deaths(lines: Sequence[str]) -> dict[tuple[int, int], Reason]:
    """What a book says: (row group, row) of each document over which a worker died → why.

    >>> read_deaths(["start", "died time", "start", "0 0", "0 1", "died time", "start", "0 0"])
    {(0, 1): 'time'}
    """
    found: dict[tuple[int, int], Reason] = {}
    at: tuple[int, int] | None = None
    for line in lines:
        first, _, second = line.partition(" ")
        if first == "died":
            reasons = [reason for reason in REASONS if reason == second]
            if at is not None and reasons:
                found[at] = reasons[0]
            at = None
        else:
            at = (int(first), int(second)) if first.isdigit() and second.isdigit() else None
    return found


def death_error(
    unit: Unit, reason: Reason, status: int, tries: int, seconds: float, memory: int
) -> CodecorpusError:
    """What the user is told when a unit was given up."""
    on = f"{tries} times on the same shard {unit.key}" if tries > 1 else f"on shard {unit.key}"
    if reason == "time":
        return CodecorpusError(
            f"stage {unit.stage}: did not end within {seconds:,.0f} s, {on}",
            f"Give it more with --unit-timeout SECONDS. {_CONTINUES}",
        )
    if reason == "memory":
        return CodecorpusError(
            f"stage {unit.stage}: a worker took more than {memory / 1e9:,.1f} GB of memory, {on}",
            f"Give it more with --worker-memory, or try fewer --workers. {_CONTINUES}",
        )
    how = f"signal {signal.Signals(-status).name}" if status < 0 else f"exit status {status}"
    return CodecorpusError(
        f"stage {unit.stage}: the worker process died ({how}) {on}",
        f"Memory may have run out: try fewer --workers. {_CONTINUES}",
    )

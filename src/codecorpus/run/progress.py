"""Progress in bytes of input, with one ETA for the whole run.

Every stage works through the same input, at its own speed. The bar therefore counts *weighted* bytes: input
bytes times the stage's measured share of the time, so that the remaining time is the remaining weight at
the speed seen so far. On a terminal or in a notebook it is a bar; elsewhere one line per stage. All of it
goes to stderr.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Mapping
from typing import Any, Protocol

#: Share of the CPU time per stage, measured on 31 MB of mixed code (docs/log.md). Only the ETA depends on it.
STAGE_WEIGHTS: Mapping[str, float] = {
    "read": 0.08,
    "parse": 0.42,
    "licences": 0.0,
    "filter": 0.08,
    "sketch": 0.03,
    "candidates": 0.005,
    "shingles": 0.01,
    "dedup": 0.01,
    "index": 0.02,
    "lookup": 0.01,
    "documents": 0.06,
    "choose": 0.0,
    "excerpts": 0.0,
    "samples": 0.0,
    "count": 0.05,
    "train": 0.12,
    "encode": 0.06,
    "cut": 0.02,
    "plan": 0.005,
    "pack": 0.05,
    "formats": 0.0,
}


class Progress(Protocol):
    """Told what a run does; says it to a person, or to nobody."""

    def stage(self, name: str, size: int, done: int) -> None:
        """A stage begins on `size` bytes of input, `done` of which an earlier run has done already."""
        ...

    def advance(self, size: int) -> None:
        """`size` more bytes of input went through the stage."""
        ...

    def finish(self) -> None:
        """The run ended, in whatever way."""
        ...


class Silent:
    """Says nothing."""

    def stage(self, name: str, size: int, done: int) -> None:
        """Say nothing."""

    def advance(self, size: int) -> None:
        """Say nothing."""

    def finish(self) -> None:
        """Say nothing."""


class Lines:
    """One line per finished stage on stderr, for logs."""

    def __init__(self) -> None:
        self._name = ""
        self._size = 0
        self._done = 0
        self._started = 0.0

    def stage(self, name: str, size: int, done: int) -> None:
        """Close the line of the stage before, begin the next."""
        self._close()
        self._name, self._size, self._done, self._started = name, size, done, time.monotonic()

    def advance(self, size: int) -> None:
        """A stage is one line; nothing is said in between."""

    def finish(self) -> None:
        """Close the last line."""
        self._close()
        self._name = ""

    def _close(self) -> None:
        if self._name:
            reused = "  (done before)" if self._size and self._done >= self._size else ""
            seconds = time.monotonic() - self._started
            print(f"  {self._name:<11} {megabytes(self._size):>10} {seconds:8.1f} s{reused}", file=sys.stderr)  # noqa: T201


class Bar:
    """One live bar for the run: stage, bytes of the stage, time left in all."""

    def __init__(self) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, Progress, TextColumn

        self._bar = Progress(
            TextColumn("  {task.description:<11}"),
            BarColumn(bar_width=28),
            TextColumn("{task.percentage:>3.0f} %  {task.fields[bytes]:>21}  {task.fields[eta]}"),
            console=Console(stderr=True),
            transient=True,
        )
        self._task = self._bar.add_task("starting", total=1.0, bytes="", eta="")
        self._bar.start()
        self._clock = _Clock()

    def stage(self, name: str, size: int, done: int) -> None:
        """Show the stage and its bytes."""
        self._clock.stage(name, size, done)
        self._show()

    def advance(self, size: int) -> None:
        """Move the bar."""
        self._clock.advance(size)
        self._show()

    def _show(self) -> None:
        clock = self._clock
        self._bar.update(
            self._task,
            description=clock.name,
            completed=clock.share,
            bytes=f"{megabytes(clock.done)} of {megabytes(clock.size)}",
            eta=clock.eta(),
        )

    def finish(self) -> None:
        """Take the bar away."""
        self._bar.stop()


class _Clock:
    """Weighted bytes done, and the time that the rest will take at the speed seen so far."""

    def __init__(self) -> None:
        self.name, self.size, self.done = "", 0, 0
        self._behind = 0.0  # weight of the stages that are over
        self._skipped = 0.0  # of it, what an earlier run had done: it took no time now
        self._started = time.monotonic()

    @property
    def _weight(self) -> float:
        return STAGE_WEIGHTS.get(self.name, 0.0)

    @property
    def share(self) -> float:
        """Share of the run's weight that is done, 0 to 1."""
        inner = self.done / self.size if self.size else 0.0
        return min(self._behind + self._weight * inner, 1.0)

    def stage(self, name: str, size: int, done: int) -> None:
        self._behind += self._weight
        self.name, self.size, self.done = name, size, done
        self._skipped += self._weight * (done / size if size else 0.0)

    def advance(self, size: int) -> None:
        self.done = min(self.done + size, self.size)

    def eta(self) -> str:
        worked = self.share - self._skipped
        if worked < 0.02:
            return ""
        left = (1.0 - self.share) * (time.monotonic() - self._started) / worked
        return f"{left / 60:.0f} min left" if left >= 90 else f"{left:.0f} s left"


def megabytes(size: int) -> str:
    """Bytes as people read them: decimal megabytes or gigabytes.

    >>> megabytes(31_000_000), megabytes(2_500)
    ('31.0 MB', '0.0 MB')
    """
    return f"{size / 1e9:.2f} GB" if size >= 1e9 else f"{size / 1e6:.1f} MB"


def make_progress(wanted: Any = None) -> Progress:
    """The progress that fits where stderr goes: a bar on a terminal or in a notebook, else lines; `False` for none."""
    if wanted is False:
        return Silent()
    if sys.stderr.isatty() or "ipykernel" in sys.modules:
        return Bar()
    return Lines()

"""How far learning is: work done goes in, shares of the whole come out, from which whoever shows them can tell the time left."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

#: Told how much is done and how much there is in all, in units of any size; the second is an estimate that gets better.
Progress = Callable[[float, float], None]


# What a merge costs besides its words, in symbols looked at: choosing it, and the pairs beside it.
_MERGE_COST: Final = 400
# How fast the words of a merge get fewer: as its number to the power of -1.15, measured on 100 MB of code up to 64k tokens.
_DECLINE: Final = 0.15


def part(progress: Progress | None, start: float, stop: float) -> Progress | None:
    """The progress of a part of the work, from one share of the whole to another."""
    if progress is None:
        return None
    return lambda done, total: progress(start + (stop - start) * done / max(total, 1e-9), 1.0)


class Clock:
    """Work done and work left: a merge costs its words, and these get fewer by a power law."""

    def __init__(self, progress: Progress | None, most: int) -> None:
        self._progress, self._most = progress, most
        self._seen: list[tuple[int, float]] = [(0, 0.0)]
        self._share = 0.0

    def tell(self, merges: int, symbols: int) -> None:
        """Report what is done; the share never falls."""
        if self._progress is None or merges == 0:
            return
        done = symbols + _MERGE_COST * merges
        self._seen.append((merges, done))
        # The rate of late: since the last report at which a tenth of the merges was still to come.
        before = [seen for seen in self._seen if seen[0] <= 0.9 * merges][-1]
        rate = max((done - before[1]) / (merges - before[0]) - _MERGE_COST, 0.0)
        fewer = (1 - (merges / self._most) ** _DECLINE) / _DECLINE
        left = rate * merges * fewer + _MERGE_COST * (self._most - merges)
        self._share = max(self._share, done / (done + left))
        self._progress(self._share, 1.0)

    def end(self) -> None:
        """Report the end."""
        if self._progress is not None:
            self._progress(1.0, 1.0)

"""From samples to rows: which parts stand in which row, and in which order.

What comes in: samples. What goes out: a `Plan`, which is all that writing the rows needs beside the parts. `best-fit` is
`rows.plan_rows`; `none` gives each sample a row of its own; `concat` is one stream, cut where a row is full (`concat.plan_concat`).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from codecorpus.fim.concat import plan_alone, plan_concat
from codecorpus.fim.emit import Placed
from codecorpus.fim.parts import Parts
from codecorpus.fim.rows import plan_rows
from codecorpus.fim.samples import Samples
from codecorpus.fragments import show_fields

Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Plan:
    """Rows as lists of parts.

    Attributes:
        order: int64[n], indexes of the parts: row by row, and in order within a row.
        offsets: int64[rows + 1], where each row begins in `order`.
        begins: bool[n], whether a sample begins there.
        ends: bool[n], whether a sample ends there.
        ranges: int64[n, 2], or of no rows; see `Placed.ranges`.
    """

    order: Ints
    offsets: Ints
    begins: npt.NDArray[np.bool_]
    ends: npt.NDArray[np.bool_]
    ranges: Ints

    _repr_html_ = show_fields

    @property
    def rows(self) -> int:
        """Number of rows."""
        return len(self.offsets) - 1

    def placed(self, parts: Parts, first: int = 0, stop: int | None = None) -> Placed:
        """The parts of some rows, `parts` being theirs alone and in their order."""
        stop = self.rows if stop is None else stop
        low, high = self.offsets[first], self.offsets[stop]
        row = np.repeat(np.arange(stop - first), np.diff(self.offsets[first : stop + 1]))
        ranges = self.ranges[low:high] if len(self.ranges) else None
        return Placed(parts, self.begins[low:high], self.ends[low:high], row, ranges)


def plan_samples(samples: Samples, sequence_length: int, *, method: str, seed: int) -> Plan:
    """Assign every sample to a row.

    Args:
        samples: of the whole corpus.
        sequence_length: tokens in a row, at most.
        method: `best-fit`, `concat` or `none`.
        seed: the run's seed.
    """
    if method == "concat":
        return _concat(samples, sequence_length, seed)
    if method == "none":
        rows = plan_alone(samples.lengths, sequence_length, seed=seed)
    else:
        rows = plan_rows(samples.lengths, sequence_length, seed=seed)
    order, ends_at = _parts_of(samples, rows.order)
    begins, ends = _borders(ends_at, len(order))
    return Plan(order, np.concatenate([[0], ends_at])[rows.offsets], begins, ends, np.empty((0, 2), np.int64))


def _parts_of(samples: Samples, order: Ints) -> tuple[Ints, Ints]:
    """The parts of these samples, in order, and where each sample ends among them."""
    sizes = np.diff(samples.offsets)[order]
    ends = np.cumsum(sizes)
    within = np.arange(int(sizes.sum())) - np.repeat(ends - sizes, sizes)
    return samples.order[np.repeat(samples.offsets[:-1][order], sizes) + within], ends


def _borders(ends_at: Ints, count: int) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
    begins, ends = np.zeros(count, np.bool_), np.zeros(count, np.bool_)
    begins[np.concatenate([[0], ends_at[:-1]])[: len(ends_at)]] = True
    ends[ends_at - 1] = True
    return begins, ends


def _concat(samples: Samples, sequence_length: int, seed: int) -> Plan:
    pieces = plan_concat(samples.lengths, samples.cuttable, sequence_length, seed=seed)
    order, ends_at = _parts_of(samples, pieces.samples)
    begins, ends = _borders(ends_at, len(order))
    sizes = np.diff(samples.offsets)[pieces.samples]
    # What is cut is one part; of the parts of others everything is written, which is what a range without end says.
    is_one = sizes == 1
    starts = np.where(is_one, pieces.starts, 0)
    stops = np.where(is_one, pieces.stops, np.iinfo(np.int64).max)
    ranges = np.repeat(np.stack([starts, stops], axis=1), sizes, axis=0)
    return Plan(order, np.concatenate([[0], ends_at])[pieces.offsets], begins, ends, ranges)

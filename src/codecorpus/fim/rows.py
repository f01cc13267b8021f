"""Which sample goes into which row: best-fit decreasing over all samples of a corpus, then a seeded shuffle.

What comes in: the lengths of all samples. What goes out: a `RowPlan`. Nothing is discarded, nothing is cut, every row fits.

Best-fit decreasing fills rows so well (4096 tokens, real code: as many rows as ceil(tokens / length)) that no better heuristic is
worth its time. Its price is order: it sorts by length. So samples of equal length are placed in a seeded order, rows are shuffled,
and samples are shuffled within their row. What remains is that short ones share rows with short ones, long ones stand alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from codecorpus.errors import UsageError
from codecorpus.fim import _kernels, draws
from codecorpus.fim._kernels_shuffle import shuffled
from codecorpus.fragments import show_fields


@dataclass(frozen=True, slots=True)
class RowPlan:
    """Rows as lists of samples.

    Attributes:
        sequence_length: tokens in a row, at most.
        order: int64[samples], indexes of the samples: row by row, and in order within a row.
        offsets: int64[rows + 1], where each row begins in `order`.
    """

    sequence_length: int
    order: npt.NDArray[np.int64]
    offsets: npt.NDArray[np.int64]

    _repr_html_ = show_fields

    @property
    def rows(self) -> int:
        """Number of rows."""
        return len(self.offsets) - 1

    def row_lengths(self, lengths: npt.NDArray[Any]) -> npt.NDArray[np.int64]:
        """int64[rows]: tokens in each row, from the lengths that were planned."""
        total = np.concatenate([[0], np.cumsum(lengths[self.order], dtype=np.int64)])
        return np.diff(total[self.offsets])

    def fill_rate(self, lengths: npt.NDArray[Any]) -> float:
        """Tokens / (rows x sequence length); 1 for an empty plan, which has nothing to pad."""
        return float(lengths.sum(dtype=np.int64)) / (self.rows * self.sequence_length) if self.rows else 1.0


def plan_rows(lengths: npt.NDArray[np.int32], sequence_length: int, *, seed: int) -> RowPlan:
    """Assign every sample to a row by best-fit decreasing, and shuffle rows and samples by seeded hashes.

    Args:
        lengths: int32[n], `Samples.lengths`; each from 1 to `sequence_length`.
        sequence_length: tokens in a row, at most.
        seed: the run's seed.

    Raises:
        UsageError: a sample is empty, or longer than a row.

    >>> plan = plan_rows(np.array([3, 2, 2, 1], dtype=np.int32), 4, seed=0)
    >>> plan.rows, sorted(plan.row_lengths(np.array([3, 2, 2, 1])).tolist())
    (2, [4, 4])
    """
    if len(lengths) and not (lengths.min() >= 1 and lengths.max() <= sequence_length):
        wrong = int(np.flatnonzero((lengths < 1) | (lengths > sequence_length))[0])
        raise UsageError(
            f"sample {wrong} has {lengths[wrong]} tokens and a row holds 1 to {sequence_length}",
            "Cut the documents for this sequence length first (fim.cut_documents).",
        )
    ties = shuffled(draws.counter_draws(len(lengths), draws.TIE_ORDER, seed=seed))
    decreasing, _ = _kernels.ordered_by_counting(ties, sequence_length - lengths, sequence_length)
    row_of = np.empty(len(lengths), dtype=np.int32)
    rows = _kernels.fill_rows(
        decreasing, lengths, sequence_length, _bit_set_levels(sequence_length + 1), row_of
    )
    place = np.empty(rows, dtype=np.int64)
    place[shuffled(draws.counter_draws(rows, draws.ROW_ORDER, seed=seed))] = np.arange(rows)
    # Another shuffle than the one of the ties: with the same, the longer one of a row came last in three rows of four.
    within = shuffled(draws.counter_draws(len(lengths), draws.PART_ORDER, seed=seed))
    order, offsets = _kernels.ordered_by_counting(within, place[row_of], rows)
    return RowPlan(sequence_length, order, offsets)


def _bit_set_levels(members: int) -> npt.NDArray[np.int64]:
    """Where each level of a bit set with 64 bits to a word begins, and where the last one ends.

    >>> _bit_set_levels(5000)
    array([ 0, 79, 81, 82])
    """
    borders = [0]
    while members > 1:
        members = -(-members // 64)
        borders.append(borders[-1] + members)
    return np.array(borders, dtype=np.int64)

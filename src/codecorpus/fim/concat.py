"""Rows without best-fit: `concat` fills every row by cutting, `none` gives every sample a row of its own.

What comes in: the lengths of all samples, and which of them may be cut. What goes out: a `PiecePlan`, or for `none` a `RowPlan`.

`concat` is what most trainers do, for comparison and for those who want no padding at all: samples in a seeded order are one stream, cut
where a row ends. With one difference: a sample that is transformed is never cut, for a triple without its end is worse than none.
It waits for the next row, and the next sample of the stream that can be cut fills the one at hand. Only where there is none left
the row is padded. So rows are padded at the end of the stream alone, as long as there is enough that can be cut; if nothing can be
cut, the rows are those of next-fit, which are emptier than `plan_rows`'s.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from codecorpus.errors import UsageError
from codecorpus.fim import _kernels_concat, draws
from codecorpus.fim._kernels_shuffle import shuffled
from codecorpus.fim.rows import RowPlan

#: Questions about a sample's number; those below 32 are `draws`', 32 is the mixture's.
STREAM_ORDER, ALONE_ORDER = 33, 34


@dataclass(frozen=True, slots=True)
class PiecePlan:
    """Rows as lists of pieces of samples.

    Attributes:
        sequence_length: tokens in a row, at most.
        samples: int64[pieces], the sample of each piece: row by row, and in order within a row.
        starts: int64[pieces], where each piece begins within its sample.
        stops: int64[pieces], where it ends.
        offsets: int64[rows + 1], where each row begins in the pieces.
    """

    sequence_length: int
    samples: NDArray[np.int64]
    starts: NDArray[np.int64]
    stops: NDArray[np.int64]
    offsets: NDArray[np.int64]

    @property
    def rows(self) -> int:
        """Number of rows."""
        return len(self.offsets) - 1

    def row_lengths(self) -> NDArray[np.int64]:
        """int64[rows]: tokens in each row."""
        total = np.concatenate([[0], np.cumsum(self.stops - self.starts)])
        return np.diff(total[self.offsets])

    def fill_rate(self) -> float:
        """Tokens / (rows x sequence length); 1 for an empty plan, which has nothing to pad."""
        tokens = int((self.stops - self.starts).sum())
        return tokens / (self.rows * self.sequence_length) if self.rows else 1.0


def plan_concat(
    lengths: NDArray[np.int32], cuttable: NDArray[np.bool_], sequence_length: int, *, seed: int
) -> PiecePlan:
    """Assign every token to a row, cutting samples where rows end.

    Args:
        lengths: int32[n], each at least 1; of a sample that cannot be cut at most `sequence_length`.
        cuttable: bool[n], whether a sample may be cut.
        sequence_length: tokens in a row, at most.
        seed: the run's seed.

    Raises:
        UsageError: a sample is empty, or cannot be cut and is longer than a row.

    >>> plan = plan_concat(np.array([3, 6], dtype=np.int32), np.array([False, True]), 4, seed=0)
    >>> plan.row_lengths().tolist(), sorted((plan.stops - plan.starts).tolist())
    ([4, 4, 1], [1, 1, 3, 4])
    """
    _check(lengths, np.asarray(cuttable), sequence_length)
    stream = shuffled(draws.counter_draws(len(lengths), STREAM_ORDER, seed=seed))
    size = len(lengths) + int(lengths.sum(dtype=np.int64)) // sequence_length
    pieces = np.empty((size, 3), dtype=np.int64)
    row_ends = np.empty(size + 1, dtype=np.int64)
    count, rows = _kernels_concat.concatenate(stream, lengths, cuttable, sequence_length, pieces, row_ends)
    samples, starts, stops = (np.ascontiguousarray(column) for column in pieces[:count].T)
    return PiecePlan(sequence_length, samples, starts, stops, np.concatenate([[0], row_ends[:rows]]))


def plan_alone(lengths: NDArray[np.int32], sequence_length: int, *, seed: int) -> RowPlan:
    """Give every sample a row of its own, in a seeded order.

    Args:
        lengths: int32[n], each from 1 to `sequence_length`.
        sequence_length: tokens in a row, at most.
        seed: the run's seed.

    Raises:
        UsageError: a sample is empty, or longer than a row.

    >>> plan_alone(np.array([3, 2, 2], dtype=np.int32), 4, seed=0).offsets.tolist()
    [0, 1, 2, 3]
    """
    _check(lengths, np.zeros(len(lengths), dtype=np.bool_), sequence_length)
    order = shuffled(draws.counter_draws(len(lengths), ALONE_ORDER, seed=seed))
    return RowPlan(sequence_length, order, np.arange(len(lengths) + 1))


def _check(lengths: NDArray[Any], cuttable: NDArray[np.bool_], sequence_length: int) -> None:
    wrong = np.flatnonzero((lengths < 1) | (~cuttable & (lengths > sequence_length)))
    if len(wrong):
        raise UsageError(
            f"sample {wrong[0]} has {lengths[wrong[0]]} tokens and a row holds 1 to {sequence_length}",
            "Split the documents for this sequence length first (fim.split_parts).",
        )

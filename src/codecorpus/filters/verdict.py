"""What one rule says about a batch of documents, as columns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Verdict:
    """The documents to which one rule applies.

    Attributes:
        code: of the rule.
        rows: int64, ascending: the documents of the batch.
        measured: float64 per row, NaN where nothing was measured.
        limit: float64 per row, NaN where there is none.
        details: one per row, or None.
        verdict: dropped, edited or flagged.
    """

    code: str
    rows: NDArray[np.int64]
    measured: NDArray[np.float64]
    limit: NDArray[np.float64]
    details: tuple[str | None, ...] | None = None
    verdict: str = "dropped"

    def __post_init__(self) -> None:
        if not len(self.rows) == len(self.measured) == len(self.limit) == len(self.details or self.rows):
            raise AssertionError(f"columns of {self.code} differ in length")


def verdict(
    code: str,
    applies: NDArray[np.bool_],
    *,
    measured: NDArray[np.float64] | None = None,
    limit: NDArray[np.float64] | None = None,
    details: Sequence[str | None] | None = None,
    action: str = "dropped",
) -> Verdict:
    """The documents for which `applies` is true; the other columns are given for the whole batch.

    >>> verdict("CC211", np.array([False, True]), measured=np.array([10.0, 99.0]), limit=np.array([50.0, 50.0])).measured.tolist()
    [99.0]
    """
    rows = np.flatnonzero(applies).astype(np.int64)
    nothing = np.full(len(rows), np.nan)
    return Verdict(
        code,
        rows,
        nothing if measured is None else measured[rows],
        nothing if limit is None else limit[rows],
        tuple(details[int(row)] for row in rows) if details else None,
        action,
    )

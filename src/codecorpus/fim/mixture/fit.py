"""How much of each cell: cells that meet the shares of several dimensions at once, as near to the corpus as that allows.

What comes in: the tokens of each *cell* (such as the tests in Go of at most 4,096 tokens) and *demands*: which cells make up each value of
a dimension, and the value's share. What goes out: tokens to take of each cell.

Among all ways to meet the demands, the one with the least relative entropy to the corpus: each cell's tokens times a factor for each of
its values, the limit of repetition where that is less. It is found by proportional fitting, one dimension after the other
(Deming and Stephan 1940; with limits, each step solves for the factor exactly). Near the largest budget that can be met fitting
slows down without bound; what is missing after `_ROUNDS` is made up from the linear program's solution, which always exists.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

_ROUNDS = 300
#: Shares are met to within this part of the budget before documents are chosen; what is promised is 1e-3.
_EXACT = 1e-6
_SMALLEST, _LARGEST = 1e-100, 1e100


@dataclass(frozen=True, slots=True)
class Demand:
    """What is asked of one dimension.

    Attributes:
        member: integer[cells], the value of each cell.
        shares: float64[values], summing to 1.
    """

    member: NDArray[Any]
    shares: Floats

    def sums(self, cells: Floats) -> Floats:
        """float64[values]: what the cells of each value add up to."""
        return np.bincount(self.member, cells, len(self.shares)).astype(np.float64)


def fit_cells(
    tokens: Floats, demands: Sequence[Demand], most: float, budget: float, fallback: Floats
) -> Floats:
    """Tokens to take of each cell.

    Args:
        tokens: float64[cells], what the corpus has; above 0.
        demands: one for each dimension that is asked for; none: the corpus as it is.
        most: how often a cell's tokens may be taken.
        budget: tokens in all; one that can be met.
        fallback: float64[cells], any solution for this budget.

    >>> tokens = np.array([60.0, 20.0, 10.0, 10.0])
    >>> by_language = Demand(np.array([0, 0, 1, 1]), np.array([0.5, 0.5]))
    >>> by_class = Demand(np.array([0, 1, 0, 1]), np.array([0.5, 0.5]))
    >>> fit_cells(tokens, [by_language, by_class], 4, 40, np.full(4, 10.0)).round(2).tolist()
    [12.68, 7.32, 7.32, 12.68]
    """
    if not demands:
        return np.asarray(tokens * (budget / tokens.sum()))
    factor = np.ones(len(tokens))
    cells, missing = fallback, np.inf
    for _ in range(_ROUNDS):
        for demand in demands:
            step = _step(tokens, factor, demand, most, budget)
            factor = np.clip(factor * step[demand.member], _SMALLEST, _LARGEST)
        cells = tokens * np.minimum(factor, most)
        missing = _missing(cells, demands, budget)
        if missing <= _EXACT:
            return cells
    kept = _EXACT / missing
    return kept * cells + (1 - kept) * fallback


def _missing(cells: Floats, demands: Sequence[Demand], budget: float) -> float:
    """The largest difference from an asked share."""
    return max(float(np.abs(demand.sums(cells) / budget - demand.shares).max()) for demand in demands)


def _step(tokens: Floats, factor: Floats, demand: Demand, most: float, budget: float) -> Floats:
    """float64[values]: by what the factors of each value's cells are multiplied, so that its sum is the one that is asked for.

    A cell beyond its limit gives what it has, and the others of its value more; each round fixes a cell at least; six were the
    most on 300 drawn problems.
    """
    step = np.ones(len(demand.shares))
    free = np.ones(len(tokens), dtype=np.bool_)
    while True:
        fixed = demand.sums(np.where(free, 0, tokens * most))
        loose = demand.sums(np.where(free, tokens * factor, 0))
        wanted = np.maximum(demand.shares * budget - fixed, 0)
        np.divide(wanted, loose, out=step, where=loose > 0)
        over = free & (factor * step[demand.member] > most)
        if not over.any():
            return step
        free &= ~over

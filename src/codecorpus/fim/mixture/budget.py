"""The largest budget that meets all shares at once, and which shares limit it.

What comes in: cells and demands, as in `fit`. What goes out: a `Budget`. With one dimension it is the scarcest value's tokens by
its share. With more it is a linear program: maximise the budget such that the cells of each value add up to its share of it, and no
cell is beyond its limit. The simplex method with bounded variables solves it from the solution "nothing" (Dantzig 1955), so that whatever
happens there is a solution; 2,500 cells of 307 values took 1,200 to 2,400 steps, 0.2 to 0.4 s.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from codecorpus.fim.mixture.fit import Demand, Floats

#: Each sum may be off by a little (in parts of the corpus, a different little for each), or most steps would gain nothing.
_SLACK = 1e-12
_TINY = 1e-12
#: A share that is further off than this is not met: then no budget at all meets it.
_OFF = 1e-5
_STEPS = 20_000


@dataclass(frozen=True, slots=True)
class Budget:
    """What the corpus allows.

    Attributes:
        tokens: the largest budget, 0 where no budget meets the shares.
        cells: float64[cells], a way to spend it.
        prices: for each demand float64[values], what one token more of a value would add to the budget; 0 for a value that does not
            limit it.
    """

    tokens: float
    cells: Floats
    prices: list[Floats]


def largest_budget(tokens: Floats, demands: Sequence[Demand], most: float) -> Budget:
    """The largest budget that meets all demands.

    Args:
        tokens: float64[cells], what the corpus has; above 0.
        demands: one for each dimension that is asked for.
        most: how often a cell's tokens may be taken.

    >>> demand = Demand(np.array([0, 1]), np.array([0.5, 0.5]))
    >>> largest_budget(np.array([900.0, 100.0]), [demand], 2.0).tokens
    400.0
    """
    limits = tokens * most
    if not demands:
        return Budget(float(limits.sum()), limits, [])
    if len(demands) == 1:
        return _of_one(limits, demands[0])
    return _of_several(limits, demands)


def _of_one(limits: Floats, demand: Demand) -> Budget:
    asked = demand.shares > 0
    has = demand.sums(limits)
    allowed = np.full(len(has), np.inf)
    allowed[asked] = has[asked] / demand.shares[asked]
    scarcest = int(np.argmin(allowed))
    budget = float(allowed[scarcest])
    prices = np.zeros(len(has))
    prices[scarcest] = 1 / demand.shares[scarcest]
    spent = np.zeros(len(has))
    np.divide(demand.shares * budget, has, out=spent, where=has > 0)
    return Budget(budget, limits * spent[demand.member], [prices])


def _of_several(limits: Floats, demands: Sequence[Demand]) -> Budget:
    scale = float(limits.sum())
    borders = np.concatenate([[0], np.cumsum([len(demand.shares) for demand in demands])])
    places = np.array([demand.member + first for demand, first in zip(demands, borders, strict=False)])
    spent, budget, all_prices = _maximised(
        places, np.concatenate([demand.shares for demand in demands]), limits / scale
    )
    spent = np.clip(spent, 0, limits / scale)
    prices = [all_prices[first:last] for first, last in pairwise(borders)]
    off = max(float(np.abs(demand.sums(spent) - demand.shares * budget).max()) for demand in demands)
    if off > _OFF * budget:
        return Budget(0.0, np.zeros(len(limits)), prices)
    return Budget(budget * scale, spent * scale, prices)


def _maximised(places: NDArray[np.int64], shares: Floats, limits: Floats) -> tuple[Floats, float, Floats]:
    """The linear program itself: one row for each value, whose variables are its cells, the budget, and the slack of the row.

    The inverse of the basis is kept and not the whole table of coefficients: that took three times as long.

    Args:
        places: int64[dimensions, cells], the rows in which a cell has a 1.
        shares: float64[rows], what the budget has there, negated.
        limits: float64[cells], summing to 1.

    Returns:
        The cells, the budget, and the price of each row: the optimum, or after `_STEPS` a solution that is less good.
    """
    cells, rows = len(limits), len(shares)
    slack = _SLACK * (1 + (np.arange(rows) * 0.618034) % 1)
    low, high = np.concatenate([np.zeros(cells + 1), -slack]), np.concatenate([limits, [2.0], slack])
    at = low.copy()
    at[cells + 1 :] = 0
    is_free = np.arange(len(at)) <= cells
    basis, inverse, prices = np.arange(cells + 1, len(at)), np.eye(rows), np.zeros(rows)
    for _ in range(_STEPS):
        gain = np.concatenate([-prices[places].sum(axis=0), [1 + (prices * shares).sum()], -prices])
        useful = np.where(is_free & ((gain > 0) == (at == low)), np.abs(gain), 0)
        entering = int(np.argmax(useful))
        if useful[entering] <= _TINY:
            break
        sign = 1.0 if gain[entering] > 0 else -1.0
        column = _column(inverse, places, shares, entering)
        leaving, step = _leaving(sign * column, at[basis], low[basis], high[basis])
        own = float(high[entering] - low[entering])
        at[basis] -= min(step, own) * sign * column
        if own <= step:
            at[entering] = high[entering] if sign > 0 else low[entering]
            continue
        at[entering] += sign * step
        left = basis[leaving]
        at[left] = low[left] if sign * column[leaving] > 0 else high[left]
        is_free[left], is_free[entering] = True, False
        _exchange(inverse, column, leaving)
        basis[leaving] = entering
        prices = inverse[basis == cells].sum(axis=0)
    return at[:cells], float(at[cells]), prices


def _exchange(inverse: Floats, column: Floats, row: int) -> None:
    """Write the inverse of the basis in which the variable with this column has taken a row's place."""
    inverse[row] /= column[row]
    others = column.copy()
    others[row] = 0
    inverse -= others[:, None] * inverse[row]


def _column(inverse: Floats, places: NDArray[np.int64], shares: Floats, variable: int) -> Floats:
    """float64[rows]: by how much the basis falls when a variable grows by 1."""
    cells = places.shape[1]
    if variable < cells:
        return np.asarray(inverse[:, places[:, variable]].sum(axis=1))
    if variable == cells:
        return np.asarray(
            -(inverse * shares).sum(axis=1)
        )  # not `@`: BLAS adds up in another order on another machine
    return inverse[:, variable - cells - 1].copy()


def _leaving(column: Floats, at: Floats, low: Floats, high: Floats) -> tuple[int, float]:
    """The row whose variable meets its bound first, the one with the largest coefficient of several; and after what step."""
    room = np.full(len(column), np.inf)
    falls, rises = column > _TINY, column < -_TINY
    room[falls] = (at[falls] - low[falls]) / column[falls]
    room[rises] = (high[rises] - at[rises]) / -column[rises]
    step = max(float(room.min()), 0.0)
    first = np.where(room <= step * (1 + 1e-12), np.abs(column), 0)
    return int(np.argmax(first)), step

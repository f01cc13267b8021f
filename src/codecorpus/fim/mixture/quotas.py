"""How many tokens of each cell are taken, and how many of each value at most.

What comes in: cells with what is asked. What goes out: `Quotas`, or a `UsageError` where the corpus has too little.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from codecorpus.fim.mixture.budget import largest_budget
from codecorpus.fim.mixture.cells import Cells
from codecorpus.fim.mixture.fit import Demand, Floats, fit_cells
from codecorpus.fim.mixture.options import MixtureOptions
from codecorpus.fim.mixture.refusal import refuse
from codecorpus.fim.mixture.shares import Counts, Dimension, filled


@dataclass(frozen=True, slots=True)
class Quotas:
    """What is to be taken.

    Attributes:
        budget: tokens in all.
        dimensions: with the shares that hold, which differ from what was asked where `short = "fill"`.
        wanted: float64[cells], tokens to take of each; -1 for a cell that is left out, with its empty documents.
        groups: int32[cells, kinds], the groups that each cell belongs to: all, its values that are asked for, and those cells that share
            these values.
        room: int64[groups], tokens to take of each group.
    """

    budget: int
    dimensions: tuple[Dimension, ...]
    wanted: Floats
    groups: NDArray[np.int32]
    room: Counts


def find_quotas(cells: Cells, options: MixtureOptions) -> Quotas:
    """Solve for the cells.

    Raises:
        UsageError: the corpus cannot give what is asked.
    """
    members = [dimension.member[cells.values[:, axis]] for axis, dimension in enumerate(cells.dimensions)]
    is_open = np.ones(len(cells.tokens), dtype=np.bool_)
    for dimension, member in zip(cells.dimensions, members, strict=True):
        if dimension.asked:
            is_open &= (member >= 0) & (dimension.shares[member] > 0)
    has = np.flatnonzero(is_open & (cells.tokens > 0))
    dimensions = cells.dimensions if options.short == "refuse" else _filled(cells, has, options)
    asked = [axis for axis, dimension in enumerate(dimensions) if dimension.asked]
    kinds, kind_of = _kinds([members[axis][has] for axis in asked], len(has))
    tokens = np.bincount(kind_of, cells.tokens[has], len(kinds)).astype(np.float64)
    demands = [Demand(kinds[:, place], dimensions[axis].shares) for place, axis in enumerate(asked)]
    budget, taken = _spend(cells, dimensions, demands, tokens, options)
    wanted = np.where(is_open, 0.0, -1.0)
    wanted[has] = cells.tokens[has] * (taken / tokens)[kind_of]
    groups = np.zeros((len(is_open), len(demands) + 2), dtype=np.int32)
    groups[has] = _groups(kinds, demands)[kind_of]
    room = _limits(demands, budget, options.max_repetition * tokens)
    return Quotas(budget, dimensions, wanted, groups, room)


def _kinds(members: Sequence[Counts], count: int) -> tuple[Counts, Counts]:
    """Cells that share all values that are asked for: int64[kinds, dimensions] of these values, and int64[cells], the kind of each."""
    columns = np.stack(members, axis=1) if members else np.zeros((count, 1), dtype=np.int64)
    kinds, kind_of = np.unique(columns, axis=0, return_inverse=True)
    return kinds, kind_of.reshape(-1)


def _filled(cells: Cells, has: Counts, options: MixtureOptions) -> tuple[Dimension, ...]:
    """The dimensions, with the shares that `short = "fill"` makes of what was asked."""
    budget = options.tokens or max(int(cells.tokens[has].sum()), 1)
    changed = []
    for axis, dimension in enumerate(cells.dimensions):
        most = dimension.has(cells.values[has, axis], cells.tokens[has]) * options.max_repetition
        shares = filled(dimension.shares, most / budget)
        if dimension.asked and shares.sum() < 1 - 1e-9:
            refuse(cells, options, options.tokens, int(most.sum()), [])
        changed.append(replace(dimension, shares=shares))
    return tuple(changed)


def _spend(
    cells: Cells,
    dimensions: tuple[Dimension, ...],
    demands: Sequence[Demand],
    tokens: Floats,
    options: MixtureOptions,
) -> tuple[int, Floats]:
    """The budget, and float64[kinds], what is taken of each kind of cell."""
    if len(tokens) == 0 and options.tokens is None and not demands:
        return 0, tokens
    allowed = largest_budget(tokens, demands, options.max_repetition)
    budget = options.tokens or int(min(allowed.tokens + 1e-6, tokens.sum()))
    if allowed.tokens < 1 or budget > allowed.tokens * (1 + 1e-9) + 1e-6:
        limits = [
            (price > 1e-6) | (demand.sums(tokens) == 0) & (demand.shares > 0)
            for price, demand in zip(allowed.prices, demands, strict=True)
        ]
        asked = [dimension for dimension in dimensions if dimension.asked]
        possible = int(allowed.tokens + 1e-6)
        refuse(cells, options, options.tokens, possible, list(zip(asked, limits, strict=True)))
    part = min(budget / allowed.tokens, 1.0)
    return budget, fit_cells(tokens, demands, options.max_repetition, budget, allowed.cells * part)


def _groups(kinds: Counts, demands: Sequence[Demand]) -> NDArray[np.int32]:
    """int32[kinds, demands + 2], the groups of each kind of cell: group 0 is all, then come the demands' values, then the kinds."""
    first = np.cumsum([1, *(len(demand.shares) for demand in demands)])
    own = np.arange(len(kinds))
    columns = [demand.member + start for demand, start in zip(demands, first, strict=False)]
    return np.stack([np.zeros_like(own), *columns, own + first[-1]], axis=1).astype(np.int32)


def _limits(demands: Sequence[Demand], budget: int, most: Floats) -> Counts:
    """The room of each group, in the order of `_groups`."""
    shares = [np.rint(demand.shares * budget) for demand in demands]
    return np.concatenate([[budget], *shares, np.floor(most + 1e-6)]).astype(np.int64)

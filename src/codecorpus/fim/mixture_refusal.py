"""Why a mixture cannot be had: what was asked, what the corpus has, what would be possible."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NoReturn

import numpy as np
from numpy.typing import NDArray

from codecorpus.errors import UsageError
from codecorpus.fim.mixture_cells import Cells
from codecorpus.fim.mixture_options import MixtureOptions
from codecorpus.fim.mixture_shares import Dimension

#: Lines of a message, at most.
_LINES = 10


def refuse(
    cells: Cells,
    options: MixtureOptions,
    budget: int | None,
    possible: int,
    scarce: Sequence[tuple[Dimension, NDArray[np.bool_]]],
) -> NoReturn:
    """Say that the corpus has too little.

    Args:
        cells: what it has, and what was asked.
        options: the mixture's.
        budget: tokens that were asked for, None for as many as there are.
        possible: the largest budget that meets the shares; 0 for none.
        scarce: for each dimension that is asked for, bool[asked]: whether a value limits the budget.

    Raises:
        UsageError: always.
    """
    times = f", {options.max_repetition:g} times at most" if options.max_repetition > 1 else ""
    what = (
        "the shares of [mixture] cannot be met" if scarce else "[mixture] asks for more than the corpus has"
    )
    what += f" with {budget:,} tokens" if budget is not None else ""
    what += f"; {possible:,} tokens are possible" if possible else ", with no budget whatever"
    lines = _short_lines(cells, options, budget or max(possible, 1), scarce)
    if not lines:
        lines = [f"the corpus has {int(cells.tokens.sum()):,} tokens{times}"]
    more = [f"and {len(lines) - _LINES} more"] if len(lines) > _LINES else []
    advice = ["lower mixture.tokens"] if possible and budget is not None else []
    advice += ["raise mixture.max_repetition"] if possible else []
    advice += ["ask for other shares"] if scarce else []
    if scarce and options.short == "refuse":
        advice.append('set mixture.short = "fill"' + (" with a budget" if budget is None else ""))
    hint = ", or ".join(advice)
    raise UsageError(
        what, "\n".join([*(f"  {line}" for line in lines[:_LINES] + more), hint[:1].upper() + hint[1:] + "."])
    )


def _short_lines(
    cells: Cells, options: MixtureOptions, budget: int, scarce: Sequence[tuple[Dimension, NDArray[Any]]]
) -> list[str]:
    """A line for each value that has less than is asked of it, or else for those that limit each other."""
    alone, together = [], []
    axes = {dimension.name: axis for axis, dimension in enumerate(cells.dimensions)}
    for dimension, limits in scarce:
        has = dimension.has(cells.values[:, axes[dimension.name]], cells.tokens)
        for value, share, tokens, is_scarce in zip(
            dimension.asked, dimension.shares, has, limits, strict=True
        ):
            most = float(tokens) * options.max_repetition
            line = (
                f"{dimension.name} {value}: asked {share:.4%} = {round(share * budget):,} tokens; the corpus has {tokens:,}"
                + (
                    f", {options.max_repetition:g} times = {round(most):,}"
                    if options.max_repetition > 1
                    else ""
                )
                + f" = {most / budget:.4%}"
            )
            if share * budget > most + 0.5:
                alone.append(line)
            elif is_scarce:
                together.append(f"{line}, but too little with the other shares at once")
    return alone or together

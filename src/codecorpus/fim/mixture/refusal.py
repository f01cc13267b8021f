"""Why a mixture cannot be had: what was asked, what the corpus has, what would be possible."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NoReturn

import numpy as np
from numpy.typing import NDArray

from codecorpus.errors import UsageError
from codecorpus.fim.mixture.cells import Cells
from codecorpus.fim.mixture.options import MixtureOptions
from codecorpus.fim.mixture.shares import Dimension

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
    lines = _short_lines(cells, options, budget or possible, scarce)
    if not lines:
        most = f", {options.max_repetition:g} times at most" if options.max_repetition > 1 else ""
        lines = [f"the corpus has {int(cells.tokens.sum()):,} tokens{most}"]
    more = [f"and {len(lines) - _LINES} more"] if len(lines) > _LINES else []
    text = [f"  {line}" for line in [*lines[:_LINES], *more]]
    raise UsageError(
        _what(budget, possible, bool(scarce)),
        "\n".join(text + _advice(options, budget, possible, bool(scarce))),
    )


def _what(budget: int | None, possible: int, has_shares: bool) -> str:
    if not has_shares:
        asked = f"mixture.tokens = {budget} is more" if budget else "[mixture] asks for more"
        return f"{asked} than the corpus has; {possible:,} tokens are possible"
    most = f"; {possible:,} tokens are possible" if possible else ", and with no other budget either"
    return "the shares of [mixture] cannot be met" + (
        f" with {budget:,} tokens{most}" if budget else " with any budget"
    )


def _advice(options: MixtureOptions, budget: int | None, possible: int, has_shares: bool) -> list[str]:
    """What to do, in one line; none where the corpus is empty."""
    advice = ["lower mixture.tokens", "raise mixture.max_repetition"] if possible and budget else []
    advice += ["ask for other shares"] if has_shares else []
    if has_shares and options.short == "refuse":
        advice.append('set mixture.short = "fill"')
    line = ", or ".join(advice)
    return [f"{line[0].upper()}{line[1:]}."] if line else []


def _short_lines(
    cells: Cells, options: MixtureOptions, budget: int, scarce: Sequence[tuple[Dimension, NDArray[np.bool_]]]
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
            line = f"{dimension.name} {value}: asked {share * 100:.4g} %"
            line += f" = {round(share * budget):,} tokens" if budget else ""
            line += f"; the corpus has {tokens:,}"
            line += (
                f", and {options.max_repetition:g} times that is {round(most):,}"
                if options.max_repetition > 1
                else ""
            )
            line += f" = {100 * most / budget:.4g} %" if budget else ""
            if share > 0 and (most == 0 or share * budget > most + 0.5):
                alone.append(line)
            elif is_scarce:
                together.append(f"{line}, but too little of it with the other shares at once")
    return alone or together

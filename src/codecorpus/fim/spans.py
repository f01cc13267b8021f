"""Where a part is cut: two token positions, so that the middle lies between them.

What comes in: parts' sizes and their draws. What goes out: int64[n, 2], `prefix = [0, a)`, `middle = [a, b)`, `suffix = [b, n)`. Prefix and
suffix may be empty, as they are where a user types at the start or end of a file; a middle never is.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from codecorpus.fim import draws
from codecorpus.fim.options import FimOptions


def largest_middles(tokens: npt.NDArray[Any], options: FimOptions) -> npt.NDArray[np.int64]:
    """int64[n]: the most tokens that a middle may have in parts of these sizes."""
    return np.floor(tokens * options.max_middle_share).astype(np.int64)


def can_be_cut(tokens: npt.NDArray[Any], options: FimOptions) -> npt.NDArray[np.bool_]:
    """bool[n]: whether a middle of an allowed size exists."""
    return largest_middles(tokens, options) >= options.min_middle


def choose_cuts(
    tokens: npt.NDArray[Any], part_draws: draws.Draws, options: FimOptions
) -> npt.NDArray[np.int64]:
    """Draw one pair of cuts for each part, all allowed pairs being equally likely.

    A part of n tokens has n - s + 1 middles of size s. The counts of the smallest and the largest allowed size, of the next smallest and
    next largest, and so on, have the same sum; so the pairs fill a rectangle exactly twice, and one integer draw picks a pair: no
    rejection, no loop, no floating point.

    Args:
        tokens: integer[n], tokens of each part; every one passes `can_be_cut`.
        part_draws: uint64[n], from `draws.part_draws`.
        options: `min_middle` and `max_middle_share`.

    Returns:
        int64[n, 2]: start and stop of the middle within the part, `0 <= start < stop <= tokens`.

    >>> part = np.array([6])
    >>> start, stop = choose_cuts(part, np.array([1], dtype=np.uint64), FimOptions())[0]
    >>> bool(0 <= start < stop <= 6)
    True
    """
    size = tokens.astype(np.int64)
    smallest = np.int64(options.min_middle)
    largest = largest_middles(tokens, options)
    sizes = largest - smallest + 1
    width = (size - smallest + 1) + (size - largest + 1)
    drawn = (draws.drawn(part_draws, draws.CUTS) % (sizes * width).astype(np.uint64)).astype(np.int64)
    row, column = drawn // width, drawn % width
    starts_in_row = size - smallest + 1 - row
    is_small = column < starts_in_row
    middle = np.where(is_small, smallest + row, largest - row)
    start = np.where(is_small, column, column - starts_in_row)
    return np.stack([start, start + middle], axis=1)

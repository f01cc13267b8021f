"""Which middle: of what kind, and from where to where.

What comes in: parts' sizes and their draws. What goes out: cuts, so that a part is prefix, middle and suffix. Prefix and suffix may be
empty, as they are where a user types at the start or end of a file; a middle never is.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from codecorpus.fim import draws
from codecorpus.fim.options import FimOptions

#: Kinds of spans by code, the number stored in the `span` column; names as in `fim.<name>_spans`.
SPANS = ("token", "character", "line", "syntax")
TOKEN, CHARACTER, LINE, SYNTAX = range(4)


def choose_kinds(part_draws: draws.Draws, options: FimOptions) -> npt.NDArray[np.int8]:
    """int8[n]: the kind of span that each part's middle should be, drawn by weight.

    >>> choose_kinds(np.arange(4, dtype=np.uint64), FimOptions(character_spans=0, line_spans=0)).tolist()
    [3, 3, 3, 3]
    """
    weights = np.array(options.span_weights)
    if not weights.any():  # nothing is transformed
        return np.zeros(len(part_draws), np.int8)
    borders = np.cumsum(weights) / weights.sum()
    kinds = np.searchsorted(borders, draws.uniform(part_draws, draws.SPAN_KIND), side="right")
    return np.minimum(kinds, int(np.flatnonzero(weights)[-1])).astype(np.int8)


def largest_middles(tokens: npt.NDArray[Any], options: FimOptions) -> npt.NDArray[np.int64]:
    """int64[n]: the most tokens that a middle may have in parts of these sizes."""
    largest = np.floor(tokens * options.max_middle_share).astype(np.int64)
    return largest if options.max_middle is None else np.minimum(largest, options.max_middle)


def can_be_cut(tokens: npt.NDArray[Any], options: FimOptions) -> npt.NDArray[np.bool_]:
    """bool[n]: whether a middle of an allowed size exists."""
    return largest_middles(tokens, options) >= options.min_middle


def byte_limits(
    sizes: npt.NDArray[np.int64], tokens: npt.NDArray[Any], options: FimOptions
) -> npt.NDArray[np.int64]:
    """int64[n, 2]: bytes that a middle should have, at least and at most, in parts of these bytes and tokens.

    Limits are in tokens, and how many tokens a middle becomes is known when it is encoded; so these are what its part has on average, and
    what comes out is checked.
    """
    ratio = sizes / np.maximum(tokens, 1)
    smallest = np.ones(len(sizes)) if options.min_middle == 1 else np.ceil(options.min_middle * ratio)
    return np.stack([smallest, np.floor(largest_middles(tokens, options) * ratio)], axis=1).astype(np.int64)


def choose_cuts(
    tokens: npt.NDArray[Any], part_draws: draws.Draws, options: FimOptions
) -> npt.NDArray[np.int64]:
    """Draw one pair of cuts between tokens for each part, all allowed pairs being equally likely.

    A part of n tokens has n - s + 1 middles of size s. The counts of the smallest and the largest allowed size, of the next smallest and
    next largest, and so on, have the same sum; so the pairs fill a rectangle exactly twice, and one integer draw picks a pair: no
    rejection, no loop, no floating point.

    Args:
        tokens: integer[n], tokens of each part; every one passes `can_be_cut`.
        part_draws: uint64[n], from `draws.part_draws`.
        options: `min_middle`, `max_middle` and `max_middle_share`.

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

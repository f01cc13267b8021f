"""Loops over ordered parts: which of them fit a sequence together."""

from __future__ import annotations

from typing import Any

from numba import njit


@njit(cache=True, nogil=True)
def fill_samples(
    order: Any,
    groups: Any,
    opens: Any,
    bodies: Any,
    joints: Any,
    closes: Any,
    capacity: int,
    begins: Any,
    lengths: Any,
) -> int:
    """Take parts in order into a sample until the next one does not fit, or is of another group.

    Args:
        order: int64[n], the parts.
        groups: integer[n], by part.
        opens: int64[n], tokens before a part that begins a sample, by part.
        bodies: int64[n], tokens of a part.
        joints: int64[n], tokens after a part that another one follows.
        closes: int64[n], tokens after the last part.
        capacity: tokens of a sample, at most.
        begins: bool[n], written: whether a sample begins with this part, by place in `order`.
        lengths: int32[n], written: tokens of each sample.

    Returns:
        The number of samples.
    """
    count, length = 0, 0  # the length without what closes
    for place in range(len(order)):
        part = order[place]
        begins[place] = True
        if place > 0:
            last = order[place - 1]
            longer = length + joints[last] + bodies[part]
            if groups[last] == groups[part] and longer + closes[part] <= capacity:
                begins[place] = False
                length = longer
            else:
                lengths[count - 1] = length + closes[last]
        if begins[place]:
            length = opens[part] + bodies[part]
            count += 1
    if count > 0:
        lengths[count - 1] = length + closes[order[len(order) - 1]]
    return count

"""The loop over nodes that finds complete subtrees."""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

# As in `codecorpus.parse.roles`; a test compares them.
_COMMENT, _STRING, _NAMED = 1 << 0, 1 << 1, 1 << 23
_ERROR_KIND = 0xFFFF


@njit(cache=True, nogil=True)
def subtrees(tree: Any, roles: Any, missing: Any, skipped: Any, shortest: int) -> Any:
    """bool[nodes]: whether a node is a complete subtree. See `codecorpus.parse.subtrees`.

    Args:
        tree: kinds, starts, ends, depths, parents, in document order: parents before children.
        roles: uint32[nodes].
        missing: bool[nodes], tokens that the parser made up.
        skipped: bool[65,536], kinds that are left out.
        shortest: bytes, at least.
    """
    kinds, starts, ends, _, parents = tree
    count = len(kinds)
    has_child, is_broken, is_inside = (
        np.zeros(count, np.bool_),
        np.zeros(count, np.bool_),
        np.zeros(count, np.bool_),
    )
    for node in range(count - 1, 0, -1):
        parent = parents[node]
        has_child[parent] = True
        if is_broken[node] or missing[node] or kinds[node] == _ERROR_KIND:
            is_broken[node] = True
            is_broken[parent] = True
    kept = np.zeros(count, np.bool_)
    for node in range(1, count):
        parent = parents[node]
        is_inside[node] = is_inside[parent] or roles[parent] & (_COMMENT | _STRING) != 0
        size = ends[node] - starts[node]
        kept[node] = (
            has_child[node]
            and not is_broken[node]
            and not is_inside[node]
            and not skipped[kinds[node]]
            and roles[node] & _NAMED != 0
            and roles[node] & (_COMMENT | _STRING) == 0
            and size >= shortest
            and size < ends[parent] - starts[parent]
        )
    return kept

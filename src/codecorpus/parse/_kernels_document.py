"""Everything that is counted on one tree, in one call: entering a kernel with this many arrays costs 10 microseconds. numpy and numba only."""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

from codecorpus.parse._kernels_comments import code_comment_lines
from codecorpus.parse._kernels_picks import count_picks
from codecorpus.parse._kernels_tree import CODE_COMMENT_LINES, roles_of, tree_counts

U8 = NDArray[np.uint8]
U32 = NDArray[np.uint32]
I64 = NDArray[np.int64]
Flags = NDArray[np.bool_]


@njit(cache=True, nogil=True)
def count_document(
    tree: tuple[Any, ...],
    missing: Flags,
    source: U8,
    roles: U32,
    table: tuple[Any, ...],
    size: int,
    stubs: int,
    import_names: U8,
) -> tuple[I64, I64]:
    """Count everything on the tree of one document.

    Args:
        tree: kinds uint16, starts int32, ends int32, depths int32, parents int32; one per node, in document order.
        missing: bool per node.
        source: uint8, the document.
        roles: uint32 per kind.
        table: the arrays of a `PickTable`.
        size: its counters.
        stubs: its counter of what says "not written yet".
        import_names: uint8, names of the calls that import, each between NUL bytes.

    Returns:
        (int64[31], the columns of `tree_counts`; int64[size], the counters of the picks).
    """
    role = roles_of(tree[0], roles)
    picked, is_stub = count_picks(tree, role, source, table, size, stubs)
    counts = tree_counts(tree, role, missing, is_stub, source, import_names)
    counts[CODE_COMMENT_LINES] = code_comment_lines(tree, role, source)
    return counts, picked

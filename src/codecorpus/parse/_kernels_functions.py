"""The loop over functions: how long they are, what is in their bodies, how they are named, whether somebody says what they do.

Plain arrays in, plain arrays out; numpy and numba only. Columns, roles and facts are those of `_kernels_tree`, repeated here, because
numba's cache does not notice a change of what another file defines; a test compares them. The obvious twin is in `tests/naive_tree.py`.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

U8 = NDArray[np.uint8]
U32 = NDArray[np.uint32]
I32 = NDArray[np.int32]
I64 = NDArray[np.int64]
Flags = NDArray[np.bool_]
#: kinds uint16, starts int32, ends int32, depths int32, parents int32.
Tree = tuple[Any, ...]

# Columns of the counts.
FUNCTION_LINES, MAX_FUNCTION_LINES = 18, 19
BLOCK_FUNCTIONS, EMPTY_FUNCTIONS, SIMPLE_FUNCTIONS, ACCESSORS, DOCUMENTED_FUNCTIONS, LINES = (
    24,
    25,
    26,
    27,
    28,
    30,
)
# Roles.
_COMMENT, _IDENTIFIER, _BLOCK, _PARAMETERS = 1 << 0, 1 << 2, 1 << 13, 1 << 20
_TRIVIAL, _ELIDED, _NAMED = 1 << 21, 1 << 22, 1 << 23
# Facts.
IS_FUNCTION, IS_STATEMENT, IS_DOCSTRING, HAS_DOCSTRING = 1, 2, 4, 8
_WRAPPER = 20  # a function with as many inside it is the scope of a module


@njit(cache=True, nogil=True)
def line_starts(source: U8) -> I32:
    """Offset of the first byte of each line; a line ends with LF, and what follows the last one is a line if it is not empty."""
    count = 0
    for byte in source:
        count += byte == 10
    starts = np.empty(count + 1, np.int32)
    starts[0] = 0
    line = 1
    for at in range(len(source)):
        if source[at] == 10:
            starts[line] = at + 1
            line += 1
    return starts if len(source) and source[-1] != 10 else starts[:count]


@njit(cache=True, nogil=True)
def _line_at(starts: I32, offset: int) -> int:
    """The line that holds the byte at `offset`."""
    low, high = 0, len(starts)
    while low < high:
        middle = (low + high) // 2
        if starts[middle] <= offset:
            low = middle + 1
        else:
            high = middle
    return max(low - 1, 0)


@njit(cache=True, nogil=True)
def _block_owner(node: int, parents: I32, role: U32) -> int:
    """What the block around a statement belongs to; blocks that stand right in one another are one."""
    owner: int = parents[node]
    while owner >= 0 and role[owner] & _BLOCK:
        owner = parents[owner]
    return owner


@njit(cache=True, nogil=True)
def _is_trivial(node: int, tree: Tree, role: U32, facts: U8) -> bool:
    """Whether a statement does nothing: `pass`, `;`, a docstring."""
    inner = node + 1
    is_docstring = inner < len(role) and facts[inner] & IS_DOCSTRING != 0 and tree[4][inner] == node
    return role[node] & _TRIVIAL != 0 or is_docstring


@njit(cache=True, nogil=True)
def body_sizes(tree: Tree, role: U32, facts: U8) -> I32:
    """Statements right in the body of each function that do something; negative for what is no function or has no block.

    A function whose body is `...` is a declaration, and has none.
    """
    _, _, _, _, parents = tree
    sizes = np.full(len(role), -1, np.int32)
    for node in range(len(role)):
        if role[node] & _BLOCK:
            owner = parents[node]
            if owner >= 0 and facts[owner] & IS_FUNCTION and sizes[owner] == -1:
                sizes[owner] = 0
        if facts[node] & IS_STATEMENT:
            owner = _block_owner(node, parents, role)
            if owner < 0 or not facts[owner] & IS_FUNCTION or sizes[owner] < 0:
                continue
            if node + 1 < len(role) and role[node + 1] & _ELIDED and parents[node + 1] == node:
                sizes[owner] = -2  # and stays so
            else:
                sizes[owner] += not _is_trivial(node, tree, role, facts)
    return sizes


@njit(cache=True, nogil=True)
def _is_accessor_name(source: U8, start: int, end: int) -> bool:
    """`getX`, `set_x`, `GetX`: one of the two words, and then something that starts a new word."""
    if end - start < 4:
        return False
    first, second, third = source[start] | 0x20, source[start + 1] | 0x20, source[start + 2] | 0x20
    after = source[start + 3]
    starts_word = after == 95 or 65 <= after <= 90
    is_verb: bool = (first == 103 or first == 115) and second == 101 and third == 116
    return is_verb and starts_word


@njit(cache=True, nogil=True)
def _name_of(node: int, tree: Tree, role: U32) -> int:
    """The identifier right before the parameters of a function, else the first one right in it; -1: none.

    The type of the result comes before the name in Java, C# and C, the receiver in Go.
    """
    _, _, _, depths, parents = tree
    first = -1
    at = node + 1
    while at < len(role) and depths[at] > depths[node]:
        inner = parents[at]
        if inner == node and role[at] & _BLOCK:
            return first
        if at - 1 > node and role[at] & _PARAMETERS and role[at - 1] & _IDENTIFIER:
            return at - 1
        is_near = inner == node or (parents[inner] == node and not role[inner] & (_BLOCK | _PARAMETERS))
        if first < 0 and role[at] & _IDENTIFIER and is_near:
            first = at
        at += 1
    return first


@njit(cache=True, nogil=True)
def _named_before(node: int, parents: I32, role: U32) -> int:
    """The named child of the same parent right before; -1: none. What stands right before a node is inside a sibling, or the parent."""
    parent = parents[node]
    at: int = node - 1
    while at != parent:
        while parents[at] != parent:
            at = parents[at]
        if role[at] & _NAMED:
            return at
        at -= 1
    return -1


@njit(cache=True, nogil=True)
def _follows_comment(node: int, parents: I32, role: U32) -> bool:
    """Whether a comment stands right before a function, or before the export, decorator or declaration whose one thing it is."""
    for _ in range(4):
        if parents[node] < 0:
            return False
        before = _named_before(node, parents, role)
        if before >= 0 and role[before] & _COMMENT:
            return True
        node = parents[node]
        if role[node] & _BLOCK:
            return False
    return False


@njit(cache=True, nogil=True)
def count_functions(
    tree: Tree, role: U32, facts: U8, owners: I32, stubs: Flags, source: U8, counts: I64
) -> None:
    """Functions by their length, body, name and documentation.

    Args:
        tree: of the document.
        role: of each node.
        facts: of each node.
        owners: of each node, as `owners_of`.
        stubs: bool per node: it says that something is not written yet.
        source: uint8, the document.
        counts: int64[31], to add to.
    """
    _, starts, ends, _, parents = tree
    lines = line_starts(source)
    sizes = body_sizes(tree, role, facts)
    is_stubbed = np.zeros(len(role), np.bool_)  # of functions alone
    for node in range(len(role)):
        if stubs[node] and owners[node] >= 0:
            is_stubbed[owners[node]] = True
    counts[LINES] += len(lines)
    last_line = -1  # the last line of a function so far: a line counts once
    own = np.zeros(len(role), np.int32)  # lines of each function without those of functions inside it
    inside = np.zeros(len(role), np.int32)  # functions right inside each one
    for node in range(len(role)):
        if not facts[node] & IS_FUNCTION:
            continue
        outer = owners[parents[node]] if parents[node] >= 0 else -1
        first, last = _line_at(lines, starts[node]), _line_at(lines, max(ends[node] - 1, starts[node]))
        own[node] += last - first + 1
        if outer >= 0:
            own[outer] -= last - first
            inside[outer] += 1
        counts[FUNCTION_LINES] += max(0, last - max(first, last_line + 1) + 1)
        last_line = max(last_line, last)
        is_documented = facts[node] & HAS_DOCSTRING != 0 or _follows_comment(node, parents, role)
        counts[DOCUMENTED_FUNCTIONS] += is_documented
        if sizes[node] < 0:
            continue
        counts[BLOCK_FUNCTIONS] += 1
        is_stub = sizes[node] == 1 and is_stubbed[node]
        counts[EMPTY_FUNCTIONS] += (sizes[node] == 0 or is_stub) and not is_documented
        if sizes[node] == 1 and not is_stub:
            counts[SIMPLE_FUNCTIONS] += 1
            name = _name_of(node, tree, role)
            counts[ACCESSORS] += name >= 0 and _is_accessor_name(source, starts[name], ends[name])
    for node in range(len(role)):
        if facts[node] & IS_FUNCTION and inside[node] < _WRAPPER:
            counts[MAX_FUNCTION_LINES] = max(counts[MAX_FUNCTION_LINES], own[node])

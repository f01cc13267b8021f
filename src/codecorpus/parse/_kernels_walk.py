"""The compiled walk: a syntax tree in the parser's own memory → flat arrays. numpy and numba only.

tree-sitter has no bulk export, and its binding makes a Python object for every node that is looked at. This kernel follows the
parser's structs instead (`Subtree` in lib/src/subtree.h of tree-sitter 0.25 and 0.26, `TSLanguage` in lib/src/parser.h). That layout is
private: `codecorpus.parse.walk` decides whether it may be trusted, and tests it against the public interface before its first use.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from llvmlite import ir
from numba import njit, types
from numba.extending import intrinsic
from numpy.typing import NDArray

U16 = NDArray[np.uint16]
I32 = NDArray[np.int32]
I64 = NDArray[np.int64]
Flags = NDArray[np.bool_]

#: What `walk` returns where the memory does not hold what it should.
BROKEN = -1


def _loader(bits: int) -> Any:
    """An intrinsic that reads an unsigned number of `bits` at an address and widens it to int64."""

    @intrinsic
    def load(_context: Any, _address: Any) -> Any:
        def generate(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
            pointer = builder.inttoptr(arguments[0], ir.IntType(bits).as_pointer())
            number = builder.load(pointer)
            return number if bits == 64 else builder.zext(number, ir.IntType(64))

        return types.int64(types.int64), generate

    return load


_load8, _load16, _load32, _load64 = _loader(8), _loader(16), _loader(32), _loader(64)

# Offsets into the structs, in bytes.
_TREE_ROOT, _TREE_LANGUAGE = 0, 8
_PADDING, _SIZE, _CHILD_COUNT, _SYMBOL, _BITS, _MORE_BITS, _PRODUCTION = 4, 16, 36, 40, 44, 45, 66
_MAX_ALIASES, _PUBLIC_SYMBOLS, _ALIASES = 36, 112, 128
# A subtree is its own value where the lowest bit is set, and the address of a struct otherwise.
_IS_INLINE, _INLINE_VISIBLE, _INLINE_EXTRA, _INLINE_MISSING = 1, 2, 8, 32
_VISIBLE, _EXTRA, _MISSING = 1, 4, 2
_ERROR_SYMBOL = 0xFFFF
# Columns of the stack: address of the first child, children, the next child, the next child that is no extra, address of
# the aliases, depth and number of the nearest node that is visible.
_FIRST, _COUNT, _NEXT, _STRUCTURAL, _ALIAS, _DEPTH, _NODE = range(7)


@njit(cache=True, nogil=True)
def _grown(stack: I64) -> I64:
    """The same rows in an array of twice the length."""
    more = np.empty((2 * len(stack), stack.shape[1]), np.int64)
    for row in range(len(stack)):
        for column in range(stack.shape[1]):
            more[row, column] = stack[row, column]
    return more


@njit(cache=True, nogil=True)
def walk(tree: int, kinds: U16, starts: I32, ends: I32, depths: I32, parents: I32, missing: Flags) -> int:
    """Fill one entry per visible node, in document order, parents before children.

    Args:
        tree: address of a `TSTree`, which has to stay alive and unedited.
        kinds: uint16, to fill; all six have one entry per node that the parser counted.
        starts: int32, to fill.
        ends: int32, to fill.
        depths: int32, to fill.
        parents: int32, to fill; -1 for the root.
        missing: bool, to fill.

    Returns:
        The number of nodes, or `BROKEN` where it is not that of the entries.
    """
    root, language = _load64(tree + _TREE_ROOT), _load64(tree + _TREE_LANGUAGE)
    public = _load64(language + _PUBLIC_SYMBOLS)
    if root & _IS_INLINE or len(kinds) == 0:
        return BROKEN
    symbol = _load16(root + _SYMBOL)
    at = _load32(root + _PADDING)
    kinds[0] = symbol if symbol == _ERROR_SYMBOL else _load16(public + 2 * symbol)
    starts[0], ends[0], depths[0], parents[0], missing[0] = at, at + _load32(root + _SIZE), 0, -1, False
    stack = np.empty((256, 7), np.int64)
    count, level = 1, -1
    entered, depth, node = root, 0, 0  # the subtree that is entered next; 0: none
    while True:
        if entered:
            level += 1
            stack = _grown(stack) if level == len(stack) else stack
            children, production = _load32(entered + _CHILD_COUNT), _load16(entered + _PRODUCTION)
            aliases = _load64(language + _ALIASES) + 2 * production * _load16(language + _MAX_ALIASES)
            stack[level, _FIRST], stack[level, _COUNT] = entered - 8 * children, children
            stack[level, _NEXT], stack[level, _STRUCTURAL] = 0, 0
            stack[level, _ALIAS] = aliases if production else 0
            stack[level, _DEPTH], stack[level, _NODE] = depth, node
            entered = 0
        if level < 0:
            break
        index = stack[level, _NEXT]
        if index == stack[level, _COUNT]:
            level -= 1
            continue
        stack[level, _NEXT] = index + 1
        child = _load64(stack[level, _FIRST] + 8 * index)
        if child & _IS_INLINE:
            is_visible, is_extra = child & _INLINE_VISIBLE != 0, child & _INLINE_EXTRA != 0
            is_missing = child & _INLINE_MISSING != 0
            symbol, padding, size = (child >> 8) & 0xFF, (child >> 48) & 0xFF, (child >> 56) & 0xFF
            children = 0
        else:
            bits = _load8(child + _BITS)
            is_visible, is_extra = bits & _VISIBLE != 0, bits & _EXTRA != 0
            is_missing = _load8(child + _MORE_BITS) & _MISSING != 0
            symbol, children = _load16(child + _SYMBOL), _load32(child + _CHILD_COUNT)
            padding, size = _load32(child + _PADDING), _load32(child + _SIZE)
        if index > 0:  # the white space before the first child stands before the parent already
            at += padding
        if not is_extra:
            alias = 0
            if stack[level, _ALIAS] != 0:
                alias = _load16(stack[level, _ALIAS] + 2 * stack[level, _STRUCTURAL])
            stack[level, _STRUCTURAL] += 1
            if alias != 0:
                symbol, is_visible = alias, True
        depth, node = stack[level, _DEPTH], stack[level, _NODE]
        if is_visible:
            if count == len(kinds):
                return BROKEN
            kinds[count] = symbol if symbol == _ERROR_SYMBOL else _load16(public + 2 * symbol)
            starts[count], ends[count] = at, at + size
            depth += 1
            depths[count], parents[count], missing[count] = depth, node, is_missing
            node = count
            count += 1
        if children:
            entered = child
        else:
            at += size
    return count if count == len(kinds) else BROKEN


@njit(cache=True, nogil=True)
def depths_of(parents: I32, depths: I32) -> None:
    """Fill in the depth of each node from its parent's, which stands before it."""
    for node in range(len(parents)):
        depths[node] = depths[parents[node]] + 1 if parents[node] >= 0 else 0

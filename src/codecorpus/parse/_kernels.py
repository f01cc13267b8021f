"""The loops over nodes. Plain arrays in, plain arrays out; numpy and numba only.

Every kernel has an obvious twin in `tests/naive_parse.py`. Roles arrive as bits; the masks below repeat `codecorpus.parse.roles`, and a
test compares the two.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

U8 = NDArray[np.uint8]
U16 = NDArray[np.uint16]
I32 = NDArray[np.int32]
I64 = NDArray[np.int64]
Flags = NDArray[np.bool_]

# Columns of what `tree_counts` returns.
COMMENT_BYTES, ERROR_BYTES, STRING_BYTES, DEPTH, FUNCTIONS, CLASSES, IMPORTS, IDENTIFIERS = range(8)
TREE_COLUMNS = 8

# Roles of `codecorpus.parse.roles`.
ROLE_MASKS = tuple(1 << bit for bit in range(13))
(
    _COMMENT,
    _STRING,
    _IDENTIFIER,
    _FUNCTION,
    _FUNCTION_IF_BODY,
    _CLASS,
    _CLASS_IF_BODY,
    _BODY,
    _IMPORT,
    _CALL,
    _DOCSTRING_STATEMENT,
    _DOCSTRING_BLOCK,
    _DOCSTRING_ROOT,
) = ROLE_MASKS
_ERROR_KIND = 0xFFFF


@njit(cache=True, nogil=True)
def bracket_depth(data: U8) -> int:
    """The most brackets, round, square or curly, that are open at once; one that closes nothing counts for nothing."""
    depth = deepest = 0
    for byte in data:
        if byte == 40 or byte == 91 or byte == 123:
            depth += 1
            deepest = max(deepest, depth)
        elif (byte == 41 or byte == 93 or byte == 125) and depth > 0:
            depth -= 1
    return deepest


@njit(cache=True, nogil=True)
def parents_of(depths: I32) -> I64:
    """Index of each node's parent, from depths in document order; -1 for the root."""
    deepest = 0
    for depth in depths:
        deepest = max(deepest, depth)
    latest = np.full(deepest + 2, -1, np.int64)  # the last node seen at each depth
    parents = np.empty(len(depths), np.int64)
    for node in range(len(depths)):
        depth = depths[node]
        parents[node] = latest[depth - 1] if depth > 0 else -1
        latest[depth] = node
    return parents


@njit(cache=True, nogil=True)
def docstring_flags(kinds: U16, ends: I64, parents: I64, roles: U16) -> Flags:
    """Which nodes are docstrings: a string that is all of the first statement of a file, a function or a class."""
    statements = np.zeros(len(kinds), np.int64)  # children of each node so far that are not comments
    flags = np.zeros(len(kinds), np.bool_)
    for node in range(1, len(kinds)):
        role, parent = roles[kinds[node]], parents[node]
        if not role & _COMMENT:
            statements[parent] += 1
        if not role & _STRING or not roles[kinds[parent]] & _DOCSTRING_STATEMENT:
            continue
        if node != parent + 1 or ends[node] != ends[parent]:
            continue
        block = parents[parent]
        if block < 0 or statements[block] != 1:
            continue
        owner = parents[block]
        if owner < 0:
            flags[node] = roles[kinds[block]] & _DOCSTRING_ROOT != 0
        elif roles[kinds[block]] & _DOCSTRING_BLOCK:
            flags[node] = roles[kinds[owner]] & (_FUNCTION | _CLASS) != 0
    return flags


@njit(cache=True, nogil=True)
def _is_one_of(source: U8, start: int, end: int, words: U8) -> bool:
    """Whether `source[start:end]` is one of `words`, which stand between NUL bytes, the first and last byte included."""
    word = 0
    for i in range(len(words)):
        if words[i] != 0:
            continue
        length = i - word
        if length == end - start and length > 0:
            same = 0
            while same < length and source[start + same] == words[word + same]:
                same += 1
            if same == length:
                return True
        word = i + 1
    return False


@njit(cache=True, nogil=True)
def tree_counts(
    kinds: U16, starts: I64, ends: I64, depths: I32, roles: U16, source: U8, import_names: U8
) -> I64:
    """What a syntax tree holds.

    Args:
        kinds: uint16 per node, in document order.
        starts: int64 per node.
        ends: int64 per node.
        depths: int32 per node.
        roles: uint16 per kind.
        source: uint8, the document.
        import_names: uint8, names of the calls that import, each between NUL bytes.

    Returns:
        int64[TREE_COLUMNS]. Bytes are those of the outermost comment, string or ERROR node; a docstring counts as a comment.
    """
    counts = np.zeros(TREE_COLUMNS, np.int64)
    parents = parents_of(depths)
    docstrings = docstring_flags(kinds, ends, parents, roles)
    has_body = np.zeros(len(kinds), np.bool_)
    comment_end = string_end = error_end = np.int64(0)
    for node in range(len(kinds)):
        role, start, end, parent = roles[kinds[node]], starts[node], ends[node], parents[node]
        counts[DEPTH] = max(counts[DEPTH], depths[node])
        if kinds[node] == _ERROR_KIND and start >= error_end:
            counts[ERROR_BYTES] += end - start
            error_end = end
        if (role & _COMMENT or docstrings[node]) and start >= comment_end:
            counts[COMMENT_BYTES] += end - start
            comment_end = end
        if role & _STRING and not docstrings[node] and start >= string_end and start >= comment_end:
            counts[STRING_BYTES] += end - start
            string_end = end
        counts[FUNCTIONS] += role & _FUNCTION != 0
        counts[CLASSES] += role & _CLASS != 0
        counts[IMPORTS] += role & _IMPORT != 0
        counts[IDENTIFIERS] += role & _IDENTIFIER != 0
        if parent < 0:
            continue
        outer = roles[kinds[parent]]
        if role & _BODY and outer & (_FUNCTION_IF_BODY | _CLASS_IF_BODY) and not has_body[parent]:
            has_body[parent] = True
            counts[FUNCTIONS] += outer & _FUNCTION_IF_BODY != 0
            counts[CLASSES] += outer & _CLASS_IF_BODY != 0
        if outer & _CALL and node == parent + 1 and _is_one_of(source, start, end, import_names):
            counts[IMPORTS] += 1
    return counts

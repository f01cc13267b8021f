"""The loops over nodes: what a flat tree holds, counted in a few passes. Plain arrays in, plain arrays out; numpy and numba only.

Every kernel has an obvious twin in `tests/naive_tree.py`. A tree arrives as the tuple (kinds, starts, ends, depths, parents), roles as one
uint32 per kind; the masks below repeat `codecorpus.parse.roles`, and a test compares the two.
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

#: Columns of what `tree_counts` returns.
(
    COMMENT_BYTES,
    ERROR_BYTES,
    STRING_BYTES,
    DATA_BYTES,
    ERRORS,
    DEPTH,
    FUNCTIONS,
    CLASSES,
    IMPORTS,
    IDENTIFIERS,
    IDENTIFIER_BYTES,
    SHORT_IDENTIFIERS,
    DISTINCT_IDENTIFIERS,
    STATEMENTS,
    BRANCHES,
    CALLS,
    NUMBERS,
    LEAVES,
    FUNCTION_LINES,
    MAX_FUNCTION_LINES,
    MAX_COMPLEXITY,
    MAX_NESTING,
    MAX_FUNCTION_NESTING,
    MAX_PARAMETERS,
    BLOCK_FUNCTIONS,
    EMPTY_FUNCTIONS,
    SIMPLE_FUNCTIONS,
    ACCESSORS,
    DOCUMENTED_FUNCTIONS,
    CODE_COMMENT_LINES,
    LINES,
) = range(31)
COLUMNS = 31

ROLE_MASKS = tuple(1 << bit for bit in range(24))
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
    _IMPORT_CALL,
    _DOCSTRING_STATEMENT,
    _DOCSTRING_BLOCK,
    _DOCSTRING_ROOT,
    _BLOCK,
    _BRANCH,
    _NEST,
    _ELSE,
    _NUMBER,
    _COLLECTION,
    _CALL,
    _PARAMETERS,
    _TRIVIAL,
    _ELIDED,
    _NAMED,
) = ROLE_MASKS
_ERROR_KIND = 0xFFFF
_DATA_NODES = 64  # a collection of fewer nodes is no table

# Columns of what is known of each node.
IS_FUNCTION, IS_STATEMENT, IS_DOCSTRING, HAS_DOCSTRING = 1, 2, 4, 8


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
def roles_of(kinds: NDArray[np.uint16], roles: U32) -> U32:
    """The roles of each node; a kind past the table has none."""
    found = np.empty(len(kinds), np.uint32)
    for node in range(len(kinds)):
        found[node] = roles[kinds[node]] if kinds[node] < len(roles) else 0
    return found


@njit(cache=True, nogil=True)
def node_facts(tree: Tree, role: U32) -> U8:
    """uint8 per node: whether it is a function that counts, a statement, a docstring.

    A statement is a named child of a block, or of the file, that is neither a comment nor a block again. A docstring is a string that
    is all of the first statement of a file, a function or a class.
    """
    _, _, ends, _, parents = tree
    facts = np.zeros(len(role), np.uint8)
    before = np.zeros(len(role), np.int32)  # children so far that are not comments
    for node in range(len(role)):
        mine, parent = role[node], parents[node]
        if mine & _FUNCTION:
            facts[node] |= IS_FUNCTION
        if parent < 0:
            continue
        if not mine & _COMMENT:
            before[parent] += 1
        if mine & _BODY and role[parent] & _FUNCTION_IF_BODY:
            facts[parent] |= IS_FUNCTION
        in_block = role[parent] & _BLOCK or parents[parent] < 0
        if in_block and mine & _NAMED and not mine & (_COMMENT | _BLOCK | _IDENTIFIER | _NUMBER):
            facts[node] |= IS_STATEMENT
        if not mine & _STRING or not role[parent] & _DOCSTRING_STATEMENT:
            continue
        block = parents[parent]
        if node != parent + 1 or ends[node] != ends[parent] or block < 0 or before[block] != 1:
            continue
        owner = parents[block]
        documents = role[owner] & (_FUNCTION | _CLASS) if owner >= 0 else _NAMED
        if documents and role[block] & (_DOCSTRING_BLOCK if owner >= 0 else _DOCSTRING_ROOT):
            facts[node] |= IS_DOCSTRING
            if owner >= 0:
                facts[owner] |= HAS_DOCSTRING
    return facts


@njit(cache=True, nogil=True)
def count_bytes(tree: Tree, role: U32, facts: U8, counts: I64) -> None:
    """Bytes of the outermost comments (docstrings are comments), of strings that are no docstrings, and of errors.

    A comment right in an error, and what has parts of its own, was placed after all: one missing bracket makes some files an error
    from the first byte to the last, with every statement right in it.
    """
    kinds, starts, ends, _, parents = tree
    comment_end = string_end = np.int32(0)
    is_lost = np.zeros(len(role), np.bool_)
    for node in range(len(role)):
        start, end, parent = starts[node], ends[node], parents[node]
        was_lost = parent >= 0 and is_lost[parent]
        is_error = kinds[node] == _ERROR_KIND
        counts[ERRORS] += is_error
        has_parts = node + 1 < len(role) and parents[node + 1] == node and role[node] & _NAMED
        is_whole = has_parts or role[node] & _COMMENT
        is_found = is_whole and parent >= 0 and kinds[parent] == _ERROR_KIND
        is_lost[node] = is_error or (was_lost and not is_found)
        counts[ERROR_BYTES] += (np.int64(is_lost[node]) - np.int64(was_lost)) * (end - start)
        is_docstring = facts[node] & IS_DOCSTRING
        if (role[node] & _COMMENT or is_docstring) and start >= comment_end:
            counts[COMMENT_BYTES] += end - start
            comment_end = end
        if role[node] & _STRING and not is_docstring and start >= string_end and start >= comment_end:
            counts[STRING_BYTES] += end - start
            string_end = end


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
def count_nodes(tree: Tree, role: U32, facts: U8, source: U8, import_names: U8, counts: I64) -> None:
    """How many nodes of each role there are, and how deep they go."""
    _, starts, ends, depths, parents = tree
    has_class_body = np.zeros(len(role), np.bool_)
    for node in range(len(role)):
        mine, parent = role[node], parents[node]
        counts[DEPTH] = max(counts[DEPTH], depths[node])
        counts[FUNCTIONS] += facts[node] & IS_FUNCTION != 0
        counts[STATEMENTS] += facts[node] & IS_STATEMENT != 0
        counts[CLASSES] += mine & _CLASS != 0
        counts[IMPORTS] += mine & _IMPORT != 0
        counts[CALLS] += mine & _CALL != 0
        counts[NUMBERS] += mine & _NUMBER != 0
        is_leaf = node + 1 == len(role) or parents[node + 1] != node
        counts[LEAVES] += is_leaf and not mine & _COMMENT
        # A sign such as `&&` forks only between two operands: not in C++'s `T&&`.
        counts[BRANCHES] += mine & _BRANCH != 0 and (mine & _NAMED != 0 or node != parent + 1)
        if parent < 0:
            continue
        if mine & _BODY and role[parent] & _CLASS_IF_BODY and not has_class_body[parent]:
            has_class_body[parent] = True
            counts[CLASSES] += 1
        if role[parent] & _IMPORT_CALL and node == parent + 1:
            counts[IMPORTS] += _is_one_of(source, starts[node], ends[node], import_names)


@njit(cache=True, nogil=True)
def count_identifiers(tree: Tree, role: U32, source: U8, counts: I64) -> None:
    """Identifiers: how many, how long, how many of one byte, how many different ones by a 64-bit hash of their bytes."""
    _, starts, ends, _, _ = tree
    number = 0
    for node in range(len(role)):
        number += role[node] & _IDENTIFIER != 0
    slots = 64
    while slots < 2 * number:
        slots *= 2
    table = np.zeros(slots, np.uint64)
    for node in range(len(role)):
        if not role[node] & _IDENTIFIER:
            continue
        start, end = starts[node], ends[node]
        counts[IDENTIFIERS] += 1
        counts[IDENTIFIER_BYTES] += end - start
        counts[SHORT_IDENTIFIERS] += end - start == 1
        value = np.uint64(14695981039346656037)
        for at in range(start, end):
            value = (value ^ np.uint64(source[at])) * np.uint64(1099511628211)
        value |= np.uint64(1)  # 0 is an empty slot
        slot = np.int64((value >> np.uint64(20)) & np.uint64(slots - 1))
        while table[slot] != 0 and table[slot] != value:
            slot = (slot + 1) & (slots - 1)
        if table[slot] == 0:
            table[slot] = value
            counts[DISTINCT_IDENTIFIERS] += 1


@njit(cache=True, nogil=True)
def owners_of(parents: I32, facts: U8) -> I32:
    """The innermost function around each node, itself included; -1: none."""
    owners = np.full(len(parents), -1, np.int32)
    for node in range(len(parents)):
        if facts[node] & IS_FUNCTION:
            owners[node] = node
        elif parents[node] >= 0:
            owners[node] = owners[parents[node]]
    return owners


@njit(cache=True, nogil=True)
def count_flow(tree: Tree, role: U32, facts: U8, owners: I32, counts: I64) -> None:
    """The deepest nesting of control structures and of functions, the highest complexity, the most parameters."""
    kinds, _, _, _, parents = tree
    nesting = np.empty(len(role), np.int32)
    functions = np.zeros(len(role), np.int32)  # of functions alone: those around each, itself included
    complexity = np.zeros(len(role), np.int32)
    parameters = np.zeros(len(role), np.int32)
    nesting[0] = 0
    for node in range(len(role)):
        mine, parent = role[node], parents[node]
        if facts[node] & IS_FUNCTION:
            around = owners[parent] if parent >= 0 else -1
            functions[node] = 1 + (functions[around] if around >= 0 else 0)
            counts[MAX_FUNCTION_NESTING] = max(counts[MAX_FUNCTION_NESTING], functions[node])
        if mine & _BRANCH and owners[node] >= 0 and (mine & _NAMED or node != parent + 1):
            complexity[owners[node]] += 1
        if parent < 0:
            continue
        nesting[node] = nesting[parent]
        # `else if` is one level: the inner `if` stands right in the outer one, or in its `else`.
        if mine & _NEST and not role[parent] & _ELSE and kinds[parent] != kinds[node]:
            nesting[node] += 1
            counts[MAX_NESTING] = max(counts[MAX_NESTING], nesting[node])
        if role[parent] & _PARAMETERS and mine & _NAMED and not mine & _COMMENT and owners[node] >= 0:
            parameters[parent] += 1
            counts[MAX_PARAMETERS] = max(counts[MAX_PARAMETERS], parameters[parent])
    for node in range(len(role)):
        if facts[node] & IS_FUNCTION:
            counts[MAX_COMPLEXITY] = max(counts[MAX_COMPLEXITY], complexity[node] + 1)


@njit(cache=True, nogil=True)
def count_data(tree: Tree, role: U32, facts: U8, counts: I64) -> None:
    """Bytes of the outermost tables: collections of 64 nodes or more, an eighth of them literals, without a function in them."""
    _, starts, ends, _, parents = tree
    collections = most = 0
    for node in range(len(role)):
        collections += role[node] & _COLLECTION != 0
        most += role[node] & (_STRING | _NUMBER) != 0
    if collections == 0 or most * 8 < _DATA_NODES:
        return  # most documents
    size = np.ones(len(role), np.int32)
    literals = np.zeros(len(role), np.int32)
    functions = np.zeros(len(role), np.int32)
    for i in range(len(role)):
        node = len(role) - 1 - i
        literals[node] += role[node] & (_STRING | _NUMBER) != 0
        functions[node] += facts[node] & IS_FUNCTION != 0
        parent = parents[node]
        if parent >= 0:
            size[parent] += size[node]
            literals[parent] += literals[node]
            functions[parent] += functions[node]
    end = np.int32(0)
    for node in range(len(role)):
        is_table = role[node] & _COLLECTION and size[node] >= _DATA_NODES and functions[node] == 0
        if is_table and starts[node] >= end and literals[node] * 8 >= size[node]:
            counts[DATA_BYTES] += ends[node] - starts[node]
            end = ends[node]


@njit(cache=True, nogil=True)
def tree_counts(tree: Tree, role: U32, missing: Flags, source: U8, import_names: U8) -> tuple[I64, U8, I32]:
    """What a syntax tree holds.

    Args:
        tree: kinds uint16, starts int32, ends int32, depths int32, parents int32; one per node, in document order.
        role: uint32 per node.
        missing: bool per node.
        source: uint8, the document.
        import_names: uint8, names of the calls that import, each between NUL bytes.

    Returns:
        (int64[31], columns as above, but for those of functions and of comments, which other files fill in;
        uint8 per node, what `node_facts` says; int32 per node, what `owners_of` says).
    """
    counts = np.zeros(COLUMNS, np.int64)
    facts = node_facts(tree, role)
    owners = owners_of(tree[4], facts)
    for is_missing in missing:
        counts[ERRORS] += is_missing
    count_bytes(tree, role, facts, counts)
    count_nodes(tree, role, facts, source, import_names, counts)
    count_identifiers(tree, role, source, counts)
    count_flow(tree, role, facts, owners, counts)
    count_data(tree, role, facts, counts)
    return counts, facts, owners

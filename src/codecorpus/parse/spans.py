"""Where things stand in a document: functions, classes, comments, docstrings, strings, statements, identifiers, imports.

What FIM spans, task pairs and repository order read; all of it comes from the arrays of the one walk.
"""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import NDArray

from codecorpus.parse import _kernels_tree as kernels
from codecorpus.parse import roles
from codecorpus.parse.grammars import Grammar
from codecorpus.parse.walk import FlatTree

What = Literal[
    "functions", "classes", "comments", "docstrings", "strings", "statements", "identifiers", "imports"
]


def find_spans(what: What, tree: FlatTree, grammar: Grammar, source: bytes) -> NDArray[np.int32]:
    r"""Spans of one kind of thing, in the order of the document.

    Functions are those that `function_count` counts, and so on for the rest. Of comments, docstrings, strings and imports only the
    outermost are given; a docstring is neither a comment nor a string here.

    Args:
        what: is looked for.
        tree: of the document.
        grammar: of its language.
        source: the document.

    Returns:
        int32[n, 2]: offsets of the first byte and after the last one.

    >>> from codecorpus.parse.grammars import find_grammar
    >>> from codecorpus.parse.tree import read_tree
    >>> python, source = find_grammar("Python"), b"import os\ndef f(): return os.name\n"
    >>> tree = read_tree(source, python)
    >>> [source[start:end] for start, end in find_spans("functions", tree, python, source)]
    [b'def f(): return os.name']
    """
    role = kernels.roles_of(tree.kinds, grammar.roles)
    chosen = np.flatnonzero(_flags(what, tree, role, grammar, source))
    spans = np.stack([tree.starts[chosen], tree.ends[chosen]], axis=1)
    return _outermost(spans) if what in ("comments", "docstrings", "strings", "imports") else spans


def _flags(
    what: What, tree: FlatTree, role: NDArray[np.uint32], grammar: Grammar, source: bytes
) -> NDArray[np.bool_]:
    facts = kernels.node_facts(tree.arrays, role)
    is_docstring = facts & kernels.IS_DOCSTRING != 0
    match what:
        case "functions":
            flags = facts & kernels.IS_FUNCTION != 0
        case "statements":
            flags = facts & kernels.IS_STATEMENT != 0
        case "docstrings":
            flags = is_docstring
        case "comments":
            flags = role & roles.COMMENT != 0
        case "strings":
            flags = (role & roles.STRING != 0) & ~is_docstring
        case "identifiers":
            flags = role & roles.IDENTIFIER != 0
        case "classes":
            flags = (role & roles.CLASS != 0) | (
                (role & roles.CLASS_IF_BODY != 0) & _has_child(tree, role & roles.BODY != 0)
            )
        case "imports":
            flags = (role & roles.IMPORT != 0) | _import_calls(tree, role, grammar, source)
    return np.asarray(flags, np.bool_)


def _has_child(tree: FlatTree, flags: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Bool per node: one of its children is flagged."""
    parents = tree.parents[flags]
    found = np.zeros(len(tree), np.bool_)
    found[parents[parents >= 0]] = True
    return found


def _import_calls(
    tree: FlatTree, role: NDArray[np.uint32], grammar: Grammar, source: bytes
) -> NDArray[np.bool_]:
    """Bool per node: it is a call, and what it calls imports."""
    names = {name.encode() for name in grammar.kinds.import_names}
    calls = np.flatnonzero(role & roles.IMPORT_CALL)
    found = np.zeros(len(tree), np.bool_)
    for call in calls[calls + 1 < len(tree)] if names else ():
        first = call + 1
        found[call] = tree.parents[first] == call and source[tree.starts[first] : tree.ends[first]] in names
    return found


def _outermost(spans: NDArray[np.int32]) -> NDArray[np.int32]:
    """Those that start at or after the end of all before them."""
    before = np.concatenate([[0], np.maximum.accumulate(spans[:, 1])[:-1]]) if len(spans) else spans[:, 1]
    return spans[spans[:, 0] >= before]

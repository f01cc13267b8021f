"""The measures of syntax trees, collected document by document and given out as columns.

A document with others inside it (`codecorpus.parse.embedded`) has several trees: what is counted adds up, what is the most of something is
the most of all.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from codecorpus.measures import SHARES, TREE_MEASURES
from codecorpus.parse import _kernels_tree as kernels
from codecorpus.parse._kernels_comments import code_comment_lines
from codecorpus.parse._kernels_functions import count_functions
from codecorpus.parse._kernels_picks import count_picks
from codecorpus.parse.grammars import Grammar
from codecorpus.parse.walk import FlatTree

# Base of a share → column of the counts.
_BASES = {
    "statements": kernels.STATEMENTS,
    "functions": kernels.FUNCTIONS,
    "imports": kernels.IMPORTS,
    "calls": kernels.CALLS,
    "lines": kernels.LINES,
    "identifiers": kernels.IDENTIFIERS,
}
_SHARE_NUMBER = {share.name: number for number, share in enumerate(SHARES)}
_AT_LEAST = np.array([share.at_least for share in SHARES], np.float64)
_LARGEST = [
    kernels.DEPTH,
    kernels.MAX_FUNCTION_LINES,
    kernels.MAX_COMPLEXITY,
    kernels.MAX_NESTING,
    kernels.MAX_FUNCTION_NESTING,
    kernels.MAX_PARAMETERS,
]


@dataclass(frozen=True, slots=True)
class TreeCounts:
    """What was counted on a document.

    Attributes:
        counts: int64[31], the columns of `tree_counts`.
        nodes: of all its trees.
        size: bytes of the document.
        parts: float64[shares], how often what a share counts was found; NaN where the language does not count it.
        bases: float64[shares], what it is a share of.
        python_2: what only Python 2 has; 0 in any other language.
    """

    counts: NDArray[np.int64]
    nodes: int
    size: int
    parts: NDArray[np.float64]
    bases: NDArray[np.float64]
    python_2: int

    def add(self, other: TreeCounts) -> TreeCounts:
        """The counts of this document with those of one inside it."""
        counts = self.counts + other.counts
        counts[_LARGEST] = np.maximum(self.counts, other.counts)[_LARGEST]
        counts[kernels.LINES] = self.counts[kernels.LINES]
        only_other = np.isnan(self.parts)
        parts = np.where(only_other, other.parts, self.parts + np.nan_to_num(other.parts))
        return TreeCounts(
            counts, self.nodes + other.nodes, self.size, parts, self.bases + other.bases, self.python_2
        )


def count_tree(tree: FlatTree, grammar: Grammar, source: bytes) -> TreeCounts:
    """Count everything on one tree.

    Args:
        tree: of the document.
        grammar: of its language.
        source: the document, UTF-8.

    >>> from codecorpus.parse.grammars import find_grammar
    >>> from codecorpus.parse.tree import read_tree
    >>> python, source = find_grammar("Python"), b"def f(): return g(1)"
    >>> int(count_tree(read_tree(source, python), python, source).counts[kernels.CALLS])
    1
    """
    text = np.frombuffer(source, np.uint8)
    arrays = tree.arrays
    plan = _plan(grammar)
    # Several calls and not one around them: numba's cache does not notice a change in a kernel of another file.
    role = kernels.roles_of(tree.kinds, grammar.roles)
    picked, is_stub = count_picks(arrays, role, text, *plan.table, grammar.picks.stubs)
    counts, facts, owners = kernels.tree_counts(arrays, role, tree.missing, text, plan.import_names)
    count_functions(arrays, role, facts, owners, is_stub, text, counts)
    counts[kernels.CODE_COMMENT_LINES] = code_comment_lines(arrays, role, text)
    parts, bases = np.full(len(SHARES), np.nan), np.zeros(len(SHARES))
    parts[plan.shares] = picked[plan.counters]
    bases[plan.shares] = np.concatenate([counts, picked])[plan.bases]
    return TreeCounts(counts, len(tree), len(source), parts, bases, int(picked[grammar.picks.python_2]))


@dataclass(frozen=True, slots=True)
class _Plan:
    """What is the same for every document of a language.

    Attributes:
        table: the arrays of its picks, and how many counters they have.
        import_names: uint8, between NUL bytes.
        shares: numbers of the shares that it has.
        counters: of each, the counter.
        bases: of each, where the base stands in the general counts with the counters after them.
    """

    table: tuple[Any, int]
    import_names: NDArray[np.uint8]
    shares: NDArray[np.int64]
    counters: NDArray[np.int64]
    bases: NDArray[np.int64]


_PLANS: dict[str, _Plan] = {}


def _plan(grammar: Grammar) -> _Plan:
    if grammar.name not in _PLANS:
        names = b"\0".join([b"", *(name.encode() for name in grammar.kinds.import_names), b""])
        counters = grammar.picks.counters
        _PLANS[grammar.name] = _Plan(
            (grammar.picks.arrays(), grammar.picks.size),
            np.frombuffer(names, np.uint8),
            np.array([_SHARE_NUMBER[share.name] for share, _, _ in counters], np.int64),
            np.array([counter for _, counter, _ in counters], np.int64),
            np.array(
                [
                    _BASES[share.base] if base is None else kernels.COLUMNS + base
                    for share, _, base in counters
                ],
                np.int64,
            ),
        )
    return _PLANS[grammar.name]


def tree_columns(rows: list[TreeCounts | None], rejected: list[bool | None]) -> dict[str, pa.Array]:
    """The measures of documents as columns, null where there is no tree.

    Args:
        rows: one per document.
        rejected: whether `ast` rejects the document; None where it was not asked.
    """
    missing = np.array([row is None for row in rows], np.bool_)
    zeros = np.zeros(kernels.COLUMNS, np.int64)
    counts = np.array([zeros if row is None else row.counts for row in rows]).reshape(-1, kernels.COLUMNS)
    nodes = np.array([0 if row is None else row.nodes for row in rows], np.int64)
    size = np.array([1 if row is None else max(row.size, 1) for row in rows], np.int64)
    values = _values(counts.T, nodes, size)
    columns = {name: pa.array(column, mask=missing) for name, column in values.items()}
    columns |= _python_columns(rows, rejected)
    nothing = np.full(len(SHARES), np.nan)
    parts = np.array([nothing if row is None else row.parts for row in rows]).reshape(-1, len(SHARES))
    bases = np.array([nothing if row is None else row.bases for row in rows]).reshape(-1, len(SHARES))
    shares = parts / np.maximum(bases, _AT_LEAST)
    for number, share in enumerate(SHARES):
        columns[share.name] = pa.array(shares[:, number], from_pandas=True)
    return {
        name: columns[name].cast(pa.int64() if is_count else pa.float64())
        for name, (is_count, _) in TREE_MEASURES.items()
    }


def _values(
    c: NDArray[np.int64], nodes: NDArray[np.int64], size: NDArray[np.int64]
) -> dict[str, NDArray[np.int64] | NDArray[np.float64]]:
    """Every general measure; `c` holds a row of counts for each column of the kernel."""
    k = kernels
    identifiers, bodies = np.maximum(c[k.IDENTIFIERS], 1), np.maximum(c[k.BLOCK_FUNCTIONS], 8)
    lines = np.maximum(c[k.LINES], 1)
    return {
        "comment_share": c[k.COMMENT_BYTES] / size,
        "error_share": c[k.ERROR_BYTES] / size,
        "error_count": c[k.ERRORS],
        "node_count": nodes,
        "tree_depth": c[k.DEPTH],
        "function_count": c[k.FUNCTIONS],
        "class_count": c[k.CLASSES],
        "import_count": c[k.IMPORTS],
        "identifier_count": c[k.IDENTIFIERS],
        "string_share": c[k.STRING_BYTES] / size,
        "statement_count": c[k.STATEMENTS],
        "branch_count": c[k.BRANCHES],
        "call_count": c[k.CALLS],
        "logic_count": c[k.BRANCHES] + c[k.CALLS] + c[k.FUNCTIONS],
        "number_share": c[k.NUMBERS] / np.maximum(c[k.LEAVES], 100),
        "mean_identifier_length": c[k.IDENTIFIER_BYTES] / np.maximum(identifiers, 20),
        "short_identifier_share": c[k.SHORT_IDENTIFIERS] / np.maximum(identifiers, 50),
        "distinct_identifier_share": c[k.DISTINCT_IDENTIFIERS] / np.maximum(identifiers, 50),
        "import_share": c[k.IMPORTS] / np.maximum(c[k.STATEMENTS], 1),
        "function_share": c[k.FUNCTIONS] / lines,
        "function_line_share": c[k.FUNCTION_LINES] / lines,
        "max_function_lines": c[k.MAX_FUNCTION_LINES],
        "max_complexity": c[k.MAX_COMPLEXITY],
        "max_nesting": c[k.MAX_NESTING],
        "max_function_nesting": c[k.MAX_FUNCTION_NESTING],
        "max_parameters": c[k.MAX_PARAMETERS],
        "empty_function_share": c[k.EMPTY_FUNCTIONS] / bodies,
        "simple_function_share": c[k.SIMPLE_FUNCTIONS] / bodies,
        "accessor_share": c[k.ACCESSORS] / bodies,
        "documented_function_share": c[k.DOCUMENTED_FUNCTIONS] / np.maximum(c[k.FUNCTIONS], 1),
        "data_share": c[k.DATA_BYTES] / size,
        "commented_code_share": c[k.CODE_COMMENT_LINES] / np.maximum(lines, 50),
    }


def _python_columns(rows: list[TreeCounts | None], rejected: list[bool | None]) -> dict[str, pa.Array]:
    """Python 2 is only counted where Python 3 rejects the file."""
    old = [
        None if is_rejected is None or row is None else row.python_2 if is_rejected else 0
        for row, is_rejected in zip(rows, rejected, strict=True)
    ]
    return {
        "python_syntax_error": pa.array([None if one is None else int(one) for one in rejected], pa.int64()),
        "python_2_count": pa.array(old, pa.int64()),
    }

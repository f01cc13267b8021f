"""Documents → their measures: one walk over the characters, one parse and one walk over the tree where the language has a grammar.

A measure that could not be taken is null. That a document was too large, too slow or too strange to parse is a flag (CC103) with the
reason; that its language has no grammar is not, for nothing went wrong.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from codecorpus.buffers import text_buffers
from codecorpus.document import MEASURES, MEASURES_TYPE, DecisionRows
from codecorpus.parse import _kernels as kernels
from codecorpus.parse.grammars import GrammarMissing, find_grammar
from codecorpus.parse.options import ParseOptions
from codecorpus.parse.text import html_measures, path_measures, text_measures
from codecorpus.parse.tree import FlatTree, ParseTimeout, read_tree
from codecorpus.stage import StageResult

#: Measures that need a syntax tree, in the order in which they are taken.
TREE_MEASURES = (
    "comment_share",
    "error_share",
    "node_count",
    "tree_depth",
    "function_count",
    "class_count",
    "import_count",
    "identifier_count",
    "string_share",
)


def measure(documents: pa.Table, options: ParseOptions) -> StageResult:
    """Measure every document of a batch.

    Args:
        documents: `SOURCE_DOCUMENTS`; `content` and `language` are read, and the names for the decisions.
        options: bounds of a parse.

    Returns:
        One column `measures` (`MEASURES_TYPE`); nothing is dropped; a `flagged` CC103 row for each document that has a grammar
        and was not parsed, saying why.
    """
    text = text_measures(documents["content"])
    columns: dict[str, Any] = {name: text.field(name) for name in text.type.names}
    languages = documents["language"].to_pylist()
    columns |= html_measures(documents["content"], languages, text.field("characters"))
    columns |= path_measures(documents["path"])
    rows = DecisionRows("parse")
    trees: list[tuple[int | float, ...] | None] = []
    data, offsets = text_buffers(documents["content"])
    for row, language in enumerate(languages):
        measured, problem = _measure_tree(data[offsets[row] : offsets[row + 1]], language, options)
        trees.append(measured)
        if problem:
            rows.add(
                documents["doc_id"][row].as_py(),
                documents["repo_name"][row].as_py(),
                documents["path"][row].as_py(),
                "CC103",
                verdict="flagged",
                measured=problem.measured,
                limit=problem.limit,
                detail=problem.detail,
            )
    for index, name in enumerate(TREE_MEASURES):
        columns[name] = pa.array([tree[index] if tree else None for tree in trees], MEASURES[name][0])
    measures = pa.StructArray.from_arrays([columns[name] for name in MEASURES], fields=list(MEASURES_TYPE))
    table = pa.table([measures], schema=pa.schema([pa.field("measures", MEASURES_TYPE, nullable=False)]))
    return StageResult(table, pa.array([True] * documents.num_rows, pa.bool_()), rows.table())


def tree_measures(
    tree: FlatTree, roles: NDArray[np.uint16], source: bytes, import_names: tuple[str, ...]
) -> tuple[int | float, ...]:
    """The measures of one syntax tree, in the order of `TREE_MEASURES`; shares of an empty document are 0.

    Args:
        tree: of the document.
        roles: of its grammar.
        source: the document.
        import_names: names of the calls that import, in its language.
    """
    names = np.frombuffer(b"\0".join([b"", *(name.encode() for name in import_names), b""]), np.uint8)
    text = np.frombuffer(source, np.uint8)
    counts = kernels.tree_counts(tree.kinds, tree.starts, tree.ends, tree.depths, roles, text, names)
    size = max(len(source), 1)
    return (
        counts[kernels.COMMENT_BYTES] / size,
        counts[kernels.ERROR_BYTES] / size,
        len(tree),
        int(counts[kernels.DEPTH]),
        int(counts[kernels.FUNCTIONS]),
        int(counts[kernels.CLASSES]),
        int(counts[kernels.IMPORTS]),
        int(counts[kernels.IDENTIFIERS]),
        counts[kernels.STRING_BYTES] / size,
    )


@dataclass(frozen=True, slots=True)
class _Problem:
    """Why a document was not parsed although its language has a grammar."""

    detail: str
    measured: float | None = None
    limit: float | None = None


def _measure_tree(
    content: NDArray[np.uint8], language: str | None, options: ParseOptions
) -> tuple[tuple[int | float, ...] | None, _Problem | None]:
    """Measures of the tree, or why there are none; neither where the language has no grammar."""
    try:
        grammar = find_grammar(language)
        if grammar is None:
            return None, None
        if len(content) > options.max_bytes:
            return None, _Problem("too large to parse", len(content), options.max_bytes)
        nesting = kernels.bracket_depth(content)
        if nesting > options.max_nesting:
            return None, _Problem("too many open brackets to parse", nesting, options.max_nesting)
        source = content.tobytes()
        tree = read_tree(source, grammar, timeout_seconds=options.timeout_seconds)
        return tree_measures(tree, grammar.roles, source, grammar.kinds.import_names), None
    except (GrammarMissing, ParseTimeout) as problem:
        return None, _Problem(str(problem))
    except (ValueError, MemoryError) as problem:
        return None, _Problem(f"the parser failed: {problem or type(problem).__name__}")

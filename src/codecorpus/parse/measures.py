"""Documents → their measures: one walk over the characters, one parse and one walk over the tree where the language has a grammar.

A measure that could not be taken is null. That a document was too large, too slow or too strange to parse is a flag (CC103) with the
reason; that its language has no grammar is not, for nothing went wrong.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from codecorpus.buffers import text_buffers
from codecorpus.document import MEASURES, MEASURES_TYPE, DecisionRows
from codecorpus.parse._kernels_indent import indent_depth
from codecorpus.parse._kernels_tree import bracket_depth
from codecorpus.parse.embedded import HOSTS, embedded
from codecorpus.parse.grammars import Grammar, GrammarMissing, dialect, find_grammar
from codecorpus.parse.imports import IMPORTS_TYPE, Imports, manifest, references_of
from codecorpus.parse.options import ParseOptions
from codecorpus.parse.python_ast import is_rejected
from codecorpus.parse.subtrees import find_subtrees, subtree_lists
from codecorpus.parse.text import html_measures, path_measures, text_measures
from codecorpus.parse.tree import ParseTimeout, read_tree
from codecorpus.parse.tree_measures import TreeCounts, count_tree, tree_columns
from codecorpus.stage import StageResult

#: What later stages read of a document's tree: pairs (start, end) of its subtrees, what it imports, what it declares.
OUTLINE = pa.schema([pa.field("subtrees", pa.list_(pa.int32())), *IMPORTS_TYPE])
#: What parsing leaves of a document.
PARSED = pa.schema([pa.field("measures", MEASURES_TYPE, nullable=False), *OUTLINE])


def measure(documents: pa.Table, options: ParseOptions) -> StageResult:
    """Measure every document of a batch.

    Args:
        documents: `SOURCE_DOCUMENTS`; `content` and `language` are read, and the names for the decisions.
        options: bounds of a parse.

    Returns:
        `PARSED`: measures; subtrees (`subtrees.find_subtrees`; null where nothing was parsed); what the document imports and declares
        (`imports`). Nothing is dropped; a `flagged` CC103 row for each document that has a grammar
        and was not parsed, saying why.
    """
    text = text_measures(documents["content"])
    columns: dict[str, Any] = {name: text.field(name) for name in text.type.names}
    languages = documents["language"].to_pylist()
    columns |= html_measures(documents["content"], languages, text.field("characters"))
    columns |= path_measures(documents["path"])
    rows = DecisionRows("parse")
    trees: list[TreeCounts | None] = []
    outlines: list[Outline] = []
    rejected: list[bool | None] = []
    data, offsets = text_buffers(documents["content"])
    for row, language in enumerate(languages):
        content = data[offsets[row] : offsets[row + 1]]
        counts, outline, problem = _read(content, language, options)
        trees.append(counts)
        outlines.append(outline)
        rejected.append(is_rejected(content.tobytes()) if language == "Python" and counts else None)
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
    columns |= tree_columns(trees, rejected)
    measures = pa.StructArray.from_arrays([columns[name] for name in MEASURES], fields=list(MEASURES_TYPE))
    table = pa.table([measures, *_outline_columns(outlines)], schema=PARSED)
    return StageResult(table, pa.array([True] * documents.num_rows, pa.bool_()), rows.table())


def subtrees_of(
    languages: Sequence[str | None], contents: pa.ChunkedArray, options: ParseOptions | None = None
) -> pa.Array:
    """list<int32>: the subtrees of each text, see `subtrees.find_subtrees`; null where nothing was parsed.

    >>> subtrees_of(["Python", None], pa.chunked_array([["f(1, 2) + 3", "f(1, 2) + 3"]])).to_pylist()
    [[], None]
    """
    data, offsets = text_buffers(contents)
    found = [
        _read(data[offsets[row] : offsets[row + 1]], language, options or ParseOptions())[1].subtrees
        for row, language in enumerate(languages)
    ]
    return subtree_lists(found)


@dataclass(frozen=True, slots=True)
class _Problem:
    """Why a document was not parsed although its language has a grammar."""

    detail: str
    measured: float | None = None
    limit: float | None = None


# The grammar of YAML kills the process at 254.
_MAX_INDENTS = 200


@dataclass(frozen=True, slots=True)
class Outline:
    """What later stages read of one document's tree; see `OUTLINE`."""

    subtrees: NDArray[np.int32] | None = None
    imports: Imports = field(default_factory=Imports)


_Read = tuple[TreeCounts | None, Outline, _Problem | None]


def _read(content: NDArray[np.uint8], language: str | None, options: ParseOptions) -> _Read:
    """What the document's trees say, or why there are none; neither where the language has no grammar."""
    try:
        if language == "Go Module":
            return None, Outline(imports=manifest(language, content.tobytes())), None
        grammar = find_grammar(dialect(language, content[:4096].tobytes()))
        if grammar is None:
            return None, Outline(), None
        if len(content) > options.max_bytes:
            return None, Outline(), _Problem("too large to parse", len(content), options.max_bytes)
        nesting = bracket_depth(content)
        if nesting > options.max_nesting:
            return None, Outline(), _Problem("too many open brackets to parse", nesting, options.max_nesting)
        if language == "YAML" and indent_depth(content, _MAX_INDENTS) > _MAX_INDENTS:
            detail = "too many levels of indentation for the grammar"
            return None, Outline(), _Problem(detail, indent_depth(content, len(content)), _MAX_INDENTS)
        return *_read_all(content.tobytes(), grammar, time.monotonic() + options.timeout_seconds), None
    except ParseTimeout:
        return None, Outline(), _Problem(f"not parsed within {options.timeout_seconds:g} s")
    except GrammarMissing as problem:
        return None, Outline(), _Problem(str(problem))
    except (ValueError, MemoryError) as problem:
        return None, Outline(), _Problem(f"the parser failed: {problem or type(problem).__name__}")


def _read_all(source: bytes, grammar: Grammar, deadline: float) -> tuple[TreeCounts, Outline]:
    """Counts and imports of a document and of those inside it, all before the deadline, and the subtrees of its own tree."""
    tree = read_tree(source, grammar, timeout_seconds=deadline - time.monotonic())
    counts = count_tree(tree, grammar, source)
    is_manifest = grammar.name == "JSON"
    imports = manifest("JSON", source) if is_manifest else references_of(tree, grammar, source)
    for language, inner in embedded(source, grammar, tree) if grammar.name in HOSTS else ():
        found = find_grammar(language)
        if found is not None:
            inner_counts, outline = _read_all(inner, found, deadline)
            counts, imports = counts.add(inner_counts), imports.with_references_of(outline.imports)
    return counts, Outline(find_subtrees(tree, grammar), imports)


def _outline_columns(outlines: Sequence[Outline]) -> list[pa.Array]:
    """The columns of `OUTLINE`."""
    imports = [
        pa.array([getattr(one.imports, name.name) for one in outlines], name.type) for name in IMPORTS_TYPE
    ]
    return [subtree_lists([one.subtrees for one in outlines]), *imports]

"""A document in, what of it can be cut out on its own: functions and classes with the comments above them, comments; and what is around.

Offsets are bytes. Everything comes from one parse; a document that cannot be parsed has no layout.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from codecorpus.parse._kernels_tree import bracket_depth
from codecorpus.parse.grammars import Grammar, GrammarMissing, dialect, find_grammar
from codecorpus.parse.options import ParseOptions
from codecorpus.parse.python_ast import is_rejected
from codecorpus.parse.spans import find_spans
from codecorpus.parse.tree import ParseTimeout, read_tree
from codecorpus.parse.walk import FlatTree

Span = tuple[int, int]
Ints = NDArray[np.integer[Any]]

NEWLINE = 10
#: Decorators and annotations, Rust's attributes, heads of C++ templates: left alone they would change what comes after them.
_HEADS = (b"@", b"#[", b"template<", b"template <")
_COMMENTS = (b"#", b"//")
_OPEN, _CLOSE = (b"(", b"[", b"{"), (b")", b"]", b"}")
# Farther up nothing belongs to a function, and no line is indented so far; so hostile text takes linear time.
_MOST_LINES, _MOST_INDENTATION = 100, 400


@dataclass(frozen=True, slots=True, eq=False)
class Layout:
    """What stands where in a document.

    Attributes:
        functions: int[n, 2], each with the decorators and comments right above it.
        classes: int[n, 2], likewise.
        comments: int[n, 2], those that follow each other line by line as one.
        nodes: int[n, 2], every node of the syntax tree.
        faults: how much of the document is no code of its language, see `count_faults`.
    """

    functions: Ints
    classes: Ints
    comments: Ints
    nodes: Ints
    faults: int


def read_layout(source: bytes, language: str | None, newlines: Ints) -> Layout | None:
    r"""The layout of a document; None where it cannot be parsed.

    Args:
        source: UTF-8 text.
        language: Linguist's name.
        newlines: offsets of its line feeds.

    >>> source = b"# twice\ndef f(x):\n    return x + x\n"
    >>> layout = read_layout(source, "Python", np.flatnonzero(np.frombuffer(source, np.uint8) == NEWLINE))
    >>> layout.functions.tolist(), layout.comments.tolist()
    ([[0, 34]], [[0, 7]])
    """
    parsed = _parse(source, language)
    if parsed is None:
        return None
    tree, grammar = parsed
    comments = _comment_blocks(source, find_spans("comments", tree, grammar, source), newlines)
    functions, classes = (
        _with_heads(source, find_spans(what, tree, grammar, source), comments, newlines)
        for what in ("functions", "classes")
    )
    nodes = np.stack([tree.starts, tree.ends], axis=1)
    return Layout(functions, classes, comments, nodes, _faults(source, tree, grammar))


def count_faults(source: bytes, language: str | None) -> int | None:
    r"""Errors of the syntax tree, tokens that the parser made up, and for Python empty bodies and that its own parser refuses the text.

    None where the text cannot be parsed.

    >>> count_faults(b"class A:\n\nx = 1\n", "Python"), count_faults(b"x = 1\n", "Python")
    (2, 0)
    """
    parsed = _parse(source, language)
    return None if parsed is None else _faults(source, *parsed)


def _faults(source: bytes, tree: FlatTree, grammar: Grammar) -> int:
    found = int(tree.errors.sum()) + int(tree.missing.sum())
    if grammar.name != "Python":
        return found
    # tree-sitter takes a class without a body for one with an empty body.
    is_empty = np.isin(tree.kinds, grammar.ids("block")) & (tree.starts == tree.ends)
    return found + int(is_empty.sum()) + int(is_rejected(source) or 0)


def _parse(source: bytes, language: str | None) -> tuple[FlatTree, Grammar] | None:
    limits = ParseOptions()
    # YAML has neither functions nor classes, and its grammar kills the process on deep indentation.
    if language is None or language == "YAML" or len(source) > limits.max_bytes:
        return None
    if bracket_depth(np.frombuffer(source, np.uint8)) > limits.max_nesting:
        return None
    try:
        grammar = find_grammar(dialect(language, source[:4096]))
        if grammar is None:
            return None
        return read_tree(source, grammar, timeout_seconds=limits.timeout_seconds), grammar
    except (ParseTimeout, GrammarMissing, ValueError, MemoryError):
        return None


def _comment_blocks(source: bytes, comments: Ints, newlines: Ints) -> Ints:
    """Comments that stand alone on lines that follow each other, as one; a shebang is none of them."""
    blocks: list[Span] = []
    last_alone = False
    for first, after in comments.tolist():
        end = first + len(source[first:after].rstrip())  # Rust's documentation takes the line break with it
        alone = _is_alone(source, first, newlines)
        gap = source[blocks[-1][1] : first] if blocks else b""
        if alone and last_alone and gap.count(b"\n") <= 1 and not gap.strip():
            blocks[-1] = (blocks[-1][0], end)
        else:
            blocks.append((first, end))
        last_alone = alone
    return np.array(blocks, np.int64).reshape(-1, 2)


def _with_heads(source: bytes, spans: Ints, comments: Ints, newlines: Ints) -> Ints:
    """Each from where that begins which belongs to it and stands right above it."""
    heads: dict[int, int] = {}
    rows = []
    for begin, end in spans.tolist():
        line = line_begin(newlines, begin)
        if line not in heads:
            start = line if source[line:begin].strip() else _assigned(source, line, newlines)
            heads[line] = with_head(source, start, comments, newlines)
        rows.append((begin if heads[line] == line else heads[line], end))
    return np.array(rows, np.int64).reshape(-1, 2)


def _assigned(source: bytes, line: int, newlines: Ints) -> int:
    """The line before, if it ends in an assignment: left alone it would give what comes next to the name."""
    before = line_begin(newlines, line - 1) if line else line
    return before if source[before:line].rstrip().endswith(b"=") else line


def with_head(source: bytes, begin: int, comments: Ints, newlines: Ints) -> int:
    """The beginning of the decorators and comments that stand right above what begins here; the same where there are none."""
    while True:
        line = line_begin(newlines, begin)
        above = _comment_above(source, _heads_above(source, newlines, line), comments, newlines)
        if above == line:
            return begin
        begin = above


def _comment_above(source: bytes, begin: int, comments: Ints, newlines: Ints) -> int:
    """The line where the comment begins that ends on the line before this one and stands alone; else the same."""
    place = int(np.searchsorted(comments[:, 1], begin)) - 1
    if place < 0:
        return begin
    first, end = comments[place].tolist()
    touches = np.searchsorted(newlines, begin) - np.searchsorted(newlines, end) == 1
    if touches and not source[end:begin].strip() and _is_alone(source, first, newlines):
        return line_begin(newlines, first)
    return begin


def _is_alone(source: bytes, comment: int, newlines: Ints) -> bool:
    """Whether nothing stands before a comment on its line; not so for a shebang, which belongs to nothing below."""
    line = line_begin(newlines, comment)
    indented = comment - line <= _MOST_INDENTATION and not source[line:comment].strip()
    return indented and not source.startswith(b"#!", comment)


def _heads_above(source: bytes, newlines: Ints, begin: int) -> int:
    """The beginning of what belongs to the line below and stands right above it (`_HEADS`).

    It may take several lines, as far as its brackets say, and comments and blank lines may stand between.
    """
    line = int(np.searchsorted(newlines, begin))
    depth, first = 0, begin
    for _ in range(min(line, _MOST_LINES)):
        above = int(newlines[line - 2]) + 1 if line >= 2 else 0
        text = source[above:begin].strip()
        depth += sum(map(text.count, _CLOSE)) - sum(map(text.count, _OPEN))
        begin, line = above, line - 1
        if depth == 0 and text.startswith(_HEADS):
            first = begin
        elif depth < 0 or (depth == 0 and text and not text.startswith(_COMMENTS)):
            break
    return first


def line_begin(newlines: Ints, offset: int) -> int:
    """Where the line begins that holds this byte."""
    line = int(np.searchsorted(newlines, offset))
    return int(newlines[line - 1]) + 1 if line else 0


def around(source: bytes, span: Span, nodes: Ints) -> Iterator[Span]:
    """The nodes around a span, the smallest first, its blank ends apart."""
    begin, end = trimmed(source, span)
    holding = nodes[(nodes[:, 0] <= begin) & (end <= nodes[:, 1])]
    for row in np.argsort(holding[:, 1] - holding[:, 0], kind="stable"):
        yield int(holding[row, 0]), int(holding[row, 1])


def trimmed(source: bytes, span: Span) -> Span:
    """A span without blanks at its ends; the same if it is nothing else."""
    text = source[span[0] : span[1]]
    end = span[0] + len(text.rstrip())
    return (span[1] - len(text.lstrip()), end) if end > span[0] else span

"""A document and where it matches in, the document without that out: whole functions where the syntax tree tells them, else whole lines."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from codecorpus.parse._kernels_tree import bracket_depth
from codecorpus.parse.grammars import GrammarMissing, dialect, find_grammar
from codecorpus.parse.options import ParseOptions
from codecorpus.parse.spans import find_spans
from codecorpus.parse.tree import ParseTimeout, read_tree

Span = tuple[int, int]
Ints = NDArray[np.integer[Any]]

_NEWLINE = 10
#: Decorators and annotations, Rust's attributes, heads of C++ templates: left alone they would change what comes after them.
_HEADS = (b"@", b"#[", b"template<", b"template <")
_COMMENTS = (b"#", b"//")
_OPEN, _CLOSE = (b"(", b"[", b"{"), (b")", b"]", b"}")


def excise(source: bytes, spans: Sequence[Span], language: str | None) -> bytes:
    r"""Cut out what holds these spans.

    A span inside a function takes the smallest such function with it, one inside a class and no function of it the class, and one across
    functions all that it touches. Lines are cut whole, with the decorators, attributes and template heads above them.

    Args:
        source: UTF-8 text of the document.
        spans: first byte, and the byte after the last one; any order.
        language: Linguist's name; None, or one without a grammar, leaves lines.

    >>> excise(b"import os\n\ndef f(x):\n    return x\n\ny = 1\n", [(24, 30)], "Python")
    b'import os\n\n\ny = 1\n'
    """
    newlines = np.flatnonzero(np.frombuffer(source, np.uint8) == _NEWLINE)
    functions, classes = _definitions(source, language)
    taken = [
        part for span in _by_line(spans, newlines) for part in _holding(np.array(span), functions, classes)
    ]
    lines = _united([_whole_lines(span, newlines, len(source)) for span in taken])
    kept, last = [], 0
    for begin, end in lines:
        kept.append(source[last : _above(source, newlines, begin, last)])
        last = end
    return b"".join([*kept, source[last:]])


def _definitions(source: bytes, language: str | None) -> tuple[Ints, Ints]:
    """Functions and classes of the document, int[n, 2]; none where it cannot be parsed."""
    limits, none = ParseOptions(), np.empty((0, 2), np.int64)
    # YAML has neither, and its grammar kills the process on deep indentation.
    if language is None or language == "YAML" or len(source) > limits.max_bytes:
        return none, none
    if bracket_depth(np.frombuffer(source, np.uint8)) > limits.max_nesting:
        return none, none
    try:
        grammar = find_grammar(dialect(language, source[:4096]))
        if grammar is None:
            return none, none
        tree = read_tree(source, grammar, timeout_seconds=limits.timeout_seconds)
        return find_spans("functions", tree, grammar, source), find_spans("classes", tree, grammar, source)
    except (ParseTimeout, GrammarMissing, ValueError, MemoryError):
        return none, none


def _by_line(spans: Sequence[Span], newlines: Ints) -> list[Span]:
    """Spans in order; those that share a line are one. So there are no more of them than lines, however many matches a line has."""
    ordered = np.array(sorted(spans), np.int64).reshape(-1, 2)
    firsts = np.searchsorted(newlines, ordered[:, 0]).tolist()
    lasts = np.searchsorted(newlines, np.maximum(ordered[:, 0], ordered[:, 1] - 1)).tolist()
    result: list[Span] = []
    line = -1
    for (begin, end), first, last in zip(ordered.tolist(), firsts, lasts, strict=True):
        if first <= line:
            result[-1] = (result[-1][0], max(end, result[-1][1]))
        else:
            result.append((begin, end))
        line = max(line, last)
    return result


def _holding(span: Ints, functions: Ints, classes: Ints) -> list[Span]:
    """What has to go so that the span goes: the smallest function around it, or what it touches and its own lines."""
    begin, end = span
    around = functions[(functions[:, 0] <= begin) & (end <= functions[:, 1])]
    if len(around):
        return [_smallest(around)]
    touched = functions[(functions[:, 0] < end) & (begin < functions[:, 1])]
    # A span that begins in the head of a class, as in Java's problems, would leave a tail without a head.
    headed = classes[(begin <= classes[:, 0]) & (classes[:, 0] < end)]
    inside = classes[(classes[:, 0] < begin) & (end <= classes[:, 1])]
    if len(inside) and not len(touched) and not len(headed):
        return [_smallest(inside)]
    return [(int(one[0]), int(one[1])) for one in (*touched, *headed, span)]


def _smallest(spans: Ints) -> Span:
    begin, end = spans[np.argmin(spans[:, 1] - spans[:, 0])]
    return int(begin), int(end)


def _whole_lines(span: Span, newlines: Ints, size: int) -> Span:
    """From the beginning of the first line to the end of the last one."""
    first = int(np.searchsorted(newlines, span[0]))
    last = int(np.searchsorted(newlines, max(span[0], span[1] - 1)))
    return int(newlines[first - 1]) + 1 if first else 0, int(newlines[last]) + 1 if last < len(
        newlines
    ) else size


def _above(source: bytes, newlines: Ints, begin: int, least: int) -> int:
    """The beginning of what belongs to the line below and stands right above it (`_HEADS`), no earlier than `least`.

    It may take several lines, as far as its brackets say, and comments and blank lines may stand between.
    """
    line = int(np.searchsorted(newlines, begin))
    depth, first = 0, begin
    while begin > least:
        above = int(newlines[line - 2]) + 1 if line >= 2 else 0
        if above < least:
            break
        text = source[above:begin].strip()
        depth += sum(map(text.count, _CLOSE)) - sum(map(text.count, _OPEN))
        begin, line = above, line - 1
        if depth == 0 and text.startswith(_HEADS):
            first = begin
        elif depth < 0 or (depth == 0 and text and not text.startswith(_COMMENTS)):
            break
    return first


def _united(spans: Iterable[Span]) -> list[Span]:
    """Spans in order; those that overlap or touch as one."""
    result: list[Span] = []
    for begin, end in sorted(spans):
        if result and begin <= result[-1][1]:
            result[-1] = (result[-1][0], max(end, result[-1][1]))
        else:
            result.append((begin, end))
    return result

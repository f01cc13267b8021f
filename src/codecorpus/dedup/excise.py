"""A document and where it matches in, the document without that out: whole functions where the syntax tree tells them, else whole lines."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from codecorpus.parse._kernels_tree import bracket_depth
from codecorpus.parse.grammars import GrammarMissing, dialect, find_grammar
from codecorpus.parse.options import ParseOptions
from codecorpus.parse.spans import find_spans
from codecorpus.parse.tree import ParseTimeout, read_tree

Span = tuple[int, int]


def excise(source: bytes, spans: Sequence[Span], language: str | None) -> bytes:
    r"""Cut out what holds these spans.

    A span inside a function takes the smallest such function with it, one inside a class and no function of it the class, and one across
    functions all that it touches. Lines are cut whole, decorators included.

    Args:
        source: UTF-8 text of the document.
        spans: first byte, and the byte after the last one; any order.
        language: Linguist's name; None, or one without a grammar, leaves lines.

    >>> excise(b"import os\n\ndef f(x):\n    return x\n\ny = 1\n", [(24, 30)], "Python")
    b'import os\n\n\ny = 1\n'
    """
    functions, classes = _definitions(source, language)
    taken: list[Span] = []
    for span in spans:
        taken += _holding(span, functions, classes)
    kept, last = [], 0
    for begin, end in _united(_whole_lines(source, span) for span in taken):
        kept.append(source[last:begin])
        last = end
    return b"".join([*kept, source[last:]])


def _definitions(source: bytes, language: str | None) -> tuple[list[Span], list[Span]]:
    """Functions and classes of the document; none where it cannot be parsed."""
    limits = ParseOptions()
    # YAML has neither, and its grammar kills the process on deep indentation.
    if language is None or language == "YAML" or len(source) > limits.max_bytes:
        return [], []
    if bracket_depth(np.frombuffer(source, np.uint8)) > limits.max_nesting:
        return [], []
    try:
        grammar = find_grammar(dialect(language, source[:4096]))
        if grammar is None:
            return [], []
        tree = read_tree(source, grammar, timeout_seconds=limits.timeout_seconds)
        found = [find_spans(what, tree, grammar, source).tolist() for what in ("functions", "classes")]
    except (ParseTimeout, GrammarMissing, ValueError, MemoryError):
        return [], []
    functions, classes = ([(begin, end) for begin, end in spans] for spans in found)
    return functions, classes


def _holding(span: Span, functions: list[Span], classes: list[Span]) -> list[Span]:
    """What has to go so that the span goes: the smallest function around it, or what it touches and its own lines."""
    around = [one for one in functions if one[0] <= span[0] and span[1] <= one[1]]
    if around:
        return [min(around, key=lambda one: one[1] - one[0])]
    touched = [one for one in functions if one[0] < span[1] and span[0] < one[1]]
    # A span that begins in the head of a class, as in Java's problems, would leave a tail without a head.
    touched += [one for one in classes if span[0] <= one[0] < span[1]]
    inside = [one for one in classes if one[0] < span[0] and span[1] <= one[1]]
    if inside and not touched:
        return [min(inside, key=lambda one: one[1] - one[0])]
    return [*touched, span]


def _whole_lines(source: bytes, span: Span) -> Span:
    """From the beginning of the first line, or of the decorators above it, to the end of the last one."""
    begin = source.rfind(b"\n", 0, span[0]) + 1
    while begin:
        above = source.rfind(b"\n", 0, begin - 1) + 1
        if not source[above:begin].lstrip(b" \t").startswith(b"@"):
            break
        begin = above
    end = source.find(b"\n", max(span[0], span[1] - 1))
    return begin, len(source) if end < 0 else end + 1


def _united(spans: Iterable[Span]) -> list[Span]:
    """Spans in order; those that overlap or touch as one."""
    result: list[Span] = []
    for begin, end in sorted(spans):
        if result and begin <= result[-1][1]:
            result[-1] = (result[-1][0], max(end, result[-1][1]))
        else:
            result.append((begin, end))
    return result

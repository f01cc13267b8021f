"""A document and where it matches in, the document without that out: whole functions where the syntax tree tells them, else whole lines.

What is left is code as far as the document was: where a cut would leave an unclosed bracket, an empty body in Python or a branch without
its beginning, the statement around it goes too.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import numpy as np

from codecorpus.dedup.code_layout import (
    NEWLINE,
    Ints,
    Layout,
    Span,
    around,
    count_faults,
    line_begin,
    read_layout,
    trimmed,
    with_head,
)

# Each costs a parse. What is not whole after so many is given up: planted problems took 5 at the most.
_MOST_CHECKS = 40

# Of a span across functions of a larger one: what these have to cover, or else the larger one is what matches.
_NEARLY_ALL = 0.9

_NO_SPANS = np.empty((0, 2), np.int64)


def excise(source: bytes, spans: Sequence[Span], language: str | None, *, least: float = 0.0) -> bytes:
    r"""Cut out what holds these spans.

    A span inside a function takes the smallest such function with it, one inside a comment that belongs to no function the comment, one
    inside a class and no function of it the class, and one across functions all that it touches. Lines are cut whole, with the decorators,
    attributes, template heads and comments right above them. Where that does not leave code, what is around goes too.

    Args:
        source: UTF-8 text of the document.
        spans: first byte, and the byte after the last one; any order.
        language: Linguist's name; None, or one without a grammar, leaves lines.
        least: share of a function or class that a span across several has to cover to take it along. A match often ends with the first
            word or the last brace of a neighbour; whether enough went is for the caller to see.

    >>> excise(b"import os\n\ndef f(x):\n    return x\n\ny = 1\n", [(24, 30)], "Python")
    b'import os\n\n\ny = 1\n'
    """
    newlines = np.flatnonzero(np.frombuffer(source, np.uint8) == NEWLINE)
    layout = read_layout(source, language, newlines)
    taken = [part for span in _by_line(spans, newlines) for part in _holding(span, layout, least)]
    comments = layout.comments if layout else _NO_SPANS
    # What is left of a span without its neighbours begins with the end of their last line.
    chosen = [trimmed(source, span) for span in taken] if layout else taken
    lines = united([_lines(source, span, comments, newlines) for span in chosen])
    if layout is not None:
        lines = _mended(source, lines, layout, newlines, language)
    return _without(source, lines)


def _without(source: bytes, spans: Iterable[Span]) -> bytes:
    kept, last = [], 0
    for begin, end in spans:
        kept.append(source[last:begin])
        last = end
    return b"".join([*kept, source[last:]])


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


def _holding(span: Span, layout: Layout | None, least: float) -> list[Span]:
    """What has to go so that the span goes: the smallest function around it, or what it touches and its own lines."""
    if layout is None:
        return [span]
    begin, end = span
    around_it = _around(layout.functions, span)
    if len(around_it):
        whole = _smallest(around_it)
        inner = _touched(_inside(layout.functions, whole), span)
        return _taken(inner, span, least) if least and _covered(inner, span) >= _NEARLY_ALL else [whole]
    in_comment = _around(layout.comments, span)
    if len(in_comment):
        return [_smallest(in_comment)]
    functions, comments = _touched(layout.functions, span), _touched(layout.comments, span)
    # A span that begins in the head of a class, as in Java's problems, would leave a tail without a head.
    classes = layout.classes
    headed = classes[(begin <= classes[:, 0]) & (classes[:, 0] < end)]
    inside = classes[(classes[:, 0] < begin) & (end <= classes[:, 1])]
    if len(inside) and not len(functions) and not len(headed):
        return [_smallest(inside)]
    return [*_taken(np.concatenate([functions, headed]), span, least), *map(_pair, comments)]


def _taken(parts: Ints, span: Span, least: float) -> list[Span]:
    """The parts of which the span covers enough, and the span without the others."""
    begin, end = span
    taken = []
    for first, last in map(_pair, parts):
        if min(last, span[1]) - max(first, span[0]) >= least * (last - first):
            taken.append((first, last))
        elif first > span[0]:
            end = min(end, first)
        else:
            begin = max(begin, last)
    return [*taken, (begin, end)] if begin < end else taken


def _around(parts: Ints, span: Span) -> Ints:
    return parts[(parts[:, 0] <= span[0]) & (span[1] <= parts[:, 1])]


def _inside(parts: Ints, span: Span) -> Ints:
    """Those in the span, itself apart."""
    inner = (span[0] <= parts[:, 0]) & (parts[:, 1] <= span[1])
    return parts[inner & ((parts[:, 0] > span[0]) | (parts[:, 1] < span[1]))]


def _touched(parts: Ints, span: Span) -> Ints:
    return parts[(parts[:, 0] < span[1]) & (span[0] < parts[:, 1])]


def _covered(parts: Ints, span: Span) -> float:
    """Which share of a span these parts cover."""
    cut = united((max(first, span[0]), min(last, span[1])) for first, last in map(_pair, parts))
    return sum(last - first for first, last in cut) / (span[1] - span[0])


def _pair(part: Ints) -> Span:
    return int(part[0]), int(part[1])


def _smallest(spans: Ints) -> Span:
    return _pair(spans[np.argmin(spans[:, 1] - spans[:, 0])])


def _lines(source: bytes, span: Span, comments: Ints, newlines: Ints) -> Span:
    """From the beginning of the first line, with what belongs to it above, to the end of the last one."""
    last = int(np.searchsorted(newlines, max(span[0], span[1] - 1)))
    end = int(newlines[last]) + 1 if last < len(newlines) else len(source)
    return line_begin(newlines, with_head(source, span[0], comments, newlines)), end


def _mended(
    source: bytes, spans: list[Span], layout: Layout, newlines: Ints, language: str | None
) -> list[Span]:
    """The spans, widened where they have to be so that what is left has no more faults than the document; all of it if nothing helps."""

    def is_whole(cut: list[Span]) -> bool:
        faults = count_faults(_without(source, cut), language)
        return faults is not None and faults <= layout.faults

    if is_whole(spans):
        return spans
    done: list[Span] = []
    checks = 0
    for span in spans:
        for wider in _wider(source, span, layout, newlines):
            checks += 1
            if checks > _MOST_CHECKS:
                return [(0, len(source))]
            tried = united([*done, wider])
            if is_whole(tried):
                done = tried
                break
    return done


def _wider(source: bytes, span: Span, layout: Layout, newlines: Ints) -> Iterator[Span]:
    """The lines themselves, those of what is around them, the smallest first, and at last the whole document."""
    last = span
    yield span
    for node in around(source, span, layout.nodes):
        lines = _lines(source, node, layout.comments, newlines)
        wider = min(lines[0], last[0]), max(lines[1], last[1])
        if wider != last:
            yield wider
        last = wider
    yield 0, len(source)


def united(spans: Iterable[Span]) -> list[Span]:
    """Spans in order; those that overlap or touch as one."""
    result: list[Span] = []
    for begin, end in sorted(spans):
        if result and begin <= result[-1][1]:
            result[-1] = (result[-1][0], max(end, result[-1][1]))
        else:
            result.append((begin, end))
    return result

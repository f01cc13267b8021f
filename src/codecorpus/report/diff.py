"""How a dropped text differs from the one that was kept: two texts in, lines of a diff out.

Lines of context are few, long lines are cut, and there are not more lines than a person reads; so the cost is bounded whatever
the texts are.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

_LINES = 36
_WIDTH = 140
_CONTEXT = 2
#: Lines of each text that are compared: the matcher is quadratic in the worst case, 0.03 s for two times as many equal lines.
_COMPARED = 400


_Opcodes = Sequence[tuple[str, int, int, int, int]]


@dataclass(frozen=True, slots=True)
class DiffLine:
    """One line of a diff.

    Attributes:
        kind: `kept` (only in the kept text), `dropped` (only in the dropped one), `same`, or `gap` for lines that are left out.
        text: the line, cut; of a gap, what is left out.
    """

    kind: str
    text: str


def diff_lines(kept: str, dropped: str, *, is_cut: bool = False) -> tuple[DiffLine, ...]:
    r"""What stands only in one of two texts, with two lines around each place; nothing where the texts are equal line by line.

    Args:
        kept: the text that stayed, or its beginning.
        dropped: the text that went, or its beginning.
        is_cut: whether one of them is only a beginning: a difference at the very end says nothing then.

    >>> [(line.kind, line.text) for line in diff_lines("a\nb\nc\n", "a\nB\nc\n")]
    [('same', 'a'), ('kept', 'b'), ('dropped', 'B'), ('same', 'c')]
    """
    is_cut = is_cut or max(kept.count("\n"), dropped.count("\n")) >= _COMPARED
    old, new = _lines_of(kept, is_cut), _lines_of(dropped, is_cut)
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    groups: list[_Opcodes] = [*matcher.get_grouped_opcodes(_CONTEXT)]
    if is_cut and groups:
        groups[-1] = _without_end(groups[-1], len(old), len(new))
    lines = [line for group in groups for line in _group(group, old, new)]
    more = len(lines) - _LINES
    return tuple(lines[:_LINES]) + ((DiffLine("gap", f"{more} more lines"),) if more > 0 else ())


def _lines_of(text: str, is_cut: bool) -> list[str]:
    """The lines that are compared; without a last one that may be half a line."""
    lines = text.splitlines()
    whole = lines if not is_cut or text.endswith(("\n", "\r")) or len(lines) == 1 else lines[:-1]
    return whole[:_COMPARED]


def _without_end(group: _Opcodes, olds: int, news: int) -> _Opcodes:
    """The group with as many lines of both texts where it runs to the end of one: there one of them was cut."""
    tag, old_start, old_end, new_start, new_end = group[-1]
    if tag == "equal" or (old_end < olds and new_end < news):
        return group
    size = min(old_end - old_start, new_end - new_start)
    last = (tag, old_start, old_start + size, new_start, new_start + size)
    rest = [*group[:-1], *([last] if size else [])]
    return rest if any(code[0] != "equal" for code in rest) else ()


def _group(group: _Opcodes, old: Sequence[str], new: Sequence[str]) -> Iterator[DiffLine]:
    if not group:
        return
    if group[0][1] > 0:
        yield DiffLine("gap", f"line {group[0][1] + 1}")
    for tag, old_start, old_end, new_start, new_end in group:
        if tag == "equal":
            yield from (DiffLine("same", _line(text)) for text in old[old_start:old_end])
        else:
            yield from (DiffLine("kept", _line(text)) for text in old[old_start:old_end])
            yield from (DiffLine("dropped", _line(text)) for text in new[new_start:new_end])


def _line(text: str) -> str:
    return text if len(text) <= _WIDTH else text[: _WIDTH - 1] + "…"

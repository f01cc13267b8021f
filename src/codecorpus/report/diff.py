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
#: Lines of each text that are compared, equal ones at both ends apart: the matcher takes 0.03 s for so many equal lines, and 0.8 s for
#: three that come again and again.
COMPARED = 400


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


@dataclass(frozen=True, slots=True)
class Compared:
    """A diff, however long.

    Attributes:
        lines: of it, each cut.
        is_part: whether the texts differ over so many lines that only the first of these were compared.
    """

    lines: tuple[DiffLine, ...]
    is_part: bool


def diff_lines(kept: str, dropped: str, *, is_cut: bool = False) -> tuple[DiffLine, ...]:
    r"""What stands only in one of two texts, with two lines around each place; nothing where the texts are equal line by line.

    Args:
        kept: the text that stayed, or its beginning.
        dropped: the text that went, or its beginning.
        is_cut: whether one of them is only a beginning: a difference at the very end says nothing then.

    >>> [(line.kind, line.text) for line in diff_lines("a\nb\nc\n", "a\nB\nc\n")]
    [('same', 'a'), ('kept', 'b'), ('dropped', 'B'), ('same', 'c')]
    """
    lines = compared(kept, dropped, is_cut=(is_cut, is_cut)).lines
    more = len(lines) - _LINES
    return lines[:_LINES] + ((DiffLine("gap", f"{more} more lines"),) if more > 0 else ())


def compared(kept: str, dropped: str, *, is_cut: tuple[bool, bool]) -> Compared:
    """All that `diff_lines` would say, however much it is.

    Args:
        kept: the text that stayed, or its beginning.
        dropped: the text that went, or its beginning.
        is_cut: whether the one, and whether the other, is only a beginning.
    """
    old, new = _lines_of(kept, is_cut[0]), _lines_of(dropped, is_cut[1])
    if (is_cut[1] and _is_beginning(old, dropped)) or (is_cut[0] and _is_beginning(new, kept)):
        return Compared((), is_part=False)
    old, new, first = _without_equal_ends(old, new, any(is_cut))
    # What is known only in part goes on: what is not found in it may come later.
    goes_on = is_cut[0] or len(old) > COMPARED, is_cut[1] or len(new) > COMPARED
    is_part = max(len(old), len(new)) > COMPARED
    old, new = old[:COMPARED], new[:COMPARED]
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    groups: list[_Opcodes] = [*matcher.get_grouped_opcodes(_CONTEXT)]
    if any(goes_on) and groups:
        groups[-1] = _without_end(groups[-1], len(old), len(new), goes_on, is_cut[0] != is_cut[1])
    return Compared(tuple(line for group in groups for line in _group(group, old, new, first)), is_part)


def _lines_of(text: str, is_cut: bool) -> list[str]:
    """The lines that are compared; without a last one that may be half a line."""
    lines = text.splitlines()
    return lines if not is_cut or text.endswith(("\n", "\r")) or len(lines) == 1 else lines[:-1]


def _is_beginning(lines: Sequence[str], half: str) -> bool:
    """Whether half a line, which is all there is of a text, is the beginning of the other."""
    return bool(lines) and lines[0].startswith(half)


def _without_equal_ends(old: list[str], new: list[str], is_cut: bool) -> tuple[list[str], list[str], int]:
    """Of long texts what is between equal lines at both ends, with the context; and how many lines stood before it."""
    least = min(len(old), len(new))
    if max(len(old), len(new)) <= COMPARED:
        return old, new, 0
    start = next((row for row in range(least) if old[row] != new[row]), least)
    left = 0 if is_cut else least - start
    end = next((row for row in range(left) if old[-1 - row] != new[-1 - row]), left)
    first, after = max(0, start - _CONTEXT), max(0, end - _CONTEXT)
    return old[first : len(old) - after], new[first : len(new) - after], first


def _without_end(
    group: _Opcodes, olds: int, news: int, goes_on: tuple[bool, bool], is_one_whole: bool
) -> _Opcodes:
    """The group without what is at the end of one text and may come in the other, which goes on.

    Unless one text is whole, as many lines of both are left where they are replaced: else nothing would be.
    """
    tag, old_start, old_end, new_start, new_end = group[-1]
    if tag == "equal" or (old_end < olds and new_end < news):
        return group
    size = min(old_end - old_start, new_end - new_start) if not is_one_whole else 0
    old_end = old_start + size if goes_on[1] else old_end
    new_end = new_start + size if goes_on[0] else new_end
    is_empty = old_end == old_start and new_end == new_start
    rest = [*group[:-1], *([] if is_empty else [(tag, old_start, old_end, new_start, new_end)])]
    return rest if any(code[0] != "equal" for code in rest) else ()


def _group(group: _Opcodes, old: Sequence[str], new: Sequence[str], first: int) -> Iterator[DiffLine]:
    if not group:
        return
    if first + group[0][1] > 0:
        yield DiffLine("gap", f"line {first + group[0][1] + 1:,}")
    for tag, old_start, old_end, new_start, new_end in group:
        if tag == "equal":
            yield from (DiffLine("same", _line(text)) for text in old[old_start:old_end])
        else:
            yield from (DiffLine("kept", _line(text)) for text in old[old_start:old_end])
            yield from (DiffLine("dropped", _line(text)) for text in new[new_start:new_end])


def _line(text: str) -> str:
    return text if len(text) <= _WIDTH else text[: _WIDTH - 1] + "…"

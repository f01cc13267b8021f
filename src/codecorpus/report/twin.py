"""How two texts compare: the lines of a short unified diff, and where in one of them the other stands."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from dataclasses import dataclass

from codecorpus.report.text import printable
from codecorpus.report.texts import Text

#: Lines of either text that are compared, those at its beginning and end apart that are equal: comparing takes their product.
_MOST_LINES = 2_000
_CONTEXT = 2
# Lines that are compared to say where a text stands, and lines that may differ inside of such a stretch.
_MOST_HELD, _GAP = 5_000, 4


@dataclass(frozen=True, slots=True)
class Difference:
    """How two texts differ.

    Attributes:
        lines: of a unified diff, the other document first: ` ` in both, `-` only there, `+` only here. Safe for a terminal.
        added: lines only in this document.
        removed: lines only in the other.
        left_out: lines of the diff that are not shown.
        note: what else is to be known, such as that a text is cut; empty if nothing.
    """

    lines: tuple[str, ...]
    added: int
    removed: int
    left_out: int = 0
    note: str = ""


def difference(other: Text, this: Text, *, most: int = 40, width: int = 80) -> Difference:
    """The difference between two texts.

    Args:
        other: the document that was matched.
        this: the one that is explained.
        most: lines of the diff at most.
        width: columns of a line at most.
    """
    before, after = (text.content.splitlines() for text in (other, this))
    notes = []
    if this.is_cut or other.is_cut:
        least = min(len(text) for text, one in ((before, other), (after, this)) if one.is_cut)
        before, after = before[:least], after[:least]
        notes.append(f"only the first {least:,} lines are compared")
    start, end = _ends(before, after)
    middle = before[start : len(before) - end], after[start : len(after) - end]
    if max(map(len, middle)) > _MOST_LINES:
        notes.append(f"only {_MOST_LINES:,} lines are compared")
        middle, end = (middle[0][:_MOST_LINES], middle[1][:_MOST_LINES]), 0
    lead, tail = before[max(0, start - _CONTEXT) : start], before[len(before) - end :][:_CONTEXT]
    rows = _rows([*lead, *middle[0], *tail], [*lead, *middle[1], *tail], start - len(lead))
    shown = [_safe(row, width) for row in rows[:most]]
    return Difference(
        lines=tuple(shown),
        added=sum(row.startswith("+") for row in rows),
        removed=sum(row.startswith("-") for row in rows),
        left_out=max(0, len(rows) - most),
        note="; ".join(notes),
    )


def difference_lines(found: Difference, *, other: str, this: str, indent: str = "    ") -> list[str]:
    """The difference as a person reads it, under the names of both documents."""
    if not found.lines:
        same = "the same text, line for line"
        return [f"{indent}{same}{'; ' + found.note if found.note else ''}"]
    lines = [f"{indent}- {printable(other)}", f"{indent}+ {printable(this)}"]
    lines += [f"{indent}{line}" for line in found.lines]
    if found.left_out:
        lines.append(f"{indent}… {found.left_out:,} more lines of the difference")
    return [*lines, *([f"{indent}({found.note})"] if found.note else [])]


def _ends(before: Sequence[str], after: Sequence[str]) -> tuple[int, int]:
    """How many lines are equal at the beginning, and how many of the rest at the end."""
    least = min(len(before), len(after))
    start = next((row for row in range(least) if before[row] != after[row]), least)
    left = least - start
    return start, next((row for row in range(left) if before[-1 - row] != after[-1 - row]), left)


def _rows(before: list[str], after: list[str], first: int) -> list[str]:
    """A unified diff without its head; `first` lines stand before both."""
    rows: list[str] = []
    matcher = difflib.SequenceMatcher(None, before, after)
    for group in matcher.get_grouped_opcodes(_CONTEXT):
        rows.append(f"@@ line {first + group[0][1] + 1:,} / {first + group[0][3] + 1:,} @@")
        for tag, low, high, other_low, other_high in group:
            if tag == "equal":
                rows += [f" {line}" for line in before[low:high]]
                continue
            rows += [f"-{line}" for line in before[low:high]]
            rows += [f"+{line}" for line in after[other_low:other_high]]
    return rows


def _safe(row: str, width: int) -> str:
    text = printable(row[: 2 * width].expandtabs(4)).rstrip()
    return text if len(text) <= width - 4 else text[: width - 5] + "…"


def lines_held(text: str, document: str) -> tuple[int, int] | None:
    """The longest stretch of the document's lines that the text has in the same order, give or take three lines."""
    asked, held = (_numbered(one) for one in (text, document))
    matcher = difflib.SequenceMatcher(None, [line for _, line in asked], [line for _, line in held])
    best: tuple[int, int, int] = (0, 0, 0)  # lines held, first, last
    count, first, last = 0, 0, 0
    for block in matcher.get_matching_blocks():
        if not block.size:
            continue
        start, end = held[block.b][0], held[block.b + block.size - 1][0]
        if not count or start - last > _GAP:
            count, first = 0, start
        count, last = count + block.size, end
        best = max(best, (count, first, last), key=lambda one: one[0])
    return (best[1], best[2]) if best[0] else None


def _numbered(text: str) -> list[tuple[int, str]]:
    """The lines that say something, with their numbers; comparing takes the product of both, so they are not endless."""
    lines = enumerate(text.splitlines(), 1)
    return [(number, line.strip()) for number, line in lines if sum(map(str.isalnum, line[:200])) >= 3][
        :_MOST_HELD
    ]

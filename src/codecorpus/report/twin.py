"""How two texts compare: the lines of a short unified diff, and where in one of them the other stands."""

from __future__ import annotations

import difflib
from dataclasses import dataclass

from codecorpus.report.diff import COMPARED, DiffLine, compared
from codecorpus.report.text import printable
from codecorpus.report.texts import NOT_SHOWN, Text

_WIDTH = 76
_SIGNS = {"kept": "-", "dropped": "+", "same": " "}
# Lines of both texts, one times the other, that are compared to say where a text stands: 0.9 s at most of what was tried.
# Lines that may differ inside of such a stretch.
_MOST_COMPARED, _GAP = 800_000, 4


@dataclass(frozen=True, slots=True)
class Difference:
    """How two texts differ.

    Attributes:
        lines: of a unified diff, the other document first: ` ` in both, `-` only there, `+` only here. Safe for a terminal.
        added: lines only in this document, as far as both are there and compared.
        removed: those only in the other.
        left_out: lines of the diff that are not shown.
        note: what else is to be known, such as that a text is cut; empty if nothing.
    """

    lines: tuple[str, ...]
    added: int
    removed: int
    left_out: int = 0
    note: str = ""


def difference(other: Text, this: Text, *, most: int = 40) -> Difference:
    """The difference between two texts.

    Args:
        other: the document that was matched.
        this: the one that is explained.
        most: lines of the diff at most.
    """
    if "withheld" in (other.origin, this.origin):
        return Difference((), 0, 0, note=NOT_SHOWN)
    is_cut = other.is_cut, this.is_cut
    found = compared(other.content, this.content, is_cut=is_cut)
    notes = ["of one only the beginning is there"] if any(is_cut) else []
    notes += [f"only {COMPARED:,} lines of either are compared"] if found.is_part else []
    kinds = [line.kind for line in found.lines]
    return Difference(
        lines=tuple(_row(line) for line in found.lines[:most]),
        added=kinds.count("dropped"),
        removed=kinds.count("kept"),
        left_out=max(0, len(kinds) - most),
        note="; ".join(notes),
    )


def difference_lines(found: Difference, *, other: str, this: str, indent: str = "    ") -> list[str]:
    """The difference as a person reads it, under the names of both documents."""
    if found.note == NOT_SHOWN:
        return [f"{indent}no difference is shown: one of them was dropped for what it says"]
    note = [f"{indent}({found.note})"] if found.note else []
    if not found.lines:
        return [f"{indent}{'no line is known to differ' if note else 'the same text, line for line'}", *note]
    lines = [f"{indent}- {printable(other)}", f"{indent}+ {printable(this)}"]
    lines += [f"{indent}{line}" for line in found.lines]
    if found.left_out:
        lines.append(f"{indent}… {found.left_out:,} more lines of the difference")
    return [*lines, *note]


def _row(line: DiffLine) -> str:
    """One line of the diff, safe for a terminal, of as many columns as fit behind the indent."""
    row = f"@@ {line.text} @@" if line.kind == "gap" else _SIGNS[line.kind] + line.text
    text = printable(row[: 2 * _WIDTH].expandtabs(4)).rstrip()
    return text if len(text) <= _WIDTH else text[: _WIDTH - 1] + "…"


def lines_held(text: str, document: str) -> tuple[int, int] | None:
    """The longest stretch of the document's lines that the text has in the same order, give or take three lines.

    A text that stands in the document as a whole, or holds it, is found however long both are; else None where they differ over too
    many lines.
    """
    asked, held = (_numbered(one) for one in (text, document))
    lines, others = ([line for _, line in one] for one in (asked, held))
    if (start := _place(lines, others)) is not None:
        return held[start][0], held[start + len(lines) - 1][0]
    if _place(others, lines) is not None:
        return held[0][0], held[-1][0]
    blocks = _blocks(lines, others)
    best: tuple[int, int, int] = (0, 0, 0)  # lines held, first, last
    count, first, last = 0, 0, 0
    for at, size in blocks:
        start, end = held[at][0], held[at + size - 1][0]
        if not count or start - last > _GAP:
            count, first = 0, start
        count, last = count + size, end
        best = max(best, (count, first, last), key=lambda one: one[0])
    return (best[1], best[2]) if best[0] else None


def _blocks(few: list[str], many: list[str]) -> list[tuple[int, int]]:
    """Stretches of the second lines that the first have in the same order, each with its size; none where both are too long."""
    start, end = 0, 0
    if len(few) * len(many) > _MOST_COMPARED:
        least = min(len(few), len(many))
        start = next((row for row in range(least) if few[row] != many[row]), least)
        left = least - start
        end = next((row for row in range(left) if few[-1 - row] != many[-1 - row]), left)
    first, second = few[start : len(few) - end], many[start : len(many) - end]
    if len(first) * len(second) > _MOST_COMPARED:
        return []
    found = difflib.SequenceMatcher(None, first, second).get_matching_blocks()
    blocks = [(0, start), *((start + one.b, one.size) for one in found), (len(many) - end, end)]
    return [(at, size) for at, size in blocks if size]


def _place(few: list[str], many: list[str]) -> int | None:
    """At which line the few stand among the many, one after the other; None where they do not, or there are none."""
    whole, part = ("\n" + "".join(f"{line}\n" for line in one) for one in (many, few))
    at = whole.find(part) if few else -1
    return None if at < 0 else whole.count("\n", 0, at)


def _numbered(text: str) -> list[tuple[int, str]]:
    """The lines that say something, with their numbers."""
    lines = enumerate(text.splitlines(), 1)
    return [(number, line.strip()) for number, line in lines if sum(map(str.isalnum, line[:200])) >= 3]

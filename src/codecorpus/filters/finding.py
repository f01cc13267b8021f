"""What was found and where, and how a decision says so without showing it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

SECRET, PERSONAL = "CC311", "CC312"
#: Places of one kind that a decision lists; the others are counted.
MAX_PLACES = 25


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """A secret or personal datum; it never carries the text itself.

    Attributes:
        row: number of the document in its batch.
        start: offset of its first byte in the document.
        end: offset after its last byte.
        kind: what it is, such as `GitHub token`.
        placeholder: what to put in its place.
        code: CC311 for secrets, CC312 for personal data.
    """

    row: int
    start: int
    end: int
    kind: str
    placeholder: bytes
    code: str = SECRET


def describe(text: bytes, findings: Sequence[Finding]) -> str:
    r"""Kinds, counts and places: line, and first byte and byte after the last, in the text as it was read.

    >>> describe(b"a\nmail ada@lovelace.org", [Finding(0, 7, 23, "e-mail address", b"<EMAIL>")])
    'e-mail address: 1 at line 2 [7:23]'
    """
    lines, at, line = {}, 0, 1
    for finding in findings:  # in order, so that the text is counted once
        line += text.count(b"\n", at, finding.start)
        at = finding.start
        lines[finding] = line
    kinds = sorted({finding.kind for finding in findings})
    return "; ".join(_of_kind(kind, [one for one in findings if one.kind == kind], lines) for kind in kinds)


def _of_kind(kind: str, findings: list[Finding], lines: dict[Finding, int]) -> str:
    places = [f"line {lines[one]} [{one.start}:{one.end}]" for one in findings[:MAX_PLACES]]
    more = len(findings) - len(places)
    return f"{kind}: {len(findings)} at {', '.join(places)}" + (f" and {more} more" if more else "")

"""An explanation as a person reads it: an `Explanation` in, lines of 80 columns out, free of control characters."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codecorpus.report.text import number, printable, wrapped
from codecorpus.report.twin import difference_lines

if TYPE_CHECKING:
    from codecorpus.report.explain import Explanation, Verdict


def explanation_lines(one: Explanation) -> list[str]:
    """The document, its way, every verdict, and the difference to what it matched.

    Every name in them may be of somebody else's run: each finished line is escaped.
    """
    what = "kept" if one.kept else "dropped"
    first = [f"{one.repo_name}/{one.path}", f"  {what}    doc_id {one.doc_id}"]
    if one.way:
        first.append(f"  way: {' > '.join(one.way)}")
    if one.kept:
        licences = ", ".join(one.licences) or "none found"
        facts = f"{one.language or 'unknown language'}, {one.length_bytes:,} bytes, licence: {licences}"
        first += wrapped(facts, "  ")
        first += [line for row in one.licence_evidence for line in wrapped(row, "    ")]
    if one.stands_for:
        first.append(f"  stands for {one.stands_for} duplicate{'s' if one.stands_for > 1 else ''}")
    if one.alike:
        first.append(f"  {one.alike} kept document{'s have' if one.alike > 1 else ' has'} its structure")
    if one.all_rows:
        more = f" and {number(one.all_rows - len(one.rows))} more" if one.all_rows > len(one.rows) else ""
        listed = ", ".join(str(row) for row in one.rows)
        first.append(f"  packed in row{'s' if one.all_rows > 1 else ''} {listed}{more}")
    last = [line for verdict in one.verdicts for line in _verdict_lines(verdict)]
    return [printable(line) for line in (*first, *last, *_difference_lines(one))]


def _difference_lines(one: Explanation) -> list[str]:
    twin = one.twin
    if one.difference is None or twin is None:
        return wrapped(f"no difference is shown: {one.no_difference}", "    ") if one.no_difference else []
    other = twin.other or f"document {twin.other_id}"
    return difference_lines(one.difference, other=other, this=f"{one.repo_name}/{one.path}")


def _verdict_lines(verdict: Verdict) -> list[str]:
    lines = [f"  {verdict.stage}: {verdict.verdict} by {verdict.code} {verdict.rule}"]
    if verdict.measured is not None:
        against = f", limit {verdict.limit:g}" if verdict.limit is not None else ""
        lines.append(f"    measured {verdict.measured:g}{against}")
    # The id of a benchmark problem is of nothing in the corpus; the detail names the problem.
    if verdict.other or (verdict.other_id and verdict.stage != "contamination"):
        lines.append(f"    matches {verdict.other or verdict.other_id}")
    if verdict.detail:
        lines += wrapped(verdict.detail, "    ")
    return lines

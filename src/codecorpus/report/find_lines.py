"""The answer to "is this code in the corpus?" as a person reads it: what was found in, lines of 80 columns out."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

from codecorpus.report.text import number, percent, printable, wrapped
from codecorpus.rules import RULES

if TYPE_CHECKING:
    from codecorpus.report.find import Found, Match
    from codecorpus.report.find_reads import DroppedCopy

_ANSWERS = {
    "same bytes": "yes: the same bytes are in the corpus",
    "same bytes, changed": "yes: a document was read from the same bytes, and its text was changed",
    "same text": "yes: the same text is in the corpus, with other line ends or blanks",
    "same code": "yes: the same code is in the corpus, with other comments or layout",
    "near copy": "yes: a near copy is in the corpus",
    "holds the text": "yes: it is part of a document of the corpus",
    "part of the text": "in part: a document of the corpus is part of it",
    "shares code": "in part: documents of the corpus share code with it",
}
_MOST_DROPPED = 5
_DROPPED = "no: the same bytes were read, and dropped"
_NOTHING = "no: no kept document has as much as 30 % of it, and no dropped one its bytes"


def found_lines(found: Found) -> list[str]:
    """One line that answers, one that says how it was looked for, then the documents.

    Every name in them may be of somebody else's run: each finished line is escaped.
    """
    lines = [_answer(found), *wrapped(_asked(found), "  ")]
    for one in found.matches:
        lines += ["", *_match_lines(one)]
    for copy in found.dropped[:_MOST_DROPPED]:
        lines += ["", *_dropped_lines(copy)]
    if len(found.dropped) > _MOST_DROPPED:
        lines += [
            "",
            f"and {number(len(found.dropped) - _MOST_DROPPED)} more with the same bytes were dropped",
        ]
    if not found.all_dropped:
        lines += ["", *textwrap.wrap("so much was dropped that not all of it was held against the text", 80)]
    return [printable(line) for line in lines]


def _answer(found: Found) -> str:
    if found.matches:
        return _ANSWERS[found.matches[0].kind]
    return _DROPPED if found.dropped else _NOTHING


def _asked(found: Found) -> str:
    how = (
        f"{number(found.sampled)} of them in lookup/"
        if found.searched == "lookup"
        else "held against every text, for they are few"
        if found.sampled
        else "held against every text"
    )
    return f"{number(found.length_bytes)} bytes, {found.language or 'unknown language'}, {number(found.shingles)} shingles, {how}"


def _match_lines(one: Match) -> list[str]:
    licences = ", ".join(one.licences) or "none found"
    kind = f" ({one.license_type})" if one.license_type and one.licences else ""
    where = f", lines {one.lines[0]:,} to {one.lines[1]:,}" if one.lines else ""
    shares = (
        f"similarity {one.similarity:.3g}; it has {percent(one.containment, 1)} of the text{where}; "
        f"{percent(one.coverage, 1)} of it is in the text"
    )
    lines = [f"{one.kind}: {one.repo_name}/{one.path}"]
    lines += wrapped(f"licence: {licences}{kind}", "  ")
    lines += wrapped(shares, "  ")
    if one.stands_for:
        lines.append(f"  stands for {one.stands_for:,} duplicate{'s' if one.stands_for > 1 else ''}")
    return [*lines, f"  doc_id {one.doc_id}"]


def _dropped_lines(copy: DroppedCopy) -> list[str]:
    rule = RULES.get(copy.code)
    lines = [
        f"dropped: {copy.repo_name}/{copy.path}",
        f"  {copy.stage}: by {copy.code} {rule.name if rule else ''}".rstrip(),
    ]
    if copy.other_id and copy.stage != "contamination":
        lines.append(f"  matches {copy.other or f'document {copy.other_id}'}")
    return [*lines, f"  doc_id {copy.doc_id}"]

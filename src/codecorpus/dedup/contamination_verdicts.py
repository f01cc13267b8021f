"""Matches and the documents that they are about in, verdicts out: what is dropped, what is cut, and why."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import islice
from typing import Any

import polars as pl
import pyarrow as pa

from codecorpus.dedup.contamination_options import ContaminationOptions
from codecorpus.dedup.excise import excise
from codecorpus.dedup.ngram_index import NgramIndex
from codecorpus.dedup.overlap import Overlap, find_overlap
from codecorpus.document import DOC_ID_BYTES, DecisionRows, document_id

CODE = "CC501"

# `class Solution { }` is what a cut leaves of many problems in Java.
_FEWEST_WORDS = 4
_WORD = re.compile(rb"[A-Za-z_\x80-\xff]+")

# What a match hardly touches stays, unless some of the problem is left then.
_LEAST_SHARES = (0.25, 0.0)


@dataclass(frozen=True, slots=True, eq=False)
class Verdicts:
    """What becomes of the documents that hold problems.

    Attributes:
        contents: row → what is left of its text; None: the document is dropped.
        decisions: one `DECISIONS` row for each.
    """

    contents: dict[int, bytes | None]
    decisions: pa.Table


def judge(
    table: pa.Table,
    overlap: Overlap,
    index: NgramIndex,
    options: ContaminationOptions,
    *,
    unparsed: frozenset[int] = frozenset(),
) -> Verdicts:
    """Decide on each document that holds a problem.

    Args:
        table: documents; `content`, and where present `doc_id`, `repo_name`, `path`, `language`.
        overlap: its rows are those of the table; `common` says what does not count.
        index: to look again at what a cut leaves.
        options: `action` and the limits.
        unparsed: rows that are cut by lines, because their parse failed before.
    """
    rows = DecisionRows("contamination")
    contents: dict[int, bytes | None] = {}
    matches = overlap.matches.filter(pl.col("row") < table.num_rows)
    spans = {
        row: list(zip(begins, ends, strict=True))
        for row, begins, ends in overlap.spans.group_by("row").agg("begin", "end").iter_rows()
    }
    best = matches.with_columns(pl.len().over("row").alias("held")).unique(
        "row", keep="first", maintain_order=True
    )
    for match in best.iter_rows(named=True):
        row = match["row"]
        document = table.slice(row, 1)
        raw = _bytes(document["content"][0].as_py())
        left = None
        if options.action == "cut":
            language = None if row in unparsed else _string(document, "language") or None
            left = _cut(raw, spans[row], language, overlap.common, index, options)
        contents[row] = left
        _add(rows, document, raw, match, options, left)
    return Verdicts(contents, rows.table())


def _cut(
    raw: bytes,
    spans: list[tuple[int, int]],
    language: str | None,
    common: pl.DataFrame,
    index: NgramIndex,
    options: ContaminationOptions,
) -> bytes | None:
    """What is left of a text; None where that is nothing or a few words, or where it still holds a problem."""
    for least in _LEAST_SHARES:
        left = excise(raw, spans, language, least=least)
        if sum(1 for _ in islice(_WORD.finditer(left), _FEWEST_WORDS)) < _FEWEST_WORDS:
            continue
        hits = pl.DataFrame(index.find(pa.array([left], pa.large_binary())))
        if not find_overlap(hits, 1, index, options, common).matches.height:
            return left
    return None


def _add(
    rows: DecisionRows,
    document: pa.Table,
    raw: bytes,
    match: dict[str, Any],
    options: ContaminationOptions,
    left: bytes | None,
) -> None:
    repo_name, path = _string(document, "repo_name"), _string(document, "path")
    by_code = match["kind"] == "code"
    limits = {"words": float(options.min_matches), "code": options.min_code_share, "signature": 1.0}
    rows.add(
        _doc_id(document, repo_name, path, raw),
        repo_name,
        path,
        CODE,
        verdict="dropped" if left is None else "edited",
        measured=round(match["share"], 4) if by_code else match["matched"],
        limit=limits[match["kind"]],
        other_id=document_id(match["benchmark"], match["problem"], b""),
        detail=_detail(raw, match, options, left),
    )


def _detail(raw: bytes, match: dict[str, Any], options: ContaminationOptions, left: bytes | None) -> str:
    begin, end = match["begin"], match["end"]
    first = raw.count(b"\n", 0, begin) + 1
    last = first + raw.count(b"\n", begin, end)
    share = {
        "words": f", {match['matched']:,} n-gram{'s' if match['matched'] > 1 else ''}, {match['share']:.0%} of it",
        "code": f", {match['share']:.0%} of its code",
        "signature": "",
    }
    others = f"; holds text of {match['held']:,} problems" if match["held"] > 1 else ""
    done = ""
    if options.action == "cut":
        done = (
            "; a cut leaves nothing, or more of it"
            if left is None
            else f"; cut out {len(raw) - len(left):,} bytes"
        )
    lines = f"line {first}" if first == last else f"lines {first}-{last}"
    return (
        f"{match['benchmark']} {match['problem']} {match['field']}, "
        f"{lines}, bytes {begin}-{end}{share[match['kind']]}{others}{done}"
    )


def _bytes(content: str | bytes | None) -> bytes:
    return content if isinstance(content, bytes) else (content or "").encode()


def _string(document: pa.Table, name: str) -> str:
    value = document[name][0].as_py() if name in document.column_names else None
    return "" if value is None else str(value)


def _doc_id(document: pa.Table, repo_name: str, path: str, raw: bytes) -> bytes:
    """The id given, where it is one of ours, or else the id that a reader would give."""
    given = document["doc_id"][0].as_py() if "doc_id" in document.column_names else None
    if isinstance(given, bytes) and len(given) == DOC_ID_BYTES:
        return given
    return document_id(repo_name, path, raw)

"""A file's way through the stages, from the tables of a run alone.

A question is a path as the tables have it (`src/a.py`), with its repository (`repo/src/a.py`), as it lies on the disk
(`/dumps/repo/src/a.py`), or the first eight or more hex digits of a doc_id. The answer has one `Explanation` per document that fits.
"""

from __future__ import annotations

import difflib
import json
import re
import textwrap
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import polars as pl

from codecorpus.report.evidence import licence_evidence
from codecorpus.report.text import printable
from codecorpus.rules import RULES

_STAGES = ("read", "parse", "filter", "dedup", "contamination", "mix", "pack")


@dataclass(frozen=True, slots=True)
class Verdict:
    """One row of the decisions table, with the rule's words and the other document's path.

    Attributes:
        stage: which stage decided.
        code: the rule, `CC…`.
        rule: its name.
        meaning: what had to be true.
        verdict: dropped, edited or flagged.
        measured: what was measured, if anything.
        limit: what it was held against.
        other: repository and path of the document it matched.
        other_id: hex id of that document.
        detail: what else is known.
    """

    stage: str
    code: str
    rule: str
    meaning: str
    verdict: str
    measured: float | None
    limit: float | None
    other: str | None
    other_id: str | None
    detail: str | None


@dataclass(frozen=True, slots=True)
class Explanation:
    """What became of one document, and why.

    Attributes:
        doc_id: hex.
        repo_name: its repository.
        path: relative to the repository.
        kept: whether it is in `documents/`.
        verdicts: every decision about it, in stage order.
        language: where it is known (kept documents).
        length_bytes: likewise.
        licences: likewise.
        licence_evidence: which files say so, in words.
        stands_for: how many documents were dropped as duplicates of this one.
        alike: how many documents were kept and flagged as structural duplicates of this one.
    """

    doc_id: str
    repo_name: str
    path: str
    kept: bool
    verdicts: tuple[Verdict, ...]
    language: str | None = None
    length_bytes: int | None = None
    licences: tuple[str, ...] = ()
    licence_evidence: tuple[str, ...] = ()
    stands_for: int = 0
    alike: int = 0

    def to_json(self) -> dict[str, Any]:
        """Plain JSON values."""
        return json.loads(json.dumps(asdict(self)))  # type: ignore[no-any-return]

    def lines(self) -> list[str]:
        """The explanation as a person reads it, one line each, free of control characters."""
        what = "kept" if self.kept else "dropped"
        first = [printable(f"{self.repo_name}/{self.path}"), f"  {what}    doc_id {self.doc_id}"]
        if self.kept:
            licences = ", ".join(self.licences) or "none found"
            first.append(
                f"  {self.language or 'unknown language'}, {self.length_bytes:,} bytes, licence: {printable(licences)}"
            )
            first += [f"    {printable(line)}" for line in self.licence_evidence]
        if self.stands_for:
            first.append(f"  stands for {self.stands_for} duplicate{'s' if self.stands_for > 1 else ''}")
        if self.alike:
            first.append(
                f"  {self.alike} kept document{'s have' if self.alike > 1 else ' has'} its structure"
            )
        return [*first, *(line for verdict in self.verdicts for line in _verdict_lines(verdict))]


def explain(run: Path, question: str, *, limit: int = 20) -> list[Explanation]:
    """Every document of the run's input that `question` names, kept or not; empty if there is none.

    Args:
        run: folder of a finished run.
        question: a path, a repository and path, a path on disk, or a doc_id in hex.
        limit: at most so many documents.
    """
    documents = pl.scan_parquet(run / "documents" / "*.parquet")
    decisions = pl.scan_parquet(run / "decisions" / "*.parquet")
    ids = ["doc_id", "repo_name", "path"]
    fits = _fits(question)
    found = (
        pl.concat([documents.select(ids).filter(fits), decisions.select(ids).filter(fits)])
        .unique()
        .sort(ids[1:] + ids[:1])
    )
    wanted = found.head(limit).collect()
    if wanted.is_empty():
        return []
    chosen = wanted["doc_id"].to_list()
    kept = {
        row["doc_id"]: row
        for row in documents.select([*ids, "language", "length_bytes", "detected_licenses"])
        .filter(pl.col("doc_id").is_in(chosen))
        .collect()
        .to_dicts()
    }
    about = decisions.filter(pl.col("doc_id").is_in(chosen)).collect().to_dicts()
    others = _paths(documents, decisions, [row["other_id"] for row in about if row["other_id"]])
    counts = _named(decisions, chosen)
    explained = [
        _explanation(row, kept.get(row["doc_id"]), about, others, counts) for row in wanted.to_dicts()
    ]
    return [
        replace(
            one, licence_evidence=licence_evidence(run, bytes.fromhex(one.doc_id), one.repo_name, one.path)
        )
        for one in explained
    ]


def near_paths(run: Path, question: str, *, n: int = 3) -> list[str]:
    """Paths of the run that look like `question`, for a message that says what was meant."""
    name = question.rstrip("/").rpartition("/")[2]
    tables = [
        pl.scan_parquet(run / table / "*.parquet").select("repo_name", "path")
        for table in ("documents", "decisions")
    ]
    rows = pl.concat(tables).unique().sort("repo_name", "path").head(200_000).collect()
    full = [f"{repo}/{path}" for repo, path in rows.iter_rows()]
    same_name = [path for path in full if path.rpartition("/")[2] == name]
    return same_name[:n] or difflib.get_close_matches(question, full, n=n, cutoff=0.4)


def _fits(question: str) -> pl.Expr:
    full = pl.concat_str(["repo_name", "path"], separator="/")
    fits = (pl.col("path") == question) | (full == question)
    if "/" in question:
        fits |= pl.lit(question).str.ends_with(pl.concat_str([pl.lit("/"), full]))
    if re.fullmatch(r"[0-9a-fA-F]{8,32}", question):
        fits |= pl.col("doc_id").bin.encode("hex").str.starts_with(question.lower())
    return fits


def _paths(documents: pl.LazyFrame, decisions: pl.LazyFrame, ids: list[bytes]) -> dict[bytes, str]:
    columns = ["doc_id", "repo_name", "path"]
    if not ids:
        return {}
    tables = [table.select(columns).filter(pl.col("doc_id").is_in(ids)) for table in (documents, decisions)]
    return {doc_id: f"{repo}/{path}" for doc_id, repo, path in pl.concat(tables).collect().iter_rows()}


def _named(decisions: pl.LazyFrame, ids: list[bytes]) -> dict[tuple[bytes, str], int]:
    """How many documents were dropped, and how many flagged, as duplicates of each of these: (id, verdict) → number."""
    same = decisions.filter((pl.col("stage") == "dedup") & pl.col("other_id").is_in(ids))
    rows = same.group_by("other_id", "verdict").len().collect().iter_rows()
    return {(doc_id, verdict): number for doc_id, verdict, number in rows}


def _explanation(
    row: dict[str, Any],
    kept: dict[str, Any] | None,
    about: list[dict[str, Any]],
    others: dict[bytes, str],
    counts: dict[tuple[bytes, str], int],
) -> Explanation:
    mine = [verdict for verdict in about if verdict["doc_id"] == row["doc_id"]]
    mine.sort(
        key=lambda verdict: (
            _STAGES.index(verdict["stage"]) if verdict["stage"] in _STAGES else 99,
            verdict["code"],
        )
    )
    return Explanation(
        doc_id=row["doc_id"].hex(),
        repo_name=row["repo_name"],
        path=row["path"],
        kept=kept is not None,
        verdicts=tuple(_verdict(verdict, others) for verdict in mine),
        language=kept["language"] if kept else None,
        length_bytes=kept["length_bytes"] if kept else None,
        licences=tuple(kept["detected_licenses"] or ()) if kept else (),
        stands_for=counts.get((row["doc_id"], "dropped"), 0),
        alike=counts.get((row["doc_id"], "flagged"), 0),
    )


def _verdict(row: dict[str, Any], others: dict[bytes, str]) -> Verdict:
    rule = RULES.get(row["code"])
    return Verdict(
        stage=row["stage"],
        code=row["code"],
        rule=rule.name if rule else "",
        meaning=rule.meaning if rule else "",
        verdict=row["verdict"],
        measured=row["measured"],
        limit=row["limit"],
        other=others.get(row["other_id"]) if row["other_id"] else None,
        other_id=row["other_id"].hex() if row["other_id"] else None,
        detail=row["detail"],
    )


def _verdict_lines(verdict: Verdict) -> list[str]:
    lines = [f"  {verdict.stage}: {verdict.verdict} by {verdict.code} {verdict.rule}"]
    if verdict.measured is not None:
        against = f", limit {verdict.limit:g}" if verdict.limit is not None else ""
        lines.append(f"    measured {verdict.measured:g}{against}")
    # The id of a benchmark problem is of nothing in the corpus; the detail names the problem.
    if verdict.other or (verdict.other_id and verdict.stage != "contamination"):
        lines.append(f"    matches {printable(verdict.other or verdict.other_id or '')}")
    if verdict.detail:
        lines += textwrap.wrap(
            printable(verdict.detail),
            80,
            initial_indent="    ",
            subsequent_indent="      ",
            break_long_words=False,
            break_on_hyphens=False,
        )
    return lines

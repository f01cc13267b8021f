"""A file's way through the stages, from the tables of a run alone.

Of a duplicate the difference to the document that it matched is shown, where its text is still to be had (`texts`).

A question is a path as the tables have it (`src/a.py`), with its repository (`repo/src/a.py`), as it lies on the disk
(`/dumps/repo/src/a.py`), or the first eight or more hex digits of a doc_id. The answer has one `Explanation` per document that fits.
"""

from __future__ import annotations

import difflib
import json
import re
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import polars as pl

from codecorpus.document import DECISIONS, DOCUMENTS
from codecorpus.report import tables
from codecorpus.report.evidence import licence_evidence
from codecorpus.report.explain_reads import packed_rows, paths_of, stages_of
from codecorpus.report.texts import texts_of
from codecorpus.report.twin import Difference, difference
from codecorpus.rules import RULES

# Of more documents than these no difference is shown: they fill the screen, and one can be asked for.
_MOST_DIFFERENCES = 3
_GONE = (
    "its text is gone: work/ is not there any more, and it is none of the samples; "
    "the same `codecorpus build` reads it again"
)


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
        way: the stages that it went through, in order, and in the end where it was dropped, or `documents`.
        rows: the first packed rows that hold it.
        all_rows: how many packed rows hold it.
        difference: to the document that it matched, if it is a duplicate.
        no_difference: why there is none, if it is one.
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
    way: tuple[str, ...] = ()
    rows: tuple[int, ...] = ()
    all_rows: int = 0
    difference: Difference | None = None
    no_difference: str = ""

    @property
    def twin(self) -> Verdict | None:
        """The verdict of the duplicate that it is, the one that dropped it first; None where it is none."""
        same = [one for one in self.verdicts if one.stage == "dedup" and one.other_id]
        same.sort(key=lambda one: one.verdict != "dropped")
        return same[0] if same else None

    def to_json(self) -> dict[str, Any]:
        """Plain JSON values."""
        return json.loads(json.dumps(asdict(self)))  # type: ignore[no-any-return]

    def lines(self) -> list[str]:
        """The explanation as a person reads it, one line each, free of control characters."""
        from codecorpus.report.explain_lines import explanation_lines

        return explanation_lines(self)


def explain(run: Path, question: str, *, limit: int = 20, diff_lines: int = 40) -> list[Explanation]:
    """Every document of the run's input that `question` names, kept or not; empty if there is none.

    Args:
        run: folder of a finished run.
        question: a path, a repository and path, a path on disk, or a doc_id in hex.
        limit: at most so many documents.
        diff_lines: lines of the difference between a duplicate and what it matched, at most; 0: none.
    """
    documents, decisions = _tables(run)
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
    others = paths_of(documents, decisions, [row["other_id"] for row in about if row["other_id"]])
    counts = _named(decisions, chosen)
    explained = [
        _explanation(row, kept.get(row["doc_id"]), about, others, counts) for row in wanted.to_dicts()
    ]
    rows = packed_rows(run, [doc_id for doc_id in chosen if doc_id in kept])
    stages = stages_of(run)
    explained = [
        replace(
            one,
            licence_evidence=licence_evidence(run, bytes.fromhex(one.doc_id), one.repo_name, one.path),
            way=_way(one, stages),
            rows=tuple(rows.get(one.doc_id, ())[:5]),
            all_rows=len(rows.get(one.doc_id, ())),
        )
        for one in explained
    ]
    return _with_differences(run, explained, diff_lines) if diff_lines else explained


def _way(one: Explanation, stages: tuple[str, ...]) -> tuple[str, ...]:
    """The stages up to the one that dropped the document."""
    dropped = [verdict.stage for verdict in one.verdicts if verdict.verdict == "dropped"]
    if one.kept or not dropped or dropped[0] not in stages:
        return (*stages, "documents") if one.kept and stages else ()
    return (*stages[: stages.index(dropped[0])], f"{dropped[0]}, dropped")


def _with_differences(run: Path, explained: list[Explanation], most: int) -> list[Explanation]:
    """The same, each duplicate with its difference to the document that it matched, or why there is none."""
    twins = [one.twin for one in explained]
    pairs = [
        (bytes.fromhex(one.doc_id), bytes.fromhex(twin.other_id or "")) if twin else None
        for one, twin in zip(explained, twins, strict=True)
    ]
    if sum(pair is not None for pair in pairs) > _MOST_DIFFERENCES:
        why = "there are many; ask for one of them by its doc_id"
        return [
            replace(one, no_difference=why) if pair else one
            for one, pair in zip(explained, pairs, strict=True)
        ]
    texts = texts_of(run, sorted({doc_id for pair in pairs if pair for doc_id in pair}))
    told = []
    for one, pair in zip(explained, pairs, strict=True):
        this, other = (texts.get(doc_id) for doc_id in pair) if pair else (None, None)
        if this and other:
            one = replace(one, difference=difference(other, this, most=most))
        elif pair:
            one = replace(one, no_difference=_GONE)
        told.append(one)
    return told


def near_paths(run: Path, question: str, *, n: int = 3) -> list[str]:
    """Paths of the run that look like `question`, for a message that says what was meant."""
    name = question.rstrip("/").rpartition("/")[2]
    both = [table.select("repo_name", "path") for table in _tables(run)]
    rows = pl.concat(both).unique().sort("repo_name", "path").head(200_000).collect()
    full = [f"{repo}/{path}" for repo, path in rows.iter_rows()]
    same_name = [path for path in full if path.rpartition("/")[2] == name]
    return same_name[:n] or difflib.get_close_matches(question, full, n=n, cutoff=0.4)


def _tables(run: Path) -> tuple[pl.LazyFrame, pl.LazyFrame]:
    """Kept documents and decisions, by the names of the files: that of the run's folder may have brackets, which a pattern reads."""
    return (
        tables.scan(tables.parts(run, "documents"), DOCUMENTS),
        tables.scan(tables.parts(run, "decisions"), DECISIONS),
    )


def _fits(question: str) -> pl.Expr:
    full = pl.concat_str(["repo_name", "path"], separator="/")
    fits = (pl.col("path") == question) | (full == question)
    if "/" in question:
        fits |= pl.lit(question).str.ends_with(pl.concat_str([pl.lit("/"), full]))
    if re.fullmatch(r"[0-9a-fA-F]{8,32}", question):
        fits |= pl.col("doc_id").bin.encode("hex").str.starts_with(question.lower())
    return fits


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
            tables.STAGES.index(verdict["stage"]) if verdict["stage"] in tables.STAGES else 99,
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

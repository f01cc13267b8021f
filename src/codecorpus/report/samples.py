"""Documents near a rule's limit, dropped and kept. Lazy frames in, a few rows out."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from codecorpus.report import tables
from codecorpus.report.diff import DiffLine
from codecorpus.rules import RULES

#: Rules that replace what they find: their details could tell what was found, so the report does not show them.
_SECRET_CODES = ("CC311", "CC312")


@dataclass(frozen=True, slots=True)
class Verdict:
    """A row of the decisions table, with the name of the document that it matched.

    Attributes:
        doc_id: the document.
        repo_name: its repository.
        path: its path there.
        measured: what was measured, if anything.
        limit: what it was held against.
        other: repository and path of the kept document that it matched, or an empty string.
        other_row: that document's row in the documents table, -1 where there is none.
        detail: what else is known, but for secrets.
        language: where the text is stored.
        text: its first lines, where they are stored and it did not match a kept document.
        diff: how it differs from the document that it matched, where its text is stored.
        is_same: whether its text is stored, and is equal to that document's as far as it is.
    """

    doc_id: bytes
    repo_name: str
    path: str
    measured: float | None
    limit: float | None
    other: str
    other_row: int
    detail: str
    language: str = ""
    text: str = ""
    diff: tuple[DiffLine, ...] = ()
    is_same: bool = False


@dataclass(frozen=True, slots=True)
class Sample:
    """A kept document.

    Attributes:
        row: its row in the documents table, over all parts.
        repo_name: its repository.
        path: its path there.
        language: Linguist's name, or an empty string.
        measured: the measure it was picked for.
        text: its first lines, once they were read.
    """

    row: int
    repo_name: str
    path: str
    language: str
    measured: float
    text: str = ""


@dataclass(frozen=True, slots=True)
class SetLimit:
    """A number that the configuration sets for a rule: its key, its value, and the measure that it bounds (empty: none)."""

    key: str
    value: float
    measure: str = ""


def limit_of(code: str, limits: Mapping[str, float]) -> SetLimit | None:
    """The first number that the configuration sets for a rule; None where it sets none."""
    rule = RULES.get(code)
    if rule is None:
        return None
    known = [(f"filter.{limit.key}", limit.measure) for limit in rule.limits]
    known += [(rule.option, "")] if rule.option else []
    return next((SetLimit(key, limits[key], measure) for key, measure in known if key in limits), None)


def rows_by_code(decisions: pl.LazyFrame) -> dict[tuple[str, str, str], int]:
    """(stage, code, verdict) → rows of the decisions table."""
    frame = tables.run(decisions.group_by("stage", "code", "verdict").len())
    return {(stage, code, verdict): int(count) for stage, code, verdict, count in frame.iter_rows()}


def verdict_samples(
    decisions: pl.LazyFrame,
    documents: pl.LazyFrame,
    rule: tuple[str, str, str],
    count: int,
    *,
    stored: Collection[bytes] = (),
) -> tuple[Verdict, ...]:
    """Rows of one rule, nearest to the limit first; where nothing is measured, a sample in the order of doc_id, which is a hash.

    Args:
        decisions: the decisions table.
        documents: the documents table, for names of matches.
        rule: stage, code and verdict.
        count: how many documents at most.
        stored: documents whose text is stored; they come before others.
    """
    stage, code, verdict = rule
    distance = (pl.col("measured") - pl.col("limit")).abs().alias("distance")
    ids = pl.Series(sorted(stored), dtype=pl.Binary)
    chosen = decisions.filter(
        (pl.col("stage") == stage) & (pl.col("code") == code) & (pl.col("verdict") == verdict)
    ).with_columns(distance, (~pl.col("doc_id").is_in(ids.implode())).alias("unread"))
    # The doc_id before the path: among equal distances a hash gives a mixed sample, a path gives one folder.
    columns = ["distance", "doc_id", "path"]
    frame = tables.run(chosen.sort(["unread", *columns], nulls_last=True).head(4 * count))
    frame = (
        frame.unique("doc_id", keep="first", maintain_order=True).head(count).sort(columns, nulls_last=True)
    )
    names = tables.names_of(documents, frame["other_id"].drop_nulls().to_list())
    return tuple(
        Verdict(
            row["doc_id"],
            row["repo_name"],
            row["path"],
            row["measured"],
            row["limit"],
            names.get(row["other_id"], (-1, "", ""))[1],
            names.get(row["other_id"], (-1, "", ""))[0],
            "" if code in _SECRET_CODES else row["detail"] or "",
        )
        for row in frame.iter_rows(named=True)
    )


def kept_near(
    documents: pl.LazyFrame, limits: Sequence[tuple[str, float]], count: int
) -> dict[tuple[str, float], tuple[Sample, ...]]:
    """For each (measure, limit), the kept documents whose measure lies nearest to it."""
    numbers: dict[tuple[str, float], list[tuple[int, float]]] = {}
    for some in tables.batches(sorted({measure for measure, _ in limits})):
        values = tables.run(tables.values_of(documents.with_row_index("row"), some, "row", "doc_id"))
        for measure, limit in limits:
            if measure in some:
                near = values.select("row", "doc_id", value=pl.col(measure)).drop_nulls("value")
                distance = (pl.col("value") - limit).abs()
                first = near.sort(distance, "doc_id", "row").head(count)
                numbers[measure, limit] = list(first.select("row", "value").iter_rows())
    wanted = pl.Series(sorted({row for near in numbers.values() for row, _ in near}), dtype=pl.UInt32)
    named = documents.select("repo_name", "path", "language").with_row_index("row")
    names = {
        row: (repo_name, path, language or "")
        for row, repo_name, path, language in tables.run(
            named.filter(pl.col("row").is_in(wanted.implode()))
        ).iter_rows()
    }
    return {
        key: tuple(Sample(row, *names[row], value) for row, value in near) for key, near in numbers.items()
    }

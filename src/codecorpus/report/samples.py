"""Documents near a rule's limit, dropped and kept. Lazy frames in, a few rows out."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from codecorpus.report import tables
from codecorpus.report.diff import DiffLine
from codecorpus.rules import RULES

#: Rules that replace what they find: their details could tell what was found, so the report does not show them.
_SECRET_CODES = ("CC311", "CC312")
#: Row, name and language of a document that was not kept.
_NOBODY = (-1, "", "")


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
        row: its own row in the documents table, -1 where it was dropped.
        language: where the text is known.
        text: its first lines, where they are known and it did not match a kept document.
        diff: how it differs from the document that it matched, where its text is known.
        is_same: whether its text is known, and is equal to that document's as far as it is.
    """

    doc_id: bytes
    repo_name: str
    path: str
    measured: float | None
    limit: float | None
    other: str
    other_row: int
    detail: str
    row: int = -1
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
        other: repository and path of the kept document that it was compared with, if there is one.
        other_row: that document's row.
        text: its first lines, once they were read.
        diff: how it differs from that document.
    """

    row: int
    repo_name: str
    path: str
    language: str
    measured: float
    other: str = ""
    other_row: int = -1
    text: str = ""
    diff: tuple[DiffLine, ...] = ()


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


#: Stage, code and verdict: which rows of the decisions table belong together.
RuleKey = tuple[str, str, str]


def verdict_samples(
    decisions: pl.LazyFrame,
    documents: pl.LazyFrame,
    rules: Sequence[RuleKey],
    count: int,
    *,
    stored: Collection[bytes] = (),
) -> dict[RuleKey, tuple[Verdict, ...]]:
    """Rows of each rule, nearest to its limit first; where nothing is measured, a sample in the order of doc_id, which is a hash.

    Args:
        decisions: the decisions table.
        documents: the documents table, for names of matches.
        rules: which ones.
        count: how many documents of each at most.
        stored: documents whose text is stored; they come before others.
    """
    ids = pl.Series(sorted(stored), dtype=pl.Binary)
    frames = {rule: _nearest(decisions, rule, count, ids) for rule in rules}
    # All names at once: looking them up is a pass over the documents table.
    wanted = [doc_id for frame in frames.values() for doc_id in frame["other_id"].drop_nulls().to_list()]
    wanted += [
        doc_id
        for rule, frame in frames.items()
        if rule[2] != "dropped"
        for doc_id in frame["doc_id"].to_list()
    ]
    names = tables.names_of(documents, wanted)
    return {
        rule: tuple(_verdict(rule, row, names) for row in frame.iter_rows(named=True))
        for rule, frame in frames.items()
    }


def _nearest(decisions: pl.LazyFrame, rule: RuleKey, count: int, stored: pl.Series) -> pl.DataFrame:
    stage, code, verdict = rule
    distance = (pl.col("measured") - pl.col("limit")).abs().alias("distance")
    chosen = decisions.filter(
        (pl.col("stage") == stage) & (pl.col("code") == code) & (pl.col("verdict") == verdict)
    ).with_columns(distance, (~pl.col("doc_id").is_in(stored.implode())).alias("unread"))
    # The doc_id before the path: among equal distances a hash gives a mixed sample, a path gives one folder.
    columns = ["distance", "doc_id", "path"]
    frame = tables.run(chosen.sort(["unread", *columns], nulls_last=True).head(4 * count))
    once = frame.unique("doc_id", keep="first", maintain_order=True)
    return once.head(count).sort(columns, nulls_last=True)


def _verdict(rule: RuleKey, row: Mapping[str, Any], names: Mapping[bytes, tuple[int, str, str]]) -> Verdict:
    _, code, verdict = rule
    other_row, other, _ = names.get(row["other_id"], _NOBODY)
    own_row, _, language = _NOBODY if verdict == "dropped" else names.get(row["doc_id"], _NOBODY)
    return Verdict(
        row["doc_id"],
        row["repo_name"],
        row["path"],
        row["measured"],
        row["limit"],
        other,
        other_row,
        "" if code in _SECRET_CODES else row["detail"] or "",
        own_row,
        language,
    )


def kept_pairs(
    pairs: pl.LazyFrame, documents: pl.LazyFrame, threshold: float, count: int
) -> tuple[Sample, ...]:
    """Kept documents that are nearly near-duplicates of other kept ones: what a slightly lower threshold would drop, most alike first."""
    below = pairs.filter((pl.col("kind") == "near") & (pl.col("similarity") < threshold))
    order = below.sort("similarity", "doc_id", "other_id", descending=[True, False, False])
    # Most pairs below the threshold have a member that another one dropped: of 64 enough are left.
    rows = list(tables.run(order.head(64)).select("doc_id", "other_id", "similarity").iter_rows())
    names = tables.names_of(documents, [doc_id for row in rows for doc_id in row[:2]])
    found = []
    for doc_id, other_id, similarity in rows:
        if doc_id in names and other_id in names:
            row, name, language = names[doc_id]
            other_row, other, _ = names[other_id]
            found.append(Sample(row, *name.partition("/")[::2], language, similarity, other, other_row))
    return tuple(found[:count])


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

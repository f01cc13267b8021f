"""What each rule did: how many documents, and which lie nearest to its limit, on both sides. Lazy frames in, a row per rule out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import polars as pl

from codecorpus.document import LEVELS
from codecorpus.report import samples
from codecorpus.report.funnel import StageCount
from codecorpus.report.measures import MeasureChart
from codecorpus.report.stored import StoredSample

_NEAR_LIMIT = 5
_KEPT_NEAR_LIMIT = 3
_VERDICTS = ("dropped", "edited", "flagged")


@dataclass(frozen=True, slots=True)
class RuleCount:
    """One rule in one run.

    Attributes:
        stage: the stage that applied it.
        code: the rule.
        verdict: dropped, edited or flagged.
        documents: documents for which it was the first reason to be dropped (or that it edited or flagged).
        rows: rows of the decisions table with this code: also documents that another rule dropped first.
        limit: the configured limit, where there is one number.
        dropped: samples, nearest to the limit first.
        kept: kept documents nearest to the limit, where the rule looks at one measure or at similarity.
    """

    stage: str
    code: str
    verdict: str
    documents: int
    rows: int
    limit: float | None
    dropped: tuple[samples.Verdict, ...]
    kept: tuple[samples.Sample, ...]

    @property
    def measured(self) -> bool:
        """Whether a sample has a measured value."""
        return any(row.measured is not None for row in self.dropped)

    @property
    def noted(self) -> bool:
        """Whether a sample has a match or a note."""
        return any(row.other or row.detail for row in self.dropped)

    @property
    def by_distance(self) -> bool:
        """Whether the samples differ in their distance to the limit, so that their order tells something."""
        return any(
            None not in (row.measured, row.limit) and row.measured != row.limit for row in self.dropped
        )


@dataclass(frozen=True, slots=True)
class SampleTables:
    """What samples are chosen from.

    Attributes:
        documents: the documents table.
        decisions: the decisions table.
        pairs: the pairs table.
        stored: doc_id → what is stored of a dropped document.
    """

    documents: pl.LazyFrame
    decisions: pl.LazyFrame
    pairs: pl.LazyFrame
    stored: Mapping[bytes, StoredSample]


def rule_counts(
    stages: Iterable[StageCount],
    read: SampleTables,
    limits: Mapping[str, float],
    charts: Iterable[MeasureChart],
) -> list[RuleCount]:
    """Every rule that dropped, edited or flagged a document, most documents first within a verdict.

    Args:
        stages: the funnel.
        read: the tables.
        limits: configured numbers by dotted key.
        charts: of the measures that kept documents have; of others there is none near a limit.
    """
    counted = [
        (stage.stage, code, verdict, count)
        for verdict in _VERDICTS
        for stage in stages
        for code, count in getattr(stage, verdict)
    ]
    counted.sort(key=lambda item: (_VERDICTS.index(item[2]), -item[3], item[1], item[0]))
    rows = samples.rows_by_code(read.decisions)
    keys = [(stage, code, verdict) for stage, code, verdict, _ in counted]
    shown = samples.verdict_samples(read.decisions, read.documents, keys, _NEAR_LIMIT, stored=read.stored)
    bounds = {code: samples.limit_of(code, limits) for _, code, _ in keys}
    dropping = {code: bounds[code] for _, code, verdict in keys if verdict == "dropped"}
    kept = _kept(read, dropping, {chart.measure for chart in charts})
    return [
        RuleCount(
            stage,
            code,
            verdict,
            count,
            rows.get((stage, code, verdict), 0),
            limit.value if (limit := bounds[code]) else None,
            shown[stage, code, verdict],
            kept.get(code, ()) if verdict == "dropped" else (),
        )
        for stage, code, verdict, count in counted
    ]


def _kept(
    read: SampleTables, bounds: Mapping[str, samples.SetLimit | None], charted: set[str]
) -> dict[str, tuple[samples.Sample, ...]]:
    """Code → kept documents nearest to its limit."""
    measured = {code: limit for code, limit in bounds.items() if limit and limit.measure in charted}
    asked = sorted({(limit.measure, limit.value) for limit in measured.values()})
    near = samples.kept_near(read.documents, asked, _KEPT_NEAR_LIMIT)
    found = {code: near.get((limit.measure, limit.value), ()) for code, limit in measured.items()}
    similar = bounds.get(LEVELS["near"])
    if similar:
        pairs = samples.kept_pairs(read.pairs, read.documents, similar.value, _KEPT_NEAR_LIMIT)
        found[LEVELS["near"]] = pairs
    return found

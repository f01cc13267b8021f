"""Charts of a run for notebooks: manifest and tables in, charts of altair out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from codecorpus import charts
from codecorpus.config import Config
from codecorpus.filters.limit_chart import SIZE, check_measure, limit_chart
from codecorpus.report.funnel import rule_name, stage_counts
from codecorpus.report.text import printable


def funnel_chart(manifest: Mapping[str, Any]) -> charts.Chart:
    """Documents kept and dropped at each stage; the reasons are shown on hovering.

    Args:
        manifest: a run's manifest.

    Raises:
        ExtraMissingError: altair is not installed.
    """
    rows = []
    for stage in stage_counts(manifest):
        dropped = stage.documents_in - stage.documents_kept
        why = ", ".join(f"{count:,} {rule_name(code) or code}" for code, count in stage.dropped)
        for part, documents in (("kept", stage.documents_kept), ("dropped", dropped)):
            why_here = why if part == "dropped" else ""
            rows.append(
                {"stage": printable(stage.stage), "part": part, "documents": documents, "why": why_here}
            )
    return charts.stacked_bars(
        rows, of="stage", value="documents", parts=["kept", "dropped"], title="documents"
    )


def measured_chart(
    measure: str, documents: pl.LazyFrame, decisions: pl.LazyFrame, config: Config
) -> charts.Chart:
    """A measure of kept documents, and of those that a limit of it dropped, with the limits in force.

    Args:
        measure: a name of `codecorpus.document.MEASURES`, or `length_bytes`.
        documents: the documents table.
        decisions: the decisions table.
        config: the run's.

    Raises:
        UsageError: there is no such measure.
        ExtraMissingError: altair is not installed.
    """
    check_measure(measure)
    column = pl.col(SIZE) if measure == SIZE else pl.col("measures").struct.field(measure)
    kept = documents.select(column.alias("measured")).collect()
    failed = (pl.col("stage") == "filter") & (pl.col("verdict") == "dropped") & (pl.col("detail") == measure)
    dropped = decisions.filter(failed).select("measured").collect()
    groups = {"kept": kept["measured"], "dropped by this limit": dropped["measured"]}
    return limit_chart(measure, groups, config.filter)

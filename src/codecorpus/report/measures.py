"""Histograms of what was measured, with the configured limits. Lazy frames in, edges and counts out.

Edges are fixed in advance (linear for shares, powers of the square root of two for lengths) and trimmed afterwards, so counting is
one streaming pass whose result does not depend on who counted what first.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from codecorpus.report import tables
from codecorpus.report.svg import Mark
from codecorpus.report.text import number


@dataclass(frozen=True, slots=True)
class Chart:
    """A histogram, ready to be drawn.

    Attributes:
        title: what is measured, with its unit.
        edges: borders of the bins, ascending.
        counts: values in each bin.
        log: whether the axis is logarithmic.
        quantiles: (name, value) of the smallest value, the median, the 95th percentile and the largest value.
        marks: limits.
    """

    title: str
    edges: tuple[float, ...]
    counts: tuple[int, ...]
    log: bool
    quantiles: tuple[tuple[str, float], ...]
    marks: tuple[Mark, ...]


@dataclass(frozen=True, slots=True)
class MeasureChart:
    """The histogram of one measure of kept documents.

    Attributes:
        measure: its name in the documents table.
        codes: rules that look at it, each with one limit.
        chart: the histogram.
    """

    measure: str
    codes: tuple[str, ...]
    chart: Chart


@dataclass(frozen=True, slots=True)
class _Spec:
    measure: str
    title: str
    log: bool = False
    limits: tuple[tuple[str, str, str], ...] = ()  # (rule, configuration key, words before the limit)


#: What the report shows, in this order, and the limits that belong to it.
_SPECS = (
    _Spec("length_bytes", "size, bytes", True, (("CC211", "filter.max_bytes", "at most"),)),
    _Spec("lines", "lines", True),
    _Spec(
        "max_line_length", "longest line, characters", True, (("CC201", "filter.max_line_length", "at most"),)
    ),
    _Spec(
        "mean_line_length",
        "mean line, characters",
        True,
        (("CC202", "filter.max_mean_line_length", "at most"),),
    ),
    _Spec(
        "alnum_share", "letters and digits, share", False, (("CC203", "filter.min_alnum_share", "at least"),)
    ),
    _Spec(
        "comment_share",
        "comments and docstrings, share",
        False,
        (("CC206", "filter.min_comment_share", "at least"), ("CC207", "filter.max_comment_share", "at most")),
    ),
    _Spec("error_share", "parse errors, share", False, (("CC212", "filter.max_error_share", "at most"),)),
    _Spec(
        "visible_text_share",
        "visible text of HTML, share",
        False,
        (("CC209", "filter.min_visible_text_share", "at least"),),
    ),
    _Spec("string_share", "string literals, share"),
    _Spec("identifier_count", "identifiers", True),
    _Spec("function_count", "functions", True),
    _Spec("tree_depth", "depth of the syntax tree", True),
)

_LINEAR_BINS = 40
_LOG_STEPS = 2  # bins per doubling


def measure_charts(documents: pl.LazyFrame, limits: Mapping[str, float]) -> tuple[MeasureChart, ...]:
    """A histogram for each measure that at least one kept document has."""
    names = set(documents.collect_schema().names())
    fields = _measure_names(documents)
    charts = []
    for spec in _SPECS:
        if spec.measure not in (fields | names):
            continue
        marks = [
            Mark(limits[key], f"{word} {number(limits[key])}")
            for _, key, word in spec.limits
            if key in limits
        ]
        values = documents.select(tables.value_of(spec.measure).cast(pl.Float64).alias("value"))
        chart = chart_of(values, spec.title, log=spec.log, marks=marks)
        if chart is not None:
            charts.append(MeasureChart(spec.measure, tuple(code for code, _, _ in spec.limits), chart))
    return tuple(charts)


def _measure_names(documents: pl.LazyFrame) -> set[str]:
    kind = documents.collect_schema().get("measures")
    return {field.name for field in kind.fields} if isinstance(kind, pl.Struct) else set()


def similarity_chart(clusters: pl.LazyFrame, threshold: float | None) -> Chart | None:
    """Verified similarity of near-duplicates to their representative."""
    near = clusters.filter((pl.col("kind") != "exact") & ~pl.col("is_representative"))
    marks = [] if threshold is None else [Mark(threshold, f"threshold {number(threshold)}")]
    return chart_of(
        near.select(pl.col("similarity").alias("value")), "similarity to the representative", marks=marks
    )


def sequence_chart(files: Sequence[Path]) -> Chart | None:
    """Tokens of the parts in packed rows."""
    if not files:
        return None
    frame = pl.scan_parquet([str(path) for path in files], glob=False, hive_partitioning=False)
    lengths = frame.select(pl.col("seq_lengths").explode().cast(pl.Float64).alias("value"))
    return chart_of(lengths, "parts of packed rows, tokens", log=True)


def chart_of(
    values: pl.LazyFrame, title: str, *, log: bool = False, marks: Sequence[Mark] = ()
) -> Chart | None:
    """Count the column `value` into bins; None where there is no value.

    Logarithmic charts put what is below 1 into their first bin.
    """
    present = values.drop_nulls()
    bins = (
        _log_bin() if log else (pl.col("value").clip(0, 1) * _LINEAR_BINS).floor().clip(0, _LINEAR_BINS - 1)
    )
    counted = tables.run(present.group_by(bins.cast(pl.Int64).alias("bin")).len())
    if counted.is_empty():
        return None
    count = {int(index): int(n) for index, n in counted.iter_rows()}
    # With a limit in view: a chart that ends before its limit would not show how far away it is.
    reach = [_log_index(mark.value) for mark in marks if mark.value >= 1] if log else []
    first, last = (min(count), max(*count, *reach, min(count) + 4)) if log else (0, _LINEAR_BINS - 1)
    edges = [2 ** (index / _LOG_STEPS) if log else index / _LINEAR_BINS for index in range(first, last + 2)]
    counts = tuple(count.get(index, 0) for index in range(first, last + 1))
    return Chart(title, tuple(edges), counts, log, _quantiles(present), tuple(marks))


def _log_bin() -> pl.Expr:
    return (pl.col("value").clip(1).log(2) * _LOG_STEPS + 1e-9).floor()


def _log_index(value: float) -> int:
    return math.floor(math.log2(value) * _LOG_STEPS + 1e-9)


def _quantiles(present: pl.LazyFrame) -> tuple[tuple[str, float], ...]:
    value = pl.col("value")
    row = tables.run(
        present.select(
            value.min().alias("min"),
            value.quantile(0.5, "nearest").alias("median"),
            value.quantile(0.95, "nearest").alias("p95"),
            value.max().alias("max"),
        )
    ).row(0, named=True)
    return tuple((name, float(value)) for name, value in row.items())

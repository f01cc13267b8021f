"""Histograms of what was measured, with the configured limits. Lazy frames in, edges and counts out.

Edges are fixed in advance (linear for shares, powers of the square root of two for lengths) and trimmed afterwards, so counting is
one streaming pass whose result does not depend on who counted what first.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType

import polars as pl

from codecorpus.document import MEASURES
from codecorpus.report import tables
from codecorpus.report.svg import Mark
from codecorpus.report.text import number
from codecorpus.rules import LIMITS
from codecorpus.rules.rule import DOCUMENT_COLUMNS


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
        dropped: in each bin, values of documents that a limit of this measure dropped; empty where that is not known.
        note: what is measured, where the title is only its name.
    """

    title: str
    edges: tuple[float, ...]
    counts: tuple[int, ...]
    log: bool
    quantiles: tuple[tuple[str, float], ...]
    marks: tuple[Mark, ...]
    dropped: tuple[int, ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True)
class MeasureChart:
    """The histogram of one measure of kept documents.

    Attributes:
        measure: its name in the documents table.
        codes: rules that look at it.
        chart: the histogram.
    """

    measure: str
    codes: tuple[str, ...]
    chart: Chart

    @property
    def always(self) -> bool:
        """Whether every report shows it."""
        return self.measure in _ALWAYS


#: Shown in every report, in this order, under these titles.
_ALWAYS = {
    "length_bytes": "size, bytes",
    "lines": "lines",
    "max_line_length": "longest line, characters",
    "mean_line_length": "mean line, characters",
    "alnum_share": "letters and digits, share",
    "comment_share": "comments and docstrings, share",
    "error_share": "parse errors, share",
    "visible_text_share": "visible text of HTML, share",
    "string_share": "string literals, share",
    "identifier_count": "identifiers",
    "function_count": "functions",
    "tree_depth": "depth of the syntax tree",
}

_LINEAR_BINS = 40
_LOG_STEPS = 2  # bins per doubling


def measure_charts(
    documents: pl.LazyFrame, limits: Mapping[str, float], decisions: pl.LazyFrame
) -> tuple[MeasureChart, ...]:
    """A histogram for each measure that at least one kept document has and that is always shown or comes near a limit.

    Args:
        documents: the documents table.
        limits: configured numbers by dotted key.
        decisions: the decisions table; a rule of a measure has the measure's name as its detail.
    """
    known = _measure_names(documents) | set(documents.collect_schema().names())
    limited = [
        limit.measure
        for _, limit in LIMITS
        if f"filter.{limit.key}" in limits and limit.measure in {*MEASURES, *DOCUMENT_COLUMNS}
    ]
    order = [measure for measure in dict.fromkeys([*_ALWAYS, *limited]) if measure in known]
    lost = _dropped_bins(decisions)
    charts = []
    for some in tables.batches(order):
        for measure, values in _histograms(documents, some).items():
            chart = _measure_chart(measure, values, limits, lost.get(measure, {}))
            near = measure in _ALWAYS or measure in lost or _comes_near(chart.chart)
            charts += [chart] if near else []
    return tuple(sorted(charts, key=lambda chart: order.index(chart.measure)))


def _dropped_bins(decisions: pl.LazyFrame) -> dict[str, dict[int, int]]:
    """Measure → bin → documents that a limit of it dropped, each once."""
    measure = pl.col("detail").alias("measure")
    rows = decisions.filter((pl.col("verdict") == "dropped") & pl.col("measured").is_not_null())
    rows = rows.filter(pl.col("detail").is_in([*MEASURES, *DOCUMENT_COLUMNS]))
    once = rows.select("doc_id", measure, pl.col("measured").alias("value")).unique()
    counted = once.group_by("measure", _bins()).agg(pl.len().alias("n"))
    found: dict[str, dict[int, int]] = {}
    for name, index, count in tables.run(counted).iter_rows():
        found.setdefault(name, {})[int(index)] = int(count)
    return found


def _comes_near(chart: Chart) -> bool:
    """Whether a value is within a factor of two of a limit: a hundred charts of values far from theirs would hide the rest."""
    values = [value for _, value in chart.quantiles]
    return any(
        min(values) <= 2 * mark.value if mark.label.startswith("at least") else max(values) >= mark.value / 2
        for mark in chart.marks
    )


@dataclass(frozen=True, slots=True)
class _Histogram:
    """What one pass over a column gives: values by number of the bin, and the four quantiles."""

    bins: Mapping[int, int]
    quantiles: tuple[tuple[str, float], ...]


def _histograms(documents: pl.LazyFrame, measures: Sequence[str]) -> dict[str, _Histogram]:
    """Of each measure that at least one document has."""
    values = tables.values_of(documents, measures)
    long = values.unpivot(variable_name="measure").drop_nulls()
    found: dict[str, dict[int, int]] = {}
    for measure, index, count in tables.run(long.group_by("measure", _bins()).len()).iter_rows():
        found.setdefault(measure, {})[int(index)] = int(count)
    row = tables.run(values.select(one for name in measures for one in _quantiles_of(name))).row(
        0, named=True
    )
    return {
        measure: _Histogram(
            found[measure],
            tuple((name, float(row[f"{measure} {name}"])) for name in ("min", "median", "p95", "max")),
        )
        for measure in measures
        if measure in found
    }


def _measure_chart(
    measure: str, values: _Histogram, limits: Mapping[str, float], lost: Mapping[int, int]
) -> MeasureChart:
    own = [(code, limit) for code, limit in LIMITS if limit.measure == measure]
    marks = [
        Mark(value, f"{'at least' if limit.is_minimum else 'at most'} {number(value)}")
        for _, limit in own
        if (value := limits.get(f"filter.{limit.key}")) is not None
    ]
    title = _ALWAYS.get(measure, measure.replace("_", " "))
    note = (
        "" if measure in _ALWAYS else DOCUMENT_COLUMNS.get(measure) or MEASURES[measure][1].replace("`", "")
    )
    chart = _drawn(values, title, log=not measure.endswith("_share"), marks=marks, lost=lost)
    return MeasureChart(measure, tuple(sorted({code for code, _ in own})), replace(chart, note=note))


def _meaning(measure: str) -> str:
    """What a measure counts; one that is `the same` as the measure before it says what that is.

    >>> _meaning("top_3gram_share").endswith("; the same for runs of 3 words")
    True
    """
    names = list(MEASURES)
    meaning = MEASURES[measure][1]
    if meaning.startswith("the same"):
        before = names[: names.index(measure)]
        base = next(
            (MEASURES[name][1] for name in reversed(before) if not MEASURES[name][1].startswith("the same")),
            "",
        )
        meaning = f"{base}; {meaning}"
    return meaning.replace("`", "")


def _measure_names(documents: pl.LazyFrame) -> set[str]:
    kind = documents.collect_schema().get("measures")
    return {field.name for field in kind.fields} if isinstance(kind, pl.Struct) else set()


def similarity_chart(clusters: pl.LazyFrame, threshold: float | None) -> Chart | None:
    """Verified similarity of near-duplicates to their representative."""
    near = clusters.filter((pl.col("kind") == "near") & ~pl.col("is_representative"))
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
    return chart_of(lengths, "samples of packed rows, tokens", log=True)


def fill_chart(files: Sequence[Path], length: float | None) -> Chart | None:
    """How full packed rows are."""
    if not files or not length:
        return None
    frame = pl.scan_parquet([str(path) for path in files], glob=False, hive_partitioning=False)
    filled = pl.col("seq_lengths").list.sum().cast(pl.Float64) / length
    return chart_of(frame.select(filled.alias("value")), "packed rows, share of their tokens that is filled")


def chart_of(
    values: pl.LazyFrame, title: str, *, log: bool = False, marks: Sequence[Mark] = ()
) -> Chart | None:
    """Count the column `value` into bins; None where there is no value.

    Logarithmic charts put what is below 1 into their first bin.
    """
    present = values.drop_nulls()
    bins = (_log_bin() if log else _linear_bin()).cast(pl.Int64).alias("bin")
    counted = tables.run(present.group_by(bins).len())
    if counted.is_empty():
        return None
    row = tables.run(present.select(_quantiles_of("value"))).row(0)
    quantiles = tuple(zip(("min", "median", "p95", "max"), map(float, row), strict=True))
    found = {int(index): int(n) for index, n in counted.iter_rows()}
    return _drawn(_Histogram(found, quantiles), title, log=log, marks=marks)


def _drawn(
    values: _Histogram,
    title: str,
    *,
    log: bool,
    marks: Sequence[Mark],
    lost: Mapping[int, int] = MappingProxyType({}),
) -> Chart:
    count = values.bins
    # With a limit in view: a chart that ends before its limit would not show how far away it is.
    reach = [_log_index(mark.value) for mark in marks if mark.value >= 1] if log else []
    first, last = 0, _LINEAR_BINS - 1
    if log:
        first = min(*count, *lost, max(count))
        last = max(*count, *lost, *reach, first + 4)
    edges = [2 ** (index / _LOG_STEPS) if log else index / _LINEAR_BINS for index in range(first, last + 2)]
    kept, dropped = (tuple(of.get(index, 0) for index in range(first, last + 1)) for of in (count, lost))
    return Chart(
        title, tuple(edges), kept, log, values.quantiles, tuple(marks), dropped if any(dropped) else ()
    )


def _bins() -> pl.Expr:
    """The bin of `value`, by the name of its `measure`."""
    is_share = pl.col("measure").str.ends_with("_share")
    return pl.when(is_share).then(_linear_bin()).otherwise(_log_bin()).cast(pl.Int64).alias("bin")


def _linear_bin() -> pl.Expr:
    return (pl.col("value").clip(0, 1) * _LINEAR_BINS).floor().clip(0, _LINEAR_BINS - 1)


def _log_bin() -> pl.Expr:
    return (pl.col("value").clip(1).log(2) * _LOG_STEPS + 1e-9).floor()


def _log_index(value: float) -> int:
    return math.floor(math.log2(value) * _LOG_STEPS + 1e-9)


def _quantiles_of(name: str) -> list[pl.Expr]:
    value = pl.col(name)
    return [
        value.min().alias(f"{name} min"),
        value.quantile(0.5, "nearest").alias(f"{name} median"),
        value.quantile(0.95, "nearest").alias(f"{name} p95"),
        value.max().alias(f"{name} max"),
    ]

"""A measure as a histogram with its limits: values by what became of their documents in, a chart of altair out."""

from __future__ import annotations

import difflib
from collections.abc import Mapping

import polars as pl

from codecorpus import charts
from codecorpus.document import MEASURES
from codecorpus.errors import UsageError
from codecorpus.filters.options import FilterOptions
from codecorpus.rules import LIMITS, Limit

#: The one column of documents that is measured like the measures and not among them.
SIZE = "length_bytes"


def check_measure(measure: str) -> None:
    """Pass if there is such a measure.

    Raises:
        UsageError: there is none; says the nearest name.

    >>> check_measure("lines")
    """
    if measure in MEASURES or measure == SIZE:
        return
    near = difflib.get_close_matches(measure, MEASURES, n=1)
    raise UsageError(
        f"no measure {measure!r}" + (f"; did you mean {near[0]!r}?" if near else ""),
        "`codecorpus.document.MEASURES` has all of them with their meaning.",
    )


def values_of(documents: pl.DataFrame, measure: str) -> pl.Series:
    """A measure of documents as float64, null where it could not be taken.

    Args:
        documents: with `measures`, or with `length_bytes` or `content` if that is what is measured.
        measure: a name of `codecorpus.document.MEASURES`, or `length_bytes`.
    """
    if measure != SIZE:
        return documents["measures"].struct.field(measure).cast(pl.Float64)
    has_sizes = SIZE in documents.columns
    return (documents[SIZE] if has_sizes else documents["content"].str.len_bytes()).cast(pl.Float64)


def limit_chart(measure: str, groups: Mapping[str, pl.Series], options: FilterOptions) -> charts.Chart:
    """Values in bins, stacked by group, with the limits of the measure; those of one language or extension alone are left out.

    Args:
        measure: as for `values_of`.
        groups: what became of the documents → their values.
        options: the limits.

    Raises:
        ExtraMissingError: altair is not installed.
    """
    found = [(getattr(options, limit.key), limit) for _, limit in LIMITS if limit.measure == measure]
    marks = [
        (float(value), f"{'at least' if limit.is_minimum else 'at most'} {value:,g}{_only_for(limit)}")
        for value, limit in found
        if value is not None
    ]
    values = {name: some.cast(pl.Float64).fill_null(float("nan")).to_numpy() for name, some in groups.items()}
    meaning = MEASURES[measure][1] if measure in MEASURES else "bytes of the document"
    title = f"{measure}: {meaning}" if len(meaning) < 70 else measure
    return charts.histogram(values, title=title, log=not measure.endswith("_share"), marks=marks)


def _only_for(limit: Limit) -> str:
    """Which languages a limit is meant for, where that is not all."""
    if not limit.languages:
        return ""
    names = sorted(limit.languages)
    return f" ({', '.join(names) if len(names) < 3 else f'{len(names)} languages'})"

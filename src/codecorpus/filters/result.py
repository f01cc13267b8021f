"""What filters did to a table: who stays, who goes and why; and the same under other limits, from what was measured once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray
from pydantic import ValidationError

from codecorpus import charts
from codecorpus.document import MEASURES_TYPE
from codecorpus.errors import ConfigError
from codecorpus.filters.decision import batch_of, decide
from codecorpus.filters.limit_chart import check_measure, limit_chart, values_of
from codecorpus.filters.options import FilterOptions, LicenceOptions, SecretOptions
from codecorpus.filters.quality import quality_verdicts
from codecorpus.fragments import table as html_table
from codecorpus.rules import LIMITS, RULES

#: Settings that are about text and path, and not about what was measured.
_NOT_MEASURED = frozenset({"drop_generated", "drop_vendored"})


@dataclass(frozen=True, slots=True)
class Policies:
    """What decides about a document.

    Attributes:
        filter: limits of the quality rules.
        licences: the licence policy.
        secrets: what becomes of secrets and personal data.
    """

    filter: FilterOptions
    licences: LicenceOptions
    secrets: SecretOptions


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class FilterResult:
    """What the filters did to a table.

    Attributes:
        kept: the rows that stay, secrets replaced, with `is_vendor` and `is_generated`.
        dropped: the other rows, unchanged.
        decisions: every verdict, as in the decisions table of a run.
        policies: what decided.
    """

    kept: pl.DataFrame
    dropped: pl.DataFrame
    decisions: pl.DataFrame
    policies: Policies
    _judged: Judged

    def to_polars(self) -> pl.DataFrame:
        """The kept rows."""
        return self.kept

    def counts(self) -> pl.DataFrame:
        """Documents by rule and verdict: `code`, `name`, `verdict`, `documents`. A document counts for each rule that it fails."""
        counts = self.decisions.group_by("code", "verdict").agg(
            pl.col("doc_id").n_unique().alias("documents")
        )
        names = pl.col("code").replace_strict(
            {code: rule.name for code, rule in RULES.items()}, return_dtype=pl.String
        )
        return (
            counts.with_columns(names.alias("name"))
            .select("code", "name", "verdict", "documents")
            .sort("code", "verdict")
        )

    def at(self, settings: Mapping[str, Any]) -> FilterResult:
        """The result with other limits, as `apply` would give it; only documents about which a limit says something else are judged anew.

        Args:
            settings: keys of `[filter]`, such as `{"max_line_length": 400}`; `False` switches a limit off. The others stay as they are.

        Raises:
            ConfigError: there is no such key, or its value is out of range.
        """
        options = _moved(self.policies.filter, settings)
        policies = replace(self.policies, filter=options)
        if not _NOT_MEASURED.isdisjoint(settings):
            return result_of(judge(self._judged.table, self._judged.documents, policies), policies)
        changed = _changed(self._judged, self.policies.filter, options)
        part = judge(
            self._judged.table.filter(changed), self._judged.documents.filter(pa.array(changed)), policies
        )
        return result_of(_replaced(self._judged, part, changed), policies)

    def plot(self, measure: str) -> charts.Chart:
        """A histogram of one measure by what became of the documents, with its limits; a chart of altair.

        A document that fails several limits of one rule, such as CC209, was dropped by the first of them, which is its evidence.

        Args:
            measure: a name of `codecorpus.document.MEASURES`, or `length_bytes`.

        Raises:
            UsageError: there is no such measure.
            ExtraMissingError: altair is not installed.
        """
        check_measure(measure)
        codes = [code for code, limit in LIMITS if limit.measure == measure]
        # A rule may have limits of several measures; `detail` names the one that was failed.
        failed = pl.col("code").is_in(codes) & (pl.col("detail") == measure)
        dropped = self.decisions.filter((pl.col("verdict") == "dropped") & failed)
        by_it = pl.Series(self._judged.documents["doc_id"].to_pylist(), dtype=pl.Binary).is_in(
            dropped["doc_id"].to_list()
        )
        stays, values = pl.Series(self._judged.stays), values_of(self._judged.table, measure)
        groups = {
            "kept": values.filter(stays),
            "dropped by this limit": values.filter(~stays & by_it),
            "dropped for another reason": values.filter(~stays & ~by_it),
        }
        return limit_chart(measure, groups, self.policies.filter)

    def __repr__(self) -> str:
        total = self.kept.height + self.dropped.height
        return f"FilterResult: {self.kept.height:,} of {total:,} documents kept"

    def _repr_html_(self) -> str:
        return html_table(["rule", "name", "verdict", "documents"], self.counts().rows(), caption=repr(self))


@dataclass(frozen=True, slots=True, eq=False)
class Judged:
    """A table with its verdicts, every row.

    Attributes:
        table: as given, with `measures`.
        documents: the same as `SOURCE_DOCUMENTS`.
        columns: `content` (secrets replaced), `is_vendor`, `is_generated` of each row.
        stays: bool per row.
        decisions: by row and code.
    """

    table: pl.DataFrame
    documents: pa.Table
    columns: pl.DataFrame
    stays: NDArray[np.bool_]
    decisions: pl.DataFrame


def judge(table: pl.DataFrame, documents: pa.Table, policies: Policies) -> Judged:
    """Apply every rule to a table.

    Args:
        table: with `measures`.
        documents: the same as `SOURCE_DOCUMENTS`, with `license_expression` where it is known.
        policies: what decides.
    """
    found = decide(
        documents,
        measures_of(table),
        filter=policies.filter,
        licences=policies.licences,
        secrets=policies.secrets,
    )
    columns = pl.DataFrame(
        {
            "content": pl.from_arrow(pc.coalesce(found.table["content"], documents["content"])),
            "is_vendor": pl.from_arrow(found.table["is_vendor"]),
            "is_generated": pl.from_arrow(found.table["is_generated"]),
        }
    )
    stays = found.kept.to_numpy(zero_copy_only=False)
    return Judged(table, documents, columns, stays, pl.DataFrame(found.decisions))


def result_of(judged: Judged, policies: Policies) -> FilterResult:
    """Kept and dropped rows apart."""
    stays = pl.Series(judged.stays)
    kept = judged.table.with_columns(judged.columns).filter(stays)
    return FilterResult(kept, judged.table.filter(~stays), judged.decisions, policies, judged)


def measures_of(table: pl.DataFrame) -> pa.ChunkedArray:
    """The column `measures` with the types of `MEASURES_TYPE`."""
    return table.select("measures").to_arrow()["measures"].cast(MEASURES_TYPE)


def _moved(options: FilterOptions, settings: Mapping[str, Any]) -> FilterOptions:
    given = {name: getattr(options, name) for name in options.model_fields_set}
    try:
        return FilterOptions(**{**given, **settings})
    except ValidationError as error:
        mistakes = [f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in error.errors()]
        raise ConfigError(mistakes) from None


def _changed(judged: Judged, old: FilterOptions, new: FilterOptions) -> NDArray[np.bool_]:
    """Bool per row: the quality rules say something else of it, or of a row with its id."""
    batch = batch_of(judged.documents, measures_of(judged.table))
    before, after = (_quality(batch, options) for options in (old, new))
    names = before.columns
    one_sided = [
        left.join(right, on=names, how="anti", nulls_equal=True)["row"]
        for left, right in ((before, after), (after, before))
    ]
    ids = pl.Series(judged.documents["doc_id"].to_pylist(), dtype=pl.Binary)
    rows = pl.concat(one_sided).unique()
    return ids.is_in(ids.gather(rows).to_list()).to_numpy()


def _quality(batch: Any, options: FilterOptions) -> pl.DataFrame:
    """What the quality rules say, in rows: row, code, measured, limit, detail, verdict."""
    found = list(quality_verdicts(batch, options))
    schema = {
        "row": pl.Int64,
        "code": pl.String,
        "measured": pl.Float64,
        "limit": pl.Float64,
        "detail": pl.String,
        "verdict": pl.String,
    }
    frames = [
        pl.DataFrame(
            {
                "row": one.rows,
                "code": [one.code] * len(one.rows),
                "measured": one.measured,
                "limit": one.limit,
                "detail": one.details or [None] * len(one.rows),
                "verdict": [one.verdict] * len(one.rows),
            },
            schema=schema,
        )
        for one in found
    ]
    return pl.concat([pl.DataFrame(schema=schema), *frames])


def _replaced(old: Judged, part: Judged, changed: NDArray[np.bool_]) -> Judged:
    """`old` with the rows of `part` in the place of those that changed; decisions by row and code."""
    place = np.empty(len(changed), np.int64)
    place[np.concatenate([np.flatnonzero(~changed), np.flatnonzero(changed)])] = np.arange(len(changed))
    columns = pl.concat([old.columns.filter(pl.Series(~changed)), part.columns])[place]
    stays = old.stays.copy()
    stays[changed] = part.stays
    ids = pl.Series(old.documents["doc_id"].to_pylist(), dtype=pl.Binary)
    first = pl.DataFrame({"doc_id": ids}).with_row_index("row").unique("doc_id", keep="first")
    gone = pl.DataFrame({"doc_id": ids.filter(pl.Series(changed)).unique()})
    decisions = (
        pl.concat([old.decisions.join(gone, on="doc_id", how="anti"), part.decisions])
        .join(first, on="doc_id", how="left")
        .sort("row", "code", maintain_order=True)
        .drop("row")
    )
    return Judged(old.table, old.documents, columns, stays, decisions)

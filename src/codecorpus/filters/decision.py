"""The filter stage: documents and their measures → who stays, why the others go, and the text without secrets."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from codecorpus.document import DECISIONS
from codecorpus.filters.generated import find_generated, find_vendored
from codecorpus.filters.licence_policy import licence_verdict
from codecorpus.filters.options import FilterOptions, LicenceOptions, SecretOptions
from codecorpus.filters.quality import Batch, quality_verdicts
from codecorpus.filters.redact import redacted_contents
from codecorpus.filters.secret_policy import found_in, secret_verdicts, to_redact
from codecorpus.filters.verdict import Verdict, verdict
from codecorpus.rules.rule import DOCUMENT_COLUMNS
from codecorpus.stage import StageResult


def decide(
    documents: pa.Table,
    measures: pa.StructArray | pa.ChunkedArray,
    *,
    filter: FilterOptions,
    licences: LicenceOptions,
    secrets: SecretOptions,
) -> StageResult:
    """Apply every rule that is switched on to a batch of documents.

    Args:
        documents: `SOURCE_DOCUMENTS`, with licences assigned; a column `license_expression` says which of them are alternatives.
        measures: `MEASURES_TYPE`, one per document.
        filter: limits of the quality rules.
        licences: the licence policy.
        secrets: what becomes of secrets and personal data.

    Returns:
        Columns `is_vendor`, `is_generated` and `content` (null where unchanged). A dropped document has a `dropped` row for each
        rule that it fails, not only the first. Only documents that every other rule keeps are searched for secrets: an `edited`,
        `dropped` or `flagged` row says what kinds were found in each and where, and never shows it.
    """
    documents = documents.combine_chunks()
    content, path = _column(documents, "content"), _column(documents, "path")
    vendored = find_vendored(path)
    generated, marks = find_generated(path, content)
    batch = batch_of(documents, measures)
    verdicts = list(quality_verdicts(batch, filter))
    if filter.drop_generated:
        verdicts.append(verdict("CC204", generated, details=marks))
    if filter.drop_vendored:
        verdicts.append(verdict("CC205", vendored))
    verdicts.append(
        licence_verdict(
            _column(documents, "detected_licenses"),
            _column(documents, "license_type"),
            licences,
            _column(documents, "license_expression")
            if "license_expression" in documents.column_names
            else None,
        )
    )
    kept = _kept(documents.num_rows, verdicts)
    found = found_in(content, np.flatnonzero(kept))
    verdicts += secret_verdicts(content, found, secrets)
    kept = _kept(documents.num_rows, verdicts)
    table = pa.table(
        {
            "is_vendor": pa.array(vendored),
            "is_generated": pa.array(generated),
            "content": redacted_contents(content, to_redact(found, kept, secrets), batch.language),
        }
    )
    return StageResult(table, pa.array(kept), _decisions(documents, verdicts))


def batch_of(documents: pa.Table, measures: pa.StructArray | pa.ChunkedArray) -> Batch:
    """The columns that quality rules read; arguments as for `decide`."""
    return Batch(
        language=_column(documents, "language"),
        extension=_column(documents, "extension"),
        path=_column(documents, "path"),
        numbers={name: _floats(_column(documents, name)) for name in DOCUMENT_COLUMNS},
        measures=_combined(measures),
    )


def _kept(count: int, verdicts: list[Verdict]) -> NDArray[np.bool_]:
    kept = np.ones(count, np.bool_)
    for one in verdicts:
        if one.verdict == "dropped":
            kept[one.rows] = False
    return kept


def _decisions(documents: pa.Table, verdicts: list[Verdict]) -> pa.Table:
    """All verdicts as decision rows, ordered by document and code: one row for each, whatever the rule measures."""
    rows = np.concatenate([np.empty(0, np.int64), *(one.rows for one in verdicts)])
    codes = np.repeat([one.code for one in verdicts], [len(one.rows) for one in verdicts])
    order = np.lexsort((codes, rows))
    # A rule with several limits (CC209, CC210) may be failed in several ways; the first of them is its evidence.
    same = (rows[order][1:] == rows[order][:-1]) & (codes[order][1:] == codes[order][:-1])
    order = order[np.concatenate([np.ones(min(len(rows), 1), np.bool_), ~same])]
    names = documents.select(["doc_id", "repo_name", "path"]).take(pa.array(rows[order]))
    details = [detail for one in verdicts for detail in (one.details or (None,) * len(one.rows))]
    columns = {
        "stage": pa.array(["filter"] * len(order), pa.string()),
        "code": pa.array(codes[order], pa.string()),
        "verdict": pa.array([one.verdict for one in verdicts for _ in one.rows], pa.string()).take(
            pa.array(order)
        ),
        "measured": _numbers([one.measured for one in verdicts], order),
        "limit": _numbers([one.limit for one in verdicts], order),
        "other_id": pa.nulls(len(order), DECISIONS.field("other_id").type),
        "detail": pa.array(details, pa.string()).take(pa.array(order)),
    }
    for name, column in columns.items():
        names = names.append_column(name, column)
    return names.select(DECISIONS.names).cast(DECISIONS)


def _numbers(values: list[NDArray[np.float64]], order: NDArray[np.int64]) -> pa.Array:
    """Float64, null for NaN."""
    return pa.array(np.concatenate([np.empty(0), *values])[order], pa.float64(), from_pandas=True)


def _floats(column: pa.Array) -> NDArray[np.float64]:
    """Float64, NaN for null."""
    values: NDArray[np.float64] = pc.fill_null(pc.cast(column, pa.float64()), np.nan).to_numpy(
        zero_copy_only=False
    )
    return values


def _column(table: pa.Table, name: str) -> pa.Array:
    return _combined(table[name])


def _combined(column: pa.Array | pa.ChunkedArray) -> pa.Array:
    """One array, whatever the chunks."""
    if not isinstance(column, pa.ChunkedArray):
        return column
    return (
        column.chunk(0)
        if column.num_chunks == 1
        else pa.concat_arrays(column.chunks or [pa.array([], column.type)])
    )

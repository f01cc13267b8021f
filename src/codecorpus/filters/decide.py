"""The filter stage: documents and their measures → who stays, why the others go, and the text without secrets."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

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
from codecorpus.filters.secrets import PERSONAL, SECRET, Finding, find_secrets
from codecorpus.filters.verdict import Verdict, verdict
from codecorpus.stage import StageResult

_VERDICT_OF_ACTION = {"redact": "edited", "drop": "dropped", "keep": "flagged"}


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
        `dropped` or `flagged` row counts what was found in each, by kind, and never shows it.
    """
    documents = documents.combine_chunks()
    content, path = _column(documents, "content"), _column(documents, "path")
    measures = _combined(measures)
    vendored = find_vendored(path)
    generated, marks = find_generated(path, content)
    size = np.asarray(pc.cast(_column(documents, "length_bytes"), pa.float64()))
    batch = Batch(_column(documents, "language"), _column(documents, "extension"), size, measures)
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
    found = _found_in(content, np.flatnonzero(kept))
    verdicts += _secret_verdicts(found, secrets)
    kept = _kept(documents.num_rows, verdicts)
    table = pa.table(
        {
            "is_vendor": pa.array(vendored),
            "is_generated": pa.array(generated),
            "content": redacted_contents(content, _to_redact(found, kept, secrets)),
        }
    )
    return StageResult(table, pa.array(kept), _decisions(documents, verdicts))


def _kept(count: int, verdicts: list[Verdict]) -> NDArray[np.bool_]:
    kept = np.ones(count, np.bool_)
    for one in verdicts:
        if one.verdict == "dropped":
            kept[one.rows] = False
    return kept


def _found_in(content: pa.Array, rows: NDArray[np.int64]) -> dict[int, list[Finding]]:
    """Findings by row, for these rows only."""
    found: dict[int, list[Finding]] = {}
    for finding in find_secrets(content.take(pa.array(rows))):
        found.setdefault(int(rows[finding.row]), []).append(finding)
    return found


def _secret_verdicts(found: dict[int, list[Finding]], options: SecretOptions) -> Iterator[Verdict]:
    for code, action in ((SECRET, options.action), (PERSONAL, options.personal_data)):
        kinds = {
            row: Counter(one.kind for one in findings if one.code == code) for row, findings in found.items()
        }
        rows = sorted(row for row, counts in kinds.items() if counts)
        details = tuple(
            ", ".join(f"{kind}: {count}" for kind, count in sorted(kinds[row].items())) for row in rows
        )
        counts = np.array([kinds[row].total() for row in rows], np.float64)
        limits = np.full(len(rows), 0.0 if action == "drop" else np.nan)
        yield Verdict(code, np.array(rows, np.int64), counts, limits, details, _VERDICT_OF_ACTION[action])


def _to_redact(
    found: dict[int, list[Finding]], kept: NDArray[np.bool_], options: SecretOptions
) -> dict[int, list[Finding]]:
    """The findings to replace: those of kept documents whose action is to redact."""
    codes = {
        code
        for code, action in ((SECRET, options.action), (PERSONAL, options.personal_data))
        if action == "redact"
    }
    chosen = {
        row: [one for one in findings if one.code in codes] for row, findings in found.items() if kept[row]
    }
    return {row: findings for row, findings in chosen.items() if findings}


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

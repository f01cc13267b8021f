"""What becomes of documents in which secrets or personal data were found: edited, dropped or flagged, as configured."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from codecorpus.filters.finding import PERSONAL, SECRET, Finding, describe
from codecorpus.filters.options import SecretOptions
from codecorpus.filters.secrets import find_secrets
from codecorpus.filters.verdict import Verdict

_VERDICT_OF_ACTION = {"redact": "edited", "drop": "dropped", "keep": "flagged"}

FindingsOf = dict[int, list[Finding]]


def found_in(content: pa.Array, rows: NDArray[np.int64]) -> FindingsOf:
    """Findings by row, for these rows only, in order.

    Args:
        content: large_string.
        rows: int64, ascending.
    """
    found: FindingsOf = {}
    for finding in find_secrets(content.take(pa.array(rows))):
        found.setdefault(int(rows[finding.row]), []).append(finding)
    return found


def secret_verdicts(
    content: pa.Array, found: Mapping[int, list[Finding]], options: SecretOptions
) -> Iterator[Verdict]:
    """One verdict for secrets, one for personal data: how many were found, and of which kinds and where, never what."""
    for code, action in ((SECRET, options.action), (PERSONAL, options.personal_data)):
        of_code = {row: [one for one in findings if one.code == code] for row, findings in found.items()}
        rows = sorted(row for row, findings in of_code.items() if findings)
        details = tuple(describe(content[row].as_buffer().to_pybytes(), of_code[row]) for row in rows)
        counts = np.array([len(of_code[row]) for row in rows], np.float64)
        limits = np.full(len(rows), 0.0 if action == "drop" else np.nan)
        yield Verdict(code, np.array(rows, np.int64), counts, limits, details, _VERDICT_OF_ACTION[action])


def to_redact(
    found: Mapping[int, list[Finding]], kept: NDArray[np.bool_], options: SecretOptions
) -> FindingsOf:
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

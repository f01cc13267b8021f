"""Putting placeholders in the place of what was found."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import pyarrow as pa

from codecorpus.filters.secrets import Finding


def redact(text: bytes, findings: Iterable[Finding]) -> bytes:
    """The text with each finding replaced; findings come in order and do not overlap.

    >>> redact(b"mail joe@acme.io now", [Finding(0, 5, 16, "e-mail address", b"<EMAIL>")])
    b'mail <EMAIL> now'
    """
    parts, at = [], 0
    for finding in findings:
        parts += [text[at : finding.start], finding.placeholder]
        at = finding.end
    return b"".join([*parts, text[at:]])


def redacted_contents(contents: pa.Array, findings_of: Mapping[int, list[Finding]]) -> pa.Array:
    """A large_string column: the redacted text where there are findings, null where nothing changes.

    Args:
        contents: large_string.
        findings_of: row → its findings, in order.
    """
    texts = [
        redact(contents[row].as_buffer().to_pybytes(), findings_of[row]).decode()
        if row in findings_of
        else None
        for row in range(len(contents))
    ]
    return pa.array(texts, pa.large_string())

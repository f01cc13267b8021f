"""Finding secrets and personal data in documents.

One pass over the bytes finds every place where a secret may start; only there a pattern is tried; what matches has to look like a real
value and not like an example, a template or a name. Findings never carry the secret, only where it stands.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cache
from itertools import groupby

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from codecorpus.buffers import text_buffers
from codecorpus.filters import _kernels as kernels
from codecorpus.filters.addresses import is_personal_address
from codecorpus.filters.finding import PERSONAL, SECRET, Finding
from codecorpus.filters.ip_addresses import is_public_ip, is_public_ipv6
from codecorpus.filters.literals import Literals, compile_literals
from codecorpus.filters.redact import redact
from codecorpus.filters.secret_checks import span_of
from codecorpus.filters.secret_pattern import EMAIL, FOLLOWS, IP_ADDRESS, Pattern

_MAX_ROUNDS = 8


def find_secrets(contents: pa.Array | pa.ChunkedArray) -> list[Finding]:
    """Secrets and personal data of a batch, in the order of the documents, without overlaps.

    Where two secrets overlap, both go, under the name of the one that starts first. What only comes to light when the others have been
    replaced counts too, so that nothing is found in a redacted text.

    Args:
        contents: large_string.

    >>> [(f.kind, f.start, f.end) for f in find_secrets(pa.array(["mail ada@lovelace.org, 81.2.69.160"]))]
    [('e-mail address', 5, 21), ('IP address', 23, 34)]
    """
    data, offsets = text_buffers(contents)
    found = _find_once(data, offsets)
    rows, texts = _redacted(data, offsets, found)
    for _ in range(_MAX_ROUNDS):
        again = _find_once(*text_buffers(pa.array(texts, pa.large_binary())))
        if not again:
            break
        found = _apart([*found, *_in_original(again, rows, found)])
        changed = sorted({rows[one.row] for one in again})
        rows, texts = _redacted(data, offsets, [one for one in found if one.row in set(changed)])
    return found


def _find_once(data: NDArray[np.uint8], offsets: NDArray[np.int64]) -> list[Finding]:
    found = (*_find_patterns(data, offsets), *_find_emails(data, offsets), *_find_addresses(data, offsets))
    return _apart(found)


def _apart(findings: Iterable[Finding]) -> list[Finding]:
    """The findings in order; secrets that overlap made one."""
    apart: list[Finding] = []
    for finding in sorted(findings, key=lambda one: (one.row, one.start, one.code, -one.end, one.kind)):
        if not apart or finding.row != apart[-1].row or finding.start >= apart[-1].end:
            apart.append(finding)
        elif finding.code == SECRET or apart[-1].code == PERSONAL:
            # A secret keeps its name whatever starts before it, so that no policy for addresses keeps it.
            named = finding if finding.code == SECRET and apart[-1].code == PERSONAL else apart[-1]
            apart[-1] = replace(named, start=apart[-1].start, end=max(finding.end, apart[-1].end))
        # else an "address" whose first part is the end of a password: `://user:password@host`.
    return apart


def _redacted(
    data: NDArray[np.uint8], offsets: NDArray[np.int64], found: list[Finding]
) -> tuple[list[int], list[bytes]]:
    """The rows with findings, and their texts with placeholders."""
    of_row = {row: list(group) for row, group in groupby(found, key=lambda one: one.row)}
    return [*of_row], [
        redact(data[offsets[row] : offsets[row + 1]].tobytes(), group) for row, group in of_row.items()
    ]


def _in_original(again: list[Finding], rows: list[int], found: list[Finding]) -> Iterator[Finding]:
    """Findings of redacted texts, where they stand in the original ones."""
    of_row = {row: list(group) for row, group in groupby(found, key=lambda one: one.row)}
    for finding in again:
        row = rows[finding.row]
        start, end = finding.start, finding.end
        shift = 0
        for one in of_row[row]:
            grown = one.start + shift  # where the placeholder starts in the redacted text
            after = grown + len(one.placeholder)
            now = one.end - one.start - len(one.placeholder)
            if after <= finding.start:
                start += now
            if after <= finding.end:
                end += now
            shift -= now
        yield replace(finding, row=row, start=start, end=end)


def _find_patterns(data: NDArray[np.uint8], offsets: NDArray[np.int64]) -> Iterator[Finding]:
    table = _literals()
    words = table.literals
    hits = kernels.find_literals(
        data, offsets, words.buckets, words.text, words.offsets, table.inside_word, table.follow
    )
    view = data.data  # a view of the bytes, which patterns match without a copy
    row_before, text, last = -1, view[:0], dict[str, int]()
    for row, literal, start in hits.tolist():
        begin = int(offsets[row])
        if row != row_before:  # a pattern sees its own document only, whatever stands beside it in the batch
            row_before, text, last = row, view[begin : int(offsets[row + 1])], {}
        for pattern in table.patterns[literal]:
            at = start - begin - pattern.before
            # What the latest finding of a kind covers is not looked at again.
            if at < last.get(pattern.kind, 0):
                continue
            match = pattern.regex.match(text, at)
            span = span_of(pattern.check, match) if match else None
            if span:
                last[pattern.kind] = span[1]
                yield Finding(row, *span, pattern.kind, pattern.placeholder)


@dataclass(frozen=True, slots=True)
class _Table:
    """The literals, and for each of them: its patterns, whether it may follow a letter, what has to stand there."""

    literals: Literals
    patterns: tuple[tuple[Pattern, ...], ...]
    inside_word: NDArray[np.bool_]
    follow: NDArray[np.uint8]


@cache
def _literals() -> _Table:
    # Compiling 170 patterns takes 0.1 s, which only who searches should pay.
    from codecorpus.filters.secret_patterns import PATTERNS

    literals = compile_literals({literal for pattern in PATTERNS for literal in pattern.literals})
    patterns = tuple(
        tuple(pattern for pattern in PATTERNS if word in {literal.lower() for literal in pattern.literals})
        for word in literals.words
    )
    inside_word = [any(pattern.inside_word for pattern in group) for group in patterns]
    # Patterns that share a literal but not what follows it are all tried, and say for themselves.
    follow = [
        FOLLOWS.index(group[0].follow) if len({pattern.follow for pattern in group}) == 1 else 0
        for group in patterns
    ]
    return _Table(literals, patterns, np.array(inside_word, np.bool_), np.array(follow, np.uint8))


def _find_emails(data: NDArray[np.uint8], offsets: NDArray[np.int64]) -> Iterator[Finding]:
    for row, start, end in kernels.find_emails(data, offsets).tolist():
        begin = int(offsets[row])
        before = data[max(begin, start - 3) : start].tobytes()
        after = data[end : min(end + 1, int(offsets[row + 1]))].tobytes()
        if after == b"<" and data[end - 1] == ord("E"):  # Perl's manuals write `E<lt>joe@acme.ioE<gt>`
            end -= 1
        if is_personal_address(data[start:end].tobytes().lower(), before=before, after=after):
            yield Finding(row, start - begin, end - begin, "e-mail address", EMAIL, PERSONAL)


def _find_addresses(data: NDArray[np.uint8], offsets: NDArray[np.int64]) -> Iterator[Finding]:
    for row, start, end in kernels.find_quads(data, offsets).tolist():
        begin = int(offsets[row])
        before = data[max(begin, start - 40) : start].tobytes()
        after = data[end : min(end + 16, int(offsets[row + 1]))].tobytes()
        if is_public_ip(data[start:end].tobytes(), before=before, after=after):
            yield Finding(row, start - begin, end - begin, "IP address", IP_ADDRESS, PERSONAL)
    for row, start, end in kernels.find_global_ipv6(data, offsets).tolist():
        if is_public_ipv6(data[start:end].tobytes()):
            begin = int(offsets[row])
            yield Finding(row, start - begin, end - begin, "IPv6 address", IP_ADDRESS, PERSONAL)

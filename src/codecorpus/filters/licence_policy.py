"""Which licences may stay in the corpus.

A document's `detected_licenses` are SPDX ids and its `license_type` is their class. Where its expression is known, alternatives
count as such: of `MIT OR GPL-3.0-only` the user may choose the first. Where only the ids are known, as in columns of a source, each
of them has to be allowed, because which of them the author offers as a choice is not known.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from codecorpus.filters.options import LicenceOptions
from codecorpus.filters.verdict import Verdict, verdict
from codecorpus.spdx import Expression, Licence, all_of, class_of, holds, ids_of, parse_expression


def licence_verdict(
    detected: pa.Array, kinds: pa.Array, options: LicenceOptions, expressions: pa.Array | None = None
) -> Verdict:
    """The documents whose licences the policy does not allow (CC301).

    Args:
        detected: list<string>, SPDX ids; null or empty where none was found.
        kinds: string: permissive, copyleft, no_license or unknown; null counts as unknown.
        options: the policy.
        expressions: string, SPDX expressions over the ids; null where only the ids are known. None: all null.
    """
    ids = (tuple(one or ()) for one in detected.to_pylist())
    texts = expressions.to_pylist() if expressions is not None else [None] * len(detected)
    rows = list(zip(ids, kinds.to_pylist(), texts, strict=True))
    # Few combinations, many documents.
    refused = {row: _refused(row[0], row[1] or "unknown", options, row[2]) for row in set(rows)}
    details = [refused[row] for row in rows]
    return verdict("CC301", np.array([detail is not None for detail in details], np.bool_), details=details)


def _refused(
    ids: tuple[str, ...], kind: str, options: LicenceOptions, expression: str | None = None
) -> str | None:
    """What the policy refuses, or None.

    >>> policy = LicenceOptions(allow=("MIT", "Apache-2.0"))
    >>> _refused(("GPL-3.0-only", "MIT"), "copyleft", policy)
    'GPL-3.0-only (copyleft)'
    >>> _refused(("GPL-3.0-only", "MIT"), "permissive", policy, "MIT OR GPL-3.0-only")
    """
    terms = (
        parse_expression(expression) if expression is not None else all_of([Licence(spdx) for spdx in ids])
    )
    if terms is None:
        return _refused_class(kind, options)
    shown = str(terms) if expression is not None else ", ".join(ids)
    if _listed(kind, options.deny):
        return f"{shown} ({kind}) denied"
    if not holds(terms, lambda spdx: not _denied(spdx, options)):
        denied = ", ".join(spdx for spdx in ids_of(terms) if _denied(spdx, options))
        return (
            f"{denied} ({kind}) denied"
            if expression is None or denied == shown
            else f"{denied} of {shown} ({kind}) denied"
        )
    if options.allow is None or holds(terms, lambda spdx: _is_allowed(spdx, options)):
        return None
    if _listed(kind, options.allow) and not any(_denied(spdx, options) for spdx in ids_of(terms)):
        return None
    return f"{_not_allowed(terms, options)} ({kind})"


def _refused_class(kind: str, options: LicenceOptions) -> str | None:
    """The same for a document of which the class is all that is known."""
    if _listed(kind, options.deny):
        return f"{kind} ({kind}) denied"
    return None if options.allow is None or _listed(kind, options.allow) else f"{kind} ({kind})"


def _denied(spdx: str, options: LicenceOptions) -> bool:
    return _listed(spdx, options.deny) or _listed(class_of(spdx), options.deny)


def _is_allowed(spdx: str, options: LicenceOptions) -> bool:
    """Whether a choice of this licence stays: it is listed, or its class is, and it is not denied."""
    allow = options.allow or ()
    return not _denied(spdx, options) and (_listed(spdx, allow) or _listed(class_of(spdx), allow))


def _not_allowed(terms: Expression, options: LicenceOptions) -> str:
    return ", ".join(spdx for spdx in ids_of(terms) if not _is_allowed(spdx, options))


def _listed(name: str, entries: tuple[str, ...]) -> bool:
    """SPDX ids are compared without regard to case; `GPL-*` stands for every id that starts so."""
    low = name.lower()
    return any(
        low.startswith(entry[:-1].lower()) if entry.endswith("*") else low == entry.lower()
        for entry in entries
    )

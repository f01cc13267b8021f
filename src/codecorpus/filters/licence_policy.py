"""Which licences may stay in the corpus.

A document's `detected_licenses` are SPDX ids and its `license_type` is their class. The policy is cautious: with several licences each one
has to be allowed, because which of them the author offers as a choice is not known here.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from codecorpus.filters.options import LicenceOptions
from codecorpus.filters.verdict import Verdict, verdict


def licence_verdict(detected: pa.Array, kinds: pa.Array, options: LicenceOptions) -> Verdict:
    """The documents whose licences the policy does not allow (CC301).

    Args:
        detected: list<string>, SPDX ids; null or empty where none was found.
        kinds: string: permissive, copyleft, no_license or unknown; null counts as unknown.
        options: the policy.
    """
    pairs = list(zip((tuple(ids or ()) for ids in detected.to_pylist()), kinds.to_pylist(), strict=True))
    # Few combinations, many documents.
    refused = {pair: _refused(pair[0], pair[1] or "unknown", options) for pair in set(pairs)}
    details = [refused[pair] for pair in pairs]
    return verdict("CC301", np.array([detail is not None for detail in details], np.bool_), details=details)


def _refused(ids: tuple[str, ...], kind: str, options: LicenceOptions) -> str | None:
    """What the policy refuses, or None.

    >>> _refused(("MIT", "GPL-3.0-only"), "copyleft", LicenceOptions(allow=("MIT", "Apache-2.0")))
    'GPL-3.0-only (copyleft)'
    """
    names = ids or (kind,)
    denied = [name for name in names if _listed(name, options.deny)]
    if denied or _listed(kind, options.deny):
        return f"{', '.join(denied or names)} ({kind}) denied"
    if options.allow is None or _listed(kind, options.allow):
        return None
    others = [name for name in names if not _listed(name, options.allow)]
    return f"{', '.join(others)} ({kind})" if others else None


def _listed(name: str, entries: tuple[str, ...]) -> bool:
    """SPDX ids are compared without regard to case; `GPL-*` stands for every id that starts so."""
    low = name.lower()
    return any(
        low.startswith(entry[:-1].lower()) if entry.endswith("*") else low == entry.lower()
        for entry in entries
    )

"""Rules over measures, the licence policy, secrets: who stays in the corpus, and with which text.

Names are loaded when first used, so that reading the options imports neither parsers nor numba nor polars.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from codecorpus.filters.options import FilterOptions as FilterOptions
from codecorpus.filters.options import LicenceOptions as LicenceOptions
from codecorpus.filters.options import SecretOptions as SecretOptions

if TYPE_CHECKING:
    from codecorpus.filters.decision import decide as decide
    from codecorpus.filters.result import FilterResult as FilterResult
    from codecorpus.filters.tables import apply as apply
    from codecorpus.filters.tables import measure as measure

_HOME = {"FilterResult": "result", "apply": "tables", "decide": "decision", "measure": "tables"}

__all__ = ["FilterOptions", "FilterResult", "LicenceOptions", "SecretOptions", "apply", "decide", "measure"]


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)

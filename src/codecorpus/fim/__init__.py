"""Fill-in-the-middle and packing: split documents into parts, transform them, pack them into rows, look at a row.

In a notebook: `pack(table, encoder=..., sequence_length=4096).show(0)`. A run calls the steps one by one:
`split_parts` (per shard) → `plan_rows` (whole corpus) → `gather` and `emit_rows` (per output file).

Names are imported on first use: reading the options of a configuration does not load numba.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from codecorpus.fim.emit import check_source_ids, emit_rows, gather
    from codecorpus.fim.notebook import Packed, pack, transform
    from codecorpus.fim.options import FimOptions, minimum_sequence_length
    from codecorpus.fim.parts import Parts, doc_keys, split_parts
    from codecorpus.fim.readback import Origin, Segment, inverse, segments
    from codecorpus.fim.rows import RowPlan, plan_rows
    from codecorpus.fim.sentinels import FAMILIES, Family, SentinelIds, family, sentinel_ids, special_tokens
    from codecorpus.fim.show import RowView, show_row

__all__ = [
    "FAMILIES",
    "Family",
    "FimOptions",
    "Origin",
    "Packed",
    "Parts",
    "RowPlan",
    "RowView",
    "Segment",
    "SentinelIds",
    "check_source_ids",
    "doc_keys",
    "emit_rows",
    "family",
    "gather",
    "inverse",
    "minimum_sequence_length",
    "pack",
    "plan_rows",
    "segments",
    "sentinel_ids",
    "show_row",
    "special_tokens",
    "split_parts",
    "transform",
]

_HOME = {
    "emit": ("check_source_ids", "emit_rows", "gather"),
    "readback": ("Origin", "Segment", "inverse", "segments"),
    "notebook": ("Packed", "pack", "transform"),
    "options": ("FimOptions", "minimum_sequence_length"),
    "parts": ("Parts", "doc_keys", "split_parts"),
    "rows": ("RowPlan", "plan_rows"),
    "sentinels": ("FAMILIES", "Family", "SentinelIds", "family", "sentinel_ids", "special_tokens"),
    "show": ("RowView", "show_row"),
}


def __getattr__(name: str) -> Any:
    import importlib

    for module, names in _HOME.items():
        if name in names:
            return getattr(importlib.import_module(f"{__name__}.{module}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")

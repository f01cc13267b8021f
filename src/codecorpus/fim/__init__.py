"""Fill-in-the-middle and packing: cut documents into parts, transform them, pack them into rows, look at a row.

In a notebook: `pack(table, encoder=..., sequence_length=4096).show(0)`. A run calls the steps one by one:
`cut_documents` (per shard) → `plan_samples` (whole corpus) → `gather` and `emit_rows` (per output file).

Names are imported on first use: reading the options of a configuration does not load numba.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from codecorpus.fim.context.corpus_order import RepositoryOrder, repository_order
    from codecorpus.fim.cut import Cutting, cut_documents, layouts_of, spans_of
    from codecorpus.fim.emit import Placed, Writing, check_source_ids, emit_rows, gather
    from codecorpus.fim.mixture.classes import document_classes
    from codecorpus.fim.mixture.mixing import Mixture, plan_mixture
    from codecorpus.fim.mixture.options import MixtureOptions
    from codecorpus.fim.notebook import Packed, pack, transform
    from codecorpus.fim.options import FimOptions, minimum_sequence_length
    from codecorpus.fim.packing_options import PackingOptions
    from codecorpus.fim.parts import Parts, doc_keys
    from codecorpus.fim.plan import Plan, plan_samples
    from codecorpus.fim.readback import Segment, inverse, segments
    from codecorpus.fim.rows import RowPlan, plan_rows
    from codecorpus.fim.samples import (
        AROUND_A_FILE,
        Around,
        Samples,
        around,
        repository_samples,
        single_samples,
    )
    from codecorpus.fim.sentinels import FAMILIES, Family, SentinelIds, family, sentinel_ids, special_tokens
    from codecorpus.fim.show import RowView, show_row
    from codecorpus.fim.texts import Texts, encoded_texts, only_ids, with_heads

__all__ = [
    "AROUND_A_FILE",
    "FAMILIES",
    "Around",
    "Cutting",
    "Family",
    "FimOptions",
    "Mixture",
    "MixtureOptions",
    "Order",
    "Packed",
    "PackingOptions",
    "Parts",
    "Placed",
    "Plan",
    "RepositoryOrder",
    "RowPlan",
    "RowView",
    "Samples",
    "Segment",
    "SentinelIds",
    "Texts",
    "Writing",
    "around",
    "check_source_ids",
    "cut_documents",
    "doc_keys",
    "document_classes",
    "emit_rows",
    "encoded_texts",
    "family",
    "gather",
    "inverse",
    "layouts_of",
    "minimum_sequence_length",
    "only_ids",
    "ordered_samples",
    "pack",
    "plan_mixture",
    "plan_rows",
    "plan_samples",
    "repository_order",
    "repository_samples",
    "segments",
    "sentinel_ids",
    "show_row",
    "single_samples",
    "spans_of",
    "special_tokens",
    "transform",
    "with_heads",
]

_HOME = {
    "cut": ("Cutting", "cut_documents", "layouts_of", "spans_of"),
    "mixture.classes": ("document_classes",),
    "emit": ("Placed", "Writing", "check_source_ids", "emit_rows", "gather"),
    "mixture.mixing": ("Mixture", "plan_mixture"),
    "mixture.options": ("MixtureOptions",),
    "notebook": ("Packed", "pack", "transform"),
    "options": ("FimOptions", "minimum_sequence_length"),
    "packing_options": ("PackingOptions",),
    "parts": ("Parts", "doc_keys"),
    "plan": ("Plan", "plan_samples"),
    "readback": ("Segment", "inverse", "segments"),
    "context.corpus_order": ("RepositoryOrder", "repository_order"),
    "rows": ("RowPlan", "plan_rows"),
    "samples": (
        "AROUND_A_FILE",
        "Around",
        "Order",
        "Samples",
        "around",
        "ordered_samples",
        "repository_samples",
        "single_samples",
    ),
    "sentinels": ("FAMILIES", "Family", "SentinelIds", "family", "sentinel_ids", "special_tokens"),
    "show": ("RowView", "show_row"),
    "texts": ("Texts", "encoded_texts", "only_ids", "with_heads"),
}


def __getattr__(name: str) -> Any:
    import importlib

    for module, names in _HOME.items():
        if name in names:
            return getattr(importlib.import_module(f"{__name__}.{module}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")

"""Exact and near-duplicates: which documents say the same, and which one of them stays.

Verified and by leaders: a document is dropped only if its true Jaccard similarity to a document that is kept reaches the
threshold. A run calls `sketch` per shard, `find_candidates` once, `shingle_sets` per shard for the candidates only, `resolve`
once; `near_duplicates` does it all on one table.

Names are loaded when first used, so that reading the options does not import numba.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from codecorpus.dedup.options import DedupOptions as DedupOptions

if TYPE_CHECKING:
    from codecorpus.dedup.candidates import Candidates as Candidates
    from codecorpus.dedup.candidates import find_candidates as find_candidates
    from codecorpus.dedup.leaders import Duplicates as Duplicates
    from codecorpus.dedup.leaders import find_duplicates as find_duplicates
    from codecorpus.dedup.leaders import resolve as resolve
    from codecorpus.dedup.minhash import sketch as sketch
    from codecorpus.dedup.minhash import sketch_schema as sketch_schema
    from codecorpus.dedup.result import DedupResult as DedupResult
    from codecorpus.dedup.result import deduplicate as deduplicate
    from codecorpus.dedup.result import near_duplicates as near_duplicates
    from codecorpus.dedup.shingle import ShingleSets as ShingleSets
    from codecorpus.dedup.shingle import join_sets as join_sets
    from codecorpus.dedup.shingle import shingle_sets as shingle_sets

_HOME = {
    "Candidates": "candidates",
    "DedupResult": "result",
    "Duplicates": "leaders",
    "ShingleSets": "shingle",
    "deduplicate": "result",
    "find_candidates": "candidates",
    "find_duplicates": "leaders",
    "join_sets": "shingle",
    "near_duplicates": "result",
    "resolve": "leaders",
    "shingle_sets": "shingle",
    "sketch": "minhash",
    "sketch_schema": "minhash",
}

__all__ = [
    "Candidates",
    "DedupOptions",
    "DedupResult",
    "Duplicates",
    "ShingleSets",
    "deduplicate",
    "find_candidates",
    "find_duplicates",
    "join_sets",
    "near_duplicates",
    "resolve",
    "shingle_sets",
    "sketch",
    "sketch_schema",
]


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)

"""Exact and near-duplicates: which documents say the same, and which one of them stays. And overlap with benchmarks.

Verified and by leaders: a document is dropped only if its true Jaccard similarity to a document that is kept reaches the
threshold. A run calls `sketch` per shard, `find_candidates` once, `shingle_sets` per shard for the candidates only, `resolve`
once; `near_duplicates` does it all on one table. `decontaminate` drops the documents that hold text of benchmark problems.

Names are loaded when first used, so that reading the options does not import numba.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from codecorpus.dedup.contamination_options import ContaminationOptions as ContaminationOptions
from codecorpus.dedup.options import DedupOptions as DedupOptions

if TYPE_CHECKING:
    from codecorpus.dedup.candidates import Candidates as Candidates
    from codecorpus.dedup.candidates import find_candidates as find_candidates
    from codecorpus.dedup.contamination import DecontaminationResult as DecontaminationResult
    from codecorpus.dedup.contamination import decontaminate as decontaminate
    from codecorpus.dedup.contamination import find_contamination as find_contamination
    from codecorpus.dedup.leaders import Duplicates as Duplicates
    from codecorpus.dedup.leaders import find_duplicates as find_duplicates
    from codecorpus.dedup.leaders import resolve as resolve
    from codecorpus.dedup.minhash import sketch as sketch
    from codecorpus.dedup.minhash import sketch_schema as sketch_schema
    from codecorpus.dedup.ngram_index import NgramIndex as NgramIndex
    from codecorpus.dedup.ngram_index import index_benchmarks as index_benchmarks
    from codecorpus.dedup.result import DedupResult as DedupResult
    from codecorpus.dedup.result import deduplicate as deduplicate
    from codecorpus.dedup.result import near_duplicates as near_duplicates
    from codecorpus.dedup.shingle import ShingleSets as ShingleSets
    from codecorpus.dedup.shingle import join_sets as join_sets
    from codecorpus.dedup.shingle import shingle_sets as shingle_sets

_HOME = {
    "Candidates": "candidates",
    "DecontaminationResult": "contamination",
    "DedupResult": "result",
    "Duplicates": "leaders",
    "NgramIndex": "ngram_index",
    "ShingleSets": "shingle",
    "decontaminate": "contamination",
    "deduplicate": "result",
    "find_candidates": "candidates",
    "find_contamination": "contamination",
    "find_duplicates": "leaders",
    "index_benchmarks": "ngram_index",
    "join_sets": "shingle",
    "near_duplicates": "result",
    "resolve": "leaders",
    "shingle_sets": "shingle",
    "sketch": "minhash",
    "sketch_schema": "minhash",
}

__all__ = [
    "Candidates",
    "ContaminationOptions",
    "DecontaminationResult",
    "DedupOptions",
    "DedupResult",
    "Duplicates",
    "NgramIndex",
    "ShingleSets",
    "decontaminate",
    "deduplicate",
    "find_candidates",
    "find_contamination",
    "find_duplicates",
    "index_benchmarks",
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

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
    from codecorpus.dedup.candidates import Buckets as Buckets
    from codecorpus.dedup.candidates import Candidates as Candidates
    from codecorpus.dedup.candidates import find_candidates as find_candidates
    from codecorpus.dedup.code import structural_sets as structural_sets
    from codecorpus.dedup.contamination import DecontaminationResult as DecontaminationResult
    from codecorpus.dedup.contamination import decontaminate as decontaminate
    from codecorpus.dedup.contamination import find_contamination as find_contamination
    from codecorpus.dedup.copies import copy_decisions as copy_decisions
    from codecorpus.dedup.leaders import Duplicates as Duplicates
    from codecorpus.dedup.leaders import Pairs as Pairs
    from codecorpus.dedup.leaders import compare as compare
    from codecorpus.dedup.leaders import elect as elect
    from codecorpus.dedup.leaders import find_duplicates as find_duplicates
    from codecorpus.dedup.leaders import resolve as resolve
    from codecorpus.dedup.minhash import sketch as sketch
    from codecorpus.dedup.minhash import sketch_schema as sketch_schema
    from codecorpus.dedup.ngram_index import NgramIndex as NgramIndex
    from codecorpus.dedup.ngram_index import index_benchmarks as index_benchmarks
    from codecorpus.dedup.repositories import find_copies as find_copies
    from codecorpus.dedup.repository_level import add_copies as add_copies
    from codecorpus.dedup.result import DedupResult as DedupResult
    from codecorpus.dedup.result import deduplicate as deduplicate
    from codecorpus.dedup.result import near_duplicates as near_duplicates
    from codecorpus.dedup.sets import ShingleSets as ShingleSets
    from codecorpus.dedup.sets import join_sets as join_sets
    from codecorpus.dedup.shingle import shingle_sets as shingle_sets
    from codecorpus.dedup.signature import signatures as signatures
    from codecorpus.dedup.signature import to_datasketch as to_datasketch

_HOME = {
    "Buckets": "candidates",
    "Candidates": "candidates",
    "DecontaminationResult": "contamination",
    "DedupResult": "result",
    "Duplicates": "leaders",
    "NgramIndex": "ngram_index",
    "Pairs": "leaders",
    "ShingleSets": "sets",
    "add_copies": "repository_level",
    "compare": "leaders",
    "copy_decisions": "copies",
    "decontaminate": "contamination",
    "deduplicate": "result",
    "elect": "leaders",
    "find_candidates": "candidates",
    "find_contamination": "contamination",
    "find_copies": "repositories",
    "find_duplicates": "leaders",
    "index_benchmarks": "ngram_index",
    "join_sets": "sets",
    "near_duplicates": "result",
    "resolve": "leaders",
    "shingle_sets": "shingle",
    "signatures": "signature",
    "sketch": "minhash",
    "sketch_schema": "minhash",
    "structural_sets": "code",
    "to_datasketch": "signature",
}

__all__ = [
    "Buckets",
    "Candidates",
    "ContaminationOptions",
    "DecontaminationResult",
    "DedupOptions",
    "DedupResult",
    "Duplicates",
    "NgramIndex",
    "Pairs",
    "ShingleSets",
    "add_copies",
    "compare",
    "copy_decisions",
    "decontaminate",
    "deduplicate",
    "elect",
    "find_candidates",
    "find_contamination",
    "find_copies",
    "find_duplicates",
    "index_benchmarks",
    "join_sets",
    "near_duplicates",
    "resolve",
    "shingle_sets",
    "signatures",
    "sketch",
    "sketch_schema",
    "structural_sets",
    "to_datasketch",
]


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)

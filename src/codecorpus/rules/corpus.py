"""Duplicates and benchmark problems: what a document is to other texts."""

from __future__ import annotations

from codecorpus.rules.rule import Rule

CORPUS = (
    Rule(
        "CC401",
        "exact duplicate",
        "Another document has the same content; the one that the keep-policy prefers stays.",
        "Repetition wastes training and makes models recite.",
        "dedup.keep_policy",
        "Lee et al. 2022, Deduplicating Training Data Makes Language Models Better (arXiv 2107.06499)",
    ),
    Rule(
        "CC402",
        "near-duplicate",
        "The Jaccard similarity of token shingles with a kept document, computed exactly, reaches the threshold.",
        "Repetition wastes training and makes models recite.",
        "dedup.threshold",
        "Broder 1997 (MinHash); verification and leaders instead of connected components are ours, because raw LSH with connected components drops files below the threshold",
    ),
    Rule(
        "CC501",
        "contaminated",
        "The document holds word n-grams of a benchmark problem (of its prompt, solution, docstring or tests), the asked function's name with its parameters, or most of a solution's code under other names. What many problems or many documents share does not count.",
        "A model that has seen the problems of a benchmark is not measured by it.",
        "contamination.action",
        "Qwen2.5-Coder (arXiv 2409.12186) reports 10-gram overlap; which n-grams count was measured on files without benchmarks, and is ours",
    ),
)

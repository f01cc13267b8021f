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
        "CC403",
        "same code",
        "Another document has the same code: equal tokens, in order, once white space and comments are gone. The one that the keep-policy prefers stays.",
        "A copy with another licence header, another comment or another layout teaches a model nothing new.",
        "dedup.keep_policy",
        "ours: measured peers compare bytes, or words with their comments",
    ),
    Rule(
        "CC404",
        "structural duplicate",
        "A kept document has the same structure: the similarity of token shingles in which every name and every literal counts as the same reaches the threshold. Files that are mostly data do not count.",
        "The same code with its names changed is a copy that other rules do not see. Alike code need not be a copy, so it is only flagged unless dropping is asked for.",
        "dedup.structural",
        "Roy & Cordy 2007, A Survey on Software Clone Detection Research (type-2 clones); the guard against tables of data is ours, because unrelated tables look the same without their literals",
        action="flagged",
    ),
    Rule(
        "CC405",
        "copied repository",
        "The document is in a fork or a vendored copy: nearly all documents of the one repository have a duplicate in the other. It is no duplicate itself, but what the copy adds or has changed.",
        "What is left of a copied repository is a patch without its context, and counts a project twice. It may be new work, so it is only flagged unless dropping is asked for.",
        "dedup.repository",
        "Lopes et al. 2017, DéjàVu: a map of code duplicates on GitHub; containment of files, its threshold and who counts as the copy are ours",
        action="flagged",
    ),
    Rule(
        "CC501",
        "contaminated",
        "The document holds word n-grams of a benchmark problem (of its prompt, solution, docstring or tests), the asked function's name with its parameters, or most of a solution's code under other names. What many problems or many documents share does not count.",
        "A model that has seen the problems of a benchmark is not measured by it.",
        "contamination.action",
        "Qwen2.5-Coder (arXiv 2409.12186) reports 10-gram overlap; which n-grams count was measured on files without benchmarks, and is ours",
    ),
    Rule(
        "CC701",
        "left out of the mixture",
        "The document is kept, and is in no packed row: the mixture takes fewer tokens of its language, class and length than there are.",
        "Shares and a budget of tokens are what a mixture is for; which documents of a cell are left out is drawn from the seed.",
        "mixture.tokens",
        "ours",
        action="flagged",
    ),
)

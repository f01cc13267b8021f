"""Settings of decontamination."""

from __future__ import annotations

from pydantic import Field

from codecorpus.options import Options


class ContaminationOptions(Options):
    """What counts as overlap with a benchmark.

    The first three shape the index of the benchmarks, the others what is made of its hits. The defaults were chosen on 65,443 files
    (530 MB) that hold none of HumanEval, its kin, MBPP and CRUXEval: 16 of them are taken for contaminated, each by a loop or phrase
    that many would write alike. With `min_names` 3 it is 45, with 0 it is 398, with no limit at all 573.
    """

    ngram: int = Field(default=10, ge=2, le=64, description="words in one n-gram")
    min_names: int = Field(
        default=4,
        ge=0,
        description="distinct names (words of two bytes or more that do not begin with a digit) that an n-gram needs to count",
    )
    max_problems: int = Field(
        default=10,
        ge=1,
        description="an n-gram in more problems of one benchmark is its boilerplate and does not count",
    )
    max_document_share: float = Field(
        default=0.001,
        ge=0.0,
        le=1.0,
        description="an n-gram in a larger share of the documents, and in more than ten, is an idiom and does not count",
    )
    min_matches: int = Field(
        default=1, ge=1, description="distinct n-grams of one text of a problem that a document must hold"
    )
    min_share: float = Field(
        default=0.0, ge=0.0, le=1.0, description="share of the n-grams of that text that it must hold"
    )

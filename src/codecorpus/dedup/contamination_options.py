"""Settings of decontamination."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from codecorpus.options import Options

#: Benchmarks whose hashes come with the package.
SHIPPED = (
    "humaneval",
    "humaneval-infilling",
    "humaneval-x",
    "humanevalpack",
    "mbpp",
    "mbpp-plus",
    "cruxeval",
)


class ContaminationOptions(Options):
    """What counts as overlap with a benchmark, and what becomes of it (`[contamination]`).

    How the limits were chosen stands in `docs/decontamination.md`: on files that hold none of the benchmarks.
    """

    enabled: bool = Field(default=True, description="whether `build` looks for benchmark problems")
    benchmarks: tuple[str, ...] = Field(
        default=SHIPPED,
        description="benchmarks that come with the package, by name, or files or folders of problems, by path",
    )
    action: Literal["drop", "cut"] = Field(
        default="drop",
        description="drop a document that holds a problem, or cut out the function that holds it",
    )
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
        description="what stands in a larger share of the documents, and in more than ten and a tenth of them (fifty at most), "
        "is an idiom and does not count",
    )
    min_matches: int = Field(
        default=1, ge=1, description="distinct n-grams of one text of a problem that a document must hold"
    )
    min_share: float = Field(
        default=0.0, ge=0.0, le=1.0, description="share of the n-grams of that text that it must hold"
    )
    signatures: bool = Field(
        default=True,
        description="whether the asked function's name with its parameters counts, where the name has two parts or more",
    )
    min_code_matches: int = Field(
        default=12,
        ge=8,
        description="distinct runs of 12 tokens, names left out, that a document must share with a problem's solution",
    )
    min_code_share: float = Field(
        default=0.6,
        gt=0.0,
        le=1.0,
        description="share of the solution's runs that it must hold, in one stretch",
    )

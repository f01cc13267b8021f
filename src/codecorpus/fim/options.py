"""Options of the `[fim]` table, and what they mean for a family: which layout `psm` and `spm` stand for."""

from __future__ import annotations

import math
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, model_validator

from codecorpus.errors import UsageError
from codecorpus.fim.layout import LAYOUTS, NONE, PSM, overhead
from codecorpus.fim.sentinels import FAMILIES, family
from codecorpus.options import Options


def _known_family(value: Any) -> Any:
    if isinstance(value, str) and value not in FAMILIES:
        try:
            family(value)
        except UsageError as error:
            raise ValueError(f"{error.what.partition(': ')[2]}; {error.hint}") from None
    return value


def _with_variant(value: Any) -> Any:
    if isinstance(value, str) and value.lower() == "spm":
        raise ValueError(
            "'spm' alone is ambiguous: write spm-v2 (PRE SUF suffix MID prefix middle; StarCoder, CodeLlama) or "
            "spm-v1 (SUF suffix PRE prefix MID middle; OLMo, Seed-Coder)"
        )
    return value


class FimOptions(Options):
    """Fill-in-the-middle: which parts are transformed, into which layout, and where they are cut."""

    family: Annotated[str, BeforeValidator(_known_family)] = Field(
        default="qwen2.5-coder",
        description="Model family: its sentinels, its end token and its documented layouts.",
    )
    rate: float = Field(
        default=0.5, ge=0, le=1, description="Share of parts that are transformed; the rest stay as they are."
    )
    spm_rate: float = Field(
        default=0.5,
        ge=0,
        le=1,
        description="Share of the transformed parts that are written suffix first; the rest are PSM.",
    )
    spm_layout: Annotated[Literal["spm-v1", "spm-v2", "codestral"] | None, BeforeValidator(_with_variant)] = (
        Field(
            default=None,
            description=(
                "How suffix-first parts are written. Off: as the family documents it; a family that documents none "
                "(qwen2.5-coder, deepseek-coder) gets spm-v2, which is PSM with an empty prefix."
            ),
        )
    )
    min_middle: int = Field(
        default=1,
        ge=0,
        description="Tokens in a middle, at least; a part with fewer tokens is not transformed. 0 allows empty middles.",
    )
    epoch: int = Field(
        default=0,
        ge=0,
        lt=2**31,
        description="Another epoch gives other layouts and middles of the same parts.",
    )
    max_middle: int | None = Field(default=None, ge=1, description="Tokens in a middle, at most.")
    max_middle_share: float = Field(
        default=1.0, gt=0, le=1, description="Share of a part's tokens that the middle may take, at most."
    )

    token_spans: float = Field(
        default=0.0,
        ge=0,
        description="Weight of middles from one border of tokens to another; weights need not sum to 1.",
    )
    character_spans: float = Field(
        default=0.3,
        ge=0,
        description="Weight of middles from one character to another; the text around the two cuts is encoded again.",
    )
    line_spans: float = Field(
        default=0.2,
        ge=0,
        description="Weight of middles of whole lines: from behind an indent to the end of that or a later line.",
    )
    syntax_spans: float = Field(
        default=0.5,
        ge=0,
        description=(
            "Weight of middles that are one complete subtree. A part without a middle of the kind drawn gets one of the next of syntax, "
            "line, character, token: a subtree needs a grammar, and a text that nothing has edited since it was parsed."
        ),
    )

    @model_validator(mode="after")
    def _sizes_exist(self) -> FimOptions:
        if self.rate > 0 and not any(self.span_weights):
            raise ValueError("no kind of span has a weight: give one of them a weight, or set fim.rate = 0")
        if self.max_middle is not None and self.max_middle < self.min_middle:
            raise ValueError(f"max_middle = {self.max_middle} is below min_middle = {self.min_middle}")
        return self

    @property
    def span_weights(self) -> tuple[float, ...]:
        """Weights in the order of `codecorpus.fim.spans.SPANS`."""
        return self.token_spans, self.character_spans, self.line_spans, self.syntax_spans

    @model_validator(mode="after")
    def _layouts_exist(self) -> FimOptions:
        if self.rate > 0 and self.spm_rate < 1 and "psm" not in family(self.family).layouts:
            raise ValueError(
                f"family {self.family!r} was trained suffix first only ({', '.join(family(self.family).layouts)}); "
                "set fim.spm_rate = 1"
            )
        return self


def spm_code(options: FimOptions) -> int:
    """Code of the layout that suffix-first parts get.

    >>> LAYOUTS[spm_code(FimOptions())], LAYOUTS[spm_code(FimOptions(family="olmo"))]
    ('spm-v2', 'spm-v1')
    """
    documented = [name for name in family(options.family).layouts if name != "psm"]
    return LAYOUTS.index(options.spm_layout or (documented[0] if documented else "spm-v2"))


def overheads(options: FimOptions) -> tuple[int, int]:
    """Tokens beyond its own that a part needs at most: (untransformed, transformed by these options)."""
    row = family(options.family)
    plain = overhead(row, NONE)
    codes = ([PSM] if options.spm_rate < 1 else []) + ([spm_code(options)] if options.spm_rate > 0 else [])
    return plain, max(overhead(row, code) for code in codes) if options.rate > 0 else plain


def minimum_sequence_length(options: FimOptions) -> int:
    """The shortest sequence that holds a part with a middle of `min_middle` tokens and everything that is put around it.

    >>> minimum_sequence_length(FimOptions())
    5
    """
    if options.rate == 0:
        return overheads(options)[0] + 1
    return max(overheads(options)) + max(1, math.ceil(options.min_middle / options.max_middle_share))

"""Options of the `[mixture]` table: how much of what, and how often a document may be repeated."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from codecorpus.options import Options

Share = Annotated[float, Field(ge=0, le=1)]

#: Stands for every language or class that is not named.
REST = "*"

#: How far the sum of shares may be from 1, so that three thirds can be written down; they are scaled to 1.
TOLERANCE = 0.001


class MixtureOptions(Options):
    """How much of what is trained on: a budget of tokens, and shares by language, class and length that hold at once."""

    tokens: int | None = Field(
        default=None,
        ge=1,
        description="source tokens in all; off: as many as the shares allow, and no more than the corpus has",
    )
    max_repetition: float = Field(
        default=1.0,
        ge=1,
        le=1000,
        description="how often the tokens of a language, class and length may be repeated, such as 4 or 1.5; 1: never",
    )
    temperature: float | None = Field(
        default=None,
        gt=0,
        le=1000,
        description="languages get shares proportional to tokens ** (1 / temperature): 1 is natural, more is more even",
    )
    languages: dict[str, Share] = Field(
        default_factory=dict,
        description='language → share of the tokens; "*" is all others, in natural proportion, which without it are left out',
    )
    classes: dict[Literal["code", "tests", "documentation", "tasks", "*"], Share] = Field(
        default_factory=dict,
        description='class of document (code, tests, documentation, tasks) → share of the tokens; "*" is all others',
    )
    length_borders: list[Annotated[int, Field(ge=1)]] = Field(
        default_factory=list,
        description="borders between buckets of documents by tokens, ascending, such as [4096, 32768]: up to 4096, up to 32768, above",
    )
    length_shares: list[Share] = Field(
        default_factory=list,
        description="share of the tokens of each bucket, one more than there are borders; empty: as it comes",
    )
    short: Literal["refuse", "fill"] = Field(
        default="refuse",
        description="when the corpus has too little for a share: `refuse`, or `fill`: take all that max_repetition allows, "
        "and fill up from the other shares, in their proportion",
    )

    @model_validator(mode="after")
    def _means_something(self) -> Self:
        if self.temperature is not None and self.languages:
            raise ValueError("temperature and languages are two ways to say the same; keep one of them")
        for key in ("languages", "classes"):
            _check_sum(key, list(getattr(self, key).values()))
        if sorted(set(self.length_borders)) != self.length_borders:
            raise ValueError(f"length_borders must ascend, and they are {self.length_borders}")
        if self.length_shares and len(self.length_shares) != len(self.length_borders) + 1:
            raise ValueError(
                f"length_shares has {len(self.length_shares)} shares; {len(self.length_borders)} borders make "
                f"{len(self.length_borders) + 1} buckets"
            )
        _check_sum("length_shares", self.length_shares)
        return self


def _check_sum(key: str, shares: list[float]) -> None:
    if shares and abs(sum(shares) - 1) > TOLERANCE:
        rest = (
            ""
            if key == "length_shares" or sum(shares) > 1
            else f'; "*" = {1 - sum(shares):.6g} is all others'
        )
        raise ValueError(f"{key} must add up to 1, and add up to {sum(shares):.6g}{rest}")

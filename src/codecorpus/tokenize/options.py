"""What can be set about tokenizers."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, PositiveFloat

from codecorpus.options import Options

#: How text is cut before merges are learned; see `codecorpus.tokenize.pretoken.PATTERNS`.
Mode = Literal["plain", "code", "superword"]
#: How languages are balanced when merges are learned; see `codecorpus.tokenize.balance`.
Balance = Literal["none", "equal"]


class TokenizerOptions(Options):
    """Which tokenizer a run uses: one that exists, or one that it trains on the kept documents."""

    path: str | None = Field(
        default=None, description="a tokenizer.json to use; none: one is trained on the kept documents"
    )
    mode: Mode = Field(
        default="code",
        description="how text is cut before merges are learned: `code` keeps identifiers' parts and line layout whole, "
        "`plain` is the cl100k regex, `superword` goes on from `code` with merges across spaces and punctuation within a line",
    )
    vocab_size: int = Field(
        default=32_768,
        ge=257,
        le=1_000_000,
        description="tokens in all: 256 bytes, merges and special tokens",
    )
    min_frequency: int = Field(default=2, ge=1, description="a pair seen less often is not merged")
    repository_cap: int = Field(
        default=5,
        ge=0,
        description="a pre-token that at most 4 repositories have counts so often at most in each of them, or the end of the vocabulary "
        "fills with one repository's names; not in languages of fewer than 10 repositories; 0 for no cap",
    )
    weights: dict[str, PositiveFloat] = Field(
        default_factory=dict,
        description="language → factor of its counts when merges are learned; 1 for the others",
    )
    balance: Balance = Field(
        default="none",
        description="`equal`: the language with the fewest bytes per token chooses the next merge, so that all come out as equal "
        "as their text allows; the others pay for it",
    )
    superword_start: int | None = Field(
        default=None,
        ge=257,
        description="mode `superword`: tokens learned within words, special tokens included, before merges may cross them; "
        "none: 20,000, or half of vocab_size where that is less",
    )
    cross_identifiers: bool = Field(
        default=False,
        description="mode `superword`: whether a token may hold pieces of two sub-words of one identifier, such as `foo_bar`",
    )
    superword_bytes: int = Field(
        default=200_000_000,
        ge=1,
        description="mode `superword`: bytes of distinct lines that are looked at, a fixed sample where there are more; memory "
        "while training is some twelve times as much",
    )


#: Text that is counted of a corpus; of a larger one a half, a quarter and so on of the documents, so that a count table fits in memory.
#: Distinct lines are nearly as many bytes as their text; distinct pre-tokens of `code` are a fiftieth of 500 MB, and less of more.
COUNTED_BYTES = {"plain": 64 << 30, "code": 64 << 30, "superword": 512 << 20}


def counted_share(mode: str, size: int) -> float:
    """The share of the documents that is counted in a corpus of so many bytes of text: 1, or a half, or a half of that.

    >>> counted_share("code", 10 << 30), counted_share("superword", 1 << 30), counted_share("superword", 3 << 30)
    (1.0, 0.5, 0.125)
    """
    share = 1.0
    while share * size > COUNTED_BYTES[mode]:
        share /= 2
    return share

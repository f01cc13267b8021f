"""What can be set about tokenizers."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

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
        "`plain` is the cl100k regex",
    )
    vocab_size: int = Field(
        default=32_768,
        ge=257,
        le=1_000_000,
        description="tokens in all: 256 bytes, merges and special tokens",
    )
    min_frequency: int = Field(default=2, ge=1, description="a pair seen less often is not merged")

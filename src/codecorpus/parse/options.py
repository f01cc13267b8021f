"""What may be set about parsing."""

from __future__ import annotations

from pydantic import Field

from codecorpus.options import Options


class ParseOptions(Options):
    """Bounds of one parse: a syntax tree takes 22 to 87 times the memory of its source, and garbage parses 100 times slower."""

    max_bytes: int = Field(
        default=1_000_000,
        ge=1,
        description="Documents with more bytes are not parsed; their text measures are still taken.",
    )
    timeout_seconds: float = Field(
        default=30.0,
        gt=0,
        description="A document whose parse takes longer is not parsed; its text measures are still taken.",
    )
    max_nesting: int = Field(
        default=10_000,
        ge=1,
        description="Documents with more brackets open at once are not parsed: some grammars overflow the stack at 300,000.",
    )

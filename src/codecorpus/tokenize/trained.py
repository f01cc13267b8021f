"""Tokenizers from a notebook: a table of documents goes in, a tokenizer that can be looked at, used and saved comes out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from codecorpus.errors import UsageError
from codecorpus.tokenize.alphabet import to_text
from codecorpus.tokenize.bpe import Bpe, train_bpe
from codecorpus.tokenize.encode import Encoded, NativeEncoder, encoder_of
from codecorpus.tokenize.export import save
from codecorpus.tokenize.pretoken import count_pretokens


@dataclass(frozen=True, slots=True, eq=False)
class TrainedTokenizer:
    """A tokenizer that was just trained.

    Attributes:
        bpe: vocabulary and merges.
        encoder: turns text into ids.
        bytes_per_token: on the text it was trained on; more is fewer tokens. On other text it will be lower.
    """

    bpe: Bpe
    encoder: NativeEncoder
    bytes_per_token: float

    def encode(self, contents: pa.Array | pa.ChunkedArray) -> Encoded:
        """Flat ids and the int64 offsets of each document. No text becomes a special token."""
        return self.encoder.encode(contents)

    def save(self, directory: str | Path) -> None:
        """Write `tokenizer.json`, `tokenizer_config.json` and `merges.txt`; `transformers` loads the folder.

        Raises:
            StorageError: the files cannot be written.
        """
        save(self.bpe, directory)

    def _repr_html_(self) -> str:
        rows = [
            ("vocabulary", f"{self.bpe.vocab_size:,}"),
            ("special tokens", ", ".join(self.bpe.special_tokens) or "none"),
            ("mode", self.bpe.mode),
            ("bytes per token", f"{self.bytes_per_token:.3f} (training text)"),
            ("first merges", " ".join(map(to_text, self.bpe.vocab[256:276]))),
            ("last merges", " ".join(map(to_text, self.bpe.vocab[256:][-20:]))),
        ]
        cells = "".join(f"<tr><th>{name}</th><td>{escape(value)}</td></tr>" for name, value in rows)
        return f"<table>{cells}</table>"


def train(
    table: Any,
    *,
    vocab_size: int = 32_768,
    mode: str = "code",
    min_frequency: int = 2,
    special_tokens: Sequence[str] = ("<|endoftext|>",),
) -> TrainedTokenizer:
    r"""Train a tokenizer on the `content` of a polars DataFrame or an Arrow table.

    Args:
        table: documents.
        vocab_size: tokens in all, the 256 bytes and the special tokens included; a small corpus gives fewer.
        mode: a key of `codecorpus.tokenize.PATTERNS`.
        min_frequency: a pair of tokens seen less often is not merged.
        special_tokens: never learned, never produced from text.

    Raises:
        UsageError: no column `content`, no such mode, or no room for the bytes and the special tokens.

    >>> tokenizer = train(pa.table({"content": ["import os\nimport sys\n"] * 3}), vocab_size=300)
    >>> [to_text(token) for token in tokenizer.bpe.vocab[-1:]]
    ['Ġsys']
    """
    contents = contents_of(table)
    counts = count_pretokens(contents, mode=mode)
    bpe = train_bpe(
        counts, vocab_size=vocab_size, mode=mode, min_frequency=min_frequency, special_tokens=special_tokens
    )
    encoder = encoder_of(bpe)
    return TrainedTokenizer(bpe, encoder, _bytes_per_token(counts, encoder))


def contents_of(table: Any) -> pa.ChunkedArray:
    """The column `content` of a polars DataFrame or an Arrow table.

    Raises:
        UsageError: there is none.
    """
    arrow = table.to_arrow() if hasattr(table, "to_arrow") else table
    if not isinstance(arrow, pa.Table) or "content" not in arrow.column_names:
        names = ", ".join(getattr(arrow, "column_names", [])) or f"a {type(table).__name__}"
        raise UsageError("the table has no column `content`", f"It has: {names}.")
    return arrow["content"]


def _bytes_per_token(counts: pa.Table, encoder: NativeEncoder) -> float:
    """Of the text that was counted, without a second pass over it: each pre-token is encoded once. 0 where there is no text."""
    _, offsets = encoder.encode(counts["pretoken"])
    tokens = pa.array(offsets[1:] - offsets[:-1])
    total = pc.sum(pc.multiply(counts["count"], tokens)).as_py() or 0
    size = pc.sum(pc.multiply(counts["count"], pc.binary_length(counts["pretoken"]))).as_py() or 0
    return size / total if total else 0.0

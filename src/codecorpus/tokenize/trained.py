"""Tokenizers from a notebook: a table of documents goes in, a tokenizer that can be looked at, used and saved comes out."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from codecorpus.errors import UsageError
from codecorpus.fragments import facts
from codecorpus.tokenize.balance import check_counts
from codecorpus.tokenize.bpe import Bpe, train_bpe
from codecorpus.tokenize.clock import Progress
from codecorpus.tokenize.count_rows import cap_counts
from codecorpus.tokenize.counts import count
from codecorpus.tokenize.encode import Encoded, NativeEncoder, encoder_of
from codecorpus.tokenize.export import save
from codecorpus.tokenize.options import Balance, TokenizerOptions
from codecorpus.tokenize.superword import train_superword


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
        rows = [*self.bpe.facts(), ("bytes per token", f"{self.bytes_per_token:.3f} (training text)")]
        return facts(rows, caption="TrainedTokenizer")


def train(
    table: Any,
    *,
    vocab_size: int = 32_768,
    mode: str = "code",
    min_frequency: int = 2,
    special_tokens: Sequence[str] = ("<|endoftext|>",),
    weights: Mapping[str, float] | None = None,
    balance: Balance = "none",
    progress: Progress | None = None,
) -> TrainedTokenizer:
    r"""Train a tokenizer on the `content` of a polars DataFrame or an Arrow table.

    Args:
        table: documents; where languages are weighted or balanced, with a column `language`.
        vocab_size: tokens in all, the 256 bytes and the special tokens included; a small corpus gives fewer.
        mode: a key of `codecorpus.tokenize.PATTERNS`.
        min_frequency: a pair of tokens seen less often is not merged.
        special_tokens: never learned, never produced from text.
        weights: language → factor of its counts.
        balance: `equal` makes each language's bytes per token as equal as may be.
        progress: told of the work of learning; see `codecorpus.tokenize.clock.Progress`.

    Raises:
        UsageError: no column `content`, no such mode, or no room for the bytes and the special tokens.

    >>> tokenizer = train(pa.table({"content": ["import os\nimport sys\n"] * 3}), vocab_size=300)
    >>> from codecorpus.tokenize.alphabet import to_text
    >>> [to_text(token) for token in tokenizer.bpe.vocab[-1:]]
    ['Ġsys']
    """
    # Not checked here: `train_counts` names what is wrong with a size or a mode.
    options = TokenizerOptions.model_construct(
        vocab_size=vocab_size,
        mode=mode,  # type: ignore[arg-type]
        min_frequency=min_frequency,
        weights=dict(weights or {}),
        balance=balance,
    )
    counts = count_documents(table, options)
    return with_encoder(
        counts, train_counts(counts, options, special_tokens=special_tokens, progress=progress)
    )


def train_counts(
    counts: pa.Table,
    options: TokenizerOptions,
    *,
    special_tokens: Sequence[str] = (),
    progress: Progress | None = None,
) -> Bpe:
    """Learn merges from a count table, as the options say.

    Args:
        counts: of the mode `options.mode`.
        options: what to learn.
        special_tokens: never learned, never produced from text.
        progress: told of the work.

    Raises:
        UsageError: no such mode, or no room for the bytes and the special tokens.
        DataError: the table is no count table of this mode.
    """
    check_counts(counts, mode=options.mode)
    counts = cap_counts(counts, options.repository_cap or None)
    if options.mode == "superword":
        return train_superword(counts, options, special_tokens=special_tokens, progress=progress)
    return train_bpe(
        counts,
        vocab_size=options.vocab_size,
        min_frequency=options.min_frequency,
        mode=options.mode,
        special_tokens=special_tokens,
        weights=options.weights,
        balance=options.balance,
        progress=progress,
    )


def count_documents(table: Any, options: TokenizerOptions) -> pa.Table:
    """The count table of documents, by language and repository as far as these are known.

    Raises:
        UsageError: no column `content`, or no column `language` where the options weigh or balance languages.
    """
    contents_of(table)
    if options.weights or options.balance != "none":
        _need_languages(table)
    return count(table, mode=options.mode).table


def count_languages(table: Any, count: Callable[[pa.ChunkedArray], pa.Table], *, apart: bool) -> pa.Table:
    """The count table of documents, each language counted apart, with a column `language`, or all together.

    Raises:
        UsageError: no column `content`, or no column `language` where one is needed.
    """
    contents = contents_of(table)
    if not apart:
        return count(contents)
    arrow = _need_languages(table)
    languages = pc.fill_null(arrow["language"].cast(pa.string()), "")
    tables = []
    for name in sorted(languages.unique().to_pylist()) or [""]:
        counts = count(contents.filter(pc.equal(languages, name)))
        tables.append(counts.append_column("language", pa.array([name] * counts.num_rows, pa.string())))
    return pa.concat_tables(tables)


def _need_languages(table: Any) -> pa.Table:
    arrow: pa.Table = table.to_arrow() if hasattr(table, "to_arrow") else table
    if "language" not in arrow.column_names:
        raise UsageError(
            "languages cannot be weighted or balanced: the table has no column `language`",
            f"It has: {', '.join(arrow.column_names)}.",
        )
    return arrow


def with_encoder(counts: pa.Table, bpe: Bpe) -> TrainedTokenizer:
    """A vocabulary with its encoder, measured on what it was trained on."""
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

"""Tokenizers side by side on the same documents: how many bytes a token holds, where tokens go, and what is lost.

What comes in: a documents table and tokenizers by name. What goes out: one row for each tokenizer and language, and one for all languages.
Bytes per token is a measure of cost, not of quality: fewer tokens do not make a better model.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from codecorpus.errors import UsageError
from codecorpus.tokenize.encode import Encoder, load_encoder
from codecorpus.tokenize.trained import contents_of

#: The row that stands for all documents.
ALL = "all"
_COLUMNS = ("tokenizer", "vocab_size", "language", "documents", "bytes", "tokens", "bytes_per_token")
_SHARES = ("blank_token_share", "vocabulary_used", "changed_documents")


@dataclass(frozen=True, slots=True)
class TokenizerComparison:
    """What each tokenizer makes of each language.

    Attributes:
        rows: one row per tokenizer and language, and one per tokenizer with the language `all`, in this order. `bytes_per_token`;
            `blank_token_share`, tokens of nothing but white space / tokens; `vocabulary_used`, ids that occur / ids there are;
            `changed_documents`, those that do not come back byte for byte (a normalizer did it).
    """

    rows: pl.DataFrame

    def to_polars(self) -> pl.DataFrame:
        """The rows."""
        return self.rows

    def table(self) -> pl.DataFrame:
        """Bytes per token with one row per language and one column per tokenizer; `all` is last."""
        wide = self.rows.pivot("tokenizer", index="language", values="bytes_per_token")
        return wide.sort(pl.col("language") == ALL, "language")

    def _repr_html_(self) -> str:
        wide = self.table()
        head = "".join(f"<th>{escape(name)}</th>" for name in wide.columns)
        body = "".join(
            "<tr>" + "".join(f"<td>{escape(_shown(value))}</td>" for value in row) + "</tr>"
            for row in wide.iter_rows()
        )
        return f"<table><caption>bytes per token</caption><tr>{head}</tr>{body}</table>"


def compare(table: Any, tokenizers: Mapping[str, str | Path | Encoder]) -> TokenizerComparison:
    r"""Encode the `content` of a table with every tokenizer, language by language.

    Args:
        table: a polars DataFrame or Arrow table of documents; without a column `language` there is only the row `all`.
        tokenizers: name → `tokenizer.json`, a folder that holds one, or an encoder. To all
            of them, special tokens inside the text are text.

    Raises:
        UsageError: no tokenizer, or no column `content`.
        DataError: a tokenizer's file is missing or broken.

    >>> from codecorpus.tokenize import train
    >>> documents = pa.table({"content": ["import os\nimport sys\n"] * 3, "language": ["Python"] * 3})
    >>> result = compare(documents, {"small": train(documents, vocab_size=300).encoder})
    >>> result.rows.select("language", "documents", "bytes", "tokens").rows()
    [('Python', 3, 63, 18), ('all', 3, 63, 18)]
    """
    if not tokenizers:
        raise UsageError("no tokenizer to compare", "Give at least one: name = path of a tokenizer.json.")
    contents = contents_of(table)
    languages = _languages(table, len(contents))
    rows: list[dict[str, Any]] = []
    for name, source in tokenizers.items():
        encoder = load_encoder(source) if isinstance(source, (str, Path)) else source
        rows += [{"tokenizer": name, **row} for row in _rows(encoder, contents, languages)]
    return TokenizerComparison(pl.DataFrame(rows).select(*_COLUMNS, *_SHARES))


@dataclass(slots=True)
class _Counts:
    """What adds up over languages."""

    documents: int = 0
    bytes: int = 0
    tokens: int = 0
    blank: int = 0
    changed: int = 0


def _rows(
    encoder: Encoder, contents: pa.ChunkedArray, languages: pa.Array | None
) -> Iterator[dict[str, Any]]:
    is_blank = _blank_tokens(encoder)
    total, used_by_all = _Counts(), np.zeros(encoder.vocab_size, np.bool_)
    names = sorted(pc.unique(languages).to_pylist()) if languages is not None else [ALL]
    for language in names:
        chosen = contents if languages is None else contents.filter(pc.equal(languages, language))
        counts, used = _count(encoder, chosen, is_blank)
        if languages is not None:
            yield _row(encoder, language, counts, used)
        for field in _Counts.__slots__:
            setattr(total, field, getattr(total, field) + getattr(counts, field))
        used_by_all |= used
    yield _row(encoder, ALL, total, used_by_all)


def _count(
    encoder: Encoder, contents: pa.ChunkedArray, is_blank: NDArray[np.bool_]
) -> tuple[_Counts, NDArray[np.bool_]]:
    counts, used = _Counts(), np.zeros(encoder.vocab_size, np.bool_)
    for chunk in contents.chunks:
        ids, offsets = encoder.encode(chunk)
        used[ids] = True
        counts.documents += len(chunk)
        counts.tokens += len(ids)
        counts.blank += int(is_blank[ids].sum())
        for text, start, stop in zip(chunk, offsets[:-1].tolist(), offsets[1:].tolist(), strict=True):
            data = (text.as_py() or "").encode()
            counts.bytes += len(data)
            counts.changed += encoder.decode(ids[start:stop]) != data
    return counts, used


def _row(encoder: Encoder, language: str, counts: _Counts, used: NDArray[np.bool_]) -> dict[str, Any]:
    return {
        "vocab_size": encoder.vocab_size,
        "language": language,
        "documents": counts.documents,
        "bytes": counts.bytes,
        "tokens": counts.tokens,
        "bytes_per_token": counts.bytes / counts.tokens if counts.tokens else None,
        "blank_token_share": counts.blank / counts.tokens if counts.tokens else None,
        "vocabulary_used": float(used.mean()),
        "changed_documents": counts.changed,
    }


def _blank_tokens(encoder: Encoder) -> NDArray[np.bool_]:
    """For each id, whether its token is nothing but white space."""
    ids = np.arange(encoder.vocab_size)
    tokens = (encoder.decode(ids[number : number + 1]) for number in range(encoder.vocab_size))
    return np.fromiter((token.isspace() for token in tokens), np.bool_, encoder.vocab_size)


def _languages(table: Any, rows: int) -> pa.Array | None:
    arrow = table.to_arrow() if hasattr(table, "to_arrow") else table
    if "language" not in arrow.column_names or not rows:
        return None
    return pc.fill_null(arrow["language"].combine_chunks().cast(pa.string()), "unknown")


def _shown(value: Any) -> str:
    return f"{value:.3f}" if isinstance(value, float) else str(value)

"""What the tokenizer makes of each language, from packed rows. Lazy frames in, a few rows out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from codecorpus.report import tables

_LISTED = 30


@dataclass(frozen=True, slots=True)
class LanguageTokens:
    """Tokens of one language.

    Attributes:
        name: Linguist's name; `unknown` where there is none.
        documents: documents in the rows.
        bytes: bytes of their text.
        tokens: tokens of their text in the rows, each document once, control tokens, names and paths apart.
    """

    name: str
    documents: int
    bytes: int
    tokens: int

    @property
    def bytes_per_token(self) -> float:
        """Bytes of text for each token."""
        return self.bytes / self.tokens if self.tokens else 0.0


def by_language(sequences: Sequence[Path], documents: pl.LazyFrame) -> tuple[LanguageTokens, ...]:
    """Bytes per token by language, most bytes first, at most 30; nothing for rows of a version that did not say what is in them.

    Texts that are transformed for fill-in-the-middle have a few tokens more than whole ones, at the two cuts.

    Args:
        sequences: the parts of the table of packed rows.
        documents: the documents table.
    """
    if not sequences:
        return ()
    frame = pl.scan_parquet([str(path) for path in sequences], glob=False, hive_partitioning=False)
    if "parts" not in frame.collect_schema():
        return ()
    parts = frame.select("doc_ids", "parts").explode("doc_ids", "parts").unnest("parts")
    once = parts.filter(pl.col("copy") == 0)
    text = (pl.col("prefix") + pl.col("middle") + pl.col("suffix")).cast(pl.Int64)
    each = once.group_by(pl.col("doc_ids").alias("doc_id")).agg(text.sum().alias("tokens"))
    named = documents.select("doc_id", pl.col("language").fill_null("unknown"), "length_bytes")
    joined = each.join(named.unique("doc_id", keep="any"), on="doc_id")
    found = joined.group_by("language").agg(
        pl.len().alias("documents"), pl.col("length_bytes").sum(), pl.col("tokens").sum()
    )
    order = tables.run(found).sort("length_bytes", "language", descending=[True, False]).head(_LISTED)
    return tuple(
        LanguageTokens(name, int(n), int(size), int(tokens)) for name, n, size, tokens in order.iter_rows()
    )

"""Hits in, matches out: which documents hold which problems, and where. Sees numbers only, never a text.

A document holds a text of a problem if it holds `min_matches` of its n-grams that count (those in few documents), or its signature,
or, in one stretch, `min_code_share` of its runs of code. Common is what stands in too many documents: an n-gram, a signature, or a whole
solution.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from codecorpus.dedup import _kernels_renamed as kernels
from codecorpus.dedup.contamination_options import ContaminationOptions
from codecorpus.dedup.index_data import CODE, RUN, SIGNATURE, WORDS
from codecorpus.dedup.ngram_index import NgramIndex
from codecorpus.dedup.sets import Ints

# What stands in so many documents or fewer is not an idiom yet, however small the table. And not what stands in a tenth of a larger one,
# up to the second number: a problem that was copied in six languages and as many variants is a problem still.
_FEW_DOCUMENTS, _SEVERAL_DOCUMENTS = 10, 50

# A copy with lines added is longer than what was copied: runs of a solution are sought in a stretch of twice its tokens, and some.
_STRETCH, _STRETCH_MORE = 2, 20

_PAIR = ["row", "text"]
_SPAN = ["row", "begin", "end"]

#: Names of the kinds of text, as matches show them.
KINDS = {WORDS: "words", CODE: "code", SIGNATURE: "signature"}


@dataclass(frozen=True, slots=True, eq=False)
class Overlap:
    """What documents hold of benchmarks.

    Attributes:
        matches: one row per document and problem: `row`, `number` (of the problem), `benchmark`, `problem`, `field`, `kind`, `matched`,
            `share`, `begin`, `end`; by row, the problem that the document holds most of first.
        spans: `row`, `begin`, `end`: all that matches, without gaps and overlaps; by row and begin.
        common: what is in too many documents: `place` (-1: code), `text` (-1: not code), `documents`, and the first `row`, `begin`, `end`.
        problems: one row per problem: `benchmark`, `problem`, `searched` (there is something of it to look for), `documents`.
    """

    matches: pl.DataFrame
    spans: pl.DataFrame
    common: pl.DataFrame
    problems: pl.DataFrame

    def benchmarks(self) -> pl.DataFrame:
        """The problems by benchmark: `benchmark`, `problems`, `searched` (with something to look for), `found`, `documents`."""
        seen = self.problems.group_by("benchmark", maintain_order=True).agg(
            pl.len().alias("problems"),
            pl.col("searched").sum(),
            (pl.col("documents") > 0).sum().alias("found"),
        )
        hit = self.matches.group_by("benchmark").agg(pl.col("row").n_unique().alias("documents"))
        return seen.join(hit, on="benchmark", how="left", maintain_order="left").with_columns(
            pl.col("documents").fill_null(0)
        )


def most_documents(documents: int, share: float) -> int:
    """In how many documents a text may stand and not be an idiom.

    >>> [most_documents(documents, 0.001) for documents in (20, 200, 5_000, 100_000)]
    [10, 20, 50, 100]
    """
    return max(_FEW_DOCUMENTS, min(documents // 10, _SEVERAL_DOCUMENTS), int(share * documents))


def find_overlap(
    hits: pl.DataFrame,
    documents: int,
    index: NgramIndex,
    options: ContaminationOptions,
    common: pl.DataFrame | None = None,
) -> Overlap:
    """What these hits amount to.

    Args:
        hits: `HITS`.
        documents: in how many documents they were looked for.
        index: that found them.
        options: the limits.
        common: what does not count; by default it is found among the hits.
    """
    windows = _code_windows(hits, index, options)
    if common is None:
        common = _common(hits, windows, most_documents(documents, options.max_document_share))
    counting = counting_pairs(index, common)
    found = hits.filter(pl.col("token") < 0).join(counting, on="place").sort("row", "text", "begin")
    texts = _match_texts(found, counting, options).join(index.kinds, on="text")
    texts = texts.filter(pl.col("enough") | (pl.col("kind") == SIGNATURE)).drop("enough")
    windows = windows.join(common.select("text"), on="text", how="anti")
    every = pl.concat(
        [texts, windows.with_columns(pl.lit(CODE, pl.Int8).alias("kind")).select(texts.columns)]
    )
    matches = _match_problems(every, index)
    spans = pl.concat([found.join(texts, on=_PAIR, how="semi").select(_SPAN), windows.select(_SPAN)])
    return Overlap(matches, _united(spans), common, _problems(matches, counting, index))


def _code_windows(hits: pl.DataFrame, index: NgramIndex, options: ContaminationOptions) -> pl.DataFrame:
    """Each document with each solution that it holds enough of in one stretch: `row`, `text`, `matched`, `share`, `begin`, `end`."""
    sizes = index.code_sizes.with_columns(
        pl.max_horizontal(options.min_code_matches, (pl.col("size") * options.min_code_share).ceil()).alias(
            "need"
        )
    )
    found = (
        hits.filter(pl.col("token") >= 0)
        .join(index.pairs, on="place")
        .join(sizes, on="text")
        .filter(pl.col("place").n_unique().over(_PAIR) >= pl.col("need"))
        .sort("row", "text", "token")
    )
    groups = found.group_by(_PAIR, maintain_order=True).agg(
        pl.len().alias("hits"), pl.col("size", "need").first()
    )
    out = np.zeros((3, groups.height), np.int64)
    kernels.best_windows(
        np.concatenate([[0], np.cumsum(groups["hits"].to_numpy())]).astype(np.int64),
        _ints(found, "token"),
        _ints(found, "place"),
        np.stack([_ints(found, "begin"), _ints(found, "end")]),
        _STRETCH * (_ints(groups, "size") + RUN) + _STRETCH_MORE,
        np.zeros(index.places, np.int64),
        out,
    )
    return (
        groups.with_columns(
            pl.Series("matched", out[0]), pl.Series("begin", out[1]), pl.Series("end", out[2])
        )
        .filter(pl.col("matched") >= pl.col("need"))
        .with_columns((pl.col("matched") / pl.col("size")).alias("share"))
        .select(*_PAIR, "matched", "share", "begin", "end")
    )


def _ints(table: pl.DataFrame, column: str) -> Ints:
    return table[column].cast(pl.Int64).to_numpy()


def _common(hits: pl.DataFrame, windows: pl.DataFrame, limit: int) -> pl.DataFrame:
    """What stands in more than `limit` documents, the most frequent first."""
    by_place = _frequent(hits.filter(pl.col("token") < 0), "place", limit)
    by_text = _frequent(windows, "text", limit)
    columns = {"place": pl.Int64, "text": pl.Int32, "documents": pl.Int64, **dict.fromkeys(_SPAN, pl.Int64)}
    tables = [
        by_place.with_columns(pl.lit(-1).alias("text")),
        by_text.with_columns(pl.lit(-1).alias("place")),
    ]
    return pl.concat([table.select(*columns).cast(columns) for table in tables]).sort(  # type: ignore[arg-type]
        "documents", "row", "begin", "place", "text", descending=[True, False, False, False, False]
    )


def _frequent(found: pl.DataFrame, key: str, limit: int) -> pl.DataFrame:
    often = (
        found.group_by(key)
        .agg(pl.col("row").n_unique().alias("documents"))
        .filter(pl.col("documents") > limit)
    )
    first = found.join(often, on=key).sort("row", "begin", "end")
    return first.unique(key, keep="first", maintain_order=True)


def _match_texts(found: pl.DataFrame, counting: pl.DataFrame, options: ContaminationOptions) -> pl.DataFrame:
    """Each document with each text it holds some of: `row`, `text`, `enough` (n-grams), `matched`, `share`, `begin`, `end`.

    Args:
        found: hits of n-grams and signatures that count, with their `text`; by row, text and begin.
        counting: `place` and `text` of all that counts.
        options: the limits.
    """
    held = counting.join(found.select(pl.col("text").unique()), on="text", how="semi")
    sizes = held.group_by("text").agg(pl.len().alias("size"))
    enough = (pl.col("matched") >= options.min_matches) & (pl.col("share") >= options.min_share)
    counts = (
        found.group_by(_PAIR)
        .agg(pl.col("place").n_unique().cast(pl.Int64).alias("matched"))
        .join(sizes, on="text")
        .with_columns((pl.col("matched") / pl.col("size")).alias("share"))
        .with_columns(enough.alias("enough"))
    )
    # N-grams that overlap or touch are one stretch; the longest one is shown.
    apart = (pl.col("begin") > pl.col("end").shift(1)).fill_null(True).cum_sum().over(_PAIR)
    stretches = (
        found.with_columns(apart.alias("stretch"))
        .group_by(*_PAIR, "stretch")
        .agg(pl.col("begin").min(), pl.col("end").max())
        .sort(pl.col("end") - pl.col("begin"), -pl.col("begin"), descending=True)
        .unique(_PAIR, keep="first", maintain_order=True)
    )
    return counts.join(stretches, on=_PAIR).select(*_PAIR, "enough", "matched", "share", "begin", "end")


def _match_problems(texts: pl.DataFrame, index: NgramIndex) -> pl.DataFrame:
    """Each document with each problem, by the problem's text that matches best: words before code, code before a signature."""
    fields = index.fields.select("text", "field", pl.col("problem").alias("number"))
    names = index.problems.select("benchmark", "problem").with_columns(
        pl.int_range(pl.len(), dtype=pl.Int32).alias("number")
    )
    keys = ["row", "kind", "matched", "share", "number", "text", "field"]
    return (
        texts.join(fields, on="text")
        .sort(keys, descending=[False, False, True, True, False, False, False])
        .unique(["row", "number"], keep="first", maintain_order=True)
        .join(names, on="number", maintain_order="left")
        .with_columns(pl.col("kind").replace_strict(KINDS, return_dtype=pl.String))
        .select("row", "number", "benchmark", "problem", "field", "kind", "matched", "share", "begin", "end")
    )


def _united(spans: pl.DataFrame) -> pl.DataFrame:
    """Spans that overlap or touch as one."""
    spans = spans.sort(_SPAN)
    before = pl.col("end").cum_max().shift(1).over("row")
    return (
        spans.with_columns((pl.col("begin") > before).fill_null(True).cum_sum().alias("stretch"))
        .group_by("row", "stretch", maintain_order=True)
        .agg(pl.col("begin").min(), pl.col("end").max())
        .select(_SPAN)
    )


def counting_pairs(index: NgramIndex, common: pl.DataFrame) -> pl.DataFrame:
    """The index's pairs of place and text that are not common."""
    if common.is_empty():
        return index.pairs
    pairs = index.pairs.join(common.select("place"), on="place", how="anti")
    return pairs.join(common.select("text"), on="text", how="anti")


def _problems(matches: pl.DataFrame, counting: pl.DataFrame, index: NgramIndex) -> pl.DataFrame:
    owners = index.fields.join(counting.select(pl.col("text").unique()), on="text", how="semi")
    sought = owners.select(pl.col("problem").unique(), pl.lit(True).alias("searched"))
    hit = matches.group_by("number").agg(pl.len().cast(pl.Int64).alias("documents"))
    return (
        index.problems.select("benchmark", pl.col("problem").alias("name"))
        .with_columns(pl.int_range(pl.len(), dtype=pl.Int32).alias("problem"))
        .join(sought, on="problem", how="left", maintain_order="left")
        .join(hit, left_on="problem", right_on="number", how="left", maintain_order="left")
        .select(
            "benchmark",
            pl.col("name").alias("problem"),
            pl.col("searched").fill_null(False),
            pl.col("documents").fill_null(0),
        )
    )


def count_places(overlap: Overlap, index: NgramIndex) -> pl.DataFrame:
    """What is looked for of each problem: `ngrams`, `runs` of code, `signatures`; in the order of the problems."""
    owners = index.fields.select("text", "problem", "kind")
    held = counting_pairs(index, overlap.common).join(owners, on="text").unique(["problem", "place"])
    sizes = held.group_by("problem").agg(
        (pl.col("kind") == WORDS).sum().alias("ngrams"),
        (pl.col("kind") == CODE).sum().alias("runs"),
        (pl.col("kind") == SIGNATURE).sum().alias("signatures"),
    )
    numbers = index.problems.select(pl.int_range(pl.len(), dtype=pl.Int32).alias("problem"))
    return (
        numbers.join(sizes, on="problem", how="left", maintain_order="left")
        .drop("problem")
        .select(pl.all().fill_null(0).cast(pl.Int64))
    )

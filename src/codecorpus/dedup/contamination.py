"""Decontamination: which documents hold text of a benchmark's problems, so that a model trained on them would know the answers.

A document is contaminated by a problem if it holds at least `min_matches` distinct n-grams of one of the problem's texts that count:
n-grams with enough names, in few problems of their benchmark, and in few documents; or the asked function's name with its parameters; or
most of a solution's code, whatever its names. So what is found is the text itself, also inside a larger file, with other layout, quotes or
comment
marks, a docstring, test or signature alone, and a solution of some length with other names. What is not: a translated docstring alone, a
short solution with other names, and an answer that somebody wrote anew. `docs/decontamination.md` has the figures.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.compute as pc
from pydantic import ValidationError

from codecorpus.dedup.contamination_options import ContaminationOptions
from codecorpus.dedup.contamination_verdicts import Verdicts, judge
from codecorpus.dedup.ngram_index import NgramIndex, index_benchmarks
from codecorpus.dedup.overlap import Overlap, count_places, find_overlap
from codecorpus.errors import ConfigError, UsageError
from codecorpus.fragments import paragraph
from codecorpus.fragments import table as html_table

if TYPE_CHECKING:
    from codecorpus.dedup.problems import Benchmarks

_SHOWN = 10
_SNIPPET = 200


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class DecontaminationResult:
    """What stays, what goes, and why.

    Attributes:
        kept: the rows of the table that stay, in their order; where something was cut out of a text, without it.
        dropped: the rows that go, in their order.
        decisions: one row per document that holds a problem, with the columns of `document.DECISIONS`: `measured` is the number of n-grams
            matched with the problem it shares most with, and `limit` is `min_matches` (of a match by code both are shares); `other_id`
            is the problem's id.
        matches: one row per document and problem it holds: `row` in the table given, `benchmark`, `problem`, `field` (of the text that
            matched best), `kind` (words, code, signature), `matched` (distinct n-grams, or runs of code), `share` (of the text's),
            `begin` and `end` (bytes of the document: the longest stretch that matches).
        problems: one row per problem: `benchmark`, `problem`, what was looked for (`ngrams`, `runs` of code, `signatures`; all 0: nothing
            of it can be found), `documents` that hold some of it.
        idioms: what was found in too many documents to count, the most frequent first: `documents`, `benchmark`, `problem` (the
            first that holds it), `text` (as it stands in the first document). Look here for what was let go.
        by_benchmark: the problems by benchmark: `benchmark`, `problems`, `searched`, `found`, `documents`.
    """

    kept: pa.Table
    dropped: pa.Table
    decisions: pa.Table
    matches: pl.DataFrame
    problems: pl.DataFrame
    idioms: pl.DataFrame
    by_benchmark: pl.DataFrame

    def to_polars(self) -> pl.DataFrame:
        """The rows that stay, as a polars DataFrame."""
        frame = pl.from_arrow(self.kept)
        assert isinstance(frame, pl.DataFrame)
        return frame

    def benchmarks(self) -> pl.DataFrame:
        """The problems by benchmark: `benchmark`, `problems`, `searched` (with an n-gram to look for), `found`, `documents`."""
        return self.by_benchmark

    def __repr__(self) -> str:
        total = self.kept.num_rows + self.dropped.num_rows
        found = int((self.problems["documents"] > 0).sum())
        return (
            f"DecontaminationResult: {self.kept.num_rows:,} of {total:,} documents kept"
            f"{self._cut()}; dropped {self.dropped.num_rows:,} that hold text of {found:,} of {self.problems.height:,} problems"
        )

    def _cut(self) -> str:
        edited = self.decisions.num_rows - self.dropped.num_rows
        return f", {edited:,} of them cut" if edited else ""

    def _repr_html_(self) -> str:
        columns = ["repo_name", "path", "measured", "detail"]
        first = [tuple(row.values()) for row in self.decisions.slice(0, _SHOWN).select(columns).to_pylist()]
        found = self.by_benchmark
        return (
            f"<div>{paragraph(repr(self))}{html_table(found.columns, found.rows(), caption='by benchmark')}"
            + (html_table(columns, first, caption="first documents that hold problems") if first else "")
            + "</div>"
        )


def decontaminate(
    table: pa.Table | pl.DataFrame,
    benchmarks: Benchmarks | None = None,
    *,
    action: Literal["drop", "cut"] = "drop",
    ngram: int = 10,
    min_names: int = 4,
    max_document_share: float = 0.001,
    min_matches: int = 1,
    min_share: float = 0.0,
) -> DecontaminationResult:
    """Drop the documents that hold text of benchmark problems, or cut it out of them.

    Args:
        table: column `content`; used where present: `doc_id`, `repo_name`, `path`, `language`. Other columns are carried along.
        benchmarks: names of benchmarks that come with the package (all of them by default), files of problems (JSONL, also `.gz` and
            `.zst`, or Parquet), or folders of them.
        action: drop the document, or cut out the function that holds the problem; what still holds some of it is dropped.
        ngram: words in one n-gram.
        min_names: distinct names that an n-gram needs to count: words of two bytes or more that do not begin with a digit.
        max_document_share: what stands in a larger share of the documents, and in more than ten and a tenth of them (fifty at most), is
            an idiom.
        min_matches: distinct n-grams of one text of a problem that a document must hold.
        min_share: share of the n-grams of that text that it must hold.

    Other limits are in `ContaminationOptions`, for `find_contamination`.

    Raises:
        UsageError: there is no usable `content`, no benchmark was named, or its hashes were made with other settings.
        ConfigError: a setting is out of range.
        DataError: a benchmark file is missing or damaged, or there is nothing in them to look for.
    """
    try:
        options = ContaminationOptions(
            action=action,
            ngram=ngram,
            min_names=min_names,
            max_document_share=max_document_share,
            min_matches=min_matches,
            min_share=min_share,
        )
    except ValidationError as error:
        raise ConfigError(
            [f"{'.'.join(map(str, mistake['loc']))}: {mistake['msg']}" for mistake in error.errors()]
        ) from None
    arrow = table if isinstance(table, pa.Table) else table.to_arrow()
    _check_content(arrow)
    return find_contamination(arrow, index_benchmarks(benchmarks, options), options)


def find_contamination(
    table: pa.Table | pl.DataFrame, index: NgramIndex, options: ContaminationOptions
) -> DecontaminationResult:
    """As `decontaminate`, with an index made before: for several tables against the same benchmarks.

    Raises:
        UsageError: there is no usable `content`.
    """
    arrow = _without_views(table if isinstance(table, pa.Table) else table.to_arrow())
    _check_content(arrow)
    hits = pl.DataFrame(index.find(arrow["content"]))
    overlap = find_overlap(hits, arrow.num_rows, index, options)
    verdicts = judge(arrow, overlap, index, options)
    stays = np.ones(arrow.num_rows, np.bool_)
    stays[[row for row, content in verdicts.contents.items() if content is None]] = False
    return DecontaminationResult(
        kept=_with_contents(arrow, verdicts).filter(pa.array(stays)),
        dropped=arrow.filter(pa.array(~stays)),
        decisions=verdicts.decisions,
        matches=overlap.matches.drop("number"),
        problems=_problems(overlap, index),
        idioms=_idioms(arrow, overlap, index),
        by_benchmark=overlap.benchmarks(),
    )


def _check_content(table: pa.Table) -> None:
    if "content" not in table.column_names:
        raise UsageError(
            f"no column `content`, only {', '.join(table.column_names) or 'none'}", "Rename the text column."
        )
    kind = table["content"].type
    texts = ("string", "large_string", "string_view", "binary", "large_binary", "null")
    if not any(getattr(pa.types, f"is_{name}")(kind) for name in texts):
        raise UsageError(f"column `content` is {kind}, not text", "Name the text column `content`.")


def _without_views(table: pa.Table) -> pa.Table:
    """The table with plain strings where it has string views, rows of which Arrow cannot choose."""
    plain = [
        field.with_type(pa.large_string()) if pa.types.is_string_view(field.type) else field
        for field in table.schema
    ]
    return table.cast(pa.schema(plain, table.schema.metadata))


def _with_contents(table: pa.Table, verdicts: Verdicts) -> pa.Table:
    """The table with what is left of the texts that were cut, and their length where it has one."""
    left = {row: content for row, content in verdicts.contents.items() if content is not None}
    if not left:
        return table
    kind = table["content"].type
    is_bytes = pa.types.is_binary(kind) or pa.types.is_large_binary(kind)
    rows = pa.array(sorted(left), pa.int64())
    texts = pa.array([left[row] if is_bytes else left[row].decode() for row in sorted(left)], kind)
    place = pc.index_in(pa.array(range(table.num_rows), pa.int64()), rows)
    content = pc.if_else(pc.is_valid(place), texts.take(place), table["content"].combine_chunks())
    table = table.set_column(table.schema.get_field_index("content"), "content", content)
    if "length_bytes" in table.column_names:
        lengths = pc.binary_length(content).cast(table["length_bytes"].type)
        table = table.set_column(table.schema.get_field_index("length_bytes"), "length_bytes", lengths)
    return table


def _problems(overlap: Overlap, index: NgramIndex) -> pl.DataFrame:
    sizes = count_places(overlap, index)
    names, documents = overlap.problems.select("benchmark", "problem"), overlap.problems.select("documents")
    return pl.concat([names, sizes, documents], how="horizontal")


def _idioms(table: pa.Table, overlap: Overlap, index: NgramIndex) -> pl.DataFrame:
    """What is in too many documents, each with its first problem and its text in the first document."""
    common = overlap.common
    by_place = index.pairs.join(common.filter(pl.col("place") >= 0), on="place", how="semi")
    texts = pl.concat(
        [
            by_place.with_columns(pl.lit(-1, pl.Int32).alias("key")),
            common.filter(pl.col("text") >= 0).select(
                pl.lit(-1, pl.Int64).alias("place"), "text", pl.col("text").alias("key")
            ),
        ]
    )
    owners = (
        texts.join(index.fields, on="text")
        .group_by("place", pl.col("key").alias("text"))
        .agg(pl.col("problem").min())
    )
    rows = common.join(owners, on=["place", "text"], maintain_order="left")
    names = index.problems[rows["problem"]]
    shown = []
    for row, begin, end in rows.select("row", "begin", "end").iter_rows():
        content = table["content"][row].as_py()
        raw = content if isinstance(content, bytes) else content.encode()
        shown.append(raw[begin : min(end, begin + _SNIPPET)].decode("utf-8", "replace"))
    return pl.DataFrame(
        {
            "documents": rows["documents"],
            "benchmark": names["benchmark"],
            "problem": names["problem"],
            "text": pl.Series(shown, dtype=pl.String),
        }
    )

"""Decontamination: which documents hold text of a benchmark's problems, so that a model trained on them would know the answers.

A document is contaminated by a problem if it holds at least `min_matches` distinct n-grams of one of the problem's texts that count:
n-grams with enough names, in few problems of their benchmark, and in few documents. What is found: the text itself, also
inside a larger file, with other layout, quotes or comment marks, and a docstring, test or long signature alone. What is not: a solution
with renamed identifiers and no docstring, a translated docstring, and texts of fewer words than an n-gram.
"""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Any

import polars as pl
import pyarrow as pa
import pyarrow.compute as pc
from pydantic import ValidationError

from codecorpus.dedup.contamination_options import ContaminationOptions
from codecorpus.dedup.ngram_index import NgramIndex, index_benchmarks
from codecorpus.document import DOC_ID_BYTES, DecisionRows, document_id
from codecorpus.errors import ConfigError, UsageError

if TYPE_CHECKING:
    from codecorpus.dedup.problems import Benchmarks

CODE = "CC501"

# However small the table: what stands in this many documents or fewer is not an idiom yet.
_FEW_DOCUMENTS = 10

_SHOWN = 10
_SNIPPET = 200


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class DecontaminationResult:
    """What stays, what goes, and why.

    Attributes:
        kept: the rows of the table that stay, in their order.
        dropped: the rows that go, in their order.
        decisions: one row per dropped document, with the columns of `document.DECISIONS`: `measured` is the number of n-grams matched with
            the problem it shares most with, `limit` is `min_matches`, `other_id` the problem's id.
        matches: one row per document and problem it holds: `row` in the table given, `benchmark`, `problem`, `field` (of the text that
            matched best), `matched` (distinct n-grams), `share` (of the text's n-grams), `begin` and `end` (bytes of the document: the
            longest stretch that matches).
        problems: one row per problem: `benchmark`, `problem`, `ngrams` that were looked for (0: nothing of it can be found),
            `documents` that hold some of it.
        idioms: the n-grams that were found in too many documents to count, the most frequent first: `documents`, `benchmark`,
            `problem` (the first that holds it), `text` (as it stands in the first document). Look here for what was let go.
    """

    kept: pa.Table
    dropped: pa.Table
    decisions: pa.Table
    matches: pl.DataFrame
    problems: pl.DataFrame
    idioms: pl.DataFrame

    def to_polars(self) -> pl.DataFrame:
        """The rows that stay, as a polars DataFrame."""
        frame = pl.from_arrow(self.kept)
        assert isinstance(frame, pl.DataFrame)
        return frame

    def benchmarks(self) -> pl.DataFrame:
        """The problems by benchmark: `benchmark`, `problems`, `searched` (with an n-gram to look for), `found`, `documents`."""
        seen = self.problems.group_by("benchmark", maintain_order=True).agg(
            pl.len().alias("problems"),
            (pl.col("ngrams") > 0).sum().alias("searched"),
            (pl.col("documents") > 0).sum().alias("found"),
        )
        hit = self.matches.group_by("benchmark").agg(pl.col("row").n_unique().alias("documents"))
        return seen.join(hit, on="benchmark", how="left", maintain_order="left").with_columns(
            pl.col("documents").fill_null(0)
        )

    def __repr__(self) -> str:
        total = self.kept.num_rows + self.dropped.num_rows
        found = int((self.problems["documents"] > 0).sum())
        return (
            f"DecontaminationResult: {self.kept.num_rows:,} of {total:,} documents kept; "
            f"dropped {self.dropped.num_rows:,} that hold text of {found:,} of {self.problems.height:,} problems"
        )

    def _repr_html_(self) -> str:
        shown = (
            self.decisions.slice(0, _SHOWN).select(["repo_name", "path", "measured", "detail"]).to_pylist()
        )
        return (
            f"<p>{escape(repr(self))}</p>"
            + _html_table("by benchmark", self.benchmarks().to_dicts())
            + _html_table("first documents dropped", shown)
        )


def _html_table(caption: str, rows: list[dict[str, Any]]) -> str:
    if not rows:
        return ""
    head = "".join(f"<th>{escape(name)}</th>" for name in rows[0])
    body = "".join(
        "<tr>" + "".join(f"<td>{escape(str(value))}</td>" for value in row.values()) + "</tr>" for row in rows
    )
    return f"<table><caption>{escape(caption)}</caption><tr>{head}</tr>{body}</table>"


def decontaminate(
    table: pa.Table | pl.DataFrame,
    benchmarks: Benchmarks,
    *,
    ngram: int = 10,
    min_names: int = 4,
    max_problems: int = 10,
    max_document_share: float = 0.001,
    min_matches: int = 1,
    min_share: float = 0.0,
) -> DecontaminationResult:
    """Drop the documents that hold text of benchmark problems.

    Args:
        table: column `content`; used where present: `doc_id`, `repo_name`, `path`. Other columns are carried along.
        benchmarks: files of problems (JSONL, also `.gz` and `.zst`, or Parquet), or folders of them.
        ngram: words in one n-gram.
        min_names: distinct names that an n-gram needs to count: words of two bytes or more that do not begin with a digit.
        max_problems: an n-gram in more problems of one benchmark is its boilerplate and does not count.
        max_document_share: an n-gram in a larger share of the documents, and in more than ten, is an idiom and does not count.
        min_matches: distinct n-grams of one text of a problem that a document must hold.
        min_share: share of the n-grams of that text that it must hold.

    Raises:
        UsageError: there is no usable `content`, or no benchmark was named.
        ConfigError: a setting is out of range.
        DataError: a benchmark file is missing or damaged, or there is nothing in them to look for.
    """
    try:
        options = ContaminationOptions(
            ngram=ngram,
            min_names=min_names,
            max_problems=max_problems,
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
    arrow = table if isinstance(table, pa.Table) else table.to_arrow()
    _check_content(arrow)
    hits = index.find(arrow["content"])
    limit = max(_FEW_DOCUMENTS, int(options.max_document_share * arrow.num_rows))
    common = (
        hits.group_by("place")
        .agg(pl.col("row").n_unique().alias("documents"))
        .filter(pl.col("documents") > limit)
    )
    counting = index.pairs().join(common, on="place", how="anti")
    matches = _match_problems(_match_texts(hits, counting, options), index)
    decisions = _decide(arrow, matches, options)
    gone = (
        pl.select(pl.int_range(arrow.num_rows).is_in(matches["row"].unique().implode()))
        .to_series()
        .to_arrow()
    )
    return DecontaminationResult(
        kept=arrow.filter(pc.invert(gone)),
        dropped=arrow.filter(gone),
        decisions=decisions,
        matches=matches.select("row", "benchmark", "problem", "field", "matched", "share", "begin", "end"),
        problems=_count_problems(matches, counting, index),
        idioms=_idioms(arrow, common, hits, index),
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


def _match_texts(hits: pl.DataFrame, counting: pl.DataFrame, options: ContaminationOptions) -> pl.DataFrame:
    """Each document with each text that it holds enough of: `row`, `text`, `matched`, `share`, `begin`, `end`.

    Args:
        hits: as `NgramIndex.find` returns them.
        counting: `place` and `text` of the n-grams that count.
        options: the limits.
    """
    sizes = counting.group_by("text").agg(pl.len().alias("size"))
    found = hits.join(counting, on="place").sort("row", "text", "begin")
    pair = ["row", "text"]
    counts = (
        found.group_by(pair)
        .agg(pl.col("place").n_unique().alias("matched"))
        .join(sizes, on="text")
        .with_columns((pl.col("matched") / pl.col("size")).alias("share"))
        .filter((pl.col("matched") >= options.min_matches) & (pl.col("share") >= options.min_share))
    )
    # N-grams that overlap or touch are one stretch; the longest one is shown.
    apart = (pl.col("begin") > pl.col("end").shift(1)).fill_null(True).cum_sum().over(pair)
    stretches = (
        found.with_columns(apart.alias("stretch"))
        .group_by(*pair, "stretch")
        .agg(pl.col("begin").min(), pl.col("end").max())
        .sort(pl.col("end") - pl.col("begin"), -pl.col("begin"), descending=True)
        .unique(pair, keep="first", maintain_order=True)
    )
    return counts.join(stretches, on=pair).drop("size", "stretch")


def _match_problems(texts: pl.DataFrame, index: NgramIndex) -> pl.DataFrame:
    """Each document with each problem, by the problem's text that matches best: the texts' columns, `number` of the problem, its names.

    Sorted by row, the problem that the document holds most of first.
    """
    fields = index.problems.fields.rename({"problem": "number"})
    names = index.problems.problems.select("benchmark", "problem").with_columns(
        pl.int_range(pl.len(), dtype=pl.Int32).alias("number")
    )
    return (
        texts.join(fields, on="text")
        .sort("row", "matched", "share", "number", "text", descending=[False, True, True, False, False])
        .unique(["row", "number"], keep="first", maintain_order=True)
        .join(names, on="number", maintain_order="left")
    )


def _decide(table: pa.Table, matches: pl.DataFrame, options: ContaminationOptions) -> pa.Table:
    """One decision for each document with a match: about the problem it holds most of."""
    decisions = DecisionRows("contamination")
    best = matches.with_columns(pl.len().over("row").alias("held")).unique(
        "row", keep="first", maintain_order=True
    )
    for match in best.iter_rows(named=True):
        document = table.slice(match["row"], 1)
        repo_name, path = _string(document, "repo_name"), _string(document, "path")
        others = f"; holds text of {match['held']:,} problems" if match["held"] > 1 else ""
        decisions.add(
            _doc_id(document, repo_name, path),
            repo_name,
            path,
            CODE,
            measured=match["matched"],
            limit=options.min_matches,
            other_id=document_id(match["benchmark"], match["problem"], b""),
            detail=f"{match['benchmark']} {match['problem']} {match['field']}, "
            f"bytes {match['begin']}-{match['end']}, {match['share']:.0%} of it{others}",
        )
    return decisions.table()


def _string(document: pa.Table, name: str) -> str:
    value = document[name][0].as_py() if name in document.column_names else None
    return "" if value is None else str(value)


def _doc_id(document: pa.Table, repo_name: str, path: str) -> bytes:
    """The id given, where it is one of ours, or else the id that a reader would give."""
    given = document["doc_id"][0].as_py() if "doc_id" in document.column_names else None
    if isinstance(given, bytes) and len(given) == DOC_ID_BYTES:
        return given
    content = document["content"][0].as_py() or b""
    return document_id(repo_name, path, content if isinstance(content, bytes) else content.encode())


def _count_problems(matches: pl.DataFrame, counting: pl.DataFrame, index: NgramIndex) -> pl.DataFrame:
    fields = index.problems.fields.select("text", "problem")
    sizes = (
        counting.join(fields, on="text").group_by("problem").agg(pl.col("place").n_unique().alias("ngrams"))
    )
    hit = matches.group_by("number").agg(pl.len().alias("documents"))
    return (
        index.problems.problems.select("benchmark", pl.col("problem").alias("name"))
        .with_columns(pl.int_range(pl.len(), dtype=pl.Int32).alias("problem"))
        .join(sizes, on="problem", how="left", maintain_order="left")
        .join(hit, left_on="problem", right_on="number", how="left", maintain_order="left")
        .select("benchmark", pl.col("name").alias("problem"), pl.col("ngrams", "documents").fill_null(0))
    )


def _idioms(table: pa.Table, common: pl.DataFrame, hits: pl.DataFrame, index: NgramIndex) -> pl.DataFrame:
    """The n-grams in too many documents, each with its first problem and its text in the first document."""
    first = (
        hits.join(common, on="place").sort("row", "begin").unique("place", keep="first", maintain_order=True)
    )
    owners = (
        index.pairs()
        .join(common, on="place", how="semi")
        .join(index.problems.fields, on="text")
        .group_by("place")
        .agg(pl.col("problem").min())
    )
    rows = first.join(owners, on="place").sort("documents", "row", "begin", descending=[True, False, False])
    names = index.problems.problems[rows["problem"]]
    texts = []
    for row, begin, end in rows.select("row", "begin", "end").iter_rows():
        content = table["content"][row].as_py()
        raw = content if isinstance(content, bytes) else content.encode()
        texts.append(raw[begin : min(end, begin + _SNIPPET)].decode("utf-8", "replace"))
    return pl.DataFrame(
        {
            "documents": rows["documents"],
            "benchmark": names["benchmark"],
            "problem": names["problem"],
            "text": pl.Series(texts, dtype=pl.String),
        }
    )

"""Look-ups in a run's tables: groups, samples near a limit, clusters. Lazy frames in, small frozen rows out.

Every result is sorted by something that is unique or nearly so, never by the order in which threads finished. Sums are of
integers, so they do not depend on that order either.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl
import pyarrow as pa

from codecorpus.rules import RULES

if TYPE_CHECKING:
    from codecorpus.report.data import RuleCount

_GROUPS = 30
_CLUSTERS = 12
_MEMBERS = 8

#: Rules that replace what they find: their details could tell what was found, so the report does not show them.
_SECRET_CODES = ("CC311", "CC312")


@dataclass(frozen=True, slots=True)
class Group:
    """Documents that share a language, licence or repository.

    Attributes:
        name: what they share.
        documents_in: kept and dropped documents; equal to `documents_kept` where dropped ones cannot be told.
        documents_kept: kept documents.
        bytes_kept: bytes of their text.
        is_rest: whether the row sums up all the groups that are not listed.
    """

    name: str
    documents_in: int
    documents_kept: int
    bytes_kept: int
    is_rest: bool = False


@dataclass(frozen=True, slots=True)
class Verdict:
    """A row of the decisions table, with the name of the document that it matched."""

    repo_name: str
    path: str
    measured: float | None
    limit: float | None
    other: str
    detail: str


@dataclass(frozen=True, slots=True)
class Sample:
    """A kept document.

    Attributes:
        row: its row in the documents table, over all parts.
        repo_name: its repository.
        path: its path there.
        language: Linguist's name, or an empty string.
        measured: the measure it was picked for.
        text: its first lines, once they were read.
    """

    row: int
    repo_name: str
    path: str
    language: str
    measured: float
    text: str = ""


@dataclass(frozen=True, slots=True)
class Member:
    """One document of a cluster; `similarity` is to the representative."""

    name: str
    similarity: float
    kind: str
    is_representative: bool


@dataclass(frozen=True, slots=True)
class Cluster:
    """A cluster of duplicates.

    Attributes:
        cluster_id: hex.
        documents: how many documents are in it.
        members: the representative first, then by falling similarity; not all of a large cluster.
        row: the representative's row in the documents table, -1 where it was not kept.
        text: first lines of the representative, once they were read.
    """

    cluster_id: str
    documents: int
    members: tuple[Member, ...]
    row: int
    text: str = ""


def parts(run_dir: Path, table: str) -> list[Path]:
    """The files of one table, in order."""
    return sorted((run_dir / table).glob("part-*.parquet"))


def scan(files: Sequence[Path], schema: pa.Schema) -> pl.LazyFrame:
    """A lazy frame over the parts of a table; an empty one of `schema` where there are none."""
    if files:
        return pl.scan_parquet([str(path) for path in files], glob=False, hive_partitioning=False)
    frame = pl.from_arrow(schema.empty_table())
    assert isinstance(frame, pl.DataFrame)
    return frame.lazy()


def limit_of(code: str, limits: Mapping[str, float]) -> float | None:
    """The configured limit of a rule, if it is one number."""
    rule = RULES.get(code)
    return limits.get(rule.option) if rule and rule.option else None


def by_language(
    documents: pl.LazyFrame, decisions: pl.LazyFrame, counted: Mapping[str, Mapping[str, int]] | None
) -> tuple[Group, ...]:
    """Kept and dropped documents by language.

    The decisions table does not name languages. Where the manifest counted them (`counted`: language → `documents_in`,
    `documents_kept`) its figures hold; else a dropped document has the language that most kept documents of its extension
    have, and stands under its extension, in brackets, where no such document was kept.
    """
    kept = _kept(documents.with_columns(pl.col("language").fill_null("unknown").alias("group")))
    if counted:
        lost = {name: max(row["documents_in"] - row["documents_kept"], 0) for name, row in counted.items()}
        return _groups(kept, lost)
    languages = _language_of_extension(documents)
    lost = {}
    for extension, count in _lost(decisions.with_columns(_extension().alias("group"))).items():
        name = languages.get(extension, f"({extension or 'no extension'})")
        lost[name] = lost.get(name, 0) + count
    return _groups(kept, lost)


def by_repository(documents: pl.LazyFrame, decisions: pl.LazyFrame) -> tuple[Group, ...]:
    """Kept and dropped documents by repository."""
    kept = _kept(documents.with_columns(pl.col("repo_name").alias("group")))
    return _groups(kept, _lost(decisions.with_columns(pl.col("repo_name").alias("group"))))


def by_licence_class(documents: pl.LazyFrame) -> tuple[Group, ...]:
    """Kept documents by licence class."""
    return _groups(
        _kept(documents.with_columns(pl.col("license_type").fill_null("unknown").alias("group"))), {}
    )


def by_licence(documents: pl.LazyFrame) -> tuple[Group, ...]:
    """Kept documents by SPDX id; one that has several counts under each."""
    listed = documents.select("length_bytes", pl.col("detected_licenses").alias("group"))
    return _groups(_kept(listed.explode("group").with_columns(pl.col("group").fill_null("none found"))), {})


def _kept(documents: pl.LazyFrame) -> dict[str, tuple[int, int]]:
    found = documents.group_by("group").agg(pl.len().alias("n"), pl.col("length_bytes").sum().alias("bytes"))
    return {name: (int(n), int(size)) for name, n, size in run(found).iter_rows()}


def _lost(decisions: pl.LazyFrame) -> dict[str, int]:
    """Dropped documents by group, each counted once.

    A document has one row per failing rule, and equal copies of one file share a doc_id; so a doc_id stands for as many
    documents as it has rows of its most frequent code.
    """
    dropped = decisions.filter(pl.col("verdict") == "dropped").group_by("group", "doc_id", "code").len()
    each = dropped.group_by("group", "doc_id").agg(pl.col("len").max())
    return dict(run(each.group_by("group").agg(pl.col("len").sum())).iter_rows())


def _groups(kept: Mapping[str, tuple[int, int]], lost: Mapping[str, int]) -> tuple[Group, ...]:
    """Sorted by documents that came in; what lies beyond the first 30 is summed up in a last row."""
    groups = []
    for name in kept.keys() | lost.keys():
        documents, size = kept.get(name, (0, 0))
        groups.append(Group(name, documents + int(lost.get(name, 0)), documents, size))
    groups.sort(key=lambda group: (-group.documents_in, -group.bytes_kept, group.name))
    rest = groups[_GROUPS:]
    if len(rest) < 2:
        return tuple(groups)
    summed = Group(
        f"{len(rest):,} others",
        sum(group.documents_in for group in rest),
        sum(group.documents_kept for group in rest),
        sum(group.bytes_kept for group in rest),
        is_rest=True,
    )
    return (*groups[:_GROUPS], summed)


def _extension() -> pl.Expr:
    """`.py` of a path; the whole name where it has no dot, such as `Makefile`, if it is not long."""
    name = pl.col("path").str.extract(r"([^/]*)$").fill_null("")
    extension = name.str.extract(r"(\.[^.]+)$").str.to_lowercase()
    return pl.coalesce(extension, pl.when(name.str.len_chars() <= 24).then(name).otherwise(pl.lit("")))


def _language_of_extension(documents: pl.LazyFrame) -> dict[str, str]:
    counted = (
        documents.filter(pl.col("language").is_not_null())
        .group_by(_extension().alias("key"), "language")
        .len()
    )
    frame = run(counted).sort("key", "len", "language", descending=[False, True, False])
    return dict(frame.unique("key", keep="first", maintain_order=True).select("key", "language").iter_rows())


def rows_by_code(decisions: pl.LazyFrame) -> dict[tuple[str, str, str], int]:
    """(stage, code, verdict) → rows of the decisions table."""
    frame = run(decisions.group_by("stage", "code", "verdict").len())
    return {(stage, code, verdict): int(count) for stage, code, verdict, count in frame.iter_rows()}


def verdict_samples(
    decisions: pl.LazyFrame, documents: pl.LazyFrame, stage: str, code: str, verdict: str, count: int
) -> tuple[Verdict, ...]:
    """Rows of one rule, nearest to the limit first; where nothing is measured, a sample in the order of doc_id, which is a hash."""
    distance = (pl.col("measured") - pl.col("limit")).abs()
    chosen = decisions.filter(
        (pl.col("stage") == stage) & (pl.col("code") == code) & (pl.col("verdict") == verdict)
    )
    # The doc_id before the path: among equal distances a hash gives a mixed sample, a path gives one folder.
    columns = ["distance", "doc_id", "path"]
    frame = run(
        chosen.with_columns(distance.alias("distance")).sort(columns, nulls_last=True).head(4 * count)
    )
    frame = frame.unique("doc_id", keep="first", maintain_order=True).head(count)
    names = names_of(documents, frame["other_id"].drop_nulls().to_list())
    return tuple(
        Verdict(
            row["repo_name"],
            row["path"],
            row["measured"],
            row["limit"],
            names.get(row["other_id"], (-1, "", ""))[1],
            "" if code in _SECRET_CODES else row["detail"] or "",
        )
        for row in frame.iter_rows(named=True)
    )


def kept_near(documents: pl.LazyFrame, measure: str, limit: float, count: int) -> tuple[Sample, ...]:
    """Kept documents whose measure lies nearest to a limit."""
    value = value_of(measure).cast(pl.Float64)
    rows = documents.select("doc_id", "repo_name", "path", "language", value.alias("value")).with_row_index(
        "row"
    )
    near = rows.drop_nulls("value").with_columns((pl.col("value") - limit).abs().alias("distance"))
    frame = run(near.sort("distance", "doc_id", "row").head(count))
    return tuple(
        Sample(row["row"], row["repo_name"], row["path"], row["language"] or "", row["value"])
        for row in frame.iter_rows(named=True)
    )


def value_of(measure: str) -> pl.Expr:
    """The column of a measure; `length_bytes` is a column of its own."""
    return pl.col("length_bytes") if measure == "length_bytes" else pl.col("measures").struct.field(measure)


def names_of(documents: pl.LazyFrame, doc_ids: Sequence[bytes]) -> dict[bytes, tuple[int, str, str]]:
    """doc_id → (row, `repository/path`, language) of kept documents."""
    if not doc_ids:
        return {}
    wanted = pl.Series(sorted(set(doc_ids)), dtype=pl.Binary)
    rows = documents.select("doc_id", "repo_name", "path", "language").with_row_index("row")
    frame = run(rows.filter(pl.col("doc_id").is_in(wanted.implode()))).sort("row", descending=True)
    return {
        doc_id: (int(row), f"{repo_name}/{path}", language or "")
        for row, doc_id, repo_name, path, language in frame.iter_rows()
    }


def cluster_counts(clusters: pl.LazyFrame) -> tuple[tuple[str, int, int], ...]:
    """(kind, clusters, documents) for each kind of duplicate; a representative is of its members' kind."""
    others = clusters.filter(~pl.col("is_representative"))
    frame = run(
        others.group_by("kind").agg(pl.col("cluster_id").n_unique().alias("clusters"), pl.len().alias("n"))
    )
    return tuple((kind, int(number), int(n)) for kind, number, n in frame.sort("kind").iter_rows())


def largest_clusters(
    clusters: pl.LazyFrame, documents: pl.LazyFrame, decisions: pl.LazyFrame
) -> tuple[Cluster, ...]:
    """The largest clusters, each with its representative and the members most and least like it."""
    sizes = (
        run(clusters.group_by("cluster_id").len())
        .sort("len", "cluster_id", descending=[True, False])
        .head(_CLUSTERS)
    )
    if sizes.is_empty():
        return ()
    ids = pl.Series(sizes["cluster_id"].to_list(), dtype=pl.Binary)
    order = ["cluster_id", "is_representative", "similarity", "doc_id"]
    rows = run(clusters.filter(pl.col("cluster_id").is_in(ids.implode()))).sort(
        order, descending=[False, True, True, False]
    )
    picked = {
        cluster_id: _pick(frame) for (cluster_id,), frame in rows.group_by("cluster_id", maintain_order=True)
    }
    doc_ids = [doc_id for frame in picked.values() for doc_id in frame["doc_id"].to_list()]
    kept = names_of(documents, doc_ids)
    dropped = _dropped_names(decisions, doc_ids)
    return tuple(
        _cluster(cluster_id, size, picked[cluster_id], kept, dropped)
        for cluster_id, size in sizes.iter_rows()
    )


def _pick(frame: pl.DataFrame) -> pl.DataFrame:
    """Of a sorted cluster: the first rows, and the last ones, which say whether the cluster holds together."""
    if frame.height <= _MEMBERS:
        return frame
    return pl.concat([frame.head(_MEMBERS - 3), frame.tail(3)])


def _cluster(
    cluster_id: bytes,
    size: int,
    frame: pl.DataFrame,
    kept: Mapping[bytes, tuple[int, str, str]],
    dropped: Mapping[bytes, str],
) -> Cluster:
    members = tuple(
        Member(
            kept[row["doc_id"]][1]
            if row["doc_id"] in kept
            else dropped.get(row["doc_id"], row["doc_id"].hex()),
            row["similarity"],
            row["kind"],
            row["is_representative"],
        )
        for row in frame.iter_rows(named=True)
    )
    leaders = frame.filter(pl.col("is_representative"))["doc_id"].to_list()
    row = kept[leaders[0]][0] if leaders and leaders[0] in kept else -1
    return Cluster(cluster_id.hex(), int(size), members, row)


def _dropped_names(decisions: pl.LazyFrame, doc_ids: Sequence[bytes]) -> dict[bytes, str]:
    wanted = pl.Series(sorted(set(doc_ids)), dtype=pl.Binary)
    rows = decisions.filter(pl.col("doc_id").is_in(wanted.implode())).select("doc_id", "repo_name", "path")
    frame = run(rows).unique().sort("doc_id", "repo_name", "path", descending=True)
    return {doc_id: f"{repo_name}/{path}" for doc_id, repo_name, path in frame.iter_rows()}


def with_texts(rule: RuleCount, texts: Mapping[int, str]) -> RuleCount:
    """The same rule, its kept samples with their first lines."""
    return replace(rule, kept=tuple(replace(sample, text=texts.get(sample.row, "")) for sample in rule.kept))


def with_text(cluster: Cluster, texts: Mapping[int, str]) -> Cluster:
    """The same cluster with the first lines of its representative."""
    return replace(cluster, text=texts.get(cluster.row, ""))


def run(frame: pl.LazyFrame) -> pl.DataFrame:
    """Collect a lazy frame in the streaming engine; rows of a group-by come in no order."""
    result: Any = frame.collect(engine="streaming")
    assert isinstance(result, pl.DataFrame)
    return result

"""The largest clusters of duplicates, with the names of their members. Lazy frames in, a few rows out."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from codecorpus.report import tables
from codecorpus.report.diff import DiffLine
from codecorpus.run.sample_tasks import shown_clusters

_MEMBERS = 8
_READ = 2  # as many as a run stores of each cluster
#: Row, name and language of a document that was not kept.
_GONE = (-1, "", "")


@dataclass(frozen=True, slots=True)
class Member:
    """One document of a cluster.

    Attributes:
        doc_id: the document.
        name: repository and path.
        similarity: to the representative.
        kind: exact, code, near or structural.
        is_representative: whether it is the one that stays.
        language: where its text is stored.
        diff: how it differs from the representative, where its text is stored.
        is_same: whether its text is stored, and is equal to the representative's as far as it is.
    """

    doc_id: bytes
    name: str
    similarity: float
    kind: str
    is_representative: bool
    language: str = ""
    diff: tuple[DiffLine, ...] = ()
    is_same: bool = False


@dataclass(frozen=True, slots=True)
class Cluster:
    """A cluster of duplicates.

    Attributes:
        cluster_id: hex.
        documents: how many documents are in it.
        members: the representative first, then by falling similarity; not all of a large cluster.
        row: the representative's row in the documents table, -1 where it was not kept.
        language: of the representative, where it was kept.
        text: first lines of the representative, once they were read.
    """

    cluster_id: str
    documents: int
    members: tuple[Member, ...]
    row: int
    language: str = ""
    text: str = ""


def cluster_counts(clusters: pl.LazyFrame) -> tuple[tuple[str, int, int], ...]:
    """(kind, clusters, documents) for each kind of duplicate; a representative is of its members' kind."""
    others = clusters.filter(~pl.col("is_representative"))
    frame = tables.run(
        others.group_by("kind").agg(pl.col("cluster_id").n_unique().alias("clusters"), pl.len().alias("n"))
    )
    return tuple((kind, int(number), int(n)) for kind, number, n in frame.sort("kind").iter_rows())


def largest_clusters(
    clusters: pl.LazyFrame,
    documents: pl.LazyFrame,
    decisions: pl.LazyFrame,
    *,
    stored: Collection[bytes] = (),
) -> tuple[Cluster, ...]:
    """The largest clusters, half of them with a document that is no exact copy.

    Each has its representative, the members most and least like it, and those whose text is `stored`.
    """
    each = tables.run(clusters.group_by("cluster_id").agg(pl.len(), pl.col("similarity").min()))
    ids = pl.Series(shown_clusters(each), dtype=pl.Binary)
    if ids.is_empty():
        return ()
    sizes = dict(
        each.filter(pl.col("cluster_id").is_in(ids.implode())).select("cluster_id", "len").iter_rows()
    )
    order = ["cluster_id", "is_representative", "similarity", "doc_id"]
    rows = tables.run(clusters.filter(pl.col("cluster_id").is_in(ids.implode()))).sort(
        order, descending=[False, True, True, False]
    )
    picked = {
        cluster_id: _pick(frame, stored)
        for (cluster_id,), frame in rows.group_by("cluster_id", maintain_order=True)
    }
    doc_ids = [doc_id for frame in picked.values() for doc_id in frame["doc_id"].to_list()]
    kept = tables.names_of(documents, doc_ids)
    dropped = _dropped_names(decisions, doc_ids)
    return tuple(
        _cluster(cluster_id, sizes[cluster_id], picked[cluster_id], kept, dropped)
        for cluster_id in ids.to_list()
    )


def _pick(frame: pl.DataFrame, stored: Collection[bytes]) -> pl.DataFrame:
    """Of a sorted cluster: the first rows, the last ones, which say whether the cluster holds together, and those with a text."""
    if frame.height <= _MEMBERS:
        return frame
    rows = frame.with_row_index("row")
    ends = (pl.col("row") < _MEMBERS - 3) | (pl.col("row") >= frame.height - 3)
    read = rows.filter(~ends & pl.col("doc_id").is_in(sorted(stored))).head(_READ)
    return pl.concat([rows.filter(ends), read]).sort("row").drop("row")


def _cluster(
    cluster_id: bytes,
    size: int,
    frame: pl.DataFrame,
    kept: Mapping[bytes, tuple[int, str, str]],
    dropped: Mapping[bytes, str],
) -> Cluster:
    members = tuple(
        Member(
            row["doc_id"],
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
    row, _, language = kept.get(leaders[0], _GONE) if leaders else _GONE
    return Cluster(cluster_id.hex(), int(size), members, row, language)


def _dropped_names(decisions: pl.LazyFrame, doc_ids: Sequence[bytes]) -> dict[bytes, str]:
    wanted = pl.Series(sorted(set(doc_ids)), dtype=pl.Binary)
    rows = decisions.filter(pl.col("doc_id").is_in(wanted.implode())).select("doc_id", "repo_name", "path")
    frame = tables.run(rows).unique().sort("doc_id", "repo_name", "path", descending=True)
    return {doc_id: f"{repo_name}/{path}" for doc_id, repo_name, path in frame.iter_rows()}

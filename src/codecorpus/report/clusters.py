"""The largest clusters of duplicates, with the names of their members. Lazy frames in, a few rows out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from codecorpus.report import tables

_SHOWN = 12
_MEMBERS = 8


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


def cluster_counts(clusters: pl.LazyFrame) -> tuple[tuple[str, int, int], ...]:
    """(kind, clusters, documents) for each kind of duplicate; a representative is of its members' kind."""
    others = clusters.filter(~pl.col("is_representative"))
    frame = tables.run(
        others.group_by("kind").agg(pl.col("cluster_id").n_unique().alias("clusters"), pl.len().alias("n"))
    )
    return tuple((kind, int(number), int(n)) for kind, number, n in frame.sort("kind").iter_rows())


def largest_clusters(
    clusters: pl.LazyFrame, documents: pl.LazyFrame, decisions: pl.LazyFrame
) -> tuple[Cluster, ...]:
    """The largest clusters, each with its representative and the members most and least like it."""
    sizes = (
        tables.run(clusters.group_by("cluster_id").len())
        .sort("len", "cluster_id", descending=[True, False])
        .head(_SHOWN)
    )
    if sizes.is_empty():
        return ()
    ids = pl.Series(sizes["cluster_id"].to_list(), dtype=pl.Binary)
    order = ["cluster_id", "is_representative", "similarity", "doc_id"]
    rows = tables.run(clusters.filter(pl.col("cluster_id").is_in(ids.implode()))).sort(
        order, descending=[False, True, True, False]
    )
    picked = {
        cluster_id: _pick(frame) for (cluster_id,), frame in rows.group_by("cluster_id", maintain_order=True)
    }
    doc_ids = [doc_id for frame in picked.values() for doc_id in frame["doc_id"].to_list()]
    kept = tables.names_of(documents, doc_ids)
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
    frame = tables.run(rows).unique().sort("doc_id", "repo_name", "path", descending=True)
    return {doc_id: f"{repo_name}/{path}" for doc_id, repo_name, path in frame.iter_rows()}

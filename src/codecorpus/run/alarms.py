"""Alarms: what a person should look at before trusting the corpus. Tables of a run, or of deduplication alone, in; a few rows out.

A public run lost 97 to 99.99 % of whole sources to near-dedup and nobody noticed at first; so each source, repository and language
that loses nearly everything is named, in the whole run and in deduplication alone. So are giant clusters, and clusters whose
members are hardly alike: there, what was taken for the same may have a licence header in common and nothing else.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from codecorpus.config import AlarmOptions
from codecorpus.run.tables import scan_folder

#: At most so many alarms of one kind are listed; the rest is a number.
_LISTED = 20


@dataclass(frozen=True, slots=True)
class Loss:
    """What became of the documents that have something in common.

    Attributes:
        kind: source, repository or language.
        name: of the one that they have in common.
        documents_in: documents that were read.
        documents_filtered: those of them that deduplication saw.
        documents_kept: those of them that were kept.
        documents_unique: those that deduplication left; None: those that were kept, because nothing comes after it.
    """

    kind: str
    name: str
    documents_in: int
    documents_filtered: int
    documents_kept: int
    documents_unique: int | None = None


def find_alarms(
    out: Path, manifest: Mapping[str, Any], options: AlarmOptions, *, threshold: float
) -> list[dict[str, Any]]:
    """Alarms of a run whose tables are published.

    Args:
        out: the run's folder.
        manifest: `sources` and `languages` count.
        options: the limits.
        threshold: of near-duplicates.

    Returns:
        One row each: `kind` (loss, duplicates, cluster, similarity), `what` in words, `measured`, `limit`. Documents that could not
        be read (images, say) are not a loss; what a copied repository loses as duplicates is none either.
    """
    losses = [*_counted("source", ((row["name"], row) for row in manifest["sources"]))]
    losses += _counted("language", sorted(manifest["languages"].items()))
    losses += _by_repository(out)
    copied = _copied(
        scan_folder(out / "repositories") if any((out / "repositories").glob("*.parquet")) else None
    )
    clusters = scan_folder(out / "clusters")
    return loss_alarms(losses, options, copied=copied) + cluster_alarms(
        clusters, options, threshold=threshold
    )


def loss_alarms(
    losses: Iterable[Loss],
    options: AlarmOptions,
    *,
    copied: frozenset[str] = frozenset(),
) -> list[dict[str, Any]]:
    """An alarm for each that lost too much: in the whole run (`loss`), or in deduplication (`duplicates`).

    Args:
        losses: what became of the documents, in the order in which alarms are listed.
        options: `max_loss_share`, `max_duplicate_share` and `min_documents` count.
        copied: repositories that are copies of others: that their documents are duplicates is no news.
    """
    lost, duplicates = [], []
    for row in losses:
        # Documents of no known language are dropped by a rule of their own; that none of them is left is no news.
        if row.kind == "language" and row.name == "unknown":
            continue
        is_copy = row.kind == "repository" and row.name in copied
        before, kept = row.documents_filtered, row.documents_kept
        unique = kept if row.documents_unique is None else row.documents_unique
        if is_copy:
            kept, unique = kept + before - unique, before
        lost += _loss(row, row.documents_in, kept, "loss", "", options.max_loss_share, options)
        words = " that deduplication saw"
        duplicates += _loss(row, before, unique, "duplicates", words, options.max_duplicate_share, options)
    return _shortened(lost) + _shortened(duplicates)


def _loss(
    row: Loss, before: int, after: int, kind: str, words: str, limit: float, options: AlarmOptions
) -> list[dict[str, Any]]:
    share = 1 - after / before if before else 0.0
    if before < options.min_documents or share <= limit:
        return []
    what = f"{row.kind} {row.name} lost {before - after:,} of its {before:,} documents{words}"
    return [{"kind": kind, "what": what, "measured": round(share, 4), "limit": limit}]


def _counted(kind: str, rows: Iterable[tuple[str, Mapping[str, Any]]]) -> list[Loss]:
    names = ("documents_in", "documents_filtered", "documents_kept", "documents_unique")
    return [Loss(kind, name, *(int(row[column]) for column in names)) for name, row in rows]


def _by_repository(out: Path) -> list[Loss]:
    kept = scan_folder(out / "documents").group_by("repo_name").len("kept")
    dropped = scan_folder(out / "decisions").filter(
        (pl.col("verdict") == "dropped") & (pl.col("stage") != "read")
    )
    counts = [
        pl.col("doc_id").filter(pl.col("stage") == stage).n_unique().alias(stage)
        for stage in ("dedup", "contamination")
    ]
    lost = dropped.group_by("repo_name").agg(pl.col("doc_id").n_unique().alias("lost"), *counts)
    both = lost.join(kept, on="repo_name", how="left").fill_null(0).sort("repo_name").collect()
    columns = both.select("repo_name", "lost", "dedup", "contamination", "kept")
    return [Loss("repository", name, n + k, d + c + k, k, c + k) for name, n, d, c, k in columns.iter_rows()]


def _copied(copies: pl.LazyFrame | None) -> frozenset[str]:
    """Repositories that are copies as a whole."""
    if copies is None:
        return frozenset()
    whole = (pl.col("kind") == "fork") | (pl.col("copy") == pl.col("repo_name"))
    return frozenset(copies.filter(whole).select("copy").unique().collect()["copy"])


def cluster_alarms(
    clusters: pl.LazyFrame, options: AlarmOptions, *, threshold: float
) -> list[dict[str, Any]]:
    """An alarm for each cluster that is too large, and for each large one whose members are hardly alike.

    Args:
        clusters: as `CLUSTERS`.
        options: `max_cluster_size`, `low_similarity_size` and `low_similarity_margin` count.
        threshold: of near-duplicates.
    """
    return _shortened(_large(clusters, options)) + _shortened(_unlike(clusters, options, threshold))


def _large(clusters: pl.LazyFrame, options: AlarmOptions) -> list[dict[str, Any]]:
    large = (
        clusters.group_by("cluster_id", "kind")
        .len("size")
        .filter(pl.col("size") > options.max_cluster_size)
        .sort("size", "cluster_id", "kind", descending=[True, False, False])
        .collect()
    )
    return [
        {
            "kind": "cluster",
            "what": f"a cluster of {size:,} duplicates ({kind}), cluster_id {cluster_id.hex()}",
            "measured": size,
            "limit": options.max_cluster_size,
        }
        for cluster_id, kind, size in large.iter_rows()
    ]


def _unlike(clusters: pl.LazyFrame, options: AlarmOptions, threshold: float) -> list[dict[str, Any]]:
    """Clusters of near-duplicates whose mean similarity to the representative is just above the threshold.

    Measured at a threshold of 0.7, where the limit is 0.73: of 16 clusters with 20 and more in a corpus of 65,448 documents, the
    lowest had 0.714 and 0.722, and were unlike files with the same licence header; the next had 0.743. Without headers: none.
    """
    limit = threshold + options.low_similarity_margin * (1 - threshold)
    # A sum of floats depends on its order: exact in millionths.
    millionths = (pl.col("similarity") * 1e6).round().cast(pl.Int64)
    rows = (
        clusters.filter((pl.col("kind") == "near") & ~pl.col("is_representative"))
        .group_by("cluster_id")
        .agg(pl.len().alias("size"), (millionths.sum() / pl.len() / 1e6).alias("mean"))
        .filter((pl.col("size") >= options.low_similarity_size) & (pl.col("mean") < limit))
        .sort("size", "cluster_id", descending=[True, False])
        .collect()
    )
    return [
        {
            "kind": "similarity",
            "what": f"a cluster of {size:,} near-duplicates that are hardly alike, cluster_id {cluster_id.hex()}",
            "measured": round(mean, 4),
            "limit": round(limit, 4),
        }
        for cluster_id, size, mean in rows.iter_rows()
    ]


def _shortened(alarms: list[dict[str, Any]]) -> list[dict[str, Any]]:
    more = len(alarms) - _LISTED
    if more <= 0:
        return alarms
    last = alarms[_LISTED]
    return [*alarms[:_LISTED], {**last, "what": f"and {more:,} more like these", "measured": float(more)}]

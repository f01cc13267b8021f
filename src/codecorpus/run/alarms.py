"""Alarms: what a person should look at before trusting the corpus.

A public run lost 97 to 99.99 % of whole sources to near-dedup and nobody noticed at first; so each
repository and language that loses nearly everything is named, and so are giant clusters.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import polars as pl

from codecorpus.config import AlarmOptions

#: At most so many alarms of one kind are listed; the rest is a number.
_LISTED = 20


def find_alarms(
    out: Path, languages: Mapping[str, Mapping[str, int]], options: AlarmOptions
) -> list[dict[str, Any]]:
    """Alarms of a run whose tables are published.

    Args:
        out: the run's folder.
        languages: language → `documents_in` and `documents_kept`.
        options: the limits.

    Returns:
        One row each: `kind` (loss, cluster), `what` in words, `measured`, `limit`. Documents that could not be read
        (images, say) are not a loss.
    """
    # Documents of no known language are dropped by a rule of their own; that none of them is left is no news.
    losses = [
        ("language", name, row["documents_in"], row["documents_kept"])
        for name, row in sorted(languages.items())
        if name != "unknown"
    ]
    losses += [("repository", *row) for row in _by_repository(out)]
    return _losses(losses, options) + _clusters(out, options)


def _losses(rows: list[tuple[str, str, int, int]], options: AlarmOptions) -> list[dict[str, Any]]:
    alarms = []
    for kind, name, before, after in rows:
        share = 1 - after / before if before else 0.0
        if before >= options.min_documents and share > options.max_loss_share:
            what = f"{kind} {name} lost {before - after:,} of its {before:,} documents"
            alarms.append(
                {"kind": "loss", "what": what, "measured": round(share, 4), "limit": options.max_loss_share}
            )
    return _shortened(alarms)


def _by_repository(out: Path) -> list[tuple[str, int, int]]:
    kept = pl.scan_parquet(out / "documents" / "*.parquet").group_by("repo_name").len("kept")
    lost = (
        pl.scan_parquet(out / "decisions" / "*.parquet")
        .filter((pl.col("verdict") == "dropped") & (pl.col("stage") != "read"))
        .group_by("repo_name")
        .agg(pl.col("doc_id").n_unique().alias("lost"))
    )
    both = lost.join(kept, on="repo_name", how="left").fill_null(0).sort("repo_name").collect()
    return [(name, lost_count + kept_count, kept_count) for name, lost_count, kept_count in both.iter_rows()]


def _clusters(out: Path, options: AlarmOptions) -> list[dict[str, Any]]:
    large = (
        pl.scan_parquet(out / "clusters" / "*.parquet")
        .group_by("cluster_id", "kind")
        .len("size")
        .filter(pl.col("size") > options.max_cluster_size)
        .sort("size", "cluster_id", descending=[True, False])
        .collect()
    )
    return _shortened(
        [
            {
                "kind": "cluster",
                "what": f"a cluster of {size:,} duplicates ({kind}), cluster_id {cluster_id.hex()}",
                "measured": size,
                "limit": options.max_cluster_size,
            }
            for cluster_id, kind, size in large.iter_rows()
        ]
    )


def _shortened(alarms: list[dict[str, Any]]) -> list[dict[str, Any]]:
    more = len(alarms) - _LISTED
    if more <= 0:
        return alarms
    last = alarms[_LISTED]
    return [*alarms[:_LISTED], {**last, "what": f"and {more:,} more like these", "measured": float(more)}]

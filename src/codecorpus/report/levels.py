"""Duplicates by level, and copied repositories. Lazy frames and the manifest in, a few rows out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl

from codecorpus.document import LEVELS
from codecorpus.report import tables

_LISTED = 30


@dataclass(frozen=True, slots=True)
class Level:
    """What was found at one level of duplicates.

    Attributes:
        name: exact, code, near, structural or repository.
        code: its rule.
        clusters: clusters with a document that is in them for this reason; None where the level has no clusters.
        documents_dropped: documents dropped for this reason.
        bytes_dropped: bytes of their text; None where the run did not count them.
        documents_flagged: kept documents that were marked.
        bytes_flagged: bytes of their text; None where the run did not count them.
    """

    name: str
    code: str
    clusters: int | None
    documents_dropped: int
    bytes_dropped: int | None
    documents_flagged: int
    bytes_flagged: int | None


@dataclass(frozen=True, slots=True)
class Copy:
    """A row of the repositories table."""

    repo_name: str
    documents: int
    other_repo: str
    shared: int
    containment: float
    reverse_containment: float
    kind: str
    copy: str
    folder: str | None


def levels(
    decisions: pl.LazyFrame, cluster_counts: tuple[tuple[str, int, int], ...], manifest: Mapping[str, Any]
) -> tuple[Level, ...]:
    """The levels in the order in which they are looked for, also those at which nothing was found; none if that holds for all.

    Args:
        decisions: the decisions table.
        cluster_counts: (kind, clusters, documents) of the clusters table.
        manifest: `duplicates` has the bytes, which no table has; runs of earlier versions lack it.
    """
    found = decisions.filter(pl.col("stage") == "dedup").group_by("code", "verdict").len()
    rows = {(code, verdict): int(n) for code, verdict, n in tables.run(found).iter_rows()}
    clusters = {kind: number for kind, number, _ in cluster_counts}
    counted = manifest.get("duplicates") or {}
    all_levels = tuple(
        Level(
            name,
            code,
            None if name == "repository" else clusters.get(name, 0),
            rows.get((code, "dropped"), 0),
            (counted.get(name) or {}).get("bytes_dropped"),
            rows.get((code, "flagged"), 0),
            (counted.get(name) or {}).get("bytes_flagged"),
        )
        for name, code in LEVELS.items()
    )
    found_any = any(row.clusters or row.documents_dropped or row.documents_flagged for row in all_levels)
    return all_levels if found_any else ()


def copied_repositories(repositories: pl.LazyFrame) -> tuple[tuple[Copy, ...], int]:
    """The rows with the most documents in common, and how many there are in all."""
    most = repositories.sort("shared", "repo_name", "other_repo", descending=[True, False, False]).head(
        _LISTED
    )
    names = list(Copy.__dataclass_fields__)
    total = tables.run(repositories.select(pl.len())).item()
    return tuple(Copy(**row) for row in tables.run(most.select(names)).to_dicts()), int(total)

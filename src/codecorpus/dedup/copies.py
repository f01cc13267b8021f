"""Copied repositories in, decisions out: what becomes of the documents of a copy that are no duplicates themselves (CC405).

A document that represents a cluster is flagged and never dropped: others were dropped for its sake.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pyarrow as pa

from codecorpus.dedup.options import DedupOptions
from codecorpus.dedup.repositories import KINDS, folders_of
from codecorpus.document import DECISIONS, DecisionRows


def copy_decisions(
    documents: pa.Table, clusters: pa.Table, copies: pa.Table, options: DedupOptions
) -> pa.Table:
    """The verdicts on the leftover of every copy.

    Args:
        documents: `doc_id`, `repo_name`, `path` of the documents that are still kept, short ones included.
        clusters: `CLUSTERS`, as `find_copies` took them.
        copies: from `find_copies`.
        options: `repository` says what is done; `repository_threshold` is the limit.

    Returns:
        `DECISIONS` with the code CC405, one row for each such document, in the order of `documents`; none if `repository` is "off".
    """
    places = _places(copies.to_pylist())
    if options.repository == "off" or not places:
        return DECISIONS.empty_table()
    leaders = _leaders(clusters) if options.repository == "drop" else set()
    rows = DecisionRows("dedup")
    names = (documents[name].to_pylist() for name in ("doc_id", "repo_name", "path"))
    for doc_id, repo, path in zip(*names, strict=True):
        here = places.get(repo)
        found = next((here[folder] for folder in folders_of(path) if folder in here), None) if here else None
        if found is not None:
            drop = options.repository == "drop" and doc_id not in leaders
            verdict, share, detail = "dropped" if drop else "flagged", found[0], found[1]
            limit = options.repository_threshold
            rows.add(doc_id, repo, path, "CC405", verdict=verdict, measured=share, limit=limit, detail=detail)
    return rows.table()


def _places(copies: list[dict[str, Any]]) -> Mapping[str, Mapping[str, tuple[float, str]]]:
    """Repository → folder (the root is empty) → containment, and the words for it; the first row counts.

    A vendored copy whose files lie all over the other repository has no place of its own.
    """
    places: dict[str, dict[str, tuple[float, str]]] = {}
    for row in copies:
        repo, other, kind, share = row["repo_name"], row["other_repo"], row["kind"], row["containment"]
        percent = f"{100 * row['shared'] // row['documents']} %"
        if row["copy"] == repo:
            words = f"{percent} of its {row['documents']:,} documents are in {other} ({kind})"
            places.setdefault(repo, {}).setdefault("", (share, words))
        elif kind == "fork" or row["folder"]:
            where = f"folder {row['folder']}" if row["folder"] else "its repository"
            words = f"{where} holds {percent} of the {row['documents']:,} documents of {repo} ({kind})"
            places.setdefault(other, {}).setdefault(row["folder"] or "", (share, words))
    return places


def _leaders(clusters: pa.Table) -> set[bytes]:
    return {
        cluster_id
        for cluster_id, kind in zip(
            clusters["cluster_id"].to_pylist(), clusters["kind"].to_pylist(), strict=True
        )
        if kind in KINDS
    }

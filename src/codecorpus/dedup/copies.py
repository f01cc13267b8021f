"""Copied repositories in, decisions out: what becomes of the documents of a copy that are no duplicates themselves (CC405).

A document that represents a cluster is flagged and never dropped: others were dropped for its sake.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

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
    near = documents.filter(pc.is_in(documents["repo_name"], value_set=pa.array(places, pa.string())))
    kinds = (*KINDS, "structural") if options.structural == "drop" else KINDS
    drops = pc.and_(options.repository == "drop", pc.invert(_leads(near, clusters, kinds))).to_pylist()
    rows = DecisionRows("dedup")
    names = (near[name].to_pylist() for name in ("doc_id", "repo_name", "path"))
    for doc_id, repo, path, drop in zip(*names, drops, strict=True):
        here = places[repo]
        folder = next((one for one in folders_of(path) if one in here), None)
        if folder is not None:
            share, detail = here[folder]
            verdict, limit = "dropped" if drop else "flagged", options.repository_threshold
            rows.add(doc_id, repo, path, "CC405", verdict=verdict, measured=share, limit=limit, detail=detail)
    return rows.table()


def _leads(documents: pa.Table, clusters: pa.Table, kinds: Sequence[str]) -> pa.ChunkedArray:
    """Whether each document represents a cluster with members of these kinds: those that were dropped for its sake."""
    counts = pc.is_in(clusters["kind"], value_set=pa.array(kinds))
    return pc.is_in(documents["doc_id"], value_set=clusters["cluster_id"].filter(counts).combine_chunks())


def _places(copies: list[dict[str, Any]]) -> Mapping[str, Mapping[str, tuple[float, str]]]:
    """Repository → folder (the root is empty) → containment, and the words for it; the first row counts.

    A vendored copy whose files lie all over the other repository has no place of its own.
    """
    places: dict[str, dict[str, tuple[float, str]]] = {}
    for row in copies:
        repo, other, kind, share = row["repo_name"], row["other_repo"], row["kind"], row["containment"]
        percent = f"{100 * row['shared'] // row['documents']} %"
        if row["copy"] == repo:
            words = f"{percent} of the {row['documents']:,} documents of {repo} are in {other} ({kind})"
            places.setdefault(repo, {}).setdefault("", (share, words))
        elif kind == "fork" or row["folder"]:
            where = f"folder {row['folder']}" if row["folder"] else "its repository"
            words = f"{where} holds {percent} of the {row['documents']:,} documents of {repo} ({kind})"
            places.setdefault(other, {}).setdefault(row["folder"] or "", (share, words))
    return places

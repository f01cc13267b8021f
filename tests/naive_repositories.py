"""The obvious twin of `codecorpus.dedup.repositories`: every pair of repositories, every document."""

from __future__ import annotations

from itertools import permutations

KINDS = ("exact", "code", "near")


def find_copies(documents, clusters, *, threshold, least, anchors, listed=16):
    """Rows as dicts, in no order.

    Args:
        documents: doc_id → (repository, path).
        clusters: (doc_id, cluster_id, is_representative, kind).
    """
    groups = {}
    for doc_id, cluster_id, is_representative, kind in clusters:
        if kind in KINDS and not is_representative:
            groups.setdefault(cluster_id, {cluster_id}).add(doc_id)
    groups = {leader: {one for one in group if one in documents} for leader, group in groups.items()}
    repos = sorted({repo for repo, _ in documents.values()})
    size = {repo: sum(repo == other for other, _ in documents.values()) for repo in repos}
    in_group = {leader: {documents[one][0] for one in group} for leader, group in groups.items()}
    leader_repo = {leader: documents[leader][0] if leader in documents else None for leader in groups}

    def looked_at(a, b):
        """Whether one of the two is among the largest of a cluster of both."""
        for found in in_group.values():
            largest = sorted(found, key=lambda repo: (-size[repo], repo))[:anchors]
            if {a, b} <= found and {a, b} & set(largest):
                return True
        return False

    def shared(a, b):
        """Documents of a with a duplicate in b, with the repository of the representative."""
        return [
            (one, leader_repo[leader])
            for leader, group in groups.items()
            if b in in_group[leader]
            for one in group
            if documents[one][0] == a
        ]

    lost = {
        repo: sum(
            documents[one][0] == repo and leader_repo[leader] not in (repo, None)
            for leader, group in groups.items()
            for one in group
        )
        for repo in repos
    }
    rank = sorted(repos, key=lambda repo: (lost[repo] / size[repo], -size[repo], repo))
    rows = []
    for a, b in permutations(repos, 2):
        if size[a] < least or not looked_at(a, b):
            continue
        here, back = shared(a, b), shared(b, a)
        if len(here) / size[a] < threshold:
            continue
        fork = len(back) / size[b] >= threshold
        if fork:
            is_copy = rank.index(a) > rank.index(b)
            if not is_copy and size[b] >= least:
                continue
        else:
            is_copy = sum(repo == b for _, repo in here) > sum(repo == a for _, repo in here)
        rows.append(
            {
                "repo_name": a,
                "documents": size[a],
                "other_repo": b,
                "shared": len(here),
                "containment": len(here) / size[a],
                "reverse_containment": len(back) / size[b],
                "kind": "fork" if fork else "vendored",
                "copy": a if is_copy else b,
                "folder": None if fork else folder(documents, groups, a, b),
            }
        )
    kept = []
    for repo in repos:
        own = [row for row in rows if row["repo_name"] == repo]
        own.sort(key=lambda row: (-row["containment"], -row["reverse_containment"], row["other_repo"]))
        kept += own[:listed]
    return kept


def folder(documents, groups, a, b):
    """The deepest folder of b with duplicates of nine tenths of what a shares with it."""
    common = [
        (
            sum(documents[one][0] == a for one in group),
            [documents[one][1] for one in group if documents[one][0] == b],
        )
        for group in groups.values()
        if {a, b} <= {documents[one][0] for one in group}
    ]
    parents = {
        "/".join(path.split("/")[:depth])
        for _, paths in common
        for path in paths
        for depth in range(path.count("/") + 1)
    }

    def weight(name):
        inside = [
            n for n, paths in common if name == "" or any(path.startswith(name + "/") for path in paths)
        ]
        return sum(inside)

    total = sum(n for n, _ in common)
    good = [name for name in parents | {""} if weight(name) >= 0.9 * total]
    depth = max(0 if name == "" else name.count("/") + 1 for name in good)
    deepest = [name for name in good if (0 if name == "" else name.count("/") + 1) == depth]
    return min(deepest, key=lambda name: (-weight(name), name))

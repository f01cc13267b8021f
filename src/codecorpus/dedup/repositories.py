"""Copied repositories: documents and their clusters in; out, which repository is, for the most part, in which other one.

A document of repository A is *shared* with B if a document of B is in its cluster (exact, code or near). A is contained in B if
`repository_threshold` of A's documents are shared with B: both ways it is a `fork`, one way A is `vendored` in B.

Which of the two is the copy follows from the keep-policy. Of forks it is the one that lost the larger share of its documents to
other repositories (then the one with fewer documents, then the later name): an order of all repositories, so that no circle of
forks has nothing but copies. Of a vendored pair it is A if B's documents won more of the clusters of both, else the folder of B.

Not every pair of repositories is looked at. A cluster pairs each of its repositories with the `ANCHORS` largest of it only, so a
file that stands in R repositories makes at most R x ANCHORS pairs, not R². The largest are the same in all clusters of a set of
forks. What is missed: two repositories all of whose common files stand in ANCHORS larger ones. Pairs that are looked at are counted
over all clusters. A repository is listed with at most `LISTED` others, the ones that hold the most of it.

Joins are made some millions of rows at a time, so memory follows the documents in clusters and the pairs: 270 MB and 1.7 s of CPU for
1,000,000 documents of 20,000 repositories, 525,000 of them in clusters of up to 5,000.
"""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl
import pyarrow as pa

from codecorpus.dedup.options import DedupOptions
from codecorpus.document import REPOSITORIES

#: Repositories of a cluster with which each of the others is paired: the largest.
ANCHORS = 16
#: Others with which one repository is listed.
LISTED = 16
#: Kinds of duplicates that count. Structural ones do not: they are suspicions.
KINDS = ("exact", "code", "near")
#: Share of the common documents that the folder of a vendored copy holds, at least.
FOLDER_SHARE = 0.9

# Rows of a join that are held at once: about 100 MB.
_ROWS_AT_ONCE = 4_000_000
# Folders of one path that are looked at.
_DEEPEST = 64
_PAIR = ["repo", "other"]


def find_copies(
    documents: pa.Table, clusters: pa.Table, options: DedupOptions, *, anchors: int = ANCHORS
) -> pa.Table:
    """Forks and vendored copies, as `REPOSITORIES`: by `repo_name`, and then the others that hold the most of it first.

    Args:
        documents: `doc_id`, `repo_name` and `path` of every document with at least `min_shingles` shingles, dropped ones included;
            licence files and empty `__init__.py` do not say where a repository comes from. The order of rows does not matter.
        clusters: `CLUSTERS` of all of them. Members that are not among `documents` do not count.
        options: `repository_threshold` and `min_repository_documents` count.
        anchors: see above.
    """
    frame = _frame(documents.select(["doc_id", "repo_name", "path"])).unique("doc_id")
    sizes = frame.group_by("repo_name").len("documents").sort("repo_name").with_row_index("repo")
    members = _members(frame, _frame(clusters), sizes)
    counts = _counts(members, sizes)
    shared = _shared(counts, _pairs(counts, sizes, options, anchors))
    rows = _judged(shared, sizes, _ranks(members, sizes), options)
    return _with_folders(rows, counts, members).select(REPOSITORIES.names).to_arrow().cast(REPOSITORIES)


def _frame(table: pa.Table) -> pl.DataFrame:
    frame = pl.from_arrow(table)
    assert isinstance(frame, pl.DataFrame)
    return frame


def _members(documents: pl.DataFrame, clusters: pl.DataFrame, sizes: pl.DataFrame) -> pl.DataFrame:
    """(cluster, repo, path, of_leader) of every document in a cluster; `of_leader` is the repository of its representative.

    A representative is in its cluster whatever its own row says: it may be a member of a structural cluster as well.
    """
    others = clusters.filter(pl.col("kind").is_in(KINDS) & ~pl.col("is_representative"))
    both = others.select("doc_id", "cluster_id")
    leaders = both.select(pl.col("cluster_id").alias("doc_id"), "cluster_id").unique()
    numbers = leaders.select("cluster_id").sort("cluster_id").with_row_index("cluster")
    members = pl.concat([both, leaders]).unique().join(documents, on="doc_id").join(numbers, on="cluster_id")
    members = members.join(sizes.select("repo_name", "repo"), on="repo_name")
    is_leader = pl.col("doc_id") == pl.col("cluster_id")
    of_leader = members.filter(is_leader).select("cluster", pl.col("repo").alias("of_leader"))
    return members.select("cluster", "repo", "path").join(of_leader, on="cluster", how="left")


def _counts(members: pl.DataFrame, sizes: pl.DataFrame) -> pl.DataFrame:
    """(cluster, repo, n, of_leader, width, rank): documents of each repository in each cluster of several.

    `width` is the number of repositories in the cluster; the largest of them has rank 0.
    """
    counts = members.group_by("cluster", "repo", "of_leader").len("n")
    counts = counts.with_columns(pl.len().over("cluster").alias("width")).filter(pl.col("width") > 1)
    counts = counts.join(sizes.select("repo", "documents"), on="repo")
    counts = counts.sort("cluster", "documents", "repo", descending=[False, True, False])
    rank = pl.int_range(pl.len()).over("cluster").alias("rank")
    return counts.with_columns(rank).drop("documents")


def _pairs(counts: pl.DataFrame, sizes: pl.DataFrame, options: DedupOptions, anchors: int) -> pl.DataFrame:
    """(repo, other) of the pairs of which one may be contained in the other, in both directions."""
    sums = counts.group_by("repo").agg(
        pl.col("n").sum().alias("common"),
        pl.col("n").filter(pl.col("width") > anchors).sum().alias("unseen"),
    )
    enough = options.repository_threshold * pl.col("documents")
    known = sums.join(sizes.select("repo", "documents"), on="repo").filter(
        (pl.col("documents") >= options.min_repository_documents) & (pl.col("common") >= enough - 0.5)
    )
    seen = [pl.DataFrame(schema={"repo": pl.UInt32, "other": pl.UInt32, "shared": pl.UInt32})]
    seen += [_seen(part, known["repo"], anchors) for part in _in_parts(counts)]
    # What is not counted yet lies in clusters of many repositories; with all of it most pairs still do not reach the threshold.
    may = pl.col("shared") + pl.col("unseen") >= enough - 0.5
    pairs = pl.concat(seen).group_by(_PAIR).agg(pl.col("shared").sum()).join(known, on="repo").filter(may)
    turned = pairs.select(pl.col("other").alias("repo"), pl.col("repo").alias("other"))
    return pl.concat([pairs.select(_PAIR), turned]).unique().sort(_PAIR)


def _seen(counts: pl.DataFrame, contained: pl.Series, anchors: int) -> pl.DataFrame:
    """(repo, other, shared) over the clusters of `counts`, of the pairs of which one is an anchor there.

    Args:
        counts: some clusters, whole.
        contained: repositories that may be contained in another one.
        anchors: the number of anchors.
    """
    ours = counts.filter(pl.col("repo").is_in(contained.implode())).select("cluster", "repo", "n", "rank")
    theirs = counts.select("cluster", pl.col("repo").alias("other"), pl.col("rank").alias("other_rank"))
    large, small = pl.col("other_rank") < anchors, pl.col("other_rank") >= anchors
    pairs = [
        ours.join(theirs.filter(large), on="cluster"),
        ours.filter(pl.col("rank") < anchors).join(theirs.filter(small), on="cluster"),
    ]
    both = pl.concat(pairs).filter(pl.col("repo") != pl.col("other"))
    return both.group_by(_PAIR).agg(pl.col("n").sum().alias("shared"))


def _in_parts(counts: pl.DataFrame) -> list[pl.DataFrame]:
    """Whole clusters in parts of which each makes about `_ROWS_AT_ONCE` pairs."""
    pairs = pl.min_horizontal("width", pl.lit(2 * ANCHORS)).cast(pl.Int64)
    part = (pairs.cum_sum() // _ROWS_AT_ONCE).min().over("cluster").alias("part")
    return counts.with_columns(part).partition_by("part", maintain_order=True, include_key=False)


def _shared(counts: pl.DataFrame, pairs: pl.DataFrame) -> pl.DataFrame:
    """(repo, other, shared, won, lost) of these pairs over all clusters.

    `won` counts documents of `repo` whose representative is in `repo` itself, `lost` those whose representative is in `other`.
    """
    clusters = counts.group_by("repo").len("clusters")
    weighed = pairs.join(clusters, on="repo").sort(_PAIR)
    part = (pl.col("clusters").cast(pl.Int64).cum_sum() // _ROWS_AT_ONCE).alias("part")
    found = [_common(counts, pairs.clear())]
    for piece in weighed.with_columns(part).partition_by("part", maintain_order=True):
        found.append(_common(counts, piece.select(_PAIR)))
    return pl.concat(found)


def _common(counts: pl.DataFrame, pairs: pl.DataFrame) -> pl.DataFrame:
    theirs = counts.select("cluster", pl.col("repo").alias("other"))
    rows = pairs.join(counts, on="repo").join(theirs, on=["cluster", "other"], how="semi")
    n, of_leader = pl.col("n").cast(pl.Int64), pl.col("of_leader")
    return rows.group_by(_PAIR).agg(
        n.sum().alias("shared"),
        n.filter(of_leader == pl.col("repo")).sum().alias("won"),
        n.filter(of_leader == pl.col("other")).sum().alias("lost"),
    )


def _ranks(members: pl.DataFrame, sizes: pl.DataFrame) -> pl.DataFrame:
    """(repo, repo_name, documents, rank): the place of each repository among all, the copy behind its original."""
    lost = members.filter(pl.col("of_leader") != pl.col("repo")).group_by("repo").len("lost")
    share = (pl.col("lost").fill_null(0) / pl.col("documents")).alias("share")
    order = sizes.join(lost, on="repo", how="left").with_columns(share)
    order = order.sort("share", "documents", "repo_name", descending=[False, True, False])
    return order.drop("lost", "share").with_row_index("rank")


def _judged(
    shared: pl.DataFrame, sizes: pl.DataFrame, ranks: pl.DataFrame, options: DedupOptions
) -> pl.DataFrame:
    """The rows of `REPOSITORIES` without folders; a fork once, under the name of the copy."""
    limit, least = options.repository_threshold, options.min_repository_documents
    theirs = ranks.rename(
        {"repo": "other", "repo_name": "other_repo", "documents": "others", "rank": "other_rank"}
    )
    back = shared.select(
        pl.col("other").alias("repo"), pl.col("repo").alias("other"), pl.col("shared").alias("back")
    )
    rows = shared.join(back, on=_PAIR).join(ranks, on="repo").join(theirs, on="other")
    rows = rows.with_columns(
        (pl.col("shared") / pl.col("documents")).alias("containment"),
        (pl.col("back") / pl.col("others")).alias("reverse_containment"),
    )
    is_fork = pl.col("reverse_containment") >= limit
    is_copy = (
        pl.when(is_fork).then(pl.col("rank") > pl.col("other_rank")).otherwise(pl.col("lost") > pl.col("won"))
    )
    told_by_the_other = is_fork & ~is_copy & (pl.col("others") >= least)
    rows = rows.filter((pl.col("containment") >= limit) & (pl.col("documents") >= least) & ~told_by_the_other)
    order = ["repo_name", "containment", "reverse_containment", "other_repo"]
    return (
        rows.with_columns(
            pl.when(is_fork).then(pl.lit("fork")).otherwise(pl.lit("vendored")).alias("kind"),
            pl.when(is_copy).then("repo_name").otherwise("other_repo").alias("copy"),
        )
        .sort(order, descending=[False, True, True, False])
        .filter(pl.int_range(pl.len()).over("repo_name") < LISTED)
        .with_row_index("pair")
    )


def _with_folders(rows: pl.DataFrame, counts: pl.DataFrame, members: pl.DataFrame) -> pl.DataFrame:
    """The column `folder`: of a vendored copy, the deepest folder that holds nearly all of it; null for forks."""
    found: dict[int, str] = {}
    vendored = rows.filter(pl.col("kind") == "vendored").select("pair", *_PAIR)
    theirs = members.select("cluster", pl.col("repo").alias("other"), "path")
    for some in vendored.iter_slices(500):
        paths = some.join(counts, on="repo").join(theirs, on=["cluster", "other"])
        for (pair,), group in paths.group_by("pair"):
            found[int(str(pair))] = deepest_folder(group.select("cluster", "n", "path").iter_rows())
    folders = pl.Series("folder", [found.get(pair) for pair in rows["pair"]], pl.String)
    return rows.with_columns(folders)


def deepest_folder(rows: Iterator[tuple[int, int, str]]) -> str:
    """The deepest folder below which nearly all is found; the one with more, then the first by name, if there are several.

    Args:
        rows: (what, its weight, a path where it is found), in any order; a thing that is found twice in a folder counts once.

    >>> deepest_folder(iter([(1, 1, "a/lib/x.js"), (2, 1, "a/lib/src/y.js"), (2, 1, "z/y.js")]))
    'a/lib'
    """
    weights: dict[int, int] = {}
    things: dict[str, set[int]] = {}
    for thing, weight, path in rows:
        weights[thing] = weight
        for folder in folders_of(path):
            things.setdefault(folder, set()).add(thing)
    total = {folder: sum(weights[thing] for thing in inside) for folder, inside in things.items()}
    most = [folder for folder, weight in total.items() if weight >= FOLDER_SHARE * sum(weights.values())]
    return min(most, key=lambda folder: (-len(folder.split("/")) * bool(folder), -total[folder], folder))


def folders_of(path: str) -> Iterator[str]:
    """The folders that a file is in, the deepest first, the root (empty) last.

    >>> list(folders_of("a/b/c.py"))
    ['a/b', 'a', '']
    """
    # A path may have any length in a hostile table, and all its folders have the square of that.
    *folders, _ = path.split("/", _DEEPEST)
    for depth in range(len(folders), 0, -1):
        if any(folders[:depth]) or depth > 1:
            yield "/".join(folders[:depth])
    yield ""

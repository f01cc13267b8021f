"""Candidates and their shingle sets in, duplicates out: clusters, decisions, dropped rows.

Leaders, not connected components: documents are taken in keep-policy order, and one is dropped only if its true Jaccard
similarity to a document that *stays* reaches the threshold. So there are no weak removals by chaining (A like B, B like C, C
unlike A) and none by hash collision: every dropped row names a document that is kept and the similarity to it.

The work is bounded: a bucket offers at most `bucket_leaders` kept documents for comparison, the first in policy order. Documents
beyond that still meet in their other bands; what is lost is recall in huge buckets of unlike documents, never precision.
`Duplicates.unlisted` counts how often it happened.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from codecorpus.dedup import _kernels
from codecorpus.dedup.candidates import Candidates, SketchSource, find_candidates, read_sketch
from codecorpus.dedup.minhash import fixed_binary
from codecorpus.dedup.options import DedupOptions
from codecorpus.dedup.shingle import Ints, ShingleSets
from codecorpus.document import CLUSTERS, DECISIONS

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

_DETAILS = pa.array(
    [
        None,
        "its content equals that of another document, which was dropped for the same one",
        "dedup.keep = none: the representative goes with its cluster",
    ],
    pa.string(),
)


@dataclass(frozen=True, slots=True)
class Duplicates:
    """What deduplication decided on a corpus.

    Attributes:
        clusters: `CLUSTERS` rows, cluster by cluster in policy order, the representative first. Does not depend on the order
            of the rows.
        decisions: `DECISIONS` rows, one for each dropped row and in its order: CC401 for equal content, CC402 for a near-duplicate.
        dropped: int64, ascending: the rows to drop.
        unlisted: how often a kept document was not offered for comparison because its bucket was full.
    """

    clusters: pa.Table
    decisions: pa.Table
    dropped: Ints
    unlisted: int


@dataclass(frozen=True, slots=True)
class _Verdicts:
    """By position: who represents the document (itself if nobody else), how similar it is, and how that was found."""

    representative: Ints
    similarity: Floats
    is_near: Flags
    is_equal_to_dropped: Flags


def find_duplicates(
    sketches: Sequence[SketchSource], shingles_of: Callable[[Ints], ShingleSets], options: DedupOptions
) -> Duplicates:
    """The whole search in one call: `find_candidates`, then `resolve`.

    Args:
        sketches: tables or Parquet files, one per shard.
        shingles_of: gives the shingle sets of the rows asked for, in that order.
        options: as the sketches were made.
    """
    candidates = find_candidates(sketches, options)
    return resolve(candidates, shingles_of(candidates.rows), options)


def resolve(
    candidates: Candidates,
    shingles: ShingleSets,
    options: DedupOptions,
    *,
    earlier_names: Sequence[str] = (),
) -> Duplicates:
    """Verify the candidates, elect leaders, and say who goes.

    An exact duplicate of a document that is itself dropped names the document that stays, with the similarity to it: the
    contents are equal, so the verified similarity is its own. `other_id` therefore always names a kept document, unless
    `keep` is "none": then whole clusters go, members name the representative and the representative its most similar member.

    Args:
        candidates: from `find_candidates`.
        shingles: sets of the documents `candidates.rows`, in that order.
        options: threshold, min_shingles (here of distinct shingles), keep and bucket_leaders count.
        earlier_names: what to call the earlier runs in the decisions, one name for each of their sketches.
    """
    if len(shingles) != len(candidates.rows):
        raise AssertionError(f"{len(shingles)} shingle sets for {len(candidates.rows)} candidates")
    leader, similarity, unlisted = _elect(candidates, shingles, options)
    positions = np.arange(len(candidates.order))
    near_of, near_similarity = positions.copy(), np.ones(len(positions))
    near_of[candidates.positions] = candidates.positions[leader]
    near_similarity[candidates.positions] = similarity
    exact_of = candidates.exact_of
    representative = near_of[exact_of]
    first = candidates.earlier_rows
    representative[:first] = positions[:first]
    is_near = representative != exact_of
    verdicts = _Verdicts(
        representative, near_similarity[exact_of], is_near, is_near & (exact_of != positions)
    )
    return Duplicates(
        clusters=_clusters(candidates, verdicts),
        decisions=_decisions(candidates, verdicts, options, earlier_names),
        dropped=np.sort(candidates.order[_going(candidates, verdicts, options)]) - first,
        unlisted=unlisted,
    )


def _elect(candidates: Candidates, shingles: ShingleSets, options: DedupOptions) -> tuple[Ints, Floats, int]:
    """Leaders among the candidates, as indices into `candidates.positions`."""
    place = np.searchsorted(candidates.rows, candidates.order[candidates.positions])
    spans = np.stack([shingles.offsets[place], shingles.offsets[place + 1]], axis=1)
    # The sketch counted repeats; a table of zeros has many shingles and hardly any distinct ones.
    enough = (spans[:, 1] - spans[:, 0] >= options.min_shingles)[candidates.members]
    buckets = len(candidates.bucket_offsets) - 1
    bucket_of = np.repeat(np.arange(buckets, dtype=np.uint32), np.diff(candidates.bucket_offsets))[enough]
    members = candidates.members[enough]
    joins = bucket_of[np.argsort(members, kind="stable")]
    leader, similarity, unlisted = _kernels.elect_leaders(
        members,
        _borders(bucket_of, buckets),
        joins,
        _borders(members, len(spans)),
        shingles.hashes,
        spans,
        int(np.searchsorted(candidates.positions, candidates.earlier_rows)),
        options.threshold,
        options.bucket_leaders,
    )
    return leader, similarity, int(unlisted)


def _borders(labels: npt.NDArray[np.uint32], count: int) -> Ints:
    """Borders of the groups when entries are sorted by label: int64[count + 1]."""
    borders = np.zeros(count + 1, np.int64)
    np.cumsum(np.bincount(labels, minlength=count), out=borders[1:])
    return borders


def _cluster_rows(verdicts: _Verdicts) -> Ints:
    """Positions of all documents in a cluster, cluster by cluster, the representative first."""
    positions = np.arange(len(verdicts.representative))
    in_cluster = verdicts.representative != positions
    in_cluster[verdicts.representative[in_cluster]] = True
    found = np.flatnonzero(in_cluster)
    return found[np.argsort(verdicts.representative[found], kind="stable")]


def _going(candidates: Candidates, verdicts: _Verdicts, options: DedupOptions) -> Ints:
    """Positions of the documents to drop."""
    if options.keep == "none":
        rows = _cluster_rows(verdicts)
        return rows[rows >= candidates.earlier_rows]
    return np.flatnonzero(verdicts.representative != np.arange(len(verdicts.representative)))


def _clusters(candidates: Candidates, verdicts: _Verdicts) -> pa.Table:
    rows = _cluster_rows(verdicts)
    representative = verdicts.representative[rows]
    near_cluster = np.zeros(len(verdicts.representative), np.bool_)
    near_cluster[verdicts.representative[verdicts.is_near]] = True
    is_representative = rows == representative
    is_near = np.where(is_representative, near_cluster[rows], verdicts.is_near[rows])
    own = rows >= candidates.earlier_rows
    rows, representative, is_near = rows[own], representative[own], is_near[own]
    is_representative = is_representative[own]
    return pa.table(
        {
            "doc_id": _ids(candidates, rows),
            "cluster_id": _ids(candidates, representative),
            "is_representative": pa.array(is_representative),
            "similarity": pa.array(verdicts.similarity[rows]),
            "kind": pc.if_else(pa.array(is_near), "near", "exact"),
        },
        schema=CLUSTERS,
    )


def _decisions(
    candidates: Candidates, verdicts: _Verdicts, options: DedupOptions, earlier_names: Sequence[str]
) -> pa.Table:
    going = _going(candidates, verdicts, options)
    going = going[np.argsort(candidates.order[going])]
    witness = _witnesses(verdicts)[going]
    is_representative = verdicts.representative[going] == going
    evidence = np.where(is_representative, witness, going)  # the position whose similarity counts
    is_near = verdicts.is_near[evidence]
    detail = np.where(is_representative, 2, verdicts.is_equal_to_dropped[going].astype(np.int64))
    names = _names(candidates, candidates.order[going])
    return pa.table(
        {
            "doc_id": _ids(candidates, going),
            "repo_name": names["repo_name"],
            "path": names["path"],
            "stage": pa.repeat(pa.scalar("dedup"), len(going)),
            "code": pc.if_else(pa.array(is_near), "CC402", "CC401"),
            "verdict": pa.repeat(pa.scalar("dropped"), len(going)),
            "measured": pa.array(verdicts.similarity[evidence]),
            "limit": pa.array(np.where(is_near, options.threshold, 1.0)),
            "other_id": _ids(candidates, witness),
            "detail": _with_runs(
                _DETAILS.take(pa.array(detail)).to_pylist(), candidates, witness, earlier_names
            ),
        },
        schema=DECISIONS,
    )


def _with_runs(
    details: list[str | None], candidates: Candidates, others: Ints, names: Sequence[str]
) -> pa.Array:
    """The details, with the run in which the other document is where that is an earlier one."""
    rows = candidates.order[others]
    shards = np.searchsorted(candidates.shard_offsets, rows, side="right") - 1
    told = [
        detail if shard >= candidates.earlier else "; ".join(filter(None, [detail, f"in {names[shard]}"]))
        for detail, shard in zip(details, shards.tolist(), strict=True)
    ]
    return pa.array(told, pa.string())


def _witnesses(verdicts: _Verdicts) -> Ints:
    """By position, the document to name: the representative, and for a representative its most similar member."""
    positions = np.arange(len(verdicts.representative))
    named = verdicts.representative.copy()
    members = np.flatnonzero(named != positions)
    best_first = members[np.lexsort((members, -verdicts.similarity[members], named[members]))]
    clusters, first = np.unique(named[best_first], return_index=True)
    named[clusters] = best_first[first]
    return named


def _ids(candidates: Candidates, positions: Ints) -> pa.Array:
    return fixed_binary(candidates.doc_ids[candidates.order[positions]].tobytes())


def _names(candidates: Candidates, rows: Ints) -> pa.Table:
    """Repositories and paths of some rows, read from one sketch at a time."""
    pieces = []
    for shard, source in enumerate(candidates.sources):
        first, end = candidates.shard_offsets[shard : shard + 2]
        low, high = np.searchsorted(rows, [first, end])
        pieces.append(read_sketch(source, ["repo_name", "path"]).take(pa.array(rows[low:high] - first)))
    empty = pa.schema([DECISIONS.field("repo_name"), DECISIONS.field("path")]).empty_table()
    return pa.concat_tables([empty, *[piece.cast(empty.schema) for piece in pieces]])

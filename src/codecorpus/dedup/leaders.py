"""Candidates and their shingle sets in, duplicates out: pairs, clusters, decisions, dropped rows.

Two steps. `compare` computes the true Jaccard similarity of the candidate pairs that an election can need, once. `elect` is a look-up in
these pairs, for this threshold or another.

Leaders, not connected components: documents are taken in keep-policy order, and one is dropped only if it has the same content or the
same code as a document that *stays*, or its true Jaccard similarity to one reaches the threshold. So there are no weak removals by
chaining (A like B, B like C, C unlike A) and none by hash collision: every dropped row names a document that is kept and the
similarity to it.

The work is bounded: a bucket offers at most `bucket_leaders` kept documents for comparison, the first in policy order. Documents
beyond that still meet in their other bands; what is lost is recall in huge buckets of unlike documents, never precision.
`Pairs.unlisted` counts how often it happened.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from codecorpus.dedup import _kernels
from codecorpus.dedup.candidates import Buckets, Candidates, SketchSource, find_candidates
from codecorpus.dedup.options import DedupOptions
from codecorpus.dedup.sets import Ints, ShingleSets
from codecorpus.dedup.verdicts import (
    EXACT,
    NONE,
    STRUCTURAL,
    Verdicts,
    cluster_table,
    decision_table,
    going,
    pair_table,
)
from codecorpus.document import REPOSITORIES
from codecorpus.fragments import show_fields

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class PairList:
    """Pairs of documents, by the first of them.

    Attributes:
        positions: int64, the document.
        others: int64, one before it in policy order.
        similarity: float64, their true Jaccard similarity.
    """

    positions: Ints
    others: Ints
    similarity: Floats


@dataclass(frozen=True, slots=True)
class Pairs:
    """The pairs that were verified, down to the floor.

    Attributes:
        near: by the shingles of their tokens.
        structural: by the shingles that know no names and literals.
        unlisted: how often a kept document was not offered for comparison because its bucket was full.
    """

    near: PairList
    structural: PairList
    unlisted: int

    _repr_html_ = show_fields


@dataclass(frozen=True, slots=True)
class Duplicates:
    """What deduplication decided on a corpus.

    Attributes:
        clusters: `CLUSTERS` rows, cluster by cluster in policy order, the representative first. Does not depend on the order
            of the rows.
        decisions: `DECISIONS` rows: one for each dropped row and in its order (CC401 equal content, CC403 the same code, CC402 near,
            CC404 structural), then one for each structural duplicate that is flagged.
        pairs: `PAIRS` rows: the verified pairs down to the floor, in policy order.
        repositories: `REPOSITORIES` rows: forks and vendored copies; empty before `add_copies`, which also adds the decisions about
            what is left of them (CC405).
        dropped: int64, ascending: the rows to drop, counted from the first that is not of an earlier run.
        unlisted: how often a kept document was not offered for comparison because its bucket was full.
    """

    clusters: pa.Table
    decisions: pa.Table
    pairs: pa.Table
    repositories: pa.Table
    dropped: Ints
    unlisted: int

    _repr_html_ = show_fields


def find_duplicates(
    sketches: Sequence[SketchSource], shingles_of: Callable[[Ints], ShingleSets], options: DedupOptions
) -> Duplicates:
    """The whole search in one call, without the structural level: `find_candidates`, then `resolve`.

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
    structural: ShingleSets | None = None,
    earlier_names: Sequence[str] = (),
) -> Duplicates:
    """Verify the candidates, elect leaders, and say who goes: `compare`, then `elect`.

    Args:
        candidates: from `find_candidates`.
        shingles: sets of the documents `candidates.rows`, in that order.
        options: thresholds, min_shingles (here of distinct shingles), keep and the sizes of buckets count.
        structural: structural sets of `candidates.structural_rows`; without them there is no structural level.
        earlier_names: what to call the earlier runs in the decisions, one name for each of their sketches.
    """
    return elect(
        candidates,
        compare(candidates, shingles, options, structural=structural),
        options,
        earlier_names=earlier_names,
    )


def compare(
    candidates: Candidates,
    shingles: ShingleSets,
    options: DedupOptions,
    *,
    structural: ShingleSets | None = None,
) -> Pairs:
    """The similarity of every candidate with every leader before it, and with a few others: see `kernels.compare_candidates`.

    Args:
        candidates: from `find_candidates`.
        shingles: sets of the documents `candidates.rows`, in that order.
        options: thresholds, min_shingles (here of distinct shingles) and the sizes of buckets count.
        structural: structural sets of `candidates.structural_rows`, in that order.
    """
    near, unlisted = _compare(
        candidates,
        candidates.near,
        shingles,
        options,
        (options.threshold, options.lowest),
        _groups(candidates),
    )
    none = PairList(np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0, np.float64))
    if structural is None:
        return Pairs(near, none, unlisted)
    limits = (options.structural_threshold, options.structural_threshold)
    apart = np.full(len(candidates.structural.positions), -1), np.empty(0, np.int64)
    alike, more = _compare(candidates, candidates.structural, structural, options, limits, apart)
    return Pairs(near, alike, unlisted + more)


def _compare(
    candidates: Candidates,
    buckets: Buckets,
    shingles: ShingleSets,
    options: DedupOptions,
    limits: tuple[float, float],
    groups: tuple[Ints, Ints],
) -> tuple[PairList, int]:
    rows = candidates.order[buckets.positions]
    if len(shingles) != len(rows):
        raise AssertionError(f"{len(shingles)} shingle sets for {len(rows)} candidates")
    place = np.empty(len(rows), np.int64)
    place[np.argsort(rows)] = np.arange(len(rows))
    spans = np.stack([shingles.offsets[place], shingles.offsets[place + 1]], axis=1)
    # The sketch counted repeats; a table of zeros has many shingles and hardly any distinct ones.
    enough = (spans[:, 1] - spans[:, 0] >= options.min_shingles)[buckets.members]
    count = len(buckets.offsets) - 1
    bucket_of = np.repeat(np.arange(count, dtype=np.uint32), np.diff(buckets.offsets))[enough]
    members = buckets.members[enough]
    found, unlisted = _kernels.compare_candidates(
        members,
        _borders(bucket_of, count),
        bucket_of[np.argsort(members, kind="stable")],
        _borders(members, len(spans)),
        shingles.hashes,
        spans,
        int(np.searchsorted(buckets.positions, candidates.earlier_rows)),
        *groups,
        limits,
        (options.bucket_leaders, options.bucket_followers),
    )
    documents, others = (buckets.positions[row.astype(np.int64)] for row in found[:2])
    return PairList(documents, others, found[2].copy()), int(unlisted)


def _groups(candidates: Candidates) -> tuple[Ints, Ints]:
    """The groups of the same code, as `kernels.compare_candidates` takes them: by near candidate, and from which on each is led.

    A document that shares no bucket leads its group, unless somebody before it does.
    """
    positions, code_of = candidates.near.positions, candidates.code_of
    coded = np.flatnonzero(code_of != np.arange(len(code_of)))
    firsts = np.unique(code_of[coded])
    members = np.concatenate([firsts, coded])
    alone = members[~np.isin(members, positions, assume_unique=True)]
    led = np.full(len(firsts), len(positions))
    np.minimum.at(led, np.searchsorted(firsts, code_of[alone]), np.searchsorted(positions, alone))
    group = np.searchsorted(firsts, code_of[positions])
    known = group < len(firsts)
    known[known] = firsts[group[known]] == code_of[positions][known]
    return np.where(known, group, -1), led


def _borders(labels: npt.NDArray[np.uint32] | Ints, count: int) -> Ints:
    """Borders of the groups when entries are sorted by label: int64[count + 1]."""
    borders = np.zeros(count + 1, np.int64)
    np.cumsum(np.bincount(labels, minlength=count), out=borders[1:])
    return borders


def elect(
    candidates: Candidates, pairs: Pairs, options: DedupOptions, *, earlier_names: Sequence[str] = ()
) -> Duplicates:
    """Who stands for whom at the thresholds of these options, from pairs that were verified before.

    An exact duplicate of a document that is itself dropped names the document that stays, with the similarity to it: the
    contents are equal, so the verified similarity is its own. `other_id` therefore always names a kept document, unless
    `keep` is "none": then whole clusters go, members name the representative and the representative its most similar member.

    Args:
        candidates: from `find_candidates`.
        pairs: from `compare`, with a floor that is not above the threshold.
        options: thresholds, structural and keep count.
        earlier_names: what to call the earlier runs in the decisions, one name for each of their sketches.
    """
    verdicts = _elect(candidates, pairs, options)
    return Duplicates(
        clusters=cluster_table(candidates, verdicts),
        decisions=decision_table(candidates, verdicts, options, earlier_names),
        pairs=pair_table(candidates, pairs.near, pairs.structural),
        repositories=REPOSITORIES.empty_table(),
        dropped=np.sort(candidates.order[going(candidates, verdicts, options)]) - candidates.earlier_rows,
        unlisted=pairs.unlisted,
    )


def _elect(candidates: Candidates, pairs: Pairs, options: DedupOptions) -> Verdicts:
    """The leader of every position."""
    positions = np.arange(len(candidates.order))
    coded = np.flatnonzero(candidates.code_of != positions)
    groups_of = candidates.code_of
    active = np.unique(
        np.concatenate(
            [
                coded,
                groups_of[coded],
                *[side for each in (pairs.near, pairs.structural) for side in (each.positions, each.others)],
            ]
        )
    )
    groups = np.where(
        np.isin(active, groups_of[coded]) | (groups_of[active] != active),
        np.searchsorted(active, groups_of[active]),
        -1,
    )
    drops = options.structural == "drop"
    leader, similarity, level = _kernels.elect_leaders(
        int(np.searchsorted(active, candidates.earlier_rows)),
        groups,
        _by_document(pairs.near, active),
        _by_document(pairs.structural, active),
        (options.threshold, options.structural_threshold),
        drops,
    )
    stands_for, alike = positions.copy(), np.ones(len(positions))
    found = np.zeros(len(positions), np.uint8)
    stands_for[active], alike[active], found[active] = active[leader], similarity, level
    is_flagged = np.zeros(len(positions), np.bool_) if drops else found == STRUCTURAL
    flagged = np.flatnonzero(is_flagged)
    flags = (flagged, stands_for[flagged], alike[flagged])
    stands_for[flagged], alike[flagged], found[flagged] = flagged, 1.0, NONE
    exact_of = candidates.exact_of
    own = np.where(exact_of != positions, EXACT, found)
    return Verdicts(
        representative=stands_for[exact_of],
        similarity=alike[exact_of],
        level=np.where(found[exact_of] != NONE, found[exact_of], own).astype(np.uint8),
        is_equal_to_dropped=(exact_of != positions) & (stands_for[exact_of] != exact_of),
        flagged=flags,
    )


def _by_document(pairs: PairList, active: Ints) -> tuple[Ints, Ints, Floats]:
    """Borders by active document, the others as indices into `active`, and the similarities."""
    documents = np.searchsorted(active, pairs.positions)
    return _borders(documents, len(active)), np.searchsorted(active, pairs.others), pairs.similarity

"""Verdicts as tables: who goes and why, who is in whose cluster, which pairs were alike."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from codecorpus.dedup.candidates import Candidates, read_sketch
from codecorpus.dedup.minhash import fixed_binary
from codecorpus.dedup.options import DedupOptions
from codecorpus.dedup.sets import Ints
from codecorpus.document import CLUSTERS, DECISIONS, LEVELS, PAIRS

if TYPE_CHECKING:
    from codecorpus.dedup.leaders import PairList

Floats = npt.NDArray[np.float64]

#: Levels, as the election numbers them.
NONE, CODE, NEAR, STRUCTURAL, EXACT = range(5)
#: What a level is called in the tables, and the code of its rule.
KINDS = ("", "code", "near", "structural", "exact")
CODES = tuple(LEVELS.get(kind, "") for kind in KINDS)


@dataclass(frozen=True, slots=True)
class Verdicts:
    """By position: who represents the document (itself if nobody else), how similar it is, and how that was found.

    Attributes:
        representative: int64.
        similarity: float64, to the representative, by the level's own measure.
        level: uint8; NONE for who represents itself.
        is_equal_to_dropped: bool, the level is that of a document with the same content, which goes too.
        flagged: positions of structural duplicates that stay, the documents they are like, and the structural similarities.
    """

    representative: Ints
    similarity: Floats
    level: npt.NDArray[np.uint8]
    is_equal_to_dropped: npt.NDArray[np.bool_]
    flagged: tuple[Ints, Ints, Floats]


def going(candidates: Candidates, verdicts: Verdicts, options: DedupOptions) -> Ints:
    """Positions of the documents to drop; none of an earlier run."""
    first = candidates.earlier_rows
    if options.keep == "none":
        found = _cluster_rows(verdicts.representative)
        return found[found >= first]
    own = np.arange(first, len(verdicts.representative))
    out: Ints = own[verdicts.representative[first:] != own]
    return out


def _cluster_rows(representative: Ints) -> Ints:
    """Positions of all documents in a cluster, cluster by cluster, the representative first."""
    positions = np.arange(len(representative))
    in_cluster = representative != positions
    in_cluster[representative[in_cluster]] = True
    found = np.flatnonzero(in_cluster)
    return found[np.argsort(representative[found], kind="stable")]


def cluster_table(candidates: Candidates, verdicts: Verdicts) -> pa.Table:
    """`CLUSTERS` rows without those of earlier runs: duplicates that go first, then structural duplicates that stay.

    A representative is of the loosest kind among its members.
    """
    own = verdicts.representative
    dropped = _clusters(candidates, own, verdicts.similarity, verdicts.level)
    flagged, others, alike = verdicts.flagged
    representative = np.arange(len(own))
    representative[flagged] = others
    similarity, level = np.ones(len(own)), np.zeros(len(own), np.uint8)
    similarity[flagged], level[flagged] = alike, STRUCTURAL
    return pa.concat_tables([dropped, _clusters(candidates, representative, similarity, level)])


def _clusters(
    candidates: Candidates, representative: Ints, similarity: Floats, level: npt.NDArray[np.uint8]
) -> pa.Table:
    rows = _cluster_rows(representative)
    looseness = np.array([0, 2, 3, 4, 1], np.uint8)[level]
    loosest = np.zeros(len(representative), np.uint8)
    np.maximum.at(loosest, representative[rows], looseness[rows])
    is_representative = representative[rows] == rows
    kind = np.where(
        is_representative, np.array([NONE, EXACT, CODE, NEAR, STRUCTURAL])[loosest[rows]], level[rows]
    )
    shown = rows >= candidates.earlier_rows
    return pa.table(
        {
            "doc_id": _ids(candidates, rows[shown]),
            "cluster_id": _ids(candidates, representative[rows[shown]]),
            "is_representative": pa.array(is_representative[shown]),
            "similarity": pa.array(similarity[rows[shown]]),
            "kind": _names_of(KINDS, kind[shown]),
        },
        schema=CLUSTERS,
    )


def decision_table(
    candidates: Candidates, verdicts: Verdicts, options: DedupOptions, earlier_names: Sequence[str]
) -> pa.Table:
    """`DECISIONS` rows: what goes, in the order of the rows, then what is flagged."""
    out = going(candidates, verdicts, options)
    out = out[np.argsort(candidates.order[out])]
    witness = _witnesses(verdicts)[out]
    is_representative = verdicts.representative[out] == out
    evidence = np.where(is_representative, witness, out)  # the position whose similarity counts
    level = verdicts.level[evidence]
    details = [
        _detail(*row)
        for row in zip(
            is_representative.tolist(),
            verdicts.is_equal_to_dropped[out].tolist(),
            level.tolist(),
            strict=True,
        )
    ]
    dropped = _decisions(
        candidates,
        (out, witness),
        (level, verdicts.similarity[evidence]),
        options,
        _with_runs(details, candidates, witness, earlier_names),
    )
    flagged, others, similarity = verdicts.flagged
    by_row = np.argsort(candidates.order[flagged])
    flagged, others, similarity = flagged[by_row], others[by_row], similarity[by_row]
    level = np.full(len(flagged), STRUCTURAL)
    flags = _decisions(
        candidates, (flagged, others), (level, similarity), options, [None] * len(flagged), verdict="flagged"
    )
    return pa.concat_tables([dropped, flags])


def _detail(is_representative: bool, is_equal_to_dropped: bool, level: int) -> str | None:
    if is_representative:
        return "dedup.keep = none: the representative goes with its cluster"
    if is_equal_to_dropped:
        return "its content equals that of another document, which was dropped for the same one"
    return "the same tokens once white space and comments are gone" if level == CODE else None


def _with_runs(
    details: list[str | None], candidates: Candidates, others: Ints, names: Sequence[str]
) -> list[str | None]:
    """The details, and where the other document is of an earlier run, which."""
    shards = np.searchsorted(candidates.shard_offsets, candidates.order[others], side="right") - 1
    told = [f"in {names[shard]}" if shard < len(names) else None for shard in shards.tolist()]
    return ["; ".join(filter(None, pair)) or None for pair in zip(told, details, strict=True)]


def _decisions(
    candidates: Candidates,
    pairs: tuple[Ints, Ints],
    found: tuple[npt.NDArray[np.integer], Floats],
    options: DedupOptions,
    details: list[str | None],
    *,
    verdict: str = "dropped",
) -> pa.Table:
    positions, others = pairs
    level, similarity = found
    names = _names(candidates, candidates.order[positions])
    limits = np.array([1.0, 1.0, options.threshold, options.structural_threshold, 1.0])
    return pa.table(
        {
            "doc_id": _ids(candidates, positions),
            "repo_name": names["repo_name"],
            "path": names["path"],
            "stage": pa.repeat(pa.scalar("dedup"), len(positions)),
            "code": _names_of(CODES, level),
            "verdict": pa.repeat(pa.scalar(verdict), len(positions)),
            "measured": pa.array(similarity),
            "limit": pa.array(limits[level]),
            "other_id": _ids(candidates, others),
            "detail": pa.array(details, pa.string()),
        },
        schema=DECISIONS,
    )


def pair_table(candidates: Candidates, near: PairList, structural: PairList) -> pa.Table:
    """`PAIRS` rows, in policy order; pairs inside earlier runs are not looked for."""
    parts = [PAIRS.empty_table()]
    for kind, pairs in (("near", near), ("structural", structural)):
        parts.append(
            pa.table(
                {
                    "doc_id": _ids(candidates, pairs.positions),
                    "other_id": _ids(candidates, pairs.others),
                    "similarity": pa.array(pairs.similarity),
                    "kind": pa.repeat(pa.scalar(kind), len(pairs.positions)),
                },
                schema=PAIRS,
            )
        )
    return pa.concat_tables(parts)


def _witnesses(verdicts: Verdicts) -> Ints:
    """By position, the document to name: the representative, and for a representative its most similar member."""
    positions = np.arange(len(verdicts.representative))
    named = verdicts.representative.copy()
    members = np.flatnonzero(named != positions)
    best_first = members[np.lexsort((members, -verdicts.similarity[members], named[members]))]
    clusters, first = np.unique(named[best_first], return_index=True)
    named[clusters] = best_first[first]
    return named


def _names_of(names: Sequence[str], numbers: npt.NDArray[np.integer]) -> pa.Array:
    return pa.array(names, pa.string()).take(pa.array(numbers.astype(np.int64)))


def _ids(candidates: Candidates, positions: Ints) -> pa.Array:
    return fixed_binary(candidates.doc_ids[candidates.order[positions]].tobytes())


def _names(candidates: Candidates, rows: Ints) -> pa.Table:
    """Repositories and paths of some rows, read from one sketch at a time."""
    wanted, place = np.unique(rows, return_inverse=True)
    empty = pa.schema([DECISIONS.field("repo_name"), DECISIONS.field("path")]).empty_table()
    pieces = [empty]
    for shard, source in enumerate(candidates.sources):
        first, end = candidates.shard_offsets[shard : shard + 2]
        low, high = np.searchsorted(wanted, [first, end])
        if low < high:
            piece = read_sketch(source, ["repo_name", "path"]).take(pa.array(wanted[low:high] - first))
            pieces.append(piece.cast(empty.schema))
    return pa.concat_tables(pieces).take(pa.array(place))

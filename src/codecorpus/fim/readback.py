"""What a packed row holds: its segments with their roles, and the source tokens back in their order.

What comes in: one row of a sequences table. What goes out: segments, or one array of source tokens for each part. Control tokens never
occur in source text, so a row says by itself what each token is, with one exception: variant 2 of SPM and Codestral's layout do
not mark where the prefix ends and the middle begins. `Origin` finds that again from the hash that had chosen it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from codecorpus.errors import DataError
from codecorpus.fim import draws
from codecorpus.fim.options import FimOptions
from codecorpus.fim.sentinels import SentinelIds
from codecorpus.fim.spans import can_be_cut, choose_cuts

Ids = npt.NDArray[Any]

#: Order of the sentinels in a part → layout, and the roles of what follows each.
_READINGS = {
    ("prefix", "suffix", "middle"): ("psm", ("prefix", "suffix", "middle")),
    ("suffix", "prefix", "middle"): ("spm-v1", ("suffix", "prefix", "middle")),
    ("suffix", "prefix"): ("codestral", ("suffix", "prefix+middle")),
}

#: Roles of source text in the order in which they stand in the source.
_SOURCE_ORDER = ("text", "prefix", "prefix+middle", "middle", "suffix")

_PART_NUMBERS = 64


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of a row with one role.

    Attributes:
        part: number of the part in the row, from 0.
        layout: the part's layout, a name of `codecorpus.fim.layout.LAYOUTS`.
        role: `text`, `prefix`, `middle`, `suffix`, `prefix+middle` (their border is unmarked), or `control`.
        start: first token in the row.
        stop: token after the last one.
    """

    part: int
    layout: str
    role: str
    start: int
    stop: int


@dataclass(frozen=True, slots=True)
class Origin:
    """What the cuts of a run were drawn from."""

    options: FimOptions
    seed: int
    epoch: int = 0

    def prefix_length(self, doc_id: bytes, tokens: int, suffix_length: int) -> int | None:
        """Tokens of the prefix in a part of `doc_id`, None where the draws do not say.

        The number of the part is not stored. Most parts are a whole document, number 0; otherwise the first 64 numbers are tried, and one
        of them alone has to give a suffix of this length.
        """
        numbers = np.arange(_PART_NUMBERS)
        sizes = np.full(_PART_NUMBERS, tokens)
        if not can_be_cut(sizes, self.options)[0]:
            return None
        keys = np.full(_PART_NUMBERS, int.from_bytes(doc_id[:8], "little"), dtype=np.uint64)
        hashes = draws.part_draws(keys, numbers, seed=self.seed, epoch=self.epoch)
        cuts = choose_cuts(sizes, hashes, self.options)
        is_suffix_first = draws.uniform(hashes, draws.IS_SUFFIX_FIRST) < self.options.spm_rate
        fits = (tokens - cuts[:, 1] == suffix_length) & (is_suffix_first | (cuts[:, 0] == 0))
        fits &= draws.uniform(hashes, draws.IS_TRANSFORMED) < self.options.rate
        found = np.flatnonzero(fits)
        return int(cuts[found[0], 0]) if len(found) and (found[0] == 0 or len(found) == 1) else None


def segments(
    input_ids: Ids,
    seq_lengths: Ids,
    sentinels: SentinelIds,
    *,
    doc_ids: list[bytes] | None = None,
    origin: Origin | None = None,
) -> tuple[Segment, ...]:
    """The segments of one row, from left to right, covering every token once; empty pieces are left out.

    Args:
        input_ids: the row's tokens.
        seq_lengths: tokens of each part.
        sentinels: the control tokens' ids.
        doc_ids: the document of each part; needed with `origin`.
        origin: what the cuts were drawn from; with it, `prefix+middle` is split where it was cut.

    Raises:
        DataError: the row is not one that this family's packing writes.
    """
    found: list[Segment] = []
    start = 0
    for part, length in enumerate(seq_lengths.tolist()):
        layout, pieces = _read_part(input_ids[start : start + length], sentinels)
        if origin is not None and doc_ids is not None:
            pieces = _split_unmarked(pieces, doc_ids[part], origin)
        for role, first, last in pieces:
            found.append(Segment(part, layout, role, start + first, start + last))
        start += length
    if start != len(input_ids):
        raise DataError(
            f"seq_lengths sum to {start} and the row has {len(input_ids)} tokens", "The file is damaged."
        )
    return tuple(segment for segment in found if segment.stop > segment.start)


def inverse(input_ids: Ids, seq_lengths: Ids, sentinels: SentinelIds) -> list[Ids]:
    """The source tokens of each part, in source order, without anything that packing put in.

    >>> ids = SentinelIds(prefix=90, middle=91, suffix=92, end=93, middle_end=93)
    >>> [part.tolist() for part in inverse(np.array([90, 92, 3, 91, 1, 2, 93, 7]), np.array([7, 1]), ids)]
    [[1, 2, 3], [7]]
    """
    parts: list[list[Segment]] = [[] for _ in seq_lengths]
    for segment in segments(input_ids, seq_lengths, sentinels):
        if segment.role != "control":
            parts[segment.part].append(segment)
    return [
        np.concatenate(
            [
                input_ids[:0],
                *(
                    input_ids[one.start : one.stop]
                    for one in sorted(part, key=lambda one: _SOURCE_ORDER.index(one.role))
                ),
            ]
        )
        for part in parts
    ]


_Piece = tuple[str, int, int]


def _read_part(ids: Ids, sentinels: SentinelIds) -> tuple[str, list[_Piece]]:
    """Layout and pieces (role, start, stop) of one part, control tokens included."""
    names = {sentinels.prefix: "prefix", sentinels.middle: "middle", sentinels.suffix: "suffix"}
    start = int(len(ids) > 0 and int(ids[0]) == sentinels.begin)
    stop = len(ids) - int(len(ids) > start and int(ids[-1]) in (sentinels.end, sentinels.middle_end))
    marks = [int(at) for at in np.flatnonzero(np.isin(ids, list(names)))]
    if not marks:
        return "none", [("control", 0, start), ("text", start, stop), ("control", stop, len(ids))]
    order = tuple(names[int(ids[at])] for at in marks)
    if order not in _READINGS or marks[0] != start:
        raise DataError(
            f"a part has its sentinels in the order {' '.join(order)}",
            "Another family wrote it, or it is damaged.",
        )
    layout, roles = _READINGS[order]
    if layout == "psm" and marks[1] == marks[0] + 1:
        layout, roles = "spm-v2", ("prefix", "suffix", "prefix+middle")
    pieces: list[_Piece] = [("control", 0, start)]
    for role, at, after in zip(roles, marks, [*marks[1:], stop], strict=True):
        pieces += [("control", at, at + 1), (role, at + 1, after)]
    return layout, [*pieces, ("control", stop, len(ids))]


def _split_unmarked(pieces: list[_Piece], doc_id: bytes, origin: Origin) -> list[_Piece]:
    return (
        list(_with_border(pieces, doc_id, origin))
        if any(role == "prefix+middle" for role, _, _ in pieces)
        else pieces
    )


def _with_border(pieces: list[_Piece], doc_id: bytes, origin: Origin) -> Iterator[_Piece]:
    sizes = {role: stop - start for role, start, stop in pieces if role != "control"}
    prefix = origin.prefix_length(doc_id, sum(sizes.values()), sizes["suffix"])
    for role, start, stop in pieces:
        if role == "prefix+middle" and prefix is not None:
            yield "prefix", start, start + prefix
            yield "middle", start + prefix, stop
        else:
            yield role, start, stop

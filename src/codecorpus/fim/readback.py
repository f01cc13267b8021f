"""What a packed row holds: its segments with their roles, and the source tokens back in their order.

What comes in: one row of a sequences table. What goes out: segments, or one array of source tokens for each part. The `parts` column says
how long each piece is; that the control tokens stand where they should is checked on the way.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from codecorpus.errors import DataError
from codecorpus.fim.layout import LAYOUTS, STEPS
from codecorpus.fim.sentinels import Family, SentinelIds
from codecorpus.fim.spans import SPANS
from codecorpus.fragments import show_fields

Ids = npt.NDArray[Any]

#: Roles of source text in the order in which they stand in the source.
_SOURCE_ORDER = ("text", "prefix", "middle", "suffix")

_PIECES = ("prefix", "middle", "suffix")


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of a row with one role.

    Attributes:
        sample: number of the sample in the row, from 0.
        part: number of the part in the row, from 0.
        layout: the part's layout, a name of `codecorpus.fim.layout.LAYOUTS`.
        span: how its middle was chosen, a name of `codecorpus.fim.spans.SPANS`; empty where it is not transformed.
        role: `text`, `prefix`, `middle`, `suffix`, `name` (of the repository), `path`, or `control`.
        start: first token in the row.
        stop: token after the last one.
    """

    sample: int
    part: int
    layout: str
    span: str
    role: str
    start: int
    stop: int

    _repr_html_ = show_fields


def segments(
    input_ids: Ids,
    seq_lengths: Ids,
    parts: Sequence[Mapping[str, int]],
    *,
    family: Family,
    sentinels: SentinelIds,
) -> tuple[Segment, ...]:
    """The segments of one row, from left to right, covering every token once; empty pieces are left out.

    Args:
        input_ids: the row's tokens.
        seq_lengths: tokens of each sample.
        parts: the row's `parts`.
        family: the family whose layouts the row has.
        sentinels: the control tokens' ids.

    Raises:
        DataError: the row is not one that this family's packing writes.
    """
    samples = np.cumsum(seq_lengths)
    if sum(part["length"] for part in parts) != len(input_ids) or samples[-1:].sum() != len(input_ids):
        raise DataError(
            f"the parts have {sum(part['length'] for part in parts)} tokens and the row has {len(input_ids)}",
            "The file is damaged.",
        )
    found: list[Segment] = []
    start = 0
    control = set(sentinels.control)
    for number, part in enumerate(parts):
        layout = LAYOUTS[part["layout"]]
        span = SPANS[part["span"]] if part["layout"] else ""
        ids = input_ids[start : start + part["length"]]
        sample = int(np.searchsorted(samples, start, side="right"))
        for role, first, last in _read(ids, part, family, sentinels):
            if any((int(one) in control) != (role == "control") for one in ids[first:last]):
                raise DataError(
                    f"part {number} has other tokens than its layout {layout!r} says",
                    "Another family wrote it, or it is damaged.",
                )
            found.append(Segment(sample, number, layout, span, role, start + first, start + last))
        start += part["length"]
    return tuple(segment for segment in found if segment.stop > segment.start)


def inverse(
    input_ids: Ids,
    seq_lengths: Ids,
    parts: Sequence[Mapping[str, int]],
    *,
    family: Family,
    sentinels: SentinelIds,
) -> list[Ids]:
    """The source tokens of each part, in source order, without anything that packing put in."""
    found: list[list[Segment]] = [[] for _ in parts]
    for segment in segments(input_ids, seq_lengths, parts, family=family, sentinels=sentinels):
        if segment.role in _SOURCE_ORDER:
            found[segment.part].append(segment)
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
        for part in found
    ]


_Piece = tuple[str, int, int]


def _read(ids: Ids, part: Mapping[str, int], family: Family, sentinels: SentinelIds) -> Iterator[_Piece]:
    """The pieces of one part (role, start, stop), control tokens included."""
    at = 0

    def control(wanted: int | None) -> Iterator[_Piece]:
        nonlocal at
        if wanted is not None and at < len(ids) and int(ids[at]) == wanted:
            yield "control", at, at + 1
            at += 1

    def piece(role: str, size: int) -> _Piece:
        nonlocal at
        at += size
        return role, at - size, at

    yield from control(sentinels.begin)
    yield from control(sentinels.repo)
    yield piece("name", part["name"])
    if part["path"]:
        yield from control(sentinels.file)
    is_inside = family.path_in_prefix and part["layout"] > 0
    if not is_inside:
        yield piece("path", part["path"])
    if part["layout"] == 0:
        yield piece("text", part["suffix"])
    else:
        ids_of = (sentinels.prefix, sentinels.middle, sentinels.suffix)
        for step in STEPS[part["layout"]].tolist():
            if step >= 3:
                if step == 3 and is_inside:
                    yield piece("path", part["path"])
                yield piece(_PIECES[step - 3], part[_PIECES[step - 3]])
            elif step >= 0:
                yield from control(ids_of[step])
    if at < len(ids):
        yield "control", at, len(ids)

"""From planned rows and stored ids to the sequences table.

What comes in: the parts of one output file in their final order, and their ids. What goes out: an Arrow table with
`codecorpus.document.sequences_schema`. Memory is bounded by the file: its tokens twice, and its parts.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from codecorpus.document import PART_FIELDS, sequences_schema
from codecorpus.errors import UsageError
from codecorpus.fim import _kernels
from codecorpus.fim.layout import NONE, STEPS
from codecorpus.fim.parts import Parts
from codecorpus.fim.sentinels import Family, SentinelIds
from codecorpus.fragments import show_fields

Ids = npt.NDArray[Any]
Ints = npt.NDArray[np.int64]

_NO_TOKEN = -1
_MOST_TOKENS = 2**31 - 1


@dataclass(frozen=True, slots=True)
class Placed:
    """Parts in the order in which they are written, one value per part.

    Attributes:
        parts: the parts.
        begins: bool, whether a sample begins with this part.
        ends: bool, whether a sample ends with it.
        row: int64, the row, counted from 0.
        ranges: int64[n, 2], of the tokens of the part the first and the one after the last that are written here; None: all. Only a row of
            `concat` has less.
    """

    parts: Parts
    begins: npt.NDArray[np.bool_]
    ends: npt.NDArray[np.bool_]
    row: Ints
    ranges: Ints | None = None

    _repr_html_ = show_fields


@dataclass(frozen=True, slots=True)
class Writing:
    """What decides how parts are written: the family, its ids, whether samples are of repositories, and whether rows get a loss mask."""

    row: Family
    sentinels: SentinelIds
    repository: bool = False
    loss_mask: bool = False

    _repr_html_ = show_fields


def gather(sources: Iterable[Ids], source: npt.NDArray[Any], parts: Parts) -> tuple[Ids, Ints]:
    """Copy the parts' stored ids out of the shards' flat ids into one buffer, in the order of the parts.

    Args:
        sources: each shard's flat ids, all of one type; one at a time is looked at and let go, so that of memory maps, which are read a
            slice at a time and in the order of the file, no more than one is ever in memory.
        source: integer[n], the shard of each part.
        parts: the parts.

    Returns:
        The ids, and int64[n + 1], the borders of the parts in them.
    """
    offsets = np.concatenate([[0], np.cumsum(parts.stored, dtype=np.int64)])
    by_place = np.lexsort((parts.start, source))
    placed = source[by_place]
    ids = np.empty(0, dtype=np.uint16)
    for number, one in enumerate(sources):
        if number == 0:
            ids = np.empty(int(offsets[-1]), dtype=one.dtype)
        low, high = np.searchsorted(placed, [number, number + 1])
        here = by_place[low:high]
        if len(here):
            _kernels.copy_to(np.asarray(one), parts.start[here], offsets[here], offsets[here + 1], ids)
    return ids, offsets


def emit_rows(
    ids: Ids, offsets: Ints, placed: Placed, doc_ids: pa.Array | pa.ChunkedArray, writing: Writing
) -> pa.Table:
    """Write the rows of one output file: pieces and sentinels in each part's layout, parts one after the other.

    Args:
        ids: uint16 or uint32, stored ids of the parts, in order; the type of the output.
        offsets: int64[n + 1], borders of the parts in `ids`; both as `gather` returns them.
        placed: the n parts in their final order.
        doc_ids: fixed binary 16, one per part.
        writing: how they are written.

    Returns:
        One row per sequence: `input_ids`, `seq_lengths` (one per sample, summing to the row's length), `doc_ids` and `parts` (one per
        part), and `loss_mask` where it was asked for.

    Raises:
        UsageError: over 2**31 - 1 tokens in one table; write more, smaller files.
    """
    parts = placed.parts
    edges = _edges(placed, writing)
    shape = _shape(parts, writing)
    lengths = _kernels.part_lengths(shape, edges, STEPS)
    ends = np.concatenate([[0], np.cumsum(lengths, dtype=np.int64)])
    if ends[-1] > _MOST_TOKENS:
        raise UsageError(
            f"{ends[-1]} tokens in one table of sequences",
            "A table holds up to 2**31 - 1; emit fewer rows at once.",
        )
    out = np.empty(int(ends[-1]), dtype=ids.dtype)
    order = np.array(
        [writing.sentinels.prefix, writing.sentinels.middle, writing.sentinels.suffix], dtype=np.int64
    )
    _kernels.write_parts(ids, offsets, shape, edges, STEPS, order, out)
    mask = None
    if writing.loss_mask:
        mask = np.ones(len(out), np.uint8)
        _kernels.mark_middles(shape, edges, ends, mask)
    fields = _fields(parts, edges, lengths)
    if placed.ranges is not None:
        ranges = np.minimum(placed.ranges, lengths[:, None])
        out, mask, fields, lengths = _only(ranges, ends, edges, fields, (out, mask))
    return _table(out, mask, fields, lengths, placed, doc_ids)


def control_marks(sentinels: SentinelIds, vocabulary: int) -> npt.NDArray[np.bool_]:
    """bool[vocabulary]: true where an id is one of the control tokens that packing inserts."""
    marks = np.zeros(max(vocabulary, max(sentinels.control) + 1), dtype=np.bool_)
    marks[list(sentinels.control)] = True
    return marks


def check_source_ids(ids: Ids, sentinels: SentinelIds, vocabulary: int) -> None:
    """Make sure that no source token is a control token: sentinels inside source text are text.

    Raises:
        UsageError: the tokenizer turned text into control tokens, or gave ids beyond its vocabulary.
    """
    found = _kernels.count_marked(ids, control_marks(sentinels, vocabulary))
    if found:
        raise UsageError(
            f"{found} source tokens are control tokens of the family, or lie beyond the vocabulary of {vocabulary}",
            "The tokenizer reads sentinels inside source text as control tokens; encode with special tokens switched off.",
        )


def _shape(parts: Parts, writing: Writing) -> Ints:
    """int64[n, 7]: layout, ids of name, path, prefix, middle and suffix, and 1 where the path stands within the prefix."""
    is_inside = np.full(len(parts), writing.row.path_in_prefix)
    suffix = parts.tokens - parts.prefix - parts.middle
    columns = (parts.layout, parts.name, parts.path, parts.prefix, parts.middle, suffix, is_inside)
    return np.stack(columns, axis=1).astype(np.int64)


def _edges(placed: Placed, writing: Writing) -> Ints:
    """int64[n, 4]: begin token, token before the repository's name, token before the path, token after the part; -1 for none."""
    parts, ids = placed.parts, writing.sentinels
    is_cut = parts.layout != NONE
    opens = placed.begins & (is_cut | (parts.part == 0) | writing.repository)
    begin = np.where(opens, _NO_TOKEN if ids.begin is None else ids.begin, _NO_TOKEN)
    named = placed.begins & (parts.name > 0)
    repo = np.where(named, _NO_TOKEN if ids.repo is None else ids.repo, _NO_TOKEN)
    file = np.where(parts.path > 0, _NO_TOKEN if ids.file is None else ids.file, _NO_TOKEN)
    closed = np.where(is_cut, ids.middle_end, np.where(parts.is_last, ids.end, _NO_TOKEN))
    joined = np.where(is_cut & (ids.file is None), ids.middle_end, _NO_TOKEN)
    after = np.where(placed.ends, closed, joined)
    return np.stack([begin, repo, file, after], axis=1).astype(np.int64)


def _fields(parts: Parts, edges: Ints, lengths: Ints) -> dict[str, npt.NDArray[Any]]:
    """What the `parts` column says of each part."""
    return {
        "copy": parts.copy,
        "part": parts.part,
        "layout": parts.layout,
        "span": parts.span,
        "length": lengths.astype(np.int32),
        "name": np.where(edges[:, 1] >= 0, parts.name, 0).astype(np.int32),
        "path": parts.path,
        "prefix": parts.prefix,
        "middle": parts.middle,
        "suffix": (parts.tokens - parts.prefix - parts.middle).astype(np.int32),
    }


def _only(
    ranges: Ints,
    ends: Ints,
    edges: Ints,
    fields: dict[str, npt.NDArray[Any]],
    written: tuple[Ids, npt.NDArray[np.uint8] | None],
) -> tuple[Ids, npt.NDArray[np.uint8] | None, dict[str, npt.NDArray[Any]], Ints]:
    """What lies in `ranges`; a part of which something is missing is text, and its text is what the column calls the suffix."""
    lengths = ranges[:, 1] - ranges[:, 0]
    starts, borders = ends[:-1] + ranges[:, 0], np.concatenate([[0], np.cumsum(lengths)])
    out, mask = (None if values is None else np.empty(int(borders[-1]), values.dtype) for values in written)
    for values, target in zip(written, (out, mask), strict=True):
        if target is not None:
            _kernels.copy_to(values, starts, borders[:-1], borders[1:], target)
    assert out is not None
    is_part = lengths < fields["length"]
    found = dict(fields)
    at = (edges[:, :3] >= 0).cumsum(axis=1)
    for name, before in (("name", at[:, 1]), ("path", at[:, 2] + fields["name"])):
        first = before.astype(np.int64)
        found[name] = np.where(is_part, _common(ranges, first, first + fields[name]), fields[name])
    first = at[:, 2] + fields["name"] + fields["path"]
    text = _common(ranges, first, first + fields["suffix"])
    found["suffix"] = np.where(is_part, text, fields["suffix"])
    found["length"] = lengths
    return out, mask, found, lengths


def _common(ranges: Ints, first: Ints, last: Ints) -> Ints:
    return np.asarray(np.maximum(0, np.minimum(ranges[:, 1], last) - np.maximum(ranges[:, 0], first)))


def _table(
    out: Ids,
    mask: npt.NDArray[np.uint8] | None,
    fields: dict[str, npt.NDArray[Any]],
    lengths: Ints,
    placed: Placed,
    doc_ids: pa.Array | pa.ChunkedArray,
) -> pa.Table:
    id_type = pa.from_numpy_dtype(out.dtype)
    names = doc_ids.combine_chunks() if isinstance(doc_ids, pa.ChunkedArray) else doc_ids
    rows = int(placed.row[-1]) + 1 if len(placed.row) else 0
    ends = np.concatenate([[0], np.cumsum(lengths, dtype=np.int64)])
    part_at = np.searchsorted(placed.row, np.arange(rows + 1))
    begins = placed.begins.copy()
    begins[part_at[:-1]] = True
    sample_first = np.flatnonzero(begins)
    sample_lengths = np.diff(np.concatenate([ends[sample_first], ends[-1:]]))
    sample_at = np.searchsorted(sample_first, part_at)
    types = {field.name: field.type for field in PART_FIELDS}
    struct = pa.StructArray.from_arrays(
        [pa.array(fields[name], types[name]) for name in types], fields=list(PART_FIELDS)
    )
    tokens_at, parts_at = pa.array(ends[part_at].astype(np.int32)), pa.array(part_at.astype(np.int32))
    columns = [
        pa.ListArray.from_arrays(tokens_at, pa.array(out, type=id_type)),
        pa.ListArray.from_arrays(pa.array(sample_at.astype(np.int32)), pa.array(sample_lengths, pa.int32())),
        pa.ListArray.from_arrays(parts_at, names.cast(pa.binary())),
        pa.ListArray.from_arrays(parts_at, struct),
    ]
    if mask is not None:
        columns.append(pa.ListArray.from_arrays(tokens_at, pa.array(mask, pa.uint8())))
    return pa.table(columns, schema=sequences_schema(id_type, loss_mask=mask is not None))

"""From planned rows and source tokens to the sequences table.

What comes in: the parts of one output file in their final order, and their tokens. What goes out: an Arrow table with
`codecorpus.document.sequences_schema`. Memory is bounded by the file: its tokens twice, and its parts.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from codecorpus.document import sequences_schema
from codecorpus.errors import UsageError
from codecorpus.fim import _kernels, draws
from codecorpus.fim.layout import STEPS
from codecorpus.fim.options import FimOptions
from codecorpus.fim.parts import Parts, doc_keys, has_begin
from codecorpus.fim.sentinels import SentinelIds, family
from codecorpus.fim.spans import choose_cuts

Ids = npt.NDArray[Any]

_NO_TOKEN = -1
_MOST_TOKENS = 2**31 - 1


def gather(
    sources: Sequence[Ids], source: npt.NDArray[Any], parts: Parts
) -> tuple[Ids, npt.NDArray[np.int64]]:
    """Copy the parts' tokens out of the shards' flat ids into one buffer, in the order of the parts.

    Args:
        sources: each shard's flat ids, all of one type; memory maps are read a slice at a time, in the order of the file.
        source: integer[n], the shard of each part.
        parts: the parts.

    Returns:
        The ids, and int64[n + 1], the borders of the parts in them.
    """
    offsets = np.concatenate([[0], np.cumsum(parts.tokens, dtype=np.int64)])
    ids = np.empty(int(offsets[-1]), dtype=sources[0].dtype if len(sources) else np.uint16)
    for index in np.lexsort((parts.start, source)).tolist():
        start = parts.start[index]
        ids[offsets[index] : offsets[index + 1]] = sources[source[index]][start : start + parts.tokens[index]]
    return ids, offsets


def emit_rows(
    ids: Ids,
    offsets: npt.NDArray[np.int64],
    parts: Parts,
    doc_ids: pa.Array | pa.ChunkedArray,
    row_offsets: npt.NDArray[np.int64],
    *,
    sentinels: SentinelIds,
    options: FimOptions,
    seed: int,
    epoch: int = 0,
) -> pa.Table:
    """Write the rows of one output file: pieces and sentinels in each part's layout, parts one after the other.

    The cuts are drawn again from the hash that decided on the layout, so nothing but the plan has to be stored between the two.

    Args:
        ids: uint16 or uint32, source tokens of the parts, in order; the type of the output.
        offsets: int64[n + 1], borders of the parts in `ids`; both as `gather` returns them.
        parts: the n parts in their final order.
        doc_ids: fixed binary 16, one per part.
        row_offsets: int64[rows + 1], borders of the rows in the parts, from 0 to n.
        sentinels: the control tokens' ids.
        options: the options given to `split_parts`.
        seed: the seed given to `split_parts`.
        epoch: the epoch given to `split_parts`.

    Returns:
        One row per sequence: `input_ids`, `seq_lengths` (one per part, summing to the row's length), `doc_ids` (one per part).

    Raises:
        UsageError: over 2**31 - 1 tokens in one table; write more, smaller files.
    """
    ends = np.concatenate([[0], np.cumsum(parts.length, dtype=np.int64)])
    if ends[-1] > _MOST_TOKENS:
        raise UsageError(
            f"{ends[-1]} tokens in one table of sequences",
            "A table holds up to 2**31 - 1; emit fewer rows at once.",
        )
    out = np.empty(int(ends[-1]), dtype=ids.dtype)
    edges = _edges(parts, sentinels, options)
    order = np.array([sentinels.prefix, sentinels.middle, sentinels.suffix], dtype=np.int64)
    cuts = _cuts(parts, doc_keys(doc_ids), options, seed, epoch)
    written = _kernels.write_parts(ids, offsets, cuts, parts.layout, edges, STEPS, order, out)
    if written != len(out):
        raise AssertionError(
            f"{written} tokens written for {len(out)} planned: the options differ from those of split_parts"
        )
    return _table(out, ends, row_offsets, parts.length, doc_ids)


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


def _edges(parts: Parts, sentinels: SentinelIds, options: FimOptions) -> npt.NDArray[np.int64]:
    before = has_begin(family(options.family), parts.layout, parts.part)
    begin = _NO_TOKEN if sentinels.begin is None else sentinels.begin
    after = np.where(
        parts.layout > 0, sentinels.middle_end, np.where(parts.is_last, sentinels.end, _NO_TOKEN)
    )
    return np.stack([np.where(before, begin, _NO_TOKEN), after], axis=1).astype(np.int64)


def _cuts(
    parts: Parts, keys: draws.Draws, options: FimOptions, seed: int, epoch: int
) -> npt.NDArray[np.int64]:
    cuts = np.zeros((len(parts), 2), dtype=np.int64)
    is_cut = parts.layout > 0
    hashes = draws.part_draws(keys[is_cut], parts.part[is_cut], seed=seed, epoch=epoch)
    cuts[is_cut] = choose_cuts(parts.tokens[is_cut], hashes, options)
    return cuts


def _table(
    out: Ids,
    ends: npt.NDArray[np.int64],
    row_offsets: npt.NDArray[np.int64],
    lengths: npt.NDArray[np.int32],
    doc_ids: pa.Array | pa.ChunkedArray,
) -> pa.Table:
    id_type = pa.from_numpy_dtype(out.dtype)
    names = doc_ids.combine_chunks() if isinstance(doc_ids, pa.ChunkedArray) else doc_ids
    tokens_at = pa.array(ends[row_offsets].astype(np.int32))
    parts_at = pa.array(row_offsets.astype(np.int32))
    columns = [
        pa.ListArray.from_arrays(tokens_at, pa.array(out, type=id_type)),
        pa.ListArray.from_arrays(parts_at, pa.array(lengths, type=pa.int32())),
        pa.ListArray.from_arrays(parts_at, names.cast(pa.binary())),
    ]
    return pa.table(columns, schema=sequences_schema(id_type))

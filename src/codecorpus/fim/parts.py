"""From encoded documents to parts: the pieces that are packed, each with its own fill-in-the-middle decision.

What comes in: token ids of a shard's documents. What goes out: `Parts`, one row per part.

* A document that fits a sequence is never cut. A longer one is cut after a line end in the last quarter of a part where there is one.
* Every part, transformed and with everything around it, fits the sequence length: no triple is ever truncated.
* Every source token is in exactly one part. A document without tokens has no part.
* A part's decision is a hash of (seed, epoch, document, part): the same for any order of documents and any number of workers.

The end token stands after the last part of a document, and after every transformed part, because a middle without an end teaches a
model never to stop. An untransformed part that the document continues has none.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from codecorpus.errors import UsageError
from codecorpus.fim import _kernels, draws, layout
from codecorpus.fim.options import FimOptions, minimum_sequence_length, overheads, spm_code
from codecorpus.fim.sentinels import Family, family
from codecorpus.fim.spans import can_be_cut

_SCHEMA = pa.schema(
    [
        pa.field("document", pa.int64(), nullable=False),
        pa.field("part", pa.int32(), nullable=False),
        pa.field("start", pa.int64(), nullable=False),
        pa.field("tokens", pa.int32(), nullable=False),
        pa.field("layout", pa.int8(), nullable=False),
        pa.field("is_last", pa.bool_(), nullable=False),
        pa.field("length", pa.int32(), nullable=False),
    ]
)


@dataclass(frozen=True, slots=True)
class Parts:
    """Parts as columns, one value per part.

    Attributes:
        document: int64, index of the document in its shard.
        part: int32, number of the part within its document, from 0.
        start: int64, first token in the shard's flat ids.
        tokens: int32, source tokens.
        layout: int8, index into `codecorpus.fim.layout.LAYOUTS`.
        is_last: bool, whether the document ends with this part.
        length: int32, tokens in a packed row: `tokens` and everything that is put around and between them.
    """

    document: npt.NDArray[np.int64]
    part: npt.NDArray[np.int32]
    start: npt.NDArray[np.int64]
    tokens: npt.NDArray[np.int32]
    layout: npt.NDArray[np.int8]
    is_last: npt.NDArray[np.bool_]
    length: npt.NDArray[np.int32]

    def __len__(self) -> int:
        return len(self.document)

    def take(self, indexes: npt.NDArray[Any]) -> Parts:
        """The parts at these indexes, in this order."""
        return Parts(*(getattr(self, field.name)[indexes] for field in fields(self)))

    def to_arrow(self) -> pa.Table:
        """The columns as a table, ready for a file."""
        return pa.table({name: getattr(self, name) for name in _SCHEMA.names}, schema=_SCHEMA)

    @staticmethod
    def from_arrow(table: pa.Table) -> Parts:
        """Back from `to_arrow`; other columns are ignored."""
        cast = table.select(_SCHEMA.names).cast(_SCHEMA)
        return Parts(*(cast[name].to_numpy() for name in _SCHEMA.names))

    @staticmethod
    def concat(tables: Iterable[Parts]) -> Parts:
        """Parts of several shards, one after the other; `document` and `start` still count within their own shard."""
        given = list(tables) or [Parts.from_arrow(_SCHEMA.empty_table())]
        return Parts(
            *(np.concatenate([getattr(one, field.name) for one in given]) for field in fields(Parts))
        )


def doc_keys(doc_ids: pa.Array | pa.ChunkedArray) -> draws.Draws:
    """uint64[n]: the first 8 bytes of each doc_id, little-endian; what decisions are drawn from.

    >>> doc_keys(pa.array([bytes([1]) + bytes(15)], pa.binary(16)))
    array([1], dtype=uint64)
    """
    array = doc_ids.combine_chunks() if isinstance(doc_ids, pa.ChunkedArray) else doc_ids
    if len(array) == 0:
        return np.empty(0, dtype=np.uint64)
    width = array.type.byte_width
    raw = np.frombuffer(array.buffers()[1], dtype=np.uint8)[
        array.offset * width : (array.offset + len(array)) * width
    ]
    return raw.reshape(-1, width)[:, :8].copy().view("<u8").reshape(-1).astype(np.uint64)


def split_parts(
    offsets: npt.NDArray[np.int64],
    ids: npt.NDArray[Any],
    doc_keys: draws.Draws,
    line_ends: npt.NDArray[np.bool_],
    *,
    sequence_length: int,
    options: FimOptions,
    seed: int,
    epoch: int = 0,
) -> Parts:
    """Cut documents into parts that fit a sequence, and decide on each part's layout.

    Args:
        offsets: int64[n + 1], borders of the documents in `ids`.
        ids: uint16 or uint32, the documents' tokens, one after the other.
        doc_keys: uint64[n], from `doc_keys`.
        line_ends: bool[vocabulary], true where a token ends a line.
        sequence_length: tokens in a packed row, at most.
        options: the `[fim]` options.
        seed: the run's seed.
        epoch: another epoch gives other layouts and cuts, not other parts.

    Raises:
        UsageError: the sequence length is below what a part needs around it; the message says the minimum.
    """
    plain, transformed = overheads(options)
    minimum = minimum_sequence_length(options)
    if sequence_length < minimum:
        raise UsageError(
            f"sequence_length = {sequence_length} is too short for the parts of family {options.family!r}",
            f"It needs {minimum} tokens at least: {max(plain, transformed)} around a part, the rest for the part (fim.min_middle).",
        )
    whole, budget = sequence_length - plain, sequence_length - max(plain, transformed)
    rows = np.empty((_most_parts(offsets, whole, budget), 5), dtype=np.int64)
    rows = rows[: _kernels.split_documents(offsets, ids, line_ends, whole, budget, rows)]
    document, part, start, tokens, is_last = (rows[:, column].copy() for column in range(5))
    hashes = draws.part_draws(doc_keys[document], part, seed=seed, epoch=epoch)
    codes = _choose_layouts(hashes, tokens, sequence_length, options)
    row = family(options.family)
    around = np.array([len_around(row, code) for code in range(len(layout.LAYOUTS))])[codes]
    opens, closes = has_begin(row, codes, part), (codes > 0) | (is_last > 0)
    return Parts(
        document=document,
        part=part.astype(np.int32),
        start=start,
        tokens=tokens.astype(np.int32),
        layout=codes,
        is_last=is_last.astype(np.bool_),
        length=(tokens + around + opens + closes).astype(np.int32),
    )


def len_around(row: Family, code: int) -> int:
    """Sentinels that this layout puts into a part."""
    return layout.overhead(row, code) - layout.overhead(row, layout.NONE)


def has_begin(row: Family, codes: npt.NDArray[np.int8], part: npt.NDArray[Any]) -> npt.NDArray[np.bool_]:
    """bool[n]: whether a begin token stands before the part: where a document starts, and before every transformed part."""
    return np.asarray(((codes > 0) | (part == 0)) & (row.begin is not None), dtype=np.bool_)


def _choose_layouts(
    hashes: draws.Draws, tokens: npt.NDArray[np.int64], sequence_length: int, options: FimOptions
) -> npt.NDArray[np.int8]:
    is_transformed = (draws.uniform(hashes, draws.IS_TRANSFORMED) < options.rate) & can_be_cut(
        tokens, options
    )
    is_suffix_first = draws.uniform(hashes, draws.IS_SUFFIX_FIRST) < options.spm_rate
    codes = np.where(is_suffix_first, spm_code(options), layout.PSM)
    needed = np.array([layout.overhead(family(options.family), code) for code in range(len(layout.LAYOUTS))])[
        codes
    ]
    # A document that only just fits stays whole and untransformed: cutting it to make room for sentinels would be the worse harm.
    return np.where(is_transformed & (tokens + needed <= sequence_length), codes, layout.NONE).astype(np.int8)


def _most_parts(offsets: npt.NDArray[np.int64], whole: int, budget: int) -> int:
    """Parts that `split_documents` may write, at most."""
    sizes = np.diff(offsets)
    shortest = budget - budget // 4
    return int(np.where(sizes <= whole, sizes > 0, -(-sizes // shortest)).sum())

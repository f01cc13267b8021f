"""Fill-in-the-middle and packing on a table in memory: what a notebook, and `codecorpus pack` on small input, calls.

What comes in: a polars DataFrame or Arrow table. What goes out: a table, or a `Packed` value that shows its rows. It is the same code as a
run's, on one shard.
"""

from __future__ import annotations

import hashlib
import html
import itertools
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from codecorpus.document import DOC_ID_BYTES, document_id
from codecorpus.errors import DataError
from codecorpus.fim.emit import check_source_ids, emit_rows, gather
from codecorpus.fim.layout import LAYOUTS
from codecorpus.fim.options import FimOptions, overheads
from codecorpus.fim.parts import Parts, doc_keys, split_parts
from codecorpus.fim.readback import Origin
from codecorpus.fim.rows import plan_rows
from codecorpus.fim.sentinels import SentinelIds, family, sentinel_ids
from codecorpus.fim.show import RowView, show_row

if TYPE_CHECKING:
    import polars as pl

Ids = npt.NDArray[Any]


class Encoder(Protocol):
    """What packing needs of a tokenizer; `codecorpus.tokenize.load_encoder` gives one."""

    @property
    def id_type(self) -> np.dtype[Any]:
        """uint16 or uint32."""
        ...

    def encode(self, contents: pa.Array | pa.ChunkedArray, /) -> tuple[Ids, npt.NDArray[np.int64]]:
        """Flat ids and int64[n + 1] borders of the documents; never a special token."""
        ...

    def token_id(self, token: str, /) -> int | None:
        """The id of a special token."""
        ...

    def line_ends(self) -> npt.NDArray[np.bool_]:
        """bool[vocabulary]: true where a token ends a line."""
        ...

    def decode(self, ids: Ids, /) -> bytes:
        """The bytes of these tokens."""
        ...


@dataclass(frozen=True, slots=True)
class Packed:
    """Packed rows, and what is needed to look at them.

    Attributes:
        sequences: the rows, with `codecorpus.document.sequences_schema`.
        sequence_length: tokens in a row, at most.
        source_tokens: tokens of the documents, each of which is in `sequences` exactly once.
        layouts: parts by layout.
        sentinels: the control tokens' ids.
        origin: what the cuts were drawn from.
        decode: ids → bytes.
    """

    sequences: pa.Table
    sequence_length: int
    source_tokens: int
    layouts: dict[str, int]
    sentinels: SentinelIds
    origin: Origin
    decode: Callable[[Ids], bytes]

    @property
    def rows(self) -> int:
        """Number of rows."""
        return int(self.sequences.num_rows)

    @property
    def tokens(self) -> int:
        """Tokens in all rows, control tokens included."""
        return sum(len(chunk.flatten()) for chunk in self.sequences["input_ids"].chunks)

    @property
    def fill_rate(self) -> float:
        """Tokens / (rows x sequence length); 1 where there is no row."""
        return self.tokens / (self.rows * self.sequence_length) if self.rows else 1.0

    def show(self, row: int = 0) -> RowView:
        """One row, readable: prefix, middle, suffix, control tokens, borders.

        Raises:
            UsageError: there is no such row.
        """
        row_of_family = family(self.origin.options.family)
        return show_row(
            self.sequences,
            row,
            family=row_of_family,
            sentinels=self.sentinels,
            decode=self.decode,
            origin=self.origin,
        )

    def to_polars(self) -> pl.DataFrame:
        """The rows as a polars DataFrame."""
        import polars as pl

        frame = pl.from_arrow(self.sequences)
        assert isinstance(frame, pl.DataFrame)
        return frame

    def __str__(self) -> str:
        layouts = ", ".join(f"{name} {count:,}" for name, count in self.layouts.items() if count)
        return (
            f"{self.rows:,} rows of {self.sequence_length:,} tokens, {self.fill_rate:.2%} full: "
            f"{sum(self.layouts.values()):,} parts ({layouts}), {self.source_tokens:,} source tokens"
        )

    def _repr_html_(self) -> str:
        first = self.show(0)._repr_html_() if self.rows else ""
        return f"<div><p>{html.escape(str(self))}</p>{first}</div>"


def pack(
    table: Any,
    *,
    encoder: Encoder,
    sequence_length: int,
    options: FimOptions | None = None,
    seed: int = 0,
    epoch: int = 0,
) -> Packed:
    """Encode, split, transform and pack the documents of a table.

    Args:
        table: a polars DataFrame or Arrow table with `content`; `doc_id`, or `repo_name` and `path` to make one from, where it has them.
        encoder: the tokenizer.
        sequence_length: tokens in a row, at most.
        options: the `[fim]` options; the default family is qwen2.5-coder.
        seed: seed of layouts, cuts and order.
        epoch: another epoch gives other layouts and cuts.

    Raises:
        DataError: the table has no `content`.
        UsageError: the tokenizer lacks the family's sentinels or reads them out of text, or the sequence length is too small.
    """
    options = options or FimOptions()
    documents = as_arrow(table)
    sentinels = sentinel_ids(family(options.family), encoder.token_id, rate=options.rate)
    content = _column(documents, "content").cast(pa.large_string()).combine_chunks()
    ids, offsets = encoder.encode(content)
    line_ends = encoder.line_ends()
    check_source_ids(ids, sentinels, len(line_ends))
    names = _doc_ids(documents)
    parts = split_parts(
        offsets,
        ids,
        doc_keys(names),
        line_ends,
        sequence_length=sequence_length,
        options=options,
        seed=seed,
        epoch=epoch,
    )
    plan = plan_rows(parts.length, sequence_length, seed=seed)
    chosen = parts.take(plan.order)
    gathered, borders = gather([ids], np.zeros(len(chosen), dtype=np.int64), chosen)
    sequences = emit_rows(
        gathered,
        borders,
        chosen,
        names.take(pa.array(chosen.document)),
        plan.offsets,
        sentinels=sentinels,
        options=options,
        seed=seed,
        epoch=epoch,
    )
    return Packed(
        sequences,
        sequence_length,
        len(ids),
        _by_layout(parts),
        sentinels,
        Origin(options, seed, epoch),
        encoder.decode,
    )


def transform(
    table: Any,
    *,
    token_id: Callable[[str], int | None],
    options: FimOptions | None = None,
    seed: int = 0,
    epoch: int = 0,
) -> pa.Table:
    """Transform each document on its own, uncut and unpacked.

    Args:
        table: a polars DataFrame or Arrow table with `input_ids` (lists of token ids), and `doc_id` where it has one; without it the
            document's tokens stand for it.
        token_id: the id of a special token (`Encoder.token_id`).
        options: the `[fim]` options.
        seed: seed of layouts and cuts.
        epoch: another epoch gives other layouts and cuts.

    Returns:
        An Arrow table with the same columns and rows, `input_ids` transformed, and `layout` (a name of
        `codecorpus.fim.layout.LAYOUTS`) and `source_tokens` added.

    Raises:
        DataError: the table has no `input_ids`.
        UsageError: the tokenizer lacks the family's sentinels.
    """
    options = options or FimOptions()
    documents = as_arrow(table)
    sentinels = sentinel_ids(family(options.family), token_id, rate=options.rate)
    ids, offsets = _flat(_column(documents, "input_ids"))
    check_source_ids(
        ids, sentinels, int(np.iinfo(ids.dtype).max) + 1 if ids.itemsize == 2 else int(ids.max(initial=0)) + 1
    )
    names = (
        documents["doc_id"].combine_chunks()
        if "doc_id" in documents.column_names
        else _ids_of_tokens(ids, offsets)
    )
    longest = int(np.diff(offsets).max(initial=0))
    parts = split_parts(
        offsets,
        ids,
        doc_keys(names),
        np.zeros(int(ids.max(initial=0)) + 1, dtype=np.bool_),
        sequence_length=longest + max(overheads(options)) + options.min_middle,
        options=options,
        seed=seed,
        epoch=epoch,
    )
    rows = np.searchsorted(parts.document, np.arange(documents.num_rows + 1))
    emitted = emit_rows(
        ids,
        offsets[np.concatenate([parts.document, [documents.num_rows]])] if len(parts) else offsets[:1],
        parts,
        names.take(pa.array(parts.document)),
        rows,
        sentinels=sentinels,
        options=options,
        seed=seed,
        epoch=epoch,
    )
    codes = np.zeros(documents.num_rows, dtype=np.int8)
    codes[parts.document] = parts.layout
    replaced = documents.set_column(
        documents.column_names.index("input_ids"), "input_ids", emitted["input_ids"]
    )
    return replaced.append_column(
        "layout", pa.array([LAYOUTS[code] for code in codes], pa.string())
    ).append_column("source_tokens", pa.array(np.diff(offsets), pa.int64()))


def as_arrow(table: Any) -> pa.Table:
    """An Arrow table, from one or from anything with `to_arrow` (polars).

    Raises:
        DataError: it is neither.
    """
    converted = table.to_arrow() if hasattr(table, "to_arrow") else table
    if not isinstance(converted, pa.Table):
        raise DataError(f"a polars DataFrame or an Arrow table is needed, not {type(table).__name__}")
    return converted


def _column(table: pa.Table, name: str) -> pa.ChunkedArray:
    if name not in table.column_names:
        raise DataError(f"the table has no column {name!r}", f"Its columns: {', '.join(table.column_names)}")
    if table[name].null_count:
        raise DataError(f"column {name!r} has {table[name].null_count} nulls", "Drop these rows first.")
    return table[name]


def _doc_ids(documents: pa.Table) -> pa.Array:
    if "doc_id" in documents.column_names:
        return documents["doc_id"].cast(pa.binary(DOC_ID_BYTES)).combine_chunks()
    blank = [""] * documents.num_rows
    repos, paths = (
        documents[name].to_pylist() if name in documents.column_names else blank
        for name in ("repo_name", "path")
    )
    contents = documents["content"].to_pylist()
    return pa.array(
        [
            document_id(repo, path, text.encode())
            for repo, path, text in zip(repos, paths, contents, strict=True)
        ],
        pa.binary(DOC_ID_BYTES),
    )


def _flat(lists: pa.ChunkedArray) -> tuple[Ids, npt.NDArray[np.int64]]:
    ids = np.concatenate([np.empty(0, np.uint16), *(chunk.flatten().to_numpy() for chunk in lists.chunks)])
    lengths = lists.combine_chunks().value_lengths().to_numpy()
    wide = np.uint16 if ids.max(initial=0) <= np.iinfo(np.uint16).max else np.uint32
    return ids.astype(wide), np.concatenate([[0], np.cumsum(lengths, dtype=np.int64)])


def _ids_of_tokens(ids: Ids, offsets: npt.NDArray[np.int64]) -> pa.Array:
    return pa.array(
        [
            hashlib.blake2b(ids[start:stop].astype("<u4").tobytes(), digest_size=DOC_ID_BYTES).digest()
            for start, stop in itertools.pairwise(offsets)
        ],
        pa.binary(DOC_ID_BYTES),
    )


def _by_layout(parts: Parts) -> dict[str, int]:
    counts = np.bincount(parts.layout, minlength=len(LAYOUTS))
    return {name: int(count) for name, count in zip(LAYOUTS, counts, strict=True) if count}

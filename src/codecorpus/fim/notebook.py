"""Fill-in-the-middle and packing on a table in memory: what a notebook, and `codecorpus pack` on small input, calls.

What comes in: a polars DataFrame or Arrow table. What goes out: a table, or a `Packed` value that shows its rows. It is the same code as a
run's, on one shard.
"""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from codecorpus import charts
from codecorpus.document import DOC_ID_BYTES, document_id
from codecorpus.errors import DataError
from codecorpus.fim.cut import Cutting, cut_documents, layouts_of, spans_of
from codecorpus.fim.emit import Placed, Writing, check_source_ids, emit_rows, gather
from codecorpus.fim.layout import LAYOUTS
from codecorpus.fim.options import FimOptions, overheads
from codecorpus.fim.packing_options import PackingOptions, check_paths
from codecorpus.fim.parts import Parts, doc_keys
from codecorpus.fim.plan import plan_samples
from codecorpus.fim.samples import (
    AROUND_A_FILE,
    Around,
    Samples,
    around,
    ordered_samples,
    single_samples,
)
from codecorpus.fim.sentinels import SentinelIds, family, sentinel_ids
from codecorpus.fim.show import RowView, show_row
from codecorpus.fim.texts import Encoder, encoded_texts, only_ids, with_heads
from codecorpus.fragments import paragraph, printable

if TYPE_CHECKING:
    import polars as pl

Ids = npt.NDArray[Any]

#: Rows that are searched for one to show.
_LOOKED_AT = 100


@dataclass(frozen=True, slots=True, repr=False)
class Packed:
    """Packed rows, and what is needed to look at them.

    Attributes:
        sequences: the rows, with `codecorpus.document.sequences_schema`.
        sequence_length: tokens in a row, at most.
        source_tokens: tokens of the documents, each of which is in `sequences` exactly once.
        layouts: parts by layout.
        spans: transformed parts by the kind of their span.
        family: whose sentinels the rows have.
        sentinels: the control tokens' ids.
        names: doc_id → repository and path, where the table has them.
        decode: ids → bytes.
    """

    sequences: pa.Table
    sequence_length: int
    source_tokens: int
    layouts: dict[str, int]
    spans: dict[str, int]
    family: str
    sentinels: SentinelIds
    names: Mapping[bytes, str]
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
        return show_row(
            self.sequences,
            row,
            family=family(self.family),
            sentinels=self.sentinels,
            decode=self.decode,
            names=self.names,
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

    def __repr__(self) -> str:
        return f"Packed: {self}"

    def plot(self, rows: int = 12) -> charts.Chart:
        """The first rows as bars, made of their parts by layout: how documents fill rows; a chart of altair.

        Raises:
            ExtraMissingError: altair is not installed.
        """
        known = self.sequences.slice(0, rows).select(["doc_ids", "parts"]).to_pylist()
        stretches = []
        for number, row in enumerate(known):
            begin = 0
            for doc_id, part in zip(row["doc_ids"], row["parts"], strict=True):
                end = begin + part["length"]
                name = printable(self.names.get(doc_id, doc_id.hex()))
                layout = LAYOUTS[part["layout"]]
                stretches.append({"row": number, "begin": begin, "end": end, "part": layout, "name": name})
                begin = end
        used = [name for name in LAYOUTS if any(one["part"] == name for one in stretches)]
        return charts.stretches(stretches, length=self.sequence_length, parts=used)

    def _repr_html_(self) -> str:
        shown = self.show(self._first_transformed())._repr_html_() if self.rows else ""
        return f"<div>{paragraph(str(self))}{shown}</div>"

    def _first_transformed(self) -> int:
        """The first row, among some, that has a middle in it; else the first of all."""
        parts = self.sequences["parts"].slice(0, _LOOKED_AT).to_pylist()
        return next((row for row, some in enumerate(parts) if any(part["layout"] for part in some)), 0)


def pack(
    table: Any,
    *,
    encoder: Encoder,
    sequence_length: int,
    options: FimOptions | None = None,
    packing: PackingOptions | None = None,
    seed: int = 0,
) -> Packed:
    """Encode, cut, transform and pack the documents of a table.

    Args:
        table: a polars DataFrame or Arrow table with `content`; `doc_id`, or `repo_name` and `path` to make one from, where it has them.
            Subtrees are found where it has `language`; paths and repositories are written where it has them.
        encoder: the tokenizer.
        sequence_length: tokens in a row, at most.
        options: the `[fim]` options; the default family is qwen2.5-coder.
        packing: the `[packing]` options.
        seed: seed of layouts, cuts and order.

    Raises:
        DataError: the table has no `content`.
        UsageError: the tokenizer lacks the family's sentinels or reads them out of text, or the sequence length is too small.
    """
    options, packing = options or FimOptions(), packing or PackingOptions()
    documents = as_arrow(table)
    row = family(options.family)
    check_paths(row, packing)
    sentinels = sentinel_ids(row, encoder.token_id, rate=options.rate, paths=packing.writes_paths)
    content = _column(documents, "content").cast(pa.large_string()).combine_chunks()
    ids, offsets = encoder.encode(content)
    check_source_ids(ids, sentinels, encoder.vocab_size)
    doc_ids = _doc_ids(documents)
    texts = encoded_texts(content, doc_ids, (ids, offsets), subtrees=_subtrees(documents, options))
    if packing.writes_paths:
        paths = _column(documents, "path").to_pylist()
        repositories = (
            _column(documents, "repo_name").to_pylist() if packing.context == "repository" else None
        )
        texts = with_heads(texts, encoder, row, paths, repositories, longest=sequence_length // 8)
    flat, parts = cut_documents(texts, encoder, Cutting(options, sequence_length, sentinels, seed))
    needed = around(parts, row, sentinels, repository=packing.context == "repository")
    if packing.context == "repository":
        sizes = np.diff(offsets) + AROUND_A_FILE
        samples = _by_repository(documents, sizes, parts, needed, sequence_length, packing.readme_first)
    else:
        samples = single_samples(parts, needed)
    plan = plan_samples(samples, sequence_length, method=packing.method, seed=seed)
    chosen = parts.take(plan.order)
    gathered, borders = gather([flat], np.zeros(len(chosen), dtype=np.int64), chosen)
    writing = Writing(
        row, sentinels, repository=packing.context == "repository", loss_mask=packing.loss == "middle"
    )
    of_parts = doc_ids.take(pa.array(chosen.document))
    sequences = emit_rows(gathered, borders, plan.placed(chosen), of_parts, writing)
    return Packed(
        sequences,
        sequence_length,
        int(parts.tokens.sum(dtype=np.int64)),
        layouts_of(parts),
        spans_of(parts),
        options.family,
        sentinels,
        _names(documents, doc_ids),
        encoder.decode,
    )


def transform(
    table: Any,
    *,
    token_id: Callable[[str], int | None],
    options: FimOptions | None = None,
    seed: int = 0,
) -> pa.Table:
    """Transform each document on its own, uncut and unpacked. Of ids alone, middles lie between tokens.

    Args:
        table: a polars DataFrame or Arrow table with `input_ids` (lists of token ids), and `doc_id` where it has one; without it the
            document's tokens stand for it.
        token_id: the id of a special token (`Encoder.token_id`).
        options: the `[fim]` options.
        seed: seed of layouts and cuts.

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
    cutting = Cutting(options, longest + max(overheads(options)) + options.min_middle, sentinels, seed)
    flat, parts = cut_documents(only_ids(ids, offsets, doc_keys(names)), None, cutting)
    alone = np.ones(len(parts), np.bool_)
    borders = np.concatenate([[0], np.cumsum(parts.stored)])
    of_parts = names.take(pa.array(parts.document))
    emitted = emit_rows(
        flat,
        borders,
        Placed(parts, alone, alone, np.arange(len(parts))),
        of_parts,
        Writing(family(options.family), sentinels),
    )
    # A document without tokens has no part, and stays a row.
    row_of = np.full(documents.num_rows, -1)
    row_of[parts.document] = np.arange(len(parts))
    transformed = emitted["input_ids"].combine_chunks().take(pa.array(row_of, mask=row_of < 0))
    transformed = pc.fill_null(transformed, pa.scalar([], transformed.type))
    codes = np.zeros(documents.num_rows, dtype=np.int8)
    codes[parts.document] = parts.layout
    replaced = documents.set_column(documents.column_names.index("input_ids"), "input_ids", transformed)
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


def _subtrees(documents: pa.Table, options: FimOptions) -> pa.ChunkedArray | None:
    """The documents' subtrees, where they are asked for and the table says languages."""
    if "language" not in documents.column_names or options.rate == 0 or options.syntax_spans == 0:
        return None
    from codecorpus.parse import subtrees_of

    return subtrees_of(documents["language"].to_pylist(), documents["content"])


def _by_repository(
    documents: pa.Table,
    sizes: npt.NDArray[Any],
    parts: Parts,
    needed: Around,
    sequence_length: int,
    readme_first: bool,
) -> Samples:
    """Parts of one repository together, in the order of its imports."""
    from codecorpus.fim.context.corpus_order import repository_order
    from codecorpus.parse.imports import references

    missing = [name for name in ("repo_name", "path", "language") if name not in documents.column_names]
    if missing:
        raise DataError(
            f"repository context needs columns that the table does not have: {', '.join(missing)}",
            "Set packing.context = 'file', or give repository, path and language of each document.",
        )
    imports = references(documents)
    table = pa.table(
        {
            **{name: documents[name] for name in ("repo_name", "path", "language")},
            **{field.name: imports.field(field.name) for field in imports.type},
            "tokens": pa.array(sizes, pa.int64()),
        }
    )
    found = repository_order(table, sequence_length, readme_first=readme_first)
    return ordered_samples(parts, parts.document, found.by_document(), needed, sequence_length)


def _names(documents: pa.Table, doc_ids: pa.Array) -> dict[bytes, str]:
    if not {"repo_name", "path"} <= set(documents.column_names):
        return {}
    rows = zip(documents["repo_name"].to_pylist(), documents["path"].to_pylist(), strict=True)
    return {doc_id: f"{repo}/{path}" for doc_id, (repo, path) in zip(doc_ids.to_pylist(), rows, strict=True)}

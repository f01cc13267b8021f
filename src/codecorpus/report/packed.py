"""One packed row, told apart by role: prefix, middle, suffix, control tokens, documents. A run's rows in; labelled text out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pyarrow.parquet as pq

from codecorpus.config import load_config
from codecorpus.errors import CodecorpusError
from codecorpus.filters.shown import shown_texts
from codecorpus.fim import Segment, family, segments, sentinel_ids
from codecorpus.report import tables
from codecorpus.report.text import cut_middle

_CHARACTERS = 6_000
_LEAST, _MOST = 80, 1_000  # characters of a segment; less tells nothing, more tells no more
_PARTS = 8
_CLEANED = 60_000  # bytes of a segment that are decoded to be shown
_COLUMNS = ["input_ids", "seq_lengths", "doc_ids", "parts"]
_LOOK_AT = 64  # rows searched for the one that shows most layouts


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a part with one role.

    Attributes:
        role: `text`, `prefix`, `middle`, `suffix`, `name` (of the repository), `path` or `control`.
        text: decoded, cut in its middle where it is long.
        tokens: how many tokens it is.
    """

    role: str
    text: str
    tokens: int


@dataclass(frozen=True, slots=True)
class PackedPart:
    """One part of a row: a document, or a piece of one, in one layout."""

    name: str
    layout: str
    tokens: int
    pieces: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class PackedRow:
    """One row of the sequences table.

    Attributes:
        row: its number in the table.
        tokens: its length.
        parts: its first parts, in order.
        others: parts that are not shown.
    """

    row: int
    tokens: int
    parts: tuple[PackedPart, ...]
    others: int

    @property
    def has_paths(self) -> bool:
        """Whether a name or path is shown."""
        return any(piece.role in ("name", "path") for part in self.parts for piece in part.pieces)


def packed_row(run_dir: Path, family_name: str, documents: pl.LazyFrame) -> PackedRow | None:
    """Pick and decode one row: of the first 64, the one whose shown parts have the most layouts; the first of equal ones.

    None where there is no row, or where this version does not know the run's family or settings: a report of an old run lacks
    this picture then, and has everything else.

    Args:
        run_dir: the run's folder.
        family_name: `fim.family` of the run.
        documents: the documents table, for the names of the parts.
    """
    tokenizer = run_dir / "tokenizer" / "tokenizer.json"
    rows = _first_rows(tables.parts(run_dir, "sequences"))
    if not rows or not tokenizer.is_file():
        return None
    coder = _load(tokenizer)
    try:
        config = load_config(run_dir / "config.toml")
        of = family(family_name)
        paths = config.packing.writes_paths
        sentinels = sentinel_ids(of, coder.token_to_id, rate=config.fim.rate, paths=paths)
        cut = [
            segments(
                np.array(row["input_ids"]),
                np.array(row["seq_lengths"]),
                row["parts"],
                family=of,
                sentinels=sentinels,
            )
            for row in rows
        ]
    except CodecorpusError:
        return None
    chosen = max(range(len(cut)), key=lambda index: (_layouts(cut[index]), -index))
    return _decode(chosen, rows[chosen], cut[chosen], coder, documents)


def _layouts(found: Sequence[Segment]) -> int:
    return len({segment.layout for segment in found if segment.part < _PARTS})


def _first_rows(files: Sequence[Path]) -> list[dict[str, Any]]:
    for path in files:
        with pq.ParquetFile(path) as file:
            if not set(_COLUMNS) <= set(file.schema_arrow.names):
                return []
            for batch in file.iter_batches(_LOOK_AT, columns=_COLUMNS):
                if batch.num_rows:
                    rows: list[dict[str, Any]] = batch.to_pylist()
                    return rows
    return []


def _load(path: Path) -> Any:
    from tokenizers import Tokenizer

    return Tokenizer.from_file(str(path))


def _decode(
    index: int, row: dict[str, Any], found: Sequence[Segment], coder: Any, documents: pl.LazyFrame
) -> PackedRow:
    names = tables.names_of(documents, row["doc_ids"])
    shown = [segment for segment in found if segment.part < _PARTS]
    # Each text gets an equal share, so that every role of every part is seen.
    texts = sum(segment.role != "control" for segment in shown)
    share = min(max(_LEAST, _CHARACTERS // max(1, texts)), _MOST)
    pieces = _pieces(shown, row["input_ids"], coder, share)
    parts = []
    for part, (doc_id, fields) in enumerate(zip(row["doc_ids"][:_PARTS], row["parts"], strict=False)):
        members = [segment for segment in shown if segment.part == part]
        own = tuple(piece for segment, piece in zip(shown, pieces, strict=True) if segment.part == part)
        name = names[doc_id][1] if doc_id in names else doc_id.hex()
        parts.append(PackedPart(name, _layout(members), fields["length"], own))
    return PackedRow(index, len(row["input_ids"]), tuple(parts), len(row["doc_ids"]) - len(parts))


def _layout(members: Sequence[Segment]) -> str:
    """The layout, and how the middle was chosen."""
    if not members or members[0].layout == "none":
        return "none"
    return f"{members[0].layout}, {members[0].span}"


def _pieces(shown: Sequence[Segment], ids: Sequence[int], coder: Any, share: int) -> list[Piece]:
    """The segments as text. Where secrets stay in the corpus, the report shows none all the same, but for one that a cut has halved."""
    texts = [coder.decode(ids[segment.start : segment.stop], skip_special_tokens=False) for segment in shown]
    clean = shown_texts(texts, [None] * len(texts), _CLEANED)
    return [
        Piece(segment.role, cut_middle(text.text, share), segment.stop - segment.start)
        for segment, text in zip(shown, clean, strict=True)
    ]

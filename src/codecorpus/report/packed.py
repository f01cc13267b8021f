"""One packed row, told apart by role: prefix, middle, suffix, sentinels, documents. Token ids in, labelled text out.

Roles come from the row itself: special tokens are looked up in the tokenizer by id and understood by their names, so a row of any
family that is known by name can be shown without the options that made it. A sentinel spelled out in source text is not a
special token and stays text.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow.parquet as pq

from codecorpus.report import tables
from codecorpus.report.text import cut_middle

_CHARACTERS = 6_000
_LOOK_AT = 64  # rows searched for one that shows several documents and a transformed one

# DeepSeek calls its sentinels begin, hole, end: prefix, suffix, middle.
_SENTINELS = (
    ("prefix", re.compile(r"fim.begin|prefix|\bpre\b", re.I)),
    ("suffix", re.compile(r"fim.hole|suffix|\bsuf\b", re.I)),
    ("middle", re.compile(r"fim.end|middle|\bmid\b", re.I)),
)


@dataclass(frozen=True, slots=True)
class Segment:
    """A piece of a part.

    Attributes:
        role: `text`, `prefix`, `suffix`, `middle`, `prefix and middle` (where a layout puts both behind one sentinel), or
            `sentinel` for a special token.
        text: decoded, cut in its middle where it is long.
        tokens: how many tokens it is.
    """

    role: str
    text: str
    tokens: int


@dataclass(frozen=True, slots=True)
class PackedPart:
    """One part of a row: a document, or a piece of one."""

    name: str
    tokens: int
    segments: tuple[Segment, ...]


@dataclass(frozen=True, slots=True)
class PackedRow:
    """One row of the sequences table.

    Attributes:
        row: its number in the first part file.
        tokens: its length.
        parts: its parts in order.
        others: parts that are not shown.
    """

    row: int
    tokens: int
    parts: tuple[PackedPart, ...]
    others: int


def packed_row(files: Sequence[Path], tokenizer: Path, documents: pl.LazyFrame) -> PackedRow | None:
    """Pick and decode one row: the first that has two parts or more and a sentinel, else the first; None where there is no row.

    Args:
        files: parts of the sequences table.
        tokenizer: `tokenizer.json`.
        documents: the documents table, for the names of the parts.
    """
    if not files or not tokenizer.is_file():
        return None
    rows = _first_rows(files)
    if not rows:
        return None
    coder = _load(tokenizer)
    special = {
        int(token): added.content
        for token, added in coder.get_added_tokens_decoder().items()
        if added.special
    }
    roles = {token: role for token, content in special.items() if (role := sentinel_role(content))}
    chosen = next(
        (i for i, row in enumerate(rows) if len(row["seq_lengths"]) > 1 and roles.keys() & row["input_ids"]),
        0,
    )
    return _decode(chosen, rows[chosen], coder, special, documents)


def sentinel_role(content: str) -> str | None:
    """What a special token announces, from its name.

    >>> sentinel_role("<|fim_middle|>"), sentinel_role("<fim-prefix>"), sentinel_role("<|endoftext|>")
    ('middle', 'prefix', None)
    """
    return next((role for role, pattern in _SENTINELS if pattern.search(content)), None)


def segments_of(ids: Sequence[int], special: Mapping[int, str]) -> list[tuple[str, list[int]]]:
    """Cut a part at its special tokens: (role, ids) in order.

    A part that opens with the prefix sentinel and goes straight on to the suffix one has its prefix and middle together
    behind the middle sentinel (SPM, variant 2 of Bavarian et al. 2022).

    >>> [role for role, _ in segments_of([9, 1, 8, 2, 7, 3], {9: "<fim_prefix>", 8: "<fim_suffix>", 7: "<fim_middle>"})]
    ['sentinel', 'prefix', 'sentinel', 'suffix', 'sentinel', 'middle']
    """
    result: list[tuple[str, list[int]]] = []
    role, no_prefix = "text", False
    for token in ids:
        if token in special:
            announced = sentinel_role(special[token])
            follows_prefix = (
                bool(result)
                and result[-1][0] == "sentinel"
                and sentinel_role(special[result[-1][1][0]]) == "prefix"
            )
            no_prefix = (announced == "suffix" and follows_prefix) or (no_prefix and announced == "middle")
            role = announced or "text"
            if role == "middle" and no_prefix:
                role = "prefix and middle"
            result.append(("sentinel", [token]))
        elif result and result[-1][0] == role:
            result[-1][1].append(token)
        else:
            result.append((role, [token]))
    return result


def _first_rows(files: Sequence[Path]) -> list[dict[str, Any]]:
    for path in files:
        with pq.ParquetFile(path) as file:
            for batch in file.iter_batches(_LOOK_AT, columns=["input_ids", "seq_lengths", "doc_ids"]):
                if batch.num_rows:
                    rows: list[dict[str, Any]] = batch.to_pylist()
                    return rows
    return []


def _load(path: Path) -> Any:
    from tokenizers import Tokenizer

    return Tokenizer.from_file(str(path))


def _decode(
    index: int, row: Mapping[str, Any], coder: Any, special: Mapping[int, str], documents: pl.LazyFrame
) -> PackedRow:
    names = tables.names_of(documents, row["doc_ids"])
    parts, start, left = [], 0, _CHARACTERS
    for length, doc_id in zip(row["seq_lengths"], row["doc_ids"], strict=True):
        ids = row["input_ids"][start : start + length]
        start += length
        if left <= 0:
            break
        cut = segments_of(ids, special)
        # Each text gets an equal share of what is left, so that every role of a part is seen.
        share = max(80, left // max(1, sum(role != "sentinel" for role, _ in cut)))
        segments = []
        for role, tokens in cut:
            text = (
                special[tokens[0]] if role == "sentinel" else coder.decode(tokens, skip_special_tokens=False)
            )
            segments.append(Segment(role, cut_middle(text, share), len(tokens)))
        left -= sum(len(segment.text) for segment in segments)
        parts.append(PackedPart(names.get(doc_id, (-1, doc_id.hex(), ""))[1], length, tuple(segments)))
    return PackedRow(index, len(row["input_ids"]), tuple(parts), len(row["doc_ids"]) - len(parts))

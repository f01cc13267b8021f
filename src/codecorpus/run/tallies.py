"""Counts of one shard's documents by what the tables do not say of them: their source, and the level at which they are duplicates.

All of them take the documents that the filters kept, in order, and which of these deduplication keeps.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from codecorpus.document import DOCUMENTS, LEVELS
from codecorpus.run.tables import count_values, read_table

#: What is counted of a document.
SEEN = pa.schema(
    [DOCUMENTS.field(name).with_nullable(True) for name in ("doc_id", "length_bytes", "language")]
)

Flags = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.int64]
Kinds = npt.NDArray[np.uint8]

#: (code, verdict) of every level; the files of a run name them by their place here.
_KINDS = [(code, verdict) for code in LEVELS.values() for verdict in ("dropped", "flagged")]
#: (code, verdict, documents, bytes)
LevelCount = tuple[str, str, int, int]


def count_documents(seen: pa.Table, final: pa.Table, unique: Flags, kept: Flags) -> dict[str, Any]:
    """Documents and bytes that stay, bytes of all, and documents by language: all, those that are no duplicates, those that stay.

    Args:
        seen: columns of `SEEN`, as the filters left the documents.
        final: the same, after decontamination.
        unique: which of them deduplication keeps.
        kept: which of them stay.
    """
    stays = final.filter(pa.array(kept))
    languages = pc.fill_null(seen["language"], "unknown")
    return {
        "documents": stays.num_rows,
        "bytes": _bytes(stays),
        "bytes_filtered": _bytes(seen),
        "languages": count_values(languages.filter(pa.array(kept))),
        "languages_unique": count_values(languages.filter(pa.array(unique))),
        "languages_filtered": count_values(languages),
    }


def by_source(
    stays: tuple[Flags, Flags], filter_folder: Path, sources: list[int]
) -> list[tuple[int, int, int]]:
    """Documents that the filters kept, that are no duplicates, and that stay, by source.

    Args:
        stays: which of those that the filters kept are no duplicates, and which stay.
        filter_folder: of the shard.
        sources: documents that were read, by source, in the order of the rows.
    """
    kept = read_table(filter_folder / "verdicts.parquet", ["kept"])["kept"].to_numpy()
    source = np.repeat(np.arange(len(sources)), sources)[kept]
    counts = [
        np.bincount(some, minlength=len(sources)).tolist()
        for some in (source, *(source[one] for one in stays))
    ]
    return list(zip(*counts, strict=True))


def kept_mask(rows: int, dropped: Ints, first_row: int) -> Flags:
    """Which of some rows stay.

    Args:
        rows: how many.
        dropped: rows that go, ascending, of all shards; may be a map of a file.
        first_row: number of the first.

    >>> kept_mask(3, np.array([2, 6, 7]), 5).tolist()
    [True, False, False]
    """
    stays = np.ones(rows, np.bool_)
    low, high = np.searchsorted(dropped, [first_row, first_row + rows])
    stays[dropped[low:high] - first_row] = False
    return stays


def level_rows(doc_ids: pa.Array, dropped: Ints, decisions: pa.Table) -> tuple[Ints, Kinds]:
    """Rows on which deduplication decided, ascending, and what it decided: an index into `_KINDS`. A row may be flagged at several levels.

    Once for all shards: each of them looks up its own rows, and none reads the decisions of the whole corpus.

    Args:
        doc_ids: of all rows.
        dropped: rows that go, ascending: of equal files that are given twice, which share an id, one may stay.
        decisions: at least `doc_id`, `code` and `verdict`.
    """
    goes = np.zeros(len(doc_ids), np.bool_)
    goes[dropped] = True
    rows, kinds = [np.empty(0, np.int64)], [np.empty(0, np.uint8)]
    for kind, (code, verdict) in enumerate(_KINDS):
        chosen = pc.and_(pc.equal(decisions["code"], code), pc.equal(decisions["verdict"], verdict))
        ids = decisions["doc_id"].filter(chosen).combine_chunks()
        decided = pc.is_in(doc_ids, value_set=ids).to_numpy(zero_copy_only=False)
        here = np.flatnonzero(decided & (goes if verdict == "dropped" else ~goes))
        rows.append(here)
        kinds.append(np.full(len(here), kind, np.uint8))
    order = np.argsort(np.concatenate(rows), kind="stable")
    return np.concatenate(rows)[order], np.concatenate(kinds)[order]


def by_level(seen: pa.Table, first_row: int, dedup_folder: Path) -> list[LevelCount]:
    """Documents and bytes by code and verdict of deduplication, sorted.

    Args:
        seen: columns of `SEEN`.
        first_row: the row of the first of them.
        dedup_folder: holds what `level_rows` gave, as level_rows.npy and level_kinds.npy.
    """
    rows, kinds = (np.load(dedup_folder / f"level_{name}.npy", mmap_mode="r") for name in ("rows", "kinds"))
    low, high = np.searchsorted(rows, [first_row, first_row + seen.num_rows])
    here, kind = rows[low:high] - first_row, np.asarray(kinds[low:high])
    sizes = seen["length_bytes"].to_numpy()[here]
    documents = np.bincount(kind, minlength=len(_KINDS)).tolist()
    size = np.bincount(kind, weights=sizes, minlength=len(_KINDS)).astype(np.int64).tolist()
    counts = zip(_KINDS, documents, size, strict=True)
    return sorted((*one, number, many) for one, number, many in counts if number)


def _bytes(documents: pa.Table) -> int:
    return int(pc.sum(documents["length_bytes"]).as_py() or 0)


def sum_levels(counts: Iterable[LevelCount]) -> dict[str, dict[str, int]]:
    """Level → `documents_dropped`, `bytes_dropped`, `documents_flagged`, `bytes_flagged`, for every level.

    >>> sum_levels([("CC402", "dropped", 1, 10), ("CC402", "dropped", 2, 5)])["near"]["bytes_dropped"]
    15
    """
    columns = [f"{what}_{verdict}" for verdict in ("dropped", "flagged") for what in ("documents", "bytes")]
    total = {level: dict.fromkeys(columns, 0) for level in LEVELS}
    level_of = {code: level for level, code in LEVELS.items()}
    for code, verdict, documents, size in counts:
        if code not in level_of:
            continue
        total[level_of[code]][f"documents_{verdict}"] += documents
        total[level_of[code]][f"bytes_{verdict}"] += size
    return total

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
#: (code, verdict, documents, bytes)
LevelCount = tuple[str, str, int, int]


def count_documents(seen: pa.Table, stays: Flags) -> dict[str, Any]:
    """Documents and bytes that stay, bytes of all, and both by language.

    Args:
        seen: columns of `SEEN`.
        stays: which of them stay.
    """
    kept = seen.filter(pa.array(stays))
    return {
        "documents": kept.num_rows,
        "bytes": _bytes(kept),
        "bytes_filtered": _bytes(seen),
        "languages": count_values(pc.fill_null(kept["language"], "unknown")),
        "languages_filtered": count_values(pc.fill_null(seen["language"], "unknown")),
    }


def by_source(seen: pa.Table, stays: Flags, filter_folder: Path, sources: list[int]) -> list[tuple[int, int]]:
    """Documents that the filters kept and that stay, by source.

    Args:
        seen: columns of `SEEN`.
        stays: which of them stay.
        filter_folder: of the shard.
        sources: documents that were read, by source, in the order of the rows.
    """
    kept = read_table(filter_folder / "verdicts.parquet", ["kept"])["kept"].to_numpy()
    source = np.repeat(np.arange(len(sources)), sources)[kept]
    assert len(source) == seen.num_rows
    before, after = (np.bincount(some, minlength=len(sources)) for some in (source, source[stays]))
    return list(zip(before.tolist(), after.tolist(), strict=True))


def by_level(seen: pa.Table, stays: Flags, dedup_folder: Path) -> list[LevelCount]:
    """Documents and bytes by code and verdict of deduplication, sorted.

    Args:
        seen: columns of `SEEN`.
        stays: which of them stay: equal files that are given twice share an id, and one of them may stay.
        dedup_folder: holds decisions.parquet.
    """
    decisions = read_table(dedup_folder / "decisions.parquet", ["doc_id", "code", "verdict"])
    counts = []
    for verdict, fits in (("dropped", ~stays), ("flagged", stays)):
        of_verdict = decisions.filter(pc.equal(decisions["verdict"], verdict))
        for code in of_verdict["code"].unique().to_pylist():
            ids = of_verdict.filter(pc.equal(of_verdict["code"], code))["doc_id"]
            found = pc.is_in(seen["doc_id"], value_set=ids.combine_chunks()).to_numpy() & fits
            counts.append((code, verdict, int(found.sum()), _bytes(seen.filter(pa.array(found)))))
    return sorted(counts)


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

"""What a question about a text reads of a run: candidates from all texts, rows at places, dropped documents with the same bytes.

Folders and a text in; places, rows and values out. Memory is one row group of text.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from codecorpus.dedup.sampled import Place, best_places, count_in_texts
from codecorpus.dedup.sets import Hashes
from codecorpus.document import DECISIONS, DOCUMENTS, document_id
from codecorpus.report import tables
from codecorpus.report.explain_reads import paths_of

# Bytes that are hashed to recognise what was dropped, and rows that are: 8.5 s of text, and 7 s of rows.
_MOST_HASHED, _MOST_ROWS = 8_000_000_000, 2_000_000
_BATCH = 32_768
#: Id, repository, path, stage, code, other id.
_Row = tuple[bytes, str, str, str, str, bytes | None]
# Candidates that are held before the best of them are chosen.
_HELD = 10_000


@dataclass(frozen=True, slots=True)
class DroppedCopy:
    """A document with the very bytes of the question that was dropped.

    Attributes:
        doc_id: hex.
        repo_name: its repository.
        path: relative to the repository.
        stage: which stage dropped it.
        code: by which rule.
        other_id: the document that it matched, hex, if any.
        other: its repository and path, where it is a document of the run.
    """

    doc_id: str
    repo_name: str
    path: str
    stage: str
    code: str
    other_id: str | None
    other: str | None = None


def search_texts(parts: list[Path], text: bytes, hashes: Hashes, shingle: int, most: int) -> list[Place]:
    """The documents with most of a text, by reading them all.

    Args:
        parts: of the documents.
        text: UTF-8.
        hashes: its shingles; of a text that has one at the most, documents are found that have it letter by letter.
        shingle: tokens in a shingle.
        most: at most so many.
    """
    found: list[Place] = []
    needle = text.strip().decode()
    for part, file in enumerate(parts):
        with pq.ParquetFile(file) as parquet:
            for group in range(parquet.num_row_groups):
                contents = parquet.read_row_group(group, columns=["content"], use_threads=False)["content"]
                if len(hashes) > 1:
                    shared = count_in_texts(contents, hashes, shingle)
                else:
                    shared = pc.match_substring(contents, needle).to_numpy().astype(np.int64)
                found += [Place(part, group, int(row), int(shared[row])) for row in np.flatnonzero(shared)]
                found = best_places(found, most) if len(found) > _HELD else found
    return best_places(found, most)[:most]


def same_bytes(parts: list[Path], blob_id: str, most: int) -> list[Place]:
    """Kept documents that were read from these bytes, in their order.

    Args:
        parts: of the documents.
        blob_id: git's hash of the bytes.
        most: at most so many; without exact deduplication there may be a million.
    """
    found: list[Place] = []
    for part, file in enumerate(parts):
        with pq.ParquetFile(file) as parquet:
            for group in range(parquet.num_row_groups):
                ids = parquet.read_row_group(group, columns=["blob_id"], use_threads=False)["blob_id"]
                rows = pc.indices_nonzero(pc.equal(ids, blob_id)).to_pylist()
                found += [Place(part, group, row, 0) for row in rows[: most - len(found)]]
                if len(found) == most:
                    return found
    return found


_COLUMNS = (
    "doc_id",
    "blob_id",
    "repo_name",
    "path",
    "language",
    "detected_licenses",
    "license_type",
    "content",
)


def rows_at(parts: list[Path], places: list[Place]) -> Iterator[Mapping[str, Any]]:
    """The documents at these places, read row group by row group."""
    wanted: dict[tuple[int, int], set[int]] = {}
    for one in places:
        wanted.setdefault((one.part, one.group), set()).add(one.row)
    for (part, group), rows in sorted(wanted.items()):
        with pq.ParquetFile(parts[part]) as parquet:
            table = parquet.read_row_group(group, columns=list(_COLUMNS), use_threads=False)
        yield from table.take(pa.array(sorted(rows))).to_pylist()


def dropped_copies(run: Path, content: bytes) -> tuple[tuple[DroppedCopy, ...], bool]:
    """Dropped documents with these very bytes, and whether all that was dropped has been looked at.

    An id is a hash that begins with repository and path: each row costs a hash of the whole text. Memory is one batch of decisions, and
    what is found.
    """
    left = min(_MOST_ROWS, _MOST_HASHED // max(1, len(content)))
    found: dict[bytes, _Row] = {}
    complete = True
    for rows in _dropped_rows(tables.parts(run, "decisions")):
        for row in rows[:left]:
            doc_id, repo_name, path = row[:3]
            # A document may be dropped by several rules, of which the first counts.
            if document_id(repo_name, path, content) == doc_id:
                found[doc_id] = min(found.get(doc_id, row), row, key=lambda one: one[4])
        complete &= len(rows) <= left
        left -= min(left, len(rows))
        if not complete:
            break
    hits = sorted(found.values(), key=lambda one: (one[1], one[2], one[0]))
    return _named(run, hits), complete


def _dropped_rows(parts: list[Path]) -> Iterator[list[_Row]]:
    """What was dropped, batch by batch of the decisions."""
    columns = ["doc_id", "repo_name", "path", "stage", "code", "other_id"]
    for file in parts:
        with pq.ParquetFile(file) as parquet:
            for batch in parquet.iter_batches(_BATCH, columns=[*columns, "verdict"], use_threads=False):
                dropped = batch.filter(pc.equal(batch["verdict"], "dropped"))
                yield list(zip(*(dropped[name].to_pylist() for name in columns), strict=True))


def _named(run: Path, rows: list[_Row]) -> tuple[DroppedCopy, ...]:
    """The rows, with the names of the documents that they matched."""
    documents = tables.scan(tables.parts(run, "documents"), DOCUMENTS)
    decisions = tables.scan(tables.parts(run, "decisions"), DECISIONS)
    others = paths_of(documents, decisions, sorted({other_id for *_, other_id in rows if other_id}))
    return tuple(
        DroppedCopy(
            doc_id.hex(),
            repo_name,
            path,
            stage,
            code,
            other_id.hex() if other_id else None,
            others.get(other_id) if other_id else None,
        )
        for doc_id, repo_name, path, stage, code, other_id in rows
    )

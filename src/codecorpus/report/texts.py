"""The text of documents of a run, kept or not, for people to look at: ids in; texts without secrets out, or why there is none.

A kept document is in `documents/`. The text of a dropped one is nowhere among the published files: it is in `work/` as long as that is
there, else its first lines are in `samples/` where it was one of those. Whatever the configuration does with secrets, what is found of
them is replaced here.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from codecorpus.filters.redact import redacted_contents
from codecorpus.filters.secret_policy import found_in

#: Bytes of a text that are shown or compared at the most.
MOST_BYTES = 1_000_000


@dataclass(frozen=True, slots=True)
class Text:
    """A text, and where it is from.

    Attributes:
        content: with placeholders for secrets and personal data.
        origin: `documents`, `work` or `samples`.
        is_cut: whether the document goes on.
    """

    content: str
    origin: str
    is_cut: bool = False


def texts_of(run: Path, doc_ids: Collection[bytes]) -> dict[bytes, Text]:
    """doc_id → its text, for those of which there is one.

    Args:
        run: folder of a finished run.
        doc_ids: of kept or dropped documents; few.
    """
    found: dict[bytes, Text] = {}
    for origin, files in (
        ("documents", sorted((run / "documents").glob("part-*.parquet"))),
        ("work", sorted((run / "work" / "read").glob("*/documents.parquet"))),
    ):
        missing = [doc_id for doc_id in doc_ids if doc_id not in found]
        for doc_id, content, language in _read(files, missing):
            found[doc_id] = Text(*_shown(content, language, origin))
    for doc_id in doc_ids:
        if doc_id not in found and (stored := _stored(run, doc_id)) is not None:
            found[doc_id] = stored
    return found


def _shown(content: str, language: str | None, origin: str) -> tuple[str, str, bool]:
    cut = content.encode()[:MOST_BYTES].decode(errors="ignore")
    column = pa.array([cut], pa.large_string())
    redacted = redacted_contents(
        column, found_in(column, np.zeros(1, np.int64)), pa.array([language], pa.string())
    )
    return redacted[0].as_py() or cut, origin, len(cut) < len(content)


def _read(files: Collection[Path], doc_ids: list[bytes]) -> Iterator[tuple[bytes, str, str | None]]:
    """(id, content, language) of these documents; text is read only of the row groups that have one."""
    wanted = pa.array(doc_ids, pa.binary(16))
    left = set(doc_ids)
    for file in files:
        with pq.ParquetFile(file) as parquet:
            for group in range(parquet.num_row_groups if left else 0):
                ids = parquet.read_row_group(group, columns=["doc_id"], use_threads=False)["doc_id"]
                rows = pc.indices_nonzero(pc.is_in(ids, value_set=wanted))
                if len(rows):
                    columns = ["doc_id", "content", "language"]
                    table = parquet.read_row_group(group, columns=columns, use_threads=False).take(rows)
                    yield from zip(*(table[name].to_pylist() for name in columns), strict=True)
                    left -= set(table["doc_id"].to_pylist())


def _stored(run: Path, doc_id: bytes) -> Text | None:
    """The first lines that the run's samples have of a document."""
    try:
        samples: Any = import_module("codecorpus.report.stored")
    except ModuleNotFoundError:  # runs of this version have no samples
        return None
    found = samples.stored_samples(run, [doc_id]).get(doc_id)
    return None if found is None else Text(found.text, "samples", found.is_cut)

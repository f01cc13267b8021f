"""The text of documents of a run, kept or not, for people to look at: ids in; texts without secrets out, or why there is none.

A kept document is in `documents/`. The text of a dropped one is nowhere among the published files: it is in `work/` as long as that is
there, else its first lines are in `samples/` where it was one of those. Whatever the configuration does with secrets, what is found of
them is replaced here.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from codecorpus.filters.shown import shown_texts
from codecorpus.report.stored import stored_samples

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
            found[doc_id] = _shown(content, language, origin)
    missing = [doc_id for doc_id in doc_ids if doc_id not in found]
    stored = stored_samples(run, missing) if missing else {}
    return found | {doc_id: Text(one.text, "samples", one.is_cut) for doc_id, one in stored.items()}


def _shown(content: str, language: str | None, origin: str) -> Text:
    (shown,) = shown_texts([content], [language], MOST_BYTES)
    return Text(shown.text, origin, shown.is_cut)


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

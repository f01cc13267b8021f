"""Text of dropped documents, as far as the run's table `samples` has it. Run folder and ids in, texts out."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from codecorpus.document import SAMPLES
from codecorpus.report import tables


@dataclass(frozen=True, slots=True)
class StoredSample:
    """What a run keeps of the text of a dropped document.

    Attributes:
        text: its first lines, with placeholders for secrets and personal data.
        language: Linguist's name, or an empty string.
        length_bytes: of the whole text as it was read.
        is_cut: whether the document goes on.
    """

    text: str
    language: str
    length_bytes: int
    is_cut: bool


def stored_samples(run_dir: Path, doc_ids: Collection[bytes] | None = None) -> dict[bytes, StoredSample]:
    """doc_id → what is stored of it, for those of `doc_ids` (None: all) of which anything is; nothing for runs without the table.

    Args:
        run_dir: the run's folder.
        doc_ids: of dropped documents.
    """
    rows = tables.scan(tables.parts(run_dir, "samples"), SAMPLES)
    if doc_ids is not None:
        wanted = pl.Series(sorted(set(doc_ids)), dtype=pl.Binary)
        rows = rows.filter(pl.col("doc_id").is_in(wanted.implode()))
    frame = tables.run(rows.select("doc_id", "content", "language", "length_bytes", "is_cut"))
    return {
        doc_id: StoredSample(text, language or "", int(length), is_cut)
        for doc_id, text, language, length, is_cut in frame.iter_rows()
    }


def stored_sample(run_dir: Path, doc_id: bytes | str) -> str | None:
    """The first lines of a dropped document, secrets replaced; None where nothing is stored.

    Stored are the documents nearest to the limit of each rule, and members of the largest clusters; not what the licence policy,
    secrets, or benchmarks dropped. A text of 2 kB, or 8 kB for duplicates, may be cut at its end.

    Args:
        run_dir: the run's folder.
        doc_id: 16 bytes, or as 32 hex digits.
    """
    key = bytes.fromhex(doc_id) if isinstance(doc_id, str) else doc_id
    found = stored_samples(run_dir, [key])
    return found[key].text if key in found else None

"""The unit that writes what `explain --text` looks up: kept documents of one shard in, a sample of their shingles out."""

from __future__ import annotations

from pathlib import Path

from codecorpus.dedup.sampled import HASHES, Sampling, lookup_rows, lookup_schema
from codecorpus.run.tables import TableWriter, row_groups
from codecorpus.run.unit import Counters


def lookup(out: Path, documents_folder: Path, sampling: Sampling) -> Counters:
    """Kept documents → lookup.parquet, row for row and row group for row group.

    Args:
        out: where to write.
        documents_folder: of the shard, with documents.parquet as published.
        sampling: how many shingles, and of how many tokens.
    """
    rows = 0
    columns = ["doc_id", "content", "language"]
    with TableWriter(out / "lookup.parquet", lookup_schema(sampling), random=["doc_id", HASHES]) as writer:
        for documents in row_groups(documents_folder / "documents.parquet", columns):
            writer.write(lookup_rows(documents, sampling))
            rows += documents.num_rows
    return {"documents": rows}

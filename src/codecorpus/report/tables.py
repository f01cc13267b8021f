"""A run's tables as lazy frames: opening, running, looking documents up. Paths in, polars frames out.

What comes back from a streaming group-by has no order: every reader of this package sorts by something unique, and sums integers
only, so that equal runs give equal reports.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow as pa

from codecorpus.rules.rule import DOCUMENT_COLUMNS

#: The stages that decide about documents, in the order in which a document meets them.
STAGES = ("read", "parse", "filter", "dedup", "contamination", "mix", "pack")


def parts(run_dir: Path, table: str) -> list[Path]:
    """The files of one table, in order."""
    return sorted((run_dir / table).glob("part-*.parquet"))


def scan(files: Sequence[Path], schema: pa.Schema) -> pl.LazyFrame:
    """A lazy frame over the parts of a table; an empty one of `schema` where there are none."""
    if files:
        return pl.scan_parquet([str(path) for path in files], glob=False, hive_partitioning=False)
    frame = pl.from_arrow(schema.empty_table())
    assert isinstance(frame, pl.DataFrame)
    return frame.lazy()


def run(frame: pl.LazyFrame) -> pl.DataFrame:
    """Collect a lazy frame in the streaming engine; rows of a group-by come in no order."""
    result: Any = frame.collect(engine="streaming")
    assert isinstance(result, pl.DataFrame)
    return result


def value_of(measure: str) -> pl.Expr:
    """The column of a measure; size and stars are columns of their own."""
    return pl.col(measure) if measure in DOCUMENT_COLUMNS else pl.col("measures").struct.field(measure)


def values_of(documents: pl.LazyFrame, measures: Sequence[str], *columns: str) -> pl.LazyFrame:
    """These measures as columns of float64, and other columns before them.

    Parquet gives the whole struct of measures or none of it, 0.2 s for 50,000 documents, whichever is asked for: ask for several at once.
    """
    return documents.select(*columns, *(value_of(name).cast(pl.Float64).alias(name) for name in measures))


def batches(measures: Sequence[str]) -> list[Sequence[str]]:
    """Measures, 16 at a time: 128 bytes per document are held at once."""
    return [measures[start : start + 16] for start in range(0, len(measures), 16)]


def names_of(documents: pl.LazyFrame, doc_ids: Sequence[bytes]) -> dict[bytes, tuple[int, str, str]]:
    """doc_id → (row, `repository/path`, language) of kept documents."""
    if not doc_ids:
        return {}
    wanted = pl.Series(sorted(set(doc_ids)), dtype=pl.Binary)
    rows = documents.select("doc_id", "repo_name", "path", "language").with_row_index("row")
    frame = run(rows.filter(pl.col("doc_id").is_in(wanted.implode()))).sort("row", descending=True)
    return {
        doc_id: (int(row), f"{repo_name}/{path}", language or "")
        for row, doc_id, repo_name, path, language in frame.iter_rows()
    }

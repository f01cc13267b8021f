"""The text of documents of a run, kept or not, for people to look at: ids in; texts without secrets out, or why there is none.

A kept document is in `documents/`. The text of a dropped one is nowhere among the published files: it is in `work/` as long as that is
there, else its first lines are in `samples/` where it was one of those. Whatever the configuration does with secrets, what is found of
them is replaced here. In place of what was dropped for what it says there is a sentence; a file in `samples/` has none of it either.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

import polars as pl
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from codecorpus.document import DECISIONS
from codecorpus.filters.shown import shown_texts
from codecorpus.report import tables
from codecorpus.report.stored import stored_samples
from codecorpus.run.sample_tasks import has_problem, is_never_shown, is_of

#: Stands for a text that was dropped by the licence policy, an opt-out, for a secret or a benchmark problem, or as a copy of one with such
#: a problem.
NOT_SHOWN = "not shown: dropped for what it says"
#: Bytes of a text that are shown or compared at the most.
MOST_BYTES = 1_000_000


@dataclass(frozen=True, slots=True)
class Text:
    """A text, and where it is from.

    Attributes:
        content: with placeholders for secrets and personal data; `NOT_SHOWN` for a text that nobody is shown.
        origin: `documents`, `work` or `samples`; `withheld` where the text is not shown.
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
    kept = {
        doc_id: _shown(content, language, "documents")
        for doc_id, content, language in _read(tables.parts(run, "documents"), doc_ids)
    }
    dropped = [doc_id for doc_id in doc_ids if doc_id not in kept]
    if not dropped:
        return kept
    decisions = tables.parts(run, "decisions")
    withheld = _withheld(tables.scan(decisions, DECISIONS), dropped)
    dropped = [doc_id for doc_id in dropped if doc_id not in withheld]
    # Without decisions, as of a run in a store, nothing tells what of work/ is not to be shown; samples/ has none of that.
    work = sorted((run / "work" / "read").glob("*/documents.parquet")) if decisions else []
    stored = stored_samples(run, dropped)
    return (
        kept
        | {doc_id: Text(one.text, "samples", one.is_cut) for doc_id, one in stored.items()}
        | {doc_id: _shown(content, language, "work") for doc_id, content, language in _read(work, dropped)}
        | dict.fromkeys(sorted(withheld), Text(NOT_SHOWN, "withheld"))
    )


def _withheld(decisions: pl.LazyFrame, doc_ids: Collection[bytes]) -> set[bytes]:
    """Which of these documents are not shown, by the rule that `samples/` is made by."""
    wanted = pl.Series(sorted(doc_ids), dtype=pl.Binary)
    columns = ["doc_id", "code", "verdict", "other_id"]
    about = tables.run(decisions.select(columns).filter(pl.col("doc_id").is_in(wanted.implode())))
    named = pl.concat([wanted, about["other_id"].drop_nulls()]).unique().sort()
    problems = decisions.filter(has_problem() & pl.col("doc_id").is_in(named.implode()))
    is_withheld = is_never_shown() | is_of(tables.run(problems.select("doc_id"))["doc_id"])
    return set(about.filter(is_withheld)["doc_id"])


def _shown(content: str, language: str | None, origin: str) -> Text:
    (shown,) = shown_texts([content], [language], MOST_BYTES)
    return Text(shown.text, origin, shown.is_cut)


def _read(files: Collection[Path], doc_ids: Collection[bytes]) -> Iterator[tuple[bytes, str, str | None]]:
    """(id, content, language) of these documents; text is read only of the row groups that have one."""
    wanted = pa.array(sorted(doc_ids), pa.binary(16))
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

"""The two kinds of stage, and what a stage returns. There is no third kind.

A `ShardStage` sees one batch of documents and knows nothing of the others: parsing, filters, redaction,
encoding. A `CorpusStage` needs the whole corpus to decide on one document: licences of a repository,
duplicates, BPE training, packing. Its `map` is as independent as a shard stage, `reduce` sees only the
small partials, `apply` goes back to the shards.

Both are pure: same input and options give the same bytes, and the verdicts are rows of the decisions table.
What runs them, where, and in which order is the business of `codecorpus.run`; a stage never sees it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol, TypeVar

import pyarrow as pa

from codecorpus.document import DECISIONS


@dataclass(frozen=True, slots=True)
class StageResult:
    """What a stage says about a batch of documents.

    Attributes:
        table: one row per document of the batch, in its order: the columns that the stage adds or replaces.
        kept: boolean array, one value per document: false where the stage dropped it.
        decisions: a decisions table (`codecorpus.document.DECISIONS`); at least one `dropped` row for each dropped document.
    """

    table: pa.Table
    kept: pa.BooleanArray
    decisions: pa.Table

    def __post_init__(self) -> None:
        if len(self.kept) != self.table.num_rows:
            raise AssertionError(f"{len(self.kept)} verdicts for {self.table.num_rows} rows")
        if self.decisions.schema != DECISIONS:
            raise AssertionError("not a decisions table")


Partial = TypeVar("Partial")
Artefact = TypeVar("Artefact")


class ShardStage(Protocol):
    """Maps one batch to one batch, with verdicts."""

    def __call__(self, documents: pa.Table, /) -> StageResult:
        """Decide on the documents of one batch."""
        ...


class CorpusStage(Protocol[Partial, Artefact]):
    """Needs every document to decide on one."""

    def map(self, documents: pa.Table, /) -> Partial:
        """What the corpus-wide decision needs to know of this batch."""
        ...

    def reduce(self, partials: Iterable[Partial], /) -> Artefact:
        """The corpus-wide decision, from partials in shard order."""
        ...

    def apply(self, documents: pa.Table, artefact: Artefact, /) -> StageResult:
        """Decide on the documents of one batch, knowing the artefact."""
        ...

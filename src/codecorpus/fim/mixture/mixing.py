"""How often each document is taken: budgets of tokens by language, class and length, met at once.

What comes in: one row per document, options, a seed. What goes out: a `Mixture`.

* Documents are grouped in *cells*: language, class and length bucket. How many tokens of each cell are taken is `fit`'s.
* A cell that is taken 2.3 times has all its documents twice, and those whose seeded hash comes first a third time. So a
  document is never taken more often than the limit of repetition, rounded up.
* The hash is one of seed and document, so that the order of the rows does not matter, and of equal documents none is preferred.
* A document is taken whole. What its cells cannot fill with whole documents, a language, class or length gets from others: single
  documents are taken or left until each share is met to 0.02 % of the budget, or no document helps. The budget is never exceeded. In a
  small corpus, shares of several dimensions are met only to within a document or two of the longest.
* Shares that cannot be met are an error that says what the corpus allows, unless `short = "fill"`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from codecorpus.fim import draws
from codecorpus.fim.mixture import _kernels
from codecorpus.fim.mixture.cells import Cells, group_documents, sums
from codecorpus.fim.mixture.options import MixtureOptions
from codecorpus.fim.mixture.quotas import Quotas, find_quotas
from codecorpus.fim.mixture.report import cell_table, share_table
from codecorpus.fim.mixture.shares import Counts
from codecorpus.fragments import show_fields

#: The question that is asked of a document's hash; the numbers below 32 are those of `draws`.
MIXTURE_ORDER = 32

#: Shares nearer than this part of the budget are near enough to let the seeded order stand; what is promised is five times as much.
_BALANCED = 0.0002


@dataclass(frozen=True, slots=True)
class Mixture:
    """Which documents are trained on, and how often.

    Attributes:
        copies: int32[documents], in the order of the rows; 0 for a document that is left out.
        budget: tokens that were to be taken.
        shares: a row for each language, class and length: what was asked and what came of it; see `report.SHARES`.
        cells: a row for each language, class and length that occur together; see `report.CELLS`.
    """

    copies: NDArray[np.int32]
    budget: int
    shares: pa.Table
    cells: pa.Table

    _repr_html_ = show_fields


def plan_mixture(documents: pa.Table, options: MixtureOptions, *, seed: int) -> Mixture:
    """Decide how often each document is taken.

    Args:
        documents: columns `doc_key` (uint64, the first 8 bytes of doc_id), `language` (string, null where it is not known), `class`
            (string, one of `document_class.CLASSES`) and `tokens` (int64, 0 or more).
        options: what is asked.
        seed: the run's seed.

    Raises:
        UsageError: a language that the corpus does not have; shares or a budget that it does not allow.

    >>> documents = pa.table({"doc_key": pa.array(range(100), pa.uint64()), "language": ["C"] * 80 + ["Go"] * 20,
    ...     "class": ["code"] * 100, "tokens": [10] * 100})
    >>> mixture = plan_mixture(documents, MixtureOptions(languages={"C": 0.5, "Go": 0.5}), seed=0)
    >>> int(mixture.copies[:80].sum()), int(mixture.copies[80:].sum())
    (20, 20)
    """
    tokens = np.ascontiguousarray(documents["tokens"].to_numpy(), dtype=np.int64)
    cells, cell_of = group_documents(documents, tokens, options)
    quotas = find_quotas(cells, options)
    keys = np.asarray(documents["doc_key"].to_numpy(), dtype=np.uint64)
    order = _seeded_order(keys, cell_of, tokens, seed)
    copies = _copies(order, tokens, cell_of, cells, quotas, math.ceil(options.max_repetition))
    taken = (sums(cell_of, copies > 0, len(cells.tokens)), sums(cell_of, tokens * copies, len(cells.tokens)))
    return Mixture(
        copies, quotas.budget, share_table(cells, quotas, *taken), cell_table(cells, quotas, *taken)
    )


def _seeded_order(
    keys: NDArray[np.uint64], cell_of: NDArray[np.int32], tokens: Counts, seed: int
) -> NDArray[np.int64]:
    """int64[documents]: the order in which documents are tried; of rows with the same key the one with fewer tokens first."""
    drawn = draws.drawn(
        draws.part_draws(keys, np.zeros(1, dtype=np.uint64), seed=seed, epoch=0), MIXTURE_ORDER
    )
    order = np.argsort(drawn, kind="stable")
    if len(drawn) and (np.diff(drawn[order]) == 0).any():  # the mixer has no collisions: the same key twice
        order = np.lexsort((tokens, cell_of, drawn))
    return order


def _copies(
    order: NDArray[np.int64],
    tokens: Counts,
    cell_of: NDArray[np.int32],
    cells: Cells,
    quotas: Quotas,
    most: int,
) -> NDArray[np.int32]:
    """int32[documents]: whole repetitions of each cell, then single documents by their order."""
    wanted = np.maximum(quotas.wanted, 0)
    whole = np.floor(wanted / np.maximum(cells.tokens, 1) + 1e-9).astype(np.int64)
    cell_room = np.maximum(np.rint(wanted - whole * cells.tokens), 0).astype(np.int64)
    room = quotas.room.copy()
    for column in quotas.groups.T:
        room -= sums(column, whole * cells.tokens, len(room))
    order = order[quotas.wanted[cell_of[order]] >= 0]
    cell_of = cell_of[order]
    taken = np.stack([whole[cell_of]] * 2 + [np.full(len(order), most)], axis=1).astype(np.int32)
    arrays = (tokens[order], cell_of, quotas.groups, room, taken)
    _kernels.take_first(*arrays, cell_room)
    _kernels.balance(*arrays, int(_BALANCED * quotas.budget))
    _kernels.trim(*arrays)
    _kernels.fill(*arrays)
    copies = np.zeros(len(tokens), dtype=np.int32)
    copies[order] = taken[:, 0]
    return copies

"""What was asked of a mixture and what came of it, as tables."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from codecorpus.fim.mixture.cells import Cells, sums
from codecorpus.fim.mixture.options import REST
from codecorpus.fim.mixture.quotas import Quotas
from codecorpus.fim.mixture.shares import Counts, Dimension

#: A row for each value of each dimension, and one with the value `*` where all others were asked for.
SHARES = pa.schema(
    [
        pa.field("dimension", pa.string(), nullable=False),  # language, class or length
        pa.field("value", pa.string(), nullable=False),
        pa.field("documents", pa.int64(), nullable=False),  # of the corpus
        pa.field("tokens", pa.int64(), nullable=False),  # of the corpus
        pa.field(
            "asked_share", pa.float64()
        ),  # of the budget; null where nothing was asked of the value itself
        pa.field("taken_documents", pa.int64(), nullable=False),  # once or more often
        pa.field("taken_tokens", pa.int64(), nullable=False),  # each as often as it is taken
        pa.field("share", pa.float64(), nullable=False),  # of all taken tokens
    ]
)

#: A row for each language, class and length that occur together.
CELLS = pa.schema(
    [
        pa.field("language", pa.string(), nullable=False),
        pa.field("class", pa.string(), nullable=False),
        pa.field("length", pa.string(), nullable=False),
        pa.field("documents", pa.int64(), nullable=False),
        pa.field("tokens", pa.int64(), nullable=False),
        pa.field("asked_tokens", pa.int64(), nullable=False),
        pa.field("taken_documents", pa.int64(), nullable=False),
        pa.field("taken_tokens", pa.int64(), nullable=False),
    ]
)


def share_table(cells: Cells, quotas: Quotas, taken_documents: Counts, taken_tokens: Counts) -> pa.Table:
    """Rows of `SHARES`; of classes and lengths only those that the corpus has or that were asked for.

    Args:
        cells: what the corpus has.
        quotas: what was to be taken.
        taken_documents: int64[cells], documents that are taken once or more often.
        taken_tokens: int64[cells], with repetitions.
    """
    columns = (cells.documents, cells.tokens, taken_documents, taken_tokens)
    total = max(int(taken_tokens.sum()), 1)
    rows = []
    for axis, dimension in enumerate(quotas.dimensions):
        values = cells.values[:, axis]
        counts = np.stack([sums(values, column, len(dimension.values)) for column in columns])
        for value, name in enumerate(dimension.values):
            share = _asked_share(dimension, name)
            if counts[0, value] or share:
                rows.append(_share_row(dimension.name, name, share, counts[:, value], total))
        if REST in dimension.asked:
            rest = counts[:, dimension.member == dimension.asked.index(REST)].sum(axis=1)
            rows.append(_share_row(dimension.name, REST, _asked_share(dimension, REST), rest, total))
    return pa.Table.from_pylist(rows, SHARES)


def cell_table(cells: Cells, quotas: Quotas, taken_documents: Counts, taken_tokens: Counts) -> pa.Table:
    """Rows of `CELLS`, in the order of the cells."""
    names = [
        pa.array(dimension.values, pa.string()).take(pa.array(cells.values[:, axis]))
        for axis, dimension in enumerate(cells.dimensions)
    ]
    asked = np.rint(np.maximum(quotas.wanted, 0)).astype(np.int64)
    counts = [cells.documents, cells.tokens, asked, taken_documents, taken_tokens]
    return pa.Table.from_arrays([*names, *(pa.array(column) for column in counts)], schema=CELLS)


def _asked_share(dimension: Dimension, name: str) -> float | None:
    """The share that holds for a value by name; 0 for one that is left out, None where it is part of the rest or nothing is asked."""
    if name in dimension.asked:
        return float(dimension.shares[dimension.asked.index(name)])
    return None if not dimension.asked or REST in dimension.asked else 0.0


def _share_row(
    dimension: str, value: str, asked: float | None, counts: Counts, total: int
) -> dict[str, object]:
    documents, tokens, taken_documents, taken_tokens = counts.tolist()
    return {
        "dimension": dimension,
        "value": value,
        "documents": documents,
        "tokens": tokens,
        "asked_share": asked,
        "taken_documents": taken_documents,
        "taken_tokens": taken_tokens,
        "share": taken_tokens / total,
    }

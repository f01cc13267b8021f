"""Documents → cells: which language, class and length bucket occur together, and how many tokens they have.

What comes in: one row per document. What goes out: `Cells`, in an order that does not depend on the rows', and the cell of each document.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from codecorpus.fim.mixture.classes import CLASSES
from codecorpus.fim.mixture.options import MixtureOptions
from codecorpus.fim.mixture.shares import Counts, Dimension, explicit, language_shares

#: What stands for a language that is not known.
UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Cells:
    """Documents by language, class and length.

    Attributes:
        dimensions: the three, with what is asked of them.
        values: int64[cells, 3], places in each dimension's `values`.
        tokens: int64[cells], what the corpus has.
        documents: int64[cells].
    """

    dimensions: tuple[Dimension, ...]
    values: Counts
    tokens: Counts
    documents: Counts


def group_documents(
    documents: pa.Table, tokens: Counts, options: MixtureOptions
) -> tuple[Cells, NDArray[np.int32]]:
    """The cells, and int32[documents], the cell of each document; see `mixture.plan_mixture` for the columns."""
    languages, language = _codes(pc.fill_null(documents["language"].cast(pa.string()), UNKNOWN))
    known = pc.index_in(documents["class"].cast(pa.string()), value_set=pa.array(CLASSES))
    assert known.null_count == 0, "a class that is none of CLASSES"
    bucket = np.searchsorted(np.array(options.length_borders, dtype=np.int64), tokens)
    shape = (max(len(languages), 1), len(CLASSES), len(options.length_borders) + 1)
    flat = np.ravel_multi_index((language, known.to_numpy(), bucket), shape)
    documents_in = np.bincount(flat, minlength=math.prod(shape))
    present = np.flatnonzero(documents_in)
    place = np.zeros(len(documents_in), dtype=np.int32)
    place[present] = np.arange(len(present))
    values = np.stack(np.unravel_index(present, shape), axis=1)
    cell_of = place[flat]
    has = sums(cell_of, tokens, len(present))
    dimensions = (
        language_shares(languages, sums(values[:, 0], has, len(languages)), options),
        explicit("class", CLASSES, {str(name): share for name, share in options.classes.items()}),
        _length_shares(options),
    )
    return Cells(dimensions, values, has, documents_in[present]), cell_of


def sums(groups: NDArray[Any], numbers: NDArray[Any], count: int) -> Counts:
    """int64[count]: sums by group, exact below 2**53."""
    return np.bincount(groups, numbers, count).astype(np.int64)


def _codes(names: pa.ChunkedArray) -> tuple[tuple[str, ...], Counts]:
    """The distinct names in order, and int64[rows], the place of each row's name."""
    encoded = names.combine_chunks().dictionary_encode()
    distinct = encoded.dictionary.to_pylist()
    order = np.array(sorted(range(len(distinct)), key=distinct.__getitem__), dtype=np.int64)
    place = np.empty(len(order), dtype=np.int64)
    place[order] = np.arange(len(order))
    return tuple(distinct[number] for number in order), place[encoded.indices.to_numpy()]


def _length_shares(options: MixtureOptions) -> Dimension:
    borders = options.length_borders
    values = [f"<= {border}" for border in borders] + ([f"> {borders[-1]}"] if borders else ["all"])
    shares = dict(zip(values, options.length_shares, strict=True)) if options.length_shares else {}
    return explicit("length", values, shares)

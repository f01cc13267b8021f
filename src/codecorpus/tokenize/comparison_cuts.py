"""What a cut costs: the extra tokens when the pieces of a document are encoded apart, as fill-in-the-middle has them.

A sample of documents goes in for each language; extra tokens and cuts come out. Which documents, and where they are cut, is a
hash of their text.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from codecorpus.buffers import text_buffers
from codecorpus.tokenize import _kernels_compare as kernels
from codecorpus.tokenize.comparison_inputs import Contestant

# Two, as between prefix, middle and suffix.
CUTS: Final = 2
#: Longer documents are not cut: the cost of a cut does not depend on what is far away from it, and encoding it does.
MAX_BYTES: Final = 32_768


@dataclass(slots=True, eq=False)
class Sample:
    """The documents of a language with the smallest hashes.

    Attributes:
        size: how many at most.
        texts: what there is so far.
        rows: int64, their rows in the table.
        keys: uint64, the hash of each, ascending.
        tokens: int64[documents, tokenizers], of the whole documents.
    """

    size: int
    texts: pa.Array = field(default_factory=lambda: pa.array([], pa.large_string()))
    rows: NDArray[np.int64] = field(default_factory=lambda: np.empty(0, np.int64))
    keys: NDArray[np.uint64] = field(default_factory=lambda: np.empty(0, np.uint64))
    tokens: NDArray[np.int64] = field(default_factory=lambda: np.empty((0, 0), np.int64))

    def add(self, rows: NDArray[np.int64], texts: pa.LargeStringArray, tokens: NDArray[np.int64]) -> None:
        """Take the documents of a batch, of these rows, that belong to the sample."""
        data, offsets = text_buffers(texts)
        keys = np.empty(len(texts), np.uint64)
        kernels.hash_texts(data, offsets, keys)
        lengths = np.diff(offsets)
        fit = np.flatnonzero((lengths > 0) & (lengths <= MAX_BYTES))
        fit = fit[np.argsort(keys[fit], kind="stable")[: self.size]]
        keys = np.concatenate([self.keys, keys[fit]])
        order = np.argsort(keys, kind="stable")[: self.size]
        together = pa.concat_arrays([self.texts, texts.take(pa.array(fit))])
        self.texts = together.take(pa.array(order))
        self.rows = np.concatenate([self.rows, rows[fit]])[order]
        self.keys = keys[order]
        before = self.tokens.reshape(-1, tokens.shape[1])
        self.tokens = np.concatenate([before, tokens[fit]])[order]


def cut_costs(sample: Sample, contestants: list[Contestant]) -> NDArray[np.int64]:
    """Encode the pieces of a sample.

    Returns:
        int64[tokenizers, 2, 2]: extra tokens and cuts, of cuts between characters and of cuts in front of a line's first character that is
        not blank, after the indent.
    """
    costs = np.zeros((len(contestants), 2, 2), np.int64)
    data, offsets = text_buffers(sample.texts)
    for kind in (0, 1):
        cuts = np.empty((len(sample.texts), CUTS), np.int64)
        kernels.choose_cuts(data, offsets, sample.keys, kind == 1, cuts)
        places = np.unique(cuts[cuts >= 0])
        pieces = _pieces(data, np.unique(np.concatenate([offsets, places])))
        for number, contestant in enumerate(contestants if len(places) else []):
            tokens = int(contestant.encoder.encode(pieces)[1][-1])
            costs[number, kind] = tokens - sample.tokens[:, number].sum(), len(places)
    return costs


def _pieces(data: NDArray[np.uint8], borders: NDArray[np.int64]) -> pa.LargeStringArray:
    """The texts between borders, over the same memory; a border lies between two characters."""
    return pa.LargeStringArray.from_buffers(len(borders) - 1, pa.py_buffer(borders), pa.py_buffer(data))

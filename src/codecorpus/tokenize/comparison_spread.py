"""How a figure spreads: over files, because the ratio of a corpus flatters, and over repositories, because files of one are alike.

Bytes and tokens of each document go in; quantiles and intervals come out.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from codecorpus.tokenize import _kernels_compare as kernels

#: Smaller files are in the ratio of the corpus, but not among the files: of two tokens and three, the ratio is 1.5.
FILE_BYTES: Final = 256
#: Corpora drawn for an interval.
REPLICATES: Final = 1000
#: With fewer repositories there is no interval: drawing from three says little about a fourth.
REPOSITORIES: Final = 5

_SEED: Final = 20_23  # any number; it is a constant so that the same input has the same interval
_INTERVAL: Final = (2.5, 97.5)


@dataclass(frozen=True, slots=True)
class Spread:
    """A figure over files: its median, the value below which 5 % of files lie, the lowest, and the row of that one."""

    median: float | None = None
    p5: float | None = None
    worst: float | None = None
    row: int | None = None


def over_files(values: NDArray[np.float64], rows: NDArray[np.int64]) -> Spread:
    """The spread of one value per file; quantiles are interpolated. Of equal worst files the first one is named.

    >>> over_files(np.array([1.0, 3.0, 2.0]), np.array([7, 8, 9]))
    Spread(median=2.0, p5=1.1, worst=1.0, row=7)
    """
    if not len(values):
        return Spread()
    median, p5 = np.percentile(values, [50, 5])
    lowest = int(np.argmin(values))
    return Spread(float(median), float(p5), float(values[lowest]), int(rows[lowest]))


def intervals(
    sizes: NDArray[np.int64], tokens: NDArray[np.int64], repositories: NDArray[np.int64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]] | None:
    """Bootstrap intervals of 95 % over repositories: as many as there are, drawn with replacement, `REPLICATES` times.

    Args:
        sizes: int64[documents], bytes.
        tokens: int64[documents, tokenizers].
        repositories: int64[documents].

    Returns:
        Of bytes per token, and of the ratio to the first tokenizer's: float64[2, tokenizers] each, the lower and the upper end. None where
        fewer than `REPOSITORIES` repositories hold any text.
    """
    values = _by_repository(np.column_stack([sizes, tokens]), repositories)
    values = values[(values > 0).all(axis=1)]
    if len(values) < REPOSITORIES:
        return None
    drawn = np.zeros((REPLICATES, values.shape[1]), np.int64)
    kernels.resample(values, _SEED, drawn)
    ratios = (drawn[:, :1] / drawn[:, 1:], drawn[:, 1:2] / drawn[:, 1:])
    per_token, to_first = (np.percentile(ratio, _INTERVAL, axis=0) for ratio in ratios)
    return per_token, to_first


def _by_repository(values: NDArray[np.int64], repositories: NDArray[np.int64]) -> NDArray[np.int64]:
    """Sums of the rows of each repository."""
    numbers, places = np.unique(repositories, return_inverse=True)
    sums = np.zeros((len(numbers), values.shape[1]), np.int64)
    np.add.at(sums, places, values)
    return sums

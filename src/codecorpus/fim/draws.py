"""Counter-based randomness: a draw is a pure hash of (seed, epoch, document, part, purpose), never a generator's state.

So decisions do not depend on the order of documents, the number of workers or where a run was interrupted, and another epoch gives
other cuts. The mixer is SplitMix64's (Steele, Lea, Flood 2014, "Fast splittable pseudorandom number generators").
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

Draws = npt.NDArray[np.uint64]

#: One number per question that is asked of a part or row; the numbers are part of the output's definition.
IS_TRANSFORMED, IS_SUFFIX_FIRST, CUTS, TIE_ORDER, ROW_ORDER, PART_ORDER, SPAN_KIND = range(1, 8)

_GAMMA = np.uint64(0x9E3779B97F4A7C15)
_FIRST = np.uint64(0xBF58476D1CE4E5B9)
_SECOND = np.uint64(0x94D049BB133111EB)


def mixed(values: Draws) -> Draws:
    """SplitMix64's output function on each value; wraps modulo 2**64."""
    values = values + _GAMMA
    values = (values ^ (values >> np.uint64(30))) * _FIRST
    values = (values ^ (values >> np.uint64(27))) * _SECOND
    return values ^ (values >> np.uint64(31))


def part_draws(
    doc_keys: Draws, parts: npt.NDArray[Any], *, seed: int, epoch: int | npt.NDArray[Any]
) -> Draws:
    """One hash for each part, from which all of its decisions are drawn.

    Args:
        doc_keys: uint64[n], the first 8 bytes of each part's doc_id.
        parts: integer[n], the part's number within its document.
        seed: 0 to 2**64 - 1.
        epoch: 0 to 2**64 - 1, one for all or one for each; another epoch gives other decisions.
    """
    start = mixed(mixed(np.array([seed], dtype=np.uint64)) ^ np.asarray(epoch).astype(np.uint64))
    return mixed(mixed(start ^ doc_keys) ^ parts.astype(np.uint64))


def drawn(draws: Draws, purpose: int) -> Draws:
    """An independent uint64 for each part and purpose."""
    return mixed(draws ^ (np.uint64(purpose) << np.uint64(56)))


def uniform(draws: Draws, purpose: int) -> npt.NDArray[np.float64]:
    """A number in [0, 1) for each part and purpose, with 53 random bits."""
    return (drawn(draws, purpose) >> np.uint64(11)).astype(np.float64) * 2.0**-53


def counter_draws(count: int, purpose: int, *, seed: int) -> Draws:
    """uint64[count]: one hash for each of the numbers 0 to count - 1."""
    start = mixed(np.array([seed], dtype=np.uint64)) ^ np.uint64(purpose)
    return mixed(mixed(start) ^ np.arange(count, dtype=np.uint64))

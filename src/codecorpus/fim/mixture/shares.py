"""Which share is asked of which value: the options of the mixture, on what a corpus has.

What comes in: what the corpus has of each language, class and length. What goes out: a `Dimension` for each of the three, with the
asked shares where any are asked.

`temperature` gives a language the share tokens ** (1 / temperature), over the sum of these (Arivazhagan et al. 2019, "Massively
multilingual neural machine translation in the wild", arXiv 1907.05019, section 4: temperature-based sampling; 1 is proportional, 5 theirs).
`short = "fill"` gives a value that has too little all it has, and the others more, as UniMax does (Chung et al. 2023, arXiv 2304.09151).
"""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from codecorpus.errors import UsageError
from codecorpus.fim.mixture.fit import Floats
from codecorpus.fim.mixture.options import REST, MixtureOptions

Counts = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Dimension:
    """Values of one dimension, and what is asked of them.

    Attributes:
        name: `language`, `class` or `length`.
        values: the values that the corpus has, in order.
        asked: the values of which a share is asked, in order, `*` for all others; empty where nothing is asked.
        member: int64[values], the place in `asked` of each value, -1 for a value that is left out; 0 where nothing is asked.
        shares: float64[asked], summing to 1.
    """

    name: str
    values: tuple[str, ...]
    asked: tuple[str, ...]
    member: Counts
    shares: Floats

    def has(self, values: Counts, tokens: Counts) -> Counts:
        """int64[asked]: the tokens of each value that is asked for, from places in `values` and tokens of cells."""
        member = self.member[values]
        is_asked = member >= 0
        return np.bincount(member[is_asked], tokens[is_asked], len(self.shares)).astype(np.int64)


def language_shares(values: Sequence[str], tokens: Counts, options: MixtureOptions) -> Dimension:
    """What is asked of languages.

    Args:
        values: languages of the corpus.
        tokens: int64[values].
        options: of the mixture.

    Raises:
        UsageError: a language that the corpus does not have.

    >>> options = MixtureOptions(temperature=2)
    >>> language_shares(["C", "Go"], np.array([900, 100]), options).shares.tolist()
    [0.75, 0.25]
    """
    if options.temperature is None:
        for name, share in options.languages.items():
            if share > 0 and name != REST and name not in values:
                _refuse_language(name, share, values)
        return explicit("language", values, options.languages)
    if len(values) == 0:
        return explicit("language", values, {})
    # Python's own power and 12 digits: numpy's may differ in the last bit from machine to machine.
    powers = np.array(
        [float(count) ** (1 / options.temperature) if count else 0.0 for count in tokens.tolist()]
    )
    shares = np.round(powers / powers.sum(), 12) if powers.any() else np.full(len(powers), 1 / len(powers))
    return Dimension("language", tuple(values), tuple(values), np.arange(len(values)), shares / shares.sum())


def explicit(name: str, values: Sequence[str], shares: Mapping[str, float]) -> Dimension:
    """A dimension whose shares are written down.

    >>> explicit("class", ["code", "tests"], {"tests": 0.25, "*": 0.75}).member.tolist()
    [0, 1]
    """
    asked = tuple(sorted(shares))
    place = {value: number for number, value in enumerate(asked)}
    rest = place.get(REST, -1) if asked else 0
    member = np.array([place.get(value, rest) for value in values], dtype=np.int64)
    scaled = np.array([shares[value] for value in asked], dtype=np.float64)
    return Dimension(name, tuple(values), asked, member, scaled / scaled.sum() if asked else scaled)


def filled(shares: Floats, most: Floats) -> Floats:
    """Shares of which none is above its limit: what is missing is added to the others, in their proportion.

    The sum is below 1 where all are at their limit.

    >>> filled(np.array([0.5, 0.25, 0.25]), np.array([0.2, 1.0, 1.0])).tolist()
    [0.2, 0.4, 0.4]
    """
    at_limit = np.zeros(len(shares), dtype=np.bool_)
    while True:
        free = shares[~at_limit].sum()
        factor = (1 - most[at_limit].sum()) / free if free > 0 else 0.0
        over = ~at_limit & (shares * factor > most)
        if not over.any():
            return np.where(at_limit, most, shares * factor)
        at_limit |= over


def _refuse_language(name: str, share: float, values: Sequence[str]) -> None:
    folded = {value.lower(): value for value in values}
    near = difflib.get_close_matches(name.lower(), list(folded), n=1, cutoff=0.5)
    meant = f"Did you mean {folded[near[0]]!r}? " if near else ""
    has = (
        f"It has {', '.join(values[:20])}{' and more' * (len(values) > 20)}."
        if len(values)
        else "It is empty."
    )
    raise UsageError(
        f"mixture.languages asks {share:.6g} of {name!r}, and the corpus has no document in it", meant + has
    )

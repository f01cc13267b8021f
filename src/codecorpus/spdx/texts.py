"""Full texts of licences found in a text, by the overlap of their words with the texts of the SPDX list, which are shipped.

A text is its words (`words.py`), and its words are overlapping runs of three. A licence is there where a stretch of the text holds at least
`MIN_COVERAGE` of the licence's distinct runs, and the similarity of stretch and licence (Dice: the harmonic mean of the share of the
licence that is in the stretch and the share of the stretch that is of the licence) is at least `MIN_SIMILARITY`. Of licences that
claim the same stretch, such as BSD of two, three and four clauses, the most similar one has it. So wrapping, names and a changed
word do not matter, several licences in a text are told apart, and twins compete. A common licence may also be cut short
(`CUT_COVERAGE`).

Runs of three words are numbers, exact ones: word ids to the base of the size of the vocabulary. No hash can collide.
"""

from __future__ import annotations

import json
import lzma
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import resources

import numpy as np
from numpy.typing import NDArray

from codecorpus.spdx.words import licence_words

MIN_COVERAGE = 0.80
MIN_SIMILARITY = 0.85
#: A common licence that was cut short, as MIT without the end of its disclaimer: less of it is there, and next to nothing else between.
CUT_COVERAGE = 0.60
CUT_DENSITY = 0.95
#: Words of a text that are looked at: GPL 3 has 5,600, the longest collection of notices in the corpus 60,000.
MOST_WORDS = 100_000

_RUN = 3
#: A rarer licence has to be more similar than a common one by this much. Small: Xnet is MIT but for a sentence, 0.003.
_COMMON_BONUS = 0.002
#: A rare licence that is matched no closer than this gives way to a common one; the third clause of BSD has many authors' wordings.
_CLOSE, _NOT_CLOSE = 0.95, 0.05
#: A licence that explains more of the text, as one with an addition does, may be less similar by this much.
_MORE_TEXT, _LESS_SIMILAR = 1.03, 0.02
_COMMON = frozenset(
    {
        "0BSD", "AGPL-3.0-only", "Apache-1.1", "Apache-2.0", "Artistic-1.0-Perl", "Artistic-2.0", "BSD-2-Clause", "BSD-3-Clause",
        "BSD-4-Clause", "BSL-1.0", "CC-BY-4.0", "CC-BY-SA-4.0", "CC0-1.0", "EPL-1.0", "EPL-2.0", "GPL-2.0-only", "GPL-3.0-only", "ISC",
        "LGPL-2.1-only", "LGPL-3.0-only", "MIT", "MIT-0", "MPL-1.1", "MPL-2.0", "OFL-1.1", "PostgreSQL", "PSF-2.0", "Ruby", "Unlicense",
        "WTFPL", "Zlib",
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class TextMatch:
    """One licence's text in a text.

    Attributes:
        spdx: its id; `-only` for GNU licences, whose text alone grants no later version.
        similarity: of the stretch and the licence's text, `MIN_SIMILARITY` to 1; lower where the text is cut short.
        start: the stretch's first word.
        end: the word after its last.
    """

    spdx: str
    similarity: float
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class TextIndex:
    """The shipped texts, ready for comparing. Arrays of one length belong together.

    Attributes:
        ids: the licences.
        vocabulary: word → number.
        runs: int64, every run of words of any licence, sorted.
        offsets: int64, where a run's licences begin in `holders`.
        counts: int64, how many it has.
        holders: int32, numbers of licences.
        own_runs: per licence its distinct runs, int64, sorted.
        own_places: per licence where each of its runs stands in it, int64; -1 where it stands in several places.
        sizes: int64, number of distinct runs of each licence.
    """

    ids: tuple[str, ...]
    vocabulary: dict[str, int]
    runs: NDArray[np.int64]
    offsets: NDArray[np.int64]
    counts: NDArray[np.int64]
    holders: NDArray[np.int32]
    own_runs: tuple[NDArray[np.int64], ...]
    own_places: tuple[NDArray[np.int64], ...]
    sizes: NDArray[np.int64]


@cache
def text_index() -> TextIndex:
    """The index of the shipped texts; made once in a process."""
    packed = resources.files("codecorpus.spdx").joinpath("texts.json.xz").read_bytes()
    texts: dict[str, str] = json.loads(lzma.decompress(packed))["texts"]
    return make_index(texts)


def make_index(texts: dict[str, str]) -> TextIndex:
    """An index of texts by id; those of fewer than 12 words are left out, as they say too little."""
    vocabulary: dict[str, int] = {}
    # Text by text: a million words as Python strings would take 70 MB, and each worker keeps what it once took.
    numbered = {
        spdx: np.array([vocabulary.setdefault(word, len(vocabulary)) for word in words], np.int64)
        for spdx, words in ((spdx, licence_words(text)) for spdx, text in texts.items())
        if len(words) >= 12
    }
    numbers = list(numbered.values())
    own = [_distinct(_runs_of(one, len(vocabulary))) for one in numbers]
    every = np.concatenate([np.empty(0, np.int64), *(runs for runs, _ in own)])
    holders = np.repeat(np.arange(len(own), dtype=np.int32), [len(runs) for runs, _ in own])
    order = np.argsort(every, kind="stable")
    runs, first = np.unique(every[order], return_index=True)
    return TextIndex(
        ids=tuple(numbered),
        vocabulary=vocabulary,
        runs=runs,
        offsets=first.astype(np.int64),
        counts=np.diff(np.append(first, len(every))).astype(np.int64),
        holders=holders[order],
        own_runs=tuple(runs for runs, _ in own),
        own_places=tuple(places for _, places in own),
        sizes=np.array([len(runs) for runs, _ in own], np.int64),
    )


def match_texts(text: str) -> tuple[TextMatch, ...]:
    """The licences whose text stands in `text`, in the order of their places.

    >>> match_texts("All rights reserved.")
    ()
    """
    return match_words(tuple(licence_words(text)[:MOST_WORDS]))


def match_words(words: tuple[str, ...]) -> tuple[TextMatch, ...]:
    """As `match_texts`, from the words. The last answers are kept: one licence's text stands in many repositories."""
    return _matches(" ".join(words))


@lru_cache(maxsize=256)
def _matches(joined: str) -> tuple[TextMatch, ...]:
    # The key is one string: as many words in a tuple take ten times its memory.
    index, words = text_index(), joined.split()
    get = index.vocabulary.get
    runs = _runs_of(
        np.fromiter((get(word, -1) for word in words), np.int64, len(words)), len(index.vocabulary)
    )
    found = [match for number in _candidates(index, runs) for match in _stretches(index, number, runs)]
    return tuple(sorted(_resolved(found), key=lambda match: (match.start, match.end, match.spdx)))


def _runs_of(numbers: NDArray[np.int64], base: int) -> NDArray[np.int64]:
    """Each run of three words as one number, -1 where a word of it is not in the vocabulary."""
    if len(numbers) < _RUN:
        return np.empty(0, np.int64)
    first, second, third = numbers[:-2], numbers[1:-1], numbers[2:]
    runs = (first * base + second) * base + third
    runs[(first < 0) | (second < 0) | (third < 0)] = -1
    return runs


def _distinct(runs: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    distinct, first, counts = np.unique(runs, return_index=True, return_counts=True)
    return distinct, np.where(counts == 1, first, -1)


def _candidates(index: TextIndex, runs: NDArray[np.int64]) -> list[int]:
    """Licences of whose runs enough stand anywhere in the text."""
    distinct = np.unique(runs)
    where = np.searchsorted(index.runs, distinct)
    where[where == len(index.runs)] = 0
    where = where[index.runs[where] == distinct] if len(index.runs) else where[:0]
    starts, counts = index.offsets[where], index.counts[where]
    rows = np.repeat(starts - np.cumsum(counts) + counts, counts) + np.arange(counts.sum())
    covered = np.bincount(index.holders[rows], minlength=len(index.ids))
    return np.flatnonzero(covered >= CUT_COVERAGE * index.sizes).tolist()


def _stretches(index: TextIndex, number: int, runs: NDArray[np.int64]) -> Iterator[TextMatch]:
    """Where one licence stands in the text: for each copy of it, the stretch with the most runs of it and the fewest others."""
    own, places = index.own_runs[number], index.own_places[number]
    where = np.searchsorted(own, runs)
    where[where == len(own)] = 0
    matched = own[where] == runs
    borders = _copy_borders(np.where(matched, places[where], -1), len(own))
    for first, end in zip([0, *borders], [*borders, len(runs)], strict=True):
        here = matched[first:end]
        start, stop = _densest(here)
        hits = int(here[start:stop].sum())
        if not hits:
            continue
        coverage = len(np.unique(where[first + start : first + stop][here[start:stop]])) / len(own)
        density = hits / (stop - start)
        similarity = 2 * coverage * density / (coverage + density)
        is_cut = coverage >= CUT_COVERAGE and density >= CUT_DENSITY and index.ids[number] in _COMMON
        if is_cut or (coverage >= MIN_COVERAGE and similarity >= MIN_SIMILARITY):
            yield TextMatch(index.ids[number], round(similarity, 4), first + start, first + stop + _RUN - 1)


def _copy_borders(places: NDArray[np.int64], size: int) -> list[int]:
    """Where the licence begins again: of the next three places of it at least two lie far before the last one."""
    rows = np.flatnonzero(places >= 0)
    at = places[rows]
    if len(at) < 4:
        return []
    second = np.sort(np.stack([at[1:-2], at[2:-1], at[3:]]), axis=0)[1]
    again = np.flatnonzero((second < at[:-3] - size // 2) & (at[1:-2] < at[:-3]))
    return rows[again + 1].tolist()  # type: ignore[no-any-return]


def _densest(matched: NDArray[np.bool_]) -> tuple[int, int]:
    """The stretch where matches exceed the others by most (Kadane, vectorised)."""
    totals = np.concatenate([[0], np.cumsum(np.where(matched, 1, -1))])
    gain = totals - np.minimum.accumulate(totals)
    stop = int(np.argmax(gain))
    start = int(np.argmin(totals[: stop + 1]))
    return start, stop


def _resolved(found: list[TextMatch]) -> list[TextMatch]:
    """The best of the matches that claim the same words; what lies inside a bigger match goes."""
    found.sort(key=lambda match: (-_rank(match), match.spdx, match.start))
    chosen: list[TextMatch] = []
    for match in found:
        if 2 * sum(_overlap(match, other) for other in chosen) <= _size(match):
            chosen.append(
                max((other for other in found if _explains_more(other, match)), key=_size, default=match)
            )
    chosen = list(dict.fromkeys(chosen))
    return [
        match
        for match in chosen
        if not any(_size(other) > _size(match) and _covers(other, match) for other in chosen)
    ]


def _rank(match: TextMatch) -> float:
    if match.spdx in _COMMON:
        return match.similarity + _COMMON_BONUS
    return match.similarity if match.similarity >= _CLOSE else match.similarity - _NOT_CLOSE


def _explains_more(other: TextMatch, match: TextMatch) -> bool:
    return (
        _size(other) >= _MORE_TEXT * _size(match)
        and other.similarity >= match.similarity - _LESS_SIMILAR
        and _covers(other, match)
    )


def _covers(other: TextMatch, match: TextMatch) -> bool:
    return 10 * _overlap(match, other) >= 9 * _size(match)


def _size(match: TextMatch) -> int:
    return match.end - match.start


def _overlap(left: TextMatch, right: TextMatch) -> int:
    return max(0, min(left.end, right.end) - max(left.start, right.start))

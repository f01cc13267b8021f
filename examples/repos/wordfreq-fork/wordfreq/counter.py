"""Count words, and compare how often they occur in two texts.

This fork ranks ties by length, which reads better in the weekly report.
"""

import math
from collections import Counter
from dataclasses import dataclass
from typing import Iterable, List, Mapping, Tuple

from wordfreq.tokens import words


@dataclass(frozen=True)
class Comparison:
    """How a word's frequency differs between a text and its reference.

    `ratio` is the log-likelihood ratio: zero when the word is as frequent in both, and
    larger the less likely the difference is to be chance.
    """

    word: str
    count: int
    reference_count: int
    ratio: float


def count_words(texts: Iterable[str]) -> Counter:
    """Count the words of several texts together."""
    counts: Counter = Counter()
    for text in texts:
        counts.update(words(text))
    return counts


def most_common(counts: Mapping[str, int], top: int = 10) -> List[Tuple[str, int]]:
    """The `top` most frequent words; of equal counts the longer word comes first."""
    if top < 1:
        return []
    ranked = sorted(counts.items(), key=lambda item: (-item[1], -len(item[0]), item[0]))
    return ranked[:top]


def log_likelihood(count: int, total: int, reference: int, reference_total: int) -> float:
    """Dunning's log-likelihood ratio of one word in two texts.

    `count` of `total` words here, `reference` of `reference_total` words there.
    """
    expected_rate = (count + reference) / (total + reference_total)
    result = 0.0
    for observed, size in ((count, total), (reference, reference_total)):
        if observed:
            result += observed * math.log(observed / (size * expected_rate))
    return 2.0 * result


def compare(counts: Mapping[str, int], reference: Mapping[str, int]) -> List[Comparison]:
    """Words that are more frequent in `counts` than in `reference`, most striking first."""
    total = sum(counts.values())
    reference_total = sum(reference.values())
    if not total or not reference_total:
        raise ValueError("both texts need at least one word")
    found = []
    for word, count in counts.items():
        other = reference.get(word, 0)
        if count / total <= other / reference_total:
            continue
        ratio = log_likelihood(count, total, other, reference_total)
        found.append(Comparison(word, count, other, ratio))
    return sorted(found, key=lambda one: (-one.ratio, one.word))


def vocabulary_growth(texts: Iterable[str]) -> List[int]:
    """Distinct words seen after each text: how fast the vocabulary still grows."""
    seen = set()
    sizes = []
    for text in texts:
        seen.update(words(text))
        sizes.append(len(seen))
    return sizes

"""Count words in texts and compare the counts of two texts."""

from wordfreq.counter import Comparison, compare, count_words, most_common
from wordfreq.tokens import words

__all__ = ["Comparison", "compare", "count_words", "most_common", "words"]

"""Obvious twins of the index and the search in `codecorpus.dedup.ngram_index`: slow, readable, and compared with them by tests."""

import re
from collections import Counter

from naive_dedup import BASE, MASK64, mix64, token_hash

WORD = re.compile(rb"[0-9A-Za-z_\x80-\xff]+")


def is_name(word):
    return len(word) >= 2 and not word[:1].isdigit()


def hash_of(words):
    value = 0
    for word in words:
        value = (value * BASE + token_hash(word)) & MASK64
    return mix64(value)


def ngrams(text, length):
    """(words, begin, end) of every n-gram of a text, in order."""
    found = list(WORD.finditer(text))
    windows = [found[i : i + length] for i in range(len(found) - length + 1)]
    return [(tuple(match[0] for match in window), window[0].start(), window[-1].end()) for window in windows]


def indexed(problems, options):
    """The n-grams that are looked for: words → ids of the problems.

    Args:
        problems: (id, text) of one benchmark, each a family of its own.
        options: `ContaminationOptions`.
    """
    owners = {}
    for number, text in problems:
        for words, _, _ in ngrams(text, options.ngram):
            if len({word for word in words if is_name(word)}) >= options.min_names:
                owners.setdefault(words, set()).add(number)
    return {words: numbers for words, numbers in owners.items() if len(numbers) <= options.max_problems}


def contaminated(documents, problems, options):
    """{row: {problem: matched n-grams}} for what is dropped."""
    owners = indexed(problems, options)
    found = [{words for words, _, _ in ngrams(text, options.ngram)} & set(owners) for text in documents]
    frequency = Counter(words for held in found for words in held)
    limit = max(10, int(options.max_document_share * len(documents)))
    sizes = Counter(number for words in owners if frequency[words] <= limit for number in owners[words])
    verdicts = {}
    for row, held in enumerate(found):
        matched = Counter(number for words in held if frequency[words] <= limit for number in owners[words])
        enough = {
            number: count
            for number, count in matched.items()
            if count >= options.min_matches and count / sizes[number] >= options.min_share
        }
        if enough:
            verdicts[row] = enough
    return verdicts

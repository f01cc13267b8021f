"""Byte-level BPE in its plainest form: slow, complete, and what the fast code is tested against.

Training looks at the words again and again: count every pair of neighbours, merge the most frequent one everywhere, repeat.
Encoding looks at one word: merge the pair that was learned first, wherever it stands, repeat.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from itertools import pairwise

from codecorpus.tokenize.alphabet import BYTE_IDS

Pair = tuple[int, int]


def count_pairs(words: Mapping[tuple[int, ...], int]) -> Counter[Pair]:
    """How often each pair of neighbours occurs, all words taken together.

    >>> count_pairs({(1, 2, 2): 10, (2, 2): 1})
    Counter({(2, 2): 11, (1, 2): 10})
    """
    pairs: Counter[Pair] = Counter()
    for word, count in words.items():
        for pair in pairwise(word):
            pairs[pair] += count
    return pairs


def merge(word: tuple[int, ...], pair: Pair, new: int) -> tuple[int, ...]:
    """Replace a pair by a new id, from left to right.

    >>> merge((7, 7, 7, 8), (7, 7), 9)
    (9, 7, 8)
    """
    merged: list[int] = []
    at = 0
    while at < len(word):
        if word[at : at + 2] == pair:
            merged.append(new)
            at += 2
        else:
            merged.append(word[at])
            at += 1
    return tuple(merged)


def train(words: Mapping[bytes, int], size: int, min_frequency: int = 2) -> tuple[list[Pair], list[bytes]]:
    """Learn merges until the vocabulary has `size` tokens: the pairs in order, and the bytes of each token.

    The most frequent pair wins; of equals, the one of the lowest ids.

    >>> merges, vocab = train({b"hug": 10, b"hugs": 5, b"pug": 5}, 259)
    >>> vocab[256:]
    [b'ug', b'hug', b'pug']
    """
    vocab = [bytes([byte]) for byte in sorted(range(256), key=lambda byte: BYTE_IDS[byte])]
    split = Counter({tuple(int(BYTE_IDS[byte]) for byte in word): count for word, count in words.items()})
    merges: list[Pair] = []
    while len(vocab) < size:
        pairs = count_pairs(split)
        pair = min(pairs, key=lambda pair: (-pairs[pair], pair), default=None)
        if pair is None or pairs[pair] < max(1, min_frequency):
            break
        merges.append(pair)
        vocab.append(vocab[pair[0]] + vocab[pair[1]])
        changed: Counter[tuple[int, ...]] = Counter()
        for word, count in split.items():
            changed[merge(word, pair, len(vocab) - 1)] += count
        split = changed
    return merges, vocab


def encode(word: bytes, merges: list[Pair]) -> list[int]:
    """Ids of one pre-token: the merge learned first is applied first.

    >>> merges, vocab = train({b"hug": 10, b"hugs": 5, b"pug": 5}, 259)
    >>> [vocab[token] for token in encode(b"hugpu", merges)]
    [b'hug', b'p', b'u']
    """
    rank = {pair: number for number, pair in enumerate(merges)}
    ids = tuple(int(BYTE_IDS[byte]) for byte in word)
    while known := [pair for pair in pairwise(ids) if pair in rank]:
        first = min(known, key=lambda pair: rank[pair])
        ids = merge(ids, first, 256 + rank[first])
    return list(ids)

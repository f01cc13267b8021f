"""Byte-level BPE in its plainest form: slow, complete, and what the fast code is tested against.

Training looks at the words again and again: count every pair of neighbours, merge the most frequent one everywhere, repeat.
Encoding looks at one word: merge the pair that was learned first, wherever it stands, repeat. Superwords and balanced languages are the
same loop with another start and another choice.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
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


def byte_vocabulary() -> list[bytes]:
    """The 256 bytes in the order of their ids."""
    return [bytes([byte]) for byte in sorted(range(256), key=lambda byte: BYTE_IDS[byte])]


def train(
    words: Mapping[bytes, int],
    size: int,
    min_frequency: int = 2,
    known: Sequence[Pair] = (),
    allowed: Callable[[bytes], bool] = lambda token: True,
) -> tuple[list[Pair], list[bytes]]:
    """Learn merges until the vocabulary has `size` tokens: the pairs in order, and the bytes of each token.

    The most frequent pair wins; of equals, the one of the lowest ids. Merges that are `known` already come first, and are applied to the
    words before learning goes on; a pair whose string is not `allowed` is passed over.

    >>> merges, vocab = train({b"hug": 10, b"hugs": 5, b"pug": 5}, 259)
    >>> vocab[256:]
    [b'ug', b'hug', b'pug']
    """
    merges, vocab = list(known), byte_vocabulary()
    for left, right in known:
        vocab.append(vocab[left] + vocab[right])
    split: Counter[tuple[int, ...]] = Counter()
    for word, count in words.items():
        split[tuple(encode(word, merges))] += count
    while len(vocab) < size:
        pair = best_pair(count_pairs(split), vocab, min_frequency, allowed)
        if pair is None:
            break
        merges.append(pair)
        vocab.append(vocab[pair[0]] + vocab[pair[1]])
        split = merge_all(split, pair, len(vocab) - 1)
    return merges, vocab


def best_pair(
    pairs: Mapping[Pair, int], vocab: Sequence[bytes], min_frequency: int, allowed: Callable[[bytes], bool]
) -> Pair | None:
    """The most frequent pair that may be merged, of equals the one of the lowest ids; None where there is none."""
    for pair in sorted(pairs, key=lambda pair: (-pairs[pair], pair)):
        if pairs[pair] < max(1, min_frequency):
            return None
        if allowed(vocab[pair[0]] + vocab[pair[1]]):
            return pair
    return None


def merge_all(split: Mapping[tuple[int, ...], int], pair: Pair, new: int) -> Counter[tuple[int, ...]]:
    """Replace a pair in every word; words that become equal are added up."""
    changed: Counter[tuple[int, ...]] = Counter()
    for word, count in split.items():
        changed[merge(word, pair, new)] += count
    return changed


def train_superword(
    lines: Mapping[bytes, int],
    pieces: Mapping[bytes, int],
    sizes: Pair,
    min_frequency: int = 2,
    allowed: Callable[[bytes], bool] = lambda token: True,
) -> tuple[list[Pair], list[bytes]]:
    """Learn `sizes[0]` tokens from the pieces that lines are cut into, then go on to `sizes[1]` on whole lines.

    >>> _, vocab = train_superword({b"a b": 2}, {b"a": 2, b" b": 2}, (257, 258))
    >>> vocab[256:]
    [b' b', b'a b']
    """
    within, _ = train(pieces, sizes[0], min_frequency)
    return train(lines, sizes[1], min_frequency, within, allowed)


def train_equal(
    words: Mapping[str, Mapping[bytes, int]], size: int, min_frequency: int = 2
) -> tuple[list[Pair], list[bytes]]:
    """Learn merges with the languages in balance: the one of the fewest bytes per token chooses, its merge is applied to all.

    >>> _, vocab = train_equal({"C": {b"ab": 9}, "Go": {b"cdcd": 2}}, 258)
    >>> vocab[256:]
    [b'ab', b'cd']
    """
    merges, vocab = [], byte_vocabulary()
    splits = {
        name: Counter(
            {tuple(int(BYTE_IDS[byte]) for byte in word): count for word, count in words[name].items()}
        )
        for name in sorted(words)
    }
    sizes = {name: sum(len(word) * count for word, count in words[name].items()) for name in words}
    while len(vocab) < size:
        choices = {
            name: pair
            for name, split in splits.items()
            if (pair := best_pair(count_pairs(split), vocab, min_frequency, lambda token: True))
        }
        if not choices:
            break
        tokens = {name: sum(len(word) * count for word, count in splits[name].items()) for name in choices}
        pair = choices[min(choices, key=lambda name: sizes[name] / tokens[name])]
        merges.append(pair)
        vocab.append(vocab[pair[0]] + vocab[pair[1]])
        splits = {name: merge_all(split, pair, len(vocab) - 1) for name, split in splits.items()}
    return merges, vocab


def encode(word: bytes, merges: Sequence[Pair]) -> list[int]:
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

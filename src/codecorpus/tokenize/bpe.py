"""Learns byte-level BPE. A count table goes in, a `Bpe` comes out: the vocabulary, the merges, and what cuts the text.

The merges and ids are exactly those of Hugging Face's `BpeTrainer` on the same pre-tokens, so that what is known of one holds for
the other; but counts are int64, and training starts from counts, not from text. See `codecorpus.tokenize.reference` for the same
algorithm in forty readable lines.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from codecorpus.buffers import text_buffers
from codecorpus.errors import UsageError
from codecorpus.tokenize import _kernels_train as k
from codecorpus.tokenize.alphabet import BYTE_IDS
from codecorpus.tokenize.pretoken import cut_of

Rows = TypeVar("Rows", bound=NDArray[Any])


@dataclass(frozen=True, slots=True, eq=False)
class Bpe:
    """A trained vocabulary. Ids: 256 bytes, then the merged tokens in the order in which they were learned, then special tokens.

    Attributes:
        mode: what cuts text into pre-tokens, a key of `codecorpus.tokenize.pretoken.PATTERNS`.
        vocab: the bytes of each token, special tokens left out.
        merges: int64[n, 2], ids of the left and the right part; merge i makes the token of id 256 + i.
        counts: int64[n], how often the pair occurred when it was merged.
        special_tokens: their ids follow those of `vocab`.
    """

    mode: str
    vocab: tuple[bytes, ...]
    merges: NDArray[np.int64]
    counts: NDArray[np.int64]
    special_tokens: tuple[str, ...] = ()

    @property
    def vocab_size(self) -> int:
        """Tokens in all, special tokens included."""
        return len(self.vocab) + len(self.special_tokens)


def train_bpe(
    counts: pa.Table,
    *,
    vocab_size: int,
    min_frequency: int = 2,
    mode: str,
    special_tokens: Sequence[str] = (),
) -> Bpe:
    """Learn merges until the vocabulary is full or no pair is frequent enough.

    Args:
        counts: a count table, as `codecorpus.tokenize.pretoken.count_pretokens` returns it. The order of its rows does not matter.
        vocab_size: tokens in all, the 256 bytes and the special tokens included. It is a limit: a small corpus gives fewer.
        min_frequency: a pair seen less often is not merged.
        mode: what cut the text that was counted.
        special_tokens: never learned, never produced from text.

    Raises:
        UsageError: the size leaves no room for the 256 bytes and the special tokens, or these repeat.

    >>> counts = pa.table({"pretoken": [b"hug", b"hugs", b"pug"], "count": [10, 5, 5]})
    >>> bpe = train_bpe(counts, vocab_size=259, mode="code")
    >>> bpe.vocab[256:], bpe.counts.tolist()
    ((b'ug', b'hug', b'pug'), [20, 15, 5])
    """
    cut_of(mode)
    specials = tuple(special_tokens)
    if len(set(specials)) < len(specials) or "" in specials:
        raise UsageError("special tokens repeat or are empty", f"Given: {', '.join(map(repr, specials))}.")
    room = vocab_size - len(specials)
    if room < 256:
        raise UsageError(
            f"a vocabulary of {vocab_size} has no room for 256 bytes and {len(specials)} special tokens",
            f"Set tokenizer.vocab_size to {256 + len(specials)} at least.",
        )
    rows = _learn(*_words(counts), room - 256, min_frequency)
    vocab = [bytes([byte]) for byte in np.argsort(BYTE_IDS).tolist()]
    for left, right in rows[:, :2].tolist():
        vocab.append(vocab[left] + vocab[right])
    return Bpe(mode, tuple(vocab), rows[:, :2].copy(), rows[:, 2].copy(), specials)


def _words(counts: pa.Table) -> tuple[NDArray[np.int32], NDArray[np.int64], NDArray[np.int64]]:
    """All pre-tokens as symbols end to end; the start and length of each; and their counts."""
    pretokens = counts["pretoken"].cast(pa.large_binary()).combine_chunks()
    data, offsets = text_buffers(pretokens)
    symbols = BYTE_IDS.astype(np.int32)[data[offsets[0] : offsets[-1]]]
    bounds = np.stack([offsets[:-1] - offsets[0], np.diff(offsets)], axis=1)
    return symbols, bounds, counts["count"].cast(pa.int64()).to_numpy().copy()


def _learn(
    symbols: NDArray[np.int32],
    bounds: NDArray[np.int64],
    weights: NDArray[np.int64],
    most: int,
    min_frequency: int,
) -> NDArray[np.int64]:
    """Run the kernels, giving them more room whenever they ask for it; returns at most `most` rows of (left, right, count)."""
    words, sizes, wanted = (symbols, bounds, weights), np.zeros(8, np.int64), np.zeros(8, np.int64)
    pairs, records = np.empty((1 << 16, k.PAIR_WIDTH), np.int64), np.empty((1 << 16, 2), np.int32)
    slots = np.full(2 * len(pairs), -1, np.int32)
    word = 0
    while (word := k.count_pairs(*words, slots, pairs, records, sizes, word)) < len(weights):
        pairs, slots = _wider_pairs(pairs, slots, sizes[k.PAIRS], sizes[k.PAIRS] + bounds[word, 1])
        records = _longer(records, sizes[k.RECORDS] + bounds[word, 1])
    places, queue = np.empty(sizes[k.RECORDS], np.int32), np.empty((sizes[k.PAIRS], k.QUEUE_WIDTH), np.int64)
    k.publish(pairs, records, places, queue, sizes)
    merges, limits = np.empty((1 << 10, k.MERGE_WIDTH), np.int64), (most, min_frequency)
    while not k.learn(words, (slots, pairs), (records, places), queue, merges, (sizes, wanted), limits):
        pairs, slots = _wider_pairs(pairs, slots, sizes[k.PAIRS], wanted[k.PAIRS])
        records, places = _longer(records, wanted[k.RECORDS]), _longer(places, wanted[k.PLACES])
        queue, merges = _longer(queue, wanted[k.QUEUED]), _longer(merges, wanted[k.MERGES])
    return merges[: sizes[k.MERGES]]


def _longer(array: Rows, size: int) -> Rows:
    """The rows of `array`, with room for `size` rows and for growth; the same array where there is room already."""
    if size <= len(array):
        return array
    more = np.empty((max(size, 2 * len(array)), *array.shape[1:]), array.dtype)
    more[: len(array)] = array
    return more  # type: ignore[return-value]


def _wider_pairs(
    pairs: NDArray[np.int64], slots: NDArray[np.int32], used: int, size: int
) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
    """The pair table, of which `used` rows are filled, with room for `size` pairs."""
    if size <= len(pairs):
        return pairs, slots
    wider = _longer(pairs, size)
    slots = np.full(1 << (2 * len(wider) - 1).bit_length(), -1, np.int32)
    k.rehash_pairs(slots, wider, used)
    return wider, slots

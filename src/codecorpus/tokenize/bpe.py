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

from codecorpus.errors import UsageError
from codecorpus.tokenize import _kernels_train as k
from codecorpus.tokenize._kernels import ENTRY_WIDTH, HASH, LENGTH, START, hash_bytes, rehash
from codecorpus.tokenize.alphabet import BYTE_IDS
from codecorpus.tokenize.pretoken import cut_of, text_buffers

Rows = TypeVar("Rows", bound=NDArray[Any])


@dataclass(frozen=True, slots=True, eq=False)
class Bpe:
    """A trained vocabulary. Ids: 256 bytes, then the merged tokens in the order in which they were learned, then special tokens.

    Attributes:
        mode: what cuts text into pre-tokens, a key of `codecorpus.tokenize.pretoken.PATTERNS`.
        vocab: the bytes of each token, special tokens left out.
        merges: int64[n, 2], ids of the left and the right part, in the order in which they were learned.
        merged_ids: int64[n], the id each merge makes. Two merges can make the same string; they share its id.
        counts: int64[n], how often the pair occurred when it was merged.
        special_tokens: their ids follow those of `vocab`.
    """

    mode: str
    vocab: tuple[bytes, ...]
    merges: NDArray[np.int64]
    merged_ids: NDArray[np.int64]
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
    rows, vocab = _learn(*_words(counts), room, min_frequency)
    rows = rows[_last_of_each(rows)]
    return Bpe(mode, vocab, rows[:, :2].copy(), rows[:, 2].copy(), rows[:, 3].copy(), specials)


def _words(counts: pa.Table) -> tuple[NDArray[np.int32], NDArray[np.int64], NDArray[np.int64]]:
    """All pre-tokens as symbols end to end; the start and length of each; and their counts."""
    pretokens = counts["pretoken"].cast(pa.large_binary()).combine_chunks()
    data, offsets = next(text_buffers(pretokens))
    symbols = BYTE_IDS.astype(np.int32)[data[offsets[0] : offsets[-1]]]
    bounds = np.stack([offsets[:-1] - offsets[0], np.diff(offsets)], axis=1)
    return symbols, bounds, counts["count"].cast(pa.int64()).to_numpy().copy()


def _learn(
    symbols: NDArray[np.int32],
    bounds: NDArray[np.int64],
    weights: NDArray[np.int64],
    size: int,
    min_frequency: int,
) -> tuple[NDArray[np.int64], tuple[bytes, ...]]:
    """Run the kernels, giving them more room whenever they ask for it; returns merges (left, right, id, count) and all tokens."""
    words, sizes, wanted = (symbols, bounds, weights), np.zeros(8, np.int64), np.zeros(8, np.int64)
    pairs, records = np.empty((1 << 16, k.PAIR_WIDTH), np.int64), np.empty((1 << 16, 2), np.int32)
    slots = np.full(2 * len(pairs), -1, np.int32)
    word = 0
    while (word := k.count_pairs(*words, slots, pairs, records, sizes, word)) < len(weights):
        length = bounds[word, 1]
        pairs, slots = _wider_pairs(pairs, slots, sizes[k.PAIRS], length)
        records = _longer(records, sizes[k.RECORDS] + length)
    places, queue = np.empty(sizes[k.RECORDS], np.int32), np.empty((sizes[k.PAIRS], k.QUEUE_WIDTH), np.int64)
    k.publish(pairs, records, places, queue, sizes)
    token_slots, tokens, arena = _byte_tokens(size)
    merges = np.empty((1 << 10, k.MERGE_WIDTH), np.int64)
    sizes[k.TOKENS] = 256
    while not k.learn(
        words,
        (slots, pairs),
        (records, places),
        queue,
        (token_slots, tokens, arena),
        merges,
        (sizes, wanted),
        (size, min_frequency),
    ):
        pairs, slots = _wider_pairs(pairs, slots, sizes[k.PAIRS], wanted[k.PAIRS] - sizes[k.PAIRS])
        records, places = _longer(records, wanted[k.RECORDS]), _longer(places, wanted[k.PLACES])
        queue, merges = _longer(queue, wanted[k.QUEUED]), _longer(merges, wanted[k.MERGES])
        arena = _longer(arena, wanted[k.ARENA])
    strings = arena.tobytes()
    stretches = tokens[: sizes[k.TOKENS], [START, LENGTH]].tolist()
    vocab = tuple(strings[start : start + length] for start, length in stretches)
    return merges[: sizes[k.MERGES]], vocab


def _byte_tokens(size: int) -> tuple[NDArray[np.int32], NDArray[np.int64], NDArray[np.uint8]]:
    """An intern table of the 256 single bytes, with room for `size` tokens: slots, entries and bytes."""
    arena, tokens = np.zeros(1 << 16, np.uint8), np.zeros((size, ENTRY_WIDTH), np.int64)
    arena[:256] = np.argsort(BYTE_IDS)
    for token in range(256):
        tokens[token, [HASH, START, LENGTH]] = hash_bytes(arena, token, 1), token, 1
    slots = np.full(1 << (4 * size).bit_length(), -1, np.int32)
    rehash(slots, tokens, 256)
    return slots, tokens, arena


def _longer(array: Rows, size: int) -> Rows:
    """The rows of `array`, with room for `size` rows and for growth; the same array where there is room already."""
    if size <= len(array):
        return array
    more = np.empty((max(size, 2 * len(array)), *array.shape[1:]), array.dtype)
    more[: len(array)] = array
    return more  # type: ignore[return-value]


def _wider_pairs(
    pairs: NDArray[np.int64], slots: NDArray[np.int32], used: int, more: int
) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
    """The pair table with room for `more` pairs."""
    if used + more <= len(pairs):
        return pairs, slots
    wider = _longer(pairs, used + more)
    slots = np.full(1 << (2 * len(wider) - 1).bit_length(), -1, np.int32)
    k.rehash_pairs(slots, wider, used)
    return wider, slots


def _last_of_each(rows: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Which rows to keep so that each pair stands once, with the rank that a dictionary of pairs would end up with: the last."""
    last = {(left, right): number for number, (left, right) in enumerate(rows[:, :2].tolist())}
    keep = np.zeros(len(rows), np.bool_)
    keep[list(last.values())] = True
    return keep

"""Learns byte-level BPE. A count table goes in, a `Bpe` comes out: the vocabulary, the merges, and what cuts the text.

The merges and ids are exactly those of Hugging Face's `BpeTrainer` on the same pre-tokens, so that what is known of one holds for
the other; but counts are int64, and training starts from counts, not from text. See `codecorpus.tokenize.reference` for the same
algorithm in forty readable lines.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from codecorpus.errors import UsageError
from codecorpus.tokenize import _kernels_train
from codecorpus.tokenize.alphabet import BYTE_IDS
from codecorpus.tokenize.pretoken import cut_of, text_buffers


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
    data, offsets, weights = _words(counts)
    rows, arena, bounds = _kernels_train.train(data, offsets, weights, BYTE_IDS, (room, min_frequency))
    strings = arena.tobytes()
    vocab = tuple(strings[start:stop] for start, stop in zip(bounds[:-1].tolist(), bounds[1:].tolist(), strict=True))
    rows = rows[_last_of_each(rows)]
    return Bpe(mode, vocab, rows[:, :2].copy(), rows[:, 2].copy(), rows[:, 3].copy(), specials)


def _words(counts: pa.Table) -> tuple[NDArray[np.uint8], NDArray[np.int64], NDArray[np.int64]]:
    """The bytes, offsets (from 0) and counts of all pre-tokens."""
    pretokens = counts["pretoken"].cast(pa.large_binary()).combine_chunks()
    weights = counts["count"].cast(pa.int64()).to_numpy()
    (data, offsets) = next(text_buffers(pretokens))
    return data[offsets[0] : offsets[-1]], offsets - offsets[0], weights


def _last_of_each(rows: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Which rows to keep so that each pair stands once, with the rank that a dictionary of pairs would end up with: the last."""
    last = {(left, right): number for number, (left, right) in enumerate(rows[:, :2].tolist())}
    keep = np.zeros(len(rows), np.bool_)
    keep[list(last.values())] = True
    return keep


"""Learns byte-level BPE. A count table goes in, a `Bpe` comes out: the vocabulary, the merges, and what cuts the text.

The merges and ids are exactly those of Hugging Face's `BpeTrainer` on the same pre-tokens, so that what is known of one holds for
the other; but counts are int64, and training starts from counts, not from text. See `codecorpus.tokenize.reference` for the same
algorithm in forty readable lines.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from codecorpus.errors import UsageError
from codecorpus.fragments import facts
from codecorpus.tokenize.alphabet import BYTE_IDS, to_text
from codecorpus.tokenize.balance import words_of
from codecorpus.tokenize.clock import Progress
from codecorpus.tokenize.learning import bytes_known, learn_merges
from codecorpus.tokenize.options import Balance
from codecorpus.tokenize.pretoken import cut_of


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

    def facts(self) -> list[tuple[str, str]]:
        """What a notebook shows: name and value."""
        learned = [to_text(token) for token in self.vocab[256:]]
        return [
            ("vocabulary", f"{self.vocab_size:,}"),
            ("special tokens", ", ".join(self.special_tokens) or "none"),
            ("mode", self.mode),
            ("first merges", " ".join(learned[:20])),
            ("last merges", " ".join(learned[-20:])),
        ]

    def _repr_html_(self) -> str:
        return facts(self.facts(), caption="Bpe")

    def truncate(self, vocab_size: int) -> Bpe:
        """The vocabulary that training would have stopped at with this size: merges are learned one after the other.

        A size that is not below this vocabulary's own gives this vocabulary.

        Raises:
            UsageError: the size leaves no room for the 256 bytes and the special tokens.

        >>> counts = pa.table({"pretoken": [b"hug", b"hugs", b"pug"], "count": [10, 5, 5]})
        >>> train_bpe(counts, vocab_size=260, mode="code").truncate(257).vocab[256:]
        (b'ug',)
        """
        specials = check_vocabulary(vocab_size, self.mode, self.special_tokens)
        kept = max(0, min(len(self.merges), vocab_size - len(specials) - 256))
        return Bpe(self.mode, self.vocab[: 256 + kept], self.merges[:kept], self.counts[:kept], specials)


def train_bpe(
    counts: pa.Table,
    *,
    vocab_size: int,
    min_frequency: int = 2,
    mode: str,
    special_tokens: Sequence[str] = (),
    weights: Mapping[str, float] | None = None,
    balance: Balance = "none",
    progress: Progress | None = None,
) -> Bpe:
    """Learn merges until the vocabulary is full or no pair is frequent enough.

    Args:
        counts: a count table, as `codecorpus.tokenize.pretoken.count_pretokens` returns it. The order of its rows does not matter.
        vocab_size: tokens in all, the 256 bytes and the special tokens included. It is a limit: a small corpus gives fewer.
        min_frequency: a pair seen less often is not merged.
        mode: what cut the text that was counted.
        special_tokens: never learned, never produced from text.
        weights: language → factor of its counts.
        balance: `equal` makes each language's bytes per token as equal as may be.
        progress: told of the work; see `codecorpus.tokenize.clock.Progress`.

    Raises:
        UsageError: the size leaves no room for the 256 bytes and the special tokens, these repeat, or a weight is wrong.
        DataError: the table is no count table of this mode.

    >>> counts = pa.table({"pretoken": [b"hug", b"hugs", b"pug"], "count": [10, 5, 5]})
    >>> bpe = train_bpe(counts, vocab_size=259, mode="code")
    >>> bpe.vocab[256:], bpe.counts.tolist()
    ((b'ug', b'hug', b'pug'), [20, 15, 5])
    """
    specials = check_vocabulary(vocab_size, mode, special_tokens)
    words = words_of(counts, mode=mode, weights=weights, by_language=balance == "equal")
    known = bytes_known([token.encode() for token in specials])
    most = vocab_size - len(specials) - 256
    return bpe_of(
        mode, specials, learn_merges(words, known, most=most, min_frequency=min_frequency, progress=progress)
    )


def check_vocabulary(vocab_size: int, mode: str, special_tokens: Sequence[str]) -> tuple[str, ...]:
    """The special tokens, after a look at whether such a vocabulary can be.

    Raises:
        UsageError: there is no such mode, no room for the 256 bytes and the special tokens, or these repeat.
    """
    cut_of(mode)
    specials = tuple(special_tokens)
    if len(set(specials)) < len(specials) or "" in specials:
        raise UsageError("special tokens repeat or are empty", f"Given: {', '.join(map(repr, specials))}.")
    if vocab_size - len(specials) < 256:
        raise UsageError(
            f"a vocabulary of {vocab_size} has no room for 256 bytes and {len(specials)} special tokens",
            f"Set tokenizer.vocab_size to {256 + len(specials)} at least.",
        )
    return specials


def bpe_of(mode: str, specials: tuple[str, ...], rows: NDArray[np.int64]) -> Bpe:
    """The vocabulary that merges make; rows of (left, right, id, count), whose ids go on from 256."""
    vocab = [bytes([byte]) for byte in np.argsort(BYTE_IDS).tolist()]
    for left, right in rows[:, :2].tolist():
        vocab.append(vocab[left] + vocab[right])
    return Bpe(mode, tuple(vocab), rows[:, :2].copy(), rows[:, 3].copy(), specials)

"""Superwords: merges that cross spaces and punctuation within a line, learned after those within words.

Counts of lines go in, a `Bpe` comes out.

Stage 1 cuts the lines as `code` does, and learns from the pieces. Stage 2 applies its merges to whole lines, as every library will with
the finished file, and goes on from there. One file, one regex, stock inference: `SuperBPE` (Liu et al. 2025) needs a changed library.

One table of lines serves both. It is nearly as large as the text, so that stage 2 looks at a sample of it where there is more than
`most_bytes`: by a hash of the line, hence the same lines in whatever order or shards they were counted.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from codecorpus.buffers import text_buffers
from codecorpus.tokenize import _kernels_words
from codecorpus.tokenize.balance import added_up, words_of
from codecorpus.tokenize.bpe import Bpe, bpe_of, check_vocabulary
from codecorpus.tokenize.clock import Progress, part
from codecorpus.tokenize.learning import Words, bytes_known, learn_merges, with_merges
from codecorpus.tokenize.options import TokenizerOptions
from codecorpus.tokenize.pretoken import count_pretokens

#: Tokens of stage 1 where nothing else is asked for.
START: Final = 20_000

# Of the time, cutting lines into pieces takes the first of these shares and stage 1 what is between the two, measured on 54 MB of code.
_CUT_SHARE, _FIRST_SHARE = 0.23, 0.31


def train_superword(
    counts: pa.Table,
    options: TokenizerOptions,
    *,
    special_tokens: Sequence[str] = (),
    progress: Progress | None = None,
) -> Bpe:
    r"""Learn merges within words, then merges within lines.

    Args:
        counts: a count table of mode `superword`.
        options: size, start of stage 2, sample, weights and balance.
        special_tokens: never learned, never produced from text.
        progress: told of the work of both stages.

    Raises:
        UsageError: as `train_bpe`.
        DataError: as `train_bpe`.

    >>> counts = pa.table({"pretoken": [b"if not x:\n", b"if not y:\n"], "count": [3, 4]})
    >>> bpe = train_superword(counts, TokenizerOptions(mode="superword", vocab_size=269, superword_start=263))
    >>> bpe.vocab[256:263], bpe.vocab[-1]
    ((b':\n', b'if', b'no', b' no', b' not', b' y', b' x'), b'if not x:\n')
    """
    specials = check_vocabulary(options.vocab_size, "superword", special_tokens)
    lines = words_of(
        counts, mode="superword", weights=options.weights, by_language=options.balance == "equal"
    )
    known = bytes_known([token.encode() for token in specials])
    most = options.vocab_size - len(specials) - 256
    first = max(0, min(most, superword_start(options) - len(specials) - 256))
    pieces = pieces_of(lines)
    if progress is not None:
        progress(_CUT_SHARE, 1.0)
    within = learn_merges(
        pieces,
        known,
        most=first,
        min_frequency=options.min_frequency,
        progress=part(progress, _CUT_SHARE, _FIRST_SHARE),
    )
    across = learn_merges(
        sample(lines, options.superword_bytes),
        with_merges(known, within),
        most=most - len(within),
        min_frequency=options.min_frequency,
        uncrossed=not options.cross_identifiers,
        progress=part(progress, _FIRST_SHARE, 1.0),
    )
    return bpe_of("superword", specials, np.concatenate([within, across]))


def superword_start(options: TokenizerOptions) -> int:
    """Tokens learned within words before stage 2.

    >>> [superword_start(TokenizerOptions(vocab_size=size)) for size in (1_000, 32_768, 65_536)]
    [500, 16384, 20000]
    """
    if options.superword_start is not None:
        return options.superword_start
    return min(START, options.vocab_size // 2)


def pieces_of(lines: Words) -> Words:
    """The pre-tokens of mode `code` in all lines, as often as the lines that they stand in.

    Lines are counted as they stand, once for each bit of their weight: most are seen once, so that the text is read little more than once.
    """
    texts, counts, groups = [], [], []
    for group in range(int(lines.groups.max(initial=0)) + 1):
        ours = lines.groups == group
        for bit in range(int(lines.weights[ours].max(initial=0)).bit_length()):
            table = count_pretokens(
                lines.texts.filter(pa.array(ours & (lines.weights >> bit & 1 == 1))), mode="code"
            )
            texts.append(table["pretoken"].combine_chunks())
            counts.append(table["count"].to_numpy() << bit)
            groups.append(np.full(table.num_rows, group, np.int32))
    return added_up(texts, counts, groups)


def sample(lines: Words, most_bytes: int) -> Words:
    """Lines of at most so many bytes in all, chosen by a hash of their text.

    >>> lines = Words(pa.array([b"a", b"bc", b"def"], pa.large_binary()), np.ones(3, np.int64), np.zeros(3, np.int32))
    >>> sample(lines, 3).texts.to_pylist(), sample(lines, 6) is lines
    ([b'a'], True)
    """
    data, offsets = text_buffers(lines.texts)
    lengths = np.diff(offsets)
    if lengths.sum() <= most_bytes:
        return lines
    hashes = _kernels_words.hash_texts(data, offsets)
    order = np.argsort(hashes, kind="stable")
    beyond = np.flatnonzero(np.cumsum(lengths[order]) > most_bytes)
    # Lines of equal hash are all in or all out, so that the order of the table does not matter.
    kept = hashes < hashes[order[beyond[0]]]
    return Words(lines.texts.filter(pa.array(kept)), lines.weights[kept], _dense(lines.groups[kept]))


def _dense(groups: NDArray[np.int32]) -> NDArray[np.int32]:
    """Group numbers without a gap, where a language has no line left."""
    return np.unique(groups, return_inverse=True)[1].astype(np.int32)

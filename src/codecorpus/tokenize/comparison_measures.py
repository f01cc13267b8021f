"""What one tokenizer makes of a batch of texts, added up. Texts and a contestant go in; counts come out.

Identifiers are found in the text by a rule of its own, so that no tokenizer is judged by its own regex: an *identifier* is a run of
letters, marks, numbers and underscores of any script that has a letter and does not begin with a number. Underscores part it into
*sub-words*, and so do the borders small → capital (`max|Retries`), capitals → word (`HTTP|Server`) and letter ↔ number (`utf|8`). Nothing
is parsed: words in comments and strings count too. A token *crosses* if it holds bytes of two sub-words of one identifier.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Final

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from codecorpus.buffers import text_buffers
from codecorpus.tokenize import _kernels_compare as kernels
from codecorpus.tokenize.comparison_inputs import Contestant
from codecorpus.unicode import CLASSES

#: The order of the Rényi entropy: that of Zouhar et al. 2023, "Tokenization and the Noiseless Channel" (ACL), where it went best with the
#: quality of translation.
ALPHA: Final = 2.5

Lines = NDArray[np.uint64]


@dataclass(slots=True, eq=False)
class Tally:
    """What adds up over batches, of one tokenizer.

    Attributes:
        counts: int64[vocab_size], how often each id occurs.
        totals: int64, in the order of the kernel `tally`: blank tokens, crossing tokens, (token, identifier) pairs that touch, identifiers,
            bytes in novel lines.
        novel_tokens: tokens in novel lines, a token by the share of its bytes.
        documents: how many.
        lossless: how many of them come back byte for byte.
        size: bytes of text.
        seconds: CPU time of encoding, all threads.
        cuts: extra tokens and cuts, of cuts between characters and of cuts between lines.
    """

    counts: NDArray[np.int64]
    totals: NDArray[np.int64] = field(default_factory=lambda: np.zeros(kernels.TALLIES, np.int64))
    novel_tokens: float = 0.0
    documents: int = 0
    lossless: int = 0
    size: int = 0
    seconds: float = 0.0
    cuts: NDArray[np.int64] = field(default_factory=lambda: np.zeros((2, 2), np.int64))

    @property
    def tokens(self) -> int:
        """How many tokens."""
        return int(self.counts.sum())

    def add(self, other: Tally) -> None:
        """Add what another one has; cuts apart, which are a sample of each language."""
        self.counts += other.counts
        self.totals += other.totals
        self.novel_tokens += other.novel_tokens
        self.documents += other.documents
        self.lossless += other.lossless
        self.size += other.size
        self.seconds += other.seconds


def measure(
    contestant: Contestant, texts: pa.LargeStringArray, known: Lines | None, tally: Tally
) -> NDArray[np.int64]:
    """Encode texts and add what is seen to a tally.

    Args:
        contestant: the tokenizer.
        texts: a batch.
        known: sorted hashes of the lines of the training text; None where there is none to compare with.
        tally: changed in place.

    Returns:
        int64, tokens of each text.
    """
    started = time.process_time()
    encoded, offsets = contestant.encoder.encode(texts)
    tally.seconds += time.process_time() - started
    ids = np.asarray(encoded, np.uint32)
    ends = np.diff(contestant.borders)[ids]
    np.cumsum(ends, out=ends)  # in place: of a document of 50 MB it may be 400 MB
    borders = np.zeros(len(offsets), np.int64)
    borders[offsets > 0] = ends[offsets[offsets > 0] - 1]
    spelled = np.empty(borders[-1], np.uint8)
    kernels.spell(ids, contestant.tokens, contestant.borders, spelled)
    flags = places(spelled, borders, known)
    tally.novel_tokens += kernels.tally(ids, ends, flags, contestant.is_blank, tally.counts, tally.totals)
    data, given = text_buffers(texts)
    same = np.empty(len(texts), np.bool_)
    kernels.same_texts(data, given, spelled, borders, same)
    tally.documents += len(texts)
    tally.lossless += int(same.sum())
    tally.size += int(given[-1] - given[0])
    return np.diff(offsets)


def places(data: NDArray[np.uint8], offsets: NDArray[np.int64], known: Lines | None) -> NDArray[np.uint8]:
    """The flags of `_kernels_compare` for every byte: where it stands in an identifier, and whether its line is novel.

    What a tokenizer decodes to is looked at, not the text that it was given: the two differ only where it is not lossless.
    """
    flags = np.zeros(len(data), np.uint8)
    kernels.mark_identifiers(data, offsets, CLASSES, flags)
    if known is not None:
        hashes = line_hashes(data, offsets)
        kernels.mark_lines(data, offsets, ~is_known(hashes, known) & (hashes != 0), flags)
    return flags


def line_hashes(data: NDArray[np.uint8], offsets: NDArray[np.int64]) -> Lines:
    """uint64, one for each line without the white space around it; 0 for a blank one."""
    breaks = int(np.count_nonzero(data[offsets[0] : offsets[-1]] == 10))
    hashes = np.empty(breaks + len(offsets), np.uint64)
    return hashes[: kernels.hash_lines(data, offsets, hashes)]


def is_known(hashes: Lines, known: Lines) -> NDArray[np.bool_]:
    """Which hashes are among the sorted ones."""
    if not len(known):
        return np.zeros(len(hashes), np.bool_)
    return np.asarray(known[np.minimum(np.searchsorted(known, hashes), len(known) - 1)] == hashes)


def renyi_efficiency(counts: NDArray[np.int64]) -> float | None:
    """Rényi entropy of order `ALPHA` of how often each token occurs, over that of a vocabulary used evenly; None without tokens.

    >>> renyi_efficiency(np.array([5, 5, 5, 5])), renyi_efficiency(np.array([7, 0, 0, 0]))
    (1.0, 0.0)
    """
    total = counts.sum()
    if not total or len(counts) < 2:
        return None
    shares = counts[counts > 0] / total
    entropy = np.log(np.power(shares, ALPHA).sum()) / (1 - ALPHA)
    return abs(float(entropy / np.log(len(counts))))

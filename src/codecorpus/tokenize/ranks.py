"""Whether a tokenizer can be written as ranks alone. A `tokenizer.json` goes in; its tokens by rank come out, or the reason why not.

tiktoken has no merges: it joins the two neighbours whose bytes together are the token of the lowest rank, and takes a pre-token that
is a token as it is. A merge table says which two make a token. Both give the same ids on every text if the ranks are in the order of
the merges, no token is made in two ways, and every token, taken as a text, becomes itself. For then, whenever two neighbours together
are a token, what lies between its ends went the way that it goes in the token alone (no merge crossed these ends, or they would not
be there), and so they are the two that the merge table has for it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from codecorpus.buffers import text_buffers
from codecorpus.errors import DataError
from codecorpus.tokenize import _kernels_merge
from codecorpus.tokenize.alphabet import to_text
from codecorpus.tokenize.load import ByteLevelBpe, byte_level_bpe, read_document
from codecorpus.tokenize.merging import merge_table
from codecorpus.tokenize.vocabulary import Vocabulary, read_vocabulary


@dataclass(frozen=True, slots=True, eq=False)
class RankedTokens:
    """A tokenizer whose ids are its ranks.

    Attributes:
        bpe: mode, bytes and merges.
        vocabulary: the bytes of each id, and the special tokens.
        document: the JSON of its `tokenizer.json`.
    """

    bpe: ByteLevelBpe
    vocabulary: Vocabulary
    document: Mapping[str, Any]

    def ranks(self) -> dict[bytes, int]:
        """Token → id, without special tokens and unused ids, in the order of the ids."""
        specials = set(self.vocabulary.specials.values())
        tokens = enumerate(self.vocabulary.tokens.to_pylist())
        return {token: number for number, token in tokens if token and number not in specials}


def read_ranked(path: str, form: str) -> RankedTokens:
    """Read a tokenizer that is to be written in a form without merge tables.

    Args:
        path: a `tokenizer.json`, or a folder that holds one.
        form: the name of that form, for the message.

    Raises:
        DataError: the file is no tokenizer, or no such form can give the same ids; the message says why.
    """
    document = read_document(path)
    vocabulary, bpe = read_vocabulary(document), byte_level_bpe(document)
    if bpe is None:
        raise _refused(path, form, "it is no byte-level BPE whose regex is one of ours")
    found = RankedTokens(bpe, vocabulary, document)
    reason = _unordered(bpe) or _unmade(found) or _unreachable(found)
    if reason:
        raise _refused(path, form, reason)
    return found


def _refused(path: str, form: str, reason: str) -> DataError:
    return DataError(
        f"{path} cannot be written for {form}: {reason}",
        "Its ids would differ. Use the tokenizer.json itself, or a tokenizer that codecorpus trained.",
    )


def _unordered(bpe: ByteLevelBpe) -> str:
    """Why the ids are not in the order of the merges; empty where they are."""
    made = bpe.rows[:, 2]
    if len(np.unique(made)) < len(made):
        number = int(made[np.argmax(np.bincount(made)[made] > 1)])
        return f"two merges make token {number}"
    if (np.diff(made) < 0).any():
        at = int(np.argmax(np.diff(made) < 0))
        return f"token {made[at + 1]} is made after token {made[at]}"
    if len(made) and (bpe.rows[:, :2].max(axis=1) >= made).any() and not _parts_are_bytes(bpe):
        return "a merge uses a token that a later one makes"
    return ""


def _parts_are_bytes(bpe: ByteLevelBpe) -> bool:
    """Whether every part that has a higher id than what it makes is a single byte; these are made by no merge."""
    high = bpe.rows[:, :2] >= bpe.rows[:, 2:]
    return bool(np.isin(bpe.rows[:, :2][high], bpe.byte_ids).all())


def _unmade(found: RankedTokens) -> str:
    """Which token of several bytes no merge makes; empty where there is none."""
    made = {*found.bpe.rows[:, 2].tolist(), *found.bpe.byte_ids.tolist()}
    for token, number in found.ranks().items():
        if number not in made:
            return f"no merge makes token {number}, {to_text(token)}"
    return ""


def _unreachable(found: RankedTokens) -> str:
    """Which token does not become itself when it is a text; empty where all do."""
    tokens = found.ranks()
    sizes = merged_sizes(list(tokens), found.bpe)
    if (sizes == 1).all():
        return ""
    token, number = list(tokens.items())[int(np.argmax(sizes != 1))]
    return f"its merges never make token {number}, {to_text(token)}, of that text alone"


def merged_sizes(words: list[bytes], bpe: ByteLevelBpe) -> NDArray[np.int64]:
    """int64, how many ids each byte string becomes by the merges alone, however a regex would cut it."""
    data, offsets = text_buffers(pa.array(words, pa.large_binary()))
    sizes = np.zeros(len(words), np.int64)
    _kernels_merge.merged_sizes(data, offsets, bpe.byte_ids, merge_table(bpe.rows), sizes)
    return sizes

"""Encoding by our own kernels: a column of text or bytes goes in, flat ids and offsets come out.

What is no UTF-8 is encoded as well: a byte that belongs to no well-formed character is a character of its own, of the kind that
punctuation is. So every column of bytes has ids, and these ids have exactly its bytes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from codecorpus.buffers import CutTexts, text_buffers, text_chunks
from codecorpus.fragments import show_fields
from codecorpus.tokenize import _kernels_encode as k
from codecorpus.tokenize._kernels_lines import encode_lines
from codecorpus.tokenize._kernels_recut import recut
from codecorpus.tokenize._kernels_stages import Rules
from codecorpus.tokenize.merging import Merges
from codecorpus.tokenize.merging import merge_table as merge_table
from codecorpus.tokenize.pretoken import cut_of
from codecorpus.tokenize.stages import Stages
from codecorpus.tokenize.vocabulary import Encoded, Vocabulary, joined

#: A memory of pre-tokens: slots, a store of bytes and a store of ids; see `_kernels_encode`.
Memory = tuple[NDArray[np.uint64], NDArray[np.uint8], NDArray[np.uint32]]
#: A memory, and how full it is.
Recent = tuple[Memory, NDArray[np.int64]]

# A memory is made with room for so many pre-tokens, and grows fourfold, up to 30 MB; full, it is emptied and filled anew. 31 MB of
# code have 151,384 distinct ones.
_FIRST_ROOM: Final = 1 << 12
_MOST_ROOM: Final = 1 << 18
_BYTES_EACH, _IDS_EACH = 32, 4


class Remembered:
    """The memories of an encoder that nobody uses just now: one for each thread that has encoded at the same time.

    They make encoding faster and change nothing in it. They do not travel with a pickled encoder.
    """

    def __init__(self) -> None:
        self._free: list[Recent] = []

    def take(self) -> Recent:
        """A memory, which is the caller's until it is given back, and how full it is."""
        try:
            return self._free.pop()
        except IndexError:
            return new_memory(_FIRST_ROOM), np.zeros(6, np.int64)

    def give_back(self, recent: Recent) -> None:
        """Keep a memory for the next caller."""
        self._free.append(recent)

    def __reduce__(self) -> tuple[type[Remembered], tuple[()]]:
        return Remembered, ()


@dataclass(frozen=True, slots=True, eq=False)
class NativeEncoder:
    """A byte-level BPE whose regex is one of ours, run by our kernels.

    Attributes:
        vocabulary: the bytes of each id, and the special tokens.
        mode: what cuts the text, a key of `codecorpus.tokenize.PATTERNS`.
        byte_ids: uint32[256], the id of each byte.
        merges: the arrays of `merge_table`.
        whole: a memory of the tokens that a pre-token of the same bytes becomes without any merge; of one slot where there are none.
        stages: the merges in two stages, where pre-tokens are lines; None where they are not, or the merges have no stages.
    """

    vocabulary: Vocabulary
    mode: str
    byte_ids: NDArray[np.uint32]
    merges: Merges
    whole: Memory
    stages: Stages | None = None
    remembered: Remembered = field(default_factory=Remembered, repr=False)

    _repr_html_ = show_fields

    @property
    def vocab_size(self) -> int:
        """See `Encoder`."""
        return len(self.vocabulary.tokens)

    @property
    def id_type(self) -> np.dtype[Any]:
        """See `Encoder`."""
        return self.vocabulary.id_type

    @property
    def normalizer(self) -> str:
        """See `Encoder`; always empty."""
        return ""

    def encode(self, contents: pa.Array | pa.ChunkedArray, /) -> Encoded:
        """See `Encoder`."""
        recent, cut = self.remembered.take(), cut_of(self.mode)
        merges = self.merges if self.stages is None else self.stages.rules
        vocabulary = (self.byte_ids, merges, self.whole)
        encoded = []
        for data, offsets in text_chunks(contents):
            ids, borders, recent = encode_chunk(data, offsets, cut, vocabulary, recent)
            encoded.append((ids, borders))
        self.remembered.give_back(recent)
        return joined(encoded, self.id_type)

    def recut(self, cut_texts: CutTexts, /) -> tuple[NDArray[np.unsignedinteger[Any]], NDArray[np.int64]]:
        """See `Encoder`."""
        vocabulary = (self.byte_ids, self.merges, self.whole)
        given = cut_texts
        out = np.empty(int(np.diff(given.texts).sum()) + 2, np.uint32)
        counts = np.zeros((len(given.texts), 3), np.int64)
        size = recut(
            given.data,
            given.texts,
            given.ids,
            given.tokens,
            given.cuts,
            given.contexts,
            self.vocabulary.lengths(),
            cut_of(self.mode),
            vocabulary,
            out,
            counts,
        )
        return out[:size].astype(self.id_type), counts

    def decode(self, ids: NDArray[np.integer[Any]], /) -> bytes:
        """See `Encoder`."""
        return self.vocabulary.decode(ids)

    def token_id(self, token: str, /) -> int | None:
        """See `Encoder`."""
        return self.vocabulary.token_id(token)

    def lengths(self) -> NDArray[np.uint32]:
        """See `Encoder`."""
        return self.vocabulary.lengths()

    def line_ends(self) -> NDArray[np.bool_]:
        """See `Encoder`."""
        return self.vocabulary.line_ends()


def new_memory(room: int) -> Memory:
    """An empty memory with room for a power of two of pre-tokens."""
    stores = (
        np.empty(_BYTES_EACH * room + k.LONGEST, np.uint8),
        np.empty(_IDS_EACH * room + k.LONGEST, np.uint32),
    )
    return np.zeros((2 * room, 4), np.uint64), *stores


def no_memory() -> Memory:
    """A memory of one slot that stays empty."""
    return np.zeros((1, 4), np.uint64), np.empty(0, np.uint8), np.empty(0, np.uint32)


def whole_tokens(tokens: Mapping[bytes, int]) -> Memory:
    """A memory of tokens, each with its id."""
    data, offsets = text_buffers(pa.array(list(tokens), pa.large_binary()))
    ids, place = np.array(list(tokens.values()), np.uint32), np.zeros(6, np.int64)
    slots = np.zeros((2 << len(tokens).bit_length(), 4), np.uint64)
    memory = slots, np.empty(len(data), np.uint8), np.empty(0, np.uint32)
    k.enter_tokens(data, offsets, ids, memory, place)
    return memory


def encode_chunk(
    data: NDArray[np.uint8],
    offsets: NDArray[np.int64],
    cut: tuple[NDArray[np.uint8], int],
    vocabulary: tuple[NDArray[np.uint32], Merges | Rules, Memory],
    recent: Recent,
) -> tuple[NDArray[np.uint32], NDArray[np.int64], Recent]:
    """One chunk by a kernel, which is given a wider or an emptied memory whenever its own is full; ids, offsets and what is remembered.

    Merges in two stages are for lines, or for whole documents where `cut` is of another mode.
    """
    # There are at most as many ids as bytes; pages that are never written cost nothing.
    out, out_offsets = np.empty(offsets[-1] - offsets[0] + 2, np.uint32), np.zeros(len(offsets), np.int64)
    memory, place = recent
    kernel: Callable[..., None] = k.encode if len(vocabulary[1]) == 2 else encode_lines
    place[[k.DOCUMENT, k.BYTE, k.IDS]] = 0, offsets[0], 0
    kernel(data, offsets, cut, vocabulary, memory, place, out, out_offsets)
    while place[k.DOCUMENT] < len(offsets) - 1:
        memory = _with_room(memory, place)
        kernel(data, offsets, cut, vocabulary, memory, place, out, out_offsets)
    return out[: place[k.IDS]], out_offsets, (memory, place)


def _with_room(memory: Memory, place: NDArray[np.int64]) -> Memory:
    """A full memory in one of four times the room; the largest one emptied."""
    slots, store, ids = memory
    if len(slots) >= 2 * _MOST_ROOM:
        slots[:, 2] = 0
        place[[k.USED, k.BYTES_USED, k.IDS_USED]] = 0
        return memory
    wider = new_memory(2 * len(slots))
    k.move(slots, wider[0])
    for old, new in ((store, wider[1]), (ids, wider[2])):
        new[: len(old)] = old
    return wider

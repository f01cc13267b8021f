"""What every encoder knows of its ids: the bytes of each, and which are special tokens. Read from the JSON of a `tokenizer.json`."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from codecorpus.tokenize.alphabet import to_bytes

#: Flat ids, and int64 offsets: document i has the ids offsets[i] to offsets[i + 1].
Encoded = tuple[NDArray[np.unsignedinteger[Any]], NDArray[np.int64]]

_ENDS_LINE: Final = re.compile(rb"\n[ \t]*\Z")


@dataclass(frozen=True, slots=True, eq=False)
class Vocabulary:
    """The bytes of every id, and which ids are special tokens.

    Attributes:
        tokens: the bytes of each id, empty where no token has it.
        specials: ids of the tokens that text never becomes, by their text.
    """

    tokens: pa.LargeBinaryArray
    specials: Mapping[str, int]

    @property
    def id_type(self) -> np.dtype[Any]:
        """uint16 where every id fits, else uint32."""
        return np.dtype(np.uint16 if len(self.tokens) <= 65_536 else np.uint32)

    def decode(self, ids: NDArray[np.integer[Any]]) -> bytes:
        """The bytes of these ids, end to end."""
        taken = self.tokens.take(pa.array(ids))
        _, borders, data = taken.buffers()
        if not len(taken) or data is None:
            return b""
        offsets = np.frombuffer(borders, np.int64)[taken.offset : taken.offset + len(taken) + 1]
        return data[int(offsets[0]) : int(offsets[-1])].to_pybytes()  # type: ignore[no-any-return]

    def token_id(self, token: str) -> int | None:
        """Id of a special token, or of a token by its text."""
        if token in self.specials:
            return self.specials[token]
        found = int(self.tokens.index(pa.scalar(token.encode(), pa.large_binary())).as_py())
        return found if found >= 0 else None

    def lengths(self) -> NDArray[np.uint32]:
        """Bytes of each id."""
        _, borders, _ = self.tokens.buffers()
        offsets = np.frombuffer(borders, np.int64)[self.tokens.offset :][: len(self.tokens) + 1]
        return np.diff(offsets).astype(np.uint32)

    def line_ends(self) -> NDArray[np.bool_]:
        """Which tokens end a line; not to be written to, for it is kept."""
        return _line_ends(self)


@lru_cache(maxsize=4)
def _line_ends(vocabulary: Vocabulary) -> NDArray[np.bool_]:
    """Kept because every batch that is packed asks: 9 ms for 32,000 tokens."""
    tokens = vocabulary.tokens.to_pylist()
    ends = np.array([_ENDS_LINE.search(token) is not None for token in tokens], np.bool_)
    ends[list(vocabulary.specials.values())] = False
    return ends


def joined(parts: Sequence[tuple[NDArray[Any], NDArray[np.int64]]], id_type: np.dtype[Any]) -> Encoded:
    """Several encoded batches as one."""
    ids = np.concatenate([np.empty(0, id_type), *(ids.astype(id_type) for ids, _ in parts)])
    lengths = np.concatenate([np.zeros(1, np.int64), *(np.diff(offsets) for _, offsets in parts)])
    return ids, np.cumsum(lengths)


def read_vocabulary(document: Mapping[str, Any]) -> Vocabulary:
    """The bytes of each id, from the JSON of a `tokenizer.json`. An id that no token has is empty."""
    ids, added = token_ids(document), document["added_tokens"]
    numbers = {token["content"]: token["id"] for token in added}
    byte_level = "ByteLevel" in json.dumps([document["pre_tokenizer"], document["decoder"]])
    tokens = [b""] * (1 + max([*ids.values(), *numbers.values()]))
    for text, number in ids.items():
        tokens[number] = _byte_level(text) if byte_level else _sentence_piece(text)
    for text, number in numbers.items():
        tokens[number] = text.encode()
    specials = {token["content"]: token["id"] for token in added if not is_layout(token)}
    return Vocabulary(pa.array(tokens, pa.large_binary()), specials)


def token_ids(document: Mapping[str, Any]) -> dict[str, int]:
    """Token → id, as the model of a `tokenizer.json` writes them. Of a Unigram model, a list of (token, score), the id is the place."""
    entries = document["model"]["vocab"]
    if isinstance(entries, dict):
        return entries
    return {token: number for number, (token, _) in enumerate(entries)}


def is_layout(token: Mapping[str, Any]) -> bool:
    """Whether an added token is a run of blanks that the tokenizer simply has apart from its merges, as GPT-NeoX's does.

    It marks nothing and nothing is done at it, so text may become it; without it every indent would have other ids than it was
    trained with.
    """
    return not token["special"] and token["content"].isspace()


def _byte_level(text: str) -> bytes:
    try:
        return to_bytes(text)
    except KeyError:  # a token that was put into the vocabulary as it stands
        return text.encode()


def _sentence_piece(text: str) -> bytes:
    """A token of SentencePiece's kind: `▁` is a space, `<0x0A>` a byte."""
    if re.fullmatch(r"<0x[0-9A-F]{2}>", text):
        return bytes([int(text[3:5], 16)])
    return text.replace("▁", " ").encode()

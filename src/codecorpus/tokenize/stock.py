"""Encoding by the `tokenizers` library: any `tokenizer.json` that our kernels do not run, but as text alone.

The library looks for a file's added tokens in the text, marked `special` or not: `<|fim_prefix|>` in a source file becomes the
sentinel's id, in Qwen's and DeepSeek's files even where `encode_special_tokens` is set. So the library is given the file without them,
and with the names of those that its model knows replaced by names that no text has.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from tokenizers import Tokenizer

from codecorpus.buffers import CutTexts
from codecorpus.errors import DataError
from codecorpus.fragments import show_fields
from codecorpus.tokenize.load import merge_pairs
from codecorpus.tokenize.vocabulary import Encoded, Vocabulary, is_layout, joined, token_ids

# Documents handed to the library at once: it makes an object for each token, which is what bounds this.
_BATCH: Final = 256
_SIGN: Final = "☺".encode()
_NO_TEXT: Final = re.compile("([\udc80-\udcff]+)")


@dataclass(frozen=True, slots=True, eq=False)
class StockEncoder:
    """Any other `tokenizer.json`, run by the `tokenizers` library without its added tokens.

    Attributes:
        vocabulary: the bytes of each id, and the special tokens.
        tokenizer: the library's, which knows no special token.
        renumbered: uint32, for each id that the library gives, the one that the file has. They differ for added tokens alone.
        normalizer: what changes the text first, see `Encoder`.
    """

    vocabulary: Vocabulary
    tokenizer: Tokenizer
    renumbered: NDArray[np.uint32]
    normalizer: str

    _repr_html_ = show_fields

    @property
    def vocab_size(self) -> int:
        """See `Encoder`."""
        return len(self.vocabulary.tokens)

    @property
    def id_type(self) -> np.dtype[Any]:
        """See `Encoder`."""
        return self.vocabulary.id_type

    def encode(self, contents: pa.Array | pa.ChunkedArray, /) -> Encoded:
        """See `Encoder`.

        Raises:
            DataError: bytes that are no UTF-8, and the tokenizer has no tokens for single bytes.
        """
        chunks = contents.chunks if isinstance(contents, pa.ChunkedArray) else [contents]
        batches = (
            chunk[start : start + _BATCH] for chunk in chunks for start in range(0, len(chunk), _BATCH)
        )
        return joined([self._encode(batch.to_pylist()) for batch in batches], self.id_type)

    def recut(self, cut_texts: CutTexts, /) -> tuple[NDArray[np.unsignedinteger[Any]], NDArray[np.int64]]:
        """See `Encoder`; every piece is encoded anew.

        A tokenizer that puts a space before every text, as Llama's does, puts it before the prefix alone: middle and suffix go on where
        another piece ended. They are encoded behind a sign that merges with nothing, whose ids are taken away again (Code Llama's own way).
        """
        texts, cuts = cut_texts.texts, cut_texts.cuts
        borders = np.stack([texts[:, 0], cuts[:, 0], cuts[:, 1], texts[:, 1]], axis=1)
        firsts, ends = borders[:, :3].reshape(-1).tolist(), borders[:, 1:].reshape(-1).tolist()
        pieces = [cut_texts.data[first:end].tobytes() for first, end in zip(firsts, ends, strict=True)]
        if not self._prepends():
            ids, offsets = self.encode(pa.array(pieces, pa.large_binary()))
            return ids, np.diff(offsets).reshape(-1, 3)
        marked = [piece if number % 3 == 0 else _SIGN + piece for number, piece in enumerate(pieces)]
        ids, offsets = self.encode(pa.array(marked, pa.large_binary()))
        sign = len(self.encode(pa.array([_SIGN], pa.large_binary()))[0])
        starts = offsets[:-1] + np.where(np.arange(len(pieces)) % 3 == 0, 0, sign)
        kept = [ids[start:stop] for start, stop in zip(starts, offsets[1:], strict=True)]
        return np.concatenate([ids[:0], *kept]), (offsets[1:] - starts).reshape(-1, 3)

    def _prepends(self) -> bool:
        """Whether the tokenizer puts a space before a text."""
        return self.decode(self.encode(pa.array(["a"]))[0])[:1] == b" "

    def _encode(self, rows: Sequence[str | bytes | None]) -> tuple[NDArray[np.uint32], NDArray[np.int64]]:
        """Ids and offsets of a few texts: what is UTF-8 by the library, other bytes one by one."""
        pieces = [list(_pieces(row)) for row in rows]
        texts = [piece for row in pieces for piece in row if isinstance(piece, str)]
        encoded = iter(self.tokenizer.encode_batch_fast(texts, add_special_tokens=False))
        ids = [
            np.concatenate([np.empty(0, np.uint32), *(self._piece(piece, encoded) for piece in row)])
            for row in pieces
        ]
        return np.concatenate([np.empty(0, np.uint32), *ids]), np.cumsum([0, *map(len, ids)], dtype=np.int64)

    def _piece(self, piece: str | bytes, encoded: Iterator[Any]) -> NDArray[np.uint32]:
        if isinstance(piece, str):
            return self.renumbered[np.array(next(encoded).ids, np.int64)]
        return np.array([self._byte_id(byte) for byte in piece], np.uint32)

    def _byte_id(self, byte: int) -> int:
        found = int(self.vocabulary.tokens.index(pa.scalar(bytes([byte]), pa.large_binary())).as_py())
        if found < 0:
            raise DataError(
                f"a text is not UTF-8, and this tokenizer has no token for the byte 0x{byte:02x}",
                "Decode the text first, or use a byte-level tokenizer.",
            )
        return found

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


def stock_encoder(document: Mapping[str, Any], vocabulary: Vocabulary) -> StockEncoder:
    """The encoder of a `tokenizer.json`, given as JSON.

    Raises:
        Exception: the library refuses it.
    """
    layout = [token for token in document["added_tokens"] if is_layout(token)]
    nothing = {"truncation": None, "padding": None, "post_processor": None}
    model = _without(document["model"], token_ids(document), set(vocabulary.specials.values()))
    tokenizer = Tokenizer.from_str(
        json.dumps({**document, **nothing, "added_tokens": layout, "model": model})
    )
    renumbered = np.arange(1 + max(tokenizer.get_vocab().values(), default=0), dtype=np.uint32)
    for token in layout:  # the library numbers them anew, now that the others are gone
        renumbered[tokenizer.token_to_id(token["content"])] = token["id"]
    return StockEncoder(vocabulary, tokenizer, renumbered, "+".join(_kinds(document["normalizer"])))


def _pieces(row: str | bytes | None) -> Iterator[str | bytes]:
    r"""A text cut into what is UTF-8 and runs of bytes that are not.

    >>> list(_pieces(b"a\xe4\xb8(")), list(_pieces("a"))
    (['a', b'\xe4\xb8', '('], ['a'])
    """
    if not isinstance(row, bytes):
        yield row or ""
        return
    for piece in _NO_TEXT.split(row.decode(errors="surrogateescape")):
        if piece:
            yield piece.encode(errors="surrogateescape") if _NO_TEXT.match(piece) else piece


def _without(model: Mapping[str, Any], ids: Mapping[str, int], specials: set[int]) -> dict[str, Any]:
    """A model that gives no special id: their names become others, and merges that make or use one are left out.

    An unknown character still becomes the token for unknown ones; that is a special token in most files, and no text of its own.
    """
    names = {text: f" \ufdd0{text}" for text, number in ids.items() if number in specials}
    if not names:
        return dict(model)
    hidden: dict[str, Any] = {}
    if isinstance(model["vocab"], dict):
        hidden["vocab"] = {names.get(text, text): number for text, number in ids.items()}
    else:
        hidden["vocab"] = [[names.get(text, text), score] for text, score in model["vocab"]]
    if model.get("unk_token") in names:
        hidden["unk_token"] = names[model["unk_token"]]
    if "merges" in model:
        skip = len(model.get("continuing_subword_prefix") or "")
        hidden["merges"] = [
            [left, right]
            for left, right in merge_pairs(model)
            if not {left, right, left + right[skip:]} & names.keys()
        ]
    return {**model, **hidden}


def _kinds(normalizer: Mapping[str, Any] | None) -> list[str]:
    """The names of normalizers, those of a sequence one by one."""
    if normalizer is None:
        return []
    if normalizer["type"] == "Sequence":
        return [kind for inner in normalizer["normalizers"] for kind in _kinds(inner)]
    return [normalizer["type"]]

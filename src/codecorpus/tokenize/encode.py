"""Text to ids and back. Columns of text go in; flat ids and the offsets of each document come out.

A tokenizer of ours is run by our own kernels; any other `tokenizer.json` by the library it is written for. Both give the ids that
the library gives, with one difference that is the point: **text never becomes a special token**. `<|endoftext|>` in a source file is
thirteen characters of that file, as it must be where the packer alone says where a document ends.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Protocol

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from tokenizers import Tokenizer

from codecorpus.buffers import text_chunks
from codecorpus.errors import DataError
from codecorpus.tokenize import _kernels_encode
from codecorpus.tokenize.alphabet import BYTE_IDS, CHARACTERS, to_bytes
from codecorpus.tokenize.bpe import Bpe
from codecorpus.tokenize.export import pre_tokenizer
from codecorpus.tokenize.pretoken import PATTERNS, cut_of, grow_table, new_table

#: Flat ids, and int64 offsets: document i has the ids offsets[i] to offsets[i + 1].
Encoded = tuple[NDArray[np.unsignedinteger[Any]], NDArray[np.int64]]

# Documents handed to the `tokenizers` library at once: it makes an object for each token, which is what bounds this.
_BATCH: Final = 256
_ENDS_LINE: Final = re.compile(rb"\n[ \t]*\Z")


class Encoder(Protocol):
    """Turns text into ids. No text ever becomes a special token."""

    @property
    def vocab_size(self) -> int:
        """The highest id there is, special tokens included, plus one."""
        ...

    @property
    def id_type(self) -> np.dtype[Any]:
        """The type of the ids: uint16 where they fit, else uint32."""
        ...

    def encode(self, contents: pa.Array | pa.ChunkedArray, /) -> Encoded:
        """Ids of every document of a column of text; null counts as empty."""
        ...

    def decode(self, ids: NDArray[np.integer[Any]], /) -> bytes:
        """The bytes that ids stand for, special tokens included."""
        ...

    def token_id(self, token: str, /) -> int | None:
        """Id of a special token, or of a token by its text; None where there is none."""
        ...

    def line_ends(self) -> NDArray[np.bool_]:
        """For each id, whether its token ends a line: a line feed with nothing but blanks after it. Special tokens do not."""
        ...


@dataclass(frozen=True, slots=True, eq=False)
class Vocabulary:
    """The bytes of every id, and which ids are special tokens."""

    tokens: pa.LargeBinaryArray
    specials: Mapping[str, int]

    @property
    def id_type(self) -> np.dtype[Any]:
        """uint16 where every id fits, else uint32."""
        return np.dtype(np.uint16 if len(self.tokens) <= 65_536 else np.uint32)

    def decode(self, ids: NDArray[np.integer[Any]]) -> bytes:
        """The bytes of these ids, end to end."""
        return b"".join(self.tokens.take(pa.array(ids)).to_pylist())

    def token_id(self, token: str) -> int | None:
        """Id of a special token, or of a token by its text."""
        if token in self.specials:
            return self.specials[token]
        found = int(self.tokens.index(pa.scalar(token.encode(), pa.large_binary())).as_py())
        return found if found >= 0 else None

    def line_ends(self) -> NDArray[np.bool_]:
        """Which tokens end a line."""
        ends = np.array([_ENDS_LINE.search(token) is not None for token in self.tokens.to_pylist()], np.bool_)
        ends[list(self.specials.values())] = False
        return ends


@dataclass(frozen=True, slots=True, eq=False)
class NativeEncoder:
    """A tokenizer of ours, run by our kernels."""

    vocabulary: Vocabulary
    mode: str
    byte_ids: NDArray[np.uint32]
    merges: tuple[NDArray[np.int64], NDArray[np.int64]]

    @property
    def vocab_size(self) -> int:
        """See `Encoder`."""
        return len(self.vocabulary.tokens)

    @property
    def id_type(self) -> np.dtype[Any]:
        """See `Encoder`."""
        return self.vocabulary.id_type

    def encode(self, contents: pa.Array | pa.ChunkedArray, /) -> Encoded:
        """See `Encoder`."""
        cut = cut_of(self.mode)
        vocabulary = (self.byte_ids, *self.merges)
        encoded = [_encode(data, offsets, cut, vocabulary) for data, offsets in text_chunks(contents)]
        return _joined(encoded, self.id_type)

    def decode(self, ids: NDArray[np.integer[Any]], /) -> bytes:
        """See `Encoder`."""
        return self.vocabulary.decode(ids)

    def token_id(self, token: str, /) -> int | None:
        """See `Encoder`."""
        return self.vocabulary.token_id(token)

    def line_ends(self) -> NDArray[np.bool_]:
        """See `Encoder`."""
        return self.vocabulary.line_ends()


@dataclass(frozen=True, slots=True, eq=False)
class StockEncoder:
    """Any other `tokenizer.json`, run by the `tokenizers` library without its added tokens."""

    vocabulary: Vocabulary
    tokenizer: Tokenizer

    @property
    def vocab_size(self) -> int:
        """See `Encoder`."""
        return len(self.vocabulary.tokens)

    @property
    def id_type(self) -> np.dtype[Any]:
        """See `Encoder`."""
        return self.vocabulary.id_type

    def encode(self, contents: pa.Array | pa.ChunkedArray, /) -> Encoded:
        """See `Encoder`."""
        texts = [text or "" for text in contents.to_pylist()]
        encoded = []
        for start in range(0, len(texts), _BATCH):
            batch = self.tokenizer.encode_batch_fast(texts[start : start + _BATCH], add_special_tokens=False)
            rows = [np.array(row.ids, np.uint32) for row in batch]
            offsets = np.cumsum([0, *map(len, rows)], dtype=np.int64)
            encoded.append((np.concatenate(rows), offsets))
        return _joined(encoded, self.id_type)

    def decode(self, ids: NDArray[np.integer[Any]], /) -> bytes:
        """See `Encoder`."""
        return self.vocabulary.decode(ids)

    def token_id(self, token: str, /) -> int | None:
        """See `Encoder`."""
        return self.vocabulary.token_id(token)

    def line_ends(self) -> NDArray[np.bool_]:
        """See `Encoder`."""
        return self.vocabulary.line_ends()


def encoder_of(bpe: Bpe) -> NativeEncoder:
    """The encoder of a vocabulary that was just trained."""
    tokens = [*bpe.vocab, *(token.encode() for token in bpe.special_tokens)]
    specials = {token: number for number, token in enumerate(bpe.special_tokens, start=len(bpe.vocab))}
    vocabulary = Vocabulary(pa.array(tokens, pa.large_binary()), specials)
    ids = np.arange(256, len(bpe.vocab), dtype=np.int64)
    merges = _merge_table(np.column_stack([bpe.merges, ids]))
    return NativeEncoder(vocabulary, bpe.mode, BYTE_IDS.astype(np.uint32), merges)


def load_encoder(path: str | Path) -> Encoder:
    """Read a `tokenizer.json`, or a folder that holds one.

    Raises:
        DataError: the file is missing, or not a tokenizer.
    """
    file = Path(path)
    if file.is_dir():
        file = file / "tokenizer.json"
    try:
        document = json.loads(file.read_bytes())
        vocabulary = _vocabulary(document)
        native = _native(document, vocabulary)
        return native or StockEncoder(vocabulary, _without_added_tokens(document))
    except OSError as error:
        reason = error.strerror or str(error)
        raise DataError(
            f"tokenizer {file} cannot be read: {reason}", "Give the path of a tokenizer.json."
        ) from None
    except Exception as error:  # the library raises plain Exception for a file it does not understand
        raise DataError(
            f"{file} is not a tokenizer.json: {type(error).__name__}: {error}",
            "Give a file that Hugging Face `tokenizers` can load, such as one that `codecorpus build` wrote.",
        ) from None


def _merge_table(rows: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Merges (left, right, id), in order of rank, as the hash table that the kernels read."""
    size = 1 << (3 * len(rows) + 16).bit_length()
    keys, values = np.full(size, -1, np.int64), np.full(size, -1, np.int64)
    _kernels_encode.fill_merges(rows, keys, values)
    return keys, values


def _encode(
    data: NDArray[np.uint8],
    offsets: NDArray[np.int64],
    cut: tuple[NDArray[np.uint8], int],
    vocabulary: tuple[NDArray[np.uint32], NDArray[np.int64], NDArray[np.int64]],
) -> tuple[NDArray[np.uint32], NDArray[np.int64]]:
    """One chunk by the kernel, which is given a larger table of pre-tokens whenever its own is full."""
    # There are at most as many ids as bytes; pages that are never written cost nothing.
    out, out_offsets = np.empty(offsets[-1] - offsets[0], np.uint32), np.zeros(len(offsets), np.int64)
    place, table = np.array([0, offsets[0], 0, 0]), new_table()
    _kernels_encode.encode(data, offsets, cut, vocabulary, table, place, out, out_offsets)
    while place[0] < len(offsets) - 1:
        table = grow_table(table)
        _kernels_encode.encode(data, offsets, cut, vocabulary, table, place, out, out_offsets)
    return out[: place[3]], out_offsets


def _joined(parts: Sequence[tuple[NDArray[Any], NDArray[np.int64]]], id_type: np.dtype[Any]) -> Encoded:
    """Several encoded batches as one."""
    ids = np.concatenate([np.empty(0, id_type), *(ids.astype(id_type) for ids, _ in parts)])
    lengths = np.concatenate([np.zeros(1, np.int64), *(np.diff(offsets) for _, offsets in parts)])
    return ids, np.cumsum(lengths)


def _native(document: Mapping[str, Any], vocabulary: Vocabulary) -> NativeEncoder | None:
    """Our encoder, where the file says exactly what our kernels do; None for every other tokenizer."""
    model = document["model"]
    modes = [mode for mode in PATTERNS if pre_tokenizer(mode) == document["pre_tokenizer"]]
    plain_bpe = model.get("type") == "BPE" and not any(
        model.get(key)
        for key in (
            "dropout",
            "unk_token",
            "continuing_subword_prefix",
            "end_of_word_suffix",
            "byte_fallback",
            "ignore_merges",
        )
    )
    ids = model["vocab"]
    if (
        not modes
        or not plain_bpe
        or document["normalizer"] is not None
        or not all(c in ids for c in CHARACTERS)
    ):
        return None
    pairs = [pair if isinstance(pair, list) else pair.split(" ") for pair in model["merges"]]
    rows = np.array([(ids[left], ids[right], ids[left + right]) for left, right in pairs], np.int64).reshape(
        -1, 3
    )
    byte_ids = np.array([ids[character] for character in CHARACTERS], np.uint32)
    return NativeEncoder(vocabulary, modes[0], byte_ids, _merge_table(rows))


def _without_added_tokens(document: Mapping[str, Any]) -> Tokenizer:
    """The tokenizer for text: no sentinel is recognised, nothing is cut off, padded or put around the text."""
    kept = {**document, "added_tokens": [], "truncation": None, "padding": None, "post_processor": None}
    return Tokenizer.from_str(json.dumps(kept))


def _vocabulary(document: Mapping[str, Any]) -> Vocabulary:
    """The bytes of each id. An id that no token has is empty."""
    entries = document["model"]["vocab"]
    # A Unigram vocabulary is a list of (token, score), the id is the place.
    ids = (
        entries if isinstance(entries, dict) else {token: number for number, (token, _) in enumerate(entries)}
    )
    added = {token["content"]: token["id"] for token in document["added_tokens"]}
    byte_level = "ByteLevel" in json.dumps([document["pre_tokenizer"], document["decoder"]])
    tokens = [b""] * (1 + max([*ids.values(), *added.values()]))
    for text, number in ids.items():
        tokens[number] = _byte_level(text) if byte_level else _sentence_piece(text)
    for text, number in added.items():
        tokens[number] = text.encode()
    return Vocabulary(pa.array(tokens, pa.large_binary()), added)


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

"""Text to ids and back. Columns of text go in; flat ids and the offsets of each document come out.

A tokenizer whose regex is one of ours is run by our own kernels; any other `tokenizer.json` by the library it is written for. Both
give the ids that the library gives, with one difference that is the point: **text never becomes a special token**. `<|endoftext|>` in
a source file is thirteen characters of that file, as it must be where the packer alone says where a document ends.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Protocol

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from codecorpus.buffers import CutTexts as CutTexts
from codecorpus.tokenize.alphabet import BYTE_IDS
from codecorpus.tokenize.bpe import Bpe
from codecorpus.tokenize.load import ByteLevelBpe, byte_level_bpe, not_a_tokenizer, read_document
from codecorpus.tokenize.merging import merge_table
from codecorpus.tokenize.native import Memory, no_memory, whole_tokens
from codecorpus.tokenize.native import NativeEncoder as NativeEncoder
from codecorpus.tokenize.stages import stages_of
from codecorpus.tokenize.stock import StockEncoder as StockEncoder
from codecorpus.tokenize.stock import stock_encoder
from codecorpus.tokenize.vocabulary import Encoded as Encoded
from codecorpus.tokenize.vocabulary import Vocabulary, read_vocabulary


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

    @property
    def normalizer(self) -> str:
        """What changes the text before it is cut, such as `NFC`, several joined by `+`: ids then no longer tell every byte.

        Empty where nothing does.
        """
        ...

    def encode(self, contents: pa.Array | pa.ChunkedArray, /) -> Encoded:
        """Ids of every document of a column of text, or of bytes, which need not be UTF-8; null counts as empty."""
        ...

    def recut(self, cut_texts: CutTexts, /) -> tuple[NDArray[np.unsignedinteger[Any]], NDArray[np.int64]]:
        """Ids of prefix, middle and suffix of each text, and int64[n, 3], how many each has.

        They are those that `encode` gives to the pieces by themselves, but for the end of a text that goes on behind it: there they
        stay what they were.
        """
        ...

    def decode(self, ids: NDArray[np.integer[Any]], /) -> bytes:
        """The bytes that ids stand for, special tokens included."""
        ...

    def token_id(self, token: str, /) -> int | None:
        """Id of a special token, or of a token by its text; None where there is none."""
        ...

    def lengths(self) -> NDArray[np.uint32]:
        """For each id, how many bytes it spells."""
        ...

    def line_ends(self) -> NDArray[np.bool_]:
        """For each id, whether its token ends a line: a line feed with nothing but blanks after it. Special tokens do not."""
        ...


def encoder_of(bpe: Bpe) -> NativeEncoder:
    """The encoder of a vocabulary that was just trained."""
    tokens = [*bpe.vocab, *(token.encode() for token in bpe.special_tokens)]
    specials = {token: number for number, token in enumerate(bpe.special_tokens, start=len(bpe.vocab))}
    vocabulary = Vocabulary(pa.array(tokens, pa.large_binary()), specials)
    ids = np.arange(256, len(bpe.vocab), dtype=np.int64)
    rows = np.column_stack([bpe.merges, ids])
    return _native(vocabulary, ByteLevelBpe(bpe.mode, BYTE_IDS.astype(np.uint32), rows, False), no_memory())


def load_encoder(path: str | Path) -> Encoder:
    """Read a `tokenizer.json`, or a folder that holds one.

    Raises:
        DataError: the file is missing, or not a tokenizer.
    """
    document = read_document(path)
    try:
        return _encoder(document)
    except (KeyboardInterrupt, SystemExit):
        raise
    except BaseException as error:  # the library raises plain Exception for what it does not understand, and panics at some of it
        raise not_a_tokenizer(path, error) from None


def _encoder(document: dict[str, Any]) -> NativeEncoder | StockEncoder:
    vocabulary = read_vocabulary(document)
    bpe = byte_level_bpe(document)
    if bpe is None:
        return stock_encoder(document, vocabulary)
    whole = no_memory()
    if bpe.whole:
        tokens = zip(vocabulary.tokens.to_pylist(), range(len(vocabulary.tokens)), strict=True)
        specials = set(vocabulary.specials.values())
        whole = whole_tokens({token: number for token, number in tokens if token and number not in specials})
    return _native(vocabulary, bpe, whole)


def _native(vocabulary: Vocabulary, bpe: ByteLevelBpe, whole: Memory) -> NativeEncoder:
    stages = stages_of(bpe.rows, bpe.byte_ids, vocabulary.tokens) if bpe.mode == "superword" else None
    return NativeEncoder(vocabulary, bpe.mode, bpe.byte_ids, merge_table(bpe.rows), whole, stages)

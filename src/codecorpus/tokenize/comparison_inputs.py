"""What a comparison reads: documents as columns, in batches of one language; and each tokenizer with the bytes of its tokens.

A table with `content` comes in, and `language`, `repo_name`, `path` where there are such columns. Tokenizers come in by name.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from codecorpus.buffers import pick_texts, text_buffers
from codecorpus.errors import DataError, UsageError
from codecorpus.tokenize.encode import Encoder, load_encoder
from codecorpus.tokenize.trained import contents_of

#: The row that stands for all documents.
ALL: Final = "all"
UNKNOWN: Final = "unknown"

# Text that is encoded at once: what all tokenizers make of it is in memory together.
_BATCH_BYTES: Final = 8_000_000

_TEXT: Final = (
    *(pa.types.is_string, pa.types.is_large_string, pa.types.is_string_view, pa.types.is_null),
    *(pa.types.is_binary, pa.types.is_large_binary, pa.types.is_binary_view),
)


@dataclass(frozen=True, slots=True, eq=False)
class Documents:
    """Columns of the documents to compare on.

    Attributes:
        contents: text without nulls.
        sizes: int64, bytes of each document.
        language_names: the languages that occur, by bytes, the most first.
        languages: int64, for each document its place in `language_names`.
        repositories: int64, a number for each document's repository; None where the table has no column `repo_name`.
        paths: `repository/path` of each document, or whatever of it is known.
    """

    contents: pa.ChunkedArray
    sizes: NDArray[np.int64]
    language_names: tuple[str, ...]
    languages: NDArray[np.int64]
    repositories: NDArray[np.int64] | None
    paths: pa.Array

    def batches(self, language: int) -> Iterator[tuple[NDArray[np.int64], pa.LargeStringArray]]:
        """Rows and texts of a language, some 8 MB at a time and one document at least."""
        rows = np.flatnonzero(self.languages == language)
        groups = np.cumsum(self.sizes[rows]) // _BATCH_BYTES
        for some in np.split(rows, np.flatnonzero(np.diff(groups)) + 1):
            if len(some):
                picked = pick_texts(self.contents, some)
                yield some, pa.concat_arrays([chunk.cast(pa.large_string()) for chunk in picked.chunks])


def read_table(table: Any) -> Documents:
    """The columns of a polars DataFrame or an Arrow table.

    Raises:
        UsageError: no column `content`, or one that is no text.
    """
    contents = texts_of(table)
    arrow = table.to_arrow() if hasattr(table, "to_arrow") else table
    sizes = np.concatenate([np.zeros(0, np.int64), *(_sizes(chunk) for chunk in contents.chunks)])
    languages = _words(arrow, "language")
    if languages is None:
        names, codes = [ALL], np.zeros(len(sizes), np.int64)
    else:
        # A language of this name would be taken for the row of all.
        encoded = pc.if_else(pc.equal(languages, ALL), "all (language)", languages).dictionary_encode()
        names, codes = encoded.dictionary.to_pylist(), encoded.indices.to_numpy().astype(np.int64)
    weights = np.bincount(codes, sizes, len(names))
    order = sorted(range(len(names)), key=lambda number: (-weights[number], names[number]))
    ranks = np.empty(len(names), np.int64)
    ranks[order] = np.arange(len(names))
    repositories = _words(arrow, "repo_name")
    numbers = None if repositories is None else repositories.dictionary_encode().indices.to_numpy()
    return Documents(
        contents,
        sizes,
        tuple(names[number] for number in order),
        ranks[codes],
        None if numbers is None else numbers.astype(np.int64),
        _paths(arrow, len(sizes)),
    )


def texts_of(table: Any) -> pa.ChunkedArray:
    """The column `content` as text without nulls.

    Raises:
        UsageError: there is none, or it is no text.
    """
    contents = contents_of(table)
    kind = contents.type.value_type if pa.types.is_dictionary(contents.type) else contents.type
    if not any(test(kind) for test in _TEXT):
        raise UsageError(f"the column `content` is no text but {kind}", "Tokenizers are compared on text.")
    try:
        flat = (
            contents
            if pa.types.is_string(kind) and kind == contents.type
            else contents.cast(pa.large_string())
        )
        return pc.fill_null(flat, "")
    except pa.ArrowInvalid as error:
        raise UsageError(
            f"the column `content` is no text: {str(error).splitlines()[0]}",
            "Tokenizers are compared on UTF-8.",
        ) from None


def _sizes(chunk: pa.Array) -> NDArray[np.int64]:
    return np.asarray(pc.binary_length(chunk).to_numpy(zero_copy_only=False), np.int64)


def _words(table: pa.Table, column: str) -> pa.Array | None:
    if column not in table.column_names:
        return None
    texts = table[column].cast(pa.large_string())
    return pc.fill_null(pa.concat_arrays([pa.array([], pa.large_string()), *texts.chunks]), UNKNOWN)


def _paths(table: pa.Table, rows: int) -> pa.Array:
    known = [words for words in (_words(table, name) for name in ("repo_name", "path")) if words is not None]
    if not known:
        return pc.binary_join_element_wise("document", pa.array(range(rows)).cast(pa.string()), " ")
    return (
        pc.binary_join_element_wise(*known, pa.scalar("/", pa.large_string())) if len(known) > 1 else known[0]
    )


# --- tokenizers ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, eq=False)
class Contestant:
    """A tokenizer, and its tokens as bytes.

    Attributes:
        name: what the user calls it.
        encoder: turns text into ids.
        tokens: uint8, the bytes of all tokens end to end.
        borders: int64[vocab_size + 1], where each begins.
        is_blank: for each id, whether its token is nothing but white space.
        normalizer: what changes the text before it is encoded, such as `NFC`; empty where nothing does.
    """

    name: str
    encoder: Encoder
    tokens: NDArray[np.uint8]
    borders: NDArray[np.int64]
    is_blank: NDArray[np.bool_]
    normalizer: str


def contestants(tokenizers: Mapping[str, str | Path | Encoder]) -> list[Contestant]:
    """Load every tokenizer.

    Raises:
        UsageError: there is none.
        DataError: a file is missing or broken; its name is said.
    """
    if not tokenizers:
        raise UsageError("no tokenizer to compare", "Give at least one: name = path of a tokenizer.json.")
    return [_contestant(name, source) for name, source in tokenizers.items()]


def load_named(name: str, source: str | Path) -> Encoder:
    """Load a tokenizer.

    Raises:
        DataError: the file is missing or broken; says the name that the user gave it.
    """
    try:
        return load_encoder(source)
    except DataError as error:
        raise DataError(f"{name}: {error.what}", error.hint) from None


def _contestant(name: str, source: str | Path | Encoder) -> Contestant:
    encoder = load_named(name, source) if isinstance(source, (str, Path)) else source
    texts = _token_texts(encoder)
    tokens, borders = text_buffers(pa.array(texts, pa.large_binary()))
    is_blank = np.fromiter(map(_is_blank, texts), np.bool_, len(texts))
    # A vocabulary without any byte still needs arrays that can be written to: the kernels are compiled for these.
    return Contestant(name, encoder, tokens.copy(), borders.copy(), is_blank, normalizer_of(encoder))


def _token_texts(encoder: Encoder) -> list[bytes]:
    vocabulary = getattr(encoder, "vocabulary", None)
    if vocabulary is not None:  # all of ours have it; one call for each id takes some 2 s for 200,000
        return [bytes(token) for token in vocabulary.tokens.to_pylist()]
    ids = np.arange(encoder.vocab_size, dtype=encoder.id_type)
    return [encoder.decode(ids[number : number + 1]) for number in range(len(ids))]


def _is_blank(token: bytes) -> bool:
    if token.isascii():
        return token.isspace()
    return token.decode("utf-8", "replace").isspace()


def normalizer_of(encoder: Encoder) -> str:
    """The names of the normalizers that a tokenizer applies, joined by `+`; empty where there is none.

    >>> from codecorpus.tokenize import train
    >>> normalizer_of(train(pa.table({"content": ["x"]}), vocab_size=257).encoder)
    ''
    """
    said = getattr(encoder, "normalizer", None)
    if isinstance(said, str):
        return said
    normalizer = getattr(getattr(encoder, "tokenizer", None), "normalizer", None)
    if normalizer is None:
        return ""
    return "+".join(_kinds(json.loads(normalizer.__getstate__())))


def _kinds(state: Mapping[str, Any]) -> list[str]:
    if state["type"] == "Sequence":
        return [kind for inner in state["normalizers"] for kind in _kinds(inner)]
    return [str(state["type"])]

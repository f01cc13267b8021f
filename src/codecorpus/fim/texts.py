"""What is cut: documents with their text, ids and subtrees, and the ids of what stands before them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from codecorpus.buffers import CutTexts, text_buffers
from codecorpus.fim import draws
from codecorpus.fim.parts import doc_keys
from codecorpus.fim.sentinels import Family
from codecorpus.fragments import show_fields

Ids = npt.NDArray[Any]
Ints = npt.NDArray[np.int64]


class Encoder(Protocol):
    """What packing needs of a tokenizer; `codecorpus.tokenize.load_encoder` gives one."""

    @property
    def id_type(self) -> np.dtype[Any]:
        """uint16 or uint32."""
        ...

    @property
    def vocab_size(self) -> int:
        """The highest id, plus one."""
        ...

    def encode(self, contents: pa.Array | pa.ChunkedArray, /) -> tuple[Ids, Ints]:
        """Flat ids and int64[n + 1] borders of the documents; never a special token."""
        ...

    def recut(self, cut_texts: CutTexts, /) -> tuple[Ids, Ints]:
        """Ids of the three pieces of each text (`CutTexts`), and int64[n, 3], how many each has."""
        ...

    def token_id(self, token: str, /) -> int | None:
        """The id of a special token."""
        ...

    def line_ends(self) -> npt.NDArray[np.bool_]:
        """bool[vocabulary]: true where a token ends a line."""
        ...

    def lengths(self) -> npt.NDArray[np.uint32]:
        """uint32[vocabulary]: bytes of each id."""
        ...

    def decode(self, ids: Ids, /) -> bytes:
        """The bytes of these tokens."""
        ...


@dataclass(frozen=True, slots=True, eq=False)
class Texts:
    """Encoded documents, one value per document.

    Attributes:
        data: uint8, bytes of all documents; empty where only their ids are known.
        texts: int64[n, 2], first byte of each document and the one after its last.
        ids: token ids of all documents.
        tokens: int64[n, 2], where the ids of each document begin and end.
        keys: uint64[n], from `doc_keys`.
        trees: int32, pairs (start, end) of subtrees in bytes of their document, of all documents.
        tree_ranges: int64[n, 2], where those of each document begin and end in `trees`.
        heads: ids of the names and paths of all documents.
        names: int64[n, 2], where the ids of each document's repository begin and end in `heads`.
        paths: int64[n, 2], the same of its path.
        document: int64[n], number of the document among those given; a repeated one has several rows.
        copy: int32[n], which copy it is.
    """

    data: npt.NDArray[np.uint8]
    texts: Ints
    ids: Ids
    tokens: Ints
    keys: draws.Draws
    trees: npt.NDArray[np.int32]
    tree_ranges: Ints
    heads: Ids
    names: Ints
    paths: Ints
    document: Ints
    copy: npt.NDArray[np.int32]

    _repr_html_ = show_fields

    def __len__(self) -> int:
        return len(self.tokens)

    def repeated(self, copies: npt.NDArray[Any]) -> Texts:
        """Each document as often as `copies` says: not at all where it is 0."""
        rows = np.repeat(np.arange(len(self)), copies)
        firsts = np.repeat(np.cumsum(copies) - copies, copies)
        taken = {
            name: getattr(self, name)[rows]
            for name in ("texts", "tokens", "keys", "tree_ranges", "names", "paths", "document")
        }
        return replace(self, **taken, copy=(np.arange(len(rows)) - firsts).astype(np.int32))


def encoded_texts(
    contents: pa.Array | pa.ChunkedArray,
    doc_ids: pa.Array | pa.ChunkedArray,
    encoded: tuple[Ids, Ints],
    *,
    subtrees: pa.Array | pa.ChunkedArray | None = None,
) -> Texts:
    """Documents and their ids as `Texts`, nothing before them.

    Args:
        contents: text.
        doc_ids: fixed binary 16.
        encoded: ids and borders, from `Encoder.encode` of `contents`.
        subtrees: list<int32>, pairs (start, end) of each document; null where there are none.
    """
    data, offsets = text_buffers(contents)
    ids, borders = encoded
    trees, tree_ranges = _lists(subtrees, len(offsets) - 1)
    nothing = np.zeros((len(offsets) - 1, 2), np.int64)
    return Texts(
        data=data,
        texts=_ranges(offsets),
        ids=ids,
        tokens=_ranges(borders),
        keys=doc_keys(doc_ids),
        trees=trees,
        tree_ranges=tree_ranges,
        heads=np.empty(0, ids.dtype),
        names=nothing,
        paths=nothing,
        document=np.arange(len(offsets) - 1, dtype=np.int64),
        copy=np.zeros(len(offsets) - 1, np.int32),
    )


def only_ids(ids: Ids, offsets: Ints, keys: draws.Draws) -> Texts:
    """Documents of which only the ids are known: cut between tokens alone."""
    empty = pa.array([""] * (len(offsets) - 1), pa.large_string())
    names = pa.array([bytes(16)] * (len(offsets) - 1), pa.binary(16))
    return replace(encoded_texts(empty, names, (ids, offsets)), data=np.empty(0, np.uint8), keys=keys)


def with_heads(
    texts: Texts,
    encoder: Encoder,
    row: Family,
    paths: Sequence[str],
    repositories: Sequence[str] | None,
    *,
    longest: int,
) -> Texts:
    """Put the name of its repository, and its path, before each document.

    Args:
        texts: the documents.
        encoder: the tokenizer.
        row: the family, which says how they are written.
        paths: of the documents.
        repositories: their names; None: they are not written.
        longest: ids of one of them, at most; of a longer path the end is kept, of a name too.
    """
    lines = [row.path_start + one_line(path) + "\n" for path in paths]
    written = [""] * len(lines) if repositories is None or row.repo is None else repositories
    names = [one_line(name) + row.repo_end if name else "" for name in written]
    ids, offsets = encoder.encode(pa.array([*names, *lines], pa.large_string()))
    ranges = _ranges(offsets)
    ranges[:, 0] = np.maximum(ranges[:, 0], ranges[:, 1] - longest)
    return replace(
        texts, heads=ids.astype(texts.ids.dtype), names=ranges[: len(lines)], paths=ranges[len(lines) :]
    )


def one_line(name: str) -> str:
    r"""A name or path on one line: what would end it, or is no text, is written as in a URL.

    >>> one_line("a\nb.py")
    'a%0Ab.py'
    """
    return "".join(f"%{ord(sign):02X}" if sign < " " or sign == "\x7f" else sign for sign in name)


def _ranges(offsets: Ints) -> Ints:
    return np.stack([offsets[:-1], offsets[1:]], axis=1)


def _lists(lists: pa.Array | pa.ChunkedArray | None, count: int) -> tuple[npt.NDArray[np.int32], Ints]:
    if lists is None:
        return np.empty(0, np.int32), np.zeros((count, 2), np.int64)
    array = lists.combine_chunks() if isinstance(lists, pa.ChunkedArray) else lists
    if isinstance(array, pa.ChunkedArray):  # of no chunks
        return np.empty(0, np.int32), np.zeros((count, 2), np.int64)
    lengths = np.nan_to_num(array.value_lengths().to_numpy(zero_copy_only=False)).astype(np.int64)
    values = array.flatten().to_numpy(zero_copy_only=False).astype(np.int32, copy=False)
    return values, _ranges(np.concatenate([[0], np.cumsum(lengths)]))

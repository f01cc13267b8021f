"""Parts: the pieces that are packed, as columns.

A part is a document, or a piece of one too long for a sequence, with its own fill-in-the-middle decision. Its ids lie in one stretch:
the name of its repository, its path, and its text in the order of the source, cut already: prefix, middle and suffix are encoded each by
itself. So packing copies, and encodes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from codecorpus.fim import draws
from codecorpus.fragments import show_fields

_TYPES = {
    "document": pa.int64(),
    "copy": pa.int32(),
    "part": pa.int32(),
    "start": pa.int64(),
    "name": pa.int32(),
    "path": pa.int32(),
    "tokens": pa.int32(),
    "layout": pa.int8(),
    "span": pa.int8(),
    "prefix": pa.int32(),
    "middle": pa.int32(),
    "is_last": pa.bool_(),
}
_SCHEMA = pa.schema([pa.field(name, kind, nullable=False) for name, kind in _TYPES.items()])


@dataclass(frozen=True, slots=True)
class Parts:
    """Parts as columns, one value per part.

    Attributes:
        document: int64, index of the document in its shard.
        copy: int32, which copy of the document, from 0; above 0 only where a mixture repeats it.
        part: int32, number of the part within its document, from 0.
        start: int64, first id in the shard's flat ids: name, path and text lie there, one after the other.
        name: int32, ids of the repository's name.
        path: int32, ids of the path.
        tokens: int32, ids of the text.
        layout: int8, index into `codecorpus.fim.layout.LAYOUTS`.
        span: int8, index into `codecorpus.fim.spans.SPANS`: how the middle was chosen; 0 also where there is none.
        prefix: int32, ids of the prefix; 0 where the part is not transformed.
        middle: int32, ids of the middle; 0 where the part is not transformed.
        is_last: bool, whether the document ends with this part.
    """

    document: npt.NDArray[np.int64]
    copy: npt.NDArray[np.int32]
    part: npt.NDArray[np.int32]
    start: npt.NDArray[np.int64]
    name: npt.NDArray[np.int32]
    path: npt.NDArray[np.int32]
    tokens: npt.NDArray[np.int32]
    layout: npt.NDArray[np.int8]
    span: npt.NDArray[np.int8]
    prefix: npt.NDArray[np.int32]
    middle: npt.NDArray[np.int32]
    is_last: npt.NDArray[np.bool_]

    _repr_html_ = show_fields

    def __len__(self) -> int:
        return len(self.document)

    @property
    def stored(self) -> npt.NDArray[np.int64]:
        """int64: ids of each part in the flat ids: name, path and text."""
        return self.name.astype(np.int64) + self.path + self.tokens

    def take(self, indexes: npt.NDArray[Any]) -> Parts:
        """The parts at these indexes, in this order."""
        return Parts(*(getattr(self, field.name)[indexes] for field in fields(self)))

    def to_arrow(self) -> pa.Table:
        """The columns as a table, ready for a file."""
        return pa.table({name: getattr(self, name) for name in _SCHEMA.names}, schema=_SCHEMA)

    @staticmethod
    def from_columns(**columns: npt.NDArray[Any]) -> Parts:
        """From arrays of any integer type."""
        return Parts(**{name: columns[name].astype(kind.to_pandas_dtype()) for name, kind in _TYPES.items()})

    @staticmethod
    def from_arrow(table: pa.Table) -> Parts:
        """Back from `to_arrow`; other columns are ignored."""
        cast = table.select(_SCHEMA.names).cast(_SCHEMA)
        return Parts(*(cast[name].to_numpy() for name in _SCHEMA.names))

    @staticmethod
    def concat(tables: Iterable[Parts]) -> Parts:
        """Parts of several shards, one after the other; `document` and `start` still count within their own shard."""
        given = list(tables) or [Parts.from_arrow(_SCHEMA.empty_table())]
        return Parts(
            *(np.concatenate([getattr(one, field.name) for one in given]) for field in fields(Parts))
        )


def doc_keys(doc_ids: pa.Array | pa.ChunkedArray) -> draws.Draws:
    """uint64[n]: the first 8 bytes of each doc_id, little-endian; what decisions are drawn from.

    >>> doc_keys(pa.array([bytes([1]) + bytes(15)], pa.binary(16)))
    array([1], dtype=uint64)
    """
    array = doc_ids.combine_chunks() if isinstance(doc_ids, pa.ChunkedArray) else doc_ids
    if len(array) == 0:
        return np.empty(0, dtype=np.uint64)
    width = array.type.byte_width
    raw = np.frombuffer(array.buffers()[1], dtype=np.uint8)[
        array.offset * width : (array.offset + len(array)) * width
    ]
    return raw.reshape(-1, width)[:, :8].copy().view("<u8").reshape(-1).astype(np.uint64)

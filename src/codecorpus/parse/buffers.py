"""Arrow text → the two flat arrays that kernels read."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray


def text_buffers(texts: pa.Array | pa.ChunkedArray) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """The UTF-8 bytes of all texts in one array, and the n + 1 offsets of its n texts.

    Args:
        texts: of type large_string or string, sliced and chunked as it comes. A null reads as an empty text.

    Returns:
        (data, offsets): text i is `data[offsets[i] : offsets[i + 1]]`. `data` is a view where there is a single chunk, and may hold
        bytes before the first and after the last offset.

    >>> data, offsets = text_buffers(pa.array(["ab", None, "c"]))
    >>> bytes(data[offsets[0] : offsets[-1]]), offsets.tolist()
    (b'abc', [0, 2, 2, 3])
    """
    if isinstance(texts, pa.ChunkedArray):
        texts = (
            texts.chunk(0) if texts.num_chunks == 1 else pa.concat_arrays(_large(texts).chunks or [_EMPTY])
        )
    texts = _large(texts)
    _, offsets, data = texts.buffers()
    if len(texts) == 0 or offsets is None:
        return np.empty(0, np.uint8), np.zeros(len(texts) + 1, np.int64)
    every = np.frombuffer(offsets, np.int64)[texts.offset : texts.offset + len(texts) + 1]
    return (np.frombuffer(data, np.uint8) if data else np.empty(0, np.uint8)), every


_EMPTY = pa.array([], pa.large_string())


def _large(texts: pa.Array | pa.ChunkedArray) -> pa.Array | pa.ChunkedArray:
    return texts if texts.type == pa.large_string() else texts.cast(pa.large_string())

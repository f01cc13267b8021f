"""Which lines a training text has: 64-bit hashes, so that it need not be kept. Tables of documents go in, a sorted array comes out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Final

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from codecorpus.buffers import text_chunks
from codecorpus.tokenize.comparison_inputs import texts_of
from codecorpus.tokenize.comparison_measures import line_hashes

# Hashes that wait for being sorted into the others: 32 MB, or as many as there are.
_WAITING: Final = 4_000_000


def known_lines(training: Any) -> NDArray[np.uint64]:
    r"""The distinct lines of a training text, without blank ones and without the white space around each.

    Two different lines with the same hash make one of them known: once in 10¹³ lines where a million are known.

    Args:
        training: a table with a column `content`, or several of them one after another. No more than one is held.

    Returns:
        uint64, sorted; 8 bytes for each distinct line, and up to four times that while they are collected.

    Raises:
        UsageError: a table has no column `content`, or one that is no text.

    >>> len(known_lines(pa.table({"content": ["a\n  a\n\nb", "b"]})))
    2
    """
    known, waiting, size = np.empty(0, np.uint64), [], 0
    for hashes in _hashes(training):
        fresh = np.unique(hashes[hashes != 0])
        waiting.append(fresh)
        size += len(fresh)
        if size > max(_WAITING, len(known)):
            known, waiting, size = np.unique(np.concatenate([known, *waiting])), [], 0
    return np.unique(np.concatenate([known, *waiting]))


def _hashes(training: Any) -> Iterator[NDArray[np.uint64]]:
    one = isinstance(training, pa.Table) or hasattr(training, "to_arrow")
    tables: Iterable[Any] = [training] if one else training
    for table in tables:
        for batch in pa.table({"content": texts_of(table)}).to_batches(max_chunksize=10_000):
            for data, offsets in text_chunks(batch["content"]):
                yield line_hashes(data, offsets)

"""The shingle sets of some documents as two flat arrays, of whatever kind of shingle; and many batches of them as one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from codecorpus.dedup import _kernels
from codecorpus.fragments import show_fields

Ints = npt.NDArray[np.int64]
Hashes = npt.NDArray[np.uint64]


@dataclass(frozen=True, slots=True)
class ShingleSets:
    """The shingle sets of some documents, in their order.

    Attributes:
        hashes: every document's set, sorted and without repeats, one after the other; may be a memory map.
        offsets: borders, one more than there are documents: set `i` is `hashes[offsets[i]:offsets[i + 1]]`.
    """

    hashes: Hashes
    offsets: Ints

    _repr_html_ = show_fields

    def __len__(self) -> int:
        return len(self.offsets) - 1


def compact(flat: Hashes, starts: Ints, lengths: Ints) -> ShingleSets:
    """Sets of the runs `flat[starts[i]:][:lengths[i]]`, which are sorted and freed of repeats in place."""
    for start, length in zip(starts.tolist(), lengths.tolist(), strict=False):
        # numpy's SIMD sort, several times faster than one inside the kernel
        flat[start : start + length].sort()
    borders = np.empty(len(lengths) + 1, np.int64)
    _kernels.compact_sets(flat, starts, lengths, borders)
    return ShingleSets(flat[: borders[-1]].copy(), borders)


def join_sets(parts: Iterable[ShingleSets], path: Path | None = None) -> ShingleSets:
    """Sets of several batches as one, in the order given.

    Args:
        parts: consumed one at a time, so they may be made or loaded on the way.
        path: if given, the hashes are written to this file as they come and the result maps it; memory then holds one part.
    """
    offsets = [np.zeros(1, np.int64)]
    hashes = []
    total = 0
    if path is None:
        for part in parts:
            hashes.append(part.hashes)
            offsets.append(part.offsets[1:] + total)
            total += len(part.hashes)
        flat = np.concatenate([np.empty(0, np.uint64), *hashes])
        return ShingleSets(flat, np.concatenate(offsets))
    with path.open("wb") as file:
        for part in parts:
            file.write(np.ascontiguousarray(part.hashes).data)
            offsets.append(part.offsets[1:] + total)
            total += len(part.hashes)
    # An empty file cannot be mapped. Copy-on-write, never written: a read-only array would make numba compile everything twice.
    mapped = np.memmap(path, np.uint64, "c") if total else np.empty(0, np.uint64)
    return ShingleSets(mapped, np.concatenate(offsets))

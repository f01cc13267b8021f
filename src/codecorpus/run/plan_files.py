"""A plan as files in which everything that one file of rows needs lies together: its parts, in the order in which they are written.

The parts of a file of rows come from all shards of a group. Were they looked for in the shards' own tables, each file would read all of
these, and packing would take time with the square of the corpus; so whoever planned, and holds all parts anyway, puts them in order.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from codecorpus.document import DOC_ID_BYTES
from codecorpus.fim import Parts, Placed, Plan


@dataclass(frozen=True, slots=True)
class RowsOfFile:
    """What one file of rows is made of.

    Attributes:
        placed: its parts.
        shard: int32, for each part the number of the shard in its group in which its ids lie.
        doc_ids: fixed binary 16, for each part.
    """

    placed: Placed
    shard: npt.NDArray[np.int32]
    doc_ids: pa.Array


def save_plan(out: Path, plan: Plan, parts: Parts, shard: npt.NDArray[Any], doc_ids: pa.ChunkedArray) -> None:
    """Write a plan, one .npy file per field, a value for each part in the order of the rows.

    Args:
        out: an existing folder.
        plan: of all rows.
        parts: of all shards.
        shard: for each part, its shard.
        doc_ids: fixed binary 16, for each part.
    """
    for field in fields(Parts):
        np.save(out / f"part-{field.name}.npy", getattr(parts, field.name)[plan.order])
    np.save(out / "shard.npy", shard.astype(np.int32)[plan.order])
    np.save(out / "doc_ids.npy", _as_bytes(doc_ids)[plan.order])
    for name in ("offsets", "begins", "ends", "ranges"):
        np.save(out / f"{name}.npy", getattr(plan, name))


def load_rows(folder: Path, first: int, stop: int) -> RowsOfFile:
    """The parts of rows `first` up to `stop`; nothing else is read."""
    offsets = _load(folder, "offsets")[first : stop + 1].copy()
    here = slice(int(offsets[0]), int(offsets[-1]))
    ranges = _load(folder, "ranges")
    placed = Placed(
        Parts(*(_load(folder, f"part-{field.name}")[here].copy() for field in fields(Parts))),
        _load(folder, "begins")[here].copy(),
        _load(folder, "ends")[here].copy(),
        np.repeat(np.arange(stop - first), np.diff(offsets)),
        ranges[here].copy() if len(ranges) else None,
    )
    raw = _load(folder, "doc_ids")[here]
    count, raw = len(raw), pa.py_buffer(raw.tobytes())
    doc_ids = pa.Array.from_buffers(pa.binary(DOC_ID_BYTES), count, [None, raw])
    return RowsOfFile(placed, _load(folder, "shard")[here].copy(), doc_ids)


def _load(folder: Path, name: str) -> npt.NDArray[Any]:
    found: npt.NDArray[Any] = np.load(folder / f"{name}.npy", mmap_mode="r")
    return found


def _as_bytes(doc_ids: pa.ChunkedArray) -> npt.NDArray[np.uint8]:
    """uint8[n, 16]."""
    array = doc_ids.combine_chunks()
    if isinstance(array, pa.ChunkedArray):  # an empty one stays chunked
        array = pa.concat_arrays([pa.array([], doc_ids.type), *array.chunks])
    raw = np.frombuffer(array.buffers()[1] or b"", np.uint8)
    return raw[array.offset * DOC_ID_BYTES : (array.offset + len(array)) * DOC_ID_BYTES].reshape(
        -1, DOC_ID_BYTES
    )

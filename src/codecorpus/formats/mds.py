"""MosaicML's MDS: `index.json` and `shard.*.mds`, a row with `tokens`, `seq_lengths` and, where there is one, `loss_mask`.

A shard is the number of its rows as uint32, where each begins and the last one ends as uint32 in bytes from the start of the shard,
its columns as JSON, then the rows. A row is the size of every column as uint32, then the columns, in the order of their names. A
column of type `ndarray:TYPE` is one byte (4 for one dimension, plus 0, 1 or 2 for a length in one, two or four bytes), the length,
the values (streaming/base/format/mds in mosaicml-streaming 0.13.0). The column is called `tokens` and not `input_ids` because
llm-foundry wants that.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from codecorpus.formats.names import Facts
from codecorpus.formats.rows import IntArray, Rows

#: Columns of a row, and the arrays of `Rows` they come from: values, and where each row begins.
_COLUMNS = {
    "loss_mask": ("loss", "borders"),
    "seq_lengths": ("lengths", "firsts"),
    "tokens": ("ids", "borders"),
}


def write_mds(files: Iterator[Rows], folder: Path, facts: Facts) -> None:
    """Write rows as shards with their index.

    Raises:
        OSError: the folder cannot be written.
    """
    shards = [
        _write_shard(folder / f"shard.{number:05d}.mds", _columns(rows)) for number, rows in enumerate(files)
    ]
    index = {"shards": shards, "version": 2}
    (folder / "index.json").write_text(json.dumps(index, sort_keys=True), encoding="utf-8")


def _columns(rows: Rows) -> dict[str, tuple[IntArray, IntArray]]:
    """The columns of these rows by name, in the order of the names: values, and where each row begins in them."""
    found = {
        name: (getattr(rows, values), getattr(rows, places)) for name, (values, places) in _COLUMNS.items()
    }
    return {
        name: (values.astype(values.dtype.newbyteorder("<"), copy=False), places)
        for name, (values, places) in found.items()
        if values is not None
    }


def _write_shard(path: Path, columns: dict[str, tuple[IntArray, IntArray]]) -> dict[str, Any]:
    about = _about(columns)
    config = json.dumps(about, sort_keys=True).encode()
    sizes = np.stack([_sizes(values, places) for values, places in columns.values()], axis=1)
    rows = len(sizes)
    head = 4 + 4 * (rows + 1) + len(config)
    ends = head + np.concatenate([[0], np.cumsum(sizes.sum(axis=1) + 4 * len(columns))])
    with path.open("wb") as shard:
        shard.write(np.concatenate([[rows], ends]).astype("<u4").data)
        shard.write(config)
        for row, row_sizes in enumerate(sizes.astype("<u4")):
            shard.write(row_sizes.data)
            for values, places in columns.values():
                piece = values[places[row] : places[row + 1]]
                shard.write(_length(len(piece)))
                shard.write(piece.data)
    raw = {"basename": path.name, "bytes": int(ends[-1]), "hashes": {}}
    return {**about, "raw_data": raw, "samples": rows, "zip_data": None}


def _about(columns: dict[str, tuple[IntArray, IntArray]]) -> dict[str, Any]:
    return {
        "column_encodings": [f"ndarray:{values.dtype.name}" for values, _ in columns.values()],
        "column_names": list(columns),
        "column_sizes": [None] * len(columns),
        "compression": None,
        "format": "mds",
        "hashes": [],
        "size_limit": None,
        "version": 2,
    }


def _sizes(values: IntArray, places: IntArray) -> IntArray:
    """int64[rows]: bytes of a column's value in each row, with its head."""
    counts = np.diff(places)
    sizes: IntArray = (
        np.where(counts < 1 << 8, 2, np.where(counts < 1 << 16, 3, 5)) + counts * values.itemsize
    )
    return sizes


def _length(count: int) -> bytes:
    """The head of an array of one dimension.

    >>> _length(3).hex(), _length(300).hex()
    ('0403', '052c01')
    """
    power = 0 if count < 1 << 8 else 1 if count < 1 << 16 else 2
    return bytes([4 | power]) + count.to_bytes(1 << power, "little")

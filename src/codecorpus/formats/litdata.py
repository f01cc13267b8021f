"""litdata's chunks, for its `TokensLoader`: `index.json` and `chunk-0-*.bin`.

A chunk is the number of its items as uint32, where each begins and the last one ends as uint32 in bytes from the start of the chunk,
then the token ids. The loader skips that head and cuts every `block_size` tokens, so that rows are filled up. The type of the ids is
a number of litdata's own (litdata/constants.py in 0.2.76): 20 is uint16, 16 is int32. 16 for 16 bits would be read without an error,
and wrong. There is no place for borders: samples are told by the end token.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from codecorpus.formats.names import Facts
from codecorpus.formats.rows import Rows

#: litdata's number of each type.
TYPE_CODES = {"uint16": 20, "int32": 16}

#: A tree of one leaf, as litdata writes the shape of an item that is a tensor and nothing around it.
_LEAF = '[1, {"type": null, "context": null, "children_spec": []}]'


def write_litdata(files: Iterator[Rows], folder: Path, facts: Facts) -> None:
    """Write rows that are filled up as chunks with their index.

    Raises:
        OSError: the folder cannot be written.
    """
    chunks = []
    code = TYPE_CODES["uint16"]
    for number, rows in enumerate(files):
        code = TYPE_CODES[rows.ids.dtype.name]
        chunks.append(_write_chunk(folder / f"chunk-0-{number}.bin", rows))
    index = {"chunks": chunks, "config": _config(code)}
    (folder / "index.json").write_text(json.dumps(index, sort_keys=True), encoding="utf-8")


def _write_chunk(path: Path, rows: Rows) -> dict[str, Any]:
    head = 4 * (len(rows) + 2)
    places = head + rows.borders * rows.ids.itemsize
    with path.open("wb") as chunk:
        chunk.write(np.concatenate([[len(rows)], places]).astype("<u4").data)
        chunk.write(rows.ids.data)
    return {
        "chunk_bytes": head + rows.ids.nbytes,
        "chunk_size": len(rows),
        "dim": len(rows.ids),
        "filename": path.name,
    }


def _config(code: int) -> dict[str, Any]:
    return {
        "chunk_bytes": None,
        "chunk_size": None,
        "compression": None,
        "data_format": [f"no_header_tensor:{code}"],
        "data_spec": _LEAF,
        "encryption": None,
        "item_loader": "TokensLoader",
    }

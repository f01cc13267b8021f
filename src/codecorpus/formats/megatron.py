"""Megatron's indexed dataset: `sequences.bin`, nothing but token ids, and `sequences.idx`, where each row begins.

The index is a header of 34 bytes (nine of magic, version 1 as uint64, code of the type as uint8, two counts as uint64), then int32
lengths and int64 places in bytes of every sequence, then int64 numbers of the sequences where documents begin, one more than there
are documents (megatron/core/datasets/indexed_dataset.py in megatron-core 0.16.1). Types: 8 is uint16, 4 int32; there is none for
uint32.

A sequence of the index is a *row*, filled up, and not a sample: GPTDataset shuffles the sequences, joins them and cuts every
`sequence_length` tokens, so that samples by themselves would be packed anew, and cut; whole rows of that length come out as they went
in. Samples inside a row are told by the end token (`--reset-position-ids`, `--reset-attention-mask`, `--eod-mask-loss`).
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from codecorpus.formats.names import Facts
from codecorpus.formats.rows import Rows

#: Megatron's number of each type.
TYPE_CODES = {"uint16": 8, "int32": 4}

_MAGIC = b"MMIDIDX\x00\x00"
_VERSION = 1
#: Sequences of the index that are written at once.
_STEP = 1 << 20


def write_megatron(files: Iterator[Rows], folder: Path, facts: Facts) -> None:
    """Write rows that are filled up as `sequences.bin` and `sequences.idx`.

    Raises:
        OSError: the folder cannot be written.
    """
    count = 0
    id_type = np.dtype(np.uint16)
    with (folder / "sequences.bin").open("wb") as data:
        for rows in files:
            id_type = rows.ids.dtype
            data.write(rows.ids.data)
            count += len(rows)
    _write_index(folder / "sequences.idx", count, facts.sequence_length, id_type)


def _write_index(path: Path, count: int, length: int, id_type: np.dtype[Any]) -> None:
    with path.open("wb") as index:
        index.write(_MAGIC + struct.pack("<QB", _VERSION, TYPE_CODES[id_type.name]))
        index.write(struct.pack("<QQ", count, count + 1))
        for first in range(0, count, _STEP):
            index.write(np.full(min(_STEP, count - first), length, "<i4").data)
        for first in range(0, count, _STEP):
            rows = np.arange(first, min(first + _STEP, count), dtype="<i8")
            index.write((rows * (length * id_type.itemsize)).data)
        for first in range(0, count + 1, _STEP):
            index.write(np.arange(first, min(first + _STEP, count + 1), dtype="<i8").data)

"""WebDataset: `part-*.tar`, of every row `NUMBER.input_ids.npy`, `NUMBER.seq_lengths.npy` and, if there is one, `NUMBER.loss_mask.npy`.

The number counts rows over all files. Members carry no time, owner or rights of this machine.
"""

from __future__ import annotations

import io
import tarfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from codecorpus.formats.names import Facts
from codecorpus.formats.rows import IntArray, Rows


def write_webdataset(files: Iterator[Rows], folder: Path, facts: Facts) -> None:
    """Write rows as tar files of small numpy arrays.

    Raises:
        OSError: the folder cannot be written.
    """
    first = 0
    for number, rows in enumerate(files):
        with tarfile.open(folder / f"part-{number:05d}.tar", "w", format=tarfile.USTAR_FORMAT) as tar:
            for row in range(len(rows)):
                for name, values in _members(rows, row):
                    _add(tar, f"{first + row:010d}.{name}.npy", values)
        first += len(rows)


def _members(rows: Rows, row: int) -> Iterator[tuple[str, IntArray]]:
    tokens = slice(rows.borders[row], rows.borders[row + 1])
    yield "input_ids", rows.ids[tokens]
    if rows.loss is not None:
        yield "loss_mask", rows.loss[tokens]
    yield "seq_lengths", rows.lengths[rows.firsts[row] : rows.firsts[row + 1]].astype("<i4", copy=False)


def _add(tar: tarfile.TarFile, name: str, values: IntArray) -> None:
    buffer = io.BytesIO()
    np.lib.format.write_array(buffer, values, version=(1, 0), allow_pickle=False)
    member = tarfile.TarInfo(name)
    member.size = buffer.tell()
    member.mode = 0o644
    buffer.seek(0)
    tar.addfile(member, buffer)

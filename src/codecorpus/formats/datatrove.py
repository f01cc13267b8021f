"""datatrove's tokenized files, which nanotron reads: `.ds` token ids, `.ds.index` ends of samples, `.ds.loss` where the loss counts.

The index is uint64, in tokens from the start of the file; what fills a row up is a sample too. `DatatroveFileDataset` with `seq_len`
reads windows of `seq_len + 1` tokens, because the last one is only predicted: give it `sequence_length - 1`, and a window is a row.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from codecorpus.formats.names import Facts
from codecorpus.formats.rows import Rows


def write_datatrove(files: Iterator[Rows], folder: Path, facts: Facts) -> None:
    """Write rows that are filled up as `part-*.ds`, `.ds.index` and `.ds.loss`.

    Raises:
        OSError: the folder cannot be written.
    """
    for number, rows in enumerate(files):
        name = f"part-{number:05d}.ds"
        (folder / name).write_bytes(rows.ids.data)
        (folder / f"{name}.index").write_bytes(np.cumsum(rows.lengths, dtype="<u8").data)
        if rows.loss is not None and rows.has_mask:
            (folder / f"{name}.loss").write_bytes(np.minimum(rows.loss, 1).data)

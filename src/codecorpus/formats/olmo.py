"""OLMo-core's raw numpy files: token ids without any header, in spite of the name `.npy`, and the same of a mask.

`NumpyFSLDataset` cuts a file every `sequence_length` tokens and leaves out the rest, so that rows are filled up. Samples are told by
the end token (`generate_doc_lengths`). The mask, one byte per token, is written always, because it also says what is padding.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from codecorpus.formats.names import Facts
from codecorpus.formats.rows import Rows


def write_numpy(files: Iterator[Rows], folder: Path, facts: Facts) -> None:
    """Write rows that are filled up as `tokens/part-*.npy`, and where the loss counts as `label_mask/part-*.npy`.

    Raises:
        OSError: the folder cannot be written.
    """
    tokens, masks = folder / "tokens", folder / "label_mask"
    tokens.mkdir()
    masks.mkdir()
    for number, rows in enumerate(files):
        name = f"part-{number:05d}.npy"
        (tokens / name).write_bytes(rows.ids.data)
        loss = np.ones(len(rows.ids), np.uint8) if rows.loss is None else rows.loss
        (masks / name).write_bytes(np.minimum(loss, 1).data)

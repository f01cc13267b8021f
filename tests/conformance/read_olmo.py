"""Opens raw numpy files with OLMo-core's own reader."""

from __future__ import annotations

import sys
import tempfile

import numpy as np
from expected import cases, report


def fsl(case):
    """As the page on formats has it: by the configuration, with globs."""
    from olmo_core.data import NumpyDatasetDType, NumpyFSLDatasetConfig, TokenizerConfig

    with tempfile.TemporaryDirectory() as work:
        dataset = NumpyFSLDatasetConfig(
            tokenizer=TokenizerConfig(
                vocab_size=case.vocab_size, eos_token_id=case.end_id, pad_token_id=case.pad_id
            ),
            paths=[f"{case.path('numpy')}/tokens/*.npy"],
            label_mask_paths=[f"{case.path('numpy')}/label_mask/*.npy"],
            expand_glob=True,
            sequence_length=case.length,
            dtype=NumpyDatasetDType.uint16 if case.vocab_size <= 1 << 16 else NumpyDatasetDType.uint32,
            generate_doc_lengths=True,
            work_dir=work,
        ).build()
        dataset.prepare()
        items = [dataset[n] for n in range(len(dataset))]
    compare_fsl(case, items)


def compare_fsl(case, items):
    name = "olmo_core NumpyFSLDataset"
    report(name, case.name, "ids", (i["input_ids"] for i in items), case.full_ids)
    report(name, case.name, "doc_lens", (i["doc_lens"] for i in items), map(lengths, case.end_positions))
    report(name, case.name, "loss mask", (i["label_mask"] for i in items), case.full_mask)


def lengths(positions):
    starts = np.flatnonzero(np.asarray(positions) == 0)
    return np.diff([*starts, len(positions)])


def main(fixtures):
    for case in cases(fixtures, "numpy"):
        fsl(case)


if __name__ == "__main__":
    main(sys.argv[1])

"""Opens Megatron's, litdata's, datatrove's and WebDataset's files with their own readers."""

from __future__ import annotations

import sys
import tempfile
from types import SimpleNamespace

import numpy as np
from expected import cases, report


def indexed(case):
    from megatron.core.datasets.indexed_dataset import IndexedDataset

    dataset = IndexedDataset(str(case.path("megatron") / "sequences"), mmap=True)
    name = "megatron.core IndexedDataset"
    report(name, case.name, "ids", (dataset[row] for row in range(len(dataset))), case.full_ids)
    report(name, case.name, "documents", [dataset.document_indices], [range(len(case.ids) + 1)])


def gpt(case, *, extra):
    """Every row is one sample of GPTDataset, whole; GPTDataset shuffles, so that rows are compared in the order of their ids."""
    from megatron.core.datasets.blended_megatron_dataset_builder import BlendedMegatronDatasetBuilder
    from megatron.core.datasets.gpt_dataset import GPTDataset, GPTDatasetConfig

    with tempfile.TemporaryDirectory() as cache:
        config = GPTDatasetConfig(
            random_seed=1,
            sequence_length=case.length,
            blend=([str(case.path("megatron") / "sequences")], None),
            split="1,0,0",
            path_to_cache=cache,
            tokenizer=tokenizer(case),
            reset_position_ids=True,
            reset_attention_mask=True,
            eod_mask_loss=True,
            create_attention_mask=True,
            add_extra_token_to_sequence=extra,
            mid_level_dataset_surplus=0.0,
        )
        asked = len(case.ids) - extra
        dataset, _, _ = BlendedMegatronDatasetBuilder(GPTDataset, [asked, 0, 0], lambda: True, config).build()
        samples = [dataset[n] for n in range(asked)]
    compare_gpt(case, samples, extra)


def tokenizer(case):
    """What GPTDataset asks a tokenizer for; -1 is what it takes where there is no padding token."""
    pad = case.pad_id if case.has_pad else -1
    return SimpleNamespace(eod=case.end_id, pad=pad, vocab_size=case.vocab_size, unique_identifiers={})


def compare_gpt(case, samples, extra):
    # GPTDataset puts 0 where the padding token is, for tokens that no embedding has.
    wanted = [[0 if case.has_pad and t == case.pad_id else t for t in row] for row in case.full_ids]
    by_ids = {
        tuple(row): (full, pos)
        for row, full, pos in zip(wanted, case.full_ids, case.end_positions, strict=True)
    }
    found = [by_ids.get(tuple(sample["tokens"].tolist())) for sample in samples]
    name = f"megatron.core GPTDataset{'' if extra else ', no extra token'}"
    whole = [row for row in found if row is not None]
    report(name, case.name, "whole rows", [len({tuple(row[0]) for row in whole})], [len(wanted) - extra])
    good = [(s, row) for s, row in zip(samples, found, strict=True) if row is not None]
    report(name, case.name, "positions", (s["position_ids"] for s, _ in good), (row[1] for _, row in good))
    masks = ((s["attention_mask"][0] < 0.5 for s, _ in good), (attention(row[1]) for _, row in good))
    report(name, case.name, "attention", *masks)
    loss = ([int(t != case.end_id) for t in row[0]] for _, row in good)
    inside = [[int(m) for m in sample["loss_mask"][: case.length - 1]] for sample, _ in good]
    pad = case.pad_id if case.has_pad else -1
    wanted = [
        [int(m and nxt != pad) for m, nxt in zip(mask, row[0][1:], strict=False)]
        for mask, (_, row) in zip(loss, good, strict=True)
    ]
    report(name, case.name, "loss", inside, wanted)


def attention(positions):
    """bool[tokens, tokens]: each token sees what stands before it in its sample."""
    sample = np.cumsum(np.asarray(positions) == 0)
    return np.tril(sample[:, None] == sample[None, :])


def litdata(case):
    from litdata import StreamingDataset, TokensLoader

    dataset = StreamingDataset(
        str(case.path("litdata")), item_loader=TokensLoader(block_size=case.length), shuffle=False
    )
    found = (dataset[n].to(dtype_of_ids()).numpy() for n in range(len(dataset)))
    report("litdata TokensLoader", case.name, "ids", found, case.full_ids)


def dtype_of_ids():
    import torch

    return torch.int64


def datatrove(case):
    from datatrove.utils.dataset import DatatroveFolderDataset

    size = 2 if case.vocab_size <= 1 << 16 else 4
    dataset = DatatroveFolderDataset(
        str(case.path("datatrove")), case.length - 1, token_size=size, return_positions=True
    )
    items = [dataset[n] for n in range(len(dataset))]
    report(
        "datatrove DatatroveFolderDataset", case.name, "ids", (i["input_ids"] for i in items), case.full_ids
    )
    report(
        "datatrove DatatroveFolderDataset",
        case.name,
        "positions",
        (i["positions"] for i in items),
        case.full_positions,
    )


def webdataset(case):
    import webdataset as wds

    files = sorted(str(path) for path in case.path("webdataset").glob("*.tar"))
    items = list(wds.WebDataset(files, shardshuffle=False).decode())
    name = "webdataset WebDataset"
    report(name, case.name, "ids", (i["input_ids.npy"] for i in items), case.ids)
    report(name, case.name, "seq_lengths", (i["seq_lengths.npy"] for i in items), case.rows["seq_lengths"])
    if case.has_mask:
        report(name, case.name, "loss mask", (i["loss_mask.npy"] for i in items), case.rows["loss_mask"])


def main(fixtures):
    for case in cases(fixtures, "megatron"):
        indexed(case)
        gpt(case, extra=True)
        gpt(case, extra=False)
    for case in cases(fixtures, "litdata"):
        litdata(case)
    for case in cases(fixtures, "datatrove"):
        datatrove(case)
    for case in cases(fixtures, "webdataset"):
        webdataset(case)


if __name__ == "__main__":
    main(sys.argv[1])

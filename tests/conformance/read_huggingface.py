"""Opens Parquet and saved data sets with `datasets` and trl, and runs a small model on a packed row and on its samples alone."""

from __future__ import annotations

import sys
import tempfile
from itertools import chain

import numpy as np
from expected import cases, report


def opened(case, name):
    from datasets import load_dataset, load_from_disk

    if name == "datasets":
        return load_from_disk(str(case.path(name)))
    files = sorted(str(path) for path in case.path(name).glob("*.parquet"))
    with tempfile.TemporaryDirectory() as cache:
        return load_dataset("parquet", data_files=files, split="train", cache_dir=cache, keep_in_memory=True)


def columns(case, name):
    dataset = opened(case, name)
    reader = "datasets load_from_disk" if name == "datasets" else "datasets load_dataset"
    report(reader, case.name, "ids", dataset["input_ids"], case.ids)
    report(reader, case.name, "seq_lengths", dataset["seq_lengths"], case.rows["seq_lengths"])
    if case.has_mask and name == "datasets":
        report(reader, case.name, "labels", dataset["labels"], map(labels, case.ids, case.rows["loss_mask"]))
    elif case.has_mask:
        report(reader, case.name, "loss mask", dataset["loss_mask"], case.rows["loss_mask"])


def labels(ids, mask):
    return [token if counts else -100 for token, counts in zip(ids, mask, strict=True)]


def collated(case, name):
    """trl flattens a batch of rows into one; two rows at a time."""
    from trl.trainer.sft_trainer import DataCollatorForLanguageModeling

    collate = DataCollatorForLanguageModeling(pad_token_id=case.pad_id, padding_free=True)
    dataset = opened(case, name)
    pairs = [(n, n + 1) for n in range(0, len(dataset) - 1, 2)]
    batches = [collate([dataset[n] for n in pair]) for pair in pairs]
    compare_collated(f"trl collator, {name}", case, batches, pairs, name)


def compare_collated(reader, case, batches, pairs, name):
    def joined(rows):
        return [list(chain.from_iterable(rows[n] for n in pair)) for pair in pairs]

    masks = case.rows.get("loss_mask") if name == "datasets" else None
    wanted = case.ids if masks is None else list(map(labels, case.ids, masks))
    positions = joined(case.rows["position_ids"])
    shown = [
        [-100 if p == 0 else t for t, p in zip(*both, strict=True)]
        for both in zip(joined(wanted), positions, strict=True)
    ]
    report(reader, case.name, "ids", (b["input_ids"][0] for b in batches), joined(case.ids))
    report(reader, case.name, "positions", (b["position_ids"][0] for b in batches), positions)
    report(reader, case.name, "labels", (b["labels"][0] for b in batches), shown)
    ends = (np.cumsum([0, *row]) for row in joined(case.rows["seq_lengths"]))
    report(reader, case.name, "cu_seq_lens", (b["cu_seq_lens_q"] for b in batches), ends)


def trained(case):
    """What SFTTrainer's own data loader makes of a saved data set, with the settings of the page on formats."""
    from trl import SFTConfig, SFTTrainer

    with tempfile.TemporaryDirectory() as folder:
        config = SFTConfig(
            output_dir=folder,
            per_device_train_batch_size=1,
            padding_free=True,
            max_length=None,
            packing=False,
            dataset_kwargs={"skip_prepare_dataset": True},
            use_cpu=True,
            bf16=False,
            report_to="none",
            remove_unused_columns=True,
        )
        trainer = SFTTrainer(
            tiny_model(case.vocab_size),
            args=config,
            train_dataset=opened(case, "datasets"),
            processing_class=tiny_tokenizer(case),
        )
        batches = {
            tuple(b["input_ids"][0].tolist()): b["position_ids"][0].tolist()
            for b in trainer.get_train_dataloader()
        }
    found = (batches.get(tuple(row), []) for row in case.ids)
    report("trl SFTTrainer", case.name, "positions", found, case.rows["position_ids"])


def tiny_tokenizer(case):
    from tokenizers import Tokenizer
    from tokenizers.models import WordLevel
    from transformers import PreTrainedTokenizerFast

    words = {"<end>": case.end_id, "<pad>": case.pad_id} if case.has_pad else {"<end>": case.end_id}
    tokenizer = Tokenizer(WordLevel(words, unk_token="<end>"))
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, eos_token="<end>", pad_token="<pad>" if case.has_pad else "<end>"
    )


def tiny_model(vocab_size):
    import torch
    from transformers import LlamaConfig, LlamaForCausalLM

    torch.manual_seed(0)
    config = LlamaConfig(
        vocab_size=vocab_size,
        hidden_size=64,
        intermediate_size=128,
        num_hidden_layers=2,
        num_attention_heads=4,
        num_key_value_heads=2,
        initializer_range=0.1,
        attn_implementation="sdpa",
    )
    return LlamaForCausalLM(config).eval()


def alone(case):
    """Largest difference of a logit between a packed row and its samples alone: with our position ids, and without."""
    import torch

    model = tiny_model(case.vocab_size)
    differences = {"with": [], "without": []}
    for ids, lengths, positions in zip(
        *(case.rows[name][:20] for name in ("input_ids", "seq_lengths", "position_ids")), strict=True
    ):
        with torch.no_grad():
            row = torch.tensor([ids])
            single = torch.cat(
                [model(part, use_cache=False).logits for part in row.split(lengths, dim=1)], dim=1
            )
            ours = model(row, position_ids=torch.tensor([positions]), use_cache=False).logits
            plain = model(row, use_cache=False).logits
        differences["with"].append(float((ours - single).abs().max()))
        differences["without"].append(float((plain - single).abs().max()))
    worst, least = max(differences["with"]), max(differences["without"])
    print(
        f"tiny Llama, {case.name}: packed against alone {worst:.1e} with position ids, {least:.2g} without",
        file=sys.stderr,
    )
    report("transformers Llama", case.name, "equal alone", [worst < 1e-5, least > 0.1], [1, 1])


def main(fixtures):
    for name in ("parquet", "datasets"):
        for case in cases(fixtures, name):
            columns(case, name)
            collated(case, name)
    first, *_ = cases(fixtures, "datasets")
    trained(first)
    alone(first)


if __name__ == "__main__":
    main(sys.argv[1])

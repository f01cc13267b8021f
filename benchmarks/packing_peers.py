"""Planning of rows beside OLMo-core's and TRL's packers, on the lengths of real documents, in one run.

    python -m venv PEERS && PEERS/bin/pip install ai2-olmo-core trl datasets
    python benchmarks/packing_peers.py DOCUMENTS.parquet --tokenizer TOKENIZER.json [--peers PEERS/bin/python] [--length 8192]

All get the same documents. OLMo-core's packer and ours get them split at the sequence length and plan only; TRL's moves tokens as well, and
with its default cuts off what is too long. Times are the best of some, of CPU; the peers' in a process of their own, between two
timings of ours; without `--peers` ours is alone. The limit is ceil(tokens / length).
"""

import argparse
import json
import subprocess
import tempfile
import time
from pathlib import Path

import numpy as np


def best(repeats, call):
    """CPU seconds of the fastest call, and its result."""
    fastest, result = float("inf"), None
    for _ in range(repeats):
        start = time.process_time()
        result = call()
        fastest = min(fastest, time.process_time() - start)
    return fastest, result


def split(lengths, most):
    """Lengths of pieces of at most so many tokens."""
    pieces = np.full(int((lengths // most).sum()), most)
    rest = lengths % most
    return np.concatenate([pieces, rest[rest > 0]]).astype(np.int32)


def peers(path, most):
    """Runs in the peers' environment: prints a line of JSON for each packer."""
    from datasets import Dataset, disable_caching, disable_progress_bars
    from olmo_core.data.utils import InstancePacker
    from trl import pack_dataset

    disable_caching()
    disable_progress_bars()
    lengths = np.load(path)
    stops = np.cumsum(split(lengths, most).astype(np.int64))
    borders = np.stack([np.concatenate([[0], stops[:-1]]), stops], axis=1)
    seconds, (bins, _, _) = best(2, lambda: InstancePacker(most).pack_documents(borders))
    print(
        json.dumps(
            {
                "name": "OLMo-core InstancePacker",
                "seconds": seconds,
                "bins": len(bins),
                "tokens": int(stops[-1]),
            }
        )
    )
    documents = Dataset.from_dict({"input_ids": [np.zeros(length, dtype=np.int32) for length in lengths]})
    for strategy in ("bfd", "bfd_split", "wrapped"):
        for batch in (1000, len(lengths)):
            settings = {"batch_size": batch, "keep_in_memory": True, "load_from_cache_file": False}
            seconds, packed = best(
                1, lambda s=strategy, m=settings: pack_dataset(documents, most, s, map_kwargs=m)
            )
            tokens = sum(len(row) for row in packed.with_format("arrow")["input_ids"].to_pylist())
            name = f"TRL {strategy}, {'batches of 1000 (default)' if batch == 1000 else 'one batch'}"
            print(json.dumps({"name": name, "seconds": seconds, "bins": len(packed), "tokens": tokens}))


def measured_lengths(documents, tokenizer):
    """int64[documents]: tokens of each."""
    import pyarrow.parquet as pq

    from codecorpus.tokenize import load_encoder

    contents = pq.read_table(documents, columns=["content"])["content"]
    _, offsets = load_encoder(tokenizer).encode(contents)
    lengths = np.diff(offsets)
    return lengths[lengths > 0]


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("documents")
    parser.add_argument("--tokenizer", required=True)
    parser.add_argument("--peers", help="the Python of an environment with ai2-olmo-core, trl and datasets")
    parser.add_argument("--length", type=int, default=8192)
    parser.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.inside:
        peers(asked.documents, asked.length)
        return

    from codecorpus.fim.concat import plan_concat
    from codecorpus.fim.rows import plan_rows

    lengths = measured_lengths(asked.documents, asked.tokenizer)
    pieces, tokens = split(lengths, asked.length), int(lengths.sum())
    limit = -(-tokens // asked.length)
    print(
        f"{len(lengths):,} documents, {tokens:,} tokens, {len(pieces):,} pieces of at most {asked.length}; limit {limit} rows"
    )

    def plan():
        return plan_rows(pieces, asked.length, seed=0)

    plan()
    seconds, rows = best(20, plan)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "lengths.npy")
        np.save(path, lengths)
        command = [asked.peers, __file__, str(path), "--length", str(asked.length), "--inside"]
        printed = ""
        if asked.peers:
            printed = subprocess.run(command, check=True, capture_output=True, text=True).stdout
        else:
            print("  peers skipped: --peers names no environment with ai2-olmo-core, trl and datasets")
    seconds = min(seconds, best(20, plan)[0])
    print(
        f"  codecorpus plan_rows: {seconds * 1e3:.2f} ms, {rows.rows} rows (+{rows.rows - limit}), nothing discarded, 1x"
    )
    cuttable = np.ones(len(pieces), dtype=np.bool_)
    plan_concat(pieces, cuttable, asked.length, seed=0)
    took, concat = best(20, lambda: plan_concat(pieces, cuttable, asked.length, seed=0))
    print(
        f"  codecorpus plan_concat: {took * 1e3:.2f} ms, {concat.rows} rows (+{concat.rows - limit}), nothing discarded"
    )
    for line in printed.splitlines():
        if line.startswith("{"):
            row = json.loads(line)
            print(
                f"  {row['name']}: {row['seconds'] * 1e3:.0f} ms, {row['bins']} rows ({row['bins'] - limit:+}), "
                f"{1 - row['tokens'] / tokens:.2%} discarded, {row['seconds'] / seconds:.0f}x"
            )


if __name__ == "__main__":
    main()

"""Fill-in-the-middle and packing on real files, as ratios measured in one run.

    python benchmarks/packing.py FOLDER [--vocab-size N] [--seconds-of-permute S]

The opponent of the transformation is the usual way at character level (BigCode's: decode the sample, draw two cuts, encode three
pieces), in our own words; the limit of the emitting kernel is memcpy of the same bytes; the limit of packing is ceil(tokens / length).
"""

import argparse
import time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import pyarrow as pa
from tokenizers import Regex, Tokenizer, decoders, models, pre_tokenizers, trainers

from codecorpus.fim import (
    FimOptions,
    doc_keys,
    emit_rows,
    family,
    gather,
    plan_rows,
    sentinel_ids,
    special_tokens,
    split_parts,
)

SPLIT = r"[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"


def read_texts(folder):
    texts = []
    for path in sorted(Path(folder).rglob("*")):
        if path.is_file() and path.stat().st_size < 2_000_000:
            try:
                texts.append(path.read_text(encoding="utf-8"))
            except UnicodeDecodeError:
                continue
    return [text for text in texts if text and "\0" not in text]


def train_tokenizer(texts, vocab_size):
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(Regex(SPLIT), "isolated"),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
        ]
    )
    tokenizer.decoder = decoders.ByteLevel()
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    trainer = trainers.BpeTrainer(vocab_size=vocab_size, initial_alphabet=alphabet, show_progress=False)
    tokenizer.train_from_iterator(texts, trainer)
    return tokenizer


def best(repeats, call):
    """Seconds of the fastest call, and its result."""
    fastest, result = float("inf"), None
    for _ in range(repeats):
        start = time.perf_counter()
        result = call()
        fastest = min(fastest, time.perf_counter() - start)
    return fastest, result


def permute(tokenizer, ids, rng):
    """One document the usual way: decode, two character cuts, three encodings, sentinels as -1 to -3."""
    text = tokenizer.decode(ids, skip_special_tokens=False)
    first, second = sorted(rng.integers(0, len(text) + 1, 2).tolist())
    prefix, middle, suffix = (
        tokenizer.encode(one).ids for one in (text[:first], text[first:second], text[second:])
    )
    return [-1, *prefix, -2, *suffix, -3, *middle]


def permute_speed(tokenizer, documents, seconds):
    """Source tokens per second of `permute`."""
    rng = np.random.default_rng(0)
    done, start = 0, time.perf_counter()
    for ids in documents:
        permute(tokenizer, ids, rng)
        done += len(ids)
        if time.perf_counter() - start > seconds:
            break
    return done / (time.perf_counter() - start)


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder")
    parser.add_argument("--vocab-size", type=int, default=32_768)
    parser.add_argument("--seconds-of-permute", type=float, default=3.0)
    asked = parser.parse_args()

    texts = read_texts(asked.folder)
    tokenizer = train_tokenizer(texts, asked.vocab_size)
    documents = [one.ids for one in tokenizer.encode_batch(texts)]
    vocabulary = tokenizer.get_vocab_size()
    ids = np.concatenate([np.array(one, dtype=np.uint16) for one in documents])
    offsets = np.concatenate([[0], np.cumsum([len(one) for one in documents])]).astype(np.int64)
    line_ends = np.array([tokenizer.decode([n]).rstrip(" \t").endswith("\n") for n in range(vocabulary)])
    options = FimOptions()
    special = {token: vocabulary + n for n, token in enumerate(special_tokens(family(options.family)))}
    sentinels = sentinel_ids(family(options.family), special.get)
    names = pa.array([n.to_bytes(16, "little") for n in range(len(documents))], pa.binary(16))
    print(
        f"{len(texts):,} documents, {sum(map(len, texts)) / 1e6:.1f} M characters, {len(ids) / 1e6:.2f} M tokens"
    )

    opponent = permute_speed(tokenizer, documents, asked.seconds_of_permute)
    for length in (4096, 8192, 32_768):
        run(ids, offsets, names, line_ends, sentinels, options, length, opponent)
    with ProcessPoolExecutor(
        1, mp_context=get_context("spawn")
    ) as fresh:  # a peak of its own, not this process's
        fresh.submit(plan_many, np.diff(offsets), 8192).result()


def run(ids, offsets, names, line_ends, sentinels, options, length, opponent):
    keys = doc_keys(names)

    def split():
        return split_parts(offsets, ids, keys, line_ends, sequence_length=length, options=options, seed=0)

    split()
    split_seconds, parts = best(5, split)
    plan_rows(parts.length, length, seed=0)
    plan_seconds, plan = best(5, lambda: plan_rows(parts.length, length, seed=0))
    chosen = parts.take(plan.order)
    gather_seconds, (tokens, borders) = best(
        3, lambda: gather([ids], np.zeros(len(chosen), dtype=np.int64), chosen)
    )
    owners = names.take(pa.array(chosen.document))

    def emit():
        return emit_rows(
            tokens, borders, chosen, owners, plan.offsets, sentinels=sentinels, options=options, seed=0
        )

    emit()
    emit_seconds, table = best(7, emit)
    out = table["input_ids"].combine_chunks().flatten().to_numpy().copy()
    target = np.ones_like(out)
    copy_seconds, _ = best(7, lambda: np.copyto(target, out))
    limit = -(-int(parts.length.sum()) // length)
    whole = split_seconds + plan_seconds + gather_seconds + emit_seconds
    speed = len(ids) / whole
    discarded = len(ids) - int(parts.tokens.sum())
    print(f"\n{length} tokens a row: {plan.rows} rows, limit {limit} (+{plan.rows - limit})", end=", ")
    print(f"{plan.fill_rate(parts.length):.4%} full, {len(parts):,} parts, {discarded} tokens discarded")
    steps = {"split": split_seconds, "plan": plan_seconds, "gather": gather_seconds, "emit": emit_seconds}
    print("  " + ", ".join(f"{name} {seconds * 1e3:.1f} ms" for name, seconds in steps.items()))
    print(
        f"  all four {speed / 1e6:.0f} M tokens/s = {speed / opponent:.0f}x decode-cut-encode ({opponent / 1e6:.2f} M)"
    )
    emitted, copied = len(out) / emit_seconds, len(out) / copy_seconds
    print(f"  emit {emitted / 1e6:.0f} M tokens/s = {emitted / copied:.2f} of memcpy ({copied / 1e6:.0f} M)")


def peak_mib():
    """Peak memory of this process alone, from Linux: `ru_maxrss` would hold what the parent had before exec."""
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) / 1024


def plan_many(sizes, length):
    drawn = np.random.default_rng(0).choice(sizes, 1_000_000)
    pieces = (np.minimum(drawn, length - 4) + 4).astype(
        np.int32
    )  # one part a document: what is planned is the number of parts
    plan_rows(pieces[:1000], length, seed=0)
    before = peak_mib()
    seconds, plan = best(3, lambda: plan_rows(pieces, length, seed=0))
    after = peak_mib()
    limit = -(-int(pieces.sum(dtype=np.int64)) // length)
    print(
        f"\n1,000,000 parts ({pieces.sum(dtype=np.int64) / 1e9:.2f} G tokens) at {length}: planned in {seconds:.2f} s, "
        f"peak memory +{after - before:.0f} MiB, {plan.rows} rows, limit {limit} (+{plan.rows - limit})"
    )


if __name__ == "__main__":
    main()

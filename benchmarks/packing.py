"""Fill-in-the-middle and packing on real files, as ratios measured in one run.

    python benchmarks/packing.py DOCUMENTS.parquet [--vocab-size N] [--seconds-of-permute S]

DOCUMENTS has the columns `language` and `content`, as `codecorpus.read` gives them. The opponent of the transformation is the usual way at
character level (BigCode's: decode the sample, draw two cuts, encode three pieces), in our own words, with the same tokenizer in the
library that it is used with; the limit of the emitting kernel is memcpy of the same bytes; the limit of packing is ceil(tokens / length).
"""

import argparse
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from tokenizers import Tokenizer

import codecorpus.tokenize as tokenize
from codecorpus.fim import (
    Cutting,
    FimOptions,
    Writing,
    around,
    cut_documents,
    emit_rows,
    encoded_texts,
    family,
    gather,
    plan_rows,
    plan_samples,
    sentinel_ids,
    single_samples,
    spans_of,
    special_tokens,
)
from codecorpus.formats import write_sequences
from codecorpus.parse import subtrees_of

FAMILY = family("qwen2.5-coder")
KINDS = ("token", "character", "line", "syntax")


def best(repeats, call):
    """CPU seconds of the fastest call after a first one, and its result."""
    call()
    fastest, result = float("inf"), None
    for _ in range(repeats):
        start = time.process_time()
        result = call()
        fastest = min(fastest, time.process_time() - start)
    return fastest, result


def permute(tokenizer, ids, rng):
    """One document the usual way: decode, two character cuts, three encodings, sentinels as -1 to -3."""
    text = tokenizer.decode(ids, skip_special_tokens=False)
    first, second = sorted(rng.integers(0, len(text) + 1, 2).tolist())
    prefix, middle, suffix = (
        tokenizer.encode(one).ids for one in (text[:first], text[first:second], text[second:])
    )
    return [-1, *prefix, -2, *suffix, -3, *middle]


def permute_speed(tokenizer, ids, offsets, seconds):
    """Source tokens per second of CPU of `permute`, on documents drawn from all."""
    rng = np.random.default_rng(0)
    done, start = 0, time.process_time()
    for number in rng.permutation(len(offsets) - 1).tolist():
        document = ids[offsets[number] : offsets[number + 1]].tolist()
        if document:
            permute(tokenizer, document, rng)
        done += len(document)
        if time.process_time() - start > seconds:
            break
    return done / (time.process_time() - start)


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("documents")
    parser.add_argument("--vocab-size", type=int, default=32_768)
    parser.add_argument("--mode", default="code")
    parser.add_argument("--seconds-of-permute", type=float, default=5.0)
    asked = parser.parse_args()
    table = pq.read_table(asked.documents, columns=["language", "content"])
    content = table["content"].cast(pa.large_string()).combine_chunks()
    content = content.chunk(0) if isinstance(content, pa.ChunkedArray) else content
    encoder, stock = tokenizers(content, asked)
    encode_seconds, (ids, offsets) = best(1, lambda: encoder.encode(content))
    trees = subtrees_of(table["language"].to_pylist(), pa.chunked_array([content]))
    names = pa.array([n.to_bytes(16, "little") for n in range(len(content))], pa.binary(16))
    texts = encoded_texts(content, names, (ids, offsets), subtrees=trees)
    opponent = permute_speed(stock, ids, offsets, asked.seconds_of_permute)
    print(
        f"{len(content):,} documents, {len(texts.data) / 1e6:.1f} MB, {len(ids) / 1e6:.2f} M tokens; "
        f"encoding {len(ids) / encode_seconds / 1e6:.1f} M tokens/s; decode-cut-encode {opponent / 1e6:.2f} M tokens/s"
    )
    sentinels = sentinel_ids(FAMILY, encoder.token_id)
    for kind in KINDS:
        spans = {f"{name}_spans": float(name == kind) for name in KINDS}
        options = FimOptions(rate=1, **spans)
        cutting = Cutting(options, 8192, sentinels)
        seconds, (_, parts) = best(3, lambda cutting=cutting: cut_documents(texts, encoder, cutting))
        speed = len(ids) / seconds
        print(
            f"  {kind} spans, rate 1: {speed / 1e6:.0f} M tokens/s = {speed / opponent:.0f}x decode-cut-encode; {spans_of(parts)}"
        )
    for length in (4096, 8192, 32_768):
        run(texts, names, encoder, sentinels, length, opponent)
    with ProcessPoolExecutor(
        1, mp_context=get_context("spawn")
    ) as fresh:  # a peak of its own, not this process's
        fresh.submit(plan_many, np.diff(offsets), 8192).result()


def tokenizers(content, asked):
    """The same tokenizer in our encoder and in the library."""
    options = tokenize.TokenizerOptions(mode=asked.mode, vocab_size=asked.vocab_size)
    bpe = tokenize.train_counts(
        tokenize.count_pretokens(content, mode=asked.mode), options, special_tokens=special_tokens(FAMILY)
    )
    with tempfile.TemporaryDirectory() as folder:
        tokenize.save(bpe, Path(folder))
        stock = Tokenizer.from_file(str(Path(folder) / "tokenizer.json"))
    stock.encode_special_tokens = True
    return tokenize.encoder_of(bpe), stock


def run(texts, names, encoder, sentinels, length, opponent):
    """Cuts between tokens, half of the parts transformed: everything from ids to rows."""
    options = FimOptions(token_spans=1, character_spans=0, line_spans=0, syntax_spans=0)
    cutting = Cutting(options, length, sentinels)
    cut_seconds, (flat, parts) = best(5, lambda: cut_documents(texts, encoder, cutting))

    def planned():
        samples = single_samples(parts, around(parts, FAMILY, sentinels, repository=False))
        return samples, plan_samples(samples, length, method="best-fit", seed=0)

    plan_seconds, (samples, plan) = best(5, planned)
    rows_seconds, _ = best(5, lambda: plan_rows(samples.lengths, length, seed=0))
    chosen = parts.take(plan.order)
    gather_seconds, (tokens, borders) = best(
        5, lambda: gather([flat], np.zeros(len(chosen), dtype=np.int64), chosen)
    )
    owners = names.take(pa.array(chosen.document))
    writing = Writing(FAMILY, sentinels)
    emit_seconds, table = best(7, lambda: emit_rows(tokens, borders, plan.placed(chosen), owners, writing))
    out = table["input_ids"].combine_chunks().flatten().to_numpy().copy()
    target = np.ones_like(out)
    copy_seconds, _ = best(7, lambda: np.copyto(target, out))
    with tempfile.TemporaryDirectory() as folder:
        raw_seconds, _ = best(3, lambda: out.tofile(f"{folder}/raw"))
        path = Path(folder) / "rows.parquet"
        parquet_seconds, _ = best(1, lambda: write_sequences(path, [table], out.dtype))
    total = int(samples.lengths.sum())
    limit = -(-total // length)
    discarded = len(texts.ids) - int(parts.tokens.sum())
    print(f"\n{length} tokens a row: {plan.rows} rows, limit {limit} (+{plan.rows - limit})", end=", ")
    print(f"{total / (plan.rows * length):.4%} full, {len(parts):,} parts, {discarded} tokens discarded")
    steps = {
        "cut": cut_seconds,
        "plan": plan_seconds,
        "(rows alone)": rows_seconds,
        "gather": gather_seconds,
        "emit": emit_seconds,
        "raw write": raw_seconds,
        "Parquet": parquet_seconds,
    }
    print("  " + ", ".join(f"{name} {seconds * 1e3:.1f} ms" for name, seconds in steps.items()))
    whole = cut_seconds + plan_seconds + gather_seconds + emit_seconds
    for name, seconds in (("raw", raw_seconds), ("Parquet", parquet_seconds)):
        speed = len(texts.ids) / (whole + seconds)
        print(
            f"  cut to {name} file: {speed / 1e6:.0f} M tokens/s = {speed / opponent:.0f}x decode-cut-encode"
        )
    emitted, copied = len(out) / emit_seconds, len(out) / copy_seconds
    print(f"  emit {emitted / 1e6:.0f} M tokens/s = {emitted / copied:.2f} of memcpy ({copied / 1e6:.0f} M)")


def peak_mib():
    """Peak memory of this process alone, from Linux: `ru_maxrss` would hold what the parent had before exec."""
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) / 1024


def plan_many(sizes, length):
    """A million documents, sizes drawn from the real ones, each cut to fit: their parts, planned."""
    drawn = np.random.default_rng(0).choice(sizes[sizes > 0], 1_000_000)
    whole, rest = drawn // (length - 4), drawn % (length - 4)
    pieces = np.concatenate([np.full(int(whole.sum()), length), rest[rest > 0] + 4]).astype(np.int32)
    plan_rows(pieces[:1000], length, seed=0)
    before = peak_mib()
    seconds, plan = best(3, lambda: plan_rows(pieces, length, seed=0))
    after = peak_mib()
    limit = -(-int(pieces.sum(dtype=np.int64)) // length)
    print(
        f"\n1,000,000 documents, {len(pieces):,} parts ({pieces.sum(dtype=np.int64) / 1e9:.2f} G tokens) at {length}: "
        f"planned in {seconds:.2f} s, peak memory +{after - before:.0f} MiB, {plan.rows} rows, limit {limit} (+{plan.rows - limit})"
    )


if __name__ == "__main__":
    main()

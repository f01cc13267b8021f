"""Encoding: ours beside tiktoken, Hugging Face's `tokenizers` and rs-bpe, on the same text with the same regex and ranks, in one process.

    python benchmarks/tokenizer_encode.py DOCUMENTS.parquet [TOKENIZER.json …]

DOCUMENTS has a column `content`. Without tokenizers, one of 32,768 tokens is trained on every second document for each mode. Figures are MB
of text per CPU second (all threads); ids are compared in the run. `cold` is a new encoder, `steady` the same one again; `first
meeting` is a new encoder on the other half of the documents, with nothing of this file in its memory. tiktoken and rs-bpe are
measured where they are installed; rs-bpe has no regex of its own to set, so it is only run on `plain`, without comparing ids.
"""

from __future__ import annotations

import sys
import tempfile
import time
from itertools import pairwise
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from tokenizers import Tokenizer

from codecorpus.tokenize import (
    PATTERNS,
    TokenizerOptions,
    count_pretokens,
    load_encoder,
    save,
    train_bpe,
    train_superword,
)
from codecorpus.tokenize.load import read_document, split_regex

_SLOW_MEGABYTES = 8  # what the library, at two to four MB/s, is given


def cpu(function):
    """CPU seconds of a call, and its result."""
    start = time.process_time()
    result = function()
    return time.process_time() - start, result


def megabytes(texts: list[str]) -> float:
    return sum(len(text.encode()) for text in texts) / 1e6


def some(texts: list[str], most: float) -> list[str]:
    """Every n-th text, so that they have about `most` MB."""
    return texts[:: max(1, round(megabytes(texts) / most))]


def rows_of(encoded) -> list[list[int]]:
    ids, offsets = encoded
    return [ids[start:stop].tolist() for start, stop in pairwise(offsets)]


def tiktoken_of(folder: Path, pattern: str):
    """The same tokenizer for tiktoken: the id of a token is its rank. None where tiktoken is not installed."""
    try:
        import tiktoken
    except ImportError:
        return None
    encoder = load_encoder(folder)
    specials = set(encoder.vocabulary.specials.values())
    tokens = encoder.vocabulary.tokens.to_pylist()
    ranks = {token: number for number, token in enumerate(tokens) if token and number not in specials}
    return tiktoken.Encoding("bench", pat_str=pattern, mergeable_ranks=ranks, special_tokens={})


def line(name: str, size: float, seconds: float, base: float | None, verdict: str = "") -> None:
    ratio = f"{size / seconds / base:6.2f}x tiktoken" if base else ""
    print(f"  {name:<34}{size / seconds:7.1f} MB/s  {ratio:<18}{verdict}")


def measure(name: str, folder: Path, seen: list[str], texts: list[str]) -> None:
    pattern = split_regex(read_document(folder))
    column, size = pa.array(texts, pa.large_string()), megabytes(texts)
    load_encoder(folder).encode(column[:1])  # compiled kernels are read from disk here
    seconds, encoder = cpu(lambda: load_encoder(folder))
    print(f"{name}: {size:.1f} MB, {encoder.vocab_size:,} tokens, read in {seconds:.2f} s")
    cold, encoded = cpu(lambda: encoder.encode(column))
    steady = min(cpu(lambda: encoder.encode(column))[0] for _ in range(3))
    ids, base = rows_of(encoded), None
    theirs = tiktoken_of(folder, pattern)
    if theirs is not None:
        theirs.encode_ordinary("a b")
        seconds, rows = cpu(lambda: [theirs.encode_ordinary(text) for text in texts])
        base = size / seconds
        line("tiktoken encode_ordinary", size, seconds, base, "same ids" if rows == ids else "IDS DIFFER")
    line("codecorpus, cold", size, cold, base)
    line("codecorpus, steady", size, steady, base)
    fresh = load_encoder(folder)
    other = pa.array(seen, pa.large_string())
    line("codecorpus, first meeting", megabytes(seen), cpu(lambda: fresh.encode(other))[0], base)
    few = some(texts, _SLOW_MEGABYTES)
    stock = Tokenizer.from_file(str(folder / "tokenizer.json"))
    stock.encode_special_tokens = True
    seconds, rows = cpu(lambda: stock.encode_batch_fast(few, add_special_tokens=False))
    same = [row.ids for row in rows] == rows_of(encoder.encode(pa.array(few, pa.large_string())))
    line("tokenizers encode_batch_fast", megabytes(few), seconds, base, "same ids" if same else "IDS DIFFER")


def rs_bpe(texts: list[str]) -> None:
    """rs-bpe with the ranks that it brings; speed alone."""
    try:
        from rs_bpe.bpe import openai
    except ImportError:
        return
    theirs, few = openai.cl100k_base(), some(texts, _SLOW_MEGABYTES)
    theirs.encode("a b")
    seconds, _ = cpu(lambda: [theirs.encode(text) for text in few])
    print("rs-bpe, its own cl100k_base")
    line("rs-bpe", megabytes(few), seconds, None)


def hard(folder: Path) -> None:
    """Texts that are made to be slow: CPU seconds of one text, by a new encoder."""
    rng = np.random.default_rng(0)
    letters = rng.integers(97, 123, 1_000_000, np.uint8).tobytes()
    texts = {
        "1 MB of a": b"a" * 1_000_000,
        "1 MB of blanks": b" " * 1_000_000,
        "1 MB of random letters": letters,
        "1 MB of random bytes": rng.bytes(1_000_000),
        "1 MB of 中": "中".encode() * 333_333,
        "50 MB in one line": b"function(a,b){return a+b};" * 1_923_076,
        "50 MB of a": b"a" * 50_000_000,
    }
    for name, text in texts.items():
        encoder = load_encoder(folder)
        seconds, (ids, _) = cpu(lambda e=encoder, t=text: e.encode(pa.array([t], pa.large_binary())))
        verdict = "comes back" if encoder.decode(ids) == text else "DOES NOT COME BACK"
        print(f"  {name:<34}{len(text) / 1e6 / seconds:7.1f} MB/s  {seconds:6.2f} s  {verdict}")


def trained(texts: list[str], mode: str, folder: Path) -> Path:
    counts = count_pretokens(pa.array(texts, pa.large_string()), mode=mode)
    options, specials = TokenizerOptions(mode=mode, vocab_size=32_768), ["<|endoftext|>"]
    if mode == "superword":  # in two stages, as `codecorpus build` does
        save(train_superword(counts, options, special_tokens=specials), folder / mode)
    else:
        save(train_bpe(counts, vocab_size=32_768, mode=mode, special_tokens=specials), folder / mode)
    return folder / mode


def main() -> None:
    contents = pq.read_table(sys.argv[1], columns=["content"])["content"].to_pylist()
    with tempfile.TemporaryDirectory() as folder:
        given = [Path(name) for name in sys.argv[2:]]
        folders = given or [trained(contents[::2], mode, Path(folder)) for mode in PATTERNS]
        for tokenizer in folders:
            measure(tokenizer.name, tokenizer, contents[1::2], contents[::2])
        rs_bpe(contents[::2])
        for tokenizer in folders:
            print(f"{tokenizer.name}: hard texts")
            hard(tokenizer)


if __name__ == "__main__":
    main()

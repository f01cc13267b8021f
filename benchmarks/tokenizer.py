"""Tokenizers: counting, training and encoding beside Hugging Face's `tokenizers`, on the same text, in one process.

    python benchmarks/tokenizer.py FOLDER [VOCABULARY]

FOLDER is a folder of repositories. Figures are CPU seconds (all threads), the best of three for what takes seconds; results are compared
and have to be equal. Ours is measured with compiled kernels; what compiling costs is printed first, with an empty cache of its own.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
import time
from pathlib import Path

os.environ.setdefault("NUMBA_CACHE_DIR", tempfile.mkdtemp())

import pyarrow as pa
from tokenizers import Regex, Tokenizer, models, pre_tokenizers, trainers

from codecorpus.tokenize import PATTERNS, Bpe, count_pretokens, encoder_of, train_bpe
from codecorpus.tokenize.alphabet import CHARACTERS, to_bytes
from codecorpus.tokenize.export import tokenizer_json


def cpu(function, *, repeats=1):
    """The least CPU seconds of `repeats` calls, and the last result."""
    seconds = []
    for _ in range(repeats):
        start = time.process_time()
        result = function()
        seconds.append(time.process_time() - start)
    return min(seconds), result


def texts_of(folder: Path) -> list[str]:
    texts = []
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not path.is_symlink():
            content = path.read_bytes()
            try:
                texts.append(content.decode() if b"\0" not in content else "")
            except UnicodeDecodeError:
                continue
    return texts


def warm_up() -> None:
    seconds, _ = cpu(lambda: encoder_of(ours([" a b"], 258)).encode(pa.array([" a b"])))
    print(f"first call, compiling every kernel: {seconds:.1f} s CPU")


def ours(texts: list[str], size: int, mode: str = "code") -> Bpe:
    counts = count_pretokens(pa.array(texts, pa.large_string()), mode=mode)
    return train_bpe(counts, vocab_size=size, mode=mode)


def theirs(texts: list[str], size: int, mode: str = "code") -> Tokenizer:
    tokenizer = Tokenizer(models.BPE())
    split = pre_tokenizers.Split(Regex(PATTERNS[mode]), "isolated")
    byte_level = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([split, byte_level])
    trainer = trainers.BpeTrainer(
        vocab_size=size, min_frequency=2, show_progress=False, initial_alphabet=list(CHARACTERS)
    )
    tokenizer.train_from_iterator(texts, trainer)
    return tokenizer


def compare(texts: list[str], size: int, mode: str) -> None:
    column = pa.array(texts, pa.large_string())
    megabytes = sum(len(text.encode()) for text in texts) / 1e6
    counting, counts = cpu(lambda: count_pretokens(column, mode=mode), repeats=3)
    learning, bpe = cpu(lambda: train_bpe(counts, vocab_size=size, mode=mode), repeats=3)
    training, stock_trained = cpu(lambda: theirs(texts, size, mode))
    model = json.loads(stock_trained.to_str())["model"]
    merges = [tuple(map(to_bytes, pair)) for pair in model["merges"]]
    alone = len(set(map(to_bytes, model["vocab"])) - set(bpe.vocab))
    equal = merges == [(bpe.vocab[left], bpe.vocab[right]) for left, right in bpe.merges.tolist()]

    stock = Tokenizer.from_str(tokenizer_json(bpe))
    stock.encode_special_tokens = True
    encoder = encoder_of(bpe)
    encoding, (ids, _) = cpu(lambda: encoder.encode(column), repeats=3)
    stock_encoding, rows = cpu(lambda: stock.encode_batch_fast(texts, add_special_tokens=False))
    same = ids.tolist() == [number for row in rows for number in row.ids]
    print(f"{mode}, {megabytes:.1f} MB, vocabulary {bpe.vocab_size:,}, {counts.num_rows:,} pre-tokens")
    print(f"  count     {counting:7.2f} s   {megabytes / counting:6.1f} MB/s")
    print(f"  merge     {learning:7.2f} s")
    verdict = "same merges" if equal else f"merges differ, {alone} tokens are theirs alone"
    whole = counting + learning
    print(f"  train     {whole:7.2f} s   tokenizers {training:7.2f} s   {training / whole:5.1f}x   {verdict}")
    print(f"  train again from counts is {whole / learning:.1f}x faster than from text")
    verdict = f"{megabytes / encoding:.1f} MB/s, {'same ids' if same else 'IDS DIFFER'}"
    print(
        f"  encode    {encoding:7.2f} s   tokenizers {stock_encoding:7.2f} s   {stock_encoding / encoding:5.1f}x   {verdict}"
    )
    print(f"  bytes per token {megabytes * 1e6 / len(ids):.3f}")


def main() -> None:
    folder, size = Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 32_768
    warm_up()
    texts = texts_of(folder)
    for mode in PATTERNS:
        compare(texts, size, mode)


if __name__ == "__main__":
    main()

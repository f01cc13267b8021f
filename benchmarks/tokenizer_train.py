"""Training: text to a vocabulary beside the peers' trainers, each in a process of its own, on the same text.

    python benchmarks/tokenizer_train.py INPUT [MEGABYTES=30] [VOCABULARY=65536] [NAME,NAME…]

INPUT is a folder of repositories or a Parquet file with a column `content`; a fixed take of it is used. CPU is of all threads; memory is
the peak while training, less what was there when the text had been loaded (for the peers as a list of strings, as they want it). Ours is
measured with compiled kernels. Contestants whose package is not installed are left out.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

PLAIN = (
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*"
    r"|\s*[\r\n]+|\s+(?!\S)|\s+"
)


def column_of(source: Path, megabytes: float) -> pa.Array:
    """A fixed random take of so many megabytes."""
    if source.is_dir():
        files = [path for path in sorted(source.rglob("*")) if path.is_file() and not path.is_symlink()]
        texts = [path.read_bytes() for path in files]
        column = pa.array(
            [text.decode("utf-8", "ignore") for text in texts if b"\0" not in text], pa.large_string()
        )
    else:
        column = (
            pq.read_table(source, columns=["content"])["content"].cast(pa.large_string()).combine_chunks()
        )
    order = np.random.default_rng(7).permutation(len(column))
    sizes = np.cumsum(pc.fill_null(pc.binary_length(column), 0).to_numpy()[order])
    return column.take(pa.array(np.sort(order[: np.searchsorted(sizes, megabytes * 1e6) + 1])))


# --- contestants: (what is loaded, what is measured) -------------------------------------------------------------------------


def ours(mode: str):
    from codecorpus import tokenize

    def run(column: pa.Array, size: int) -> int:
        counts = tokenize.count_pretokens(column, mode=mode)
        options = tokenize.TokenizerOptions(mode=mode, vocab_size=size)
        return tokenize.train_counts(counts, options).vocab_size

    return run


def ours_from_counts(mode: str):
    from codecorpus import tokenize

    def run(counts: pa.Table, size: int) -> int:
        options = tokenize.TokenizerOptions(mode=mode, vocab_size=size)
        return tokenize.train_counts(counts, options).vocab_size

    return run


def hugging_face(pattern: str):
    from tokenizers import Regex, Tokenizer, models, pre_tokenizers, trainers

    def run(texts: list[str], size: int) -> int:
        tokenizer = Tokenizer(models.BPE())
        split = pre_tokenizers.Split(Regex(pattern), "isolated")
        byte_level = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)
        tokenizer.pre_tokenizer = pre_tokenizers.Sequence([split, byte_level])
        alphabet = pre_tokenizers.ByteLevel.alphabet()
        trainer = trainers.BpeTrainer(
            vocab_size=size, min_frequency=2, show_progress=False, initial_alphabet=alphabet
        )
        tokenizer.train_from_iterator(texts, trainer)
        return tokenizer.get_vocab_size()

    return run


def rustbpe():
    import rustbpe

    def run(texts: list[str], size: int) -> int:
        tokenizer = rustbpe.Tokenizer()
        tokenizer.train_from_iterator(iter(texts), size, pattern=PLAIN)
        return len(tokenizer.get_mergeable_ranks())

    return run


def bpeasy():
    import bpeasy

    return lambda texts, size: len(bpeasy.train_bpe(iter(texts), PLAIN, 128, size))


def sentencepiece():
    import io

    import sentencepiece

    def run(texts: list[str], size: int) -> int:
        model = io.BytesIO()
        sentencepiece.SentencePieceTrainer.train(
            sentence_iterator=(line for text in texts for line in text.splitlines() if line),
            model_writer=model,
            vocab_size=size,
            model_type="bpe",
            byte_fallback=True,
            character_coverage=1.0,
            normalization_rule_name="identity",
            remove_extra_whitespaces=False,
            minloglevel=2,
            num_threads=2,
        )
        return sentencepiece.SentencePieceProcessor(model_proto=model.getvalue()).vocab_size()

    return run


def code_pattern() -> str:
    from codecorpus.tokenize import PATTERNS

    return PATTERNS["code"]


CONTESTANTS = {
    "codecorpus-plain": lambda: ours("plain"),
    "codecorpus-code": lambda: ours("code"),
    "codecorpus-superword": lambda: ours("superword"),
    "codecorpus-plain-counts": lambda: ours_from_counts("plain"),
    "codecorpus-code-counts": lambda: ours_from_counts("code"),
    "tokenizers-plain": lambda: hugging_face(PLAIN),
    "tokenizers-code": lambda: hugging_face(code_pattern()),
    "rustbpe": rustbpe,
    "bpeasy": bpeasy,
    "sentencepiece": sentencepiece,
}


def memory(key: str) -> float:
    """`VmRSS` or `VmHWM` of this process in MB."""
    return int(re.search(rf"{key}:\s+(\d+)", Path("/proc/self/status").read_text())[1]) / 1024


def measure(name: str, source: Path, megabytes: float, size: int) -> dict[str, float]:
    """Run one contestant in this process."""
    run = CONTESTANTS[name]()
    data = column_of(source, megabytes)
    total = pc.sum(pc.binary_length(data)).as_py()
    if name.startswith("codecorpus"):
        from codecorpus import tokenize

        mode = name.split("-")[1]
        # Compiling is no part of the measure; what it costs a first time, `benchmarks/tokenizer.py` says.
        ours(mode)(pa.array(["a = b_c\n" * 3, "if x:\n  y()\n" * 3]), 280)
        if name.endswith("counts"):
            data = tokenize.count_pretokens(data, mode=mode)
    else:
        data = data.to_pylist()
    pa.default_memory_pool().release_unused()
    Path("/proc/self/clear_refs").write_text("5")
    before, wall, cpu = memory("VmRSS"), time.perf_counter(), time.process_time()
    found = run(data, size)
    cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
    return {"cpu": cpu, "wall": wall, "memory": memory("VmHWM") - before, "size": found, "bytes": total}


def argument(place: int, default: str) -> str:
    return sys.argv[place] if len(sys.argv) > place else default


def main() -> None:
    source = Path(sys.argv[1])
    megabytes, size = float(argument(2, "30")), int(argument(3, "65536"))
    if os.environ.get("CONTESTANT"):
        print(json.dumps(measure(os.environ["CONTESTANT"], source, megabytes, size)))
        return
    names = sys.argv[4].split(",") if len(sys.argv) > 4 else list(CONTESTANTS)
    print(f"{'':<26}{'CPU s':>8}{'wall s':>8}{'MB more':>9}{'tokens':>9}", flush=True)
    for name in names:
        command = [sys.executable, __file__, str(source), str(megabytes), str(size)]
        done = subprocess.run(command, env={**os.environ, "CONTESTANT": name}, capture_output=True, text=True)
        if done.returncode:
            print(
                f"{name:<26}  left out: {(done.stderr.strip().splitlines() or ['no reason'])[-1][:90]}",
                flush=True,
            )
            continue
        row = json.loads(done.stdout.splitlines()[-1])
        print(
            f"{name:<26}{row['cpu']:>8.2f}{row['wall']:>8.1f}{row['memory']:>9.0f}{row['size']:>9,}",
            flush=True,
        )


if __name__ == "__main__":
    main()

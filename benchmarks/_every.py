"""Every benchmark, one after the other, on one input: what `make bench` runs.

    python benchmarks/_every.py FOLDER [NAME …]

FOLDER is a folder of repositories. Sizes are such that the demo's input takes minutes and not hours; the figures in docs/log.md were
taken with other sizes, which stand beside them. What a benchmark needs beyond the package is looked for first: without it the benchmark
is skipped, and says why; a peer that is not installed is left out by the benchmark itself. The exit code is 1 where any of them
fails. Input in the forms that some of them want (a Parquet file of documents, a tokenizer) is made in build/bench.
"""

from __future__ import annotations

import importlib.util
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import pyarrow.parquet as pq

import codecorpus as cc

HERE = Path(__file__).resolve().parent
WORK = HERE.parent / "build" / "bench"
DOCUMENTS, TOKENIZER, RUN = WORK / "documents.parquet", WORK / "tokenizer" / "tokenizer.json", WORK / "run"
FOLDER = "FOLDER"  # stands for the input


@dataclass(frozen=True)
class Benchmark:
    """A script with its arguments here, the modules that it cannot do without, and the run that it looks at, if it does."""

    name: str
    arguments: tuple[object, ...] = (FOLDER,)
    modules: tuple[str, ...] = ()
    run: Path | None = None


BENCHMARKS = (
    Benchmark("build", (FOLDER, "--out", RUN)),
    Benchmark("end_to_end", (FOLDER, "--megabytes", 8)),
    Benchmark("growth"),
    Benchmark("executors", (FOLDER, "--units", 300)),
    Benchmark("git", (FOLDER, "--files", 3000)),
    Benchmark("parse"),
    Benchmark("measures"),
    Benchmark("lexer", (FOLDER, "--files", 100)),
    Benchmark("oracle", (FOLDER, "--files", 150)),
    Benchmark("languages"),
    Benchmark("encodings"),
    Benchmark("licences"),
    Benchmark("planted_secrets", (FOLDER, "--files", 1000, "--instances", 10, "--peer-files", 50)),
    Benchmark("opencoder"),
    Benchmark("accuracy", (DOCUMENTS, "--documents", 2000, "--seeds", 3), ("scipy",)),
    Benchmark("mutants", (FOLDER, "--files", 40)),
    Benchmark("dedup_peers", (DOCUMENTS, "--documents", 500, "--rounds", 1)),
    Benchmark("scale", (DOCUMENTS, "--files", 5000)),
    Benchmark("contamination"),
    Benchmark("find_text", (RUN, "--documents", 20), run=RUN),
    Benchmark("tokenizer", (FOLDER, 8000)),
    Benchmark("tokenizer_train", (FOLDER, 10, 16_384)),
    Benchmark("tokenizer_encode", (DOCUMENTS,)),
    Benchmark(
        "tokenizer_compression",
        (DOCUMENTS, "--training", 10, "--held-out", 0.3, "--train", "code:8192,plain:8192"),
    ),
    Benchmark("tokenizer_exports", (DOCUMENTS, TOKENIZER, "--megabytes", 2)),
    Benchmark("mixture", ("--documents", 100_000)),
    Benchmark("packing", (DOCUMENTS, "--vocab-size", 16_384, "--seconds-of-permute", 2)),
    Benchmark("packing_peers", (DOCUMENTS, "--tokenizer", TOKENIZER)),
)


def prepare(folder: Path) -> None:
    """The documents as Parquet, and a tokenizer of them."""
    shutil.rmtree(WORK, ignore_errors=True)
    WORK.mkdir(parents=True)
    table = cc.read(folder)
    pq.write_table(table, DOCUMENTS)
    names = cc.fim.special_tokens(cc.fim.family("qwen2.5-coder"))
    cc.tokenize.train(table, vocab_size=16_384, mode="code", special_tokens=names).save(TOKENIZER.parent)


def run(benchmark: Benchmark, folder: Path) -> str:
    """Run one; in a word what came of it."""
    if not (HERE / f"{benchmark.name}.py").is_file():
        return "skipped: there is no such script"
    lacking = [name for name in benchmark.modules if importlib.util.find_spec(name) is None]
    if lacking:
        return f"skipped: {', '.join(lacking)} is not installed"
    if benchmark.run is not None and not benchmark.run.exists():
        return "skipped: it looks at the run that `build` makes"
    given = [str(folder if argument == FOLDER else argument) for argument in benchmark.arguments]
    start = time.perf_counter()
    done = subprocess.run([sys.executable, str(HERE / f"{benchmark.name}.py"), *given], check=False)
    return f"{'done' if done.returncode == 0 else 'FAILED'} in {time.perf_counter() - start:.0f} s"


def main() -> None:
    folder, names = Path(sys.argv[1]), sys.argv[2:]
    unknown = set(names) - {benchmark.name for benchmark in BENCHMARKS}
    if unknown:
        sys.exit(
            f"error: no benchmark {', '.join(sorted(unknown))}; there are {', '.join(b.name for b in BENCHMARKS)}"
        )
    print(f"input: {folder}", flush=True)
    prepare(folder)
    results = {}
    for benchmark in BENCHMARKS:
        if not names or benchmark.name in names:
            print(f"\n== {benchmark.name}", flush=True)
            results[benchmark.name] = run(benchmark, folder)
            print(f"-- {benchmark.name}: {results[benchmark.name]}", flush=True)
    print("\n" + "\n".join(f"{name:<24}{result}" for name, result in results.items()))
    sys.exit(any(result.startswith("FAILED") for result in results.values()))


if __name__ == "__main__":
    main()

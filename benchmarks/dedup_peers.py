"""Near-duplicate search against its peers, in speed and memory.

    pip install rensa datasketch daft 'datatrove[io,processing]' spacy      # whichever are wanted; those missing are left out
    python benchmarks/dedup_peers.py FOLDER_OR_PARQUET [--documents 1500] [--rounds 3] [--tools "rensa;datatrove, white space"]
        [--ours PYTHON]

*Signatures*: text in Arrow to 256-permutation signatures of 5-token shingles of the same documents, one process, one thread,
rounds interleaved, the best CPU time of each; kernels are compiled before the clock starts. The peers need Python strings, so
their time includes making them with one regular expression, which is how they are used. Daft splits at blanks, in Rust.

*Whole*: one deduplication from a Parquet file to a Parquet file, a process of its own for each tool, imports included: user and
system CPU and peak memory as the kernel reports them, the best of the rounds. Ours does what the peers do (exact and near-duplicates), and
"all levels" more: the same code, structure, repositories. "First start" has nothing compiled, with all levels.
Our source gets its bytecode written by the run that warms up, as an installed package has it.
numba imports scipy where it is installed, as datasketch makes it be, which costs 0.3 s; `--ours` names the interpreter of an environment
without the peers, as a user has. The two tables answer different questions: the ratios of the first say nothing about the second.
"""

import argparse
import importlib.util
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from _dedup_contestants import TOOLS, shingles_of
from _dedup_input import read

from codecorpus.dedup import signatures

SOURCE = Path(__file__).parent.parent / "src"


def has(module):
    return importlib.util.find_spec(module) is not None


def signers(contents):
    texts = [content.decode() for content in contents.to_pylist()]
    found = {
        "codecorpus": lambda: signatures(contents),
        "codecorpus, legacy": lambda: signatures(contents, scheme="legacy"),
        "shingling in Python alone": lambda: [list(shingles_of(text)) for text in texts],
    }
    if has("rensa"):
        from rensa import RMinHash

        found["rensa, exact path"] = lambda: RMinHash.from_token_sets(
            [list(shingles_of(text)) for text in texts], num_perm=256, seed=1
        )
    if has("datasketch"):
        from datasketch import MinHash

        found["datasketch 2, bulk"] = lambda: MinHash.bulk(
            ([shingle.encode() for shingle in shingles_of(text)] for text in texts), num_perm=256
        )
    if has("daft"):
        import daft

        frame = daft.from_arrow(pa.table({"text": pa.array(texts, pa.large_string())}))
        expression = daft.col("text").minhash(num_hashes=256, ngram_size=5, seed=1)
        found["Daft, minhash"] = lambda: frame.select(expression).collect()
    return found


def sign(table, rounds):
    megabytes = table["length_bytes"].to_numpy().sum() / 1e6
    print(f"signatures: {table.num_rows:,} documents, {megabytes:.1f} MB, {rounds} rounds")
    runners = signers(table["content"].combine_chunks())
    runners["codecorpus"](), runners["codecorpus, legacy"]()
    best = dict.fromkeys(runners, float("inf"))
    for _ in range(rounds):
        for name, run in runners.items():
            begin = time.process_time()
            run()
            best[name] = min(best[name], time.process_time() - begin)
    for name, seconds in best.items():
        ratio = seconds / best["codecorpus"]
        print(f"  {name:28} {megabytes / seconds:8.1f} MB/s   {ratio:6.1f} x our time")


def whole(table, rounds, tools, scratch, ours):
    source = scratch / "documents.parquet"
    text = table["content"].cast(pa.large_string()).cast(pa.string())
    ids = pa.array([f"{row}" for row in range(table.num_rows)])
    # All columns of documents, so that our command takes the file for what it is and does not look for languages and licences.
    columns = {"id": ids, **{name: table[name] for name in table.column_names}, "content": text}
    pq.write_table(pa.table(columns), source, row_group_size=1000, compression="zstd")
    print(f"whole: {table.num_rows:,} documents, {table['length_bytes'].to_numpy().sum() / 1e6:.1f} MB")
    warm = scratch / "compiled"
    for tool in ("codecorpus", *tools):
        if tool.startswith("codecorpus"):
            run_tool(tool, source, scratch, warm, ours)
    found = {}
    for _ in range(rounds):
        for name in ("codecorpus", "codecorpus, all levels"):
            found.setdefault(f"{name}, first start", []).append(
                run_tool(name, source, scratch, scratch / "cold", ours)
            )
            shutil.rmtree(scratch / "cold")
        for tool in tools:
            python = ours if tool.startswith("codecorpus") else sys.executable
            found.setdefault(tool, []).append(run_tool(tool, source, scratch, warm, python))
    best = min(found["codecorpus"])
    for name, runs in found.items():
        seconds, memory, wall, kept = min(runs)
        print(
            f"  {name:32} {seconds:7.2f} s CPU ({seconds / best[0]:5.1f} x)   {memory:6,.0f} MB ({memory / best[1]:4.1f} x)"
            f"   {wall:6.1f} s   kept {kept:,}",
            flush=True,
        )


def run_tool(tool, source, scratch, compiled, python=sys.executable):
    """CPU seconds, peak MB, wall seconds and documents kept of one process."""
    out = Path(tempfile.mkdtemp(dir=scratch))
    single = dict.fromkeys(("POLARS_MAX_THREADS", "OMP_NUM_THREADS", "RAYON_NUM_THREADS"), "1")
    environment = {
        **{name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"},
        **single,
        "NUMBA_CACHE_DIR": str(compiled),
        "PYTHONPATH": str(SOURCE),
        "HF_HUB_OFFLINE": "1",
    }
    script = Path(__file__).parent / "_dedup_contestants.py"
    begin = time.perf_counter()
    process = subprocess.Popen(
        [python, str(script), tool, str(source), str(out)],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        env=environment,
    )
    said = process.stdout.read()
    _, status, used = os.wait4(process.pid, 0)
    wall = time.perf_counter() - begin
    shutil.rmtree(out)
    if status:
        sys.exit(f"{tool} failed: run {script.name} by hand")
    kept, peak = map(int, said.split()[-2:])
    return used.ru_utime + used.ru_stime, peak / 1000, wall, kept


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("source", type=Path)
    parser.add_argument(
        "--documents", type=int, default=1500, help="of the signatures, spread evenly; 0 for none"
    )
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument(
        "--tools",
        help=f"of the whole runs, by name and divided by ;: {'; '.join(TOOLS)} (default: those installed)",
    )
    parser.add_argument(
        "--ours",
        default=sys.executable,
        help="interpreter for our own whole runs: an environment without the peers",
    )
    parser.add_argument("--scratch", type=Path, help="folder for scratch files")
    arguments = parser.parse_args()
    table = read(arguments.source)
    if arguments.documents:
        step = max(1, table.num_rows // arguments.documents)
        sign(table.take(pa.array(np.arange(0, table.num_rows, step))), arguments.rounds)
    names = arguments.tools.split(";") if arguments.tools is not None else list(TOOLS)
    tools = [name for name in names if name and has(re.split("[ ,]", name)[0])]
    with tempfile.TemporaryDirectory(dir=arguments.scratch) as scratch:
        if tools:
            whole(
                table,
                arguments.rounds,
                ["codecorpus", *(t for t in tools if t != "codecorpus")],
                Path(scratch),
                arguments.ours,
            )


if __name__ == "__main__":
    main()

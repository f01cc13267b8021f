"""Near-duplicate search of many documents: CPU, memory and state on disk of each step, as a run takes them, shard by shard.

    python benchmarks/scale.py FOLDER_OR_PARQUET [--kind mutated|equal|year] [--files 1000000] [--scratch FOLDER]

*mutated*: the documents of the source again and again, each time changed: a tenth stays as it is, a fifth gets a few lines more, of the
rest the letters are exchanged, which makes other words of them. *equal*: one text, again and again. *year*: one text but for one
number. The input is made first, into shards of Parquet, by a process of its own. Needs 2 GB of disk for a million mutated files of 8 kB,
and half as much as the text for the shingle sets of the candidates.
"""

import argparse
import random
import re
import resource
import string
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from _dedup_input import read

from codecorpus.dedup import DedupOptions, find_candidates, join_sets, resolve, shingle_sets, sketch

SHARD = 20_000
TEXT = "".join(
    f"def area_{n}(width, height):\n    return {n} * width + height // {n + 2}\n\n" for n in range(40)
)
LETTERS = string.ascii_lowercase.encode()


def changed(text, seed):
    """The text as another document has it; the same one for the same seed."""
    chosen = random.Random(seed)
    kind = chosen.random()
    if kind < 0.1:
        return text
    if kind < 0.3:
        lines = text.split(b"\n")
        for _ in range(chosen.randint(1, 3)):
            lines.insert(chosen.randint(0, len(lines)), b"note(%d)" % chosen.randrange(10**6))
        return b"\n".join(lines)
    other = list(LETTERS)
    chosen.shuffle(other)
    return text.translate(bytes.maketrans(LETTERS, bytes(other)))


def contents_of(kind, source, files):
    if kind == "equal":
        yield from (TEXT.encode() for _ in range(files))
    elif kind == "year":
        yield from (f"# Copyright {n}, the authors\n{TEXT}".encode() for n in range(files))
    else:
        texts = read(source)["content"].to_pylist()
        for n in range(files):
            round_, place = divmod(n, len(texts))
            yield changed(texts[place], n) if round_ else texts[place]


def make(kind, source, files, folder):
    contents = contents_of(kind, source, files)
    for shard, first in enumerate(range(0, files, SHARD)):
        rows = range(first, min(first + SHARD, files))
        texts = [next(contents) for _ in rows]
        table = pa.table(
            {
                "doc_id": pa.array([row.to_bytes(16, "big") for row in rows], pa.binary(16)),
                "repo_name": pa.array([f"r{row % 5000}" for row in rows]),
                "path": pa.array([f"src/{row}.py" for row in rows]),
                "language": pa.array(["Python"] * len(rows)),
                "content": pa.array(texts, pa.large_binary()),
                "license_type": pa.nulls(len(rows), pa.string()),
                "star_events_count": pa.nulls(len(rows), pa.int64()),
                "length_bytes": pa.array([len(text) for text in texts], pa.int64()),
            }
        )
        pq.write_table(table, folder / f"input-{shard:04d}.parquet", row_group_size=2000, compression="zstd")


class Clock:
    """Prints what each step took."""

    def __init__(self, files):
        self.files = files
        self.cpu, self.wall = time.process_time(), time.perf_counter()

    def step(self, name, note=""):
        cpu, wall = time.process_time(), time.perf_counter()
        status = Path("/proc/self/status").read_text()
        now = {
            key: int(re.search(rf"{key}:\s+(\d+)", status)[1]) / 1000
            for key in ("VmHWM", "RssAnon", "RssFile")
        }
        print(
            f"  {name:24} {cpu - self.cpu:8.1f} s CPU  {wall - self.wall:8.1f} s   peak so far {now['VmHWM']:6,.0f} MB,"
            f" now {now['RssAnon']:6,.0f} + {now['RssFile']:,.0f} MB of files   {note}",
            flush=True,
        )
        self.cpu, self.wall = time.process_time(), time.perf_counter()


def search(folder, options):
    """The steps of a run, one shard in memory at a time."""
    inputs = sorted(folder.glob("input-*.parquet"))
    files = sum(pq.read_metadata(path).num_rows for path in inputs)
    sketch(pq.ParquetFile(inputs[0]).read_row_group(0).slice(0, 1), options)  # compiles the kernels
    clock = Clock(files)
    sketches, size = [], 0
    for path in inputs:
        sketches.append(folder / path.name.replace("input", "sketch"))
        groups = pq.ParquetFile(path)
        with pq.ParquetWriter(
            sketches[-1], sketch(groups.read_row_group(0).slice(0, 0), options).schema
        ) as writer:
            for group in range(groups.num_row_groups):
                table = groups.read_row_group(group)
                size += sum(table["length_bytes"].to_pylist())
                writer.write_table(sketch(table, options))
    state = sum(path.stat().st_size for path in sketches)
    clock.step("read, sketch, write", f"{size / 1e6:,.0f} MB of text, {state / files:.0f} bytes a document")
    found = find_candidates(sketches, options)
    kept = sum(
        getattr(found, name).nbytes for name in found.__slots__ if hasattr(getattr(found, name), "nbytes")
    )
    clock.step(
        "find candidates", f"{len(found.rows):,} of {files:,} documents, {kept / files:.0f} bytes a document"
    )
    sets = join_sets(sets_of(inputs, found, options), folder / "sets")
    clock.step(
        "shingle sets",
        f"{sets.hashes.nbytes / 1e6:,.0f} MB on disk, {sets.hashes.nbytes / files:.0f} bytes a document",
    )
    verdicts = resolve(found, sets, options)
    clock.step(
        "elect, decide", f"{len(verdicts.dropped):,} dropped, {verdicts.unlisted:,} times a full bucket"
    )
    used = resource.getrusage(resource.RUSAGE_SELF)
    print(
        f"  all: {used.ru_utime + used.ru_stime:.1f} s CPU, {(used.ru_utime + used.ru_stime) / files * 1e6:.0f} µs a document"
    )


def sets_of(inputs, found, options):
    for shard, path in enumerate(inputs):
        rows = found.rows_of(shard)
        groups, first = pq.ParquetFile(path), 0
        for group in range(groups.num_row_groups):
            count = groups.metadata.row_group(group).num_rows
            here = rows[(rows >= first) & (rows < first + count)] - first
            first += count
            if len(here):
                yield shingle_sets(
                    groups.read_row_group(group, ["content"])["content"].take(pa.array(here)), options
                )


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("source", type=Path)
    parser.add_argument(
        "--kind", choices=["mutated", "equal", "year"], help="all three, with few files, if not given"
    )
    parser.add_argument("--files", type=int, default=20_000)
    parser.add_argument("--scratch", type=Path, help="folder for the input and what the search writes")
    parser.add_argument("--step", choices=["make", "search"], help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.step == "make":
        make(arguments.kind, arguments.source, arguments.files, arguments.scratch)
    elif arguments.step == "search":
        search(arguments.scratch, DedupOptions())
    else:
        for kind in [arguments.kind] if arguments.kind else ["mutated", "equal", "year"]:
            print(f"{kind}: {arguments.files:,} files", flush=True)
            with tempfile.TemporaryDirectory(dir=arguments.scratch) as folder:
                for step in ("make", "search"):
                    subprocess.run(
                        [sys.executable, __file__, arguments.source, "--kind", kind, "--files", str(arguments.files),
                         "--scratch", folder, "--step", step], check=True,
                    )  # fmt: skip


if __name__ == "__main__":
    main()

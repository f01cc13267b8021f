"""`codecorpus dedup` on many documents: CPU, memory, and what it leaves on disk.

    python benchmarks/scale.py FOLDER_OR_PARQUET [--kind mutated|equal|year] [--files 1000000] [--scratch FOLDER] [--set KEY=VALUE]

*mutated*: the documents of the source again and again, each time changed: a tenth stays as it is, a fifth gets a few lines more, of the
rest the letters are exchanged, which makes other words of them. *equal*: one text, again and again. *year*: one text but for one
number. The input is made first, into shards of Parquet, by a process of its own. Needs 10 GB of disk for a million mutated files of 8 kB.
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

from codecorpus.cli import main as codecorpus
from codecorpus.document import SOURCE_DOCUMENTS

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
        columns = {
            "doc_id": pa.array([row.to_bytes(16, "big") for row in rows], pa.binary(16)),
            "blob_id": pa.array([f"{row:040x}" for row in rows]),
            "repo_name": pa.array([f"r{row % 5000}" for row in rows]),
            "path": pa.array([f"src/{row}.py" for row in rows]),
            "src_encoding": pa.array(["UTF-8"] * len(rows)),
            "language": pa.array(["Python"] * len(rows)),
            "extension": pa.array(["py"] * len(rows)),
            "content": pa.array(texts, pa.large_binary()).cast(pa.large_string()),
            "length_bytes": pa.array([len(text) for text in texts], pa.int64()),
        }
        nulls = {field.name: pa.nulls(len(rows), field.type) for field in SOURCE_DOCUMENTS}
        table = pa.table({**nulls, **columns}).select(SOURCE_DOCUMENTS.names)
        pq.write_table(table, folder / f"input-{shard:04d}.parquet", row_group_size=2000, compression="zstd")


def search(folder, settings):
    """The command on all shards, in this process, so that its peak is ours."""
    inputs = sorted(folder.glob("input-*.parquet"))
    files = sum(pq.read_metadata(path).num_rows for path in inputs)
    chosen = [f"--set={setting}" for setting in settings]
    begin = time.perf_counter()
    main_command = ["dedup", *map(str, inputs), "--out", str(folder / "out"), *chosen]
    try:
        codecorpus(main_command)
    except SystemExit as stop:
        if stop.code:
            raise
    used = resource.getrusage(resource.RUSAGE_SELF)
    cpu = used.ru_utime + used.ru_stime
    peak = int(re.search(r"VmHWM:\s+(\d+)", Path("/proc/self/status").read_text())[1]) / 1000
    print(
        f"  all: {cpu:.1f} s CPU ({cpu / files * 1e6:.0f} µs a document), {time.perf_counter() - begin:.0f} s, peak {peak:,.0f} MB",
        flush=True,
    )
    for part in sorted((folder / "out").iterdir()):
        size = sum(path.stat().st_size for path in part.rglob("*")) if part.is_dir() else 0
        if size:
            print(f"  {part.name:14} {size / 1e6:8,.0f} MB on disk, {size / files:6.0f} bytes a document")


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
    parser.add_argument(
        "--set", action="append", default=[], dest="settings", help="as `codecorpus dedup` takes it"
    )
    parser.add_argument("--step", choices=["make", "search"], help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.step == "make":
        make(arguments.kind, arguments.source, arguments.files, arguments.scratch)
    elif arguments.step == "search":
        search(arguments.scratch, arguments.settings)
    else:
        for kind in [arguments.kind] if arguments.kind else ["mutated", "equal", "year"]:
            print(f"{kind}: {arguments.files:,} files", flush=True)
            with tempfile.TemporaryDirectory(dir=arguments.scratch) as folder:
                for step in ("make", "search"):
                    subprocess.run(
                        [sys.executable, __file__, arguments.source, "--kind", kind, "--files", str(arguments.files),
                         "--scratch", folder, "--step", step, *(f"--set={one}" for one in arguments.settings)], check=True,
                    )  # fmt: skip


if __name__ == "__main__":
    main()

"""`codecorpus build` of ever larger corpora made from one: CPU per megabyte, memory, and what each document leaves on the disk.

    python benchmarks/growth.py FOLDER --scratch FOLDER [--copies 1,22] [--share 17] [-- more build options]

The input is one in `share` documents of FOLDER, then as many copies of it as asked for, see `_grown_input.py`; shards of Parquet, so
that all sizes are read alike. 22 copies of 530 MB are 10 GB, and take an hour on two cores,
3 GB of disk for the input and 35 GB for the run.
A first build, not counted, compiles what has to be compiled. Each run is measured from outside, as in `build.py`.
"""

import argparse
import json
import shutil
import sys
import tempfile
from pathlib import Path

import pyarrow.parquet as pq
from _grown_input import write_copy, write_share
from build import measure, stages

import codecorpus as cc


def prepare(folder, scratch, share, copies):
    """name → sources."""
    source = scratch / "documents.parquet"
    if not source.exists():
        pq.write_table(cc.read([folder]), source)
    parts = {scratch / "share": lambda to: write_share(source, to, share)}
    for copy in range(copies):
        parts[scratch / f"copy-{copy:03d}"] = lambda to, copy=copy: write_copy(source, to, copy)
    for path, write in parts.items():
        if not path.exists():
            half = path.with_name(f"{path.name}.half")
            shutil.rmtree(half, ignore_errors=True)
            write(half)
            half.rename(path)
    return sorted(parts, key=lambda path: path.name)


def left_on_disk(out, documents):
    """Bytes per document that was read, by folder of the run; of `work` by stage."""
    places = [place for place in out.iterdir() if place.is_dir() and place.name != "work"]
    places += [place for place in (out / "work").iterdir() if place.is_dir()]
    for place in sorted(places):
        size = sum(path.stat().st_size for path in place.rglob("*") if path.is_file())
        if size:
            yield str(place.relative_to(out)), size / documents


def build(sources, out, options):
    command = [sys.executable, "-m", "codecorpus", "build", *map(str, sources), "--out", str(out), "--fresh"]
    cpu, wall, peak = measure([*command, *options])
    manifest = json.loads((out / "manifest.json").read_text())
    first, last = manifest["stages"][0], manifest["stages"][-1]
    megabytes, documents = first["bytes_in"] / 1e6, first["documents_in"]
    print(
        f"{megabytes:,.1f} MB, {documents:,} documents, {last['documents_kept']:,} kept: CPU {cpu:,.1f} s = "
        f"{cpu / megabytes * 1000:.0f} ms/MB   wall {wall:,.0f} s   peak {peak / 1e6:,.0f} MB"
    )
    rows = stages(out)
    for name, seconds, most in rows:
        print(f"  {name:<14}{seconds:>9.2f} s{seconds / megabytes * 1000:>9.2f} ms/MB{most / 1e6:>9,.0f} MB")
    outside = cpu - sum(seconds for _, seconds, _ in rows)
    print(f"  {'outside':<14}{outside:>9.2f} s{outside / megabytes * 1000:>9.2f} ms/MB")
    for name, size in left_on_disk(out, documents):
        print(f"  {name:<24}{size:>9,.0f} bytes a document")


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder")
    parser.add_argument("--scratch", type=Path)
    parser.add_argument("--copies", default="1,2", help="how many, for each further build")
    parser.add_argument("--share", type=int, default=17)
    parser.add_argument("options", nargs="*")
    given = parser.parse_args()
    counts = [int(word) for word in given.copies.split(",")]
    with tempfile.TemporaryDirectory() as folder:
        scratch = given.scratch or Path(folder)
        scratch.mkdir(exist_ok=True)
        *copies, share = prepare(given.folder, scratch, given.share, max(counts))
        measure(
            [
                sys.executable,
                "-m",
                "codecorpus",
                "build",
                str(share),
                "--out",
                str(scratch / "warm"),
                "--fresh",
            ]
        )
        build([share], scratch / "out", given.options)
        for count in counts:
            build(copies[:count], scratch / "out", given.options)


if __name__ == "__main__":
    main()

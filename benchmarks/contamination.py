"""Recall of decontamination by the way in which a problem got into the corpus, and false alarms on real files.

    python benchmarks/contamination.py FOLDER [--benchmarks DIR] [--alarms]

DIR has a folder for each benchmark that comes with the package (without it, only false alarms are counted); every problem is planted in
each way of `_planted_problems.py`, as a
file of its own, and counts as found if that file would be dropped. FOLDER holds real repositories: hosts for "inside a file", and the place
to look for false alarms, which `--alarms` lists one by one (it should hold none of the benchmarks).
"""

from __future__ import annotations

import argparse
import time
from collections import defaultdict
from pathlib import Path

import polars as pl
import pyarrow as pa
import pyarrow.compute as pc
from _planted_problems import read_benchmark, ways

import codecorpus as cc
from codecorpus.dedup import ContaminationOptions, find_contamination, index_benchmarks
from codecorpus.dedup.contamination_options import SHIPPED

_HOST_BYTES = (5_000, 40_000)
_SHOWN = 120
_BENCHMARKS = Path(__file__).resolve().parents[2] / "shared" / "benchmarks"


def hosts(table: pa.Table) -> dict[str, list[str]]:
    """Files of middling size by language."""
    sizes = pc.binary_length(table["content"])
    chosen = table.filter(pc.and_(pc.greater(sizes, _HOST_BYTES[0]), pc.less(sizes, _HOST_BYTES[1])))
    found = defaultdict(list)
    for language, content in zip(chosen["language"].to_pylist(), chosen["content"].to_pylist(), strict=True):
        found[language].append(content)
    return found


def recall(folder: Path, table: pa.Table) -> None:
    """Print the share of planted problems found, by benchmark, language and way."""
    options = ContaminationOptions()
    index = index_benchmarks(None, options)
    files = hosts(table)
    names: list[str] = []
    rows = []
    for benchmark in SHIPPED:
        for language, problems in read_benchmark(folder / benchmark).items():
            planted: dict[str, list[str]] = defaultdict(list)
            for number, one in enumerate(problems):
                host = files[language][number % len(files[language])] if files[language] else "x = 1\n" * 1000
                for way, text in ways(one, host).items():
                    planted[way].append(text)
            cells = {}
            for way, texts in planted.items():
                result = find_contamination(
                    pa.table({"content": pa.array(texts, pa.large_string())}), index, options
                )
                cells[way] = f"{result.dropped.num_rows / len(texts):.1%}"
            names = list(dict.fromkeys([*names, *cells]))
            rows.append((f"{benchmark} {language}", len(problems), cells))
    print("| benchmark | problems | " + " | ".join(names) + " |\n|---|---:|" + "---:|" * len(names))
    for name, count, cells in rows:
        print(f"| {name} | {count} | " + " | ".join(cells.get(way, "") for way in names) + " |")


def alarms(table: pa.Table, *, listed: bool) -> None:
    """Print how many documents are taken for contaminated, and which."""
    options = ContaminationOptions()
    index = index_benchmarks(None, options)
    start = time.process_time()
    result = find_contamination(table, index, options)
    seconds = time.process_time() - start
    size = pc.sum(pc.binary_length(table["content"])).as_py() / 1e6
    print(
        f"\n{table.num_rows:,} documents, {size:.0f} MB, {seconds:.1f} s: {result.dropped.num_rows} dropped, {result.idioms.height} idioms"
    )
    best = result.matches.unique("row", keep="first", maintain_order=True)
    for kind, count in sorted(best.group_by("kind").len().iter_rows()):
        print(f"by {kind}: {count}")
    if listed:
        for match in best.sort("kind", "row").iter_rows(named=True):
            text = (
                table["content"][match["row"]]
                .as_py()
                .encode()[match["begin"] : match["end"]]
                .decode("utf-8", "replace")
            )
            where = f"{table['repo_name'][match['row']]}/{table['path'][match['row']]}"
            what = f"{match['benchmark']} {match['problem']} {match['field']} {match['share']:.0%}"
            print(f"- {match['kind']}: `{where}`: {what}: `{' '.join(text.split())[:_SHOWN]}`")


def main() -> None:
    """Print the figures."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    arguments.add_argument("folder", type=Path)
    arguments.add_argument("--benchmarks", type=Path, default=_BENCHMARKS)
    arguments.add_argument("--alarms", action="store_true")
    given = arguments.parse_args()
    table = (
        pl.read_parquet(given.folder).to_arrow()
        if given.folder.suffix == ".parquet"
        else cc.read(given.folder)
    )
    if given.benchmarks.is_dir():
        recall(given.benchmarks, table)
    alarms(table, listed=given.alarms)


if __name__ == "__main__":
    main()

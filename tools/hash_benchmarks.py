"""Make `src/codecorpus/dedup/benchmarks.npz`: the hashes of public benchmarks that decontamination looks for.

    python tools/hash_benchmarks.py FOLDER [--out FILE]

FOLDER has one folder for each benchmark that comes with the package. What is written: hashes of word n-grams, of code without names and of
signatures, with the names of benchmarks, problems and fields. No text. The same input gives the same bytes.

Rows of a benchmark with one id are one problem (MBPP's test split is in MBPP too), and so are the thousands of rows of an infilling
benchmark that cut one program in different places.
"""

from __future__ import annotations

import argparse
from collections import defaultdict
from pathlib import Path

import polars as pl

from codecorpus.dedup.contamination_options import SHIPPED, ContaminationOptions
from codecorpus.dedup.index_data import hash_problems, select_benchmarks
from codecorpus.dedup.index_file import SHIPPED_FILE, write_data
from codecorpus.dedup.problems import Problems, read_problems


def merged(problems: Problems, benchmarks: list[str]) -> Problems:
    """Rows as problems: one for each benchmark and id, or for each function where programs were cut.

    Args:
        problems: one problem per row of the files.
        benchmarks: of each row.
    """
    cut = set(problems.fields.filter(pl.col("field") == "program")["problem"])
    groups: dict[tuple[str, str], list[int]] = defaultdict(list)
    ids = problems.problems["problem"].to_list()
    for row, problem in enumerate(ids):  # of SingleLineInfilling/HumanEval/0/L0 the program is HumanEval/0
        groups[benchmarks[row], "/".join(problem.split("/")[1:3]) if row in cut else problem].append(row)
    number_of = {row: number for number, rows in enumerate(groups.values()) for row in rows}
    numbers = pl.Series([number_of[row] for row in range(len(benchmarks))], dtype=pl.Int32)
    names = [name for _, name in groups]
    named = pl.DataFrame({"benchmark": [key[0] for key in groups], "problem": names, "family": names})
    fields, signatures = (
        table.with_columns(numbers[table["problem"]].alias("problem")).unique(maintain_order=True)
        for table in (problems.fields, problems.signatures)
    )
    return Problems(named, problems.texts, fields, signatures)


def main() -> None:
    """Read the folder, write the file, say what is in it."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    arguments.add_argument("folder", type=Path)
    arguments.add_argument("--out", type=Path, default=SHIPPED_FILE)
    given = arguments.parse_args()
    options = ContaminationOptions()
    folders = [given.folder / name for name in SHIPPED]
    rows = [read_problems(folder).problems.height for folder in folders]
    benchmarks = [name for name, count in zip(SHIPPED, rows, strict=True) for _ in range(count)]
    data = hash_problems(merged(read_problems(folders), benchmarks), options)
    write_data(given.out, data, options)
    for name, count in zip(SHIPPED, rows, strict=True):
        part = select_benchmarks(data, [name])
        print(
            f"{name:<20} {count:>6,} rows {part.problems.height:>6,} problems {part.words['hash'].n_unique():>8,} n-grams "
            f"{part.code['hash'].n_unique():>7,} runs of code {part.signatures.height:>5,} signatures"
        )
    print(
        f"{given.out.name}: {given.out.stat().st_size:,} bytes, {data.words['hash'].n_unique():,} distinct n-grams"
    )


if __name__ == "__main__":
    main()

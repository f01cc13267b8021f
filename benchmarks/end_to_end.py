"""From Parquet to measures and decisions, languages mixed: MB/s on one core, and against plain Python per document in the same run.

    python benchmarks/end_to_end.py FOLDER [--megabytes 20] [--rounds 2]

The documents of FOLDER are written to a Parquet file first. Timed (CPU, one process) are then: reading it, `measure` on batches, and the
rules of `default` on what it measured; and the same reading with `_plain_rules.signals` on each document. The first round warms up.
Goal: 4 MB/s.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from _plain_rules import Document, signals

import codecorpus as cc
from codecorpus.parse import ParseOptions, measure

_BATCH = 256


def ours(path: Path) -> tuple[float, float, float]:
    """CPU seconds for reading, measuring, deciding."""
    marks = [time.process_time()]
    batches = [pa.Table.from_batches([batch]) for batch in pq.ParquetFile(path).iter_batches(_BATCH)]
    marks.append(time.process_time())
    measures = [measure(batch, ParseOptions()).table for batch in batches]
    marks.append(time.process_time())
    for batch, measured in zip(batches, measures, strict=True):
        cc.filters.apply(batch.append_column("measures", measured["measures"]), "default")
    marks.append(time.process_time())
    read, measured_in, decided = np.diff(marks).tolist()
    return read, measured_in, decided


def plain(path: Path) -> float:
    """CPU seconds for reading and the signals of each document."""
    start = time.process_time()
    for batch in pq.ParquetFile(path).iter_batches(_BATCH):
        for row in batch.select(["content", "language"]).to_pylist():
            signals(Document(**row))
    return time.process_time() - start


def main() -> None:
    """Print the figures."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    arguments.add_argument("folder", type=Path)
    arguments.add_argument("--megabytes", type=float, default=20)
    arguments.add_argument("--rounds", type=int, default=2)
    options = arguments.parse_args()
    table = cc.read(options.folder)
    order = np.random.default_rng(0).permutation(table.num_rows)  # languages mixed
    sizes = table["length_bytes"].to_numpy()[order]
    table = table.take(order[np.cumsum(sizes) <= options.megabytes * 1e6])
    size = pc.sum(pc.binary_length(table["content"])).as_py() / 1e6
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "documents.parquet")
        pq.write_table(table, path, row_group_size=4 * _BATCH)
        for number in range(options.rounds):
            read, measured, decided = ours(path)
            other = plain(path)
            print(
                f"round {number}: {table.num_rows} documents, {size:.1f} MB; read {read:.2f} s, "
                f"measure {measured:.2f} s, rules {decided:.2f} s; "
                f"to measures {size / (read + measured):.2f} MB/s, with the rules "
                f"{size / (read + measured + decided):.2f} MB/s; "
                f"plain Python {size / other:.2f} MB/s, {other / (read + measured + decided):.1f} times the time",
                flush=True,
            )


if __name__ == "__main__":
    main()

"""What the conformance run writes: a few kinds of sequences, by arithmetic and not by chance. Runs in the project's environment.

Every case becomes one folder per format under build/conformance/fixtures, with `rows.json` beside them: what each row is, and its
position ids as `derive_position_ids` makes them, for the readers, which do not have this package.
"""

from __future__ import annotations

import json
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa

from codecorpus.document import sequences_schema
from codecorpus.formats.names import FORMATS, Facts
from codecorpus.formats.rows import derive_position_ids
from codecorpus.formats.write import write_format

END = 0


@dataclass(frozen=True)
class Case:
    name: str
    vocab_size: int
    sequence_length: int
    rows: int
    pad_id: int | None
    loss_mask: bool

    @property
    def facts(self):
        id_type = np.dtype(np.uint16 if self.vocab_size <= 1 << 16 else np.uint32)
        return Facts(id_type, self.vocab_size, self.sequence_length, END, self.pad_id)


CASES = (
    Case("narrow", 1_000, 64, 203, 1, loss_mask=False),
    Case("narrow-without-pad", 65_536, 64, 101, None, loss_mask=False),
    Case("narrow-masked", 1_000, 64, 203, 1, loss_mask=True),
    Case("wide", 200_000, 300, 57, 2, loss_mask=False),
    Case("wide-masked", 200_000, 300, 57, None, loss_mask=True),
)


def rows_of(case):
    """Rows as lists of samples; each ends with the end token and has it nowhere else. Some rows are full, some are not."""
    draw = np.random.default_rng(len(case.name))
    low = 3
    for row in range(case.rows):
        left = case.sequence_length - int(row % 3) * int(draw.integers(0, 5))
        samples = []
        while left > 0:
            size = min(left, int(draw.integers(1, case.sequence_length // 2)))
            samples.append([*draw.integers(low, case.vocab_size, size - 1).tolist(), END])
            left -= size
        # The largest id, which a type that is too small or signed would get wrong.
        if len(samples[0]) > 1:
            samples[0][0] = case.vocab_size - 1
        yield samples


def table_of(case, rows):
    columns = {
        "input_ids": [[token for sample in row for token in sample] for row in rows],
        "seq_lengths": [[len(sample) for sample in row] for row in rows],
        "doc_ids": [[bytes(16)] * len(row) for row in rows],
    }
    if case.loss_mask:
        columns["loss_mask"] = [[int(token % 3 == 0) for token in ids] for ids in columns["input_ids"]]
    id_type = pa.from_numpy_dtype(case.facts.id_type)
    schema = sequences_schema(id_type, loss_mask=case.loss_mask)
    return pa.table(
        {field.name: pa.array(columns.get(field.name, [[]] * len(rows)), field.type) for field in schema}
    )


def spoiled(case, rows):
    """The same rows with another token in the middle of one: what every reader has to notice."""
    sample = max(rows[7], key=len)
    sample[0] = 3 if sample[0] != 3 else 4
    return table_of(case, rows)


def write_case(case, folder, *, spoil):
    table = table_of(case, list(rows_of(case)))
    kept = [name for name in ("input_ids", "seq_lengths", "loss_mask") if name in table.column_names]
    columns = {name: table[name].to_pylist() for name in kept}
    columns["position_ids"] = [derive_position_ids(lengths).tolist() for lengths in columns["seq_lengths"]]
    facts = {"sequence_length": case.sequence_length, "end_id": END, "pad_id": case.pad_id}
    (folder / "rows.json").write_text(json.dumps({**facts, "vocab_size": case.vocab_size, "rows": columns}))
    if spoil:
        table = spoiled(case, list(rows_of(case)))
    for name, kind in FORMATS.items():
        if case.loss_mask and not kind.has_loss_mask:
            continue
        (folder / name).mkdir()
        pieces = [table.slice(first, 31) for first in range(0, table.num_rows, 31)]
        write_format(name, pieces, folder / name, case.facts, file_tokens=50 * case.sequence_length)


def main(target, *, spoil=False):
    shutil.rmtree(target, ignore_errors=True)
    for case in CASES:
        (target / case.name).mkdir(parents=True)
        write_case(case, target / case.name, spoil=spoil)


if __name__ == "__main__":
    main(Path(sys.argv[1]), spoil="--spoil" in sys.argv)

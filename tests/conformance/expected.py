"""What a reader should find, and how it says what it found. Runs in the readers' environments: numpy and the standard library only."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np


class Case:
    """The rows of one case, as they are and as they are filled up."""

    def __init__(self, folder):
        self.folder = Path(folder)
        self.name = self.folder.name
        facts = json.loads((self.folder / "rows.json").read_text())
        self.rows = facts["rows"]
        self.length, self.end_id, self.vocab_size = (
            facts["sequence_length"],
            facts["end_id"],
            facts["vocab_size"],
        )
        self.pad_id = facts["end_id"] if facts["pad_id"] is None else facts["pad_id"]
        self.has_pad = facts["pad_id"] is not None
        self.has_mask = "loss_mask" in self.rows

    def path(self, name):
        return self.folder / name

    @property
    def ids(self):
        return self.rows["input_ids"]

    @property
    def missing(self):
        return [self.length - len(row) for row in self.ids]

    @property
    def full_ids(self):
        return [row + [self.pad_id] * short for row, short in zip(self.ids, self.missing, strict=True)]

    @property
    def full_positions(self):
        """What fills a row up is one sample; of padding with the end token, a reader of end tokens makes one sample each."""
        rows = zip(self.rows["position_ids"], self.missing, strict=True)
        return [row + list(range(short)) for row, short in rows]

    @property
    def end_positions(self):
        rows = zip(self.rows["position_ids"], self.missing, strict=True)
        return [row + (list(range(short)) if self.has_pad else [0] * short) for row, short in rows]

    @property
    def full_mask(self):
        masks = self.rows.get("loss_mask", [[1] * len(row) for row in self.ids])
        return [row + [0] * short for row, short in zip(masks, self.missing, strict=True)]


def cases(fixtures, name):
    """Every case that was written in this format."""
    found = [Case(folder) for folder in sorted(Path(fixtures).iterdir()) if (folder / name).is_dir()]
    assert found, f"no case of {name}"
    return found


def report(reader, case, what, found, wanted):
    """One line of JSON: how many rows are equal, of how many."""
    found, wanted = list(found), list(wanted)
    equal = sum(
        np.array_equal(np.asarray(a, dtype=np.int64), np.asarray(b, dtype=np.int64))
        for a, b in zip(found, wanted, strict=False)
    )
    total = max(len(found), len(wanted))
    print(
        json.dumps({"reader": reader, "case": case, "what": what, "equal": equal, "rows": total}), flush=True
    )

"""A data set that `datasets` of Hugging Face saved to disk: `data-*.arrow`, `dataset_info.json`, `state.json`, for `load_from_disk`.

What it has over Parquet: nothing is decoded or copied when it is opened, and where there is a loss mask the rows have `labels`
instead, the token id or -100, which is what `transformers` and `trl` read. `seq_lengths` is the column that trl takes samples from.

The features name the type `Sequence`, which releases before and after 4.0 know; `List` is known to the later ones only. The
fingerprint, by which `datasets` finds what it cached of a data set, is a hash of the rows.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from codecorpus.formats.names import Facts
from codecorpus.formats.rows import IntArray, Rows

#: What `transformers` leaves out of the loss.
IGNORED = -100

#: Rows in a record batch.
_BATCH_ROWS = 1024


def write_datasets(files: Iterator[Rows], folder: Path, facts: Facts) -> None:
    """Write rows as Arrow streams, with the two files of JSON that make them a saved data set.

    Raises:
        OSError: the folder cannot be written.
    """
    digest = hashlib.blake2b(digest_size=8)
    names: list[str] = []
    schema = _schema(np.dtype(facts.id_type), labels=False)
    for number, rows in enumerate(files):
        names.append(f"data-{number:05d}.arrow")
        schema = _write_file(folder / names[-1], rows)
        for values in (rows.borders, rows.ids, rows.firsts, rows.lengths, rows.loss):
            digest.update(b"" if values is None else values.data)
    if not names:
        names.append("data-00000.arrow")
        pa.ipc.new_stream(folder / names[-1], schema).close()
    _write_json(folder / "dataset_info.json", _info(schema))
    _write_json(folder / "state.json", _state(names, digest.hexdigest()))


def _write_file(path: Path, rows: Rows) -> pa.Schema:
    table = _table(rows)
    with pa.ipc.new_stream(path, table.schema) as writer:
        writer.write_table(table, max_chunksize=_BATCH_ROWS)
    return table.schema


def _table(rows: Rows) -> pa.Table:
    columns = [_lists(rows.ids, rows.borders), _lists(rows.lengths, rows.firsts)]
    if rows.loss is not None:
        columns.append(_lists(np.where(rows.loss > 0, rows.ids.astype(np.int32), IGNORED), rows.borders))
    return pa.table(columns, schema=_schema(rows.ids.dtype, labels=rows.loss is not None))


def _lists(values: IntArray, places: IntArray) -> pa.ListArray:
    return pa.ListArray.from_arrays(pa.array(places.astype(np.int32)), pa.array(values))


def _schema(id_type: np.dtype[Any], *, labels: bool) -> pa.Schema:
    kinds = {"input_ids": pa.from_numpy_dtype(id_type), "seq_lengths": pa.int32()}
    if labels:
        kinds["labels"] = pa.int32()
    return pa.schema([pa.field(name, pa.list_(kind)) for name, kind in kinds.items()])


def _info(schema: pa.Schema) -> dict[str, Any]:
    features = {
        field.name: {"_type": "Sequence", "feature": {"_type": "Value", "dtype": str(field.type.value_type)}}
        for field in schema
    }
    return {"citation": "", "description": "", "features": features, "homepage": "", "license": ""}


def _state(names: list[str], fingerprint: str) -> dict[str, Any]:
    return {
        "_data_files": [{"filename": name} for name in names],
        "_fingerprint": fingerprint,
        "_format_columns": None,
        "_format_kwargs": {},
        "_format_type": None,
        "_output_all_columns": False,
        "_split": "train",
    }


def _write_json(path: Path, value: dict[str, Any]) -> None:
    path.write_text(json.dumps(value, indent=2), encoding="utf-8")

"""The keep-policy: which of several duplicates is the better document.

Criteria, the preferred value first; `keep_policy` lists the ones that count, the most important first:

| criterion | preferred | why |
|---|---|---|
| `licence` | permissive, then copyleft, unknown, none | the copy that most users of the corpus may train on |
| `stars` | more stars of the repository; unknown counts as fewer than none | a proxy for the original and the better kept |
| `revision_date` | the newer revision; unknown counts as the oldest | the kept-up copy; BigCode's rank prefers it too |
| `-NAME`, such as `-error_share` | less of a measure; null and NaN come last | the copy that is whole: fewer parse errors, say |
| `+NAME`, such as `+comment_share` | more of a measure; null and NaN come last | the copy that is better documented, say |
| `path_depth` | fewer folders above the file | a vendored or backed-up copy lies deeper than the original |
| `length` | more bytes | the fuller of two versions |

The default is `KEEP_POLICY` of the options. A criterion whose column a table does not have prefers nobody. Ties go to the smaller
`doc_id`, so the order is total and does not depend on the order of the shards.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from codecorpus.dates import seconds_column
from codecorpus.dedup.sets import Ints

_LICENCE_ORDER = ("permissive", "copyleft", "unknown", "no_license")

# Criterion → column of a sketch, and whether more is better.
_COLUMNS: dict[str, tuple[pa.Field, bool]] = {
    "licence": (pa.field("licence_rank", pa.int8(), nullable=False), False),
    "stars": (pa.field("star_events_count", pa.int64(), nullable=False), True),
    "revision_date": (pa.field("revision_seconds", pa.int64(), nullable=False), True),
    "path_depth": (pa.field("path_depth", pa.int32(), nullable=False), False),
    "length": (pa.field("length_bytes", pa.int64(), nullable=False), True),
}


def policy_measures(policy: Sequence[str]) -> list[str]:
    """The measures that a policy looks at.

    >>> policy_measures(["licence", "-error_share", "+lines"])
    ['error_share', 'lines']
    """
    return [name[1:] for name in policy if name not in _COLUMNS]


def keep_fields(policy: Sequence[str]) -> list[pa.Field]:
    """The columns that a sketch keeps for a policy: at most 29 bytes a document, and 8 for each measure.

    >>> [field.name for field in keep_fields(["stars", "-error_share"])]
    ['star_events_count', 'measure_error_share']
    """
    return [_column_of(name)[0] for name in policy]


def _column_of(criterion: str) -> tuple[pa.Field, bool]:
    if criterion in _COLUMNS:
        return _COLUMNS[criterion]
    return pa.field(f"measure_{criterion[1:]}", pa.float64()), criterion[0] == "+"


def keep_columns(documents: pa.Table, policy: Sequence[str]) -> dict[str, pa.Array | pa.ChunkedArray]:
    """The columns of `keep_fields` for a documents table.

    Args:
        documents: `license_type`, `star_events_count`, `revision_date`, `path`, `length_bytes`, and the struct `measures` or
            columns with the names of measures: those of them that the policy looks at. What is missing is unknown.
        policy: criteria, as `DedupOptions.keep_policy` has them.
    """
    columns = {}
    for criterion in policy:
        field, _ = _column_of(criterion)
        columns[field.name] = _values(documents, criterion).cast(field.type)
    return columns


def _values(documents: pa.Table, criterion: str) -> pa.Array | pa.ChunkedArray:
    if criterion == "licence":
        rank = pc.index_in(_given(documents, "license_type", pa.string()), value_set=pa.array(_LICENCE_ORDER))
        return pc.fill_null(rank, len(_LICENCE_ORDER))
    if criterion == "stars":
        return pc.fill_null(_given(documents, "star_events_count", pa.int64()), -1)
    if criterion == "revision_date":
        return pc.fill_null(seconds_column(_given(documents, "revision_date", pa.int64())), -1)
    if criterion == "path_depth":
        return pc.count_substring(documents["path"], "/")
    if criterion == "length":
        return documents["length_bytes"]
    return _measure(documents, criterion[1:])


def _given(documents: pa.Table, name: str, kind: pa.DataType) -> pa.Array | pa.ChunkedArray:
    return documents[name] if name in documents.column_names else pa.nulls(documents.num_rows, kind)


def _measure(documents: pa.Table, name: str) -> pa.Array | pa.ChunkedArray:
    """A measure as float64, null where it is unknown; a table of the user's may have anything under its name."""
    column = _given(documents, name, pa.float64())
    measures = documents["measures"] if "measures" in documents.column_names else None
    if (
        measures is not None
        and pa.types.is_struct(measures.type)
        and measures.type.get_field_index(name) >= 0
    ):
        column = pc.struct_field(measures, name)
    numeric = any(
        test(column.type) for test in (pa.types.is_integer, pa.types.is_floating, pa.types.is_boolean)
    )
    return column.cast(pa.float64(), safe=False) if numeric else pa.nulls(documents.num_rows, pa.float64())


def policy_order(columns: pa.Table, ids: npt.NDArray[np.uint64], policy: Sequence[str]) -> Ints:
    """Row numbers, the document to keep first.

    Args:
        columns: the columns of `keep_fields` for every document.
        ids: uint64[documents, 2], the ids as two big-endian numbers, so that they compare as bytes do.
        policy: criteria, most important first.
    """
    keys = [ids[:, 1], ids[:, 0]]
    for criterion in reversed(policy):
        field, more_is_better = _column_of(criterion)
        values = columns[field.name].to_numpy()
        values = -values if more_is_better else values
        keys.append(np.where(np.isnan(values), np.inf, values) if values.dtype.kind == "f" else values)
    return np.lexsort(keys).astype(np.int64, copy=False)  # stable: equal ids stay in row order

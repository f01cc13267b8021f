"""The keep-policy: which of several duplicates is the better document.

Criteria, the preferred value first; `keep_policy` lists the ones that count, the most important first:

| criterion | preferred | why |
|---|---|---|
| `licence` | permissive, then copyleft, unknown, none | the copy that most users of the corpus may train on |
| `stars` | more stars of the repository; unknown counts as fewer than none | a proxy for the original and the better kept |
| `path_depth` | fewer folders above the file | a vendored or backed-up copy lies deeper than the original |
| `length` | more bytes | the fuller of two versions |

Ties go to the smaller `doc_id`, so the order is total and does not depend on the order of the shards.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from codecorpus.dedup.options import Criterion
from codecorpus.dedup.sets import Ints

_LICENCE_ORDER = ("permissive", "copyleft", "unknown", "no_license")

#: What a sketch keeps of a document for the policy: criterion → column and whether more is better. 21 bytes a document.
KEEP_COLUMNS: dict[Criterion, tuple[pa.Field, bool]] = {
    "licence": (pa.field("licence_rank", pa.int8(), nullable=False), False),
    "stars": (pa.field("star_events_count", pa.int64(), nullable=False), True),
    "path_depth": (pa.field("path_depth", pa.int32(), nullable=False), False),
    "length": (pa.field("length_bytes", pa.int64(), nullable=False), True),
}


def keep_columns(documents: pa.Table) -> dict[str, pa.ChunkedArray]:
    """The policy's columns of a documents table: `license_type`, `star_events_count`, `path` and `length_bytes` as numbers."""
    rank = pc.index_in(documents["license_type"], value_set=pa.array(_LICENCE_ORDER))
    return {
        "licence_rank": pc.fill_null(rank, len(_LICENCE_ORDER)).cast(pa.int8()),
        "star_events_count": pc.fill_null(documents["star_events_count"], -1).cast(pa.int64()),
        "path_depth": pc.count_substring(documents["path"], "/").cast(pa.int32()),
        "length_bytes": documents["length_bytes"].cast(pa.int64()),
    }


def policy_order(columns: pa.Table, ids: np.ndarray, policy: tuple[Criterion, ...]) -> Ints:
    """Row numbers, the document to keep first.

    Args:
        columns: the columns of `KEEP_COLUMNS` for every document.
        ids: uint64[documents, 2], the ids as two big-endian numbers, so that they compare as bytes do.
        policy: criteria, most important first.
    """
    keys = [ids[:, 1], ids[:, 0]]
    for criterion in reversed(policy):
        column, more_is_better = KEEP_COLUMNS[criterion]
        values = columns[column.name].to_numpy()
        keys.append(-values if more_is_better else values)
    return np.lexsort(keys).astype(np.int64, copy=False)  # stable: equal ids stay in row order

"""What a notebook shows of near-duplicates: pairs come in, a table of names or a chart goes out."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from codecorpus import charts
from codecorpus.dedup.options import DedupOptions
from codecorpus.fragments import table as html_table


def similarity_chart(pairs: pa.Table, options: DedupOptions) -> charts.Chart:
    """A histogram of the similarities of near pairs on both sides of the threshold.

    Args:
        pairs: `similarity` and `kind`, down to the floor.
        options: the threshold and the floor.

    Raises:
        ExtraMissingError: altair is not installed.
    """
    near = pairs.filter(pc.equal(pairs["kind"], "near"))["similarity"].to_numpy()
    threshold = options.threshold
    return charts.histogram(
        {"duplicates": near[near >= threshold], "no duplicates": near[near < threshold]},
        title="similarity of near pairs",
        log=False,
        least=options.lowest,
        marks=[(threshold, f"threshold {threshold:g}")],
        unit="pairs",
    )


def pairs_html(pairs: pa.Table, documents: pa.Table, ids: pa.Array | pa.ChunkedArray) -> str:
    """A table of pairs nearest the threshold; nothing where there are none.

    Args:
        pairs: `doc_id`, `other_id`, `similarity`.
        documents: shown by `repo_name` and `path`, where they have a path; by their ids otherwise.
        ids: of the documents.
    """
    if not len(pairs):
        return ""
    one, other = (_names(pairs[name], documents, ids) for name in ("doc_id", "other_id"))
    rows = zip(one, other, pairs["similarity"].to_pylist(), strict=True)
    head = ["document", "compared with", "similarity"]
    return html_table(head, rows, caption="pairs nearest the threshold")


def _names(wanted: pa.ChunkedArray, documents: pa.Table, ids: pa.Array | pa.ChunkedArray) -> list[Any]:
    """Repository and path of each, or its id where it is of an earlier run or has no path."""
    columns = [documents[name] for name in ("repo_name", "path") if name in documents.column_names]
    if "path" not in documents.column_names:
        return list(wanted.to_pylist())
    every = ids.combine_chunks() if isinstance(ids, pa.ChunkedArray) else ids
    rows = pc.index_in(wanted, value_set=every).to_pylist()
    return [
        one if row is None else "/".join(str(column[row].as_py()) for column in columns)
        for row, one in zip(rows, wanted.to_pylist(), strict=True)
    ]

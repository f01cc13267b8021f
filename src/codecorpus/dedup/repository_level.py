"""The level of repositories added to the others: who copied whom, and what becomes of the documents of a copy that are left."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from codecorpus.dedup.candidates import Candidates, read_sketch
from codecorpus.dedup.leaders import Duplicates
from codecorpus.dedup.options import DedupOptions
from codecorpus.dedup.sets import Ints
from codecorpus.document import REPOSITORIES

_NAMES = ["doc_id", "repo_name", "path", "shingle_count"]


def add_copies(candidates: Candidates, found: Duplicates, options: DedupOptions) -> Duplicates:
    """The duplicates with `repositories` filled in, and the decisions about the leftover of copies (CC405) added.

    Memory: the names of all documents; about 100 bytes each while it runs.

    Args:
        candidates: whose sketches hold the names.
        found: the duplicates of single documents.
        options: `repository` and what belongs to it count.
    """
    if options.repository == "off":
        return replace(found, repositories=REPOSITORIES.empty_table())
    # Late, because polars takes a tenth of a second to import.
    from codecorpus.dedup.copies import copy_decisions
    from codecorpus.dedup.repositories import find_copies

    documents = _documents(candidates)
    if len(documents["repo_name"].unique()) < 2:
        return replace(found, repositories=REPOSITORIES.empty_table())
    is_long = pc.greater_equal(documents["shingle_count"], options.min_shingles)
    copies = find_copies(documents.filter(is_long), found.clusters, options)
    stays = np.ones(documents.num_rows, np.bool_)
    stays[found.dropped] = False
    left = documents.append_column("row", pa.array(np.arange(len(stays)))).filter(pa.array(stays))
    decisions = copy_decisions(left, found.clusters, copies, options)
    rows = _rows_of(left, decisions.filter(pc.equal(decisions["verdict"], "dropped")))
    return replace(
        found,
        repositories=copies,
        decisions=pa.concat_tables([found.decisions, decisions]),
        dropped=np.union1d(found.dropped, rows),
    )


def _rows_of(left: pa.Table, gone: pa.Table) -> Ints:
    """The rows of the documents that go. By their names too: a table of somebody else's may give one id to many documents."""
    names = ["doc_id", "repo_name", "path"]
    keys = set(zip(*(gone[name].to_pylist() for name in names), strict=True))
    near = left.filter(pc.is_in(left["doc_id"], value_set=gone["doc_id"].combine_chunks()))
    rows = zip(*(near[name].to_pylist() for name in [*names, "row"]), strict=True)
    return np.array([row for *key, row in rows if tuple(key) in keys], np.int64)


def _documents(candidates: Candidates) -> pa.Table:
    """Names of all documents but those of earlier runs, in the order of the rows."""
    own = candidates.sources[candidates.earlier :]
    types = [pa.binary(16), pa.string(), pa.string(), pa.int64()]
    empty = pa.schema(list(zip(_NAMES, types, strict=True))).empty_table()
    return pa.concat_tables([empty, *(read_sketch(source, _NAMES).cast(empty.schema) for source in own)])

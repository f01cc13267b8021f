"""Why a document has its licence: the rows of `licences/` that hold for it, in words."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl

from codecorpus.report import tables
from codecorpus.sources import FOUND_LICENCES
from codecorpus.sources.globs import fits

#: Rows that are shown; a folder with more licence files is a folder of licences.
_MOST_ROWS = 10


def licence_evidence(run_dir: Path, doc_id: bytes, repo_name: str, path: str) -> tuple[str, ...]:
    """What was found that says under which licence a document stands: its own statement, else that of the nearest folder.

    Args:
        run_dir: the folder of a finished run.
        doc_id: the document.
        repo_name: its repository.
        path: its path there.
    """
    found = tables.scan(tables.parts(run_dir, "licences"), FOUND_LICENCES)
    rows = found.filter(pl.col("repo_name") == repo_name).collect().to_dicts()
    own = [row for row in rows if row["directory"] is None and row["doc_id"] == doc_id]
    if own:
        return tuple(_words(row) for row in own)
    directory = path.rpartition("/")[0]
    while True:
        inside = path[len(directory) + 1 :] if directory else path
        here = [row for row in rows if row["directory"] == directory and _concerns(row, inside)]
        fitting = sorted(
            (row for row in here if row["pattern"] is not None), key=lambda row: row["kind"] == "sidecar"
        )
        chosen = fitting[-1:] or here
        if chosen:
            more = [f"and {len(chosen) - _MOST_ROWS} more"] if len(chosen) > _MOST_ROWS else []
            return (*map(_words, chosen[:_MOST_ROWS]), *more)
        if not directory:
            return ()
        directory = directory.rpartition("/")[0]


def _concerns(row: dict[str, Any], inside: str) -> bool:
    return row["kind"] != "bundled" and (row["pattern"] is None or fits(row["pattern"], inside))


def _words(row: dict[str, Any]) -> str:
    """One row as a person reads it.

    >>> _words({"expression": "MIT", "kind": "licence file", "path": "LICENSE", "pattern": None, "similarity": 0.9937})
    'MIT by licence file LICENSE, text 99.4 % alike'
    """
    pattern = f" for {row['pattern']}" if row["pattern"] else ""
    alike = (
        f", text {row['similarity']:.1%} alike".replace("%", " %") if row["similarity"] is not None else ""
    )
    return f"{row['expression'] or 'not recognised'} by {row['kind']} {row['path']}{pattern}{alike}"

"""Attribution: whose code is in the corpus, and under which licences. A run's folder in; a table, and the text of `NOTICE`, out.

For each repository of which documents were kept: their licences, how many files and bytes, and the lines in its licence files and
in the heads of kept files that name the holders of the copyright. Finding is automatic; `licences/` says where each was found.
"""

from __future__ import annotations

from pathlib import Path

import polars as pl

from codecorpus.document import DOCUMENTS
from codecorpus.report import tables
from codecorpus.report.text import printable, size
from codecorpus.sources import FOUND_LICENCES

#: Lines of holders shown of one repository; the table has all.
_MOST_HOLDERS = 50


def attribution(run_dir: Path) -> pl.DataFrame:
    """One row per repository, by name.

    Args:
        run_dir: the folder of a finished run.

    Returns:
        Columns `repo_name`, `licences` (list of SPDX ids), `expressions` (list of SPDX expressions that its files state; the word
        of the source where it brought its own), `revisions` (list), `documents`, `bytes`, `holders` (list of lines); all lists
        sorted.
    """
    documents = tables.scan(tables.parts(run_dir, "documents"), DOCUMENTS)
    found = tables.scan(tables.parts(run_dir, "licences"), FOUND_LICENCES)
    kept = documents.group_by("repo_name").agg(
        pl.col("detected_licenses")
        .explode(empty_as_null=True)
        .drop_nulls()
        .unique()
        .sort()
        .alias("licences"),
        pl.col("revision_id").drop_nulls().unique().sort().alias("revisions"),
        pl.len().cast(pl.Int64).alias("documents"),
        pl.col("length_bytes").sum().alias("bytes"),
    )
    # What a file states itself counts where the file was kept; what a folder states counts where anything of the repository was.
    counts = pl.col("directory").is_not_null() | pl.col("kept").is_not_null()
    ids = documents.select("doc_id", pl.lit(True).alias("kept")).unique()
    stated = found.join(ids, on="doc_id", how="left").filter(counts)
    of_repository = stated.group_by("repo_name").agg(
        pl.col("expression")
        .filter(pl.col("kind") != "bundled")
        .drop_nulls()
        .unique()
        .sort()
        .alias("expressions"),
        pl.col("holders").explode(empty_as_null=True).drop_nulls().unique().sort().alias("holders"),
    )
    joined = kept.join(of_repository, on="repo_name", how="left").with_columns(
        pl.col("expressions", "holders").fill_null(pl.lit([], dtype=pl.List(pl.String)))
    )
    columns = ("repo_name", "licences", "expressions", "revisions", "documents", "bytes", "holders")
    return tables.run(joined.select(columns)).sort("repo_name")


def render_notice(frame: pl.DataFrame) -> str:
    r"""The text of `NOTICE`: what `attribution` returns, for people.

    >>> row = {"repo_name": "a/b", "licences": ["MIT"], "revisions": [], "documents": 2, "bytes": 10, "holders": ["Copyright (c) 2020 A"]}
    >>> print(render_notice(pl.DataFrame([row])).partition("\n\n")[2])
    a/b
      licences: MIT
      files: 2, 10 B
      Copyright (c) 2020 A
    <BLANKLINE>
    """
    count = frame.height
    head = (
        f"This corpus holds source files of {count:,} {'repository' if count == 1 else 'repositories'}, each under its own licence.\n"
        "Licences and holders were found automatically; the table licences/ says in which file. Check before you redistribute.\n"
    )
    return "\n".join([head, *(_repository(row) for row in frame.iter_rows(named=True))])


def _repository(row: dict[str, object]) -> str:
    licences, revisions, holders = (_texts(row[name]) for name in ("licences", "revisions", "holders"))
    files = f"{row['documents']:,}, {size(int(str(row['bytes'])))}"
    lines = [
        printable(str(row["repo_name"])),
        f"  licences: {', '.join(licences) or 'none found'}",
        f"  files: {files}",
    ]
    lines += (
        [f"  revisions: {', '.join(revisions[:5])}{' and others' if len(revisions) > 5 else ''}"]
        if revisions
        else []
    )
    lines += [f"  {line}" for line in holders[:_MOST_HOLDERS]]
    lines += [f"  and {len(holders) - _MOST_HOLDERS:,} more lines"] if len(holders) > _MOST_HOLDERS else []
    return "\n".join(lines) + "\n"


def _texts(values: object) -> list[str]:
    return [printable(str(value)) for value in values] if isinstance(values, list) else []

"""Documents by language, licence and repository. Lazy frames in, small sorted tuples of `Group` out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from codecorpus.report import tables

_LISTED = 30


@dataclass(frozen=True, slots=True)
class Group:
    """Documents that share a language, licence or repository.

    Attributes:
        name: what they share.
        documents_in: kept and dropped documents; equal to `documents_kept` where dropped ones cannot be told.
        documents_kept: kept documents.
        bytes_kept: bytes of their text.
        is_rest: whether the row sums up all the groups that are not listed.
    """

    name: str
    documents_in: int
    documents_kept: int
    bytes_kept: int
    is_rest: bool = False


def by_language(
    documents: pl.LazyFrame, decisions: pl.LazyFrame, counted: Mapping[str, Mapping[str, int]] | None
) -> tuple[Group, ...]:
    """Kept and dropped documents by language.

    The decisions table does not name languages. Where the manifest counted them (`counted`: language → `documents_in`,
    `documents_kept`) its figures hold; else a dropped document has the language that most kept documents of its extension
    have, and stands under its extension, in brackets, where no such document was kept.
    """
    kept = _kept(documents.with_columns(pl.col("language").fill_null("unknown").alias("group")))
    if counted:
        lost = {name: max(row["documents_in"] - row["documents_kept"], 0) for name, row in counted.items()}
        return _groups(kept, lost)
    languages = _language_of_extension(documents)
    lost = {}
    for extension, count in _lost(decisions.with_columns(_extension().alias("group"))).items():
        name = languages.get(extension, f"({extension or 'no extension'})")
        lost[name] = lost.get(name, 0) + count
    return _groups(kept, lost)


def without_tree(documents: pl.LazyFrame) -> tuple[tuple[str, int], ...]:
    """(language, kept documents) of those that have no syntax tree, most documents first: rules of the tree say nothing about them."""
    if "measures" not in documents.collect_schema().names():
        return ()
    unparsed = documents.filter(tables.value_of("node_count").is_null())
    counted = tables.run(unparsed.group_by(pl.col("language").fill_null("unknown")).len())
    return tuple(counted.sort("len", "language", descending=[True, False]).iter_rows())


def by_repository(documents: pl.LazyFrame, decisions: pl.LazyFrame) -> tuple[Group, ...]:
    """Kept and dropped documents by repository."""
    kept = _kept(documents.with_columns(pl.col("repo_name").alias("group")))
    return _groups(kept, _lost(decisions.with_columns(pl.col("repo_name").alias("group"))))


def by_licence_class(documents: pl.LazyFrame) -> tuple[Group, ...]:
    """Kept documents by licence class."""
    return _groups(
        _kept(documents.with_columns(pl.col("license_type").fill_null("unknown").alias("group"))), {}
    )


def by_licence(documents: pl.LazyFrame) -> tuple[Group, ...]:
    """Kept documents by SPDX id; one that has several counts under each."""
    listed = documents.select("length_bytes", pl.col("detected_licenses").alias("group"))
    return _groups(_kept(listed.explode("group").with_columns(pl.col("group").fill_null("none found"))), {})


def _kept(documents: pl.LazyFrame) -> dict[str, tuple[int, int]]:
    found = documents.group_by("group").agg(pl.len().alias("n"), pl.col("length_bytes").sum().alias("bytes"))
    return {name: (int(n), int(size)) for name, n, size in tables.run(found).iter_rows()}


def _lost(decisions: pl.LazyFrame) -> dict[str, int]:
    """Dropped documents by group, each counted once.

    A document has one row per failing rule, and equal copies of one file share a doc_id; so a doc_id stands for as many
    documents as it has rows of its most frequent code.
    """
    dropped = decisions.filter(pl.col("verdict") == "dropped").group_by("group", "doc_id", "code").len()
    each = dropped.group_by("group", "doc_id").agg(pl.col("len").max())
    return dict(tables.run(each.group_by("group").agg(pl.col("len").sum())).iter_rows())


def _groups(kept: Mapping[str, tuple[int, int]], lost: Mapping[str, int]) -> tuple[Group, ...]:
    """Sorted by documents that came in; what lies beyond the first 30 is summed up in a last row."""
    groups = []
    for name in kept.keys() | lost.keys():
        documents, size = kept.get(name, (0, 0))
        groups.append(Group(name, documents + int(lost.get(name, 0)), documents, size))
    groups.sort(key=lambda group: (-group.documents_in, -group.bytes_kept, group.name))
    rest = groups[_LISTED:]
    if len(rest) < 2:
        return tuple(groups)
    summed = Group(
        f"{len(rest):,} others",
        sum(group.documents_in for group in rest),
        sum(group.documents_kept for group in rest),
        sum(group.bytes_kept for group in rest),
        is_rest=True,
    )
    return (*groups[:_LISTED], summed)


def _extension() -> pl.Expr:
    """`.py` of a path; the whole name where it has no dot, such as `Makefile`, if it is not long."""
    name = pl.col("path").str.extract(r"([^/]*)$").fill_null("")
    extension = name.str.extract(r"(\.[^.]+)$").str.to_lowercase()
    return pl.coalesce(extension, pl.when(name.str.len_chars() <= 24).then(name).otherwise(pl.lit("")))


def _language_of_extension(documents: pl.LazyFrame) -> dict[str, str]:
    counted = (
        documents.filter(pl.col("language").is_not_null())
        .group_by(_extension().alias("key"), "language")
        .len()
    )
    frame = tables.run(counted).sort("key", "len", "language", descending=[False, True, False])
    return dict(frame.unique("key", keep="first", maintain_order=True).select("key", "language").iter_rows())

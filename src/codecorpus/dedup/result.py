"""Near-duplicates of one table, for notebooks: a polars or Arrow table in, a small frozen result out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pydantic import ValidationError

from codecorpus.dedup.candidates import Candidates, find_candidates
from codecorpus.dedup.keep import policy_measures
from codecorpus.dedup.leaders import Duplicates, resolve
from codecorpus.dedup.minhash import fixed_binary, sketch
from codecorpus.dedup.options import KEEP_POLICY, DedupOptions
from codecorpus.dedup.shingle import Ints, ShingleSets, shingle_sets
from codecorpus.errors import ConfigError, UsageError

if TYPE_CHECKING:
    import polars as pl

_SHOWN_PAIRS = 5


@dataclass(frozen=True, slots=True, repr=False)
class DedupResult:
    """What stays, what goes, and why.

    Attributes:
        table: the documents as given.
        options: the settings in force.
        duplicates: the verdicts, by row.
    """

    table: pa.Table
    options: DedupOptions
    duplicates: Duplicates
    _ids: pa.ChunkedArray | pa.Array
    _by_id: Ints
    _candidates: Candidates
    _sets: ShingleSets

    @property
    def kept(self) -> pa.Table:
        """The rows of the table that stay, in their order."""
        stays = np.ones(self.table.num_rows, np.bool_)
        stays[self.duplicates.dropped] = False
        return self.table.filter(pa.array(stays))

    @property
    def dropped(self) -> pa.Table:
        """The rows of the table that go, in their order."""
        return self.table.take(pa.array(self.duplicates.dropped))

    @property
    def clusters(self) -> pa.Table:
        """One row per document that has a duplicate: `doc_id`, `cluster_id`, `is_representative`, `similarity`, `kind`."""
        clusters = self.duplicates.clusters
        for name in ("doc_id", "cluster_id"):
            clusters = clusters.set_column(
                clusters.schema.get_field_index(name), name, self._restore(clusters[name])
            )
        return clusters

    @property
    def decisions(self) -> pa.Table:
        """Why each dropped document goes: a row per document, in the order of `dropped`, with the columns of `document.DECISIONS`."""
        decisions = self.duplicates.decisions
        for name in ("doc_id", "other_id"):
            decisions = decisions.set_column(
                decisions.schema.get_field_index(name), name, self._restore(decisions[name])
            )
        return decisions

    @property
    def pairs(self) -> pa.Table:
        """Each dropped document with the one it stands for, the least similar first: `doc_id`, `other_id`, `similarity`, `kind`.

        The first rows are the ones to look at when judging a threshold.
        """
        decisions = self.duplicates.decisions
        order = pa.array(np.argsort(decisions["measured"].to_numpy(), kind="stable"))
        pairs = pa.table(
            {
                "doc_id": self._restore(decisions["doc_id"]),
                "other_id": self._restore(decisions["other_id"]),
                "similarity": decisions["measured"],
                "kind": pc.if_else(pc.equal(decisions["code"], "CC402"), "near", "exact"),
            }
        )
        return pairs.take(order)

    def at(self, threshold: float) -> DedupResult:
        """The result at a higher threshold, from the same sketches and shingle sets: milliseconds.

        Raises:
            UsageError: the threshold is below the one that candidates were searched for.
        """
        if not self.options.threshold <= threshold <= 1.0:
            raise UsageError(
                f"threshold {threshold} is not between {self.options.threshold} and 1",
                "Candidates were searched for the lower one: call near_duplicates again.",
            )
        bands, rows = self.options.banding
        options = self.options.model_copy(update={"threshold": threshold, "bands": bands, "rows": rows})
        duplicates = resolve(self._candidates, self._sets, options)
        return DedupResult(
            self.table, options, duplicates, self._ids, self._by_id, self._candidates, self._sets
        )

    def to_polars(self) -> pl.DataFrame:
        """The rows that stay, as a polars DataFrame."""
        import polars as pl

        frame = pl.from_arrow(self.kept)
        assert isinstance(frame, pl.DataFrame)
        return frame

    def _restore(self, internal: pa.ChunkedArray) -> pa.Array:
        """The caller's ids for internal ones."""
        ranks = np.frombuffer(b"".join(internal.to_pylist()), ">u8").reshape(-1, 2)[:, 1].astype(np.int64)
        return self._ids.take(pa.array(self._by_id[ranks]))

    def __repr__(self) -> str:
        near = int(pc.sum(pc.equal(self.duplicates.decisions["code"], "CC402")).as_py() or 0)
        gone = len(self.duplicates.dropped)
        return (
            f"DedupResult: {self.table.num_rows - gone:,} of {self.table.num_rows:,} documents kept; "
            f"dropped {gone - near:,} exact, {near:,} near (Jaccard >= {self.options.threshold:g})"
        )

    def _repr_html_(self) -> str:
        rows = "".join(
            f"<tr><td>{_show(pair['doc_id'])}</td><td>{_show(pair['other_id'])}</td><td>{pair['similarity']:.3f}</td></tr>"
            for pair in self.pairs.slice(0, _SHOWN_PAIRS).to_pylist()
        )
        head = "<tr><th>dropped</th><th>stands for it</th><th>similarity</th></tr>"
        table = f"<table><caption>least similar pairs</caption>{head}{rows}</table>" if rows else ""
        return f"<p>{escape(repr(self))}</p>{table}"


def _show(value: object) -> str:
    return escape(value.hex() if isinstance(value, bytes) else str(value))


def near_duplicates(
    table: pa.Table | pl.DataFrame,
    *,
    threshold: float = 0.7,
    shingle: int = 5,
    min_shingles: int = 10,
    permutations: int = 256,
    seed: int = 1,
    keep: Literal["best", "none"] = "best",
    keep_policy: Sequence[str] = KEEP_POLICY,
) -> DedupResult:
    """Exact and near-duplicates of a table of documents.

    Args:
        table: column `content`; used where present: `doc_id` (any sortable type; the row number otherwise), `path`,
            `repo_name`, and what the policy looks at: `license_type`, `star_events_count`, `revision_date`, and measures, in a
            struct `measures` or as columns of their own. Other columns are carried along.
        threshold: least Jaccard similarity of a near-duplicate.
        shingle: tokens per shingle.
        min_shingles: documents with fewer are compared for equality only.
        permutations: of the MinHash signature; bands and rows follow from the threshold.
        seed: of the permutations.
        keep: the best document of a cluster, or none of it.
        keep_policy: what makes a document the better one; ties go to the smaller `doc_id`.

    Raises:
        UsageError: there is no usable `content`, or an id is missing.
        ConfigError: a setting is out of range.
    """
    try:
        options = DedupOptions(
            threshold=threshold,
            shingle=shingle,
            min_shingles=min_shingles,
            permutations=permutations,
            seed=seed,
            keep=keep,
            keep_policy=tuple(keep_policy),
        )
    except ValidationError as error:
        raise ConfigError(
            [
                f"{'.'.join(map(str, mistake['loc'])) or 'dedup'}: {mistake['msg']}"
                for mistake in error.errors()
            ]
        ) from None
    return deduplicate(table, options)


def deduplicate(table: pa.Table | pl.DataFrame, options: DedupOptions) -> DedupResult:
    """As `near_duplicates`, with every option of `[dedup]`; what `codecorpus dedup` calls.

    Raises:
        UsageError: there is no usable `content`, or an id is missing.
    """
    arrow = table if isinstance(table, pa.Table) else table.to_arrow()
    ids, by_id = _ids_of(arrow)
    documents = _documents(arrow, by_id, policy_measures(options.keep_policy))
    candidates = find_candidates([sketch(documents, options)], options)
    sets = shingle_sets(documents["content"].take(pa.array(candidates.rows)), options)
    return DedupResult(arrow, options, resolve(candidates, sets, options), ids, by_id, candidates, sets)


def _ids_of(table: pa.Table) -> tuple[pa.ChunkedArray | pa.Array, Ints]:
    """The ids, and the rows in the order of the ids."""
    if "doc_id" not in table.column_names:
        rows = np.arange(table.num_rows)
        return pa.array(rows), rows
    ids = table["doc_id"]
    if ids.null_count:
        raise UsageError(f"{ids.null_count} rows have no doc_id", "Fill them in, or leave the column out.")
    return ids, pc.sort_indices(ids).to_numpy().astype(np.int64)


def _documents(table: pa.Table, by_id: Ints, measures: Sequence[str]) -> pa.Table:
    """The columns that a sketch reads; ids become ranks, which keep their order in 16 bytes."""
    if "content" not in table.column_names:
        raise UsageError(
            f"no column `content`, only {', '.join(table.column_names) or 'none'}", "Rename the text column."
        )
    content = _text(table["content"])
    ranks = np.zeros((table.num_rows, 2), ">u8")
    ranks[by_id, 1] = np.arange(table.num_rows)
    given = {name: table[name] for name in table.column_names}
    nulls = pa.nulls(table.num_rows, pa.string())
    return pa.table(
        {
            "doc_id": fixed_binary(ranks.tobytes()),
            "repo_name": pc.fill_null(given.get("repo_name", nulls), ""),
            "path": pc.fill_null(given.get("path", nulls), ""),
            "content": content,
            "license_type": given.get("license_type", nulls),
            "star_events_count": given.get("star_events_count", nulls.cast(pa.int64())),
            "length_bytes": pc.fill_null(pc.binary_length(content), 0),
            **{name: given[name] for name in ("revision_date", "measures", *measures) if name in given},
        }
    )


def _text(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """The content column with 64-bit offsets; bytes stay bytes, which the lexer reads as well."""
    kind = column.type
    if pa.types.is_binary(kind) or pa.types.is_large_binary(kind):
        return column.cast(pa.large_binary())
    if any(
        test(kind)
        for test in (pa.types.is_string, pa.types.is_large_string, pa.types.is_string_view, pa.types.is_null)
    ):
        return column.cast(pa.large_string())
    raise UsageError(f"column `content` is {kind}, not text", "Name the text column `content`.")

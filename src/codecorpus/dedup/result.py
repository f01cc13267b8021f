"""Near-duplicates of one table, for notebooks: a polars or Arrow table in, a small frozen result out."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal, TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pydantic import ValidationError

from codecorpus.buffers import pick_texts
from codecorpus.dedup import columns
from codecorpus.dedup.candidates import Candidates, find_candidates
from codecorpus.dedup.code import structural_sets
from codecorpus.dedup.earlier import open_runs, part_files, part_names
from codecorpus.dedup.index import index_sets
from codecorpus.dedup.keep import policy_measures
from codecorpus.dedup.leaders import Duplicates, Pairs, compare, elect
from codecorpus.dedup.minhash import fixed_binary, sketch
from codecorpus.dedup.options import KEEP_POLICY, DedupOptions
from codecorpus.dedup.repository_level import add_copies
from codecorpus.dedup.result_view import pairs_html, similarity_chart
from codecorpus.dedup.sets import Ints, join_sets
from codecorpus.dedup.shingle import shingle_sets
from codecorpus.document import LEVELS
from codecorpus.errors import ConfigError, UsageError
from codecorpus.fragments import paragraph
from codecorpus.parse.grammars import language_of_path

if TYPE_CHECKING:
    import polars as pl

    from codecorpus.charts import Chart

#: Folders of runs, or one of them.
Runs: TypeAlias = "Sequence[str | os.PathLike[str]] | str | os.PathLike[str]"

_SHOWN_PAIRS = 5
# Front half of the ids inside, of which the back half is a rank. An earlier run's ids may be small numbers of somebody's; not these.
_RANKED = int.from_bytes(b"\xffranks\xff\xff", "big")


@dataclass(frozen=True, slots=True, repr=False)
class DedupResult:
    """What stays, what goes, and why.

    Attributes:
        table: the documents as given; text in views is large text.
        options: the settings in force.
        duplicates: the verdicts, by row.
    """

    table: pa.Table
    options: DedupOptions
    duplicates: Duplicates
    _ids: pa.ChunkedArray | pa.Array
    _by_id: Ints
    _candidates: Candidates
    _pairs: Pairs
    _earlier: tuple[str, ...]

    @property
    def kept(self) -> pa.Table:
        """The rows of the table that stay, in their order."""
        stays = np.ones(self.table.num_rows, np.bool_)
        stays[self.duplicates.dropped] = False
        return self.table.filter(pa.array(stays))

    @property
    def dropped(self) -> pa.Table:
        """The rows of the table that go, in their order."""
        goes = np.zeros(self.table.num_rows, np.bool_)
        goes[self.duplicates.dropped] = True
        return self.table.filter(pa.array(goes))

    @property
    def clusters(self) -> pa.Table:
        """One row per document that has a duplicate: `doc_id`, `cluster_id`, `is_representative`, `similarity`, `kind`."""
        return self._restored(self.duplicates.clusters)

    @property
    def decisions(self) -> pa.Table:
        """Why each dropped document goes, in their order, then what is flagged; with the columns of `document.DECISIONS`."""
        return self._restored(self.duplicates.decisions)

    @property
    def pairs(self) -> pa.Table:
        """The pairs that were compared, down to the floor, the least similar first: `doc_id`, `other_id`, `similarity`, `kind`.

        `doc_id` comes after `other_id` in the keep-policy. Every candidate pair of a document and one that is kept is there; of two that
        are dropped, some.
        """
        pairs = self.duplicates.pairs
        order = np.argsort(pairs["similarity"].to_numpy(), kind="stable")
        return self._restored(pairs.take(pa.array(order)))

    @property
    def repositories(self) -> pa.Table:
        """Forks and vendored copies, where the table has a `repo_name`; with the columns of `document.REPOSITORIES`."""
        return self.duplicates.repositories

    def nearest(self, n: int = 20) -> pa.Table:
        """The pairs nearest the threshold, on both sides of it: what to look at when judging it. As `pairs`, near ones only."""
        pairs = self.pairs.filter(pc.equal(self.pairs["kind"], "near"))
        distance = np.abs(pairs["similarity"].to_numpy() - self.options.threshold)
        return pairs.take(pa.array(np.sort(np.argsort(distance, kind="stable")[:n])))

    def at(self, threshold: float) -> DedupResult:
        """The result at another threshold, looked up in the pairs: milliseconds.

        What is dropped is right at every threshold. Above the one that was searched for, hardly anything is missed; below it, down to
        the floor, bands were not made to find all pairs: more might be dropped.

        Raises:
            UsageError: the threshold is below the floor.
        """
        if not self.options.lowest <= threshold <= 1.0:
            raise UsageError(
                f"threshold {threshold} is not between {self.options.lowest:g} and 1",
                "Pairs below that were not noted: call near_duplicates again, with a lower floor.",
            )
        bands, rows = self.options.banding
        values = {"threshold": threshold, "bands": bands, "rows": rows, "floor": self.options.lowest}
        options = self.options.model_copy(update=values)
        found = elect(self._candidates, self._pairs, options, earlier_names=self._earlier)
        return replace(self, options=options, duplicates=add_copies(self._candidates, found, options))

    def to_polars(self) -> pl.DataFrame:
        """The rows that stay, as a polars DataFrame."""
        import polars as pl

        frame = pl.from_arrow(self.kept)
        assert isinstance(frame, pl.DataFrame)
        return frame

    def _restored(self, table: pa.Table) -> pa.Table:
        """The table with the caller's ids in place of internal ones."""
        for name in ("doc_id", "other_id", "cluster_id"):
            if name in table.column_names:
                index = table.schema.get_field_index(name)
                table = table.set_column(index, name, self._ids_for(table[name]))
        return table

    def _ids_for(self, internal: pa.ChunkedArray) -> pa.Array | pa.ChunkedArray:
        """The caller's ids for ranks, and for ids of an earlier run these; null where the caller's are of another type.

        No other document is named (CC405): null as well.
        """
        named = internal.is_valid().to_numpy()
        halves = np.frombuffer(b"".join(pc.fill_null(internal, bytes(16)).to_pylist()), ">u8").reshape(-1, 2)
        is_rank = (halves[:, 0] == _RANKED) & (halves[:, 1] < len(self._by_id))
        ranks = np.where(is_rank, halves[:, 1], 0).astype(np.int64)
        rows = pa.array(self._by_id[ranks] if len(self._by_id) else ranks, mask=~is_rank)
        found = self._ids.take(rows)
        if (is_rank | ~named).all() or found.type not in (internal.type, pa.binary(), pa.large_binary()):
            return found
        return pc.if_else(pa.array(is_rank), found, internal.cast(found.type))

    def __repr__(self) -> str:
        decisions = self.duplicates.decisions
        dropped = decisions.filter(pc.equal(decisions["verdict"], "dropped"))
        counts = {row["values"]: row["counts"] for row in pc.value_counts(dropped["code"]).to_pylist()}
        levels = ", ".join(
            f"{counts.get(code, 0):,} {kind}"
            for kind, code in LEVELS.items()
            if counts.get(code) or kind in ("exact", "near")
        )
        flagged = len(decisions.filter(pc.equal(decisions["verdict"], "flagged"))["doc_id"].unique())
        return (
            f"DedupResult: {self.table.num_rows - dropped.num_rows:,} of {self.table.num_rows:,} documents kept; "
            f"dropped {levels} (Jaccard >= {self.options.threshold:g})"
            + (f"; flagged {flagged:,}" if flagged else "")
        )

    def plot(self) -> Chart:
        """A histogram of the similarities that were noted, with the threshold: whether it lies in a valley; a chart of altair.

        Raises:
            ExtraMissingError: altair is not installed.
        """
        return similarity_chart(self.pairs, self.options)

    def _repr_html_(self) -> str:
        return paragraph(repr(self)) + pairs_html(self.nearest(_SHOWN_PAIRS), self.table, self._ids)


def near_duplicates(
    table: pa.Table | pl.DataFrame,
    *,
    threshold: float = 0.7,
    shingle: int = 5,
    min_shingles: int = 10,
    permutations: int = 256,
    seed: int = 1,
    structural: Literal["flag", "drop", "off"] = "flag",
    floor: float | None = None,
    keep: Literal["best", "none"] = "best",
    keep_policy: Sequence[str] = KEEP_POLICY,
    against: Runs = (),
) -> DedupResult:
    """Exact and near-duplicates of a table of documents.

    Args:
        table: column `content`; used where present: `doc_id` (any sortable type; the row number otherwise), `language` (Linguist's
            names; by the extension of `path` otherwise), `path`, `repo_name`, and what the policy looks at: `license_type`,
            `star_events_count`, `revision_date`, and measures, in a struct `measures` or as columns of their own. Other columns are
            carried along.
        threshold: least Jaccard similarity of a near-duplicate.
        shingle: tokens per shingle.
        min_shingles: documents with fewer are compared for equality only.
        permutations: of the MinHash signature; bands and rows follow from the threshold.
        seed: of the permutations.
        structural: what becomes of the same code under other names, with other literals, comments and layout.
        floor: pairs down to this similarity are noted, for `at` and `nearest`; 0.1 below the threshold by default.
        keep: the best document of a cluster, or none of it.
        keep_policy: what makes a document the better one; ties go to the smaller `doc_id`.

        against: folders of earlier runs of `codecorpus build` or `codecorpus dedup`: what their indexes hold is dropped. `other_id` is
            then the id there, null where the ids given are no binary ones, and `detail` names the run.

    Raises:
        UsageError: there is no usable `content`, an id is missing, or a column holds something else than its name says.
        ConfigError: a setting is out of range.
        DataError: an earlier run has no index, a damaged one, or one that was made with other settings.
        RunError: a folder is not a run, or not a finished one.
    """
    try:
        options = DedupOptions(
            threshold=threshold,
            shingle=shingle,
            min_shingles=min_shingles,
            permutations=permutations,
            seed=seed,
            structural=structural,
            floor=floor,
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
    return deduplicate(table, options, against=against)


def deduplicate(table: pa.Table | pl.DataFrame, options: DedupOptions, *, against: Runs = ()) -> DedupResult:
    """As `near_duplicates`, with every option of `[dedup]`.

    Raises:
        UsageError: there is no usable `content`, an id is missing, or a column holds something else than its name says.
    """
    arrow = _arrow_of(table)
    ids, by_id = _ids_of(arrow)
    documents = _documents(arrow, by_id, policy_measures(options.keep_policy))
    runs = open_runs(against, options)
    parts = part_files(runs)
    candidates = find_candidates([sketch(documents, options)], options, earlier=parts)
    near, structural = candidates.rows_of(len(parts)), candidates.structural_rows_of(len(parts))
    contents, languages = documents["content"], documents["language"]
    earlier = (
        sets for shard, part in enumerate(parts) for sets in index_sets(part, candidates.rows_of(shard))
    )
    own = shingle_sets(pick_texts(contents, near), options, languages.take(pa.array(near)))
    alike = structural_sets(pick_texts(contents, structural), languages.take(pa.array(structural)))
    pairs = compare(candidates, join_sets([*earlier, own]), options, structural=alike)
    names = tuple(part_names(runs))
    found = add_copies(candidates, elect(candidates, pairs, options, earlier_names=names), options)
    return DedupResult(arrow, options, found, ids, by_id, candidates, pairs, names)


def _arrow_of(table: pa.Table | pl.DataFrame) -> pa.Table:
    """The table as one of Arrow, with one column `content`.

    Raises:
        UsageError: it is no table, or has no such column or several.
    """
    if not isinstance(table, pa.Table) and not hasattr(table, "to_arrow"):
        kind = type(table).__name__
        raise UsageError(f"{kind} is no table", "Give a pyarrow.Table or a polars.DataFrame.")
    arrow = table if isinstance(table, pa.Table) else table.to_arrow()
    names = arrow.column_names
    if "content" not in names:
        raise UsageError(f"no column `content`, only {', '.join(names) or 'none'}", "Rename the text column.")
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise UsageError(f"several columns are called {', '.join(twice)}", "Give each a name of its own.")
    # Arrow cannot filter a column of views.
    for index, field in enumerate(arrow.schema):
        if pa.types.is_string_view(field.type) or pa.types.is_binary_view(field.type):
            arrow = arrow.set_column(index, field.name, columns.plain(arrow[field.name]))
    return arrow


def _ids_of(table: pa.Table) -> tuple[pa.ChunkedArray | pa.Array, Ints]:
    """The ids, and the rows in the order of the ids."""
    if "doc_id" not in table.column_names:
        rows = np.arange(table.num_rows)
        return pa.array(rows), rows
    ids = columns.plain(table["doc_id"])
    if ids.null_count:
        raise UsageError(f"{ids.null_count} rows have no doc_id", "Fill them in, or leave the column out.")
    try:
        return ids, pc.sort_indices(ids).to_numpy().astype(np.int64)
    except pa.ArrowException:
        raise UsageError(
            f"column `doc_id` is {ids.type}, which has no order", "Give ids that are text or numbers."
        ) from None


def _documents(table: pa.Table, by_id: Ints, measures: Sequence[str]) -> pa.Table:
    """The columns that a sketch reads; ids become ranks, which keep their order in 16 bytes."""
    rows = table.num_rows
    content = columns.contents(table["content"])
    ranks = np.zeros((rows, 2), ">u8")
    ranks[:, 0] = _RANKED
    ranks[by_id, 1] = np.arange(rows)
    given = {name: table[name] for name in table.column_names}
    return pa.table(
        {
            "doc_id": fixed_binary(ranks.tobytes()),
            "repo_name": pc.fill_null(columns.words(given, "repo_name", rows), ""),
            "path": pc.fill_null(columns.words(given, "path", rows), ""),
            "content": content,
            "language": _languages(given, rows),
            "license_type": columns.words(given, "license_type", rows),
            "star_events_count": columns.counts(given, "star_events_count", rows),
            "length_bytes": pc.fill_null(pc.binary_length(content), 0),
            **{
                name: columns.plain(given[name])
                for name in ("revision_date", "measures", *measures)
                if name in given
            },
        }
    )


def _languages(given: Mapping[str, pa.ChunkedArray], rows: int) -> pa.ChunkedArray | pa.Array:
    """The column `language` where the table has one, else what the paths say."""
    if "language" in given or "path" not in given:
        return columns.words(given, "language", rows)
    paths = columns.words(given, "path", rows).to_pylist()
    return pa.array([language_of_path(path or "") for path in paths], pa.string())

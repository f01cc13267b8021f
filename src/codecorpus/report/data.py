"""Everything that the report, the card and Croissant say about a run, as one frozen value. Run folder and manifest in, `ReportData` out.

Made from a run's files alone, so any old run can be shown again. Tables are scanned column by column; of the text, only the row
groups that hold a sampled document are read, so memory follows the number of documents and never the corpus's text.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from codecorpus.document import CLUSTERS, DECISIONS, DOCUMENTS, PAIRS, REPOSITORIES
from codecorpus.errors import RunError
from codecorpus.filters.shown import Shown, shown_texts
from codecorpus.report import clusters as cluster_rows
from codecorpus.report import groups, tables, tokens
from codecorpus.report import levels as level_rows
from codecorpus.report.funnel import StageCount, stage_counts
from codecorpus.report.hits import Hit, Redaction, contamination_hits, redactions
from codecorpus.report.measures import (
    Chart,
    MeasureChart,
    fill_chart,
    measure_charts,
    sequence_chart,
    similarity_chart,
)
from codecorpus.report.packed import PackedRow, packed_row
from codecorpus.report.readings import Readings
from codecorpus.report.rule_counts import RuleCount, SampleTables, rule_counts
from codecorpus.report.stored import stored_samples

#: Bytes of a kept document that are read: more than is stored of a dropped one, so that a few lines more do not end the diff.
_READ_BYTES = 10_000


@dataclass(frozen=True, slots=True)
class ReportData:
    """What is known of a run; see the attributes of each part.

    Attributes:
        manifest: as on disk.
        config: text of `config.toml`.
        stages: the funnel.
        languages: documents in and kept, bytes kept, by language.
        without_tree: kept documents without a syntax tree, by language.
        licence_classes: kept documents by licence class.
        licences: kept documents by SPDX id.
        repositories: by repository, the largest first, the rest in one row.
        rules: what each rule did, most documents first within a verdict.
        limits: every number of the configuration, by dotted key.
        charts: histograms of measures of kept documents, with limits.
        clusters: the largest clusters of duplicates.
        cluster_counts: kind → clusters and documents in them.
        levels: duplicates by level: exact, code, near, structural, repository.
        copies: forks and vendored copies, those with the most documents in common first.
        all_copies: how many there are in all.
        similarities: histogram of verified similarities, if there are near-duplicates.
        hits: documents that held benchmark problems, those with the most of one first.
        all_hits: how many there are in all.
        redactions: kinds of secrets and personal data that were found, never what.
        tokens: bytes per token by language, if there are sequences.
        lengths: histograms of the samples of packed rows, in tokens, and of how full the rows are, if there are sequences.
        packed: one packed row, if there is one.
    """

    manifest: Mapping[str, Any]
    config: str
    stages: tuple[StageCount, ...]
    languages: tuple[groups.Group, ...]
    without_tree: tuple[tuple[str, int], ...]
    licence_classes: tuple[groups.Group, ...]
    licences: tuple[groups.Group, ...]
    repositories: tuple[groups.Group, ...]
    rules: tuple[RuleCount, ...]
    limits: Mapping[str, float]
    charts: tuple[MeasureChart, ...]
    clusters: tuple[cluster_rows.Cluster, ...]
    cluster_counts: tuple[tuple[str, int, int], ...]
    levels: tuple[level_rows.Level, ...]
    copies: tuple[level_rows.Copy, ...]
    all_copies: int
    similarities: Chart | None
    hits: tuple[Hit, ...]
    all_hits: int
    redactions: tuple[Redaction, ...]
    tokens: tuple[tokens.LanguageTokens, ...]
    lengths: tuple[Chart, ...]
    packed: PackedRow | None

    @property
    def documents(self) -> int:
        """Kept documents."""
        return sum(int(row.get("rows") or 0) for row in self.files("documents"))

    @property
    def bytes_kept(self) -> int:
        """Bytes of text of the kept documents."""
        return sum(group.bytes_kept for group in self.licence_classes)

    def files(self, table: str) -> list[Mapping[str, Any]]:
        """The manifest's entries of one table's parts (`documents`, `sequences`, …)."""
        return [row for row in self.manifest.get("files", ()) if str(row["path"]).startswith(f"{table}/")]


def collect(run_dir: Path, manifest: Mapping[str, Any]) -> ReportData:
    """Read a run's tables into one value.

    Args:
        run_dir: the run's folder. A table without parts counts as empty: nothing kept is a result, too.
        manifest: its manifest.

    Raises:
        RunError: the folder is missing, or one of its files cannot be read.
    """
    if not run_dir.is_dir():
        raise RunError(
            f"{run_dir}: there is no such folder", "Name the folder that `codecorpus build --out` wrote."
        )
    try:
        return _collect(run_dir, manifest)
    except (OSError, pa.ArrowException, pl.exceptions.PolarsError) as error:
        what = f"{run_dir}: a file of this run cannot be read: {str(error).splitlines()[0][:300]}"
        raise RunError(
            what, "Run `codecorpus verify` on it; `codecorpus build` with the same settings writes it again."
        ) from error


def _collect(run_dir: Path, manifest: Mapping[str, Any]) -> ReportData:
    config_text = _read_text(run_dir / "config.toml")
    limits = config_limits(config_text)
    parts = tables.parts(run_dir, "documents")
    documents = tables.scan(parts, DOCUMENTS)
    decisions = tables.scan(tables.parts(run_dir, "decisions"), DECISIONS)
    clusters = tables.scan(tables.parts(run_dir, "clusters"), CLUSTERS)
    pairs = tables.scan(tables.parts(run_dir, "pairs"), PAIRS)
    repositories = tables.scan(tables.parts(run_dir, "repositories"), REPOSITORIES)
    sequences = tables.parts(run_dir, "sequences")
    stages = stage_counts(manifest)

    read = SampleTables(documents, decisions, pairs, stored_samples(run_dir))
    charts = measure_charts(documents, limits, decisions)
    rules, shown = _samples(parts, read, clusters, rule_counts(stages, read, limits, charts))
    counts = cluster_rows.cluster_counts(clusters)
    copies, all_copies = level_rows.copied_repositories(repositories)
    hits, all_hits = contamination_hits(decisions)
    packing = manifest.get("sequences") or {}
    lengths = (sequence_chart(sequences), fill_chart(sequences, packing.get("sequence_length")))
    return ReportData(
        manifest=manifest,
        config=config_text,
        stages=stages,
        languages=groups.by_language(documents, decisions, manifest.get("languages")),
        without_tree=groups.without_tree(documents),
        licence_classes=groups.by_licence_class(documents),
        licences=groups.by_licence(documents),
        repositories=groups.by_repository(documents, decisions),
        rules=rules,
        limits=limits,
        charts=charts,
        clusters=shown,
        cluster_counts=counts,
        levels=level_rows.levels(decisions, counts, manifest),
        copies=copies,
        all_copies=all_copies,
        similarities=similarity_chart(clusters, limits.get("dedup.threshold")),
        hits=hits,
        all_hits=all_hits,
        redactions=redactions(decisions),
        tokens=tokens.by_language(sequences, documents),
        lengths=tuple(chart for chart in lengths if chart is not None),
        packed=packed_row(run_dir, str(packing.get("family", "")), documents),
    )


def _samples(
    parts: list[Path], read: SampleTables, clusters: pl.LazyFrame, rules: list[RuleCount]
) -> tuple[tuple[RuleCount, ...], tuple[cluster_rows.Cluster, ...]]:
    """The rules, and the clusters to be shown, with the texts of their documents."""
    shown = cluster_rows.largest_clusters(clusters, read.documents, read.decisions, stored=read.stored)
    readings = Readings(contents(parts, _rows(rules, shown)), read.stored)
    return (
        tuple(_with_texts(rule, readings) for rule in rules),
        tuple(readings.of_cluster(cluster) for cluster in shown),
    )


def _rows(rules: Iterable[RuleCount], clusters: Iterable[cluster_rows.Cluster]) -> set[int]:
    """Rows of the documents whose text is shown, or compared with one that is."""
    rows: set[int] = set()
    for rule in rules:
        rows.update(row for kept in rule.kept for row in (kept.row, kept.other_row))
        rows.update(row for verdict in rule.dropped for row in (verdict.row, verdict.other_row))
    return (rows | {cluster.row for cluster in clusters}) - {-1}


def config_limits(text: str) -> dict[str, float]:
    r"""Every numeric setting of a TOML text by its dotted key; text that is not TOML has none.

    >>> config_limits("seed = 1\n[filter]\nmax_bytes = 9\ndrop_generated = true")
    {'seed': 1.0, 'filter.max_bytes': 9.0}
    """
    try:
        values = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return {}
    return dict(_numbers(values, ""))


def _numbers(values: Mapping[str, Any], prefix: str) -> Iterable[tuple[str, float]]:
    for key, value in values.items():
        if isinstance(value, Mapping):
            yield from _numbers(value, f"{prefix}{key}.")
        elif isinstance(value, int | float) and not isinstance(value, bool):
            yield f"{prefix}{key}", float(value)


def contents(parts: list[Path], rows: set[int]) -> dict[int, Shown]:
    """Beginnings of documents by global row number, without secrets; only row groups that hold one of `rows` are read.

    Args:
        parts: the documents table's files, in order.
        rows: row numbers over all parts.
    """
    found: dict[int, Shown] = {}
    start = 0
    for part in parts:
        with pq.ParquetFile(part) as file:
            for group in range(file.metadata.num_row_groups):
                end = start + file.metadata.row_group(group).num_rows
                wanted = sorted(row for row in rows if start <= row < end)
                if wanted:
                    table = file.read_row_group(group, columns=["content", "language"])
                    table = table.take([row - start for row in wanted])
                    texts = [text or "" for text in table["content"].to_pylist()]
                    shown = shown_texts(texts, table["language"].to_pylist(), _READ_BYTES)
                    found |= dict(zip(wanted, shown, strict=True))
                start = end
    return found


def _with_texts(rule: RuleCount, readings: Readings) -> RuleCount:
    kept = tuple(readings.of_kept(sample) for sample in rule.kept)
    return replace(rule, kept=kept, dropped=tuple(readings.of_verdict(row) for row in rule.dropped))


def _read_text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except FileNotFoundError:
        return ""

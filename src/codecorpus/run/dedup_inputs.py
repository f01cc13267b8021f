"""Deduplication alone, of any input, in bounded memory: the stages of a run from sketch to documents, on pieces of the input.

What comes in: parts of sources, and Parquet files of documents. What goes out: `documents/`, `decisions/`, `clusters/` and `index/` in a
folder, and an account of them. Text is read three times (sketch, the candidates' shingle sets, what is kept) and never held; sources
are read once, into Parquet. The same bytes for any order of the inputs and any number of workers.
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import accumulate
from pathlib import Path
from typing import Any

import pyarrow.compute as pc

from codecorpus.config import Config, fingerprint
from codecorpus.dedup.earlier import EarlierRun
from codecorpus.document import DOCUMENTS, SOURCE_DOCUMENTS
from codecorpus.errors import DataError
from codecorpus.run.alarms import find_alarms
from codecorpus.run.executor import make_executor
from codecorpus.run.input_tasks import Piece, all_whole, cut_file, in_order
from codecorpus.run.manifest import publish_tables
from codecorpus.run.progress import Progress
from codecorpus.run.runner import Call, Run
from codecorpus.run.tables import read_table, sum_counts
from codecorpus.run.unit import Done
from codecorpus.sources import Part, group_parts


@dataclass(frozen=True, slots=True)
class DedupSummary:
    """What deduplication of an input did.

    Attributes:
        documents_in: documents read, and `bytes_in` their text.
        documents_kept: documents kept, and `bytes_kept` their text.
        left_out: code → entries of sources that are no documents.
        dropped: code → documents dropped.
        flagged: code → documents flagged.
        clusters: clusters of duplicates.
        alarms: what a person should look at, as in the manifest of a run.
    """

    documents_in: int
    bytes_in: int
    documents_kept: int
    bytes_kept: int
    left_out: dict[str, int]
    dropped: dict[str, int]
    flagged: dict[str, int]
    clusters: int
    alarms: list[dict[str, Any]]

    def as_json(self) -> dict[str, Any]:
        """All of it as plain JSON values."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class _Stages:
    sources: list[str]
    read: list[Done]
    sketch: list[Done]
    dedup: Done
    documents: list[Done]


def deduplicate_inputs(
    out: Path,
    parts: Sequence[Part],
    files: Sequence[Path],
    config: Config,
    *,
    earlier: Sequence[EarlierRun] = (),
    workers: int = 1,
    progress: Progress,
) -> DedupSummary:
    """Deduplicate sources and files of documents.

    Args:
        out: an empty folder; intermediate results are in `work` there until it is done.
        parts: of sources, as `plan_sources` has them.
        files: Parquet files of documents, in any order.
        config: `[source]`, `[dedup]` and `[alarms]` count.
        earlier: runs whose documents come before all of these, and stay.
        workers: processes.
        progress: told about the stages.

    Raises:
        DataError: there is no document, or a file is damaged.
    """
    work = out / "work"
    work.mkdir()
    size = sum(part.size for part in parts) + sum(file.stat().st_size for file in files)
    executor = make_executor("in-process" if workers == 1 else None, workers, size)
    try:
        stages = _stages(Run(work, executor, progress), parts, files, config, earlier)
    finally:
        executor.close()
    _publish(out, stages, config)
    summary = _summary(out, stages, config)
    shutil.rmtree(work)
    return summary


def _stages(
    run: Run, parts: Sequence[Part], files: Sequence[Path], config: Config, earlier: Sequence[EarlierRun]
) -> _Stages:
    options, key = config.dedup, fingerprint(config.dedup)
    read, pieces, sources = _read(run, parts, files, config)
    sizes = [piece.size for piece in pieces]
    sketch = run.each(
        "sketch",
        "input_tasks:sketch",
        [Call((piece, options), (key, place), piece.size) for place, piece in enumerate(pieces)],
    )
    if not any(unit.counters["documents"] for unit in sketch):
        raise DataError(
            f"no document in the input{left_out(_left_out(read))}",
            "`codecorpus rule CODE` says what a code means.",
        )
    folders, digests = [unit.folder for unit in sketch], tuple(unit.digest for unit in sketch)
    candidates = run.one(
        "candidates", "dedup_tasks:candidates", Call((folders, options, earlier), (key, *digests))
    )
    shingles = run.each(
        "shingles",
        "input_tasks:shingles",
        [
            Call((candidates.folder, place, piece, options), (key, place), piece.size)
            for place, piece in enumerate(pieces)
        ],
    )
    dedup = run.one(
        "dedup",
        "dedup_tasks:dedup",
        Call((candidates.folder, folders, [unit.folder for unit in shingles], options, earlier), (key,)),
    )
    schema = DOCUMENTS if all_whole(pieces) else SOURCE_DOCUMENTS
    first_rows = accumulate((unit.counters["documents"] for unit in sketch), initial=0)
    documents = run.each(
        "documents",
        "input_tasks:documents",
        [
            Call((piece, folder, dedup.folder, row, schema, options), (key, row, place), size)
            for place, (piece, folder, row, size) in enumerate(
                zip(pieces, folders, first_rows, sizes, strict=False)
            )
        ],
    )
    return _Stages(sources, read, sketch, dedup, documents)


def _read(
    run: Run, parts: Sequence[Part], files: Sequence[Path], config: Config
) -> tuple[list[Done], list[Piece], list[str]]:
    """Sources read into Parquet with what they say about licences, the pieces of everything, sources first, and what each is a piece of.

    Files are taken by their content: where one lies must not decide on the order of rows.
    """
    read: list[Done] = []
    pieces: list[Piece] = []
    sources: list[str] = []
    if parts:
        shards = group_parts(parts)
        read = run.each(
            "read",
            "document_tasks:read",
            [Call((shard, config.source), (place,), shard.size) for place, shard in enumerate(shards)],
        )
        folders = [unit.folder for unit in read]
        licences = run.one("licences", "document_tasks:licences", Call((folders,), ()))
        pieces = [
            Piece(unit.folder / "documents.parquet", shard.size, licences=licences.folder)
            for unit, shard in zip(read, shards, strict=True)
        ]
        sources = [", ".join(name for name, _ in shard.sources) for shard in shards]
    for file in in_order(files):
        pieces += cut_file(file)
        sources += [file.name] * (len(pieces) - len(sources))
    return read, pieces, sources


def left_out(counts: Mapping[str, int]) -> str:
    """What could not be read, by rule; nothing where there is nothing to say.

    >>> left_out({"CC004": 2})
    '; left out 2 (CC004 2)'
    """
    codes = ", ".join(f"{code} {count:,}" for code, count in counts.items())
    return f"; left out {sum(counts.values()):,} ({codes})" if codes else ""


def _left_out(read: Sequence[Done]) -> dict[str, int]:
    return sum_counts(unit.counters["dropped"] for unit in read)


def _publish(out: Path, stages: _Stages, config: Config) -> None:
    dedup, documents = stages.dedup, stages.documents
    tables = {
        "documents": [(unit.folder / "documents.parquet", unit) for unit in documents],
        "decisions": [(unit.folder / "decisions.parquet", unit) for unit in [*stages.read, dedup]],
        **{
            name: [(dedup.folder / f"{name}.parquet", dedup)]
            for name in ("clusters", "pairs", "repositories")
            if f"{name}.parquet" in dedup.files
        },
    }
    if config.dedup.index:
        tables["index"] = [(unit.folder / "index.parquet", unit) for unit in documents]
    publish_tables(out, tables)


def _sources(stages: _Stages) -> list[dict[str, Any]]:
    """Documents before and after by source; small sources that are read together are one."""
    before, after = (
        sum_counts(
            {name: unit.counters["documents"]} for name, unit in zip(stages.sources, units, strict=True)
        )
        for units in (stages.sketch, stages.documents)
    )
    return [
        {
            "name": name,
            **dict.fromkeys(("documents_in", "documents_filtered"), count),
            **dict.fromkeys(("documents_unique", "documents_kept"), after.get(name, 0)),
        }
        for name, count in before.items()
    ]


def _summary(out: Path, stages: _Stages, config: Config) -> DedupSummary:
    before = sum_counts(unit.counters["languages"] for unit in stages.sketch)
    after = sum_counts(unit.counters["languages"] for unit in stages.documents)
    languages = {
        name: {
            **dict.fromkeys(("documents_in", "documents_filtered"), count),
            **dict.fromkeys(("documents_unique", "documents_kept"), after.get(name, 0)),
        }
        for name, count in before.items()
    }
    manifest = {"sources": _sources(stages), "languages": languages}
    clusters = read_table(stages.dedup.folder / "clusters.parquet", ["cluster_id"])["cluster_id"]
    counters = stages.dedup.counters
    return DedupSummary(
        documents_in=sum(before.values()),
        bytes_in=sum(unit.counters["bytes"] for unit in stages.sketch),
        documents_kept=sum(after.values()),
        bytes_kept=sum(unit.counters["bytes"] for unit in stages.documents),
        left_out=_left_out(stages.read),
        dropped=dict(counters["dropped"]),
        flagged=dict(counters.get("flagged", {})),
        clusters=pc.count_distinct(clusters).as_py(),
        # Nothing is lost before deduplication, so that a loss is one of duplicates and need not be told twice.
        alarms=[
            alarm
            for alarm in find_alarms(out, manifest, config.alarms, threshold=config.dedup.threshold)
            if alarm["kind"] != "loss"
        ],
    )

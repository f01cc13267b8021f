"""What a run would take: a sample of its files is built for real, in a temporary folder, and what that took is scaled to all of them.

What comes in: the sources, the configuration, the run's folder if there is one. What goes out: an `Estimate`. Nothing is written where
the run would be. What is drawn is in `plan_sample`; the same input gives the same sample.

Most stages scale like bytes. Training and the pages do not (`_GROWTH`), and the tokenizer's files stay as large as they are. Duplicates
of files that were not sampled are not found, so that fewer documents will be kept.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from codecorpus.config import Config
from codecorpus.fragments import facts, table
from codecorpus.run.executor import Executor, InProcess
from codecorpus.run.pipeline import publish, run_stages, stages_in, without_demands
from codecorpus.run.plan_sample import draw_parts
from codecorpus.run.progress import Progress, Silent
from codecorpus.run.runner import Run, Stopped
from codecorpus.run.unit import Outcome, Unit
from codecorpus.run.warm import warm as warm_up
from codecorpus.sources import Part, group_parts, plan_sources, resolve_opt_outs
from codecorpus.sources.part import shard_bytes

#: Bytes of a sample, at least, where there is so much.
SAMPLE_BYTES = 24_000_000

#: Stages of one unit, which more workers do not make faster.
CORPUS_STAGES = frozenset(
    {
        "licences",
        "candidates",
        "dedup",
        "weigh",
        "train",
        "mix",
        "choose",
        "samples",
        "publish",
    }
)

#: Stages that take less than in proportion to the bytes: the power of the scale that they take. 17 times the bytes took 4.5 times the
#: time of training.
_GROWTH = {"train": 0.55, "publish": 0.35}
#: Bytes of the sample that are built before the sample.
_FIRST_BYTES = 2_000_000
#: What starts once for all: imports and kernels of this process, and of each worker.
_START_CPU, _START_SECONDS = 1.5, 2.0

#: By how much the peak grows with each document: 1.86 kB from 65,000 to 1.4 million, pages of mapped files included (docs/scaling.md).
BYTES_PER_DOCUMENT = 1_860
#: What a worker holds of each byte of a shard at once: the ids of its text, and their copy.
_BYTES_PER_SHARD_BYTE = 2


@dataclass(frozen=True, slots=True)
class StageEstimate:
    """One stage of the whole run.

    Attributes:
        stage: its name.
        cpu_seconds: CPU of all its units.
        seconds: wall time with the workers that were asked for.
        peak_bytes: memory of one worker at its peak, as sampled.
        work_bytes: what it leaves in `work/`.
        work_files: in so many files.
    """

    stage: str
    cpu_seconds: float
    seconds: float
    peak_bytes: int
    work_bytes: int = 0
    work_files: int = 0


@dataclass(frozen=True, slots=True)
class Estimate:
    """What a run would take and give.

    Attributes:
        input_bytes: bytes of the sources.
        sampled_bytes: bytes of the shards that were built.
        shards: shards of the sources.
        sampled_shards: of these were built.
        documents_in: documents that would be read.
        documents_kept: documents that would be kept; fewer, for duplicates of shards not sampled are not seen.
        tokens: tokens of the kept documents.
        rows: packed rows.
        workers: processes.
        memory_bytes: peak of all processes: that of a worker for each, and what is held of each document.
        work_bytes: size of `work/`, which may be deleted afterwards.
        output_bytes: size of what is published.
        stages: by stage, in order.
        done: stage → (bytes done, bytes in all) of a run that was begun in this folder, up to the first stage that has something to do.
    """

    input_bytes: int
    sampled_bytes: int
    shards: int
    sampled_shards: int
    documents_in: int
    documents_kept: int
    tokens: int
    rows: int
    workers: int
    memory_bytes: int
    work_bytes: int
    output_bytes: int
    stages: tuple[StageEstimate, ...]
    done: Mapping[str, tuple[int, int]]

    @property
    def cpu_seconds(self) -> float:
        """CPU of all stages."""
        return sum(stage.cpu_seconds for stage in self.stages)

    @property
    def work_files(self) -> int:
        """Files in `work/`."""
        return sum(stage.work_files for stage in self.stages)

    @property
    def seconds(self) -> float:
        """Wall time of all stages."""
        return sum(stage.seconds for stage in self.stages)

    def to_dict(self) -> dict[str, Any]:
        """Plain values, as `--json` prints them."""
        sums = {name: getattr(self, name) for name in ("cpu_seconds", "seconds", "work_files")}
        return {**asdict(self), **sums}

    def _repr_html_(self) -> str:
        mega = 1e6
        known = [
            (
                "input",
                f"{self.input_bytes / mega:,.1f} MB, of which {self.sampled_bytes / mega:,.1f} MB were built",
            ),
            ("documents", f"{self.documents_kept:,} of {self.documents_in:,} kept"),
            ("tokens", self.tokens),
            ("packed rows", self.rows),
            ("time", f"{self.seconds:,.0f} s with {self.workers:,} processes"),
            ("memory", f"{self.memory_bytes / mega:,.0f} MB"),
            (
                "disk",
                f"{self.output_bytes / mega:,.1f} MB, and {self.work_bytes / mega:,.1f} MB in {self.work_files:,} files for work/",
            ),
        ]
        rows = [
            (one.stage, one.cpu_seconds, one.seconds, one.peak_bytes / mega, one.work_bytes / mega)
            for one in self.stages
        ]
        head = ["stage", "CPU seconds", "seconds", "MB of a worker", "MB in work/"]
        return f"<div>{facts(known, caption='Estimate')}{table(head, rows, caption='by stage')}</div>"


def estimate_run(
    sources: Sequence[str | os.PathLike[str]],
    out: Path,
    config: Config,
    *,
    workers: int,
    sample_bytes: int = SAMPLE_BYTES,
    progress: Progress | None = None,
    render: Callable[[Path, Mapping[str, Any]], Mapping[str, str]] | None = None,
) -> Estimate:
    """Build a sample and scale it; see the module.

    Args:
        sources: as for `run_build`.
        out: where the run is or would be; it is read, and need not exist.
        config: what to do.
        workers: processes of the run.
        sample_bytes: bytes of the sample, at least, where there is so much.
        progress: told about the stages of the sample.
        render: as for `run_build`, to know what the pages take; None: they are left out.

    Raises:
        CodecorpusError: as `run_build`.
    """
    started = time.process_time(), time.monotonic()
    config = config.model_copy(update={"source": resolve_opt_outs(config.source)})
    parts = plan_sources(sources, config.source, exclude=[out])
    shards = group_parts(parts)
    planning = time.process_time() - started[0], time.monotonic() - started[1]
    drawn = draw_parts(parts, sample_bytes)
    total, sampled = (sum(part.size for part in some) for some in (parts, drawn))
    with TemporaryDirectory(prefix="codecorpus-plan-") as folder:
        manifest, work = _build(drawn, Path(folder), config, progress, render)
        timings = _timings(work / "timings.jsonl")
        left = {stage: _left(work / stage) for stage in timings}
        published = _bytes_of(Path(folder) / "out", "tokenizer")
    scale = total / sampled if sampled else 1.0
    units = len(shards) / max(1, len(group_parts(drawn)))
    at_once = max(1, min(workers, len(shards)))
    # A sample that is everything ran in one process, and nothing is to be scaled.
    stages = (
        _start(planning, workers),
        *(
            _with_files(_scaled(stage, rows, scale, at_once, config), left[stage], scale, units)
            for stage, rows in timings.items()
        ),
    )
    documents = round(manifest["stages"][0]["documents_in"] * scale)
    # The sample's shards are small ones.
    larger = shard_bytes(total) - shard_bytes(sampled)
    worker = max((stage.peak_bytes for stage in stages), default=0) + _BYTES_PER_SHARD_BYTE * larger
    return Estimate(
        input_bytes=total,
        sampled_bytes=sampled,
        shards=len(shards),
        sampled_shards=len(group_parts(drawn)),
        documents_in=documents,
        documents_kept=round(manifest["stages"][-1]["documents_kept"] * scale),
        tokens=round(_of(manifest, "tokenizer", "tokens") * scale),
        rows=round(_of(manifest, "sequences", "rows") * scale),
        workers=workers,
        memory_bytes=at_once * worker + documents * BYTES_PER_DOCUMENT,
        work_bytes=sum(stage.work_bytes for stage in stages),
        output_bytes=round(published[0] * scale) + published[1],
        stages=stages,
        done=_done(parts, out, config),
    )


def _build(
    parts: Sequence[Part],
    folder: Path,
    config: Config,
    progress: Progress | None,
    render: Callable[[Path, Mapping[str, Any]], Mapping[str, str]] | None,
) -> tuple[dict[str, Any], Path]:
    """The sample, built and published.

    Two small runs before it are not counted: one that compiles kernels, and one on files of the input, for what a process does once
    for each language, charset or licence would be counted for every megabyte otherwise (of `read` it was half).
    """
    warm = folder / "warm"
    warm.mkdir()
    warm_up(warm, without_demands(config), stages_in)
    first = Run(folder / "first", InProcess(), Silent())
    first.work.mkdir()
    run_stages(first, without_demands(config), draw_parts(parts, _FIRST_BYTES))
    run = Run(folder / "work", InProcess(), progress or Silent())
    run.work.mkdir()
    (folder / "out").mkdir()
    stages = run_stages(run, config, parts)
    cpu, wall = time.process_time(), time.monotonic()
    manifest = publish(folder / "out", config, parts, run, stages, render or (lambda _folder, _manifest: {}))
    row = {
        "stage": "publish",
        "cpu_seconds": time.process_time() - cpu,
        "seconds": time.monotonic() - wall,
        "peak_bytes": 0,
    }
    with (run.work / "timings.jsonl").open("a", encoding="utf-8") as file:
        file.write(json.dumps(row) + "\n")
    return manifest, run.work


def _start(planning: tuple[float, float], workers: int) -> StageEstimate:
    """Before the first stage: imports, listing the sources, the workers."""
    cpu = planning[0] + _START_CPU * (1 + workers)
    return StageEstimate("start", cpu, planning[1] + _START_SECONDS, 0)


def _timings(path: Path) -> dict[str, list[dict[str, Any]]]:
    """Stage → what its units took, in the order in which stages began."""
    found: dict[str, list[dict[str, Any]]] = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        found.setdefault(row["stage"], []).append(row)
    return found


def _scaled(
    stage: str, rows: Sequence[Mapping[str, Any]], scale: float, workers: int, config: Config
) -> StageEstimate:
    # Of superwords the second step goes through all lines.
    power = 1.0 if stage == "train" and config.tokenizer.mode == "superword" else _GROWTH.get(stage, 1.0)
    cpu, wall = (sum(row[name] for row in rows) * scale**power for name in ("cpu_seconds", "seconds"))
    return StageEstimate(
        stage, cpu, wall if stage in CORPUS_STAGES else wall / workers, max(row["peak_bytes"] for row in rows)
    )


def _with_files(stage: StageEstimate, left: tuple[int, int], scale: float, units: float) -> StageEstimate:
    """With what the sample's units left, scaled: bytes with the input, files with the shards; a tokenizer is as large for any input."""
    size, files = left
    more = 1.0 if stage.stage in CORPUS_STAGES else units
    size = size if stage.stage == "train" else round(size * scale)
    return replace(stage, work_bytes=size, work_files=round(files * more))


def _left(folder: Path) -> tuple[int, int]:
    """Bytes of all files under a folder, and how many there are."""
    sizes = [path.stat().st_size for path in folder.rglob("*") if path.is_file()]
    return sum(sizes), len(sizes)


def _of(manifest: Mapping[str, Any], table: str, name: str) -> int:
    return int((manifest[table] or {}).get(name, 0))


def _bytes_of(folder: Path, apart: str) -> tuple[int, int]:
    """Bytes of all files, but for those under the folder `apart`; and of those."""
    sizes = [0, 0]
    for path in folder.rglob("*"):
        if path.is_file():
            sizes[path.relative_to(folder).parts[0] == apart] += path.stat().st_size
    return sizes[0], sizes[1]


class _Book(Silent):
    """Writes down how many bytes of each stage an earlier run has done."""

    def __init__(self) -> None:
        self.stages: dict[str, tuple[int, int]] = {}

    def stage(self, name: str, size: int, done: int) -> None:
        """A stage begins."""
        before = self.stages.get(name, (0, 0))
        self.stages[name] = (before[0] + done, before[1] + size)


class _Nothing:
    """An executor that runs nothing: the first unit that is not done ends it."""

    def map(self, units: Sequence[Unit], **_limits: Any) -> Sequence[Outcome]:
        """Stop if there is anything to do."""
        if units:
            raise Stopped
        return ()

    def close(self) -> None:
        """Nothing is held."""


def _done(parts: Sequence[Part], out: Path, config: Config) -> dict[str, tuple[int, int]]:
    """What a run in this folder has done already; nothing where there is none."""
    if not (out / "work").is_dir():
        return {}
    book = _Book()
    engine: Executor = _Nothing()  # type: ignore[assignment]
    with suppress(Stopped):
        run_stages(Run(out / "work", engine, book), config, parts)
    return book.stages

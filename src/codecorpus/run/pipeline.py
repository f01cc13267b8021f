"""The whole job: sources → units, stage after stage → published files.

This file is the data's way in code. Every stage is a list of units; what is done is not done again; what a
stage wrote names the units of the next. Nothing here depends on how many workers there are, who they are,
or in which order they finish.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from itertools import accumulate, chain
from pathlib import Path
from typing import Any, TypeAlias

from codecorpus.config import Config, fingerprint
from codecorpus.dedup.contamination_options import SHIPPED
from codecorpus.dedup.index_file import read_shipped
from codecorpus.dedup.problems import own_files
from codecorpus.errors import DataError, Interrupted
from codecorpus.fim import MixtureOptions, family, special_tokens
from codecorpus.run import interrupts
from codecorpus.run.alarms import find_alarms
from codecorpus.run.executor import Executor, Guarded, InProcess, Machines, make_executor
from codecorpus.run.limits import NO_LIMITS, Limits
from codecorpus.run.manifest import (
    file_entry,
    publish_folder,
    publish_formats,
    publish_tables,
    write_manifest,
)
from codecorpus.run.progress import Progress, Silent, make_progress
from codecorpus.run.remote import StoredRun
from codecorpus.run.sequences import Sequences
from codecorpus.run.store import (
    locked_output,
    remove_temporaries,
    sha256_file,
    storage_errors,
    write_file,
)
from codecorpus.run.summary import Contamination, Packing, Stages, summarize
from codecorpus.run.unit import Done, Outcome, Unit, read_done, unit_key
from codecorpus.run.watch import MOST_CRASHES
from codecorpus.sources import Part, group_parts, plan_sources, resolve_opt_outs, shard_options
from codecorpus.tokenize.options import counted_share


@dataclass(frozen=True, slots=True)
class Call:
    """One unit to be: the arguments of its task, what of them its key depends on, and how many bytes of input it stands for."""

    arguments: tuple[Any, ...]
    depends_on: tuple[Any, ...]
    size: int = 0


def run_build(
    sources: Sequence[str | os.PathLike[str]],
    out: Path | StoredRun,
    config: Config,
    *,
    render: Callable[[Path, Mapping[str, Any]], Mapping[str, str]],
    machines: Machines | None = None,
    fresh: bool = False,
    progress: Any = None,
) -> dict[str, Any]:
    """Build a corpus from `sources` in `out`; run again to continue or to take in what changed.

    Args:
        sources: folders of repositories, bare git repositories, archives, Parquet or JSONL files.
        out: the run's folder, see `docs/formats.md`; or a run in a store.
        config: what to do.
        render: makes the views (report, dataset card, …) from the published files and the manifest: name → text.
        machines: where it runs. The result does not depend on it.
        fresh: forget earlier work in `out`.
        progress: `False` for silence, or an object like `codecorpus.run.progress.Progress`.

    Returns:
        The manifest.

    Raises:
        CodecorpusError: see `codecorpus.errors`.
    """
    config = config.model_copy(update={"source": resolve_opt_outs(config.source)})
    stored, folder = (out, out.folder) if isinstance(out, StoredRun) else (None, out)
    parts = plan_sources(sources, config.source, exclude=[folder, *([stored.address.name] if stored else [])])
    with (
        locked_output(folder, fresh=fresh),
        storage_errors(folder),
        stored.held(fresh=fresh) if stored else nullcontext() as lock,
    ):
        size = sum(part.size for part in parts)
        machines = machines or Machines()
        workers = machines.workers or cores()
        engine = make_executor(machines.executor, workers, size, machines.ray_address)
        bar: Progress = make_progress(progress) if progress in (None, False) else progress
        run = Run(folder / "work", engine, bar, machines.limits, stored)
        try:
            run.warm_up(config)
            stages = run_stages(run, config, parts)
            engine.close()  # the workers' memory is not needed beside that of the report
            manifest = publish(folder, config, parts, run, stages, render)
            if stored and lock:
                lock.check()
                stored.publish(manifest)
            run.forget_unused()
            return manifest
        except KeyboardInterrupt:
            raise Interrupted("stopped", "What is done is kept; the same command continues.") from None
        finally:
            engine.close()
            bar.finish()


class Run:
    """Carries out stages: skips units that are done, hands the others to the executor, keeps the book of times.

    Args:
        work: the run's `work` folder.
        executor: runs the units.
        progress: told about every stage and unit.
        limits: time and memory of every unit.
        stored: the run in a store of which `work` is the folder on this machine.
    """

    def __init__(
        self,
        work: Path,
        executor: Executor,
        progress: Progress,
        limits: Limits = NO_LIMITS,
        stored: StoredRun | None = None,
    ) -> None:
        self.work = work
        self.stored = stored
        self.used: set[Path] = set()
        self._executor = executor
        self._progress = progress
        self._limits = limits

    def each(self, stage: str, task: str, calls: Sequence[Call], *, retries: int = 1) -> list[Done]:
        """Run one stage; returns its finished units in the order of `calls`.

        Raises:
            CodecorpusError: the first error that a unit met, after the other running units were given up.
        """
        units = [
            Unit(
                stage,
                f"codecorpus.run.{task}",
                call.arguments,
                unit_key(stage, *call.depends_on),
                self.work,
                call.size,
                stored=self.stored,
            )
            for call in calls
        ]
        self._sync(units)
        todo = {unit.key: unit for unit in units if read_done(unit) is None}
        before = sum(unit.size for unit in units if unit.key not in todo)
        self._progress.stage(stage, sum(unit.size for unit in units), before)
        limits = self._limits
        for outcome in self._executor.map(
            list(todo.values()), retries=retries, timeout=limits.timeout, memory=limits.memory
        ):
            if outcome.error is not None:
                raise outcome.error
            self._note(outcome)
            self._progress.advance(outcome.unit.size)
            interrupts.check()
        self.used |= {unit.folder for unit in units}
        if any(read_done(unit) is None for unit in todo.values()):
            self._sync(units)  # another machine's executor ran them
        done = [read_done(unit) for unit in units]
        return [unit for unit in done if unit is not None]

    def _sync(self, units: Sequence[Unit]) -> None:
        if self.stored and units:
            self.stored.sync(units[0].stage, [unit.folder for unit in units])

    def fetch(self, tables: Iterable[Sequence[tuple[Path, Done]]], folders: Iterable[Done]) -> None:
        """Have the files that are to be published here, where the run is one in a store."""
        if self.stored is None:
            return
        for path, done in chain.from_iterable(tables):
            self.stored.fetch_unit(done.folder, [path.name])
        for done in folders:
            self.stored.fetch_unit(done.folder)

    def one(self, stage: str, task: str, call: Call) -> Done:
        """Run a stage of a single unit, such as a reduce."""
        return self.each(stage, task, [call])[0]

    def warm_up(self, config: Config) -> None:
        """Have one worker compile all kernels before the others need them; once per run folder."""
        if isinstance(self._executor, InProcess | Guarded):
            return
        arguments = (without_demands(config), stages_in)
        unit = Unit("warm", "codecorpus.run.warm:warm", arguments, unit_key("warm"), self.work)
        if read_done(unit) is None:
            for outcome in self._executor.map([unit]):
                if outcome.error is not None:
                    raise outcome.error
        self.used.add(unit.folder)

    def forget_unused(self) -> None:
        """Remove units of earlier configurations and inputs; what this run used stays, so that the next one finds it done."""
        for stage in self.work.iterdir():
            if stage.is_dir() and stage.name != "tmp":
                for folder in stage.iterdir():
                    if folder not in self.used:
                        shutil.rmtree(folder)
        if self.stored:
            self.stored.forget_unused(self.used)

    def _note(self, outcome: Outcome) -> None:
        row = {
            "stage": outcome.unit.stage,
            "key": outcome.unit.key,
            "bytes": outcome.unit.size,
            "seconds": round(outcome.seconds, 3),
            "cpu_seconds": round(outcome.cpu_seconds, 3),
            "peak_bytes": outcome.peak_bytes,
        }
        with (self.work / "timings.jsonl").open("a", encoding="utf-8") as file:
            file.write(json.dumps(row) + "\n")


def without_demands(config: Config) -> Config:
    """The configuration without what asks for more than the few files of a warm-up have."""
    plain = {
        "tokenizer": config.tokenizer.model_copy(update={"path": None}),
        "mixture": MixtureOptions(),
        "formats": ("parquet",),
    }
    return config.model_copy(update=plain)


class Stopped(Exception):
    """Raised by an executor that was asked not to go on."""


def run_stages(run: Run, config: Config, parts: Sequence[Part]) -> Stages:
    """Stage after stage; each knows only the folders that the ones before it left."""
    benchmarks = _benchmarks(
        run, config
    )  # first, for a mistake in their names is to be said before hours of work
    shards = group_parts(parts)
    sizes = [shard.size for shard in shards]
    # Of the opt-outs a shard depends on those that touch it, so that another list reads again what it changes and no more.
    source = fingerprint(config.source.model_copy(update={"opt_out": ()}))
    options = [shard_options(config.source, shard.parts) for shard in shards]
    read = run.each(
        "read",
        "document_tasks:read",
        [
            Call((shard, own), (source, shard.key, own.opt_out), shard.size)
            for shard, own in zip(shards, options, strict=True)
        ],
    )
    parser = fingerprint(config.parse)
    parse = run.each(
        "parse",
        "document_tasks:parse",
        [
            Call((r.folder, config.parse), (parser, r.digest), size)
            for r, size in zip(read, sizes, strict=True)
        ],
        retries=MOST_CRASHES + 1,
    )
    licences, filtered = _filter(run, config, read, parse, sizes)
    dedup, first_rows, index = _dedup(run, config, read, parse, filtered, sizes)
    contamination = _contamination(run, config, benchmarks, (read, parse, filtered), dedup, first_rows, sizes)
    clean = contamination.shards if contamination else [None] * len(read)
    columns = zip(read, parse, filtered, clean, first_rows, sizes, strict=True)
    documents = run.each(
        "documents",
        "document_tasks:documents",
        [
            Call(
                (r.folder, p.folder, f.folder, dedup.folder, c and c.folder, row, r.counters["sources"]),
                (
                    r.digest,
                    p.digest,
                    f.digest,
                    dedup.files["dropped.npy"],
                    dedup.files["decisions.parquet"],
                    c and c.files["contaminated.parquet"],
                    row,
                ),
                size,
            )
            for r, p, f, c, row, size in columns
        ],
    )
    decisions = run.each(
        "decisions",
        "document_tasks:decisions",
        [
            Call(([u.folder for u in us],), tuple(u.digest for u in us))
            for us in zip(read, parse, filtered, strict=True)
        ],
    )
    tokenizer = _tokenizer(run, config, documents, sizes)
    packing = _pack(run, config, documents, tokenizer, sizes)
    formats = _formats(run, config, tokenizer, packing.pack)
    return Stages(
        read,
        parse,
        licences,
        filtered,
        dedup,
        index,
        contamination,
        documents,
        decisions,
        tokenizer,
        packing,
        formats,
    )


def stages_in(source: Path, work: Path, config: Config) -> None:
    """All stages on one source, in this process; what `warm_up` runs."""
    work.mkdir()
    run_stages(Run(work, InProcess(), Silent()), config, plan_sources([source], config.source))


def _filter(
    run: Run, config: Config, read: list[Done], parse: list[Done], sizes: list[int]
) -> tuple[Done, list[Done]]:
    """Licences of all repositories first: a document's nearest licence file may be in another shard."""
    licences = run.one(
        "licences",
        "document_tasks:licences",
        Call(([r.folder for r in read],), tuple(r.files["licences.parquet"] for r in read)),
    )
    rules = (config.filter, config.licences, config.secrets)
    options = fingerprint(*rules)
    filtered = run.each(
        "filter",
        "document_tasks:filter_",
        [
            Call(
                (r.folder, p.folder, licences.folder, rules),
                (options, r.digest, p.digest, licences.digest),
                size,
            )
            for r, p, size in zip(read, parse, sizes, strict=True)
        ],
    )
    return licences, filtered


def _dedup(
    run: Run, config: Config, read: list[Done], parse: list[Done], filtered: list[Done], sizes: list[int]
) -> tuple[Done, list[int], list[Done]]:
    """The duplicates of the whole corpus, the number of each shard's first filtered document, and the index if there is to be one."""
    options, key = config.dedup, fingerprint(config.dedup)
    pairs = list(zip(read, filtered, strict=True))
    sketch = run.each(
        "sketch",
        "dedup_tasks:sketch",
        [
            Call((r.folder, p.folder, f.folder, options), (key, r.digest, p.digest, f.digest), size)
            for r, p, f, size in zip(read, parse, filtered, sizes, strict=True)
        ],
    )
    folders, digests = [s.folder for s in sketch], tuple(s.digest for s in sketch)
    candidates = run.one("candidates", "dedup_tasks:candidates", Call((folders, options), (key, *digests)))
    shingles = run.each(
        "shingles",
        "dedup_tasks:shingles",
        [
            Call(
                (candidates.folder, shard, r.folder, f.folder, options),
                (key, candidates.digest, shard, r.digest, f.digest),
                size,
            )
            for shard, ((r, f), size) in enumerate(zip(pairs, sizes, strict=True))
        ],
    )
    dedup = run.one(
        "dedup",
        "dedup_tasks:dedup",
        Call(
            (candidates.folder, folders, [s.folder for s in shingles], options),
            (key, candidates.digest, *digests, *(s.digest for s in shingles)),
        ),
    )
    counts = [s.counters["documents"] for s in sketch]
    first_rows = [sum(counts[:shard]) for shard in range(len(counts))]
    columns = zip(pairs, sketch, first_rows, sizes, strict=True)
    index = run.each(
        "index",
        "dedup_tasks:index",
        [
            Call(
                (r.folder, f.folder, s.folder, dedup.folder, row, options),
                (key, r.digest, f.digest, s.digest, dedup.files["dropped.npy"], row),
                size,
            )
            for (r, f), s, row, size in columns
            if options.index
        ],
    )
    return dedup, first_rows, index


#: What decides on the benchmarks that are looked for, and the folder of the user's own ones, if there are any.
_Benchmarks: TypeAlias = tuple[tuple[str, ...], Path | None]


def _benchmarks(run: Run, config: Config) -> _Benchmarks | None:
    """The benchmarks that decontamination looks for; None if nobody asked.

    Raises:
        UsageError: the hashes that come with the package were made with other settings.
        DataError: a name is none of theirs, and no file; or a file is damaged.
    """
    options = config.contamination
    if not options.enabled or not options.benchmarks:
        return None
    files = own_files(options)
    if any(name in SHIPPED for name in options.benchmarks):
        read_shipped(options)
    key = (fingerprint(options), *(sha256_file(path) for path in files))
    if not files:
        return key, None
    return key, run.one("benchmarks", "contamination_tasks:benchmarks", Call((files, options), key)).folder


def _contamination(
    run: Run,
    config: Config,
    benchmarks: _Benchmarks | None,
    shards: tuple[list[Done], list[Done], list[Done]],
    dedup: Done,
    first_rows: list[int],
    sizes: list[int],
) -> Contamination | None:
    """Which of the documents that deduplication keeps hold benchmark problems, and what is left of those; None if nobody asked."""
    if benchmarks is None:
        return None
    options, (key, held) = config.contamination, benchmarks
    dropped = dedup.files["dropped.npy"]
    read, _, filtered = shards
    overlap = run.each(
        "overlap",
        "contamination_tasks:overlap",
        [
            Call(
                (r.folder, f.folder, dedup.folder, row, options, held),
                (*key, r.digest, f.digest, dropped, row),
                size,
            )
            for r, f, row, size in zip(read, filtered, first_rows, sizes, strict=True)
        ],
    )
    found = [unit.folder for unit in overlap]
    documents = sum(unit.counters["documents"] for unit in overlap)
    weigh = run.one(
        "weigh",
        "contamination_tasks:weigh",
        Call((found, options, documents, held), (*key, *(unit.digest for unit in overlap))),
    )
    ends = [*first_rows[1:], sum(unit.counters["documents_kept"] for unit in filtered)]
    done = run.each(
        "decontaminate",
        "contamination_tasks:decontaminate",
        [
            Call(
                ((r.folder, p.folder, f.folder), weigh.folder, rows, options, held),
                (*key, r.digest, p.digest, f.digest, weigh.digest, rows),
                size,
            )
            for r, p, f, rows, size in zip(*shards, zip(first_rows, ends, strict=True), sizes, strict=True)
        ],
    )
    return Contamination(overlap, weigh, done)


def _tokenizer(run: Run, config: Config, documents: list[Done], sizes: list[int]) -> Done:
    """The tokenizer that the user brought, or one trained on the kept documents, with the family's sentinels."""
    options = config.tokenizer
    if options.path is not None:
        path = Path(options.path)
        if not path.is_file():
            raise DataError(f"tokenizer.path = {path}: no such file", "Give the path of a tokenizer.json.")
        return run.one(
            "train",
            "sequence_tasks:take",
            Call(
                (path, config.fim, config.packing.writes_paths),
                (sha256_file(path), config.fim.family, config.fim.rate > 0, config.packing.writes_paths),
            ),
        )
    share = counted_share(options.mode, sum(d.counters["bytes"] for d in documents))
    count = run.each(
        "count",
        "sequence_tasks:count",
        [
            Call((d.folder, options.mode, share), (options.mode, share, d.digest), size)
            for d, size in zip(documents, sizes, strict=True)
        ],
    )
    specials, noted = special_tokens(family(config.fim.family)), _counting_notes(count, share)
    return run.one(
        "train",
        "sequence_tasks:train",
        Call(
            ([c.folder for c in count], options, specials, noted),
            (fingerprint(options), specials, json.dumps(noted, sort_keys=True), *(c.digest for c in count)),
            sum(sizes),
        ),
    )


def _counting_notes(count: Sequence[Done], share: float) -> dict[str, Any]:
    """What the manifest says of counting where not all was counted: the share of the documents, and the longest pre-tokens left out."""
    longest = [row for unit in count for row in unit.counters["longest_left_out"]]
    longest.sort(key=lambda row: (-row["longest"], row["repo_name"] or "", row["path"] or "", row["at"]))
    left_out = sum(unit.counters["left_out"] for unit in count)
    return {
        **({"counted_share": share} if share < 1 else {}),
        **({"left_out": left_out, "longest_left_out": longest[:20]} if left_out else {}),
    }


def _pack(run: Run, config: Config, documents: list[Done], tokenizer: Done, sizes: list[int]) -> Packing:
    """Ids and parts of each shard, the plan of all rows, and the files of rows."""
    settings = Sequences(config.fim, config.packing, config.sequence_length, config.seed)
    # Ids depend on the tokenizer alone, whatever is made of them; that no text becomes a sentinel, on the family.
    read_as = (config.fim.family, config.fim.rate > 0, config.packing.writes_paths)
    encode = run.each(
        "encode",
        "sequence_tasks:encode",
        [
            Call(
                (d.folder, tokenizer.folder, settings),
                (*read_as, d.files["documents.parquet"], tokenizer.digest),
                size,
            )
            for d, size in zip(documents, sizes, strict=True)
        ],
    )
    digests = tuple(e.digest for e in encode)
    known = (tuple(d.digest for d in documents), digests)
    folders = ([d.folder for d in documents], [e.folder for e in encode])
    firsts = [0, *accumulate(d.counters["documents"] for d in documents)]
    mix = order = None
    if config.mixture != MixtureOptions():
        asked = (fingerprint(config.mixture), config.seed, *known)
        mix = run.one("mix", "sequence_tasks:mix", Call((*folders, config.mixture, config.seed), asked))
    if config.packing.context == "repository":
        ordered_by = (config.sequence_length, config.packing.readme_first, *known)
        order = run.one("order", "sequence_tasks:order", Call((*folders, settings), ordered_by))
    length, seed = config.sequence_length, config.seed
    key = (fingerprint(config.fim), fingerprint(config.packing), length, seed)
    cut = run.each(
        "cut",
        "sequence_tasks:cut",
        [
            Call(
                (d.folder, e.folder, mix and mix.folder, first, tokenizer.folder, settings),
                (*key, d.digest, e.digest, mix and (mix.digest, first), tokenizer.digest),
                size,
            )
            for d, e, first, size in zip(documents, encode, firsts, sizes, strict=False)
        ],
    )
    cut_folders, digests = [c.folder for c in cut], tuple(c.digest for c in cut)
    plan = run.one(
        "plan",
        "sequence_tasks:plan",
        Call(
            (cut_folders, order and order.folder, firsts[:-1], tokenizer.folder, settings),
            (*key, order and order.digest, tokenizer.digest, *digests),
        ),
    )
    pack = run.each(
        "pack",
        "sequence_tasks:pack",
        [
            Call(
                (plan.folder, cut_folders, tokenizer.folder, rows, settings),
                (*key, plan.digest, tokenizer.digest, *digests, rows),
                sum(sizes) // max(1, plan.counters["files"]),
            )
            for rows in _row_ranges(plan)
        ],
    )
    return Packing(encode, mix, order, cut, plan, pack)


def _formats(run: Run, config: Config, tokenizer: Done, pack: list[Done]) -> dict[str, Done]:
    """The rows once more, in each format that was asked for."""
    settings = Sequences(config.fim, config.packing, config.sequence_length, config.seed)
    key = (config.fim.family, config.sequence_length, tokenizer.digest, *(p.digest for p in pack))
    folders = [p.folder for p in pack]
    names = [name for name in dict.fromkeys(config.formats) if name != "parquet"]
    if not names:
        return {}
    size = sum(p.counters["tokens"] for p in pack)
    calls = [Call((folders, tokenizer.folder, name, settings), (name, *key), size) for name in names]
    return dict(zip(names, run.each("formats", "sequence_tasks:write", calls), strict=True))


def _row_ranges(plan: Done) -> Iterator[tuple[int, int]]:
    """First row and end of each file; one empty file where there is nothing to pack."""
    rows, step = plan.counters["rows"], plan.counters["rows_per_file"]
    for first in range(0, max(rows, 1), step):
        yield first, min(first + step, rows)


def publish(
    out: Path,
    config: Config,
    parts: Sequence[Part],
    run: Run,
    stages: Stages,
    render: Callable[[Path, Mapping[str, Any]], Mapping[str, str]],
) -> dict[str, Any]:
    """Final names, then alarms and views made from what has them, the manifest last; returns the manifest."""
    manifest = summarize(config, parts, stages)
    remove_temporaries(out)
    tables: dict[str, Sequence[tuple[Path, Done]]] = {
        "documents": [(done.folder / "documents.parquet", done) for done in stages.documents],
        "decisions": [
            (done.folder / "decisions.parquet", done)
            for done in [
                *stages.decisions,
                stages.dedup,
                *(stages.contamination.shards if stages.contamination else ()),
                *([stages.packing.mix] if stages.packing.mix else ()),
            ]
        ],
        "clusters": [(stages.dedup.folder / "clusters.parquet", stages.dedup)],
        "pairs": [(stages.dedup.folder / "pairs.parquet", stages.dedup)],
        "repositories": [(stages.dedup.folder / "repositories.parquet", stages.dedup)],
        "index": [(done.folder / "index.parquet", done) for done in stages.index],
        "licences": [
            (stages.licences.folder / "licences.parquet", stages.licences),
            *((done.folder / "headers.parquet", done) for done in stages.read),
        ],
        "sequences": [(done.folder / "sequences.parquet", done) for done in stages.packing.pack],
    }
    run.fetch(tables.values(), [stages.tokenizer, *stages.formats.values()])
    files = publish_tables(out, tables)
    files += publish_folder(out, "tokenizer", stages.tokenizer)
    files += publish_formats(out, stages.formats)
    write_file(out / "config.toml", config.to_toml())
    files.append(file_entry(out, "config.toml"))
    manifest["alarms"] = find_alarms(out, manifest, config.alarms, threshold=config.dedup.threshold)
    manifest["files"] = sorted(files, key=lambda entry: entry["path"])
    # The views see the manifest as it is read back later, or they could not be made again byte for byte.
    manifest = json.loads(json.dumps(manifest, sort_keys=True))
    return write_manifest(out, manifest, render(out, manifest))


def cores() -> int:
    """Cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1

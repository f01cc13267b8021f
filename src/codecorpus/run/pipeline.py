"""The whole job: sources → units, stage after stage → published files.

This file is the data's way in code. Every stage is a list of units; what is done is not done again; what a
stage wrote names the units of the next. Nothing here depends on how many workers there are, who they are,
or in which order they finish.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import Any, TypeAlias

from codecorpus.config import Config, fingerprint
from codecorpus.dedup.contamination_options import SHIPPED
from codecorpus.dedup.index_file import read_shipped
from codecorpus.dedup.problems import own_files
from codecorpus.dedup.sampled import Sampling
from codecorpus.errors import Interrupted
from codecorpus.fim import MixtureOptions
from codecorpus.run import interrupts
from codecorpus.run.alarms import find_alarms
from codecorpus.run.executor import InProcess, Machines, make_executor
from codecorpus.run.manifest import (
    file_entry,
    publish_folder,
    publish_formats,
    publish_tables,
    write_manifest,
)
from codecorpus.run.packing import make_tokenizer, pack_rows, write_formats
from codecorpus.run.progress import Progress, Silent, make_progress
from codecorpus.run.remote import StoredRun
from codecorpus.run.runner import Call, Run
from codecorpus.run.store import (
    locked_output,
    remove_temporaries,
    sha256_file,
    storage_errors,
    write_file,
)
from codecorpus.run.summary import Contamination, Stages, summarize
from codecorpus.run.unit import Done
from codecorpus.run.watch import MOST_CRASHES
from codecorpus.sources import Part, group_parts, plan_sources, resolve_opt_outs, shard_options


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
        render: makes the views (report, dataset card, …) from the published files and the manifest: name → text; what is in `work/` is
            written and not published.
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
            run.warm_up(without_demands(config), stages_in)
            stages = run_stages(run, config, parts)
            engine.close()  # the workers' memory is not needed beside that of the report
            manifest = publish(folder, config, parts, run, stages, render)
            if stored and lock:
                lock.check()
                stored.publish(manifest)
            run.forget_unused()
            return manifest
        except KeyboardInterrupt:
            interrupts.forget()  # this was it: the next run of this process is another one
            raise Interrupted("stopped", "What is done is kept; the same command continues.") from None
        finally:
            engine.close()
            bar.finish()


def without_demands(config: Config) -> Config:
    """The configuration without what asks for more than the few files of a warm-up have."""
    plain = {
        "tokenizer": config.tokenizer.model_copy(update={"path": None}),
        "mixture": MixtureOptions(),
        "formats": ("parquet",),
    }
    return config.model_copy(update=plain)


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
                    dedup.files["level_rows.npy"],
                    dedup.files["level_kinds.npy"],
                    c and c.files["contaminated.parquet"],
                    row,
                ),
                size,
            )
            for r, p, f, c, row, size in columns
        ],
    )
    lookup = _lookup(run, config, documents, sizes)
    decisions = run.each(
        "decisions",
        "document_tasks:decisions",
        [
            Call(([u.folder for u in us],), tuple(u.digest for u in us))
            for us in zip(read, parse, filtered, strict=True)
        ],
    )
    samples = _samples(run, read, decisions, dedup, contamination)
    tokenizer = make_tokenizer(run, config, documents, sizes)
    packing = pack_rows(run, config, documents, tokenizer, sizes)
    formats = write_formats(run, config, tokenizer, packing.pack)
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
        samples,
        tokenizer,
        packing,
        formats,
        lookup,
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


def _lookup(run: Run, config: Config, documents: list[Done], sizes: list[int]) -> list[Done]:
    """What `explain --text` looks up of the kept documents; nothing where nobody wants it."""
    if not config.lookup:
        return []
    sampling = Sampling(config.lookup, config.dedup.shingle)
    return run.each(
        "lookup",
        "lookup_tasks:lookup",
        [
            Call(
                (d.folder, sampling),
                (sampling.scale, sampling.shingle, d.files["documents.parquet"]),
                size,
            )
            for d, size in zip(documents, sizes, strict=True)
        ],
    )


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


def _samples(
    run: Run, read: list[Done], decisions: list[Done], dedup: Done, contamination: Contamination | None
) -> Done:
    """The first lines of dropped documents that people will want to see."""
    shards = contamination.shards if contamination else []
    choose = run.one(
        "choose",
        "sample_tasks:choose",
        Call(
            ([unit.folder for unit in decisions], dedup.folder, [unit.folder for unit in shards]),
            (
                *(unit.digest for unit in decisions),
                *(dedup.files[name] for name in ("decisions.parquet", "clusters.parquet")),
                *(unit.files["decisions.parquet"] for unit in shards),
            ),
        ),
    )
    calls = [Call((unit.folder, choose.folder), (unit.digest, choose.digest)) for unit in read]
    excerpts = run.each("excerpts", "sample_tasks:excerpts", calls)
    call = Call(([unit.folder for unit in excerpts],), tuple(unit.digest for unit in excerpts))
    return run.one("samples", "sample_tasks:samples", call)


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
        "lookup": [(done.folder / "lookup.parquet", done) for done in stages.lookup],
        "licences": [
            (stages.licences.folder / "licences.parquet", stages.licences),
            *((done.folder / "headers.parquet", done) for done in stages.read),
        ],
        "samples": [(stages.samples.folder / "samples.parquet", stages.samples)],
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
    run.note_used()
    # The views see the manifest as it is read back later, or they could not be made again byte for byte.
    manifest = json.loads(json.dumps(manifest, sort_keys=True))
    return write_manifest(out, manifest, render(out, manifest))


def cores() -> int:
    """Cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1

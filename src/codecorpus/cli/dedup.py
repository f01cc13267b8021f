"""`codecorpus dedup`: deduplication alone, of any input, in bounded memory."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from codecorpus.cli.part_inputs import INPUTS, OUT, SETTINGS, config_of
from codecorpus.cli.words import JSON

if TYPE_CHECKING:
    from codecorpus.dedup import DedupOptions
    from codecorpus.dedup.earlier import EarlierRun
    from codecorpus.run.dedup_inputs import DedupSummary

#: The levels, as the summary names them.
_LEVELS = {
    "CC401": "exact",
    "CC403": "same code",
    "CC402": "near",
    "CC404": "structural",
    "CC405": "repository",
}


@click.command(short_help="Find duplicates, and keep the best of each cluster.")
@INPUTS
@OUT
@click.option(
    "--against",
    multiple=True,
    metavar="RUN",
    help="Drop what this earlier run holds: a folder that `build` or `dedup` wrote; may be given again.",
)
@SETTINGS
@click.option(
    "--workers", type=click.IntRange(min=1), default=1, show_default=True, metavar="N", help="Processes."
)
@click.option("--strict", is_flag=True, help="Exit with 1 when there is an alarm.")
@JSON
def dedup(
    inputs: tuple[str, ...],
    out: str,
    against: tuple[str, ...],
    settings: tuple[str, ...],
    workers: int,
    strict: bool,
    as_json: bool,
) -> int:
    """Find exact and near-duplicates, and keep the best document of each cluster.

    INPUT is any source that `build` takes, the folder of a run, or a Parquet file of documents. DIR gets documents/ (kept), clusters/,
    decisions/ and index/, which a later `--against DIR` reads. Settings are those of [dedup], [alarms] and [source].
    """
    # Arrow's own pool keeps what it has had: with it 530 MB of text peak at 533 MB instead of 398, at the same speed. It is chosen when
    # Arrow is imported, by this process and by its workers.
    os.environ.setdefault("ARROW_DEFAULT_MEMORY_POOL", "system")
    from codecorpus.inputs import plan_inputs
    from codecorpus.outputs import check_output, write_output
    from codecorpus.run.dedup_inputs import deduplicate_inputs
    from codecorpus.run.progress import Lines

    folder, progress = Path(out), Lines()
    config = config_of(settings, {}, reads=("dedup", "alarms", "source"))
    check_output(folder, "dedup")
    earlier = _earlier(against, folder, config.dedup)
    plan = plan_inputs(inputs, config.source, exclude=[folder])
    found: list[DedupSummary] = []

    def write(temporary: Path) -> None:
        resolved = config.model_copy(update={"source": plan.options})
        found.append(
            deduplicate_inputs(
                temporary,
                plan.parts,
                plan.files,
                resolved,
                earlier=earlier,
                workers=workers,
                progress=progress,
            )
        )
        progress.finish()

    values = config.model_dump(mode="json")
    asked = {
        **{name: values[name] for name in ("dedup", "alarms", "source")},
        "against": [r.name for r in earlier],
    }
    write_output(folder, "dedup", write, settings=asked)
    summary = found[0]
    click.echo(_as_json(summary, folder) if as_json else _as_text(summary, folder))
    return 1 if strict and summary.alarms else 0


def _earlier(against: Sequence[str], out: Path, options: DedupOptions) -> tuple[EarlierRun, ...]:
    """The indexes of the earlier runs.

    Raises:
        UsageError: the output is one of them: what it holds would be replaced by what it does not hold.
    """
    from codecorpus.dedup.earlier import open_runs
    from codecorpus.errors import UsageError

    if out.resolve() in {Path(run).resolve() for run in against}:
        raise UsageError(f"{out}: is given by --out and by --against", "Write into another folder.")
    return open_runs(against, options)


def _as_json(summary: DedupSummary, folder: Path) -> str:
    return json.dumps({**summary.as_json(), "out": str(folder)}, indent=1)


def _as_text(summary: DedupSummary, folder: Path) -> str:
    from codecorpus.report.text import size
    from codecorpus.run.dedup_inputs import left_out

    lines = [f"alarm  {alarm['what']}" for alarm in summary.alarms]
    names = sorted(path.name for path in folder.iterdir() if path.is_dir())
    return "\n".join(
        [
            *lines,
            f"read   {summary.documents_in:,} documents, {size(summary.bytes_in)}{left_out(summary.left_out)}",
            f"kept   {summary.documents_kept:,} documents, {size(summary.bytes_kept)}; dropped {_counts(summary)} "
            f"in {summary.clusters:,} clusters",
            "wrote  " + " ".join(str(folder / name) for name in names),
        ]
    )


def _counts(summary: DedupSummary) -> str:
    """How many were dropped on each level, and how many flagged; exact and near even where there are none."""
    codes = [code for code in _LEVELS if code in ("CC401", "CC402") or code in summary.dropped]
    dropped = ", ".join(f"{summary.dropped.get(code, 0):,} {_LEVELS[code]}" for code in codes)
    flagged = ", ".join(f"{count:,} {_LEVELS.get(code, code)}" for code, count in summary.flagged.items())
    return f"{dropped}; flagged {flagged}" if flagged else dropped

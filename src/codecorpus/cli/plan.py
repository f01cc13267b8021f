"""`codecorpus plan`: what a build would take."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

from codecorpus.cli.build import SET_HELP
from codecorpus.cli.words import JSON, RECIPE

if TYPE_CHECKING:
    from codecorpus.run.estimate import Estimate, StageEstimate


@click.command(short_help="Say what a build would take and give.")
@click.argument("sources", nargs=-1, required=True, metavar="SOURCE...")
@click.option("--out", default="corpus", show_default=True, metavar="DIR", help="Folder of the run.")
@RECIPE
@click.option("--set", "settings", multiple=True, metavar="KEY=VALUE", help=SET_HELP)
@click.option("--workers", type=click.IntRange(min=1), metavar="N", help="Processes; all cores by default.")
@click.option(
    "--sample",
    type=click.IntRange(min=1),
    metavar="MB",
    help="Megabytes to build as a sample; 24 by default.",
)
@JSON
def plan(
    sources: tuple[str, ...],
    out: str,
    recipe: str,
    settings: tuple[str, ...],
    workers: int | None,
    sample: int | None,
    as_json: bool,
) -> None:
    """Say what `build` would take and give: documents, tokens, memory, disk, time by stage.

    Some files of the input, in runs of neighbours spread over all repositories, are built in a temporary folder and scaled up; nothing is
    written in DIR. What a run in DIR has done already is said.
    """
    import codecorpus as cc
    from codecorpus.config import parse_setting

    estimate = cc.plan(
        sources,
        out=out,
        recipe=recipe,
        settings=dict(parse_setting(text) for text in settings),
        workers=workers,
        sample_bytes=None if sample is None else sample * 1_000_000,
    )
    click.echo(json.dumps(estimate.to_dict(), indent=1) if as_json else "\n".join(_lines(estimate)))


def _lines(one: Estimate) -> list[str]:
    from codecorpus.report.text import number, size

    whole = one.sampled_bytes >= one.input_bytes
    about = "" if whole else "about "
    lines = [
        f"input      {size(one.input_bytes)} in {number(one.shards)} shards; sampled {'all' if whole else size(one.sampled_bytes)}",
        f"documents  {about}{number(one.documents_in)} read, {number(one.documents_kept)} kept",
        *([] if whole else ["           (fewer: duplicates of files that were not sampled are not seen)"]),
        f"tokens     {about}{number(one.tokens)} in {number(one.rows)} rows",
        f"memory     {size(one.memory_bytes)} with {one.workers} worker{'s' if one.workers > 1 else ''}",
        f"disk       {size(one.work_bytes)} in work/ in {number(one.work_files)} files, {size(one.output_bytes)} published",
        f"time       {_time(one.seconds)} with {one.workers} worker{'s' if one.workers > 1 else ''}, {_time(one.cpu_seconds)} of CPU",
        "",
        f"{'stage':<16}{'CPU':>12}{'time':>12}{'a worker':>12}{'work/':>12}{'a document':>14}",
    ]
    lines += [_stage_line(stage, one.documents_in) for stage in one.stages]
    for stage, (done, every) in one.done.items():
        if every:
            lines.append(f"done       {stage}: {size(done)} of {size(every)}")
    return lines


def _stage_line(stage: StageEstimate, documents: int) -> str:
    from codecorpus.report.text import size

    memory = size(stage.peak_bytes) if stage.peak_bytes else ""
    disk = size(stage.work_bytes) if stage.work_bytes else ""
    each = size(stage.work_bytes / max(1, documents)) if stage.work_bytes else ""
    times = f"{_time(stage.cpu_seconds):>12}{_time(stage.seconds):>12}"
    return f"{stage.stage:<16}{times}{memory:>12}{disk:>12}{each:>14}".rstrip()


def _time(seconds: float) -> str:
    if seconds < 9.95:
        return f"{seconds:.1f} s"
    if seconds < 100:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.1f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"

"""`codecorpus build`: the whole job."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import click

from codecorpus.cli.words import RECIPE

if TYPE_CHECKING:
    from codecorpus.corpus import Corpus

SET_HELP = "Set one configuration key, such as dedup.threshold=0.8; may be given again."


@click.command(short_help="Build a training corpus from repositories.")
@click.argument("sources", nargs=-1, required=True, metavar="SOURCE...")
@click.option(
    "--out", default="corpus", show_default=True, metavar="DIR", help="Folder of the run, or s3://…"
)
@RECIPE
@click.option("--set", "settings", multiple=True, metavar="KEY=VALUE", help=SET_HELP)
@click.option("--workers", type=click.IntRange(min=1), metavar="N", help="Processes; all cores by default.")
@click.option(
    "--executor",
    type=click.Choice(["in-process", "processes", "ray"]),
    help="Where units run; chosen by size by default.",
)
@click.option(
    "--ray-address", metavar="ADDR", help="A running Ray cluster; by default a local one with N workers."
)
@click.option(
    "--unit-timeout",
    type=click.FloatRange(min=0, min_open=True),
    metavar="SECONDS",
    help="What one stage on one shard may take; by its size by default.",
)
@click.option(
    "--worker-memory",
    metavar="SIZE",
    help="What a worker may hold, such as 4GB; a share of what is free by default.",
)
@click.option("--fresh", is_flag=True, help="Forget earlier work in DIR instead of continuing it.")
@click.option("--strict", is_flag=True, help="Exit with 1 when there is an alarm.")
def build(
    sources: tuple[str, ...],
    out: str,
    recipe: str,
    settings: tuple[str, ...],
    workers: int | None,
    executor: str | None,
    ray_address: str | None,
    unit_timeout: float | None,
    worker_memory: str | None,
    fresh: bool,
    strict: bool,
) -> int:
    """Build a training corpus from repositories.

    SOURCE is a folder of repositories, a bare git repository, a .tar/.tar.gz/.tar.zst/.zip archive, Parquet with The Stack's columns, or
    JSONL (plain, .gz, .zst). Run the same command again to resume, or to take in what changed.
    """
    import codecorpus as cc
    from codecorpus.config import parse_setting
    from codecorpus.report import funnel_text
    from codecorpus.run.limits import parse_bytes

    given = dict(parse_setting(text) for text in settings)
    if not fresh:
        for line in _continuing(out, recipe, given):
            click.echo(line, err=True)
    corpus = cc.build(
        sources,
        out=out,
        recipe=recipe,
        settings=given,
        workers=workers,
        executor=executor,
        ray_address=ray_address,
        unit_timeout=unit_timeout,
        worker_memory=None if worker_memory is None else parse_bytes(worker_memory),
        fresh=fresh,
    )
    click.echo(funnel_text(corpus.manifest))
    click.echo("\n".join(_next_steps(corpus)))
    return 1 if strict and corpus.manifest["alarms"] else 0


def _continuing(out: str, recipe: str, settings: Mapping[str, Any]) -> list[str]:
    """What is said where there is a run in the folder already; nothing where there is none."""
    from pathlib import Path

    from codecorpus.config import load_config
    from codecorpus.report.changes import changed_settings
    from codecorpus.report.text import printable

    if not (Path(out) / "work").is_dir():
        return []
    changed = changed_settings(Path(out), load_config(recipe, settings))
    said = [f"{out}: there is a run already; what has not changed is not done again (--fresh: all of it is)"]
    if changed:
        more = f" and {len(changed) - 3} more" if len(changed) > 3 else ""
        said.append(f"  settings that changed: {', '.join(changed[:3])}{more}")
    # The keys are those of the configuration that lies in the folder, whoever wrote it.
    return [printable(line) for line in said]


def _next_steps(corpus: Corpus) -> list[str]:
    """Where the report is, and what to ask next."""
    kept = corpus.manifest["stages"][-1]["documents_kept"]
    lines = [f"report  {corpus.path / 'report.html'}"]
    if kept:
        return [*lines, f"why was a file kept or dropped?  codecorpus explain {corpus.path} PATH"]
    counts = [(count, code) for row in corpus.manifest["stages"] for code, count in row["dropped"].items()]
    code = max(counts, default=(0, "CODE"))[1]
    return [
        *lines,
        "nothing was kept: see what, and why",
        f"  codecorpus sample {corpus.path} --dropped-by {code}",
        f"  codecorpus rule {code}",
    ]

"""The command that takes benchmark problems out of documents in memory."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from codecorpus.cli.part_inputs import (
    INPUTS,
    OUT,
    SETTINGS,
    amount,
    config_of,
    read_documents,
    read_line,
    staged,
    table_writer,
)

if TYPE_CHECKING:
    from codecorpus.dedup import DecontaminationResult


@click.command(short_help="Take out documents that hold benchmark problems.")
@INPUTS
@click.option(
    "--benchmark",
    "benchmarks",
    multiple=True,
    metavar="NAME|FILE",
    help="A benchmark that comes with the package, or problems as .jsonl[.gz|.zst] or .parquet, or a folder of such files; may be "
    "given again. By default all that come with the package: contamination.benchmarks.",
)
@click.option(
    "--action",
    type=click.Choice(["drop", "cut"]),
    help="Drop the document, or cut out the function that holds the problem; contamination.action by default.",
)
@OUT
@SETTINGS
def decontaminate(
    inputs: tuple[str, ...],
    benchmarks: tuple[str, ...],
    action: str | None,
    out: str,
    settings: tuple[str, ...],
) -> None:
    """Take out documents that hold benchmark problems, or the functions that do.

    INPUT is any source that `build` takes, the folder of a run, or a Parquet file of documents. DIR gets documents/ (kept) and decisions/,
    which name the problem and where it stands. Settings are those of [contamination] and [source]. All text is held in memory.
    """
    import pyarrow as pa

    from codecorpus.dedup import find_contamination, index_benchmarks
    from codecorpus.errors import ConfigError
    from codecorpus.outputs import check_output, write_output
    from codecorpus.run.progress import Lines

    folder, progress = Path(out), Lines()
    own = {"contamination.benchmarks": list(benchmarks) or None, "contamination.action": action}
    config = config_of(settings, own, reads=("contamination", "source"))
    if not config.contamination.enabled:
        raise ConfigError(["contamination.enabled: has no effect here; without it, do not run this command"])
    check_output(folder, "decontaminate")
    options = config.contamination
    index = index_benchmarks(options=options)
    found = read_documents(inputs, config, progress, out=folder)
    staged(progress, "decontaminate", found.documents)
    result = find_contamination(found.documents, index, options)
    progress.finish()
    tables = {
        "documents": result.kept,
        "decisions": pa.concat_tables([found.decisions, result.decisions]),
    }
    values = config.model_dump(mode="json")
    asked = {"contamination": values["contamination"], "source": values["source"]}
    asked["contamination"]["benchmarks"] = result.benchmarks()["benchmark"].to_list()
    write_output(folder, "decontaminate", table_writer(tables), settings=asked)
    click.echo(read_line(found))
    edited = result.decisions.num_rows - result.dropped.num_rows
    cut = f"; cut {edited:,}" if options.action == "cut" else ""
    click.echo(f"kept   {amount(result.kept)}; dropped {result.dropped.num_rows:,}{cut}")
    click.echo(f"found  {_found(result)}")
    click.echo("wrote  " + " ".join(str(folder / name) for name in tables))


def _found(result: DecontaminationResult) -> str:
    """The problems that were found, by benchmark."""
    rows = [row for row in result.benchmarks().to_dicts() if row["found"]]
    shown = [f"{row['benchmark']} {row['found']:,} of {row['problems']:,}" for row in rows]
    return "problems of " + ", ".join(shown) if shown else "no problem"

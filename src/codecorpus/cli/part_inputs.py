"""What the commands for one part share: their INPUT, their settings, and the account of what was read."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from codecorpus.cli.build import SET_HELP

if TYPE_CHECKING:
    import pyarrow as pa

    from codecorpus.config import Config
    from codecorpus.inputs import Inputs
    from codecorpus.run.progress import Progress

INPUTS = click.argument("inputs", nargs=-1, required=True, metavar="INPUT...")
SETTINGS = click.option("--set", "settings", multiple=True, metavar="KEY=VALUE", help=SET_HELP)
OUT = click.option("--out", required=True, type=click.Path(), metavar="DIR", help="Folder of the results.")


def config_of(settings: Sequence[str], options: Mapping[str, Any], *, reads: Sequence[str]) -> Config:
    """The configuration from `--set` and from a command's own options, each of which stands for one key.

    Args:
        settings: `key=value`, as given.
        options: key → value of the command's own options; None where an option was not given.
        reads: the tables and keys that the command reads; any other is a mistake.
    """
    from codecorpus.config import parse_setting
    from codecorpus.errors import ConfigError
    from codecorpus.inputs import part_config

    given = dict(parse_setting(text) for text in settings)
    own = {key: value for key, value in options.items() if value is not None}
    twice = [f"{key}: given by --set and by an option of its own" for key in given if key in own]
    if twice:
        raise ConfigError(twice)
    return part_config({**given, **own}, reads=reads)


def read_documents(
    inputs: Sequence[str], config: Config, progress: Progress, *, out: Path | None = None
) -> Inputs:
    """Read the inputs.

    Raises:
        DataError: there is no document among them.
    """
    from codecorpus.errors import DataError
    from codecorpus.inputs import read_inputs

    found = read_inputs(inputs, config.source, exclude=[] if out is None else [out], progress=progress)
    if not found.documents.num_rows:
        left_out = _left_out(found.decisions)
        raise DataError(
            f"no document in {', '.join(inputs)}{left_out}",
            "`codecorpus rule CODE` says what a code means." if left_out else "It has no rows.",
        )
    return found


def read_line(found: Inputs) -> str:
    """What was read, and what could not be, in one line."""
    return f"read   {amount(found.documents)}{_left_out(found.decisions)}"


def amount(documents: pa.Table) -> str:
    """Documents and the bytes of their text."""
    return f"{documents.num_rows:,} documents, {_megabytes(text_bytes(documents))}"


def text_bytes(documents: pa.Table) -> int:
    """Bytes of all text."""
    import pyarrow.compute as pc

    return int(pc.sum(documents["length_bytes"]).as_py() or 0)


def staged(progress: Progress, name: str, documents: pa.Table) -> None:
    """Say that a stage begins on these documents."""
    progress.stage(name, text_bytes(documents), 0)


def table_writer(tables: Mapping[str, pa.Table]) -> Callable[[Path], None]:
    """What writes each table as the one part of the folder of its name, the same bytes for the same rows."""
    from codecorpus.run.tables import write_table

    def write(folder: Path) -> None:
        for name, table in tables.items():
            (folder / name).mkdir()
            write_table(folder / name / "part-00000.parquet", table.combine_chunks())

    return write


def _megabytes(size: int) -> str:
    from codecorpus.report.text import size as shown

    return shown(size)


def _left_out(decisions: pa.Table) -> str:
    """What could not be read, by rule; nothing where there is nothing to say."""
    import pyarrow.compute as pc

    from codecorpus.run.tables import count_values

    decisions = decisions.filter(pc.equal(decisions["verdict"], "dropped"))
    codes = ", ".join(f"{code} {count:,}" for code, count in count_values(decisions["code"]).items())
    return f"; left out {decisions.num_rows:,} ({codes})" if codes else ""

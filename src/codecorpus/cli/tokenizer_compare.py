"""`codecorpus tokenizer compare`."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import click

from codecorpus.cli.part_inputs import INPUTS, SETTINGS, config_of, read_documents, read_line, text_bytes
from codecorpus.cli.words import JSON

if TYPE_CHECKING:
    from codecorpus.run.progress import Progress
    from codecorpus.tokenize import Encoder


@click.command("compare")
@INPUTS
@click.option(
    "--tokenizer",
    "named",
    required=True,
    multiple=True,
    metavar="NAME=FILE",
    help="A tokenizer.json, or a folder that holds one; may be given again. Ratios are to the first one.",
)
@click.option(
    "--training",
    multiple=True,
    metavar="INPUT",
    help="What a tokenizer was trained on: lines that it does not have are looked at apart; may be given again.",
)
@click.option(
    "--html", "page", type=click.Path(dir_okay=False), metavar="FILE", help="Write a page of bars and tokens."
)
@SETTINGS
@JSON
def compare(
    inputs: tuple[str, ...],
    named: tuple[str, ...],
    training: tuple[str, ...],
    page: str | None,
    settings: tuple[str, ...],
    as_json: bool,
) -> None:
    """Compare tokenizers on the same documents: bytes per token, by language, file and repository, and what tokens are.

    INPUT is any source that `build` takes, the folder of a run, or a Parquet file of documents. All text is held in memory, but for that of
    --training.
    """
    from codecorpus import tokenize
    from codecorpus.corpus import comparison_page
    from codecorpus.inputs import read_contents
    from codecorpus.report.comparison_text import comparison_text
    from codecorpus.run.progress import Lines
    from codecorpus.tokenize.comparison_lines import known_lines

    progress = Lines()
    config = config_of(settings, {}, reads=("source",))
    encoders = _loaded(named)
    lines = read_contents(training, config.source, progress=progress) if training else None
    known = None if lines is None else known_lines(lines)
    found = read_documents(inputs, config, progress)
    size = text_bytes(found.documents) * len(encoders)
    progress.stage("compare", size, 0)
    result = tokenize.compare(found.documents, encoders, training=known, progress=_advancing(progress))
    progress.finish()
    if page is not None:
        comparison_page(result, page)
    if as_json:
        click.echo(json.dumps(result.as_json(), indent=1))
        return
    wrote = [f"wrote  {page}"] if page is not None else []
    click.echo("\n".join([read_line(found), "", comparison_text(result), *wrote]))


def _loaded(named: Sequence[str]) -> dict[str, Encoder]:
    """Every tokenizer by its name, loaded before anything else is done.

    Raises:
        UsageError: a text that is no NAME=FILE, or a name that is given twice.
        DataError: a file is missing or broken; its name is said.
    """
    from codecorpus.errors import UsageError
    from codecorpus.tokenize.comparison_inputs import load_named

    pairs = [_named(text) for text in named]
    names = [name for name, _ in pairs]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise UsageError(f"--tokenizer {twice}=…: the name is given twice", "Call each by a name of its own.")
    return {name: load_named(name, file) for name, file in pairs}


def _named(text: str) -> tuple[str, str]:
    from codecorpus.errors import UsageError

    name, equals, file = text.partition("=")
    if not (name and equals and file):
        raise UsageError(
            f"--tokenizer {text}: write it as NAME=FILE",
            "Such as --tokenizer ours=corpus/tokenizer/tokenizer.json.",
        )
    return name, file


def _advancing(progress: Progress) -> Callable[[float, float], None]:
    """What turns (done, in all) into steps of a stage."""
    seen = [0.0]

    def advance(done: float, _: float) -> None:
        progress.advance(int(done - seen[0]))
        seen[0] = done

    return advance

"""`codecorpus tokenizer compare`."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

from codecorpus.cli.look import JSON
from codecorpus.cli.part_inputs import INPUTS, SETTINGS, config_of, read_documents, read_line, staged

if TYPE_CHECKING:
    from codecorpus.tokenize import TokenizerComparison


@click.command("compare")
@INPUTS
@click.option(
    "--tokenizer",
    "named",
    required=True,
    multiple=True,
    metavar="NAME=FILE",
    help="A tokenizer.json, or a folder that holds one; may be given again.",
)
@SETTINGS
@JSON
def compare(
    inputs: tuple[str, ...], named: tuple[str, ...], settings: tuple[str, ...], as_json: bool
) -> None:
    """Compare tokenizers on the same documents: bytes per token by language, blank tokens, vocabulary used.

    INPUT is any source that `build` takes, the folder of a run, or a Parquet file of documents. All text is held in memory.
    """
    from codecorpus import tokenize
    from codecorpus.run.progress import Lines

    progress = Lines()
    config = config_of(settings, {}, reads=("source",))
    files = dict(_named(text) for text in named)
    encoders = {name: tokenize.load_encoder(file) for name, file in files.items()}
    found = read_documents(inputs, config, progress)
    staged(progress, "compare", found.documents)
    result = tokenize.compare(found.documents, encoders)
    progress.finish()
    if as_json:
        click.echo(json.dumps(result.rows.to_dicts(), indent=1))
        return
    click.echo(read_line(found))
    click.echo("\n".join(_comparison_lines(result)))


def _named(text: str) -> tuple[str, str]:
    from codecorpus.errors import UsageError

    name, equals, file = text.partition("=")
    if not (name and equals and file):
        raise UsageError(
            f"--tokenizer {text}: write it as NAME=FILE",
            "Such as --tokenizer ours=corpus/tokenizer/tokenizer.json.",
        )
    return name, file


def _comparison_lines(result: TokenizerComparison) -> list[str]:
    """Bytes per token, languages down and tokenizers across; below it what else there is to say of each tokenizer."""
    wide = result.table()
    names = wide.columns[1:]
    widths = [max(len(name), 7) for name in names]
    lines = ["", "bytes per token"]
    lines.append(
        f"{'':<22}" + "".join(f"  {name:>{width}}" for name, width in zip(names, widths, strict=True))
    )
    for language, *values in wide.iter_rows():
        cells = (
            f"  {value:>{width}.3f}" if value is not None else f"  {'':>{width}}"
            for value, width in zip(values, widths, strict=True)
        )
        lines.append(f"{language[:22]:<22}" + "".join(cells))
    lines.append("")
    for row in result.rows.filter(result.rows["language"] == "all").iter_rows(named=True):
        lines.append(
            f"{row['tokenizer']}: vocabulary {row['vocab_size']:,}, {row['vocabulary_used']:.0%} of it used; "
            f"{row['blank_token_share'] or 0:.1%} of tokens blank; {row['changed_documents']:,} documents changed"
        )
    return lines

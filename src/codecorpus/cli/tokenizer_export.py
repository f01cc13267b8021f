"""`codecorpus tokenizer export`."""

from __future__ import annotations

import click


@click.command("export")
@click.argument("file", metavar="FILE")
@click.option(
    "--format",
    "form",
    required=True,
    type=click.Choice(["hf", "tiktoken", "gguf"]),
    help="What it is for: transformers, tiktoken, or llama.cpp.",
)
@click.option(
    "--out",
    required=True,
    metavar="PATH",
    help="What to write, which must not exist yet: a folder; for gguf a file.",
)
def export(file: str, form: str, out: str) -> None:
    """Write a tokenizer in the form that other software reads.

    FILE is a tokenizer.json or a folder that holds one. The ids are the same everywhere; where a form cannot give them, the command says
    why and writes nothing. llama.cpp has its regexes compiled in, so gguf is for mode plain alone.
    """
    from codecorpus import tokenize

    written = tokenize.export_tokenizer(file, out, form=form)
    click.echo("wrote  " + " ".join(map(str, written)))

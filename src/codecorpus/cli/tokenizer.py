"""`codecorpus tokenizer`: train one, compare several, look at what one does to a text."""

from __future__ import annotations

import json
import sys

import click

from codecorpus.cli.tokenizer_compare import compare
from codecorpus.cli.tokenizer_count import count
from codecorpus.cli.tokenizer_export import export
from codecorpus.cli.tokenizer_train import train
from codecorpus.cli.words import JSON


@click.group(short_help="Train, compare and export tokenizers.")
def tokenizer() -> None:
    """Train and compare tokenizers, and see what they do to a text."""


tokenizer.add_command(count)
tokenizer.add_command(train)
tokenizer.add_command(compare)
tokenizer.add_command(export)


@tokenizer.command("show")
@click.argument("file", metavar="FILE")
@click.argument("text", metavar="TEXT")
@JSON
def show(file: str, text: str, as_json: bool) -> None:
    r"""Show the tokens of a text, with its white space.

    FILE is a tokenizer.json or a folder that holds one; TEXT is a text, or - for stdin. A space is shown as ·, a line feed as ⏎, a tab
    as →; bytes that are no whole character, and characters that are not seen, as escapes such as \xe2.
    """
    import numpy as np
    import pyarrow as pa

    from codecorpus.tokenize import load_encoder

    encoder, data = load_encoder(file), _given_bytes(text)
    ids, _ = encoder.encode(pa.array([data], pa.large_binary()))
    tokens = {number: encoder.decode(np.array([number])) for number in np.unique(ids).tolist()}
    shown = {number: _shown(token) for number, token in tokens.items()}
    if as_json:
        rows = [
            {"id": number, "bytes": tokens[number].hex(), "shown": shown[number]} for number in ids.tolist()
        ]
        click.echo(json.dumps(rows, indent=1))
        return
    width = len(str(encoder.vocab_size))
    lines = {number: f"{number:>{width}}  {text}" for number, text in shown.items()}
    size = sum(len(tokens[number]) for number in ids.tolist())
    ratio = f", {size / len(ids):.2f} bytes per token" if len(ids) else ""
    last = f"{len(ids):,} tokens, {size:,} bytes{ratio}"
    click.echo("\n".join([*map(lines.__getitem__, ids.tolist()), last]))


def _given_bytes(text: str) -> bytes:
    """The text as it was given, which need not be UTF-8."""
    return sys.stdin.buffer.read() if text == "-" else text.encode(errors="surrogateescape")


def _shown(token: bytes) -> str:
    from codecorpus.report.text import printable

    text = token.decode("utf-8", "backslashreplace")
    return printable(text.translate({0x20: "·", 0x09: "→", 0x0A: "⏎"}))

"""`codecorpus tokenizer`: train one, compare several, look at what one does to a text."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any

import click

from codecorpus.cli.look import JSON
from codecorpus.cli.tokenizer_compare import compare
from codecorpus.cli.tokenizer_count import count
from codecorpus.cli.tokenizer_export import export
from codecorpus.cli.tokenizer_train import train

if TYPE_CHECKING:
    from codecorpus.tokenize import Encoder


@click.group()
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
    from codecorpus.tokenize import load_encoder

    encoder = load_encoder(file)
    rows = _token_rows(encoder, _given_text(text))
    if as_json:
        click.echo(json.dumps(rows, indent=1))
        return
    width = len(str(encoder.vocab_size))
    for row in rows:
        click.echo(f"{row['id']:>{width}}  {row['shown']}")
    size = sum(len(bytes.fromhex(row["bytes"])) for row in rows)
    ratio = f", {size / len(rows):.2f} bytes per token" if rows else ""
    click.echo(f"{len(rows):,} tokens, {size:,} bytes{ratio}")


def _given_text(text: str) -> str:
    from codecorpus.errors import UsageError

    data = sys.stdin.buffer.read() if text == "-" else text.encode(errors="surrogateescape")
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        raise UsageError(f"the text is not UTF-8: {error.reason} at byte {error.start:,}") from None


def _token_rows(encoder: Encoder, text: str) -> list[dict[str, Any]]:
    """One row per token: id, bytes in hex, and what of it can be seen."""
    import pyarrow as pa

    ids, _ = encoder.encode(pa.array([text], pa.large_string()))
    tokens = [encoder.decode(ids[place : place + 1]) for place in range(len(ids))]
    return [
        {"id": int(number), "bytes": token.hex(), "shown": _shown(token)}
        for number, token in zip(ids, tokens, strict=True)
    ]


def _shown(token: bytes) -> str:
    from codecorpus.report.text import printable

    text = token.decode("utf-8", "backslashreplace")
    return printable(text.translate({0x20: "·", 0x09: "→", 0x0A: "⏎"}))

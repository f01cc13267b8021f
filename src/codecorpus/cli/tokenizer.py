"""`codecorpus tokenizer`: train one, compare several, look at what one does to a text."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from codecorpus.cli.look import JSON
from codecorpus.cli.part_inputs import INPUTS, SETTINGS, config_of, read_documents, read_line, staged

if TYPE_CHECKING:
    from codecorpus.tokenize import Encoder, TokenizerComparison

_TRAIN_READS = ("source", "tokenizer.min_frequency", "tokenizer.mode", "tokenizer.vocab_size")


@click.group()
def tokenizer() -> None:
    """Train and compare tokenizers, and see what they do to a text."""


@tokenizer.command("train")
@INPUTS
@click.option(
    "--out", required=True, metavar="FILE", help="The tokenizer.json to write; it must not exist yet."
)
@click.option("--vocab-size", type=int, metavar="N", help="Tokens in all; tokenizer.vocab_size by default.")
@click.option(
    "--mode", type=click.Choice(["plain", "code"]), help="How text is cut first; tokenizer.mode by default."
)
@click.option(
    "--family",
    default="qwen2.5-coder",
    show_default=True,
    metavar="NAME",
    help="Model family whose special tokens it gets.",
)
@SETTINGS
def train(
    inputs: tuple[str, ...],
    out: str,
    vocab_size: int | None,
    mode: str | None,
    family: str,
    settings: tuple[str, ...],
) -> None:
    """Train a byte-level BPE tokenizer.

    INPUT is any source that `build` takes, the folder of a run, or a Parquet file of documents. Beside FILE stand tokenizer_config.json
    (what `transformers` wants to know) and merges.txt (for people), with the name of FILE in front where that is not tokenizer.json.
    All text is held in memory.
    """
    from codecorpus import fim, tokenize
    from codecorpus.outputs import check_new_tokenizer, publish_tokenizer
    from codecorpus.run.progress import Lines

    progress = Lines()
    own = {"tokenizer.vocab_size": vocab_size, "tokenizer.mode": mode}
    config = config_of(settings, own, reads=_TRAIN_READS)
    specials = fim.special_tokens(fim.family(family))
    check_new_tokenizer(Path(out))
    found = read_documents(inputs, config, progress)
    staged(progress, "train", found.documents)
    trained = tokenize.train(
        found.documents,
        vocab_size=config.tokenizer.vocab_size,
        mode=config.tokenizer.mode,
        min_frequency=config.tokenizer.min_frequency,
        special_tokens=specials,
    )
    progress.finish()
    written = publish_tokenizer(Path(out), trained.save)
    asked = config.tokenizer.vocab_size
    fewer = f" (of {asked:,}: the text gives no more)" if trained.bpe.vocab_size < asked else ""
    click.echo(read_line(found))
    click.echo(
        f"trained {trained.bpe.vocab_size:,} tokens{fewer}, mode {config.tokenizer.mode}, "
        f"{trained.bytes_per_token:.3f} bytes per token on this text"
    )
    click.echo("wrote  " + " ".join(map(str, written)))


@tokenizer.command("compare")
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

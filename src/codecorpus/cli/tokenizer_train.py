"""`codecorpus tokenizer train`."""

from __future__ import annotations

from pathlib import Path

import click

from codecorpus.cli.part_inputs import INPUTS, SETTINGS, config_of, read_documents, read_line, staged

_TRAIN_READS = ("source", "tokenizer.min_frequency", "tokenizer.mode", "tokenizer.vocab_size")


@click.command("train")
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

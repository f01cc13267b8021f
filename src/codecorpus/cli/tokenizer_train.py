"""`codecorpus tokenizer train`: a new tokenizer, several sizes of one, or more tokens for one that exists."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from codecorpus.cli.part_inputs import SETTINGS, config_of, read_documents, read_line, staged

if TYPE_CHECKING:
    import pyarrow as pa

    from codecorpus.config import Config
    from codecorpus.run.progress import Progress
    from codecorpus.tokenize import TokenizerOptions, TrainedTokenizer

_TRAIN_READS = (
    "source",
    "tokenizer.balance",
    "tokenizer.cross_identifiers",
    "tokenizer.min_frequency",
    "tokenizer.mode",
    "tokenizer.repository_cap",
    "tokenizer.superword_bytes",
    "tokenizer.superword_start",
    "tokenizer.vocab_size",
    "tokenizer.weights",
)
_FAMILY = "qwen2.5-coder"


@click.command("train")
@click.argument("inputs", nargs=-1, metavar="[INPUT...]")
@click.option(
    "--counts",
    "tables",
    multiple=True,
    metavar="FILE",
    help="In place of INPUT: a table of `tokenizer count`; given again, they are added up.",
)
@click.option(
    "--out", required=True, metavar="FILE", help="The tokenizer.json to write; it must not exist yet."
)
@click.option(
    "--vocab-size",
    "sizes",
    type=int,
    multiple=True,
    metavar="N",
    help="Tokens in all; tokenizer.vocab_size by default. Given again: one training, a file for each size.",
)
@click.option(
    "--mode",
    type=click.Choice(["plain", "code", "superword"]),
    help="How text is cut first; tokenizer.mode by default.",
)
@click.option(
    "--family",
    metavar="NAME",
    help=f"Model family whose special tokens it gets; {_FAMILY} by default.",
)
@click.option("--extend", "old", metavar="FILE", help="Go on from this tokenizer.json; its ids stay.")
@click.option("--add", type=click.IntRange(1), metavar="N", help="With --extend: how many tokens.")
@SETTINGS
def train(
    inputs: tuple[str, ...],
    tables: tuple[str, ...],
    out: str,
    sizes: tuple[int, ...],
    mode: str | None,
    family: str | None,
    old: str | None,
    add: int | None,
    settings: tuple[str, ...],
) -> None:
    """Train a byte-level BPE tokenizer.

    INPUT is any source that `build` takes, the folder of a run, or a Parquet file of documents. Beside FILE stand tokenizer_config.json
    (what `transformers` wants to know) and merges.txt (for people), with the name of FILE in front where that is not tokenizer.json.
    With several sizes, FILE's name gets the size: tokenizer-32768.json. All text is held in memory; with --counts there is none.
    """
    counts = _read_counts(inputs, tables)
    own = {"tokenizer.vocab_size": max(sizes, default=None), "tokenizer.mode": mode or _mode_of(counts)}
    config = config_of(settings, own, reads=_TRAIN_READS)
    _check_extend(old, add, any((sizes, mode, family)))
    if old is not None and add is not None:
        _extend(inputs if counts is None else counts, config, old, add, Path(out))
    else:
        _train(inputs if counts is None else counts, config, sizes, family or _FAMILY, Path(out))


def _read_counts(inputs: Sequence[str], tables: Sequence[str]) -> pa.Table | None:
    """The count table to train from; None where documents are to be counted first."""
    from codecorpus.errors import UsageError

    if bool(inputs) == bool(tables):
        raise UsageError(
            "train needs either INPUT or --counts FILE",
            "`codecorpus tokenizer count INPUT --out FILE` makes one.",
        )
    if not tables:
        return None
    from codecorpus.tokenize import read_counts

    return read_counts(tables)


def _mode_of(counts: pa.Table | None) -> str | None:
    """The mode that a count table names, if it does."""
    metadata = {} if counts is None else counts.schema.metadata or {}
    return metadata[b"codecorpus.mode"].decode() if b"codecorpus.mode" in metadata else None


def _counted(
    given: Sequence[str] | pa.Table,
    config: Config,
    count: Callable[[pa.Table], pa.Table],
    progress: Progress,
) -> tuple[pa.Table, str]:
    """The counts to learn from, those given or those of the documents, and a line on what was read."""
    import pyarrow as pa
    import pyarrow.compute as pc

    if isinstance(given, pa.Table):
        size = pc.sum(pc.multiply(given["count"], pc.binary_length(given["pretoken"]))).as_py() or 0
        progress.stage("train", size, 0)
        return given, f"read   {given.num_rows:,} rows of counts"
    found = read_documents(given, config, progress)
    staged(progress, "count", found.documents)
    counts = count(found.documents)
    staged(progress, "train", found.documents)
    return counts, read_line(found)


def _check_extend(old: str | None, add: int | None, others: bool) -> None:
    from codecorpus.errors import UsageError

    if (old is None) != (add is None):
        raise UsageError("--extend and --add belong together", "Such as --extend tokenizer.json --add 1000.")
    if old is not None and others:
        raise UsageError(
            "--extend goes with none of --vocab-size, --mode and --family",
            "The old tokenizer says how text is cut and which special tokens there are.",
        )


def _train(
    given: Sequence[str] | pa.Table, config: Config, sizes: Sequence[int], family: str, out: Path
) -> None:
    from codecorpus import fim, tokenize
    from codecorpus.outputs import check_new_tokenizer, publish_tokenizer
    from codecorpus.run.progress import Lines

    progress, options = Lines(), config.tokenizer
    specials = fim.special_tokens(fim.family(family))
    files = _files(out, sorted(set(sizes)) or [options.vocab_size])
    _check_sizes(options, specials, list(files))
    for file in files.values():
        check_new_tokenizer(file)
    counts, read = _counted(
        given, config, lambda documents: tokenize.count_documents(documents, options), progress
    )
    bpe = tokenize.train_counts(counts, options, special_tokens=specials, progress=time_left("train"))
    progress.finish()
    click.echo(read)
    for size, file in files.items():
        tokenizer = tokenize.with_encoder(counts, bpe.truncate(size))
        written = publish_tokenizer(file, tokenizer.save)
        click.echo(_trained_line(tokenizer, size))
        click.echo("wrote  " + " ".join(map(str, written)))


def _files(out: Path, sizes: Sequence[int]) -> dict[int, Path]:
    """The file of each size.

    >>> {size: str(path) for size, path in _files(Path("a/t.json"), [300, 400]).items()}
    {300: 'a/t-300.json', 400: 'a/t-400.json'}
    """
    if len(sizes) == 1:
        return {sizes[0]: out}
    return {size: out.with_name(f"{out.stem}-{size}{out.suffix}") for size in sizes}


def _check_sizes(options: TokenizerOptions, specials: tuple[str, ...], sizes: Sequence[int]) -> None:
    """See that one training can give every size, before any work is done."""
    from codecorpus.errors import UsageError
    from codecorpus.tokenize.bpe import check_vocabulary
    from codecorpus.tokenize.superword import superword_start

    for size in sizes:
        check_vocabulary(size, options.mode, specials)
    starts = {superword_start(options.model_copy(update={"vocab_size": size})) for size in sizes}
    if options.mode == "superword" and len(starts) > 1:
        raise UsageError(
            f"superwords of these sizes begin at {', '.join(map(str, sorted(starts)))} tokens: one training cannot give them all",
            "Say where, such as --set tokenizer.superword_start=4000.",
        )


def _trained_line(tokenizer: TrainedTokenizer, asked: int) -> str:
    size = tokenizer.bpe.vocab_size
    fewer = f" (of {asked:,}: the text gives no more)" if size < asked else ""
    return (
        f"trained {size:,} tokens{fewer}, mode {tokenizer.bpe.mode}, "
        f"{tokenizer.bytes_per_token:.3f} bytes per token on this text"
    )


def _extend(given: Sequence[str] | pa.Table, config: Config, old: str, add: int, out: Path) -> None:
    from codecorpus import tokenize
    from codecorpus.outputs import check_new_tokenizer, publish_tokenizer
    from codecorpus.run.progress import Lines

    progress = Lines()
    check_new_tokenizer(out)
    tokenize.read_tokenizer(old)
    counts, read = _counted(
        given, config, lambda documents: _weighable(documents, old, config.tokenizer), progress
    )
    extended = tokenize.extend(
        old,
        counts,
        add=add,
        min_frequency=config.tokenizer.min_frequency,
        weights=config.tokenizer.weights,
        progress=time_left("train"),
    )
    progress.finish()
    written = publish_tokenizer(out, extended.save)
    number = len(extended.tokens)
    fewer = f" (of {add:,}: the text gives no more)" if number < add else ""
    ids = f", ids {extended.first_id:,} to {extended.first_id + number - 1:,}" if number else ""
    click.echo(read)
    click.echo(f"added {number:,} tokens{fewer}{ids}")
    click.echo("wrote  " + " ".join(map(str, written)))


def _weighable(documents: pa.Table, old: str, options: TokenizerOptions) -> pa.Table:
    """Counts as the old tokenizer cuts text, by language where languages are weighted."""
    from codecorpus import tokenize

    def count(contents: pa.ChunkedArray) -> pa.Table:
        return tokenize.count_for(old, contents)

    return tokenize.count_languages(documents, count, apart=bool(options.weights))


def time_left(name: str) -> Callable[[float, float], None]:
    """A progress that keeps one line of a terminal up to date with the share done and the time left; elsewhere it says nothing."""
    started = time.monotonic()

    def tell(done: float, total: float) -> None:
        if not sys.stderr.isatty() or not done:
            return
        left = (total - done) * (time.monotonic() - started) / done
        text = "" if done >= total else f"  {name:<11} {done / total:4.0%}  {left:.0f} s left"
        sys.stderr.write(f"\r{text:<60}\r")
        sys.stderr.flush()

    return tell

"""The command for packing alone, on documents in memory."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from codecorpus.cli.part_inputs import (
    INPUTS,
    OUT,
    SETTINGS,
    config_of,
    read_documents,
    read_line,
    staged,
    table_writer,
)

if TYPE_CHECKING:
    from codecorpus.fim import Packed


@click.command(short_help="Transform documents to fill-in-the-middle and pack them.")
@INPUTS
@click.option("--tokenizer", required=True, metavar="FILE", help="A tokenizer.json, or a folder with one.")
@click.option(
    "--sequence-length", type=int, metavar="N", help="Tokens in a row, at most; sequence_length by default."
)
@click.option("--family", metavar="NAME", help="Model family of the sentinels; fim.family by default.")
@click.option(
    "--format",
    "form",
    metavar="NAME",
    default="parquet",
    show_default=True,
    help="What the rows are written as: parquet, megatron, numpy, datatrove, mds, litdata, webdataset or datasets.",
)
@OUT
@SETTINGS
def pack(
    inputs: tuple[str, ...],
    tokenizer: str,
    sequence_length: int | None,
    family: str | None,
    form: str,
    out: str,
    settings: tuple[str, ...],
) -> None:
    """Transform documents to fill-in-the-middle and pack them into rows.

    INPUT is any source that `build` takes, the folder of a run, or a Parquet file of documents. DIR gets sequences/, or formats/NAME/ for
    another format than Parquet. Settings are those of [fim], [packing] and [source], sequence_length and seed. All text is held in
    memory.
    """
    from codecorpus import fim
    from codecorpus.formats import check_format, write_format, write_sequences
    from codecorpus.outputs import check_output, write_output
    from codecorpus.run.progress import Lines
    from codecorpus.run.sequences import facts_of
    from codecorpus.run.store import sha256_file
    from codecorpus.tokenize import load_encoder

    folder, progress = Path(out), Lines()
    own = {"sequence_length": sequence_length, "fim.family": family}
    config = config_of(settings, own, reads=("fim", "packing", "seed", "sequence_length", "source"))
    check_output(folder, "pack")
    encoder = load_encoder(tokenizer)
    row = fim.family(config.fim.family)
    paths = config.packing.writes_paths
    sentinels = fim.sentinel_ids(row, encoder.token_id, rate=config.fim.rate, paths=paths)
    facts = facts_of(encoder, row, sentinels, config.sequence_length)
    check_format(form, facts, loss_mask=config.packing.loss == "middle")
    found = read_documents(inputs, config, progress, out=folder)
    staged(progress, "pack", found.documents)
    packed = fim.pack(
        found.documents,
        encoder=encoder,
        sequence_length=config.sequence_length,
        options=config.fim,
        packing=config.packing,
        seed=config.seed,
    )
    progress.finish()

    rows = "sequences" if form == "parquet" else f"formats/{form}"

    def write(temporary: Path) -> None:
        (temporary / rows).mkdir(parents=True)
        if form == "parquet":
            write_sequences(temporary / rows / "part-00000.parquet", [packed.sequences], encoder.id_type)
        else:
            write_format(form, [packed.sequences], temporary / rows, facts)
        table_writer({"decisions": found.decisions})(temporary)

    file = Path(tokenizer, "tokenizer.json") if Path(tokenizer).is_dir() else Path(tokenizer)
    asked = {**_plain(config, "fim", "packing", "seed", "sequence_length", "source"), "format": form}
    write_output(folder, "pack", write, settings={**asked, "tokenizer": sha256_file(file)})
    click.echo(read_line(found))
    click.echo(_packed_line(packed))
    click.echo(f"wrote  {folder / rows} {folder / 'decisions'}")


def _packed_line(packed: Packed) -> str:
    parts = sum(packed.layouts.values())
    transformed = parts - packed.layouts.get("none", 0)
    return (
        f"packed {packed.rows:,} rows of {packed.sequence_length:,} tokens, {packed.fill_rate:.2%} full; "
        f"{transformed / max(1, parts):.1%} of {parts:,} parts FIM"
    )


def _plain(config: Any, *names: str) -> dict[str, Any]:
    """These tables and keys of the configuration, as JSON holds them."""
    values = config.model_dump(mode="json")
    return {name: values[name] for name in names}

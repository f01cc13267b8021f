"""`codecorpus tokenizer count`."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from codecorpus.cli.part_inputs import INPUTS, SETTINGS, config_of
from codecorpus.cli.tokenizer_train import time_left
from codecorpus.cli.words import JSON

if TYPE_CHECKING:
    import pyarrow as pa

    from codecorpus.inputs import Plan
    from codecorpus.tokenize import PretokenCounts

#: Documents with over-long pre-tokens that are named; the table has more.
_MOST_SHOWN = 5


@click.command("count")
@INPUTS
@click.option(
    "--out", required=True, metavar="FILE", help="The Parquet file to write; it must not exist yet."
)
@click.option(
    "--mode",
    type=click.Choice(["plain", "code", "superword"]),
    help="How text is cut; tokenizer.mode by default.",
)
@click.option(
    "--share",
    type=float,
    default=1.0,
    show_default=True,
    metavar="X",
    help="Share of the documents to count, chosen by their content: the same ones however they are put into shards.",
)
@SETTINGS
@JSON
def count(
    inputs: tuple[str, ...],
    out: str,
    mode: str | None,
    share: float,
    settings: tuple[str, ...],
    as_json: bool,
) -> None:
    """Count pre-tokens, for `tokenizer train --counts FILE`.

    INPUT is any source that `build` takes, the folder of a run, or a Parquet file of documents. FILE gets a row for each pre-token,
    language and repository: counts of shards add up to those of the whole. Text is read piece by piece; memory is that of the counts.
    """
    from codecorpus.errors import DataError
    from codecorpus.inputs import plan_inputs
    from codecorpus.outputs import check_new_file, publish_new_file
    from codecorpus.run.progress import Lines
    from codecorpus.tokenize import Counting

    progress, file = Lines(), Path(out)
    config = config_of(settings, {"tokenizer.mode": mode}, reads=("source", "tokenizer.mode"))
    check_new_file(file)
    counting = Counting(mode=config.tokenizer.mode, share=share)
    plan = plan_inputs(inputs, config.source)
    progress.stage("count", _size(plan), 0)
    for table in _documents(plan, time_left("count")):
        counting.add(table)
    progress.finish()
    found = counting.result()
    if not found.documents and share == 1:
        raise DataError(f"no document in {', '.join(inputs)}", "Nothing was written.")
    publish_new_file(file, found.save)
    click.echo(json.dumps(_summary(found), indent=1) if as_json else "\n".join(_lines(found, file)))


def _size(plan: Plan) -> int:
    return sum(part.size for part in plan.parts) + sum(file.stat().st_size for file in plan.files)


def _documents(plan: Plan, tell: Callable[[float, float], None]) -> Iterator[pa.Table]:
    """The documents of all inputs, some megabytes at a time; `tell` is told bytes of input, as they lie on the disk."""
    from codecorpus.inputs import document_batches
    from codecorpus.sources import group_parts, read_shard

    done, size = 0.0, _size(plan)
    for shard in group_parts(plan.parts):
        within = 0.0
        for batch in read_shard(shard, plan.options):
            yield batch.documents
            # What is text is a part of what is read, so that a shard is not over before its end.
            within = min(within + batch.documents.nbytes, shard.size)
            tell(done + within, size)
        done += shard.size
        tell(done, size)
    for file in plan.files:
        for table, share in document_batches(file):
            yield table
            tell(done + share * file.stat().st_size, size)
        done += file.stat().st_size


def _summary(found: PretokenCounts) -> dict[str, object]:
    return {
        "documents": found.documents,
        "bytes": found.bytes,
        "rows": found.table.num_rows,
        "left_out": found.pretokens_left_out,
        "longest_left_out": found.left_out.to_pylist(),
    }


def _lines(found: PretokenCounts, file: Path) -> list[str]:
    from codecorpus.report.text import size

    lines = [
        f"counted  {found.documents:,} documents, {size(found.bytes)}: {found.table.num_rows:,} rows, mode {_mode(found)}"
    ]
    if found.pretokens_left_out:
        lines.append(
            f"left out {found.pretokens_left_out:,} pre-tokens of more than 1,024 bytes, the longest in"
        )
        lines += [
            f"  {row['longest']:,} bytes at byte {row['at']:,} of {'/'.join(filter(None, (row['repo_name'], row['path'])))}"
            for row in found.left_out.slice(0, _MOST_SHOWN).to_pylist()
        ]
    return [*lines, f"wrote    {file}"]


def _mode(found: PretokenCounts) -> str:
    mode: bytes = found.table.schema.metadata[b"codecorpus.mode"]
    return mode.decode()

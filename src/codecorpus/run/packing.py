"""The stages from kept documents to rows and files for trainers: count, train, encode, mix, order, cut, plan, pack, formats."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from itertools import accumulate
from pathlib import Path
from typing import Any

from codecorpus.config import Config, fingerprint
from codecorpus.errors import DataError
from codecorpus.fim import MixtureOptions, family, special_tokens
from codecorpus.run.runner import Call, Run
from codecorpus.run.sequences import Sequences
from codecorpus.run.store import (
    sha256_file,
)
from codecorpus.run.summary import Packing
from codecorpus.run.unit import Done
from codecorpus.tokenize.options import counted_share


def make_tokenizer(run: Run, config: Config, documents: list[Done], sizes: list[int]) -> Done:
    """The tokenizer that the user brought, or one trained on the kept documents, with the family's sentinels."""
    options = config.tokenizer
    if options.path is not None:
        path = Path(options.path)
        if not path.is_file():
            raise DataError(f"tokenizer.path = {path}: no such file", "Give the path of a tokenizer.json.")
        return run.one(
            "train",
            "sequence_tasks:take",
            Call(
                (path, config.fim, config.packing.writes_paths),
                (sha256_file(path), config.fim.family, config.fim.rate > 0, config.packing.writes_paths),
            ),
        )
    share = counted_share(options.mode, sum(d.counters["bytes"] for d in documents))
    count = run.each(
        "count",
        "sequence_tasks:count",
        [
            Call((d.folder, options.mode, share), (options.mode, share, d.digest), size)
            for d, size in zip(documents, sizes, strict=True)
        ],
    )
    specials, noted = special_tokens(family(config.fim.family)), _counting_notes(count, share)
    return run.one(
        "train",
        "sequence_tasks:train",
        Call(
            ([c.folder for c in count], options, specials, noted),
            (fingerprint(options), specials, json.dumps(noted, sort_keys=True), *(c.digest for c in count)),
            sum(sizes),
        ),
    )


def _counting_notes(count: Sequence[Done], share: float) -> dict[str, Any]:
    """What the manifest says of counting where not all was counted: the share of the documents, and the longest pre-tokens left out."""
    longest = [row for unit in count for row in unit.counters["longest_left_out"]]
    longest.sort(key=lambda row: (-row["longest"], row["repo_name"] or "", row["path"] or "", row["at"]))
    left_out = sum(unit.counters["left_out"] for unit in count)
    return {
        **({"counted_share": share} if share < 1 else {}),
        **({"left_out": left_out, "longest_left_out": longest[:20]} if left_out else {}),
    }


def pack_rows(run: Run, config: Config, documents: list[Done], tokenizer: Done, sizes: list[int]) -> Packing:
    """Ids and parts of each shard, the plan of all rows, and the files of rows."""
    settings = Sequences(config.fim, config.packing, config.sequence_length, config.seed)
    # Ids depend on the tokenizer alone, whatever is made of them; that no text becomes a sentinel, on the family.
    read_as = (config.fim.family, config.fim.rate > 0, config.packing.writes_paths)
    encode = run.each(
        "encode",
        "sequence_tasks:encode",
        [
            Call(
                (d.folder, tokenizer.folder, settings),
                (*read_as, d.files["documents.parquet"], tokenizer.digest),
                size,
            )
            for d, size in zip(documents, sizes, strict=True)
        ],
    )
    digests = tuple(e.digest for e in encode)
    known = (tuple(d.digest for d in documents), digests)
    folders = ([d.folder for d in documents], [e.folder for e in encode])
    firsts = [0, *accumulate(d.counters["documents"] for d in documents)]
    mix = order = None
    if config.mixture != MixtureOptions():
        asked = (fingerprint(config.mixture), config.seed, *known)
        mix = run.one("mix", "sequence_tasks:mix", Call((*folders, config.mixture, config.seed), asked))
    if config.packing.context == "repository":
        ordered_by = (config.sequence_length, config.packing.readme_first, *known)
        order = run.one("order", "sequence_tasks:order", Call((*folders, settings), ordered_by))
    length, seed = config.sequence_length, config.seed
    key = (fingerprint(config.fim), fingerprint(config.packing), length, seed)
    cut = run.each(
        "cut",
        "sequence_tasks:cut",
        [
            Call(
                (d.folder, e.folder, mix and mix.folder, first, tokenizer.folder, settings),
                (*key, d.digest, e.digest, mix and (mix.digest, first), tokenizer.digest),
                size,
            )
            for d, e, first, size in zip(documents, encode, firsts, sizes, strict=False)
        ],
    )
    cut_folders, digests = [c.folder for c in cut], tuple(c.digest for c in cut)
    plan = run.one(
        "plan",
        "sequence_tasks:plan",
        Call(
            (cut_folders, order and order.folder, firsts[:-1], tokenizer.folder, settings),
            (*key, order and order.digest, tokenizer.digest, *digests),
        ),
    )
    pack = run.each(
        "pack",
        "sequence_tasks:pack",
        [
            Call(
                (plan.folder, cut_folders, tokenizer.folder, rows, settings),
                (*key, plan.digest, tokenizer.digest, *digests, rows),
                sum(sizes) // max(1, plan.counters["files"]),
            )
            for rows in _row_ranges(plan)
        ],
    )
    return Packing(encode, mix, order, cut, plan, pack)


def write_formats(run: Run, config: Config, tokenizer: Done, pack: list[Done]) -> dict[str, Done]:
    """The rows once more, in each format that was asked for."""
    settings = Sequences(config.fim, config.packing, config.sequence_length, config.seed)
    key = (config.fim.family, config.sequence_length, tokenizer.digest, *(p.digest for p in pack))
    folders = [p.folder for p in pack]
    names = [name for name in dict.fromkeys(config.formats) if name != "parquet"]
    if not names:
        return {}
    size = sum(p.counters["tokens"] for p in pack)
    calls = [Call((folders, tokenizer.folder, name, settings), (name, *key), size) for name in names]
    return dict(zip(names, run.each("formats", "sequence_tasks:write", calls), strict=True))


def _row_ranges(plan: Done) -> Iterator[tuple[int, int]]:
    """First row and end of each file; one empty file where there is nothing to pack."""
    rows, step = plan.counters["rows"], plan.counters["rows_per_file"]
    for first in range(0, max(rows, 1), step):
        yield first, min(first + step, rows)

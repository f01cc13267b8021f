"""The stages from kept documents to rows and files for trainers: count, train, encode, mix, order, cut, plan, pack, formats."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from itertools import accumulate, repeat
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

#: A group of shards is full when it has so many tokens or documents; its last shard may go beyond.
GROUP_TOKENS = 2_000_000_000
GROUP_DOCUMENTS = 2_000_000


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
    firsts = [0, *accumulate(d.counters["documents"] for d in documents)]
    mix = None
    if config.mixture != MixtureOptions():
        folders = ([d.folder for d in documents], [e.folder for e in encode])
        asked = (fingerprint(config.mixture), config.seed, *_digests(documents), *_digests(encode))
        mix = run.one("mix", "sequence_tasks:mix", Call((*folders, config.mixture, config.seed), asked))
    groups = packed_together(
        [(d.counters["documents"], e.counters["tokens"]) for d, e in zip(documents, encode, strict=True)]
    )
    order = _order(run, config, settings, groups, documents, encode)
    key = (fingerprint(config.fim), fingerprint(config.packing), config.sequence_length, config.seed)
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
    planned_by = (*key, tokenizer.digest)
    plan = run.each(
        "plan",
        "sequence_tasks:plan",
        [
            Call(
                (
                    [c.folder for c in cut[group]],
                    ranks and ranks.folder,
                    [first - firsts[group.start] for first in firsts[group]],
                    tokenizer.folder,
                    settings,
                ),
                (*planned_by, ranks and ranks.digest, *_digests(cut[group])),
            )
            for group, ranks in zip(groups, order or repeat(None, len(groups)), strict=True)
        ],
    )
    pack = run.each(
        "pack",
        "sequence_tasks:pack",
        [
            Call(
                (planned.folder, [c.folder for c in cut[group]], tokenizer.folder, rows, settings),
                (*planned_by, planned.digest, *_digests(cut[group]), rows),
                sum(sizes[group]) // max(1, planned.counters["files"]),
            )
            for group, planned, rows in _files_of(groups, plan)
        ],
    )
    return Packing(encode, mix, order, cut, plan, pack)


def packed_together(shards: Sequence[tuple[int, int]]) -> list[slice]:
    """Groups of neighbouring shards whose parts may share rows; at least one group.

    Planning takes all parts of a group at once, so a corpus of any size is planned in the same memory, by as many workers as there are
    groups; each group costs less than one row more. A repository in two groups is ordered in each by itself.

    Args:
        shards: (documents, tokens) of each.

    >>> packed_together([(10, 1_500_000_000), (10, 600_000_000), (10, 5)])
    [slice(0, 2, None), slice(2, 3, None)]
    """
    groups, begin, documents, tokens = [], 0, 0, 0
    for number, (more, many) in enumerate(shards):
        documents, tokens = documents + more, tokens + many
        if tokens >= GROUP_TOKENS or documents >= GROUP_DOCUMENTS:
            groups.append(slice(begin, number + 1))
            begin, documents, tokens = number + 1, 0, 0
    return [*groups, slice(begin, len(shards))] if begin < len(shards) or not groups else groups


def _order(
    run: Run,
    config: Config,
    settings: Sequences,
    groups: list[slice],
    documents: list[Done],
    encode: list[Done],
) -> list[Done]:
    """Of each group, its repositories in the order of their imports; nothing where files stand by themselves."""
    if config.packing.context != "repository":
        return []
    calls = []
    for group in groups:
        folders = ([d.folder for d in documents[group]], [e.folder for e in encode[group]])
        known = (*_digests(documents[group]), *_digests(encode[group]))
        asked = (config.sequence_length, config.packing.readme_first, *known)
        calls.append(Call((*folders, settings), asked))
    return run.each("order", "sequence_tasks:order", calls)


def _digests(units: Sequence[Done]) -> tuple[str, ...]:
    return tuple(unit.digest for unit in units)


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


def _files_of(groups: list[slice], plan: list[Done]) -> Iterator[tuple[slice, Done, tuple[int, int]]]:
    """Group, plan, first row and end of each file; one empty file where there is nothing at all to pack."""
    count = 0
    for group, planned in zip(groups, plan, strict=True):
        rows, step = planned.counters["rows"], planned.counters["rows_per_file"]
        for first in range(0, rows, step):
            count += 1
            yield group, planned, (first, min(first + step, rows))
    if not count:
        yield groups[0], plan[0], (0, 0)

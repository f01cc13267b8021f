"""A shard read: entries of its parts, judged and gathered into batches of bounded size."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from codecorpus.sources.archive import read_archive
from codecorpus.sources.folder import read_folder
from codecorpus.sources.git import read_git
from codecorpus.sources.jsonl import read_jsonl
from codecorpus.sources.opt_out import resolve_opt_outs
from codecorpus.sources.options import SourceOptions
from codecorpus.sources.parquet import read_parquet
from codecorpus.sources.part import Part, Shard
from codecorpus.sources.remote import read_objects
from codecorpus.sources.rows import Entry, ReadBatch, RowBuilder


def _read_damaged(part: Part, _: SourceOptions) -> Iterator[Entry]:
    code, path, reason = part.items
    yield Entry(part.repo_name or "", path, part.size, code=code, detail=reason)


_READERS: Mapping[str, Callable[[Part, SourceOptions], Iterator[Entry]]] = {
    "folder": read_folder,
    "git": read_git,
    "archive": read_archive,
    "parquet": read_parquet,
    "jsonl": read_jsonl,
    "damaged": _read_damaged,
}


def _reader(part: Part) -> Callable[[Part, SourceOptions], Iterator[Entry]]:
    """By its kind alone, but for folders: what opens one file opens it in a store as well."""
    return read_objects if part.kind == "folder" and part.access is not None else _READERS[part.kind]


def read_shard(shard: Shard, options: SourceOptions) -> Iterator[ReadBatch]:
    """Read a shard, in the order of its parts.

    Args:
        shard: as `group_parts` makes it.
        options: limits and names of columns.

    Yields:
        Batches of about 8 MB of text or 20,000 entries, at least one. Every entry that was met is one row of `documents` or one `dropped`
        row of `decisions`; nothing that a file holds raises.
    """
    options = resolve_opt_outs(options) if options.opt_out_file is not None else options
    rows = RowBuilder(notebooks=options.notebooks == "script", magika=options.magika)
    given = False
    before = None
    for part in shard.parts:
        rows.run += part.source != before
        before = part.source
        for entry in _reader(part)(part, options):
            rows.add(entry)
            if rows.full:
                yield rows.take()
                given = True
    if len(rows) or not given:
        yield rows.take()

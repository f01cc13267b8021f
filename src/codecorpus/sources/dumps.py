"""Files that are a source of their own: archives, JSONL and Parquet, told by their names, on a disk or in a store."""

from __future__ import annotations

import os
from collections.abc import Iterator

from codecorpus.addresses import Access
from codecorpus.sources.archive import archive_stem, is_archive
from codecorpus.sources.folder import Found
from codecorpus.sources.jsonl import check_columns, is_jsonl, jsonl_stem
from codecorpus.sources.options import SourceOptions
from codecorpus.sources.parquet import parquet_parts
from codecorpus.sources.part import Part, hash_fields, part_key
from codecorpus.sources.rows import display_path


def is_dump(name: str) -> bool:
    """Whether a file of this name is a source of its own."""
    return is_archive(name) or is_jsonl(name) or name.lower().endswith(".parquet")


def dump_parts(
    location: str,
    found: Found,
    names: tuple[str, str],
    options: SourceOptions,
    access: Access | None = None,
) -> Iterator[Part]:
    """The parts of one such file: a Parquet file has one for each row group.

    Args:
        location: absolute path, or address without what opens it.
        found: its size and times.
        names: what leads to it, for the key: the source, then its place in it.
        options: names of columns.
        access: what opens the store that it lies in.

    Raises:
        SourceError: a needed column is missing.
        StorageError: the store does not answer, or refuses.
    """
    name = os.path.basename(location)
    key, fingerprint = part_key(*names, name), hash_fields([found.fingerprint])
    if is_archive(name):
        kind, stem = "archive", archive_stem(name)
    elif is_jsonl(name):
        check_columns(location, options, access)
        kind, stem = "jsonl", jsonl_stem(name)
    else:
        kind, stem = "parquet", name[: -len(".parquet")]
    part = Part(kind, location, display_path(stem), key, fingerprint, found.size, access=access)
    return parquet_parts(part, options) if kind == "parquet" else iter([part])

"""What a worker reads: parts of sources, named without absolute paths, and shards of neighbouring parts.

A part is the smallest thing that is read at once: a repository, a stretch of a big one, an archive, a row group. A shard is a
run of parts in key order. The borders of both follow from names and sizes alone ("content-defined"), so that a file or
repository that comes or goes moves only the borders next to it, and everything further away keeps its name and its finished work.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any, TypeVar

from codecorpus.addresses import Access
from codecorpus.fragments import show_fields

Item = TypeVar("Item")

#: Counted for an entry on top of its bytes: a row costs memory and time even where the file is empty.
_ENTRY_BYTES = 1024
_SHARD_BYTES, _MOST_SHARD_BYTES, _SHARDS = 16_000_000, 256_000_000, 4_096
#: Bytes of a stretch of a repository, as aimed at; one stretch holds half to double of it.
STRETCH_BYTES = 4_000_000


@dataclass(frozen=True, slots=True)
class Part:
    """The smallest thing a worker reads.

    Attributes:
        kind: `folder`, `git`, `archive`, `parquet`, `jsonl` or `damaged`.
        location: absolute path, or address in an object store, of the folder, repository or file; in no key and no output.
        repo_name: name of the repository, or what stands for it in a file of many.
        key: unique in a plan, made of names only: source, place in it, first item.
        fingerprint: hex; changes when what is read here may have changed.
        size: bytes on the disk, as far as they are known without reading.
        items: what to read: relative paths (folder), blobs (git), the row group (Parquet), code, path and reason (damaged);
            empty where it is the whole file.
        revision: the commit that is read (git).
        revision_date: its committer's date in seconds, where it has one (git).
        access: what opens the object store that it lies in, if it does; in no key, no output and no message.
    """

    kind: str
    location: str
    repo_name: str | None
    key: str
    fingerprint: str
    size: int
    items: tuple[Any, ...] = ()
    revision: str | None = None
    revision_date: int | None = None
    access: Access | None = None

    _repr_html_ = show_fields

    @property
    def source(self) -> tuple[str, str]:
        """Name and kind of the source that it is a part of."""
        return self.key.partition("\0")[0], self.kind


@dataclass(frozen=True, slots=True)
class Shard:
    """A run of neighbouring parts, read by one unit."""

    parts: tuple[Part, ...]

    _repr_html_ = show_fields

    @property
    def key(self) -> str:
        """Hex hash of the parts' keys and fingerprints; the same wherever the sources lie."""
        return hash_fields(field for part in self.parts for field in (part.key, part.fingerprint))

    @property
    def size(self) -> int:
        """Bytes on the disk, as far as they are known without reading."""
        return sum(part.size for part in self.parts)

    @property
    def sources(self) -> list[tuple[str, str]]:
        """Name and kind of the source of each run of parts, in their order; documents are counted by these runs."""
        return [source for source, _ in groupby(self.parts, lambda part: part.source)]


def hash_fields(fields: Iterable[str]) -> str:
    """Hex hash of strings, each with its length before it, so that ("ab", "c") and ("a", "bc") differ."""
    digest = hashlib.blake2b(digest_size=16)
    for field in fields:
        data = field.encode("utf-8", "surrogateescape")
        digest.update(len(data).to_bytes(8, "little"))
        digest.update(data)
    return digest.hexdigest()


def part_key(*names: str) -> str:
    """Key of a part from the names that lead to it; NUL separates them because no file name can hold it."""
    return "\0".join(
        name.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace") for name in names
    )


def sort_parts(parts: Iterable[Part]) -> tuple[Part, ...]:
    """Parts in key order with every key made unique, whatever order they come in.

    Two sources with the same folder name give the same keys; their parts are told apart by fingerprint, then by location.
    """
    ordered = sorted(parts, key=lambda part: (part.key, part.fingerprint, part.location))
    seen: dict[str, int] = {}
    unique = []
    for part in ordered:
        seen[part.key] = count = seen.get(part.key, 0) + 1
        unique.append(part if count == 1 else replace(part, key=f"{part.key}\0#{count}"))
    return tuple(sorted(unique, key=lambda part: part.key))


def shard_bytes(total: int) -> int:
    """Bytes of a shard where the input has so many: 16 MB up to 65 GB, then twice that and so on, 256 MB from 524 GB on.

    A unit costs its executor a millisecond, a folder and a few files, whatever its size: thousands of shards are enough for any cluster,
    and millions would be its main work.

    >>> shard_bytes(10**10), shard_bytes(10**11), shard_bytes(10**13)
    (16000000, 32000000, 256000000)
    """
    target = _SHARD_BYTES
    while target < _MOST_SHARD_BYTES and total > _SHARDS * target:
        target *= 2
    return target


def group_parts(parts: Sequence[Part], *, target: int | None = None) -> tuple[Shard, ...]:
    """Group parts, in their order, into shards of about `target` bytes.

    A shard ends when it holds twice the target, or half of it and the next part's key hashes to 0 modulo 4: a new part moves
    the borders only up to the next such part.

    Args:
        parts: as `plan_sources` returns them.
        target: bytes of a shard; by default after the size of all parts, see `shard_bytes`. A single part is never cut, so a big archive is
            a shard of its own.
    """
    target = target or shard_bytes(sum(part.size for part in parts))
    weighted = ((part, part.size + _ENTRY_BYTES * len(part.items)) for part in parts)
    groups = _cut(weighted, lambda part: part.key, target=target, one_in=4)
    return tuple(Shard(tuple(group)) for group in groups)


def cut_stretches(items: Iterable[tuple[Item, str, int]]) -> Iterator[list[Item]]:
    """Cut the (item, name, bytes) of a repository, in order, into stretches of about `STRETCH_BYTES`."""
    weighted = (((item, name), size + _ENTRY_BYTES) for item, name, size in items)
    for group in _cut(weighted, lambda pair: pair[1], target=STRETCH_BYTES, one_in=64):
        yield [item for item, _ in group]


def _cut(
    weighted: Iterable[tuple[Item, int]], name_of: Callable[[Item], str], *, target: int, one_in: int
) -> Iterator[list[Item]]:
    group: list[Item] = []
    held = 0
    for item, weight in weighted:
        full = held + weight > 2 * target
        if group and (full or (held >= target // 2 and _is_border(name_of(item), one_in))):
            yield group
            group, held = [], 0
        group.append(item)
        held += weight
    if group:
        yield group


def _is_border(name: str, one_in: int) -> bool:
    digest = hashlib.blake2b(name.encode("utf-8", "surrogateescape"), digest_size=4).digest()
    return int.from_bytes(digest, "little") % one_in == 0

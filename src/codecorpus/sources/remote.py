"""Sources in an object store: the same parts, names and order as a copy of them on the disk.

A prefix is what a folder is. Objects are listed once, with their sizes and the store's times, and read where they lie: small ones whole,
archives and tables by stretches, so that nothing is copied to the disk. A bare git repository is the one kind that is not read here, for it
is `git` that reads it, and from a disk; as one repository of many it is a decision.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import chain

from codecorpus.addresses import Address, address_of, is_plain
from codecorpus.errors import SourceError
from codecorpus.objects import ObjectFile, list_objects, look_up
from codecorpus.sources.dumps import dump_parts, is_dump
from codecorpus.sources.folder import CONTROL, Found, folder_parts
from codecorpus.sources.language import binary_tag
from codecorpus.sources.opt_out import OptOuts, left_out, opt_outs
from codecorpus.sources.options import SourceOptions
from codecorpus.sources.part import Part, hash_fields, part_key
from codecorpus.sources.rows import Entry, display_path, too_large

#: Objects asked for at once: what takes long is the answer, not the bytes. Those that wait are a stretch of 8 MB at most.
_AT_ONCE = 16
_UNASKABLE = "an object whose name cannot be asked for"


def address_parts(
    address: Address, options: SourceOptions, exclude: frozenset[str], kinds: str
) -> Iterator[Part]:
    """The parts of an object or a prefix.

    Args:
        address: of one dump file, or what a folder would be.
        options: names of columns.
        exclude: addresses, as `Address.name`, below which nothing is taken.
        kinds: what can be read, for a message.

    Raises:
        SourceError: it is an object of no kind that can be read, or a bare git repository.
        StorageError: the store does not answer, or refuses.
    """
    listed = look_up(address)
    if listed is not None:
        if not is_dump(address.last):
            raise SourceError(
                f"{address.name}: not a kind of source that can be read", f"A source is one of: {kinds}."
            )
        found = Found(address.last, listed.size, listed.mtime_ns, 0)
        return dump_parts(address.name, found, (address.last, ""), options, address.access)
    entries = [
        Found(one.path, one.size, one.mtime_ns, 0)
        for one in list_objects(address)
        if not any(address.below(one.path).name.startswith(f"{own}/") for own in exclude)
    ]
    if not entries:
        raise SourceError(
            f"{address.name}: there is no such object, and none below it", f"A source is one of: {kinds}."
        )
    plain = [entry for entry in entries if is_plain(entry.path)]
    odd = [_odd(address, entry.path) for entry in entries if not is_plain(entry.path)]
    return chain(_prefix_parts(address, plain, options), odd)


def _odd(address: Address, path: str) -> Part:
    """An object that no copy on a disk could have."""
    items = ("CC001", display_path(path), _UNASKABLE)
    key = part_key(address.last, "", path)
    return Part("damaged", address.name, display_path(address.last), key, hash_fields(items), 0, items)


def _prefix_parts(address: Address, entries: list[Found], options: SourceOptions) -> Iterator[Part]:
    name = address.last
    if any(entry.path == ".git" or entry.path.startswith(".git/") for entry in entries):
        yield from _repository(address, name, (name, ""), entries)
        return
    if _is_git(entries):
        raise SourceError(
            f"{address.name}: a bare git repository in an object store is not read",
            "Read it from a disk, or store an archive of it: git archive, or tar.",
        )
    loose: list[Found] = []
    children: dict[str, list[Found]] = {}
    for entry in entries:
        child, slash, inside = entry.path.partition("/")
        if slash:
            children.setdefault(child, []).append(replace(entry, path=inside))
        elif is_dump(child):
            yield from dump_parts(address.below(child).name, entry, (name, child), options, address.access)
        else:
            loose.append(entry)
    for child, inner in children.items():
        yield from _child(address.below(child), (name, child), inner)
    yield from _repository(address, name, (name, ""), loose)


def _child(address: Address, names: tuple[str, str], entries: list[Found]) -> Iterator[Part]:
    if not _is_git(entries):
        yield from _repository(address, names[1], names, entries)
        return
    reason = ("CC008", "", "a bare git repository in an object store is not read")
    repo_name = display_path(names[1].removesuffix(".git"))
    key = part_key(*names, "")
    yield Part("damaged", address.name, repo_name, key, hash_fields(reason), 0, reason)


def _repository(
    address: Address, repo_name: str, names: tuple[str, str], entries: list[Found]
) -> Iterator[Part]:
    content = [entry for entry in entries if not _is_control(entry.path)]
    for part in folder_parts(address.name, repo_name, names, content):
        yield replace(part, access=address.access)


def _is_control(path: str) -> bool:
    *folders, name = path.split("/")
    return name == ".git" or not CONTROL.isdisjoint(folders)


def _is_git(entries: list[Found]) -> bool:
    """Whether these are a bare repository; a store has no empty folders, so that `refs` may be missing."""
    paths = {entry.path for entry in entries}
    return "HEAD" in paths and any(path.startswith("objects/") for path in paths)


def read_objects(part: Part, options: SourceOptions) -> Iterator[Entry]:
    """One entry for each object of a part of a prefix, in their order; some are asked for ahead.

    Raises:
        StorageError: the store does not answer, or refuses. Only an object that is not there any more is a decision.
    """
    assert part.access is not None
    root, outs = address_of(part.location, part.access), opt_outs(options.opt_out)
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        yield from pool.map(lambda item: _read(root, item, part, outs, options.max_bytes), part.items)


def _read(root: Address, item: str, part: Part, outs: OptOuts, max_bytes: int) -> Entry:
    repo, path = part.repo_name or "", display_path(item)
    if not is_plain(item):
        return Entry(repo, path, code="CC001", detail=_UNASKABLE)
    try:
        with ObjectFile(root.below(item)) as file:
            size = file.size
            if outs and (entry := left_out(outs, repo, path, size)):
                return entry
            if size > max_bytes:
                return too_large(repo, path, size, max_bytes)
            tag = binary_tag(path)
            if tag is not None:
                return Entry(repo, path, size, code="CC004", detail=f"{tag} by its name")
            raw = file.read(size) or b""
    except FileNotFoundError:
        return Entry(repo, path, code="CC001", detail="No such object")
    return Entry(repo, path, len(raw), raw)

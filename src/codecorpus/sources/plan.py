"""Sources told apart and cut into parts, without reading what is in them.

| source | read as |
|---|---|
| folder with `.git` | one repository, from its working tree |
| bare git repository, `.git` folder | one repository, the blobs of `source.revision` |
| other folder | each child folder: a repository of one of these kinds; dump files directly in it: sources of their own; |
|   | loose files: a repository named like the folder |
| `.tar`, `.tar.gz`, `.tgz`, `.tar.bz2`, `.tar.xz`, `.tar.zst`, `.zip` | one repository, named like the file |
| `.parquet`, `.jsonl`, `.jsonl.gz`, `.jsonl.zst` | rows of many repositories |
| `s3://bucket/prefix`, `gs://bucket/prefix` | what a copy on the disk would be read as |
"""

from __future__ import annotations

import difflib
import os
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path

from codecorpus.addresses import is_address, parse_address
from codecorpus.errors import SourceError
from codecorpus.sources.dumps import dump_parts, is_dump
from codecorpus.sources.folder import Found, folder_parts, is_working_tree, look_at, walk
from codecorpus.sources.git import git_parts, git_repo_name, is_git_folder
from codecorpus.sources.model import check_model
from codecorpus.sources.options import SourceOptions
from codecorpus.sources.part import Part, hash_fields, part_key, sort_parts
from codecorpus.sources.remote import address_parts
from codecorpus.sources.rows import display_path

_KINDS = "folder, bare git repository, .tar[.gz|.bz2|.xz|.zst], .zip, .parquet, .jsonl[.gz|.zst]"


def plan_sources(
    sources: Sequence[str | os.PathLike[str]],
    options: SourceOptions,
    *,
    exclude: Sequence[str | os.PathLike[str]] = (),
) -> tuple[Part, ...]:
    """Everything there is to read, in parts sorted by key.

    The result does not depend on the order of the sources, and a place given twice is read once.

    Args:
        sources: paths of folders, git repositories, archives, Parquet and JSONL files; addresses of prefixes and objects in a store.
        options: the revision of git repositories and the names of columns.
        exclude: folders and addresses that are not looked into wherever they lie, such as the output of this run.

    Raises:
        SourceError: one or more sources are missing, empty, of an unknown kind, or cannot be read at all; all of them are named.
        ExtraMissingError: `source.magika` is on, and magika is not installed.
    """
    if options.magika:
        check_model()
    if not sources:
        raise SourceError("no source was given", f"Give at least one: {_KINDS}.")
    parts: list[Part] = []
    bad: list[SourceError] = []
    left_out = frozenset(os.path.realpath(folder) for folder in exclude if not is_address(folder))
    own = frozenset(parse_address(str(place)).name for place in exclude if is_address(place))
    local = [source for source in sources if not is_address(source)]
    # Of two spellings of an address, such as one with credentials and one without, either will do.
    stored = {address.name: address for address in (parse_address(str(s)) for s in sources if is_address(s))}
    for location in sorted({*(os.path.realpath(source) for source in local), *stored}):
        try:
            if location in stored:
                found = list(address_parts(stored[location], options, own, _KINDS))
            else:
                found = list(_source_parts(Path(location), options, left_out))
            if not found:
                raise SourceError(
                    f"{location}: there is nothing to read in it", "A source needs at least one file."
                )
            parts.extend(found)
        except SourceError as error:
            bad.append(error)
        except OSError as error:
            bad.append(
                SourceError(f"{location}: {error.strerror or error}", "Check the path and its permissions.")
            )
    if bad:
        raise _together(bad)
    return sort_parts(parts)


def _together(bad: list[SourceError]) -> SourceError:
    if len(bad) == 1:
        return bad[0]
    hints = "\n".join(dict.fromkeys(error.hint for error in bad if error.hint))
    return SourceError("\n".join(error.what for error in bad), hints)


def _source_parts(path: Path, options: SourceOptions, exclude: frozenset[str]) -> Iterator[Part]:
    name = path.name or "root"
    if not os.path.lexists(path):
        raise SourceError(f"{path}: there is no such file or folder", _near(path))
    if not path.is_dir():
        if not is_dump(path.name):
            raise SourceError(
                f"{path}: not a kind of source that can be read", f"A source is one of: {_KINDS}."
            )
        return dump_parts(str(path), look_at(str(path.parent), path.name), (name, ""), options)
    if is_working_tree(path):
        return folder_parts(str(path), name, (name, ""), walk(str(path), exclude))
    if is_git_folder(path):
        return git_parts(path, (name, ""), options)
    return _children_parts(path, name, options, exclude)


def _near(path: Path) -> str:
    """What may have been meant by a path that is not there; what a source is, where nothing is like it."""
    above = path.parent
    while not above.is_dir() and above != above.parent:
        above = above.parent
    if above != path.parent:
        return f"There is {above}, and no {path.relative_to(above).parts[0]} in it."
    with suppress(OSError):
        near = difflib.get_close_matches(path.name, sorted(os.listdir(above)), n=1)
        if near:
            return f"Did you mean {above / near[0]}?"
    return f"A source is one of: {_KINDS}."


def _children_parts(
    folder: Path, name: str, options: SourceOptions, exclude: frozenset[str]
) -> Iterator[Part]:
    loose: list[Found] = []
    with os.scandir(folder) as entries:
        children = sorted(entries, key=lambda entry: os.fsencode(entry.name))
    for child in children:
        path = Path(child.path)
        if child.is_dir(follow_symlinks=False):
            if child.path not in exclude:
                yield from _child_parts(path, name, options, exclude)
        elif child.is_file(follow_symlinks=False) and is_dump(child.name):
            yield from dump_parts(child.path, look_at(str(folder), child.name), (name, child.name), options)
        else:
            loose.append(look_at(str(folder), child.name))
    yield from folder_parts(str(folder), name, (name, ""), loose)


def _child_parts(child: Path, source: str, options: SourceOptions, exclude: frozenset[str]) -> Iterator[Part]:
    names = (source, child.name)
    if is_working_tree(child) or not is_git_folder(child):
        yield from folder_parts(str(child), child.name, names, walk(str(child), exclude))
        return
    try:
        yield from git_parts(child, names, options)
    except SourceError as error:
        # One repository of many: its loss is a decision, not the end of the run.
        items = ("CC008", "", error.what.removeprefix(f"{child}: "))
        yield Part(
            "damaged",
            str(child),
            display_path(git_repo_name(child)),
            part_key(*names, ""),
            hash_fields(items),
            0,
            items,
        )

"""Imports that name types: Java, Kotlin, C# and PHP, found by what files declare, and by path where that is unknown."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from codecorpus.fim.context.files import RepositoryFiles, Resolve, without_extension
from codecorpus.fim.context.path_index import (
    NONE,
    Entry,
    Names,
    PathIndex,
    by_directory,
    index_paths,
    join,
    nearest,
)

# Packages that one file sees with all their types; each name in it is looked for in each.
_MAX_SCOPES = 100


@dataclass(frozen=True, slots=True)
class _Types:
    """Declared types of one family.

    Attributes:
        found: name with dots → directories and entries of the files that declare it, as `nearest` takes them.
        simple: last names of all of these.
        scopes: packages and namespaces that files declare, without the `*`.
    """

    found: dict[str, tuple[list[Names], list[Entry]]]
    simple: set[str]
    scopes: dict[int, list[str]]


def jvm(files: RepositoryFiles, members: Sequence[int], _: Sequence[Sequence[str]]) -> Resolve:
    """`a.b.C` is the file that declares it, else the one whose path ends in `a/b/C`; `~C` is looked for where the file looks."""
    return _by_types(files, members, (".java", ".kt", ".kts"), nested=True)


def csharp(files: RepositoryFiles, members: Sequence[int], _: Sequence[Sequence[str]]) -> Resolve:
    """As Java; a file also sees the namespaces around its own."""
    return _by_types(files, members, (), enclosing=True)


def php(files: RepositoryFiles, members: Sequence[int], _: Sequence[Sequence[str]]) -> Resolve:
    """As Java, and included files: beside, from the root, or as the end of a path."""
    types = _by_types(files, members, (".php",))
    index = index_paths(Entry(files.names[file], files.directory(file), 0, file) for file in members)

    def find(file: int, references: Sequence[str]) -> Iterator[int]:
        yield from types(file, [text for text in references if " " not in text])
        for reference in references:
            kind, _, path = reference.partition(" ")
            if kind in ("file", "here") and path:
                yield _included(files, index, file, path, kind == "here")

    return find


def _included(files: RepositoryFiles, index: PathIndex, file: int, path: str, is_beside: bool) -> int:
    directory = files.directory(file)
    for base in (directory,) if is_beside else (directory, ()):
        names = join(base, path)
        if names in files.at:
            return files.at[names]
    names = tuple(name for name in path.split("/") if name not in ("", ".", ".."))
    return NONE if is_beside or not names else index.ending(names, directory)


def _by_types(
    files: RepositoryFiles,
    members: Sequence[int],
    extensions: tuple[str, ...],
    *,
    enclosing: bool = False,
    nested: bool = False,
) -> Resolve:
    types = _types(files, members)
    stems = ((file, without_extension(files.names[file][-1], extensions)) for file in members)
    index = index_paths(
        Entry((*files.directory(file), stem), files.directory(file), 0, file) for file, stem in stems
    )

    def find(file: int, references: Sequence[str]) -> Iterator[int]:
        near = files.directory(file)
        scopes = [*types.scopes.get(file, [""])]
        if enclosing:
            scopes += [scope.rsplit(".", up)[0] for scope in scopes for up in range(1, scope.count(".") + 1)]
        names = []
        for reference in references:
            if reference.startswith("~"):
                names.append(reference[1:])
            elif reference.endswith(".*"):
                scopes.append(reference[:-2])
                yield _type(types, reference[:-2], near)
            else:
                yield _type_or_path(types, index if extensions else None, reference, near, 3 if nested else 1)
        scopes = list(dict.fromkeys(scopes))[:_MAX_SCOPES]
        for name in names:
            if name in types.simple:
                yield _in_scopes(types, scopes, name, near)

    return find


def _types(files: RepositoryFiles, members: Sequence[int]) -> _Types:
    declaring: dict[str, list[Entry]] = {}
    scopes: dict[int, list[str]] = {}
    for file in members:
        stem = files.names[file][-1].partition(".")[0]
        for text in files.declares[file]:
            if text.endswith("*"):
                scopes.setdefault(file, []).append(text.rstrip("*").rstrip("."))
            else:
                # A file named after the type is the one that is meant, of a type in several parts.
                rank = int(text.rpartition(".")[2] != stem)
                entry = Entry(files.names[file], files.directory(file), rank, file)
                declaring.setdefault(text, []).append(entry)
    found = {name: by_directory(entries) for name, entries in declaring.items()}
    return _Types(found, {name.rpartition(".")[2] for name in found}, scopes)


def _type(types: _Types, name: str, near: Names) -> int:
    found = types.found.get(name)
    return nearest(*found, near) if found else NONE


def _type_or_path(types: _Types, index: PathIndex | None, name: str, near: Names, tries: int) -> int:
    """A type, the type around it where it may be nested or a member, else a path that ends like it."""
    names = name.split(".")
    for size in range(len(names), max(0, len(names) - tries), -1):
        found = types.found.get(".".join(names[:size]))
        if found:
            return nearest(*found, near)
    return NONE if index is None or len(names) < 2 else index.ending(tuple(names), near)


def _in_scopes(types: _Types, scopes: list[str], name: str, near: Names) -> int:
    """The first package, in the order of the file's own and its imports, that has the name."""
    options = (f"{scope}.{name}" if scope else name for scope in scopes)
    return next(islice((_type(types, option, near) for option in options if option in types.found), 1), NONE)

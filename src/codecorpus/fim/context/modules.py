"""Imports that name modules by a path of their own: Go's packages, Rust's modules and crates."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from codecorpus.fim.context.files import RepositoryFiles, Resolve
from codecorpus.fim.context.path_index import NONE, Names, is_seen, join

# Of a package with more files than this the first are taken, or the edges of a large repository would grow with the square of its files.
_MAX_FILES = 64
# So many imports must agree where no go.mod says what a repository's module is called.
_MIN_VOTES = 2
# Ends of paths that are tried per import, for the vote.
_MAX_ENDS = 12


def go(files: RepositoryFiles, members: Sequence[int], references: Sequence[Sequence[str]]) -> Resolve:
    """A package is all files of a directory but the tests; where modules begin is said by `go.mod` and by a vote of the imports."""
    packages: dict[Names, list[int]] = {}
    for file in sorted(members, key=lambda file: files.names[file]):
        if not files.names[file][-1].endswith("_test.go"):
            packages.setdefault(files.directory(file), []).append(file)
    # Both: of a repository with several modules some have a go.mod that was dropped, or only the tests have one.
    said = {*_declared_modules(files), *_voted_modules(packages, members, references)}
    modules = sorted(said, key=lambda module: (-len(module[0]), module))

    def find(file: int, imports: Sequence[str]) -> Iterator[int]:
        for path in imports:
            directory = _package_directory(packages, modules, tuple(path.split("/")), files.directory(file))
            yield from packages.get(directory, ())[:_MAX_FILES] if directory is not None else ()

    return find


def _declared_modules(files: RepositoryFiles) -> list[tuple[Names, Names]]:
    """(first names of the imports, directory); Go's own modules are imported without their names."""
    found = []
    for file, declares in enumerate(files.declares):
        for text in declares:
            if text.startswith("module "):
                name = text.removeprefix("module ").strip("/")
                found.append((() if name == "std" else tuple(name.split("/")), files.directory(file)))
    return found


def _package_directory(
    packages: dict[Names, list[int]], modules: list[tuple[Names, Names]], path: Names, near: Names
) -> Names | None:
    for name, directory in modules:
        if path[: len(name)] == name:
            rest = directory + path[len(name) :]
            # Vendored packages stand under their full path.
            for option in (rest, (*directory, "vendor", *path)):
                if option in packages and option != near:
                    return option
    return None


def _voted_modules(
    packages: dict[Names, list[int]], members: Sequence[int], references: Sequence[Sequence[str]]
) -> list[tuple[Names, Names]]:
    """The module that most imported packages would belong to: an import that ends like a directory votes for what is before both."""
    ends: dict[Names, list[Names]] = {}
    for directory in sorted(packages):
        for size in range(1, min(len(directory), _MAX_ENDS) + 1):
            ends.setdefault(directory[-size:], []).append(directory)
    votes: Counter[tuple[Names, Names]] = Counter()
    for path in sorted({path for file in members for path in references[file]}):
        names = tuple(path.split("/"))
        for size in range(1, min(len(names), _MAX_ENDS) + 1):
            for directory in ends.get(names[-size:], ())[:_MAX_ENDS]:
                votes[names[:-size], directory[:-size]] += 1
    if not votes:
        return []
    # A longer common end votes for the shorter beginnings, so that of equal counts the shortest beginning says it all.
    best = min(votes, key=lambda pair: (-votes[pair], len(pair[0]) + len(pair[1]), pair))
    return [best] if votes[best] >= _MIN_VOTES else []


@dataclass(frozen=True, slots=True)
class _Crates:
    """Rust files by module.

    Attributes:
        at: directory and names of a module → its file: `a/src/b.rs` and `a/src/b/mod.rs` are `a/src/b`, and `a/src/lib.rs` is `a/src`.
        stems: the same the other way round, for every file.
        roots: directory of the crate that a file belongs to, for every file.
        named: name of a crate of the repository → directories that have it.
    """

    at: dict[Names, int]
    stems: dict[int, Names]
    roots: dict[int, Names]
    named: dict[str, list[Names]]


_ROOTS = ("lib.rs", "main.rs")


def rust(files: RepositoryFiles, members: Sequence[int], _: Sequence[Sequence[str]]) -> Resolve:
    """Modules are where Rust says; a path means the module that it goes deepest into; other names may be crates of the repository."""
    crates = _crates(files, members)

    def find(file: int, references: Sequence[str]) -> Iterator[int]:
        for reference in references:
            kind, _, text = reference.partition(" ")
            if kind == "path":
                names = join(files.directory(file), text)
                yield files.at.get(names, NONE) if names else NONE
            elif kind == "mod":
                names = tuple(text.split("::"))
                # Crates of one file, as in `tests/`, have their modules beside them.
                options = (crates.stems[file] + names, files.directory(file) + names)
                yield next((crates.at[option] for option in options if option in crates.at), NONE)
            else:
                yield _used(crates, file, tuple(text.split("::")))

    return find


def _crates(files: RepositoryFiles, members: Sequence[int]) -> _Crates:
    # A library before a program before a module file, where several would have the same name.
    order = sorted(members, key=lambda file: (_rust_rank(files.names[file][-1]), files.names[file], file))
    at: dict[Names, int] = {}
    stems = {file: _rust_stem(files.names[file]) for file in order}
    for file, stem in stems.items():
        at.setdefault(stem, file)
    tops = {files.directory(file) for file in order if files.names[file][-1] in _ROOTS}
    roots = {file: _root_of(files.directory(file), tops) for file in order}
    names: dict[str, set[Names]] = {}
    for top in tops:
        home = top[:-1] if top[-1:] == ("src",) else top
        if home:
            names.setdefault(home[-1].replace("-", "_"), set()).add(top)
    return _Crates(at, stems, roots, {name: sorted(tops) for name, tops in names.items()})


def _rust_rank(name: str) -> int:
    return ("lib.rs", "main.rs", "mod.rs").index(name) if name in ("lib.rs", "main.rs", "mod.rs") else 3


def _rust_stem(path: Names) -> Names:
    return path[:-1] if path[-1] in (*_ROOTS, "mod.rs") else (*path[:-1], path[-1].removesuffix(".rs"))


def _root_of(directory: Names, tops: set[Names]) -> Names:
    """The nearest directory above with a `lib.rs` or `main.rs`, else the directory itself."""
    for depth in range(len(directory), -1, -1):
        if directory[:depth] in tops:
            return directory[:depth]
    return directory


def _used(crates: _Crates, file: int, names: Names) -> int:
    root, stem = crates.roots[file], crates.stems[file]
    if names[0] == "crate":
        return _deepest(crates, root, names[1:], 0)
    if names[0] == "self":
        return _deepest(crates, stem, names[1:], 1)
    if names[0] == "super":
        while names[:1] == ("super",) and len(stem) > len(root):
            stem, names = stem[:-1], names[1:]
        return NONE if names[:1] == ("super",) else _deepest(crates, stem, names, 0)
    child = _deepest(crates, stem, names, 1)
    if child != NONE or names[0] not in crates.named:
        return child
    seen = [top for top in crates.named[names[0]] if is_seen(top, stem)]
    return _deepest(crates, seen[0], names[1:], 0) if len(seen) == 1 else NONE


def _deepest(crates: _Crates, base: Names, names: Names, least: int) -> int:
    """The file of the longest beginning of a path that is a module."""
    for size in range(len(names), least - 1, -1):
        if base + names[:size] in crates.at:
            return crates.at[base + names[:size]]
    return NONE

"""Imports that name files: Python, JavaScript and TypeScript, C and C++."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from codecorpus.fim.context.files import RepositoryFiles, Resolve, without_extension
from codecorpus.fim.context.names import C_STANDARD, PYTHON_STANDARD
from codecorpus.fim.context.path_index import NONE, Entry, Names, PathIndex, index_paths, join, voted_prefix

_PYTHON = (".py", ".pyi", ".pyw")


def python(files: RepositoryFiles, members: Sequence[int], _: Sequence[Sequence[str]]) -> Resolve:
    """Relative imports are exact. Absolute ones are looked for above the file, then as the end of a path.

    A name of the standard library, or of one part only, means a file only where Python would look for it: in a directory above that
    is no package. `from a import b` means `a/b.py` if there is one, else `a`.
    """
    packages = {files.directory(file) for file in members if files.names[file][-1] == "__init__.py"}
    index = index_paths(_python_entry(files, file, packages) for file in members)

    def find(file: int, references: Sequence[str]) -> Iterator[int]:
        directory = files.directory(file)
        for reference in references:
            module, _, item = reference.partition(":")
            names = tuple(filter(None, module.lstrip(".").split(".")))
            level = len(module) - len(module.lstrip("."))
            options = [names, (*names, item)] if item and item != "*" else [names]
            if level:
                base = directory[: len(directory) - level + 1] if level <= len(directory) + 1 else None
                found = [] if base is None else [index.at(base + option) for option in options]
            else:
                found = [_python_absolute(files, index, packages, directory, option) for option in options]
            yield next((target for target in reversed(found) if target != NONE), NONE)

    return find


def _python_entry(files: RepositoryFiles, file: int, packages: set[Names]) -> Entry:
    path = files.names[file]
    stem = without_extension(path[-1], _PYTHON)
    names = path[:-1] if stem == "__init__" else (*path[:-1], stem)
    # Of `a.py` and `a/__init__.py` Python takes the package, and source comes before stubs.
    rank = (0 if stem == "__init__" else 1) + (0 if path[-1].endswith(".py") else 2)
    return Entry(names, path[:-1], rank, file)


def _python_absolute(
    files: RepositoryFiles, index: PathIndex, packages: set[Names], directory: Names, names: Names
) -> int:
    """An absolute import: from the directories above that are no packages, nearest first; else as the end of a path."""
    if not names:
        return NONE
    for depth in range(len(directory), -1, -1):
        above = directory[:depth]
        found = NONE if above in packages else index.at(above + names)
        if found != NONE:
            return found
    if () in packages and len(names) > 1 and index.at(names[1:]) != NONE:
        return index.at(names[1:])  # the repository itself is the package that the first name means
    if names[0] in PYTHON_STANDARD:
        return NONE
    found = index.ending(names, directory)
    if len(names) == 1 and not _is_top_package(files, packages, found):
        # A single name is more often another project's, but for the usual place beside the root.
        return index.at(("src", *names))
    return found


def _is_top_package(files: RepositoryFiles, packages: set[Names], file: int) -> bool:
    """Whether a file is the `__init__.py` of a package that is in no other."""
    directory = files.directory(file) if file != NONE else ()
    return directory in packages and files.names[file][-1] == "__init__.py" and directory[:-1] not in packages


_SCRIPTS = (
    ".d.ts",
    ".d.mts",
    ".d.cts",
    ".ts",
    ".tsx",
    ".mts",
    ".cts",
    ".js",
    ".jsx",
    ".mjs",
    ".cjs",
    ".json",
    ".vue",
    ".svelte",
)
#: What may be added to a path, in the order of preference.
_ADDED = (
    ".ts",
    ".tsx",
    ".js",
    ".jsx",
    ".mjs",
    ".cjs",
    ".mts",
    ".cts",
    ".d.ts",
    ".d.mts",
    ".d.cts",
    ".vue",
    ".svelte",
    ".json",
)
#: TypeScript writes the extension of what its file is compiled to.
_COMPILED = {
    ".js": (".ts", ".tsx", ".d.ts"),
    ".jsx": (".tsx",),
    ".mjs": (".mts", ".d.mts"),
    ".cjs": (".cts", ".d.cts"),
}
_ALIASES = ("@/", "~/", "#/", "~~/", "@@/")


def javascript(files: RepositoryFiles, members: Sequence[int], _: Sequence[Sequence[str]]) -> Resolve:
    """A path that begins with a dot is exact, but for its extension and `index`. Others are packages, or an alias for a source folder.

    Packages of the repository are those that its `package.json` files declare. Of what is left all of the two or more names (one after
    `@/`) must be the end of a path.
    """
    packages = _script_packages(files)
    index = index_paths(_script_entry(files, file) for file in members)

    def find(file: int, references: Sequence[str]) -> Iterator[int]:
        directory = files.directory(file)
        for reference in references:
            path = reference.partition("?")[0]
            if path.startswith("."):
                names = join(directory, path)
                is_folder = path.endswith("/") or not names
                yield NONE if names is None else _script_at(files, names, is_folder, files.names[file][-1])
            elif (target := _script_package(files, packages, path)) != NONE:
                yield target
            elif "/" in path.strip("/") and ":" not in path:
                alias = next((alias for alias in _ALIASES if path.startswith(alias)), "")
                yield _script_ending(files, index, path[len(alias) :], directory)

    return find


def _script_entry(files: RepositoryFiles, file: int) -> Entry:
    path = files.names[file]
    stem = without_extension(path[-1], _SCRIPTS)
    names = path[:-1] if stem == "index" and len(path) > 1 else (*path[:-1], stem)
    extension = path[-1][len(stem) :]
    rank = _ADDED.index(extension) if extension in _ADDED else len(_ADDED)
    return Entry(names, path[:-1], rank + (20 if stem == "index" else 0), file)


def _script_packages(files: RepositoryFiles) -> dict[Names, Names]:
    """Name of a package → its folder; of two with one name neither is meant."""
    folders: dict[Names, set[Names]] = {}
    for file, path in enumerate(files.names):
        for text in files.declares[file] if path[-1] == "package.json" else ():
            folders.setdefault(tuple(text.removeprefix("package ").split("/")), set()).add(path[:-1])
    return {name: found.pop() for name, found in folders.items() if len(found) == 1}


def _script_package(files: RepositoryFiles, packages: dict[Names, Names], path: str) -> int:
    """A package of the repository, or a file in it: as written, in `src`, or in `lib`."""
    if not packages:
        return NONE
    names = tuple(path.split("/"))
    size = 2 if path.startswith("@") else 1
    folder = packages.get(names[:size])
    if folder is None:
        return NONE
    options = (folder + inner + names[size:] for inner in (("src",), (), ("lib",)))
    found = (_script_at(files, option, len(names) == size, "") for option in options)
    return next((target for target in found if target != NONE), NONE)


def _script_at(files: RepositoryFiles, names: Names, is_folder: bool, importer: str) -> int:
    for option in _script_options(names, is_folder, importer.endswith((".d.ts", ".d.mts", ".d.cts"))):
        if option in files.at:
            return files.at[option]
    return NONE


def _script_options(names: Names, is_folder: bool, is_types: bool) -> Iterator[Names]:
    """Paths that an import may mean, the best first; declarations of types mean those of others."""
    if not is_folder:
        last = names[-1]
        if is_types:
            stem = without_extension(last, (".js", ".mjs", ".cjs"))
            yield from ((*names[:-1], stem + added) for added in (".d.ts", ".d.mts", ".d.cts"))
        yield names
        yield from ((*names[:-1], last + added) for added in _ADDED)
        for compiled, written in _COMPILED.items():
            if last.endswith(compiled):
                stem = last.removesuffix(compiled)
                yield from ((*names[:-1], stem + added) for added in written)
    yield from ((*names, "index" + added) for added in _ADDED)


def _script_ending(files: RepositoryFiles, index: PathIndex, path: str, directory: Names) -> int:
    names = join((), path)
    if not names:
        return NONE
    stem = without_extension(names[-1], _SCRIPTS)
    return index.ending((*names[:-1], stem), directory)


_C_LANGUAGES = ("C", "C++", "Objective-C", "Objective-C++", "Cuda")
_C_EXTENSIONS = (
    ".h",
    ".hh",
    ".hpp",
    ".hxx",
    ".inc",
    ".inl",
    ".ipp",
    ".tcc",
    ".def",
    ".cuh",
    ".c",
    ".cc",
    ".cpp",
)


def c(files: RepositoryFiles, members: Sequence[int], references: Sequence[Sequence[str]]) -> Resolve:
    """`"x.h"` is beside the file, else the end of a path. `<x.h>` is the end of a path, unless the C standard has it.

    A repository may be a folder that others see under a longer name, as `boost/mpl/x.hpp` is `x.hpp` in one: where the imports agree.
    """
    included = (
        file
        for file, path in enumerate(files.names)
        if files.languages[file] in _C_LANGUAGES or path[-1].endswith(_C_EXTENSIONS)
    )
    index = index_paths(Entry(files.names[file], files.directory(file), 0, file) for file in included)
    asked = {tuple(text[1:-1].strip().split("/")) for file in members for text in references[file]}
    prefix = voted_prefix(sorted(asked), index)

    def find(file: int, imports: Sequence[str]) -> Iterator[int]:
        directory = files.directory(file)
        for reference in imports:
            path, is_system = reference[1:-1].strip(), reference.startswith("<")
            beside = None if is_system else join(directory, path)
            target = files.at.get(beside, NONE) if beside else NONE
            names = tuple(name for name in path.split("/") if name not in ("", ".", ".."))
            if target == NONE and names and not (is_system and path in C_STANDARD):
                target = index.ending(names, directory)
            if target == NONE and prefix and names[: len(prefix)] == prefix:
                target = index.at(names[len(prefix) :])
            yield target

    return find

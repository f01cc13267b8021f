"""The files of one repository as the rules of resolution see them: paths in names, and which file is where."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from codecorpus.fim.context.path_index import Names

#: (file, its references) → the files that they mean; `path_index.NONE` for those that mean none.
Resolve = Callable[[int, Sequence[str]], Iterable[int]]


@dataclass(frozen=True, slots=True)
class RepositoryFiles:
    """Files by number.

    Attributes:
        names: their paths, in names.
        languages: Linguist's names.
        declares: what they declare.
        at: path in names → number of the first file there.
    """

    names: list[Names]
    languages: Sequence[str | None]
    declares: Sequence[Sequence[str]]
    at: dict[Names, int]

    def directory(self, file: int) -> Names:
        """The directory of a file."""
        return self.names[file][:-1]


def repository_files(
    paths: Sequence[str], languages: Sequence[str | None], declares: Sequence[Sequence[str]]
) -> RepositoryFiles:
    """Split the paths and number the files.

    >>> files = repository_files(["./a//b.c", "b.c"], ["C", "C"], [[], []])
    >>> files.names, files.at[("b.c",)]
    ([('a', 'b.c'), ('b.c',)], 1)
    """
    names = [split(path) for path in paths]
    at: dict[Names, int] = {}
    for file, name in enumerate(names):
        at.setdefault(name, file)
    return RepositoryFiles(names, languages, declares, at)


def split(path: str) -> Names:
    """A path in names, without empty ones and `.`; of an empty path one empty name is left."""
    return tuple(name for name in path.split("/") if name not in ("", ".")) or ("",)


def without_extension(name: str, extensions: Sequence[str]) -> str:
    """A file name without the first of some extensions that it has.

    >>> without_extension("a.d.ts", [".d.ts", ".ts"])
    'a'
    """
    for extension in extensions:
        if name.endswith(extension) and len(name) > len(extension):
            return name[: -len(extension)]
    return name

"""Names → the file that has them: exactly, or as the longest end of its path with the nearest directory where several do.

Built once for the files of one repository and one family of languages. A look-up costs the logarithm of the number of files: candidates
for an end of a path are one run of the sorted reversed paths, and the nearest of them stand side by side when sorted by directory. A
repository of 100,000 files that all have one name is no exception.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

Names = tuple[str, ...]

#: No file, or several and none of them nearer.
NONE = -1
# So many equally near files are looked at for the best; more are a name that says nothing.
_MAX_EQUAL = 64
_MIN_VOTES, _MAX_DEPTH = 3, 16
_TEST_FOLDERS = frozenset(
    ("test", "tests", "testing", "selftests", "testdata", "fixtures", "examples", "__tests__", "__mocks__")
)


@dataclass(frozen=True, slots=True)
class Entry:
    """A file as imports know it.

    Attributes:
        names: what an import may write, from the root of the repository; the end of it is enough.
        directory: where the file is.
        rank: the lower wins where names and nearness are equal.
        file: its number.
    """

    names: Names
    directory: Names
    rank: int
    file: int


@dataclass(frozen=True, slots=True)
class PathIndex:
    """Entries by names and by ends of names. Made by `index_paths`; `_found` fills up as ends are asked for."""

    exact: dict[Names, Entry]
    _reversed: list[tuple[Names, Entry]]
    _found: dict[Names, tuple[list[Names], list[Entry]]] = field(default_factory=dict)

    def at(self, names: Names) -> int:
        """The file that has exactly these names."""
        entry = self.exact.get(names)
        return NONE if entry is None else entry.file

    def ending(self, names: Names, near: Names) -> int:
        """The file whose names end like this: the nearest, then the lowest rank, then the shallowest; `NONE` if that leaves several.

        Args:
            names: at least one.
            near: the directory of the file that asks.

        >>> entries = [Entry(tuple(path.split("/")), tuple(path.split("/")[:-1]), 0, file)
        ...            for file, path in enumerate(["a/x/m", "b/x/m", "c/y/m"])]
        >>> index = index_paths(entries)
        >>> index.ending(("x", "m"), ("b", "z")), index.ending(("x", "m"), ("c",)), index.ending(("y", "m"), ())
        (1, -1, 2)
        """
        found = self._found.get(names)
        if found is None:
            found = self._found[names] = self._run(names[::-1])
        return nearest(*found, near)

    def _run(self, backwards: Names) -> tuple[list[Names], list[Entry]]:
        size = len(backwards)
        low = bisect_left(self._reversed, backwards, key=_names)
        high = bisect_right(self._reversed, backwards, low, key=lambda item: item[0][:size])
        return by_directory(entry for _, entry in self._reversed[low:high])


def _names(item: tuple[Names, Entry]) -> Names:
    return item[0]


def index_paths(entries: Iterable[Entry]) -> PathIndex:
    """Index entries; of those with equal names the lowest (rank, directory, file) is found exactly."""
    entries = sorted(entries, key=lambda entry: (entry.rank, entry.directory, entry.file))
    exact: dict[Names, Entry] = {}
    for entry in entries:
        exact.setdefault(entry.names, entry)
    backwards = sorted(((entry.names[::-1], entry) for entry in entries), key=_names)
    return PathIndex(exact, backwards)


def by_directory(entries: Iterable[Entry]) -> tuple[list[Names], list[Entry]]:
    """Directories in order, and the entries in the same order, as `nearest` takes them."""
    entries = sorted(entries, key=lambda entry: (entry.directory, entry.rank, entry.file))
    return [entry.directory for entry in entries], entries


def nearest(directories: list[Names], entries: list[Entry], near: Names) -> int:
    """The file whose directory has the longest beginning in common with one; see `PathIndex.ending`."""
    if len(entries) < 2:
        return entries[0].file if entries and is_seen(entries[0].directory, near) else NONE
    at = bisect_left(directories, near)
    beside = [directories[place] for place in (at - 1, at) if 0 <= place < len(directories)]
    common = max(_common(directory, near) for directory in beside)
    low = bisect_left(directories, near[:common])
    high = bisect_right(directories, near[:common], low, key=lambda directory: directory[:common])
    if high - low > _MAX_EQUAL:
        return NONE
    return _best([entry for entry in entries[low:high] if is_seen(entry.directory, near)])


def is_seen(directory: Names, near: Names) -> bool:
    """Whether a file may be meant: what stands among tests is often made up, and is for the files beside it only.

    >>> is_seen(("tools", "tests", "linux"), ("kernel",)), is_seen(("tools", "tests", "linux"), ("tools", "tests"))
    (False, True)
    """
    for depth, name in enumerate(directory):
        if name in _TEST_FOLDERS:
            return near[: depth + 1] == directory[: depth + 1]
    return True


def _best(entries: list[Entry]) -> int:
    if not entries:
        return NONE
    keys = [(entry.rank, len(entry.directory)) for entry in entries]
    best = min(keys)
    equal = [entry for entry, key in zip(entries, keys, strict=True) if key == best]
    # The same path twice is one file in two revisions.
    same = all(entry.names == equal[0].names and entry.directory == equal[0].directory for entry in equal)
    return equal[0].file if same else NONE


def _common(left: Names, right: Names) -> int:
    count = 0
    for one, other in zip(left, right, strict=False):
        if one != other:
            break
        count += 1
    return count


def voted_prefix(asked: Iterable[Names], index: PathIndex) -> Names:
    """The first names that most of the asked paths have too many to be exact; none where fewer than three agree.

    >>> index = index_paths(Entry((name,), (), 0, file) for file, name in enumerate("xyz"))
    >>> voted_prefix([("b", "x"), ("b", "y"), ("b", "z"), ("c", "x")], index)
    ('b',)
    """
    votes: Counter[Names] = Counter()
    for names in asked:
        votes.update(
            names[:size] for size in range(1, min(len(names), _MAX_DEPTH)) if names[size:] in index.exact
        )
    best = min(votes, key=lambda prefix: (-votes[prefix], prefix), default=())
    return best if votes[best] >= _MIN_VOTES else ()


def join(directory: Names, path: str) -> Names | None:
    """A path as written in a file of a directory, from the root; None where it leaves the repository.

    >>> join(("a", "b"), "../c/./d"), join(("a",), "../../etc")
    (('a', 'c', 'd'), None)
    """
    names = list(directory)
    for name in path.split("/"):
        if name == "..":
            if not names:
                return None
            names.pop()
        elif name not in ("", "."):
            names.append(name)
    return tuple(names)

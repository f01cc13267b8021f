"""Files of one repository and their imports → the order in which a model should read them: what a file uses before the file itself.

Dependencies first (`dependency_order`), one connected group of files after another, groups by their first path. A Go package is one
file here, for its files see each other without an import. Tests come right after what they test, as soon as all that they import has been
read. Files that nothing connects stand behind the files of their folder. Every rule is a function of paths and edges: the order in which
files are given says nothing, but of two files with one path.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from codecorpus.fim.context.dependency import dependency_order
from codecorpus.fim.context.files import split
from codecorpus.fim.context.path_index import Names
from codecorpus.fim.context.subjects import find_subjects, subject_name

_PROSE = ("", "md", "markdown", "rst", "txt", "adoc", "asciidoc", "org", "rdoc", "html", "textile")


def order_files(
    paths: Sequence[str], edges: NDArray[np.integer], *, readme_first: bool = True
) -> NDArray[np.int64]:
    """An order of the files of one repository.

    Args:
        paths: from the root, with `/`.
        edges: int[m, 2]: importing and imported file, by number.
        readme_first: whether the README at the root comes before all else.

    Returns:
        int64[n]: every file's number once. Where imports have no cycle, all edges are respected.

    >>> paths = ["a.py", "b.py", "test_b.py", "README.md", "z.py"]
    >>> order = order_files(paths, np.array([[0, 4], [1, 4], [2, 1]]))
    >>> [paths[file] for file in order]
    ['README.md', 'z.py', 'a.py', 'b.py', 'test_b.py']
    """
    names = [split(path) for path in paths]
    first = sorted(range(len(paths)), key=lambda file: (names[file], paths[file], file))
    imported = _imported(len(paths), edges, first)
    tests = _tests(names, imported)
    targets = find_subjects(names, imported, tests)
    tests = _anchored(tests, imported, targets)
    order = _without_tests([file for file in first if not tests[file]], names, imported)
    order = _insert_tests(order, [file for file in first if tests[file]], imported, targets)
    if readme_first:
        order.sort(key=lambda file: not _is_readme(names[file]))
    return np.array(order, np.int64)


def _imported(count: int, edges: NDArray[np.integer], first: Sequence[int]) -> list[list[int]]:
    """Per file the files that it imports, each once, in the order `first`."""
    place = np.empty(count, np.int64)
    place[np.asarray(first, np.int64)] = np.arange(count)
    edges = np.asarray(edges, np.int64).reshape(-1, 2)
    edges = edges[edges[:, 0] != edges[:, 1]]
    edges = edges[np.lexsort((place[edges[:, 1]], edges[:, 0]))]
    imported: list[list[int]] = [[] for _ in range(count)]
    for importing, file in edges.tolist():
        if imported[importing][-1:] != [file]:
            imported[importing].append(file)
    return imported


def _tests(names: Sequence[Names], imported: Sequence[Sequence[int]]) -> list[bool]:
    """Whether a file is a test: by its name, and no other file needs it."""
    is_test = [subject_name(path) is not None for path in names]
    waiting = [file for file in range(len(names)) if not is_test[file]]
    while waiting:
        for other in imported[waiting.pop()]:
            if is_test[other]:
                is_test[other] = False
                waiting.append(other)
    return is_test


def _anchored(
    is_test: Sequence[bool], imported: Sequence[Sequence[int]], targets: Sequence[int]
) -> list[bool]:
    """Of the tests those that test or import, directly or not, a file that is none; the others are ordered as all files are."""
    importing: dict[int, list[int]] = {}
    waiting = []
    for file, flag in enumerate(is_test):
        if flag:
            if targets[file] >= 0 or not all(is_test[other] for other in imported[file]):
                waiting.append(file)
            for other in imported[file]:
                importing.setdefault(other, []).append(file)
    anchored = [False] * len(is_test)
    while waiting:
        file = waiting.pop()
        if not anchored[file]:
            anchored[file] = True
            waiting += [other for other in importing.get(file, ()) if is_test[other]]
    return anchored


def _without_tests(
    files: Sequence[int], names: Sequence[Names], imported: Sequence[Sequence[int]]
) -> list[int]:
    """Files that are no tests: connected ones by their imports, the others behind those of their folder, or where they sort."""
    units = _units(files, names)
    unit_of = {file: number for number, unit in enumerate(units) for file in unit}
    graph = [
        sorted({unit_of[other] for file in unit for other in imported[file] if other in unit_of} - {number})
        for number, unit in enumerate(units)
    ]
    group = weak_groups(graph)
    # Groups stand where their first unit sorts, which is what their number is; inside of a group units begin by path.
    order = dependency_order(graph, sorted(range(len(units)), key=lambda number: (group[number], number)))
    size = np.bincount(group, minlength=len(units))
    order = _bring_home(order, [size[group[number]] == 1 for number in range(len(units))], units, names)
    return [file for number in order for file in units[number]]


def _units(files: Sequence[int], names: Sequence[Names]) -> list[list[int]]:
    """Files that stand together whatever they import: those of one Go package; any other file by itself. By the first of each."""
    units: dict[Names, list[int]] = {}
    for file in files:
        # A unit of one file has a key that no folder has: an empty name is in no path.
        key = names[file][:-1] if names[file][-1].endswith(".go") else (*names[file], "", str(file))
        units.setdefault(key, []).append(file)
    return list(units.values())


def weak_groups(graph: Sequence[Sequence[int]]) -> list[int]:
    """For each node the lowest number in its group, of those that edges connect in whatever direction.

    >>> weak_groups([[2], [], [], [1]])
    [0, 1, 0, 1]
    """
    above = list(range(len(graph)))

    def top(node: int) -> int:
        while above[node] != node:
            above[node] = above[above[node]]
            node = above[node]
        return node

    for node, others in enumerate(graph):
        for other in others:
            one, two = top(node), top(other)
            above[max(one, two)] = min(one, two)
    return [top(node) for node in range(len(graph))]


def _bring_home(
    order: Sequence[int], alone: Sequence[bool], units: Sequence[Sequence[int]], names: Sequence[Names]
) -> list[int]:
    """The same order, but units that nothing connects stand behind the last connected one of their folder, if it has any."""
    home = {names[units[number][0]][:-1]: number for number in order if not alone[number]}
    behind: dict[int, list[int]] = {}
    stays = []
    for number in order:
        last = home.get(names[units[number][0]][:-1]) if alone[number] else None
        if last is None:
            stays.append(number)
        else:
            behind.setdefault(last, []).append(number)
    return [unit for number in stays for unit in (number, *behind.get(number, ()))]


def _insert_tests(
    order: Sequence[int], tests: Sequence[int], imported: Sequence[Sequence[int]], targets: Sequence[int]
) -> list[int]:
    """Each test behind the last of what it tests and imports, tests that import each other in the order of that."""
    number = {file: place for place, file in enumerate(tests)}
    graph = [[number[other] for other in imported[file] if other in number] for file in tests]
    place = {file: position for position, file in enumerate(order)}
    behind: dict[int, list[int]] = {}
    for test in dependency_order(graph, range(len(tests))):
        file = tests[test]
        needed = (place[other] for other in (targets[file], *imported[file]) if other in place)
        place[file] = max(needed, default=len(order) - 1)
        behind.setdefault(place[file], []).append(file)
    return [file for position, other in enumerate(order) for file in (other, *behind.get(position, ()))]


def _is_readme(names: Names) -> bool:
    stem, _, extension = names[0].lower().partition(".")
    return len(names) == 1 and stem == "readme" and extension in _PROSE

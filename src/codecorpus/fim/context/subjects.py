"""Paths → which files are tests, and the *subject* of each: the file that it tests, by its name."""

from __future__ import annotations

import re
from collections.abc import Sequence

from codecorpus.fim.context.path_index import Names

_FOLDERS = frozenset(("test", "tests", "__tests__", "spec", "specs", "testing", "unittests"))
# `test_x`, `TestX`; `x_test`, `x.spec`, `XTests`, `x-unittest`. A word must end where `test` begins: `latest` tests nothing.
_BEFORE = re.compile(r"\A(?:tests?[_.-]|Test(?=[A-Z_]))(.+)\Z", re.S)
_AFTER = re.compile(
    r"\A(.+?)(?:[_.-](?:tests?|specs?|unittests?|e2e)|(?<=[a-z0-9_])(?:Tests?|TestCase|Spec|IT))\Z", re.S
)
# More files of one name than this say nothing about which is meant.
_MAX_EQUAL = 64


def subject_name(path: Names) -> str | None:
    """The name, without extension and in small letters, of what a file tests by its name; None for a file that is no test.

    Args:
        path: in names.

    >>> [subject_name(tuple(path.split("/"))) for path in ["a/test_b.py", "FooTest.java", "x.spec.ts", "tests/y.rs", "latest.c"]]
    ['b', 'foo', 'x', 'y', None]
    """
    stem = path[-1].rpartition(".")[0] or path[-1]
    found = _BEFORE.match(stem) or _AFTER.match(stem)
    if found:
        return found[1].lower()
    return stem.lower() if _FOLDERS.intersection(path[:-1]) else None


def find_subjects(
    paths: Sequence[Names], imported: Sequence[Sequence[int]], is_test: Sequence[bool]
) -> list[int]:
    """For each file the one that it tests: of those with the tested name an imported one, else the one in the nearest folder.

    Args:
        paths: of the files, in names.
        imported: for each file, those that it imports.
        is_test: whether a file is to be placed as a test; the others test nothing and may be tested.

    Returns:
        Its number, -1 for none.
    """
    named: dict[str, list[int]] = {}
    for file, path in enumerate(paths):
        if not is_test[file]:
            named.setdefault((path[-1].rpartition(".")[0] or path[-1]).lower(), []).append(file)
    found = [-1] * len(paths)
    for file, path in enumerate(paths):
        if is_test[file]:
            options = named.get(subject_name(path) or "", ())
            found[file] = (
                _nearest(path, options, set(imported[file]), paths) if len(options) <= _MAX_EQUAL else -1
            )
    return found


def _nearest(path: Names, options: Sequence[int], imported: set[int], paths: Sequence[Names]) -> int:
    """The best by: imported, same extension, folders in common at the end and at the beginning; -1 where two are equal."""
    extension = path[-1].rpartition(".")[2]
    here = [name for name in path[:-1] if name not in _FOLDERS]
    scores = sorted(
        (
            option in imported,
            paths[option][-1].endswith(f".{extension}"),
            _equal(here[::-1], paths[option][-2::-1]) + _equal(here, paths[option][:-1]),
            option,
        )
        for option in options
    )
    if not scores or (len(scores) > 1 and scores[-1][:3] == scores[-2][:3]):
        return -1
    return scores[-1][3]


def _equal(left: Sequence[str], right: Sequence[str]) -> int:
    count = 0
    for one, other in zip(left, right, strict=False):
        if one != other:
            break
        count += 1
    return count

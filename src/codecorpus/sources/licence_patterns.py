"""Files that give licences to other files by pattern: `debian/copyright`, `.reuse/dep5` of the same format, and `REUSE.toml`."""

from __future__ import annotations

import re

from codecorpus.sources.licence_metadata import read_toml
from codecorpus.spdx import Expression, licence_named

#: What is read of one file; each document of the repository is held against each.
_MOST_PATTERNS = 500
#: Debian writes an exception behind `with`, by a name of its own; the licence stays what it is.
_EXCEPTION = re.compile(r"\s+with\s+.*?exception\b", re.IGNORECASE)


def pattern_folder(path: str) -> str | None:
    """The folder whose files a file of patterns speaks for; None for any other file.

    >>> pattern_folder("debian/copyright"), pattern_folder("a/REUSE.toml"), pattern_folder("copyright")
    ('', 'a', None)
    """
    for name in ("debian/copyright", ".reuse/dep5"):
        if path == name or path.endswith(f"/{name}"):
            return path.removesuffix(name).rstrip("/")
    if path.rpartition("/")[2] == "REUSE.toml":
        return path.rpartition("/")[0]
    return None


def licence_patterns(path: str, text: str) -> list[tuple[str, Expression | None]]:
    r"""Patterns and licences in the order of the file; of several that fit a file the last one counts.

    >>> licence_patterns("debian/copyright", "Format: 1\n\nFiles: *\nLicense: Expat\n")
    [('*', Licence(spdx='MIT', later=False, exception=None))]
    """
    found = _reuse(text) if path.endswith("REUSE.toml") else _debian(text)
    return found[:_MOST_PATTERNS]


def _debian(text: str) -> list[tuple[str, Expression | None]]:
    if not re.match(r"\s*Format(?:-Specification)?:", text):
        return []
    rows: list[tuple[str, Expression | None]] = []
    for paragraph in re.split(r"\n[ \t]*\n", text[:2_000_000].replace("\r\n", "\n")):
        files = re.search(
            r"^Files:[ \t]*((?:[^\n]*)(?:\n[ \t]+[^\n]*)*)", paragraph, re.MULTILINE | re.IGNORECASE
        )
        named = re.search(r"^License:[ \t]*([^\n]*)", paragraph, re.MULTILINE | re.IGNORECASE)
        if files and named:
            licence = licence_named(_EXCEPTION.sub("", named[1]))
            rows += [(pattern, licence) for pattern in files[1].split()]
    return rows


def _reuse(text: str) -> list[tuple[str, Expression | None]]:
    try:
        data = read_toml(text[:1_000_000])
    except (ValueError, RecursionError):
        return []
    rows: list[tuple[str, Expression | None]] = []
    annotations = data.get("annotations")
    for row in annotations if isinstance(annotations, list) else []:
        if not isinstance(row, dict):
            continue
        paths = row.get("path")
        said = row.get("SPDX-License-Identifier")
        licence = licence_named(said) if isinstance(said, str) else None
        rows += [
            (one, licence)
            for one in (paths if isinstance(paths, list) else [paths])
            if isinstance(one, str) and licence
        ]
    return rows

"""Licence files: which files are, which folder they count for, and what they say."""

from __future__ import annotations

import re

from codecorpus.sources.language import extension_of
from codecorpus.spdx import Expression, licence_named, licence_words, read_statement
from codecorpus.spdx.statement import Statement

#: Names of licence files, as RE2 reads patterns, too: `LICENSE`, `LICENCE.md`, `MIT-LICENSE`, `COPYING.LESSER`, `UNLICENSE`, all of
#: `LICENSES/`.
LICENCE_FILE = (
    r"^(?:.*/)?(?:(?i:(?:[\w.]+[-_.])?(?:un)?licen[cs]es?(?:[-_.][^/]*)?"
    r"|(?:copying|copyright|copyleft)(?:[-_.][^/]*)?)|LICENSES/[^/]+)$"
)
#: Folders whose licence files count for the folder that they are in: REUSE's, and those of installed Python packages.
_HOLDERS = re.compile(r"(?:^|/)(?:LICENSES|[^/]+\.(?:dist|egg)-info(?:/licenses)?)$")
#: RubyGems keeps the metadata of `gems/NAME-1.0` as `specifications/NAME-1.0.gemspec`.
_GEM = re.compile(r"^(|.*/)specifications/([^/]+)\.gemspec$")
_TEXT_EXTENSIONS = frozenset(
    {
        "",
        "txt",
        "md",
        "rst",
        "html",
        "htm",
        "markdown",
        "adoc",
        "mit",
        "bsd",
        "apache",
        "gpl",
        "lgpl",
        "lesser",
        "lib",
        "runtime",
        "mpl",
    }
)
_LONGEST_NAME = 60
_OF_OTHERS = re.compile(r"(?i)third|3rd|bundled|vendor|dependenc|notice")


def is_licence_file(path: str) -> bool:
    """Whether a file is a licence file by its name; sources of that name (`license.py`) are none.

    >>> is_licence_file("a/LICENSE-MIT"), is_licence_file("COPYING"), is_licence_file("license.py"), is_licence_file("NOTICE")
    (True, True, False, False)
    """
    extension = extension_of(path)
    return re.match(LICENCE_FILE, path) is not None and (
        extension in _TEXT_EXTENSIONS
        or re.search(r"(?i)licen[cs]e", extension) is not None
        or extension[:1].isdigit()
        or licence_named(extension) is not None
    )


def covered_folder(path: str) -> str:
    """The folder that a licence or metadata file counts for.

    >>> covered_folder("lib/LICENSE"), covered_folder("LICENSES/MIT.txt"), covered_folder("lib/x-1.0.dist-info/licenses/LICENSE")
    ('lib', '', 'lib')
    >>> covered_folder("specifications/a-1.0.gemspec")
    'gems/a-1.0'
    """
    gem = _GEM.match(path)
    if gem:
        return f"{gem[1]}gems/{gem[2]}"
    return _HOLDERS.sub("", _HOLDERS.sub("", path.rpartition("/")[0]))


def read_licence_file(path: str, text: str) -> Statement:
    """What a licence file says; all of a file of third parties' licences is theirs.

    >>> str(read_licence_file("LICENSE", "Licensed under the Apache License, Version 2.0").expression)
    'Apache-2.0'
    """
    statement = read_statement(tuple(licence_words(text)))
    if statement.expression is None:
        return statement if statement.is_choice else Statement(_named_file(path, text))
    if _OF_OTHERS.search(path.rpartition("/")[2]):
        both = [part for part in (statement.expression, statement.bundled) if part is not None]
        return Statement(None, bundled=both[0], similarity=statement.similarity)
    return statement


def _named_file(path: str, text: str) -> Expression | None:
    """A licence by the file's name (`LICENSES/MIT.txt`) where its text is not recognised, or by a text that is a name alone ("MIT")."""
    lines = [line.strip(" \t#*=-.") for line in text.strip()[:400].splitlines() if line.strip(" \t#*=-.")]
    if lines and len(lines) <= 2 and max(map(len, lines)) <= _LONGEST_NAME:
        for line in lines:
            named = licence_named(re.sub(r"(?i)^licen[cs]e\s*:?\s*", "", line))
            if named is not None:
                return named
    if re.search(r"(?:^|/)LICENSES/[^/]+$", path):
        return licence_named(re.sub(r"\.(?:txt|md|rst|html)$", "", path.rpartition("/")[2]))
    return None

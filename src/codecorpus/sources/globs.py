"""Patterns over paths, as lists of files and opt-outs have them; matching costs no more than path times pattern."""

from __future__ import annotations

import fnmatch
import re
from functools import lru_cache

#: Longer patterns are not written by people.
_MOST_CHARACTERS = 1000


def fits(pattern: str, path: str) -> bool:
    """Whether a pattern fits a path: `*` and `**` stand for anything, slashes too, `?` for one character; a folder for all in it.

    >>> fits("src/*", "src/a/b.c"), fits("*.c", "src/a.c"), fits("docs/", "docs/a.md"), fits("a?.c", "ab.h")
    (True, True, True, False)
    """
    return _compiled(pattern[:_MOST_CHARACTERS]).match(path) is not None


@lru_cache(maxsize=4096)
def _compiled(pattern: str) -> re.Pattern[str]:
    pattern = re.sub(r"(?:\*\*/)?\*+", "*", pattern.removeprefix("./").lstrip("/").rstrip("/"))
    # fnmatch makes atomic groups of the stretches between stars, so that many stars do not run away; brackets mean themselves here.
    plain = pattern.replace("[", "[[]")
    return re.compile(f"{fnmatch.translate(plain)}|{fnmatch.translate(plain + '/*')}")

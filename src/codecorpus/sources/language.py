"""What language a file is in: file name, extension with signs in the text where several languages share it, shebang, editor's mode.

The tables are data (`languages.toml`, `heuristics.toml`), after GitHub's Linguist; so are the names that come out. `identify` says which
names are binary and reads shebang lines. docs/languages.md has the order and how often it is right.
"""

from __future__ import annotations

import io
import re
import tomllib
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import resources

from identify import identify
from identify.extensions import EXTENSIONS

#: An extension is a short tail without white space; "v1.2 final notes" has none.
_EXTENSION = re.compile(r"[^\s/]{1,24}")
_VERSION = "0123456789.-"
#: `-*- C++ -*-` and `-*- mode: sh; tab-width: 4 -*-`, as Emacs reads them.
_MODE = re.compile(rb"-\*-(?:.*?\bmode:)?[ \t]*([\w+#-]+)[ \t]*(?:;.*?)?-\*-", re.IGNORECASE)
#: `vim: set ft=sh:`, which Vim looks for in the first and the last five lines.
_MODELINE = re.compile(rb"\b(?:vi|vim|ex):[^\n]*?\b(?:ft|filetype|syntax)=(\w+)")
#: A wrapper may stand in a wrapper, but `a.in.in.in…` is no name to follow for ever.
_MAX_WRAPPERS = 3


@dataclass(frozen=True, slots=True)
class Sign:
    """One row of `heuristics.toml`: the language of a text in which `pattern` and `also` are found and `unless` is not.

    The patterns are compiled when they are first asked for: all of them take a tenth of a second, and most runs need a dozen.
    """

    language: str
    pattern: str
    also: str = ""
    unless: str = ""

    def fits(self, head: bytes) -> bool:
        """Whether a text shows this sign."""
        if not compiled(self.pattern).search(head) or (self.also and not compiled(self.also).search(head)):
            return False
        return not (self.unless and compiled(self.unless).search(head))


@cache
def compiled(pattern: str) -> re.Pattern[bytes]:
    """A pattern of `heuristics.toml`, for bytes; `^` and `$` are the borders of lines."""
    return re.compile(pattern.encode(), re.MULTILINE)


@dataclass(frozen=True, slots=True)
class LanguageTable:
    """The content of `languages.toml`, turned round for looking up.

    Attributes:
        types: language → programming, markup, data or prose.
        extensions: extension without the dot → language.
        names: file name → language.
        interpreters: program of a shebang → language.
        signs: extension → signs in the text, in the order of trying; `.` and `*` as in `heuristics.toml`.
        renamed: other names of a language → language, in lower case.
        modes: an editor's name of a mode → language, where it is neither the language nor its interpreter.
        wrappers: extensions that stand after the real one, such as `in`.
    """

    types: Mapping[str, str]
    extensions: Mapping[str, str]
    names: Mapping[str, str]
    interpreters: Mapping[str, str]
    signs: Mapping[str, tuple[Sign, ...]]
    renamed: Mapping[str, str]
    modes: Mapping[str, str]
    wrappers: frozenset[str]


@cache
def language_table() -> LanguageTable:
    """The table that is shipped."""
    folder = resources.files("codecorpus.sources")
    data = tomllib.loads(folder.joinpath("languages.toml").read_text(encoding="utf-8"))
    rules = tomllib.loads(folder.joinpath("heuristics.toml").read_text(encoding="utf-8"))["rules"]
    languages = data["languages"]
    signs: defaultdict[str, list[Sign]] = defaultdict(list)
    for rule in rules:
        sign = Sign(rule["language"], *(rule.get(field, "") for field in ("pattern", "also", "unless")))
        for extension in rule["extensions"]:
            signs[extension].append(sign)

    def turned(field: str) -> dict[str, str]:
        return {key: name for name, language in languages.items() for key in language.get(field, ())}

    return LanguageTable(
        types={name: language["type"] for name, language in languages.items()},
        extensions=turned("extensions"),
        names=turned("names"),
        interpreters=turned("interpreters"),
        signs={extension: tuple(found) for extension, found in signs.items()},
        renamed={name.casefold(): language for name, language in data["renamed"].items()},
        modes=data["modes"],
        wrappers=frozenset(data["wrappers"]),
    )


def detect_language(path: str, head: bytes = b"", *, magika: bool = False) -> str | None:
    r"""Linguist's name of the language of a file, None where nothing tells it.

    Args:
        path: path or name of the file.
        head: the first bytes of its text; a few thousand are enough. Only looked at where the name leaves a doubt.
        magika: whether magika's model is asked where they leave a doubt too.

    >>> detect_language("src/app.py"), detect_language("bin/tool", b"#!/usr/bin/env python3\n"), detect_language("x.bin")
    ('Python', 'Python', None)
    >>> detect_language("hosts"), detect_language("hosts", b"#!/bin/bash\n")
    ('INI', 'Shell')
    >>> detect_language("list.h", b"struct list;"), detect_language("list.h", b"namespace a {")
    ('C', 'C++')
    """
    name = path.rpartition("/")[2]
    language, candidates = _detect(name, head, _MAX_WRAPPERS)
    if magika and candidates is not None and head.strip():
        from codecorpus.sources.model import second_opinion

        return second_opinion(head, language, candidates)
    return language


def _detect(name: str, head: bytes, wrappers: int) -> tuple[str | None, frozenset[str] | None]:
    """The language, and where it is in doubt those that it can be (none: any); None where it is not in doubt."""
    table = language_table()
    language = table.names.get(name)
    if language is not None:
        # A script called `hosts` is a script: where the first line names an interpreter, it knows better than the name.
        return (_by_shebang(head) if "." not in name else None) or language, None
    extension, by_extension = _by_extension(_suffix(name, dots=2))
    if by_extension is None:
        extension, by_extension = _by_extension(_suffix(name))
    signs = table.signs.get(extension, ())
    language = _by_signs(signs, head) or (None if signs else by_extension)
    if language is not None:
        return language, None
    if extension in table.wrappers and wrappers:
        return _detect(name[: -len(extension) - 1], head, wrappers - 1)
    language = _by_shebang(head) or _by_mode(head)
    if language is not None:
        return language, None
    if by_extension is not None:
        return by_extension, frozenset((by_extension, *(sign.language for sign in signs)))
    language = _by_part(name)
    if language is not None:
        return language, None
    language = (_by_signs(table.signs["."], head) if not extension else None) or _by_signs(
        table.signs["*"], head
    )
    return language, frozenset() if language is None else None


def _by_signs(signs: tuple[Sign, ...], head: bytes) -> str | None:
    return next((sign.language for sign in signs if sign.fits(head)), None)


def language_type(name: str) -> str | None:
    """`programming`, `markup`, `data` or `prose` for a language; None for a name that is not in the table.

    >>> language_type("Python"), language_type("Markdown"), language_type("Klingon")
    ('programming', 'prose', None)
    """
    return language_table().types.get(name)


def canonical_language(name: str) -> str:
    """Linguist's spelling of a language's name, the name itself where it is not in the table.

    >>> canonical_language("python"), canonical_language("Coq"), canonical_language("Klingon")
    ('Python', 'Rocq Prover', 'Klingon')
    """
    return _canonical_names().get(name.casefold(), name)


@cache
def _canonical_names() -> Mapping[str, str]:
    table = language_table()
    return {**table.renamed, **{name.casefold(): name for name in table.types}}


def extension_of(path: str) -> str:
    """The extension without its dot, in lower case; "" where there is none.

    >>> extension_of("a/b.tar.GZ"), extension_of("Makefile"), extension_of(".bashrc")
    ('gz', '', '')
    """
    return _suffix(path.rpartition("/")[2]).lower()


def _suffix(name: str, *, dots: int = 1) -> str:
    """The tail after the last dot, or after the last but one: `php` or `blade.php`."""
    parts = name.rsplit(".", dots)
    suffix = ".".join(parts[1:])
    return suffix if len(parts) > dots and parts[0].strip(".") and _EXTENSION.fullmatch(suffix) else ""


@lru_cache(maxsize=4096)
def _by_extension(suffix: str) -> tuple[str, str | None]:
    """Extension as the table spells it, and its language. The case counts only where the table says so."""
    table = language_table()
    if suffix in table.extensions:
        return suffix, table.extensions[suffix]
    return suffix.lower(), table.extensions.get(suffix.lower())


def _by_shebang(head: bytes) -> str | None:
    if not head.startswith(b"#!"):
        return None
    command = identify.parse_shebang(io.BytesIO(head[:512]))
    # "env -i VAR=1 python3 -u": options and settings stand before the program.
    words = [word.rpartition("/")[2] for word in command if not word.startswith("-") and "=" not in word]
    program = next((word for word in words if word != "env"), "")
    interpreters = language_table().interpreters
    return interpreters.get(program) or interpreters.get(program.rstrip(_VERSION))


def _by_part(name: str) -> str | None:
    """`Dockerfile.dev` and `MIT-LICENSE`: a known name, with a capital, that has something before or behind it."""
    names = language_table().names
    parts = re.split(r"[.-]", name)
    return next((names[part] for part in parts if part[:1].isupper() and part in names), None)


def _by_mode(head: bytes) -> str | None:
    # Editors look at lines of any length; we at what a person would write.
    lines = [line[:400] for line in head.split(b"\n")]
    found = _MODE.search(b"\n".join(lines[:2])) or _MODELINE.search(b"\n".join((*lines[:5], *lines[-5:])))
    if found is None:
        return None
    mode = found[1].decode("ascii", "replace").lower()
    table = language_table()
    return _canonical_names().get(mode) or table.interpreters.get(mode) or table.modes.get(mode)


def binary_tag(path: str) -> str | None:
    """What binary format the name speaks of, None where it does not name one.

    >>> binary_tag("logo.PNG"), binary_tag("logo.svg")
    ('png', None)
    """
    return _binary_extensions().get(extension_of(path))


@cache
def _binary_extensions() -> Mapping[str, str]:
    tagged = {ext: tags - {"binary"} for ext, tags in EXTENSIONS.items() if "binary" in tags}
    return {ext: min(tags, key=lambda tag: (tag != ext, tag), default=ext) for ext, tags in tagged.items()}

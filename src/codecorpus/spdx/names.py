"""Names of licences as people write them in package metadata → expressions. The names are data (`names.toml`)."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from functools import cache, lru_cache
from importlib import resources

from codecorpus.spdx.expressions import Expression, Licence, parse_expression
from codecorpus.spdx.ids import id_table

_WORD = re.compile(r"[a-z]+|\d+(?:\.\d+)*|\+")
_NOISE_WORDS = "the license licence licenses licences licensed version versions v ver rev revision a terms under of only free"
_NOISE = frozenset(_NOISE_WORDS.split())
_LATER = re.compile(
    r"[\s,(]*(?:\b(?:or|and)\b[\s,(]*(?:at\s+your\s+option[\s,)]*)?(?:any\s+)?(?:later|newer|greater|higher|above|upwards?)\b|-or-later\b"
    r"|>=)(?:\s+versions?)?",
    re.IGNORECASE,
)
_SEPARATOR = re.compile(r"\s+(and/or|or|and)\s+|\s*([,;&|/]|\bOR\b)\s*", re.IGNORECASE)
#: CRAN's way to say that the names of the holders are in a file.
_FILE_BESIDE = re.compile(r"\s*[+|]\s*file\s+LICEN[CS]E\s*$", re.IGNORECASE)
#: Longer values are a text, not a name.
_MOST_CHARACTERS = 500
#: A piece of more words is prose.
_MOST_WORDS = 5


def licence_named(text: str) -> Expression | None:
    """What the value of a licence field means; None where no licence that is known is named.

    An SPDX expression is taken as it is. Else the value is names, joined by `or`, `/` and `|` (the user's choice) or by `and`, `&`, commas
    (all of them, which is the cautious reading); a name that is not known stays as a `LicenseRef-`.

    >>> [str(licence_named(name)) for name in ("Apache License, Version 2.0", "GPLv3+", "MIT/Apache-2.0", "BSD", "ask me")]
    ['Apache-2.0', 'GPL-3.0-or-later', 'MIT OR Apache-2.0', 'LicenseRef-BSD', 'None']
    """
    text = text.strip()
    return _named(text) if len(text) <= _MOST_CHARACTERS else None


@lru_cache(maxsize=4096)
def _named(text: str) -> Expression | None:
    text = _FILE_BESIDE.sub("", text)
    if not text:
        return None
    whole = _by_name(text)
    if whole is not None:
        return whole
    if (spdx := _exactly_spdx(text)) is not None:
        return spdx
    pieces = _SEPARATOR.split(_LATER.sub("+", text))
    names, joints = (
        pieces[0::3],
        [one or other for one, other in zip(pieces[1::3], pieces[2::3], strict=True)],
    )
    parts = [_piece(name) for name in names]
    unknown = [name for name, part in zip(names, parts, strict=True) if part is None]
    if len(unknown) == len(parts) or any(len(name.split()) > _MOST_WORDS for name in unknown):
        return None
    shown = [
        f"({part})" if part is not None else _reference(name) for part, name in zip(parts, names, strict=True)
    ]
    joined = shown[0]
    for joint, part in zip(joints, shown[1:], strict=True):
        operator = "OR" if joint.lower() in ("or", "/", "|", "and/or") else "AND"
        joined = f"{joined} {operator} {part}" if joined and part else joined or part
    return parse_expression(joined)


def _piece(name: str) -> Expression | None:
    return _by_name(name) or _exactly_spdx(name)


def _exactly_spdx(text: str) -> Expression | None:
    """The expression that a value is as a whole, all of whose ids are SPDX's or marked as the author's own."""
    found = parse_expression(text)
    if found is None or re.search(r"[/,;|&]", text):
        return None
    count = len(re.findall(r"[A-Za-z0-9][\w.+:-]*", str(found)))
    words = len(re.findall(r"[A-Za-z0-9][\w.+:-]*", text))
    made = "LicenseRef-" in str(found) and "licenseref-" not in text.lower()
    return found if words <= count + 1 and not made else None


def _reference(name: str) -> str:
    slug = re.sub(r"[^A-Za-z0-9.]+", "-", name).strip("-.")[:60]
    return f"LicenseRef-{slug}" if slug else ""


def _by_name(text: str) -> Expression | None:
    words = _words(_LATER.sub("+", text))
    return _names().get(" ".join(words)) or _gnu(words)


def _words(text: str) -> list[str]:
    """Words and version numbers without noise; a version's trailing `.0` goes.

    >>> _words("The Apache License, Version 2.0"), _words("GPLv2+")
    (['apache', '2'], ['gpl', '2', '+'])
    """
    low = re.sub(r"\b((?:a|l)?gpl|apache|mpl|epl|asl|elv|afl|apl)v(?=\d)", r"\1 ", text.lower())
    words = [re.sub(r"(?:\.0)+$", "", word) for word in _WORD.findall(low)]
    return [word for word in words if word not in _NOISE]


def _gnu(words: list[str]) -> Licence | None:
    """GPL, LGPL, AGPL and GFDL by their words; a licence without a version may be used under any of them."""
    said = set(words)
    allowed = _GNU_WORDS | {word for word in words if word[0].isdigit()}
    if not said <= allowed:
        return None
    if said & {"fdl", "gfdl"} or {"documentation"} <= said:
        family, first = "GFDL", "1.1"
    elif said & {"agpl", "affero"}:
        family, first = "AGPL", "1.0"
    elif said & {"lgpl", "lesser", "library"}:
        family, first = "LGPL", "2.0"
    elif "gpl" in said or {"general", "public"} <= said:
        family, first = "GPL", "1.0"
    else:
        return None
    numbers = [word for word in words if word[0].isdigit()]
    if len(set(numbers)) > 1:
        return None
    version = numbers[0] if numbers else first
    version = version if "." in version else f"{version}.0"
    later = "+" in said or "later" in said or not numbers
    spdx = f"{family}-{version}-{'or-later' if later else 'only'}"
    exception = "Classpath-exception-2.0" if said & {"classpath", "ce", "cpe"} else None
    return Licence(spdx, exception=exception) if spdx in id_table().classes else None


_GNU_VOCABULARY = (
    "gnu gpl lgpl agpl gfdl fdl affero lesser library general public documentation or later + with classpath exception ce"
    " cpe w s"
)
_GNU_WORDS = frozenset(_GNU_VOCABULARY.split())


@cache
def _names() -> Mapping[str, Expression]:
    text = resources.files("codecorpus.spdx").joinpath("names.toml").read_text(encoding="utf-8")
    found = {}
    for meaning, names in tomllib.loads(text)["names"].items():
        expression = parse_expression(meaning)
        if expression is None:
            raise AssertionError(f"names.toml: {meaning} is no expression")
        found.update({" ".join(_words(name)): expression for name in names})
    return found

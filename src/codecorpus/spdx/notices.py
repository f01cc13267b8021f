"""Notices: the few lines by which a file says under which licence it stands. Words in, the licences that are named out.

A name counts where the words before it grant: "licensed under the terms of …", "subject to …", "@license …"; not where a licence is
spoken about: "compatible with the GPL", "see the GNU General Public License", "not licensed under". Names are found by one pattern,
which is data (`notices.toml`), and the words before each are walked back, so no text costs more than its length. GNU notices, with
their versions, are read here.
"""

from __future__ import annotations

import re
import tomllib
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from itertools import accumulate

from codecorpus.spdx.expressions import Expression, Licence, all_of, any_of, parse_expression
from codecorpus.spdx.ids import id_table

#: Words that may stand between what grants and the name.
_FILLER_WORDS = (
    "the a an either both terms conditions and of or any later version versions v gnu at your option as per following standard same"
    " text your choice dual permissive simple osi approved open source provisions agreement one license licenses 0 1 2 3 v2 v3 only"
)
_FILLERS = frozenset(_FILLER_WORDS.split())
#: Words that grant, and the words that have to stand before those that do so only in company.
_GRANTS = {
    "under": (),
    "license": (),
    "licenses": (
        "org",
        "com",
        "old",
    ),  # https://opensource.org/licenses/MIT, https://www.gnu.org/licenses/old-licenses/gpl-2.0.html
    "licensed": (),
    "terms": (),
    "to": ("subject", "according", "pursuant"),
    "by": ("covered", "governed", "licensed"),
    "with": ("accordance", "compliance"),
    "is": ("license", "licensing"),
}
#: "(not) licensed under", "unless … licensed under", "code that is compatible with …": nothing is granted by these.
_DENIALS = frozenset(
    {
        "not",
        "never",
        "compatible",
        "incompatible",
        "unless",
        "except",
        "longer",
        "neither",
        "nor",
        "previously",
        "formerly",
    }
)
_MOST_FILLERS = 14

_GNU = re.compile(
    r"\b(?:(?P<long>affero |lesser |library |library or lesser |lesser or library )?general public license|gnu public license"
    r"|(?P<short>[al]?gpl))(?: ?(?:license )?v? ?(?P<major>[123])(?: (?P<minor>[01])\b)?)?(?![a-z0-9])"
)
_VERSION_BEHIND = re.compile(
    r"^(?: (?!version\b|v\b)\w+){0,16}? (?:version |versions |ver |v ?)(?P<major>[123])(?: (?P<minor>[01])\b)?"
)
_VERSION_BEFORE = re.compile(
    r"version (?P<major>[123])(?: (?P<minor>[01]))?"
    r"(?P<later> or (?:at your option )?(?:\w+ )?(?:any )?(?:later|newer)(?: version)?)? of the (?:gnu )?$"
)
_LATER = re.compile(
    r"(?:\bor|\band) (?:at your option )?(?:\w+ )?(?:any )?(?:later|newer|higher|greater|above)\b"
)
#: "GNU General Public License v3.0+ (see COPYING or https://…)" is all that Ansible's files say.
_WITH_FILE = re.compile(r"(?:or later )?see (?:the )?(?:file )?(?:copying|license)\b")
_ELSEWHERE = re.compile(r"\b(?:see the|you should have received|without any warranty)\b")
_EXCEPTIONS = {
    "classpath exception": "Classpath-exception-2.0",
    "gcc runtime library exception": "GCC-exception-3.1",
}
#: The lowest version, which stands for "any" where none is named.
_FIRST = {"GPL": "1.0", "LGPL": "2.0", "AGPL": "1.0"}

_ANY_VERSION = frozenset(f"{family}-{version}-or-later" for family, version in _FIRST.items())
#: What a notice says without saying which licence exactly.
VAGUE = _ANY_VERSION | {"LicenseRef-BSD", "LicenseRef-Public-Domain"}

_CHOICE = re.compile(
    r"\balternatively\b|\bchoice of (?:one|two|either|the)\b|\bchoose to be licensed\b|\bwhichever\b"
    r"|\b(?:dual|dually|tri|triple|multi|double) licen[a-z]*\b(?! (?:i e )?both)"
    r"|\bat your (?:option|choice|discretion)\b(?! (?:any|either version|version))"
    r"|\beither (?:of|one|the terms|both|mit|apache|bsd|the (?:mit|gnu|bsd|apache|gpl))\b"
    r"|\bor (?:under|the|a)? ?(?:the )?(?:terms of the )?(?:mit|bsd|apache|gnu|mpl|[al]?gpl\w*)\b"
)
_WORTH_A_LOOK = re.compile(
    r"licen[sc]|\b[al]?gpl|public domain|proprietary|unauthori[sz]ed|same terms", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Notice:
    """A licence that a notice names: the expression, and the number of the word where its name begins."""

    expression: Expression
    word: int


def may_hold_notice(text: str) -> bool:
    """A quick look, so that most texts need no closer one."""
    return _WORTH_A_LOOK.search(text) is not None


def find_notices(words: Sequence[str]) -> tuple[Notice, ...]:
    """The licences that notices in these words grant, in the order of their places.

    >>> found = find_notices("licensed under the apache license version 2 0 or the mit license at your option".split())
    >>> [str(notice.expression) for notice in found]
    ['Apache-2.0', 'MIT']
    """
    text = " ".join(words)
    names = sorted([*_gnu_names(text), *_other_names(words, text)], key=lambda name: (name.start, name.end))
    starts = list(accumulate((len(word) + 1 for word in words), initial=0))
    found = list(_granted(words, starts, names))
    notices = {Notice(name.expression, _word_at(starts, name.start)): None for name in _without_vague(found)}
    for expression, pattern in _anywhere():
        for match in pattern.finditer(text):
            word = _word_at(starts, match.start())
            if not _DENIALS & set(words[max(0, word - 4) : word]):
                notices[Notice(expression, word)] = None
    if any(str(notice.expression) == "CC0-1.0" for notice in notices):
        notices = {one: None for one in notices if str(one.expression) != "LicenseRef-Public-Domain"}
    return tuple(sorted(notices, key=lambda notice: (notice.word, str(notice.expression))))


def joined(words: Sequence[str], expressions: Sequence[Expression]) -> Expression | None:
    """The licences of one text as one expression: alternatives where the text offers a choice, else all of them.

    >>> words = "dual licensed under the mit and gpl licenses".split()
    >>> str(joined(words, [parse_expression("MIT"), parse_expression("GPL-2.0-only")]))
    'MIT OR GPL-2.0-only'
    """
    unique = list(dict.fromkeys(expressions))
    return any_of(unique) if len(unique) > 1 and offers_choice(words) else all_of(unique)


def offers_choice(words: Sequence[str]) -> bool:
    """Whether a text says that the user may choose between licences.

    >>> offers_choice("under the terms of either of the licenses found in".split())
    True
    """
    return _CHOICE.search(" ".join(words)) is not None


@dataclass(frozen=True, slots=True)
class _Name:
    """A licence's name in a text: what it means, and its characters."""

    expression: Expression
    start: int
    end: int


def _word_at(starts: list[int], at: int) -> int:
    """Number of the word that a character is in."""
    return bisect_right(starts, at) - 1


def _granted(words: Sequence[str], starts: list[int], names: list[_Name]) -> Iterator[_Name]:
    """Names behind granting words, or behind another such name and `or`, `and`."""
    last_end = -1
    for name in names:
        if name.end <= last_end:
            continue
        first = _word_at(starts, name.start)
        place = first - 1
        while (
            place >= max(0, first - _MOST_FILLERS)
            and words[place] in _FILLERS
            and words[place] not in ("terms", "license", "licenses")
        ):
            place -= 1
        behind_other = last_end >= 0 and place >= 0 and place <= _word_at(starts, last_end)
        named_with_file = _WITH_FILE.match(" ".join(words[_word_at(starts, name.end) + 1 :][:8])) is not None
        if behind_other or named_with_file or (place >= 0 and _grants(words, place)):
            last_end = name.end
            yield name


def _grants(words: Sequence[str], place: int) -> bool:
    company = _GRANTS.get(words[place])
    if company is None or _DENIALS & set(words[max(0, place - 4) : place]):
        return False
    if words[place] == "license" and place > 0 and words[place - 1] in ("public", "see", "compatible"):
        return False
    return not company or (place > 0 and words[place - 1] in company)


def _other_names(words: Sequence[str], text: str) -> Iterator[_Name]:
    pattern, meanings, first = _patterns()
    at = end = 0
    for word in words:
        if at >= end and word in first and (match := pattern.match(text, at)) is not None:
            assert match.lastgroup is not None
            yield _Name(meanings[match.lastgroup], at, match.end())
            end = match.end()
        at += len(word) + 1


def _gnu_names(text: str) -> Iterator[_Name]:
    matches = list(_GNU.finditer(text))
    granted = next((name for words, name in _EXCEPTIONS.items() if words in text), None) if matches else None
    for number, match in enumerate(matches):
        end = matches[number + 1].start() if number + 1 < len(matches) else len(text)
        behind = text[match.end() : min(end, match.end() + 260)]
        stop = _ELSEWHERE.search(behind)
        before = text[max(0, match.start() - 100) : match.start()]
        spdx = _gnu_id(match, before, behind[: stop.start()] if stop else behind)
        exception = granted if spdx.startswith("GPL") else None
        if spdx in id_table().classes:
            yield _Name(Licence(spdx, exception=exception), match.start(), match.end())


def _gnu_id(match: re.Match[str], before: str, behind: str) -> str:
    long, short = match["long"] or "", match["short"] or ""
    family = "AGPL" if "affero" in long or short == "agpl" else "LGPL" if long or short == "lgpl" else "GPL"
    at: re.Match[str] | None
    if match["major"] is not None:
        at, later = match, _LATER.match(behind.lstrip()[:60]) is not None
    elif (at := _VERSION_BEFORE.search(before)) is not None:
        later = at["later"] is not None
    elif (at := _VERSION_BEHIND.search(behind)) is not None:
        later = _LATER.search(behind[at.end() : at.end() + 70]) is not None
    if at is None:
        return f"{family}-{_FIRST[family]}-or-later"
    return f"{family}-{at['major']}.{at['minor'] or '0'}-{'or-later' if later else 'only'}"


def _without_vague(names: list[_Name]) -> list[_Name]:
    """Without names that another one makes more exact.

    A GNU name without a version behind one with a version ("a copy of the GPL"), and one without "or later" (an address) beside one
    with it.
    """
    said = {str(name.expression) for name in names}
    names = [
        name
        for name in names
        if str(name.expression).removesuffix("-only") + "-or-later" not in said
        or not str(name.expression).endswith("-only")
    ]
    exact = {
        str(name.expression).partition("-")[0] for name in names if str(name.expression) not in _ANY_VERSION
    }
    return [
        name
        for name in names
        if str(name.expression) not in _ANY_VERSION or str(name.expression).partition("-")[0] not in exact
    ]


@cache
def _tables() -> tuple[dict[str, list[str]], dict[str, list[str]], frozenset[str]]:
    text = resources.files("codecorpus.spdx").joinpath("notices.toml").read_text(encoding="utf-8")
    data = tomllib.loads(text)
    return data["granted"], data["anywhere"], frozenset(data["first"])


@cache
def _patterns() -> tuple[re.Pattern[str], dict[str, Expression], frozenset[str]]:
    """All granted names in one pattern, in the order of the data, each meaning in a group of its own; and their first words."""
    granted, _, first = _tables()
    groups = "|".join(f"(?P<n{number}>{'|'.join(names)})" for number, names in enumerate(granted.values()))
    meanings = {f"n{number}": _meaning(meaning) for number, meaning in enumerate(granted)}
    return re.compile(rf"(?:{groups})"), meanings, first


@cache
def _anywhere() -> tuple[tuple[Expression, re.Pattern[str]], ...]:
    _, anywhere, _ = _tables()
    return tuple(
        (_meaning(meaning), re.compile(rf"\b(?:{'|'.join(names)})")) for meaning, names in anywhere.items()
    )


def _meaning(text: str) -> Expression:
    expression = parse_expression(text)
    if expression is None:
        raise AssertionError(f"notices.toml: {text} is no expression")
    return expression

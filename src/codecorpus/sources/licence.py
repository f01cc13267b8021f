"""Licences of documents: from licence files in their repository, and from SPDX lines in their own head.

The corpus stage in two halves. `find_licences` looks at the licence files of a shard; `assign_licences` gives each document
the licences of the nearest folder above it that has a licence file. An `SPDX-License-Identifier` line in the document's head says
more than any file; a source that brings its own licence columns keeps them. The phrases and classes are data (`licences.toml`).
"""

from __future__ import annotations

import re
import tomllib
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources

import pyarrow as pa
import pyarrow.compute as pc

from codecorpus.sources.language import extension_of

#: Licences found in licence files: `spdx` is null where a licence file is there and its text is not recognised.
FOUND_LICENCES = pa.schema(
    [
        pa.field("repo_name", pa.string(), nullable=False),
        pa.field("directory", pa.string(), nullable=False),
        pa.field("spdx", pa.string()),
    ]
)

_LICENCE_FILE = r"^(?:.*/)?(?:(?i:(?:[\w.]+[-_.])?(?:un)?licen[cs]es?(?:[-_.][^/]*)?|(?:copying|copyright)(?:[-_.][^/]*)?)|LICENSES/[^/]+)$"
#: Folders whose licence files count for the folder that they are in: REUSE's, and those of installed Python packages.
_HOLDERS = re.compile(r"(?:^|/)(?:LICENSES|[^/]+\.(?:dist|egg)-info(?:/licenses)?)$")
_TEXT_EXTENSIONS = frozenset(
    {"", "txt", "md", "rst", "html", "markdown", "adoc", "mit", "bsd", "apache", "gpl", "lesser", "lib"}
)
_SPDX_MARK = "SPDX-License-Identifier:"
_SPDX_LINE = re.compile(rb"SPDX-License-Identifier:[ \t]*([^\r\n]{1,200})")
_HEAD_BYTES = 4096
_WORD = re.compile(r"[^a-z0-9]+")
_TOKEN = re.compile(r"\(|\)|[A-Za-z0-9][A-Za-z0-9.+:-]*")
_DEPRECATED = re.compile(r"((?:A|L)?GPL-[0-9.]+|GFDL-[0-9.]+)(\+?)")


@dataclass(frozen=True, slots=True)
class _Recogniser:
    """One way in which a licence's text is recognised."""

    spdx: str
    all: tuple[str, ...]
    none: tuple[str, ...]


@cache
def _data() -> tuple[tuple[_Recogniser, ...], Mapping[str, str]]:
    """The recognisers, and SPDX id → class."""
    text = resources.files("codecorpus.sources").joinpath("licences.toml").read_text(encoding="utf-8")
    data = tomllib.loads(text)
    recognisers = tuple(
        _Recogniser(row["id"], tuple(row["all"]), tuple(row.get("none", ()))) for row in data["licences"]
    )
    classes = {spdx: kind for kind, ids in data["classes"].items() for spdx in ids}
    classes |= {row["id"]: row["class"] for row in data["licences"]}
    return recognisers, classes


def recognise_licences(text: str) -> list[str]:
    """SPDX ids of the licences whose text stands in `text`, sorted; empty where none is recognised.

    >>> recognise_licences("Boost Software License - Version 1.0 - August 17th, 2003")
    ['BSL-1.0']
    """
    words = f" {_WORD.sub(' ', text.lower()).strip()} "
    recognisers, _ = _data()
    found = {
        rule.spdx
        for rule in recognisers
        if all(phrase in words for phrase in rule.all) and not any(phrase in words for phrase in rule.none)
    }
    return sorted(found)


def licence_class(spdx: Iterable[str]) -> str:
    """Class of a document under all of these licences: copyleft where one is, permissive where all are, else unknown.

    >>> licence_class(["MIT", "GPL-3.0-only"]), licence_class(["MIT"]), licence_class([]), licence_class(["Odd"])
    ('copyleft', 'permissive', 'no_license', 'unknown')
    """
    kinds = {_data()[1].get(one, "unknown") for one in spdx}
    if not kinds:
        return "no_license"
    return next((kind for kind in ("copyleft", "unknown") if kind in kinds), "permissive")


def parse_spdx(expression: str) -> tuple[list[str], str]:
    """Ids of an SPDX expression and its class; of alternatives the freest counts.

    Exceptions after WITH are left out. In an expression with parentheses all ids count as if joined by AND.

    >>> parse_spdx("(MIT OR GPL-2.0+) */"), parse_spdx("MIT OR GPL-2.0-only")
    ((['GPL-2.0-or-later', 'MIT'], 'copyleft'), (['GPL-2.0-only', 'MIT'], 'permissive'))
    """
    terms: list[list[str]] = [[]]
    after_with = nested = False
    for token in _TOKEN.findall(expression):
        word = token.upper()
        if token in "()":
            nested = True
        elif word == "OR":
            terms.append([])
        elif word == "WITH":
            after_with = True
        elif after_with:
            after_with = False
        elif word != "AND" and (spdx := _known_id(token)) is not None:
            terms[-1].append(spdx)
    ids = sorted({spdx for term in terms for spdx in term})
    classes = {licence_class(ids)} if nested else {licence_class(term) for term in terms if term}
    order = ("permissive", "copyleft", "unknown")
    return ids, next((kind for kind in order if kind in classes), "unknown")


def _known_id(token: str) -> str | None:
    """The id as SPDX spells it today; None for a word that is no id."""
    spdx = (
        _DEPRECATED.sub(lambda m: f"{m[1]}-or-later" if m[2] else f"{m[1]}-only", token)
        if _DEPRECATED.fullmatch(token)
        else token
    )
    if spdx.startswith("LicenseRef-"):
        return spdx
    return _spelling().get(spdx.casefold())


@cache
def _spelling() -> Mapping[str, str]:
    return {spdx.casefold(): spdx for spdx in _data()[1]}


def find_licences(documents: pa.Table) -> pa.Table:
    """Licences in the licence files among these documents: the partial of the licence stage.

    Files named like `LICENSE`, `LICENCE.md`, `MIT-LICENSE`, `COPYING`, `UNLICENSE`, or in a folder `LICENSES/`. Files in `LICENSES/` and in
    `NAME.dist-info/` count for the folder above.

    Args:
        documents: at least `repo_name`, `path` and `content`.

    Returns:
        A table of `FOUND_LICENCES`, without repeats, in the documents' order; partials are joined with `pa.concat_tables`.
    """
    named = pc.match_substring_regex(documents["path"], _LICENCE_FILE)
    rows: dict[tuple[str, str, str | None], None] = {}  # a set that keeps its order
    for document in documents.select(["repo_name", "path", "content"]).filter(named).to_pylist():
        path = document["path"]
        if extension_of(path) not in _TEXT_EXTENSIONS and not re.search(
            r"(?i)licen[cs]e", extension_of(path)
        ):
            continue
        found: list[str | None] = [*recognise_licences(document["content"])]
        for spdx in found or [None]:
            rows[document["repo_name"], _directory_of(path), spdx] = None
    repos, directories, ids = zip(*rows, strict=True) if rows else ((), (), ())
    return pa.table([repos, directories, ids], schema=FOUND_LICENCES)


def _directory_of(path: str) -> str:
    """The folder that a licence file counts for.

    >>> _directory_of("lib/LICENSE"), _directory_of("LICENSES/MIT.txt"), _directory_of("lib/x-1.0.dist-info/licenses/LICENSE")
    ('lib', '', 'lib')
    """
    return _HOLDERS.sub("", path.rpartition("/")[0])


def assign_licences(documents: pa.Table, found: pa.Table) -> tuple[pa.Array, pa.Array]:
    """Licences of each document: the columns `detected_licenses` and `license_type`.

    Args:
        documents: a table of `SOURCE_DOCUMENTS`.
        found: what `find_licences` found in the whole corpus.

    Returns:
        A list<string> array of sorted SPDX ids and a string array of classes, one value per document. Where a licence file stands
        in the nearest folder but is not recognised, the list is empty and the class `unknown`; without any licence file it is `no_license`.
    """
    nearest = _NearestLicences(found)
    headers = _spdx_headers(documents)
    ids: list[list[str]] = []
    kinds: list[str] = []
    columns = (
        documents[name].to_pylist() for name in ("repo_name", "path", "detected_licenses", "license_type")
    )
    for row, (repo, path, own, own_kind) in enumerate(zip(*columns, strict=True)):
        if own is not None or own_kind is not None:
            spdx, kind = own or [], own_kind or licence_class(own)
        else:
            spdx, kind = headers.get(row) or nearest.of(repo, path.rpartition("/")[0])
        ids.append(spdx)
        kinds.append(kind)
    return pa.array(ids, pa.list_(pa.string())), pa.array(kinds, pa.string())


class _NearestLicences:
    """Looks up the licences of the nearest folder that has some, and remembers the answer for each folder."""

    def __init__(self, found: pa.Table) -> None:
        names: defaultdict[tuple[str, str], set[str | None]] = defaultdict(set)
        for row in found.to_pylist():
            names[row["repo_name"], row["directory"]].add(row["spdx"])
        self._answers: dict[tuple[str, str], tuple[list[str], str]] = {}
        for place, ids in names.items():
            known = sorted(spdx for spdx in ids if spdx is not None)
            self._answers[place] = (known, licence_class(known) if known else "unknown")

    def of(self, repo: str, directory: str) -> tuple[list[str], str]:
        """Ids and class for a folder of a repository."""
        passed = []
        while (repo, directory) not in self._answers:
            passed.append(directory)
            if not directory:
                self._answers[repo, ""] = ([], "no_license")
                break
            directory = directory.rpartition("/")[0]
        answer = self._answers[repo, directory]
        self._answers.update(((repo, below), answer) for below in passed)
        return answer


def _spdx_headers(documents: pa.Table) -> dict[int, tuple[list[str], str]]:
    """Row → ids and class, for the documents with SPDX lines in their head."""
    contents = documents["content"]
    heads = pc.binary_slice(pc.cast(contents, pa.large_binary()), 0, _HEAD_BYTES)
    marked = pc.indices_nonzero(pc.match_substring(heads, _SPDX_MARK)).to_pylist()
    answers = {}
    for row in marked:
        lines = [match.decode("utf-8", "replace") for match in _SPDX_LINE.findall(heads[row].as_py())]
        parsed = [answer for answer in map(parse_spdx, lines) if answer[0]]
        if len(parsed) == 1:
            answers[row] = parsed[0]
        elif parsed:
            ids = sorted({spdx for answer in parsed for spdx in answer[0]})
            answers[row] = (ids, licence_class(ids))
    return answers

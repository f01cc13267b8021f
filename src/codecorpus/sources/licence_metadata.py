"""Licences that a package's own metadata declares: the text of `pyproject.toml`, `package.json`, `pom.xml` … in, an expression out.

Metadata is read as text and never run. Whatever is in it, reading ends: malformed TOML, JSON and XML, deep nesting and entities declare
nothing. What several licences of one package mean follows its format: Composer's and Maven's lists and npm's old one are choices; where
a format does not say (gemspec, classifiers), all hold.
"""

from __future__ import annotations

import configparser
import json
import re
import tomllib
from collections.abc import Callable, Iterable, Mapping
from typing import Any
from xml.parsers import expat

from codecorpus.spdx import Expression, all_of, any_of, licence_named, licence_words, read_statement

#: Bytes of metadata that are read; a `package.json` over 1 MB is a fixture or an attack.
_MOST_CHARACTERS = 1_000_000
#: Lines of headers, and characters of a name, that are joined; a licence's text in a header has 700 lines at most.
_MOST_LINES = 5_000
_LONGEST_XML_NAME = 2_000
_MOST_KEY_PARTS = 50
_QUOTED = re.compile(r"""["']([^"'\n]{1,200})["']""")
_CLASSIFIER = re.compile(r"License\s*::\s*(?:OSI Approved\s*(?:::\s*)?)?([^\"'\n\r]*)")
#: `Classifier: License :: OSI Approved` alone says nothing.
_BAD = (
    ValueError,
    TypeError,
    RecursionError,
    MemoryError,
    AttributeError,
    configparser.Error,
    expat.ExpatError,
)


def metadata_licence(path: str, text: str) -> Expression | None:
    """The licence that a metadata file declares; None where it declares none, names none that is known, or is malformed.

    >>> str(metadata_licence("package.json", '{"license": "(MIT OR Apache-2.0)"}'))
    'MIT OR Apache-2.0'
    >>> metadata_licence("package.json", '{"license": ')
    """
    reader = _reader_of(path)
    if reader is None or len(text) > _MOST_CHARACTERS:
        return None
    try:
        return reader(text.removeprefix("\ufeff"))
    except _BAD:
        return None


def read_toml(text: str) -> dict[str, Any]:
    """A TOML text, but not one with a key of more than 50 parts: Python's parser takes 130 s for a key of 500,000.

    Raises:
        ValueError: it is malformed, or has such a key.
    """
    if any(line.partition("=")[0].count(".") > _MOST_KEY_PARTS for line in text.splitlines()):
        raise ValueError("a key of too many parts")
    return tomllib.loads(text)


def is_metadata(path: str) -> bool:
    """Whether a file of this name is read here.

    >>> is_metadata("a/pyproject.toml"), is_metadata("x-1.0.dist-info/METADATA"), is_metadata("METADATA")
    (True, True, False)
    """
    return _reader_of(path) is not None


def _reader_of(path: str) -> Callable[[str], Expression | None] | None:
    folder, _, name = path.rpartition("/")
    low = name.lower()
    if low == "metadata":
        return _python_metadata if folder.endswith(".dist-info") else None
    reader = _BY_NAME.get(low)
    return reader or _BY_EXTENSION.get(low.rpartition(".")[2] if "." in low else "")


def _value(value: Any) -> Expression | None:
    """A licence field's value: a name, an expression, or the whole text of a licence."""
    if not isinstance(value, str):
        return None
    found = licence_named(value)
    if found is None and len(value) > 100:
        found = read_statement(tuple(licence_words(value))).expression
    return found


def _pyproject(text: str) -> Expression | None:
    data = read_toml(text)
    project, tool = _table(data.get("project")), _table(data.get("tool"))
    poetry = _table(tool.get("poetry"))
    flit = _table(_table(tool.get("flit")).get("metadata"))
    said = project.get("license")
    values = [
        _table(said).get("text") if isinstance(said, Mapping) else said,
        poetry.get("license"),
        flit.get("license"),
    ]
    found = next((expression for value in values if (expression := _value(value)) is not None), None)
    return found or _classifiers(
        [
            *_list(project.get("classifiers")),
            *_list(poetry.get("classifiers")),
            *_list(flit.get("classifiers")),
        ]
    )


def _setup_cfg(text: str) -> Expression | None:
    parser = configparser.ConfigParser(interpolation=None, strict=False)
    parser.read_string(text)
    section = parser["metadata"] if parser.has_section("metadata") else {}
    return (
        _value(section.get("license_expression"))
        or _value(section.get("license"))
        or _classifiers((section.get("classifiers") or section.get("classifier") or "").splitlines())
    )


def _setup_py(text: str) -> Expression | None:
    """By the look of the text: the keyword `license`, then the classifiers. Never run."""
    lines = "\n".join(line for line in text.splitlines() if not line.lstrip().startswith("#"))
    named = re.search(r"""\blicen[cs]e\s*=\s*["']([^"'\n]{1,200})["']""", lines)
    return (_value(named[1]) if named else None) or _classifiers(_QUOTED.findall(lines))


def _python_metadata(text: str) -> Expression | None:
    """The headers of `METADATA` and `PKG-INFO`, before the description."""
    head = re.split(r"\r?\n\r?\n", text, maxsplit=1)[0]
    fields: dict[str, list[str]] = {}
    name = ""
    for line in head.splitlines()[:_MOST_LINES]:
        if line[:1] in (" ", "\t", "|") and name:
            fields[name][-1] += "\n" + line.strip(" \t|")
        elif ":" in line:
            name, _, value = line.partition(":")
            name = name.lower()
            fields.setdefault(name, []).append(value.strip())
    stated = [*fields.get("license-expression", []), *fields.get("license", [])]
    found = next((expression for value in stated if (expression := _value(value)) is not None), None)
    return found or _classifiers(fields.get("classifier", []))


def _classifiers(lines: Iterable[Any]) -> Expression | None:
    found = [
        match[1] for line in lines if isinstance(line, str) and (match := _CLASSIFIER.match(line.strip()))
    ]
    return all_of([expression for name in found if (expression := licence_named(name)) is not None])


def _package_json(text: str) -> Expression | None:
    """npm: a string, an object, or the old list `licenses`, of which the user chooses."""
    data = _table(json.loads(text))
    said = data.get("license", data.get("licence"))
    values = _list(said) or _list(data.get("licenses", data.get("licences")))
    names = [
        value.get("type", value.get("name")) if isinstance(value, Mapping) else value for value in values
    ]
    return any_of([expression for name in names if (expression := _value(name)) is not None])


def _composer_json(text: str) -> Expression | None:
    return any_of(
        [
            found
            for name in _list(_table(json.loads(text)).get("license"))
            if (found := _value(name)) is not None
        ]
    )


def _meta_json(text: str) -> Expression | None:
    """CPAN: names such as `perl_5`; `open_source` and `unknown` name none."""
    return any_of(
        [
            found
            for name in _list(_table(json.loads(text)).get("license"))
            if (found := _value(name)) is not None
        ]
    )


def _cargo(text: str) -> Expression | None:
    data = read_toml(text)
    workspace = _table(_table(data.get("workspace")).get("package"))
    return _value(_table(data.get("package")).get("license")) or _value(workspace.get("license"))


def _ruby(text: str) -> Expression | None:
    """RubyGems and CocoaPods: `s.license = "MIT"`, `s.licenses = ["MIT", "Ruby"]`, `s.license = { :type => "MIT" }`."""
    lines = "\n".join(line for line in text.splitlines() if not line.lstrip().startswith("#"))
    for match in re.finditer(r"\.licen[cs]es?\s*=\s*([^\n]{1,400}(?:\n[^\n=]{0,200}){0,4})", lines):
        value = match[1]
        typed = re.search(r""":?type(?:\s*=>|:)\s*["']([^"'\n]{1,200})["']""", value)
        stop = value.find("]") if value.lstrip().startswith(("[", "%w")) else value.find("\n")
        names = [typed[1]] if typed else _QUOTED.findall(value[: stop if stop >= 0 else None])
        if value.lstrip().startswith("%w"):
            names = re.split(r"\s+", value.partition("[")[2].partition("]")[0].strip())
        found = [expression for name in names if (expression := _value(name)) is not None]
        if found:
            return all_of(found)
    return None


def _xml(text: str) -> Expression | None:
    """Maven's `project/licenses/license/name`, any of which may be chosen; NuGet's `license` and `PackageLicenseExpression`."""
    if "<!" in text and re.search(r"<!(?:DOCTYPE|ENTITY)", text, re.IGNORECASE):
        return None  # entities that swell, or lead to other files; no metadata needs them
    path: list[str] = []
    names: list[str] = []

    def start(tag: str, _: dict[str, str]) -> None:
        path.append(tag.rpartition(":")[2])
        if _is_licence_path(path):
            names.append("")

    def end(_: str) -> None:
        path.pop()

    def data(value: str) -> None:
        if _is_licence_path(path) and len(names[-1]) < _LONGEST_XML_NAME:
            names[-1] += value

    parser = expat.ParserCreate()
    parser.StartElementHandler, parser.EndElementHandler, parser.CharacterDataHandler = start, end, data
    parser.Parse(text.encode(), True)
    return any_of([expression for name in names if (expression := _value(name)) is not None])


def _is_licence_path(path: list[str]) -> bool:
    return len(path) <= 4 and tuple(path) in (
        ("project", "licenses", "license", "name"),
        ("package", "metadata", "license"),
        ("Project", "PropertyGroup", "PackageLicenseExpression"),
    )


def _line_field(pattern: str) -> Callable[[str], Expression | None]:
    """A reader for formats with a line for the licence."""
    compiled = re.compile(pattern, re.MULTILINE | re.IGNORECASE)

    def read(text: str) -> Expression | None:
        match = compiled.search(text)
        if match is None:
            return None
        values = _QUOTED.findall(match[1]) or [match[1].strip(" \t\r,;")]
        return all_of([found for value in values if (found := _value(value)) is not None])

    return read


def _description(text: str) -> Expression | None:
    """R's `DESCRIPTION`, told from other files of that name by its first fields."""
    return (
        _line_field(r"^License:[ \t]*([^\n]+)")(text)
        if re.search(r"^(?:Package|Version):", text, re.MULTILINE)
        else None
    )


def _table(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


_BY_NAME: Mapping[str, Callable[[str], Expression | None]] = {
    "pyproject.toml": _pyproject,
    "setup.cfg": _setup_cfg,
    "setup.py": _setup_py,
    "pkg-info": _python_metadata,
    "package.json": _package_json,
    "bower.json": _package_json,
    "composer.json": _composer_json,
    "meta.json": _meta_json,
    "cargo.toml": _cargo,
    "pom.xml": _xml,
    "description": _description,
    "mix.exs": _line_field(r"\blicenses:\s*\[([^\]\n]{1,200})\]"),
    "elm.json": _package_json,
    "dub.json": _package_json,
}
_BY_EXTENSION: Mapping[str, Callable[[str], Expression | None]] = {
    "gemspec": _ruby,
    "podspec": _ruby,
    "nuspec": _xml,
    "csproj": _xml,
    "cabal": _line_field(r"^license:[ \t]*([^\n]+)"),
    "opam": _line_field(r"^license:[ \t]*([^\n]+)"),
    "rockspec": _line_field(r"^\s*license\s*=\s*([^\n]+)"),
}

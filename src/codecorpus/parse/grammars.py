"""How grammars are installed: Linguist's name of a language → a tree-sitter grammar. The only file that knows.

Each grammar is the official wheel of its language, pinned in `pyproject.toml`, imported when the first document asks for it. A language
that is not in the table has no grammar, and `find_grammar` says so with None; its documents keep their text measures.
"""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

import numpy as np
import tree_sitter
from numpy.typing import NDArray

from codecorpus.parse.node_kinds import NODE_KINDS, NodeKinds
from codecorpus.parse.roles import ROLE_OF_FIELD

# Language → (module of the wheel, function in it). The distribution has the module's name with hyphens.
_WHEELS: Mapping[str, tuple[str, str]] = {
    "Python": ("tree_sitter_python", "language"),
    "JavaScript": ("tree_sitter_javascript", "language"),
    "TypeScript": ("tree_sitter_typescript", "language_typescript"),
    "TSX": ("tree_sitter_typescript", "language_tsx"),
    "Java": ("tree_sitter_java", "language"),
    "C": ("tree_sitter_c", "language"),
    "C++": ("tree_sitter_cpp", "language"),
    "C#": ("tree_sitter_c_sharp", "language"),
    "Go": ("tree_sitter_go", "language"),
    "Rust": ("tree_sitter_rust", "language"),
    "Ruby": ("tree_sitter_ruby", "language"),
    "PHP": ("tree_sitter_php", "language_php"),
    "Shell": ("tree_sitter_bash", "language"),
    "Scala": ("tree_sitter_scala", "language"),
    "Kotlin": ("tree_sitter_kotlin", "language"),
    "Swift": ("tree_sitter_swift", "language"),
    "Lua": ("tree_sitter_lua", "language"),
    "HTML": ("tree_sitter_html", "language"),
    "CSS": ("tree_sitter_css", "language"),
    "JSON": ("tree_sitter_json", "language"),
    "YAML": ("tree_sitter_yaml", "language"),
    "TOML": ("tree_sitter_toml", "language"),
    "SQL": ("tree_sitter_sql", "language"),
    "Markdown": ("tree_sitter_markdown", "language"),
}

# Linguist names that the grammar of another language reads as well: JSON's takes comments.
_SAME_GRAMMAR: Mapping[str, str] = {"JSON with Comments": "JSON"}


# Extensions that belong to one of these languages and to no other in common use.
_EXTENSIONS: Mapping[str, str] = {
    **dict.fromkeys(("py", "pyi", "pyw"), "Python"),
    **dict.fromkeys(("js", "cjs", "mjs", "jsx"), "JavaScript"),
    **dict.fromkeys(("ts", "cts", "mts"), "TypeScript"),
    **dict.fromkeys(("cc", "cpp", "cxx", "hh", "hpp", "hxx"), "C++"),
    **dict.fromkeys(("bash", "sh", "zsh"), "Shell"),
    **dict.fromkeys(("kt", "kts"), "Kotlin"),
    **dict.fromkeys(("sc", "scala"), "Scala"),
    **dict.fromkeys(("htm", "html"), "HTML"),
    **dict.fromkeys(("yaml", "yml"), "YAML"),
    **dict.fromkeys(("markdown", "md"), "Markdown"),
    "tsx": "TSX",
    "java": "Java",
    "c": "C",
    "h": "C",
    "cs": "C#",
    "go": "Go",
    "rs": "Rust",
    "rb": "Ruby",
    "php": "PHP",
    "swift": "Swift",
    "lua": "Lua",
    "css": "CSS",
    "json": "JSON",
    "toml": "TOML",
    "sql": "SQL",
}


class GrammarMissing(Exception):
    """The grammar's wheel cannot be imported, or does not fit the installed tree-sitter; documents get a CC103 row."""


@dataclass(frozen=True, slots=True)
class Grammar:
    """A language that can be parsed.

    Attributes:
        name: Linguist's name of the language whose grammar it is.
        language: what a `tree_sitter.Parser` takes.
        kinds: what the node kinds mean.
        roles: uint16, one per kind id: the bits of `codecorpus.parse.roles`. ERROR nodes have the last id.
        named: bool, one per kind id: whether the kind is a named one.
    """

    name: str
    language: tree_sitter.Language
    kinds: NodeKinds
    roles: NDArray[np.uint16]
    named: NDArray[np.bool_]


#: The id of ERROR nodes in every grammar; kind ids are 16 bits wide.
ERROR_KIND = 0xFFFF


def languages() -> tuple[str, ...]:
    """Linguist's names of the languages that have a grammar, sorted.

    >>> "Python" in languages(), "COBOL" in languages()
    (True, False)
    """
    return tuple(sorted([*_WHEELS, *_SAME_GRAMMAR]))


def language_of_path(path: str) -> str | None:
    """The language of a file with a well-known extension, for tables that come without languages; None if it has none.

    Reading a source looks closer: at names, at the first line and at the content.

    >>> language_of_path("src/main.rs"), language_of_path("LICENSE")
    ('Rust', None)
    """
    name = path.rpartition("/")[2]
    return _EXTENSIONS.get(name.rpartition(".")[2].lower()) if "." in name else None


@cache
def find_grammar(language: str | None) -> Grammar | None:
    """The grammar of a language, or None if it has none.

    Args:
        language: Linguist's name, or None where it is unknown.

    Raises:
        GrammarMissing: the language has a grammar, but its wheel is not installed or does not load.
    """
    name = _SAME_GRAMMAR.get(language or "", language or "")
    if name not in _WHEELS:
        return None
    module, function = _WHEELS[name]
    try:
        loaded = tree_sitter.Language(getattr(importlib.import_module(module), function)())
    except (ImportError, AttributeError, ValueError) as error:
        raise GrammarMissing(f"grammar {module.replace('_', '-')} does not load: {error}") from None
    kinds = NODE_KINDS[name]
    return Grammar(name, loaded, kinds, _roles(loaded, kinds), _named(loaded))


def _named(language: tree_sitter.Language) -> NDArray[np.bool_]:
    named = np.ones(ERROR_KIND + 1, np.bool_)
    for kind in range(language.node_kind_count):
        named[kind] = language.node_kind_is_named(kind)
    return named


def _roles(language: tree_sitter.Language, kinds: NodeKinds) -> NDArray[np.uint16]:
    """Role bits of each kind id; several ids may share a name, and an anonymous token may have the name of a node."""
    bits: dict[str, int] = {}
    for field, role in ROLE_OF_FIELD.items():
        for name in getattr(kinds, field):
            bits[name] = bits.get(name, 0) | role
    roles = np.zeros(ERROR_KIND + 1, np.uint16)
    for kind in range(language.node_kind_count):
        if language.node_kind_is_named(kind) and language.node_kind_is_visible(kind):
            roles[kind] = bits.get(language.node_kind_for_id(kind) or "", 0)
    return roles

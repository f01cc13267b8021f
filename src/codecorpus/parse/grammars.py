"""How grammars are installed: Linguist's name of a language → a tree-sitter grammar. The only file that knows.

The grammars of the core languages are the official wheels, pinned in `pyproject.toml`, imported when the first document asks for one. The
extra `all-languages` brings `tree-sitter-language-pack` 0.13, which bundles many more (1.x downloads them when asked, and so fails without
a network). A language that neither has gets None, and its documents keep their text measures.
"""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import metadata

import numpy as np
import tree_sitter
from numpy.typing import NDArray

from codecorpus.fragments import show_fields
from codecorpus.parse.common_kinds import COMMON_KINDS, USUAL_KINDS
from codecorpus.parse.node_kinds import NODE_KINDS, NodeKinds
from codecorpus.parse.pack_kinds import PACK_KINDS
from codecorpus.parse.picks import PickTable, compile_picks, kind_ids
from codecorpus.parse.roles import NAMED, PICKED, ROLE_OF_FIELD

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

# Linguist's name → the pack's, of languages beyond those above. Its grammar of COBOL is left out: it loops for ever on `a b(c)`.
_IN_PACK: Mapping[str, str] = {
    "1C Enterprise": "bsl",
    "ActionScript": "actionscript",
    "Ada": "ada",
    "Agda": "agda",
    "Apex": "apex",
    "Assembly": "asm",
    "Astro": "astro",
    "Beancount": "beancount",
    "BibTeX": "bibtex",
    "Bicep": "bicep",
    "BitBake": "bitbake",
    "Cairo": "cairo",
    "Cap'n Proto": "capnp",
    "Clarity": "clarity",
    "Clojure": "clojure",
    "CMake": "cmake",
    "Common Lisp": "commonlisp",
    "CSV": "csv",
    "Cuda": "cuda",
    "D": "d",
    "Dart": "dart",
    "Dockerfile": "dockerfile",
    "Elixir": "elixir",
    "Elm": "elm",
    "Emacs Lisp": "elisp",
    "Erlang": "erlang",
    "F#": "fsharp",
    "Fennel": "fennel",
    "FIRRTL": "firrtl",
    "Fish": "fish",
    "Fortran": "fortran",
    "Fortran Free Form": "fortran",
    "GDScript": "gdscript",
    "Gettext Catalog": "po",
    "Git Attributes": "gitattributes",
    "Gleam": "gleam",
    "GLSL": "glsl",
    "GN": "gn",
    "Go Checksums": "gosum",
    "Go Module": "gomod",
    "GraphQL": "graphql",
    "Groovy": "groovy",
    "Hack": "hack",
    "Hare": "hare",
    "Haskell": "haskell",
    "Haxe": "haxe",
    "HCL": "hcl",
    "HLSL": "hlsl",
    "HTML+EEX": "heex",
    "HTML+ERB": "embeddedtemplate",
    "Ignore List": "gitignore",
    "INI": "ini",
    "ISPC": "ispc",
    "Janet": "janet",
    "Java Properties": "properties",
    "Jsonnet": "jsonnet",
    "Julia": "julia",
    "KDL": "kdl",
    "Linker Script": "linkerscript",
    "LLVM": "llvm",
    "Luau": "luau",
    "Makefile": "make",
    "MATLAB": "matlab",
    "Mermaid": "mermaid",
    "Meson": "meson",
    "Nim": "nim",
    "Ninja": "ninja",
    "Nix": "nix",
    "Objective-C": "objc",
    "OCaml": "ocaml",
    "Odin": "odin",
    "Open Policy Agent": "rego",
    "Org": "org",
    "Pascal": "pascal",
    "Perl": "perl",
    "Pip Requirements": "requirements",
    "Pony": "pony",
    "PowerShell": "powershell",
    "Prisma": "prisma",
    "Protocol Buffer": "proto",
    "Puppet": "puppet",
    "PureScript": "purescript",
    "QML": "qmljs",
    "R": "r",
    "Racket": "racket",
    "reStructuredText": "rst",
    "RON": "ron",
    "Scheme": "scheme",
    "SCSS": "scss",
    "Smali": "smali",
    "Smithy": "smithy",
    "Solidity": "solidity",
    "SPARQL": "sparql",
    "Squirrel": "squirrel",
    "Starlark": "starlark",
    "SystemVerilog": "verilog",
    "Tcl": "tcl",
    "Terraform": "terraform",
    "TeX": "latex",
    "Thrift": "thrift",
    "TSV": "tsv",
    "Twig": "twig",
    "Typst": "typst",
    "V": "v",
    "Verilog": "verilog",
    "VHDL": "vhdl",
    "Vim Script": "vim",
    "WebAssembly": "wat",
    "WGSL": "wgsl",
    "XML": "xml",
    "Zig": "zig",
}

# Linguist names that the grammar of another language reads as well: JSON's takes comments, a component is written as a page.
_SAME_GRAMMAR: Mapping[str, str] = {"JSON with Comments": "JSON", "Vue": "HTML", "Svelte": "HTML"}


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


# Flow reads its mark in the first comment, which a licence may make long.
_FLOW_HEAD = 2048


class GrammarMissing(Exception):
    """The grammar's wheel cannot be imported, or does not fit the installed tree-sitter; documents get a CC103 row."""


@dataclass(frozen=True, slots=True)
class Grammar:
    """A language that can be parsed.

    Attributes:
        name: Linguist's name of the language whose grammar it is.
        language: what a `tree_sitter.Parser` takes.
        kinds: what the node kinds mean.
        roles: uint32, one per kind id: the bits of `codecorpus.parse.roles`. ERROR nodes are past its end and have none.
        picks: what is counted in the language for measures of its own.
    """

    name: str
    language: tree_sitter.Language
    kinds: NodeKinds
    roles: NDArray[np.uint32]
    picks: PickTable

    _repr_html_ = show_fields

    def ids(self, *names: str) -> list[int]:
        """Ids of the kinds with these names; see `codecorpus.parse.picks.kind_ids`."""
        return kind_ids(self.language, names)


#: The id of ERROR nodes in every grammar; kind ids are 16 bits wide.
ERROR_KIND = 0xFFFF


def languages() -> tuple[str, ...]:
    """Linguist's names of the languages that have a grammar, sorted.

    >>> "Python" in languages(), "Klingon" in languages()
    (True, False)
    """
    return tuple(sorted([*_WHEELS, *_SAME_GRAMMAR, *(_IN_PACK if _has_pack() else ())]))


def more_languages() -> tuple[str, ...]:
    """Linguist's names of the languages that the extra `all-languages` adds, sorted.

    >>> "Haskell" in more_languages(), "Python" in more_languages()
    (True, False)
    """
    return tuple(sorted(_IN_PACK))


def language_of_path(path: str) -> str | None:
    """The language of a file with a well-known extension, for tables that come without languages; None if it has none.

    Reading a source looks closer: at names, at the first line and at the content.

    >>> language_of_path("src/main.rs"), language_of_path("LICENSE")
    ('Rust', None)
    """
    name = path.rpartition("/")[2]
    return _EXTENSIONS.get(name.rpartition(".")[2].lower()) if "." in name else None


def dialect(language: str | None, source: bytes) -> str | None:
    r"""The language whose grammar reads a document best: JavaScript with Flow's types is written nearly as TypeScript is.

    Measured on 638 files that say `@flow`: the grammar of JavaScript cannot place 28 % of their bytes, that of TSX 0.7 %.

    >>> dialect("JavaScript", b"// @flow\nlet a: number = 1"), dialect("JavaScript", b"let a = 1")
    ('TSX', 'JavaScript')
    """
    is_flow = language == "JavaScript" and b"@flow" in source[:_FLOW_HEAD]
    return "TSX" if is_flow else language


@cache
def find_grammar(language: str | None) -> Grammar | None:
    """The grammar of a language, or None if it has none.

    Args:
        language: Linguist's name, or None where it is unknown.

    Raises:
        GrammarMissing: the language has a grammar, but its wheel is not installed or does not load.
    """
    name = _SAME_GRAMMAR.get(language or "", language or "")
    loaded = _from_wheel(name) if name in _WHEELS else _from_pack(name)
    if loaded is None:
        return None
    kinds = NODE_KINDS.get(name) or PACK_KINDS.get(name, USUAL_KINDS)
    picks = compile_picks(name, loaded)
    return Grammar(name, loaded, kinds, _roles(loaded, kinds, picks), picks)


def _from_wheel(name: str) -> tree_sitter.Language:
    module, function = _WHEELS[name]
    try:
        return tree_sitter.Language(getattr(importlib.import_module(module), function)())
    except (ImportError, AttributeError, ValueError) as error:
        raise GrammarMissing(f"grammar {module.replace('_', '-')} does not load: {error}") from None


def _from_pack(name: str) -> tree_sitter.Language | None:
    """The pack's grammar, None where there is no pack or the pack has none."""
    if name not in _IN_PACK or not _has_pack():
        return None
    try:
        pack = importlib.import_module("tree_sitter_language_pack")
        loaded: tree_sitter.Language = pack.get_language(_IN_PACK[name])
    except Exception as error:  # the pack raises what it likes: LookupError, OSError, ValueError
        raise GrammarMissing(
            f"grammar {_IN_PACK[name]} of tree-sitter-language-pack does not load: {error}"
        ) from None
    return loaded


@cache
def _has_pack() -> bool:
    """Whether a release of the pack is installed that bundles its grammars."""
    try:
        return metadata.version("tree-sitter-language-pack").startswith("0.")
    except metadata.PackageNotFoundError:
        return False


def _roles(language: tree_sitter.Language, kinds: NodeKinds, picks: PickTable) -> NDArray[np.uint32]:
    """Role bits of each kind id: what the language says, and what means the same in all."""
    roles = np.zeros(language.node_kind_count, np.uint32)
    for field, role in ROLE_OF_FIELD.items():
        roles[kind_ids(language, (*getattr(kinds, field), *getattr(COMMON_KINDS, field)))] |= role
    for kind in range(language.node_kind_count):
        if language.node_kind_is_named(kind) and language.node_kind_is_visible(kind):
            roles[kind] |= NAMED
    roles[np.flatnonzero(np.diff(picks.first[: len(roles) + 1]))] |= PICKED
    return roles

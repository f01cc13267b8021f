r"""What a document imports and what it declares: two lists of texts, which do not depend on any other file.

A *reference* is written as its language writes it, so that one text says kind, level and name:

| language | reference | declares |
|---|---|---|
| Python | `a.b`, `..x:y` for `from ..x import y`, `a:*` | |
| JavaScript, TypeScript, TSX, and scripts in Vue, Svelte and HTML | `./x`, `@a/b` | of `package.json`: `package @a/b` |
| Go | `example.com/a/b` | `package a`; of `go.mod`: `module example.com/a` |
| C, C++, and with the extra `all-languages` Cuda and Objective-C | `"x.h"`, `<x.h>` | |
| Rust | `mod a::b`, `path a.rs`, `use crate::a::B` | |
| Java, Kotlin, C# | `a.b.C`, `a.b.*`, `~C` for a name in the code | `a.b.*`, `a.b.C` |
| PHP | as Java, with dots; `file x.php`, `here x.php` | `a.b.*`, `a.b.C` |

Which file a reference means is found by `codecorpus.fim.context.resolve`, inside one repository.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain

import numpy as np
import pyarrow as pa

from codecorpus.parse import import_forms, import_types
from codecorpus.parse._kernels_tree import bracket_depth
from codecorpus.parse.embedded import HOSTS, embedded
from codecorpus.parse.grammars import Grammar, GrammarMissing, dialect, find_grammar
from codecorpus.parse.import_nodes import TreeView
from codecorpus.parse.import_rust import of_rust
from codecorpus.parse.options import ParseOptions
from codecorpus.parse.tree import ParseTimeout, read_tree
from codecorpus.parse.walk import FlatTree

#: Per document: `references` and `declares`, both list<string>.
IMPORTS_TYPE = pa.struct(
    [
        pa.field("references", pa.list_(pa.string()), nullable=False),
        pa.field("declares", pa.list_(pa.string()), nullable=False),
    ]
)

_FORMS: Mapping[str, Callable[[TreeView], Iterator[str]]] = {
    "Python": import_forms.of_python,
    "JavaScript": import_forms.of_javascript,
    "TypeScript": import_forms.of_javascript,
    "TSX": import_forms.of_javascript,
    "Go": import_forms.of_go,
    "C": import_forms.of_c,
    "C++": import_forms.of_c,
    "Cuda": import_forms.of_c,
    "Objective-C": import_forms.of_c,
    "Rust": of_rust,
    "Java": import_types.of_java,
    "Kotlin": import_types.of_java,
    "C#": import_types.of_csharp,
    "PHP": import_types.of_php,
}
_DECLARING = ("Java", "Kotlin", "C#", "PHP")
# Longer ones name no file of a repository: `import` of data URLs, text in quotes after a parse error.
_MAX_CHARS = 400
# A generated index may import thousands of files; what comes after these is left out.
_MAX_REFERENCES = 10_000
_GO_MODULE = re.compile(r"^module\s+\"?([^\s\"]+)", re.M)
# Of the outermost object, before any other one in it.
_PACKAGE_NAME = re.compile(r'\A\s*\{[^{}\[\]]*?"name"\s*:\s*"([\w@/.-]+)"')
_HEAD = 4096


@dataclass(frozen=True, slots=True)
class Imports:
    """What one document says about others.

    Attributes:
        references: what it imports, each once, sorted; not the document itself.
        declares: packages and types that it declares, sorted.
    """

    references: tuple[str, ...] = ()
    declares: tuple[str, ...] = ()

    def with_references_of(self, other: Imports) -> Imports:
        """With what a document inside this one imports."""
        if not other.references:
            return self
        return Imports(tuple(sorted({*self.references, *other.references})), self.declares)


def has_imports(grammar: Grammar) -> bool:
    """Whether imports of a grammar's language are known."""
    return grammar.name in _FORMS


def references_of(tree: FlatTree, grammar: Grammar, source: bytes) -> Imports:
    r"""What one parsed document imports and declares; nothing where its language is not known here.

    Args:
        tree: of the document.
        grammar: of its language.
        source: the document.

    >>> from codecorpus.parse.grammars import find_grammar
    >>> from codecorpus.parse.tree import read_tree
    >>> python, source = find_grammar("Python"), b"import os.path\nfrom ..a import (b as c, d)\n"
    >>> references_of(read_tree(source, python), python, source).references
    ('..a:b', '..a:d', 'os.path')
    """
    if grammar.name not in _FORMS:
        return Imports()
    view = TreeView(tree, grammar, source)
    found = _FORMS[grammar.name](view)
    if grammar.name in _DECLARING:
        declares = import_types.declared(view)
        return Imports(_clean(chain(found, import_types.names_in_code(view, declares))), _clean(declares))
    packages = view.nodes("package_identifier") if grammar.name == "Go" else ()
    return Imports(_clean(found), _clean(f"package {view.text(node)}" for node in packages[:1]))


def _clean(found: Iterable[str]) -> tuple[str, ...]:
    """Each once and sorted, without what can name no file."""
    kept: set[str] = set()
    for text in found:
        if 0 < len(text) <= _MAX_CHARS and text.isprintable() and "\ufffd" not in text:
            kept.add(text)
        if len(kept) >= _MAX_REFERENCES:
            break
    return tuple(sorted(kept))


def references(documents: pa.Table, options: ParseOptions | None = None) -> pa.StructArray:
    r"""What each document of a batch imports and declares, each parsed for this alone.

    Args:
        documents: `language` and `content` are read.
        options: bounds of a parse; a document beyond them has no references.

    Returns:
        `IMPORTS_TYPE`, a row for each document.

    >>> batch = pa.table({"language": ["C", "Go Module"], "content": ['#include "a.h"', "module b.org/c\n"]})
    >>> references(batch).to_pylist()
    [{'references': ['"a.h"'], 'declares': []}, {'references': [], 'declares': ['module b.org/c']}]
    """
    options = options or ParseOptions()
    pairs = zip(documents["language"], documents["content"], strict=True)
    found = [_imports(language.as_py(), content.as_py(), options) for language, content in pairs]
    lists = [
        pa.array([getattr(imports, field.name) for imports in found], field.type) for field in IMPORTS_TYPE
    ]
    return pa.StructArray.from_arrays(lists, fields=list(IMPORTS_TYPE))


def _imports(language: str | None, content: str | bytes | None, options: ParseOptions) -> Imports:
    source = content.encode("utf-8", "surrogatepass") if isinstance(content, str) else content or b""
    if language in ("Go Module", "JSON"):
        return manifest(language, source)
    try:
        grammar = find_grammar(dialect(language, source[:4096]))
        if grammar is None or (grammar.name not in _FORMS and grammar.name not in HOSTS):
            return Imports()
        return _parsed(source, grammar, options)
    except (ParseTimeout, GrammarMissing, ValueError, MemoryError):
        return Imports()  # the stage `parse` has said so with CC103


def _parsed(source: bytes, grammar: Grammar, options: ParseOptions) -> Imports:
    content = np.frombuffer(source, np.uint8)
    if len(source) > options.max_bytes or bracket_depth(content) > options.max_nesting:
        return Imports()
    tree = read_tree(source, grammar, timeout_seconds=options.timeout_seconds)
    found = references_of(tree, grammar, source)
    for language, inner in embedded(source, grammar, tree) if grammar.name == "HTML" else ():
        inside = _imports(language, inner, options)
        found = found.with_references_of(inside)
    return found


def manifest(language: str, source: bytes) -> Imports:
    r"""What a `go.mod` or a `package.json` declares, for which no grammar is needed; of other JSON nothing is believed but its name.

    >>> manifest("Go Module", b"// x\nmodule example.com/a\n").declares
    ('module example.com/a',)
    >>> manifest("JSON", b'{"version": "1", "name": "@a/b", "bin": {}}').declares
    ('package @a/b',)
    """
    pattern, kind = (_GO_MODULE, "module") if language == "Go Module" else (_PACKAGE_NAME, "package")
    found = pattern.search(source[:_HEAD].decode("utf-8", "replace"))
    return Imports(declares=_clean([f"{kind} {found[1]}"] if found else []))

"""Tree of one document → what it imports, where types are imported and not files: Java, Kotlin, C#, PHP; and the types it declares.

Names are written with dots whatever the language does: `a.b.C` is a type, `a.b.*` all of a package or namespace, `~C` a name in the code
that may be a type of the file's own package or of one that it imports.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from codecorpus.parse.import_nodes import TreeView, last_children, type_names

_COMMENT = re.compile(r"//[^\n]*|/\*.*?\*/", re.S)
_SPACE = re.compile(r"\s+")
# Names in one file after which the rest is left out; the largest hand-written one in 530 MB has 1,300.
_MAX_NAMES = 4000
# Each type is compared with each package.
_MAX_PACKAGES = 64


@dataclass(frozen=True, slots=True)
class _Kinds:
    """Kinds of node of a language; every one may be missing from a grammar.

    Attributes:
        types: what declares a type.
        tops: what the declaration of a type may stand in; nested types are found through the one around them.
        names: what holds a name, of a type or of anything else.
        own: what holds the name of a declared type, as a child of it.
        packages: what names the package or namespace of what follows, or of what is inside.
    """

    types: tuple[str, ...]
    tops: tuple[str, ...]
    names: tuple[str, ...]
    own: tuple[str, ...]
    packages: tuple[str, ...]


_KINDS = {
    "Java": _Kinds(
        (
            "class_declaration",
            "interface_declaration",
            "enum_declaration",
            "record_declaration",
            "annotation_type_declaration",
        ),
        ("program",),
        ("type_identifier", "identifier"),
        ("identifier",),
        ("package_declaration",),
    ),
    "Kotlin": _Kinds(
        ("class_declaration", "object_declaration"),
        ("source_file",),
        ("identifier",),
        ("identifier",),
        ("package_header",),
    ),
    "C#": _Kinds(
        (
            "class_declaration",
            "struct_declaration",
            "interface_declaration",
            "enum_declaration",
            "record_declaration",
            "delegate_declaration",
        ),
        ("compilation_unit", "declaration_list", "file_scoped_namespace_declaration"),
        ("identifier",),
        ("identifier",),
        ("namespace_declaration", "file_scoped_namespace_declaration"),
    ),
    "PHP": _Kinds(
        ("class_declaration", "interface_declaration", "trait_declaration", "enum_declaration"),
        ("program", "compound_statement"),
        ("name",),
        ("name",),
        ("namespace_definition",),
    ),
}
_PACKAGE = re.compile(r"(?:package|namespace)\s+([\w.\\\s]+)")


def declared(view: TreeView) -> list[str]:
    """`a.b.*` for each package or namespace, `a.b.C` for each type that stands at the top of it; `*` where there is none."""
    packages = _packages(view)
    scopes = {_around(packages, package.start) for package in packages} or {""}
    return sorted({*(f"{name}.*".lstrip(".") for name in scopes), *_types(view, packages)})


@dataclass(frozen=True, slots=True)
class _Package:
    """A package or namespace: its name with dots, the bytes that it counts for, and whether it has a body of its own."""

    name: str
    start: int
    end: int
    has_body: bool


def _packages(view: TreeView) -> list[_Package]:
    tree, found = view.tree, []
    for node in view.nodes(*_KINDS[view.grammar.name].packages)[:_MAX_PACKAGES].tolist():
        start, end = int(tree.starts[node]), int(tree.ends[node])
        head = _COMMENT.sub(" ", view.source[start : start + 400].decode("utf-8", "replace"))
        name = _PACKAGE.search(head)
        has_body = view.source[end - 1 : end] == b"}"
        words = _SPACE.split(name[1].strip())[0] if name else ""
        name_with_dots = words.replace("\\", ".").strip(".")
        found.append(_Package(name_with_dots, start, end if has_body else len(view.source), has_body))
    return found


def _around(packages: list[_Package], at: int) -> str:
    """The namespace at a place: nested ones are joined, and of those without a body the last one counts."""
    holding = [package for package in packages if package.start <= at < package.end]
    open_ended = [package.name for package in holding if not package.has_body][-1:]
    return ".".join([*open_ended, *(package.name for package in holding if package.has_body)])


def _types(view: TreeView, packages: list[_Package]) -> set[str]:
    kinds, tree = _KINDS[view.grammar.name], view.tree
    names = view.nodes(*kinds.own)
    names = last_children(view, names[view.parents(names, *kinds.types)])
    owners = tree.parents[names].astype(np.int64)
    names, owners = names[view.parents(owners, *kinds.tops)], owners[view.parents(owners, *kinds.tops)]
    around = tree.parents[tree.parents[owners]]
    # A C# type inside a type stands in a declaration list as well.
    nested = (around >= 0) & view.are(tree.kinds[around], *kinds.types)
    return {
        ".".join(filter(None, (_around(packages, int(tree.starts[owner])), view.text(name))))
        for name, owner in zip(names[~nested].tolist(), owners[~nested].tolist(), strict=True)
    }


def names_in_code(view: TreeView, declares: Sequence[str]) -> Iterator[str]:
    """`~C` for every distinct name that may be a type's and is not of a type that the file declares."""
    own = {name.rpartition(".")[2] for name in declares}
    names = sorted(type_names(view, _KINDS[view.grammar.name].names) - own)
    yield from (f"~{name}" for name in names[:_MAX_NAMES])


_IMPORT = re.compile(r"import\s+(?:static\s+)?([\w.\s]+(?:\*)?)")


def of_java(view: TreeView) -> Iterator[str]:
    """`a.b.C` and `a.b.*`; a static import is written like one of a type, and Kotlin's like Java's."""
    for node in view.nodes("import_declaration", "import"):
        found = _IMPORT.match(_COMMENT.sub(" ", view.text(node)))
        if found:
            words = found[1].strip()
            yield _SPACE.sub("", words.split(" as ")[0])


_USING = re.compile(r"using\s+(static\s+|unsafe\s+)?(?:\w+\s*=\s*)?(?:\w+::)?([\w.\s]+?)\s*(<.*)?;", re.S)


def of_csharp(view: TreeView) -> Iterator[str]:
    """`A.B.*` for a namespace, `A.C` for what `using static` and an alias name."""
    for node in view.nodes("using_directive"):
        text = _COMMENT.sub(" ", view.text(node))
        found = _USING.search(text)
        if found:
            name = _SPACE.sub("", found[2])
            yield name if found[1] or "=" in text else f"{name}.*"


_USE = re.compile(r"use\s+(?:(?:function|const)\s+)?([^;]+)")
_AS = re.compile(r"\bas\s+\w+|\b(?:function|const)\s")


def of_php(view: TreeView) -> Iterator[str]:
    r"""`A.B.C` for `use A\B\C`, `file x.php` and `here x.php` for included files.

    `here` is what is written with `__DIR__`, and so is beside the file for certain.
    """
    for node in view.nodes("namespace_use_declaration"):
        found = _USE.match(_COMMENT.sub(" ", view.text(node)))
        yield from _use_names(_AS.sub("", found[1])) if found else ()
    for node in view.nodes(
        "include_expression", "include_once_expression", "require_expression", "require_once_expression"
    ):
        strings = view.below(node, "string", "encapsed_string")
        text = view.text(node)
        if len(strings) == 1 and "$" not in (path := view.text(strings[0])[1:-1]):
            beside = "__DIR__" in text or "dirname(__FILE__)" in _SPACE.sub("", text)
            if path.strip("/"):
                yield f"{'here' if beside else 'file'} {path.lstrip('/') if beside else path}"


def _use_names(text: str) -> Iterator[str]:
    before, bracket, listed = _SPACE.sub("", text).partition("{")
    names = [before + name for name in listed.rstrip("}").split(",")] if bracket else before.split(",")
    yield from (name.strip("\\").replace("\\", ".") for name in names if name.strip("\\"))

"""Tree of one Rust file → the modules and paths that it names, as `mod a`, `path a.rs` and `use crate::a::B`."""

from __future__ import annotations

import re
from collections.abc import Iterator

from codecorpus.parse.import_nodes import TreeView

_COMMENT = re.compile(r"//[^\n]*|/\*.*?\*/", re.S)
_RENAMED = re.compile(r"\bas\s+(?:r#)?\w+")
_SPACE = re.compile(r"\s+")
_USE = re.compile(r"\A.*?\buse\b", re.S)
_MODULE = re.compile(r"\bmod\s+(?:r#)?(\w+)\s*")
_PATH = re.compile(r'#\[\s*path\s*=\s*"([^"\n]+)"\s*\]\s*\Z')
# Where attributes are looked for before a module, and a module's name in it.
_HEAD = 300
# More names than this in one `use`, or deeper modules, are no program.
_MAX_NAMES, _MAX_DEPTH = 1000, 16


def of_rust(view: TreeView) -> Iterator[str]:
    """`mod a`, `path p/q.rs` and `use a::b::C`, in the order of the document.

    What an inline module says is written as the file would say it: `mod b { mod c; }` gives `mod b::c`, and `use super::d` in it `use
    self::d`. A path in the code that begins with `crate` counts as a use.
    """
    open_modules: list[tuple[int, str]] = []
    modules = view.are(view.tree.kinds, "mod_item")
    uses = view.are(view.tree.kinds, "use_declaration")
    last_use = 0
    for node in view.nodes("mod_item", "use_declaration", "crate").tolist():
        start, end = int(view.tree.starts[node]), int(view.tree.ends[node])
        while open_modules and open_modules[-1][0] < end:
            open_modules.pop()
        inline = tuple(name for _, name in open_modules)
        if len(inline) > _MAX_DEPTH:
            continue
        if modules[node]:
            yield from _module(view, start, end, inline, open_modules)
        elif uses[node]:
            last_use = end
            yield from (f"use {_from_file(path, inline)}" for path in _used(view.text(node)))
        elif start >= last_use:
            yield from _path_in_code(view, node)


def _module(
    view: TreeView, start: int, end: int, inline: tuple[str, ...], open_modules: list[tuple[int, str]]
) -> Iterator[str]:
    head = view.source[start : min(end, start + _HEAD)].decode("utf-8", "replace")
    name = _MODULE.search(head)
    if name is None:
        return
    if head[name.end() :].startswith("{"):
        open_modules.append((end, name[1]))
        return
    before = view.source[max(0, start - _HEAD) : start].decode("utf-8", "replace")
    path = _PATH.search(before)
    yield f"path {path[1]}" if path and not inline else "mod " + "::".join((*inline, name[1]))


def _used(text: str) -> list[str]:
    """Every path of a `use`, without the names that are given to them."""
    text = _COMMENT.sub(" ", text)
    text = _RENAMED.sub("", _USE.sub("", text, count=1))
    return expand(_SPACE.sub("", text).replace("r#", "").rstrip(";"))


def expand(text: str) -> list[str]:
    """A path with lists in it as paths without, in their order.

    >>> expand("a::{self,b::{c,d},e::*}")
    ['a::self', 'a::b::c', 'a::b::d', 'a::e::*']
    """
    found: list[str] = []
    before = [""]
    word = ""
    for char in text + ",":
        if char == "{":
            before.append(before[-1] + word)
            word = ""
        elif char in ",}":
            if word:
                found.append(before[-1] + word)
            word = ""
            if char == "}" and len(before) > 1:
                before.pop()
        else:
            word += char
        if len(found) >= _MAX_NAMES or len(before) > _MAX_DEPTH:
            break
    return found


def _from_file(path: str, inline: tuple[str, ...]) -> str:
    """A path inside of inline modules as the file's own module would write it."""
    names = path.removeprefix("::").split("::")
    if not inline or names[0] not in ("self", "super"):
        return path.removeprefix("::")
    here = list(inline)
    while names and names[0] in ("self", "super"):
        if names[0] == "super":
            if not here:
                break
            here.pop()
        names = names[1:]
    return "::".join((["self", *here] if names[:1] != ["super"] else here) + names)


def _path_in_code(view: TreeView, node: int) -> Iterator[str]:
    """The longest path that begins with this `crate`."""
    tree, top = view.tree, node
    while tree.parents[top] >= 0 and tree.starts[tree.parents[top]] == tree.starts[node]:
        above = int(tree.parents[top])
        if not view.are(tree.kinds[[above]], "scoped_identifier", "scoped_type_identifier")[0]:
            break
        top = above
    if top != node and int(tree.ends[top]) - int(tree.starts[top]) <= _HEAD:
        yield "use " + _SPACE.sub("", _COMMENT.sub("", view.text(top)))

"""Tree of one document → what it imports, as its language writes it: Python, JavaScript, TypeScript, Go, C, C++.

One function a language; `codecorpus.parse.imports` says what their results look like. Rust is in `import_rust`, and languages whose
files are found by the types that they declare are in `import_types`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np

from codecorpus.parse.import_nodes import TreeView

_SPACE = re.compile(r"\s+")


def of_python(view: TreeView) -> Iterator[str]:
    """`a.b` for `import a.b`; `..x:y` for `from ..x import y`, once for each name; `:*` for all names."""
    tree, names = view.tree, view.nodes("dotted_name", "relative_import", "wildcard_import")
    owners = tree.parents[names].astype(np.int64)
    owners = np.where(view.parents(names, "aliased_import"), tree.parents[owners], owners)
    is_plain, is_from = (
        view.are(tree.kinds[owners], kind) for kind in ("import_statement", "import_from_statement")
    )
    for node in names[is_plain].tolist():
        yield _tight(view.text(node))
    module, last = "", -1
    # The first name of a statement is the module that the others are of.
    for node, owner in zip(names[is_from].tolist(), owners[is_from].tolist(), strict=True):
        if owner == last:
            yield f"{module}:{_tight(view.text(node))}"
        else:
            module, last = _tight(view.text(node)), owner


def _tight(name: str) -> str:
    """The same without the space that may stand around dots."""
    return _SPACE.sub("", name)


def of_javascript(view: TreeView) -> Iterator[str]:
    """What stands in quotes after `import`, `export … from`, and in `require("…")` and `import("…")`."""
    tree, strings = view.tree, view.nodes("string")
    parents = tree.parents[strings]
    statement = view.parents(strings, "import_statement", "import_require_clause")
    exported = view.parents(strings, "export_statement")
    # The first argument of a call: after the bracket, which comes after `arguments`.
    first = view.parents(strings, "arguments") & (strings == parents + 2)
    for node, is_statement, is_exported, is_first in zip(
        strings.tolist(), statement, exported, first, strict=True
    ):
        if (
            is_statement
            or (is_exported and _follows_from(view, node))
            or (is_first and _is_import_call(view, int(tree.parents[node])))
        ):
            yield view.text(node)[1:-1]


def _follows_from(view: TreeView, node: int) -> bool:
    """Whether `from` stands before a string: `export default "x"` exports a text."""
    start = int(view.tree.starts[node])
    return view.source[max(0, start - 32) : start].rstrip().endswith(b"from")


def _is_import_call(view: TreeView, arguments: int) -> bool:
    call = int(view.tree.parents[arguments])
    return (
        call >= 0
        and bool(view.are(view.tree.kinds[[call]], "call_expression")[0])
        and view.bytes(call + 1) in (b"import", b"require")
    )


def of_go(view: TreeView) -> Iterator[str]:
    """The path of each import."""
    literals = view.nodes("interpreted_string_literal", "raw_string_literal")
    for node in literals[view.parents(literals, "import_spec")]:
        yield view.text(node)[1:-1]


def of_c(view: TreeView) -> Iterator[str]:
    """`"x.h"` and `<x.h>`, each with its quotes or brackets; a macro's name is not known."""
    nodes = view.nodes("string_literal", "system_lib_string")
    for node in nodes[view.parents(nodes, "preproc_include")]:
        yield view.text(node)

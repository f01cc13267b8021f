"""Documents inside documents: the scripts and styles of a page, the page around PHP, the script of a Vue or Svelte component.

Each is cut out and parsed in its own language; what was measured on it is added to what was measured on the document around it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np

from codecorpus.parse.grammars import Grammar
from codecorpus.parse.walk import FlatTree

#: Languages whose documents may hold others.
HOSTS = ("HTML", "PHP")

_SCRIPT_TYPE = re.compile(rb"""\b(?:type|lang)\s{0,8}=\s{0,8}["']?([\w./+-]{1,60})""", re.I)
_SCRIPTS = {
    b"": "JavaScript",
    b"module": "JavaScript",
    b"js": "JavaScript",
    b"jsx": "JavaScript",
    b"babel": "JavaScript",
    b"text/javascript": "JavaScript",
    b"application/javascript": "JavaScript",
    b"application/x-javascript": "JavaScript",
    b"text/ecmascript": "JavaScript",
    b"text/jsx": "JavaScript",
    b"text/babel": "JavaScript",
    b"ts": "TypeScript",
    b"text/typescript": "TypeScript",
    b"tsx": "TSX",
    b"json": "JSON",
    b"application/json": "JSON",
    b"application/ld+json": "JSON",
    b"importmap": "JSON",
}
_STYLES = {b"": "CSS", b"css": "CSS", b"text/css": "CSS"}
# Around less than this many bytes of a page, PHP is a program and not a page.
_MIN_PAGE = 64


def embedded(source: bytes, grammar: Grammar, tree: FlatTree) -> Iterator[tuple[str, bytes]]:
    """The documents inside one: (language, source), in their order.

    Args:
        source: of the document.
        grammar: its grammar; one whose name is not among `HOSTS` holds nothing.
        tree: of the document.

    >>> from codecorpus.parse.grammars import find_grammar
    >>> from codecorpus.parse.tree import read_tree
    >>> html = find_grammar("HTML")
    >>> page = b"<p>x</p><script lang='ts'>let a = 1</script>"
    >>> list(embedded(page, html, read_tree(page, html)))
    [('TypeScript', b'let a = 1')]
    """
    if grammar.name == "HTML":
        yield from _of_page(source, grammar, tree)
    elif grammar.name == "PHP":
        page = b"".join(source[start:end] for start, end in _spans(grammar, tree, "text"))
        if len(page) >= _MIN_PAGE and b"<" in page:
            yield "HTML", page


def _of_page(source: bytes, grammar: Grammar, tree: FlatTree) -> Iterator[tuple[str, bytes]]:
    for start, end in _spans(grammar, tree, "raw_text"):
        tag = source[max(0, source.rfind(b"<", 0, start)) : start]
        found = _SCRIPT_TYPE.search(tag)
        kind = found[1].lower() if found else b""
        language = (_STYLES if tag[:6].lower() == b"<style" else _SCRIPTS).get(kind)
        if language is not None and source[start:end].strip():
            yield language, source[start:end]


def _spans(grammar: Grammar, tree: FlatTree, kind: str) -> list[tuple[int, int]]:
    found = np.flatnonzero(np.isin(tree.kinds, grammar.ids(kind)))
    return [(int(tree.starts[node]), int(tree.ends[node])) for node in found]

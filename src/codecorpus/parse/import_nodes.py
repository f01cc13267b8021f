"""What the import rules of all languages read a tree with: nodes by kind, the text of a node, what stands inside of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from codecorpus.parse.grammars import Grammar
from codecorpus.parse.walk import FlatTree

Nodes = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class TreeView:
    """A tree with its text.

    Attributes:
        tree: of the document.
        grammar: of its language.
        source: the document.
    """

    tree: FlatTree
    grammar: Grammar
    source: bytes

    def nodes(self, *kinds: str) -> Nodes:
        """int64: nodes of these kinds, in the order of the document; names of tokens stand in quotes."""
        return np.flatnonzero(self.are(self.tree.kinds, *kinds))

    def are(self, ids: NDArray[np.uint16], *kinds: str) -> NDArray[np.bool_]:
        """Bool per id: it is one of these kinds."""
        flags: NDArray[np.bool_] = _flags(self.grammar.name, kinds, self.grammar)[ids]
        return flags

    def parents(self, nodes: Nodes, *kinds: str) -> NDArray[np.bool_]:
        """Bool per node: its parent is of one of these kinds."""
        parents = self.tree.parents[nodes]
        return (parents >= 0) & self.are(self.tree.kinds[parents], *kinds)

    def text(self, node: int) -> str:
        """Text of a node; bytes that are no UTF-8 become U+FFFD, and so name nothing."""
        return self.bytes(node).decode("utf-8", "replace")

    def bytes(self, node: int) -> bytes:
        """Bytes of a node."""
        return self.source[self.tree.starts[node] : self.tree.ends[node]]

    def inside(self, node: int) -> range:
        """The nodes below one: a run in document order."""
        depths, first = self.tree.depths, node + 1
        step = 64  # statements are short, and a look at the whole rest for each would be quadratic
        while first < len(depths):
            shallow = np.flatnonzero(depths[first : first + step] <= depths[node])
            if len(shallow):
                return range(node + 1, first + int(shallow[0]))
            first, step = first + step, step * 2
        return range(node + 1, len(depths))

    def below(self, node: int, *kinds: str) -> Nodes:
        """int64: the nodes below one that are of these kinds."""
        inside = self.inside(node)
        kind_ids = self.tree.kinds[inside.start : inside.stop]
        return np.flatnonzero(self.are(kind_ids, *kinds)) + inside.start


# By name and kinds, because a grammar holds arrays and has no hash.
_KNOWN: dict[tuple[str, tuple[str, ...]], NDArray[np.bool_]] = {}


def _flags(name: str, kinds: tuple[str, ...], grammar: Grammar) -> NDArray[np.bool_]:
    """Bool for each of the 65,536 ids that a kind can have."""
    found = _KNOWN.get((name, kinds))
    if found is None:
        found = np.zeros(1 << 16, np.bool_)
        found[grammar.ids(*kinds)] = True
        _KNOWN[name, kinds] = found
    return found


def last_children(view: TreeView, children: Nodes) -> Nodes:
    """int64: of nodes in document order, the last of each parent."""
    parents = view.tree.parents[children]
    _, last = np.unique(parents[::-1], return_index=True)
    return np.sort(children[len(children) - 1 - last])


def type_names(view: TreeView, kinds: Sequence[str]) -> set[str]:
    """Distinct names with a capital first letter: what may be a type of the same package or of an imported one."""
    nodes = view.nodes(*kinds)
    starts, ends = view.tree.starts[nodes], view.tree.ends[nodes]
    named = ends > starts
    first = np.frombuffer(view.source, np.uint8)[starts[named]] if len(view.source) else starts[:0]
    capital = ((first >= 65) & (first <= 90)) | (first >= 0xC3)
    spans = zip(starts[named][capital].tolist(), ends[named][capital].tolist(), strict=True)
    return {name.decode("utf-8", "replace") for name in {view.source[start:end] for start, end in spans}}

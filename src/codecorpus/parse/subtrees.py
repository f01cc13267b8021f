"""Complete subtrees of a document: what can be taken out of it as a whole, and written again by a model.

A subtree is a named node with children: an expression, a statement, a body, a definition; a leaf is one word, which spans of characters
find as well. Left out are the root, what has as many bytes as its parent and so is the same text again, what lies within a comment or a
string, what the parser could not place or had to make up, and of some languages kinds that are half of something (`SKIPPED`).
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Final

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from codecorpus.parse import _kernels_subtrees as kernels
from codecorpus.parse._kernels_tree import roles_of
from codecorpus.parse.grammars import Grammar, find_grammar
from codecorpus.parse.walk import FlatTree

#: Bytes of a subtree, at least: shorter ones are `f(x)` and `a.b`, and there are as many of them as of all others together.
SHORTEST: Final = 8

#: Language → kinds that are named nodes and no whole: a tag without its element, a list without its brackets, the name of a key.
SKIPPED: Final[Mapping[str, tuple[str, ...]]] = {
    "HTML": ("start_tag", "end_tag", "self_closing_tag", "attribute", "quoted_attribute_value"),
    "TSX": ("jsx_opening_element", "jsx_closing_element"),
    "JavaScript": ("jsx_opening_element", "jsx_closing_element"),
    "C": ("parameter_declaration", "type_descriptor", "sized_type_specifier"),
    "C++": ("parameter_declaration", "type_descriptor", "sized_type_specifier", "template_parameter_list"),
    "C#": ("parameter", "qualified_name", "name_colon"),
    "Java": ("formal_parameter", "scoped_identifier", "modifiers", "marker_annotation"),
    "Rust": ("parameter", "scoped_type_identifier", "visibility_modifier", "lifetime"),
    "Go": ("parameter_declaration", "qualified_type"),
    "Kotlin": ("parameter", "modifiers", "user_type"),
    "Python": ("typed_parameter", "default_parameter", "typed_default_parameter", "dotted_name", "type"),
    "TypeScript": ("required_parameter", "type_annotation", "nested_type_identifier"),
    "PHP": ("simple_parameter", "qualified_name", "namespace_name"),
    "YAML": ("flow_node", "plain_scalar"),
    "Markdown": ("inline",),
}


def find_subtrees(tree: FlatTree, grammar: Grammar) -> NDArray[np.int32]:
    r"""The subtrees of a document, parents before children.

    Args:
        tree: of the document.
        grammar: of its language.

    Returns:
        int32[2 n]: first byte of each subtree and the one after its last, pair by pair.

    >>> from codecorpus.parse.tree import read_tree
    >>> python, source = find_grammar("Python"), b"def f(x):\n    return g(x, 1)\n"
    >>> pairs = find_subtrees(read_tree(source, python), python).reshape(-1, 2)
    >>> [source[start:end] for start, end in pairs.tolist()]
    [b'def f(x):\n    return g(x, 1)', b'return g(x, 1)']
    """
    roles = roles_of(tree.kinds, grammar.roles)
    kept = kernels.subtrees(tree.arrays, roles, tree.missing, _skipped(grammar.name), SHORTEST)
    found = np.flatnonzero(kept)
    return np.stack([tree.starts[found], tree.ends[found]], axis=1).reshape(-1)


@cache
def _skipped(language: str) -> NDArray[np.bool_]:
    """bool[65,536]: kinds that are left out."""
    marks = np.zeros(1 << 16, np.bool_)
    grammar = find_grammar(language)
    if grammar is not None and language in SKIPPED:
        marks[grammar.ids(*SKIPPED[language])] = True
    return marks


def subtree_lists(found: list[NDArray[np.int32] | None]) -> pa.Array:
    """list<int32>, one per document; null where there is no tree."""
    empty = np.empty(0, np.int32)
    flat = [empty if one is None else one for one in found]
    lengths = np.array([len(one) for one in flat], np.int64)
    offsets = pa.array(np.concatenate([[0], np.cumsum(lengths)]).astype(np.int32))
    lists = pa.ListArray.from_arrays(offsets, pa.array(np.concatenate([empty, *flat])))
    missing = np.array([one is None for one in found], np.bool_)
    if not missing.any():
        return lists
    return pa.ListArray.from_arrays(offsets, lists.values, mask=pa.array(missing))

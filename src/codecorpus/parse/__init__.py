"""Syntax trees, once per document: flat arrays, and the measures that filters, deduplication and reports read.

Names are loaded when first used, so that reading the options imports neither parsers nor numba.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from codecorpus.parse.options import ParseOptions as ParseOptions

if TYPE_CHECKING:
    from codecorpus.parse.grammars import Grammar as Grammar
    from codecorpus.parse.grammars import find_grammar as find_grammar
    from codecorpus.parse.grammars import language_of_path as language_of_path
    from codecorpus.parse.grammars import languages as languages
    from codecorpus.parse.measures import measure as measure
    from codecorpus.parse.measures import subtrees_of as subtrees_of
    from codecorpus.parse.spans import find_spans as find_spans
    from codecorpus.parse.text import text_measures as text_measures
    from codecorpus.parse.tree import read_tree as read_tree
    from codecorpus.parse.walk import FlatTree as FlatTree

_HOME = {
    "FlatTree": "walk",
    "Grammar": "grammars",
    "find_grammar": "grammars",
    "find_spans": "spans",
    "language_of_path": "grammars",
    "languages": "grammars",
    "measure": "measures",
    "read_tree": "tree",
    "subtrees_of": "measures",
    "text_measures": "text",
}

__all__ = [
    "FlatTree",
    "Grammar",
    "ParseOptions",
    "find_grammar",
    "find_spans",
    "language_of_path",
    "languages",
    "measure",
    "read_tree",
    "subtrees_of",
    "text_measures",
]


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)

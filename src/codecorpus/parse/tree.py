"""Bytes of one document → its syntax tree as flat arrays, within a deadline.

Nothing here recurses, so that a million levels of nesting are walked like any other tree. No node is ever printed (that crashes at 16,000
levels) and no query asked (silently truncated past 60,000).
"""

from __future__ import annotations

import ctypes
import sys
import time
from functools import cache
from typing import Any

import tree_sitter

from codecorpus.parse.grammars import Grammar, find_grammar
from codecorpus.parse.walk import FlatTree, flatten

# The parser asks for this many bytes at a time.
_CHUNK = 8192


class ParseTimeout(Exception):
    """The parser did not finish within its deadline; the document gets a CC103 row."""


def read_tree(source: bytes, grammar: Grammar, *, timeout_seconds: float = 30.0) -> FlatTree:
    """Parse one document and flatten its tree.

    Args:
        source: UTF-8. Invalid bytes become ERROR nodes, as does everything else that the grammar does not know.
        grammar: of the document's language.
        timeout_seconds: wall time for the parse.

    Raises:
        ParseTimeout: the deadline passed first.
        ValueError: the parser refused.

    The tree of `x = 1`:

    >>> from codecorpus.parse.grammars import find_grammar
    >>> python = find_grammar("Python")
    >>> tree = read_tree(b"x = 1", python)
    >>> [python.language.node_kind_for_id(kind) for kind in tree.kinds]
    ['module', 'expression_statement', 'assignment', 'identifier', '=', 'integer']
    >>> tree.starts.tolist(), tree.depths.tolist(), tree.parents.tolist()
    ([0, 0, 0, 0, 2, 4], [0, 1, 2, 3, 3, 3], [-1, 0, 1, 2, 2, 2])
    """
    deadline = time.monotonic() + timeout_seconds
    given: list[bytes] = []
    late = False

    # The text comes from a callable because py-tree-sitter ignores the progress callback for plain bytes. The deadline must not be kept
    # by the callable: an early end of the text, which an exception makes as well, contradicts what the parser has read before, and the
    # grammars of C, C++ and C# were seen to die of it (random bytes, 1.5 s).
    def read(offset: int, _point: Any) -> bytes:
        chunk = source[offset : offset + _CHUNK]
        given.append(chunk)
        return chunk

    # Asked every 100 steps, which costs less than can be measured.
    def is_late(_offset: int, _has_error: bool) -> bool:
        nonlocal late
        late = time.monotonic() > deadline
        return late

    try:
        tree = tree_sitter.Parser(grammar.language).parse(read, progress_callback=is_late)
    except ValueError:
        if late:
            raise ParseTimeout(f"not parsed within {timeout_seconds:g} s") from None
        raise
    finally:
        _release(given, _references_kept())
    return flatten(tree)


def _release(chunks: list[bytes], kept: int) -> None:
    """Give back the references that the binding keeps, or a run would hold all source text it ever parsed."""
    for chunk in chunks:
        for _ in range(kept):
            ctypes.pythonapi.Py_DecRef(ctypes.py_object(chunk))


@cache
def _references_kept() -> int:
    """References to a chunk that are left after a parse: 1 in tree-sitter 0.25 and 0.26, 0 once that is mended."""
    grammar = find_grammar("Python")
    if grammar is None:
        return 0
    chunk = bytes(bytearray(b"x = 1 "))  # of our own, so that nobody else counts on it
    before = sys.getrefcount(chunk)
    tree_sitter.Parser(grammar.language).parse(lambda offset, _point: chunk if offset == 0 else b"")
    return max(0, sys.getrefcount(chunk) - before)

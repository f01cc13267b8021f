"""Bytes of one document → its syntax tree as flat arrays, within a deadline.

Nothing here recurses, so that a million levels of nesting are walked like any other tree. No node is ever printed (that crashes at 16,000
levels) and no query asked (silently truncated past 60,000).
"""

from __future__ import annotations

import ctypes
import sys
import time
from collections.abc import Callable
from functools import cache
from typing import Any

import tree_sitter

from codecorpus.parse.grammars import Grammar, find_grammar
from codecorpus.parse.walk import FlatTree, flatten

# The parser asks for this many bytes at a time.
_CHUNK = 8192
# So long after the deadline, a parser that did not come to ask about it is told that the text has ended.
_GRACE_SECONDS = 1.0


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
    deadline, kept = time.monotonic() + timeout_seconds, _references_kept()
    given, given_at = b"", 0
    late = False

    # The text comes from a callable because py-tree-sitter ignores the progress callback for plain bytes. An early end of the text is for
    # scanners that look at all of it for each byte (Lua's, of 200,000 control characters), within one step. It must not be given where
    # the parser asks again for bytes that it has, to complete a character: it then reads at address 0 (seen with random bytes in C).
    def read(offset: int, _point: Any) -> bytes:
        nonlocal given, given_at, late
        late = late or time.monotonic() > deadline + _GRACE_SECONDS
        has_it = given_at <= offset < given_at + len(given)
        _release(given, kept)  # the parser looks at one chunk at a time
        size = _CHUNK if not late else 4 if has_it else 0
        given, given_at = source[offset : offset + size], offset
        return given

    # Asked every 100 steps of the parser: 3 to 5 % of its time.
    def is_late(_offset: int, _has_error: bool, monotonic: Callable[[], float] = time.monotonic) -> bool:
        nonlocal late
        if monotonic() > deadline:
            late = True
        return late

    try:
        tree = tree_sitter.Parser(grammar.language).parse(read, progress_callback=is_late)
    except ValueError:
        if late:
            raise ParseTimeout(f"not parsed within {timeout_seconds:g} s") from None
        raise
    finally:
        _release(given, kept)
    if late:
        raise ParseTimeout(f"not parsed within {timeout_seconds:g} s")
    return flatten(tree)


def _release(chunk: bytes, kept: int) -> None:
    """Give back the references that the binding keeps, or a run would hold all source text it ever parsed."""
    if chunk:  # the empty one is shared by the whole interpreter
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

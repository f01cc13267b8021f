"""Obvious twins of the kernels of `codecorpus.parse`: slow, short, and written from the definitions."""

from __future__ import annotations


def bracket_depth(text: str) -> int:
    """Brackets open after each character; a needless closing one is skipped."""
    depth, deepest = 0, 0
    for character in text:
        depth = max(depth + (character in "([{") - (character in ")]}"), 0)
        deepest = max(deepest, depth)
    return deepest

"""Obvious twins of the kernels of `codecorpus.parse`: slow, short, and written from the definitions."""

from __future__ import annotations

import re


def bracket_depth(text: str) -> int:
    """Brackets open after each character; a needless closing one is skipped."""
    depth, deepest = 0, 0
    for character in text:
        depth = max(depth + (character in "([{") - (character in ")]}"), 0)
        deepest = max(deepest, depth)
    return deepest


def indent_depth(text: str, most: int) -> int:
    """Columns open at once, line by line."""
    columns: list[int] = []
    deepest = 0
    for line in re.split(r"[\r\n]", text):
        rest = re.match(r"[ \t]*", line).end()
        while rest < len(line):
            columns = [column for column in columns if column < rest] + [rest]
            deepest = max(deepest, len(columns))
            mark = re.match(r"[-?:][ \t]+", line[rest:])
            if not mark:
                break
            rest += mark.end()
    return min(deepest, most + 1)

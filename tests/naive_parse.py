"""Obvious twins of the kernels of `codecorpus.parse`: slow, short, and written from the definitions."""

from __future__ import annotations

import re

from codecorpus.parse import roles
from codecorpus.parse.grammars import ERROR_KIND
from codecorpus.unicode import CLASSES, LOWER, NEWLINE, NUMBER, SPACE, UPPER


def text_counts(text: str) -> list[int]:
    """characters, lines, longest, line characters, letters, digits, spaces, xml head."""
    lines = re.split(r"\r\n|\n|\r", text)
    if lines[-1] == "":
        lines.pop()
    kinds = [CLASSES[ord(character)] for character in text]
    return [
        len(text),
        len(lines),
        max(map(len, lines), default=0),
        sum(map(len, lines)),
        sum(kind in (UPPER, LOWER) for kind in kinds),
        sum(kind == NUMBER for kind in kinds),
        sum(kind in (SPACE, NEWLINE) for kind in kinds),
        int("<?xml version=" in text[:100]),
    ]


def visible_text(page: str) -> str:
    """What a reader of an HTML page sees, each run of ASCII white space as one blank."""
    out, at = [], 0
    while at < len(page):
        if page.startswith("<!--", at):
            ends = [end for end in (page.find("-->", at + 2),) if end >= 0 and end + 2 >= at + 4]
            at = ends[0] + 3 if ends else len(page)
        elif page[at] == "<" and re.match(r"<[a-zA-Z!/?]", page[at : at + 2]):
            hidden = re.match(r"<(script|style|template)(?![a-zA-Z0-9-])", page[at:], re.I | re.A)
            at = _after_tag(page, at)
            if hidden:
                close = re.compile(rf"</{hidden[1]}(?![a-zA-Z0-9-])", re.I | re.A).search(page, at)
                at = close.start() if close else len(page)
            out.append(" ")
        else:
            out.append(page[at])
            at += 1
    return re.sub(r"[\x00- ]+", " ", "".join(out)).strip(" ")


def _after_tag(page: str, at: int) -> int:
    quote, last = "", ""
    for index in range(at + 1, len(page)):
        character = page[index]
        if quote:
            if character == quote:
                quote = ""
        elif character == ">":
            return index + 1
        elif character in "\"'" and last == "=":
            quote = character
        if character > " ":
            last = character
    return len(page)


def bracket_depth(text: str) -> int:
    """Brackets open after each character; a needless closing one is skipped."""
    depth, deepest = 0, 0
    for character in text:
        depth = max(depth + (character in "([{") - (character in ")]}"), 0)
        deepest = max(deepest, depth)
    return deepest


def parents_of(depths: list[int]) -> list[int]:
    return [
        next((before for before in range(node - 1, -1, -1) if depths[before] == depth - 1), -1)
        for node, depth in enumerate(depths)
    ]


def tree_counts(
    nodes: list[tuple[int, int, int, int]],
    role_of: dict[int, int],
    source: bytes,
    import_names: tuple[str, ...],
) -> list[int]:
    """Nodes are (kind, start, end, depth); in the order of the kernel's columns."""
    parents = parents_of([node[3] for node in nodes])
    children: dict[int, list[int]] = {}
    for node, parent in enumerate(parents):
        children.setdefault(parent, []).append(node)

    def has(node: int, role: int) -> bool:
        return bool(role_of.get(nodes[node][0], 0) & role)

    def is_docstring(node: int) -> bool:
        statement = parents[node]
        if statement < 0 or not has(node, roles.STRING) or not has(statement, roles.DOCSTRING_STATEMENT):
            return False
        if children[statement][0] != node or nodes[node][2] != nodes[statement][2]:
            return False
        block = parents[statement]
        if block < 0 or next((c for c in children[block] if not has(c, roles.COMMENT)), -1) != statement:
            return False
        owner = parents[block]
        if owner < 0:
            return has(block, roles.DOCSTRING_ROOT)
        return has(block, roles.DOCSTRING_BLOCK) and has(owner, roles.FUNCTION | roles.CLASS)

    def covered(wanted: list[int], unless: list[int]) -> int:
        """Bytes of the nodes, each byte once; a node that starts inside an earlier one counts with that one."""
        total, end = 0, 0
        blocked = 0
        for node in range(len(nodes)):
            _, start, stop, _ = nodes[node]
            if node in unless and start >= blocked:
                blocked = stop
            if node in wanted and start >= end and start >= blocked:
                total, end = total + stop - start, stop
        return total

    every = range(len(nodes))
    docstrings = [node for node in every if is_docstring(node)]
    comments = [node for node in every if has(node, roles.COMMENT) or node in docstrings]
    strings = [node for node in every if has(node, roles.STRING) and node not in docstrings]
    errors = [node for node in every if nodes[node][0] == ERROR_KIND]

    def with_body(role: int) -> int:
        return sum(
            has(n, role) and any(has(child, roles.BODY) for child in children.get(n, [])) for n in every
        )

    called = [
        node
        for node in every
        if parents[node] >= 0
        and has(parents[node], roles.CALL)
        and node == parents[node] + 1
        and source[nodes[node][1] : nodes[node][2]].decode("latin-1") in import_names
    ]
    return [
        covered(comments, []),
        covered(errors, []),
        covered(strings, comments),
        max(node[3] for node in nodes),
        sum(has(node, roles.FUNCTION) for node in every) + with_body(roles.FUNCTION_IF_BODY),
        sum(has(node, roles.CLASS) for node in every) + with_body(roles.CLASS_IF_BODY),
        sum(has(node, roles.IMPORT) for node in every) + len(called),
        sum(has(node, roles.IDENTIFIER) for node in every),
    ]


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

"""Obvious twins of the kernels that count on syntax trees: slow, and written from the definitions in `codecorpus.measures.tree`.

A node is (kind, start, end, parent); a tree is a list of them, parents first. Roles are the bits of `codecorpus.parse.roles`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

from codecorpus.measures import Pick
from codecorpus.parse import roles
from codecorpus.parse._kernels_comments import HEADERS, KEYWORDS
from codecorpus.parse.grammars import ERROR_KIND


@dataclass
class NaiveTree:
    """A tree that can be asked about its nodes."""

    nodes: list[tuple[int, int, int, int]]
    role: list[int]
    source: bytes

    @cached_property
    def children(self) -> list[list[int]]:
        below: list[list[int]] = [[] for _ in self.nodes]
        for node, (_, _, _, parent) in enumerate(self.nodes):
            if parent >= 0:
                below[parent].append(node)
        return below

    @cached_property
    def every(self) -> range:
        return range(len(self.nodes))

    def has(self, node: int, role: int) -> bool:
        return bool(self.role[node] & role)

    def parent(self, node: int) -> int:
        return self.nodes[node][3]

    def ancestors(self, node: int) -> list[int]:
        found, at = [], self.parent(node)
        while at >= 0:
            found.append(at)
            at = self.parent(at)
        return found

    def inside(self, node: int) -> list[int]:
        """The node and all below it."""
        return [node, *(inner for child in self.children[node] for inner in self.inside(child))]

    def text(self, node: int) -> bytes:
        return self.source[self.nodes[node][1] : self.nodes[node][2]]

    def is_function(self, node: int) -> bool:
        with_body = any(self.has(child, roles.BODY) for child in self.children[node])
        return self.has(node, roles.FUNCTION) or (self.has(node, roles.FUNCTION_IF_BODY) and with_body)

    def is_statement(self, node: int) -> bool:
        parent = self.parent(node)
        if parent < 0 or not self.has(node, roles.NAMED):
            return False
        if self.has(node, roles.COMMENT | roles.BLOCK | roles.IDENTIFIER | roles.NUMBER):
            return False
        return self.has(parent, roles.BLOCK) or self.parent(parent) < 0

    def is_docstring(self, node: int) -> bool:
        statement = self.parent(node)
        if statement < 0 or not self.has(node, roles.STRING):
            return False
        if not self.has(statement, roles.DOCSTRING_STATEMENT) or self.children[statement][0] != node:
            return False
        block = self.parent(statement)
        if block < 0 or self.nodes[node][2] != self.nodes[statement][2]:
            return False
        rest = [child for child in self.children[block] if not self.has(child, roles.COMMENT)]
        if rest[:1] != [statement]:
            return False
        owner = self.parent(block)
        if owner < 0:
            return self.has(block, roles.DOCSTRING_ROOT)
        return self.has(block, roles.DOCSTRING_BLOCK) and self.has(owner, roles.FUNCTION | roles.CLASS)

    def owner(self, node: int) -> int:
        """The innermost function around a node, itself included; -1: none."""
        return next((one for one in (node, *self.ancestors(node)) if self.is_function(one)), -1)

    def forks(self, node: int) -> bool:
        """A sign between two operands forks; as the first child it is something else."""
        between = self.parent(node) != node - 1
        return self.has(node, roles.BRANCH) and (self.has(node, roles.NAMED) or between)

    def nesting(self, node: int) -> int:
        """Control structures around and including a node; one right in another of its kind, or in an `else`, is the same."""
        levels = 0
        for one in (node, *self.ancestors(node)):
            parent = self.parent(one)
            if parent >= 0 and self.has(one, roles.NEST) and not self.has(parent, roles.ELSE):
                levels += self.nodes[parent][0] != self.nodes[one][0]
        return levels

    def covered(self, wanted: list[int], unless: list[int]) -> int:
        """Bytes of the nodes, each byte once; a node that starts inside an earlier one counts with that one."""
        total = end = blocked = 0
        for node in self.every:
            _, start, stop, _ = self.nodes[node]
            if node in unless and start >= blocked:
                blocked = stop
            if node in wanted and start >= end and start >= blocked:
                total, end = total + stop - start, stop
        return total

    def body_size(self, function: int) -> int | None:
        """Statements right in the function's block that do something; None without a block, or where `...` stands for it."""
        if not any(self.has(child, roles.BLOCK) for child in self.children[function]):
            return None
        size = 0
        for node in self.every:
            if not self.is_statement(node) or self._block_owner(node) != function:
                continue
            # Statements that stand before the block, such as declarations of parameters, are not in it.
            if not any(self.has(c, roles.BLOCK) and c < node for c in self.children[function]):
                continue
            first = self.children[node][:1]
            if first and self.has(first[0], roles.ELIDED):
                return None
            is_docstring = bool(first) and self.is_docstring(first[0])
            size += not (self.has(node, roles.TRIVIAL) or is_docstring)
        return size

    def _block_owner(self, node: int) -> int:
        at = self.parent(node)
        while at >= 0 and self.has(at, roles.BLOCK):
            at = self.parent(at)
        return at


def comments_of(tree: NaiveTree) -> list[int]:
    return [n for n in tree.every if tree.has(n, roles.COMMENT) or tree.is_docstring(n)]


def bytes_counts(tree: NaiveTree) -> dict[str, int]:
    comments = comments_of(tree)
    strings = [n for n in tree.every if tree.has(n, roles.STRING) and not tree.is_docstring(n)]
    return {
        "COMMENT_BYTES": tree.covered(comments, []),
        "STRING_BYTES": tree.covered(strings, comments),
        "ERROR_BYTES": sum(not is_placed(tree, at) for at in range(*tree.nodes[0][1:3])),
        "DATA_BYTES": tree.covered([n for n in tree.every if is_table(tree, n)], []),
    }


def is_placed(tree: NaiveTree, byte: int) -> bool:
    """Whether the grammar placed a byte: going down to it, the last error says no, a comment or something with parts in it yes."""
    at, placed = 0, True
    while True:
        is_error = tree.nodes[at][0] == ERROR_KIND
        in_error = tree.parent(at) >= 0 and tree.nodes[tree.parent(at)][0] == ERROR_KIND
        if is_error:
            placed = False
        elif in_error and (tree.has(at, roles.COMMENT) or (tree.children[at] and tree.has(at, roles.NAMED))):
            placed = True
        below = [child for child in tree.children[at] if tree.nodes[child][1] <= byte < tree.nodes[child][2]]
        if not below:
            return placed
        at = below[0]


def is_table(tree: NaiveTree, node: int) -> bool:
    inside = tree.inside(node)
    literals = sum(tree.has(n, roles.STRING | roles.NUMBER) for n in inside)
    has_function = any(tree.is_function(n) for n in inside)
    return (
        tree.has(node, roles.COLLECTION)
        and len(inside) >= 64
        and not has_function
        and literals * 8 >= len(inside)
    )


def node_counts(tree: NaiveTree, import_names: tuple[str, ...]) -> dict[str, int]:
    def number(role: int) -> int:
        return sum(tree.has(n, role) for n in tree.every)

    called = [
        n
        for n in tree.every
        if tree.parent(n) == n - 1 >= 0
        and tree.has(n - 1, roles.IMPORT_CALL)
        and tree.text(n).decode("latin-1") in import_names
    ]
    classes = [
        n
        for n in tree.every
        if tree.has(n, roles.CLASS_IF_BODY) and any(tree.has(c, roles.BODY) for c in tree.children[n])
    ]
    identifiers = [tree.text(n) for n in tree.every if tree.has(n, roles.IDENTIFIER)]
    return {
        "DEPTH": max(len(tree.ancestors(n)) for n in tree.every),
        "FUNCTIONS": sum(tree.is_function(n) for n in tree.every),
        "STATEMENTS": sum(tree.is_statement(n) for n in tree.every),
        "CLASSES": number(roles.CLASS) + len(classes),
        "IMPORTS": number(roles.IMPORT) + len(called),
        "CALLS": number(roles.CALL),
        "NUMBERS": number(roles.NUMBER),
        "LEAVES": sum(not tree.children[n] and not tree.has(n, roles.COMMENT) for n in tree.every),
        "BRANCHES": sum(tree.forks(n) for n in tree.every),
        "IDENTIFIERS": len(identifiers),
        "IDENTIFIER_BYTES": sum(map(len, identifiers)),
        "SHORT_IDENTIFIERS": sum(len(one) == 1 for one in identifiers),
        "DISTINCT_IDENTIFIERS": len(set(identifiers)),
    }


def flow_counts(tree: NaiveTree) -> dict[str, int]:
    functions = [n for n in tree.every if tree.is_function(n)]
    parameters = [
        sum(
            tree.has(c, roles.NAMED) and not tree.has(c, roles.COMMENT) and tree.owner(c) >= 0
            for c in tree.children[n]
        )
        for n in tree.every
        if tree.has(n, roles.PARAMETERS)
    ]
    forks = {f: 1 + sum(tree.forks(n) and tree.owner(n) == f for n in tree.every) for f in functions}
    around = [sum(tree.is_function(one) for one in (n, *tree.ancestors(n))) for n in tree.every]
    return {
        "MAX_COMPLEXITY": max(forks.values(), default=0),
        "MAX_NESTING": max(map(tree.nesting, tree.every)),
        "MAX_FUNCTION_NESTING": max(around),
        "MAX_PARAMETERS": max(parameters, default=0),
    }


def line_of(source: bytes, offset: int) -> int:
    return source[:offset].count(b"\n")


def function_counts(tree: NaiveTree, stubs: list[bool]) -> dict[str, int]:
    functions = [n for n in tree.every if tree.is_function(n)]
    spans = {}
    for f in functions:
        _, start, end, _ = tree.nodes[f]
        last_line = max(tree.source.count(b"\n") - tree.source.endswith(b"\n"), 0)
        first = min(line_of(tree.source, start), last_line)
        spans[f] = (first, min(line_of(tree.source, max(end - 1, start)), last_line))
    own, inside = {}, {}
    for f in functions:
        right_inside = [g for g in functions if g != f and tree.owner(tree.parent(g)) == f]
        own[f] = spans[f][1] - spans[f][0] + 1 - sum(spans[g][1] - spans[g][0] for g in right_inside)
        inside[f] = len(right_inside)
    sizes = {f: size for f in functions if (size := tree.body_size(f)) is not None}
    written = {
        f: size
        for f, size in sizes.items()
        if not (size == 0 or (size == 1 and any(stubs[n] and tree.owner(n) == f for n in tree.every)))
    }
    simple = [f for f, size in written.items() if size == 1]
    return {
        "LINES": len(tree.source.split(b"\n")) - (not tree.source or tree.source.endswith(b"\n")),
        "FUNCTION_LINES": len({line for first, last in spans.values() for line in range(first, last + 1)}),
        "MAX_FUNCTION_LINES": max((own[f] for f in functions if inside[f] < 20), default=0),
        "BLOCK_FUNCTIONS": len(sizes),
        "EMPTY_FUNCTIONS": sum(not is_documented(tree, f) for f in sizes if f not in written),
        "SIMPLE_FUNCTIONS": len(simple),
        "ACCESSORS": sum(bool(re.match(rb"(?i:get|set)[_A-Z]", name_of(tree, f))) for f in simple),
        "DOCUMENTED_FUNCTIONS": sum(is_documented(tree, f) for f in functions),
    }


def name_of(tree: NaiveTree, function: int) -> bytes:
    """The identifier right before the parameters; else the first one that is a child of the function, or of a child that is neither a
    block nor parameters."""
    first = b""
    for node in tree.inside(function)[1:]:
        parent = tree.parent(node)
        if parent == function and tree.has(node, roles.BLOCK):
            break
        if node - 1 != function and tree.has(node, roles.PARAMETERS) and tree.has(node - 1, roles.IDENTIFIER):
            return tree.text(node - 1)
        near = parent == function or (
            tree.parent(parent) == function and not tree.has(parent, roles.BLOCK | roles.PARAMETERS)
        )
        if not first and tree.has(node, roles.IDENTIFIER) and near:
            first = tree.text(node)
    return first


def is_documented(tree: NaiveTree, function: int) -> bool:
    if any(
        tree.is_docstring(n) and tree.parent(tree.parent(tree.parent(n))) == function
        for n in tree.inside(function)
        if len(tree.ancestors(n)) >= 3
    ):
        return True
    at = function
    for _ in range(4):
        parent = tree.parent(at)
        if parent < 0:
            return False
        before = [c for c in tree.children[parent] if c < at and tree.has(c, roles.NAMED)]
        if before and tree.has(before[-1], roles.COMMENT):
            return True
        if tree.has(parent, roles.BLOCK):
            return False
        at = parent
    return False


def tree_counts(
    tree: NaiveTree, missing: list[bool], stubs: list[bool], import_names: tuple[str, ...]
) -> dict[str, int]:
    """Every column of the kernel by its name, but for lines of comments that read as code."""
    errors = sum(kind == ERROR_KIND for kind, *_ in tree.nodes) + sum(missing)
    return {
        "ERRORS": errors,
        **bytes_counts(tree),
        **node_counts(tree, import_names),
        **flow_counts(tree),
        **function_counts(tree, stubs),
    }


def picked(tree: NaiveTree, names: list[str], pick: Pick) -> list[int]:
    """Nodes that a pick counts; `names` are those of the nodes' kinds, tokens in quotes."""

    def allows(kinds: str, node: int) -> bool:
        return not kinds or (node >= 0 and names[node] in kinds.split())

    def fits(node: int) -> bool:
        parent = tree.parent(node)
        outer = tree.parent(parent) if parent >= 0 else -1
        before = [c for c in tree.children[parent] if c < node] if parent >= 0 else []
        text = tree.text(node).decode("latin-1")
        words = [word.encode().decode("latin-1") for word in pick.words.split()]
        is_word = any(text == w or (w.endswith("*") and text.startswith(w[:-1])) for w in words)
        same_span = parent >= 0 and tree.nodes[node][1:3] == tree.nodes[parent][1:3]
        return (
            names[node] in pick.kinds.split()
            and allows(pick.within, parent)
            and allows(pick.inside, outer)
            and allows(pick.after, before[-1] if before else -1)
            and (not words or is_word)
            and (not pick.is_alone or same_span)
            and (not pick.is_empty or not any(tree.has(c, roles.NAMED) for c in tree.children[node]))
        )

    return [node for node in tree.every if fits(node)]


# --- comments that are code ------------------------------------------------------------------------------------------------------

_WORD = re.compile(rb"[\w\x80-\xff]+", re.ASCII)
_TARGET = re.compile(rb"[A-Za-z_\x80-\xff][\w.$\x80-\xff]*(?:\[[^\]]*(?:\]|\Z))?", re.ASCII)


def prose_joints(line: bytes) -> int:
    words = list(_WORD.finditer(line))

    def is_plain(word: bytes) -> bool:
        return bool(re.fullmatch(rb"[a-z]{2,}", word)) and word not in KEYWORDS.split(b"\0")

    return sum(
        line[one.end() : two.start()] == b" " and is_plain(one[0]) and is_plain(two[0])
        for one, two in pairwise(words)
    )


def reads_as_code(line: bytes) -> bool:
    if not line:
        return False
    joints = prose_joints(line)
    if line[-1:] in b"{}":
        return joints <= 1 and (len(line) <= 3 or line[:1] != b"{")
    if line.endswith(b";"):
        has_sign = any(sign in line for sign in (b"(", b"=", b".", b"["))
        return joints <= 1 and len(line) >= 3 and (has_sign or line.count(b" ") <= 1)
    target = _TARGET.match(line)
    if joints > 0 or len(line) < 4 or not target:
        return False
    if line.endswith(b":"):
        return re.match(rb"[a-z]*", line)[0] in HEADERS.split(b"\0")[1:-1]
    rest = line[target.end() :]
    if rest.startswith(b"("):
        return line.endswith(b")")
    rest = rest.lstrip(b" ")
    return bool(re.match(rb"[+\-:]?=[^=]", rest, re.DOTALL)) and line[-1:] not in b".="


def code_comment_lines(tree: NaiveTree) -> int:
    count = done = 0
    for node in tree.every:
        _, start, end, _ = tree.nodes[node]
        if not tree.has(node, roles.COMMENT) or start < done:
            continue
        done = end
        text = tree.source[start:end]
        if re.match(rb"/\*[*!]|//[/!]|#[!#]|-.\|", text, re.DOTALL):
            continue
        for line in text.split(b"\n"):
            count += reads_as_code(line[:1000].lstrip(SIGNS).rstrip(BLANKS + b"*/"))
    return count


BLANKS = bytes(range(33))
SIGNS = BLANKS + b"!#*-/"

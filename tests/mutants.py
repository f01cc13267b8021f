"""Changed copies of source files, made with tree-sitter at a fixed seed: what a search for duplicates has to find again.

`mutate(kind, content, language, seed=…)` gives the changed file, or None where there is nothing to change in that way. Changes mind the
language (names of Python's builtins and keywords stay; lines break only inside of brackets, after a comma), but nobody compiles the result.
"""

import builtins
import hashlib
import random
import re

from codecorpus.dedup.lexer_rows import LANGUAGES as LEXED
from codecorpus.parse.grammars import find_grammar
from codecorpus.parse.spans import find_spans
from codecorpus.parse.tree import read_tree

LANGUAGES = ("Python", "JavaScript", "Java", "C", "Go", "Rust")
KINDS = (
    "rename 30 %",
    "rename all",
    "reformat",
    "strip comments",
    "change comments",
    "licence header",
    "delete lines",
    "insert lines",
    "reorder functions",
    "concatenate",
    "change literals",
)
_BUILTINS = {name.encode() for name in dir(builtins)}
_LICENCE = """Copyright (c) 2019 The Example Authors. All rights reserved.

Permission to use, copy, modify, and/or distribute this software for any
purpose with or without fee is hereby granted, provided that the above
copyright notice and this permission notice appear in all copies.

THE SOFTWARE IS PROVIDED "AS IS" AND THE AUTHOR DISCLAIMS ALL WARRANTIES
WITH REGARD TO THIS SOFTWARE INCLUDING ALL IMPLIED WARRANTIES OF
MERCHANTABILITY AND FITNESS. IN NO EVENT SHALL THE AUTHOR BE LIABLE FOR
ANY SPECIAL, DIRECT, INDIRECT, OR CONSEQUENTIAL DAMAGES OR ANY DAMAGES
WHATSOEVER RESULTING FROM LOSS OF USE, DATA OR PROFITS.""".splitlines()


def parse(content, language):
    grammar = find_grammar(language)
    return read_tree(content, grammar), grammar


def is_sound(content, language):
    """Whether the parser could place all of the file."""
    tree, _ = parse(content, language)
    return 65535 not in tree.kinds and not tree.missing.any()


def spans(what, content, language):
    tree, grammar = parse(content, language)
    return find_spans(what, tree, grammar, content).tolist()


def leaves(content, language):
    """Spans of the tokens."""
    tree, _ = parse(content, language)
    is_leaf = [True] * len(tree)
    for parent in tree.parents[1:].tolist():
        is_leaf[parent] = False
    return [
        (start, end)
        for start, end, leaf in zip(tree.starts.tolist(), tree.ends.tolist(), is_leaf, strict=True)
        if leaf and end > start
    ]


def replace(content, changes):
    """The content with some spans (start, end, new text) replaced; those inside of others are left out."""
    parts, done = [], 0
    for start, end, new in sorted(changes):
        if start < done:
            continue
        parts += [content[done:start], new]
        done = end
    return b"".join([*parts, content[done:]])


def other_word(word, seed):
    """A word of about the same length, the same one for the same word and seed."""
    digest = (
        hashlib.sha256(b"%d %s" % (seed, word))
        .hexdigest()
        .translate(str.maketrans("0123456789", "ghijklmnop"))
    )
    return (digest * (1 + len(word) // 64))[: max(3, len(word))].encode()


def rename(content, language, seed, share):
    found = spans("identifiers", content, language)
    kept = _BUILTINS if language == "Python" else set()
    kept = kept | {
        word.encode() for word in LEXED[language].keywords
    }  # grammars call `Self` and `x.default` names
    names = sorted({content[a:b] for a, b in found} - kept)
    chosen = set(random.Random(seed).sample(names, round(share * len(names))))
    new = {name: b"q" + other_word(name, seed) for name in chosen}
    changes = [(a, b, new[content[a:b]]) for a, b in found if content[a:b] in chosen]
    return replace(content, changes) if changes else None


def reformat(content, language, seed):
    draw = random.Random(seed)
    protected = [
        span for what in ("comments", "strings", "docstrings") for span in spans(what, content, language)
    ]
    inside = bytearray(len(content) + 1)
    for start, end in protected:
        inside[start:end] = b"\1" * (end - start)
    changes, depth = [], 0
    for start, end in leaves(content, language):
        token = content[start:end]
        line = content[content.rfind(b"\n", 0, start) + 1 : start].lstrip()
        depth += (token in (b"(", b"[", b"{")) - (token in (b")", b"]", b"}"))
        if inside[start] or line.startswith(b"#"):
            continue
        if token == b"," and depth > 0 and draw.random() < 0.3 and content[end : end + 1] == b" ":
            changes.append((end, end + 1, b"\n        "))
        if token == b"=" and content[start - 1 : end + 1] == b" = " and draw.random() < 0.5:
            changes.append((start - 1, end + 1, b"="))
    for match in re.finditer(rb"(?m)^[ \t]+(?=[^\s])", content):
        if not inside[match.start()]:
            changes.append((match.start(), match.end(), match[0] * 2))
    return replace(content, changes) if changes else None


def _comments(content, language):
    return [(a, b) for a, b in spans("comments", content, language) if not content.startswith(b"#!", a)]


def strip_comments(content, language, seed):
    changes = [
        (a, b, b"\n" if content[a:b].endswith(b"\n") else b" ") for a, b in _comments(content, language)
    ]
    return replace(content, changes) if changes else None


def change_comments(content, language, seed):
    changes = [
        (a, b, re.sub(rb"[A-Za-z]{2,}", lambda match: other_word(match[0], seed), content[a:b]))
        for a, b in _comments(content, language)
    ]
    return replace(content, changes) if changes else None


def add_licence(content, language, seed):
    mark = "# " if language == "Python" else "// "
    header = "".join(f"{mark}{line}".rstrip() + "\n" for line in _LICENCE).encode() + b"\n"
    is_shebang = content.startswith(b"#!") and not content.startswith(b"#![")
    first = content.find(b"\n") + 1 if is_shebang else 0
    return content[:first] + header + content[first:]


def delete_lines(content, language, seed):
    draw = random.Random(seed)
    return b"".join(line for line in content.splitlines(keepends=True) if draw.random() >= 1 / 40)


def insert_lines(content, language, seed):
    draw = random.Random(seed)
    lines = content.splitlines(keepends=True)
    return b"".join(line + (draw.choice(lines) if draw.random() < 1 / 40 else b"") for line in lines)


def reorder_functions(content, language, seed):
    found, done = [], 0
    for start, end in spans("functions", content, language):
        if start >= done and (start == 0 or content[start - 1 : start] == b"\n"):
            found.append((start, end))
            done = end
    if len(found) < 2:
        return None
    order = found[1:] + found[:1]
    return replace(content, [(a, b, content[c:d]) for (a, b), (c, d) in zip(found, order, strict=True)])


def change_literals(content, language, seed):
    changes = []
    for start, end in spans("strings", content, language):
        text = content[start:end]
        if not re.search(rb"[{$\\%]", text) and len(text) > 4 and text[:1] in (b'"', b"'"):
            inner = re.sub(rb"[A-Za-z]{3,}", lambda match: other_word(match[0], seed), text[1:-1])
            changes.append((start, end, text[:1] + inner + text[-1:]))
    for start, end in leaves(content, language):
        if re.fullmatch(rb"[1-9][0-9]*", content[start:end]):
            changes.append((start, end, b"%d" % (int(content[start:end][:18]) + 1 + seed % 7)))
    return replace(content, changes) if changes else None


def mutate(kind, content, language, *, seed=1, other=b""):
    """The changed file, or None where there is nothing to change. `other` is what is concatenated."""
    makers = {
        "rename 30 %": lambda: rename(content, language, seed, 0.3),
        "rename all": lambda: rename(content, language, seed, 1.0),
        "reformat": lambda: reformat(content, language, seed),
        "strip comments": lambda: strip_comments(content, language, seed),
        "change comments": lambda: change_comments(content, language, seed),
        "licence header": lambda: add_licence(content, language, seed),
        "delete lines": lambda: delete_lines(content, language, seed),
        "insert lines": lambda: insert_lines(content, language, seed),
        "reorder functions": lambda: reorder_functions(content, language, seed),
        "concatenate": lambda: content.rstrip() + b"\n\n" + other,
        "change literals": lambda: change_literals(content, language, seed),
    }
    changed = makers[kind]()
    return None if changed == content else changed

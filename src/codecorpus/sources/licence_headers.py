"""The licence that a source file states itself: `SPDX-License-Identifier` lines, and the comment at its head.

An SPDX line says more than a comment, a comment more than any file elsewhere. A notice that only points to the licence file ("a BSD-style
license that can be found in …") states nothing of its own.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache

from codecorpus.spdx import (
    Expression,
    all_of,
    holder_lines,
    licence_named,
    licence_words,
    parse_expression,
    read_statement,
)
from codecorpus.spdx.notices import may_hold_notice
from codecorpus.spdx.statement import Statement

#: Bytes at the start of a document that are looked at. Boost's, GPL's and Apache's headers end before 1,500; a BSD text before 2,500.
HEAD_BYTES = 6144
_MOST_LINES = 160
#: Lines of code that may stand before the comment: `<?php`, `package x;`, `'use strict';`, an include guard.
_MOST_CODE_LINES = 4

SPDX_MARK = "SPDX-License-Identifier:"
_SPDX_LINE = re.compile(r"^([^\n]{0,200}?)SPDX-License-Identifier:[ \t]*([^\r\n]{1,300})", re.MULTILINE)
#: What may not stand before the mark on its line: there it is a string of a program, or a sentence.
_NOT_A_MARK = re.compile(r"[\"'`=(\[{]|\bSPDX-|\w+ \w+ \w+ $")
_DUNDER = re.compile(r"^__licen[cs]e__\s*=\s*[\"']([^\"'\n]{1,200})[\"']", re.MULTILINE)

#: What opens a comment over several lines → what closes it.
_BLOCKS = {
    "/*": "*/", "<!--": "-->", '"""': '"""', "'''": "'''", "{-": "-}", "(*": "*)", "=begin": "=end", "=pod": "=cut", "--[[": "]]",
    "--[=": "]=", "#|": "|#", "<#": "#>", "%{": "%}", "/+": "+/", "{#": "#}", "<%--": "--%>", "{{!": "}}", "#=": "=#", "{*": "*}",
    'r"""': '"""', 'u"""': '"""',
}  # fmt: skip
_LINES = ("#", "//", "--", ";", "%", "!", "*", "dnl ", "rem ", '.\\"', "@rem", "::", "\\ ", "|")
#: Marks that are comments in these languages and anything in the others.
_RARE_LINES = {"V": ("'",), "F": ("c ", "c\t"), "B": ("'",)}
#: Languages in whose files a leading `#` or `*` is content.
_PROSE = frozenset(
    {
        "Markdown",
        "reStructuredText",
        "Text",
        "AsciiDoc",
        "CSV",
        "TeX",
        "Org",
        "MDX",
        "RDoc",
        "JSON",
        "Gettext Catalog",
    }
)


@dataclass(frozen=True, slots=True)
class Header:
    """What the head of a document states.

    Attributes:
        kind: `SPDX line` or `header`.
        expression: the licence.
        similarity: of a full text; None for notices and SPDX lines.
        holders: lines that name holders of the copyright.
    """

    kind: str
    expression: Expression
    similarity: float | None
    holders: tuple[str, ...]


def read_header(head: str, language: str | None = None) -> Header | None:
    r"""The licence that the head of a document states, None where it states none.

    Args:
        head: the first `HEAD_BYTES` of the text.
        language: in prose, `#` and `*` are no comments.

    >>> str(read_header("// SPDX-License-Identifier: MIT OR Apache-2.0\n").expression)
    'MIT OR Apache-2.0'
    >>> read_header("# Use of this code is governed by a BSD-style licence that is in the LICENSE file.\n") is None
    True
    """
    spdx = _spdx_lines(head) if SPDX_MARK in head else None
    comment = leading_comment(head, language)
    if spdx is not None:
        return Header("SPDX line", spdx, None, tuple(holder_lines(comment)))
    if may_hold_notice(comment):
        statement = _read_comment(comment)
        parts = [part for part in (statement.expression, statement.bundled) if part is not None]
        stated = all_of(parts)
        if stated is not None and str(stated) != "LicenseRef-BSD":
            return Header("header", stated, statement.similarity, tuple(holder_lines(comment)))
    dunder = _DUNDER.search(head)
    named = licence_named(dunder[1]) if dunder else None
    if named is not None and str(named) != "LicenseRef-BSD":
        return Header("header", named, None, tuple(holder_lines(comment)))
    return None


@lru_cache(maxsize=1024)
def _read_comment(comment: str) -> Statement:
    """Kept for comments seen before: the files of a repository often have the same."""
    return read_statement(tuple(licence_words(comment)))


def _spdx_lines(head: str) -> Expression | None:
    """All SPDX lines of a head together, as REUSE has it."""
    found = [
        parse_expression(match[2]) for match in _SPDX_LINE.finditer(head) if not _NOT_A_MARK.search(match[1])
    ]
    return all_of([expression for expression in found if expression is not None])


def leading_comment(head: str, language: str | None = None) -> str:
    r"""The comments at the start of a text, lines as they are; a few lines of code may stand before and between.

    >>> leading_comment("package a;\n/* One.\n   Two. */\nclass A {\n}\nint b;\nint c;\nint d; // three\n")
    '/* One.\n   Two. */'
    """
    kept: list[str] = []
    closer = ""
    code = 0
    prose = language in _PROSE
    is_line = _line_marks((language or " ")[0]).match
    for line in head.removeprefix("\ufeff").splitlines()[:_MOST_LINES]:
        text = line.strip()
        if closer:
            kept.append(line)
            closer = "" if closer in text else closer
        elif not text:
            continue
        elif (opener := _opener(text)) is not None and not (prose and opener != "<!--"):
            kept.append(line)
            closer = "" if _BLOCKS[opener] in text[len(opener) :] else _BLOCKS[opener]
        elif not prose and is_line(text):
            kept.append(line)
        else:
            code += 1
            if code > _MOST_CODE_LINES:
                break
    return "\n".join(kept)


@cache
def _line_marks(initial: str) -> re.Pattern[str]:
    """What begins a comment of one line, in languages with this initial."""
    marks = (*_LINES, *_RARE_LINES.get(initial, ()))
    return re.compile("|".join(re.escape(mark) for mark in marks), re.IGNORECASE)


def _opener(text: str) -> str | None:
    match = _OPENER.match(text)
    return match[0] if match else None


_OPENER = re.compile("|".join(re.escape(opener) for opener in sorted(_BLOCKS, key=len, reverse=True)))

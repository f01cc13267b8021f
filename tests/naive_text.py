"""Obvious twins of the kernels of `codecorpus.parse._kernels_text`: slow, short, and written from the definitions."""

from __future__ import annotations

import re

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

"""Obvious twins of the kernels of `codecorpus.filters`: slow, short, and written from the definitions."""

from __future__ import annotations

import re


def find_literals(text: bytes, words: tuple[bytes, ...], inside_word: list[bool]) -> list[tuple[int, int]]:
    """(literal, start), by start and literal."""
    found = []
    for at in range(len(text)):
        follows = at > 0 and re.match(rb"[A-Za-z0-9]", text[at - 1 : at]) is not None
        for index, word in enumerate(words):
            if text[at : at + len(word)].lower() == word and (inside_word[index] or not follows):
                found.append((index, at))
    return found


def find_emails(text: bytes) -> list[tuple[int, int]]:
    """For each @: the longest local part of up to 64 bytes before it, and the longest host after it."""
    found = []
    for at in (index for index in range(len(text)) if text[index : index + 1] == b"@"):
        local = re.search(rb"[A-Za-z0-9._%+-]{0,64}\Z", text[max(0, at - 64) : at])[0]
        local = re.sub(rb"\A[^A-Za-z0-9]+", b"", local)
        host = re.match(rb"[A-Za-z0-9.-]{0,255}", text[at + 1 :])[0].rstrip(b".-")
        if (
            local
            and not local.endswith(b".")
            and b".." not in host
            and re.fullmatch(rb"[A-Za-z0-9].*\.[A-Za-z]{2,24}", host)
        ):
            found.append((at - len(local), at + 1 + len(host)))
    return found


def find_quads(text: bytes) -> list[tuple[int, int]]:
    octet = rb"(?:25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])"
    quad = rb"(?<![A-Za-z0-9._-])" + octet + rb"(?:\." + octet + rb"){3}(?![A-Za-z0-9_-]|\.[0-9])"
    return [match.span() for match in re.finditer(quad, text)]

"""Obvious twins of the kernels of `codecorpus.filters`: slow, short, and written from the definitions."""

from __future__ import annotations

import re

TOKEN = rb"[A-Za-z0-9_\-.+/=~%:$]"
VALUE = rb"[^\x00-\x20\"'`<>\x7f]"


def find_literals(
    text: bytes, words: tuple[bytes, ...], inside_word: list[bool], follow: list[int]
) -> list[tuple[int, int]]:
    """(literal, start), by start and literal."""
    found: list[tuple[int, int]] = []
    tries: dict[int, int] = {}  # per run of letters of tokens, by where it ends
    for at in range(len(text)):
        before = text[max(0, at - 2) : at]
        follows = (
            re.search(rb"[A-Za-z0-9]\Z", before) is not None and re.fullmatch(rb"\\[nrt]", before) is None
        )
        for index, word in enumerate(words):
            if text[at : at + len(word)].lower() != word or (follows and not inside_word[index]):
                continue
            if not may_start(text, at, at + len(word), follow[index]):
                continue
            if follow[index] == 1:
                run_end = at + len(re.match(TOKEN + rb"*", text[at:])[0])
                tries[run_end] = tries.get(run_end, 0) + 1
                if tries[run_end] > 32:
                    continue
            found.append((index, at))
    return found


def may_start(text: bytes, at: int, after: int, follow: int) -> bool:
    if follow == 1:
        return re.match(TOKEN + rb"{14}", text[at:]) is not None
    if follow in (2, 3):
        return value_near(
            text,
            after,
            *((4, rb"[^A-Za-z\"'`<>()\[\]{}.,;:_\x00-\x20\x7f]") if follow == 2 else (16, rb"[0-9]")),
        )
    if follow == 4:
        return re.match(rb"[^\x00-\x20\"'`<>@/\x7f]{0,249}@", text[after:]) is not None
    return True


def value_near(text: bytes, at: int, least: int, telling: bytes) -> bool:
    """After a name of less than 64 bytes, within 96 bytes and before the second end of a line: a run of value bytes, cut after 128."""
    name = re.match(rb"[A-Za-z0-9_\-]{0,64}", text[at:])[0]
    if len(name) == 64 and at + 64 < len(text):
        return False
    at += len(name)
    second = [match.start() for match in re.finditer(rb"\n", text[at:])][1:2]
    stop = min(96, *second) if second else 96
    for match in re.finditer(VALUE + rb"{1,128}", text[at:]):
        if match.start() >= stop:
            return False
        if len(match[0]) >= least and re.search(telling, match[0]):
            return True
    return False


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


def find_global_ipv6(text: bytes) -> list[tuple[int, int]]:
    """2 or 3 and three hexadecimal digits, then groups of up to four and colons, 39 bytes at most; one colon at the end is punctuation."""
    found = []
    for start in range(len(text)):
        if re.search(rb"[A-Za-z0-9_:.]\Z", text[:start]):
            continue
        groups = re.match(
            rb"[23][0-9A-Fa-f]{3}:(?:[0-9A-Fa-f]{0,4}:)*[0-9A-Fa-f]{0,4}", text[start : start + 39]
        )
        if (
            not groups
            or groups[0].count(b":") < 2
            or re.match(rb"[A-Za-z0-9_:]", text[start + groups.end() :])
        ):
            continue
        shorter = groups[0][-1:] == b":" and groups[0][-2:] != b"::"
        found.append((start, start + groups.end() - shorter))
    return found

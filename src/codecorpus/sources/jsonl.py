"""JSONL files, plain or compressed, read line by line with a limit on the length of a line.

A line that is not usable costs itself and nothing else: invalid UTF-8, invalid JSON, no object, no content, a lone surrogate:
CC009. A cut or broken compressed stream yields the lines before the damage, and one CC008.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from itertools import islice
from typing import Any

from codecorpus.addresses import Access
from codecorpus.sources.columns import KNOWN_NAMES, map_columns, row_entry
from codecorpus.sources.opt_out import OptOuts, left_out, opt_outs
from codecorpus.sources.options import SourceOptions
from codecorpus.sources.part import Part
from codecorpus.sources.rows import Entry, display_path, too_large
from codecorpus.sources.streams import DAMAGE, ByteStream, bomb_budget, decompress, open_place, size_of

_NAME = re.compile(r"\.jsonl(?:\.(?:gz|zst))?$", re.IGNORECASE)
_BLOCK = 1 << 20
#: A character may be written as an escape of six bytes; the other columns of a row have a megabyte.
_ESCAPE_FACTOR = 6
_OTHER_COLUMNS = 1 << 20
#: Rows that may lack a column before the column is taken to have another name.
_LOOKED_AT = 20
_BOM = b"\xef\xbb\xbf"


def is_jsonl(name: str) -> bool:
    """Whether the name is that of a JSONL file read here."""
    return _NAME.search(name) is not None


def jsonl_stem(name: str) -> str:
    """The file's name without its extensions.

    >>> jsonl_stem("python-00.jsonl.zst")
    'python-00'
    """
    return _NAME.sub("", name)


def check_columns(location: str, options: SourceOptions, access: Access | None = None) -> None:
    """Look at the first lines, so that a wrong column name is one error and not a million bad rows.

    Raises:
        SourceError: none of the first rows has a needed column. A file that cannot be read is left to the reader.
    """
    rows: list[list[str]] = []
    try:
        with open_place(location, access) as raw:
            stream = decompress(raw, location)
            budget = bomb_budget(size_of(raw))
            for line, _ in islice(_lines(stream, _line_limit(options), budget), _LOOKED_AT):
                found = _names(line or b"")
                if options.content in found:
                    return
                rows += [found] if found else []
    except DAMAGE:
        pass
    if rows:
        map_columns(rows[0] + _open_columns(options), options, location)


def _names(line: bytes) -> list[str]:
    """Names of a row's columns; none where the line is no object."""
    try:
        row = json.loads(line)
    except (ValueError, RecursionError, MemoryError):
        return []
    return list(row) if isinstance(row, dict) else []


def _open_columns(options: SourceOptions) -> list[str]:
    """Columns other than the content may be left out of a row, so only the content is checked."""
    return [name for column in KNOWN_NAMES if isinstance(name := getattr(options, column, None), str)]


def read_jsonl(part: Part, options: SourceOptions) -> Iterator[Entry]:
    """One entry for each line that is not blank, and one for the rest where the stream is damaged."""
    stem = part.repo_name or ""
    name = display_path(os.path.basename(part.location))
    number = 0
    outs = opt_outs(options.opt_out)
    try:
        with open_place(part.location, part.access) as raw:
            stream = decompress(raw, part.location)
            budget = bomb_budget(size_of(raw))
            for number, (line, length) in enumerate(_lines(stream, _line_limit(options), budget), start=1):
                if line is None:
                    yield too_large(stem, f"{name}#{number}", length, _line_limit(options))
                elif line.strip():
                    yield _line_entry(line, options, outs, stem=stem, name=name, number=number)
    except DAMAGE as error:
        detail = f"after line {number:,}: {type(error).__name__}: {error}"
        yield Entry(stem, name, code="CC008", detail=detail)


def _line_entry(
    line: bytes, options: SourceOptions, outs: OptOuts, *, stem: str, name: str, number: int
) -> Entry:
    bad = Entry(stem, f"{name}#{number}", len(line), code="CC009")
    try:
        row = json.loads(line.removeprefix(_BOM) if number == 1 else line)
    except (ValueError, RecursionError, MemoryError) as error:
        bad.detail = f"line {number:,}: {type(error).__name__}: {str(error)[:200]}"
        return bad
    if outs and isinstance(row, dict):
        named = row_entry(_named(row, options), b"", stem=stem, number=number)
        if (out := left_out(outs, named.repo_name, named.path, len(line))) is not None:
            return out
    content = row.get(options.content) if isinstance(row, dict) else None
    if not isinstance(content, str):
        bad.detail = (
            f"line {number:,}: no text under {options.content!r}"
            if isinstance(row, dict)
            else f"line {number:,}: no object"
        )
        return bad
    try:
        raw = content.encode("utf-8")
    except UnicodeEncodeError as error:
        bad.detail = f"line {number:,}: lone surrogate at character {error.start:,}"
        return bad
    entry = row_entry(_named(row, options), raw, stem=stem, number=number)
    return (
        too_large(entry.repo_name, entry.path, len(raw), options.max_bytes)
        if len(raw) > options.max_bytes
        else entry
    )


def _named(row: dict[str, Any], options: SourceOptions) -> dict[str, Any]:
    mapping = map_columns([*row, *_open_columns(options)], options, "")
    return {ours: row.get(theirs) for ours, theirs in mapping.items()}


def _line_limit(options: SourceOptions) -> int:
    return _ESCAPE_FACTOR * options.max_bytes + _OTHER_COLUMNS


def _lines(stream: ByteStream, limit: int, budget: int) -> Iterator[tuple[bytes | None, int]]:
    """Each line without its line feed, and its length; None for a line over `limit`, which is never held in memory."""
    rest: list[bytes] = []
    length = 0
    while block := stream.read(_BLOCK):
        budget -= len(block)
        if budget < 0:
            raise OSError("more bytes decompressed than is plausible: taken for a bomb")
        *whole, tail = block.split(b"\n")
        for piece in whole:
            length += len(piece)
            yield (b"".join([*rest, piece]) if length <= limit else None), length
            rest, length = [], 0
        length += len(tail)
        rest = [*rest, tail] if length <= limit else []
    if length:
        yield (b"".join(rest) if length <= limit else None), length

r"""Headers of documents whose language nobody named: the comment marks of most languages, tried at the beginning.

`code.header_ends` knows what is a comment in each language. A table of bare texts has none to offer; its headers would make clusters
all the same, so the marks that hardly ever begin anything else count: `/* */`, `//`, `<!-- -->`, `--`, `;;`, and `#` before a blank, a
line's end or another `#` (`#include` and `#define` are code).
"""

from __future__ import annotations

import re

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from codecorpus.dedup.code import header_ends
from codecorpus.dedup.sets import Ints

# A header is no longer than this; a comment that does not end here is no header.
_LONGEST = 1 << 15
# Possessive and atomic throughout: no byte is read more often than there are alternatives.
_HEADER = re.compile(
    rb"""
    (?:\xef\xbb\xbf)?+ (?:\#![^\n]*+)?+
    (?> \s++ | /\*(?>[^*]++|\*(?!/))*+\*/ | //[^\n]*+ | <!--(?>[^-]++|-(?!->))*+--> | (?:--|;;)[^\n]*+ | \#(?=[\s\#])[^\n]*+ )*+
    """,
    re.VERBOSE,
)


def find_headers(contents: pa.Array | pa.ChunkedArray, languages: pa.Array | pa.ChunkedArray | None) -> Ints:
    r"""Where the header of each document ends, its language known or not.

    Args:
        contents: text or bytes of the documents.
        languages: Linguist's names, or null; None where nothing is known.

    Returns:
        int64[documents], as `header_ends`.

    >>> find_headers(pa.array(["// by me\nf()", "#include <a>", "# only this"]), None).tolist()
    [9, 0, 0]
    """
    if languages is None:
        return with_unknown(contents, pa.nulls(len(contents), pa.string()), np.zeros(len(contents), np.int64))
    return with_unknown(contents, languages, header_ends(contents, languages))


def with_unknown(
    contents: pa.Array | pa.ChunkedArray, languages: pa.Array | pa.ChunkedArray, headers: Ints
) -> Ints:
    """The headers given, and those of the documents whose language is null."""
    unknown = np.flatnonzero(pc.is_null(languages).to_numpy(zero_copy_only=False))
    if not len(unknown):
        return headers
    headers = headers.copy()
    for row, text in zip(unknown.tolist(), contents.take(pa.array(unknown)), strict=True):
        headers[row] = _header_end(text.as_buffer()) if text.is_valid else 0
    return headers


def _header_end(text: pa.Buffer) -> int:
    found = _HEADER.match(memoryview(text)[:_LONGEST])
    end = found.end() if found else 0
    blank = not end or not bytes(memoryview(text)[:end]).strip(b"\xef\xbb\xbf \t\r\n\f\v")
    return 0 if blank or end == len(text) else end

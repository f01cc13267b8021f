"""The loops over tokens of code: the end of the header, and the code without layout and comments.

Plain arrays in, plain arrays out; numpy and numba only. The obvious twin is `tests/naive_lexer.py`. Tokens are those of
`_kernels_lexer.lex_documents`.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from numba import njit

from codecorpus.dedup._kernels_inner import folded, inner

U8 = npt.NDArray[np.uint8]
I32 = npt.NDArray[np.int32]
I64 = npt.NDArray[np.int64]


# Kinds of tokens, as in `_kernels_lexer.py`; kept here too, so that this file is compiled without that one.
_WORD, _LITERAL, _OPERATOR, _TAG, _COMMENT = 1, 3, 4, 5, 6
# What the compacted text of a document begins with: all of it, or its code alone. So that the one is never the other.
_WHOLE, _CODE = 1, 2


@njit(cache=True, nogil=True)
def find_headers(tokens: I32, borders: I64, offsets: I64, ends: I64) -> None:
    """Writes into int64 `ends` where in each document the first token stands that is no comment, 0 if no comment stands before it."""
    for document in range(len(borders) - 1):
        comments = 0
        ends[document] = 0
        for index in range(borders[document], borders[document + 1]):
            if tokens[0, index] == _COMMENT:
                comments += 1
            elif tokens[0, index] != _TAG:
                if comments:
                    ends[document] = tokens[1, index] - offsets[document]
                break


@inner
def _copy_short(data: U8, begin: int, out: U8, filled: int) -> None:
    """Copies 8 bytes, whatever they are: one move of the processor, and no loop whose end must be guessed."""
    a, b, c, d = data[begin], data[begin + 1], data[begin + 2], data[begin + 3]
    e, f, g, h = data[begin + 4], data[begin + 5], data[begin + 6], data[begin + 7]
    out[filled], out[filled + 1], out[filled + 2], out[filled + 3] = a, b, c, d
    out[filled + 4], out[filled + 5], out[filled + 6], out[filled + 7] = e, f, g, h


@folded
def _copy(data: U8, begin: int, end: int, out: U8, filled: int) -> int:
    """Copies a token; a line's end in it, of a literal or behind a backslash, is LF whatever it was."""
    for position in range(begin, end):
        if data[position] != 13 or position + 1 == end or data[position + 1] != 10:
            out[filled] = data[position]
            filled += 1
    return filled


@folded
def _copy_words(data: U8, begin: int, end: int, out: U8, filled: int) -> int:
    """Copies a comment with one blank for any run of white space, none at its ends."""
    pending = False
    for position in range(begin, end):
        byte = data[position]
        if byte == 32 or 9 <= byte <= 13:
            pending = True
            continue
        if pending:
            out[filled] = 32
            filled += 1
            pending = False
        out[filled] = byte
        filled += 1
    return filled


@folded
def _compact(
    data: U8, tokens: I32, span: tuple[int, int], whole: bool, out: U8, filled: int
) -> tuple[int, int]:
    """Writes one document's tokens; a blank between two of them unless a word and an operator meet.

    Returns:
        The end in `out`, and the number of tokens written.
    """
    count = 0
    before = 0
    for index in range(span[0], span[1]):
        kind = tokens[0, index]
        if kind == _COMMENT and not whole:
            continue
        meet = ((before == _WORD) & (kind == _OPERATOR)) | ((before == _OPERATOR) & (kind == _WORD))
        out[filled] = 32
        filled += int((before != 0) & (not meet))
        begin, end = int(tokens[1, index]), int(tokens[2, index])  # int32 would compile `_copy_short` twice
        if kind == _COMMENT:
            filled = _copy_words(data, begin, end, out, filled)
        elif kind != _LITERAL and data[begin] != 92 and end - begin <= 16 and begin + 16 <= len(data):
            _copy_short(data, begin, out, filled)
            if end - begin > 8:
                _copy_short(data, begin + 8, out, filled + 8)
            filled += end - begin
        else:
            filled = _copy(data, begin, end, out, filled)
        before = kind
        count += 1
    return filled, count


@njit(cache=True, nogil=True)
def compact_code(
    data: U8, tokens: I32, token_borders: I64, least: int, out: U8, borders: I64, counts: I64
) -> None:
    """Writes the code of each document without layout and comments; of a document with little code, all of it.

    Args:
        data: uint8 text of the documents.
        tokens: int32[3, n] kinds, begins and ends.
        token_borders: int64[documents + 1] borders of the documents in `tokens`.
        least: tokens of code that make code enough.
        out: uint8, room for twice the documents' bytes, two bytes for each document and 16 more.
        borders: int64[documents + 1], filled with the borders in `out`; a document without tokens has one byte.
        counts: int64[documents], filled with the number of tokens of code.
    """
    borders[0] = 0
    for document in range(len(borders) - 1):
        span = (token_borders[document], token_borders[document + 1])
        start = borders[document]
        filled = start
        for attempt in range(2):  # one call in a loop: numba would compile two for the two literals
            whole = attempt == 1
            out[start] = _WHOLE if whole else _CODE
            filled, count = _compact(data, tokens, span, whole, out, start + 1)
            if whole:
                break
            counts[document] = count
            if count >= least:
                break
        borders[document + 1] = filled

"""Loops for cut text: the ids of the three pieces of a text whose ids are known, without encoding it again.

Pre-tokens do not look back: two scans that stand at the same place go on alike. So a piece that begins in the middle of a text is scanned
only until its scan and that of the whole text *meet*, and what follows is copied. A piece that ends in the middle of a text is copied up
to a place where a pre-token begins whatever comes after the cut, and scanned from there.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from codecorpus.tokenize._kernels import (
    CODE,
    I32,
    I64,
    LINE_CHARACTERS,
    NEWLINE,
    PLAIN,
    SPACE,
    U8,
    U32,
    Int,
    _blanks_end,
    _character,
    pretoken_end,
)
from codecorpus.tokenize._kernels_encode import U64, _work_out
from codecorpus.tokenize._kernels_merge import SHORT

# What a walk along the known ids has come to: the token, and the byte at which it begins.
_TOKEN, _BYTE = 0, 1

Vocabulary = tuple[U32, tuple[I64, U32], tuple[U64, U8, U32]]


@njit(cache=True, nogil=True)
def certain_border(data: U8, start: Int, limit: Int, classes: U8, mode: Int) -> Int:
    """The last place below `limit` at which a pre-token begins, whatever stands from `limit` on; `start` where none is certain.

    Such places follow line breaks: white space with a break in it ends a pre-token at its last break (`plain`), or after the indent that
    follows (`code`, `superword`), if something else than white space follows before `limit`. `start` itself is one.
    """
    at = limit - 1
    while at >= start:
        if data[at] != 10:
            at -= 1
            continue
        here, after_break = at + 1, at + 1
        while here < limit:
            character = _character(data, here, limit, classes)
            kind = character >> 3
            if kind != SPACE and kind != NEWLINE:
                break
            here += character & 7
            if kind == NEWLINE:
                after_break = here
        if here < limit:
            if mode == PLAIN:
                return after_break
            if mode == CODE:
                return _blanks_end(data, after_break, here)
            border = _line_border(data, start, at, limit)
            if border >= 0:
                return border
        at -= 1
    return start


@njit(cache=True, nogil=True)
def _line_border(data: U8, start: Int, newline: Int, limit: Int) -> Int:
    """Where the blanks around a line feed end, if it is certain that a line's pre-token takes them all; else -1."""
    first = newline
    at = newline
    while at >= start and (data[at] == 10 or data[at] == 13 or data[at] == 32 or data[at] == 9):
        if data[at] == 10:
            first = at
        at -= 1
    after = newline + 1
    while after < limit and (data[after] == 10 or data[after] == 13 or data[after] == 32 or data[after] == 9):
        after += 1
    return after if after < limit and after - first - 1 <= LINE_CHARACTERS else -1


@njit(cache=True, nogil=True)
def _begins_pretoken(data: U8, context: Int, start: Int, stop: Int, cut: tuple[U8, Int]) -> Int:
    """Whether it is certain that the document, which begins at `context`, has a pre-token that begins at `start`."""
    if context == start or start == stop:
        return True
    limit = start + (_character(data, start, stop, cut[0]) & 7)
    return certain_border(data, context, limit, cut[0], cut[1]) == start


@njit(cache=True, nogil=True)
def _scan(
    data: U8,
    at: Int,
    stop: Int,
    cut: tuple[U8, Int],
    vocabulary: Vocabulary,
    scratch: I32,
    out: U32,
    size: Int,
) -> tuple[Int, Int]:
    """Encode one pre-token of a text that ends at `stop`; where it ends, and how many ids there are now."""
    after = pretoken_end(data, at, stop, cut[0], cut[1])
    return after, size + _work_out(data, at, after - at, vocabulary, scratch, out[size:])


@njit(cache=True, nogil=True)
def _walk_to(ids: U32, lengths: U32, walk: I64, place: Int, last: Int) -> Int:
    """Move on along the tokens to the one that begins at `place`; false where none does."""
    while walk[_BYTE] < place and walk[_TOKEN] < last:
        walk[_BYTE] += lengths[ids[walk[_TOKEN]]]
        walk[_TOKEN] += 1
    return walk[_BYTE] == place


@njit(cache=True, nogil=True)
def recut(
    data: U8,
    texts: I64,
    ids: U32,
    tokens: I64,
    cuts: I64,
    contexts: I64,
    lengths: U32,
    cut: tuple[U8, Int],
    vocabulary: Vocabulary,
    out: U32,
    counts: I64,
) -> Int:
    """Ids of prefix, middle and suffix of each text, as if each were a text by itself.

    Args:
        data: bytes of all texts.
        texts: int64[n, 2], first byte of each text and the one after its last.
        ids: their ids.
        tokens: int64[n, 2], the ids of each text in `ids`.
        cuts: int64[n, 2], bytes in `data` at which the middle begins and ends.
        contexts: int64[n], where the document begins whose ids those of the text are. Where a pre-token may lie across the start of the
            text, nothing of it is copied.
        lengths: uint32[vocabulary], bytes of each id.
        cut: (class table, mode).
        vocabulary: as `_kernels_encode.encode` has it.
        out: written; room for as many ids as there are bytes, and two.
        counts: int64[n, 3], written: ids of each piece.

    Returns:
        The number of ids written.
    """
    scratch, walk, size = np.empty((3, SHORT), np.int32), np.zeros(2, np.int64), 0
    for text in range(len(texts)):
        start, stop, last = texts[text, 0], texts[text, 1], tokens[text, 1]
        walk[_TOKEN], walk[_BYTE] = tokens[text, 0], start
        whole = start  # the scan of the whole text has come so far
        is_known = _begins_pretoken(data, contexts[text], start, stop, cut)
        for piece in range(3):
            at = start if piece == 0 else cuts[text, piece - 1]
            end = stop if piece == 2 else cuts[text, piece]
            before, met = size, piece == 0 and is_known
            if not met and is_known and at < end:
                whole = max(whole, certain_border(data, start, at, cut[0], cut[1]))
                while at < end and not met:
                    if whole < at:
                        whole = pretoken_end(data, whole, stop, cut[0], cut[1])
                    elif whole == at:
                        met = _walk_to(ids, lengths, walk, at, last)
                        if not met:
                            at, size = _scan(data, at, end, cut, vocabulary, scratch, out, size)
                    else:
                        at, size = _scan(data, at, end, cut, vocabulary, scratch, out, size)
            if met and at < end:
                until = end if end == stop else max(at, certain_border(data, at, end, cut[0], cut[1]))
                first, first_byte = walk[_TOKEN], walk[_BYTE]
                if end == stop:
                    walk[_TOKEN] = last
                elif not _walk_to(ids, lengths, walk, until, last):
                    # Cannot be where the ids are those of the text.
                    until, walk[_TOKEN], walk[_BYTE] = at, first, first_byte
                for index in range(first, walk[_TOKEN]):
                    out[size] = ids[index]
                    size += 1
                at = until
            while at < end:
                at, size = _scan(data, at, end, cut, vocabulary, scratch, out, size)
            counts[text, piece] = size - before
    return size

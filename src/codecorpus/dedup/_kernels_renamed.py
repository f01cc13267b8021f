"""The loops of the search for copies of code with other names: bytes to tokens without names, and which runs of them stand in an index.

Plain arrays in, plain arrays out; numpy and numba only. Every kernel has an obvious twin in `tests/naive_contamination.py`.
Arithmetic on uint64 wraps on purpose.

One lexer for all languages. That it is wrong about some of them (`//` divides in Python, `#` begins no comment in C) does no harm, because
problems and documents are read alike. White space, `;`, `,` and braces are skipped, because formatters add and take them; so are comments
and strings of three quotes. A name is the same token whatever it is, unless it is a word of `code_words` or follows `.`, `->` or `::`.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from codecorpus.dedup._kernels import (
    _BASE,
    _CLASSES,
    _FNV_BASIS,
    _FNV_PRIME,
    _WORD,
    I64,
    U8,
    U64,
    _mix64,
    _power,
)
from codecorpus.dedup._kernels_match import I32, Table, bits_of, find_place

#: Kinds of token.
END, MARK, NAME, NUMBER, STRING, KNOWN = 0, 1, 2, 3, 4, 5

_SKIP, _PART, _OTHER, _QUOTE, _HASH, _SLASH = 0, 1, 2, 3, 4, 5
_NEWLINE, _BACKSLASH, _STAR = 10, 92, 42
_NAME_HASH = np.uint64(0x6E616D65)


def _kinds_of_bytes() -> U8:
    """What a token can begin with."""
    kinds = np.full(256, _OTHER, np.uint8)
    kinds[_CLASSES == _WORD] = _PART
    kinds[[9, 10, 11, 12, 13, 32, *b";,{}\\"]] = _SKIP
    for byte, kind in ((b"\"'", _QUOTE), (b"#", _HASH), (b"/", _SLASH)):
        kinds[list(byte)] = kind
    return kinds


_KINDS = _kinds_of_bytes()


@njit(cache=True, nogil=True)
def _line_end(data: U8, position: int, stop: int) -> int:
    while position < stop and data[position] != _NEWLINE:
        position += 1
    return position


@njit(cache=True, nogil=True)
def _comment_end(data: U8, position: int, stop: int) -> int:
    """After the `*/` of the comment whose text begins here; the end where there is none."""
    while position + 1 < stop:
        if data[position] == _STAR and data[position + 1] == 47:
            return position + 2
        position += 1
    return stop


@njit(cache=True, nogil=True)
def _triple_end(data: U8, position: int, stop: int, quote: int) -> int:
    """After the three quotes that end the text that begins here; the end where there are none."""
    run = 0
    while position < stop:
        run = run + 1 if data[position] == quote else 0
        position += 1
        if run == 3:
            return position
    return stop


@njit(cache=True, nogil=True)
def _string_end(data: U8, position: int, stop: int, quote: int) -> int:
    """The closing quote of the string whose text begins here, or the end of its line: so no line is read twice."""
    while position < stop and data[position] != quote and data[position] != _NEWLINE:
        position += (
            2
            if data[position] == _BACKSLASH and position + 1 < stop and data[position + 1] != _NEWLINE
            else 1
        )
    return min(position, stop)


@njit(cache=True, nogil=True)
def _hash_of(data: U8, begin: int, end: int) -> np.uint64:
    value = _FNV_BASIS
    for position in range(begin, end):
        value = (value ^ np.uint64(data[position])) * _FNV_PRIME
    return _mix64(value)


@njit(cache=True, nogil=True)
def _is_attribute(data: U8, first: int, begin: int) -> bool:
    """Whether `.` (one, for `..` is a range), `->` or `::` stands before the word that begins at `first`."""
    if first - 1 < begin:
        return False
    last = data[first - 1]
    before = data[first - 2] if first - 2 >= begin else np.uint8(0)
    return bool(
        (last == 46 and before != 46) or (last == 62 and before == 45) or (last == 58 and before == 58)
    )


@njit(cache=True, nogil=True)
def next_code(
    data: U8, position: int, begin: int, stop: int, words: Table
) -> tuple[int, int, np.uint64, int]:
    """The next token of the document `data[begin:stop]` at or after a position.

    Args:
        data: uint8 text.
        position: where to look.
        begin: of the document.
        stop: its end.
        words: hashes, filter and table of the words that stay themselves.

    Returns:
        First byte, the byte after the last one, hash and kind of the token; kind END where there is none.
    """
    while position < stop:
        first = position
        kind = _KINDS[data[position]]
        position += 1
        if kind == _SKIP:
            continue
        if kind == _PART:
            value = (_FNV_BASIS ^ np.uint64(data[first])) * _FNV_PRIME
            while position < stop and _CLASSES[data[position]] == _WORD:
                value = (value ^ np.uint64(data[position])) * _FNV_PRIME
                position += 1
            value = _mix64(value)
            if 48 <= data[first] <= 57:
                return first, position, value, NUMBER
            if _is_attribute(data, first, begin) or find_place(value, words[0], words[1], words[2]) >= 0:
                return first, position, value, KNOWN
            return first, position, value, NAME
        if kind == _QUOTE:
            quote = data[first]
            if position + 1 < stop and data[position] == quote and data[position + 1] == quote:
                position = _triple_end(data, position + 2, stop, quote)
                continue
            end = _string_end(data, position, stop, quote)
            after = end + 1 if end < stop and data[end] == quote else end
            return first, after, _hash_of(data, position, end), STRING
        if kind == _HASH:
            position = _line_end(data, position, stop)
            continue
        if kind == _SLASH and position < stop and data[position] == 47:
            position = _line_end(data, position, stop)
            continue
        if kind == _SLASH and position < stop and data[position] == _STAR:
            position = _comment_end(data, position + 1, stop)
            continue
        return first, position, _hash_of(data, first, position), MARK
    return stop, stop, np.uint64(0), END


@njit(cache=True, nogil=True)
def _enter(tokens: U64, kinds: I64, slot: int, value: np.uint64, kind: int) -> np.uint64:
    """Puts a token into the ring; returns what it adds to the hash of the run: of a name only that it is one."""
    tokens[slot] = value
    kinds[slot] = kind
    return _NAME_HASH if kind == NAME else value


@njit(cache=True, nogil=True)
def _with_names(rolling: np.uint64, tokens: U64, kinds: I64, slot: int) -> np.uint64:
    """The hash of a run and of which of its names are the same: for each name, how far back it stood last within the run.

    Args:
        rolling: hash of the run, names left out.
        tokens: ring of token hashes.
        kinds: ring of their kinds.
        slot: of the oldest token.
    """
    size = len(tokens)
    value = rolling
    for index in range(size):
        here = (slot + index) % size
        if kinds[here] != NAME:
            continue
        back = 0
        for before in range(index - 1, -1, -1):
            there = (slot + before) % size
            if kinds[there] == NAME and tokens[there] == tokens[here]:
                back = index - before
                break
        value = _mix64(value + np.uint64(back))
    return _mix64(value)


@njit(cache=True, nogil=True)
def _known(tokens: U64, kinds: I64) -> int:
    """How many distinct words and strings a run holds."""
    count = 0
    for index in range(len(tokens)):
        fresh = kinds[index] == KNOWN or kinds[index] == STRING
        for before in range(index):
            fresh &= tokens[before] != tokens[index]
        count += fresh
    return count


@njit(cache=True, nogil=True)
def hash_code(
    data: U8, offsets: I64, words: Table, size: int, least: int, hashes: tuple[U64, U64], owners: I32
) -> int:
    """The runs of `size` tokens of each text that say enough to be looked for.

    Args:
        data: uint8 text of all texts.
        offsets: int64[texts + 1] borders of the texts in `data`.
        words: as for `next_code`.
        size: tokens in one run.
        least: distinct words and strings that a run must hold.
        hashes: two of uint64, filled with the hash of each run without its names, and with which names are the same; in order, repeats
            included; as many as there are bytes always suffice.
        owners: int32, filled with the text of each.

    Returns:
        The number of runs.
    """
    tokens, kinds = np.zeros(size, np.uint64), np.zeros(size, np.int64)
    ring = np.zeros(size, np.uint64)
    outgoing = _power(size)
    count = 0
    for text in range(len(offsets) - 1):
        begin, stop = offsets[text], offsets[text + 1]
        position = begin
        ring[:] = np.uint64(0)
        rolling = np.uint64(0)
        seen = 0
        slot = 0
        while True:
            _, position, value, kind = next_code(data, position, begin, stop, words)
            if kind == END:
                break
            part = _enter(tokens, kinds, slot, value, kind)
            rolling = rolling * _BASE + part - ring[slot] * outgoing
            ring[slot] = part
            seen += 1
            slot = slot + 1 if slot + 1 < size else 0
            if seen >= size and _known(tokens, kinds) >= least:
                hashes[0][count] = _mix64(rolling)
                hashes[1][count] = _with_names(rolling, tokens, kinds, slot)
                owners[count] = text
                count += 1
    return count


@njit(cache=True, nogil=True)
def known_tokens(data: U8, offsets: I64, words: Table, hashes: U64, owners: I32) -> int:
    """The tokens of each text that say something: words that stay themselves, and strings.

    Args:
        data: uint8 text of all texts.
        offsets: int64[texts + 1] borders of the texts in `data`.
        words: as for `next_code`.
        hashes: uint64, filled with their hashes, repeats included; as many as there are bytes always suffice.
        owners: int32, filled with the text of each.

    Returns:
        The number of such tokens.
    """
    count = 0
    for text in range(len(offsets) - 1):
        begin, stop = offsets[text], offsets[text + 1]
        position, kind = begin, MARK
        while kind != END:
            _, position, value, kind = next_code(data, position, begin, stop, words)
            if kind in (KNOWN, STRING):
                hashes[count] = value
                owners[count] = text
                count += 1
    return count


@njit(cache=True, nogil=True)
def find_code(data: U8, offsets: I64, words: Table, size: int, bits: U64, index: Table, out: I64) -> int:
    """Looks up every run of tokens of every document.

    Args:
        data: uint8 text of all documents.
        offsets: int64[documents + 1] borders of the documents in `data`.
        words: as for `next_code`.
        size: tokens in one run.
        bits: filter of the runs without names; what passes it is hashed with names.
        index: hashes, filter and table of the runs that are looked for.
        out: int64[5, capacity], filled with a column per hit: document, place in the index, first byte in the document, the byte after
            the last, and the number of the run's last token.

    Returns:
        The number of hits; where it exceeds the capacity, only the first ones were written.
    """
    tokens, kinds = np.zeros(size, np.uint64), np.zeros(size, np.int64)
    ring = np.zeros(size, np.uint64)
    begins = np.zeros(size, np.int64)
    outgoing = _power(size)
    total = 0
    for document in range(len(offsets) - 1):
        begin, stop = offsets[document], offsets[document + 1]
        position = begin
        ring[:] = np.uint64(0)
        rolling = np.uint64(0)
        seen = 0
        slot = 0
        while True:
            first, position, value, kind = next_code(data, position, begin, stop, words)
            if kind == END:
                break
            begins[slot] = first - begin
            part = _enter(tokens, kinds, slot, value, kind)
            rolling = rolling * _BASE + part - ring[slot] * outgoing
            ring[slot] = part
            seen += 1
            slot = slot + 1 if slot + 1 < size else 0
            if seen < size:
                continue
            word, two = bits_of(_mix64(rolling), bits)
            if bits[word] & two != two:
                continue
            place = find_place(_with_names(rolling, tokens, kinds, slot), index[0], index[1], index[2])
            if place < 0:
                continue
            if total < out.shape[1]:
                out[0, total] = document
                out[1, total] = place
                out[2, total] = begins[slot]  # of the oldest token, whose slot comes next
                out[3, total] = position - begin
                out[4, total] = seen - 1
            total += 1
    return total


@njit(cache=True, nogil=True)
def best_windows(starts: I64, tokens: I64, places: I64, spans: I64, widths: I64, held: I64, out: I64) -> None:
    """The stretch of each group of hits that holds most distinct places.

    Args:
        starts: int64[groups + 1], borders of the groups: the hits of one text in one document.
        tokens: int64, number of the token of each hit, ascending in each group.
        places: int64, its place.
        spans: int64[2, hits], its first byte and the byte after its last one.
        widths: int64[groups], tokens that a stretch may be apart.
        held: int64, zeros, one for each place; zeros again afterwards.
        out: int64[3, groups], filled: distinct places, first byte, the byte after the last one.
    """
    for group in range(len(starts) - 1):
        first = starts[group]
        distinct, best = 0, 0
        for last in range(starts[group], starts[group + 1]):
            distinct += held[places[last]] == 0
            held[places[last]] += 1
            while tokens[last] - tokens[first] > widths[group]:
                held[places[first]] -= 1
                distinct -= held[places[first]] == 0
                first += 1
            if distinct > best:
                best = distinct
                out[0, group] = distinct
                out[1, group] = spans[0, first]
                out[2, group] = spans[1, last]
        for index in range(first, starts[group + 1]):
            held[places[index]] = 0

"""Where parts are cut by what their bytes say: characters, lines, subtrees. Bytes and draws in, cuts out.

A part that has no middle of the kind that was drawn is tried with the next kind: subtree, line, character.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

# Kinds of spans; names of `codecorpus.fim.spans.SPANS`.
TOKEN, CHARACTER, LINE, SYNTAX = 0, 1, 2, 3

# Lines are drawn again where the middle is longer or shorter than asked; rarely more than once.
_TRIES = 8

_GAMMA, _FIRST, _SECOND = (
    np.uint64(0x9E3779B97F4A7C15),
    np.uint64(0xBF58476D1CE4E5B9),
    np.uint64(0x94D049BB133111EB),
)
_NOTHING = (np.int64(-1), np.int64(-1))
#: A 64-bit integer: numpy's inside a kernel, Python's outside, and mypy has no word for both.
Int = Any


@njit(cache=True, nogil=True)
def mixed(value: Any) -> Any:
    """SplitMix64's output function, as `draws.mixed`."""
    value = value + _GAMMA
    value = (value ^ (value >> np.uint64(30))) * _FIRST
    value = (value ^ (value >> np.uint64(27))) * _SECOND
    return value ^ (value >> np.uint64(31))


@njit(cache=True, nogil=True)
def pair(size: Any, smallest: Any, largest: Any, draw: Any) -> tuple[Any, Any]:
    """Two borders of `size` things, `smallest` to `largest` things apart; every such pair is equally likely. See `spans.choose_cuts`."""
    width = (size - smallest + 1) + (size - largest + 1)
    drawn = np.int64(draw % np.uint64((largest - smallest + 1) * width))
    row, column = drawn // width, drawn % width
    starts_in_row = size - smallest + 1 - row
    if column < starts_in_row:
        return column, column + smallest + row
    column -= starts_in_row
    return column, column + largest - row


@njit(cache=True, nogil=True)
def _characters(data: Any, start: Any, stop: Any, limits: Any, draw: Any) -> tuple[Any, Any]:
    """A middle from one character to another; limits are in bytes, and hold on average."""
    size: Int = 0
    for at in range(start, stop):
        if data[at] & 0xC0 != 0x80:
            size += 1
    if size == 0:
        return _NOTHING
    largest = min(size, np.int64(limits[1] * size // (stop - start)))
    smallest = np.int64(limits[0] * size // (stop - start))
    if limits[0] > 0:
        smallest = max(np.int64(1), smallest)
    if largest < smallest:
        return _NOTHING
    first, last = pair(size, smallest, largest, draw)
    begin = end = stop
    number = 0
    for at in range(start, stop):
        if data[at] & 0xC0 != 0x80:
            if number == first:
                begin = at
            if number == last:
                end = at
                break
            number += 1
    return begin, end


@njit(cache=True, nogil=True)
def _next_line(data: Any, at: Any, stop: Any) -> tuple[Any, Any, Any]:
    """The line at `at`: where its text begins and ends, and where the next line begins. A line of blanks has text of no bytes."""
    begin = at
    while begin < stop and (data[begin] == 32 or data[begin] == 9):
        begin += 1
    after = begin
    while after < stop and data[after] != 10:
        after += 1
    end = after
    while end > begin and (data[end - 1] == 13 or data[end - 1] == 32 or data[end - 1] == 9):
        end -= 1
    return begin, end, min(after + 1, stop)


@njit(cache=True, nogil=True)
def _lines(data: Any, start: Any, stop: Any, limits: Any, draw: Any) -> tuple[Any, Any]:
    """A middle from behind the indent of a line to the end of the text of that or a later line; lines without text are not counted."""
    count, at = 0, start
    while at < stop:
        begin, end, at = _next_line(data, at, stop)
        if end > begin:
            count += 1
    if count == 0:
        return _NOTHING
    borders = np.empty((count, 2), np.int64)
    count, at = 0, start
    while at < stop:
        begin, end, at = _next_line(data, at, stop)
        if end > begin:
            borders[count, 0], borders[count, 1] = begin, end
            count += 1
    for _ in range(_TRIES):
        first, last = pair(count, np.int64(1), np.int64(count), draw)
        begin, end = borders[first, 0], borders[last - 1, 1]
        if limits[0] <= end - begin <= limits[1]:
            return begin, end
        draw = mixed(draw)
    return _NOTHING


@njit(cache=True, nogil=True)
def _bits(number: Any) -> int:
    """Bits that a positive number takes."""
    bits = 0
    while number > 0:
        number >>= 1
        bits += 1
    return bits


@njit(cache=True, nogil=True)
def _subtrees(trees: Any, origin: Any, start: Any, stop: Any, limits: Any, draw: Any) -> tuple[Any, Any]:
    """One subtree: first a size, by powers of two and each equally likely, then one of that size. Most subtrees are small."""
    sizes = np.zeros(64, np.int64)
    for index in range(0, len(trees), 2):
        begin, end = origin + trees[index], origin + trees[index + 1]
        if (
            begin >= start
            and end <= stop
            and limits[0] <= end - begin <= limits[1]
            and end - begin < stop - start
        ):
            sizes[_bits(end - begin)] += 1
    kinds = 0
    for bits in range(64):
        if sizes[bits] > 0:
            kinds += 1
    if kinds == 0:
        return _NOTHING
    wanted, size = np.int64(draw % np.uint64(kinds)), -1
    for bits in range(64):
        if sizes[bits] > 0:
            if wanted == 0:
                size = bits
                break
            wanted -= 1
    left = np.int64(mixed(draw) % np.uint64(sizes[size]))
    for index in range(0, len(trees), 2):
        begin, end = origin + trees[index], origin + trees[index + 1]
        if (
            begin >= start
            and end <= stop
            and limits[0] <= end - begin <= limits[1]
            and end - begin < stop - start
            and _bits(end - begin) == size
        ):
            if left == 0:
                return begin, end
            left -= 1
    return _NOTHING


@njit(cache=True, nogil=True)
def choose_byte_cuts(
    data: Any,
    texts: Any,
    kinds: Any,
    part_draws: Any,
    limits: Any,
    origins: Any,
    trees: Any,
    tree_ranges: Any,
    cuts: Any,
) -> None:
    """Choose the middle of each part.

    Args:
        data: uint8, the bytes of all documents.
        texts: int64[n, 2], first byte of each part and the one after its last.
        kinds: int8[n], the kind drawn; rewritten: the kind found, `TOKEN` where there is none.
        part_draws: uint64[n].
        limits: int64[n, 2], bytes of a middle, at least and at most.
        origins: int64[n], the first byte of the part's document.
        trees: int32, pairs (start, end) of the subtrees of all documents, in bytes of their document.
        tree_ranges: int64[n, 2], where the pairs of each part's document begin and end in `trees`.
        cuts: int64[n, 2], written: bytes in `data` where the middle begins and ends.
    """
    for part in range(len(texts)):
        start, stop, draw = texts[part, 0], texts[part, 1], part_draws[part]
        found = _NOTHING
        kind = kinds[part]
        if kind == SYNTAX:
            own = trees[tree_ranges[part, 0] : tree_ranges[part, 1]]
            found = _subtrees(own, origins[part], start, stop, limits[part], draw)
            if found[0] < 0:
                kind = LINE
        if kind == LINE:
            found = _lines(data, start, stop, limits[part], draw)
            if found[0] < 0:
                kind = CHARACTER
        if kind == CHARACTER:
            found = _characters(data, start, stop, limits[part], draw)
        kinds[part] = TOKEN if found[0] < 0 else kind
        cuts[part, 0], cuts[part, 1] = found


@njit(cache=True, nogil=True)
def _depths(data: Any, start: Any, stop: Any, trees: Any, out: Any) -> None:
    """For each byte of a document, how many of its subtrees go on across its beginning; without trees, the indent of its line."""
    for at in range(stop - start + 1):
        out[at] = 0
    if len(trees) > 0:
        for index in range(0, len(trees), 2):
            out[trees[index] + 1] += 1
            out[trees[index + 1]] -= 1
        for at in range(stop - start):
            out[at + 1] += out[at]
        return
    at = start
    while at < stop:
        begin, _, after = _next_line(data, at, stop)
        for place in range(at, after):
            out[place - start] = begin - at
        at = after


@njit(cache=True, nogil=True)
def _blank_line_before(data: Any, start: Any, at: Any) -> bool:
    """Whether the line before the one at or around which a part would begin has no text."""
    breaks = 0
    while at > start and (
        data[at - 1] == 10 or data[at - 1] == 13 or data[at - 1] == 32 or data[at - 1] == 9
    ):
        at -= 1
        if data[at] == 10:
            breaks += 1
    return breaks > 1


@njit(cache=True, nogil=True)
def split_documents(
    data: Any,
    texts: Any,
    ids: Any,
    tokens: Any,
    line_ends: Any,
    lengths: Any,
    limits: Any,
    trees: Any,
    tree_ranges: Any,
    out: Any,
) -> int:
    """Cut each document into parts that fit.

    A document of at most `limits[document, 0]` tokens is one part. A longer one is cut after a token that ends a line: of those in the
    last half of a part the one that the fewest subtrees go across, a blank line before it if possible, and the last of equal ones. Where
    no line ends there, it is cut where the part is full.

    Args:
        data: uint8, the bytes of all documents.
        texts: int64[n, 2], first byte of each document and the one after its last.
        ids: token ids of all documents.
        tokens: int64[n, 2], where those of each document begin and end.
        line_ends: bool[vocabulary].
        lengths: uint32[vocabulary], bytes of each id; none: bytes are not known, and every line's end is as good.
        limits: int64[n, 2]: tokens of a document that stays in one piece, and of a part of a longer one, at most.
        trees: int32, pairs (start, end) of subtrees, in bytes of their document.
        tree_ranges: int64[n, 2], where those of each document begin and end.
        out: int64[at least the number of parts, 7], written: document, part, first token, tokens, 1 for the last part of a document, first
            byte, byte after the last.

    Returns:
        The number of parts.
    """
    count, longest = 0, 0
    for document in range(len(texts)):
        if tokens[document, 1] - tokens[document, 0] > limits[document, 0] and len(lengths) > 0:
            longest = max(longest, texts[document, 1] - texts[document, 0])
    depths = np.empty(longest + 2, np.int32)
    for document in range(len(texts)):
        at, stop = tokens[document, 0], tokens[document, 1]
        start, byte = texts[document, 0], texts[document, 0]
        limit = limits[document, 0] if stop - at <= limits[document, 0] else limits[document, 1]
        is_long, part = stop - at > limit, 0
        if is_long and len(lengths) > 0:
            own = trees[tree_ranges[document, 0] : tree_ranges[document, 1]]
            _depths(data, start, texts[document, 1], own, depths)
        while at < stop:
            size, end = stop - at, texts[document, 1]
            if is_long:
                best, end, place = np.int64(1) << 40, byte, byte
                wanted = min(limit, stop - at)
                size = wanted
                for index in range(wanted):
                    token = ids[at + index]
                    if len(lengths) > 0:
                        place += lengths[token]
                    if wanted < stop - at and index >= limit // 2 and line_ends[token]:
                        cost = np.int64(0)
                        if len(lengths) > 0:
                            cost = 2 * np.int64(depths[place - start])
                            if not _blank_line_before(data, start, place):
                                cost += 1
                        if cost <= best:
                            best, size, end = cost, index + 1, place
                if best == np.int64(1) << 40:
                    end = place
            out[count, 0], out[count, 1], out[count, 2], out[count, 3] = document, part, at, size
            out[count, 4] = 1 if at + size == stop else 0
            out[count, 5], out[count, 6] = byte, end
            at += size
            byte = end
            part += 1
            count += 1
    return count


@njit(cache=True, nogil=True)
def spells(ids: Any, tokens: Any, texts: Any, lengths: Any) -> bool:
    """Whether the ids of each document have as many bytes as its text.

    Args:
        ids: of all documents.
        tokens: int64[n, 2], where the ids of each document begin and end.
        texts: int64[n, 2], where its bytes begin and end.
        lengths: uint32[vocabulary], bytes of each id.
    """
    for document in range(len(tokens)):
        size = np.int64(0)
        for index in range(tokens[document, 0], tokens[document, 1]):
            size += lengths[ids[index]]
        if size != texts[document, 1] - texts[document, 0]:
            return False
    return True

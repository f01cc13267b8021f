"""Loops over bytes and tokens for comparing tokenizers: what a token touches, which lines are known, where a text is cut.

Texts come in as uint8 data and int64 offsets, tokens as uint32 ids and the int64 ends of their bytes. Each byte of a text gets a flag: one
of the five places `OUT` … `JOINT`, and `NOVEL` where its line is not known. Nothing here knows a tokenizer's regex.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from numba import njit

U8 = npt.NDArray[np.uint8]
U32 = npt.NDArray[np.uint32]
U64 = npt.NDArray[np.uint64]
I64 = npt.NDArray[np.int64]
Bool = npt.NDArray[np.bool_]
#: A 64-bit integer: numpy's inside a kernel, Python's outside, and mypy has no word for both.
Int = Any

# Classes of code points, as in `codecorpus.unicode`, and one more for the underscore.
UPPER, LOWER, MARK, NUMBER, UNDERSCORE = 1, 2, 3, 4, 7

# Where a byte stands: in no identifier; the first byte of an identifier's first sub-word; the first byte of a later one; further on in a
# sub-word; an underscore of an identifier.
OUT, FIRST, LATER, INSIDE, JOINT = 0, 1, 2, 3, 4
PLACE = 7
NOVEL = 8

# What `tally` adds up.
BLANK, CROSSING, TOUCHED, IDENTIFIERS, NOVEL_BYTES = 0, 1, 2, 3, 4
TALLIES = 5


@njit(cache=True, nogil=True)
def _character(data: U8, at: Int, end: Int, classes: U8) -> Int:
    """Class * 8 + length in bytes of the character at `at`; a byte that is no UTF-8 has class 0 and length 1."""
    first = np.int64(data[at])
    if first < 0x80:
        return np.int64((UNDERSCORE if first == 95 else classes[first]) * 8 + 1)
    length = 2 if first < 0xE0 else 3 if first < 0xF0 else 4
    if first < 0xC2 or first > 0xF4 or at + length > end:
        return np.int64(1)
    point = first & (0x7F >> length)
    for step in range(1, length):
        follower = np.int64(data[at + step])
        if follower & 0xC0 != 0x80:
            return np.int64(1)
        point = point << 6 | follower & 0x3F
    return np.int64(classes[point] * 8 + length if point < 0x110000 else 1)


@njit(cache=True, nogil=True)
def _run_end(data: U8, at: Int, end: Int, classes: U8) -> Int:
    """End * 2 + (has a letter) of the run of letters, marks, numbers and underscores at `at`; `at * 2` where there is none."""
    letter = 0
    while at < end:
        character = _character(data, at, end, classes)
        kind = character >> 3
        if kind == UPPER or kind == LOWER:  # noqa: SIM109 - `in` on a tuple is a loop to numba
            letter = 1
        elif kind != MARK and kind != NUMBER and kind != UNDERSCORE:
            break
        at += character & 7
    return at * 2 + letter


@njit(cache=True, nogil=True)
def _mark_identifier(data: U8, at: Int, end: Int, classes: U8, flags: U8) -> None:
    """Flag the bytes of one identifier; a mark counts as a small letter."""
    before, uppers, last_upper, seen = 0, 0, at, False
    while at < end:
        character = _character(data, at, end, classes)
        kind, length = character >> 3, character & 7
        if kind == MARK:
            kind = LOWER
        place = INSIDE
        if kind == UNDERSCORE:
            place = JOINT
        elif before == UPPER and kind == LOWER:
            if uppers > 1:  # HTTPServer: the last capital begins the word
                flags[last_upper] = LATER
        elif before != kind:
            place = LATER if seen else FIRST
        flags[at] = place
        for step in range(1, length):
            flags[at + step] = JOINT if place == JOINT else INSIDE
        if kind == UPPER:
            uppers, last_upper = uppers + 1, at
        else:
            uppers = 0
        seen = seen or kind != UNDERSCORE
        before = kind
        at += length


@njit(cache=True, nogil=True)
def mark_identifiers(data: U8, offsets: I64, classes: U8, flags: U8) -> None:
    """Set the place of every byte of the texts; `flags[i]` belongs to `data[i]` and comes in as 0."""
    for document in range(len(offsets) - 1):
        at, end = offsets[document], offsets[document + 1]
        while at < end:
            character = _character(data, at, end, classes)
            found = _run_end(data, at, end, classes)
            stop = found >> 1
            if stop == at:
                at += character & 7
                continue
            if found & 1 and character >> 3 != NUMBER:
                _mark_identifier(data, at, stop, classes, flags)
            at = stop


# --- lines -----------------------------------------------------------------------------------------------------------


@njit(cache=True, nogil=True)
def _mixed(value: Int) -> Int:
    """The bits of a 64-bit number stirred (splitmix64's finish)."""
    value = np.uint64(value)
    value = (value ^ (value >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    value = (value ^ (value >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return value ^ (value >> np.uint64(31))


@njit(cache=True, nogil=True)
def _hash(data: U8, start: Int, end: Int) -> Int:
    """FNV-1a of these bytes, stirred; never 0."""
    value = np.uint64(0xCBF29CE484222325)
    for at in range(start, end):
        value = (value ^ np.uint64(data[at])) * np.uint64(0x100000001B3)
    value = _mixed(value)
    return value if value != np.uint64(0) else np.uint64(1)


@njit(cache=True, nogil=True)
def _is_blank(byte: Int) -> Int:
    return byte == 32 or (byte >= 9 and byte <= 13)


@njit(cache=True, nogil=True)
def hash_lines(data: U8, offsets: I64, out: U64) -> Int:
    """The hash of each line without the white space at its ends, 0 for one of nothing else; returns the number of lines."""
    size = 0
    for document in range(len(offsets) - 1):
        at, stop = offsets[document], offsets[document + 1]
        while at < stop:
            end = at
            while end < stop and data[end] != 10:
                end += 1
            left, right = at, end
            while left < right and _is_blank(data[left]):
                left += 1
            while right > left and _is_blank(data[right - 1]):
                right -= 1
            out[size] = _hash(data, left, right) if right > left else np.uint64(0)
            size += 1
            at = end + 1
    return size


@njit(cache=True, nogil=True)
def mark_lines(data: U8, offsets: I64, novel: Bool, flags: U8) -> None:
    """Set `NOVEL` on every byte of a novel line, its line feed included; the lines are those of `hash_lines`, in its order."""
    line = 0
    for document in range(len(offsets) - 1):
        at, stop = offsets[document], offsets[document + 1]
        while at < stop:
            end = at
            while end < stop and data[end] != 10:
                end += 1
            end = min(end + 1, stop)
            if novel[line]:
                for place in range(at, end):
                    flags[place] |= NOVEL
            line += 1
            at = end


@njit(cache=True, nogil=True)
def spell(ids: U32, tokens: U8, borders: I64, out: U8) -> None:
    """The bytes of the tokens, end to end; token `i` is `tokens[borders[i] : borders[i + 1]]`."""
    size = 0
    for number in range(len(ids)):
        token = ids[number]
        for at in range(borders[token], borders[token + 1]):
            out[size] = tokens[at]
            size += 1


@njit(cache=True, nogil=True)
def tally(ids: U32, ends: I64, flags: U8, is_blank: Bool, counts: I64, totals: I64) -> float:
    """Count ids into `counts`, and what tokens touch into `totals`; returns the tokens in novel lines, by the share of their bytes."""
    start, novel_tokens = np.int64(0), 0.0
    for number in range(len(ids)):
        end = ends[number]
        counts[ids[number]] += 1
        totals[BLANK] += is_blank[ids[number]]
        inside, held, crosses, novel = False, False, False, np.int64(0)
        for at in range(start, end):
            place = flags[at] & PLACE
            novel += flags[at] >> 3
            if place == OUT:
                inside = held = False
                continue
            if not inside:
                totals[TOUCHED] += 1
                inside = True
            if place == FIRST:
                totals[IDENTIFIERS] += 1
            if place == LATER and held:
                crosses = True
            if place != JOINT:
                held = True
        totals[CROSSING] += crosses
        totals[NOVEL_BYTES] += novel
        if novel:
            novel_tokens += novel / (end - start)
        start = end
    return novel_tokens


@njit(cache=True, nogil=True)
def same_texts(data: U8, offsets: I64, other: U8, others: I64, same: Bool) -> None:
    """For each text, whether it has the same bytes in both."""
    for document in range(len(offsets) - 1):
        start, other_start = offsets[document], others[document]
        length = offsets[document + 1] - start
        equal = length == others[document + 1] - other_start
        step = 0
        while equal and step < length:
            equal = data[start + step] == other[other_start + step]
            step += 1
        same[document] = equal


@njit(cache=True, nogil=True)
def hash_texts(data: U8, offsets: I64, out: U64) -> None:
    """A hash of each text."""
    for document in range(len(offsets) - 1):
        out[document] = _hash(data, offsets[document], offsets[document + 1])


@njit(cache=True, nogil=True)
def _places(data: U8, start: Int, end: Int, lines: bool, wanted: I64, found: I64) -> Int:
    """How many places there are to cut a text; those with the numbers `wanted` are put into `found`."""
    count, after_break = np.int64(0), False
    for at in range(start, end):
        byte = data[at]
        if lines:
            here = after_break and not _is_blank(byte)
            after_break = byte == 10 or (after_break and _is_blank(byte))
        else:
            here = at > start and byte & 0xC0 != 0x80
        if here:
            for number in range(len(wanted)):
                if wanted[number] == count:
                    found[number] = at
            count += 1
    return count


@njit(cache=True, nogil=True)
def choose_cuts(data: U8, offsets: I64, keys: U64, lines: bool, cuts: I64) -> None:
    """Cuts of each text, int64[texts, cuts per text], drawn by its key; the same place may be drawn twice, and -1 is no place at all.

    A cut lies in front of a character that is not the first one or, with `lines`, in front of the first character of a line that is not
    blank, after the indent; the first line apart.
    """
    wanted, found = np.empty(cuts.shape[1], np.int64), np.empty(cuts.shape[1], np.int64)
    for document in range(len(offsets) - 1):
        start, end = offsets[document], offsets[document + 1]
        for number in range(len(wanted)):
            wanted[number] = found[number] = -1
        count = _places(data, start, end, lines, wanted, found)
        for number in range(len(wanted)):
            drawn = _mixed(keys[document] + np.uint64(number + 1) * np.uint64(0x9E3779B97F4A7C15))
            wanted[number] = np.int64(drawn % np.uint64(count)) if count else -1
        if count:
            _places(data, start, end, lines, wanted, found)
        for number in range(len(wanted)):
            cuts[document, number] = found[number]


@njit(cache=True, nogil=True)
def resample(values: I64, seed: Int, out: I64) -> None:
    """Sums over rows drawn with replacement: int64[replicates, columns], which comes in as 0."""
    rows = len(values)
    for replicate in range(len(out)):
        key = _mixed(np.uint64(seed) + np.uint64(replicate + 1) * np.uint64(0x9E3779B97F4A7C15))
        for draw in range(rows):
            drawn = _mixed(key + np.uint64(draw + 1) * np.uint64(0x9E3779B97F4A7C15))
            row = np.int64(drawn % np.uint64(rows))
            for column in range(values.shape[1]):
                out[replicate, column] += values[row, column]

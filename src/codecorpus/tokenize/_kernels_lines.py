"""Lines to ids: what stage 1 makes of each word is remembered, put together, and merged across words; see `_kernels_stages`.

The words are those of `code`, but ids do not depend on how a line is cut: where two tokens do not stand side by side, the two words are
taken as one, and where that does not soon help, the line is.

Some kilobytes of lines go through each step before the next one, each step a function of its own: numba counts references of arrays
wherever one function calls another, and counting once a word took longer than the work.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from codecorpus.tokenize._kernels import CODE, I64, SUPERWORD, U8, U32, Int, pretoken_end
from codecorpus.tokenize._kernels_across import stage_two
from codecorpus.tokenize._kernels_encode import (
    _LOW,
    _NEAR_SHIFT,
    BYTE,
    BYTES_USED,
    DOCUMENT,
    IDS,
    IDS_USED,
    LONGEST,
    NEAR,
    USED,
    _0,
    _2,
    _32,
    _find,
    _mixed,
    _recall,
    _remember,
    _words,
)
from codecorpus.tokenize._kernels_merge import SHORT, merge
from codecorpus.tokenize._kernels_stages import U64, Rules, stand

# A block ends with the first line that ends after so many bytes, or with as many documents.
BLOCK = 1 << 12
# The most bytes of a line: 512 characters, and as many blanks. A longer one, where the cut is another, is not cut into words.
MOST_BYTES = 5 * 512
# Words of a line that are taken together with the one before, at most.
_MOST_JOINED = 16

_Text = tuple[U8, I64]
_Memory = tuple[U64, U8, U32]
_Known = tuple[U32, tuple[I64, U32]]


@njit(cache=True, nogil=True)
def _cut(text: _Text, cut: tuple[U8, Int], place: I64, ends: I64, lines: I64, documents: I64) -> Int:
    """Cut a block: the end of each word; the start of each line and its first word; lines up to the end of each document.

    Returns the number of lines, and leaves that of documents in `documents[-1]`. A line that is too long is a block without words.
    """
    data, offsets = text
    classes, whole = cut[0], cut[1] != SUPERWORD
    document, at = place[DOCUMENT], place[BYTE]
    words, line, finished = 0, 0, 0
    most = at + BLOCK
    lines[0, 1] = 0
    while document < len(offsets) - 1 and at < most and finished < BLOCK:
        end = offsets[document + 1]
        while at < end and at < most:
            lines[line, 0] = at
            after = end if whole else pretoken_end(data, at, end, classes, SUPERWORD)
            if after - at > MOST_BYTES:
                most = at
                if line > 0:
                    break
                at = after
            while at < after:
                at = pretoken_end(data, at, after, classes, CODE)
                ends[words] = at
                words += 1
            line += 1
            lines[line, 1] = words
        if at == end:
            documents[finished] = line
            document, finished = document + 1, finished + 1
    lines[line, 0], documents[-1] = at, finished
    return line


@njit(cache=True, nogil=True)
def _new(
    data: U8,
    start: Int,
    length: Int,
    known: _Known,
    memory: _Memory,
    found: tuple[Int, Int, Int],
    place: I64,
    out: U32,
) -> Int:
    """The ids of a word that is not remembered, which it is from now on where there is room; `found` is from `_find`."""
    number = _as_one(data, start, length, known, out)
    if (
        length <= LONGEST
        and 2 * place[USED] < len(memory[0])
        and place[BYTES_USED] + length <= len(memory[1])
        and place[IDS_USED] + number <= len(memory[2])
    ):
        _remember(memory, place, found, (data, start, length), out[:number])
    return number


@njit(cache=True, nogil=True)
def _look_up(
    data: U8,
    start: Int,
    ends: I64,
    known: _Known,
    memory: _Memory,
    near: U64,
    place: I64,
    found_ids: tuple[U32, I64],
) -> Int:
    """Write the ids of every word of a block, and where those of each begin; returns how many."""
    slots, store, id_store = memory
    ids, firsts = found_ids
    size = np.int64(0)
    for word in range(len(ends)):
        length, close = ends[word] - start, _0
        firsts[word] = size
        if length <= 16:
            first, second = _words(data, start, length)
            close = _mixed(first, second, length) >> _NEAR_SHIFT
            if (
                near[close, 0] == first
                and near[close, 1] == second
                and near[close, 2] >> _32 == np.uint64(length)
            ):
                two = near[close, 3]
                ids[size], ids[size + 1] = two & _LOW, two >> _32
                size += np.int64(near[close, 2] & _LOW)
                start = ends[word]
                continue
        found = (np.uint64(0), _0, _0)
        if length <= LONGEST:
            found = _find(slots, store, data, start, length)
        if length <= LONGEST and slots[found[0], 2] != _0:
            size += _recall(slots, id_store, found[0], ids, size)
            if length <= 16 and slots[found[0], 2] & _LOW <= _2:
                for column in range(4):
                    near[close, column] = slots[found[0], column]
        else:
            size += _new(data, start, length, known, memory, found, place, ids[size:])
        start = ends[word]
    firsts[len(ends)] = size
    return size


@njit(cache=True, nogil=True)
def _joined(
    data: U8,
    line: tuple[Int, I64, I64],
    known: _Known,
    rules: Rules,
    memory: _Memory,
    place: I64,
    ids: U32,
    base: Int,
) -> Int:
    """What stage 1 makes of a line, put to `base`: a word whose border does not stand takes the one before along.

    `line` is its start, the ends of its words and where in `ids` those of each begin. Returns how many ids.
    """
    start, ends, old = line
    within, _, junctions, _, halves, born = rules
    slots, store, id_store = memory
    starts, firsts = np.empty(len(ends), np.int64), np.empty(len(ends), np.int64)
    number, words, joined = 0, 0, 0
    for word in range(len(ends)):
        first, more = start if word == 0 else ends[word - 1], old[word + 1] - old[word]
        for step in range(more):
            ids[base + number + step] = ids[old[word] + step]
        while (
            words > 0
            and junctions[np.int64(data[first - 1]) << 8 | np.int64(data[first])] != 0
            and not stand(
                ids[base + number - 1], ids[base + number], within[0], halves, born, 3 * len(within[1])
            )
        ):
            words, joined = words - 1, joined + 1
            first, number = starts[words], firsts[words]
            length, found = ends[word] - first, (np.uint64(0), _0, _0)
            if length <= LONGEST:
                found = _find(slots, store, data, first, length)
            if length <= LONGEST and slots[found[0], 2] != _0:
                more = _recall(slots, id_store, found[0], ids, base + number)
            else:
                more = _new(data, first, length, known, memory, found, place, ids[base + number :])
        if joined > _MOST_JOINED:
            return _as_one(data, start, ends[-1] - start, known, ids[base:])
        starts[words], firsts[words] = first, number
        words, number = words + 1, number + more
    return number


@njit(cache=True, nogil=True)
def _as_one(data: U8, start: Int, length: Int, known: _Known, ids: U32) -> Int:
    """What stage 1 makes of a line, without regard to its words."""
    for step in range(length):
        ids[step] = known[0][data[start + step]]
    return merge(ids, length, known[1], np.empty((3, SHORT), np.int32))


@njit(cache=True, nogil=True)
def _unsound(data: U8, ends: I64, firsts: I64, lines: I64, line: Int, ids: U32, rules: Rules) -> Int:
    """The first line from `line` on with a border of words where two tokens do not stand; the number of lines where there is none."""
    within, _, junctions, _, halves, born = rules
    merges, end = within[0], 3 * len(within[1])
    while line < len(lines) - 1:
        for word in range(lines[line, 1], lines[line + 1, 1] - 1):
            at = ends[word]
            if junctions[np.int64(data[at - 1]) << 8 | np.int64(data[at])] != 0:
                here = firsts[word + 1]
                if not stand(ids[here - 1], ids[here], merges, halves, born, end):
                    return line
        line += 1
    return line


@njit(cache=True, nogil=True)
def _whole_lines(data: U8, lines: I64, whole: _Memory, spans: I64, ids: U32, end: Int) -> Int:
    """Lines that are a token without any merge, whose ids stand from `end` on; returns where they end."""
    for line in range(len(spans)):
        start, length = lines[line, 0], lines[line + 1, 0] - lines[line, 0]
        slot, _, _ = _find(whole[0], whole[1], data, start, length)
        if whole[0][slot, 2] != _0:
            spans[line, 0], spans[line, 1] = end, 1
            end += _recall(whole[0], whole[2], slot, ids, end)
    return end


@njit(cache=True, nogil=True)
def _stage_one(
    data: U8,
    lines: I64,
    ends: I64,
    vocabulary: tuple[U32, Rules, _Memory],
    memory: _Memory,
    near: U64,
    place: I64,
    scratch: tuple[U32, I64, I64],
) -> None:
    """What stage 1 makes of the lines of a block, as start and number of ids in `spans`."""
    byte_ids, rules, whole = vocabulary
    ids, firsts, spans = scratch
    known, count = (byte_ids, rules[0]), len(lines) - 1
    end = _look_up(data, lines[0, 0], ends, known, memory, near, place, (ids, firsts))
    for line in range(count):
        spans[line, 0] = firsts[lines[line, 1]]
        spans[line, 1] = firsts[lines[line + 1, 1]] - spans[line, 0]
    line = 0
    while True:
        line = _unsound(data, ends, firsts, lines, line, ids, rules)
        if line == count:
            break
        first, last = lines[line, 1], lines[line + 1, 1]
        words = (lines[line, 0], ends[first:last], firsts[first : last + 1])
        spans[line, 0], spans[line, 1] = end, _joined(data, words, known, rules, memory, place, ids, end)
        end, line = end + spans[line, 1], line + 1
    if len(whole[0]) > 1:
        _whole_lines(data, lines, whole, spans, ids, end)


@njit(cache=True, nogil=True)
def encode_lines(
    data: U8,
    offsets: I64,
    cut: tuple[U8, Int],
    vocabulary: tuple[U32, Rules, tuple[U64, U8, U32]],
    memory: tuple[U64, U8, U32],
    place: I64,
    out: U32,
    out_offsets: I64,
) -> None:
    """Encode documents from `place` on, until the text ends or the memory is full. See `_kernels_encode.encode`.

    `cut` is (class table, mode): lines where the mode is `SUPERWORD`, else documents are not cut into lines.
    """
    most = BLOCK + MOST_BYTES + 2
    near, ids = np.zeros((NEAR, 4), np.uint64), np.empty(3 * most, np.uint32)
    ends, firsts = np.empty(most, np.int64), np.empty(most, np.int64)
    lines, spans = np.empty((most, 2), np.int64), np.empty((most, 3), np.int64)
    documents = np.empty(BLOCK + 1, np.int64)
    known = (vocabulary[0], vocabulary[1][0])
    while place[DOCUMENT] < len(offsets) - 1:
        count = _cut((data, offsets), cut, place, ends, lines, documents)
        block, size = lines[: count + 1], place[IDS]
        if count == 1 and block[1, 0] - block[0, 0] > MOST_BYTES:
            number = _as_one(data, block[0, 0], block[1, 0] - block[0, 0], known, out[size:])
            spans[0, 2] = size + merge(out[size:], number, vocabulary[1][1], np.empty((3, SHORT), np.int32))
        else:
            words = ends[: block[count, 1]]
            _stage_one(data, block, words, vocabulary, memory, near, place, (ids, firsts, spans[:count]))
            stage_two(vocabulary[1], spans[:count], ids, out, size)
        for step in range(documents[BLOCK]):
            out_offsets[place[DOCUMENT] + 1 + step] = (
                spans[documents[step] - 1, 2] if documents[step] else size
            )
        place[DOCUMENT] += documents[BLOCK]
        place[BYTE] = block[count, 0]
        place[IDS] = spans[count - 1, 2] if count else size
        if (
            2 * place[USED] >= len(memory[0])
            or place[BYTES_USED] + LONGEST > len(memory[1])
            or place[IDS_USED] + LONGEST > len(memory[2])
        ):
            break

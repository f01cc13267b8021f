"""The loops over repeats: of words, of runs of words, of lines. Plain arrays in, plain arrays out; numpy and numba only.

Repeats of n words are found without comparing n words at a time: a run of n words has the number of the pair of runs of n - 1 words
that it consists of, and only runs that stand more than once can be part of a longer one that does. So the loops over n = 2 … 10
become shorter with each n. No hash ever decides that two words, runs or lines are the same: what has the same hash is compared.
Every kernel has an obvious twin in `tests/naive_text.py`.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

from codecorpus.parse._kernels_words import (
    DISTINCT,
    LINE_INK,
    PLACEHOLDERS,
    PRIME,
    REPEATED,
    REPEATED_INK,
    REPEATED_LINES,
    SMALL,
    TOP,
    WORD_CHARACTERS,
    WORD_COLUMNS,
    count_base64,
    count_escapes,
    count_pairs,
    count_words,
    list_words,
    most_words,
)

U8 = NDArray[np.uint8]
I32 = NDArray[np.int32]
I64 = NDArray[np.int64]
U64 = NDArray[np.uint64]
#: A 64-bit integer: numpy's inside a kernel, Python's outside, and mypy has no word for both.
Int = Any


def _known(words: str) -> tuple[U8, I64, I64]:
    """Words, sorted, as flat bytes and offsets; and for each small letter the first of them that starts with it, or a later one."""
    listed = sorted(words.encode().split())
    offsets = np.cumsum([0, *map(len, listed)]).astype(np.int64)
    firsts = [sum(word[0] < letter for word in listed) for letter in range(97, 97 + 27)]
    return np.frombuffer(b"".join(listed), np.uint8), offsets, np.array(firsts, np.int64)


#: Words of the text that stands for text, as far as they are not words of a program: no `sit`, `sed`, `magna`, `tempor`.
PLACEHOLDER_WORDS = """
    lorem ipsum dolor amet consectetur consectetuer adipiscing adipisicing elit eiusmod incididunt labore dolore aliqua
    veniam quis nostrud exercitation ullamco laboris aliquip commodo consequat duis aute irure reprehenderit voluptate velit
    cillum fugiat nulla pariatur excepteur occaecat cupidatat proident sunt culpa officia deserunt mollit laborum
    vestibulum pellentesque mauris phasellus curabitur suspendisse vivamus aenean praesent maecenas quisque nullam fusce
    sollicitudin tincidunt ullamcorper tristique dignissim eleifend scelerisque
"""
_KNOWN, _KNOWN_OFFSETS, _KNOWN_FIRSTS = _known(PLACEHOLDER_WORDS)


@njit(cache=True, nogil=True)
def _same_word(data: U8, first: I64, second: I64) -> bool:
    """Whether two words are the same but for the case of ASCII letters."""
    length = first[1] - first[0]
    if second[1] - second[0] != length:
        return False
    for i in range(length):
        one, other = data[first[0] + i], data[second[0] + i]
        if one != other and (one >= 128 or SMALL[one] != SMALL[other]):
            return False
    return True


@njit(cache=True, nogil=True)
def _is_placeholder(data: U8, word: I64) -> bool:
    """Whether the word is one of `PLACEHOLDER_WORDS`."""
    start, length = word[0], word[1] - word[0]
    letter = np.int64(SMALL[data[start]]) - 97
    if length < 4 or letter < 0:
        return False
    for known in range(_KNOWN_FIRSTS[letter], _KNOWN_FIRSTS[letter + 1]):
        first = _KNOWN_OFFSETS[known]
        if _KNOWN_OFFSETS[known + 1] - first != length:
            continue
        same = 1
        while same < length and _KNOWN[first + same] == SMALL[data[start + same]]:
            same += 1
        if same == length:
            return True
    return False


# Rows of the room for the runs of words of one document.
_IDS, _POSITIONS, _FIRST, _TALLY = range(4)
ROWS = 5  # two tallies


@njit(cache=True, nogil=True, forceinline=True)
def _emptied(table: I32, wanted: int) -> np.uint64:
    """Empty as much of the table as `wanted` entries take, and return the mask of that part; at most half of it will be full."""
    size = 4
    while size < 2 * wanted:
        size *= 2
    for slot in range(size):
        table[slot] = -1
    return np.uint64(size - 1)


@njit(cache=True, nogil=True)
def _same_line(data: U8, one: I64, other: I64) -> bool:
    """Whether two lines have the same words and symbols, whatever the white space between; all that is not ASCII is of a word."""
    first, second = one[0], other[0]
    wordy = False  # the last character is part of a word
    while True:
        begun, begun_other = first, second
        while first < one[1] and data[first] <= 32:
            first += 1
        while second < other[1] and data[second] <= 32:
            second += 1
        if first == one[1] or second == other[1]:
            return bool(first == one[1] and second == other[1])
        if data[first] != data[second]:
            return False
        if wordy and SMALL[data[first]] and (first > begun) != (second > begun_other):
            return False
        wordy = SMALL[data[first]] != 0
        first += 1
        second += 1


@njit(cache=True, nogil=True)
def _says_nothing(data: U8, line: I64) -> bool:
    """Lines of one character and `},` are repeated by right."""
    if line[2] != 2:
        return bool(line[2] < 2)
    at = line[0]
    while at < line[1] and data[at] <= 32:
        at += 1
    if data[at] != 125:
        return False
    at += 1
    while at < line[1] and data[at] <= 32:
        at += 1
    return bool(at < line[1] and data[at] == 44)


@njit(cache=True, nogil=True)
def count_repeated_lines(data: U8, lines: I64, hashes: U64, table: I32, room: I32, counts: I64) -> None:
    """Count the lines that stand in the document more than once, and their ink.

    Args:
        data: uint8, all texts.
        lines: int64[lines, 3] of those that are not blank: start, end, ink.
        hashes: uint64 per line.
        table: int32, room for a hash table.
        room: int32[ROWS, lines or more], room for their numbers.
        counts: int64[WORD_COLUMNS] of the document.
    """
    ids, tally, firsts = room[_IDS], room[_TALLY], room[_FIRST]
    mask = _emptied(table, len(lines))
    distinct = 0
    for line in range(len(lines)):
        slot = (hashes[line] >> np.uint64(32)) & mask
        while table[slot] >= 0:
            first = firsts[table[slot]]
            if hashes[first] == hashes[line] and _same_line(data, lines[first], lines[line]):
                break
            slot = (slot + np.uint64(1)) & mask
        if table[slot] < 0:
            table[slot] = distinct
            firsts[distinct], tally[distinct] = line, 0
            distinct += 1
        ids[line] = table[slot]
        tally[ids[line]] += 1
    for line in range(len(lines)):
        counts[LINE_INK] += lines[line, 2]
        if tally[ids[line]] > 1 and not _says_nothing(data, lines[line]):
            counts[REPEATED_LINES] += 1
            counts[REPEATED_INK] += lines[line, 2]


@njit(cache=True, nogil=True)
def _number_words(data: U8, words: I64, hashes: U64, table: I32, room: I32, counts: I64) -> None:
    """Number the words: the same to the same word, from 0 in the order of first appearance.

    Args:
        data: uint8, all texts.
        words: int64[words, 4]: start, end, characters, bits.
        hashes: uint64 per word.
        table: int32, room for a hash table.
        room: int32[ROWS, words or more]; written are the number of each word, and tally and first word of each number.
        counts: int64[WORD_COLUMNS] of the document.
    """
    ids, tally, firsts = room[_IDS], room[_TALLY], room[_FIRST]
    mask = _emptied(table, len(words))
    distinct = 0
    for word in range(len(words)):
        slot = (hashes[word] >> np.uint64(32)) & mask
        while table[slot] >= 0:
            first = firsts[table[slot]]
            if hashes[first] == hashes[word] and _same_word(data, words[first], words[word]):
                break
            slot = (slot + np.uint64(1)) & mask
        if table[slot] < 0:
            table[slot] = distinct
            firsts[distinct] = word
            tally[distinct] = 0
            distinct += 1
        ids[word] = table[slot]
        tally[ids[word]] += 1
    counts[DISTINCT] = distinct
    for number in range(distinct):
        if _is_placeholder(data, words[firsts[number]]):
            counts[PLACEHOLDERS] += tally[number]


@njit(cache=True, nogil=True)
def _number_runs(
    words: int, listed: int, table: I32, room: I32, pairs: U64, before: I32, tally: I32
) -> tuple[int, int]:
    """From runs of n - 1 words to those of n words, as far as they consist of runs that stand more than once.

    Args:
        words: how many there are in the document.
        listed: how many runs of n - 1 words are listed in `room[_POSITIONS]`, ascending; `room[_IDS]` is -1 for all others.
        table: int32, room for a hash table.
        room: as for `_number_words`; number and first position of the runs of n words are written, and their list.
        pairs: uint64, as long as a row of `room`, room for the two runs of n - 1 words that make up one of n.
        before: int32, as long: how often each run of n - 1 words stands.
        tally: int32, as long, written: how often each of n words stands.

    Returns:
        How many runs of n words are listed now, and how many of them differ.
    """
    ids, positions, firsts = room[_IDS], room[_POSITIONS], room[_FIRST]
    mask = _emptied(table, listed)
    distinct = kept = 0
    for index in range(listed):
        at = positions[index]
        left, right = ids[at], ids[at + 1] if at + 1 < words else -1
        if right < 0 or before[left] < 2 or before[right] < 2:
            ids[at] = -1
            continue
        pair = np.uint64(left) << np.uint64(32) | np.uint64(right)
        slot = ((pair * PRIME) >> np.uint64(32)) & mask
        number = table[slot]
        while number >= 0 and pairs[number] != pair:
            slot = (slot + np.uint64(1)) & mask
            number = table[slot]
        if number < 0:
            number = np.int32(distinct)
            table[slot] = number
            pairs[number], firsts[number], tally[number] = pair, at, 0
            distinct += 1
        ids[at] = number
        tally[number] += 1
        positions[kept] = at
        kept += 1
    return kept, distinct


@njit(cache=True, nogil=True)
def _top(words: I64, size: int, distinct: int, firsts: I32, tally: I32, counts: I64) -> Int:
    """Characters of the most frequent run of `size` words, the first of them, times how often it stands; 0 if once."""
    best, most = -1, np.int32(1)
    for number in range(distinct):
        if tally[number] > most:
            best, most = number, tally[number]
    characters = np.int64(0)
    if best >= 0:
        for word in range(firsts[best], firsts[best] + size):
            characters += words[word, 2]
    return min(characters * most, counts[WORD_CHARACTERS])


@njit(cache=True, nogil=True)
def _count_runs(words: I64, table: I32, room: I32, pairs: U64, counts: I64) -> None:
    """Count the characters of the most frequent runs of 2 to 4 words and of all repeated runs of 5 to 10."""
    for word in range(len(words)):
        room[_POSITIONS, word] = word
    listed = len(words)
    for size in range(2, 11):
        before, tally = room[_TALLY + size % 2], room[_TALLY + (size + 1) % 2]  # in turn
        listed, distinct = _number_runs(len(words), listed, table, room, pairs, before, tally)
        if listed == 0:
            return
        if size <= 4:
            counts[TOP + size - 2] = _top(words, size, distinct, room[_FIRST], tally, counts)
        else:
            done = 0
            for index in range(listed):
                at = room[_POSITIONS, index]
                if tally[room[_IDS, at]] > 1:
                    for word in range(max(done, at), at + size):
                        counts[REPEATED + size - 5] += words[word, 2]
                    done = at + size


@njit(cache=True, nogil=True)
def word_counts(data: U8, offsets: I64, classes: U8) -> I64:
    """Words, encoded data, and repeated words, runs of words and lines of each text.

    Args:
        data: uint8, UTF-8 of all texts.
        offsets: int64, n + 1.
        classes: uint8 per code point, as `codecorpus.unicode.CLASSES`.

    Returns:
        int64[n, WORD_COLUMNS]. `WORDS`, `DISTINCT`, `NUMBERS` and `PLACEHOLDERS` count words, `TODO_LINES` and `REPEATED_LINES` lines,
        the others characters.
    """
    counts = np.zeros((len(offsets) - 1, WORD_COLUMNS), np.int64)
    # As much as the largest document might need; pages that nothing is written to cost nothing.
    most = most_words(data, offsets) + 1
    words, hashes = np.empty((most, 4), np.int64), np.empty(most, np.uint64)
    lines, line_hashes = np.empty((most, 3), np.int64), np.empty(most, np.uint64)
    room, table = np.empty((ROWS, most), np.int32), np.empty(4 * most + 4, np.int32)
    for row in range(len(offsets) - 1):
        start, end, found = offsets[row], offsets[row + 1], counts[row]
        listed, listed_lines = list_words(data, start, end, classes, words, hashes, lines, line_hashes)
        own = words[:listed]
        count_base64(data, own, found)
        count_pairs(data, own, found)
        count_escapes(data, own, found)
        count_words(data, own, found)
        count_repeated_lines(data, lines[:listed_lines], line_hashes, table, room, found)
        _number_words(data, own, hashes, table, room, found)
        _count_runs(own, table, room, hashes, found)
    return counts

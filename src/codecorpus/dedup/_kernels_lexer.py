"""The loop of the code lexer: bytes and a language's rules → tokens (kind, begin, end), a block at a time.

Plain arrays in, plain arrays out; numpy and numba only. What the rules mean stands in `lexers.py`; the obvious twin is
`tests/naive_lexer.py`. A literal or comment that does not end opens nothing, and its rule is not tried again before the place where
its end was missed: every rule reads every byte a bounded number of times, whatever the text.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from numba import njit

from codecorpus.dedup import _kernels_scan as scan
from codecorpus.dedup._kernels_inner import folded, inner

U8 = npt.NDArray[np.uint8]
I32 = npt.NDArray[np.int32]
U64 = npt.NDArray[np.uint64]
I64 = npt.NDArray[np.int64]


#: Kinds of tokens.
WORD, NUMBER, LITERAL, OPERATOR, TAG, COMMENT = 1, 2, 3, 4, 5, 6

_LONGEST_OPERATOR = 3
_LONGEST_END_WORD = 64
_FNV_BASIS = np.uint64(0xCBF29CE484222325)
_FNV_PRIME = np.uint64(0x00000100000001B3)


@njit(cache=True, nogil=True)
def word_key(data: U8, begin: int, end: int, fold: U8) -> np.uint64:
    """FNV-1a of a word, folded."""
    value = _FNV_BASIS
    for position in range(begin, end):
        value = (value ^ np.uint64(fold[data[position]])) * _FNV_PRIME
    return value


@njit(cache=True, nogil=True)
def word_languages(key: np.uint64, row: int, words: U64) -> np.uint64:
    """The languages, a bit each, that row 1 or 2 of the table of words gives for a word."""
    last = words.shape[1] - 1
    slot = np.int64(key & np.uint64(last))
    while words[0, slot] != np.uint64(0):
        if words[0, slot] == key:
            return np.uint64(words[row, slot])
        slot = (slot + 1) & last
    return np.uint64(0)


@inner
def _regex_may_begin(data: U8, position: int, lines: bool, state: I64, tables: Any) -> bool:
    """Whether a `/` begins a regular expression: by the token before it, or, with `lines`, the line's end before it."""
    last = state[scan.LAST]
    if lines and last:
        for between in range(state[scan.LAST_END], position):
            if data[between] == 10:
                return True
    if last == WORD:
        language = state[scan.LANGUAGE]
        key = word_key(data, state[scan.LAST_BEGIN], state[scan.LAST_END], tables.folds[language])
        return bool((word_languages(key, 2, tables.words) >> np.uint64(language)) & np.uint64(1))
    if last != OPERATOR:
        return bool(last == 0 or last == TAG)
    end = state[scan.LAST_END]
    byte = data[end - 1]
    if byte == 41 or byte == 93 or byte == 125 or byte == 60:  # ) ] } and, for JSX, <
        return False
    if byte == 62:
        return bool(end - 2 >= state[scan.BEGIN] and data[end - 2] == 61)  # `=>`, and not `>`
    if byte == 43 or byte == 45:
        return bool(end - state[scan.LAST_BEGIN] == 1)  # not `++`
    return True


@inner
def _open_heredoc(data: U8, begin: int, stop: int, rule: I64, state: I64, classes: U8) -> int:
    """The end of `<<~"WORD"`, or -1. Its end word is remembered; its body begins on the next line."""
    if state[scan.END_WORD_END] or state[scan.MISSES] >= scan.MOST_MISSES:
        return -1
    position = begin + rule[scan.OPEN_LENGTH]
    is_free = rule[scan.WHERE] == scan.FREE
    indented = rule[scan.BITS] & scan.INDENTED
    last = min(stop, position + scan.MOST_MARKS)
    while not is_free and position < last and data[position] == 32:
        position += 1
    if position >= stop:
        return -1
    quote = np.int64(data[position])
    if quote == 34 or quote == 39 or quote == 96 or quote == 92:
        position += 1
    elif not classes[quote] & scan.IS_WORD or (is_free and not indented and quote >= 97):
        return -1
    word = position
    last = min(stop, position + _LONGEST_END_WORD)
    if quote == 34 or quote == 39 or quote == 96:
        while position < last and data[position] != quote and not scan.is_line_end(data[position]):
            position += 1
        if position == word or position >= last or data[position] != quote:
            return -1
        end = position + 1
    else:
        while position < last and classes[data[position]] & scan.MORE:
            position += 1
        end = position
    if position == word:
        return -1
    state[scan.END_WORD] = word
    state[scan.END_WORD_END] = position
    state[scan.END_BITS] = rule[scan.BITS]
    return int(end)


@inner
def _heredoc_end(data: U8, position: int, stop: int, state: I64, classes: U8) -> int:
    """The end of the end word that stands alone on a line, from the line at `position` on, or -1."""
    word = state[scan.END_WORD]
    length = state[scan.END_WORD_END] - word
    while position < stop:
        if state[scan.END_BITS] & scan.INDENTED:
            while position < stop and (data[position] == 32 or data[position] == 9):
                position += 1
        same = 0
        while same < length and position + same < stop and data[position + same] == data[word + same]:
            same += 1
        end = position + length
        goes_on = end < stop and not scan.is_line_end(data[end])
        if goes_on and state[scan.END_BITS] & scan.OPEN_END:
            goes_on = classes[data[end]] & scan.MORE != 0
        if same == length and not goes_on:
            return int(end)
        while position < stop and data[position] != 10:
            position += 1
        position += 1
    return -1


@inner
def _indentation(data: U8, position: int, stop: int) -> int:
    """Blanks at the beginning of a line."""
    begin = position
    while position < stop and data[position] == 32:
        position += 1
    return position - begin


@inner
def _scan_scalar(data: U8, begin: int, stop: int, state: I64) -> int:
    """The end of a block of YAML, `|` or `>` at the end of a line and all lines indented more than what it belongs to, or -1."""
    end = state[scan.LAST_END]
    if state[scan.LAST] != OPERATOR or not (data[end - 1] == 58 or data[end - 1] == 45):
        return -1
    position = begin + 1
    last = min(stop, position + 3)
    while position < last and (48 <= data[position] <= 57 or data[position] == 43 or data[position] == 45):
        position += 1
    while position < stop and (data[position] == 32 or data[position] == 9):
        position += 1
    if position < stop and data[position] == 35:
        position = scan.line_end(data, position, stop)
    if position < stop and not scan.is_line_end(data[position]):
        return -1
    line = begin
    while line > state[scan.BEGIN] and data[line - 1] != 10:
        line -= 1
    column = _indentation(data, line, stop)
    while data[line + column] == 45 and data[line + column + 1] == 32:
        inner = column + 1 + _indentation(data, line + column + 1, stop)
        if line + inner == begin:
            break
        column = inner
    end = position
    while position < stop:
        while position < stop and scan.is_line_end(data[position]):
            position += 1
        indentation = _indentation(data, position, stop)
        first = position + indentation
        if first < stop and not scan.is_line_end(data[first]):
            if indentation <= column:
                break
            end = scan.line_end(data, first, stop)
        position = scan.line_end(data, first, stop)
    return end


@inner
def _scan(data: U8, begin: int, stop: int, rule: I64, state: I64, tables: Any) -> int:
    """The end of what one rule describes, or below 0."""
    kind = rule[scan.KIND]
    after = begin + rule[scan.OPEN_LENGTH]
    classes = tables.classes[state[scan.LANGUAGE]]
    if kind == scan.STRING:
        return scan.scan_string(data, begin, stop, rule, state)
    if kind == scan.LINE:
        return scan.scan_line(data, after, stop, rule[scan.BITS])
    if kind == scan.BLOCK or kind == scan.TAG:
        return scan.scan_block(data, after, stop, rule)
    if kind == scan.CHAR:
        return scan.scan_char(data, begin, stop)
    if kind == scan.REGEX:
        lines = rule[scan.BITS] & scan.LINES != 0
        may = _regex_may_begin(data, begin, lines, state, tables)
        return scan.scan_regex(data, begin, stop, classes) if may else -1
    if kind == scan.HEREDOC:
        return _open_heredoc(data, begin, stop, rule, state, classes)
    if kind == scan.QUOTE:
        return scan.scan_quote(data, begin, stop, rule, classes)
    if kind == scan.LONG:
        return scan.scan_long(data, begin, stop, rule)
    if kind == scan.RAW:
        return scan.scan_raw(data, begin, stop, rule)
    if kind == scan.CPP_RAW:
        return scan.scan_cpp_raw(data, begin, stop, rule)
    if kind == scan.SCALAR:
        return _scan_scalar(data, begin, stop, state)
    return stop if kind == scan.REST else after


@inner
def _kind_of(rule: I64, state: I64) -> int:
    """The kind of the token that a rule makes."""
    kind = rule[scan.KIND]
    if kind == scan.LINE or kind == scan.BLOCK or rule[scan.BITS] & scan.IS_COMMENT:
        return COMMENT
    if kind == scan.OP:
        return OPERATOR
    if kind == scan.TAG_END:
        state[scan.IN_TEXT] = 1
    return TAG if kind == scan.TAG_END or kind == scan.TAG else LITERAL


@folded
def _open(data: U8, begin: int, stop: int, state: I64, tables: Any) -> tuple[int, int]:
    """Kind and end of what the rules find at `begin`; kind 0 if nothing."""
    language = state[scan.LANGUAGE]
    row = tables.firsts[language, data[begin]]
    while True:
        rule = tables.rules[row]
        if (
            begin >= state[scan.FAILED + rule[scan.LOCAL]]
            and scan.stands(data, begin, stop, rule[scan.OPEN], rule[scan.OPEN_LENGTH])
            and scan.is_at(data, begin, state, tables.classes[language], rule[scan.WHERE])
        ):
            end = _scan(data, begin, stop, rule, state, tables)
            if end >= 0:
                return _kind_of(rule, state), end
            state[scan.FAILED + rule[scan.LOCAL]] = -1 - end
        if not rule[scan.NEXT]:
            return 0, begin
        row += 1


@inner
def _number_end(data: U8, begin: int, stop: int, classes: U8, quoted: bool) -> int:
    """The end of a number: digits, letters, a point before a digit, the sign of a decimal exponent."""
    position = begin + 1
    while position < stop:
        byte = data[position]
        if classes[byte] & (scan.IS_WORD | scan.IS_DIGIT):
            position += 1
            continue
        if position + 1 >= stop:
            break
        after = classes[data[position + 1]]
        before = data[position - 1] | 32
        is_point = byte == 46 and after & scan.IS_DIGIT
        is_separator = quoted and byte == 39 and after & scan.MORE
        is_sign = (byte == 43 or byte == 45) and before == 101 and after & scan.IS_DIGIT
        if not (is_point or is_separator or (is_sign and data[begin + 1] | 32 != 120)):
            break
        position += 2
    return position


@inner
def _plain(data: U8, begin: int, stop: int, classes: U8, mode: int, joins: U8) -> tuple[int, int]:
    """Kind and end of a word, number or operator."""
    byte = data[begin]
    position = begin + 1
    if classes[byte] & scan.IS_WORD:
        while position < stop and classes[data[position]] & scan.MORE:
            position += 1
        return WORD, position
    if classes[byte] & scan.IS_DIGIT:
        return NUMBER, _number_end(data, begin, stop, classes, mode & scan.QUOTED_NUMBERS != 0)
    if byte == 92 and mode & scan.ESCAPES:
        return OPERATOR, scan.after_escape(data, begin, stop)
    last = min(stop, begin + _LONGEST_OPERATOR)
    while position < last and joins[data[position - 1], data[position]]:
        if classes[data[position]] & scan.MAY_OPEN:
            break
        position += 1
        if (byte == 43 or byte == 45) and data[position - 1] == byte:
            break  # `*end++=c` is `++` and `=`
    return OPERATOR, position


@folded
def _special(data: U8, begin: int, stop: int, state: I64, tables: Any) -> tuple[int, int]:
    """Kind and end of what is no plain token at `begin`, in the text around PHP too; kind 0 if it is one."""
    if not state[scan.IN_TEXT]:
        return _open(data, begin, stop, state, tables)
    end = scan.tag_end(data, begin, stop) if data[begin] == 60 else -1
    if end < 0:
        return 0, begin
    state[scan.IN_TEXT] = 0
    return TAG, end


@inner
def _start(data: U8, begin: int, stop: int, language: int, mode: int, state: I64) -> int:
    """Makes int64[STATE] `state` that of a document; returns where its text begins, behind a byte order mark."""
    begin = scan.text_begin(data, begin, stop)
    for slot in range(len(state)):
        state[slot] = 0
    state[scan.BEGIN] = begin
    state[scan.LANGUAGE] = language
    state[scan.MODE] = mode
    state[scan.IN_TEXT] = mode & scan.STARTS_IN_TEXT
    return begin


@folded
def _lex(data: U8, span: I64, filled: int, state: I64, tables: Any, tokens: I32) -> int:
    """Writes the tokens of one document from `tokens[:, filled]` on; returns where they end. See `lex_documents`."""
    position, stop, language = span[0], span[1], span[2]
    mode = tables.modes[language]
    classes = tables.classes[language]
    position = _start(data, position, stop, language, mode, state)
    special = scan.MAY_OPEN | (scan.ANY if state[scan.IN_TEXT] else 0)
    waits = False  # for the body of a heredoc
    last = -1
    end = scan.shebang_end(data, position, stop)
    kind = COMMENT if end >= 0 else 0
    while position < stop:
        if kind == 0:
            byte_class = classes[data[position]]
            if byte_class & scan.IS_SPACE:
                position += 1
                if not waits or data[position - 1] != 10:
                    continue
                end = _heredoc_end(data, position, stop, state, classes)
                state[scan.END_WORD_END] = 0
                waits = False
                if end < 0:
                    state[scan.MISSES] += 1
                    continue
                kind = LITERAL
            elif byte_class & special:
                if last >= 0:
                    state[scan.LAST] = tokens[0, last]
                    state[scan.LAST_BEGIN] = tokens[1, last]
                    state[scan.LAST_END] = tokens[2, last]
                kind, end = _special(data, position, stop, state, tables)
                waits = state[scan.END_WORD_END] != 0
                special = scan.MAY_OPEN | (scan.ANY if state[scan.IN_TEXT] else 0)
            if kind == 0:
                kind, end = _plain(data, position, stop, classes, mode, tables.joins)
        tokens[0, filled] = kind
        tokens[1, filled] = position
        tokens[2, filled] = end
        if kind != COMMENT:
            last = filled
        filled += 1
        position = end
        kind = 0
    return filled


@njit(cache=True, nogil=True)
def lex_documents(data: U8, offsets: I64, languages: I64, tables: Any, tokens: I32, borders: I64) -> None:
    """The tokens of some documents.

    Args:
        data: uint8 text of the documents, below 2 GiB.
        offsets: int64[documents + 1] borders of the documents in `data`.
        languages: int64[documents] rows of `tables`.
        tables: `lexers.Tables`.
        tokens: int32[3, n], room for as many as there are bytes, filled with kinds, begins and ends.
        borders: int64[documents + 1], filled with the borders of the documents in `tokens`.
    """
    state = np.zeros(scan.STATE, np.int64)
    span = np.zeros(3, np.int64)
    borders[0] = 0
    for document in range(len(offsets) - 1):
        span[0], span[1], span[2] = offsets[document], offsets[document + 1], languages[document]
        borders[document + 1] = _lex(data, span, borders[document], state, tables, tokens)

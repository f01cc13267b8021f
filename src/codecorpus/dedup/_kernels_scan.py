"""The loops that find where a comment or literal ends, one for each kind of rule; `_kernels_lexer.py` calls them.

Plain arrays in, plain arrays out; numpy and numba only. What the rules mean stands in `lexers.py`; the obvious twin is
`tests/naive_lexer.py`. Every `scan_…` gives the end, or -1 where there is no such thing, or -1 - p where it begins and does not end,
and p is the place up to which that was looked for.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from codecorpus.dedup._kernels_inner import inner

U8 = npt.NDArray[np.uint8]
I64 = npt.NDArray[np.int64]


# Bits of a byte's class.
IS_SPACE, IS_WORD, IS_DIGIT, MORE, MAY_OPEN, ANY, ENDS_OPERAND, IS_DELIMITER = 1, 2, 4, 8, 16, 32, 64, 128
# Columns of a rule.
KIND, OPEN, OPEN_LENGTH, CLOSE, CLOSE_LENGTH, ESCAPE, BITS, WHERE = 0, 1, 2, 3, 4, 5, 6, 7
HOLE, HOLE_LENGTH, LOCAL, NEXT = 8, 9, 10, 11
# Kinds of rules.
OP, LINE, BLOCK, STRING, CHAR, RAW, CPP_RAW, LONG, HEREDOC = 0, 1, 2, 3, 4, 5, 6, 7, 8
REGEX, SCALAR, QUOTE, TAG_END, REST, TAG = 9, 10, 11, 12, 13, 14
# Bits of a rule.
LINES, NESTED, DOUBLED, CONTINUED, IS_COMMENT = 1, 2, 4, 8, 16
INDENTED, TO_LINE_END, OPEN_END, BEFORE_TAG, TWO_PARTS = 32, 64, 128, 256, 512
# Places.
AT_LINE_START, AFTER_BLANK, AFTER_SEPARATOR, FREE = 1, 2, 3, 4
# Bits of a language's mode.
STARTS_IN_TEXT, ESCAPES, QUOTED_NUMBERS, IS_STRUCTURAL = 1, 2, 4, 8
# Slots of the state: the last token, the document's begin, whether we are in text, the end word that a heredoc waits for.
LAST, LAST_BEGIN, LAST_END, BEGIN, IN_TEXT, END_WORD, END_WORD_END, END_BITS, MISSES = range(9)
LANGUAGE, MODE = 9, 10
#: Length of the state: what one document's lexing is resumed from.
STATE = 160
FAILED, FAILED_HOLES, DEPTHS, QUOTES = 16, 48, 80, 114
DEEPEST = 30
# Packed bytes and their number. Typed, because numba compiles a kernel anew for every literal that it is called with.
_ORDER_MARK, _SHEBANG, _XML, _PHP = (
    np.int64(0xBFBBEF),
    np.int64(0x2123),
    np.int64(0x6C6D78),
    np.int64(0x706870),
)
_TWO, _THREE = np.int64(2), np.int64(3)
MOST_MARKS = 16
MOST_MISSES = 8


@inner
def stands(data: U8, position: int, stop: int, packed: Any, length: Any) -> bool:
    """Whether the packed bytes stand at `position`."""
    if position + length > stop:
        return False
    for index in range(length):  # noqa: SIM110 - numba has no all()
        if data[position + index] != (packed >> (8 * index)) & 255:
            return False
    return True


@inner
def is_line_end(byte: Any) -> bool:
    return bool(byte == 10 or byte == 13)


@inner
def is_blank(byte: int) -> bool:
    return byte == 32 or 9 <= byte <= 13


@inner
def line_end(data: U8, position: int, stop: int) -> int:
    while position < stop and not is_line_end(data[position]):
        position += 1
    return position


@inner
def after_escape(data: U8, position: int, stop: int) -> int:
    """The position behind an escape and what it escapes; CR LF counts as one."""
    if position + 2 < stop and data[position + 1] == 13 and data[position + 2] == 10:
        return position + 3
    return min(position + 2, stop)


@inner
def is_at(data: U8, position: int, state: I64, classes: U8, where: int) -> bool:
    """Whether a rule's place is right."""
    if where == 0 or position == state[BEGIN]:
        return True
    before = data[position - 1]
    if where == AT_LINE_START:
        return is_line_end(before)
    if where == AFTER_BLANK:
        return is_blank(before)
    if where == AFTER_SEPARATOR:
        # ; ) & | `, and not `(`: `(#b)` is a pattern of zsh
        return (
            is_blank(before) or before == 59 or before == 41 or before == 38 or before == 124 or before == 96
        )
    if classes[before] & (MORE | ENDS_OPERAND):
        return False
    # `->s(...)` calls a method
    return not (before == 62 and position - 2 >= state[BEGIN] and data[position - 2] == 45)


@inner
def text_begin(data: U8, begin: int, stop: int) -> int:
    """Where a document's text begins: behind a byte order mark."""
    return begin + 3 if stands(data, begin, stop, _ORDER_MARK, _THREE) else begin


@inner
def shebang_end(data: U8, begin: int, stop: int) -> int:
    """The end of a first line that begins with `#!`, or -1; `#![` is an attribute of Rust."""
    if not stands(data, begin, stop, _SHEBANG, _TWO) or (begin + 2 < stop and data[begin + 2] == 91):
        return -1
    return line_end(data, begin, stop)


@inner
def tag_end(data: U8, begin: int, stop: int) -> int:
    """The end of `<?php`, `<?=` or `<?` at `begin`, or -1."""
    if begin + 1 >= stop or data[begin + 1] != 63:
        return -1
    if stands(data, begin + 2, stop, _XML, _THREE):
        return -1  # <?xml
    if stands(data, begin + 2, stop, _PHP, _THREE):
        return begin + 5
    return begin + 3 if begin + 2 < stop and data[begin + 2] == 61 else begin + 2


@inner
def scan_line(data: U8, position: int, stop: int, bits: int) -> int:
    """The end of a comment that its line ends."""
    while position < stop:
        byte = data[position]
        if is_line_end(byte):
            return position
        if byte == 92 and bits & CONTINUED:
            position = after_escape(data, position, stop)
        elif byte == 63 and bits & BEFORE_TAG and position + 1 < stop and data[position + 1] == 62:
            return position
        else:
            position += 1
    return stop


@inner
def scan_block(data: U8, position: int, stop: int, rule: I64) -> int:
    """The end of a comment with an end of its own, or -1 - stop."""
    bits = rule[BITS]
    first = rule[CLOSE] & 255
    begin = rule[OPEN] & 255
    depth = 1
    while position < stop:
        byte = data[position]
        if byte == first and stands(data, position, stop, rule[CLOSE], rule[CLOSE_LENGTH]):
            position += rule[CLOSE_LENGTH]
            depth -= 1
            if depth == 0:
                return line_end(data, position, stop) if bits & TO_LINE_END else position
        elif bits & NESTED and byte == begin and stands(data, position, stop, rule[OPEN], rule[OPEN_LENGTH]):
            position += rule[OPEN_LENGTH]
            depth += 1
        else:
            position += 1
    return stop if bits & OPEN_END else -1 - stop


@inner
def scan_plain(data: U8, position: int, stop: int, rule: I64) -> int:
    """The end of a string whose inside does not matter, or -1 - where its end was missed."""
    first = rule[CLOSE] & 255
    escape = rule[ESCAPE]
    lines = rule[BITS] & LINES
    while position < stop:
        byte = data[position]
        if byte == escape:
            position = after_escape(data, position, stop)
        elif byte == first and stands(data, position, stop, rule[CLOSE], rule[CLOSE_LENGTH]):
            position += rule[CLOSE_LENGTH]
            if not (rule[BITS] & DOUBLED and position < stop and data[position] == first):
                return position
            position += 1
        elif not lines and is_line_end(byte):
            return -1 - position
        else:
            position += 1
    return -1 - stop


@inner
def scan_holes(data: U8, position: int, stop: int, rule: I64, state: I64) -> int:
    """As `scan_plain`, where expressions inside the string may hold strings. Even levels are strings, odd ones expressions."""
    level = 0
    state[QUOTES] = rule[CLOSE] & 255
    hole = rule[HOLE] & 255
    opens = (rule[HOLE] >> (8 * (rule[HOLE_LENGTH] - 1))) & 255
    closes = 41 if opens == 40 else 125
    lines = rule[BITS] & LINES
    while position < stop:
        byte = np.int64(data[position])
        if not lines and is_line_end(byte):
            return -1 - position
        if level & 1:
            if byte == opens:
                state[DEPTHS + level] += 1
            elif byte == closes:
                state[DEPTHS + level] -= 1
                if state[DEPTHS + level] == 0:
                    level -= 1
            elif (byte == 34 or byte == 39 or byte == 96) and level < DEEPEST:
                level += 1
                state[QUOTES + level] = byte
            position += 1
        elif (
            byte == hole
            and level < DEEPEST
            and state[QUOTES + level] == state[QUOTES]
            and stands(data, position, stop, rule[HOLE], rule[HOLE_LENGTH])
        ):
            level += 1
            state[DEPTHS + level] = 1
            position += rule[HOLE_LENGTH]
        elif byte == rule[ESCAPE]:
            position = after_escape(data, position, stop)
        elif level > 0 and byte == state[QUOTES + level]:
            level -= 1
            position += 1
        elif level > 0 and closes == 125 and is_line_end(byte) and state[QUOTES + level] != 96:
            return -1 - position  # a quote that is none: of a regular expression, say
        elif level == 0 and stands(data, position, stop, rule[CLOSE], rule[CLOSE_LENGTH]):
            position += rule[CLOSE_LENGTH]
            if not (rule[BITS] & DOUBLED and position < stop and data[position] == state[QUOTES]):
                return position
            position += 1
        else:
            position += 1
    return -1 - stop


@inner
def scan_string(data: U8, begin: int, stop: int, rule: I64, state: I64) -> int:
    """The end of a string, or -1: with its expressions if they can be made out, without them otherwise."""
    position = begin + rule[OPEN_LENGTH]
    if rule[HOLE_LENGTH] and begin >= state[FAILED_HOLES + rule[LOCAL]]:
        end = scan_holes(data, position, stop, rule, state)
        if end >= 0:
            return end
        state[FAILED_HOLES + rule[LOCAL]] = -1 - end
    return scan_plain(data, position, stop, rule)


@inner
def scan_char(data: U8, begin: int, stop: int) -> int:
    """The end of a quoted character, or -1 where the quote is none (a lifetime, a transposition)."""
    position = begin + 1
    if position >= stop or is_line_end(data[position]) or data[position] == 39:
        return -1
    if data[position] == 92:
        position += 2
        last = min(stop, position + 12)
        while position < last and data[position] != 39 and not is_line_end(data[position]):
            position += 1
    else:
        position += 1
        last = min(stop, position + 3)
        while position < last and data[position] & 0xC0 == 0x80:
            position += 1
    return position + 1 if position < stop and data[position] == 39 else -1


@inner
def _count(data: U8, position: int, stop: int, byte: int) -> int:
    """How often the byte stands at `position` in a row, up to a limit: more is no code."""
    last = min(stop, position + MOST_MARKS)
    begin = position
    while position < last and data[position] == byte:
        position += 1
    return position - begin


@inner
def scan_raw(data: U8, begin: int, stop: int, rule: I64) -> int:
    """The end of `r##"…"##` or `#"…"#`: as many marks behind as before. -1: it is none; below: where its end was missed."""
    position = begin + rule[OPEN_LENGTH]
    if rule[OPEN] & 255 == 35:
        position = begin
    marks = _count(data, position, stop, 35)
    position += marks
    if position >= stop or data[position] != 34:
        return -1
    position += 1
    while position < stop:
        if data[position] == 34 and _count(data, position + 1, stop, 35) >= marks:
            return int(position + 1 + marks)
        position += 1
    return -1 - stop


@inner
def scan_cpp_raw(data: U8, begin: int, stop: int, rule: I64) -> int:
    """The end of `R"mark(…)mark"`."""
    opened = begin + rule[OPEN_LENGTH]
    position = opened
    last = min(stop, opened + MOST_MARKS)
    while position < last and data[position] != 40 and not is_blank(data[position]):
        position += 1
    if position >= last or data[position] != 40:
        return -1
    length = position - opened
    position += 1
    while position + length + 1 < stop:
        if data[position] == 41 and data[position + length + 1] == data[opened - 1]:
            same = 0
            while same < length and data[position + 1 + same] == data[opened + same]:
                same += 1
            if same == length:
                return int(position + length + 2)
        position += 1
    return -1 - stop


@inner
def scan_long(data: U8, begin: int, stop: int, rule: I64) -> int:
    """The end of `[==[…]==]`."""
    position = begin + rule[OPEN_LENGTH]
    marks = _count(data, position, stop, 61)
    position += marks
    if position >= stop or data[position] != 91:
        return -1
    while position < stop:
        if data[position] == 93:
            same = _count(data, position + 1, stop, 61)
            if same == marks and position + 1 + marks < stop and data[position + 1 + marks] == 93:
                return int(position + marks + 2)
        position += 1
    return -1 - stop


@inner
def scan_regex(data: U8, begin: int, stop: int, classes: U8) -> int:
    """The end of `/…/flags` on one line."""
    position = begin + 1
    if position < stop and data[position] == 62:
        return -1  # `/>` ends a tag of JSX
    in_class = False
    while position < stop:
        byte = data[position]
        if is_line_end(byte):
            return -1 - position
        if byte == 92:
            position += 1
            if position < stop and is_line_end(data[position]):
                return -1 - position
        elif byte == 91:
            in_class = True
        elif byte == 93:
            in_class = False
        elif byte == 47 and not in_class:
            position += 1
            while position < stop and classes[data[position]] & MORE:
                position += 1
            return position
        position += 1
    return -1 - stop


@inner
def _partner(byte: Any) -> Any:
    """The delimiter that ends what `byte` begins."""
    if byte == 40:
        return 41
    if byte == 91 or byte == 123 or byte == 60:
        return byte + 2
    return byte


@inner
def _scan_body(data: U8, position: int, stop: int, opens: Any) -> int:
    """The end of one delimited body that begins at `position`, brackets nesting."""
    closes = _partner(opens)
    depth = 1
    while position < stop:
        byte = data[position]
        if byte == 92:
            position += 1
        elif byte == closes:
            depth -= 1
            if depth == 0:
                return position + 1
        elif byte == opens:
            depth += 1
        position += 1
    return -1 - stop


@inner
def scan_quote(data: U8, begin: int, stop: int, rule: I64, classes: U8) -> int:
    """The end of `q{…}`, `s/…/…/flags`, `%w[…]`."""
    position = begin + rule[OPEN_LENGTH]
    if position >= stop or not classes[data[position]] & IS_DELIMITER:
        return -1
    opens = np.int64(data[position])
    position = _scan_body(data, position + 1, stop, opens)
    if position >= 0 and rule[BITS] & TWO_PARTS:
        if _partner(opens) != opens:
            while position < stop and is_blank(data[position]):
                position += 1
            if position >= stop or not classes[data[position]] & IS_DELIMITER:
                return -1 - position
            opens = np.int64(data[position])
            position += 1
        position = _scan_body(data, position, stop, opens)
    while 0 <= position < stop and classes[data[position]] & MORE:
        position += 1
    return position

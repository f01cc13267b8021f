"""Comments that are code: lines of comments that read as statements and not as sentences. numpy and numba only.

No grammar is asked, because a line alone seldom parses. A line reads as code if it ends as a statement of its kind of language ends, or has
the form of an assignment, a call or a Python header, and does not read as prose: at most one place in it where a word of small letters
follows another with just a blank between them. Documentation comments are left out, because examples stand in them by right. The obvious
twin is in `tests/naive_tree.py`.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

U8 = NDArray[np.uint8]
U32 = NDArray[np.uint32]

_COMMENT = 1 << 0  # of `codecorpus.parse.roles`
_MAX_LINE = 1000  # bytes of a line that are looked at
#: Words after which a block follows, with a colon at the end of the line.
HEADERS = b"\0if\0elif\0else\0for\0while\0def\0class\0try\0except\0finally\0with\0case\0default\0async\0"
_HEADERS = np.frombuffer(HEADERS, np.uint8)
#: Words of small letters that stand side by side in code.
KEYWORDS = (
    b"\0in\0and\0or\0not\0is\0if\0else\0elif\0for\0new\0return\0import\0from\0as\0const\0let\0var\0int\0char\0void\0static\0public\0private"
    b"\0final\0def\0class\0function\0async\0await\0yield\0del\0raise\0throw\0throws\0unsigned\0long\0double\0float\0bool\0struct\0auto"
    b"\0typename\0template\0fn\0mut\0pub\0use\0mod\0impl\0func\0type\0package\0string\0byte\0boolean\0extends\0implements\0lambda\0with"
    b"\0while\0case\0typeof\0delete\0export\0default\0require\0end\0then\0do\0local\0"
)
_KEYWORDS = np.frombuffer(KEYWORDS, np.uint8)


@njit(cache=True, nogil=True, inline="always")
def _is_small(byte: int) -> bool:
    return 97 <= byte <= 122


@njit(cache=True, nogil=True, inline="always")
def _is_word_byte(byte: int) -> bool:
    return 97 <= (byte | 0x20) <= 122 or 48 <= byte <= 57 or byte == 95 or byte >= 0x80


@njit(cache=True, nogil=True)
def _is_listed(source: U8, start: int, end: int, words: U8) -> bool:
    """Whether the text is one of the words, which stand between NUL bytes.

    `_kernels_tree` has the same; numba's cache would not notice a change of a kernel that is called across files.
    """
    word = 0
    for i in range(len(words)):
        if words[i] != 0:
            continue
        if i - word == end - start and end > start:
            same = 0
            while same < end - start and source[start + same] == words[word + same]:
                same += 1
            if same == end - start:
                return True
        word = i + 1
    return False


@njit(cache=True, nogil=True)
def prose_joints(source: U8, start: int, end: int) -> int:
    """Places where two words of two small letters or more, neither a keyword, stand side by side with one blank between."""
    joints = 0
    word, at = -1, start
    was_plain = False  # the word before ended right before this blank, and is plain
    while at <= end:
        inside = at < end and _is_word_byte(source[at])
        if inside and word < 0:
            word = at
        elif not inside and word >= 0:
            is_plain = at - word >= 2
            for i in range(word, at):
                if not _is_small(source[i]):
                    is_plain = False
            if is_plain and _is_listed(source, word, at, _KEYWORDS):
                is_plain = False
            joints += was_plain and is_plain
            # Only one blank between words joins them.
            was_plain = is_plain and at + 1 < end and source[at] == 32 and _is_word_byte(source[at + 1])
            word = -1
        at += 1
    return joints


@njit(cache=True, nogil=True)
def _target_end(source: U8, start: int, end: int) -> int:
    """Where a dotted name with subscripts ends: what can be assigned to or called; `start`: there is none."""
    at = start
    if at == end or not _is_word_byte(source[at]) or 48 <= source[at] <= 57:
        return start
    while at < end and (_is_word_byte(source[at]) or source[at] == 46 or source[at] == 36):
        at += 1
    if at < end and source[at] == 91:
        while at < end and source[at] != 93:
            at += 1
        at = min(at + 1, end)
    return at


@njit(cache=True, nogil=True)
def _has_sign_or_is_short(source: U8, start: int, end: int) -> bool:
    """Whether a line has one of `( = . [` in it, or one blank at most: sentences end in a semicolon too."""
    blanks = 0
    for at in range(start, end):
        byte = source[at]
        if byte == 40 or byte == 61 or byte == 46 or byte == 91:
            return True
        blanks += byte == 32
    return blanks <= 1


@njit(cache=True, nogil=True)
def reads_as_code(source: U8, start: int, end: int) -> bool:
    """Whether a line without white space or comment signs around it reads as code."""
    if end <= start:
        return False
    last = source[end - 1]
    if last == 123 or last == 125:  # { }, but no directive in brackets
        has_form = end - start <= 3 or source[start] != 123
        return has_form and prose_joints(source, start, end) <= 1
    if last == 59:  # ;
        has_form = end - start >= 3 and _has_sign_or_is_short(source, start, end)
        return has_form and prose_joints(source, start, end) <= 1
    # Most lines end here: words are compared only where the form is right.
    return end - start >= 4 and _has_form(source, start, end) and prose_joints(source, start, end) == 0


@njit(cache=True, nogil=True)
def _has_form(source: U8, start: int, end: int) -> bool:
    """Whether a line has the form of a Python header, a call or an assignment."""
    last = source[end - 1]
    at = _target_end(source, start, end)
    if at == start:
        return False
    if last == 58:  # :
        word = start
        while word < end and _is_small(source[word]):
            word += 1
        return _is_listed(source, start, word, _HEADERS)
    if at == end:
        return False
    if source[at] == 40:  # a call is all of the line
        is_call: bool = last == 41
        return is_call
    while at < end and source[at] == 32:
        at += 1
    if at < end and (source[at] == 43 or source[at] == 45 or source[at] == 58):  # += -= :=
        at += 1
    is_assignment = at + 1 < end and source[at] == 61 and source[at + 1] != 61
    return is_assignment and last != 46 and last != 61


@njit(cache=True, nogil=True)
def _is_documentation(source: U8, start: int, end: int) -> bool:
    """`/**`, `/*!`, `///`, `//!`, `#!`, `##`, `--|`: comments that a documentation tool reads, or no comments at all."""
    if end - start < 2:
        return False
    first, second = source[start], source[start + 1]
    third = source[start + 2] if end - start > 2 else 0
    if first == 47:
        return (second == 42 and (third == 42 or third == 33)) or (
            second == 47 and (third == 47 or third == 33)
        )
    return (first == 35 and (second == 33 or second == 35)) or (first == 45 and third == 124)


@njit(cache=True, nogil=True, inline="always")
def _is_sign(byte: int) -> bool:
    """A byte that comments start with: `! # * - /`."""
    return byte == 33 or byte == 35 or byte == 42 or byte == 45 or byte == 47


@njit(cache=True, nogil=True)
def code_comment_lines(tree: tuple[Any, ...], role: U32, source: U8) -> int:
    """Lines of the outermost comments that read as code.

    Args:
        tree: kinds uint16, starts int32, ends int32, depths int32, parents int32; one per node, in document order.
        role: uint32 per node.
        source: uint8, the document.
    """
    _, starts, ends, _, _ = tree
    lines = 0
    done = 0
    for node in range(len(role)):
        if not role[node] & _COMMENT or starts[node] < done:
            continue
        done = ends[node]
        if _is_documentation(source, starts[node], done):
            continue
        line: int = np.int64(starts[node])  # type: ignore[assignment]
        for at in range(starts[node], done + 1):
            if at < done and source[at] != 10:
                continue
            first, last = line, min(at, line + _MAX_LINE)
            line = at + 1
            while first < last and (source[first] <= 32 or _is_sign(source[first])):
                first += 1
            while first < last and (
                source[last - 1] <= 32 or source[last - 1] == 42 or source[last - 1] == 47
            ):
                last -= 1
            lines += reads_as_code(source, first, last)
    return lines

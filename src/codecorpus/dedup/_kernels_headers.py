"""The loop that finds where headers end: comments, and the tags that may stand before them, and nothing else.

Plain arrays in, plain arrays out; numpy and numba only. It is what `_kernels_lexer.py` does up to the first token of code (a test holds it
to that in every language), with a tenth of what that has to compile: near-duplicates alone need no more of the lexer than this.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from numba import njit

from codecorpus.dedup import _kernels_scan as scan
from codecorpus.dedup._kernels_inner import folded

U8 = npt.NDArray[np.uint8]
I32 = npt.NDArray[np.int32]
I64 = npt.NDArray[np.int64]


@folded
def _scan(data: U8, begin: int, stop: int, rule: I64) -> int:
    """The end of the comment or tag that a rule describes, or below 0; also for what is neither."""
    kind = rule[scan.KIND]
    after = begin + rule[scan.OPEN_LENGTH]
    if kind == scan.LINE:
        return scan.scan_line(data, after, stop, rule[scan.BITS])
    if kind == scan.BLOCK or kind == scan.TAG:
        return scan.scan_block(data, after, stop, rule)
    if kind == scan.TAG_END:
        return int(after)
    if not rule[scan.BITS] & scan.IS_COMMENT:
        return -1
    if kind == scan.LONG:
        return scan.scan_long(data, begin, stop, rule)
    return stop  # of `rest`


@folded
def _open(data: U8, begin: int, stop: int, row: int, rules: I64, classes: U8, state: I64) -> tuple[int, int]:
    """The rule from `row` on that finds a comment or tag at `begin`, and its end; an end below 0 if code begins there."""
    while True:
        rule = rules[row]
        if scan.stands(data, begin, stop, rule[scan.OPEN], rule[scan.OPEN_LENGTH]) and scan.is_at(
            data, begin, state, classes, rule[scan.WHERE]
        ):
            end = _scan(data, begin, stop, rule)
            if end >= 0 or rule[scan.KIND] == scan.OP:
                return row, end
        if not rule[scan.NEXT]:
            return row, -1
        row += 1


@njit(cache=True, nogil=True)
def find_headers(
    data: U8,
    offsets: I64,
    languages: I64,
    rules: I64,
    firsts: I32,
    classes: U8,
    modes: I64,
    state: I64,
    ends: I64,
) -> None:
    """Where in each document the first token stands that is neither comment nor tag.

    Args:
        data: uint8 text of the documents.
        offsets: int64[documents + 1] borders of the documents in `data`.
        languages: int64[documents] rows of the tables.
        rules: of `lexers.Tables`, as are the next three.
        firsts: rule that a byte may open.
        classes: bits of what a byte is.
        modes: bits of what holds for a language.
        state: int64[STATE], room to work in.
        ends: int64[documents], filled with the place, counted from the document's begin; 0 if no comment stands before it, or nothing else.
    """
    for document in range(len(languages)):
        language, stop = languages[document], offsets[document + 1]
        of_language = classes[language]
        position = scan.text_begin(data, offsets[document], stop)
        state[scan.BEGIN] = position
        in_text = modes[language] & scan.STARTS_IN_TEXT != 0
        comments = 0
        end = scan.shebang_end(data, position, stop)
        if end >= 0:
            comments, position = 1, end
        while position < stop:
            byte = data[position]
            if of_language[byte] & scan.IS_SPACE:
                position += 1
                continue
            if in_text:
                end = scan.tag_end(data, position, stop) if byte == 60 else -1
                in_text = False
            else:
                row = firsts[language, byte]
                end = -1
                if row >= 0:
                    row, end = _open(data, position, stop, row, rules, of_language, state)
                    kind = rules[row, scan.KIND]
                    in_text = kind == scan.TAG_END
                    comments += int(kind != scan.TAG_END and kind != scan.TAG and end >= 0)
            if end < 0:
                break
            position = end
        ends[document] = position - offsets[document] if comments and position < stop else 0

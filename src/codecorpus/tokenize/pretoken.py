"""How text is cut into pre-tokens, and how often each occurs. Columns of text go in, count tables come out.

A merge never crosses the border of a pre-token, so the cut decides what tokens can be. Each mode is one regular expression, which
`tokenizer.json` carries and every tokenizer library can run; here a scanner written by hand finds the same borders (a test holds it
to the regex on every code point) at some fifty times the speed.

Count tables are all that training needs: they are small, they add up, and they can be kept to train again in seconds.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Final

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from codecorpus.buffers import text_chunks
from codecorpus.errors import UsageError
from codecorpus.tokenize.count_rows import COUNTS as COUNTS
from codecorpus.tokenize.count_rows import add_up
from codecorpus.tokenize.count_rows import merge_counts as merge_counts
from codecorpus.tokenize.counter import PretokenCounter
from codecorpus.unicode import CLASSES, LOWER, MARK, OTHER, UPPER

#: Mode → the regex that cuts text into pre-tokens; every character belongs to exactly one.
#:
#: `plain` is that of OpenAI's cl100k (tiktoken, `tiktoken_ext/openai_public.py`): words with one leading character, up to three digits,
#: runs of punctuation with the line breaks after them, white space.
#:
#: `code` differs in two things. Words end where an identifier's part ends: `parseHTTPResponse` is `parse`, `HTTP`, `Response`. And
#: layout is whole: the line break takes the indent of the next line with it, and stays with the punctuation before it, so that
#: `):⏎    ` can become one token. Marks belong to the word they stand in.
#:
#: `superword` is a whole line with the indent of the next one: merges may cross spaces and punctuation. No more than 512 characters, so
#: that a line of a megabyte is no pre-token of a megabyte.
PATTERNS: Final[Mapping[str, str]] = {
    "plain": r"(?i:'s|'t|'re|'ve|'m|'ll|'d)"
    r"|[^\r\n\p{L}\p{N}]?\p{L}+"
    r"|\p{N}{1,3}"
    r"| ?[^\s\p{L}\p{N}]+[\r\n]*"
    r"|\s*[\r\n]+"
    r"|\s+(?!\S)"
    r"|\s+",
    "code": r"[^\r\n\p{L}\p{M}\p{N}]?"
    r"(?:[\p{Lu}\p{Lt}]?[\p{Ll}\p{Lm}\p{Lo}\p{M}]+|[\p{Lu}\p{Lt}]+(?![\p{Ll}\p{Lm}\p{Lo}\p{M}]))"
    r"|\p{N}{1,3}"
    r"| ?[^\s\p{L}\p{M}\p{N}]+(?:[\r\n]+[ \t]*)?"
    r"|\s*[\r\n]+[ \t]*"
    r"|\s+(?!\S)"
    r"|\s+",
    "superword": r"[^\n]{0,512}\n[\n\r \t]{0,512}|[^\n]{1,512}",
}

#: Longer pre-tokens (rulers of dashes, encoded data, blank tables) are not counted: they teach nothing and each is seen once.
MAX_PRETOKEN_BYTES: Final = 1024


def count_pretokens(contents: pa.Array | pa.ChunkedArray, *, mode: str) -> pa.Table:
    """How often each pre-token of at most `MAX_PRETOKEN_BYTES` occurs.

    Args:
        contents: text, `large_string` or a type that casts to it; or bytes. Null counts as empty.
        mode: a key of `PATTERNS`.

    Returns:
        A table of the schema `COUNTS`.

    Raises:
        UsageError: there is no such mode.

    >>> count_pretokens(pa.array(["getX(getX)"]), mode="code").to_pydict()
    {'pretoken': [b'(get', b')', b'X', b'get'], 'count': [1, 1, 2, 1]}
    """
    counter = PretokenCounter((*cut_of(mode), MAX_PRETOKEN_BYTES))
    for data, offsets in text_chunks(contents):
        counter.add(data, offsets, np.zeros(len(offsets) - 1, np.int64))
    strings, bounds, _, counts = counter.take()
    return add_up([pa.table([binary_array(strings, bounds), counts], schema=COUNTS)])


@cache
def cut_of(mode: str) -> tuple[NDArray[np.uint8], int]:
    """What the scanner needs to know of a mode: the class of each code point, uint8[0x110000], and the mode's number.

    Made once: encoding asks for it with every batch, and folding a million classes takes 13 ms. Nobody may write to it.

    To `code`, a mark is a letter. To `plain`, a mark is punctuation and all letters are alike.

    Raises:
        UsageError: there is no such mode.
    """
    if mode not in PATTERNS:
        raise UsageError(f"there is no tokenizer mode {mode!r}", f"Modes: {', '.join(PATTERNS)}.")
    folded = np.arange(8, dtype=np.uint8)
    if mode == "plain":
        folded[[UPPER, MARK]] = LOWER, OTHER
    else:
        folded[MARK] = LOWER
    return folded[CLASSES], list(PATTERNS).index(mode)


def binary_array(data: NDArray[np.uint8], offsets: NDArray[np.int64]) -> pa.LargeBinaryArray:
    """Byte strings that lie end to end, as an Arrow array over the same memory."""
    return pa.LargeBinaryArray.from_buffers(
        pa.large_binary(), len(offsets) - 1, [None, pa.py_buffer(offsets), pa.py_buffer(data)]
    )

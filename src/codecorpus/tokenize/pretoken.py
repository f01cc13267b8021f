"""How text is cut into pre-tokens, and how often each occurs. Columns of text go in, count tables come out.

A merge never crosses the border of a pre-token, so the cut decides what tokens can be. Each mode is one regular expression, which
`tokenizer.json` carries and every tokenizer library can run; here a scanner written by hand finds the same borders (a test holds it
to the regex on every code point) at some fifty times the speed.

Count tables are all that training needs: they are small, they add up, and they can be kept to train again in seconds.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from codecorpus.buffers import text_chunks
from codecorpus.errors import UsageError
from codecorpus.tokenize import _kernels
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

#: A count table: each distinct pre-token once, in the order of its bytes.
COUNTS: Final = pa.schema(
    [pa.field("pretoken", pa.large_binary(), nullable=False), pa.field("count", pa.int64(), nullable=False)]
)


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
    cut = (*cut_of(mode), MAX_PRETOKEN_BYTES)
    return merge_counts(_count(data, offsets, cut) for data, offsets in text_chunks(contents))


def _count(
    data: NDArray[np.uint8], offsets: NDArray[np.int64], cut: tuple[NDArray[np.uint8], int, int]
) -> pa.Table:
    """The count table of one chunk, its rows in no order."""
    place = np.array([0, offsets[0], 0])
    table = new_table()
    _kernels.count_pretokens(data, offsets, cut, table, place)
    while place[0] < len(offsets) - 1:
        table = grow_table(table)
        _kernels.count_pretokens(data, offsets, cut, table, place)
    found = table[1][: place[2]]
    bounds = np.concatenate([np.zeros(1, np.int64), np.cumsum(found[:, _kernels.LENGTH])])
    strings = np.empty(bounds[-1], np.uint8)
    _kernels.gather(data, found, bounds, strings)
    return pa.table([binary_array(strings, bounds), pa.array(found[:, _kernels.VALUE].copy())], schema=COUNTS)


def merge_counts(tables: Iterable[pa.Table]) -> pa.Table:
    """Add count tables up: the counts of two corpora, merged, are the counts of both together.

    >>> one = pa.table({"pretoken": [b"if"], "count": [2]}).cast(COUNTS)
    >>> merge_counts([one, one]).to_pydict()
    {'pretoken': [b'if'], 'count': [4]}
    """
    together = pa.concat_tables([COUNTS.empty_table(), *tables])
    summed = together.group_by("pretoken").aggregate([("count", "sum")])
    summed = summed.select(["pretoken", "count_sum"]).rename_columns(COUNTS.names).cast(COUNTS)
    return summed.take(pc.sort_indices(summed["pretoken"])).combine_chunks()


def cut_of(mode: str) -> tuple[NDArray[np.uint8], int]:
    """What the scanner needs to know of a mode: the class of each code point, and the mode's number.

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


#: An intern table: slots, and entries of `_kernels.ENTRY_WIDTH` columns, one per distinct byte string.
InternTable = tuple[NDArray[np.int32], NDArray[np.int64]]


def new_table(room: int = 1 << 12) -> InternTable:
    """An empty intern table with room for a power of two of entries."""
    return np.full(4 * room, -1, np.int32), np.empty((room, _kernels.ENTRY_WIDTH), np.int64)


def grow_table(table: InternTable) -> InternTable:
    """A full table's entries in one of four times the room."""
    entries = table[1]
    slots, wider = new_table(4 * len(entries))
    wider[: len(entries)] = entries
    _kernels.rehash(slots, wider, len(entries))
    return slots, wider

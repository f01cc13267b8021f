"""Text of documents that people are shown: without secrets and personal data, and cut. Contents in, short texts out.

Whatever the configuration does with secrets in the corpus, a report shows none. They are looked for in far more text than is
shown, because half a key at the end of a cut text would be no key to the search.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from codecorpus.filters.redact import redacted_contents
from codecorpus.filters.secret_policy import found_in

#: Bytes of a document that are searched beyond those that are shown. The longest secrets are private keys, of a few thousand.
_SEARCHED = 65_536
#: Documents that are searched at once: 16 MB.
_BATCH = 256


@dataclass(frozen=True, slots=True)
class Shown:
    """What is shown of a text.

    Attributes:
        text: its beginning, with placeholders.
        is_cut: whether the text goes on.
    """

    text: str
    is_cut: bool


def shown_texts(contents: Sequence[str], languages: Sequence[str | None], limit: int) -> list[Shown]:
    r"""The first `limit` bytes of each text as UTF-8, with placeholders for secrets and personal data.

    A text that is longer is cut after a line, if one ends in the second half of what is shown.

    Args:
        contents: whole texts.
        languages: Linguist's names; a placeholder in a shell script gets quotes.
        limit: bytes.

    >>> shown_texts(["# ada@lovelace.org\nx = 1\ny = 2\n"], [None], 20)
    [Shown(text='# <EMAIL>\nx = 1\n', is_cut=True)]
    """
    starts = range(0, len(contents), _BATCH)
    return [shown for start in starts for shown in _batch(contents, languages, start, limit)]


def _batch(
    contents: Sequence[str], languages: Sequence[str | None], start: int, limit: int
) -> Iterator[Shown]:
    # A character has at least one byte, so that no long text is encoded as a whole.
    texts = contents[start : start + _BATCH]
    searched = limit + _SEARCHED
    heads = [_cut(text[:searched].encode(errors="replace"), searched) for text in texts]
    column = pa.array(heads, pa.large_string())
    found = found_in(column, np.arange(len(column)))
    names = pa.array(list(languages[start : start + _BATCH]), pa.string())
    redacted = redacted_contents(column, found, names).to_pylist()
    for text, head, changed in zip(texts, heads, redacted, strict=True):
        whole = head if changed is None else changed
        cut = cut_text(whole, limit)
        yield Shown(cut, len(cut) < len(whole) or len(head) < len(text))


def cut_text(text: str, limit: int) -> str:
    r"""At most `limit` bytes of a text, cut after a line where one ends in the second half of them.

    >>> cut_text("one\ntwo\nthree", 10), cut_text("one two three", 10), cut_text("one", 10)
    ('one\ntwo\n', 'one two th', 'one')
    """
    data = text.encode(errors="replace")
    if len(data) <= limit:
        return text
    line_end = data.rfind(b"\n", limit // 2, limit)
    return _cut(data, line_end + 1 if line_end >= 0 else limit)


def _cut(data: bytes, limit: int) -> str:
    """The first bytes as text; a character that would be cut is left out."""
    return data[:limit].decode(errors="ignore")

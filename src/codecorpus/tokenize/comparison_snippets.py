"""A few lines of each common language under every tokenizer. A sample of documents goes in; tokens as bytes come out."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import pyarrow as pa

from codecorpus.tokenize.comparison_cuts import Sample
from codecorpus.tokenize.comparison_inputs import Contestant

#: As many languages are shown, those with the most bytes.
SNIPPETS: Final = 6

_LINES, _WIDTH = 12, 88
_LOOKED_AT = 40
_FIRST_WORD = re.compile(r"\W*\w*")
_COMMENTS = ("#", "//", "/*", "*", "--", ";", "<!--", '"""', "'''", "%")


@dataclass(frozen=True, slots=True)
class Snippet:
    """Some lines, as every tokenizer cuts them.

    Attributes:
        language: the language.
        path: `repository/path` of the document.
        text: the lines.
        tokens: for each tokenizer, in the order of the comparison, the bytes of its tokens. End to end they are the text, but for
            a tokenizer that changes it.
    """

    language: str
    path: str
    text: str
    tokens: tuple[tuple[bytes, ...], ...]


def snippet_of(
    language: str, sample: Sample, paths: pa.Array, contestants: Sequence[Contestant]
) -> Snippet | None:
    """The best dozen lines among the first documents of a sample: few blank, alike, long and commented ones; None without documents."""
    texts = sample.texts[:_LOOKED_AT].to_pylist()
    windows = [(number, start) for number, text in enumerate(texts) for start in _starts(text)]
    if not windows:
        return None
    # The first of the best: documents are in the order of their hashes.
    number, start = max(windows, key=lambda window: _worth(_window(texts[window[0]], window[1])))
    lines = [line[:_WIDTH] for line in _window(texts[number], start)]
    text = "\n".join(lines) + "\n"
    encoded = [
        contestant.encoder.encode(pa.array([text], pa.large_string()))[0] for contestant in contestants
    ]
    tokens = tuple(
        tuple(
            contestant.tokens[contestant.borders[one] : contestant.borders[one + 1]].tobytes()
            for one in np.asarray(ids, np.int64).tolist()
        )
        for contestant, ids in zip(contestants, encoded, strict=True)
    )
    return Snippet(language, paths[int(sample.rows[number])].as_py(), text, tokens)


def _starts(text: str) -> list[int]:
    """Lines where a window may begin: a third of the way, half of it, and the top."""
    count = text.count("\n") + 1
    return sorted({max(min(place, count - _LINES), 0) for place in (count // 3, count // 2, 0)}, reverse=True)


def _window(text: str, start: int) -> list[str]:
    return text.split("\n")[start : start + _LINES]


def _worth(lines: Sequence[str]) -> int:
    """How many lines begin with a word that no other one begins with, and three more where the first line has no indent."""
    stripped = [line.strip() for line in lines]
    good = {
        _FIRST_WORD.match(short)[0]  # type: ignore[index]
        for line, short in zip(lines, stripped, strict=True)
        if short and len(line) <= _WIDTH and not short.startswith(_COMMENTS)
    }
    return len(good) + 3 * (lines[0] == stripped[0] != "")

"""Text → the measures that need no grammar."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from codecorpus.buffers import text_buffers
from codecorpus.parse import _kernels_text as kernels
from codecorpus.unicode import CLASSES


def text_measures(contents: pa.Array | pa.ChunkedArray) -> pa.StructArray:
    r"""The measures that need no grammar: lengths in characters, lines, and shares of classes of characters.

    Letters are the Unicode categories L, digits are N, white space is White_Space. A line ends at LF, CR LF or CR; what a last line
    without a line break holds counts as a line. Shares of an empty text are null.

    >>> text_measures(pa.array(["x = 1\r\nyz"]))[0].as_py()["mean_line_length"]
    3.5
    """
    data, offsets = text_buffers(contents)
    counts = kernels.text_counts(data, offsets, CLASSES)
    characters = counts[:, kernels.CHARACTERS]
    letters, digits = counts[:, kernels.LETTERS], counts[:, kernels.DIGITS]
    columns = {
        "characters": pa.array(characters),
        "lines": pa.array(counts[:, kernels.LINES]),
        "max_line_length": pa.array(counts[:, kernels.LONGEST]),
        "mean_line_length": _ratio(counts[:, kernels.LINE_CHARACTERS], counts[:, kernels.LINES]),
        "alnum_share": _ratio(letters + digits, characters),
        "alpha_share": _ratio(letters, characters),
        "digit_share": _ratio(digits, characters),
        "whitespace_share": _ratio(counts[:, kernels.SPACES], characters),
        "xml_head": pa.array(counts[:, kernels.XML_HEAD]),
    }
    return pa.StructArray.from_arrays(list(columns.values()), names=list(columns))


def html_measures(
    contents: pa.Array | pa.ChunkedArray, languages: list[str | None], characters: pa.Array
) -> dict[str, pa.Array]:
    """Length and share of visible text, null but for HTML."""
    data, offsets = text_buffers(contents)
    is_html = np.array([language == "HTML" for language in languages], np.bool_)
    visible = np.zeros(len(languages), np.int64)
    for row in np.flatnonzero(is_html):
        visible[row] = kernels.visible_characters(data, offsets[row], offsets[row + 1])
    shares = _ratio(visible, np.where(is_html, characters.to_numpy(), 0))
    return {"visible_text_length": pa.array(visible, mask=~is_html), "visible_text_share": shares}


def _ratio(part: NDArray[np.int64], whole: NDArray[np.int64]) -> pa.Array:
    """Float64 shares, null where the whole is 0."""
    return pa.array(part / np.maximum(whole, 1), mask=whole == 0)

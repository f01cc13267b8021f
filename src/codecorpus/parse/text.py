"""Text → the measures that need no grammar."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from codecorpus.buffers import text_buffers
from codecorpus.parse import _kernels_html
from codecorpus.parse import _kernels_runs as runs
from codecorpus.parse import _kernels_text as text
from codecorpus.parse import _kernels_words as words
from codecorpus.unicode import CLASSES

Counts = NDArray[np.int64]

#: Paths of tests, by the conventions of their frameworks. Matched without regard to case, in Arrow's RE2.
TEST_PATHS = (
    r"(?i)(?:^|/)(?:tests?|__tests?__|testing|testdata|unittests?|selftests?|test-?suite|e2e|[\w.-]{1,60}[._-]tests?|[\w-]{1,60}\.tests)/"
    r"|(?:^|/)(?:test_[^/]{1,200}\.py|conftest\.py|[^/]{1,200}_test\.(?:py|go|cc|cpp|c|rb|dart|exs?|rs|js|ts)|test-[^/]{1,200}\.(?:js|mjs|cjs|ts|r)|"
    r"[^/]{1,200}\.(?:test|spec)\.(?:js|jsx|mjs|cjs|ts|tsx|mts|cts)|[^/]{1,200}_spec\.rb|[^/]{1,200}\.t)$"
    r"|(?:^|/)(?-i:[A-Z][^/]{0,200}Tests?\.(?:java|kt|cs|php|scala|groovy|swift|vb)|[A-Z][^/]{0,200}(?:IT|TestCase)\.java|[A-Z][^/]{0,200}(?:Spec|Suite)\.scala)$"
)


def text_measures(contents: pa.Array | pa.ChunkedArray) -> pa.StructArray:
    r"""The measures that need no grammar: of characters, lines, words and repeats; what each counts stands in `document.MEASURES`.

    Letters are the Unicode categories L, marks M, digits N, white space is White_Space. A word is a run of letters, marks and digits,
    and words are the same that differ in the case of ASCII letters only. A line ends at LF, CR LF or CR; what a last line without a
    line break holds counts as a line. A share of nothing (of an empty text, of no words) is null.

    >>> text_measures(pa.array(["x = 1\r\nyz"]))[0].as_py()["mean_line_length"]
    3.5
    """
    data, offsets = text_buffers(contents)
    characters, found = text.text_counts(data, offsets, CLASSES), runs.word_counts(data, offsets, CLASSES)
    columns = _of_characters(characters) | _of_words(found) | _of_both(characters, found)
    return pa.StructArray.from_arrays(list(columns.values()), names=list(columns))


def _of_characters(counts: Counts) -> dict[str, pa.Array]:
    """Measures of characters and lines."""
    characters, lines = counts[:, text.CHARACTERS], counts[:, text.LINES]
    letters, marks, digits = (counts[:, column] for column in (text.LETTERS, text.MARKS, text.DIGITS))
    ink = characters - counts[:, text.SPACES]
    return {
        "characters": pa.array(characters),
        "lines": pa.array(lines),
        "max_line_length": pa.array(counts[:, text.LONGEST]),
        "mean_line_length": _ratio(counts[:, text.LINE_CHARACTERS], lines),
        "alnum_share": _ratio(letters + digits, characters),
        "alpha_share": _ratio(letters, characters),
        "digit_share": _ratio(digits, characters),
        "whitespace_share": _ratio(counts[:, text.SPACES], characters),
        "alpha_ink_share": _ratio(letters, ink),
        "digit_ink_share": _ratio(digits, ink),
        "symbol_share": _ratio(ink - letters - marks - digits, ink),
        "pieces": pa.array(counts[:, text.PIECES]),
        "xml_head": pa.array(counts[:, text.XML_HEAD]),
        "blank_line_share": _ratio(counts[:, text.BLANK_LINES], lines),
        "long_line_share": _ratio(counts[:, text.IN_LONG_LINES], counts[:, text.LINE_CHARACTERS]),
        "run_share": _ratio(counts[:, text.IN_RUNS], ink),
        "non_ascii_share": _ratio(counts[:, text.NON_ASCII], characters),
        "replacement_share": _ratio(counts[:, text.REPLACEMENTS], characters),
        "control_share": _ratio(counts[:, text.CONTROLS], characters),
        "invisible_count": pa.array(counts[:, text.INVISIBLE]),
        "bidi_count": pa.array(counts[:, text.BIDI]),
    }


def _of_words(counts: Counts) -> dict[str, pa.Array]:
    """Measures of words and of their repeats."""
    number, characters = counts[:, words.WORDS], counts[:, words.WORD_CHARACTERS]
    columns = {
        "words": pa.array(number),
        "mean_word_length": _ratio(characters, number),
        "unique_word_share": _ratio(counts[:, words.DISTINCT], number),
        "digit_word_share": _ratio(counts[:, words.NUMBERS], number),
        "placeholder_share": _ratio(counts[:, words.PLACEHOLDERS], number),
        "encoded_run_length": pa.array(counts[:, words.LONGEST_CODE]),
    }
    for size in words.TOP_SIZES:
        columns[f"top_{size}gram_share"] = _ratio(counts[:, words.TOP + size - 2], characters)
    for size in words.REPEATED_SIZES:
        columns[f"repeated_{size}gram_share"] = _ratio(counts[:, words.REPEATED + size - 5], characters)
    return columns


def _of_both(characters: Counts, found: Counts) -> dict[str, pa.Array]:
    """Measures that compare words with characters or lines."""
    length, lines = characters[:, text.CHARACTERS], characters[:, text.LINES]
    solid = lines - characters[:, text.BLANK_LINES]
    return {
        "long_word_share": _ratio(found[:, words.LONG], length),
        "hex_word_share": _ratio(found[:, words.HEXADECIMAL], length),
        "encoded_share": _ratio(np.minimum(found[:, words.ENCODED], length), length),
        "todo_line_share": _ratio(found[:, words.TODO_LINES], lines),
        "repeated_line_share": _ratio(found[:, words.REPEATED_LINES], solid),
        "repeated_line_ink_share": _ratio(found[:, words.REPEATED_INK], found[:, words.LINE_INK]),
    }


def html_measures(
    contents: pa.Array | pa.ChunkedArray, languages: list[str | None], characters: pa.Array
) -> dict[str, pa.Array]:
    """Length and share of visible text, null but for HTML."""
    data, offsets = text_buffers(contents)
    is_html = np.array([language == "HTML" for language in languages], np.bool_)
    visible = np.zeros(len(languages), np.int64)
    for row in np.flatnonzero(is_html):
        visible[row] = _kernels_html.visible_characters(data, offsets[row], offsets[row + 1])
    shares = _ratio(visible, np.where(is_html, characters.to_numpy(), 0))
    return {"visible_text_length": pa.array(visible, mask=~is_html), "visible_text_share": shares}


def path_measures(paths: pa.Array | pa.ChunkedArray) -> dict[str, pa.Array]:
    """What a path says: `test_path` is 1 where tests are kept, or where the name is that of a test.

    >>> path_measures(pa.array(["src/a.py", "pkg/a_test.go", "src/contest.py", "web/Button.spec.tsx"]))["test_path"].to_pylist()
    [0, 1, 0, 1]
    """
    found = pc.match_substring_regex(paths, TEST_PATHS)
    whole = found.combine_chunks() if isinstance(found, pa.ChunkedArray) else found
    return {"test_path": whole.cast(pa.int64())}


def _ratio(part: Counts, whole: Counts) -> pa.Array:
    """Float64 shares, null where the whole is 0."""
    return pa.array(part / np.maximum(whole, 1), mask=whole == 0)

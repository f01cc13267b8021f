"""Tokenizers side by side on the same documents: how many bytes a token holds, where tokens go, and what is lost.

What comes in: a documents table and tokenizers by name. What goes out: one row for each tokenizer and language, and one for all languages.
Bytes per token is a measure of cost, not of quality: fewer tokens do not make a better model.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from codecorpus import charts
from codecorpus.tokenize import comparison_rows as rows_of
from codecorpus.tokenize.comparison_cuts import Sample, cut_costs
from codecorpus.tokenize.comparison_inputs import ALL, Contestant, Documents, contestants, read_table
from codecorpus.tokenize.comparison_lines import known_lines
from codecorpus.tokenize.comparison_measures import Lines, Tally, measure
from codecorpus.tokenize.comparison_rows import Group
from codecorpus.tokenize.comparison_snippets import SNIPPETS, Snippet, snippet_of
from codecorpus.tokenize.comparison_view import chart_rows, check_measure, notebook_html
from codecorpus.tokenize.encode import Encoder

Progress = Callable[[float, float], None]


@dataclass(frozen=True, slots=True, repr=False)
class TokenizerComparison:
    """What each tokenizer makes of each language.

    Attributes:
        rows: one row per tokenizer and language, languages with the most bytes first, and one per tokenizer with the language `all`. The
            columns are explained in `codecorpus.tokenize.comparison_rows.MEANINGS`.
        tokenizers: one row per tokenizer: `tokenizer`, `vocab_size`, `normalizer` (what changes the text, or empty), and
            `mb_per_cpu_second`, the speed of encoding in one process, which is the one figure that two runs do not share.
        files: one row per document: `path`, `language`, `bytes`, and for each tokenizer a column of its tokens, named `tokens NAME`.
        snippets: a few lines of each common language, as every tokenizer cuts them.
        notes: what a reader must know, such as that there is no interval because there is one repository.
    """

    rows: pl.DataFrame
    tokenizers: pl.DataFrame
    files: pl.DataFrame
    snippets: tuple[Snippet, ...]
    notes: tuple[str, ...]

    def __repr__(self) -> str:
        names = ", ".join(self.tokenizers["tokenizer"])
        return f"TokenizerComparison({names}; {len(self.files):,} documents)"

    def to_polars(self) -> pl.DataFrame:
        """The rows."""
        return self.rows

    def table(self, measure: str = "bytes_per_token") -> pl.DataFrame:
        """A column of the rows with one row per language and one column per tokenizer; `all` is last."""
        return self.rows.pivot("tokenizer", index="language", values=measure)

    def as_json(self) -> dict[str, Any]:
        """Everything but the files and the snippets, for JSON."""
        return {
            "tokenizers": self.tokenizers.to_dicts(),
            "rows": self.rows.to_dicts(),
            "notes": list(self.notes),
        }

    def plot(self, measure: str = "bytes_per_token") -> charts.Chart:
        """A column of the rows as bars by language, `all` and the eleven largest, with intervals where they are known; a chart of altair.

        Raises:
            UsageError: there is no such column of numbers.
            ExtraMissingError: altair is not installed.
        """
        check_measure(self.rows, measure)
        return charts.grouped_bars(
            chart_rows(self.rows, measure),
            of="language",
            group="tokenizer",
            value=measure,
            title=measure.replace("_", " "),
        )

    def _repr_html_(self) -> str:
        return notebook_html(self.rows, self.tokenizers, self.notes)


def compare(
    table: Any,
    tokenizers: Mapping[str, str | Path | Encoder],
    *,
    training: Any = None,
    sample: int = 200,
    progress: Progress | None = None,
) -> TokenizerComparison:
    r"""Encode the `content` of a table with every tokenizer, language by language.

    Text is taken some 8 MB at a time, so that what is held beside the table is bounded: the tokens of a batch, a number for each document
    and tokenizer, and eight bytes for each distinct line of `training`.

    Args:
        table: a polars DataFrame or Arrow table of documents. `language` parts the rows, `repo_name` gives intervals; both may be
            missing, and so may `path`.
        tokenizers: name → `tokenizer.json`, a folder that holds one, or an encoder. Ratios are to the first one. To all
            of them, special tokens inside the text are text.
        training: a table of documents, or several one after another: what a tokenizer was trained on; or what `known_lines` made of
            these. Lines that do not occur in it are then looked at apart.
        sample: documents of each language that are cut, to see what a cut costs; 0 for none.
        progress: told (bytes done, bytes in all), each document counted once for each tokenizer.

    Raises:
        UsageError: no tokenizer, or no column `content`, or one that is no text.
        DataError: a tokenizer's file is missing or broken; its name is said.

    >>> import pyarrow as pa
    >>> from codecorpus.tokenize import train
    >>> documents = pa.table({"content": ["import os\nimport sys\n"] * 3, "language": ["Python"] * 3})
    >>> result = compare(documents, {"small": train(documents, vocab_size=300).encoder})
    >>> result.rows.select("language", "documents", "bytes", "tokens").rows()
    [('Python', 3, 63, 18), ('all', 3, 63, 18)]
    """
    loaded = contestants(tokenizers)
    documents = read_table(table)
    known = training if training is None or isinstance(training, np.ndarray) else known_lines(training)
    tokens = np.zeros((len(documents.sizes), len(loaded)), np.int64)
    clock = _Clock(progress, float(documents.sizes.sum() * len(loaded)))
    groups, snippets = [], []
    for number, language in enumerate(documents.language_names):
        drawn = Sample(sample)
        tallies = _tallies(documents, number, loaded, known, tokens, drawn, clock)
        for tally, costs in zip(tallies, cut_costs(drawn, loaded), strict=True):
            tally.cuts = costs
        found = snippet_of(language, drawn, documents.paths, loaded) if number < SNIPPETS else None
        snippets += [found] if found else []
        groups.append(Group(language, np.flatnonzero(documents.languages == number), tallies))
    whole = rows_of.together(groups, [contestant.encoder.vocab_size for contestant in loaded])
    shown = [*(group for group in groups if group.language != ALL), whole]
    rows = [
        row for group in shown for row in rows_of.rows(group, documents, loaded, tokens, known is not None)
    ]
    return TokenizerComparison(
        rows_of.frame(rows, [contestant.name for contestant in loaded]),
        rows_of.tokenizers(loaded, whole),
        rows_of.files(documents, loaded, tokens),
        tuple(snippets),
        rows_of.notes(documents, loaded, whole, training=known is not None),
    )


@dataclass(slots=True)
class _Clock:
    """Adds up what is done."""

    progress: Progress | None
    whole: float
    done: float = 0.0

    def advance(self, size: float) -> None:
        self.done += size
        if self.progress is not None:
            self.progress(self.done, self.whole)


def _tallies(
    documents: Documents,
    language: int,
    loaded: list[Contestant],
    known: Lines | None,
    tokens: NDArray[np.int64],
    drawn: Sample,
    clock: _Clock,
) -> list[Tally]:
    """Measure all documents of a language; fills their rows of `tokens` and the sample."""
    tallies = [Tally(np.zeros(contestant.encoder.vocab_size, np.int64)) for contestant in loaded]
    for rows, texts in documents.batches(language):
        for number, (contestant, tally) in enumerate(zip(loaded, tallies, strict=True)):
            tokens[rows, number] = measure(contestant, texts, known, tally)
            clock.advance(float(documents.sizes[rows].sum()))
        drawn.add(rows, texts, tokens[rows])
    return tallies

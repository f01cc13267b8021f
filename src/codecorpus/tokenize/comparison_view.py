"""A comparison in a notebook: frames go in, one small table comes out as HTML."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from difflib import get_close_matches
from typing import Any, Final

import polars as pl

from codecorpus.errors import UsageError
from codecorpus.fragments import cell, paragraph, printable
from codecorpus.tokenize.comparison_inputs import ALL

_LEFT: Final = " style='text-align:left'"
_LANGUAGES: Final = 12


def plain(value: Any, digits: int = 3) -> str:
    """A figure, or a dash where there is none.

    >>> plain(3.8254), plain(-0.001, 2), plain(None)
    ('3.825', '0.00', '–')
    """
    return "–" if value is None else f"{round(value, digits) + 0.0:.{digits}f}"


def share(value: Any) -> str:
    """A share in per cent, two digits where it is small.

    >>> share(0.1234), share(0.0042), share(None)
    ('12.3 %', '0.42 %', '–')
    """
    return "–" if value is None else f"{100 * value:.{2 if value < 0.01 else 1}f} %"


def _whole(value: Any) -> str:
    return "–" if value is None else f"{value:,}"


#: What is shown of all languages together: label, column, how it is written.
SUMMARY: Final[Sequence[tuple[str, str, Callable[[Any], str]]]] = (
    ("vocabulary", "vocab_size", _whole),
    ("tokens", "tokens", _whole),
    ("bytes per token", "bytes_per_token", plain),
    ("  95 % from", "bytes_per_token_low", plain),
    ("  to", "bytes_per_token_high", plain),
    ("ratio to the first", "ratio", plain),
    ("  95 % from", "ratio_low", plain),
    ("  to", "ratio_high", plain),
    ("  median file", "file_ratio_median", plain),
    ("  5 % of files below", "file_ratio_p5", plain),
    ("  worst file", "file_ratio_worst", plain),
    ("  novel lines", "novel_ratio", plain),
    ("tokens/identifier", "tokens_per_identifier", plain),
    ("cross sub-words", "crossing_token_share", share),
    ("only white space", "blank_token_share", share),
    ("vocabulary used", "vocabulary_used", share),
    ("Rényi efficiency", "renyi_efficiency", plain),
    ("lossless documents", "lossless_documents", _whole),
    ("cut cost, anywhere", "character_cut_cost", lambda value: plain(value, 2)),
    ("  after an indent", "line_cut_cost", lambda value: plain(value, 2)),
    ("MB per CPU second", "mb_per_cpu_second", lambda value: plain(value, 1)),
)

# The rows of `SUMMARY` that say nothing where one tokenizer is alone, and those that take their place.
_RATIOS: Final = {"ratio", "ratio_low", "ratio_high"}
_ALONE: Final = {
    "file_ratio_median": "file_median",
    "file_ratio_p5": "file_p5",
    "file_ratio_worst": "file_worst",
    "novel_ratio": "novel_bytes_per_token",
}


def summary(rows: pl.DataFrame, tokenizers: pl.DataFrame) -> list[tuple[str, list[str]]]:
    """Label and one cell per tokenizer, for all languages; a row of which nothing is known is left out."""
    whole = rows.filter(pl.col("language") == ALL).with_columns(tokenizers["mb_per_cpu_second"])
    lines = []
    for label, column, shown in SUMMARY:
        if len(tokenizers) == 1:
            if column in _RATIOS:
                continue
            column = _ALONE.get(column, column)
        values = whole[column].to_list()
        if any(value is not None for value in values):
            lines.append((label, [shown(value) for value in values]))
    return lines


def notebook_html(rows: pl.DataFrame, tokenizers: pl.DataFrame, notes: Sequence[str]) -> str:
    """What a notebook shows: the figures of all languages, then bytes per token of the largest ones."""
    names = tokenizers["tokenizer"].to_list()
    head = f"<tr><th{_LEFT}></th>{''.join(f'<th>{cell(name)}</th>' for name in names)}</tr>"
    body = [_row(label, cells) for label, cells in summary(rows, tokenizers)]
    wide = rows.filter(pl.col("language") != ALL).pivot(
        "tokenizer", index="language", values="bytes_per_token"
    )
    languages = [
        _row(language, [plain(value) for value in values])
        for language, *values in wide.head(_LANGUAGES).iter_rows()
    ]
    if languages:
        languages.insert(0, f"<tr><th{_LEFT} colspan='{len(names) + 1}'>bytes per token</th></tr>")
    said = "".join(map(paragraph, notes))
    if len(wide) > _LANGUAGES:
        said += f"<p>{len(wide) - _LANGUAGES} more languages are in <code>.table()</code>.</p>"
    return f"<div><table>{head}{''.join(body)}{''.join(languages)}</table>{said}</div>"


def check_measure(rows: pl.DataFrame, measure: str) -> None:
    """Pass if the rows have such a column of numbers.

    Raises:
        UsageError: they have none; says the nearest name.
    """
    names = [name for name, kind in rows.schema.items() if kind.is_numeric()]
    if measure not in names:
        near = get_close_matches(measure, names, n=1)
        raise UsageError(
            f"no measure {measure!r}" + (f"; did you mean {near[0]!r}?" if near else ""),
            f"Columns of numbers: {', '.join(names)}.",
        )


def chart_rows(rows: pl.DataFrame, measure: str) -> list[dict[str, Any]]:
    """Language, tokenizer, the measure, and `low` and `high` of its interval, None where there is none; `all` comes first."""
    languages = rows["language"].unique(maintain_order=True).to_list()
    shown = [ALL, *[name for name in languages if name != ALL][: _LANGUAGES - 1]]
    ends = {"low": f"{measure}_low", "high": f"{measure}_high"}
    known = [pl.col(column).alias(name) for name, column in ends.items() if column in rows.columns]
    empty = [
        pl.lit(None, pl.Float64).alias(name) for name, column in ends.items() if column not in rows.columns
    ]
    found = rows.select("language", "tokenizer", measure, *known, *empty).to_dicts()
    return sorted(
        ({**row, "language": printable(row["language"])} for row in found if row["language"] in shown),
        key=lambda row: shown.index(row["language"]),
    )


def _row(label: str, cells: Sequence[str]) -> str:
    indent = "padding-left:1.5em;" if label.startswith(" ") else ""
    return (
        f"<tr><th style='{indent}text-align:left;font-weight:normal'>{cell(label.strip())}</th>"
        + "".join(f"<td style='text-align:right'>{cell(value)}</td>" for value in cells)
        + "</tr>"
    )

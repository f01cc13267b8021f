"""Tokenizers side by side in a terminal of 80 columns. A `TokenizerComparison` in; lines out."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from string import ascii_uppercase
from typing import Final

import polars as pl

from codecorpus.report.text import cut_middle, printable
from codecorpus.tokenize import TokenizerComparison
from codecorpus.tokenize.comparison_inputs import ALL
from codecorpus.tokenize.comparison_view import plain, summary

_WIDTH: Final = 80
_LABEL: Final = 20
_WIDEST: Final = 14
_LANGUAGES: Final = 20


def comparison_text(result: TokenizerComparison) -> str:
    """All languages together, then bytes per token by language, the largest first; 80 columns for up to eight tokenizers."""
    names = [printable(name) for name in result.tokenizers["tokenizer"].to_list()]
    width = max(min((_WIDTH - _LABEL) // len(names), _WIDEST), 7)
    fits = all(len(name) < width for name in names)
    heads = names if fits else [_letter(place) for place in range(len(names))]
    lines = (
        [] if fits else [f"{head}  {cut_middle(name, 72)}" for head, name in zip(heads, names, strict=True)]
    )
    lines += ["", _line("", heads, width)] if lines else [_line("", heads, width)]
    lines += [
        _line(label, _narrow(cells, width), width) for label, cells in summary(result.rows, result.tokenizers)
    ]
    wide = result.table()
    languages = wide.filter(pl.col("language") != ALL)
    if len(languages):
        lines += ["", _line("bytes per token", heads, width)]
        for language, *values in languages.head(_LANGUAGES).iter_rows():
            lines.append(_line(printable(language), [plain(value) for value in values], width))
        if len(languages) > _LANGUAGES:
            lines.append(f"and {len(languages) - _LANGUAGES} more languages: --json")
    return "\n".join([*lines, *_notes(result, heads)])


def _notes(result: TokenizerComparison, heads: Sequence[str]) -> list[str]:
    """Where the worst files are, and what else is to be said."""
    worst = result.rows.filter(pl.col("language") == ALL)["worst_path"].to_list()
    lines = [
        f"worst file of {head}: {cut_middle(printable(path), _WIDTH - 16 - len(head))}"
        for head, path in zip(heads, worst, strict=True)
        if path
    ]
    notes = [line for note in result.notes for line in textwrap.wrap(printable(note), _WIDTH)]
    return ["", *lines, *notes] if lines or notes else []


def _letter(place: int) -> str:
    return ascii_uppercase[place] if place < len(ascii_uppercase) else str(place + 1)


def _narrow(cells: Sequence[str], width: int) -> list[str]:
    """Large numbers with three digits and a unit where a column is too narrow for them.

    >>> _narrow(["1,234,567", "151,665", "3.825"], 7)
    ['1.23M', '152k', '3.825']
    """
    return [cell if len(cell) < width else _short(cell) for cell in cells]


def _short(cell: str) -> str:
    digits = cell.replace(",", "")
    if not digits.isdigit():
        return cell
    value, unit = float(digits), 0
    while value >= 999.5:
        value, unit = value / 1000, unit + 1
    return f"{value:.3g}{' kMGT'[unit].strip()}"


def _line(label: str, cells: Sequence[str], width: int) -> str:
    return f"{cut_middle(label, _LABEL):<{_LABEL}}" + "".join(f"{cell:>{width}}" for cell in cells)

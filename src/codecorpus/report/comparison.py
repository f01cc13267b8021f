"""Tokenizers side by side as one offline page. A `TokenizerComparison` in; HTML as text out.

Like `report.html` the page asks nothing of any network and runs no script. It stays under 1 MB: at most thirty languages, and no more
snippets than fit.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

import polars as pl
from markupsafe import Markup

from codecorpus.report import text
from codecorpus.report.html import render_page
from codecorpus.tokenize import TokenizerComparison
from codecorpus.tokenize.comparison_inputs import ALL
from codecorpus.tokenize.comparison_rows import MEANINGS
from codecorpus.tokenize.comparison_snippets import Snippet
from codecorpus.tokenize.comparison_spread import REPOSITORIES
from codecorpus.tokenize.comparison_view import plain, summary

_LANGUAGES: Final = 30
_MOST_BYTES: Final = 950_000
_TINTS: Final = 4
_NAME: Final = 24


@dataclass(frozen=True, slots=True)
class BarRow:
    """One tokenizer's bar in a chart: bytes per token, the ends of its interval, and the ratio to the first as it is written."""

    name: str
    value: float
    low: float | None
    high: float | None
    ratio: str


@dataclass(frozen=True, slots=True)
class LanguageChart:
    """Bars of one language, one for each tokenizer."""

    language: str
    documents: int
    repositories: int | None
    size: int
    bars: tuple[BarRow, ...]


@dataclass(frozen=True, slots=True)
class TokenView:
    """A snippet as one tokenizer cuts it."""

    name: str
    tokens: int
    differing: int
    markup: Markup


def comparison_html(result: TokenizerComparison) -> str:
    """The page; equal results give equal bytes."""
    charts = list(_charts(result.rows))
    names = [_name(name) for name in result.tokenizers["tokenizer"].to_list()]
    snippets = [(snippet, token_views(snippet, names)) for snippet in result.snippets]
    languages = _LANGUAGES
    while True:
        page = _page(result, names, charts[: languages + 1], len(charts), snippets)
        if len(page.encode()) <= _MOST_BYTES or not (snippets or languages):
            return page
        if snippets:
            snippets.pop()
        else:
            languages //= 2


def _page(
    result: TokenizerComparison,
    names: Sequence[str],
    charts: Sequence[LanguageChart],
    all_charts: int,
    snippets: Sequence[tuple[Snippet, list[TokenView]]],
) -> str:
    return render_page(
        "comparison.html.j2",
        ("report.css", "comparison.css"),
        names=names,
        summary=[
            (label.strip(), label[0] == " ", cells)
            for label, cells in summary(result.rows, result.tokenizers)
        ],
        charts=charts,
        more_languages=all_charts - len(charts),
        # By the bars, not by their intervals: one wide interval would make all bars short.
        scale=1.06 * max((bar.value for chart in charts for bar in chart.bars), default=1.0),
        repositories=REPOSITORIES,
        files=_files(result.rows),
        snippets=snippets,
        dropped=len(result.snippets) - len(snippets),
        notes=result.notes,
        meanings=[(column, meaning) for column, (_, meaning) in MEANINGS.items()],
    )


def _name(name: str) -> str:
    """A tokenizer's name, short and seen: it stands in attributes too, where nothing else escapes it."""
    return text.cut_middle(text.printable(name), _NAME)


def _charts(rows: pl.DataFrame) -> Iterator[LanguageChart]:
    """All languages first, then each, the largest first."""
    languages = rows["language"].unique(maintain_order=True).to_list()
    for language in [ALL, *(name for name in languages if name != ALL)]:
        some = rows.filter(pl.col("language") == language).to_dicts()
        bars = tuple(
            BarRow(
                _name(row["tokenizer"]),
                row["bytes_per_token"],
                row["bytes_per_token_low"],
                row["bytes_per_token_high"],
                f"× {row['ratio']:.3f}" if place and row["ratio"] is not None else "",
            )
            for place, row in enumerate(some)
            if row["bytes_per_token"] is not None
        )
        if bars:
            head = some[0]
            yield LanguageChart(language, head["documents"], head["repositories"], head["bytes"], bars)


def _files(rows: pl.DataFrame) -> list[dict[str, Any]]:
    """For each tokenizer the spread over files of its ratio; of its bytes per token for the first one."""
    found = []
    for place, row in enumerate(rows.filter(pl.col("language") == ALL).iter_rows(named=True)):
        kind = "file_ratio_" if place else "file_"
        whole = row["ratio"] if place else row["bytes_per_token"]
        cells = [plain(value) for value in (whole, *(row[kind + name] for name in ("median", "p5", "worst")))]
        found.append(
            {
                "name": _name(row["tokenizer"]),
                "cells": cells,
                "path": row["worst_path"] or "–",
                "ratio": bool(place),
            }
        )
    return found


def token_views(snippet: Snippet, names: Sequence[str]) -> list[TokenView]:
    """The snippet under each tokenizer; a token is marked where the first tokenizer has none with the same bounds."""
    first = set(_spans(snippet.tokens[0]))
    views = []
    for name, tokens in zip(names, snippet.tokens, strict=True):
        marked = [span not in first for span in _spans(tokens)]
        parts = [
            Markup('<span class="t{}{}">{}</span>').format(
                place % _TINTS, Markup(" d") if differs else "", _shown(token)
            )
            for place, (token, differs) in enumerate(zip(tokens, marked, strict=True))
        ]
        views.append(TokenView(name, len(tokens), sum(marked), Markup("").join(parts)))
    return views


def _spans(tokens: Sequence[bytes]) -> Iterator[tuple[int, int]]:
    start = 0
    for token in tokens:
        yield start, start + len(token)
        start += len(token)


def _shown(token: bytes) -> Markup:
    """A token that can be seen: line feeds and tabs as signs before themselves; part of a character as escapes."""
    try:
        whole = token.decode()
    except UnicodeDecodeError:
        return Markup('<span class="esc">{}</span>').format("".join(f"\\x{byte:02x}" for byte in token))
    return text.visible(whole.replace("\n", "⏎\n").replace("\t", "→\t"), keep="\n\t")

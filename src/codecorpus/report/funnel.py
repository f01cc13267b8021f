"""The funnel: what every stage took in, kept and dropped, and why. Manifest in; terminal text or an HTML fragment out."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from codecorpus.report.svg import split_bar
from codecorpus.report.text import cut_middle, number, percent, printable, size, visible
from codecorpus.rules import RULES

_LABEL = 10  # columns of a stage's name; the longest are "licences" and "documents"


@dataclass(frozen=True, slots=True)
class StageCount:
    """One stage of the funnel.

    Attributes:
        stage: name of the stage.
        documents_in: documents that came in.
        documents_kept: documents that went on; `documents_in - documents_kept` is the sum of `dropped`.
        bytes_in: bytes of text that came in.
        bytes_kept: bytes of text that went on.
        dropped: (code, documents), each document under its first failing rule, most frequent first.
        edited: (code, documents) that were changed and kept.
        flagged: (code, documents) that were only marked.
    """

    stage: str
    documents_in: int
    documents_kept: int
    bytes_in: int
    bytes_kept: int
    dropped: tuple[tuple[str, int], ...]
    edited: tuple[tuple[str, int], ...]
    flagged: tuple[tuple[str, int], ...]


def stage_counts(manifest: Mapping[str, Any]) -> tuple[StageCount, ...]:
    """The stages of a manifest, in their order, with codes sorted by count and then by code."""
    return tuple(
        StageCount(
            stage=str(row["stage"]),
            documents_in=int(row["documents_in"]),
            documents_kept=int(row["documents_kept"]),
            bytes_in=int(row["bytes_in"]),
            bytes_kept=int(row["bytes_kept"]),
            dropped=_by_count(row.get("dropped")),
            edited=_by_count(row.get("edited")),
            flagged=_by_count(row.get("flagged")),
        )
        for row in manifest.get("stages", ())
    )


def rule_name(code: str) -> str:
    """The short name of a rule, or an empty string for a code of another version."""
    rule = RULES.get(code)
    return rule.name if rule else ""


def funnel_text(manifest: Mapping[str, Any], *, width: int = 80) -> str:
    """The closing funnel for a terminal: one line per stage, then tokens and packing, then alarms.

    Each stage's line shows the documents kept and, as far as `width` allows, the most frequent reasons with their rule
    codes; the rest is summed as "other", so that kept + reasons always add up to what came in. No colour; only Latin-1
    characters of ours, and every name from the corpus with visible escapes.

    Args:
        manifest: a run's manifest.
        width: columns of the terminal, at least 60.
    """
    stages = stage_counts(manifest)
    sources = manifest.get("sources", ())
    documents = stages[0].documents_in if stages else sum(int(row["documents"]) for row in sources)
    in_bytes = stages[0].bytes_in if stages else sum(int(row["bytes"]) for row in sources)
    plural = "1 source" if len(sources) == 1 else f"{len(sources)} sources"
    digits = max(9, len(number(documents)))
    lines = [_line("sources", number(documents), size(in_bytes), plural, digits)]
    for row in stages:
        lines.append(_stage_line(row, digits, width))
    lines.extend(_token_lines(manifest, digits))
    for alarm in manifest.get("alarms", ()):
        text = f"! {alarm['kind']}: {printable(str(alarm['what']))}"
        lines.extend(
            textwrap.wrap(
                cut_middle(text, 4 * width), width - 2, initial_indent="  ", subsequent_indent="    "
            )
        )
    return "\n".join(line.rstrip() for line in lines) + "\n"


def funnel_html(manifest: Mapping[str, Any]) -> str:
    """The funnel as a self-contained HTML fragment (a table with bars) for notebooks; inert, no script, no request."""
    stages = stage_counts(manifest)
    rows = Markup("").join(
        Markup(
            "<tr><th scope='row' style='text-align:left'>{}</th><td>{}</td><td>{}</td><td style='min-width:8em'>{}</td>"
            "<td style='text-align:left'>{}</td></tr>"
        ).format(
            printable(row.stage),
            number(row.documents_kept),
            size(row.bytes_kept),
            split_bar(
                row.documents_kept,
                row.documents_in,
                stages[0].documents_in,
                label=f"{row.stage}: documents kept",
            ),
            _reasons(row, 3),
        )
        for row in stages
    )
    head = Markup(
        "<tr><th style='text-align:left'>stage</th><th>documents</th><th>bytes</th><th></th><th style='text-align:left'>dropped</th></tr>"
    )
    notes = Markup("").join(Markup("<p>{}</p>").format(line.strip()) for line in _token_lines(manifest, 0))
    alarms = Markup("").join(
        Markup("<p><strong>Alarm ({}):</strong> {}</p>").format(
            alarm["kind"], visible(cut_middle(str(alarm["what"]), 300))
        )
        for alarm in manifest.get("alarms", ())
    )
    return str(
        Markup("<div class='codecorpus-funnel'>{}<table>{}{}</table>{}</div>").format(
            alarms, head, rows, notes
        )
    )


def _by_count(counts: Mapping[str, int] | None) -> tuple[tuple[str, int], ...]:
    return tuple(
        sorted(((code, int(n)) for code, n in (counts or {}).items()), key=lambda item: (-item[1], item[0]))
    )


def _line(label: str, left: str, right: str, text: str, digits: int) -> str:
    return f"  {label:<{_LABEL}} {left:>{digits}} {right:>8}   {text}"


def _stage_line(row: StageCount, digits: int, width: int) -> str:
    start = _line(
        cut_middle(printable(row.stage), _LABEL), number(row.documents_kept), size(row.bytes_kept), "", digits
    )
    for shown in range(len(row.dropped), -1, -1):
        line = start + _reasons(row, shown)
        if len(line) <= width:
            break
    return line


def _reasons(row: StageCount, shown: int) -> str:
    """`4,812 generated CC204 · 1,104 other`: the first `shown` reasons and the sum of the rest."""
    parts = [
        f"{number(count)} {rule_name(code)} {code}".replace("  ", " ") for code, count in row.dropped[:shown]
    ]
    rest = sum(count for _, count in row.dropped[shown:])
    if rest:
        parts.append(f"{number(rest)} {'other' if shown else 'dropped'}")
    return " · ".join(parts)


def _token_lines(manifest: Mapping[str, Any], digits: int) -> list[str]:
    lines = []
    tokenizer, sequences = manifest.get("tokenizer"), manifest.get("sequences")
    if tokenizer:
        made = "trained" if tokenizer.get("trained") else "given"
        text = f"{tokenizer['bytes_per_token']:.2f} bytes per token · vocabulary {number(tokenizer['vocab_size'])} ({made})"
        lines.append(_line("tokens", number(tokenizer["tokens"]), "", text, digits))
    mixture = (sequences or {}).get("mixture")
    if mixture and tokenizer:
        text = f"of {number(tokenizer['tokens'])} source tokens · {number(mixture['left_out'])} documents left out CC701"
        lines.append(_line("mixture", number(mixture["tokens"]), "", text, digits))
    if sequences:
        layouts = sequences.get("layouts", {})
        parts = sum(layouts.values())
        plain = layouts.get("none", 0)
        text = f"x {number(sequences['sequence_length'])} tokens · fill {percent(sequences['fill_rate'], 1)}"
        text += f" · FIM {percent(parts - plain, parts)}" if parts else ""
        lines.append(_line("sequences", number(sequences["rows"]), "", text, digits))
        for name, counters in sequences.get("formats", {}).items():
            hidden = counters.get("hidden_borders", 0)
            text = f"rows as {name}"
            text += f" · {number(hidden)} ends of samples that its reader does not see" if hidden else ""
            lines.append(_line("formats", number(counters["rows"]), "", text, digits))
    return lines

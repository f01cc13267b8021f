"""The difference between two runs as a person reads it: a `RunDiff` in, lines of 80 columns out.

Names of everything come from the files of runs, which may be somebody else's: each finished line is made free of control characters.
"""

from __future__ import annotations

import json
import textwrap
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from codecorpus.report.text import cut_middle, exact, number, printable
from codecorpus.rules import RULES

if TYPE_CHECKING:
    from codecorpus.report.changes import Change, RuleChange, RunDiff

_WIDTH = 80
#: Rules and settings that are listed.
_MOST = 12
_WORDS = {
    "kept now": "dropped in A, kept in B",
    "dropped now": "kept in A, dropped in B",
    "other rule": "dropped in both, by another rule",
    "other content": "the same path with other bytes",
    "only in first": "in A alone",
    "only in second": "in B alone",
}


def diff_lines(found: RunDiff, limit: int) -> list[str]:
    """Numbers, settings, rules, then documents of each kind, at most `limit` of each."""
    lines = [
        f"A  {found.first}",
        f"B  {found.second}",
        "",
        _numbers("", "A", "B", "B - A"),
    ]
    lines += [_count(one) for one in found.totals]
    lines += ["", "kept by stage", *(_count(one, "  ") for one in found.stages)]
    for title, changes in (("settings", found.settings), ("versions", found.versions)):
        if changes:
            lines += ["", f"{title} that differ", *_listed(changes)]
    if found.rules:
        lines += ["", "rules that moved", *(_rule(one) for one in found.rules[:_MOST])]
        lines += _more(len(found.rules) - _MOST)
    lines += ["", *_documents(found, limit)]
    return [printable(line) for line in lines]


def _documents(found: RunDiff, limit: int) -> Iterator[str]:
    if not any(found.counts.values()):
        yield "every document is in both, with the same fate"
    for kind, count in found.counts.items():
        if not count:
            continue
        yield f"{number(count)} document{'s' if count > 1 else ''}: {_WORDS[kind]}"
        for row in found.rows(kind, limit):
            yield f"  {row['repo_name']}/{row['path']}"
            for name, run in (("A", "first"), ("B", "second")):
                if row[f"doc_id_{run}"] and not (kind == "other content" and row[f"kept_{run}"]):
                    yield from _fate(row, name, run)
        yield from _more(count - limit)


def _fate(row: Mapping[str, Any], name: str, run: str) -> Iterator[str]:
    if row[f"kept_{run}"]:
        yield f"    {name}: kept"
        return
    code = row[f"code_{run}"]
    rule = RULES.get(code)
    text = f"{name}: {row[f'stage_{run}']}, {code} {rule.name if rule else ''}".rstrip()
    if row[f"measured_{run}"] is not None:
        text += f", measured {exact(row[f'measured_{run}'])}"
        text += f", limit {exact(row[f'limit_{run}'])}" if row[f"limit_{run}"] is not None else ""
    yield from textwrap.wrap(printable(text), _WIDTH, initial_indent="    ", subsequent_indent="       ")


def _listed(changes: tuple[Change, ...]) -> Iterator[str]:
    for one in changes[:_MOST]:
        # Escaped before it is measured; TOML has dates, which JSON has not.
        name, *sides = map(printable, (one.name, _value(one.first), _value(one.second)))
        line = f"  {name}: {sides[0]} > {sides[1]}"
        if len(line) <= _WIDTH:
            yield line
        else:
            yield f"  {cut_middle(name, 70)}:"
            yield from (f"    {side} {cut_middle(text, 72)}" for side, text in zip("AB", sides, strict=True))
    yield from _more(len(changes) - _MOST)


def _value(side: Any) -> str:
    return json.dumps(side, ensure_ascii=False, default=str)


def _rule(one: RuleChange) -> str:
    rule = RULES.get(one.code)
    name = printable(f"  {one.code} {rule.name if rule else one.stage}, {one.verdict}")
    return _numbers(
        cut_middle(name, 43), number(one.first or 0), number(one.second or 0), _signed(one.difference)
    )


def _count(one: Change, indent: str = "") -> str:
    first, second = ("-" if side is None else number(side) for side in (one.first, one.second))
    change = "" if None in (one.first, one.second) else _signed(one.difference)
    return _numbers(cut_middle(printable(f"{indent}{one.name}"), 43), first, second, change).rstrip()


def _numbers(name: str, first: str, second: str, change: str) -> str:
    return f"{name:<43} {first:>11} {second:>11} {change:>11}"


def _signed(value: int) -> str:
    return f"{value:+,}" if value else "="


def _more(count: int) -> Iterator[str]:
    if count > 0:
        yield f"  and {number(count)} more"

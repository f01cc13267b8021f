"""Commands that look into a run: rule, sample, show, attribution, report, verify."""

from __future__ import annotations

import json
import textwrap
from typing import Any

import click

from codecorpus.cli.words import JSON, RUN, codes


@click.command(short_help="Say what a rule means, and where it comes from.")
@click.argument("code", required=False, metavar="[CODE|WORD]", shell_complete=codes)
@JSON
def rule(code: str | None, as_json: bool) -> None:
    """Say what a rule means, why it is there, and where it comes from.

    Without CODE, list all rules; with a WORD, those that have it in their name, or in a key that moves them.
    """
    from codecorpus.errors import UsageError
    from codecorpus.rules import RULES

    found = RULES.get((code or "").upper())
    if found is None:
        word = (code or "").lower()
        listed = [
            one for one in RULES.values() if any(word in text for text in (one.name.lower(), *one.options))
        ]
        if not listed:
            raise UsageError(f"no rule {code!r}", "`codecorpus rule` lists them.")
        if as_json:
            click.echo(json.dumps([_rule_row(one) for one in listed], indent=1))
            return
        for one in listed:
            click.echo(f"{one.code}  {one.name}")
        return
    if as_json:
        click.echo(json.dumps(_rule_row(found), indent=1))
        return
    click.echo(f"{found.code}  {found.name}\n")
    for label, text in (
        ("means", found.meaning),
        ("why", found.reason),
        ("set by", "; ".join(_setting(key) for key in found.options)),
        ("source", found.source),
    ):
        if text:
            click.echo(textwrap.fill(text, 80, initial_indent=f"{label:<7} ", subsequent_indent=" " * 8))


@click.command(short_help="Look at documents, kept or dropped by a rule.")
@RUN
@click.option(
    "--dropped-by",
    metavar="CODE",
    shell_complete=codes,
    help="Documents that this rule decided on, instead of kept ones.",
)
@click.option("--near", is_flag=True, help="With --dropped-by: those nearest to the limit.")
@click.option("-n", "count", type=click.IntRange(min=1), default=10, show_default=True, help="How many.")
@click.option("--seed", type=click.IntRange(min=0), default=0, help="Another seed gives other documents.")
@JSON
def sample(run: str, dropped_by: str | None, near: bool, count: int, seed: int, as_json: bool) -> None:
    """Look at documents: kept ones, or those that a rule decided on and what it measured, with their first lines.

    The text of a dropped document is there as long as the run's work/ is; without it, where it is one of the stored samples.
    """
    import codecorpus as cc
    from codecorpus.errors import UsageError

    if near and dropped_by is None:
        raise UsageError("--near needs --dropped-by CODE", "Kept documents have no limit of their own.")
    corpus = cc.open(run)
    rows = corpus.sample(
        count, dropped_by=dropped_by.upper() if dropped_by else None, seed=seed, near=near
    ).to_dicts()
    texts = corpus.texts([row["doc_id"] for row in rows]) if dropped_by and rows else {}
    for row in rows:
        row["content"] = texts.get(row["doc_id"]) if dropped_by else row["content"]
    if as_json:
        click.echo(json.dumps([_plain(row) for row in rows], indent=1, default=str))
        return
    if not rows:
        click.echo("nothing: no document fits")
    click.echo("\n\n".join("\n".join(_sample_lines(row)) for row in rows))


@click.command(short_help="Show one packed row: prefix, middle, suffix, borders.")
@RUN
@click.option("--row", type=click.IntRange(min=0), default=0, show_default=True, help="Number of the row.")
@JSON
def show(run: str, row: int, as_json: bool) -> None:
    """Show one packed row: prefix, middle, suffix, sentinels and document borders."""
    import codecorpus as cc

    corpus = cc.open(run)
    view = corpus.show(row)
    if as_json:
        segments = [
            {
                "part": one.part,
                "layout": one.layout,
                "role": one.role,
                "tokens": one.stop - one.start,
                "text": text,
            }
            for one, text in zip(view.segments, view.texts, strict=True)
        ]
        click.echo(json.dumps({"row": row, "doc_ids": view.doc_ids, "segments": segments}, indent=1))
        return
    tokens = view.segments[-1].stop if view.segments else 0
    length = corpus.manifest["sequences"]["sequence_length"]
    click.echo(f"row {row:,} of {corpus.manifest['sequences']['rows']:,}: {tokens:,} of {length:,} tokens\n")
    click.echo(view.text(color=_colored()))


@click.command(short_help="Say whose code is in a run.")
@RUN
@JSON
def attribution(run: str, as_json: bool) -> None:
    """Say whose code is in a run: licences, kept files and holders of the copyright, by repository."""
    import codecorpus as cc
    from codecorpus.report import render_notice

    frame = cc.open(run).attribution()
    click.echo(json.dumps(frame.to_dicts(), indent=1) if as_json else render_notice(frame), nl=as_json)


@click.command(short_help="Make the report and the dataset card again.")
@RUN
@JSON
def report(run: str, as_json: bool) -> None:
    """Make report.html, the dataset card, NOTICE and croissant.json again from the run's files."""
    import codecorpus as cc

    path = cc.open(run).report()
    click.echo(json.dumps({"report": str(path)}) if as_json else str(path))


@click.command(short_help="Hash and check every file of a run.")
@RUN
@JSON
def verify(run: str, as_json: bool) -> int:
    """Hash every file of a run again, and check that documents in = kept + dropped at every stage."""
    import codecorpus as cc
    from codecorpus.report.text import printable

    result = cc.open(run).verify()
    if as_json:
        click.echo(
            json.dumps(
                {"ok": result.ok, "files": result.files, "checks": result.checks, "problems": result.problems}
            )
        )
    else:
        for problem in result.problems:
            click.echo(printable(problem))
        click.echo(
            f"{result.checks} checks, {len(result.problems)} problems"
            if not result.ok
            else f"{result.checks} checks, all well"
        )
    return 0 if result.ok else 3


def _rule_row(one: Any) -> dict[str, Any]:
    names = ("code", "name", "meaning", "reason", "options", "source")
    return {name: getattr(one, name) for name in names}


def _setting(option: str) -> str:
    """The configuration key, with its default."""
    from codecorpus.config import option_rows

    default = next((row[1] for row in option_rows() if row[0] == option), None)
    return f"{option}, {'off by default' if default is None else f'default {json.dumps(default)}'}"


def _sample_lines(row: dict[str, Any]) -> list[str]:
    from codecorpus.report.text import exact, printable, size, snippet

    name = f"{row['repo_name']}/{row['path']}"
    if "code" in row:
        measured = "" if row["measured"] is None else f", measured {exact(row['measured'])}"
        limit = "" if row["limit"] is None else f", limit {exact(row['limit'])}"
        lines = [f"--- {name}", f"  {row['verdict']} by {row['code']}{measured}{limit}"]
        if row["detail"]:
            lines += textwrap.wrap(
                printable(row["detail"]), 80, initial_indent="  ", subsequent_indent="    "
            )
    else:
        lines = [f"--- {name}", f"  {row['language'] or 'unknown language'}, {size(row['length_bytes'])}"]
    shown = snippet(row["content"] or "", lines=12, width=76).split("\n")
    lines += [f"  | {printable(line.expandtabs(4))[:76]}".rstrip() for line in shown if row["content"]]
    # Every string of a table may be hostile: language, code and verdict of somebody else's run too.
    return [printable(line) for line in lines]


def _plain(row: dict[str, Any]) -> dict[str, Any]:
    return {key: value.hex() if isinstance(value, bytes) else value for key, value in row.items()}


def _colored() -> bool:
    import os
    import sys

    return sys.stdout.isatty() and "NO_COLOR" not in os.environ

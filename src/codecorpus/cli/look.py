"""Commands that look into a run: explain, rule, sample, show, report, verify."""

from __future__ import annotations

import json
import textwrap
from typing import Any

import click

JSON = click.option("--json", "as_json", is_flag=True, help="JSON on stdout.")


@click.command()
@click.argument("run", metavar="RUN")
@click.argument("question", metavar="PATH|DOC_ID")
@JSON
def explain(run: str, question: str, as_json: bool) -> None:
    """Say what became of a file, and why.

    PATH as the tables have it, with its repository in front, or as it lies on the disk; or a doc_id in hex.
    """
    import codecorpus as cc
    from codecorpus.errors import DataError
    from codecorpus.report.explain import near_paths

    corpus = cc.open(run)
    found = corpus.explain(question)
    if not found:
        near = near_paths(corpus.path, question)
        hint = "Did you mean: " + ", ".join(near) if near else "Paths are relative to their repository."
        raise DataError(f"{question}: no file of this run's input has this path or id", hint)
    if as_json:
        click.echo(json.dumps([one.to_json() for one in found], indent=1))
        return
    click.echo("\n\n".join("\n".join(one.lines()) for one in found))


@click.command()
@click.argument("code", required=False, metavar="[CODE]")
@JSON
def rule(code: str | None, as_json: bool) -> None:
    """Say what a rule means, why it is there, and where it comes from; without CODE, list all rules."""
    from codecorpus.errors import UsageError
    from codecorpus.rules import RULES

    if code is None:
        if as_json:
            click.echo(json.dumps([_rule_row(one) for one in RULES.values()], indent=1))
            return
        for one in RULES.values():
            click.echo(f"{one.code}  {one.name}")
        return
    found = RULES.get(code.upper())
    if found is None:
        raise UsageError(f"no rule {code!r}", "`codecorpus rule` lists them.")
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


@click.command()
@click.argument("run", metavar="RUN")
@click.option(
    "--dropped-by", metavar="CODE", help="Documents that this rule decided on, instead of kept ones."
)
@click.option("-n", "count", type=click.IntRange(min=1), default=10, show_default=True, help="How many.")
@click.option("--seed", type=click.IntRange(min=0), default=0, help="Another seed gives other documents.")
@JSON
def sample(run: str, dropped_by: str | None, count: int, seed: int, as_json: bool) -> None:
    """Look at documents: kept ones with their first lines, or what a rule dropped and what it measured."""
    import codecorpus as cc

    frame = cc.open(run).sample(count, dropped_by=dropped_by, seed=seed)
    rows = frame.to_dicts()
    if as_json:
        click.echo(json.dumps([_plain(row) for row in rows], indent=1))
        return
    if not rows:
        click.echo("nothing: no document fits")
    for row in rows:
        click.echo("\n".join(_sample_lines(row)))


@click.command()
@click.argument("run", metavar="RUN")
@click.option("--row", type=click.IntRange(min=0), default=0, show_default=True, help="Number of the row.")
@JSON
def show(run: str, row: int, as_json: bool) -> None:
    """Show one packed row: prefix, middle, suffix, sentinels and document borders."""
    import codecorpus as cc

    view = cc.open(run).show(row)
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
    click.echo(view.text(color=_colored()))


@click.command()
@click.argument("run", metavar="RUN")
@JSON
def attribution(run: str, as_json: bool) -> None:
    """Say whose code is in a run: licences, kept files and holders of the copyright, by repository."""
    import codecorpus as cc
    from codecorpus.report import render_notice

    frame = cc.open(run).attribution()
    click.echo(json.dumps(frame.to_dicts(), indent=1) if as_json else render_notice(frame), nl=as_json)


@click.command()
@click.argument("run", metavar="RUN")
def report(run: str) -> None:
    """Make report.html, the dataset card, NOTICE and croissant.json again from the run's files."""
    import codecorpus as cc

    click.echo(str(cc.open(run).report()))


@click.command()
@click.argument("run", metavar="RUN")
@JSON
def verify(run: str, as_json: bool) -> int:
    """Hash every file of a run again, and check that documents in = kept + dropped at every stage."""
    import codecorpus as cc

    result = cc.open(run).verify()
    if as_json:
        click.echo(
            json.dumps(
                {"ok": result.ok, "files": result.files, "checks": result.checks, "problems": result.problems}
            )
        )
    else:
        for problem in result.problems:
            click.echo(problem)
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
    from codecorpus.report.text import printable

    name = printable(f"{row['repo_name']}/{row['path']}")
    if "code" in row:
        measured = "" if row["measured"] is None else f"  measured {row['measured']:g}"
        limit = "" if row["limit"] is None else f", limit {row['limit']:g}"
        return [
            f"{name}  {row['code']} {row['verdict']}{measured}{limit}",
            f"  {printable(row['detail'] or '')}".rstrip(),
        ]
    lines = [f"--- {name}  {row['language'] or ''}  {row['length_bytes']:,} bytes"]
    return lines + [f"  {printable(line)[:96]}" for line in row["content"].splitlines()[:12]]


def _plain(row: dict[str, Any]) -> dict[str, Any]:
    return {key: value.hex() if isinstance(value, bytes) else value for key, value in row.items()}


def _colored() -> bool:
    import os
    import sys

    return sys.stdout.isatty() and "NO_COLOR" not in os.environ

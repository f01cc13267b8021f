"""Questions about files: explain (what became of one; is this code in the corpus) and diff (what differs between two runs)."""

from __future__ import annotations

import json
import os
import shlex
from pathlib import Path
from typing import TYPE_CHECKING

import click

from codecorpus.cli.words import JSON, RUN

if TYPE_CHECKING:
    from codecorpus.corpus import Corpus


@click.command(short_help="Say what became of a file, or whose code a text is.")
@RUN
@click.argument("question", required=False, metavar="[PATH|DOC_ID]")
@click.option(
    "--text",
    type=click.Path(),
    metavar="FILE",
    help="Is this code, a near copy of it, or a document that holds it in the corpus? - for stdin.",
)
@click.option("--language", metavar="NAME", help="With --text: its language; by the file's name by default.")
@click.option(
    "--diff",
    "diff_lines",
    type=click.IntRange(min=0),
    metavar="LINES",
    help="Lines of the difference to the document that a duplicate matched: 40 by default, 0 for none.",
)
@click.option(
    "-n",
    "count",
    type=click.IntRange(min=1),
    metavar="N",
    help="Documents at most: 20, or 10 with --text, by default.",
)
@JSON
def explain(
    run: str,
    question: str | None,
    text: str | None,
    language: str | None,
    diff_lines: int | None,
    count: int | None,
    as_json: bool,
) -> None:
    """Say what became of a file, and why; or whose code a text is.

    PATH as the tables have it, with its repository in front, or as it lies on the disk; or a doc_id in hex. A duplicate is shown with the
    document that it matched and the difference between them.

    With --text, the documents that are this code, are like it, or hold it, and under which licence: from the stored table lookup/, and
    by reading every text where the code is short.
    """
    import codecorpus as cc

    _check_together(question, text, language, diff_lines)
    corpus = cc.open(run)
    if text is not None:
        content = _content(text)
        found = corpus.find_text(
            content, name="" if text == "-" else text, language=language, limit=count or 10
        )
        click.echo(json.dumps(found.to_json(), indent=1) if as_json else "\n".join(found.lines()))
        return
    explained = corpus.explain(
        question or "", limit=count or 20, diff_lines=40 if diff_lines is None else diff_lines
    )
    if not explained:
        raise _unknown(corpus, question or "")
    if as_json:
        click.echo(json.dumps([one.to_json() for one in explained], indent=1))
        return
    click.echo("\n\n".join("\n".join(one.lines()) for one in explained))


@click.command(short_help="Say what differs between two runs.")
@click.argument("first", metavar="RUN_A")
@click.argument("second", metavar="RUN_B")
@click.option(
    "-n", "count", type=click.IntRange(min=0), default=5, show_default=True, help="Files of each kind."
)
@JSON
def diff(first: str, second: str, count: int, as_json: bool) -> None:
    """Say what differs between two runs.

    Documents kept by stage, settings that differ, rules that moved most, and the files whose verdict is another, with both
    reasons. A path with other bytes is one file that changed.
    """
    import codecorpus as cc

    found = cc.diff(first, second)
    click.echo(
        json.dumps(found.to_json(limit=count), indent=1) if as_json else "\n".join(found.lines(limit=count))
    )


def _check_together(
    question: str | None, text: str | None, language: str | None, diff_lines: int | None
) -> None:
    """Whether one question is asked, and nothing said that has no meaning for it.

    Raises:
        UsageError: it is not so.
    """
    from codecorpus.errors import UsageError

    if (question is None) == (text is None):
        raise UsageError("explain needs a PATH, a DOC_ID, or --text FILE", "Give one of them.")
    if text is not None and diff_lines is not None:
        raise UsageError(
            "--diff needs a PATH or a DOC_ID", "With --text there is no duplicate to show it of."
        )
    if text is None and language is not None:
        raise UsageError(
            "--language needs --text FILE", "The language of a file of the run is in its tables."
        )


def _content(text: str) -> bytes:
    """The bytes of the file, or of stdin. What is too long is not held: it may have no end.

    Raises:
        DataError: it cannot be read.
        UsageError: it is longer than what can be asked about.
    """
    import sys
    from contextlib import nullcontext

    from codecorpus.errors import DataError, UsageError
    from codecorpus.report.find import MOST_BYTES

    try:
        with nullcontext(sys.stdin.buffer) if text == "-" else Path(text).open("rb") as file:
            content = file.read(MOST_BYTES + 1)
    except OSError as error:
        raise DataError(
            f"{text}: {error.strerror or error}", "Give a file that can be read, or - for stdin."
        ) from None
    if len(content) > MOST_BYTES:
        what = f"nothing can be looked up: {text} has more than {MOST_BYTES:,} bytes"
        raise UsageError(what, "Give a part of it.")
    return content


def _unknown(corpus: Corpus, question: str) -> Exception:
    from codecorpus.errors import DataError
    from codecorpus.report.explain import near_paths

    near = near_paths(corpus.path, question)
    hint = "Did you mean: " + ", ".join(near) if near else "Paths are relative to their repository."
    if os.path.isfile(question):  # `Path` raises where the question is longer than a name may be
        hint += f"\nIs its code in the corpus?  codecorpus explain RUN --text {shlex.quote(question)}"
    return DataError(f"{question}: no file of this run's input has this path or id", hint)

"""Commands about this machine: doctor, completion."""

from __future__ import annotations

import json
import textwrap
from typing import TYPE_CHECKING

import click

from codecorpus.cli.words import JSON

if TYPE_CHECKING:
    from codecorpus.run.doctor import Diagnosis

_SHELLS = {
    "bash": 'Put this into ~/.bashrc:  eval "$(codecorpus completion bash)"',
    "zsh": 'Put this into ~/.zshrc:  eval "$(codecorpus completion zsh)"',
    "fish": "codecorpus completion fish > ~/.config/fish/completions/codecorpus.fish",
}


@click.command(short_help="Look at versions, grammars, cores, memory, extras and Ray.")
@click.option(
    "--ray-address", metavar="ADDR", help="See whether a Ray cluster listens here; RAY_ADDRESS by default."
)
@JSON
def doctor(ray_address: str | None, as_json: bool) -> int:
    """Look at what this machine and this installation offer; exit with 3 where something is broken."""
    from codecorpus.run.doctor import diagnose

    found = diagnose(ray_address=ray_address)
    click.echo(json.dumps(found.to_json(), indent=1) if as_json else "\n".join(_lines(found)))
    return 0 if found.ok else 3


@click.command(short_help="Print what makes a shell complete commands and options.")
@click.argument("shell", type=click.Choice(list(_SHELLS)))
@click.pass_context
def completion(context: click.Context, shell: str) -> None:
    """Print what makes a shell complete commands, options, recipes and rule codes.

    \b
    bash, zsh:  eval "$(codecorpus completion bash)"   in ~/.bashrc or ~/.zshrc
    fish:       codecorpus completion fish > ~/.config/fish/completions/codecorpus.fish
    """  # noqa: D301 - click wants the character
    from click.shell_completion import get_completion_class

    root = context.find_root().command
    found = get_completion_class(shell)
    if found is None:  # pragma: no cover - the choice above lists what click has
        raise AssertionError(shell)
    click.echo(f"# {_SHELLS[shell]}")
    click.echo(found(root, {}, "codecorpus", "_CODECORPUS_COMPLETE").source())


def _lines(found: Diagnosis) -> list[str]:
    lines: list[str] = []
    before = ""
    for fact in found.facts:
        if fact.topic != before:
            lines += [*([""] if before else []), fact.topic]
            before = fact.topic
        mark = "!" if fact.state == "problem" else " "
        text = f"{fact.name:<16} {fact.value}"
        lines += textwrap.wrap(
            text, 80, initial_indent=f"{mark} ", subsequent_indent=" " * 19, break_on_hyphens=False
        )
        if fact.hint:
            lines += textwrap.wrap(
                fact.hint, 80, initial_indent=" " * 19, subsequent_indent=" " * 19, break_on_hyphens=False
            )
    problems = sum(fact.state == "problem" for fact in found.facts)
    return [
        *lines,
        "",
        "all well" if not problems else f"{problems} problem{'s' if problems > 1 else ''}, marked with !",
    ]

"""What several commands share: options that mean the same everywhere, and what the shell can fill in for them."""

from __future__ import annotations

from typing import Any

import click


def _recipes(_context: click.Context, _parameter: click.Parameter, typed: str) -> list[Any]:
    """Recipes by name, and files."""
    from click.shell_completion import CompletionItem

    from codecorpus.recipes import recipe_names

    names = [CompletionItem(name) for name in recipe_names() if name.startswith(typed)]
    return names or [CompletionItem(typed, type="file")]


def codes(_context: click.Context, _parameter: click.Parameter, typed: str) -> list[Any]:
    """Codes of rules, each with its name."""
    from click.shell_completion import CompletionItem

    from codecorpus.rules import RULES

    return [
        CompletionItem(rule.code, help=rule.name)
        for rule in RULES.values()
        if rule.code.startswith(typed.upper())
    ]


JSON = click.option("--json", "as_json", is_flag=True, help="JSON on stdout.")
RUN = click.argument("run", metavar="RUN", type=click.Path())
RECIPE = click.option(
    "--recipe",
    default="default",
    show_default=True,
    metavar="NAME|FILE",
    shell_complete=_recipes,
    help="A recipe, or a TOML file.",
)

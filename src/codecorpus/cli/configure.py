"""`codecorpus init` and `codecorpus config show`: configuration files."""

from __future__ import annotations

import json

import click

from codecorpus.cli.build import SET_HELP


@click.command()
@click.option(
    "--recipe", default="default", show_default=True, metavar="NAME", help="The recipe to start from."
)
@click.option(
    "--out", default="codecorpus.toml", show_default=True, metavar="FILE", help="File to write; - for stdout."
)
def init(recipe: str, out: str) -> None:
    """Write a configuration file with every key explained, from a recipe."""
    from pathlib import Path

    from codecorpus.config import commented_toml
    from codecorpus.errors import OutputError

    text = commented_toml(recipe)
    if out == "-":
        click.echo(text, nl=False)
        return
    if Path(out).exists():
        raise OutputError(f"{out}: is there already", "Choose another file with --out; nothing was written.")
    Path(out).write_text(text, encoding="utf-8")
    click.echo(f"wrote {out}; use it with: codecorpus build SOURCE --recipe {out}")


@click.group()
def config() -> None:
    """Look at the configuration."""


@config.command("show")
@click.option(
    "--recipe", default="default", show_default=True, metavar="NAME|FILE", help="A recipe, or a TOML file."
)
@click.option("--set", "settings", multiple=True, metavar="KEY=VALUE", help=SET_HELP)
@click.option("--json", "as_json", is_flag=True, help="JSON on stdout.")
def show(recipe: str, settings: tuple[str, ...], as_json: bool) -> None:
    """Print every key, its value, and where the value comes from."""
    from codecorpus.config import load_config, option_rows, parse_setting

    given = dict(parse_setting(text) for text in settings)
    values = load_config(recipe, given).model_dump(mode="json")
    rows = []
    for key, default, _, _ in option_rows():
        table, _, name = key.rpartition(".")
        value = (values[table] if table else values)[name]
        origin = (
            "--set"
            if key in given
            else "default"
            if value == json.loads(json.dumps(default, default=list))
            else recipe
        )
        rows.append({"key": key, "value": value, "from": origin})
    if as_json:
        click.echo(json.dumps(rows, indent=1))
        return
    width = max(len(row["key"]) for row in rows)
    for row in rows:
        click.echo(f"{row['key']:<{width}}  {json.dumps(row['value']):<24}  {row['from']}")

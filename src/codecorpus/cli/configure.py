"""`codecorpus init` and `codecorpus config show`: configuration files."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

import click

from codecorpus.cli.build import SET_HELP
from codecorpus.cli.words import JSON, RECIPE


@click.command(short_help="Write a configuration file with every key explained.")
@RECIPE
@click.option(
    "--out", default="codecorpus.toml", show_default=True, metavar="FILE", help="File to write; - for stdout."
)
def init(recipe: str, out: str) -> None:
    """Write a configuration file with every key explained, from a recipe or from another such file."""
    from pathlib import Path

    from codecorpus.config import commented_toml
    from codecorpus.errors import OutputError, StorageError

    text = commented_toml(recipe)
    if out == "-":
        click.echo(text, nl=False)
        return
    try:
        with Path(out).open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        raise OutputError(
            f"{out}: is there already", "Choose another file with --out; nothing was written."
        ) from None
    except OSError as error:
        raise StorageError(
            f"{out}: cannot be written: {error.strerror}", "Choose another file with --out."
        ) from None
    click.echo(f"wrote {out}; use it with: codecorpus build SOURCE --recipe {out}")


@click.group(short_help="Look at the configuration in force.")
def config() -> None:
    """Look at the configuration."""


@config.command("show")
@RECIPE
@click.option("--set", "settings", multiple=True, metavar="KEY=VALUE", help=SET_HELP)
@click.option("--changed", is_flag=True, help="Only keys whose value is not the default.")
@JSON
def show(recipe: str, settings: tuple[str, ...], changed: bool, as_json: bool) -> None:
    """Print every key, its value, and where the value comes from: default, a recipe, a file, or --set."""
    from codecorpus.config import load_config, option_rows, parse_setting
    from codecorpus.recipes import origins

    given = dict(parse_setting(text) for text in settings)
    values = load_config(recipe, given).model_dump(mode="json")
    known = origins(recipe) | {_key(name): "--set" for name in given}
    rows = []
    for key, default, _, _ in option_rows():
        table, _, name = key.rpartition(".")
        value = (values[table] if table else values)[name]
        plain = json.loads(json.dumps(default, default=list))
        if not changed or value != plain:
            rows.append({"key": key, "value": value, "default": plain, "from": known.get(key, "default")})
    click.echo(json.dumps(rows, indent=1) if as_json else "\n".join(_lines(rows)))


def _key(name: str) -> str:
    """The key that a setting is about: `filter.by_language.Go` sets a part of `filter.by_language`."""
    return ".".join(name.split(".")[:2])


def _lines(rows: Sequence[dict[str, Any]]) -> Iterator[str]:
    """Tables as in TOML, with the origin of each value behind it; values that do not fit are cut."""
    from codecorpus.report.text import cut_middle, printable

    before = ""
    for row in rows:
        table, _, name = row["key"].rpartition(".")
        if table != before:
            yield f"\n[{table}]"
            before = table
        value = printable(json.dumps(row["value"], ensure_ascii=False))
        origin = cut_middle(printable(row["from"]), 24)
        start = f"{name} = "
        yield f"{start}{cut_middle(value, max(12, 78 - len(start) - len(origin))):<{max(1, 54 - len(start))}}  {origin}"
    if not rows:
        yield "every key has its default"

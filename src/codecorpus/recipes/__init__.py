"""Recipes: whole configurations by name, so that a published pipeline can be reproduced. Each is a TOML file beside this one.

A recipe of others' pipeline starts from nothing (`defaults = false`) and states where each limit was read: repository, file and commit.
What its authors did and this project does on purpose in another way stands in a comment, and on the page `docs/recipes.md`.

Limits by extension may stand in a table of their own, beside the recipe: `extension_table = "FILE.csv"` in `[filter]`. Its columns are
`extension` (empty for files without one, whose name stands in `file_name`), `include` (0 or 1) and keys of `[filter]`; other columns
say where a row is from. An empty cell switches the limit off, and what is not listed with `include` 1 is dropped (CC231).

Limits that several languages share may stand once: `[filter.groups.NAME]` with `languages = [...]` and limits is read as these limits for
each of the languages, and `[filter.by_language.LANGUAGE]` wins over it.
"""

from __future__ import annotations

import csv
import difflib
import io
import tomllib
from collections.abc import Mapping
from importlib import resources
from pathlib import Path
from typing import Any

from codecorpus.errors import ConfigError


def recipe_names() -> list[str]:
    """Names of the recipes that are shipped.

    >>> "default" in recipe_names()
    True
    """
    folder = resources.files("codecorpus.recipes")
    return sorted(
        entry.name.removesuffix(".toml") for entry in folder.iterdir() if entry.name.endswith(".toml")
    )


def read_recipe(recipe: str | Path) -> dict[str, Any]:
    """The values of a recipe, by table and key, on top of those of the recipe that it builds on (`recipe = "NAME"`).

    Args:
        recipe: a name in `recipe_names()`, or the path of a TOML file.

    Raises:
        ConfigError: there is no such recipe or file, it is not valid TOML, or it builds on itself.
    """
    return _read(str(recipe), ())


def origins(recipe: str | Path) -> dict[str, str]:
    """Which of the recipes and files that a recipe is made of sets each key: dotted key → its name, as it was given.

    >>> origins("default")
    {}
    """
    found: dict[str, str] = {}
    name, seen = str(recipe), set[str]()
    while name not in seen:  # what builds on itself is an error of `read_recipe`
        seen.add(name)
        values = _with_groups(_with_table(_parse(name), name))
        base = str(values.pop("recipe", name))
        for key in _keys(values):
            found.setdefault(key, name)
        name = base
    return found


def _keys(values: Mapping[str, Any]) -> list[str]:
    """The keys that are set, dotted; a table in a table, such as `filter.by_language`, is one."""
    return [
        key
        for table, inner in values.items()
        for key in ([f"{table}.{name}" for name in inner] if isinstance(inner, Mapping) else [table])
    ]


def _read(recipe: str, seen: tuple[str, ...]) -> dict[str, Any]:
    values = _with_groups(_with_table(_parse(recipe), recipe))
    base = values.pop("recipe", None)
    if base is None or base == recipe:
        return values
    if base in seen:
        raise ConfigError([f"recipe {recipe!r} builds on itself: {' → '.join([*seen, recipe, str(base)])}"])
    return _merge(_read(str(base), (*seen, recipe)), values)


def _parse(recipe: str) -> dict[str, Any]:
    name = f"recipe {recipe!r}" if recipe in recipe_names() else recipe
    try:
        return tomllib.loads(_text(recipe))
    except tomllib.TOMLDecodeError as error:
        raise ConfigError([f"{name} is not valid TOML: {error}"]) from None


def _with_table(values: dict[str, Any], recipe: str) -> dict[str, Any]:
    """The same, with the table by extension, if it names one, read into `extensions` and `by_extension`."""
    filters = values.get("filter")
    if not isinstance(filters, dict) or "extension_table" not in filters:
        return values
    name = str(filters.pop("extension_table"))
    rows = list(csv.DictReader(io.StringIO(_text(recipe, name))))
    missing = {"extension", "include"} - set(rows[0] if rows else ())
    if missing:
        raise ConfigError(
            [f"filter.extension_table = {name!r}: there is no column {' or '.join(sorted(missing))}"]
        )
    listed = [row for row in rows if row["include"] == "1"]
    limits = {
        row["extension"]: {
            key: _cell(value, name) for key, value in row.items() if key.startswith(("min_", "max_"))
        }
        for row in reversed(listed)  # of two rows for one extension, the first counts
    }
    own = {row["extension"] or row.get("file_name", "") for row in listed}
    filters["extensions"] = sorted(own | set(filters.get("extensions", ())))
    filters["by_extension"] = _merge(limits, filters.get("by_extension", {}))
    return values


def _with_groups(values: dict[str, Any]) -> dict[str, Any]:
    """The same, with the limits of groups of languages read into `by_language`."""
    filters = values.get("filter")
    if not isinstance(filters, dict) or "groups" not in filters:
        return values
    limits: dict[str, Any] = {}
    for name, group in filters.pop("groups").items():
        if not isinstance(group, dict) or not isinstance(group.get("languages"), list):
            raise ConfigError(
                [f"filter.groups.{name}: write the languages that it is about: languages = [...]"]
            )
        shared = {key: value for key, value in group.items() if key != "languages"}
        for language in group["languages"]:
            _merge(limits.setdefault(language, {}), shared)
    filters["by_language"] = _merge(limits, filters.get("by_language", {}))
    return values


def _cell(value: str, name: str) -> float | bool:
    try:
        return float(value) if value else False
    except ValueError:
        raise ConfigError([f"filter.extension_table = {name!r}: {value!r} is no number"]) from None


def _text(recipe: str, beside: str = "") -> str:
    """The text of a recipe, or of a file beside it."""
    if recipe in recipe_names():
        return (resources.files("codecorpus.recipes") / (beside or f"{recipe}.toml")).read_text(
            encoding="utf-8"
        )
    try:
        return (Path(recipe).parent / beside if beside else Path(recipe)).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError([_no_recipe(recipe, error)]) from None


def _no_recipe(recipe: str, error: Exception) -> str:
    if Path(recipe).exists():
        return f"{recipe} cannot be read: {error}"
    names = recipe_names()
    near = difflib.get_close_matches(recipe, names, n=1)
    return (
        f"no recipe or file {recipe!r}; "
        + (f"did you mean {near[0]!r}? " if near else "")
        + f"recipes: {', '.join(names)}"
    )


def _merge(base: dict[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    for key, value in over.items():
        if isinstance(value, Mapping) and isinstance(base.get(key), dict):
            _merge(base[key], value)
        else:
            base[key] = value
    return base

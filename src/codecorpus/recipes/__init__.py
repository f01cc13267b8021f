"""Recipes: whole configurations by name, so that a published pipeline can be reproduced. Each is a TOML file beside this one.

A recipe states what differs from the default one, and where each limit was read: repository and file. What its authors did and this
project does on purpose in another way stands in a comment.
"""

from __future__ import annotations

import difflib
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


def _read(recipe: str, seen: tuple[str, ...]) -> dict[str, Any]:
    values = _parse(recipe)
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


def _text(recipe: str) -> str:
    if recipe in recipe_names():
        return (resources.files("codecorpus.recipes") / f"{recipe}.toml").read_text(encoding="utf-8")
    try:
        return Path(recipe).read_text(encoding="utf-8")
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

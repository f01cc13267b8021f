"""The base of every package's options: frozen, strict values that name their own mistakes."""

from __future__ import annotations

from collections.abc import Iterator
from types import NoneType
from typing import Any, get_args

from pydantic import BaseModel, ConfigDict, model_validator


class Options(BaseModel):
    """A frozen group of settings; an unknown key is a mistake, never ignored.

    Every field has a default and a description, so that `codecorpus init` and the documentation are generated from it.
    TOML has no null: `false` switches off what can be off.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", validate_default=True)

    @model_validator(mode="before")
    @classmethod
    def _false_is_off(cls, values: Any) -> Any:
        if not isinstance(values, dict):
            return values
        return {
            key: None if value is False and key in cls.model_fields and _can_be_off(cls, key) else value
            for key, value in values.items()
        }

    def _repr_html_(self) -> str:
        from codecorpus.fragments import folded, paragraph, table

        rows, wide = list(_settings(self, "")), 2000
        moved = [row[:3] + row[4:] for row in rows if row[3]]
        name = type(self).__name__
        said = f"{name}: {len(moved):,} of {len(rows):,} settings differ from their defaults"
        shown = table(["setting", "value", "default", "meaning"], moved, widest=wide) if moved else ""
        every = table(
            ["setting", "value", "meaning"], [(*row[:2], row[4]) for row in rows], most=len(rows), widest=wide
        )
        return f"<div>{paragraph(said)}{shown}{folded('all settings', every)}</div>"


def _settings(options: Options, table: str) -> Iterator[tuple[str, str, str, bool, str]]:
    """Of each setting: key, value, default, whether these differ, and what it means; those of inner tables too."""
    defaults = type(options)()
    for key, field in type(options).model_fields.items():
        value, default = getattr(options, key), getattr(defaults, key)
        if isinstance(value, Options):
            yield from _settings(value, f"{table}{key}.")
        else:
            differs = value != default
            yield f"{table}{key}", _written(value), _written(default), differs, field.description or ""


def _written(value: Any) -> str:
    """A value as TOML has it, where that is short."""
    if value is None or isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (list, tuple)):
        return f"[{', '.join(map(_written, value))}]"
    return f"{value:g}" if isinstance(value, float) else str(value)


def _can_be_off(options: type[BaseModel], key: str) -> bool:
    kinds = get_args(options.model_fields[key].annotation)
    return NoneType in kinds and bool not in kinds

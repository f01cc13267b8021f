"""The base of every package's options: frozen, strict values that name their own mistakes."""

from __future__ import annotations

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


def _can_be_off(options: type[BaseModel], key: str) -> bool:
    kinds = get_args(options.model_fields[key].annotation)
    return NoneType in kinds and bool not in kinds

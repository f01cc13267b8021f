"""The base of every package's options: frozen, strict values that name their own mistakes."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class Options(BaseModel):
    """A frozen group of settings; an unknown key is a mistake, never ignored.

    Every field has a default and a description, so that `codecorpus init` and the documentation are generated from it.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", validate_default=True)

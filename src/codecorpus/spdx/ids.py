"""SPDX ids: how they are spelt today, and what class each licence is of. The table is data (`ids.toml`)."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources

#: From the freest to the least free. What is not known may forbid anything, so it comes last.
CLASSES = ("permissive", "copyleft", "unknown")

#: Ids of ours for what package metadata and notices say without naming one licence → class.
OURS: Mapping[str, str] = {
    "LicenseRef-BSD": "permissive",  # "BSD", of two, three or four clauses
    "LicenseRef-Public-Domain": "permissive",
    "LicenseRef-Proprietary": "unknown",
    "LicenseRef-Commons-Clause": "unknown",
}


@dataclass(frozen=True, slots=True)
class IdTable:
    """The content of `ids.toml`, with keys in lower case.

    Attributes:
        classes: id as SPDX spells it → class.
        spelling: id in lower case → as SPDX spells it.
        exceptions: what may stand after WITH, likewise.
        deprecated: id in lower case that SPDX no longer uses → the expression that stands for it.
    """

    classes: Mapping[str, str]
    spelling: Mapping[str, str]
    exceptions: Mapping[str, str]
    deprecated: Mapping[str, str]


@cache
def id_table() -> IdTable:
    """The table that is shipped."""
    text = resources.files("codecorpus.spdx").joinpath("ids.toml").read_text(encoding="utf-8")
    data = tomllib.loads(text)
    classes = {spdx: name for name, ids in data["classes"].items() for spdx in ids} | dict(OURS)
    return IdTable(
        classes=classes,
        spelling={spdx.lower(): spdx for spdx in classes},
        exceptions={spdx.lower(): spdx for spdx in data["exceptions"]["ids"]},
        deprecated={old.lower(): new for old, new in data["deprecated"].items()},
    )


def class_of(spdx: str) -> str:
    """Class of one licence; what SPDX does not list is unknown.

    >>> class_of("MIT"), class_of("GPL-3.0-only"), class_of("BUSL-1.1"), class_of("LicenseRef-Ours")
    ('permissive', 'copyleft', 'unknown', 'unknown')
    """
    return id_table().classes.get(spdx, "unknown")


def base_of(spdx: str) -> str:
    """The id without what it says of later versions: two ids with one base are one licence's text.

    >>> base_of("GPL-2.0-or-later"), base_of("GPL-2.0-only"), base_of("MIT")
    ('GPL-2.0', 'GPL-2.0', 'MIT')
    """
    return spdx.removesuffix("-only").removesuffix("-or-later")

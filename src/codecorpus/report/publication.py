"""What only the publisher of a corpus knows. `ReportData` in, `Publication` out; the dataset card and Croissant say it.

A run has no clock and no address, and equal input gives equal bytes. So where nothing was set these are placeholders, which
`[card]` of the configuration replaces; the metadata is complete either way.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass

from codecorpus.report.data import ReportData

#: Croissant requires a date; this one says that nobody has set it.
UNPUBLISHED = "1970-01-01"


@dataclass(frozen=True, slots=True)
class Publication:
    """Name, place, publisher, licence and date of a corpus; the keys of `[card]`.

    Attributes:
        name: the corpus's name.
        url: where it is published; the folder itself until that is said.
        creator: who publishes it.
        licence: URL or SPDX id of the collection's licence; by default where the licences of the files are told.
        date: ISO date of publication, such as `2026-03-31`.
    """

    name: str = "Code corpus"
    url: str = "./"
    creator: str = "codecorpus"
    licence: str = "README.md#licences"
    date: str = UNPUBLISHED


def publication(data: ReportData) -> Publication:
    """What the run's `config.toml` says under `[card]`; placeholders where it says nothing, as that of an older run."""
    try:
        said = tomllib.loads(data.config).get("card", {})
    except tomllib.TOMLDecodeError:
        return Publication()
    return Publication(**{name: str(said[name]) for name in Publication.__slots__ if said.get(name)})

"""Columns of Parquet and JSONL sources: which of them is the repository, the path and so on, and their values made fit.

A column that the options name must be there; a column that they leave open is looked for under the names of The Stack v1
and v2. Values of a foreign file are not trusted: a value of another type is null, never a fault.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from codecorpus.dates import as_seconds
from codecorpus.errors import SourceError
from codecorpus.sources.language import canonical_language, extension_of
from codecorpus.sources.options import SourceOptions
from codecorpus.sources.rows import Entry

#: Our column → names it has in known data sets, best first.
KNOWN_NAMES: Mapping[str, tuple[str, ...]] = {
    "repo_name": ("repo_name", "max_stars_repo_name", "repository_name", "repo"),
    "path": ("path", "max_stars_repo_path", "file_path"),
    "revision_id": ("revision_id", "max_stars_repo_head_hexsha"),
    # The Stack v1 has none: its dates are those of stars.
    "revision_date": ("revision_date", "committer_date"),
    "src_encoding": ("src_encoding",),
    "language": ("language", "lang", "programming_language"),
    "extension": ("extension", "ext"),
    "detected_licenses": ("detected_licenses", "max_stars_repo_licenses", "licenses", "license"),
    "license_type": ("license_type",),
    "star_events_count": ("star_events_count", "max_stars_count", "stars_count", "stars"),
}
_LICENCE_TYPES = frozenset({"permissive", "copyleft", "no_license", "unknown"})


def map_columns(found: Collection[str], options: SourceOptions, where: str) -> dict[str, str]:
    """Our column → the source's column, for those that it has.

    Raises:
        SourceError: a column that the options name, or the content column, is not there.
    """
    missing = []
    if options.content not in found:
        missing.append(("content", options.content))
    mapping = {"content": options.content}
    for column, names in KNOWN_NAMES.items():
        chosen = getattr(options, column, None)
        if chosen is not None and chosen not in found:
            missing.append((column, chosen))
        present = [name for name in ((chosen,) if chosen else names) if name in found]
        if present:
            mapping[column] = present[0]
    if missing:
        wanted = ", ".join(f"{name!r}" for _, name in missing)
        shown = ", ".join(sorted(found)) or "none"
        raise SourceError(
            f"{where}: no column {wanted}; it has: {shown}",
            f"Name the column that holds it: --set source.{missing[0][0]}=NAME, such as --set source.content=text.",
        )
    return mapping


def row_entry(values: Mapping[str, Any], raw: bytes, *, stem: str, number: int) -> Entry:
    """The entry of one row.

    Args:
        values: our column → the source's value.
        raw: its content.
        stem: stands for the repository where the row names none.
        number: of the row in its file; stands for the path where the row names none.
    """
    path = as_text(values.get("path")) or f"{stem}#{number}"
    extension = as_text(values.get("extension"))
    known = {
        "revision_id": as_text(values.get("revision_id")),
        "revision_date": as_seconds(values.get("revision_date")),
        "src_encoding": as_text(values.get("src_encoding")),
        "language": canonical_language(language) if (language := as_text(values.get("language"))) else None,
        "extension": extension.removeprefix(".").lower() if extension else extension_of(path),
        "detected_licenses": as_texts(values.get("detected_licenses")),
        "license_type": _licence_type(values.get("license_type")),
        "star_events_count": as_count(values.get("star_events_count")),
    }
    return Entry(as_text(values.get("repo_name")) or stem, path, len(raw), raw, known=known)


def as_text(value: Any) -> str | None:
    r"""A string that can be stored, None for anything else; what UTF-8 cannot hold becomes `\uNNNN`."""
    if isinstance(value, bytes):
        value = value.decode("utf-8", "backslashreplace")
    return value.encode("utf-8", "backslashreplace").decode("utf-8") if isinstance(value, str) else None


def as_texts(value: Any) -> list[str] | None:
    """A list of strings, also from a single one; None for anything else."""
    if isinstance(value, str | bytes):
        value = [value]
    if not isinstance(value, Iterable) or isinstance(value, Mapping):
        return None
    return sorted({text for item in value if (text := as_text(item))})


def as_count(value: Any) -> int | None:
    """A number as a whole one; null, NaN and what 64 bits cannot hold become None."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        return None
    return int(value) if abs(value) < 2**63 else None


def _licence_type(value: Any) -> str | None:
    text = as_text(value)
    return text if text in _LICENCE_TYPES else None

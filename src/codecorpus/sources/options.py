"""What can be set about reading: limits, the revision of git repositories, and the names of columns."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from codecorpus.options import Options


class SourceOptions(Options):
    """Table `[source]` of the configuration.

    The column names hold for Parquet and JSONL sources. Where one is off (None), the names of The Stack v1 and v2 are tried; a column
    that is then not found is null in the documents.
    """

    max_bytes: int = Field(
        8_000_000, ge=1, le=2_000_000_000, description="Files with more bytes are not read (CC006)."
    )
    opt_out: tuple[str, ...] = Field(
        (),
        description="Repositories, owners and paths that are left out unread (CC011): `owner/name`, `owner/*`, `name`, "
        "`owner/name:docs/*`, `*:*/x.py`.",
    )
    opt_out_file: str | None = Field(
        None, description="File with more of such entries, one on a line, `#` for comments; off: none."
    )
    revision: str = Field(
        "HEAD",
        min_length=1,
        description="Revision that is read from a bare git repository: a branch, tag or commit.",
    )
    notebooks: Literal["script", "json"] = Field(
        "script",
        description="Jupyter notebooks become scripts of their code with their text as comments (CC013), or stay the JSON that they are.",
    )
    magika: bool = Field(
        False,
        description="Ask magika's model for the language where name and content leave a doubt; needs `pip install 'codecorpus[magika]'`.",
    )
    content: str = Field(
        "content", min_length=1, description="Column with the text, in Parquet and JSONL sources."
    )
    repo_name: str | None = Field(
        None, description="Column with the name of the repository; off: the known names."
    )
    path: str | None = Field(
        None, description="Column with the path in the repository; off: the known names."
    )
    revision_id: str | None = Field(None, description="Column with the revision; off: the known names.")
    revision_date: str | None = Field(
        None, description="Column with the date of the revision; off: the known names."
    )
    language: str | None = Field(None, description="Column with the language; off: the known names.")
    detected_licenses: str | None = Field(
        None, description="Column with the list of SPDX licences; off: the known names."
    )
    license_type: str | None = Field(
        None, description="Column with the class of the licences; off: the known names."
    )
    star_events_count: str | None = Field(
        None, description="Column with the number of stars; off: the known names."
    )

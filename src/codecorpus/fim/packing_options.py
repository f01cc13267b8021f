"""Options of the `[packing]` table: what stands together in a row, and what a row says of it."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from codecorpus.errors import UsageError
from codecorpus.fim.sentinels import FAMILIES, Family
from codecorpus.options import Options


class PackingOptions(Options):
    """Which documents stand together, how rows are filled, and what the loss counts."""

    method: Literal["best-fit", "concat", "none"] = Field(
        default="best-fit",
        description=(
            "best-fit: rows are filled by best-fit decreasing, nothing that fits is cut. concat: one stream, cut at the rows' ends; "
            "transformed parts stay whole. none: one sample in a row."
        ),
    )
    context: Literal["file", "repository"] = Field(
        default="file",
        description=(
            "What attends to itself. file: each document, or part of a long one. repository: files of one repository, dependencies before "
            "what imports them, as many as fit a row."
        ),
    )
    paths: bool = Field(
        default=False,
        description="Whether a document's path stands before it, as the family writes it; in a repository's sample it always does.",
    )
    readme_first: bool = Field(
        default=False, description="Whether a repository's README stands before its other files."
    )
    loss: Literal["all", "middle"] = Field(
        default="all",
        description=(
            "middle: rows get a loss_mask, which in transformed parts is 1 for the middle and the token after it alone; text that is not "
            "transformed counts whole."
        ),
    )

    @property
    def writes_paths(self) -> bool:
        """Whether paths are written."""
        return self.paths or self.context == "repository"


def check_paths(row: Family, options: PackingOptions) -> None:
    """See that a family can write what is asked.

    Raises:
        UsageError: paths are to be written, and it is not known how this family writes them; the message says of which it is.
    """
    mistake = paths_mistake(row, options)
    if mistake is not None:
        raise UsageError(*mistake)


def paths_mistake(row: Family, options: PackingOptions) -> tuple[str, str] | None:
    """What is wrong, and what to do; None where nothing is."""
    if not options.writes_paths or row.writes_paths:
        return None
    asked = "packing.context = 'repository'" if options.context == "repository" else "packing.paths"
    known = ", ".join(name for name, other in FAMILIES.items() if other.writes_paths)
    return (
        f"{asked}: how family {row.name!r} writes a file's path is not known",
        f"Families of which it is: {known}.",
    )

"""What may be set about filtering: one limit per rule, each of which `None` or `false` switches off."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from codecorpus.options import Options

#: Languages that are data: long ones are tables, short ones say nothing (CC210). TOML is not among them: it is written by hand.
DATA_LANGUAGES = ("CSV", "JSON", "JSON with Comments", "JSON5", "TSV", "XML", "YAML")

#: Languages in which a long line is a paragraph, a page or a record, and not a sign of minified code. CSS is not among them.
LONG_LINE_LANGUAGES = (
    *DATA_LANGUAGES,
    "AsciiDoc",
    "Gettext Catalog",
    "HTML",
    "Jupyter Notebook",
    "Markdown",
    "Org",
    "Pod",
    "RDoc",
    "reStructuredText",
    "Rich Text Format",
    "SVG",
    "TeX",
    "Text",
    "Textile",
    "Wikitext",
)

#: Languages that are not code, to which rules about code do not apply.
PROSE_LANGUAGES = (*LONG_LINE_LANGUAGES, "CSS", "TOML")


class FilterOptions(Options):
    """Limits of the quality rules. The defaults are StarCoder's, where they hold for every language."""

    languages: tuple[str, ...] | None = Field(
        default=None,
        description="Keep these languages only, by Linguist's names (CC102); off: every language.",
    )
    drop_unknown_language: bool = Field(
        default=True, description="Drop documents of no known language (CC101)."
    )
    max_bytes: int | None = Field(default=1_000_000, ge=1, description="Drop longer documents (CC211).")
    max_line_length: int | None = Field(
        default=1000, ge=1, description="Drop documents with a longer line, in characters (CC201)."
    )
    max_mean_line_length: float | None = Field(
        default=100, gt=0, description="Drop documents with longer lines on average (CC202)."
    )
    long_line_languages: tuple[str, ...] = Field(
        default=LONG_LINE_LANGUAGES,
        description="Languages to which `max_paragraph_length` applies instead of the two limits above.",
    )
    max_paragraph_length: int | None = Field(
        default=100_000,
        ge=1,
        description="Drop documents of `long_line_languages` with a longer line, in characters (CC201).",
    )
    min_alnum_share: float | None = Field(
        default=0.25,
        ge=0,
        le=1,
        description="Drop documents with a smaller share of letters and digits (CC203).",
    )
    drop_generated: bool = Field(default=True, description="Drop documents that a program wrote (CC204).")
    drop_vendored: bool = Field(default=True, description="Drop copies of third-party code (CC205).")
    min_comment_share: float | None = Field(
        default=None,
        ge=0,
        le=1,
        description="Drop programs with a smaller share of comments and docstrings (CC206); StarCoder: 0.01.",
    )
    max_comment_share: float | None = Field(
        default=0.8,
        ge=0,
        le=1,
        description="Drop programs with a larger share of comments and docstrings (CC207).",
    )
    drop_xml_heads: bool = Field(
        default=True, description="Drop XML under the name of another language (CC208)."
    )
    min_visible_text_share: float | None = Field(
        default=0.2, ge=0, le=1, description="Drop HTML with a smaller share of visible text (CC209)."
    )
    min_visible_text_length: int | None = Field(
        default=100, ge=0, description="Drop HTML with fewer visible characters (CC209)."
    )
    data_languages: tuple[str, ...] = Field(
        default=DATA_LANGUAGES, description="Languages to which the next two limits apply."
    )
    min_data_characters: int | None = Field(default=50, ge=0, description="Drop shorter data files (CC210).")
    max_data_characters: int | None = Field(default=5000, ge=1, description="Drop longer data files (CC210).")
    max_error_share: float | None = Field(
        default=0.5,
        ge=0,
        le=1,
        description="Drop documents with a larger share of bytes that do not parse (CC212).",
    )
    error_languages: tuple[str, ...] = Field(
        default=("C", "C++", "SQL", "Shell"),
        description="Languages exempt from `max_error_share`: macros do not parse, SQL and shells have a grammar per vendor.",
    )


class LicenceOptions(Options):
    """Which licences may stay. An entry is an SPDX id, the start of one with `*`, or a class: permissive, copyleft, no_license, unknown."""

    allow: tuple[str, ...] | None = Field(
        default=None,
        description="Keep only documents all of whose licences, or their class, are listed (CC301); off: keep all.",
    )
    deny: tuple[str, ...] = Field(
        default=(),
        description="Drop documents any of whose licences, or their class, is listed (CC301); wins over `allow`.",
    )


Action = Literal["redact", "drop", "keep"]


class SecretOptions(Options):
    """What becomes of documents with secrets or personal data in them."""

    action: Action = Field(
        default="redact",
        description="Keys, tokens, passwords: replace them, drop the document, or keep it flagged (CC311).",
    )
    personal_data: Action = Field(
        default="redact",
        description="E-mail and public IP addresses: replace them, drop the document, or keep it flagged (CC312).",
    )

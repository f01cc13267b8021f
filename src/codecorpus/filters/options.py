"""What may be set about filtering: every limit of `codecorpus.rules`, each of which `false` switches off, and some switches."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any, Literal, Self

import pyarrow as pa
from pydantic import BeforeValidator, Field, create_model, field_validator, model_validator

from codecorpus.document import MEASURES
from codecorpus.measures import SHARES
from codecorpus.options import Options
from codecorpus.rules import LIMITS, RULES, Limit
from codecorpus.rules.rule import DOCUMENT_COLUMNS
from codecorpus.spdx.ids import id_table


def _bound(value: Any) -> Any:
    """A limit, or false for off. Left to itself, pydantic takes 0 for false, and the strictest limit would be none."""
    if value is False:
        return value
    if isinstance(value, bool | str):
        raise ValueError("should be a number, or false for off")
    return float(value)


#: Limits of one language or extension: key → limit, false for off.
Overrides = Mapping[str, Annotated[float | bool, BeforeValidator(_bound)]]

_RATIOS = {share.name for share in SHARES}
_KEYS = tuple(limit.key for _, limit in LIMITS)


class FilterSwitches(Options):
    """What is switched rather than limited, and whose limits differ."""

    defaults: bool = Field(
        default=True,
        description="Limits that are not set have their defaults; `false`: they are off. Recipes of others' pipelines build on nothing.",
    )
    languages: tuple[str, ...] | None = Field(
        default=None,
        description="Keep these languages only, by Linguist's names (CC102); off: every language.",
    )
    drop_unknown_language: bool = Field(
        default=True, description="Drop documents of no known language (CC101)."
    )
    extensions: tuple[str, ...] | None = Field(
        default=None,
        description="Keep these extensions only, without the dot, and names of files without one, such as Makefile (CC231); off: all.",
    )
    flag_only: tuple[str, ...] = Field(
        default=tuple(code for code, rule in RULES.items() if rule.action == "flagged" and rule.limits),
        description="Codes of rules with limits that flag a document and do not drop it.",
    )
    drop_unmeasured: bool = Field(
        default=False,
        description="Drop documents that a rule could not measure, and do not only flag them (CC104).",
    )
    drop_generated: bool = Field(default=True, description="Drop documents that a program wrote (CC204).")
    drop_vendored: bool = Field(default=True, description="Drop copies of third-party code (CC205).")
    drop_xml_heads: bool = Field(
        default=True, description="Drop XML under the name of another language (CC208)."
    )
    by_language: Mapping[str, Overrides] = Field(
        default={},
        description="Other limits for one language: `[filter.by_language.Python]`, then keys of this table.",
    )
    by_extension: Mapping[str, Overrides] = Field(
        default={},
        description="Other limits for one extension, which win over the language's: `[filter.by_extension.min_js]`.",
    )

    @model_validator(mode="before")
    @classmethod
    def _defaults_are_off(cls, values: Any) -> Any:
        if isinstance(values, dict) and values.get("defaults") is False:
            return {**dict.fromkeys(_KEYS), **values}
        return values

    @model_validator(mode="after")
    def _known_keys(self) -> Self:
        tables = (("by_language", self.by_language), ("by_extension", self.by_extension))
        unknown = [
            f"{table}.{name}.{key}: there is no such limit" + _near(key)
            for table, overrides in tables
            for name, limits in overrides.items()
            for key in limits
            if key not in _KEYS
        ]
        unknown += [
            f"flag_only: {code} is no rule with a limit"
            for code in self.flag_only
            if code not in {code for code, _ in LIMITS}
        ]
        if unknown:
            raise ValueError("; ".join(unknown))
        return self

    def limits_for(self, language: str | None, extension: str) -> tuple[float | None, ...]:
        """The limits in force for a document, in the order of `codecorpus.rules.LIMITS`; None: off."""
        return tuple(self._limit(limit, language, extension) for _, limit in LIMITS)

    def _limit(self, limit: Limit, language: str | None, extension: str) -> float | None:
        for limits in (self.by_extension.get(extension, {}), self.by_language.get(language or "", {})):
            if limit.key in limits:
                value = limits[limit.key]
                return None if value is False else float(value)
        value = getattr(self, limit.key)
        return None if value is None or not limit.applies_to(language) else float(value)


def _near(key: str) -> str:
    found = difflib.get_close_matches(key, _KEYS, n=1, cutoff=0.5)
    return f", did you mean {found[0]}?" if found else ""


def _field(code: str, limit: Limit) -> tuple[Any, Any]:
    """Type and default of one limit, for pydantic: whole numbers for counts, 0 to 1 for shares."""
    rule = RULES[code]
    side = "below" if limit.is_minimum else "above"
    measure = DOCUMENT_COLUMNS.get(limit.measure) or MEASURES[limit.measure][1]
    scope = _scope(limit)
    verb = "drop" if rule.action == "dropped" else "flag"
    note = f" {limit.why}" if limit.why else ""
    description = (
        f"{rule.name[0].upper()}{rule.name[1:]} ({code}): {verb} {scope}{side} this; {measure}.{note}"
    )
    whole = limit.measure in DOCUMENT_COLUMNS or pa.types.is_integer(MEASURES[limit.measure][0])
    default = int(limit.default) if whole and limit.default is not None else limit.default
    # What is counted may outnumber what it is a share of: constants of Go are no statements.
    top = 1 if limit.measure.endswith("_share") and limit.measure not in _RATIOS else None
    field = Field(default=default, ge=0, le=top, description=description)
    return (int | None if whole else float | None), field


def _scope(limit: Limit) -> str:
    """Which documents, where it is not all of them: a few languages by name, many by their number."""
    named = [*limit.languages] or [*limit.exempt]
    if not named:
        return ""
    names = (
        ", ".join(named) if len(named) <= 5 else f"{named[0]}, {named[1]} and {len(named) - 2} more languages"
    )
    return f"{names} " if limit.languages else f"all but {names} "


if TYPE_CHECKING:

    class FilterOptions(FilterSwitches):
        """Every limit is a field; see below."""

        def __init__(self, **values: Any) -> None: ...
        def __getattr__(self, key: str) -> float | None: ...
else:
    FilterOptions = create_model(
        "FilterOptions",
        __base__=FilterSwitches,
        __module__=__name__,
        __doc__="Limits of the quality rules, a field for each of `codecorpus.rules.LIMITS`, and what is switched rather than limited.",
        **{limit.key: _field(code, limit) for code, limit in LIMITS},
    )


class LicenceOptions(Options):
    """Which licences may stay. An entry is an SPDX id, the start of one with `*`, or a class: permissive, copyleft, no_license, unknown."""

    allow: tuple[str, ...] | None = Field(
        default=None,
        description="Keep only documents all of whose licences (of alternatives: one), or their class, are listed (CC301); off: keep all.",
    )
    deny: tuple[str, ...] = Field(
        default=(),
        description="Drop documents any of whose licences (of alternatives: all), or their class, is listed (CC301); wins over `allow`.",
    )

    @field_validator("allow", "deny")
    @classmethod
    def _known_licences(cls, entries: tuple[str, ...] | None) -> tuple[str, ...] | None:
        # A misspelt id would allow nothing, and drop the whole corpus without a word.
        unknown = [_unknown_licence(entry) for entry in entries or () if not _is_licence(entry)]
        if unknown:
            raise ValueError("; ".join(unknown))
        return entries


_LICENCE_CLASSES = ("permissive", "copyleft", "no_license", "unknown")


def _is_licence(entry: str) -> bool:
    """Whether an entry of the policy can ever apply: a class, an id, the start of one, or an id outside of SPDX's list."""
    low, known = entry.lower(), id_table().spelling
    if low.endswith("*"):
        return any(spdx.startswith(low[:-1]) for spdx in known)
    return low in known or low in _LICENCE_CLASSES or low.startswith("licenseref-")


def _unknown_licence(entry: str) -> str:
    table, low = id_table(), entry.lower()
    if low in table.deprecated:
        return f"{entry!r} is no longer an SPDX id: write {table.deprecated[low]!r}"
    names = {**table.spelling, **{name: name for name in _LICENCE_CLASSES}}
    near = difflib.get_close_matches(low, names, n=1, cutoff=0.5)
    return f"{entry!r} is no SPDX id and no class" + (f", did you mean {names[near[0]]!r}?" if near else "")


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

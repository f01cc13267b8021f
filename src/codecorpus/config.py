"""One frozen `Config`, composed of each package's options; all mistakes are reported at once.

What comes in: the name of a recipe or the path of a TOML file, and dotted settings. What goes out: a
validated, frozen `Config`, whose `fingerprint` names the part of it that a stage reads, so that only what a
change touches runs again.
"""

from __future__ import annotations

import difflib
import hashlib
import json
import textwrap
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Self

import tomli_w
from pydantic import BaseModel, BeforeValidator, Field, ValidationError, model_validator

from codecorpus.dedup.contamination_options import ContaminationOptions
from codecorpus.dedup.options import DedupOptions
from codecorpus.errors import ConfigError
from codecorpus.filters.options import FilterOptions, LicenceOptions, SecretOptions
from codecorpus.fim.mixture.options import REST, MixtureOptions
from codecorpus.fim.options import FimOptions
from codecorpus.fim.packing_options import PackingOptions, paths_mistake
from codecorpus.fim.sentinels import family
from codecorpus.formats.names import FORMATS
from codecorpus.options import Options
from codecorpus.parse.options import ParseOptions
from codecorpus.recipes import read_recipe
from codecorpus.recipes import recipe_names as recipe_names
from codecorpus.sources.language import language_table
from codecorpus.sources.options import SourceOptions
from codecorpus.tokenize.options import TokenizerOptions


def _did_you_mean(name: str, known: Iterable[str]) -> str:
    near = difflib.get_close_matches(name, known, n=1, cutoff=0.5)
    return f", did you mean {near[0]!r}?" if near else ""


def _as_names(value: Any) -> Any:
    """One name alone, as `--set formats=megatron` gives it, is a list of one."""
    return (value,) if isinstance(value, str) else value


def _as_text(value: Any) -> Any:
    """A date is a type of TOML's own."""
    return value.isoformat() if type(value) is date else value


class AlarmOptions(Options):
    """What counts as alarming: shown on top of the report, exit code 1 under `--strict`."""

    max_loss_share: float = Field(
        0.95,
        ge=0,
        le=1,
        description="Alarm when a source, repository or language loses more than this share of its documents.",
    )
    min_documents: int = Field(
        default=20,
        ge=1,
        description="Sources, repositories and languages with fewer documents raise no alarm.",
    )
    max_duplicate_share: float = Field(
        0.9,
        ge=0,
        le=1,
        description="Alarm when a source, repository or language loses more than this share of the documents that deduplication saw.",
    )
    max_cluster_size: int = Field(
        default=1000, ge=2, description="Alarm when a cluster of duplicates has more documents."
    )
    low_similarity_size: int = Field(
        default=20,
        ge=1,
        description="Near-duplicates that a cluster has to have, its representative apart, for an alarm over their similarity.",
    )
    low_similarity_margin: float = Field(
        0.1,
        ge=0,
        le=1,
        description="Alarm when their mean similarity is so near to the threshold, as a share of the way from it to 1; 0: never.",
    )


class CardOptions(Options):
    """What only the publisher of a corpus knows: it stands in the dataset card and in croissant.json, and changes nothing else."""

    name: str = Field("Code corpus", min_length=1, description="Name of the corpus, for catalogues.")
    url: str = Field("./", min_length=1, description="Where it is published; until then the folder itself.")
    creator: str = Field(
        "codecorpus", min_length=1, description="Who publishes it: a person or an organisation."
    )
    licence: str = Field(
        "README.md#licences",
        min_length=1,
        description="URL of the licence of the collection; by default the part of the card that tells the licences of the files.",
    )
    date: Annotated[str | None, BeforeValidator(_as_text)] = Field(
        None,
        pattern=r"^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$",
        description="Date of publication, such as 2026-03-31. A run has no clock; until it is set, 1970-01-01 stands in croissant.json.",
    )


class Config(Options):
    """Everything that decides what a run produces. Nothing in it says where, by whom or how fast it is run."""

    seed: int = Field(
        default=0, ge=0, lt=2**63, description="Seed of every choice: FIM, cuts, order of the rows."
    )
    sequence_length: int = Field(
        default=4096, ge=16, le=1_048_576, description="Tokens in one packed row, at most."
    )
    formats: Annotated[tuple[str, ...], BeforeValidator(_as_names)] = Field(
        default=("parquet",),
        description=(
            "What the rows are written as: Parquet always, in sequences/, and each other one in formats/. parquet, megatron, numpy "
            "(OLMo-core), datatrove, mds, litdata, webdataset, datasets."
        ),
    )
    lookup: int = Field(
        default=16,
        ge=0,
        le=65536,
        description=(
            "One shingle in so many of each kept document is written to lookup/, where `explain --text` finds whose code a text is: "
            "3 to 4 % of the text with 16. 0: none, every such question reads the whole text."
        ),
    )
    source: SourceOptions = SourceOptions()
    parse: ParseOptions = ParseOptions()
    filter: FilterOptions = FilterOptions()
    licences: LicenceOptions = LicenceOptions()
    secrets: SecretOptions = SecretOptions()
    dedup: DedupOptions = DedupOptions()
    contamination: ContaminationOptions = ContaminationOptions()
    tokenizer: TokenizerOptions = TokenizerOptions()
    fim: FimOptions = FimOptions()
    packing: PackingOptions = PackingOptions()
    mixture: MixtureOptions = MixtureOptions()
    alarms: AlarmOptions = AlarmOptions()
    card: CardOptions = CardOptions()

    @model_validator(mode="after")
    def _known_paths(self) -> Self:
        mistake = paths_mistake(family(self.fim.family), self.packing)
        if mistake is not None:
            raise ValueError("; ".join(mistake).rstrip("."))
        return self

    @model_validator(mode="after")
    def _known_formats(self) -> Self:
        for name in self.formats:
            if name not in FORMATS:
                raise ValueError(
                    f"formats: there is no format {name!r}{_did_you_mean(name, FORMATS)}; formats: {', '.join(FORMATS)}"
                )
            if self.packing.loss == "middle" and not FORMATS[name].has_loss_mask:
                raise ValueError(
                    f"formats: {name} has no place for a loss mask; set packing.loss = 'all', or leave it out"
                )
        return self

    @model_validator(mode="after")
    def _known_languages(self) -> Self:
        # A misspelt language would be a limit that never holds, a weight that nothing has, or a filter that drops everything.
        named = [("filter.languages", name) for name in self.filter.languages or ()]
        named += [(f"filter.by_language.{name}", name) for name in self.filter.by_language]
        named += [(f"tokenizer.weights.{name}", name) for name in self.tokenizer.weights]
        named += [(f"mixture.languages.{name}", name) for name in self.mixture.languages if name != REST]
        known = language_table().types if named else {}
        unknown = [
            f"{key}: {name!r} is no language of Linguist's{_did_you_mean(name, known)}"
            for key, name in named
            if name not in known
        ]
        if unknown:
            raise ValueError("; ".join(unknown))
        return self

    def fingerprint(self) -> str:
        """Hex SHA-256 of every value, in a canonical form."""
        return fingerprint(self)

    def to_toml(self) -> str:
        """The resolved configuration as TOML; what is off is `false`, as TOML has no null."""
        return tomli_w.dumps(_none_as_false(self.model_dump(mode="json")))


def fingerprint(*values: Any) -> str:
    """Hex SHA-256 of option values and plain JSON values, in a canonical form."""
    plain = [value.model_dump(mode="json") if isinstance(value, BaseModel) else value for value in values]
    text = json.dumps(plain, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(text.encode()).hexdigest()


def load_config(recipe: str | Path = "default", settings: Mapping[str, Any] | None = None) -> Config:
    """Read a recipe by name or a TOML file by path, apply dotted settings, validate all of it.

    Args:
        recipe: a name in `recipe_names()`, or a path to a TOML file. A file may name the recipe that it builds on: `recipe = "starcoder"`.
        settings: dotted key → value, such as `{"dedup.threshold": 0.8}`; they win over the recipe.

    Raises:
        ConfigError: lists every mistake with its key path and the nearest valid key.

    >>> load_config(settings={"sequence_length": 2048}).sequence_length
    2048
    """
    values = read_recipe(recipe)
    for key, value in (settings or {}).items():
        _set(values, key, value)
    try:
        return Config.model_validate(values)
    except ValidationError as error:
        raise ConfigError([_describe(mistake) for mistake in error.errors()]) from None


def parse_setting(text: str) -> tuple[str, Any]:
    """Split one `key=value` of the command line; the value is TOML where it is valid TOML, else a string.

    >>> parse_setting("dedup.threshold=0.8"), parse_setting("source.content=text")
    (('dedup.threshold', 0.8), ('source.content', 'text'))
    """
    key, equals, value = text.partition("=")
    if not equals or not key.strip():
        raise ConfigError([f"--set {text}: write it as key=value, such as dedup.threshold=0.8"])
    try:
        return key.strip(), tomllib.loads(f"value = {value}")["value"]
    except tomllib.TOMLDecodeError:
        return key.strip(), value


def option_rows(model: type[BaseModel] = Config, prefix: str = "") -> Iterator[tuple[str, Any, str, str]]:
    """Every key there is: (dotted key, default, type as text, description), in the order of definition."""
    for name, field in model.model_fields.items():
        default = field.get_default(call_default_factory=True)
        if isinstance(default, BaseModel):
            yield from option_rows(type(default), f"{prefix}{name}.")
        else:
            kind = getattr(field.annotation, "__name__", None) or str(field.annotation)
            if "[" in str(field.annotation) or "|" in str(field.annotation):
                kind = str(field.annotation).replace("typing.", "").replace("NoneType", "None")
            yield f"{prefix}{name}", default, kind, field.description or ""


def commented_toml(recipe: str) -> str:
    """A configuration file with every key, its value in `recipe`, and what it means; what `codecorpus init` writes."""
    config = load_config(recipe)
    top = ["# Configuration of codecorpus. Every key is optional.", f"# Recipe: {recipe!r}", ""]
    tables: dict[str, list[str]] = {}
    inner: list[str] = []  # tables inside tables, which TOML wants after the keys of their own
    for key, default, _, description in option_rows():
        table, _, name = key.rpartition(".")
        value = getattr(config if not table else getattr(config, table), name)
        rows = top if not table else tables.setdefault(table, ["", f"[{table}]"])
        comment = _comment(description, "" if value == default else _toml({"is": default})[5:])
        if not isinstance(value, Mapping):
            rows += [*comment, _toml({name: value})]
        elif value:
            inner += ["", *comment, _toml({table: {name: value}})]
        else:
            rows += [*comment, f"# {name} = {{}}"]
    return "\n".join([*top, *(line for rows in tables.values() for line in rows), *inner]) + "\n"


def _comment(description: str, default: str) -> list[str]:
    """Lines of a comment, 80 columns wide; the default only where another value is set and it is short."""
    more = f" Default: {default}." if default and len(default) <= 60 and "\n" not in default else ""
    return textwrap.wrap(
        description + more, 80, initial_indent="# ", subsequent_indent="#   ", break_long_words=False
    )


def _toml(values: Mapping[str, Any]) -> str:
    return tomli_w.dumps(_none_as_false(json.loads(json.dumps(values, default=list)))).rstrip("\n")


def _set(values: dict[str, Any], key: str, value: Any) -> None:
    *tables, name = key.split(".")
    for table in tables:
        inner = values.setdefault(table, {})
        if not isinstance(inner, dict):
            inner = values[table] = {}
        values = inner
    values[name] = value


def _describe(mistake: Any) -> str:
    """One line for one of pydantic's errors: key path, what is wrong, the nearest valid key or the value given."""
    key = ".".join(str(part) for part in mistake["loc"])
    if mistake["type"] == "extra_forbidden":
        return f"{key}: there is no such key{_nearest(key)}"
    said = mistake["msg"].removeprefix("Value error, ").removeprefix("Input should be ")
    said = said.replace("a valid tuple", 'a list, such as ["one", "two"]')
    if not key:  # of several keys, which it names itself
        return str(said)
    shown = repr(mistake["input"])
    return (
        f"{key} = {shown if len(shown) < 60 else shown[:57] + '...'}: should be {said}"
        if "Input should be" in mistake["msg"]
        else f"{key}: {said}"
    )


def _nearest(key: str) -> str:
    keys = [row[0] for row in option_rows()]
    near = difflib.get_close_matches(key, keys, n=1, cutoff=0.5)
    if near:
        return f"; did you mean {near[0]}?"
    table, _, name = key.rpartition(".")
    by_name = difflib.get_close_matches(name, [k.rpartition(".")[2] for k in keys], n=1, cutoff=0.6)
    matches = [k for k in keys if by_name and k.rpartition(".")[2] == by_name[0]]
    return (
        f"; did you mean {matches[0]}?"
        if matches
        else f"; keys of [{table}] are in `codecorpus config show`"
        if table
        else ""
    )


def _none_as_false(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _none_as_false(inner) for key, inner in value.items()}
    return False if value is None else value

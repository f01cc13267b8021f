"""What differs between two runs: two finished folders in, one frozen value out.

A document is known by its id, a hash of repository, path and bytes, so that the same file in both runs is one. A path that has other bytes
in the second run is one document that changed, not two; of a path with several documents, each is held against one. Everything is read
from the published files; of texts, nothing.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import polars as pl

from codecorpus.config import Config
from codecorpus.document import DECISIONS, DOCUMENTS
from codecorpus.errors import RunError
from codecorpus.report import tables
from codecorpus.run.manifest import read_manifest

#: What can have become of a document, in the order in which it is told.
KINDS = ("kept now", "dropped now", "other rule", "other content", "only in first", "only in second")
_FATE = ("kept", "stage", "code", "measured", "limit")


@dataclass(frozen=True, slots=True)
class Change:
    """A number of both runs.

    Attributes:
        name: what it counts: a stage, a setting, or a stage, rule and verdict with blanks between.
        first: in the first run; None where it has no such thing.
        second: in the second run.
    """

    name: str
    first: Any
    second: Any

    @property
    def difference(self) -> int:
        """Second less first, where both are numbers; what is missing counts as 0."""
        return int((self.second or 0) - (self.first or 0))


@dataclass(frozen=True, slots=True)
class RuleChange(Change):
    """Documents of one rule in both runs.

    Attributes:
        stage: which stage decided.
        code: the rule, `CC…`.
        verdict: dropped, edited or flagged.
    """

    stage: str
    code: str
    verdict: str


@dataclass(frozen=True, slots=True, eq=False)
class RunDiff:
    """What differs between two runs.

    Attributes:
        first: the first run, as it was named.
        second: the second run.
        totals: documents in, documents and bytes kept, tokens, packed rows.
        stages: documents kept by each stage.
        settings: keys of the configuration whose values differ.
        versions: of the package and of the libraries that decide on bytes, where they differ.
        rules: documents by stage, rule and verdict, those that moved most first; without those that did not move.
        counts: how many documents of each of `KINDS` there are.
        documents: one row per document whose fate differs: `kind`, `repo_name`, `path`, `doc_id_first`, `doc_id_second`, and of each run
            `kept_…`, `stage_…`, `code_…`, `measured_…`, `limit_…`; in the order of kind, repository and path.
    """

    first: str
    second: str
    totals: tuple[Change, ...]
    stages: tuple[Change, ...]
    settings: tuple[Change, ...]
    versions: tuple[Change, ...]
    rules: tuple[RuleChange, ...]
    counts: Mapping[str, int]
    documents: pl.DataFrame

    def to_polars(self) -> pl.DataFrame:
        """The documents whose fate differs."""
        return self.documents

    def to_json(self, *, limit: int | None = None) -> dict[str, Any]:
        """Plain JSON values; at most `limit` documents of each kind."""
        plain = {
            name: [asdict(one) for one in getattr(self, name)]
            for name in ("totals", "stages", "settings", "versions", "rules")
        }
        rows = [row for kind in KINDS for row in self.rows(kind, limit)]
        for row in rows:
            for name in ("doc_id_first", "doc_id_second"):
                row[name] = row[name].hex() if row[name] else None
        values = {"first": self.first, "second": self.second, **plain, "counts": dict(self.counts)}
        # TOML has dates, which JSON has not.
        return json.loads(json.dumps({**values, "documents": rows}, default=str))  # type: ignore[no-any-return]

    def rows(self, kind: str, limit: int | None = None) -> list[dict[str, Any]]:
        """The documents of one kind, at most `limit`."""
        found = self.documents.filter(pl.col("kind") == kind)
        return (found if limit is None else found.head(limit)).to_dicts()

    def lines(self, *, limit: int = 5) -> list[str]:
        """The difference as a person reads it, at most `limit` documents of each kind."""
        from codecorpus.report.changes_lines import diff_lines

        return diff_lines(self, limit)

    def _repr_html_(self) -> str:
        from codecorpus.report.text import visible

        return f"<pre>{visible(chr(10).join(self.lines()), keep=chr(10))}</pre>"


def diff_runs(first: Path, second: Path, *, names: tuple[str, str] | None = None) -> RunDiff:
    """What differs between two finished runs.

    Memory: id, path and fate of every document of both runs, some 200 bytes each.

    Args:
        first: folder of a run.
        second: folder of the other.
        names: what to call them; their folders by default.

    Raises:
        RunError: one of them is no finished run.
    """
    manifests = read_manifest(first), read_manifest(second)
    documents = _documents(_fates(first), _fates(second))
    counted = dict(documents.group_by("kind").len().iter_rows())
    called = names or (str(first), str(second))
    return RunDiff(
        *called,
        totals=tuple(_changes(*(_totals(one) for one in manifests), everything=True)),
        stages=tuple(_changes(*(_kept(one) for one in manifests), everything=True)),
        settings=tuple(_changes(*(_settings(run) for run in (first, second)))),
        versions=tuple(_changes(*(_versions(one) for one in manifests))),
        rules=_moved_rules(*(_rules(one) for one in manifests)),
        counts={kind: counted.get(kind, 0) for kind in KINDS},
        documents=documents,
    )


def _changes(
    first: Mapping[str, Any], second: Mapping[str, Any], *, everything: bool = False
) -> Iterator[Change]:
    """Names of either, in the order of the first, then of the second; those that are equal only where everything is wanted."""
    for name in dict.fromkeys([*first, *second]):
        if everything or first.get(name) != second.get(name):
            yield Change(name, first.get(name), second.get(name))


def _totals(manifest: Mapping[str, Any]) -> dict[str, int]:
    stages = manifest["stages"]
    return {
        "documents in": stages[0]["documents_in"],
        "documents kept": stages[-1]["documents_kept"],
        "bytes kept": stages[-1]["bytes_kept"],
        "tokens": (manifest.get("tokenizer") or {}).get("tokens", 0),
        "packed rows": (manifest.get("sequences") or {}).get("rows", 0),
    }


def _kept(manifest: Mapping[str, Any]) -> dict[str, int]:
    return {row["stage"]: row["documents_kept"] for row in manifest["stages"]}


def _moved_rules(
    first: Mapping[tuple[str, str, str], int], second: Mapping[tuple[str, str, str], int]
) -> tuple[RuleChange, ...]:
    """Those whose counts differ, by how much they moved."""
    keys = [key for key in dict.fromkeys([*first, *second]) if first.get(key) != second.get(key)]
    moved = [RuleChange(" ".join(key), first.get(key), second.get(key), *key) for key in keys]
    return tuple(sorted(moved, key=lambda one: (-abs(one.difference), one.name)))


def _rules(manifest: Mapping[str, Any]) -> dict[tuple[str, str, str], int]:
    """Stage, rule and verdict → documents. Any of the three may have blanks in the manifest of somebody else."""
    return {
        (str(row["stage"]), code, verdict): count
        for row in manifest["stages"]
        for verdict in ("dropped", "edited", "flagged")
        for code, count in (row.get(verdict) or {}).items()
    }


def _versions(manifest: Mapping[str, Any]) -> dict[str, str]:
    return {"codecorpus": manifest["codecorpus"], **manifest.get("versions", {})}


def _settings(run: Path) -> dict[str, Any]:
    """Every key of the configuration with its value.

    Raises:
        RunError: the file is damaged.
    """
    path = run / "config.toml"
    try:
        return dict(_flat(tomllib.loads(path.read_text(encoding="utf-8")), ""))
    except (OSError, ValueError) as error:
        raise RunError(f"{path}: cannot be read: {error}", "Run the same `codecorpus build` again.") from None


def changed_settings(run: Path, config: Config) -> list[str]:
    """The keys whose values in a run's folder are others than these; none where it has no configuration that can be read."""
    now = dict(_flat(tomllib.loads(config.to_toml()), ""))
    try:
        return [one.name for one in _changes(_settings(run), now)]
    except RunError:
        return []


def _flat(values: Mapping[str, Any], prefix: str) -> Iterator[tuple[str, Any]]:
    for name, value in values.items():
        if isinstance(value, Mapping) and value:
            yield from _flat(value, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", value


def _fates(run: Path) -> pl.LazyFrame:
    """One row per document of a run's input: id, repository, path, whether it was kept, and by what it was dropped first."""
    ids = ("doc_id", "repo_name", "path")
    documents = tables.scan(tables.parts(run, "documents"), DOCUMENTS).select(*ids, kept=True)
    last = len(tables.STAGES)
    rank = pl.col("stage").replace_strict(tables.STAGES, list(range(last)), default=last)
    dropped = (
        tables.scan(tables.parts(run, "decisions"), DECISIONS)
        .filter(pl.col("verdict") == "dropped")
        .select(*ids, *_FATE[1:], kept=False)
        .sort(rank, "code")
        .unique("doc_id", keep="first", maintain_order=True)
    )
    both = pl.concat([documents, dropped], how="diagonal")
    # What a mixture leaves out stands in documents/ all the same.
    return both.unique("doc_id", keep="first", maintain_order=True)


def _documents(first: pl.LazyFrame, second: pl.LazyFrame) -> pl.DataFrame:
    """The documents whose fate differs, with their fates in both runs."""
    same = first.join(second, on="doc_id", how="inner", suffix="_second")
    fates = [pl.col(name).alias(f"{name}_first") for name in _FATE]
    fates += [pl.col(f"{name}_second") for name in _FATE]
    place = ["repo_name", "path"]
    moved = same.select(*place, *fates, doc_id_first="doc_id", doc_id_second="doc_id", kind=_moved()).filter(
        pl.col("kind").is_not_null()
    )
    # A table may have several documents of one path, such as its revisions: by id, the first is held against the first, and so on.
    turn = pl.int_range(pl.len()).over(place, order_by="doc_id").alias("turn")
    alone = [
        one.join(other, on="doc_id", how="anti").with_columns(turn)
        for one, other in ((first, second), (second, first))
    ]
    changed = alone[0].join(alone[1], on=[*place, "turn"], how="full", suffix="_second", coalesce=True)
    other = changed.select(
        *place,
        *fates,
        doc_id_first="doc_id",
        doc_id_second="doc_id_second",
        kind=pl.when(pl.col("doc_id").is_null())
        .then(pl.lit("only in second"))
        .when(pl.col("doc_id_second").is_null())
        .then(pl.lit("only in first"))
        .otherwise(pl.lit("other content")),
    )
    columns = ["kind", *place, "doc_id_first", "doc_id_second"]
    columns += [f"{name}_{run}" for run in ("first", "second") for name in _FATE]
    found = tables.run(pl.concat([moved.select(columns), other.select(columns)]))
    rank = pl.col("kind").replace_strict(KINDS, list(range(len(KINDS))))
    return found.sort(rank, *place, "doc_id_first", "doc_id_second")


def _moved() -> pl.Expr:
    """What became of a document with the same bytes; null where it is the same."""
    kept, kept_now = pl.col("kept"), pl.col("kept_second")
    same_rule = (pl.col("stage") == pl.col("stage_second")) & (pl.col("code") == pl.col("code_second"))
    return (
        pl.when(kept & ~kept_now)
        .then(pl.lit("dropped now"))
        .when(~kept & kept_now)
        .then(pl.lit("kept now"))
        .when(~kept & ~same_rule)
        .then(pl.lit("other rule"))
    )

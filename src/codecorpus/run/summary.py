"""What a run says of itself: the manifest's numbers, summed from the counters of its units.

Nothing in it differs between two equal runs; `docs/formats.md` describes every field.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import metadata
from typing import Any

from codecorpus.config import Config
from codecorpus.run.tables import sum_counts
from codecorpus.run.tallies import sum_levels
from codecorpus.run.unit import Done
from codecorpus.sources import Part, group_parts, opt_out_hash

#: Libraries that decide on bytes.
_LIBRARIES = ("numba", "numpy", "polars", "pyarrow", "tokenizers", "tree-sitter")


@dataclass(frozen=True, slots=True)
class Contamination:
    """The finished units of decontamination: what was found shard by shard, what it amounts to, what became of each shard."""

    overlap: list[Done]
    weigh: Done
    shards: list[Done]


@dataclass(frozen=True, slots=True)
class Packing:
    """The finished units from ids to rows, `order` and `plan` by group of shards; `mix` and `order` only where asked for."""

    encode: list[Done]
    mix: Done | None
    order: list[Done]
    cut: list[Done]
    plan: list[Done]
    pack: list[Done]


@dataclass(frozen=True, slots=True)
class Stages:
    """The finished units of every stage, in shard order."""

    read: list[Done]
    parse: list[Done]
    licences: Done
    filter: list[Done]
    dedup: Done
    index: list[Done]
    contamination: Contamination | None
    documents: list[Done]
    decisions: list[Done]
    samples: Done
    tokenizer: Done
    packing: Packing
    formats: dict[str, Done]
    lookup: list[Done]


def summarize(config: Config, parts: Sequence[Part], stages: Stages) -> dict[str, Any]:
    """The manifest without its alarms and files."""
    return {
        "codecorpus": metadata.version("codecorpus"),
        "config_hash": config.fingerprint(),
        "sources": _sources(parts, stages),
        "opt_out": _opt_out(config, stages),
        "stages": [*_shard_stages(stages), _dedup_stage(stages), *_contamination_stage(stages)],
        "contamination": _contamination(config, stages),
        "languages": _languages(stages),
        "duplicates": sum_levels(row for unit in stages.documents for row in unit.counters["duplicates"]),
        "tokenizer": _tokenizer(stages),
        "sequences": _sequences(config, stages),
        "versions": {name: metadata.version(name) for name in _LIBRARIES},
    }


def _sources(parts: Sequence[Part], stages: Stages) -> list[dict[str, Any]]:
    """One row per source, by name; where it lies is nobody's business. Documents are known beforehand only where files are listed."""
    rows: dict[tuple[str, str], list[int]] = {}
    for part in parts:
        row = rows.setdefault(part.source, [0, 0, 0, 0, 0, 0])
        row[0] += len(part.items) if part.kind in ("folder", "git") else 0
        row[1] += part.size
    for shard, read, documents in zip(group_parts(parts), stages.read, stages.documents, strict=True):
        counts = zip(shard.sources, read.counters["sources"], documents.counters["sources"], strict=True)
        for source, before, after in counts:
            for column, count in enumerate((before, *after), start=2):
                rows[source][column] += count
    names = ("documents", "bytes", "documents_in", "documents_filtered", "documents_unique", "documents_kept")
    return [
        {"name": name, "kind": kind, **dict(zip(names, row, strict=True)), "documents": row[0] or None}
        for (name, kind), row in sorted(rows.items())
    ]


def _opt_out(config: Config, stages: Stages) -> dict[str, Any] | None:
    """What the list of opt-outs was, without showing it, and how many files it left out; None where there was none."""
    entries = config.source.opt_out
    if not entries:
        return None
    left_out = sum(unit.counters["dropped"].get("CC011", 0) for unit in stages.read)
    return {"entries": len(entries), "sha256": opt_out_hash(entries), "documents": left_out}


def _shard_stages(stages: Stages) -> list[dict[str, Any]]:
    rows = []
    for name in ("read", "parse", "filter"):
        done: list[Done] = getattr(stages, name)
        row: dict[str, Any] = {"stage": name}
        for key in ("documents_in", "documents_kept", "bytes_in", "bytes_kept"):
            row[key] = sum(unit.counters[key] for unit in done)
        for key in ("dropped", "edited", "flagged"):
            row[key] = sum_counts(unit.counters[key] for unit in done)
        rows.append(row)
    return rows


def _dedup_stage(stages: Stages) -> dict[str, Any]:
    documents = sum(unit.counters["documents_kept"] for unit in stages.filter)
    dropped = dict(stages.dedup.counters["dropped"])
    handed_on = stages.contamination.overlap if stages.contamination else stages.documents
    return {
        "stage": "dedup",
        "documents_in": documents,
        "documents_kept": documents - sum(dropped.values()),
        "bytes_in": sum(unit.counters["bytes_filtered"] for unit in stages.documents),
        "bytes_kept": sum(unit.counters["bytes"] for unit in handed_on),
        "dropped": dropped,
        "edited": {},
        "flagged": dict(stages.dedup.counters["flagged"]),
    }


def _contamination_stage(stages: Stages) -> list[dict[str, Any]]:
    """Its row of the funnel; none where nobody looked."""
    if stages.contamination is None:
        return []
    overlap, shards = stages.contamination.overlap, stages.contamination.shards
    return [
        {
            "stage": "contamination",
            "documents_in": sum(unit.counters["documents"] for unit in overlap),
            "documents_kept": sum(unit.counters["documents"] for unit in stages.documents),
            "bytes_in": sum(unit.counters["bytes"] for unit in overlap),
            "bytes_kept": sum(unit.counters["bytes"] for unit in stages.documents),
            "dropped": sum_counts(unit.counters["dropped"] for unit in shards),
            "edited": sum_counts(unit.counters["edited"] for unit in shards),
            "flagged": {},
        }
    ]


def _contamination(config: Config, stages: Stages) -> dict[str, Any] | None:
    """What was looked for and found, by benchmark; None where nobody looked."""
    if stages.contamination is None:
        return None
    return {"action": config.contamination.action, **stages.contamination.weigh.counters}


def _languages(stages: Stages) -> dict[str, dict[str, int]]:
    before = sum_counts(unit.counters["languages"] for unit in stages.read)
    filtered = sum_counts(unit.counters["languages_filtered"] for unit in stages.documents)
    unique = sum_counts(unit.counters["languages_unique"] for unit in stages.documents)
    after = sum_counts(unit.counters["languages"] for unit in stages.documents)
    return {
        name: {
            "documents_in": count,
            "documents_filtered": filtered.get(name, 0),
            "documents_unique": unique.get(name, 0),
            "documents_kept": after.get(name, 0),
        }
        for name, count in before.items()
    }


def _tokenizer(stages: Stages) -> dict[str, Any] | None:
    """None where nothing was kept: there is no tokenizer to speak of, and nothing to divide by."""
    tokens = sum(unit.counters["tokens"] for unit in stages.packing.encode)
    size = sum(unit.counters["bytes"] for unit in stages.documents)
    if not tokens:
        return None
    return {
        "path": "tokenizer/tokenizer.json",
        **stages.tokenizer.counters,
        "tokens": tokens,
        "bytes": size,
        "bytes_per_token": round(size / tokens, 4),
    }


def _sequences(config: Config, stages: Stages) -> dict[str, Any] | None:
    rows = sum(unit.counters["rows"] for unit in stages.packing.pack)
    tokens = sum(unit.counters["tokens"] for unit in stages.packing.pack)
    if not rows:
        return None
    layouts: Mapping[str, int] = sum_counts(unit.counters["layouts"] for unit in stages.packing.cut)
    return {
        "rows": rows,
        "sequence_length": config.sequence_length,
        "tokens": tokens,
        "fill_rate": round(tokens / (rows * config.sequence_length), 6),
        "parts": sum(layouts.values()),
        "layouts": layouts,
        "spans": sum_counts(unit.counters["spans"] for unit in stages.packing.cut),
        "family": config.fim.family,
        "mixture": stages.packing.mix.counters if stages.packing.mix else None,
        "repositories": sum_counts(dict(unit.counters) for unit in stages.packing.order) or None,
        "formats": {name: unit.counters for name, unit in stages.formats.items()},
    }

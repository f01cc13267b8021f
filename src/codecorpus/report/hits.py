"""Which documents held which benchmark problems, and what was redacted. Decisions in, a few rows out; neither says what was found."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from codecorpus.report import tables

CONTAMINATED = "CC501"
_LISTED = 40
_CODES = ("CC311", "CC312")
#: A row of a redaction says `kind: number at places; …`, see `codecorpus.filters.finding.describe`.
_KIND = r"^(?<kind>[^:]+): (?<number>\d+) at "


@dataclass(frozen=True, slots=True)
class Hit:
    """A document that held text of a benchmark problem.

    Attributes:
        name: repository and path.
        problem: benchmark, problem, and where in the document it stands.
        measured: n-grams in common, or the share of the problem's code.
        limit: from how many on it counts.
        verdict: dropped, or edited where it was cut out.
    """

    name: str
    problem: str
    measured: float | None
    limit: float | None
    verdict: str


@dataclass(frozen=True, slots=True)
class Redaction:
    """One kind of secret or personal datum.

    Attributes:
        code: CC311 or CC312.
        verdict: edited, dropped or flagged.
        kind: such as `GitHub token`.
        documents: documents with one.
        findings: how many there were.
    """

    code: str
    verdict: str
    kind: str
    documents: int
    findings: int


def contamination_hits(decisions: pl.LazyFrame) -> tuple[tuple[Hit, ...], int]:
    """The documents with the most of a problem in them, and how many there are in all."""
    rows = decisions.filter(pl.col("code") == CONTAMINATED)
    total = tables.run(rows.select(pl.len())).item()
    far = (pl.col("measured") / pl.col("limit")).alias("far")
    frame = tables.run(rows.with_columns(far).sort("far", "doc_id", descending=[True, False]).head(_LISTED))
    hits = tuple(
        Hit(
            f"{row['repo_name']}/{row['path']}",
            row["detail"] or "",
            row["measured"],
            row["limit"],
            row["verdict"],
        )
        for row in frame.iter_rows(named=True)
    )
    return hits, int(total)


def redactions(decisions: pl.LazyFrame) -> tuple[Redaction, ...]:
    """Kinds of what was found, most findings first. Of a text that is not one of ours nothing is shown."""
    known = _known_kinds()
    rows = decisions.filter(pl.col("code").is_in(_CODES)).select("doc_id", "code", "verdict", "detail")
    each = rows.with_columns(pl.col("detail").str.split("; ")).explode("detail")
    said = each.with_columns(pl.col("detail").str.extract_groups(_KIND)).unnest("detail")
    named = pl.when(pl.col("kind").is_in(known)).then("kind").otherwise(pl.lit("other")).alias("kind")
    counted = said.with_columns(named, pl.col("number").cast(pl.Int64, strict=False).fill_null(1))
    found = counted.group_by("code", "verdict", "kind").agg(
        pl.col("doc_id").n_unique().alias("documents"), pl.col("number").sum().alias("findings")
    )
    order = ["code", "findings", "kind", "verdict"]
    frame = tables.run(found).sort(order, descending=[False, True, False, False])
    columns = ("code", "verdict", "kind", "documents", "findings")
    return tuple(Redaction(*row) for row in frame.select(columns).iter_rows())


def _known_kinds() -> list[str]:
    # The patterns are compiled when they are imported, which takes 0.1 s.
    from codecorpus.filters.secret_patterns import PATTERNS

    return sorted({pattern.kind for pattern in PATTERNS} | {"e-mail address", "IP address", "IPv6 address"})

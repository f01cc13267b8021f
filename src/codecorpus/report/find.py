"""Is this code in the corpus? A text in, the documents of a run that are it, are like it, or hold it out; under which licence.

The table `lookup/` has a sample of every kept document's shingles. Who shares some of the question's is a candidate; candidates are read,
and what is said of them is true: Jaccard similarity and containment of all shingles. Of a question with too few sampled shingles, and
of a run without the table, all texts are read instead, one row group at a time. What was dropped is told by its id, a hash of repository,
path and bytes: the same bytes are recognised, a changed copy is not.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pyarrow as pa

from codecorpus.config import load_config
from codecorpus.dedup.code import code_keys
from codecorpus.dedup.options import DedupOptions
from codecorpus.dedup.sampled import (
    Place,
    find_rows,
    read_sampling,
    sample_of,
    text_set,
)
from codecorpus.dedup.sets import Hashes
from codecorpus.document import DECISIONS, git_blob_id
from codecorpus.errors import UsageError
from codecorpus.report import tables
from codecorpus.report.find_reads import DroppedCopy, dropped_copies, rows_at, same_bytes, search_texts
from codecorpus.report.twin import lines_held
from codecorpus.sources import detect_language
from codecorpus.sources.encoding import UndecodableError, decode_source

#: A question with fewer sampled shingles is held against the texts themselves: a document that has half of eight is missed once in 250
#: times, one that has half of four once in 16.
FEWEST_SAMPLED = 8
#: Candidates of either kind that are read.
_MOST_READ = 24
#: From this share of the question, or of the document, on, one is said to hold the other; from the lower one on, to share code.
HOLDS, SHARES = 0.8, 0.3
#: Bytes of a question, at most.
MOST_BYTES = 64_000_000
#: What a match can be, best first.
KINDS = (
    "same bytes",
    "same bytes, changed",
    "same text",
    "same code",
    "near copy",
    "holds the text",
    "part of the text",
    "shares code",
)


@dataclass(frozen=True, slots=True)
class Match:
    """A kept document that has something of the text.

    Attributes:
        kind: one of `KINDS`; `same bytes, changed` of a document that was read from the same bytes and is another text now.
        doc_id: hex.
        repo_name: its repository.
        path: relative to the repository.
        language: Linguist's name, where it is known.
        licences: SPDX identifiers.
        license_type: permissive, copyleft, no_license or unknown.
        similarity: Jaccard similarity of the shingles, headers apart, as in the table of clusters.
        containment: share of the text's shingles that the document has.
        coverage: share of the document's shingles that the text has.
        lines: first and last line of the document that the text has, where lines are equal.
        stands_for: how many documents were dropped as duplicates of it.
    """

    kind: str
    doc_id: str
    repo_name: str
    path: str
    language: str | None
    licences: tuple[str, ...]
    license_type: str | None
    similarity: float
    containment: float
    coverage: float
    lines: tuple[int, int] | None = None
    stands_for: int = 0


@dataclass(frozen=True, slots=True)
class Found:
    """What a run has of a text.

    Attributes:
        length_bytes: bytes of the text.
        language: as which it was read.
        shingles: distinct shingles of it.
        sampled: of these in the sample.
        searched: `lookup` (the stored sample) or `texts` (all texts).
        matches: kept documents, best first.
        dropped: documents with the same bytes that were dropped.
        all_dropped: whether all that was dropped could be held against the text.
    """

    length_bytes: int
    language: str | None
    shingles: int
    sampled: int
    searched: str
    matches: tuple[Match, ...]
    dropped: tuple[DroppedCopy, ...]
    all_dropped: bool = True

    def to_json(self) -> dict[str, Any]:
        """Plain JSON values."""
        return json.loads(json.dumps(asdict(self)))  # type: ignore[no-any-return]

    def to_polars(self) -> pl.DataFrame:
        """The matches, one row each."""
        return pl.DataFrame([asdict(one) for one in self.matches], infer_schema_length=None)

    def lines(self) -> list[str]:
        """The answer as a person reads it, free of control characters."""
        from codecorpus.report.find_lines import found_lines

        return found_lines(self)

    def _repr_html_(self) -> str:
        from codecorpus.report.text import visible

        return f"<pre>{visible(chr(10).join(self.lines()), keep=chr(10))}</pre>"


@dataclass(frozen=True, slots=True)
class _Question:
    """The text in the forms in which it is held against documents."""

    blob_id: str
    text: bytes
    language: str | None
    options: DedupOptions
    hashes: Hashes


def find_text(
    run: Path, content: bytes, *, name: str = "", language: str | None = None, limit: int = 10
) -> Found:
    """The documents of a run that are this text, are like it, or hold it.

    Args:
        run: folder of a finished run.
        content: the bytes of a file, or a piece of code.
        name: of the file, which tells its language.
        language: Linguist's name, where it is known better.
        limit: at most so many matches.

    Raises:
        UsageError: the text is empty, binary or cannot be decoded.
    """
    question = _question(run, content, name, language)
    parts = tables.parts(run, "documents")
    places, sampled, searched = _places(run, parts, question)
    same = same_bytes(parts, question.blob_id, max(limit, _MOST_READ))
    rows = rows_at(parts, list(dict.fromkeys([*same, *places])))
    pairs = [(match, row["content"]) for row in rows if (match := _match(question, row)) is not None]
    pairs.sort(key=lambda one: _order(one[0]))
    asked = question.text.decode()
    matches = [replace(match, lines=lines_held(asked, content)) for match, content in pairs[:limit]]
    dropped, complete = dropped_copies(run, content)
    return Found(
        length_bytes=len(content),
        language=question.language,
        shingles=len(question.hashes),
        sampled=sampled,
        searched=searched,
        matches=_with_followers(run, matches),
        dropped=dropped,
        all_dropped=complete,
    )


def _question(run: Path, content: bytes, name: str, language: str | None) -> _Question:
    if len(content) > MOST_BYTES:
        raise UsageError(
            f"nothing can be looked up: the text has {len(content):,} bytes, {MOST_BYTES:,} is the most",
            "Give a part of it.",
        )
    try:
        text, _ = decode_source(content)
    except UndecodableError as error:
        what = "it has no text" if error.code == "CC010" else f"it is no text: {error.detail}"
        raise UsageError(
            f"nothing can be looked up: {what}", "Give a source file, or a piece of one."
        ) from None
    options = load_config(run / "config.toml").dedup if (run / "config.toml").is_file() else DedupOptions()
    language = language or detect_language(name, text[:4096])
    hashes = text_set(text, language, options, header=False)
    if len(hashes) < FEWEST_SAMPLED:  # nearly all of it is what stands at the head of files
        hashes = text_set(text, language, options, header=True)
    return _Question(git_blob_id(content), text, language, options, hashes)


def _places(run: Path, parts: list[Path], question: _Question) -> tuple[list[Place], int, str]:
    """Candidates; how many shingles of the question are in the sample; and what was searched."""
    files = tables.parts(run, "lookup")
    sampling = read_sampling(files)
    shingle = question.options.shingle
    wanted = np.empty(0, np.uint64)
    if sampling is not None and sampling.shingle == shingle:
        wanted = sample_of(question.hashes, sampling.scale)
    if len(wanted) >= FEWEST_SAMPLED:
        return find_rows(files, wanted, _MOST_READ), len(wanted), "lookup"
    return search_texts(parts, question.text, question.hashes, shingle, _MOST_READ), len(wanted), "texts"


def _match(question: _Question, row: Mapping[str, Any]) -> Match | None:
    """What a document has of the text; None where that is too little to be said."""
    text = row["content"].encode()
    own, whole = (
        text_set(text, row["language"], question.options, header=header) for header in (False, True)
    )
    common = len(np.intersect1d(question.hashes, own, assume_unique=True))
    held = len(np.intersect1d(question.hashes, whole, assume_unique=True))
    similarity = common / max(1, len(own) + len(question.hashes) - common)
    containment = held / max(1, len(question.hashes))
    coverage = common / max(1, len(own))
    if question.text.strip() in text:  # a text of a few tokens, or one that ends in the middle of a token
        containment = 1.0
    kind = _kind(question, row, similarity, containment, coverage)
    if kind is None:
        return None
    return Match(
        kind=kind,
        doc_id=row["doc_id"].hex(),
        repo_name=row["repo_name"],
        path=row["path"],
        language=row["language"],
        licences=tuple(row["detected_licenses"] or ()),
        license_type=row["license_type"],
        similarity=round(similarity, 6),
        containment=round(containment, 6),
        coverage=round(coverage, 6),
    )


def _order(one: Match) -> tuple[int, float, float, str]:
    """Best first; ties by id."""
    return KINDS.index(one.kind), -one.containment, -one.similarity, one.doc_id


def _kind(
    question: _Question, row: Mapping[str, Any], similarity: float, containment: float, coverage: float
) -> str | None:
    if row["blob_id"] == question.blob_id:
        # The bytes are those that were read: secrets, or a benchmark problem, may have been taken out of the text since.
        return "same bytes" if row["content"].encode() == question.text else "same bytes, changed"
    if _plain(question.text.decode()) == _plain(row["content"]):
        return "same text"
    if max(containment, coverage) >= SHARES and _same_code(question, row):
        return "same code"
    if similarity >= question.options.threshold:
        return "near copy"
    if containment >= HOLDS:
        return "holds the text"
    if coverage >= HOLDS:
        return "part of the text"
    return "shares code" if max(containment, coverage) >= SHARES else None


def _plain(text: str) -> str:
    """The text without what editors change by themselves: line ends, and white space at the ends of lines and of the text."""
    return "\n".join(line.rstrip() for line in text.splitlines()).strip()


def _same_code(question: _Question, row: Mapping[str, Any]) -> bool:
    languages = pa.array([row["language"]] * 2, pa.string())
    texts = pa.array([question.text.decode(), row["content"]], pa.large_string())
    keys, _ = code_keys(texts, languages, min_shingles=question.options.min_shingles)
    first, second = keys.to_pylist()
    return first is not None and first == second


def _with_followers(run: Path, matches: list[Match]) -> tuple[Match, ...]:
    """The matches, each with the number of documents that were dropped for it."""
    ids = [bytes.fromhex(one.doc_id) for one in matches]
    decisions = tables.scan(tables.parts(run, "decisions"), DECISIONS)
    named = decisions.filter(
        (pl.col("stage") == "dedup") & (pl.col("verdict") == "dropped") & pl.col("other_id").is_in(ids)
    )
    counts = dict(tables.run(named.group_by("other_id").len()).iter_rows())
    return tuple(
        replace(one, stands_for=counts.get(doc_id, 0)) for one, doc_id in zip(matches, ids, strict=True)
    )

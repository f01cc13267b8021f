"""The tables of a comparison: tallies and the bytes and tokens of each document go in, polars frames come out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from codecorpus.tokenize import _kernels_compare as kernels
from codecorpus.tokenize.comparison_inputs import ALL, Contestant, Documents
from codecorpus.tokenize.comparison_measures import ALPHA, Tally, renyi_efficiency
from codecorpus.tokenize.comparison_spread import FILE_BYTES, REPOSITORIES, intervals, over_files
from codecorpus.tokenize.comparison_view import share

#: Column → (type, meaning), in the order of the columns.
MEANINGS: Final[Mapping[str, tuple[Any, str]]] = {
    "tokenizer": (pl.String, "its name"),
    "vocab_size": (pl.Int64, "the highest id there is, special tokens included, plus one"),
    "language": (pl.String, "the documents' language; `all` for all of them"),
    "documents": (pl.Int64, "documents"),
    "repositories": (pl.Int64, "repositories they come from; null where the table does not say"),
    "bytes": (pl.Int64, "bytes of text"),
    "tokens": (pl.Int64, "tokens that it becomes"),
    "bytes_per_token": (pl.Float64, "bytes / tokens"),
    "bytes_per_token_low": (
        pl.Float64,
        f"lower end of its 95 % interval, from {REPOSITORIES} repositories on",
    ),
    "bytes_per_token_high": (pl.Float64, "upper end"),
    "ratio": (pl.Float64, "bytes per token / that of the first tokenizer"),
    "ratio_low": (pl.Float64, f"lower end of its 95 % interval, from {REPOSITORIES} repositories on"),
    "ratio_high": (pl.Float64, "upper end"),
    "files": (pl.Int64, f"files of at least {FILE_BYTES} bytes, which the next seven columns are about"),
    "file_median": (pl.Float64, "median of bytes per token over files"),
    "file_p5": (pl.Float64, "5 % of files have less"),
    "file_worst": (pl.Float64, "the file with the fewest bytes per token"),
    "file_ratio_median": (pl.Float64, "median over files of the ratio to the first tokenizer"),
    "file_ratio_p5": (pl.Float64, "5 % of files have less"),
    "file_ratio_worst": (pl.Float64, "the file with the lowest ratio"),
    "worst_path": (pl.String, "its path; for the first tokenizer, that of `file_worst`"),
    "tokens_per_identifier": (pl.Float64, "tokens that hold a byte of an identifier, mean over identifiers"),
    "crossing_token_share": (
        pl.Float64,
        "tokens that hold bytes of two sub-words of one identifier / tokens",
    ),
    "blank_token_share": (pl.Float64, "tokens of nothing but white space / tokens"),
    "vocabulary_used": (pl.Float64, "ids that occur / ids there are"),
    "renyi_efficiency": (pl.Float64, f"Rényi entropy of order {ALPHA} of the tokens / that of even use"),
    "lossless_documents": (pl.Int64, "documents that come back byte for byte"),
    "character_cut_cost": (
        pl.Float64,
        "extra tokens per cut between any two characters, pieces encoded apart",
    ),
    "line_cut_cost": (pl.Float64, "extra tokens per cut after the indent of a line"),
    "novel_bytes": (pl.Int64, "bytes of lines that the training text does not have"),
    "novel_bytes_per_token": (pl.Float64, "bytes per token of these lines"),
    "novel_ratio": (pl.Float64, "that / that of the first tokenizer"),
}


@dataclass(frozen=True, slots=True, eq=False)
class Group:
    """The documents of one language, or all, and what each tokenizer makes of them."""

    language: str
    rows: NDArray[np.int64]
    tallies: list[Tally]
    costs: NDArray[np.float64] | None = None


def together(groups: Sequence[Group], vocab_sizes: Sequence[int]) -> Group:
    """All languages as one. Cuts are a sample of each language, so a language counts for as much as it has documents."""
    tallies = [Tally(np.zeros(size, np.int64)) for size in vocab_sizes]
    for group in groups:
        for whole, tally in zip(tallies, group.tallies, strict=True):
            whole.add(tally)
    sums, weights = np.zeros((len(tallies), 2)), np.zeros((len(tallies), 2))
    for group in groups:
        costs = _costs(group)
        cut = ~np.isnan(costs)
        sums += np.where(cut, costs, 0) * len(group.rows)
        weights += cut * len(group.rows)
    rows = np.concatenate([np.empty(0, np.int64), *(group.rows for group in groups)])
    with np.errstate(invalid="ignore"):
        return Group(ALL, np.sort(rows), tallies, sums / weights)


def rows(
    group: Group, documents: Documents, loaded: Sequence[Contestant], tokens: NDArray[np.int64], novel: bool
) -> Iterator[dict[str, Any]]:
    """The rows of a group, one for each tokenizer."""
    some, sizes = tokens[group.rows], documents.sizes[group.rows]
    numbers = None if documents.repositories is None else documents.repositories[group.rows]
    found = None if numbers is None else intervals(sizes, some, numbers)
    costs = _costs(group)
    first = group.tallies[0]
    for place, (contestant, tally) in enumerate(zip(loaded, group.tallies, strict=True)):
        row: dict[str, Any] = {
            "tokenizer": contestant.name,
            "vocab_size": contestant.encoder.vocab_size,
            "language": group.language,
            "repositories": None if numbers is None else len(np.unique(numbers)),
        }
        row |= _of_tally(tally, first)
        if novel:
            row |= _of_novel(tally, first)
        if found is not None:
            for name, ends in zip(("bytes_per_token", "ratio"), found, strict=True):
                row |= {f"{name}_low": float(ends[0, place]), f"{name}_high": float(ends[1, place])}
        row |= _of_files(group.rows, sizes, some[:, 0], some[:, place], documents, place == 0)
        row |= {
            name: None if np.isnan(cost) else float(cost)
            for name, cost in zip(("character_cut_cost", "line_cut_cost"), costs[place], strict=True)
        }
        yield row


def _of_tally(tally: Tally, first: Tally) -> dict[str, Any]:
    tokens = tally.tokens
    return {
        "documents": tally.documents,
        "bytes": tally.size,
        "tokens": tokens,
        "bytes_per_token": _ratio(tally.size, tokens),
        "ratio": _ratio(first.tokens, tokens),
        "tokens_per_identifier": _ratio(tally.totals[kernels.TOUCHED], tally.totals[kernels.IDENTIFIERS]),
        "crossing_token_share": _ratio(tally.totals[kernels.CROSSING], tokens),
        "blank_token_share": _ratio(tally.totals[kernels.BLANK], tokens),
        "vocabulary_used": _ratio(np.count_nonzero(tally.counts), len(tally.counts)),
        "renyi_efficiency": renyi_efficiency(tally.counts),
        "lossless_documents": tally.lossless,
    }


def _of_novel(tally: Tally, first: Tally) -> dict[str, Any]:
    size = int(tally.totals[kernels.NOVEL_BYTES])
    own = _ratio(size, tally.novel_tokens)
    other = _ratio(first.totals[kernels.NOVEL_BYTES], first.novel_tokens)
    return {
        "novel_bytes": size,
        "novel_bytes_per_token": own,
        "novel_ratio": _ratio(own, other) if own is not None and other is not None else None,
    }


def _of_files(
    rows: NDArray[np.int64],
    sizes: NDArray[np.int64],
    first: NDArray[np.int64],
    tokens: NDArray[np.int64],
    documents: Documents,
    is_first: bool,
) -> dict[str, Any]:
    fit = np.flatnonzero((sizes >= FILE_BYTES) & (tokens > 0) & (first > 0))
    own = over_files(sizes[fit] / tokens[fit], rows[fit])
    ratio = over_files(first[fit] / tokens[fit], rows[fit])
    worst = own.row if is_first else ratio.row
    return {
        "files": len(fit),
        "file_median": own.median,
        "file_p5": own.p5,
        "file_worst": own.worst,
        "file_ratio_median": ratio.median,
        "file_ratio_p5": ratio.p5,
        "file_ratio_worst": ratio.worst,
        "worst_path": None if worst is None else documents.paths[worst].as_py(),
    }


def _costs(group: Group) -> NDArray[np.float64]:
    """float64[tokenizers, 2]: extra tokens per cut; NaN where nothing was cut."""
    if group.costs is not None:
        return group.costs
    cuts = np.array([tally.cuts for tally in group.tallies], np.float64)
    with np.errstate(invalid="ignore"):
        return np.asarray(cuts[:, :, 0] / cuts[:, :, 1], np.float64)


def _ratio(part: Any, whole: Any) -> float | None:
    return float(part / whole) if whole else None


def frame(found: Sequence[Mapping[str, Any]], names: Sequence[str]) -> pl.DataFrame:
    """The rows as a frame, by tokenizer."""
    schema = {column: kind for column, (kind, _) in MEANINGS.items()}
    ordered = sorted(found, key=lambda row: names.index(row["tokenizer"]))
    return pl.DataFrame([{column: row.get(column) for column in schema} for row in ordered], schema=schema)


def tokenizers(loaded: Sequence[Contestant], whole: Group) -> pl.DataFrame:
    """What is to be said of each tokenizer itself."""
    speeds = [tally.size / 1e6 / tally.seconds if tally.seconds else None for tally in whole.tallies]
    return pl.DataFrame(
        {
            "tokenizer": [contestant.name for contestant in loaded],
            "vocab_size": [contestant.encoder.vocab_size for contestant in loaded],
            "normalizer": [contestant.normalizer for contestant in loaded],
            "mb_per_cpu_second": pl.Series(speeds, dtype=pl.Float64),
        }
    )


def files(documents: Documents, loaded: Sequence[Contestant], tokens: NDArray[np.int64]) -> pl.DataFrame:
    """Bytes and tokens of each document, in the order of the table."""
    names = np.array([*documents.language_names, ""], object)
    columns = {f"tokens {contestant.name}": tokens[:, place] for place, contestant in enumerate(loaded)}
    return pl.DataFrame(
        {
            "path": pl.Series(documents.paths.to_pylist(), dtype=pl.String),
            "language": pl.Series(names[documents.languages].tolist(), dtype=pl.String),
            "bytes": documents.sizes,
            **columns,
        }
    )


def notes(
    documents: Documents, loaded: Sequence[Contestant], whole: Group, *, training: bool
) -> tuple[str, ...]:
    """What a reader must know beside the figures."""
    said = []
    if documents.repositories is None:
        said.append("No intervals: the documents do not say which repository they are from.")
    elif (count := len(np.unique(documents.repositories))) < REPOSITORIES:
        number = "one repository" if count == 1 else f"{count} repositories"
        said.append(f"No intervals: the documents are from {number}, and {REPOSITORIES} are needed.")
    for contestant, tally in zip(loaded, whole.tallies, strict=True):
        changed = tally.documents - tally.lossless
        if changed:
            why = f": its normalizer {contestant.normalizer} changes text" if contestant.normalizer else ""
            what = "1 document" if changed == 1 else f"{changed:,} documents"
            said.append(f"{contestant.name} does not give {what} back byte for byte{why}.")
        elif contestant.normalizer:
            what = f"{contestant.name} has the normalizer {contestant.normalizer}"
            said.append(f"{what}, which changes none of these documents.")
    first = whole.tallies[0]
    if training and first.size:
        novel = share(float(first.totals[kernels.NOVEL_BYTES] / first.size))
        said.append(f"{novel} of the text is in novel lines: those that the training text does not have.")
    return tuple(said)

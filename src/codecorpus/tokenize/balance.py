"""Count tables → words to learn from: checked, weighted by language, added up; and which languages are balanced against each other.

*Weights* multiply a language's counts. *Equal* balance makes each language's bytes per token as equal as the text allows: the language
that is compressed worst chooses the next merge (parity-aware BPE, as `ParityBpeTrainer` of Hugging Face's `tokenizers`). The price is paid
by the others: it is for who must treat languages alike, not for who wants the fewest tokens.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from codecorpus.errors import DataError, UsageError
from codecorpus.tokenize.learning import Words

# Where sums of counts could no longer be told from an overflow.
_MOST_PAIRS = 2.0**62


def words_of(
    counts: pa.Table, *, mode: str, weights: Mapping[str, float] | None = None, by_language: bool = False
) -> Words:
    """The words of a count table.

    Args:
        counts: columns `pretoken`, `count` and, where weights or languages matter, `language`. Equal rows are added up; their order
            does not matter. A count of 0 is none.
        mode: what cut the text; a table that says it was another is refused.
        weights: language → factor of its counts, the product rounded to the nearest integer and at least 1; 1 for the others.
        by_language: whether each language is a group of its own.

    Raises:
        DataError: a column is missing or of another type, a count is null or negative, or the table is of another mode.
        UsageError: a weight is no positive number, or there is no column `language`.

    >>> counts = pa.table({"pretoken": [b"if", b"if"], "count": [3, 2], "language": ["C", "Go"]})
    >>> words_of(counts, mode="code", weights={"Go": 0.5}).weights.tolist()
    [4]
    """
    check_counts(counts, mode=mode)
    _check_weights(counts, weights or {}, by_language=by_language)
    weighted = pa.array(_weighted(counts, weights or {}))
    table = pa.table({"pretoken": counts["pretoken"].cast(pa.large_binary()), "count": weighted})
    if by_language:
        table = table.append_column("language", _languages(counts))
    table = _summed(table.filter(pc.greater(table["count"], 0)))
    total = np.dot(
        table["count"].to_numpy().astype(np.float64), pc.binary_length(table["pretoken"]).to_numpy()
    )
    if total > _MOST_PAIRS:
        raise DataError(
            f"the counts are too large: {total:.1e} bytes of text", "Divide them, or lower the weights."
        )
    groups = _numbers(table["language"]) if by_language else np.zeros(table.num_rows, np.int32)
    return Words(table["pretoken"].combine_chunks(), table["count"].to_numpy().copy(), groups)


def _summed(table: pa.Table) -> pa.Table:
    """Rows of equal pre-token, and of equal language where there is such a column, added up.

    A count table is in the order of its pre-tokens, equal ones side by side: that takes a tenth of the time that grouping takes.
    """
    keys = [name for name in table.column_names if name != "count"]
    table = table.combine_chunks()
    first, second = table.slice(0, max(0, table.num_rows - 1)), table.slice(1)
    if not pc.all(pc.less_equal(first["pretoken"], second["pretoken"])).as_py() or len(keys) > 1:
        summed = table.group_by(keys).aggregate([("count", "sum")])
        return summed.select([*keys, "count_sum"]).rename_columns([*keys, "count"])
    new = pc.not_equal(first["pretoken"], second["pretoken"]).to_numpy(zero_copy_only=False)
    starts = np.flatnonzero(np.append(True, new)) if table.num_rows else np.empty(0, np.int64)
    if len(starts) == table.num_rows:
        return table
    counts = np.add.reduceat(table["count"].to_numpy(), starts)
    return pa.table({"pretoken": table["pretoken"].take(pa.array(starts)), "count": counts})


def added_up(
    texts: Sequence[pa.Array], counts: Sequence[NDArray[np.int64]], groups: Sequence[NDArray[np.int32]]
) -> Words:
    """Words of several counts as one; those of equal text and group added up."""
    table = pa.table(
        {
            "pretoken": pa.chunked_array(texts, pa.large_binary()),
            "group": np.concatenate([np.empty(0, np.int32), *groups]),
            "count": np.concatenate([np.empty(0, np.int64), *counts]),
        }
    )
    table = table.group_by(["pretoken", "group"]).aggregate([("count", "sum")]).combine_chunks()
    return Words(
        table["pretoken"].combine_chunks(),
        table["count_sum"].to_numpy().copy(),
        table["group"].to_numpy().copy(),
    )


def check_counts(counts: pa.Table, *, mode: str) -> None:
    """See that this is a count table, and one of this mode.

    Raises:
        DataError: it is not; says what is wrong.
    """
    advice = (
        "Make it with `codecorpus tokenizer count`: columns pretoken (bytes), count (int64), language (text)."
    )
    missing = [name for name in ("pretoken", "count") if name not in counts.column_names]
    if missing:
        have = ", ".join(counts.column_names) or "none"
        raise DataError(
            f"the count table has no column {' and no column '.join(missing)}; it has: {have}", advice
        )
    kind = counts.schema.field("pretoken").type
    is_text = any(
        test(kind)
        for test in (
            pa.types.is_binary,
            pa.types.is_large_binary,
            pa.types.is_string,
            pa.types.is_large_string,
        )
    )
    if not is_text:
        raise DataError(f"the column pretoken of the count table is {kind}, not bytes", advice)
    if not pa.types.is_integer(counts.schema.field("count").type):
        kind = counts.schema.field("count").type
        raise DataError(f"the column count of the count table is {kind}, not int64", advice)
    nulls = [name for name in ("pretoken", "count") if counts[name].null_count]
    if nulls:
        raise DataError(f"the column {nulls[0]} of the count table has nulls", advice)
    if counts.num_rows and pc.min(counts["count"]).as_py() < 0:
        raise DataError("the count table has a negative count", advice)
    said = (counts.schema.metadata or {}).get(b"codecorpus.mode", mode.encode()).decode()
    if said != mode:
        raise DataError(
            f"the count table was counted with mode {said}, not {mode}",
            f"Set tokenizer.mode to {said}, or count again with --mode {mode}.",
        )


def _check_weights(counts: pa.Table, weights: Mapping[str, float], *, by_language: bool) -> None:
    wrong = [name for name, factor in weights.items() if not 0 < factor < np.inf]
    if wrong:
        raise UsageError(
            f"the weight of {wrong[0]} is {weights[wrong[0]]}",
            "A weight is a positive number, such as 2 or 0.5.",
        )
    if (weights or by_language) and "language" not in counts.column_names:
        raise UsageError(
            "languages cannot be weighted or balanced: the count table has no column `language`",
            "Count again, from documents that have a language.",
        )


def _languages(counts: pa.Table) -> pa.ChunkedArray:
    """The language of each row, empty where it is not known."""
    return pc.fill_null(counts["language"].cast(pa.string()), "")


def _weighted(counts: pa.Table, weights: Mapping[str, float]) -> NDArray[np.int64]:
    """The counts, those of the languages named multiplied."""
    numbers: NDArray[np.int64] = counts["count"].cast(pa.int64()).to_numpy()
    if not weights:
        return numbers
    names = list(weights)
    places = pc.index_in(_languages(counts), pa.array(names, pa.string())).to_numpy(zero_copy_only=False)
    factors = np.append(np.array([weights[name] for name in names], np.float64), 1.0)
    known = ~np.isnan(places.astype(np.float64))
    rows = np.where(known, np.nan_to_num(places.astype(np.float64), nan=len(names)), len(names)).astype(
        np.int64
    )
    product = np.maximum(np.rint(numbers * factors[rows]), 1)
    result: NDArray[np.int64] = np.where(
        known & (numbers > 0), np.minimum(product, _MOST_PAIRS), numbers
    ).astype(np.int64)
    return result


def _numbers(languages: pa.ChunkedArray) -> NDArray[np.int32]:
    """The number of each row's language when all are sorted."""
    names = sorted(set(languages.unique().to_pylist()))
    numbers: NDArray[np.int32] = (
        pc.index_in(languages, pa.array(names, pa.string())).to_numpy().astype(np.int32)
    )
    return numbers

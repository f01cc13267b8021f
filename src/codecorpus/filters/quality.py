"""The quality rules: stored measures against the limits in force, a column at a time.

Which limit holds for a document depends on its language and its extension only, so limits are looked up once for each pair of them.
A measure that could not be taken is NaN here, and no comparison with NaN is true: no rule drops what could not be measured. That it could
not be is a verdict of its own (CC104).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from codecorpus.filters.options import FilterOptions
from codecorpus.filters.verdict import Verdict, verdict
from codecorpus.measures import TREE_MEASURES
from codecorpus.parse import languages as parsed_languages
from codecorpus.rules import LIMITS, RULES
from codecorpus.rules.groups import XML


@dataclass(frozen=True, slots=True)
class Batch:
    """The columns that the rules read.

    Attributes:
        language: string, null where unknown.
        extension: string.
        length_bytes: float64.
        measures: struct array of `codecorpus.document.MEASURES_TYPE`.
    """

    language: pa.Array
    extension: pa.Array
    length_bytes: NDArray[np.float64]
    measures: pa.StructArray

    def measure(self, name: str) -> NDArray[np.float64]:
        """A measure as float64, NaN where it is unknown."""
        if name == "length_bytes":
            return self.length_bytes
        column = pc.cast(self.measures.field(name), pa.float64())
        values: NDArray[np.float64] = pc.fill_null(column, np.nan).to_numpy(zero_copy_only=False)
        return values

    def is_any_of(self, languages: tuple[str, ...]) -> NDArray[np.bool_]:
        """Bool per document: its language is one of these."""
        found = pc.is_in(self.language, value_set=pa.array(languages, self.language.type))
        mask: NDArray[np.bool_] = found.to_numpy(zero_copy_only=False)
        return mask


def quality_verdicts(batch: Batch, options: FilterOptions) -> Iterator[Verdict]:
    """Every quality rule that is switched on; what a generator or a vendor wrote is judged elsewhere."""
    yield from _language_rules(batch, options)
    if options.drop_xml_heads:
        known: NDArray[np.bool_] = pc.is_valid(batch.language).to_numpy(zero_copy_only=False)
        yield verdict("CC208", (batch.measure("xml_head") == 1) & known & ~batch.is_any_of(XML))
    limits = limits_in_force(batch, options)
    for column, (code, limit) in enumerate(LIMITS):
        bound = limits[:, column]
        if np.isnan(bound).all():
            continue
        measured = batch.measure(limit.measure)
        beyond = measured < bound if limit.is_minimum else measured > bound
        if beyond.any():
            found = verdict(code, beyond, measured=measured, limit=bound, action=RULES[code].action)
            yield replace(found, details=(limit.measure,) * len(found.rows))
    yield _unmeasured(batch, limits, drop=options.drop_unmeasured)


def limits_in_force(batch: Batch, options: FilterOptions) -> NDArray[np.float64]:
    """float64[documents, limits]: which limit holds for which document, NaN where it is off; limits in the order of `LIMITS`."""
    languages, extensions = batch.language.to_pylist(), batch.extension.to_pylist()
    pairs: dict[tuple[str | None, str], int] = {}
    numbers = [pairs.setdefault(pair, len(pairs)) for pair in zip(languages, extensions, strict=True)]
    table = np.array([options.limits_for(*pair) for pair in pairs], np.float64)  # None becomes NaN
    return table.reshape(len(pairs), len(LIMITS))[np.array(numbers, np.int64)]


def _language_rules(batch: Batch, options: FilterOptions) -> Iterator[Verdict]:
    unknown: NDArray[np.bool_] = pc.is_null(batch.language).to_numpy(zero_copy_only=False)
    if options.drop_unknown_language:
        yield verdict("CC101", unknown)
    if options.languages is not None:
        unwanted = ~unknown & ~batch.is_any_of(options.languages)
        yield verdict("CC102", unwanted, details=batch.language.to_pylist())


def _unmeasured(batch: Batch, limits: NDArray[np.float64], *, drop: bool) -> Verdict:
    """Documents in a language with a grammar that were not parsed, if a limit on a measure of the tree is set for them.

    A document without any node was not parsed. Any other measure that is null has no meaning for its document, such as the visible
    text of what is no page, and is not missing.
    """
    unparsed = batch.is_any_of(parsed_languages()) & np.isnan(batch.measure("node_count"))
    on_tree = np.array([limit.measure in TREE_MEASURES for _, limit in LIMITS], np.bool_)
    missed = ~np.isnan(limits) & on_tree & unparsed[:, None]
    codes = np.array([code for code, _ in LIMITS])
    names = [", ".join(sorted(set(codes[row]))) if row.any() else None for row in missed]
    numbers = np.array([len(set(codes[row])) for row in missed], np.float64)
    return verdict(
        "CC104",
        np.asarray(missed.any(axis=1)),
        measured=numbers,
        details=names,
        action="dropped" if drop else "flagged",
    )

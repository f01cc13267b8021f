"""The quality rules: stored measures against the limits in force, a column at a time.

Which limit holds for a document depends on its language and its extension only, so limits are looked up once for each pair of them.
A measure that could not be taken is NaN here, and no comparison with NaN is true: no rule drops what could not be measured. That it could
not be is a verdict of its own (CC104).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from codecorpus.filters.options import FilterOptions
from codecorpus.filters.verdict import Verdict, verdict
from codecorpus.measures import TREE_MEASURES
from codecorpus.parse import languages as parsed_languages
from codecorpus.rules import LIMITS
from codecorpus.rules.groups import XML


@dataclass(frozen=True, slots=True)
class Batch:
    """The columns that the rules read.

    Attributes:
        language: string, null where unknown.
        extension: string.
        path: string.
        numbers: float64 by the names of `codecorpus.rules.rule.DOCUMENT_COLUMNS`, NaN where unknown.
        measures: struct array of `codecorpus.document.MEASURES_TYPE`.
    """

    language: pa.Array
    extension: pa.Array
    path: pa.Array
    numbers: Mapping[str, NDArray[np.float64]]
    measures: pa.StructArray

    def measure(self, name: str) -> NDArray[np.float64]:
        """A measure as float64, NaN where it is unknown."""
        if name in self.numbers:
            return self.numbers[name]
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
            action = "flagged" if code in options.flag_only else "dropped"
            found = verdict(code, beyond, measured=measured, limit=bound, action=action)
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
    if options.extensions is not None:
        names = pc.replace_substring_regex(batch.path, ".*/", "")
        endings = pc.if_else(pc.equal(batch.extension, ""), names, batch.extension)
        wanted = pa.array([ending.lower() for ending in options.extensions], pa.string())
        listed = pc.is_in(pc.utf8_lower(endings), value_set=wanted).to_numpy(zero_copy_only=False)
        yield verdict("CC231", ~listed, details=endings.to_pylist())


def _unmeasured(batch: Batch, limits: NDArray[np.float64], *, drop: bool) -> Verdict:
    """Documents that a rule could not judge although a limit is set for them.

    That is a limit on a measure of the tree in a language with a grammar, where a document without any node was not parsed; or on a
    number that the source did not give, such as stars. Any other measure that is null has no meaning for its document, such as the
    visible text of what is no page, and is not missing.
    """
    unparsed = batch.is_any_of(parsed_languages()) & np.isnan(batch.measure("node_count"))
    missed = np.zeros(limits.shape, np.bool_)
    for column, (_, limit) in enumerate(LIMITS):
        if limit.measure in TREE_MEASURES:
            missed[:, column] = unparsed
        elif limit.measure in batch.numbers:
            missed[:, column] = np.isnan(batch.numbers[limit.measure])
    missed &= ~np.isnan(limits)
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

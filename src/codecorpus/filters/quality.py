"""The quality rules: comparisons of stored measures with limits, a column at a time.

An unknown measure is NaN here, and no comparison with NaN is true: a rule never drops what could not be measured. That it could not be
is known already, as the CC103 flag of the parse stage; nothing is counted twice.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from codecorpus.filters.options import PROSE_LANGUAGES, FilterOptions
from codecorpus.filters.verdict import Verdict, verdict
from codecorpus.parse import languages as parsed_languages

# Written with an XML declaration by right. Linguist calls most such files XML.
_XML_LANGUAGES = (
    "HTML",
    "SVG",
    "XML",
    "XML Property List",
    "XSLT",
    "Maven POM",
    "XProc",
    "XPages",
    "Ant Build System",
)


@dataclass(frozen=True, slots=True)
class Batch:
    """The columns that the rules read.

    Attributes:
        language: string, null where unknown.
        length_bytes: float64.
        measures: struct array of `codecorpus.document.MEASURES_TYPE`.
    """

    language: pa.Array
    length_bytes: NDArray[np.float64]
    measures: pa.StructArray

    def measure(self, name: str) -> NDArray[np.float64]:
        """A measure as float64, NaN where it is unknown."""
        column = pc.cast(self.measures.field(name), pa.float64())
        values: NDArray[np.float64] = pc.fill_null(column, np.nan).to_numpy(zero_copy_only=False)
        return values

    def is_any_of(self, languages: tuple[str, ...]) -> NDArray[np.bool_]:
        """Bool per document: its language is one of these."""
        found = pc.is_in(self.language, value_set=pa.array(languages, self.language.type))
        mask: NDArray[np.bool_] = found.to_numpy(zero_copy_only=False)
        return mask


def quality_verdicts(batch: Batch, options: FilterOptions) -> Iterator[Verdict]:
    """Every quality rule that is switched on, in the order of the codes; what a generator or a vendor wrote is judged elsewhere."""
    yield from _language_rules(batch, options)
    yield from _line_rules(batch, options)
    yield from _text_rules(batch, options)
    yield from _tree_rules(batch, options)


def _language_rules(batch: Batch, options: FilterOptions) -> Iterator[Verdict]:
    unknown: NDArray[np.bool_] = pc.is_null(batch.language).to_numpy(zero_copy_only=False)
    if options.drop_unknown_language:
        yield verdict("CC101", unknown)
    if options.languages is not None:
        unwanted = ~unknown & ~batch.is_any_of(options.languages)
        yield verdict("CC102", unwanted, details=batch.language.to_pylist())


def _line_rules(batch: Batch, options: FilterOptions) -> Iterator[Verdict]:
    longest, mean = batch.measure("max_line_length"), batch.measure("mean_line_length")
    prose = batch.is_any_of(options.long_line_languages)
    if options.max_line_length is not None:
        too_long = ~prose & (longest > options.max_line_length)
        yield verdict("CC201", too_long, measured=longest, limit=options.max_line_length)
    if options.max_paragraph_length is not None:
        too_long = prose & (longest > options.max_paragraph_length)
        yield verdict("CC201", too_long, measured=longest, limit=options.max_paragraph_length)
    if options.max_mean_line_length is not None:
        too_long = ~prose & (mean > options.max_mean_line_length)
        yield verdict("CC202", too_long, measured=mean, limit=options.max_mean_line_length)


def _text_rules(batch: Batch, options: FilterOptions) -> Iterator[Verdict]:
    if options.min_alnum_share is not None:
        share = batch.measure("alnum_share")
        yield verdict("CC203", share < options.min_alnum_share, measured=share, limit=options.min_alnum_share)
    if options.drop_xml_heads:
        known: NDArray[np.bool_] = pc.is_valid(batch.language).to_numpy(zero_copy_only=False)
        disguised = (batch.measure("xml_head") == 1) & known & ~batch.is_any_of(_XML_LANGUAGES)
        yield verdict("CC208", disguised)
    for name, least in (
        ("visible_text_share", options.min_visible_text_share),
        ("visible_text_length", options.min_visible_text_length),
    ):
        if least is not None:
            measured = batch.measure(name)
            yield verdict(
                "CC209", measured < least, measured=measured, limit=least, details=[name] * len(measured)
            )
    characters, is_data = batch.measure("characters"), batch.is_any_of(options.data_languages)
    if options.min_data_characters is not None:
        short = is_data & (characters < options.min_data_characters)
        yield verdict("CC210", short, measured=characters, limit=options.min_data_characters)
    if options.max_data_characters is not None:
        long = is_data & (characters > options.max_data_characters)
        yield verdict("CC210", long, measured=characters, limit=options.max_data_characters)
    if options.max_bytes is not None:
        size = batch.length_bytes
        yield verdict("CC211", size > options.max_bytes, measured=size, limit=options.max_bytes)


def _tree_rules(batch: Batch, options: FilterOptions) -> Iterator[Verdict]:
    share = batch.measure("comment_share")
    is_code = batch.is_any_of(_code_languages())
    if options.min_comment_share is not None:
        few = is_code & (share < options.min_comment_share)
        yield verdict("CC206", few, measured=share, limit=options.min_comment_share)
    if options.max_comment_share is not None:
        many = is_code & (share > options.max_comment_share)
        yield verdict("CC207", many, measured=share, limit=options.max_comment_share)
    if options.max_error_share is not None:
        errors = batch.measure("error_share")
        broken = (errors > options.max_error_share) & ~batch.is_any_of(options.error_languages)
        yield verdict("CC212", broken, measured=errors, limit=options.max_error_share)


def _code_languages() -> tuple[str, ...]:
    """Languages whose comments are counted and that are programs."""
    return tuple(name for name in parsed_languages() if name not in PROSE_LANGUAGES)

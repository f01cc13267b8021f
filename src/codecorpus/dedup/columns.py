"""Columns of somebody else's table in, columns as a search reads them out; what cannot be read so is an error that names the column."""

from __future__ import annotations

from collections.abc import Mapping

import pyarrow as pa
import pyarrow.compute as pc

from codecorpus.errors import UsageError

_TEXT = (
    pa.types.is_string,
    pa.types.is_large_string,
    pa.types.is_string_view,
    pa.types.is_null,
)
_BYTES = (
    pa.types.is_binary,
    pa.types.is_large_binary,
    pa.types.is_binary_view,
    pa.types.is_fixed_size_binary,
)


def plain(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """The same values without a dictionary, a view or a type of an extension: polars has categories, and Arrow cannot sort or fill them.

    >>> plain(pa.chunked_array([pa.array(["a", "a"]).dictionary_encode()])).type
    DataType(string)
    """
    kind = column.type
    if isinstance(kind, pa.BaseExtensionType):
        return plain(column.cast(kind.storage_type))
    if pa.types.is_dictionary(kind):
        return plain(column.cast(kind.value_type))
    if pa.types.is_string_view(kind):
        return column.cast(pa.large_string())
    return column.cast(pa.large_binary()) if pa.types.is_binary_view(kind) else column


def contents(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """The text with 64-bit offsets; bytes stay bytes, which the lexer reads as well.

    Raises:
        UsageError: it is neither.
    """
    values = plain(column)
    if any(test(values.type) for test in _BYTES):
        return values.cast(pa.large_binary())
    if any(test(values.type) for test in _TEXT):
        return values.cast(pa.large_string())
    raise UsageError(f"column `content` is {column.type}, not text", "Name the text column `content`.")


def words(given: Mapping[str, pa.ChunkedArray], name: str, rows: int) -> pa.ChunkedArray:
    """A column of names as strings, all null where there is none. Numbers are written out; bytes that are no UTF-8 are refused.

    Raises:
        UsageError: it holds something else.
    """
    if name not in given:
        return pa.chunked_array([pa.nulls(rows, pa.string())])
    try:
        return plain(given[name]).cast(pa.string())
    except pa.ArrowException:
        raise _wrong(name, given[name], "text") from None


def counts(given: Mapping[str, pa.ChunkedArray], name: str, rows: int) -> pa.ChunkedArray:
    """A column of counts as int64, null where there is none; pandas turns counts with gaps into floats, and gaps into NaN.

    Raises:
        UsageError: it holds something else.
    """
    if name not in given:
        return pa.chunked_array([pa.nulls(rows, pa.int64())])
    try:
        numbers = plain(given[name]).cast(pa.float64(), safe=False)
    except pa.ArrowException:
        raise _wrong(name, given[name], "numbers") from None
    whole = pc.floor(pc.if_else(pc.is_finite(numbers), numbers, None))
    # Doubles tell counts apart up to 2^53.
    return pc.min_element_wise(
        pc.max_element_wise(whole, -1.0, skip_nulls=False), 2.0**53, skip_nulls=False
    ).cast(pa.int64())


def _wrong(name: str, column: pa.ChunkedArray, wanted: str) -> UsageError:
    return UsageError(
        f"column `{name}` is {column.type}, not {wanted}", "Turn it into that, or leave it out."
    )

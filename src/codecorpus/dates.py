"""Dates of revisions, as sources write them, as whole seconds since 1970 in UTC. Anything that is no such date is null.

A date without a zone counts as UTC. Numbers count as seconds up to 10^11, which is the year 5138, then as milliseconds, microseconds
or nanoseconds: The Stack has timestamps, its exports to JSON have milliseconds. Before 1970 (git has no such dates) and after 2100 a
date is a fault or a lie, and the keep-policy prefers newer revisions, so it is null.
"""

from __future__ import annotations

import math
import re
from datetime import UTC, date, datetime
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

#: Type of the column. Parquet knows no unit above milliseconds.
DATE_TYPE = pa.timestamp("ms", "UTC")
#: 2100-01-01, the first second that is no date of a revision.
END = 4_102_444_800

_ISO = re.compile(r"\d{4}-\d\d-\d\d[\dT:., +Z-]{0,40}\Z", re.ASCII | re.IGNORECASE)
_PER_SECOND = {"s": 1, "ms": 1_000, "us": 1_000_000, "ns": 1_000_000_000}
_COMMITTER = re.compile(rb"^committer [^\n]*> (\d{1,12}) [+-]\d{4}$", re.MULTILINE)


def as_seconds(value: Any) -> int | None:
    """A date in any of its forms, in seconds; None for anything else.

    >>> as_seconds("2023-03-29T12:00:00+02:00"), as_seconds(1680084000.5), as_seconds(1680084000_000), as_seconds("soon")
    (1680084000, 1680084000, 1680084000, None)
    """
    if isinstance(value, bytes):
        value = value.decode("utf-8", "replace")
    if isinstance(value, str):
        value = _from_text(value)
    elif isinstance(value, date) and not isinstance(value, datetime):
        value = datetime(value.year, value.month, value.day)
    if isinstance(value, datetime):
        value = (value if value.tzinfo else value.replace(tzinfo=UTC)).timestamp()
    elif isinstance(value, int | float) and not isinstance(value, bool):
        value = _from_number(value)
    else:
        return None
    return math.floor(value) if 0 <= value < END else None


def _from_number(value: float) -> float:
    for scale in _PER_SECOND.values():
        if value < 1e11 * scale:  # NaN is not, and is out of the range below as well
            return value // scale if scale > 1 else value
    return math.inf


def _from_text(text: str) -> datetime | None:
    text = text.strip() if len(text) < 64 else ""
    text = text.removesuffix(" UTC").removesuffix(" utc")
    try:
        return datetime.fromisoformat(text) if _ISO.match(text) else None
    except ValueError:
        return None


def date_column(values: pa.Array | pa.ChunkedArray) -> pa.Array:
    """A column of dates of any type, as `DATE_TYPE`; see `seconds_column`.

    >>> date_column(pa.array([0, 10**18], pa.timestamp("ns"))).to_pylist()[1].isoformat()
    '2001-09-09T01:46:40+00:00'
    """
    return pc.multiply(seconds_column(values), 1_000).cast(DATE_TYPE)


def seconds_column(values: pa.Array | pa.ChunkedArray) -> pa.Array:
    """A column of dates of any type, as int64 in seconds.

    Args:
        values: timestamps of any unit and zone, dates, strings, numbers, or anything else, which is null.
    """
    array = values.combine_chunks() if isinstance(values, pa.ChunkedArray) else values
    if pa.types.is_dictionary(array.type):
        array = array.dictionary_decode()
    if pa.types.is_string_view(array.type):
        array = array.cast(pa.large_string())
    if pa.types.is_date(array.type):
        array = array.cast(pa.timestamp("s" if pa.types.is_date32(array.type) else "ms"))
    if pa.types.is_timestamp(array.type):
        # As numbers: Python's own dates have neither nanoseconds nor the years that a foreign file may hold.
        return _seconds(array.cast(pa.int64()), _PER_SECOND[array.type.unit])
    return pa.array([as_seconds(value) for value in _plain_values(array)], pa.int64())


def _seconds(numbers: pa.Array, scale: int) -> pa.Array:
    # Division rounds towards zero, which is down for all that is in the range.
    inside = pc.and_(pc.greater_equal(numbers, 0), pc.less(numbers, END * scale))
    return pc.divide(pc.if_else(inside, numbers, None), scale)


def _plain_values(array: pa.Array) -> list[Any]:
    kinds = (pa.types.is_integer, pa.types.is_floating, pa.types.is_string, pa.types.is_large_string)
    if not any(test(array.type) for test in (*kinds, pa.types.is_binary, pa.types.is_large_binary)):
        return [None] * len(array)
    if pa.types.is_string(array.type) or pa.types.is_large_string(array.type):
        array = array.cast(pa.large_binary())  # a Parquet file can claim that anything is a string
    return array.to_pylist()  # type: ignore[no-any-return]


def committer_seconds(commit: bytes) -> int | None:
    r"""The committer's date of a commit as git stores it; None where it has none that can be read.

    >>> committer_seconds(b"tree 0\nauthor A <a> 1 +0000\ncommitter C <c> 1680084000 +0200\n\ncommitter X <x> 2 +0000\n")
    1680084000
    """
    head, _, _ = commit.partition(b"\n\n")
    found = _COMMITTER.search(head)
    return as_seconds(int(found[1])) if found and int(found[1]) < END else None

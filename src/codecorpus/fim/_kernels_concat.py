"""The loop over samples that fills rows one after the other. Arrays in, arrays out."""

from __future__ import annotations

from typing import Any

from numba import njit


@njit(cache=True, nogil=True)
def concatenate(
    stream: Any, lengths: Any, cuttable: Any, capacity: int, pieces: Any, row_ends: Any
) -> tuple[int, int]:
    """Fill rows from a stream, cutting at their ends what can be cut.

    Two places in the stream move on: `whole` at the next sample that cannot be cut, `loose` at the next one that can. The one that comes
    first in the stream is next, unless it cannot be cut and does not fit; then the row is filled with what can be cut.

    Args:
        stream: int64[n], the order of the samples.
        lengths: int32[n], by sample; at least 1, and at most `capacity` where it cannot be cut.
        cuttable: bool[n], by sample.
        capacity: tokens in a row.
        pieces: int64[n + tokens // capacity, 3], written: sample, start, stop.
        row_ends: int64[n + tokens // capacity + 1], written: pieces up to the end of each row.

    Returns:
        The number of pieces and of rows.
    """
    count, rows, space = 0, 0, capacity
    whole = _next(stream, cuttable, -1, False)
    loose, done = _next(stream, cuttable, -1, True), 0
    while whole < len(stream) or loose < len(stream):
        take_whole = whole < loose
        if take_whole and lengths[stream[whole]] <= space:
            sample = stream[whole]
            pieces[count, 0], pieces[count, 1], pieces[count, 2] = sample, 0, lengths[sample]
            space -= lengths[sample]
            count += 1
            whole = _next(stream, cuttable, whole, False)
        elif loose < len(stream):
            sample = stream[loose]
            size = min(lengths[sample] - done, space)
            pieces[count, 0], pieces[count, 1], pieces[count, 2] = sample, done, done + size
            space -= size
            done += size
            count += 1
            if done == lengths[sample]:
                loose, done = _next(stream, cuttable, loose, True), 0
        else:
            space = 0
        if space == 0:
            row_ends[rows] = count
            rows += 1
            space = capacity
    if space < capacity:
        row_ends[rows] = count
        rows += 1
    return count, rows


@njit(cache=True, nogil=True)
def _next(stream: Any, cuttable: Any, place: int, wanted: bool) -> int:
    """The next place in the stream whose sample can be cut, or cannot; the stream's length where there is none."""
    place += 1
    while place < len(stream) and cuttable[stream[place]] != wanted:
        place += 1
    return place

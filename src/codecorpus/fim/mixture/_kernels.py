"""Loops over documents of a mixture: take documents in a given order as long as they fit. Arrays in, arrays out.

All four have the same arguments, documents in the order in which they are tried:

* `tokens`: int64[n], of each document; `cells`: int32[n], the cell of each document.
* `groups`: int32[cells, kinds], the groups of each cell: first all documents; then the values that
  have a share, whose room is to be met; last the group that limits repetition, whose room is never exceeded.
* `room`: int64[groups], tokens that are still to be taken of each; overwritten by what is left.
* `copies`: int32[n, 3], how often each document is taken, at least, and at most; the first is overwritten.
"""

from __future__ import annotations

from typing import Any

from numba import njit

_SWEEPS = 12


@njit(cache=True, nogil=True)
def take_first(tokens: Any, cells: Any, groups: Any, room: Any, copies: Any, cell_room: Any) -> None:
    """Take of each cell the documents that come first, up to the first that does not fit.

    Going on with shorter ones would leave out the long ones.

    Args:
        tokens: of each document, see above.
        cells: of each document.
        groups: of each cell.
        room: of each group.
        copies: of each document.
        cell_room: int64[cells], tokens that are to be taken of each; overwritten.
    """
    for document in range(len(tokens)):
        cell, size = cells[document], tokens[document]
        if cell_room[cell] < 0 or copies[document, 0] >= copies[document, 2]:
            continue
        if size <= cell_room[cell] and _fits(size, groups[cell], room):
            cell_room[cell] -= size
            _take(size, groups[cell], room)
            copies[document, 0] += 1
        else:
            cell_room[cell] = -1


@njit(cache=True, nogil=True)
def balance(tokens: Any, cells: Any, groups: Any, room: Any, copies: Any, tolerance: int) -> None:
    """Take or leave single documents where that brings groups nearer to their room, until all are within the tolerance or nothing helps.

    What gets smaller is the sum of squares of what the values lack or have too much, so with one dimension no value gets further off. All
    together may be too much for a while, or no long document could come in for short ones. Only documents with a value beyond the
    tolerance are looked at, so that most stay as the order has them.

    Args:
        tokens: of each document, see above.
        cells: of each document.
        groups: of each cell.
        room: of each group.
        copies: of each document.
        tolerance: tokens.
    """
    last = groups.shape[1] - 1
    for _ in range(_SWEEPS):
        changed = 0
        for document in range(len(tokens)):
            own, size = groups[cells[document]], tokens[document]
            is_off = False
            for kind in range(1, last):
                is_off |= abs(room[own[kind]]) > tolerance
            lacks = _lack(own, room)
            if not is_off or size == 0 or 2 * abs(lacks) <= size * (last - 1):
                continue
            if lacks > 0:
                step = 1 if room[own[last]] >= size and copies[document, 0] < copies[document, 2] else 0
            else:
                step = -1 if copies[document, 0] > copies[document, 1] else 0
            if step != 0:
                _take(step * size, own, room)
                copies[document, 0] += step
                changed += 1
        if changed == 0:
            break


@njit(cache=True, nogil=True)
def trim(tokens: Any, cells: Any, groups: Any, room: Any, copies: Any) -> None:
    """Leave documents out until all together are within their room: from the last on, those of values that have too much.

    First such as are no longer than what is too much, then the shortest of the others. The arguments are those above.
    """
    for document in range(len(tokens) - 1, -1, -1):
        own, size = groups[cells[document]], tokens[document]
        if 0 < size <= -room[0] and copies[document, 0] > copies[document, 1] and _lack(own, room) < 0:
            _take(-size, own, room)
            copies[document, 0] -= 1
    while room[0] < 0:
        shortest, least = -1, 0
        for document in range(len(tokens)):
            if copies[document, 0] > copies[document, 1] and tokens[document] > 0:
                # A value that has enough gives a document only where no other can.
                rank = (
                    tokens[document]
                    if _lack(groups[cells[document]], room) < 0
                    else tokens[document] + (1 << 60)
                )
                if shortest < 0 or rank < least:
                    shortest, least = document, rank
        if shortest < 0:
            break
        _take(-tokens[shortest], groups[cells[shortest]], room)
        copies[shortest, 0] -= 1


@njit(cache=True, nogil=True)
def _lack(own: Any, room: Any) -> int:
    """What the values of a cell lack in all; below 0 for too much."""
    lacks = 0
    for group in own[1:-1]:
        lacks += room[group]
    return lacks


@njit(cache=True, nogil=True)
def fill(tokens: Any, cells: Any, groups: Any, room: Any, copies: Any) -> None:
    """Take once more whatever still fits; the arguments are those above."""
    for document in range(len(tokens)):
        own, size = groups[cells[document]], tokens[document]
        if copies[document, 0] < copies[document, 2] and _fits(size, own, room):
            _take(size, own, room)
            copies[document, 0] += 1


@njit(cache=True, nogil=True)
def _fits(size: int, own: Any, room: Any) -> bool:
    fits = True
    for group in own:
        fits &= room[group] >= size
    return fits


@njit(cache=True, nogil=True)
def _take(size: int, own: Any, room: Any) -> None:
    for group in own:
        room[group] -= size

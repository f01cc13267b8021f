"""A sample of sources that is like all of them: parts in, some of their files out, as parts.

Files of each extension are drawn in short runs of neighbours, spread evenly over all repositories by bytes: a few whole shards would be
a few projects, and parsing a megabyte of one language takes eight times as long as of another. Neighbours stay together because most
duplicates are neighbours. Licence files above a drawn file are drawn with it, or the licence policy would see code without one. What
cannot be cut, an archive or a row group, is drawn whole. The same input gives the same sample.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt

from codecorpus.sources import Part
from codecorpus.sources.licence_files import is_licence_file
from codecorpus.sources.part import hash_fields

#: Runs of neighbouring files: 120 kB each in a sample of 24 MB, some 14 files.
RUNS = 200
#: Extensions with a smaller share of the bytes are drawn from together.
_LEAST_SHARE = 0.01
#: Files whose sizes are asked for; of more, every n-th part is taken.
_MOST_FILES = 400_000
#: Counted for a file on top of its bytes, as shards do.
_FILE_BYTES = 1024


def draw_parts(parts: Sequence[Part], sample_bytes: int) -> tuple[Part, ...]:
    """Parts of about `sample_bytes` in all, in the order given; all of them where there is no more.

    Args:
        parts: as `plan_sources` gives them.
        sample_bytes: bytes of the sample.
    """
    total = sum(part.size for part in parts)
    if total <= sample_bytes:
        return tuple(parts)
    share = sample_bytes / total
    listed = [part for part in parts if part.kind in ("folder", "git") and part.items]
    whole = [part for part in parts if part.kind not in ("folder", "git", "damaged")]
    drawn = [*_runs(listed, share), *_whole(whole, share)]
    # Of so little that no file begins in a run, the smallest part is the sample.
    return tuple(sorted(drawn, key=lambda part: part.key)) or (
        min(parts, key=lambda part: (part.size, part.key)),
    )


def _whole(parts: Sequence[Part], share: float) -> list[Part]:
    """Parts in the order of a hash of their keys, until they have their share of the bytes."""
    wanted = share * sum(part.size for part in parts)
    taken: list[Part] = []
    for part in sorted(parts, key=lambda part: hashlib.blake2b(part.key.encode()).digest()):
        if sum(one.size for one in taken) >= wanted:
            break
        taken.append(part)
    return taken


def _runs(parts: Sequence[Part], share: float) -> list[Part]:
    """The parts with the files that lie in the runs, and the licence files above them."""
    every = max(1, sum(len(part.items) for part in parts) // _MOST_FILES)
    parts, share = parts[::every], min(1.0, share * every)
    places = [(index, row) for index, part in enumerate(parts) for row in range(len(part.items))]
    if not places:
        return []
    weights = np.array([_FILE_BYTES + _bytes(parts[index], parts[index].items[row]) for index, row in places])
    picked: dict[int, list[Any]] = {}
    for rows in _by_extension(parts, places, weights):
        for row in rows[_in_runs(weights[rows], share, weights.sum())]:
            index, item = places[row]
            picked.setdefault(index, []).append(parts[index].items[item])
    return [_cut(parts[index], items) for index, items in _with_licences(parts, picked).items()]


def _by_extension(
    parts: Sequence[Part], places: Sequence[tuple[int, int]], weights: npt.NDArray[np.int64]
) -> Iterator[npt.NDArray[np.int64]]:
    """Rows of `places`, in order, by extension; rare extensions together."""
    names = [os.path.splitext(_path(parts[index].items[row]))[1].lower() for index, row in places]
    known, groups = np.unique(names, return_inverse=True)
    shares = np.bincount(groups, weights=weights, minlength=len(known)) / max(1, weights.sum())
    groups = np.where(shares[groups] < _LEAST_SHARE, -1, groups)
    for group in np.unique(groups):
        yield np.flatnonzero(groups == group)


def _in_runs(weights: npt.NDArray[np.int64], share: float, total: int) -> npt.NDArray[np.bool_]:
    """Which files of a line begin in one of its runs; a line has as many runs as its bytes are of all."""
    starts = np.cumsum(weights) - weights
    count = max(1, round(RUNS * weights.sum() / total))
    step = weights.sum() / count
    run = np.minimum((starts / step).astype(np.int64), count - 1)
    begins = (run + (1 - share) * np.array([_chance(number) for number in range(count)])[run]) * step
    inside: npt.NDArray[np.bool_] = (starts >= begins) & (starts < begins + share * step)
    return inside


def _with_licences(parts: Sequence[Part], picked: dict[int, list[Any]]) -> dict[int, list[Any]]:
    """The same, with the licence files of the folders above what was picked, in the first part of each repository."""
    above: dict[str, set[str]] = {}
    first: dict[str, int] = {}
    for index, items in picked.items():
        first.setdefault(parts[index].location, index)
        for item in items:
            above.setdefault(parts[index].location, set()).update(_folders(_path(item)))
    known = {(parts[index].location, _path(item)) for index, items in picked.items() for item in items}
    for part in parts:
        folders = above.get(part.location, ())
        for item in part.items if folders else ():
            path = _path(item)
            if (
                path.rpartition("/")[0] in folders
                and (part.location, path) not in known
                and is_licence_file(path)
            ):
                picked[first[part.location]].append(item)
    return picked


def _folders(path: str) -> Iterable[str]:
    while path:
        path = path.rpartition("/")[0]
        yield path


def _cut(part: Part, items: Sequence[Any]) -> Part:
    """The part with these files alone."""
    items = sorted(items, key=_path)
    names = hash_fields([part.fingerprint, *(_path(item) for item in items)])
    size = sum(_bytes(part, item) for item in items)
    return replace(part, items=tuple(items), size=size, fingerprint=names)


def _path(item: Any) -> str:
    """The path of a file of a folder, or of a blob of git."""
    return item if isinstance(item, str) else str(item[2])


def _bytes(part: Part, item: Any) -> int:
    if not isinstance(item, str):
        return max(0, int(item[3]))
    try:
        return os.lstat(os.path.join(part.location, item)).st_size
    except OSError:
        return 0


def _chance(number: int) -> float:
    """A number from 0 to 1 that is the same each time."""
    return int.from_bytes(hashlib.blake2b(b"%d" % number, digest_size=4).digest(), "little") / 2**32

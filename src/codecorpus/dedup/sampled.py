"""A sample of each document's shingles, small enough to be kept of everything: documents in, rows of `lookup/` out.

And back: the rows that have the most of a question's hashes, and the texts that have the most of its shingles.
One hash in `scale` is kept, by its value and not by its place, so that the same shingle is kept, or not, in every document (FracMinHash).
Text that a document holds whole therefore has all of its sampled shingles there, and of a text that is changed a share that follows its
containment. 3.6 bytes a hash: with one in 16, 3 to 4 % of the text.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from codecorpus.dedup import _kernels_sampled as kernels
from codecorpus.dedup.headers import find_headers
from codecorpus.dedup.options import DedupOptions
from codecorpus.dedup.sets import Hashes, Ints, ShingleSets, compact, join_sets
from codecorpus.dedup.shingle import shingle_hashes, without_headers
from codecorpus.document import DOC_ID_BYTES
from codecorpus.errors import DataError

#: Column of the sampled hashes: ascending, without repeats, each the upper 32 bits of what is left of its hash.
HASHES = "hashes"
#: Key of the schema metadata that says how the sample was made.
MADE_WITH = b"codecorpus.lookup"
# Counts up when what a shingle's hash is changes, so that a question is never looked up in the hashes of another version.
_VERSION = 1
_LIST = pa.list_(pa.field("item", pa.uint32(), nullable=False))


@dataclass(frozen=True, slots=True)
class Sampling:
    """How a sample was made.

    Attributes:
        scale: one shingle in so many is kept.
        shingle: tokens in a shingle.
    """

    scale: int
    shingle: int


def lookup_schema(sampling: Sampling) -> pa.Schema:
    """Columns `doc_id` and `hashes`; the metadata says how they were made."""
    made = {"scale": sampling.scale, "shingle": sampling.shingle, "version": _VERSION}
    return pa.schema(
        [
            pa.field("doc_id", pa.binary(DOC_ID_BYTES), nullable=False),
            pa.field(HASHES, _LIST, nullable=False),
        ],
        metadata={MADE_WITH: json.dumps(made)},
    )


def lookup_rows(documents: pa.Table, sampling: Sampling) -> pa.Table:
    """Rows of the table, in the order of the documents.

    Args:
        documents: `doc_id`, `content` and `language`.
        sampling: how.
    """
    headers = find_headers(documents["content"], documents["language"])
    sets = join_sets(
        sampled_sets(data, begins, ends, sampling)
        for data, begins, ends in without_headers(documents["content"], headers)
    )
    lists = pa.ListArray.from_arrays(
        pa.array(sets.offsets.astype(np.int32)), pa.array(sets.hashes.astype(np.uint32)), type=_LIST
    )
    return pa.table([documents["doc_id"], lists], schema=lookup_schema(sampling))


def sampled_sets(data: np.ndarray, begins: Ints, ends: Ints, sampling: Sampling) -> ShingleSets:
    """The sampled hashes of each stretch of text `data[begins[i]:ends[i]]`, as 32-bit numbers in uint64."""
    flat, starts, lengths = shingle_hashes(data, begins, ends, sampling.shingle)
    counts = np.empty(len(lengths), np.int64)
    kernels.sample_hashes(flat, starts, lengths, sampling.scale, counts)
    firsts = np.cumsum(counts) - counts
    return compact(flat[: counts.sum()], firsts, counts)


def sample_of(hashes: Hashes, scale: int) -> Hashes:
    """The sampled ones of a set of shingle hashes, as 32-bit numbers in uint64, ascending.

    >>> sample_of(np.array([5, 2**60 - 1, 2**60], np.uint64), 16).tolist()
    [0, 4294967295]
    """
    top = np.uint64(0xFFFFFFFFFFFFFFFF // scale)
    kept = hashes[hashes <= top] * np.uint64(scale) >> np.uint64(32)
    return np.unique(kept)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a row stands, and what was found out about it without reading its text.

    Attributes:
        part: number of the file.
        group: row group in it.
        row: row in the group.
        shared: how many of the question's hashes it has.
        size: how many hashes it has itself, where that is known; else 0.
    """

    part: int
    group: int
    row: int
    shared: int
    size: int = 0


def read_sampling(files: list[Path]) -> Sampling | None:
    """How the tables were made; None where there are none, or where another version made them."""
    for file in files:
        made = json.loads((_open(file).schema_arrow.metadata or {}).get(MADE_WITH, b"{}"))
        return Sampling(made["scale"], made["shingle"]) if made.get("version") == _VERSION else None
    return None


def find_rows(files: list[Path], wanted: Hashes, most: int) -> list[Place]:
    """The rows that have the most of these hashes, best first; and those of which the largest share is among them.

    Memory: one row group of the table, 3 to 4 % of its text.

    Args:
        files: parts of `lookup/`, in order.
        wanted: from `sample_of`.
        most: at most so many of either kind.

    Raises:
        DataError: a file is damaged.
    """
    found: list[Place] = []
    slots = slots_of(wanted)
    for part, file in enumerate(files):
        for group, (flat, offsets) in enumerate(_groups(file)):
            sizes = np.diff(offsets)
            shared = np.empty(len(sizes), np.int64)
            kernels.count_shared(flat, offsets[:-1], sizes, wanted, slots, shared)
            rows = np.flatnonzero(shared)
            found += [Place(part, group, int(row), int(shared[row]), int(sizes[row])) for row in rows]
        found = best_places(found, most)
    return found


def best_places(found: list[Place], most: int) -> list[Place]:
    """Those with the most shared hashes, then those of which the most is shared; at most so many of either."""
    by_shared = sorted(found, key=lambda one: (-one.shared, one.size, one.part, one.group, one.row))[:most]
    by_share = sorted(
        found, key=lambda one: (-one.shared / max(one.size, 1), -one.shared, one.part, one.group, one.row)
    )
    return list(dict.fromkeys([*by_shared, *by_share[:most]]))


def slots_of(wanted: Hashes) -> np.ndarray:
    """The filter of `count_shared` for these hashes."""
    slots = np.zeros(kernels.FILTER_SLOTS, np.bool_)
    kernels.fill_slots(wanted, slots)
    return slots


def count_in_texts(contents: pa.ChunkedArray, wanted: Hashes, shingle: int) -> Ints:
    """int64[documents]: how many of these shingle hashes each text has, headers included.

    Args:
        contents: text of the documents.
        wanted: uint64 shingle hashes, ascending, without repeats.
        shingle: tokens in a shingle.
    """
    counts = [np.empty(0, np.int64)]
    slots = slots_of(wanted)
    for data, begins, ends in without_headers(contents, np.zeros(len(contents), np.int64)):
        flat, starts, lengths = shingle_hashes(data, begins, ends, shingle)
        shared = np.empty(len(lengths), np.int64)
        kernels.count_shared(flat, starts[:-1], lengths, wanted, slots, shared)
        counts.append(shared)
    return np.concatenate(counts)


def text_set(text: bytes, language: str | None, options: DedupOptions, *, header: bool) -> Hashes:
    """The shingle hashes of one text, ascending, without repeats.

    Args:
        text: UTF-8.
        language: Linguist's name, or None.
        options: `shingle` counts.
        header: whether what stands before the first token of code counts.
    """
    contents = pa.array([text], pa.large_binary())
    headers = np.zeros(1, np.int64) if header else find_headers(contents, pa.array([language], pa.string()))
    ((data, begins, ends),) = without_headers(contents, headers)
    return compact(*shingle_hashes(data, begins, ends, options.shingle)).hashes


def _groups(file: Path) -> Iterator[tuple[Hashes, Ints]]:
    """The hashes of each row group, flat, and the borders of its rows."""
    parquet = _open(file)
    for group in range(parquet.num_row_groups):
        try:
            column = parquet.read_row_group(group, columns=[HASHES], use_threads=False)[HASHES]
        except (OSError, pa.ArrowException) as error:
            raise _damaged(file, error) from None
        lists = pa.concat_arrays(column.chunks)
        lengths = pc.list_value_length(lists).to_numpy()
        yield (
            lists.flatten().to_numpy().astype(np.uint64),
            np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64),
        )


def _open(file: Path) -> pq.ParquetFile:
    try:
        return pq.ParquetFile(file, page_checksum_verification=True)
    except (OSError, pa.ArrowException) as error:
        raise _damaged(file, error) from None


def _damaged(file: Path, error: Exception) -> DataError:
    said = str(error).partition("\n")[0]
    return DataError(f"{file}: this table is damaged: {said}", "Run the same `codecorpus build` again.")

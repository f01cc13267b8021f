"""Counting a corpus: documents come in, a count table and what could not be counted go out.

A count table is all that training needs. `count(A)` and `count(B)` merged are `count(A + B)`, byte for byte, whatever the shards and their
order (see `count_rows`). So a corpus is counted where it lies, the tables are kept, and a tokenizer is trained again in seconds.

Memory is that of the distinct pre-tokens, not of the text. Distinct lines, which the mode `superword` counts, are nearly the
text itself: `share` counts a sample of the documents, chosen by their content, so that the sample of a corpus is the sum of the samples
of its shards.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

from codecorpus.buffers import text_chunks
from codecorpus.errors import DataError, UsageError
from codecorpus.fragments import facts
from codecorpus.tokenize import _kernels_count as k
from codecorpus.tokenize.count_rows import LANGUAGE_COUNTS, add_up, check_alike, merge_counts
from codecorpus.tokenize.counter import PretokenCounter
from codecorpus.tokenize.pretoken import MAX_PRETOKEN_BYTES, binary_array, cut_of

#: Pre-tokens that were too long to be counted: the document's name, how many, their bytes, the bytes of the longest and where it starts.
LEFT_OUT: Final = pa.schema(
    [
        ("repo_name", pa.string()),
        ("path", pa.string()),
        ("pretokens", pa.int64()),
        ("bytes", pa.int64()),
        ("longest", pa.int64()),
        ("at", pa.int64()),
    ]
)

#: Documents named in `LEFT_OUT`, those with the longest pre-tokens; the others are in the sums.
_MOST_NAMED: Final = 20

#: Text is counted, and progress told, in pieces of about so many bytes.
_PIECE: Final = 4 << 20

#: Rows of the hash table before they are added to what was counted already: 128 MiB.
_MOST_ROWS: Final = 1 << 21


@dataclass(frozen=True, slots=True, eq=False)
class PretokenCounts:
    """What `count` found.

    Attributes:
        table: a count table of the schema `LANGUAGE_COUNTS`.
        left_out: of the schema `LEFT_OUT`, the longest first; at most 20 documents.
        pretokens_left_out: how many pre-tokens were too long to be counted, in all documents.
        documents: how many were counted.
        bytes: of their text.
    """

    table: pa.Table
    left_out: pa.Table
    pretokens_left_out: int
    documents: int
    bytes: int

    def save(self, file: str | os.PathLike[str]) -> None:
        """Write the table as Parquet; `read_counts` reads it.

        Raises:
            OSError: it cannot be written.
        """
        write_counts(self.table, file)

    def _repr_html_(self) -> str:
        total = pc.sum(self.table["count"]).as_py() or 0
        rows = [
            ("documents", f"{self.documents:,}"),
            ("text", f"{self.bytes / 1e6:,.1f} MB"),
            ("pre-tokens", f"{total:,}"),
            ("rows", f"{self.table.num_rows:,}"),
            ("too long to be counted", f"{self.pretokens_left_out:,}"),
        ]
        return facts(rows, caption="PretokenCounts")


def count(
    documents: Any,
    *,
    mode: str = "code",
    share: float = 1.0,
    progress: Callable[[float, float], None] | None = None,
) -> PretokenCounts:
    """How often each pre-token occurs, by language and repository.

    Args:
        documents: a polars DataFrame or an Arrow table with a column `content` (text or bytes, null is empty), and `language`, `repo_name`
            and `path` where they are known; or an iterable of such tables, which are taken one after the other.
        mode: how text is cut, a key of `codecorpus.tokenize.PATTERNS`.
        share: of the documents, chosen by the hash of their content; 1 is all.
        progress: called with the bytes that were counted and those that there are, after every 4 MB or document.

    Returns:
        The count table and what was left out of it: pre-tokens of more than 1,024 bytes.

    Raises:
        UsageError: there is no such mode, no column `content`, or the share is not above 0 and at most 1.

    >>> documents = pa.table({"content": ["getX(getX)"], "language": ["Go"], "repo_name": ["r"]})
    >>> count(documents).table.to_pylist()[0]
    {'pretoken': b'(get', 'language': 'Go', 'repository': 'r', 'count': 1}
    """
    counting = Counting(mode=mode, share=share)
    tables = list(_tables(documents)) if progress is not None else _tables(documents)
    size = sum(_size(table["content"]) for table in tables) if progress is not None else 0
    for table in tables:
        counting.add(table, None if progress is None else (lambda done: progress(done, size)))
    return counting.result()


class Counting:
    """Counts documents, table by table."""

    def __init__(self, *, mode: str, share: float = 1.0) -> None:
        """Nothing counted yet; arguments and errors as for `count`."""
        if not 0 < share <= 1:
            raise UsageError(f"share = {share}: not above 0 and at most 1", "1 counts all documents.")
        self._counter = PretokenCounter((*cut_of(mode), MAX_PRETOKEN_BYTES))
        self._metadata = {b"codecorpus.mode": mode.encode(), b"codecorpus.share": repr(float(share)).encode()}
        self._limit = np.uint64(min(int(share * 2.0**64), 2**64 - 1))
        self._all = share == 1
        self._groups: dict[tuple[str | None, str | None], int] = {}
        self._tables: list[pa.Table] = []
        self._left_out = LEFT_OUT.empty_table()
        self._long = self._documents = self._bytes = self._seen = 0

    def add(self, documents: pa.Table, progress: Callable[[int], None] | None = None) -> None:
        """Count the documents of a table; `progress` is told the bytes seen so far, from the first table on."""
        columns = {name: _column(documents, name) for name in ("language", "repo_name", "path")}
        groups, first = self._groups_of(columns["language"], columns["repo_name"]), 0
        for data, offsets in text_chunks(documents["content"]):
            for low, high in _pieces(offsets):
                here, rows = offsets[low : high + 1], slice(first + low, first + high)
                taken = groups[rows]
                if not self._all:
                    taken = np.where(k.hash_documents(data, here) <= self._limit, taken, -1)
                notes = self._counter.add(data, here, taken)
                self._note(notes, columns, first + low)
                self._documents += int((taken >= 0).sum())
                self._bytes += int(np.diff(here)[taken >= 0].sum())
                self._seen += int(here[-1] - here[0])
                if self._counter.used > _MOST_ROWS:
                    self._flush()
                if progress is not None:
                    progress(self._seen)
            first += len(offsets) - 1

    def result(self) -> PretokenCounts:
        """What was counted so far."""
        self._flush()
        return PretokenCounts(self._tables[0], self._left_out, self._long, self._documents, self._bytes)

    def _repr_html_(self) -> str:
        known = [
            ("documents so far", self._documents),
            ("bytes of text", self._bytes),
            ("too long to be counted", self._long),
        ]
        return facts(known, caption="Counting")

    def _flush(self) -> None:
        """Empty the hash table into the tables; merged when there are as many rows anew as there were."""
        strings, bounds, groups, counts = self._counter.take()
        names = list(self._groups)
        index = pa.array(groups)
        columns = [pa.array([name[part] for name in names], pa.string()).take(index) for part in (0, 1)]
        table = pa.table([binary_array(strings, bounds), *columns, counts], schema=LANGUAGE_COUNTS)
        self._tables = [add_up([*self._tables, table]).replace_schema_metadata(self._metadata)]

    def _groups_of(self, language: pa.Array, repository: pa.Array) -> NDArray[np.int64]:
        """The group of each document; groups are (language, repository), numbered as they come."""
        pairs = list(zip(language.to_pylist(), repository.to_pylist(), strict=True))
        for pair in pairs:
            self._groups.setdefault(pair, len(self._groups))
        return np.fromiter((self._groups[pair] for pair in pairs), np.int64, len(pairs))

    def _note(self, notes: NDArray[np.int64], columns: dict[str, pa.Array], first: int) -> None:
        """Keep the documents with the longest pre-tokens that were left out."""
        rows = np.flatnonzero(notes[:, k.LEFT])
        if not len(rows):
            return
        names = [columns[name].take(pa.array(rows + first)) for name in ("repo_name", "path")]
        numbers = [
            pa.array(notes[rows, column]) for column in (k.LEFT, k.LEFT_BYTES, k.LONGEST, k.LONGEST_AT)
        ]
        self._long += int(notes[:, k.LEFT].sum())
        table = pa.concat_tables([self._left_out, pa.table([*names, *numbers], schema=LEFT_OUT)])
        keys = [
            ("longest", "descending"),
            ("repo_name", "ascending"),
            ("path", "ascending"),
            ("at", "ascending"),
        ]
        self._left_out = table.sort_by(keys).slice(0, _MOST_NAMED).combine_chunks()


def write_counts(table: pa.Table, file: str | os.PathLike[str]) -> None:
    """Write a count table as Parquet: the same bytes for the same table.

    Raises:
        OSError: it cannot be written.
    """
    names = [name for name in ("language", "repository") if name in table.column_names]
    pq.write_table(
        table.combine_chunks(), file, compression="zstd", use_dictionary=names, row_group_size=1 << 20
    )


def read_counts(files: str | os.PathLike[str] | Sequence[str | os.PathLike[str]]) -> pa.Table:
    """Read count tables and add them up; the order of the files does not matter.

    Args:
        files: one Parquet file or several, each with the columns `pretoken` (bytes or text) and `count`, and perhaps `language` and
            `repository`: those that `write_counts` writes, or that any other program made.

    Returns:
        One count table.

    Raises:
        UsageError: no file is named.
        DataError: a file is missing or no count table, or they were cut in different modes.
    """
    paths = [files] if isinstance(files, (str, os.PathLike)) else list(files)
    if not paths:
        raise UsageError("no count table given", "Name one or several files of `codecorpus tokenizer count`.")
    return merge_counts(_checked([Path(path) for path in paths]))


def _checked(paths: list[Path]) -> Iterator[pa.Table]:
    first: pa.Table | None = None
    for path in paths:
        table = _read(path)
        first = table if first is None else first
        try:
            check_alike(first, table)
        except DataError as error:
            raise DataError(f"{path}: {error.what} (in {paths[0]})", error.hint) from None
        yield table


def _read(path: Path) -> pa.Table:
    """One count table, its columns and values checked."""
    hint = "Make count tables with `codecorpus tokenizer count`; they have `pretoken`, `count`, `language`, `repository`."
    try:
        with pq.ParquetFile(path) as file:
            names = file.schema_arrow.names
            missing = [name for name in ("pretoken", "count") if name not in names]
            if missing:
                raise DataError(f"{path}: no count table: no column {' and '.join(missing)}", hint)
            wanted = [name for name in LANGUAGE_COUNTS.names if name in names]
            table = file.read(columns=wanted)
    except (OSError, pa.ArrowException) as error:
        said = str(error).partition("\n")[0]
        raise DataError(f"{path}: not readable as a count table: {said}", hint) from None
    try:
        fields = [LANGUAGE_COUNTS.field(name).with_nullable(True) for name in wanted]
        table = table.cast(pa.schema(fields, table.schema.metadata))
    except pa.ArrowException as error:
        raise DataError(f"{path}: no count table: {error}", hint) from None
    if table["pretoken"].null_count or table["count"].null_count:
        raise DataError(f"{path}: no count table: it has rows without pre-token or count", hint)
    if table.num_rows and pc.min(table["count"]).as_py() < 1:
        raise DataError(f"{path}: no count table: it has counts below 1", hint)
    return table


def _tables(documents: Any) -> Iterator[pa.Table]:
    """The tables that `documents` stands for, each with a column `content`."""
    several = (
        isinstance(documents, Iterable)
        and not hasattr(documents, "to_arrow")
        and not isinstance(documents, pa.Table)
    )
    for table in documents if several else [documents]:
        arrow = table.to_arrow() if hasattr(table, "to_arrow") else table
        if not isinstance(arrow, pa.Table) or "content" not in arrow.column_names:
            names = ", ".join(getattr(arrow, "column_names", [])) or f"a {type(table).__name__}"
            raise UsageError("the table has no column `content`", f"It has: {names}.")
        yield arrow


def _column(documents: pa.Table, name: str) -> pa.Array:
    """A column of names as text; nulls where there is no such column, and for empty names."""
    if name not in documents.column_names:
        return pa.nulls(documents.num_rows, pa.string())
    column = documents[name].cast(pa.string()).combine_chunks()
    column = column.chunk(0) if isinstance(column, pa.ChunkedArray) else column
    return pc.if_else(pc.equal(column, ""), None, column)


def _size(contents: pa.ChunkedArray) -> int:
    return sum(int(offsets[-1] - offsets[0]) for _, offsets in text_chunks(contents))


def _pieces(offsets: NDArray[np.int64]) -> Iterator[tuple[int, int]]:
    """Documents in pieces of about `_PIECE` bytes, each of one document at least."""
    low = 0
    while low < len(offsets) - 1:
        high = int(np.searchsorted(offsets, offsets[low] + _PIECE, side="right")) - 1
        high = min(max(high, low + 1), len(offsets) - 1)
        yield low, high
        low = high

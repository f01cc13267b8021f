"""Documents of a corpus → the order of all files of all repositories, and the parts of those that are larger than a sequence.

One repository after another, by name, so that beside the result only one repository's paths and references are in memory as Python objects.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from codecorpus.fim.context.file_order import order_files
from codecorpus.fim.context.parts import repository_parts
from codecorpus.fim.context.resolve import resolve
from codecorpus.fim.samples import Order
from codecorpus.fragments import show_fields

# Documents whose columns are copied at a time; a larger repository is a block of its own.
_BLOCK = 1 << 16


@dataclass(frozen=True, slots=True)
class RepositoryOrder:
    """All documents of a corpus in the order of their repositories; one entry per document.

    Attributes:
        rows: int64, rows of the table that was given, each once.
        repositories: int64, ascending: number of the repository, by name. A document without one is one for itself.
        parts: int64, ascending: number of the part. Documents of a part stand together, in the order in which they are read.
    """

    rows: NDArray[np.int64]
    repositories: NDArray[np.int64]
    parts: NDArray[np.int64]

    _repr_html_ = show_fields

    def by_document(self) -> Order:
        """The same by document: where each one stands, and in which part."""
        rank, group = np.empty(len(self.rows), np.int64), np.empty(len(self.rows), np.int64)
        rank[self.rows], group[self.rows] = np.arange(len(self.rows)), self.parts
        return Order(rank, group)

    def part_offsets(self) -> NDArray[np.int64]:
        """int64[parts + 1]: where each part begins in `rows`, and where the last one ends."""
        borders = np.flatnonzero(np.diff(self.parts, prepend=-1))
        return np.append(borders, len(self.rows)).astype(np.int64)


def repository_order(documents: pa.Table, budget: int, *, readme_first: bool = True) -> RepositoryOrder:
    """Order the documents of each repository by their imports, and cut repositories into parts.

    Args:
        documents: `repo_name`, `path`, `language`, `references`, `declares` (see `codecorpus.parse.imports`), and `tokens`, what a document
            takes in a sequence. In whatever order: documents of one path in one repository are told apart by `doc_id`, where there is
            one, and by language and tokens.
        budget: tokens of a part, at least 1; a document that is larger is a part by itself.
        readme_first: whether a repository begins with its README.

    >>> documents = pa.table({
    ...     "repo_name": ["r", "r", "q"], "path": ["a.py", "b.py", "c.py"], "language": ["Python"] * 3,
    ...     "references": [["b"], [], []], "declares": pa.array([[], [], []], pa.list_(pa.string())), "tokens": [5, 6, 7],
    ... })
    >>> order = repository_order(documents, 10)
    >>> order.rows.tolist(), order.repositories.tolist(), order.parts.tolist()
    ([2, 1, 0], [0, 1, 1], [0, 1, 2])
    """
    rows: list[NDArray[np.int64]] = []
    sizes: list[int] = []
    parts: list[int] = []
    for of_repository, files in _tables(documents):
        found = _parts(files, budget, readme_first)
        rows += [of_repository[part] for part in found]
        parts += [len(part) for part in found]
        sizes.append(len(of_repository))
    return RepositoryOrder(
        np.concatenate([np.zeros(0, np.int64), *rows]),
        np.repeat(np.arange(len(sizes)), sizes),
        np.repeat(np.arange(len(parts)), parts),
    )


def _tables(documents: pa.Table) -> Iterator[tuple[NDArray[np.int64], pa.Table]]:
    """Rows and columns of one repository after another; taken in blocks, for one `take` looks at every chunk of the table."""
    columns = documents.select(["path", "language", "references", "declares", "tokens"])
    block: list[NDArray[np.int64]] = []
    held = 0
    for rows in _repositories(documents):
        if held and held + len(rows) > _BLOCK:
            yield from _slices(columns, block)
            block, held = [], 0
        block.append(rows)
        held += len(rows)
    yield from _slices(columns, block) if block else ()


def _slices(
    columns: pa.Table, block: list[NDArray[np.int64]]
) -> Iterator[tuple[NDArray[np.int64], pa.Table]]:
    taken = columns.take(pa.array(np.concatenate(block)))
    first = 0
    for rows in block:
        yield rows, taken.slice(first, len(rows))
        first += len(rows)


def _repositories(documents: pa.Table) -> Iterator[NDArray[np.int64]]:
    """Rows of one repository after another, by path."""
    names = pc.fill_null(documents["repo_name"].cast(pa.string()), "")
    kept = [name for name in ("path", "doc_id", "language", "tokens") if name in documents.column_names]
    table = documents.select(kept).append_column("_repository", names)
    keys = [(name, "ascending") for name in ("_repository", *kept)]
    rows = pc.sort_indices(table, sort_keys=keys).to_numpy().astype(np.int64)
    codes = pc.dictionary_encode(names.combine_chunks()).indices.to_numpy()[rows] if len(rows) else rows
    nameless = pc.equal(names, "").to_numpy()[rows]
    borders = np.flatnonzero((np.diff(codes) != 0) | nameless[1:]) + 1 if len(rows) else rows
    return iter(np.split(rows, borders)) if len(rows) else iter(())


def _parts(files: pa.Table, budget: int, readme_first: bool) -> list[NDArray[np.int64]]:
    paths = pc.fill_null(files["path"], "").to_pylist()
    sizes = pc.fill_null(files["tokens"], 0).to_numpy().astype(np.int64)
    if len(paths) == 1:
        return [np.zeros(1, np.int64)]
    edges = resolve(
        paths, files["language"].to_pylist(), _lists(files["references"]), _lists(files["declares"])
    )
    order = order_files(paths, edges, readme_first=readme_first)
    return repository_parts(order, edges, sizes, budget, paths=paths)


def _lists(column: pa.ChunkedArray) -> list[list[str]]:
    return [texts or [] for texts in column.to_pylist()]

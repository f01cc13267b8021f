"""Rows of count tables: adding them up, and capping what one repository alone says. Tables come in, tables go out.

A count table has the columns `pretoken` and `count`, and may have `language` and `repository`; each combination stands once, in the
order of (pre-token, language, repository), null last. What was counted, and how, stands in the metadata of its schema.

Repositories stay in a table as long as a pre-token is known from at most `MOST_REPOSITORIES`; of one that is known from more they are
null for good. That is exact whatever the order in which tables are merged, for a set of names only grows; and it is small, for
nearly all rows are of pre-tokens that one repository has.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from codecorpus.errors import DataError

#: What every count table has: each distinct pre-token and how often it occurs.
COUNTS: Final = pa.schema(
    [pa.field("pretoken", pa.large_binary(), nullable=False), pa.field("count", pa.int64(), nullable=False)]
)

#: What `codecorpus.tokenize.count` makes. A null language is an unknown one; a null repository is an unknown one, or more than
#: `MOST_REPOSITORIES`.
LANGUAGE_COUNTS: Final = pa.schema(
    [COUNTS.field("pretoken"), ("language", pa.string()), ("repository", pa.string()), COUNTS.field("count")]
)

#: A pre-token that is known from more repositories is nobody's own.
MOST_REPOSITORIES: Final = 4

#: Of a language that fewer repositories have, nothing is capped: there, what one repository says is most of what is known.
FEW_REPOSITORIES: Final = 10

_Codes = NDArray[np.int64]

#: Tables are put together until so many rows are waiting, or as many as were added up before: a merge of many looks at each row
#: a few times only, and holds twice the result.
_WAITING: Final = 1 << 20


def merge_counts(tables: Iterable[pa.Table]) -> pa.Table:
    """Add count tables up: the counts of two corpora, merged, are the counts of both together.

    Args:
        tables: count tables, taken one after the other.

    Raises:
        DataError: they were cut in different modes, or from different samples.

    >>> one = pa.table({"pretoken": [b"if"], "count": [2]}).cast(COUNTS)
    >>> merge_counts([one, one]).to_pydict()
    {'pretoken': [b'if'], 'count': [4]}
    """
    sums, waiting, rows = COUNTS.empty_table(), [COUNTS.empty_table()], 0
    for table in tables:
        check_alike(waiting[-1] if waiting else sums, table)
        waiting.append(table)
        rows += table.num_rows
        if rows > max(_WAITING, sums.num_rows):
            sums, waiting, rows = add_up([sums, *waiting]), [], 0
    return add_up([sums, *waiting])


def check_alike(one: pa.Table, other: pa.Table) -> None:
    """See that two tables count the same thing; one that says nothing of it, such as a table made by hand, goes with all.

    Raises:
        DataError: they were cut in different modes, or from different samples.
    """
    before, after = one.schema.metadata or {}, other.schema.metadata or {}
    for name in before.keys() & after.keys():
        if name.startswith(b"codecorpus.") and before[name] != after[name]:
            what = name.decode().removeprefix("codecorpus.")
            raise DataError(
                f"count tables of different {what}: {before[name].decode()} and {after[name].decode()}",
                f"Merge tables of one {what} only.",
            )


def add_up(tables: list[pa.Table]) -> pa.Table:
    """Count tables as one, each combination once and in order; a column that one of them lacks is null there."""
    whole = pa.concat_tables([_plain(table) for table in tables], promote_options="default")
    keys = [name for name in LANGUAGE_COUNTS.names if name in whole.column_names and name != "count"]
    codes, values = {}, {}
    for name in keys:
        codes[name], values[name] = _ranked(whole[name])
    if "repository" in codes:
        known = len(values["repository"])
        codes["repository"] = _forgotten(codes["pretoken"], codes["repository"], known)
    order, starts = _groups([codes[name] for name in keys], [len(values[name]) for name in keys])
    counts = whole["count"].to_numpy()[order]
    columns = {
        name: values[name].take(_nullable(codes[name][order][starts], len(values[name]))) for name in keys
    }
    columns["count"] = pa.array(np.add.reduceat(counts, starts) if len(counts) else counts)
    names = [name for name in LANGUAGE_COUNTS.names if name in columns]
    schema = pa.schema([LANGUAGE_COUNTS.field(name) for name in names], _metadata(tables))
    return pa.table([columns[name] for name in names], schema=schema)


def cap_counts(table: pa.Table, cap: int | None) -> pa.Table:
    """Count what one repository alone says `cap` times at most, and forget the repositories.

    A count of a pre-token that at most `MOST_REPOSITORIES` repositories have is lowered to `cap` in each of these, language by
    language; where less than `FEW_REPOSITORIES` repositories have a language, its counts stay as they are.

    Args:
        table: a count table; without a column `repository` it comes back as it is.
        cap: None for no cap.

    >>> rows = {"pretoken": [b"a", b"b"], "language": ["C", "C"], "repository": ["r", None], "count": [9, 9]}
    >>> cap_counts(pa.table(rows), 5)["count"].to_pylist()  # one repository: nothing is capped
    [9, 9]
    """
    if "repository" not in table.column_names:
        return table
    if cap is not None:
        language, _ = _ranked(table["language"]) if "language" in table.column_names else (None, None)
        repository, names = _ranked(table["repository"])
        counts = table["count"].to_numpy().copy()
        group = np.zeros(len(counts), np.int64) if language is None else language
        own = (repository < len(names)) & _shared_by_many(group, repository, len(names))
        counts[own] = np.minimum(counts[own], cap)
        table = table.set_column(table.column_names.index("count"), COUNTS.field("count"), pa.array(counts))
    return add_up([table.drop_columns(["repository"])])


def _shared_by_many(group: _Codes, repository: _Codes, known: int) -> NDArray[np.bool_]:
    """For each row, whether enough repositories have its group (its language)."""
    pairs = _distinct(group * (known + 1) + repository)
    pairs = pairs[pairs % (known + 1) < known]
    many = np.bincount(pairs // (known + 1), minlength=int(group.max(initial=0)) + 1) >= FEW_REPOSITORIES
    return many[group]


def _plain(table: pa.Table) -> pa.Table:
    """The columns of a count table that there are, in our types; an empty name is none."""
    names = [name for name in LANGUAGE_COUNTS.names if name in table.column_names]
    table = table.select(names).replace_schema_metadata(None)
    table = table.cast(pa.schema([LANGUAGE_COUNTS.field(name) for name in names]))
    for name in {"language", "repository"} & set(names):
        column = table[name]
        if pc.any(pc.equal(column, "")).as_py():
            index = names.index(name)
            kept = pc.if_else(pc.equal(column, ""), None, column)
            table = table.set_column(index, LANGUAGE_COUNTS.field(name), kept)
    return table


def _ranked(column: pa.ChunkedArray) -> tuple[_Codes, pa.Array]:
    """Each value's place among the distinct ones in order, and these; a null's place is after the last."""
    chunks = column.combine_chunks()
    encoded = (chunks.chunk(0) if isinstance(chunks, pa.ChunkedArray) else chunks).dictionary_encode()
    order = pc.sort_indices(encoded.dictionary).to_numpy()
    rank = np.empty(len(order) + 1, np.int64)
    rank[order], rank[len(order)] = np.arange(len(order)), len(order)
    return rank[pc.fill_null(encoded.indices, len(order)).to_numpy()], encoded.dictionary.take(order)


def _forgotten(pretoken: _Codes, repository: _Codes, known: int) -> _Codes:
    """The repositories without those of pre-tokens that too many have, or unknown ones."""
    pairs = _distinct(pretoken * (known + 1) + repository)
    owner, name = np.divmod(pairs, known + 1)
    nobodys = np.bincount(owner) > MOST_REPOSITORIES
    nobodys[owner[name == known]] = True
    return np.where(nobodys[pretoken], known, repository) if len(pretoken) else repository


def _distinct(numbers: _Codes) -> _Codes:
    """Distinct numbers in order; `numpy.unique` goes by a hash table, which takes five times as long on these."""
    ordered = np.sort(numbers)
    return ordered[_firsts(ordered)]


def _firsts(ordered: _Codes) -> NDArray[np.bool_]:
    """Where a number differs from the one before."""
    first = np.ones(len(ordered), np.bool_)
    np.not_equal(ordered[1:], ordered[:-1], out=first[1:])
    return first


def _groups(codes: list[_Codes], sizes: list[int]) -> tuple[_Codes, _Codes]:
    """The order of the rows by all codes, and where in it each combination begins.

    The codes as one number would overflow at 1e9 pre-tokens of 1e3 languages in 1e7 repositories.
    """
    key = np.zeros(len(codes[0]), np.int64)
    for code, size in zip(codes, sizes, strict=True):
        key = key * (size + 1) + code
    order = np.argsort(key, kind="stable")
    return order, np.flatnonzero(_firsts(key[order]))


def _nullable(codes: _Codes, known: int) -> pa.Array:
    return pa.array(codes, mask=codes == known)


def _metadata(tables: list[pa.Table]) -> dict[bytes, bytes]:
    """What the tables say of how they were made."""
    found: dict[bytes, bytes] = {}
    for table in tables:
        found |= {
            key: value
            for key, value in (table.schema.metadata or {}).items()
            if key.startswith(b"codecorpus.")
        }
    return dict(sorted(found.items()))

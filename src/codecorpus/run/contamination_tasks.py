"""The units of decontamination: benchmarks, overlap, weigh, decontaminate.

Documents are searched shard by shard; what is found (numbers, no text) is weighed once for the whole corpus, because what stands in many
documents does not count; then each shard's documents that hold a problem are dropped or cut. A *row* is the number of a filtered
document in shard order, as in deduplication.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from itertools import repeat
from pathlib import Path

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from codecorpus.dedup.contamination_options import SHIPPED, ContaminationOptions
from codecorpus.dedup.contamination_verdicts import judge
from codecorpus.dedup.index_data import hash_problems, join_data
from codecorpus.dedup.index_file import read_data, write_data
from codecorpus.dedup.ngram_index import HITS, NgramIndex, make_index, read_benchmarks
from codecorpus.dedup.overlap import Overlap, find_overlap
from codecorpus.dedup.problems import read_problems
from codecorpus.document import DECISIONS
from codecorpus.measures import TREE_MEASURES
from codecorpus.run.tables import TableWriter, count_values, row_groups, write_table
from codecorpus.run.tallies import kept_mask
from codecorpus.run.unit import Counters

#: What becomes of documents with problems: row, and what is left of the text (null: nothing).
_VERDICTS = pa.schema([("row", pa.int64()), ("content", pa.large_string())])


def benchmarks(out: Path, files: list[Path], options: ContaminationOptions) -> Counters:
    """Files of problems → benchmarks.npz, their hashes."""
    data = hash_problems(read_problems(files), options)
    write_data(out / "benchmarks.npz", data, options)
    return {"problems": data.problems.height}


@lru_cache(maxsize=1)
def _index(options: ContaminationOptions, own: Path | None) -> NgramIndex:
    """The index of the benchmarks that come with the package, as far as they are asked for, and of the user's own."""
    shipped = [name for name in options.benchmarks if name in SHIPPED]
    parts = [read_benchmarks(shipped, options)] if shipped else []
    parts += [read_data(own / "benchmarks.npz")] if own else []
    return make_index(join_data(parts), options)


def overlap(
    out: Path,
    read_folder: Path,
    filter_folder: Path,
    dedup_folder: Path,
    first_row: int,
    options: ContaminationOptions,
    own: Path | None,
) -> Counters:
    """Documents that deduplication keeps → hits.parquet.

    Args:
        out: where to write.
        read_folder: of the shard.
        filter_folder: of the shard.
        dedup_folder: holds dropped.npy.
        first_row: number of the shard's first filtered document.
        options: the limits.
        own: folder of the user's benchmarks, if there are any.
    """
    index = _index(options, own)
    dropped = np.load(dedup_folder / "dropped.npy", mmap_mode="r")
    rows = size = 0
    with TableWriter(out / "hits.parquet", HITS) as writer:
        for row, content in _contents(read_folder, filter_folder):
            numbers = np.arange(first_row + row, first_row + row + len(content))
            kept = kept_mask(len(content), dropped, first_row + row)
            content = content.filter(pa.array(kept))
            rows += len(content)
            size += pc.sum(pc.binary_length(content)).as_py() or 0
            hits = index.find(content)
            places = pa.array(numbers[kept]).take(hits["row"])
            writer.write(hits.set_column(0, "row", places))
    return {"documents": rows, "bytes": size}


def _contents(read_folder: Path, filter_folder: Path) -> Iterator[tuple[int, pa.Array]]:
    """Texts of the filtered documents, a row group at a time, with how many came before; no other column is read."""
    before = 0
    texts = row_groups(read_folder / "documents.parquet", ["content"])
    verdicts = row_groups(filter_folder / "verdicts.parquet", ["kept", "content"])
    for table, verdict in zip(texts, verdicts, strict=True):
        kept = verdict["kept"]
        content = pc.coalesce(verdict["content"].filter(kept), table["content"].filter(kept)).combine_chunks()
        yield before, content
        before += len(content)


def weigh(
    out: Path, overlap_folders: list[Path], options: ContaminationOptions, documents: int, own: Path | None
) -> Counters:
    """All hits → matches.parquet, spans.parquet, common.parquet; counted by benchmark."""
    hits = pl.concat([pl.read_parquet(folder / "hits.parquet", glob=False) for folder in overlap_folders])
    found = find_overlap(hits, documents, _index(options, own), options)
    for name in ("matches", "spans", "common"):
        write_table(
            out / f"{name}.parquet", getattr(found, name).to_arrow(compat_level=pl.CompatLevel.oldest())
        )
    return {"benchmarks": found.benchmarks().to_dicts(), "idioms": found.common.height}


def decontaminate(
    out: Path,
    folders: tuple[Path, Path, Path],
    weigh_folder: Path,
    rows: tuple[int, int],
    options: ContaminationOptions,
    own: Path | None,
) -> Counters:
    """The shard's documents that hold problems → contaminated.parquet, decisions.parquet.

    Args:
        out: where to write.
        folders: of the shard: read, parse, filter.
        weigh_folder: what was found in all shards.
        rows: number of the shard's first filtered document, and of the first one of the next shard.
        options: what to do.
        own: folder of the user's benchmarks, if there are any.
    """
    counts: Counters = {"dropped": {}, "edited": {}}
    found = {name: _of_rows(weigh_folder / f"{name}.parquet", rows) for name in ("matches", "spans")}
    common = pl.read_parquet(weigh_folder / "common.parquet", glob=False)
    with (
        TableWriter(out / "contaminated.parquet", _VERDICTS) as writer,
        TableWriter(out / "decisions.parquet", DECISIONS) as decisions,
    ):
        if found["matches"].height:
            wanted = found["matches"]["row"].unique().sort().to_numpy()
            documents, unparsed = _documents(folders, wanted - rows[0], with_trees=options.action == "cut")
            here = {name: _renumbered(table, wanted) for name, table in found.items()}
            judged = judge(
                documents,
                Overlap(here["matches"], here["spans"], common, pl.DataFrame()),
                _index(options, own),
                options,
                unparsed=unparsed,
            )
            texts = [None if text is None else text.decode() for text in judged.contents.values()]
            writer.write(pa.table({"row": wanted[list(judged.contents)], "content": texts}, schema=_VERDICTS))
            decisions.write(judged.decisions)
            for verdict in ("dropped", "edited"):
                chosen = judged.decisions.filter(pc.equal(judged.decisions["verdict"], verdict))
                counts[verdict] = count_values(chosen["code"])
    return counts


def _of_rows(path: Path, rows: tuple[int, int]) -> pl.DataFrame:
    return pl.read_parquet(path, glob=False).filter(pl.col("row").is_between(*rows, closed="left"))


def _renumbered(table: pl.DataFrame, wanted: NDArray[np.int64]) -> pl.DataFrame:
    """Rows counted among the wanted ones."""
    places = np.searchsorted(wanted, table["row"].to_numpy())
    return table.with_columns(pl.Series("row", places, dtype=pl.Int64))


def _documents(
    folders: tuple[Path, Path, Path], wanted: NDArray[np.int64], *, with_trees: bool
) -> tuple[pa.Table, frozenset[int]]:
    """These filtered documents of a shard, and which of them have no syntax tree (all of them where nobody asks)."""
    read, parse, filter_ = folders
    tables, parsed, first = [], [], 0
    columns = ["doc_id", "repo_name", "path", "language", "content"]
    measure = next(iter(TREE_MEASURES))
    verdicts = row_groups(filter_ / "verdicts.parquet", ["kept", "content"])
    trees = row_groups(parse / "measures.parquet", [f"measures.{measure}"]) if with_trees else repeat(None)
    for documents, verdict, tree in zip(
        row_groups(read / "documents.parquet", columns), verdicts, trees, strict=False
    ):
        rows = np.flatnonzero(verdict["kept"])
        here = pa.array(rows[wanted[(wanted >= first) & (wanted < first + len(rows))] - first])
        first += len(rows)
        chosen = documents.take(here)
        content = pc.coalesce(verdict["content"].take(here), chosen["content"])
        tables.append(chosen.set_column(chosen.schema.get_field_index("content"), "content", content))
        if tree is not None:
            parsed += pc.is_valid(pc.struct_field(tree["measures"].take(here), measure)).to_pylist()
    return pa.concat_tables(tables), frozenset(row for row, one in enumerate(parsed) if not one)

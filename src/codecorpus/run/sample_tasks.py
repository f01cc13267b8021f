"""The units behind `samples/`: which dropped documents people will want to read, and their first lines.

`choose` sees the decisions of all shards and no text: the documents nearest to the limit of each rule, and members of large clusters.
`excerpts`, shard by shard, takes their text from what was read; `samples` makes one table of these. Dropped text is in no other
published file, and once `work/` is gone in none at all; so it is little (at most 1.5 MB for any corpus), and never of a document that
the licence policy, a secret, personal data or a benchmark problem dropped, nor of a duplicate that went for one with such a problem.

Benchmark problems may be in it all the same: they are searched only in what filter and dedup keep, so nobody looked for them in a
document that a quality rule dropped, nor in a duplicate of a document that was itself dropped as one.
"""

from __future__ import annotations

from collections.abc import Container
from pathlib import Path

import polars as pl
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from codecorpus.document import DOC_ID_BYTES, SAMPLES
from codecorpus.filters.shown import Shown, shown_texts
from codecorpus.run.tables import TableWriter, read_table, write_table
from codecorpus.run.unit import Counters

#: Documents per rule; the report shows as many.
PER_RULE = 5
#: Clusters with a text; the report shows as many.
CLUSTERS = 12
#: Bytes of a sample of a rule that measures one document: the report shows 30 lines of it.
_BYTES = 2_000
#: Bytes of a duplicate: a difference to what was kept has to be in them to be seen.
_DUPLICATE_BYTES = 8_000
_ALL_BYTES = 1_500_000
#: The licence policy, secrets, personal data, opt-outs: a document that one of them dropped is not shown, whatever else it failed.
_NEVER = ("CC011", "CC301", "CC311", "CC312")
_CONTAMINATED = "CC501"
_CHOSEN = pa.schema([pa.field("doc_id", pa.binary(DOC_ID_BYTES), nullable=False), ("bytes", pa.int64())])


def choose(out: Path, folders: list[Path], dedup_folder: Path, contamination_folders: list[Path]) -> Counters:
    """Decisions of every stage, and clusters → chosen.parquet: documents in the order of their ids, and how many bytes of each.

    Args:
        out: where to write.
        folders: of the stages that work on shards, in any order.
        dedup_folder: with the decisions about duplicates, and the clusters.
        contamination_folders: of the shards, where somebody looked for benchmarks.
    """
    problems = _with_problems(contamination_folders)
    duplicates = _decisions(dedup_folder).filter(~is_of(problems))
    near = _nearest(duplicates)
    ids = pl.concat([near.select("doc_id"), _members(dedup_folder, duplicates)])
    rules = _nearest(pl.concat([_nearest(_decisions(folder)) for folder in folders], how="vertical"))
    wanted = [
        rules.select("doc_id", bytes=pl.lit(_BYTES)),
        ids.select("doc_id", bytes=pl.lit(_DUPLICATE_BYTES)),
    ]
    chosen = pl.concat(wanted).group_by("doc_id").agg(pl.col("bytes").max()).sort("doc_id")
    whole = chosen["bytes"].sum() or 1
    chosen = chosen.with_columns((pl.col("bytes") * min(1.0, _ALL_BYTES / whole)).floor().cast(pl.Int64))
    write_table(out / "chosen.parquet", chosen.to_arrow().cast(_CHOSEN))
    return {"chosen": chosen.height}


def excerpts(out: Path, read_folder: Path, choose_folder: Path) -> Counters:
    """The chosen documents of one shard → excerpts.parquet, in the order in which they were read, each once."""
    chosen = read_table(choose_folder / "chosen.parquet")
    limits = dict(zip(chosen["doc_id"].to_pylist(), chosen["bytes"].to_pylist(), strict=True))
    columns = [name for name in SAMPLES.names if name not in ("is_cut", "content")]
    seen: set[bytes] = set()
    with (
        pq.ParquetFile(read_folder / "documents.parquet") as file,
        TableWriter(out / "excerpts.parquet", SAMPLES) as writer,
    ):
        for group in range(file.num_row_groups):
            # The text is read only where there is something to take.
            ids = file.read_row_group(group, columns=["doc_id"], use_threads=False)["doc_id"].to_pylist()
            rows = _new_rows(ids, limits, seen)
            if rows:
                table = file.read_row_group(group, columns=[*columns, "content"], use_threads=False)
                writer.write(_shown(table.take(rows), limits))
    return {"excerpts": len(seen)}


def samples(out: Path, folders: list[Path]) -> Counters:
    """The excerpts of all shards → samples.parquet, in the order of the shards, each document once."""
    seen: set[bytes] = set()
    with TableWriter(out / "samples.parquet", SAMPLES) as writer:
        for folder in folders:
            table = read_table(folder / "excerpts.parquet")
            ids = table["doc_id"].to_pylist()
            writer.write(table.take(pa.array(_new_rows(ids, set(ids), seen), pa.int64())))
    return {"samples": len(seen)}


def _new_rows(ids: list[bytes], wanted: Container[bytes], seen: set[bytes]) -> list[int]:
    """Rows of wanted documents that were not seen before; they are from now on."""
    rows = []
    for row, doc_id in enumerate(ids):
        if doc_id in wanted and doc_id not in seen:
            seen.add(doc_id)
            rows.append(row)
    return rows


def _shown(table: pa.Table, limits: dict[bytes, int]) -> pa.Table:
    sizes = [limits[doc_id] for doc_id in table["doc_id"].to_pylist()]
    shown = [Shown("", is_cut=True)] * len(sizes)
    for size in sorted(set(sizes)):
        rows = [row for row, other in enumerate(sizes) if other == size]
        some = table.take(rows)
        texts = shown_texts(some["content"].to_pylist(), some["language"].to_pylist(), size)
        for row, text in zip(rows, texts, strict=True):
            shown[row] = text
    content = pa.array([one.text for one in shown], pa.large_string())
    table = table.set_column(table.schema.get_field_index("content"), "content", content)
    return table.append_column("is_cut", pa.array([one.is_cut for one in shown])).select(SAMPLES.names)


def _decisions(folder: Path) -> pl.DataFrame:
    """Who was dropped, by which rule, how far from its limit; without documents that are never shown."""
    columns = ["doc_id", "code", "verdict", "measured", "limit", "other_id"]
    rows = read_table(folder / "decisions.parquet", columns)
    frame = pl.DataFrame(rows.filter(pc.equal(rows["verdict"], "dropped")))
    never = frame.filter(is_never_shown())["doc_id"]
    distance = (pl.col("measured") - pl.col("limit")).abs().alias("distance")
    return frame.filter(~pl.col("doc_id").is_in(never.implode())).select(
        "doc_id", "code", distance, "other_id"
    )


def is_never_shown() -> pl.Expr:
    """Of decisions: whether this one dropped a document for what it says."""
    return (pl.col("verdict") == "dropped") & pl.col("code").is_in(_NEVER)


def has_problem() -> pl.Expr:
    """Of decisions: whether this one found a benchmark problem in the document, whatever became of it."""
    return pl.col("code") == _CONTAMINATED


def is_of(problems: pl.Series) -> pl.Expr:
    """Of decisions: whether they are about one of these documents, or about a duplicate of one.

    Args:
        problems: ids of documents in which benchmark problems were found.
    """
    is_one = pl.col("doc_id").is_in(problems.implode()) | pl.col("other_id").is_in(problems.implode())
    return is_one.fill_null(value=False)


def _nearest(rows: pl.DataFrame) -> pl.DataFrame:
    """Of each rule the documents nearest to its limit; where nothing is measured, those with the lowest ids, which are hashes."""
    each = rows.group_by("code", "doc_id").agg(pl.col("distance").min())
    ordered = each.sort("code", "distance", "doc_id", nulls_last=True)
    return ordered.group_by("code", maintain_order=True).head(PER_RULE).select("doc_id", "code", "distance")


def _with_problems(folders: list[Path]) -> pl.Series:
    """Documents in which benchmark problems were found, whatever became of them."""
    found = []
    for folder in folders:
        rows = pl.DataFrame(read_table(folder / "decisions.parquet", ["doc_id", "code"]))
        found += rows.filter(has_problem())["doc_id"].to_list()
    return pl.Series(sorted(set(found)), dtype=pl.Binary)


def shown_clusters(clusters: pl.DataFrame) -> list[bytes]:
    """The clusters that people are shown: the largest ones, half of them with a document that is no exact copy.

    Otherwise the largest clusters of many corpora are copies of one empty file, which show nothing.

    Args:
        clusters: of each cluster its `cluster_id`, its number of documents `len`, and the least `similarity` in it.
    """
    ordered = clusters.sort("len", "cluster_id", descending=[True, False])
    alike = ordered.filter(pl.col("similarity") < 1).head(CLUSTERS // 2)
    others = ordered.join(alike, on="cluster_id", how="anti", maintain_order="left").head(
        CLUSTERS - alike.height
    )
    chosen = pl.concat([alike, others]).sort("len", "cluster_id", descending=[True, False])
    return chosen["cluster_id"].to_list()


def _members(folder: Path, duplicates: pl.DataFrame) -> pl.DataFrame:
    """Of each cluster that is shown two dropped members: the least alike, and the most alike that is no exact copy."""
    rows = pl.DataFrame(read_table(folder / "clusters.parquet", ["cluster_id", "doc_id", "similarity"]))
    each = rows.group_by("cluster_id").agg(pl.len(), pl.col("similarity").min())
    shown = pl.DataFrame({"cluster_id": shown_clusters(each)}, schema={"cluster_id": pl.Binary})
    members = rows.join(shown, on="cluster_id", how="semi").join(duplicates, on="doc_id", how="semi")
    ordered = members.sort("cluster_id", "similarity", "doc_id")
    least = ordered.unique("cluster_id", keep="first", maintain_order=True)
    most = ordered.filter(pl.col("similarity") < 1).unique("cluster_id", keep="last", maintain_order=True)
    return pl.concat([least, most]).select("doc_id").unique()

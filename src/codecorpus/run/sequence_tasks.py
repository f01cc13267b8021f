"""The units from kept documents to packed rows: count, train (or take), encode, plan, pack.

`encode` leaves flat token ids and the parts they are cut into; `plan` sees only the parts' lengths; `pack`
writes one output file, reading just the stretches of tokens that its rows are made of.
"""

from __future__ import annotations

import shutil
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from codecorpus.document import DOC_ID_BYTES
from codecorpus.fim import (
    FimOptions,
    Parts,
    SentinelIds,
    check_source_ids,
    doc_keys,
    emit_rows,
    family,
    gather,
    plan_rows,
    sentinel_ids,
    split_parts,
)
from codecorpus.fim.layout import LAYOUTS
from codecorpus.formats import write_sequences
from codecorpus.run.tables import TableWriter, read_table, row_groups
from codecorpus.run.unit import Counters
from codecorpus.tokenize import (
    Counting,
    Encoder,
    TokenizerOptions,
    load_encoder,
    merge_counts,
    save,
    train_counts,
    write_counts,
)

#: Tokens in one file of sequences, about.
FILE_TOKENS = 8_000_000


_COUNTED_COLUMNS = ["content", "language", "repo_name", "path"]


def count(out: Path, documents_folder: Path, mode: str, share: float) -> Counters:
    """Kept documents → counts.parquet: how often each pre-token occurs, by language and repository; and what was too long to count."""
    counting = Counting(mode=mode, share=share)
    for table in row_groups(documents_folder / "documents.parquet", _COUNTED_COLUMNS):
        counting.add(table)
    found = counting.result()
    write_counts(found.table, out / "counts.parquet")
    return {
        "pretokens": found.table.num_rows,
        "left_out": found.pretokens_left_out,
        "longest_left_out": found.left_out.to_pylist(),
    }


def train(
    out: Path,
    count_folders: list[Path],
    options: TokenizerOptions,
    specials: tuple[str, ...],
    noted: dict[str, Any],
) -> Counters:
    """Pre-token counts of all shards → tokenizer.json and what goes with it; `noted` is passed on, for the manifest."""
    counts = merge_counts(read_table(folder / "counts.parquet") for folder in count_folders)
    bpe = train_counts(counts, options, special_tokens=specials)
    save(bpe, out)
    return {"trained": True, "mode": options.mode, "vocab_size": bpe.vocab_size, **noted}


def take(out: Path, path: Path, options: FimOptions) -> Counters:
    """A tokenizer that the user brought → tokenizer.json; it must load and have the family's sentinels."""
    encoder = load_encoder(path)
    sentinel_ids(family(options.family), encoder.token_id, rate=options.rate)
    shutil.copyfile(path, out / "tokenizer.json")
    return {"trained": False, "mode": None, "vocab_size": encoder.vocab_size}


def encode(
    out: Path,
    documents_folder: Path,
    tokenizer_folder: Path,
    options: FimOptions,
    sequence_length: int,
    seed: int,
) -> Counters:
    """Kept documents → tokens.npy (flat ids) and parts.parquet (where they are cut, and how each part is laid out)."""
    encoder, sentinels = _tokenizer(tokenizer_folder / "tokenizer.json", options)
    line_ends = encoder.line_ends()
    documents = tokens = 0
    layouts = np.zeros(len(LAYOUTS), np.int64)
    pieces = []
    with TableWriter(out / "parts.parquet", _parts_schema()) as writer:
        for table in row_groups(documents_folder / "documents.parquet", ["doc_id", "content"]):
            ids, offsets = encoder.encode(table["content"])
            check_source_ids(ids, sentinels, encoder.vocab_size)
            parts = split_parts(
                offsets,
                ids,
                doc_keys(table["doc_id"]),
                line_ends,
                sequence_length=sequence_length,
                options=options,
                seed=seed,
            )
            writer.write(_parts_table(parts, table["doc_id"], documents, tokens))
            layouts += np.bincount(parts.layout, minlength=len(LAYOUTS))
            pieces.append(ids)
            documents, tokens = documents + table.num_rows, tokens + len(ids)
    np.save(out / "tokens.npy", np.concatenate([np.empty(0, encoder.id_type), *pieces]))
    return {
        "tokens": tokens,
        "layouts": {name: int(number) for name, number in zip(LAYOUTS, layouts, strict=True) if number},
    }


def plan(out: Path, encode_folders: list[Path], sequence_length: int, seed: int) -> Counters:
    """The lengths of all parts → which part goes into which row: order.npy, offsets.npy, and shards.npy (first part of each shard)."""
    columns = [
        read_table(folder / "parts.parquet", ["length"])["length"].to_numpy() for folder in encode_folders
    ]
    lengths = np.concatenate([np.empty(0, np.int32), *columns])
    rows = plan_rows(lengths, sequence_length, seed=seed)
    np.save(out / "order.npy", rows.order)
    np.save(out / "offsets.npy", rows.offsets)
    np.save(out / "shards.npy", np.cumsum([0, *(len(column) for column in columns)], dtype=np.int64))
    rows_per_file = max(1, FILE_TOKENS // sequence_length)
    return {"rows": rows.rows, "rows_per_file": rows_per_file, "files": -(-rows.rows // rows_per_file)}


def pack(
    out: Path,
    plan_folder: Path,
    encode_folders: list[Path],
    tokenizer_folder: Path,
    rows: tuple[int, int],
    options: FimOptions,
    seed: int,
) -> Counters:
    """Rows `rows[0]` up to `rows[1]` of the plan → sequences.parquet."""
    encoder, sentinels = _tokenizer(tokenizer_folder / "tokenizer.json", options)
    offsets = np.load(plan_folder / "offsets.npy")[rows[0] : rows[1] + 1]
    order = np.load(plan_folder / "order.npy", mmap_mode="r")[offsets[0] : offsets[-1]]
    firsts = np.load(plan_folder / "shards.npy")
    shard = np.searchsorted(firsts, order, side="right") - 1
    parts, doc_ids = _take_parts(encode_folders, shard, order - firsts[shard])
    flat = [np.load(folder / "tokens.npy", mmap_mode="r") for folder in encode_folders]
    ids, borders = gather(flat, shard, parts)
    table = emit_rows(
        ids.astype(encoder.id_type, copy=False),
        borders,
        parts,
        doc_ids,
        offsets - offsets[0],
        sentinels=sentinels,
        options=options,
        seed=seed,
    )
    write_sequences(out / "sequences.parquet", [table], encoder.id_type)
    return {
        "rows": table.num_rows,
        "tokens": int(parts.length.sum(dtype=np.int64)),
        "source_tokens": len(ids),
    }


@lru_cache(maxsize=2)
def _tokenizer(path: Path, options: FimOptions) -> tuple[Encoder, SentinelIds]:
    """The tokenizer and its sentinels; kept because a worker encodes many shards with the same one."""
    encoder = load_encoder(path)
    return encoder, sentinel_ids(family(options.family), encoder.token_id, rate=options.rate)


def _parts_schema() -> pa.Schema:
    empty = Parts.concat([]).to_arrow().schema
    return empty.append(pa.field("doc_id", pa.binary(DOC_ID_BYTES), nullable=False))


def _parts_table(parts: Parts, doc_ids: pa.ChunkedArray, first_document: int, first_token: int) -> pa.Table:
    """The parts of one row group, counted from the start of the shard, with their documents' ids."""
    ids = doc_ids.take(pa.array(parts.document))
    table = parts.to_arrow()
    shifted = {"document": parts.document + first_document, "start": parts.start + first_token}
    for name, values in shifted.items():
        index = table.schema.get_field_index(name)
        table = table.set_column(index, table.schema.field(name), pa.array(values))
    return table.append_column(pa.field("doc_id", ids.type, nullable=False), ids)


def _take_parts(folders: list[Path], shard: np.ndarray, local: np.ndarray) -> tuple[Parts, pa.Array]:
    """The parts (shard, number in the shard) in the order asked for, and their documents' ids."""
    tables, places, first = [], np.empty(len(shard), np.int64), 0
    for index, folder in enumerate(folders):
        here = np.flatnonzero(shard == index)
        if len(here):
            tables.append(read_table(folder / "parts.parquet").take(pa.array(local[here])))
            places[here] = np.arange(first, first + len(here))
            first += len(here)
    table = pa.concat_tables([_parts_schema().empty_table(), *tables]).take(pa.array(places)).combine_chunks()
    return Parts.from_arrow(table), table["doc_id"].combine_chunks()

"""The units from kept documents to packed rows: count, train (or take), encode, cut, plan, pack.

`encode` leaves flat token ids; `cut` the parts that documents are cut into, each with its layout and middle, and their ids as they are
after the cut; `plan` sees what the parts are, not their ids; `pack` writes one output file, reading just the stretches of ids that its rows
are made of. `mix`, how often each document is taken, and `order`, how files of a repository follow each other, stand between `encode` and
`cut` where they are asked for; `write` writes the rows once more, for a trainer.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import fields
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from codecorpus.document import DECISIONS, DOC_ID_BYTES
from codecorpus.fim import (
    AROUND_A_FILE,
    Cutting,
    FimOptions,
    MixtureOptions,
    Order,
    Parts,
    SentinelIds,
    Writing,
    around,
    check_source_ids,
    cut_documents,
    doc_keys,
    document_classes,
    emit_rows,
    encoded_texts,
    family,
    gather,
    layouts_of,
    ordered_samples,
    plan_mixture,
    plan_samples,
    repository_order,
    sentinel_ids,
    single_samples,
    spans_of,
    with_heads,
)
from codecorpus.formats import (
    FORMATS,
    hidden_borders,
    iter_sequences,
    write_format,
    write_sequences,
)
from codecorpus.run.plan_files import load_rows, save_plan
from codecorpus.run.sequences import Sequences, facts_of
from codecorpus.run.tables import TableWriter, aligned, read_table, row_groups, sum_counts, write_table
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

_DOC_ID = pa.binary(DOC_ID_BYTES)

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


def take(out: Path, path: Path, options: FimOptions, writes_paths: bool) -> Counters:
    """A tokenizer that the user brought → tokenizer.json; it must load and have the family's sentinels."""
    encoder = load_encoder(path)
    sentinel_ids(family(options.family), encoder.token_id, rate=options.rate, paths=writes_paths)
    shutil.copyfile(path, out / "tokenizer.json")
    return {"trained": False, "mode": None, "vocab_size": encoder.vocab_size}


def encode(out: Path, documents_folder: Path, tokenizer_folder: Path, settings: Sequences) -> Counters:
    """Kept documents → tokens.npy (flat ids) and offsets.npy (where each document begins)."""
    encoder, sentinels = _tokenizer(tokenizer_folder / "tokenizer.json", settings)
    ids, lengths = [np.empty(0, encoder.id_type)], [np.zeros(1, np.int64)]
    for table in row_groups(documents_folder / "documents.parquet", ["content"]):
        found, offsets = encoder.encode(table["content"])
        check_source_ids(found, sentinels, encoder.vocab_size)
        ids.append(found)
        lengths.append(np.diff(offsets))
    flat = np.concatenate(ids)
    np.save(out / "tokens.npy", flat)
    np.save(out / "offsets.npy", np.cumsum(np.concatenate(lengths)))
    return {"tokens": len(flat)}


def mix(
    out: Path, documents_folders: list[Path], encode_folders: list[Path], options: MixtureOptions, seed: int
) -> Counters:
    """How often each document is taken → copies.npy over all shards, shares.parquet, cells.parquet, and decisions.parquet."""
    tables = [
        _facts_of(documents, encoded)
        for documents, encoded in zip(documents_folders, encode_folders, strict=True)
    ]
    facts = pa.concat_tables(tables)
    mixture = plan_mixture(facts, options, seed=seed)
    np.save(out / "copies.npy", mixture.copies)
    write_table(out / "shares.parquet", mixture.shares)
    write_table(out / "cells.parquet", mixture.cells)
    left_out = facts.filter(pa.array(mixture.copies == 0))
    write_table(out / "decisions.parquet", _left_out(left_out))
    taken = facts["tokens"].to_numpy() * mixture.copies
    return {"left_out": left_out.num_rows, "tokens": int(taken.sum()), "budget": int(mixture.budget)}


def _facts_of(documents_folder: Path, encode_folder: Path) -> pa.Table:
    """What a mixture asks of each document of a shard."""
    table = read_table(documents_folder / "documents.parquet", ["doc_id", "repo_name", "path", "language"])
    classes = document_classes(table["path"], table["language"])
    tokens = np.diff(np.load(encode_folder / "offsets.npy"))
    table = table.append_column("doc_key", pa.array(doc_keys(table["doc_id"])))
    return table.append_column("class", classes).append_column("tokens", pa.array(tokens, pa.int64()))


def _left_out(facts: pa.Table) -> pa.Table:
    """A decision for each document that is in no row."""
    count = facts.num_rows
    columns = {
        "stage": pa.array(["mix"] * count, pa.string()),
        "code": pa.array(["CC701"] * count, pa.string()),
        "verdict": pa.array(["flagged"] * count, pa.string()),
        "measured": facts["tokens"].cast(pa.float64()),
        "limit": pa.nulls(count, pa.float64()),
        "other_id": pa.nulls(count, DECISIONS.field("other_id").type),
        "detail": facts["class"],
    }
    for name in ("doc_id", "repo_name", "path"):
        columns[name] = facts[name]
    return pa.table(columns).select(DECISIONS.names).cast(DECISIONS)


def order(
    out: Path, documents_folders: list[Path], encode_folders: list[Path], settings: Sequences
) -> Counters:
    """Repositories in the order of their imports → rank.npy and group.npy, of each document of a group of shards."""
    tables = []
    for documents, encoded in zip(documents_folders, encode_folders, strict=True):
        named = read_table(documents / "documents.parquet", ["doc_id", "repo_name", "path", "language"])
        outline = read_table(documents / "outline.parquet", ["references", "declares"])
        tokens = np.diff(np.load(encoded / "offsets.npy")) + AROUND_A_FILE
        for name in outline.column_names:
            named = named.append_column(name, outline[name])
        tables.append(named.append_column("tokens", pa.array(tokens, pa.int64())))
    readme_first = settings.packing.readme_first
    found = repository_order(pa.concat_tables(tables), settings.sequence_length, readme_first=readme_first)
    placed = found.by_document()
    for field in fields(placed):
        np.save(out / f"{field.name}.npy", getattr(placed, field.name))
    return {
        "repositories": len(np.unique(found.repositories)),
        "parts": len(np.unique(found.parts)),
    }


def cut(
    out: Path,
    documents_folder: Path,
    encode_folder: Path,
    mix_folder: Path | None,
    first_document: int,
    tokenizer_folder: Path,
    settings: Sequences,
) -> Counters:
    """Documents and their ids → ids.npy (names, paths and text of all parts) and parts.parquet (what each part is)."""
    encoder, sentinels = _tokenizer(tokenizer_folder / "tokenizer.json", settings)
    row, packing = family(settings.fim.family), settings.packing
    tokens = np.load(encode_folder / "tokens.npy", mmap_mode="r")
    offsets = np.load(encode_folder / "offsets.npy")
    cutting = Cutting(settings.fim, settings.sequence_length, sentinels, settings.seed)
    copies = None if mix_folder is None else np.load(mix_folder / "copies.npy", mmap_mode="r")
    pieces, layouts, spans = [np.empty(0, encoder.id_type)], [], []
    document = stored = 0
    with TableWriter(out / "parts.parquet", _parts_schema()) as writer:
        for table, trees in aligned(
            documents_folder / "documents.parquet", documents_folder / "outline.parquet"
        ):
            borders = offsets[document : document + table.num_rows + 1]
            ids = np.asarray(tokens[borders[0] : borders[-1]])
            texts = encoded_texts(
                table["content"], table["doc_id"], (ids, borders - borders[0]), subtrees=trees["subtrees"]
            )
            if packing.writes_paths:
                repositories = table["repo_name"].to_pylist() if packing.context == "repository" else None
                longest = settings.sequence_length // 8
                texts = with_heads(
                    texts, encoder, row, table["path"].to_pylist(), repositories, longest=longest
                )
            if copies is not None:
                first = first_document + document
                texts = texts.repeated(copies[first : first + table.num_rows])
            flat, parts = cut_documents(texts, encoder, cutting)
            writer.write(_parts_table(parts, table["doc_id"], document, stored))
            pieces.append(flat)
            layouts.append(layouts_of(parts))
            spans.append(spans_of(parts))
            document, stored = document + table.num_rows, stored + len(flat)
    np.save(out / "ids.npy", np.concatenate(pieces))
    return {"layouts": sum_counts(layouts), "spans": sum_counts(spans)}


def plan(
    out: Path,
    cut_folders: list[Path],
    order_folder: Path | None,
    first_documents: list[int],
    tokenizer_folder: Path,
    settings: Sequences,
) -> Counters:
    """The parts of a group of shards → which part goes into which row, as `plan_files` has it."""
    _, sentinels = _tokenizer(tokenizer_folder / "tokenizer.json", settings)
    tables = [read_table(folder / "parts.parquet") for folder in cut_folders]
    parts = Parts.concat(Parts.from_arrow(table) for table in tables)
    needed = around(
        parts, family(settings.fim.family), sentinels, repository=settings.packing.context == "repository"
    )
    if order_folder is None:
        samples = single_samples(parts, needed)
    else:
        shifts = np.repeat(first_documents, [table.num_rows for table in tables])
        order = Order(*(np.load(order_folder / f"{field.name}.npy") for field in fields(Order)))
        samples = ordered_samples(parts, parts.document + shifts, order, needed, settings.sequence_length)
    rows = plan_samples(samples, settings.sequence_length, method=settings.packing.method, seed=settings.seed)
    shard = np.repeat(np.arange(len(tables)), [table.num_rows for table in tables])
    doc_ids = pa.chunked_array([chunk for table in tables for chunk in table["doc_id"].chunks], _DOC_ID)
    save_plan(out, rows, parts, shard, doc_ids)
    rows_per_file = max(1, FILE_TOKENS // settings.sequence_length)
    return {"rows": rows.rows, "rows_per_file": rows_per_file, "files": -(-rows.rows // rows_per_file)}


def pack(
    out: Path,
    plan_folder: Path,
    cut_folders: list[Path],
    tokenizer_folder: Path,
    rows: tuple[int, int],
    settings: Sequences,
) -> Counters:
    """Rows `rows[0]` up to `rows[1]` of the plan → sequences.parquet."""
    encoder, sentinels = _tokenizer(tokenizer_folder / "tokenizer.json", settings)
    file = load_rows(plan_folder, *rows)
    flat = (np.load(folder / "ids.npy", mmap_mode="r") for folder in cut_folders)
    ids, borders = gather(flat, file.shard, file.placed.parts)
    writing = Writing(
        family(settings.fim.family),
        sentinels,
        repository=settings.packing.context == "repository",
        loss_mask=settings.packing.loss == "middle",
    )
    table = emit_rows(ids.astype(encoder.id_type, copy=False), borders, file.placed, file.doc_ids, writing)
    write_sequences(out / "sequences.parquet", [table], encoder.id_type)
    return {
        "rows": table.num_rows,
        "tokens": len(table["input_ids"].combine_chunks().flatten()),
        "source_tokens": _source_tokens(table),
    }


def write(
    out: Path, pack_folders: list[Path], tokenizer_folder: Path, name: str, settings: Sequences
) -> Counters:
    """The rows of all files → the files of a trainer's format."""
    encoder, sentinels = _tokenizer(tokenizer_folder / "tokenizer.json", settings)
    facts = facts_of(encoder, family(settings.fim.family), sentinels, settings.sequence_length)
    hidden = 0

    def tables() -> Iterator[pa.Table]:
        nonlocal hidden
        for folder in pack_folders:
            for table in iter_sequences(folder / "sequences.parquet"):
                if FORMATS[name].borders == "end token":
                    hidden += hidden_borders(table, sentinels.end)
                yield table

    written = write_format(name, tables(), out, facts)
    return {"format": name, "rows": written.rows, "tokens": written.tokens, "hidden_borders": hidden}


def _source_tokens(table: pa.Table) -> int:
    parts = table["parts"].combine_chunks().flatten()
    return sum(int(pc.sum(parts.field(name)).as_py() or 0) for name in ("prefix", "middle", "suffix"))


@lru_cache(maxsize=2)
def _tokenizer(path: Path, settings: Sequences) -> tuple[Encoder, SentinelIds]:
    """The tokenizer and its sentinels; kept because a worker encodes many shards with the same one."""
    encoder = load_encoder(path)
    row = family(settings.fim.family)
    paths = settings.packing.writes_paths
    return encoder, sentinel_ids(row, encoder.token_id, rate=settings.fim.rate, paths=paths)


def _parts_schema() -> pa.Schema:
    empty = Parts.concat([]).to_arrow().schema
    return empty.append(pa.field("doc_id", _DOC_ID, nullable=False))


def _parts_table(parts: Parts, doc_ids: pa.ChunkedArray, first_document: int, first_token: int) -> pa.Table:
    """The parts of one row group, counted from the start of the shard, with their documents' ids."""
    ids = doc_ids.take(pa.array(parts.document))
    table = parts.to_arrow()
    shifted = {"document": parts.document + first_document, "start": parts.start + first_token}
    for name, values in shifted.items():
        index = table.schema.get_field_index(name)
        table = table.set_column(index, table.schema.field(name), pa.array(values))
    return table.append_column(pa.field("doc_id", ids.type, nullable=False), ids)

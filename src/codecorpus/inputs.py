"""Documents for the parts alone, read into memory: sources, finished runs, or Parquet files of documents.

What comes in: one path or several, of any of these kinds. What goes out: one Arrow table of documents. `codecorpus build` reads shard by
shard and never holds a corpus; what is here holds all of its text, because the parts alone work on a table.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from codecorpus.addresses import is_address
from codecorpus.config import Config, load_config, option_rows
from codecorpus.document import DECISIONS, DOCUMENTS, NEWER_COLUMNS, SOURCE_DOCUMENTS
from codecorpus.errors import ConfigError, DataError, UsageError
from codecorpus.objects import look_up
from codecorpus.outputs import is_output, output_documents
from codecorpus.run.input_tasks import with_date
from codecorpus.run.manifest import read_manifest
from codecorpus.run.progress import Progress, Silent
from codecorpus.run.remote import fetch_published, open_stored, stored_run
from codecorpus.run.store import is_run_folder
from codecorpus.sources import (
    Part,
    SourceOptions,
    assign_licences,
    find_licences,
    group_parts,
    plan_sources,
    read_shard,
    resolve_opt_outs,
)

#: Documents of a file that are read at a time where not all of it is held.
_BATCH_ROWS = 1024

Paths = str | os.PathLike[str] | Sequence[str | os.PathLike[str]]


@dataclass(frozen=True, slots=True)
class Inputs:
    """What was read.

    Attributes:
        documents: a table of `DOCUMENTS` where every input has these columns (runs and their files), else of `SOURCE_DOCUMENTS`.
        decisions: a decisions table, one `dropped` row for each entry of a source that is no document, one `edited` row for each notebook.
    """

    documents: pa.Table
    decisions: pa.Table


@dataclass(frozen=True, slots=True)
class Plan:
    """What there is to read, before it is read.

    Attributes:
        parts: of the sources.
        files: Parquet files of documents.
        options: the `[source]` options with the list of opt-outs as it counts.
    """

    parts: tuple[Part, ...]
    files: tuple[Path, ...]
    options: SourceOptions


def read(inputs: Paths, *, settings: Mapping[str, Any] | None = None) -> pa.Table:
    """Read documents into memory, for the parts alone.

    Args:
        inputs: one or several: anything that `build` takes as a source; the folder of a finished run, of which the kept documents are read;
            a Parquet file with the columns of documents, or a folder of such files. A source is read as it lies there: nothing is
            filtered, redacted or deduplicated; licences are assigned.
        settings: dotted key → value for keys of `[source]`, such as `{"source.content": "text"}`.

    Returns:
        An Arrow table with the columns of `codecorpus.document.DOCUMENTS` where every input has them (runs do), else of
        `SOURCE_DOCUMENTS`. All text is in memory. The order of the inputs does not matter, and a path given twice is read once.

    Raises:
        ConfigError: all mistakes of the settings at once.
        SourceError: a source is missing, empty or of an unknown kind.
        DataError: a run is unfinished, or a file of documents is damaged.
    """
    return read_inputs(inputs, part_config(settings, reads=("source",)).source).documents


def part_config(settings: Mapping[str, Any] | None, *, reads: Sequence[str]) -> Config:
    """The default configuration with settings of which every one has an effect.

    Args:
        settings: dotted key → value.
        reads: the tables and keys that count for the part, such as `("source", "dedup")`.

    Raises:
        ConfigError: all mistakes at once; a key that the part does not read is one.
    """
    known = {row[0] for row in option_rows()}
    idle = [
        f"{key}: has no effect here; what has: {', '.join(sorted(reads))}"
        for key in settings or {}
        if key in known and not any(key == name or key.startswith(f"{name}.") for name in reads)
    ]
    try:
        config = load_config(settings=settings)
    except ConfigError as error:
        raise ConfigError([*idle, *error.mistakes]) from None
    if idle:
        raise ConfigError(idle)
    return config


def read_inputs(
    inputs: Paths,
    options: SourceOptions,
    *,
    exclude: Sequence[str | os.PathLike[str]] = (),
    progress: Progress | None = None,
) -> Inputs:
    """Read documents, and keep account of what is none.

    Args:
        inputs: as `read` takes them.
        options: the `[source]` options.
        exclude: folders that are not looked into, such as the output of the caller.
        progress: told about one stage, `read`.

    Raises:
        UsageError: there is no input.
        SourceError: a source is missing, empty or of an unknown kind.
        ConfigError: the list of opt-outs cannot be read.
        DataError: a run is unfinished, or a file of documents is damaged.
    """
    plan = plan_inputs(inputs, options, exclude=exclude)
    parts, files, options = plan.parts, plan.files, plan.options
    bar = progress or Silent()
    bar.stage("read", sum(part.size for part in parts) + sum(file.stat().st_size for file in files), 0)
    documents, decisions = [], [DECISIONS.empty_table()]
    for shard in group_parts(parts):
        for batch in read_shard(shard, options):
            documents.append(batch.documents)
            decisions.append(batch.decisions)
        bar.advance(shard.size)
    tables = [_with_licences(pa.concat_tables(documents))] if documents else []
    # By content, not by place: where a file lies must not decide on the order of rows.
    tables += sorted((_read_documents(file) for file in files), key=_by_ids)
    return Inputs(_joined(tables), pa.concat_tables(decisions))


def read_contents(
    inputs: Paths, options: SourceOptions, *, progress: Progress | None = None
) -> Iterator[pa.Table]:
    """The column `content` of documents alone, a batch at a time: nothing is held, and nothing is decided on.

    Args:
        inputs: as `read` takes them.
        options: the `[source]` options.
        progress: told about one stage, `training`.

    Raises:
        UsageError, SourceError, ConfigError, DataError: as for `read_inputs`.
    """
    plan = plan_inputs(inputs, options)
    bar = progress or Silent()
    bar.stage(
        "training", sum(part.size for part in plan.parts) + sum(f.stat().st_size for f in plan.files), 0
    )
    for shard in group_parts(plan.parts):
        for batch in read_shard(shard, plan.options):
            yield batch.documents.select(["content"])
        bar.advance(shard.size)
    for file in plan.files:
        try:
            with pq.ParquetFile(file) as parquet:
                for rows in parquet.iter_batches(batch_size=1024, columns=["content"]):
                    yield pa.Table.from_batches([rows])
        except (OSError, pa.ArrowException) as error:
            raise _unreadable(file, error) from None
        bar.advance(file.stat().st_size)


def plan_inputs(
    inputs: Paths, options: SourceOptions, *, exclude: Sequence[str | os.PathLike[str]] = ()
) -> Plan:
    """Tell what each input is; arguments and errors as for `read_inputs`.

    Raises:
        UsageError: documents lie in an excluded folder: a command that is killed while it replaces its own input has lost it.
    """
    own = [Path(os.path.realpath(folder)) for folder in exclude]
    options = resolve_opt_outs(options)
    listed = [inputs] if isinstance(inputs, (str, os.PathLike)) else list(inputs)
    if not listed:
        raise UsageError("no input given", "Name a source, a run's folder, or a Parquet file of documents.")
    files: list[Path] = []
    stored = {one: _stored_documents(str(one)) for one in listed if is_address(one)}
    files += [file for found in stored.values() for file in found]
    sources: list[str | os.PathLike[str]] = [one for one, found in stored.items() if not found]
    for path in sorted({Path(os.path.realpath(one)) for one in listed if not is_address(one)}):
        found = _document_files(path)
        if found and any(path.is_relative_to(folder) for folder in own):
            raise UsageError(f"{path}: is given as INPUT and by --out", "Write into another folder.")
        files += found
        sources += [] if found else [path]
    parts = plan_sources(sources, options, exclude=exclude) if sources else ()
    return Plan(tuple(parts), tuple(dict.fromkeys(files)), options)


def _stored_documents(text: str) -> list[Path]:
    """The kept documents of a finished run in a store, fetched; none where this is the address of a source."""
    run = stored_run(text)
    if look_up(run.address.below("manifest.json")) is None or not is_run_folder(folder := open_stored(run)):
        return []
    manifest = read_manifest(folder)
    fetch_published(run, folder, manifest, ["documents"])
    names = [entry["path"] for entry in manifest["files"]]
    return [folder / name for name in names if name.startswith("documents/")]


def _document_files(path: Path) -> list[Path]:
    """The Parquet files of documents that this input stands for; none where it is a source."""
    if is_run_folder(path):
        names = [entry["path"] for entry in read_manifest(path)["files"]]
        return [path / name for name in names if name.startswith("documents/")]
    if is_output(path):
        return output_documents(path)
    if not path.is_dir():
        return [path] if _holds_documents(path) else []
    try:
        inner = sorted(entry for entry in path.iterdir() if not entry.name.startswith("."))
    except OSError:
        return []  # planning the sources says what is wrong with it
    return inner if inner and all(_holds_documents(file) for file in inner) else []


def _holds_documents(file: Path) -> bool:
    """Whether a file is Parquet with the columns of documents, ids included."""
    if not file.name.endswith(".parquet") or not file.is_file():
        return False
    try:
        schema = pq.read_schema(file)
    except (OSError, pa.ArrowException):
        return False  # read as a source, it becomes a decision
    return set(SOURCE_DOCUMENTS.names) <= {*schema.names, *NEWER_COLUMNS} and _is_binary(
        schema.field("doc_id").type
    )


def _is_binary(kind: pa.DataType) -> bool:
    tests = (pa.types.is_fixed_size_binary, pa.types.is_binary, pa.types.is_large_binary)
    return any(test(kind) for test in tests)


def _read_documents(file: Path) -> pa.Table:
    try:
        with pq.ParquetFile(file) as parquet:
            names = {*parquet.schema_arrow.names, *NEWER_COLUMNS}
            schema = DOCUMENTS if set(DOCUMENTS.names) <= names else SOURCE_DOCUMENTS
            return with_date(parquet.read(columns=schema.names)).select(schema.names).cast(schema)
    except (OSError, ValueError, pa.ArrowException) as error:
        raise _unreadable(file, error) from None


def _unreadable(file: Path, error: Exception) -> DataError:
    said = str(error).partition("\n")[0]
    return DataError(
        f"{file}: not readable as documents: {said}",
        "Its columns have the names of documents; see docs/formats.md for their types.",
    )


def document_batches(file: Path) -> Iterator[tuple[pa.Table, float]]:
    """The documents of a Parquet file, row group by row group, each with the share of the file's rows that is read after it.

    Raises:
        DataError: the file is damaged.
    """
    try:
        with pq.ParquetFile(file) as parquet:
            rows, done = parquet.metadata.num_rows, 0
            for batch in parquet.iter_batches(
                _BATCH_ROWS, columns=["repo_name", "path", "language", "content"]
            ):
                done += batch.num_rows
                yield pa.Table.from_batches([batch]), done / rows
    except (OSError, ValueError, pa.ArrowException) as error:
        said = str(error).partition("\n")[0]
        raise DataError(f"{file}: not readable as documents: {said}", "See docs/formats.md.") from None


def _with_licences(documents: pa.Table) -> pa.Table:
    """Licences as the licence stage of a run assigns them; the keep-policy of duplicates looks at them."""
    columns = assign_licences(documents, find_licences(documents))
    for name in ("detected_licenses", "license_type"):
        index = documents.schema.get_field_index(name)
        documents = documents.set_column(index, documents.schema.field(index), columns[name])
    return documents


def _by_ids(table: pa.Table) -> tuple[bytes, int, bytes]:
    """The first id and the number of rows, and all ids where these are the same; `run.input_tasks.in_order` sorts files likewise."""
    ids = table["doc_id"].to_pylist()
    return ids[0] if ids else b"", len(ids), hashlib.sha256(b"".join(ids)).digest()


def _joined(tables: list[pa.Table]) -> pa.Table:
    complete = all("measures" in table.column_names for table in tables)
    schema = DOCUMENTS if tables and complete else SOURCE_DOCUMENTS
    return pa.concat_tables(
        [schema.empty_table(), *(table.select(schema.names).cast(schema) for table in tables)]
    )

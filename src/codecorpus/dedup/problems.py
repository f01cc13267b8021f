"""Benchmark files in, problems and their texts out.

A file is JSONL (plain, `.gz`, `.zst`) or Parquet, one problem a row. Every string of a row is a text of its own, also inside lists
and objects: prompt, solution, docstring. A list of strings, such as tests, is one text of as many lines. A text's field is the row's key.
Bytes of a Parquet file are
text, and dates and times are left out. The strings under `task_id` and `id` are no texts. A program that was cut for infilling (`prompt`,
`canonical_solution`, `suffix`) is one text.
"""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from codecorpus.dedup.contamination_options import SHIPPED, ContaminationOptions
from codecorpus.dedup.definitions import read_signature
from codecorpus.errors import DataError, UsageError

#: Benchmark files, or folders of them.
Benchmarks: TypeAlias = "str | Path | Sequence[str | Path]"

_KINDS = (".jsonl", ".jsonl.gz", ".jsonl.zst", ".parquet")
_ID_KEYS = ("task_id", "id")
_CUT_KEYS = ("prompt", "canonical_solution", "suffix")


@dataclass(frozen=True, slots=True)
class Problems:
    """The problems of some benchmarks.

    Attributes:
        problems: one row per problem, in the order of the files: `benchmark` (the file's name without extension; with its folder, or as
            many of them as it takes, where two files have one name or a benchmark that comes with the package has it), `problem` (its
            `task_id`, `id`, or row number from 0), `family`. Rows of one file with the same `entry_point` are one family: the same
            problem, cut in different ways.
        texts: large_binary, the distinct texts, UTF-8.
        fields: one row per place where a text stands: `text` (row of `texts`), `problem` (row of `problems`), `field`.
        signatures: one row per problem whose asked function is known: `problem`, `name`, `parameters` (list of names).
    """

    problems: pl.DataFrame
    texts: pa.Array
    fields: pl.DataFrame
    signatures: pl.DataFrame


def read_problems(benchmarks: Benchmarks) -> Problems:
    """Read benchmark files.

    Args:
        benchmarks: files, or folders, of which every file of a known kind is read, at any depth.

    Raises:
        UsageError: nothing was named, or a benchmark that comes with the package is misspelt.
        DataError: a file is missing, of an unknown kind, damaged, or has no rows.
    """
    files = problem_files(benchmarks)
    problems: dict[str, list[str]] = {"benchmark": [], "problem": [], "family": []}
    fields: dict[str, list[Any]] = {"text": [], "problem": [], "field": []}
    signatures: dict[str, list[Any]] = {"problem": [], "name": [], "parameters": []}
    numbers: dict[bytes, int] = {}
    for file, name in zip(files, _names(files), strict=True):
        count = -1
        for count, row in enumerate(_rows(file)):
            key = next((key for key in _ID_KEYS if row.get(key) is not None), None)
            problem = _encodable(str(count if key is None else row[key]))
            for field, text in _texts(row):
                fields["text"].append(numbers.setdefault(text, len(numbers)))
                fields["problem"].append(len(problems["problem"]))
                fields["field"].append(_encodable(field))
            signature = read_signature(row)
            if signature is not None:
                signatures["problem"].append(len(problems["problem"]))
                signatures["name"].append(signature[0])
                signatures["parameters"].append(signature[1])
            problems["benchmark"].append(name)
            problems["problem"].append(problem)
            problems["family"].append(_encodable(str(row.get("entry_point") or problem)))
        if count < 0:
            raise DataError(f"{file}: no problems in it", "Give a file with one problem a row.")
    return Problems(
        pl.DataFrame(problems, schema=dict.fromkeys(problems, pl.String)),
        pa.array(numbers, pa.large_binary()),
        pl.DataFrame(fields, schema={"text": pl.Int32, "problem": pl.Int32, "field": pl.String}),
        pl.DataFrame(
            signatures, schema={"problem": pl.Int32, "name": pl.String, "parameters": pl.List(pl.String)}
        ),
    )


def problem_files(benchmarks: Benchmarks) -> list[Path]:
    """The files, each once, in the order named; those of a folder by name."""
    named = [benchmarks] if isinstance(benchmarks, str | Path) else list(benchmarks)
    if not all(map(str, named or [""])):  # the path of an empty name is the folder where one happens to be
        raise UsageError("no benchmark named", f"Name files ({', '.join(_KINDS)}) or folders of them.")
    files: list[Path] = []
    for path in map(Path, named):
        if path.is_dir():
            inner = sorted(file for file in path.rglob("*") if file.name.endswith(_KINDS) and file.is_file())
            if not inner:
                raise DataError(f"{path}: no benchmark files in it", f"Looked for {', '.join(_KINDS)}.")
            files += inner
        elif not path.is_file():
            raise _unknown(path)
        elif not path.name.endswith(_KINDS):
            raise DataError(f"{path}: not a kind of file read here", f"Convert it to {' or '.join(_KINDS)}.")
        else:
            files.append(path)
    return list(dict.fromkeys(files))


def own_files(options: ContaminationOptions) -> list[Path]:
    """The files of problems that the options name beside benchmarks that come with the package.

    Raises:
        UsageError: a name is empty, or that of a benchmark that comes with the package misspelt.
        DataError: a file is missing or of an unknown kind.
    """
    named = [name for name in options.benchmarks if name not in SHIPPED]
    return problem_files(named) if named else []


def _unknown(path: Path) -> DataError | UsageError:
    """What to say of a name that is no file: the benchmark that it is likely to mean, where there is one."""
    what = f"{path}: no such file, and no benchmark that comes with the package"
    shipped = f"Those that come with the package are {', '.join(SHIPPED)}."
    name = str(path).lower().replace("_", "-").replace("+", "-plus")
    near = difflib.get_close_matches(name, SHIPPED, n=1)
    if near and not name.endswith(_KINDS):
        return UsageError(what, f"Did you mean `{near[0]}`? {shipped}")
    return DataError(what, f"Check the path. {shipped}")


def _encodable(text: str) -> str:
    """JSON may hold lone surrogates, which no table takes."""
    return text.encode("utf-8", "replace").decode()


def _names(files: list[Path]) -> list[str]:
    """A name for each file: its own, and as many of its folders before it as tell it from the others; never the whole path.

    >>> _names([Path("a/test.jsonl"), Path("b/test.jsonl.gz"), Path("b/code.parquet"), Path("c/mbpp.jsonl")])
    ['a/test', 'b/test', 'code', 'c/mbpp']
    """
    names: list[str] = []
    for file in files:
        twins = [other for other in files if other != file and _stem(other.name) == _stem(file.name)]
        if any(other.parent == file.parent for other in twins):
            names.append(f"{file.absolute().parent.name}/{file.name}")
            continue
        others = [_folders(other) for other in twins]
        own = _folders(file)
        depth = 1 if others or _stem(file.name) in SHIPPED else 0
        while depth < len(own) - 1 and any(other[-depth:] == own[-depth:] for other in others):
            depth += 1
        names.append("/".join([*own[len(own) - depth :], _stem(file.name)]))
    return names


def _folders(file: Path) -> tuple[str, ...]:
    """The folders above a file, without the root."""
    return file.absolute().parts[1:-1]


def _stem(name: str) -> str:
    return name[: -len(max((kind for kind in _KINDS if name.endswith(kind)), key=len))]


def _rows(file: Path) -> Iterator[dict[str, Any]]:
    if file.suffix == ".parquet":
        yield from _parquet_rows(file)
        return
    try:
        with pa.input_stream(str(file)) as stream:  # decompresses by the name's extension
            lines = stream.read().removeprefix(b"\xef\xbb\xbf").split(b"\n")
    except (OSError, pa.ArrowException) as error:
        raise _damaged(file, str(error)) from None
    for number, line in enumerate(lines, start=1):
        if line.strip():
            yield _parse(line, file, number)


def _parse(line: bytes, file: Path, number: int) -> dict[str, Any]:
    """One line. A bad one is an error and is not skipped: a problem left out would pass for a problem not found."""
    try:
        row = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise _damaged(file, f"line {number}: {error}") from None
    if not isinstance(row, dict):
        raise _damaged(file, f"line {number}: not an object")
    return row


def _parquet_rows(file: Path) -> Iterator[dict[str, Any]]:
    try:
        with pq.ParquetFile(file) as parquet:
            schema = parquet.schema_arrow
            if len(set(schema.names)) < len(schema.names):
                raise _damaged(file, "two columns of one name")
            columns = [field.name for field in schema if not pa.types.is_temporal(field.type)]
            for batch in parquet.iter_batches(columns=columns):
                yield from batch.to_pylist()
    except (OSError, ValueError, pa.ArrowException) as error:
        raise _damaged(file, str(error).partition("\n")[0]) from None


def _damaged(file: Path, reason: str) -> DataError:
    return DataError(f"{file}: not readable as a benchmark: {reason}", "Fetch the file again, or mend it.")


def _texts(row: dict[str, Any]) -> Iterable[tuple[str, bytes]]:
    parts = [row.get(key) for key in _CUT_KEYS]
    whole = "".join(part for part in parts if isinstance(part, str)) if None not in parts else None
    if whole is not None:
        yield "program", whole.encode("utf-8", "replace")
    for field, value in row.items():
        if field in _ID_KEYS or (whole is not None and field in _CUT_KEYS):
            continue
        if isinstance(value, list) and all(isinstance(item, str) for item in value):
            value = "\n".join(
                value
            )  # tests one by one are too short to be found; in a file they follow each other
        for text in _strings(value):
            yield field, text.encode("utf-8", "replace")  # JSON may hold lone surrogates


def _strings(value: Any) -> Iterator[str]:
    """The strings inside a value of JSON or Parquet, in order; no recursion, so that no nesting is too deep."""
    stack = [value]
    while stack:
        item = stack.pop()
        if isinstance(item, str):
            yield item
        elif isinstance(item, bytes):
            yield item.decode("utf-8", "replace")
        elif isinstance(item, list | tuple):  # the entries of an Arrow map are tuples
            stack.extend(reversed(item))
        elif isinstance(item, dict):
            stack.extend(reversed(item.values()))

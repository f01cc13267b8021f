"""Earlier runs, of which only the index is looked at: folders in, the parts of their indexes out, each seen to fit this search.

Two indexes fit when everything that `made_with` tells is the same: scheme, seed, permutations, bands, rows, shingle, shortest
document, width of the hashes and version of the lexer. What does not fit is refused, for its hashes mean something else.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa

from codecorpus.dedup.index import SHINGLES, check_part, damaged, index_schema
from codecorpus.dedup.minhash import MADE_WITH, band_names, made_with
from codecorpus.dedup.options import DedupOptions
from codecorpus.errors import DataError, RunError

_PART = re.compile(r"index/part-\d{5}\.parquet")
#: Settings of a search, by what the metadata calls them; the others follow from the program's version alone.
_KEYS = ("scheme", "seed", "permutations", "bands", "rows", "shingle", "min_shingles", "code")


@dataclass(frozen=True, slots=True)
class EarlierRun:
    """The index of an earlier run.

    Attributes:
        name: what the decisions call it: the end of its path.
        parts: the files of its index, in order.
    """

    name: str
    parts: tuple[Path, ...]


def open_runs(
    runs: Sequence[str | os.PathLike[str]] | str | os.PathLike[str], options: DedupOptions
) -> tuple[EarlierRun, ...]:
    """The indexes of earlier runs, in the order given; a run given twice counts once.

    Args:
        runs: folders that `codecorpus build` or `codecorpus dedup` wrote.
        options: of the search.

    Raises:
        DataError: a run has no index, a damaged one, or one that was made otherwise than `options` say.
        RunError: a folder is not a run, or not a finished one.
    """
    given = [runs] if isinstance(runs, (str, os.PathLike)) else list(runs)
    folders = list(dict.fromkeys(Path(os.path.realpath(run)) for run in given))
    names = _short_names(folders)
    opened = tuple(
        EarlierRun(name, tuple(_parts(folder, name))) for folder, name in zip(folders, names, strict=True)
    )
    for run in opened:
        for part in run.parts:
            _check_made_with(part, run.name, options)
    return opened


def part_names(runs: Sequence[EarlierRun]) -> list[str]:
    """The name of the run that each part belongs to, for the parts of all runs in order.

    >>> part_names([EarlierRun("may", (Path("a"), Path("b"))), EarlierRun("june", (Path("c"),))])
    ['may', 'may', 'june']
    """
    return [run.name for run in runs for _ in run.parts]


def part_files(runs: Sequence[EarlierRun]) -> list[Path]:
    """The parts of all runs, in order."""
    return [part for run in runs for part in run.parts]


def _short_names(folders: Sequence[Path]) -> list[str]:
    """The last name of each path, with as many of those before it as tell the paths apart; none is absolute.

    >>> _short_names([Path("/data/may/out"), Path("/data/june/out"), Path("/data/july")])
    ['may/out', 'june/out', 'july']
    """
    names = []
    for folder in folders:
        parts = folder.parts[1:] or ("root",)
        depth = 1
        while depth < len(parts) and sum(other.parts[-depth:] == parts[-depth:] for other in folders) > 1:
            depth += 1
        names.append(
            "/".join(parts[-depth:]).encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
        )
    return names


def _parts(folder: Path, name: str) -> Iterator[Path]:
    """The parts of a run's index, as many bytes each as the run says.

    Raises:
        DataError: there is no index, or a part of it is missing or cut off.
    """
    listed = [entry for entry in _files(folder, name) if _PART.fullmatch(str(entry.get("path")))]
    if not listed:
        raise DataError(
            f"{name}: this run has no index",
            "It was made with dedup.index = false or by an earlier version; make it again, with dedup.index = true.",
        )
    for entry in sorted(listed, key=lambda entry: str(entry["path"])):
        path = folder / entry["path"]
        size = path.stat().st_size if path.is_file() else 0
        if size != entry.get("bytes"):
            raise damaged(path, ValueError(f"{size:,} bytes of {entry.get('bytes')}"))
        yield path


def _files(folder: Path, name: str) -> Sequence[Mapping[str, Any]]:
    """What the manifest of a run, or the marker of a command for one part, lists."""
    for file, finished in (("manifest.json", "stages"), ("codecorpus.json", "settings")):
        try:
            told = json.loads((folder / file).read_text(encoding="utf-8"))
            if finished in told:
                return [entry for entry in told["files"] if isinstance(entry, dict)]
        except (FileNotFoundError, NotADirectoryError):
            continue
        except (OSError, ValueError, TypeError, KeyError, RecursionError) as error:
            raise RunError(f"{name}: {file} cannot be read: {error}", "Make this run again.") from None
        raise RunError(f"{name}: this run is not finished", "Run its command again; it continues.")
    if (folder / "work").is_dir():
        raise RunError(
            f"{name}: this run is not finished", "Run the same `codecorpus build` again; it continues."
        )
    what = "is not a run" if folder.exists() else "no such folder"
    raise RunError(
        f"{name}: {what}", "Name the --out folder of a finished `codecorpus build` or `codecorpus dedup`."
    )


def _check_made_with(part: Path, name: str, options: DedupOptions) -> None:
    schema = check_part(part)
    needed = json.loads(made_with(options))
    try:
        found = json.loads((schema.metadata or {})[MADE_WITH])
        differ = [key for key in (found | needed) if found.get(key) != needed.get(key)]
        if found.get("code") is True:  # keys of code that nobody asks for do no harm
            differ = [key for key in differ if key != "code"]
    except (KeyError, ValueError, TypeError, RecursionError):
        raise DataError(
            f"{name}: its index does not say how it was made",
            "Make it again, with the command that wrote it.",
        ) from None
    if differ:
        told = ", ".join(f"{key} {found.get(key)} (here {needed.get(key)})" for key in differ)
        settable = [
            f"dedup.{key}={str(found[key]).lower()}" for key in differ if key in _KEYS and key in found
        ]
        hint = (
            f"Search as it was made, with --set {' --set '.join(settable)}, or make it again as this search is."
            if len(settable) == len(differ)
            else "It was made by another version of the program: make it again."
        )
        raise DataError(f"{name}: its index was made with {told}", hint)
    _check_columns(part, schema, options)


def _check_columns(part: Path, schema: pa.Schema, options: DedupOptions) -> None:
    """See that all columns are there that a search looks at: not those of the keep-policy, nor of the structural level."""
    names = ["doc_id", "content_key", "code_key", "shingle_count", *band_names(options), SHINGLES]
    wanted = index_schema(options)
    wrong = [
        name
        for name in names
        if name not in schema.names or schema.field(name).type != wanted.field(name).type
    ]
    if wrong:
        raise damaged(part, ValueError(f"wrong or missing columns: {', '.join(wrong[:3])}"))

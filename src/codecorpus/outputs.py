"""The folder that a command for one part writes: tables, and `codecorpus.json`, which says whose they are.

What comes in: a folder's name and something that writes files. What goes out: those files under their names, and the marker, which
lists each of them with its hash and says what was asked. The marker is written first (unfinished, with every name that may be
there) and last (finished), so that a killed command leaves a folder that the same command takes up again, and nothing that
somebody else put there is ever touched.
"""

from __future__ import annotations

import fcntl
import json
import os
import re
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from importlib import metadata
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from codecorpus.errors import OutputError, RunError
from codecorpus.formats.names import FORMATS
from codecorpus.run.store import publish_file, sha256_file, storage_errors, write_json

MARKER = "codecorpus.json"
_TEMPORARY = ".tmp-"
_TABLES = "(documents|clusters|decisions|index|pairs|repositories|sequences)"
_FORMAT_FOLDER = rf"formats/({'|'.join(FORMATS)})(/(tokens|label_mask))?"
_OWN_FILE = re.compile(rf"{_TABLES}/part-\d{{5}}\.parquet|{_FORMAT_FOLDER}/[a-z][\w-]*(\.[\w-]+)*")
#: What a killed command may leave of a file that was about to get its name.
_HALF_NAMED = re.compile(
    rf"({_TABLES}/)?\.(part-\d{{5}}\.parquet|codecorpus\.json)\.\d+\.tmp|{_FORMAT_FOLDER}/\.[\w.-]+\.\d+\.tmp"
)


def check_output(out: Path, command: str) -> None:
    """See that `command` may write into `out`, before any work is done.

    Args:
        out: a folder, which need not exist.
        command: the command that is going to write, such as `dedup`.

    Raises:
        OutputError: it cannot be written, or holds anything but what the same command wrote.
    """
    _check_place(out)
    if not out.exists():
        return
    marker = _read_marker(out)
    own = {MARKER, *_names(marker)} if marker.get("command") == command else set()
    others = [name for name in _files_in(out) if name not in own and not _is_leftover(name)]
    if not own:
        others += [name for name in os.listdir(out) if name.startswith(_TEMPORARY) or (out / name).is_dir()]
    if others:
        shown = sorted({name.partition("/")[0] for name in others})
        raise OutputError(
            f"{out}: holds something else ({', '.join(shown[:3])}{', …' if len(shown) > 3 else ''})",
            "Choose an empty or new folder with --out; nothing there was touched.",
        )


def write_output(
    out: Path, command: str, write: Callable[[Path], object], *, settings: Mapping[str, Any]
) -> None:
    """Have `write` fill a temporary folder, then give its files their names in `out`; what an earlier call left is replaced.

    Args:
        out: the folder; `check_output` accepted it.
        command: the command that writes.
        write: writes files into the folder it is given, which exists.
        settings: what was asked, for the marker: plain JSON values.

    Raises:
        StorageError: the disk refused.
    """
    with storage_errors(out), _held(out):
        marker = _read_marker(out)
        before = _names(marker)
        _mark(out, command, [{"path": name} for name in before])
        temporary = out / f"{_TEMPORARY}{os.getpid()}"
        temporary.mkdir()
        try:
            write(temporary)
        except Exception:
            write_json(out / MARKER, marker) if marker else (out / MARKER).unlink(missing_ok=True)
            raise
        names = sorted(_files_in(temporary))
        _mark(out, command, [{"path": name} for name in sorted({*before, *names})])
        for name in names:
            publish_file(temporary / name, out / name)
        shutil.rmtree(temporary)
        for name in set(before) - set(names):
            (out / name).unlink(missing_ok=True)
            with suppress(OSError):  # other parts are in it
                for folder in (out / name).relative_to(out).parents[:-1]:
                    (out / folder).rmdir()
        _mark(out, command, [_entry(out, name) for name in names], settings=settings)


@contextmanager
def _held(out: Path) -> Iterator[None]:
    """Hold a folder for one command: made if need be, removed again if nothing came into it, and rid of what a killed command left.

    Raises:
        OutputError: another command works in it.
    """
    made = [folder for folder in (out, *out.parents) if not folder.exists()]
    out.mkdir(parents=True, exist_ok=True)
    lock = os.open(out, os.O_RDONLY | os.O_CLOEXEC)
    try:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise OutputError(
                f"{out}: another command is working in this folder", "Wait for it, or choose another --out."
            ) from None
        _remove_leftovers(out)
        try:
            yield
        finally:
            _remove_leftovers(out)
    finally:
        os.close(lock)
        for folder in made:
            with suppress(OSError):  # it is not empty: the command wrote its files
                folder.rmdir()


def _remove_leftovers(out: Path) -> None:
    """Remove temporary folders and half-named files; only the holder of the folder may."""
    for path in out.glob(f"{_TEMPORARY}*"):
        shutil.rmtree(path, ignore_errors=True)
    for name in list(_files_in(out)):
        if _HALF_NAMED.fullmatch(name):
            (out / name).unlink(missing_ok=True)


def _is_leftover(name: str) -> bool:
    """Whether a killed command may have left this.

    >>> _is_leftover(".tmp-42/documents/x"), _is_leftover("index/.part-00000.parquet.42.tmp"), _is_leftover("x.tmp")
    (True, True, False)
    """
    return name.startswith(_TEMPORARY) or _HALF_NAMED.fullmatch(name) is not None


def is_output(folder: Path) -> bool:
    """Whether a command for one part wrote this folder, completely or not."""
    return "command" in _read_marker(folder)


def output_documents(folder: Path) -> list[Path]:
    """The files of documents in such a folder.

    Raises:
        RunError: the command did not finish, or what it writes is not documents.
    """
    marker = _read_marker(folder)
    command = marker.get("command")
    if "settings" not in marker:
        raise RunError(f"{folder}: this output is not finished", f"Run `codecorpus {command}` again.")
    found = [folder / name for name in _names(marker) if name.startswith("documents/")]
    if not found:
        raise RunError(
            f"{folder}: written by `codecorpus {command}`, and holds no documents",
            "Give the input that it was made from.",
        )
    return found


def _mark(
    out: Path,
    command: str,
    files: list[dict[str, Any]],
    *,
    settings: Mapping[str, Any] | None = None,
) -> None:
    marker = {"codecorpus": metadata.version("codecorpus"), "command": command, "files": files}
    write_json(out / MARKER, marker if settings is None else {**marker, "settings": dict(settings)})


def _read_marker(out: Path) -> dict[str, Any]:
    """The marker, empty where there is none that is ours."""
    try:
        marker = json.loads((out / MARKER).read_text(encoding="utf-8"))
        return marker if {"codecorpus", "command", "files"} <= set(marker) else {}
    except (OSError, ValueError, TypeError):
        return {}


def _names(marker: Mapping[str, Any]) -> list[str]:
    """The files that the marker lists; only names that a command could have given, because these may be removed."""
    return [entry["path"] for entry in marker.get("files", ()) if _OWN_FILE.fullmatch(entry["path"])]


def _files_in(folder: Path) -> Iterator[str]:
    """Every entry below that is not a folder, and every link, by its path in this folder."""
    for parent, folders, files in os.walk(folder):
        links = [name for name in folders if os.path.islink(os.path.join(parent, name))]
        for name in [*files, *links]:
            yield Path(parent, name).relative_to(folder).as_posix()


def _check_place(folder: Path) -> None:
    """See that a folder is there and can be written, or can be made."""
    nearest = folder
    while not os.path.lexists(nearest) and nearest != nearest.parent:
        nearest = nearest.parent
    if not nearest.is_dir():
        raise OutputError(f"{nearest}: is a file", "Choose a folder with --out.")
    if not os.access(nearest, os.R_OK | os.W_OK | os.X_OK):
        raise OutputError(f"{nearest}: cannot be written", "Choose another folder with --out.")


def _entry(out: Path, name: str) -> dict[str, Any]:
    path = out / name
    entry = {"path": name, "sha256": sha256_file(path), "bytes": path.stat().st_size}
    return {**entry, "rows": pq.read_metadata(path).num_rows} if name.endswith(".parquet") else entry


def check_new_file(file: Path) -> None:
    """See that a single file can be written, before any work is done.

    Raises:
        OutputError: it is a folder, is there already, or its folder cannot be written.
    """
    if file.is_dir():
        raise OutputError(f"{file}: is a folder", "Name the file with --out.")
    _check_place(file.parent)
    if os.path.lexists(file):
        raise OutputError(f"{file}: is there already", "Choose another --out; nothing was written.")


def publish_new_file(file: Path, save: Callable[[Path], object]) -> None:
    """Have `save` write a file under another name, and give it its own when it is complete.

    Raises:
        StorageError: the disk refused.
    """
    with storage_errors(file.parent):
        file.parent.mkdir(parents=True, exist_ok=True)
        temporary = file.parent / f"{_TEMPORARY}{os.getpid()}"
        try:
            save(temporary)
            publish_file(temporary, file)
        finally:
            temporary.unlink(missing_ok=True)


def check_new_tokenizer(file: Path) -> None:
    """See that a tokenizer can be written as `file`, before any work is done.

    Raises:
        OutputError: it is a folder, or one of the files that would be written is there already.
    """
    if file.is_dir():
        raise OutputError(f"{file}: is a folder", f"Name the file, such as {file / 'tokenizer.json'}.")
    for path in _tokenizer_names(file).values():
        check_new_file(path)


def publish_tokenizer(file: Path, save: Callable[[Path], object]) -> list[Path]:
    """Have `save` write a tokenizer's folder, and give its files their names; `file` itself appears last.

    Beside it stand `tokenizer_config.json` and `merges.txt`, with the stem of `file` in front where that is not `tokenizer.json`.

    Raises:
        StorageError: the disk refused.
    """
    with storage_errors(file.parent):
        file.parent.mkdir(parents=True, exist_ok=True)
        temporary = file.parent / f"{_TEMPORARY}{os.getpid()}"
        try:
            save(temporary)
            for name, path in reversed(_tokenizer_names(file).items()):
                publish_file(temporary / name, path)
        finally:
            shutil.rmtree(temporary, ignore_errors=True)
    return list(_tokenizer_names(file).values())


def _tokenizer_names(file: Path) -> dict[str, Path]:
    """Where the files of a tokenizer go: name in a folder of its own → path. Beside `tokenizer.json` they keep their names.

    >>> [path.name for path in _tokenizer_names(Path("code.json")).values()]
    ['code.json', 'code.tokenizer_config.json', 'code.merges.txt']
    """
    prefix = "" if file.name == "tokenizer.json" else f"{file.stem}."
    beside = ("tokenizer_config.json", "merges.txt")
    return {"tokenizer.json": file, **{name: file.with_name(f"{prefix}{name}") for name in beside}}

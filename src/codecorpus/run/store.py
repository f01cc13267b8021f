"""How bytes reach the disk: whole or not at all.

A file appears under its final name by write-to-temporary, fsync, rename; a unit's folder the same way.
Whatever kills the run, no file with a final name is ever half written, and a folder that exists is
complete.
"""

from __future__ import annotations

import errno
import fcntl
import hashlib
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from codecorpus.errors import OutputError, StorageError

#: Errors that say something about the disk, not about one file of the input.
_DISK_ERRORS = {
    errno.ENOSPC,
    errno.EDQUOT,
    errno.EROFS,
    errno.EIO,
    errno.EACCES,
    errno.EPERM,
    errno.EFBIG,
    errno.EMFILE,
}

MARKER = "codecorpus.json"


def sha256_file(path: Path) -> str:
    """Hex SHA-256 of a file's bytes, read in blocks."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def write_file(path: Path, data: bytes | str) -> None:
    """Write a whole file: temporary name in the same folder, fsync, rename, fsync of the folder."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    with temporary.open("wb") as file:
        file.write(data.encode() if isinstance(data, str) else data)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Make a rename in `folder` durable."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def commit_folder(temporary: Path, final: Path) -> None:
    """Give a finished folder its final name; if another process was faster, its equal result stays."""
    for path in [*temporary.rglob("*"), temporary]:
        if path.is_dir():
            sync_folder(path)
            continue
        with path.open("rb") as file:
            os.fsync(file.fileno())
    final.parent.mkdir(parents=True, exist_ok=True)
    try:
        temporary.rename(final)
    except OSError as error:
        if error.errno not in (errno.ENOTEMPTY, errno.EEXIST):
            raise
        shutil.rmtree(temporary)
    sync_folder(final.parent)


def publish_file(source: Path, final: Path) -> None:
    """Make `source` appear as `final`: a hard link where the file system has them, else a copy; by rename either way."""
    temporary = final.with_name(f".{final.name}.{os.getpid()}.tmp")
    final.parent.mkdir(parents=True, exist_ok=True)
    temporary.unlink(missing_ok=True)
    try:
        os.link(source, temporary)
    except OSError:
        shutil.copyfile(source, temporary)
        with temporary.open("rb") as file:
            os.fsync(file.fileno())
    temporary.replace(final)
    # Renaming one hard link over another of the same file is a no-op that leaves the temporary name behind.
    temporary.unlink(missing_ok=True)


def remove_temporaries(folder: Path) -> None:
    """Remove what a run that was killed left under temporary names in a folder and its tables; only the holder of its lock may."""
    for pattern in (".*.*.tmp", "*/.*.*.tmp"):
        for path in folder.glob(pattern):
            path.unlink(missing_ok=True)


def write_json(path: Path, value: Any) -> None:
    """Write JSON with sorted keys and one value a line, so that equal values are equal bytes."""
    write_file(path, json.dumps(value, indent=1, sort_keys=True, ensure_ascii=False) + "\n")


@contextmanager
def storage_errors(where: Path) -> Iterator[None]:
    """Turn an error of the disk into a `StorageError` that names the folder."""
    try:
        yield
    except OSError as error:
        if error.errno not in _DISK_ERRORS:
            raise
        raise StorageError(
            f"{where}: {os.strerror(error.errno or 0)}",
            "Make room or choose another --out; the same command then continues.",
        ) from error


@contextmanager
def locked_output(out: Path, *, fresh: bool) -> Iterator[None]:
    """Hold `out` for one run: create it, refuse what is not ours, refuse a second run at the same time.

    Raises:
        OutputError: the folder holds something else, or another run works in it.
        StorageError: it cannot be written.
    """
    _check_folder(out)
    work = out / "work"
    try:
        work.mkdir(parents=True, exist_ok=True)
        lock = os.open(work / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    except OSError as error:
        raise StorageError(
            f"{out}: cannot be written: {error.strerror}", "Choose another folder with --out."
        ) from None
    try:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise OutputError(
                f"{out}: another run is working in this folder", "Wait for it, or choose another --out."
            ) from None
        with storage_errors(out):
            if fresh:
                _empty(out)
            if not (work / MARKER).exists():
                write_json(work / MARKER, {"codecorpus": "run"})
            shutil.rmtree(work / "tmp", ignore_errors=True)
            (work / "tmp").mkdir()
        yield
    finally:
        os.close(lock)


def is_run_folder(folder: Path) -> bool:
    """Whether `folder` is the output of a run, finished or not."""
    if (folder / "work" / MARKER).is_file():
        return True
    with suppress(OSError, ValueError):
        return "codecorpus" in json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    return False


def _check_folder(out: Path) -> None:
    if out.exists() and not out.is_dir():
        raise OutputError(f"{out}: is a file", "Choose a folder with --out.")
    if not out.exists() or is_run_folder(out):
        return
    try:
        others = sorted(entry.name for entry in out.iterdir())
    except OSError as error:
        raise OutputError(
            f"{out}: cannot be read: {error.strerror}", "Choose another folder with --out."
        ) from None
    # A run that was killed before its first write leaves only an empty work folder.
    if others and not (others == ["work"] and {e.name for e in (out / "work").iterdir()} <= {"lock", "tmp"}):
        raise OutputError(
            f"{out}: holds something else ({', '.join(others[:3])}{', …' if len(others) > 3 else ''})",
            "Choose an empty or new folder with --out; nothing there was touched.",
        )


#: What a run publishes at the top of its folder, and nothing else is ever removed by it.
PUBLISHED = (
    "README.md",
    "NOTICE",
    "croissant.json",
    "report.html",
    "config.toml",
    "manifest.json",
    "documents",
    "decisions",
    "clusters",
    "index",
    "lookup",
    "pairs",
    "repositories",
    "licences",
    "samples",
    "tokenizer",
    "sequences",
    "tasks",
)


def _empty(out: Path) -> None:
    for name in PUBLISHED:
        path = out / name
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)
    for path in (out / "work").iterdir():
        if path.is_dir():
            shutil.rmtree(path)
        elif path.name != "lock":
            path.unlink()

"""Folders on disk: a folder of repositories, or one repository's working tree.

Nothing is followed, opened twice or waited for: links, fifos and devices are decisions. Folders of version control (`.git`, `.hg`, `.svn`)
are not content. The walk keeps its own stack, so depth costs no recursion.
"""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from codecorpus.sources.language import binary_tag
from codecorpus.sources.opt_out import left_out, opt_outs
from codecorpus.sources.options import SourceOptions
from codecorpus.sources.part import Part, cut_stretches, hash_fields, part_key
from codecorpus.sources.rows import Entry, display_path, too_large
from codecorpus.sources.streams import NotRegularError, open_regular

#: Folders of version control, which are not content.
CONTROL = frozenset({".git", ".hg", ".svn"})


@dataclass(frozen=True, slots=True)
class Found:
    """One entry of a walk; `path` is relative, and ends with a slash where a folder could not be listed."""

    path: str
    size: int
    mtime_ns: int
    ctime_ns: int

    @property
    def fingerprint(self) -> str:
        """Path, size and times in one string."""
        return f"{self.path}\0{self.size}\0{self.mtime_ns}\0{self.ctime_ns}"


def walk(root: str, exclude: frozenset[str] = frozenset()) -> list[Found]:
    """Everything below a folder that is not a folder itself, sorted by path.

    Args:
        root: absolute path of the folder, without links in it.
        exclude: absolute paths of folders that are not looked into.
    """
    found: list[Found] = []
    folders = [""]
    while folders:
        relative = folders.pop()
        try:
            with os.scandir(os.path.join(root, relative)) as entries:
                for entry in entries:
                    path = relative + entry.name
                    if entry.is_dir(follow_symlinks=False):
                        if entry.name not in CONTROL and os.path.join(root, path) not in exclude:
                            folders.append(path + "/")
                    elif path != ".git" and not path.endswith("/.git"):
                        found.append(look_at(root, path))
        except OSError:
            # Kept as an entry of its own: the reader meets the same error and makes a decision of it.
            found.append(Found(relative, 0, 0, 0))
    return sorted(found, key=lambda entry: os.fsencode(entry.path))


def look_at(root: str, path: str) -> Found:
    """Size and times of one entry; zeros where it cannot be asked."""
    try:
        status = os.lstat(os.path.join(root, path))
    except OSError:
        return Found(path, 0, 0, 0)
    size = status.st_size if stat.S_ISREG(status.st_mode) else 0
    return Found(path, size, status.st_mtime_ns, status.st_ctime_ns)


def folder_parts(
    location: str, repo_name: str, names: tuple[str, ...], entries: list[Found]
) -> Iterator[Part]:
    """Cut a repository's entries into parts.

    Args:
        location: absolute path of the folder that the entries are relative to.
        repo_name: the repository's name in the tables.
        names: what leads to the folder, for the key: the source, then the child.
        entries: sorted by path.
    """
    for stretch in cut_stretches((entry, entry.path, entry.size) for entry in entries):
        yield Part(
            kind="folder",
            location=location,
            repo_name=display_path(repo_name),
            key=part_key(*names, stretch[0].path),
            fingerprint=hash_fields(entry.fingerprint for entry in stretch),
            size=sum(entry.size for entry in stretch),
            items=tuple(entry.path for entry in stretch),
        )


def read_folder(part: Part, options: SourceOptions) -> Iterator[Entry]:
    """One entry for each path of the part."""
    outs = opt_outs(options.opt_out)
    for item in part.items:
        repo, path = part.repo_name or "", display_path(item)
        if outs and (entry := left_out(outs, repo, path, look_at(part.location, item).size)):
            yield entry
        else:
            yield _read_file(part, item, options.max_bytes)


def _read_file(part: Part, item: str, max_bytes: int) -> Entry:
    repo, path = part.repo_name or "", display_path(item)
    location = os.path.join(part.location, item)
    try:
        status = os.lstat(location)
        if stat.S_ISLNK(status.st_mode):
            return Entry(repo, path, code="CC002", detail="symbolic link")
        if stat.S_ISDIR(status.st_mode):
            os.listdir(location)
            return Entry(repo, path, code="CC001", detail="the folder changed while it was read")
        if not stat.S_ISREG(status.st_mode):
            return Entry(repo, path, code="CC003", detail=_kind_of(status.st_mode))
        size = status.st_size
        if size > max_bytes:
            return too_large(repo, path, size, max_bytes)
        tag = binary_tag(path)
        if tag is not None:
            return Entry(repo, path, size, code="CC004", detail=f"{tag} by its name")
        with open_regular(location) as file:
            raw = file.read(max_bytes + 1)
    except NotRegularError:
        return Entry(repo, path, code="CC003", detail="not a regular file")
    except OSError as error:
        code = "CC002" if error.errno == errno.ELOOP else "CC001"
        return Entry(repo, path, code=code, detail=error.strerror or str(error))
    if len(raw) > max_bytes:
        return too_large(repo, path, len(raw), max_bytes)
    return Entry(repo, path, len(raw), raw)


def _kind_of(mode: int) -> str:
    kinds = ((stat.S_ISFIFO, "fifo"), (stat.S_ISSOCK, "socket"), (stat.S_ISBLK, "block device"))
    return next((name for test, name in kinds if test(mode)), "character device")


def is_working_tree(folder: Path) -> bool:
    """Whether the folder is one repository with its `.git` in it."""
    return os.path.lexists(folder / ".git")

"""Tar and zip archives, streamed member by member; nothing is ever extracted.

An archive is one repository, named like the file without its extensions. A leading folder of just that name
(`flask-3.0/` in `flask-3.0.tar.gz`) is left out of the paths. Where a name occurs twice, both members are read. Unsafe
names, links and devices are decisions; a broken, cut or swelling archive yields what stood before, and one CC008 for the rest.
"""

from __future__ import annotations

import os
import re
import stat
import tarfile
import zipfile
from collections.abc import Iterator

from codecorpus.sources.language import binary_tag
from codecorpus.sources.opt_out import left_out, opt_outs
from codecorpus.sources.options import SourceOptions
from codecorpus.sources.part import Part
from codecorpus.sources.rows import Entry, display_path, too_large
from codecorpus.sources.streams import (
    DAMAGE,
    ForwardStream,
    as_file,
    bomb_budget,
    decompress,
    open_place,
    size_of,
)

_EXTENSION = re.compile(r"(?:\.tar(?:\.(?:gz|bz2|xz|zst))?|\.tgz|\.tbz2|\.txz|\.tzst|\.zip)$", re.IGNORECASE)
_MAX_PATH = 4096
#: What one header of a tar archive may hold (long names, attributes).
_MAX_HEADER = 1 << 20
_ZIP_ENCRYPTED = 0x1
_UNREADABLE_MEMBER = (*DAMAGE, zipfile.BadZipFile, RuntimeError, NotImplementedError, KeyError)


def is_archive(name: str) -> bool:
    """Whether the name is that of an archive read here."""
    return _EXTENSION.search(name) is not None


def archive_stem(name: str) -> str:
    """The archive's name without its extensions.

    >>> archive_stem("flask-3.0.tar.gz")
    'flask-3.0'
    """
    return _EXTENSION.sub("", name)


def read_archive(part: Part, options: SourceOptions) -> Iterator[Entry]:
    """One entry for each member that is no folder, and one for the rest where the archive is damaged."""
    name = os.path.basename(part.location)
    reader = _read_zip if name.lower().endswith(".zip") else _read_tar
    try:
        yield from reader(part, options)
    except (*DAMAGE, zipfile.BadZipFile) as error:
        yield Entry(part.repo_name or "", display_path(name), code="CC008", detail=_said(error))


def _read_tar(part: Part, options: SourceOptions) -> Iterator[Entry]:
    repo, outs = part.repo_name or "", opt_outs(options.opt_out)
    max_read = options.max_bytes + _MAX_HEADER
    with open_place(part.location, part.access) as raw:
        budget = bomb_budget(size_of(raw))
        stream = ForwardStream(decompress(raw, part.location), budget=budget, max_read=max_read)
        with tarfile.TarFile(fileobj=as_file(stream), mode="r", errors="surrogateescape") as archive:
            while (member := archive.next()) is not None:
                # TarFile remembers every member; a stream needs none of them.
                archive.members.clear()  # type: ignore[attr-defined]
                if not member.isdir():
                    path = _inner_path(display_path(member.name), repo)
                    yield left_out(outs, repo, path, max(member.size, 0)) or _read_tar_member(
                        archive, member, repo, options.max_bytes
                    )
        _refuse_cut(stream)


def _refuse_cut(stream: ForwardStream) -> None:
    """Raise where tarfile took a cut or broken header for the end: an archive ends with a block of zeros."""
    if len(stream.tail) < tarfile.BLOCKSIZE:
        raise tarfile.ReadError("cut short: the end mark is missing")
    if any(stream.tail):
        raise tarfile.ReadError("broken header")


def _read_tar_member(archive: tarfile.TarFile, member: tarfile.TarInfo, repo: str, max_bytes: int) -> Entry:
    path = _inner_path(display_path(member.name), repo)
    if member.issym() or member.islnk():
        return Entry(repo, path, code="CC002", detail="symbolic link" if member.issym() else "hard link")
    if not member.isreg():
        return Entry(repo, path, code="CC003", detail="fifo" if member.isfifo() else "device or unknown type")
    verdict = _verdict(repo, path, member.size, max_bytes)
    if verdict is not None:
        return verdict
    file = archive.extractfile(member)
    raw = file.read(max_bytes + 1) if file is not None else b""
    if len(raw) != member.size:
        raise tarfile.ReadError(f"cut short inside {path}")
    return Entry(repo, path, len(raw), raw)


def _read_zip(part: Part, options: SourceOptions) -> Iterator[Entry]:
    repo, outs = part.repo_name or "", opt_outs(options.opt_out)
    with open_place(part.location, part.access) as raw, zipfile.ZipFile(raw) as archive:
        left = bomb_budget(size_of(raw))
        for member in archive.infolist():
            if member.is_dir():
                continue
            path = _inner_path(display_path(member.filename), repo)
            entry = left_out(outs, repo, path, member.file_size) or _read_zip_member(
                archive, member, repo, options.max_bytes
            )
            left -= entry.size if entry.raw is not None or entry.code == "CC001" else 0
            if left < 0:
                raise zipfile.BadZipFile("more bytes decompressed than is plausible: taken for a bomb")
            yield entry


def _read_zip_member(archive: zipfile.ZipFile, member: zipfile.ZipInfo, repo: str, max_bytes: int) -> Entry:
    path = _inner_path(display_path(member.filename), repo)
    kind = stat.S_IFMT(member.external_attr >> 16)
    if kind == stat.S_IFLNK:
        return Entry(repo, path, code="CC002", detail="symbolic link")
    if kind not in (0, stat.S_IFREG):
        return Entry(repo, path, code="CC003", detail="fifo, socket or device")
    verdict = _verdict(repo, path, member.file_size, max_bytes)
    if verdict is not None:
        return verdict
    if member.flag_bits & _ZIP_ENCRYPTED:
        return Entry(repo, path, code="CC001", detail="encrypted")
    try:
        # By ZipInfo, not by name: of two members with one name, each is read.
        with archive.open(member) as file:
            raw = file.read(max_bytes + 1)
    except _UNREADABLE_MEMBER as error:
        return Entry(repo, path, member.file_size, code="CC001", detail=_said(error))
    return (
        too_large(repo, path, len(raw), max_bytes)
        if len(raw) > max_bytes
        else Entry(repo, path, len(raw), raw)
    )


def _verdict(repo: str, path: str, size: int, max_bytes: int) -> Entry | None:
    """The decision on a member that need not be read, None where it must be."""
    if not _is_safe(path):
        return Entry(repo, path, max(size, 0), code="CC007", detail="absolute, empty, too long, or with `..`")
    if size > max_bytes:
        return too_large(repo, path, size, max_bytes)
    tag = binary_tag(path)
    return Entry(repo, path, size, code="CC004", detail=f"{tag} by its name") if tag else None


def _is_safe(path: str) -> bool:
    """Whether a member's path stays below the folder it would be unpacked in, on any system."""
    parts = re.split(r"[/\\]", path)
    drive = re.match(r"[A-Za-z]:", path)
    return (
        bool(path)
        and not path.startswith(("/", "\\"))
        and ".." not in parts
        and not drive
        and len(path.encode()) <= _MAX_PATH
    )


def _inner_path(name: str, repo: str) -> str:
    """The member's path in the repository: without `./` before it, and without a leading folder named like the archive."""
    while name.startswith("./"):
        name = name[2:]
    return name.removeprefix(f"{repo}/") or name


def _said(error: BaseException) -> str:
    return f"{type(error).__name__}: {error}" if str(error) else type(error).__name__

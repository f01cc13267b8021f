"""Bare git repositories: the blobs of one revision, listed by `git ls-tree` and read by one `git cat-file --batch`.

A repository from a dump is hostile until shown otherwise, and git runs commands that a repository's own files name: filters,
hooks, fsmonitor, external diff, ssh. So only `rev-parse`, `ls-tree` and `cat-file` are used, which read objects and nothing
else, in an environment of ours: no system or user configuration, no inherited GIT_ variables, no transport (a missing object of
a partial clone is not fetched). Objects outside the repository (alternates, links, shared worktrees) are refused: they can point
at any other repository of the machine. So is what git would wait for, a fifo among the objects or in an included configuration.
"""

from __future__ import annotations

import os
import re
import stat
import subprocess
import tempfile
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO

from codecorpus.dates import committer_seconds
from codecorpus.errors import SourceError
from codecorpus.sources.language import binary_tag
from codecorpus.sources.opt_out import left_out, opt_outs
from codecorpus.sources.options import SourceOptions
from codecorpus.sources.part import Part, cut_stretches, hash_fields, part_key
from codecorpus.sources.rows import Entry, display_path, too_large

#: (mode, object id, path as the file system would name it, bytes; -1 where git does not know them)
Blob = tuple[str, str, str, int]

_REGULAR = ("100644", "100755", "100664")

#: Bytes of a repository's configuration; git writes some hundred.
_MOST_CONFIG = 1 << 20
_INCLUDE = re.compile(rb"\[\s*include", re.IGNORECASE)

#: Files of a revision that are listed, bytes of one line of the list, and seconds that listing may take: the largest repositories known
#: have some hundred thousand files, and git lists a million in some ten seconds.
_MOST_FILES = 5_000_000
_MOST_RECORD = 1 << 20
_LISTING_SECONDS = 900

#: Bytes of a commit that are looked at for its date: names have no limit, but honest ones are short.
_COMMIT_HEAD = 65_536


def is_git_folder(folder: Path) -> bool:
    """Whether the folder is a bare repository, or a `.git` folder."""
    return (folder / "HEAD").is_file() and (folder / "objects").is_dir() and (folder / "refs").is_dir()


def git_repo_name(folder: Path) -> str:
    """`flask` for `flask.git` and for `flask/.git`."""
    return folder.parent.name if folder.name == ".git" else folder.name.removesuffix(".git")


def git_parts(folder: Path, names: tuple[str, ...], options: SourceOptions) -> Iterator[Part]:
    """List the revision's blobs and cut them into parts.

    Raises:
        SourceError: the repository has no such revision, keeps objects elsewhere, or git cannot read it.
    """
    location = str(folder)
    _refuse_outside_objects(folder)
    commit = _resolve(location, options.revision)
    blobs, damage = _list_blobs(location, commit)
    revision_date = _commit_date(location, commit)
    repo_name = display_path(git_repo_name(folder))
    for stretch in cut_stretches((blob, blob[2], max(blob[3], 0)) for blob in blobs):
        yield Part(
            kind="git",
            location=location,
            repo_name=repo_name,
            key=part_key(*names, stretch[0][2]),
            fingerprint=hash_fields([commit, *(field for blob in stretch for field in blob[:3])]),
            size=sum(max(blob[3], 0) for blob in stretch),
            items=tuple(stretch),
            revision=commit,
            revision_date=revision_date,
        )
    if damage:
        items = ("CC008", "", damage)
        yield Part(
            "damaged",
            location,
            repo_name,
            part_key(*names, "damage"),
            hash_fields([commit, damage]),
            0,
            items,
        )


def read_git(part: Part, options: SourceOptions) -> Iterator[Entry]:
    """One entry for each blob, link or submodule of the part, in the order of the tree."""
    repo, outs = part.repo_name or "", opt_outs(options.opt_out)
    verdicts = [
        left_out(outs, repo, display_path(blob[2]), max(blob[3], 0))
        or _verdict(repo, blob, options.max_bytes)
        for blob in part.items
    ]
    wanted = [blob for blob, verdict in zip(part.items, verdicts, strict=True) if verdict is None]
    contents = _read_blobs(part.location, [blob[1] for blob in wanted])
    for blob, verdict in zip(part.items, verdicts, strict=True):
        if verdict is not None:
            yield verdict
            continue
        path = display_path(blob[2])
        raw, damage = next(contents)
        if raw is None:
            yield Entry(repo, path, max(blob[3], 0), code="CC001", detail=damage)
        else:
            known = {"revision_id": part.revision, "revision_date": part.revision_date}
            yield Entry(repo, path, len(raw), raw, known=known)


def _verdict(repo: str, blob: Blob, max_bytes: int) -> Entry | None:
    """The decision on a blob that need not be read, None where it must be."""
    mode, _, item, size = blob
    path = display_path(item)
    if mode == "120000":
        return Entry(repo, path, code="CC002", detail="symbolic link")
    if mode not in _REGULAR:
        return Entry(repo, path, code="CC003", detail="submodule" if mode == "160000" else f"mode {mode}")
    if size > max_bytes:
        return too_large(repo, path, size, max_bytes)
    tag = binary_tag(path)
    return Entry(repo, path, max(size, 0), code="CC004", detail=f"{tag} by its name") if tag else None


def _read_blobs(location: str, ids: Sequence[str]) -> Iterator[tuple[bytes | None, str]]:
    """Bytes of each object in order, or None and the reason.

    git ends at an object that it cannot unpack; it is started again behind it.
    """
    done = 0
    while done < len(ids):
        with _cat_file(location, ids[done:]) as process:
            output = process.stdout
            assert output is not None
            while done < len(ids):
                answer = _next_object(output)
                if answer is None:
                    break
                done += 1
                yield answer
            process.kill()
        if done < len(ids):
            done += 1
            yield None, "git cannot read this object"


def _cat_file(location: str, ids: Sequence[str]) -> subprocess.Popen[bytes]:
    # A file as standard input: a pipe would need a thread that writes while we read.
    with tempfile.TemporaryFile() as requests:
        requests.write("".join(f"{oid}\n" for oid in ids).encode())
        requests.seek(0)
        command = _command(location, "cat-file", "--batch", "--buffer")
        return subprocess.Popen(
            command,
            stdin=requests,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=_environment(),
            cwd="/",
            bufsize=1 << 20,
        )


def _next_object(output: IO[bytes]) -> tuple[bytes | None, str] | None:
    """One answer of `cat-file --batch`: `<id> <type> <size>`, the bytes, a line feed; None where the output ended."""
    header = output.readline()
    fields = header.split()
    if len(fields) != 3:
        return (
            (None, f"object is {fields[1].decode()}") if header.endswith(b"\n") and len(fields) == 2 else None
        )
    raw = output.read(int(fields[2]))
    if len(raw) != int(fields[2]) or output.read(1) != b"\n":
        return None
    return (raw, "") if fields[1] == b"blob" else (None, f"object is a {fields[1].decode()}, not a blob")


def _commit_date(location: str, commit: str) -> int | None:
    """The committer's date of a commit, from the head of the object: its message may be of any length."""
    with _cat_file(location, [commit]) as process:
        output = process.stdout
        assert output is not None
        kind = output.readline().split()[1:2]
        head = output.read(_COMMIT_HEAD) if kind == [b"commit"] else b""
        process.kill()
    return committer_seconds(head)


def _list_blobs(location: str, commit: str) -> tuple[list[Blob], str]:
    """Blobs of a commit's tree in git's order, and what kept git from listing the rest, "" where nothing did.

    Trees may name each other again and again, and a few kilobytes of them stand for more files than can be listed in a lifetime.
    """
    blobs: list[Blob] = []
    with tempfile.TemporaryFile() as said:
        is_late = threading.Event()
        process = _start(location, "ls-tree", "-r", "-z", "-l", "--full-tree", commit, stderr=said)
        late = threading.Timer(_LISTING_SECONDS, _end, (process, is_late))
        late.start()
        try:
            with process:
                assert process.stdout is not None
                for record in _records(process.stdout):
                    if len(record) > _MOST_RECORD or len(blobs) == _MOST_FILES:
                        process.kill()
                        what = "a path" if len(record) > _MOST_RECORD else f"more than {_MOST_FILES:,} files"
                        return blobs, f"{what} without end: the rest is not listed"
                    blobs.append(_blob(record))
        finally:
            late.cancel()
        if is_late.is_set():
            # Nothing of it: how far git comes in some time is not to decide what a corpus holds.
            return [], f"git did not list it in {_LISTING_SECONDS} s"
        if process.returncode == 0:
            return blobs, ""
        said.seek(0)
        return blobs, _reason(said.read(_MOST_RECORD)) or "git cannot list the whole tree"


def _end(process: subprocess.Popen[bytes], is_late: threading.Event) -> None:
    is_late.set()
    process.kill()


def _records(output: IO[bytes]) -> Iterator[bytes]:
    """What stands before each NUL; what is longer than a path may be is given out before its end."""
    rest = b""
    while data := output.read(1 << 20):
        *whole, rest = (rest + data).split(b"\0")
        yield from whole
        if len(rest) > _MOST_RECORD:
            yield rest


def _blob(record: bytes) -> Blob:
    head, _, name = record.partition(b"\t")
    mode, _, oid, size = head.split()
    return mode.decode(), oid.decode(), os.fsdecode(name), int(size) if size.isdigit() else -1


def _resolve(location: str, revision: str) -> str:
    answer = _run(location, "rev-parse", "--verify", "--quiet", f"{revision}^{{commit}}")
    commit = answer.stdout.decode("ascii", "replace").strip()
    if answer.returncode == 0 and commit:
        return commit.splitlines()[-1]
    said = _reason(answer.stderr)
    raise SourceError(
        f"{location}: the git repository has no revision {revision!r}" + (f" ({said})" if said else ""),
        "It may be empty, or the branch has another name: set it with --set source.revision=NAME.",
    )


def _refuse_outside_objects(folder: Path) -> None:
    hint = "Make a copy that holds all of its objects: git clone --bare --no-local OLD NEW."
    root = os.path.realpath(folder)
    if os.path.lexists(folder / "commondir"):
        raise SourceError(f"{folder}: a worktree that keeps its objects in another repository", hint)
    for name in ("objects/info/alternates", "objects/info/http-alternates"):
        if os.path.lexists(folder / name):
            raise SourceError(f"{folder}: keeps objects in another folder ({name})", hint)
    for entry in _looked_at(folder):
        name = os.path.relpath(entry.path, folder)
        if entry.is_symlink() and os.path.commonpath([root, os.path.realpath(entry.path)]) != root:
            raise SourceError(f"{folder}: {display_path(name)} is a link that leaves the repository", hint)
        # A socket cannot be opened; git's own daemon leaves one.
        if stat.S_IFMT(_mode(entry)) in (stat.S_IFIFO, stat.S_IFCHR, stat.S_IFBLK):
            raise SourceError(f"{folder}: {display_path(name)} is a fifo or device", hint)
    for name in ("config", "config.worktree"):
        if _includes(folder / name):
            raise SourceError(f"{folder}: its {name} includes other files, or is none of git's", hint)


def _looked_at(folder: Path) -> Iterator[os.DirEntry[str]]:
    """The entries that git may open: those of the folder itself, and all below objects, refs and info. Links are not followed."""
    folders = [os.fspath(folder), *(os.path.join(folder, name) for name in ("objects", "refs", "info"))]
    top = folders[0]
    while folders:
        place = folders.pop()
        if os.path.islink(place) or not os.path.isdir(place):
            continue
        with os.scandir(place) as entries:
            for entry in entries:
                yield entry
                if place != top and entry.is_dir(follow_symlinks=False):
                    folders.append(entry.path)


def _mode(entry: os.DirEntry[str]) -> int:
    """The mode of what an entry leads to; 0 where it leads nowhere."""
    if entry.is_file() or entry.is_dir():  # known from the listing, without a call
        return 0
    try:
        return entry.stat().st_mode
    except OSError:
        return 0


def _includes(config: Path) -> bool:
    """Whether a configuration names other files to be read, which may be anything, or is not the few lines that git writes."""
    try:
        with config.open("rb") as file:
            text = file.read(_MOST_CONFIG + 1)
    except OSError:
        return False
    return len(text) > _MOST_CONFIG or _INCLUDE.search(text) is not None


def _command(location: str, *arguments: str) -> list[str]:
    # safe.directory: dumps often belong to another user; git heeds it on the command line only, not from the repository.
    return [
        "git",
        "-c",
        "safe.directory=*",
        "-c",
        "core.fsmonitor=false",
        f"--git-dir={location}",
        *arguments,
    ]


def _environment() -> dict[str, str]:
    return {
        "PATH": os.environ.get("PATH", os.defpath),
        "HOME": "/nonexistent",
        "LC_ALL": "C",
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_OPTIONAL_LOCKS": "0",
        "GIT_NO_REPLACE_OBJECTS": "1",
        # Older git does not know the first; with no transport allowed it has nothing to fetch with.
        "GIT_NO_LAZY_FETCH": "1",
        "GIT_ALLOW_PROTOCOL": "none",
    }


def _run(location: str, *arguments: str) -> subprocess.CompletedProcess[bytes]:
    with _start(location, *arguments, stderr=subprocess.PIPE) as process:
        output, said = process.communicate()
    return subprocess.CompletedProcess(arguments, process.returncode, output, said)


def _start(location: str, *arguments: str, stderr: IO[bytes] | int) -> subprocess.Popen[bytes]:
    try:
        return subprocess.Popen(
            _command(location, *arguments),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=stderr,
            env=_environment(),
            cwd="/",
        )
    except FileNotFoundError:
        raise SourceError(
            f"{location} is a git repository, and there is no git command",
            "Install git, or give the files as a folder.",
        ) from None


def _reason(said: bytes) -> str:
    lines = said.decode("utf-8", "backslashreplace").strip().splitlines()
    return lines[0].removeprefix("fatal: ") if lines else ""

"""A run in an object store: finished units and published files go up whole, and count only once their marker is there.

The machine that works on a run has a folder of it, which is a cache: units are written there as in any run, then their files are uploaded,
`unit.json` last. An object alone proves nothing: a stream that is dropped leaves a part of the file under its final name. So a unit is
believed by its marker, a published file by the manifest, which goes up last and is taken away first; both hold the SHA-256 of every
file, and what is fetched is held against it. Of a unit that another machine finished the marker is fetched, and its files only where
they are needed.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from codecorpus.addresses import Address, parse_address
from codecorpus.errors import OutputError, RunError
from codecorpus.objects import delete_object, list_objects, look_up, open_object, s3_endpoint, upload_object
from codecorpus.run.remote_lock import StoreLock, held_lock
from codecorpus.run.store import MARKER, PUBLISHED, sha256_file

_BLOCK = 1 << 22
_AGAIN = (
    "Delete what lies beside it, unit.json or manifest.json first, and run the same `codecorpus build` again."
)


@dataclass(frozen=True, slots=True)
class StoredRun:
    """A run in a store, and the folder of it on this machine.

    Attributes:
        address: of the run.
        folder: the cache; the same path on every machine that runs units.
    """

    address: Address
    folder: Path

    @property
    def work(self) -> Path:
        """Where units are written on this machine."""
        return self.folder / "work"

    def push_unit(self, folder: Path) -> None:
        """Upload a finished unit: its files, then its marker.

        Raises:
            StorageError: the store does not answer, or refuses; the unit stays finished on this machine.
        """
        for name in _record(folder)["files"]:
            upload_object(folder / name, self._place(folder, name))
        upload_object(folder / "unit.json", self._place(folder, "unit.json"))

    def sync(self, stage: str, folders: Iterable[Path]) -> None:
        """Bring a stage up to date on both sides: markers of what others finished come here, what only this machine finished goes up.

        Args:
            stage: its name.
            folders: of the units that this run has in it.
        """
        there = {
            one.path.partition("/")[0]
            for one in list_objects(self.address.below(f"work/{stage}"))
            if one.path.count("/") == 1 and one.path.endswith("/unit.json")
        }
        for folder in dict.fromkeys(folders):
            here = (folder / "unit.json").is_file()
            if here and folder.name not in there:
                if all((folder / name).is_file() for name in _record(folder)["files"]):
                    self.push_unit(folder)
                else:  # another machine made it, and another configuration has removed it since
                    shutil.rmtree(folder)
            elif not here and folder.name in there:
                _fetch(self._place(folder, "unit.json"), folder / "unit.json", None)

    def fetch_inputs(self, arguments: object) -> None:
        """Have all files of every unit here whose folder is among the arguments of a task, however deep."""
        for folder in sorted({path for path in _paths(arguments) if path.is_relative_to(self.work)}):
            if len(folder.relative_to(self.work).parts) == 2:
                self.fetch_unit(folder)

    def fetch_unit(self, folder: Path, names: Iterable[str] | None = None) -> None:
        """Have a finished unit's files here, all or those of these names.

        Raises:
            RunError: a file is not what its marker says.
            StorageError: the store does not answer, or refuses.
        """
        if not (folder / "unit.json").is_file():
            _fetch(self._place(folder, "unit.json"), folder / "unit.json", None)
        files = _record(folder)["files"]
        for name in files if names is None else names:
            if not (folder / name).is_file():
                _fetch(self._place(folder, name), folder / name, files[name])

    def publish(self, manifest: Mapping[str, Any]) -> None:
        """Upload the published files of the run's folder, the manifest last; remove what an earlier run had published."""
        marker = self.address.below("manifest.json")
        old = _read_json(marker) or {"files": ()}
        known = {entry["path"]: (entry["sha256"], entry["bytes"]) for entry in old["files"]}
        sizes = {one.path: one.size for one in list_objects(self.address)}
        if "manifest.json" in sizes:
            delete_object(marker)
        for entry in manifest["files"]:
            path, now = entry["path"], (entry["sha256"], entry["bytes"])
            if known.get(path) != now or sizes.get(path) != entry["bytes"]:
                upload_object(self.folder / path, self.address.below(path))
        wanted = {entry["path"] for entry in manifest["files"]}
        for path in sizes.keys() - wanted - {"manifest.json"}:
            if path.partition("/")[0] in (*PUBLISHED, "formats"):
                delete_object(self.address.below(path))
        upload_object(self.folder / "manifest.json", marker)

    def forget_unused(self, used: Iterable[Path]) -> None:
        """Remove units of earlier configurations and inputs, each one's marker first."""
        kept = {folder.relative_to(self.folder).as_posix() for folder in used}
        paths = [one.path for one in list_objects(self.address.below("work"))]
        for path in sorted(paths, key=lambda path: not path.endswith("/unit.json")):
            if path.count("/") >= 2 and "/".join(["work", *path.split("/")[:2]]) not in kept:
                delete_object(self.address.below(f"work/{path}"))

    @contextmanager
    def held(self, *, fresh: bool) -> Iterator[StoreLock]:
        """Hold the run for this driver; refuse what is not ours, and a second driver.

        Raises:
            OutputError: the prefix holds something else, or another driver works on it.
        """
        sign = self.address.below(f"work/{MARKER}")
        paths = [one.path for one in list_objects(self.address)] if look_up(sign) is None else []
        others = sorted({path.partition("/")[0] for path in paths if path != "work/lock.json"})
        if others and "codecorpus" not in (_read_json(self.address.below("manifest.json")) or {}):
            raise OutputError(
                f"{self.address.name}: holds something else ({', '.join(others[:3])})",
                "Choose an empty or new prefix with --out; nothing there was touched.",
            )
        with held_lock(self.address) as lock:
            if fresh:
                self._empty()
            upload_object(self.work / MARKER, sign)
            yield lock

    def _empty(self) -> None:
        paths = [one.path for one in list_objects(self.address)]
        for path in sorted(
            paths, key=lambda path: (path != "manifest.json", not path.endswith("/unit.json"))
        ):
            if path.partition("/")[0] in (*PUBLISHED, "formats", "work") and path != "work/lock.json":
                delete_object(self.address.below(path))

    def _place(self, folder: Path, name: str) -> Address:
        return self.address.below(f"{folder.relative_to(self.folder).as_posix()}/{name}")


def stored_run(text: str) -> StoredRun:
    """The run at an address, with its folder in the user's cache, or in `CODECORPUS_CACHE` where that is set.

    Raises:
        UsageError: it is no address.
    """
    address = parse_address(text)
    base = os.environ.get("CODECORPUS_CACHE") or os.path.join(
        os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache"), "codecorpus"
    )
    server = s3_endpoint(address.access)[1]
    known_as = hashlib.sha256(f"{server}\0{address.name}".encode()).hexdigest()[:16]
    return StoredRun(address, Path(base).absolute() / "runs" / known_as)


def open_stored(run: StoredRun) -> Path:
    """The folder with the manifest of a finished run; its files come when they are asked for.

    Raises:
        RunError: there is no finished run.
    """
    place = run.address.below("manifest.json")
    try:
        with open_object(place) as file:
            data = file.read()
    except FileNotFoundError:
        raise RunError(
            f"{run.address.name}: no finished run (no manifest.json)",
            "Name the --out of a finished `codecorpus build`; an unfinished one is continued by the same command.",
        ) from None
    with suppress(OSError):
        if (run.folder / "manifest.json").read_bytes() == data:
            return run.folder
    folder = run.folder.with_name(f"{run.folder.name}-{hashlib.sha256(data).hexdigest()[:16]}")
    _write(folder / "manifest.json", data)
    return folder


def fetch_published(run: StoredRun, folder: Path, manifest: Mapping[str, Any], names: Iterable[str]) -> None:
    """Have published files here: those that these names, or folders of these names, stand for; no names, all.

    Raises:
        RunError: a file is not what the manifest says.
    """
    wanted = set(names)
    for entry in manifest["files"]:
        path = folder / entry["path"]
        if (not wanted or entry["path"].partition("/")[0] in wanted) and not path.is_file():
            _fetch(run.address.below(entry["path"]), path, entry["sha256"])


@contextmanager
def downloaded(run: StoredRun, folder: Path, manifest: Mapping[str, Any]) -> Iterator[Path]:
    """All published files as they are in the store now, whatever they are, in a temporary folder."""
    run.folder.parent.mkdir(parents=True, exist_ok=True)
    temporary = Path(tempfile.mkdtemp(dir=run.folder.parent))
    try:
        shutil.copyfile(folder / "manifest.json", temporary / "manifest.json")
        for entry in manifest["files"]:
            with suppress(RunError):  # what is missing is for the caller to see
                _fetch(run.address.below(entry["path"]), temporary / entry["path"], None)
        yield temporary
    finally:
        shutil.rmtree(temporary)


def _paths(value: object) -> Iterator[Path]:
    if isinstance(value, Path):
        yield value
    elif isinstance(value, (list, tuple)):
        for inner in value:
            yield from _paths(inner)


def _record(folder: Path) -> dict[str, Any]:
    return json.loads((folder / "unit.json").read_text(encoding="utf-8"))  # type: ignore[no-any-return]


def _read_json(place: Address) -> dict[str, Any] | None:
    """A JSON object of the store; None where there is none, or something else."""
    with suppress(FileNotFoundError, ValueError):
        with open_object(place) as file:
            value = json.loads(file.read())
        return value if isinstance(value, dict) else None
    return None


def _write(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    temporary.write_bytes(data)
    temporary.replace(path)


def _fetch(place: Address, path: Path, sha256: str | None) -> None:
    """Download a file under a temporary name; it gets its own if it has the right bytes."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        with open_object(place) as source, temporary.open("wb") as target:
            shutil.copyfileobj(source, target, _BLOCK)
        if sha256 is not None and sha256_file(temporary) != sha256:
            raise RunError(f"{place.name}: is not what was written there", _AGAIN)
        temporary.replace(path)
    except FileNotFoundError:
        raise RunError(f"{place.name}: is missing", _AGAIN) from None
    finally:
        temporary.unlink(missing_ok=True)

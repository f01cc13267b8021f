"""Publishing: units' files under their final names, and the manifest that vouches for them.

The manifest is removed first and written last: a folder that has one is complete. It holds nothing that
differs between two equal runs: no time, host, user or absolute path.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from codecorpus.errors import RunError
from codecorpus.formats.names import FORMATS
from codecorpus.run.store import publish_file, sha256_file, sync_folder, write_file, write_json
from codecorpus.run.unit import Done

#: Pages made from the published files; `codecorpus report` makes them again.
VIEWS = ("NOTICE", "README.md", "croissant.json", "report.html")


def read_manifest(run: Path) -> dict[str, Any]:
    """The manifest of a finished run.

    Raises:
        RunError: there is no such folder, it is not a run, or the run is unfinished.
    """
    path = run / "manifest.json"
    try:
        manifest = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        if (run / "work").is_dir():
            raise RunError(
                f"{run}: this run is not finished", "Run the same `codecorpus build` again; it continues."
            ) from None
        what = "is not a run (no manifest.json)" if run.is_dir() else "no such folder"
        raise RunError(f"{run}: {what}", "Name the --out folder of a finished `codecorpus build`.") from None
    except (OSError, ValueError) as error:
        raise RunError(
            f"{path}: cannot be read: {error}", "Run `codecorpus build` again to write it anew."
        ) from None
    if not isinstance(manifest, dict) or "codecorpus" not in manifest or "stages" not in manifest:
        raise RunError(
            f"{path}: not a manifest of codecorpus", "Name the --out folder of a `codecorpus build`."
        )
    return manifest


def publish_tables(out: Path, tables: Mapping[str, Sequence[tuple[Path, Done]]]) -> list[dict[str, Any]]:
    """Give the parts of each table their final names and remove parts that are no longer any.

    Args:
        out: the run's folder.
        tables: table name → the files of its parts in order, each with the unit that wrote it.

    Returns:
        One entry per file for the manifest. A table without rows still has one, empty, part.
    """
    (out / "manifest.json").unlink(missing_ok=True)
    sync_folder(out)
    entries = []
    for name, files in tables.items():
        rows = [(path, done, pq.read_metadata(path).num_rows) for path, done in files]
        parts = [row for row in rows if row[2]] or rows[:1]
        names = [f"{name}/part-{index:05d}.parquet" for index in range(len(parts))]
        for final, (path, done, count) in zip(names, parts, strict=True):
            publish_file(path, out / final)
            entries.append(
                {"path": final, "sha256": done.files[path.name], "bytes": path.stat().st_size, "rows": count}
            )
        remove_others(out / name, names)
    return entries


def publish_folder(out: Path, name: str, done: Done) -> list[dict[str, Any]]:
    """Give all files of a unit, in folders or not, their final names under `name/`."""
    names = sorted(file for file in done.files if file != "unit.json")
    for file in names:
        publish_file(done.folder / file, out / name / file)
    for folder in sorted({(out / name / file).parent for file in names} | {out / name}):
        inside = folder.relative_to(out).as_posix()
        remove_others(
            folder, [f"{name}/{file}" for file in names if f"{name}/{file}".rpartition("/")[0] == inside]
        )
    return [
        {"path": f"{name}/{file}", "sha256": done.files[file], "bytes": (done.folder / file).stat().st_size}
        for file in names
    ]


def publish_formats(out: Path, formats: Mapping[str, Done]) -> list[dict[str, Any]]:
    """Give the files of each format their final names under `formats/`, and remove formats that an earlier run had."""
    folder = out / "formats"
    for name in FORMATS:
        if name not in formats and (folder / name).is_dir():
            shutil.rmtree(folder / name)
    if folder.is_dir() and not formats:
        with suppress(OSError):  # something of somebody else's is in it
            folder.rmdir()
    return [entry for name, done in formats.items() for entry in publish_folder(out, f"formats/{name}", done)]


def remove_others(folder: Path, names: Iterable[str]) -> None:
    """Remove what an earlier run published in `folder` and this one did not."""
    wanted = {name.rpartition("/")[2] for name in names}
    if not folder.is_dir():
        return
    for path in folder.iterdir():
        if path.name not in wanted and path.is_file():
            path.unlink()
    sync_folder(folder)
    if not wanted:
        with suppress(OSError):  # something of somebody else's is in it
            folder.rmdir()


def write_manifest(out: Path, manifest: dict[str, Any], views: Mapping[str, str]) -> dict[str, Any]:
    """Write the views, then the manifest, whose presence says that everything else is there; returns it with the views listed.

    A page that differs between equal runs is no view: it goes into `work/`, and the manifest does not know it.
    """
    for name, text in views.items():
        write_file(out / name, text)
    others = [entry for entry in manifest["files"] if entry["path"] not in VIEWS]
    entries = [*others, *(file_entry(out, name) for name in views if name in VIEWS)]
    manifest = {**manifest, "files": sorted(entries, key=lambda entry: entry["path"])}
    write_json(out / "manifest.json", manifest)
    return manifest


def file_entry(out: Path, name: str) -> dict[str, Any]:
    """The manifest's entry for a file that is in place."""
    return {"path": name, "sha256": sha256_file(out / name), "bytes": (out / name).stat().st_size}

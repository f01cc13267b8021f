"""One dump with the hostile inputs of `docs/security.md` that lie in files, each in a repository named after its row."""

from __future__ import annotations

import json
import os
import pickle
import stat
import unicodedata
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from hostile_archives import good, write_archives
from hostile_tables import SNAPPY, ZSTD, lying_parquet, write_tables
from sources_help import bare_clone, commit_all, git, write

#: What stands in a dropped document and in a kept one (rows 37 and 43).
SENTINELS = 'END = "<|endoftext|>"\nMIDDLE = "<|fim_middle|><|fim_prefix|><|file_sep|>"\n'
SECRET = "AKIA" + "Z7Q4M2X6K3B5W5TD"
#: Names of row 33 to 36 and 45.
NAMES = {
    33: ("new\nline.py", "two\r\n\nlines.py"),
    34: ("\x1b[31mred\x07.py", "\u202egpj.py", "\x1b]0;title\x07.py"),
    35: ("<script>alert(1)</script>.py", '"><img src=x onerror=alert(1)>.py', "{{7*7}}.py"),
}
PAIRS = ("Case.py", "case.py", unicodedata.normalize("NFC", "é.py"), unicodedata.normalize("NFD", "é.py"))
RAW_NAMES = (b"caf\xe9.py", b"caf\\xe9.py", b"\xff\xfe.py")


class Evil:
    """Unpickled, it makes a file."""

    def __init__(self, marker: Path) -> None:
        self.marker = marker

    def __reduce__(self) -> tuple:
        return (os.system, (f"touch {self.marker}",))


def write_dump(root: Path, marker: Path) -> Path:
    """The dump.

    Args:
        root: folder that is made.
        marker: file that anything from the dump makes if it runs.
    """
    root.mkdir()
    write_archives(root)
    write_tables(root)
    for name, declared in LYING.items():
        (root / f"r23_{name}.parquet").write_bytes(lying_parquet(**declared))
    _repositories(root, marker)
    _texts(root, marker)
    return root


LYING = {
    "page": {"page_bytes": 2**31 - 1, "rows": 1, "codec": ZSTD},
    "snappy": {"page_bytes": 2**31 - 1, "rows": 1, "codec": SNAPPY},
    "rows": {"page_bytes": 10, "rows": 2**60, "codec": ZSTD},
    "value": {"page_bytes": 10, "rows": 1, "codec": ZSTD, "length": 2**31 - 1},
    "negative": {"page_bytes": 10, "rows": -5, "codec": ZSTD},
}


def _repositories(root: Path, marker: Path) -> None:
    """Rows 29 to 33 and 36: bare repositories beside their working trees' names."""
    work = root.parent / "work"
    script = root.parent / "evil.sh"
    script.write_text(f"#!/bin/sh\ntouch {marker}\nexit 1\n")
    script.chmod(script.stat().st_mode | stat.S_IXUSR)
    for name in (
        "r29",
        "r30",
        "r31",
        "r31_links",
        "r31_fifo",
        "r31_include",
        "r32",
        "r32_shallow",
        "r33_git",
    ):
        write(
            work / name,
            {"good.py": good(name), "lost.py": f"{name}_lost = 1\n", ".gitattributes": "* filter=evil\n"},
        )
        if name == "r33_git":
            write(work / name, {file: f"{name}_{number} = 1\n" for number, file in enumerate(NAMES[33])})
        commit_all(work / name)
        bare_clone(work / name, root / f"{name}.git")
    for key in ("core.fsmonitor", "core.sshCommand", "core.pager", "pager.ls-tree"):
        git("config", "--file", "config", key, str(script), cwd=root / "r29.git")
    for key in ("filter.evil.smudge", "filter.evil.clean", "filter.evil.process", "diff.external"):
        git("config", "--file", "config", key, str(script), cwd=root / "r30.git")
    _outside(root, work)
    oid = git("rev-parse", "HEAD:lost.py", cwd=work / "r32")
    unpack(root / "r32.git")
    (root / "r32.git" / "objects" / oid[:2] / oid[2:]).unlink()
    shallow(work / "r32_shallow", root / "r32_shallow.git")


def unpack(bare: Path) -> None:
    """Turn the packs of a repository into loose objects."""
    for pack in list((bare / "objects" / "pack").glob("*.pack")):
        moved = bare / pack.name
        pack.rename(moved)
        pack.with_suffix(".idx").unlink()
        git("unpack-objects", "-q", cwd=bare, stdin=moved.read_bytes())
        moved.unlink()


def shallow(work: Path, target: Path) -> None:
    """A clone without the first commit's objects."""
    import shutil

    write(work, {"second.py": good("r32_second")})
    git("add", "-A", cwd=work)
    git("commit", "-q", "-m", "two", cwd=work)
    shutil.rmtree(target)
    git("clone", "-q", "--bare", "--depth", "1", f"file://{work}", str(target), cwd=work)


def _outside(root: Path, work: Path) -> None:
    """Row 31: repositories that lead out of themselves, or make git wait."""
    secret = write(root.parent / "private", {"private.py": "private = 'of the machine'\n"})
    commit_all(secret)
    (root / "r31.git" / "objects" / "info").mkdir(exist_ok=True)
    (root / "r31.git" / "objects" / "info" / "alternates").write_text(f"{secret}/.git/objects\n")
    write(root / "r31_gitfile", {".git": f"gitdir: {secret}/.git\n", "good.py": good("r31_gitfile")})
    (pack,) = (root / "r31_links.git").glob("objects/pack/*.pack")
    pack.rename(root.parent / pack.name)
    pack.symlink_to(root.parent / pack.name)
    os.mkfifo(root / "r31_fifo.git" / "objects" / "pack" / "pack-1.idx")
    os.mkfifo(root.parent / "endless")
    with (root / "r31_include.git" / "config").open("a") as file:
        file.write(f"[include]\n\tpath = {root.parent}/endless\n")


def _texts(root: Path, marker: Path) -> None:
    """Rows 33 to 39, 41, 43 and 45."""
    for number, names in {**NAMES, 45: PAIRS}.items():
        write(root / f"r{number}", {name: good(f"r{number}_{place}") for place, name in enumerate(names)})
        write(root / f"r{number}", {"good.py": good(f"r{number}")})
    (root / "r36").mkdir()
    for place, name in enumerate(RAW_NAMES):
        (Path(os.fsdecode(os.fsencode(root / "r36") + b"/" + name))).write_text(good(f"r36_{place}"))
    write(root / "r35", {"page.html": "<html><script>alert('r35')</script></html>\n"})
    write(root / "r37", {"good.py": SENTINELS + good("r37")})
    evil = pickle.dumps(Evil(marker))
    write(root / "r38", {"cache.pkl": evil, "model.pt": evil, "hidden.py": evil, "good.py": good("r38")})
    _pickled_parquet(root / "r38.parquet", evil)
    (root / "r38.jsonl").write_text(
        json.dumps(
            {"content": good("r38_row"), "path": "good.py", "repo_name": "r38_jsonl", "py/reduce": evil.hex()}
        )
        + "\n"
    )
    tag = f'!!python/object/apply:os.system ["touch {marker}"]\n'
    bomb = "a: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
        f"{name}: &{name} [{', '.join([f'*{before}'] * 9)}]\n"
        for before, name in zip("abcdefgh", "bcdefghi", strict=True)
    )
    write(
        root / "r39",
        {
            "evil.yaml": tag,
            "bomb.yaml": bomb,
            "CITATION.cff": tag,
            "pubspec.yaml": f"license: {tag}",
            "good.py": good("r39"),
        },
    )
    deep = {
        "deep.py": "x = " + "[" * 100_000 + "]" * 100_000 + "\n",
        "deep.js": "(" * 100_000 + "\n",
        "deep.json": "[" * 100_000,
    }
    write(root / "r41", deep | {"good.py": good("r41"), "deep.ipynb": '{"cells": ' + "[" * 100_000})
    generated = f"# Generated by the protocol buffer compiler.  DO NOT EDIT!\nAWS_KEY = '{SECRET}'\n"
    write(
        root / "r43",
        {
            "api_pb2.py": generated,
            f"{'x' * 20}.min.js": f"var a='{SECRET}';" + "b();" * 5000,
            "good.py": good("r43"),
        },
    )


def _pickled_parquet(place: Path, evil: bytes) -> None:
    """A column whose type, by its metadata, is to be unpickled."""
    extension = {b"ARROW:extension:name": b"arrow.py_extension_type", b"ARROW:extension:metadata": evil}
    fields = [
        pa.field("content", pa.string()),
        pa.field("path", pa.string()),
        pa.field("extra", pa.int64(), metadata=extension),
    ]
    columns = [pa.array([good("r38_table")]), pa.array(["good.py"]), pa.array([1])]
    table = pa.Table.from_arrays(columns, schema=pa.schema(fields, metadata={b"pandas": evil}))
    pq.write_table(table, place)

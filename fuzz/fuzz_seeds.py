"""Seeds of the fuzzer: for each target a few small inputs that are in order, built in code."""

from __future__ import annotations

import bz2
import gzip
import io
import json
import lzma
import tarfile
import zipfile
import zlib

import pyarrow as pa
import pyarrow.parquet as pq

import fuzz_targets
from codecorpus.parse import languages

_FILES = {"src/a.py": b"a = 1\n", "b.c": b"int b;\n", "n.ipynb": b'{"nbformat": 4, "cells": []}'}
_ROWS = [
    {
        "content": "x = 1\n",
        "path": "src/a.py",
        "repo_name": "o/r",
        "language": "Python",
        "detected_licenses": ["MIT"],
    },
    {"content": "int b;\n", "path": "b.c", "repo_name": "o/r", "language": "C", "detected_licenses": []},
]
_CELLS = [
    {"cell_type": "markdown", "source": ["# title\n", "text"]},
    {"cell_type": "code", "source": "!ls\nx = 1", "outputs": [{"text": "1"}], "execution_count": 1},
]
_CODE = (
    b"def f(a):\n    return [a, (1 + 2) * 'x']  # c\n",
    b"int f(int a) { if (a) { return g(a)[1]; } /* c */ return 0; }\n",
    b"<a b='c'><!-- d --><script>let x = `${y}`</script></a>\n",
    b"a:\n  - b: [1, 2]\n    c: |\n      text\n",
    b"# t\n\n```py\nx\n```\n\n| a | b |\n|---|---|\n",
)


def _tar(mode: str = "w", **options: int) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", **options) as archive:  # type: ignore[call-overload]
        for name, content in _FILES.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
        for kind in (tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.FIFOTYPE, tarfile.DIRTYPE):
            info = tarfile.TarInfo(f"{'long/' * 30}{kind.decode()}")
            info.type, info.linkname = kind, "src/a.py"
            archive.addfile(info)
    return out.getvalue()


def _zip(method: int) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, content in _FILES.items():
            archive.writestr(name, content)
    return out.getvalue()


def _zip64() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive, archive.open("a.py", "w", force_zip64=True) as member:
        member.write(b"a\n")
    return out.getvalue()


def _parquet(**options: object) -> bytes:
    out = io.BytesIO()
    pq.write_table(pa.Table.from_pylist(_ROWS), out, **options)
    return out.getvalue()


def _lines() -> bytes:
    return b"".join(json.dumps(row).encode() + b"\n" for row in _ROWS)


def _streams() -> list[bytes]:
    zstd = pa.Codec("zstd")
    tar = [squeeze(_tar()) for squeeze in (gzip.compress, bz2.compress, lzma.compress)]
    tables = [gzip.compress(_lines()), zstd.compress(_lines(), asbytes=True)]
    files = [*tar, zstd.compress(_tar(), asbytes=True), *tables]
    return [bytes([number]) + data for number, data in enumerate(files)]


def _git() -> list[bytes]:
    _, places = fuzz_targets.repository()
    seeds = []
    for number, name in enumerate(fuzz_targets.GIT_FILES):
        content = places[name].read_bytes()
        seeds.append(bytes([number]) + (zlib.decompress(content) if name.startswith("raw:") else content))
    return seeds


def seeds(target: str) -> list[bytes]:
    """Inputs that are in order, for one target."""
    if target == "tar":
        return [
            _tar(),
            _tar(format=tarfile.PAX_FORMAT),
            _tar(format=tarfile.GNU_FORMAT),
            _tar(format=tarfile.USTAR_FORMAT),
        ]
    if target == "zip":
        methods = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA)
        return [*map(_zip, methods), _zip64()]
    if target == "parquet":
        return [
            _parquet(compression="none"),
            _parquet(use_dictionary=False),
            _parquet(compression="zstd", version="1.0"),
        ]
    if target == "jsonl":
        return [_lines(), b"\xef\xbb\xbf" + _lines(), b'{"content": "\\ud83d\\ude00", "stars": 1e400}\n']
    if target == "notebook":
        new = json.dumps({"nbformat": 4, "cells": _CELLS, "metadata": {"kernelspec": {"language": "python"}}})
        old = json.dumps(
            {"nbformat": 3, "worksheets": [{"cells": [{"cell_type": "heading", "source": "h", "level": 2}]}]}
        )
        return [new.encode(), old.encode(), new.encode("utf-16")]
    if target == "streams":
        return _streams()
    if target == "git":
        return _git()
    return [bytes([number]) + code for number in range(len(languages())) for code in _CODE]

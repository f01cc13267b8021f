"""Rows 1 to 15 of the table of hostile input: archives and folders, written by hand where no writer would write them."""

from __future__ import annotations

import gzip
import io
import os
import struct
import tarfile
import zipfile
import zlib
from pathlib import Path


def good(name: str) -> str:
    """A file like no other that stays: what has to be there whatever stands beside it."""
    words = [f"{name}_{word}" for word in ("total", "limit", "values", "step", "place")]
    total, limit, values, step, place = words
    lines = [
        f"def {name}({values}, {limit}):",
        f'    """Sum {values} of {name} below {limit}."""',
        f"    {total} = 0",
    ]
    lines += [f"    for {place}, {step} in enumerate({values}):", f"        if {step} < {limit} - {place}:"]
    lines += [f"            {total} += {step} * {place} + {len(name)}", f"    return {total}", ""]
    return "\n".join(lines)


def member(name: str, kind: bytes = tarfile.REGTYPE, target: str = "", mode: int = 0o644) -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.type, info.linkname, info.mode = kind, target, mode
    return info


def tar(place: Path, *members: tuple[tarfile.TarInfo | str, str]) -> None:
    """A tar archive of these members, and a good file at its end."""
    with tarfile.open(place, "w") as archive:
        for info, text in [*members, ("good.py", good(place.name.partition(".")[0]))]:
            entry = member(info) if isinstance(info, str) else info
            entry.size = len(text.encode())
            archive.addfile(entry, io.BytesIO(text.encode()))


def zipped(place: Path, *members: tuple[str, bytes]) -> None:
    """A zip archive of these members, and a good file at its end."""
    with zipfile.ZipFile(place, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in [*members, ("good.py", good(place.name.partition(".")[0]).encode())]:
            archive.writestr(name, content)


def patched(place: Path, mark: bytes, offset: int, value: bytes, *, nth: int = 0) -> None:
    """Overwrite bytes at `offset` behind the nth occurrence of `mark`."""
    data = bytearray(place.read_bytes())
    at = -1
    for _ in range(nth + 1):
        at = data.index(mark, at + 1)
    data[at + offset : at + offset + len(value)] = value
    place.write_bytes(data)


def overlapping_zip(place: Path, entries: int, size: int) -> None:
    """A zip archive whose `entries` all lie in the same `size` bytes, as in a bomb without recursion."""
    text = b"x = 1\n" * (size // 6)
    packed = zlib.compressobj(9, zlib.DEFLATED, -15)
    body = packed.compress(text) + packed.flush()
    sums = struct.pack("<LLL", zlib.crc32(text), len(body), len(text))
    local = (
        struct.pack("<4s5H", b"PK\3\4", 20, 0, 8, 0, 33) + sums + struct.pack("<2H", 4, 0) + b"0.py" + body
    )
    central = b"".join(
        struct.pack("<4s6H", b"PK\1\2", 20, 20, 0, 8, 0, 33)
        + sums
        + struct.pack("<5HLL", 4, 0, 0, 0, 0, 0, 0)
        + b"0.py"
        for _ in range(entries)
    )
    end = struct.pack("<4s4HLLH", b"PK\5\6", 0, 0, entries, entries, len(central), len(local), 0)
    place.write_bytes(local + central + end)


def write_archives(root: Path) -> None:
    """Everything of rows 1 to 15 that lies in files."""
    tar(root / "r01.tar", ("../evil01.py", "evil\n"), ("a/../../evil01.py", "evil\n"))
    tar(root / "r02.tar", ("/tmp/evil02.py", "evil\n"), ("//evil02.py", "evil\n"))
    tar(root / "r03.tar", (member("passwd.py", tarfile.SYMTYPE, "/etc/passwd"), ""))
    tar(root / "r04.tar", (member("d", tarfile.SYMTYPE, "../r04_sibling"), ""), ("d/evil04.py", "evil = 4\n"))
    tar(root / "r05.tar", (member("hard.py", tarfile.LNKTYPE, "../../../etc/passwd"), ""))
    tar(root / "r06.tar", (member("tty", tarfile.CHRTYPE), ""), (member("disk", tarfile.BLKTYPE), ""))
    tar(root / "r08.tar", (member("setuid.py", mode=0o6755), "setuid = 8\n"))
    tar(root / "r09.tar", ("a/" * 2000 + "deep.py", "deep = 9\n"))
    tar(root / "r10.tar", ("x" * 300 + ".py", "long = 10\n"), ("", "empty = 10\n"))
    _zips(root)
    folders(root)


def folders(root: Path) -> None:
    """Links and fifos that lie in folders."""
    for name in ("r03_folder", "r04_folder", "r04_sibling", "r07"):
        (root / name).mkdir()
        (root / name / "good.py").write_text(good(name))
    (root / "r03_folder" / "passwd.py").symlink_to("/etc/passwd")
    (root / "r04_folder" / "d").symlink_to("../r04_sibling")
    os.mkfifo(root / "r07" / "pipe.py")
    for extension in ("jsonl", "tar.gz", "zip", "parquet"):
        os.mkfifo(root / f"r07.{extension}")


def _zips(root: Path) -> None:
    swelling = [(f"{number}.py", "x = 1\n" * 50_000) for number in range(40)]
    zipped(
        root / "r11.zip",
        ("before.py", good("r11").encode()),
        *((name, text.encode()) for name, text in swelling),
    )
    tar(root / "plain", ("before.py", good("r11_tar")), *swelling)
    (root / "r11_tar.tar.gz").write_bytes(gzip.compress((root / "plain").read_bytes()))
    (root / "plain").unlink()
    inner = io.BytesIO()
    for _ in range(5):
        outer = io.BytesIO()
        with zipfile.ZipFile(outer, "w") as archive:
            archive.writestr("again.zip", inner.getvalue())
        inner = outer
    zipped(root / "r12.zip", ("nested.zip", inner.getvalue()))
    overlapping_zip(root / "r13.zip", 60, 100_000)
    zipped(root / "r14.zip", ("liar.py", b"a = 1\n" * 1000))
    patched(root / "r14.zip", b"PK\1\2", 24, (4000).to_bytes(4, "little"))
    tar(root / "r15.tar", ("twice.py", "first = 15\n"), ("twice.py", "second = 15\n"))
    zipped(root / "r15_zip.zip", ("once.py", b"first_zip = 15\n"), ("twin.py", b"second_zip = 15\n"))
    data = (root / "r15_zip.zip").read_bytes().replace(b"twin.py", b"once.py")
    (root / "r15_zip.zip").write_bytes(data)

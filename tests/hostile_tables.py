"""Rows 16 to 28 of the table of hostile input: compressed streams, Parquet and JSONL, text that is none."""

from __future__ import annotations

import gzip
import json
import struct
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from hostile_archives import good

SNAPPY, ZSTD = 1, 6


class Long(int):
    """A number of 64 bits: Thrift writes it like one of 32, under another type."""


def row(name: str, number: int = 0) -> bytes:
    """One good line."""
    return (
        json.dumps(
            {"content": good(f"{name}_{number}"), "path": f"good{number}.py", "repo_name": name}
        ).encode()
        + b"\n"
    )


def lines(name: str, count: int) -> bytes:
    return b"".join(row(name, number) for number in range(count))


def zstd(data: bytes) -> bytes:
    return pa.compress(data, codec="zstd", asbytes=True)


def varint(value: int) -> bytes:
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*out, value])


def thrift(fields: dict[int, Any]) -> bytes:
    """A struct of Thrift's compact protocol: ints, bytes, dicts, and lists of one of these."""
    out, before = b"", 0
    for number, value in fields.items():
        out += bytes([(number - before) << 4 | _kind(value)]) + _value(value)
        before = number
    return out + b"\0"


def _kind(value: Any) -> int:
    return {int: 5, Long: 6, bytes: 8, list: 9, dict: 12}[type(value)]


def _value(value: Any) -> bytes:
    if isinstance(value, int):
        return varint(value << 1 if value >= 0 else (-value << 1) - 1)
    if isinstance(value, bytes):
        return varint(len(value)) + value
    if isinstance(value, dict):
        return thrift(value)
    return bytes([len(value) << 4 | _kind(value[0])]) + b"".join(map(_value, value))


def lying_parquet(*, page_bytes: int, rows: int, codec: int, length: int | None = None) -> bytes:
    """A Parquet file of one text that declares a page of `page_bytes`, `rows` rows, or a text of `length` bytes."""
    text = b"x = 1\n"
    body = struct.pack("<L", len(text) if length is None else length) + text
    body = pa.compress(body, codec="zstd" if codec == ZSTD else "snappy", asbytes=True)
    page = thrift({1: 0, 2: page_bytes, 3: len(body), 5: {1: min(rows, 2**31 - 1), 2: 0, 3: 3, 4: 3}}) + body
    column = {
        1: 6,
        2: [0],
        3: [b"content"],
        4: codec,
        5: Long(rows),
        6: Long(page_bytes),
        7: Long(len(page)),
        9: Long(4),
    }
    schema = [{4: b"schema", 5: 1}, {1: 6, 3: 0, 4: b"content", 6: 0}]
    group = {1: [{2: Long(4), 3: column}], 2: Long(page_bytes), 3: Long(rows)}
    footer = thrift({1: 1, 2: schema, 3: Long(rows), 4: [group]})
    return b"PAR1" + page + footer + struct.pack("<L", len(footer)) + b"PAR1"


def write_tables(root: Path) -> None:
    """Everything of rows 16 to 28 that lies in files."""
    _streams(root)
    _parquets(root)
    caf = b'{"content": "caf\xe9", "path": "bad.py", "repo_name": "r26"}\n'
    (root / "r26.jsonl").write_bytes(row("r26") + caf + row("r26", 1))
    lone = b'{"content": "x = \\"\\ud800\\"", "path": "bad.py", "repo_name": "r27"}\n'
    (root / "r27.jsonl").write_bytes(row("r27") + lone + row("r27", 1))
    (root / "r28").mkdir()
    wide = good("r28_wide")
    texts = {
        "good.py": good("r28").encode(),
        "nul.py": b"x = 1\0\n",
        "bom.py": b"\xef\xbb\xbf" + good("r28_bom").encode(),
    }
    texts |= {
        "utf16.py": b"\xff\xfe" + wide.encode("utf-16-le"),
        "utf16_be.py": good("r28_be").encode("utf-16-be"),
    }
    for name, content in texts.items():
        (root / "r28" / name).write_bytes(content)


def _streams(root: Path) -> None:
    bomb = (json.dumps({"content": "x = 1\n" * 10_000, "path": "b.py"}).encode() + b"\n") * 100
    (root / "r16_gz.jsonl.gz").write_bytes(gzip.compress(row("r16_gz") + bomb))
    (root / "r16_zst.jsonl.zst").write_bytes(zstd(row("r16_zst") + bomb))
    (root / "r17_gz.jsonl.gz").write_bytes(gzip.compress(lines("r17_gz", 100))[:-60])
    (root / "r17_zst.jsonl.zst").write_bytes(zstd(lines("r17_zst", 500))[:-60])
    (root / "r18.jsonl.gz").write_bytes(gzip.compress(lines("r18", 3)) + b"this is no gzip member")
    (root / "r19.jsonl.gz").write_bytes(
        gzip.compress(row("r19", 0)) + gzip.compress(row("r19", 1)) + gzip.compress(b"")
    )
    # A frame that asks for a window of 2^41 bytes.
    window = b"\x28\xb5\x2f\xfd\x00\xf8" + b"\x01\x00\x00"
    (root / "r20.jsonl.zst").write_bytes(zstd(row("r20")) + window)
    (root / "r20.tar.zst").write_bytes(window)


def _parquets(root: Path) -> None:
    names = [f"good{number}.py" for number in range(6)]
    for name in ("r21", "r22"):
        table = {
            "content": [good(f"{name}_{number}") for number in range(6)],
            "path": names,
            "repo_name": [name] * 6,
        }
        pq.write_table(
            pa.table(table),
            root / f"{name}.parquet",
            row_group_size=2,
            compression="gzip",
            use_dictionary=False,
        )
    column = pq.read_metadata(root / "r21.parquet").row_group(1).column(0)
    data = bytearray((root / "r21.parquet").read_bytes())
    end = column.data_page_offset + column.total_compressed_size
    data[end - 100 : end] = b"\xff" * 100
    (root / "r21.parquet").write_bytes(data)
    (root / "r22.parquet").write_bytes((root / "r22.parquet").read_bytes()[:-30])

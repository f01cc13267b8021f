"""What the fuzzer feeds in, without the fuzzer: its seeds, what it found, and small changes of both."""

from __future__ import annotations

import random
import zlib

import pytest

import fuzz_targets
from fuzz_seeds import seeds
from fuzz_targets import TARGETS, check_source
from hostile_archives import zipped


@pytest.mark.parametrize("target", TARGETS)
def test_seeds_and_changes_of_them_break_no_promise(target):
    draw = random.Random(zlib.crc32(target.encode()))
    for seed in seeds(target)[:: 1 if target != "parse" else 7]:
        TARGETS[target](seed)
        for _ in range(6 if target in ("git", "parse") else 60):
            data = bytearray(seed)
            for _ in range(draw.randint(1, 4)):
                at = draw.randrange(1, len(data))
                data[at : at + draw.choice((0, 1, 1, 4))] = draw.randbytes(draw.choice((0, 1, 1, 4)))
            TARGETS[target](bytes(data))


def test_the_seeds_are_read(tmp_path):
    """A target that refused everything would find nothing."""
    for target, name, rows in (
        ("tar", "t.tar", 6),
        ("zip", "z.zip", 3),
        ("parquet", "p.parquet", 2),
        ("jsonl", "j.jsonl", 2),
    ):
        (tmp_path / name).write_bytes(seeds(target)[0])
        assert check_source(tmp_path / name) == rows
    assert check_source(fuzz_targets.repository()[0]) == 2


def test_a_zip_that_asks_for_a_newer_version_is_damage(tmp_path):
    """Found by the fuzzer after 20 seconds: `NotImplementedError: zip file version 23.6` ended the run."""
    zipped(tmp_path / "z.zip", ("a.py", b"a = 1\n"))
    data = bytearray((tmp_path / "z.zip").read_bytes())
    data[data.index(b"PK\1\2") + 6] = 236
    (tmp_path / "z.zip").write_bytes(data)
    assert check_source(tmp_path / "z.zip") == 1


def test_a_zip_with_offsets_over_64_bits_is_damage(tmp_path):
    zipped(tmp_path / "z.zip", ("a.py", b"a = 1\n"))
    data = (tmp_path / "z.zip").read_bytes()
    at = data.index(b"PK\5\6")
    record = b"PK\6\6" + (44).to_bytes(8, "little") + b"\x2d\0\x2d\0" + bytes(8) + b"\xff" * 32
    locator = b"PK\6\7" + bytes(4) + at.to_bytes(8, "little") + b"\1\0\0\0"
    end = data[at : at + 8] + b"\xff" * 12 + data[at + 20 :]
    (tmp_path / "z.zip").write_bytes(data[:at] + record + locator + end)
    assert check_source(tmp_path / "z.zip") == 1

"""Hostile streams, tables and text, rows 16 to 28 of docs/security.md."""

from __future__ import annotations

import json
import subprocess
import sys
import tracemalloc

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import codecorpus as cc
from codecorpus.errors import SourceError
from codecorpus.sources import streams
from hostile_archives import good
from hostile_dump import LYING
from hostile_run import ALLOWANCE
from hostile_tables import ZSTD, lines, lying_parquet, row
from sources_help import read, write


def said(hostile, repository, path):
    return hostile.dropped[repository, path][0]


@pytest.mark.parametrize("kind", ["gz", "zst"])
def test_row_16_a_bomb_of_lines_is_stopped_at_its_budget(hostile, kind):
    repository, name = f"r16_{kind}", f"r16_{kind}.jsonl.{kind}"
    budget = ALLOWANCE + 100 * (hostile.root / name).stat().st_size
    assert budget < 100 * 60_000
    code, detail = said(hostile, repository, name)
    assert (code, "bomb" in detail) == ("CC008", True)
    assert hostile.paths(repository) == ["good0.py"]
    assert len(hostile.dropped[repository, "b.py"]) * 60_000 <= budget


@pytest.mark.parametrize(("kind", "all_lines", "block"), [("gz", 100, 2), ("zst", 500, 300)])
def test_row_17_a_cut_stream_is_a_named_error_after_its_good_lines(hostile, kind, all_lines, block):
    repository, name = f"r17_{kind}", f"r17_{kind}.jsonl.{kind}"
    code, detail = said(hostile, repository, name)
    kept = len(hostile.paths(repository))
    assert code == "CC008"
    assert f"after line {kept}" in detail
    # zstd decodes blocks of 128 KB.
    assert all_lines - block <= kept < all_lines


def test_row_18_rubbish_behind_a_gz_member_is_a_named_error(hostile):
    code, detail = said(hostile, "r18", "r18.jsonl.gz")
    assert (code, "Not a gzipped file" in detail) == ("CC008", True)
    assert hostile.paths("r18") == ["good0.py", "good1.py", "good2.py"]


def test_row_19_all_members_of_a_gz_file_are_read(hostile):
    assert hostile.paths("r19") == ["good0.py", "good1.py"]
    assert hostile.codes("r19") == {}


def test_row_20_a_zst_window_of_two_terabytes_is_refused(hostile):
    for name in ("r20.jsonl.zst", "r20.tar.zst"):
        code, detail = said(hostile, "r20", name)
        assert (code, "too much memory" in detail) == ("CC008", True)


def test_row_21_a_corrupt_page_costs_its_row_group(hostile):
    assert hostile.paths("r21") == ["good0.py", "good1.py", "good4.py", "good5.py"]
    code, detail = said(hostile, "r21", "r21.parquet#00000001")
    assert (code, detail.startswith("2 rows lost")) == ("CC008", True)


def test_row_22_a_parquet_file_without_its_end_is_a_decision(hostile):
    code, detail = said(hostile, "r22", "r22.parquet")
    assert (code, "footer" in detail) == ("CC008", True)


@pytest.mark.parametrize("name", LYING)
def test_row_23_declared_sizes_are_not_believed(hostile, name):
    assert said(hostile, f"r23_{name}", f"r23_{name}.parquet#00000000")[0] == "CC008"
    assert hostile.corpus.verify().ok


def test_row_23_the_same_file_is_read_where_it_does_not_lie(tmp_path):
    (tmp_path / "p.parquet").write_bytes(lying_parquet(page_bytes=10, rows=1, codec=ZSTD))
    assert list(read(tmp_path / "p.parquet").texts().values()) == ["x = 1\n"]


def test_row_23_a_dictionary_that_swells_is_stopped_at_its_budget(tmp_path, monkeypatch):
    """4,000 rows of one text of 250 KB: a file of 3 KB for a gigabyte."""
    monkeypatch.setattr(streams, "BOMB_ALLOWANCE", 5_000_000)
    texts = pa.DictionaryArray.from_arrays(pa.array([0] * 4000, pa.int32()), pa.array(["x = 1\n" * 42_000]))
    pq.write_table(pa.table({"content": texts}), tmp_path / "p.parquet", compression="zstd")
    size = (tmp_path / "p.parquet").stat().st_size
    result = read(tmp_path / "p.parquet")
    assert result.bytes_seen <= 5_000_000 + 100 * size
    (decision,) = result.decisions
    assert (decision["code"], "bomb" in decision["detail"]) == ("CC008", True)
    assert len(result.documents) > 0


@pytest.mark.parametrize(
    "table", [{"text": ["x = 1\n"]}, {"content": [1]}, {"content": [["x"]]}, {"content": [{"a": "x"}]}]
)
def test_row_24_a_missing_or_wrong_column_is_one_clear_error_before_the_run(tmp_path, table):
    pq.write_table(pa.table(table), tmp_path / "p.parquet")
    with pytest.raises(SourceError, match="content") as caught:
        cc.build(tmp_path / "p.parquet", out=tmp_path / "out", progress=False)
    assert "--set source.content" in caught.value.hint
    assert not (tmp_path / "out" / "documents").exists()


def test_row_24_a_first_row_without_its_column_costs_itself_alone(tmp_path):
    place = (
        write(tmp_path, {"r.jsonl": b'{"c\xffntent": "a\\n"}\n{"cXntent": "a\\n"}\n[]\n' + row("r")})
        / "r.jsonl"
    )
    result = read(place)
    assert result.paths() == ["good0.py"]
    assert [decision["code"] for decision in result.decisions] == ["CC009"] * 3


def test_row_25_a_line_of_2_gib_is_passed_over_without_holding_it(tmp_path):
    place = tmp_path / "r25.jsonl"
    with place.open("wb") as file:
        file.write(row("r25"))
        file.seek(2 << 30, 1)  # a hole in the file: no disk is used
        file.write(b"\n" + row("r25", 1))
    tracemalloc.start()
    result = read(place)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert result.paths() == ["good0.py", "good1.py"]
    assert result.codes() == {("r25", "r25.jsonl#2"): "CC006"}
    assert result.decisions[0]["measured"] == 2 << 30
    assert peak < 150_000_000


def test_row_26_an_invalid_byte_costs_one_row(hostile):
    assert hostile.paths("r26") == ["good0.py", "good1.py"]
    code, detail = said(hostile, "r26", "r26.jsonl#2")
    assert (code, "0xe9" in detail) == ("CC009", True)


def test_row_26_of_10000_rows_9999_stay(tmp_path):
    rows = [json.dumps({"content": f"x = {number}\n"}).encode() for number in range(10_000)]
    rows[4999] = rows[4999].replace(b"x", b"\xff")
    result = read(write(tmp_path, {"r.jsonl": b"\n".join(rows)}) / "r.jsonl")
    assert (len(result.documents), list(result.codes())) == (9999, [("r", "r.jsonl#5000")])
    column = pa.array(
        [json.loads(line.replace(b"\xff", b"x"))["content"].encode() for line in rows], pa.binary()
    )
    spoilt = pa.array(
        [b"\xff\xfe\xfd = 1\n\x80" if at == 4999 else text.as_py() for at, text in enumerate(column)],
        pa.binary(),
    )
    pq.write_table(pa.table({"content": spoilt.view(pa.string())}), tmp_path / "p.parquet")
    result = read(tmp_path / "p.parquet")
    assert len(result.documents) + len(result.decisions) == 10_000
    assert [row["code"] for row in result.decisions] == ["CC005"]


def test_row_27_a_lone_surrogate_costs_one_row(hostile):
    assert hostile.paths("r27") == ["good0.py", "good1.py"]
    assert said(hostile, "r27", "r27.jsonl#2") == ("CC009", "line 2: lone surrogate at character 5")


def test_row_28_nul_bom_and_utf16_follow_the_stated_policy(hostile):
    assert said(hostile, "r28", "nul.py") == ("CC004", "NUL character at 5")
    assert hostile.kept["r28", "bom.py"] == good("r28_bom")
    assert hostile.kept["r28", "utf16.py"] == good("r28_wide")
    assert hostile.kept["r28", "utf16_be.py"] == good("r28_be")
    rows = hostile.corpus.documents(["repo_name", "path", "src_encoding"]).rows()
    encodings = {path: encoding for repo, path, encoding in rows if repo == "r28"}
    assert encodings["bom.py"] == "UTF-8-SIG"
    assert (encodings["utf16.py"], encodings["utf16_be.py"]) == ("UTF-16-LE", "UTF-16-BE")


def peak_of_reading(place):
    """Rows, and the most memory of a process of its own that reads a source, in KB; native memory too."""
    script = (
        "import re, sys\n"
        "from codecorpus.sources import SourceOptions, group_parts, plan_sources, read_shard\n"
        "options = SourceOptions()\n"
        "shards = group_parts(plan_sources([sys.argv[1]], options))\n"
        "rows = sum(batch.seen for shard in shards for batch in read_shard(shard, options))\n"
        "print(rows, re.search(r'VmHWM:\\s*(\\d+)', open('/proc/self/status').read())[1])"
    )
    done = subprocess.run([sys.executable, "-c", script, place], capture_output=True, text=True, check=True)
    rows, peak = map(int, done.stdout.split())
    return rows, peak


@pytest.mark.skipif(sys.platform != "linux", reason="asks /proc")
def test_row_23_declared_sizes_take_no_memory(tmp_path):
    for name, declared in LYING.items():
        (tmp_path / f"{name}.parquet").write_bytes(lying_parquet(**declared))
    (tmp_path / "j.jsonl").write_bytes(lines("j", 3))
    rows, peak = peak_of_reading(tmp_path)
    assert rows == len(LYING) + 3
    assert peak < 400_000  # 2 GB are declared

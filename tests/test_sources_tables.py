"""Parquet and JSONL: columns found under their known names, one bad row costs one row."""

import gzip
import json

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from codecorpus.errors import SourceError
from codecorpus.sources import SourceOptions, plan_sources
from codecorpus.sources import jsonl as jsonl_module
from sources_help import read, write


def parquet(place, table, **options):
    pq.write_table(pa.table(table), place, **options)
    return place


def jsonl(place, rows):
    place.write_bytes(
        b"".join((row if isinstance(row, bytes) else json.dumps(row).encode()) + b"\n" for row in rows)
    )
    return place


STACK_V1 = {
    "content": "x = 1\n",
    "max_stars_repo_name": "o/r",
    "max_stars_repo_path": "src/a.py",
    "max_stars_repo_head_hexsha": "ab" * 20,
    "max_stars_repo_licenses": ["MIT"],
    "max_stars_count": 7.0,
    "lang": "python",
    "ext": "py",
}
STACK_V2 = {
    "content": "x = 1\n",
    "repo_name": "o/r",
    "path": "/src/a.py",
    "revision_id": "cd" * 20,
    "detected_licenses": ["MIT", "Apache-2.0"],
    "license_type": "permissive",
    "star_events_count": 3,
    "language": "Python",
    "extension": "py",
    "src_encoding": "ISO-8859-1",
}


@pytest.mark.parametrize("kind", ["parquet", "jsonl"])
def test_the_columns_of_the_stack_are_known(tmp_path, kind):
    for name, row in (("v1", STACK_V1), ("v2", STACK_V2)):
        if kind == "parquet":
            parquet(tmp_path / f"{name}.parquet", {key: [value] for key, value in row.items()})
        else:
            jsonl(tmp_path / f"{name}.jsonl", [row])
    (one,) = read(tmp_path / f"v1.{kind}").documents
    (two,) = read(tmp_path / f"v2.{kind}").documents
    assert (one["repo_name"], one["path"], one["language"], one["extension"]) == (
        "o/r",
        "src/a.py",
        "Python",
        "py",
    )
    assert (one["star_events_count"], one["detected_licenses"], one["revision_id"]) == (7, ["MIT"], "ab" * 20)
    assert (two["detected_licenses"], two["license_type"], two["star_events_count"]) == (
        ["Apache-2.0", "MIT"],
        "permissive",
        3,
    )
    assert two["src_encoding"] == "ISO-8859-1"


@pytest.mark.parametrize("kind", ["parquet", "jsonl"])
def test_columns_of_other_names_are_mapped_by_the_options(tmp_path, kind):
    row = {"text": "x\n", "project": "p", "file": "a.rb"}
    if kind == "parquet":
        place = parquet(tmp_path / "t.parquet", {key: [value] for key, value in row.items()})
    else:
        place = jsonl(tmp_path / "t.jsonl", [row])
    with pytest.raises(SourceError) as caught:
        plan_sources([place], SourceOptions())
    assert "file, project, text" in caught.value.what
    assert "--set source.content=text" in caught.value.hint
    with pytest.raises(SourceError, match="'nosuch'"):
        read(
            tmp_path / "t.parquet" if kind == "parquet" else parquet(tmp_path / "o.parquet", {"text": ["x"]}),
            content="text",
            path="nosuch",
        )
    assert read(place, content="text", repo_name="project", path="file").texts() == {("p", "a.rb"): "x\n"}


def test_rows_without_names_are_numbered(tmp_path):
    parquet(tmp_path / "p.parquet", {"content": ["a\n", "b\n", "c\n"]}, row_group_size=2)
    jsonl(tmp_path / "j.jsonl", [{"content": "a\n"}, b"", {"content": "b\n"}])
    assert set(read(tmp_path / "p.parquet").texts()) == {("p", "p#1"), ("p", "p#2"), ("p", "p#3")}
    assert set(read(tmp_path / "j.jsonl").texts()) == {("j", "j#1"), ("j", "j#3")}


def test_each_row_group_is_a_part(tmp_path):
    place = parquet(
        tmp_path / "p.parquet", {"content": [f"{number}\n" for number in range(1000)]}, row_group_size=100
    )
    assert len(plan_sources([place], SourceOptions())) == 10
    assert [row["path"] for row in read(place).documents] == [f"p#{number}" for number in range(1, 1001)]


def test_unusable_rows_of_a_parquet_file_cost_themselves(tmp_path):
    contents = [b"good\n", None, b"caf\xe9", b"nul\0", b" ", b"x" * 2000]
    column = pa.array(contents, pa.binary()).view(pa.string())
    place = parquet(
        tmp_path / "p.parquet", {"content": column, "path": [f"{number}.py" for number in range(6)]}
    )
    result = read(place, max_bytes=1000)
    assert result.paths() == ["0.py"]
    codes = {path: code for (_, path), code in result.codes().items()}
    assert codes == {"1.py": "CC009", "2.py": "CC005", "3.py": "CC004", "4.py": "CC010", "5.py": "CC006"}


@pytest.mark.parametrize(
    "kind", [pa.large_string(), pa.binary(), pa.large_binary(), pa.dictionary(pa.int32(), pa.string())]
)
def test_content_may_be_any_kind_of_text(tmp_path, kind):
    column = (
        pa.array(["a\n", "b\n"]).cast(kind)
        if not pa.types.is_dictionary(kind)
        else pa.array(["a\n", "b\n"]).dictionary_encode()
    )
    assert len(read(parquet(tmp_path / "p.parquet", {"content": column})).documents) == 2


def test_content_that_is_no_text_is_an_error(tmp_path):
    with pytest.raises(SourceError, match="int64"):
        plan_sources([parquet(tmp_path / "p.parquet", {"content": [1, 2]})], SourceOptions())


@pytest.mark.parametrize("content", [b"", b"PAR1", b"PAR1" + b"x" * 500 + b"PAR1", b"no parquet" * 50])
def test_a_file_that_is_no_parquet_is_one_decision(tmp_path, content):
    write(tmp_path, {"p.parquet": content})
    assert list(read(tmp_path / "p.parquet").codes().values()) == ["CC008"]


def test_a_damaged_row_group_costs_itself(tmp_path):
    import random

    draw = random.Random(1)
    place = tmp_path / "p.parquet"
    contents = ["".join(draw.choices("abcdef\n", k=500)) for _ in range(300)]
    parquet(place, {"content": contents}, row_group_size=100, compression="gzip", use_dictionary=False)
    metadata = pq.read_metadata(place).row_group(1).column(0)
    data = bytearray(place.read_bytes())
    start = metadata.data_page_offset + metadata.total_compressed_size // 2
    data[start : start + 400] = b"\xff" * 400
    place.write_bytes(data)
    result = read(place)
    assert [row["content"] for row in result.documents] == contents[:100] + contents[200:]
    assert [row["code"] for row in result.decisions] == ["CC008"]
    assert "100 rows lost" in result.decisions[0]["detail"]


def test_a_cut_parquet_file_is_one_decision(tmp_path):
    place = parquet(tmp_path / "p.parquet", {"content": ["a\n"] * 1000})
    place.write_bytes(place.read_bytes()[:-20])
    assert list(read(place).codes().values()) == ["CC008"]


BAD_LINES = {
    "invalid UTF-8": b'{"content": "caf\xe9"}',
    "broken JSON": b'{"content": "a',
    "lone surrogate": b'{"content": "\\ud800"}',
    "no object": b'["content"]',
    "null": b'{"content": null}',
    "number": b'{"content": 7}',
    "no content": b'{"path": "a.py"}',
    "deep": b'{"content": ' + b"[" * 100_000,
    "long number": b'{"content": ' + b"9" * 10_000 + b"}",
}


@pytest.mark.parametrize("name", BAD_LINES)
def test_a_bad_line_costs_itself(tmp_path, name):
    place = jsonl(
        tmp_path / "j.jsonl",
        [{"content": "a\n", "path": "a.py"}, BAD_LINES[name], {"content": "b\n", "path": "b.py"}],
    )
    result = read(place)
    assert result.paths() == ["a.py", "b.py"]
    assert result.codes() == {("j", "j.jsonl#2"): "CC009"}
    assert "line 2" in result.decisions[0]["detail"]


def test_the_verdicts_on_content_are_those_of_every_reader(tmp_path):
    rows = [
        {"content": "\ufeffa\n", "path": "bom.py"},
        {"content": "a\0", "path": "nul.py"},
        {"content": " ", "path": "white.py"},
    ]
    result = read(jsonl(tmp_path / "j.jsonl", rows))
    assert result.texts() == {("j", "bom.py"): "a\n"}
    assert result.codes() == {("j", "nul.py"): "CC004", ("j", "white.py"): "CC010"}


def test_surrogates_and_odd_types_in_other_columns_do_no_harm(tmp_path):
    row = {
        "content": "a\n",
        "path": "x\ud800.py",
        "stars": float("nan"),
        "licenses": {"a": 1},
        "language": 5,
        "repo_name": None,
    }
    (document,) = read(jsonl(tmp_path / "j.jsonl", [row])).documents
    assert (document["repo_name"], document["path"]) == ("j", "x\\ud800.py")
    assert (document["star_events_count"], document["detected_licenses"], document["language"]) == (
        None,
        None,
        "Python",
    )


@pytest.mark.parametrize("extension", ["gz", "zst"])
def test_compressed_lines_are_read_with_all_members_and_up_to_the_damage(tmp_path, extension):
    compress = (
        gzip.compress if extension == "gz" else lambda data: pa.compress(data, codec="zstd", asbytes=True)
    )
    lines = b"".join(json.dumps({"content": f"{number}\n" * 50}).encode() + b"\n" for number in range(3000))
    place = tmp_path / f"j.jsonl.{extension}"
    place.write_bytes(compress(lines) + compress(lines))
    assert len(read(place).documents) == 6000
    place.write_bytes(compress(lines) + compress(lines)[:-100])
    result = read(place)
    assert 5800 <= len(result.documents) < 6000
    assert [row["code"] for row in result.decisions] == ["CC008"]
    place.write_bytes(compress(lines) + b"trailing rubbish")
    result = read(place)
    assert [row["code"] for row in result.decisions][-1:] == ["CC008"]
    assert len(result.documents) >= 2900


def test_a_line_over_the_budget_is_passed_over_without_holding_it(tmp_path, monkeypatch):
    monkeypatch.setattr(jsonl_module, "_OTHER_COLUMNS", 100)
    monkeypatch.setattr(jsonl_module, "_BLOCK", 64)
    rows = [
        {"content": "a\n", "path": "a.py"},
        {"content": "x" * 5000, "path": "x.py"},
        {"content": "b\n", "path": "b.py"},
    ]
    result = read(jsonl(tmp_path / "j.jsonl", rows), max_bytes=100)
    assert result.paths() == ["a.py", "b.py"]
    assert result.codes() == {("j", "j.jsonl#2"): "CC006"}


@given(st.lists(st.binary(max_size=20), max_size=8), st.integers(1, 9), st.booleans())
@settings(max_examples=200, deadline=None)
def test_lines_are_those_of_split_whatever_the_blocks(pieces, block, ends):
    data = b"\n".join(pieces) + (b"\n" if ends else b"")

    class Blocks:
        place = 0

        def read(self, _size=-1, /):
            self.place += block
            return data[self.place - block : self.place]

    limit = 10
    expected = [(line if len(line) <= limit else None, len(line)) for line in data.split(b"\n")]
    if expected[-1][1] == 0:
        expected.pop()
    assert list(jsonl_module._lines(Blocks(), limit, 10**6)) == expected

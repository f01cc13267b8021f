"""The folder of a command for one part: only what the command wrote is ever replaced or removed."""

import json

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from codecorpus.errors import OutputError, RunError
from codecorpus.outputs import (
    MARKER,
    check_new_tokenizer,
    check_output,
    is_output,
    output_documents,
    publish_tokenizer,
    write_output,
)


def tables(*names, text="x"):
    def write(folder):
        for name in names:
            (folder / name).mkdir()
            pq.write_table(pa.table({"a": [text]}), folder / name / "part-00000.parquet")

    return write


def files(folder):
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def test_the_same_command_replaces_what_it_wrote_and_another_may_not(tmp_path):
    out = tmp_path / "new" / "out"
    check_output(out, "dedup")
    write_output(out, "dedup", tables("documents", "clusters"), settings={"a": 1})
    assert files(out) == ["clusters/part-00000.parquet", MARKER, "documents/part-00000.parquet"]
    check_output(out, "dedup")
    write_output(out, "dedup", tables("documents", text="y"), settings={"a": 1})
    assert files(out) == [MARKER, "documents/part-00000.parquet"]
    with pytest.raises(OutputError, match="documents"):
        check_output(out, "pack")


def test_equal_results_give_equal_bytes(tmp_path):
    for name in ("a", "b"):
        write_output(tmp_path / name, "dedup", tables("documents"), settings={"a": 1})
    assert (tmp_path / "a" / MARKER).read_bytes() == (tmp_path / "b" / MARKER).read_bytes()


@pytest.mark.parametrize("foreign", ["notes.txt", "documents/mine.parquet", "deep/er/x"])
def test_somebody_elses_file_is_refused_and_stays(tmp_path, foreign):
    write_output(tmp_path, "dedup", tables("documents"), settings={})
    path = tmp_path / foreign
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("mine")
    with pytest.raises(OutputError, match="something else"):
        check_output(tmp_path, "dedup")
    assert path.read_text() == "mine"


def test_a_killed_command_leaves_a_folder_that_it_takes_up_again_and_nobody_reads(tmp_path):
    def killed(folder):
        tables("documents")(folder)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_output(tmp_path, "dedup", killed, settings={})
    (tmp_path / ".tmp-4242").mkdir()
    (tmp_path / ".tmp-4242" / "rest").write_text("of a kill -9")
    assert is_output(tmp_path)
    with pytest.raises(RunError, match="not finished"):
        output_documents(tmp_path)
    check_output(tmp_path, "dedup")
    write_output(tmp_path, "dedup", tables("documents"), settings={})
    assert output_documents(tmp_path) == [tmp_path / "documents/part-00000.parquet"]


def test_a_hostile_marker_cannot_have_other_files_removed(tmp_path):
    victim, out = tmp_path / "victim.parquet", tmp_path / "out"
    victim.write_text("mine")
    out.mkdir()
    names = ["../victim.parquet", str(victim), "documents/../../victim.parquet"]
    marker = {"codecorpus": "1", "command": "dedup", "files": [{"path": name} for name in names]}
    (out / MARKER).write_text(json.dumps({**marker, "settings": {}}))
    with pytest.raises(RunError):
        output_documents(out)
    check_output(out, "dedup")
    write_output(out, "dedup", tables("documents"), settings={})
    assert victim.read_text() == "mine"


@pytest.mark.parametrize("place", ["file", "file/below"])
def test_a_place_that_cannot_be_a_folder_is_refused_before_any_work(tmp_path, place):
    (tmp_path / "file").write_text("mine")
    with pytest.raises(OutputError, match="is a file"):
        check_output(tmp_path / place, "dedup")
    with pytest.raises(OutputError):
        check_new_tokenizer(tmp_path / place / "tokenizer.json")


def save(folder):
    folder.mkdir()
    for name in ("tokenizer.json", "tokenizer_config.json", "merges.txt"):
        (folder / name).write_text(name)


def test_a_tokenizer_keeps_its_companions_beside_it_and_replaces_nothing(tmp_path):
    own = tmp_path / "own" / "tokenizer.json"
    assert [path.name for path in publish_tokenizer(own, save)] == [
        "tokenizer.json",
        "tokenizer_config.json",
        "merges.txt",
    ]
    publish_tokenizer(tmp_path / "own" / "code.json", save)
    assert files(tmp_path / "own") == [
        "code.json",
        "code.merges.txt",
        "code.tokenizer_config.json",
        "merges.txt",
        "tokenizer.json",
        "tokenizer_config.json",
    ]
    own.unlink()
    with pytest.raises(OutputError, match="tokenizer_config"):
        check_new_tokenizer(own)
    with pytest.raises(OutputError, match="folder"):
        check_new_tokenizer(tmp_path / "own")

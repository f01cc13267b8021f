from __future__ import annotations

import errno
import json
import os
import time

import numpy as np
import pytest

from codecorpus.errors import OutputError, StorageError
from codecorpus.run.manifest import remove_others
from codecorpus.run.memory import mapped_briefly
from codecorpus.run.store import (
    commit_folder,
    is_run_folder,
    locked_output,
    publish_file,
    sha256_file,
    storage_errors,
    write_file,
    write_json,
)


def test_write_file_replaces_whole_and_leaves_nothing_else(tmp_path):
    write_file(tmp_path / "a", "old")
    write_file(tmp_path / "a", b"new")
    assert [path.name for path in tmp_path.iterdir()] == ["a"]
    assert (tmp_path / "a").read_bytes() == b"new"


def test_json_bytes_do_not_depend_on_key_order(tmp_path):
    write_json(tmp_path / "a", {"x": 1, "y": 2})
    write_json(tmp_path / "b", {"y": 2, "x": 1})
    assert sha256_file(tmp_path / "a") == sha256_file(tmp_path / "b")


def test_commit_keeps_the_first_of_two_equal_results(tmp_path):
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "file").write_text("same")
        commit_folder(tmp_path / name, tmp_path / "final" / "key")
    assert (tmp_path / "final" / "key" / "file").read_text() == "same"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["final"]


def test_publish_twice_is_quiet(tmp_path):
    (tmp_path / "work").write_text("data")
    for _ in range(2):
        publish_file(tmp_path / "work", tmp_path / "documents" / "part")
    assert [path.name for path in (tmp_path / "documents").iterdir()] == ["part"]


def test_a_second_run_in_the_same_folder_is_refused(tmp_path):
    out = tmp_path / "out"
    with (
        locked_output(out, fresh=False),
        pytest.raises(OutputError, match="another run"),
        locked_output(out, fresh=False),
    ):
        pass
    with locked_output(out, fresh=False):
        assert is_run_folder(out)


def test_a_folder_with_something_else_is_refused_and_untouched(tmp_path):
    (tmp_path / "thesis.tex").write_text("mine")
    with pytest.raises(OutputError, match=r"thesis\.tex"), locked_output(tmp_path, fresh=True):
        pass
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.tex"]


def test_an_empty_folder_and_a_run_killed_at_once_are_taken(tmp_path):
    with locked_output(tmp_path, fresh=False):
        pass
    other = tmp_path / "killed"
    (other / "work").mkdir(parents=True)
    (other / "work" / "lock").touch()
    with locked_output(other, fresh=False):
        pass


def test_fresh_removes_the_run_and_nothing_else(tmp_path):
    with locked_output(tmp_path, fresh=False):
        (tmp_path / "documents").mkdir()
        (tmp_path / "work" / "read").mkdir()
        (tmp_path / "notes.txt").write_text("mine")
    with locked_output(tmp_path, fresh=True):
        assert not (tmp_path / "documents").exists()
        assert not (tmp_path / "work" / "read").exists()
        assert (tmp_path / "notes.txt").read_text() == "mine"


def test_a_file_in_place_of_the_folder_is_refused(tmp_path):
    (tmp_path / "out").write_text("")
    with pytest.raises(OutputError, match="is a file"), locked_output(tmp_path / "out", fresh=False):
        pass


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_an_unwritable_parent_is_refused(tmp_path):
    tmp_path.chmod(0o500)
    with pytest.raises(StorageError, match="cannot be written"), locked_output(tmp_path / "out", fresh=False):
        pass
    tmp_path.chmod(0o700)


def test_a_full_disk_names_the_folder(tmp_path):
    with pytest.raises(StorageError, match="No space left"), storage_errors(tmp_path):
        raise OSError(errno.ENOSPC, "full")


def test_a_manifest_makes_a_folder_a_run(tmp_path):
    assert not is_run_folder(tmp_path)
    (tmp_path / "manifest.json").write_text(json.dumps({"codecorpus": "0.1.0"}))
    assert is_run_folder(tmp_path)


def test_what_a_killed_run_left_under_temporary_names_goes(tmp_path):
    from codecorpus.run.store import remove_temporaries

    (tmp_path / "documents").mkdir()
    kept = [tmp_path / "README.md", tmp_path / "documents" / "part-0.parquet", tmp_path / ".hidden"]
    left = [tmp_path / ".README.md.123.tmp", tmp_path / "documents" / ".part-0.parquet.9.tmp"]
    for path in [*kept, *left]:
        path.write_text("x")
    remove_temporaries(tmp_path)
    assert all(path.exists() for path in kept)
    assert not any(path.exists() for path in left)


def test_a_table_that_is_no_longer_published_leaves_no_folder(tmp_path):
    for folder in ("index", "pairs", "mine"):
        (tmp_path / folder).mkdir()
        write_file(tmp_path / folder / "part-00000.parquet", "x")
    (tmp_path / "mine" / "notes").mkdir()
    remove_others(tmp_path / "index", [])
    remove_others(tmp_path / "pairs", ["pairs/part-00000.parquet"])
    remove_others(tmp_path / "mine", [])
    remove_others(tmp_path / "nowhere", [])
    assert sorted(path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*")) == [
        "mine",
        "mine/notes",
        "pairs",
        "pairs/part-00000.parquet",
    ]


def test_pages_of_a_map_come_back_when_they_were_let_go(tmp_path, monkeypatch):
    monkeypatch.setattr("codecorpus.run.memory._SECONDS_BETWEEN", 0.01)
    path = tmp_path / "numbers"
    path.write_bytes(np.arange(1_000_000, dtype=np.uint64).tobytes())
    mapped = np.memmap(path, np.uint64, "c")
    with mapped_briefly([mapped, np.zeros(3)]):
        for _ in range(20):
            assert int(mapped.sum()) == 999_999 * 500_000
            time.sleep(0.005)

"""Hostile repositories and names, rows 29 to 36 of docs/security.md. What stands in a report is in test_hostile_output.py."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codecorpus.sources.git import git_parts
from codecorpus.sources.options import SourceOptions
from codecorpus.sources.rows import display_path, name_bytes
from hostile_archives import good
from hostile_dump import NAMES, RAW_NAMES
from sources_help import bare_clone, commit_all, git, read, write


def test_row_29_a_configured_fsmonitor_is_not_run(hostile, tmp_path):
    assert hostile.paths("r29")[:1] == ["good.py"]
    assert not hostile.marker.exists()
    # The trap is real: git status springs it.
    write(tmp_path / "w", {"a.py": "a\n"})
    commit_all(tmp_path / "w")
    (tmp_path / "evil.sh").write_text(f"#!/bin/sh\ntouch {tmp_path}/it-ran\n")
    (tmp_path / "evil.sh").chmod(0o755)
    git("config", "core.fsmonitor", str(tmp_path / "evil.sh"), cwd=tmp_path / "w")
    assert read(tmp_path / "w" / ".git").paths() == read(tmp_path / "w").paths() == ["a.py"]
    assert not (tmp_path / "it-ran").exists()
    subprocess.run(["git", "status"], cwd=tmp_path / "w", capture_output=True, check=False)
    assert (tmp_path / "it-ran").exists()


def test_row_30_a_committed_smudge_filter_is_not_run(hostile, tmp_path):
    assert ("r30", "good.py") in hostile.kept
    assert not hostile.marker.exists()
    # The trap is real: git archive springs it.
    write(tmp_path / "w", {"a.py": "a\n", ".gitattributes": "* filter=evil\n"})
    commit_all(tmp_path / "w")
    bare = bare_clone(tmp_path / "w", tmp_path / "b.git")
    git("config", "--file", "config", "filter.evil.smudge", f"touch {tmp_path}/it-ran; cat", cwd=bare)
    assert read(bare).paths() == [".gitattributes", "a.py"]
    assert not (tmp_path / "it-ran").exists()
    git("archive", "--output", str(tmp_path / "a.tar"), "HEAD", cwd=bare)
    assert (tmp_path / "it-ran").exists()


OUTSIDE = {
    "r31": "alternates",
    "r31_links": "is a link that leaves the repository",
    "r31_fifo": "pack-1.idx is a fifo",
    "r31_include": "config includes other files",
}


@pytest.mark.parametrize("repository", OUTSIDE)
def test_row_31_a_repository_that_leads_out_of_itself_is_refused(hostile, repository):
    ((code, detail),) = hostile.dropped[repository, ""]
    assert code == "CC008"
    assert OUTSIDE[repository] in detail
    assert hostile.paths(repository) == []


def test_row_31_a_git_file_that_points_outside_leads_nowhere(hostile):
    assert hostile.paths("r31_gitfile") == ["good.py"]
    assert not any("of the machine" in text for text in hostile.kept.values())


@pytest.mark.parametrize("name", ["config", "packed-refs", "objects/00", "refs/heads/x"])
def test_row_31_git_waits_for_no_fifo(tmp_path, name):
    write(tmp_path / "w", {"a.py": "a\n"})
    commit_all(tmp_path / "w")
    bare = bare_clone(tmp_path / "w", tmp_path / "dump" / "b.git")
    (bare / name).unlink(missing_ok=True)
    os.mkfifo(bare / name)
    write(tmp_path / "dump" / "r", {"good.py": "good\n"})
    result = read(tmp_path / "dump")
    assert result.paths() == ["good.py"]
    assert result.codes() == {("b", ""): "CC008"}


def test_row_31_what_honest_repositories_have_is_read(tmp_path, monkeypatch):
    """Links that stay inside, a configuration with comments, the socket of git's own daemon."""
    write(tmp_path / "w", {"a.py": "a\n"})
    commit = commit_all(tmp_path / "w")
    bare = bare_clone(tmp_path / "w", tmp_path / "b.git")
    (bare / "refs" / "heads" / "main").write_text(f"{commit}\n")
    (bare / "refs" / "heads" / "same").symlink_to("main")
    (bare / "config").write_text((bare / "config").read_text() + "# [core]\n[remote]\n\turl = x\n")
    with socket.socket(socket.AF_UNIX) as daemon:
        monkeypatch.chdir(bare)  # a socket's path is short
        daemon.bind("fsmonitor--daemon.ipc")
    assert read(bare).paths() == read(bare, revision="same").paths() == ["a.py"]


def test_row_32_a_missing_object_is_counted(hostile):
    assert hostile.dropped["r32", "lost.py"][0] == ("CC001", "object is missing")
    assert hostile.kept["r32", "good.py"] == good("r32")


def test_row_32_a_shallow_repository_is_read(hostile):
    assert {"good.py", "second.py"} <= set(hostile.paths("r32_shallow"))


@pytest.mark.parametrize("repository", ["r33", "r33_git"])
def test_row_33_names_with_line_ends_keep_rows_and_texts_together(hostile, repository):
    for place, name in enumerate(NAMES[33]):
        expected = good(f"r33_{place}") if repository == "r33" else f"r33_git_{place} = 1\n"
        assert hostile.kept[repository, name] == expected
    assert hostile.kept[repository, "good.py"] == good(repository)


def test_row_36_names_that_are_not_utf8_can_be_read_back(hostile):
    found = {name_bytes(path): text for (repo, path), text in hostile.kept.items() if repo == "r36"}
    assert found == {name: good(f"r36_{place}") for place, name in enumerate(RAW_NAMES)}


@given(
    st.binary(max_size=30)
    | st.lists(st.sampled_from([b"\\", b"x", b"5c", b"e9", b"\xe9", b"\\x5c", "é".encode()])).map(b"".join)
)
def test_row_36_every_name_reads_back(name):
    assert name_bytes(display_path(os.fsdecode(name))) == name


@pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")
def test_trees_that_name_each_other_end(tmp_path, monkeypatch):
    """A "git bomb": ten trees of a few hundred bytes, 10,000,000,000 files."""
    repository = tmp_path / "bomb.git"

    def git(*words, **options):
        command = ["git", f"--git-dir={repository}", "-c", "user.name=n", "-c", "user.email=e", *words]
        return subprocess.run(command, check=True, capture_output=True, **options).stdout.strip().decode()

    git("init", "--quiet", "--bare")
    thing = git("hash-object", "-w", "--stdin", input=b"x = 1\n")
    kind = "100644 blob"
    for _ in range(10):
        lines = "".join(f"{kind} {thing}\td{number}\n" for number in range(10))
        thing, kind = git("mktree", input=lines.encode()), "040000 tree"
    commit = git("commit-tree", thing, "-m", "all")
    git("update-ref", git("symbolic-ref", "HEAD"), commit)
    monkeypatch.setattr("codecorpus.sources.git._MOST_FILES", 1234)
    parts = list(git_parts(repository, ("r",), SourceOptions()))
    assert sum(len(part.items) for part in parts if part.kind == "git") == 1234
    assert [part.items for part in parts if part.kind == "damaged"] == [
        ("CC008", "", "more than 1,234 files without end: the rest is not listed")
    ]
    monkeypatch.setattr("codecorpus.sources.git._MOST_FILES", 10**9)
    monkeypatch.setattr("codecorpus.sources.git._LISTING_SECONDS", 0.3)
    (damaged,) = git_parts(repository, ("r",), SourceOptions())
    assert damaged.items == ("CC008", "", "git did not list it in 0.3 s")

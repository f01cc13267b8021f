"""Folders: which repository a file belongs to, and entries that are no plain files."""

import os
import socket

import pytest

from codecorpus.sources import folder as folder_module
from sources_help import commit_all, read, write


def test_each_child_is_a_repository_and_loose_files_belong_to_the_folder(tmp_path):
    root = write(tmp_path / "dump", {"one/src/a.py": "a = 1\n", "two/b.c": "int b;\n", "loose.rb": "c = 1\n"})
    result = read(root)
    assert result.texts() == {
        ("one", "src/a.py"): "a = 1\n",
        ("two", "b.c"): "int b;\n",
        ("dump", "loose.rb"): "c = 1\n",
    }
    assert {row["language"] for row in result.documents} == {"Python", "C", "Ruby"}


def test_a_folder_with_git_is_one_repository_read_from_its_working_tree(tmp_path):
    root = write(tmp_path / "flask", {"src/a.py": "a = 1\n", "docs/b.md": "# b\n"})
    commit_all(root)
    write(root, {"src/new.py": "not committed\n"})
    result = read(root)
    assert set(result.texts()) == {("flask", "src/a.py"), ("flask", "docs/b.md"), ("flask", "src/new.py")}


def test_a_git_file_makes_a_repository_and_version_control_folders_are_not_content(tmp_path):
    write(
        tmp_path / "w" / "one",
        {".git": "gitdir: /elsewhere\n", "a.py": "1\n", ".hg/x.py": "1\n", "sub/.git/config": "x"},
    )
    write(tmp_path / "w" / "one", {"sub/b.py": "2\n"})
    assert read(tmp_path / "w").paths() == ["a.py", "sub/b.py"]


def test_links_are_never_followed_also_out_of_the_tree_and_in_a_circle(tmp_path):
    secret = write(tmp_path, {"secret.py": "password\n"}) / "secret.py"
    root = write(tmp_path / "dump", {"r/a.py": "a\n"}) / "r"
    (root / "out.py").symlink_to(secret)
    (root / "etc").symlink_to("/etc")
    (root / "circle").symlink_to(".")
    (root / "self.py").symlink_to("self.py")
    (root / "broken.py").symlink_to("nowhere")
    (tmp_path / "dump" / "child").symlink_to(tmp_path)
    result = read(tmp_path / "dump")
    assert result.texts() == {("r", "a.py"): "a\n"}
    assert result.codes() == {
        **{("r", name): "CC002" for name in ("out.py", "etc", "circle", "self.py", "broken.py")},
        ("dump", "child"): "CC002",
    }


def test_fifos_and_sockets_do_not_block(tmp_path):
    root = write(tmp_path / "d" / "r", {"a.py": "a\n"})
    os.mkfifo(root / "pipe.py")
    with socket.socket(socket.AF_UNIX) as server:
        here = os.getcwd()
        os.chdir(root)  # a socket's path is short
        try:
            server.bind("sock.py")
        finally:
            os.chdir(here)
        result = read(tmp_path / "d")
    assert result.codes() == {("r", "pipe.py"): "CC003", ("r", "sock.py"): "CC003"}
    assert {row["detail"] for row in result.decisions} == {"fifo", "socket"}


def test_a_file_replaced_by_a_link_after_planning_is_not_followed(tmp_path, monkeypatch):
    root = write(tmp_path / "d", {"r/a.py": "a\n", "r/b.py": "b\n"})
    lstat = os.lstat
    (root / "r" / "a.py").unlink()
    (root / "r" / "a.py").symlink_to("b.py")
    monkeypatch.setattr(folder_module.os, "lstat", lambda path: lstat(str(path).replace("a.py", "b.py")))
    assert read(root).codes() == {("r", "a.py"): "CC002"}


def test_a_large_file_is_not_read(tmp_path):
    root = write(tmp_path / "d", {"r/a.py": "a\n"})
    with open(root / "r" / "big.js", "wb") as file:
        file.truncate(50_000_000)
    result = read(root)
    (row,) = result.decisions
    assert (row["code"], row["measured"], row["limit"]) == ("CC006", 50_000_000, 8_000_000)
    assert read(root, max_bytes=1).codes() == {("r", "a.py"): "CC006", ("r", "big.js"): "CC006"}


def test_an_unreadable_file_and_folder_are_decisions(tmp_path, monkeypatch):
    root = write(tmp_path / "d", {"r/a.py": "a\n", "r/b.py": "b\n", "r/closed/c.py": "c\n"})
    scandir, opened = os.scandir, os.open

    def refuse_folder(path):
        if str(path).endswith("closed/"):
            raise PermissionError(13, "Permission denied")
        return scandir(path)

    def refuse_file(path, *rest, **named):
        if str(path).endswith("b.py"):
            raise PermissionError(13, "Permission denied")
        return opened(path, *rest, **named)

    monkeypatch.setattr(os, "scandir", refuse_folder)
    monkeypatch.setattr(os, "open", refuse_file)
    result = read(root)
    assert result.paths() == ["a.py"]
    assert result.codes() == {("r", "b.py"): "CC001", ("r", "closed/"): "CC001"}


@pytest.mark.skipif(os.geteuid() == 0, reason="the superuser may read everything")
def test_a_file_without_permission_is_a_decision(tmp_path):
    root = write(tmp_path / "d", {"r/a.py": "a\n"})
    (root / "r" / "a.py").chmod(0)
    assert read(root).codes() == {("r", "a.py"): "CC001"}


def test_strange_names_stay_as_they_are(tmp_path):
    root = tmp_path / "d" / "r"
    names = [
        "new\nline.py",
        "\x1b[31mred.py",
        "tab\t.py",
        "\u202egpj.py",
        "Case.py",
        "case.py",
        "e\u0301.py",
        "\u00e9.py",
    ]
    write(root, {name: f"{number}\n" for number, name in enumerate(names)})
    assert read(tmp_path / "d").paths() == sorted(names)


def test_a_name_that_is_not_utf8_is_shown_with_escapes(tmp_path):
    root = tmp_path / "d" / "r"
    root.mkdir(parents=True)
    with open(os.fsencode(root) + b"/caf\xe9.py", "wb") as file:
        file.write(b"x\n")
    assert read(tmp_path / "d").texts() == {("r", "caf\\xe9.py"): "x\n"}


def test_deep_folders_need_no_recursion(tmp_path):
    root, depth = tmp_path / "d", 1200
    write(root / "r", {"a.py": "a\n"})
    here = os.getcwd()
    os.chdir(root / "r")
    try:
        for _ in range(depth):
            os.mkdir("x")
            os.chdir("x")
        with open("deep.py", "w") as file:
            file.write("d\n")
        texts = read(root).texts()
    finally:
        # shutil.rmtree, which cleans up after pytest, does recurse.
        os.unlink("deep.py")
        for _ in range(depth):
            os.chdir("..")
            os.rmdir("x")
        os.chdir(here)
    assert texts == {("r", "a.py"): "a\n", ("r", "x/" * depth + "deep.py"): "d\n"}


def test_hard_links_are_files(tmp_path):
    root = write(tmp_path / "d" / "r", {"a.py": "a\n"})
    os.link(root / "a.py", root / "b.py")
    assert read(tmp_path / "d").paths() == ["a.py", "b.py"]

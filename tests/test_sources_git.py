"""Git repositories are read by their blobs; nothing that a repository names is run, and nothing outside it is read."""

import os
import stat
import subprocess

import pytest

from codecorpus.errors import SourceError
from codecorpus.sources import SourceOptions, plan_sources
from sources_help import bare_clone, commit_all, git, read, write

FILES = {
    "src/a.py": "a = 1\n",
    "b.c": "int b;\n",
    "deep/er/c.rb": "c\n",
    "logo.png": b"\x89PNG\0",
    "empty.txt": "",
}


@pytest.fixture
def work(tmp_path):
    root = write(tmp_path / "work" / "flask", FILES)
    commit_all(root)
    return root


@pytest.fixture
def bare(tmp_path, work):
    (tmp_path / "dump").mkdir()
    return bare_clone(work, tmp_path / "dump" / "flask.git")


def test_a_bare_repository_reads_like_its_working_tree(work, bare):
    one, two = read(work), read(bare)
    assert two.texts() == one.texts()
    assert two.codes() == one.codes()
    assert {row["repo_name"] for row in two.documents} == {"flask"}
    assert [row["doc_id"] for row in two.documents] == [
        row["doc_id"] for row in sorted(one.documents, key=lambda r: r["path"])
    ]


def test_blob_and_revision_ids_are_those_of_git(work, bare):
    commit = git("rev-parse", "HEAD", cwd=work)
    for row in read(bare).documents:
        assert row["revision_id"] == commit
        assert row["blob_id"] == git("rev-parse", f"HEAD:{row['path']}", cwd=work)


def test_a_git_folder_is_a_repository_named_like_the_folder_above(work):
    assert set(read(work / ".git").texts()) == {
        ("flask", "src/a.py"),
        ("flask", "b.c"),
        ("flask", "deep/er/c.rb"),
    }


def test_bare_repositories_among_the_children_of_a_folder(tmp_path, bare):
    write(tmp_path / "dump", {"plain/x.py": "x\n"})
    assert {name for name, _ in read(tmp_path / "dump").texts()} == {"flask", "plain"}


def test_another_revision_can_be_asked_for(work, tmp_path):
    git("checkout", "-q", "-b", "old", cwd=work)
    write(work, {"only_old.py": "o\n"})
    git("add", "-A", cwd=work)
    git("commit", "-q", "-m", "two", cwd=work)
    git("checkout", "-q", "main", cwd=work)
    bare = bare_clone(work, tmp_path / "r.git")
    assert "only_old.py" not in read(bare).paths()
    assert "only_old.py" in read(bare, revision="old").paths()


def test_links_submodules_and_strange_names_keep_the_rows_aligned(tmp_path, work):
    names = ["new\nline.py", "tab\t\x1b[31m.py", "sp ace.py", '"quoted".py']
    write(work, {name: f"# {number}\n" for number, name in enumerate(names)})
    with open(os.fsencode(work) + b"/caf\xe9.py", "wb") as file:
        file.write(b"latin\n")
    (work / "link.py").symlink_to("/etc/passwd")
    commit = git("rev-parse", "HEAD", cwd=work)
    git("update-index", "--add", "--cacheinfo", f"160000,{commit},sub", cwd=work)
    git("add", "-A", "--", ".", ":!sub", cwd=work)
    git("update-index", "--add", "--cacheinfo", f"160000,{commit},sub", cwd=work)
    git("commit", "-q", "-m", "names", cwd=work)
    result = read(bare_clone(work, tmp_path / "n.git"))
    texts = {path: text for (_, path), text in result.texts().items()}
    assert {name: texts[name] for name in names} == {
        name: f"# {number}\n" for number, name in enumerate(names)
    }
    assert texts["caf\\xe9.py"] == "latin\n"
    codes = {path: code for (_, path), code in result.codes().items()}
    assert codes == {"link.py": "CC002", "sub": "CC003", "logo.png": "CC004", "empty.txt": "CC010"}


def test_attributes_do_not_hide_files_and_large_blobs_are_not_read(tmp_path, work):
    write(
        work,
        {
            ".gitattributes": "src export-ignore\n*.c export-subst ident\n",
            "b.c": "$Id$ $Format:%H$\n",
            "big.js": "x" * 5000,
        },
    )
    git("add", "-A", cwd=work)
    git("commit", "-q", "-m", "attributes", cwd=work)
    result = read(bare_clone(work, tmp_path / "a.git"), max_bytes=1000)
    assert result.texts()["a", "b.c"] == "$Id$ $Format:%H$\n"
    assert ("a", "src/a.py") in result.texts()
    assert result.codes()["a", "big.js"] == "CC006"


def hostile(folder, marker):
    """Make git run a command wherever it can be made to; returns what proves that it ran."""
    script = folder / "evil.sh"
    script.write_text(f"#!/bin/sh\ntouch {marker}\nexit 1\n")
    script.chmod(script.stat().st_mode | stat.S_IXUSR)
    for key in (
        "core.fsmonitor",
        "core.sshCommand",
        "core.pager",
        "core.editor",
        "core.askPass",
        "diff.external",
        "filter.evil.smudge",
        "filter.evil.clean",
        "uploadpack.packObjectsHook",
        "remote.origin.uploadpack",
        "credential.helper",
        "core.alternateRefsCommand",
        "diff.evil.textconv",
    ):
        git("config", "--file", str(folder / "config"), key, str(script), cwd=folder)
    (folder / "info").mkdir(exist_ok=True)
    (folder / "info" / "attributes").write_text("* filter=evil diff=evil\n")
    (folder / "hooks").mkdir(exist_ok=True)
    for hook in (
        "post-checkout",
        "pre-auto-gc",
        "fsmonitor-watchman",
        "reference-transaction",
        "post-index-change",
    ):
        (folder / "hooks" / hook).write_text(script.read_text())
        (folder / "hooks" / hook).chmod(0o755)


def test_commands_that_a_repository_names_are_not_run(tmp_path, work):
    write(work, {".gitattributes": "* filter=evil diff=evil\n"})
    git("add", "-A", cwd=work)
    git("commit", "-q", "-m", "attributes", cwd=work)
    bare = bare_clone(work, tmp_path / "h.git")
    marker = tmp_path / "it-ran"
    hostile(bare, marker)
    hostile(work / ".git", marker)
    assert read(bare).texts()["h", "src/a.py"] == "a = 1\n"
    assert len(read(work / ".git").documents) == 4
    assert len(read(work).documents) == 4
    assert not marker.exists()
    # The trap is real: a command that looks at the working tree springs it.
    subprocess.run(["git", "status"], cwd=work, capture_output=True, check=False)
    assert marker.exists()


def test_a_missing_object_of_a_partial_clone_is_not_fetched(tmp_path, work, bare):
    marker = tmp_path / "it-ran"
    hostile(bare, marker)
    for key, value in {
        "core.repositoryformatversion": "1",
        "extensions.partialClone": "origin",
        "remote.origin.promisor": "true",
        "remote.origin.partialclonefilter": "blob:none",
        "remote.origin.url": str(work),
    }.items():
        git("config", "--file", str(bare / "config"), key, value, cwd=bare)
    lose_object(bare, git("rev-parse", "HEAD:b.c", cwd=work))
    result = read(bare)
    assert result.codes()["flask", "b.c"] == "CC001"
    assert len(result.documents) == 2
    git("config", "--file", str(bare / "config"), "remote.origin.url", "ssh://localhost/x", cwd=bare)
    assert read(bare).codes()["flask", "b.c"] == "CC001"
    assert not marker.exists()


def lose_object(bare, oid):
    """Unpack the repository and remove one object; returns where it was."""
    packs = list((bare / "objects" / "pack").glob("*.pack"))
    for pack in packs:
        moved = bare / pack.name
        pack.rename(moved)
        pack.with_suffix(".idx").unlink()
        git("unpack-objects", "-q", cwd=bare, stdin=moved.read_bytes())
    place = bare / "objects" / oid[:2] / oid[2:]
    place.chmod(0o644)
    place.unlink()
    return place


def test_a_corrupt_object_costs_itself_alone(bare, work):
    oid = git("rev-parse", "HEAD:deep/er/c.rb", cwd=work)
    lose_object(bare, oid).write_bytes(b"this is no zlib stream")
    result = read(bare)
    assert result.codes()["flask", "deep/er/c.rb"] == "CC001"
    assert set(result.texts()) == {("flask", "src/a.py"), ("flask", "b.c")}


def test_a_missing_tree_is_damage_and_what_can_be_listed_is_read(bare, work):
    lose_object(bare, git("rev-parse", "HEAD:src", cwd=work))
    result = read(bare)
    assert ("flask", "b.c") in result.texts()
    assert "CC008" in result.codes().values()


@pytest.mark.parametrize("where", ["alternates", "commondir", "linked objects"])
def test_objects_outside_the_repository_are_refused(tmp_path, bare, work, where):
    if where == "alternates":
        (bare / "objects" / "info").mkdir(exist_ok=True)
        (bare / "objects" / "info" / "alternates").write_text(f"{work}/.git/objects\n")
    elif where == "commondir":
        (bare / "commondir").write_text(f"{work}/.git\n")
    else:
        (bare / "objects").rename(tmp_path / "objects")
        (bare / "objects").symlink_to(tmp_path / "objects")
    with pytest.raises(SourceError) as caught:
        plan_sources([bare], SourceOptions())
    assert "git clone" in caught.value.hint
    write(tmp_path / "dump", {"plain/x.py": "x\n"})
    result = read(tmp_path / "dump")
    assert result.paths() == ["x.py"]
    assert list(result.codes().values()) == ["CC008"]


def test_a_repository_without_history_or_revision_says_so(tmp_path, bare):
    git("init", "-q", "--bare", "new.git", cwd=tmp_path)
    with pytest.raises(SourceError, match="no revision 'HEAD'") as caught:
        plan_sources([tmp_path / "new.git"], SourceOptions())
    assert "source.revision" in caught.value.hint
    with pytest.raises(SourceError, match="no revision 'v9'"):
        plan_sources([bare], SourceOptions(revision="v9"))


def test_without_git_the_error_says_what_to_install(bare, monkeypatch):
    monkeypatch.setenv("PATH", "/nonexistent")
    with pytest.raises(SourceError, match="no git command"):
        plan_sources([bare], SourceOptions())


def test_git_variables_of_the_caller_change_nothing(bare, monkeypatch, tmp_path):
    expected = read(bare).texts()
    monkeypatch.setenv("GIT_DIR", str(tmp_path))
    monkeypatch.setenv("GIT_OBJECT_DIRECTORY", str(tmp_path))
    monkeypatch.setenv("GIT_CONFIG_COUNT", "1")
    monkeypatch.setenv("GIT_CONFIG_KEY_0", "core.bare")
    monkeypatch.setenv("GIT_CONFIG_VALUE_0", "nonsense")
    assert read(bare).texts() == expected

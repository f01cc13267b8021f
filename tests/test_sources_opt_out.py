"""Opt-outs: in every kind of source, before anything is read."""

import json
import os
import tarfile
import zipfile

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from codecorpus.errors import ConfigError
from codecorpus.sources import (
    SourceOptions,
    group_parts,
    opt_out_hash,
    plan_sources,
    resolve_opt_outs,
    shard_options,
)
from codecorpus.sources.opt_out import opt_outs, opt_outs_of_part
from sources_help import bare_clone, commit_all, read, write

FILES = {"site/a.py": "a = 1\n", "site/docs/b.md": "# b\n", "other/c.py": "c = 1\n"}


@pytest.mark.parametrize(
    ("entry", "repo", "path", "out"),
    [
        ("ann/site", "ann/site", "a.py", True),
        ("Ann/Site", "ann/SITE", "a.py", True),
        ("ann/site", "bob/site", "a.py", False),
        ("ann/site", "site", "a.py", True),
        ("ann/site", "https://host.example/ann/site.git", "a.py", True),
        ("https://host.example/ann/site.git", "ann/site", "a.py", True),
        ("ann/*", "ann/other", "a.py", True),
        ("ann/*", "annabel/other", "a.py", False),
        ("ann/*", "site", "a.py", False),
        ("site", "ann/site", "a.py", True),
        ("site", "site2", "a.py", False),
        ("ann/site:docs/*", "ann/site", "docs/x/y.md", True),
        ("ann/site:docs", "ann/site", "docs/x/y.md", True),
        ("ann/site:docs/*", "ann/site", "src/docs.md", False),
        ("*:*/secret.py", "any/thing", "src/secret.py", True),
        ("*:*.min.js", "any/thing", "a.min.js", True),
        ("*:*.min.js", "any/thing", "a.js", False),
        ("si?e", "site", "a.py", True),
    ],
)
def test_entries(entry, repo, path, out):
    entries = resolve_opt_outs(SourceOptions(opt_out=(entry,))).opt_out
    assert (opt_outs(entries).entry_for(repo, path) == entry) is out


def test_a_file_of_entries_is_read_and_forgotten(tmp_path):
    place = tmp_path / "list.txt"
    place.write_text("\ufeff# comment\nann/*   # asked on Monday\n\nsite\nsite\n")
    options = resolve_opt_outs(SourceOptions(opt_out=("zoe/x", "site"), opt_out_file=str(place)))
    assert options.opt_out == ("ann/*", "site", "zoe/x")
    assert options.opt_out_file is None
    assert opt_out_hash(options.opt_out) == opt_out_hash(("ann/*", "site", "zoe/x"))
    assert resolve_opt_outs(options) == options


def test_a_list_that_cannot_be_read_is_a_mistake(tmp_path):
    with pytest.raises(ConfigError, match="1 mistake"):
        resolve_opt_outs(SourceOptions(opt_out_file=str(tmp_path / "none")))
    (tmp_path / "binary").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ConfigError):
        resolve_opt_outs(SourceOptions(opt_out_file=str(tmp_path / "binary")))
    with pytest.raises(ConfigError):
        resolve_opt_outs(SourceOptions(opt_out=(":docs/*",)))


def sources(tmp_path):
    """The same files as every kind of source; of archives the repository is `site`."""
    inside = {path.removeprefix("site/"): text for path, text in FILES.items() if path.startswith("site/")}
    yield "folder", write(tmp_path / "folder", FILES)
    with tarfile.open(tmp_path / "site.tar.gz", "w:gz") as archive:
        for path in inside:
            archive.add(tmp_path / "folder" / "site" / path, arcname=f"site/{path}")
    yield "tar", tmp_path / "site.tar.gz"
    with zipfile.ZipFile(tmp_path / "site.zip", "w") as archive:
        for path, text in inside.items():
            archive.writestr(path, text)
    yield "zip", tmp_path / "site.zip"
    rows = [
        {"repo_name": path.partition("/")[0], "path": path.partition("/")[2], "content": text}
        for path, text in FILES.items()
    ]
    (tmp_path / "rows.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    yield "jsonl", tmp_path / "rows.jsonl"
    pq.write_table(pa.Table.from_pylist(rows), tmp_path / "rows.parquet")
    yield "parquet", tmp_path / "rows.parquet"


def test_every_kind_of_source_leaves_out_repositories_and_paths(tmp_path):
    for kind, source in sources(tmp_path):
        whole = read(source, opt_out=("site",))
        assert {row["code"] for row in whole.decisions} == {"CC011"}, kind
        assert sorted(row["path"] for row in whole.decisions) == ["a.py", "docs/b.md"], kind
        assert {row["detail"] for row in whole.decisions} == {"by the entry site"}
        assert all(row["repo_name"] != "site" for row in whole.documents), kind
        part = read(source, opt_out=("site:docs/*",))
        assert [row["path"] for row in part.decisions] == ["docs/b.md"], kind
        assert "a.py" in part.paths(), kind
        none = read(source, opt_out=("nobody/*",))
        assert none.decisions == [], kind
        assert len(none.documents) == len(part.documents) + 1, kind


def test_git_leaves_out_unread(tmp_path):
    work = write(tmp_path / "work", {"a.py": "a\n", "docs/b.md": "b\n"})
    commit_all(work)
    repo = bare_clone(work, tmp_path / "site.git")
    result = read(repo, opt_out=("site:docs",))
    assert result.codes() == {("site", "docs/b.md"): "CC011"}
    assert result.paths() == ["a.py"]


def test_what_is_left_out_is_not_even_opened(tmp_path):
    root = write(tmp_path / "d", FILES)
    place = root / "site" / "a.py"
    place.unlink()
    os.mkfifo(place)
    assert read(root, opt_out=("site",)).codes()["site", "a.py"] == "CC011"
    assert read(root).codes()["site", "a.py"] == "CC003"


def test_a_shard_depends_on_the_entries_that_touch_it_and_no_others(tmp_path):
    root = write(tmp_path / "d", FILES)
    options = resolve_opt_outs(
        SourceOptions(opt_out=("site:docs/*", "other:none/*", "zoe/*", "site:nowhere"))
    )
    parts = plan_sources([root], options)
    touched = {part.repo_name: opt_outs_of_part(options, part) for part in parts}
    assert touched == {"site": ("site:docs/*",), "other": ()}
    shards = group_parts(parts)
    assert shard_options(options, shards[0].parts).opt_out == ("site:docs/*",)
    rows = write(tmp_path / "rows", {"rows.jsonl": '{"content": "a"}\n'})
    assert opt_outs_of_part(options, plan_sources([rows], options)[0]) == options.opt_out


NAMES = st.text("ab*?/.:#", min_size=1, max_size=8)


@given(st.lists(NAMES, max_size=6), NAMES, NAMES)
@settings(max_examples=300, deadline=None)
def test_any_list_answers_and_its_order_does_not_matter(entries, repo, path):
    try:
        options = resolve_opt_outs(SourceOptions(opt_out=tuple(entries)))
    except ConfigError:
        return
    again = resolve_opt_outs(SourceOptions(opt_out=tuple(reversed(entries))))
    assert again == options
    answer = opt_outs(options.opt_out).entry_for(repo, path)
    assert answer is None or answer in options.opt_out

"""The main job, end to end, from every kind of source; and its accounts, whatever the input."""

from __future__ import annotations

import gzip
import io
import json
import shutil
import subprocess
import tarfile
import zipfile
from pathlib import Path

import polars as pl
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import codecorpus as cc
from conftest import write_repositories

SETTINGS = {"sequence_length": 256, "tokenizer.vocab_size": 600}


def build(source: Path, out: Path) -> cc.Corpus:
    return cc.build(source, out=out, settings=SETTINGS, executor="in-process", progress=False)


@pytest.fixture(scope="module")
def alpha(tmp_path_factory) -> Path:
    """One repository, with a file for most fates."""
    return write_repositories(tmp_path_factory.mktemp("repositories")) / "alpha"


def files_of(alpha: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(alpha)): path.read_bytes() for path in sorted(alpha.rglob("*")) if path.is_file()
    }


def tar(alpha: Path, name: Path, mode: str) -> Path:
    with tarfile.open(name, mode) as archive:
        archive.add(alpha, "alpha")
    return name


def zst(raw: bytes, name: Path) -> Path:
    with pa.CompressedOutputStream(str(name), "zstd") as stream:
        stream.write(raw)
    return name


def as_folder(alpha, root):
    shutil.copytree(alpha, root / "repos" / "alpha")
    return root / "repos"


def as_git(alpha, root):
    git = [
        "git",
        "-C",
        str(alpha),
        "-c",
        "user.name=A",
        "-c",
        "user.email=a@b.invalid",
        "-c",
        "commit.gpgsign=false",
    ]
    for command in (["init", "-q"], ["add", "-A", "-f"], ["commit", "-q", "-m", "all"]):
        subprocess.run([*git, *command], check=True)
    bare = root / "alpha.git"
    subprocess.run(["git", "clone", "-q", "--bare", str(alpha), str(bare)], check=True)
    (alpha / ".git").rename(root / "moved")  # so that the other tests see a folder as before
    return bare


def as_tar(alpha, root):
    return tar(alpha, root / "alpha.tar", "w")


def as_tar_gz(alpha, root):
    return tar(alpha, root / "alpha.tar.gz", "w:gz")


def as_tar_zst(alpha, root):
    return zst(tar(alpha, root / "alpha.tar", "w").read_bytes(), root / "alpha.tar.zst")


def as_zip(alpha, root):
    with zipfile.ZipFile(root / "alpha.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for path, content in files_of(alpha).items():
            archive.writestr(f"alpha/{path}", content)
    return root / "alpha.zip"


def rows_of(alpha: Path) -> list[dict[str, str]]:
    """What a table can hold: text, valid as UTF-8."""
    rows = []
    for path, content in files_of(alpha).items():
        try:
            rows.append({"repo_name": "alpha", "path": path, "content": content.decode()})
        except UnicodeDecodeError:
            continue
    return rows


def as_parquet(alpha, root):
    names = {"repo_name": "max_stars_repo_name", "path": "max_stars_repo_path"}  # The Stack's
    pl.DataFrame(rows_of(alpha)).rename(names).write_parquet(root / "data.parquet")
    return root / "data.parquet"


def as_jsonl(alpha, root, name="data.jsonl"):
    lines = io.StringIO()
    for row in rows_of(alpha):
        print(json.dumps(row), file=lines)
    raw, path = lines.getvalue().encode(), root / name
    if name.endswith(".zst"):
        return zst(raw, path)
    path.write_bytes(gzip.compress(raw) if name.endswith(".gz") else raw)
    return path


def as_jsonl_gz(alpha, root):
    return as_jsonl(alpha, root, "data.jsonl.gz")


def as_jsonl_zst(alpha, root):
    return as_jsonl(alpha, root, "data.jsonl.zst")


@pytest.mark.parametrize(
    "write",
    [
        as_folder,
        as_git,
        as_tar,
        as_tar_gz,
        as_tar_zst,
        as_zip,
        as_parquet,
        as_jsonl,
        as_jsonl_gz,
        as_jsonl_zst,
    ],
)
def test_every_kind_of_source_gives_the_same_corpus(write, alpha, tmp_path):
    source = write(alpha, tmp_path)
    corpus = build(source, tmp_path / "out")
    documents = corpus.documents(["repo_name", "path", "content", "language", "measures"])
    assert documents["path"].sort().to_list() == ["LICENSE", "src/mean.py", "src/median.py"]
    assert documents["repo_name"].unique().to_list() == ["alpha"]
    for path, content in documents.select("path", "content").iter_rows():
        assert content.encode() == (alpha / path).read_bytes()
    # A file that is no text cannot stand in a table; every other kind of source says why it was dropped.
    binary = [] if write.__name__.startswith(("as_parquet", "as_jsonl")) else ["src/latin.py", "src/logo.png"]
    dropped = corpus.decisions().filter(pl.col("verdict") == "dropped")["path"].unique().sort().to_list()
    assert dropped == sorted(["src/api_pb2.py", "src/empty.py", "src/wide.js", *binary])
    assert corpus.verify().problems == ()


names = st.sampled_from(
    ["a.py", "b.js", "c.html", "d.json", "e", "f.zz", "g.min.js", "vendor/h.go", "LICENSE", "i.c"]
)
texts = st.one_of(
    st.binary(max_size=200),
    st.text(max_size=200).map(str.encode),
    st.sampled_from(
        [
            b"def f(x):\n    return x + 1\n" * 8,
            b"<p id=abc class=def>Four</p>",
            b"[1]",
            b"x" * 2000,
            b"\xff\xfea\0b\0",
            b"// Code generated by x. DO NOT EDIT.\n",
            b'key = "AKIAZ7Q4M2X6K3B5W5TD"\n',
            b"<|endoftext|><|fim_prefix|>",
        ]
    ),
)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.dictionaries(st.tuples(st.sampled_from(["one", "two"]), names), texts, min_size=1, max_size=12))
def test_in_is_kept_plus_dropped_whatever_the_files(tmp_path_factory, files):
    root = tmp_path_factory.mktemp("any")
    for (repository, path), content in files.items():
        place = root / "repos" / repository / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content)
    corpus = build(root / "repos", root / "out")
    funnel = corpus.funnel
    assert funnel["documents_in"][0] == len(files)
    assert (funnel["documents_in"] == funnel["documents_kept"] + funnel["dropped"]).all()
    assert funnel["documents_in"].to_list()[1:] == funnel["documents_kept"].to_list()[:-1]
    assert corpus.verify().problems == ()
    for repository, path in files:
        (explanation,) = corpus.explain(f"{repository}/{path}")
        assert explanation.kept == (not any(one.verdict == "dropped" for one in explanation.verdicts))

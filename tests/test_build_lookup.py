"""The table `lookup/` of a run: what is in it, that it is checked, and that questions are answered from it."""

import hashlib
import json

import polars as pl
import pyarrow.parquet as pq
import pytest

import codecorpus as cc
from conftest import python_module, write_repositories

SETTINGS = {"sequence_length": 256, "tokenizer.vocab_size": 600, "lookup": 2}


@pytest.fixture(scope="module")
def repositories(tmp_path_factory):
    return write_repositories(tmp_path_factory.mktemp("lookup") / "repos")


@pytest.fixture(scope="module")
def built(repositories, tmp_path_factory):
    out = tmp_path_factory.mktemp("lookup") / "out"
    return cc.build(repositories, out=out, settings=SETTINGS, progress=False, executor="in-process")


def test_it_has_the_rows_and_row_groups_of_the_documents(built):
    documents, lookup = (sorted((built.path / name).glob("*.parquet")) for name in ("documents", "lookup"))
    assert [path.name for path in documents] == [path.name for path in lookup]
    for left, right in zip(documents, lookup, strict=True):
        assert pq.read_table(left, columns=["doc_id"]).equals(pq.read_table(right, columns=["doc_id"]))
        assert pq.read_metadata(left).num_row_groups == pq.read_metadata(right).num_row_groups
    assert built.verify().ok


def test_questions_are_answered_from_it(built, repositories):
    text = (repositories / "alpha" / "src" / "mean.py").read_text()
    found = built.find_text(text, name="mean.py")
    assert (found.searched, found.matches[0].kind, found.matches[0].path) == (
        "lookup",
        "same bytes",
        "src/mean.py",
    )
    assert found.matches[0].licences == ("MIT",)
    assert [one.path for one in found.dropped] == ["copied/mean.py"]
    near = built.find_text((repositories / "beta" / "near" / "mean.py").read_text(), name="mean.py")
    assert near.matches[0].kind == "near copy"
    assert [one.code for one in near.dropped] == ["CC402"]


def test_what_a_rule_dropped_is_recognised(built, repositories):
    found = built.find_text((repositories / "alpha" / "src" / "api_pb2.py").read_bytes())
    assert [(one.path, one.code) for one in found.dropped] == [("src/api_pb2.py", "CC204")]


def test_without_it_the_texts_are_read_and_nothing_of_it_stays(built, repositories):
    other = cc.build(
        repositories, out=built.path, settings=SETTINGS | {"lookup": 0}, progress=False, executor="in-process"
    )
    assert not (other.path / "lookup").exists()
    assert other.verify().ok
    found = other.find_text(python_module("mean", 12), name="mean.py")
    assert (found.searched, found.matches[0].kind) == ("texts", "same bytes")
    cc.build(repositories, out=built.path, settings=SETTINGS, progress=False, executor="in-process")


def test_verify_notices_rows_that_are_not_those_of_the_documents(built, tmp_path):
    import shutil

    out = tmp_path / "run"
    shutil.copytree(built.path, out)
    path = sorted((out / "lookup").glob("*.parquet"))[0]
    table = pq.read_table(path)
    pq.write_table(table.slice(1), path)
    manifest = json.loads((out / "manifest.json").read_text())
    for entry in manifest["files"]:
        if entry["path"] == f"lookup/{path.name}":
            entry["sha256"] = hashlib.sha256(path.read_bytes()).hexdigest()
    (out / "manifest.json").write_text(json.dumps(manifest))
    assert cc.open(out).verify().problems == (f"lookup/{path.name}: not the rows of documents/{path.name}",)


def test_a_duplicate_is_explained_with_its_difference(built):
    (one,) = built.explain("beta/near/mean.py")
    assert '-    """Return the mean of values below the limit of case 7."""' in one.difference.lines
    assert '+    """Return the mean of values below the limit of case seven."""' in one.difference.lines
    (kept,) = built.explain("alpha/src/mean.py")
    assert kept.all_rows >= 1
    rows = built.sequences(["doc_ids"]).with_row_index("row")
    held = rows.filter(pl.col("doc_ids").list.contains(bytes.fromhex(kept.doc_id)))["row"].to_list()
    assert list(kept.rows) == held[:5]
    assert kept.all_rows == len(held)

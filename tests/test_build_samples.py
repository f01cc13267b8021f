"""The stored samples, the report, and the page with times, as a build leaves them."""

from __future__ import annotations

import shutil

import polars as pl
import pytest

import codecorpus as cc
from codecorpus.report import stage_times, stored_sample
from conftest import write_repositories
from test_build import SETTINGS, bytes_of

EMAIL = "ada@lovelace.org"


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    root = tmp_path_factory.mktemp("samples")
    repos = write_repositories(root / "repos")
    generated = repos / "alpha" / "src" / "api_pb2.py"
    generated.write_text(generated.read_text() + f"# {EMAIL}\n")
    return cc.build(repos, out=root / "out", settings=SETTINGS, progress=False, executor="in-process")


def test_dropped_documents_have_their_first_lines(run):
    samples = run.scan("samples").collect()
    texts = dict(samples.select("path", "content").iter_rows())
    assert set(samples.select("repo_name", "path").iter_rows()) == {
        ("alpha", "src/wide.js"),
        ("alpha", "src/api_pb2.py"),
        ("beta", "copied/mean.py"),
        ("beta", "near/mean.py"),
        ("gamma", "unknown.zzz"),
    } | {(repo, path) for repo, path in samples.select("repo_name", "path").iter_rows() if path == "LICENSE"}
    assert texts["unknown.zzz"] == "what is this\n"
    assert texts["src/wide.js"].startswith("var a = [1, 2, 3, ")
    assert EMAIL not in texts["src/api_pb2.py"]
    assert texts["src/api_pb2.py"].startswith("# Generated")
    kept = run.documents(["doc_id"])["doc_id"]
    assert not samples["doc_id"].is_in(kept.implode()).any()


def test_they_are_published_and_verified(run):
    listed = [entry["path"] for entry in run.manifest["files"] if entry["path"].startswith("samples/")]
    assert listed == ["samples/part-00000.parquet"]
    assert run.verify().problems == ()


def test_the_text_of_a_dropped_document_is_found_by_its_id(run):
    (explanation,) = run.explain("beta/near/mean.py")
    assert "case seven" in stored_sample(run.path, explanation.doc_id)
    (kept,) = run.explain("alpha/src/mean.py")
    assert stored_sample(run.path, kept.doc_id) is None


def test_the_report_shows_what_differs_between_a_near_duplicate_and_the_kept_file(run):
    page = (run.path / "report.html").read_text(encoding="utf-8")
    assert (
        '<span class="dropped">+     &#34;&#34;&#34;Return the mean of values below the limit of case seven.&#34;&#34;&#34;</span>'
        in page
    )
    assert EMAIL not in page
    assert "what is this" in page


def test_the_report_is_the_same_when_work_is_gone_and_times_go_with_it(run, tmp_path):
    copy = tmp_path / "copy"
    shutil.copytree(run.path, copy)
    assert "CPU time" in (copy / "work" / "report.html").read_text(encoding="utf-8")
    assert not any(entry["path"].startswith("work/") for entry in run.manifest["files"])
    before = bytes_of(copy)
    shutil.rmtree(copy / "work")
    cc.open(copy).report()
    assert bytes_of(copy) == before
    assert not (copy / "work").exists()
    assert stage_times(copy) == ()


def test_times_are_those_of_this_configuration_alone(run, tmp_path):
    copy = tmp_path / "copy"
    shutil.copytree(run.path, copy)
    stages = {row.stage: row for row in stage_times(copy)}
    assert {"read", "parse", "choose", "excerpts", "samples", "pack"} <= set(stages)
    assert stages["pack"].units == 1
    repos = run.path.parent / "repos"
    again = cc.build(
        repos, out=copy, settings={**SETTINGS, "sequence_length": 512}, progress=False, executor="in-process"
    )
    assert {row.stage: row.units for row in stage_times(again.path)} == {
        row: stages[row].units for row in stages
    }
    assert '<th scope="row">pack</th><td class="n">1</td>' in (copy / "work" / "report.html").read_text(
        encoding="utf-8"
    )


def test_a_document_that_the_licence_policy_drops_leaves_no_text(tmp_path):
    repos = write_repositories(tmp_path / "repos")
    settings = {**SETTINGS, "licences.allow": ["permissive"]}
    run = cc.build(repos, out=tmp_path / "out", settings=settings, progress=False, executor="in-process")
    dropped = run.decisions().filter(pl.col("code") == "CC301")
    assert set(dropped["repo_name"]) == {"beta", "gamma"}
    assert set(run.scan("samples").collect()["repo_name"]) == {"alpha"}

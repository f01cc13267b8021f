"""The main job, end to end, on small repositories."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import numpy as np
import polars as pl
import pyarrow.parquet as pq
import pytest

import codecorpus as cc
from codecorpus.errors import ConfigError, OutputError, RunError, SourceError, UsageError
from codecorpus.tokenize.options import COUNTED_BYTES
from conftest import FATES, write_repositories

SETTINGS = {"sequence_length": 256, "tokenizer.vocab_size": 600}


def build(sources, out: Path, **options):
    return cc.build(
        sources, out=out, settings={**SETTINGS, **options.pop("settings", {})}, progress=False, **options
    )


def bytes_of(out: Path) -> dict[str, bytes]:
    """Every published file of a run: what has to be the same."""
    files = [path for path in out.rglob("*") if path.is_file() and "work" not in path.relative_to(out).parts]
    return {str(path.relative_to(out)): path.read_bytes() for path in sorted(files)}


@pytest.fixture(scope="module")
def shared(tmp_path_factory):
    """One finished run for the tests that only look."""
    root = tmp_path_factory.mktemp("shared")
    return build(write_repositories(root / "repos"), root / "out")


def test_every_file_has_the_fate_that_its_content_asks_for(shared):
    found = {}
    for name in FATES:
        (explanation,) = shared.explain(name)
        dropped = sorted(v.code for v in explanation.verdicts if v.verdict == "dropped")
        assert explanation.kept == (not dropped)
        found[name] = dropped[0] if dropped else "kept"
    assert found == FATES


def test_explain_answers_for_every_file_of_the_input(shared):
    root = shared.path.parent / "repos"
    for path in root.rglob("*"):
        if path.is_file():
            assert len(shared.explain(str(path))) == 1, path


def test_in_is_kept_plus_dropped_at_every_stage(shared):
    funnel = shared.funnel
    assert (funnel["documents_in"] == funnel["documents_kept"] + funnel["dropped"]).all()
    assert funnel["documents_in"].to_list()[1:] == funnel["documents_kept"].to_list()[:-1]
    assert funnel["documents_in"][0] == sum(
        1 for path in (shared.path.parent / "repos").rglob("*") if path.is_file()
    )
    assert shared.documents(["doc_id"]).height == funnel["documents_kept"][-1]


def test_verify_finds_nothing_wrong(shared):
    result = shared.verify()
    assert result.problems == ()
    assert result.checks > result.files > 8


def test_a_run_of_a_version_without_dates_is_still_verified_and_shown(shared, tmp_path):
    out = tmp_path / "old"
    shutil.copytree(shared.path, out)
    manifest = json.loads((out / "manifest.json").read_text())
    del manifest["duplicates"]
    for entry in manifest["files"]:
        if entry["path"].startswith("documents/"):
            file = out / entry["path"]
            table = pq.read_table(file).drop_columns("revision_date")
            pq.write_table(table, file)
            entry |= {"sha256": hashlib.sha256(file.read_bytes()).hexdigest(), "bytes": file.stat().st_size}
    (out / "manifest.json").write_text(json.dumps(manifest))
    old = cc.open(out)
    assert old.verify().problems == ()
    assert "near-duplicate" in old.report().read_text()
    assert old.verify().problems == ()


def test_duplicates_name_the_document_that_stays_and_the_similarity(shared):
    kept = shared.documents(["doc_id", "repo_name", "path"])
    for name, code in (("beta/copied/mean.py", "CC401"), ("beta/near/mean.py", "CC402")):
        (explanation,) = shared.explain(name)
        (verdict,) = explanation.verdicts
        assert verdict.code == code
        assert verdict.other == "alpha/src/mean.py"
        assert verdict.measured == 1.0 if code == "CC401" else 0.7 <= verdict.measured < 1.0
        assert bytes.fromhex(verdict.other_id) in kept["doc_id"].to_list()


def test_a_secret_is_edited_out_and_never_written(shared):
    content = shared.documents(["path", "content"]).filter(pl.col("path") == "keys.py")["content"][0]
    assert "<KEY>" in content
    (explanation,) = shared.explain("gamma/keys.py")
    # The modules of this corpus are made by one template, so that this one is a structural duplicate as well.
    assert [verdict.code for verdict in explanation.verdicts] == ["CC311", "CC404"]
    published = b"".join(
        data for name, data in bytes_of(shared.path).items() if not name.endswith(".parquet")
    )
    assert b"Z7Q4M2X6K3B5W5TD" not in published
    for table in ("documents", "decisions"):
        assert "Z7Q4M2X6K3B5W5TD" not in str(shared.scan(table).collect().to_dicts())


def test_licences_reach_the_documents(shared):
    rows = shared.documents(["repo_name", "detected_licenses", "license_type"]).filter(
        pl.col("repo_name") == "alpha"
    )
    assert set(rows["license_type"]) == {"permissive"}
    assert rows["detected_licenses"].to_list()[0] == ["MIT"]


def test_sequences_hold_every_kept_token_once_and_fit(shared):
    rows = shared.sequences()
    lengths = rows["input_ids"].list.len()
    assert lengths.max() <= 256
    assert (lengths == rows["seq_lengths"].list.sum()).all()
    assert (rows["parts"].list.len() == rows["doc_ids"].list.len()).all()
    encoder = cc.tokenize.load_encoder(shared.path / "tokenizer" / "tokenizer.json")
    documents = shared.documents(["doc_id", "content"])
    special = {encoder.token_id(token) for token in cc.fim.special_tokens(cc.fim.family("qwen2.5-coder"))}
    # Every byte, in whatever order; which document has which, and in which order, is in test_build_sequences.py.
    packed = [token for row in rows["input_ids"].to_list() for token in row if token not in special]
    text = "".join(documents["content"].to_list()).encode()
    assert Counter(encoder.decode(np.array(packed))) == Counter(text)
    assert {doc for row in rows["doc_ids"].to_list() for doc in row} == set(documents["doc_id"])


def test_tokenizer_loads_in_the_stock_library_and_reads_sentinels_as_text(shared):
    from tokenizers import Tokenizer

    stock = Tokenizer.from_file(str(shared.path / "tokenizer" / "tokenizer.json"))
    assert stock.token_to_id("<|fim_middle|>") is not None
    text = shared.documents(["path", "content"]).filter(pl.col("path") == "sentinels.py")["content"][0]
    encoder = cc.tokenize.load_encoder(shared.path / "tokenizer" / "tokenizer.json")
    ids, _ = encoder.encode(pl.Series([text]).to_arrow())
    assert stock.token_to_id("<|endoftext|>") not in ids.tolist()
    assert encoder.decode(ids) == text.encode()


def test_the_report_and_the_card_are_there(shared):
    assert "<html" in (shared.path / "report.html").read_text()
    assert (shared.path / "README.md").read_text().startswith("---\n")
    assert json.loads((shared.path / "croissant.json").read_text())["@type"]
    assert cc.open(shared.path).manifest == shared.manifest


@pytest.mark.parametrize(
    "options",
    [
        {"workers": 1, "executor": "in-process"},
        {"workers": 1, "executor": "processes"},
        {"workers": 2, "executor": "processes"},
    ],
)
def test_same_bytes_for_any_executor_and_number_of_workers(options, shared, tmp_path):
    build(shared.path.parent / "repos", tmp_path / "out", **options)
    assert bytes_of(tmp_path / "out") == bytes_of(shared.path)


def test_same_bytes_for_any_order_of_sources(repositories, tmp_path):
    sources = [repositories / name for name in ("alpha", "beta", "gamma")]
    for name in ("alpha", "beta", "gamma"):
        (repositories / name / ".git").mkdir()  # makes each a repository of its own
    build(sources, tmp_path / "one")
    build(sources[::-1], tmp_path / "two")
    assert bytes_of(tmp_path / "one") == bytes_of(tmp_path / "two")


def test_a_second_run_does_nothing_again(repositories, tmp_path):
    out = tmp_path / "out"
    build(repositories, out)
    before, timings = bytes_of(out), (out / "work" / "timings.jsonl").read_text()
    build(repositories, out)
    assert bytes_of(out) == before
    assert (out / "work" / "timings.jsonl").read_text() == timings


def stages_run(out: Path, skip: int) -> set[str]:
    rows = (out / "work" / "timings.jsonl").read_text().splitlines()[skip:]
    return {json.loads(row)["stage"] for row in rows}


def test_a_changed_setting_redoes_only_what_it_touches(repositories, tmp_path):
    out = tmp_path / "out"
    build(repositories, out)
    lines = len((out / "work" / "timings.jsonl").read_text().splitlines())
    build(repositories, out, settings={"sequence_length": 512})
    assert stages_run(out, lines) == {"cut", "plan", "pack"}
    build(repositories, tmp_path / "straight", settings={"sequence_length": 512})
    assert bytes_of(out) == bytes_of(tmp_path / "straight")


def test_a_changed_file_is_taken_in_and_a_removed_one_is_gone(repositories, tmp_path):
    out = tmp_path / "out"
    build(repositories, out)
    (repositories / "beta" / "server.go").write_text(
        "package main\n\n// nothing is left here\nfunc main() {}\n"
    )
    (repositories / "gamma" / "lib.rs").unlink()
    corpus = build(repositories, out)
    assert "nothing is left" in "".join(corpus.documents(["content"])["content"])
    assert corpus.explain("gamma/lib.rs") == []
    build(repositories, tmp_path / "straight")
    assert bytes_of(out) == bytes_of(tmp_path / "straight")


def run_command(sources: Path, out: Path) -> subprocess.Popen[bytes]:
    settings = [word for key, value in SETTINGS.items() for word in ("--set", f"{key}={value}")]
    command = [
        sys.executable,
        "-m",
        "codecorpus",
        "build",
        str(sources),
        "--out",
        str(out),
        "--workers",
        "2",
        "--executor",
        "processes",
    ]
    return subprocess.Popen(
        [*command, *settings], start_new_session=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )


def test_killed_at_ten_points_and_run_again_gives_the_same_bytes(shared, tmp_path):
    sources, out = shared.path.parent / "repos", tmp_path / "out"
    interrupted = 0
    for point in range(10):
        process = run_command(sources, out)
        time.sleep(0.6 + 0.35 * point)
        interrupted += process.poll() is None
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        for path in out.rglob("*.parquet"):
            if "tmp" not in path.parts:
                pl.read_parquet_schema(path)
        if interrupted < point:
            shutil.rmtree(out)
    assert run_command(sources, out).wait() == 0
    assert interrupted >= 3
    assert bytes_of(out) == bytes_of(shared.path)


def test_an_unfinished_run_says_so(tmp_path):
    (tmp_path / "work").mkdir()
    with pytest.raises(RunError, match="not finished"):
        cc.open(tmp_path)


def test_two_runs_in_one_folder_are_refused(repositories, tmp_path):
    from codecorpus.run.store import locked_output

    with locked_output(tmp_path / "out", fresh=False), pytest.raises(OutputError, match="another run"):
        build(repositories, tmp_path / "out")


def test_the_output_is_never_read_as_a_source(repositories):
    one = build(repositories, repositories / "corpus")
    two = build(repositories, repositories / "corpus")
    assert one.manifest == two.manifest
    assert "corpus" not in set(two.decisions()["repo_name"]) | set(two.documents(["repo_name"])["repo_name"])


def test_mistakes_of_the_call_are_said_before_anything_is_done(repositories, tmp_path):
    with pytest.raises(SourceError, match="nowhere"):
        build(tmp_path / "nowhere", tmp_path / "out")
    with pytest.raises(ConfigError) as error:
        build(
            repositories,
            tmp_path / "out",
            settings={"dedup.treshold": 0.8, "fim.rate": 7, "licences.allow": 3},
        )
    assert len(error.value.mistakes) == 3
    assert "did you mean dedup.threshold?" in str(error.value)
    with pytest.raises(UsageError, match="executor"):
        build(repositories, tmp_path / "out", executor="spark")
    assert not (tmp_path / "out" / "manifest.json").exists()


def test_a_folder_of_pictures_ends_with_nothing_kept(tmp_path):
    (tmp_path / "pictures").mkdir()
    for n in range(3):
        (tmp_path / "pictures" / f"{n}.png").write_bytes(b"\x89PNG\0")
    corpus = build(tmp_path / "pictures", tmp_path / "out")
    assert corpus.funnel["documents_kept"].to_list()[-1] == 0
    assert corpus.sequences().height == 0
    assert corpus.verify().ok


def test_another_tokenizer_is_used_as_it_is(shared, repositories, tmp_path):
    path = tmp_path / "given.json"
    shutil.copyfile(shared.path / "tokenizer" / "tokenizer.json", path)
    corpus = build(repositories, tmp_path / "out", settings={"tokenizer.path": str(path)})
    assert corpus.manifest["tokenizer"]["trained"] is False
    assert corpus.sequences().equals(shared.sequences())


def test_the_manifest_names_files_with_pretokens_too_long_to_count(repositories, tmp_path):
    functions = "".join(f"def double_{n}(value):\n    return value * {n}\n\n\n" for n in range(40))
    # Longer lines than 1,000 characters are filtered; 1,200 bytes are not.
    (repositories / "alpha" / "ruler.py").write_text(functions + "# " + 400 * "\u2550" + "\n", "utf-8")
    made = build(repositories, tmp_path / "out").manifest["tokenizer"]
    assert made["left_out"] == 1
    (row,) = made["longest_left_out"]
    assert (row["path"], row["longest"]) == ("ruler.py", 1202)


def test_superwords_are_trained_on_a_sample_that_depends_on_no_worker(shared, tmp_path, monkeypatch):
    monkeypatch.setitem(COUNTED_BYTES, "superword", 2_000)
    sources, asked = shared.path.parent / "repos", {"tokenizer.mode": "superword"}
    one = build(sources, tmp_path / "one", settings=asked, workers=1, executor="in-process")
    build(sources, tmp_path / "two", settings=asked, workers=2, executor="processes")
    assert bytes_of(tmp_path / "one") == bytes_of(tmp_path / "two")
    made = one.manifest["tokenizer"]
    assert made["mode"] == "superword"
    assert 256 < made["vocab_size"] <= 600
    assert 0 < made["counted_share"] < 1
    again = build(sources, tmp_path / "one", settings=asked)
    assert again.manifest == one.manifest


def test_notebook_view_shows_the_funnel(shared):
    html = shared._repr_html_()
    assert "dedup" in html
    assert "<script" not in html

"""Decontamination as a stage of a build."""

import json

import polars as pl
import pytest

import codecorpus as cc
from codecorpus.errors import ConfigError, DataError, UsageError
from conftest import python_module, write_repositories
from test_build import SETTINGS, bytes_of
from test_dedup_contamination import PROBLEM, PROMPT, SOLUTION, write


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """Repositories of which three documents hold a problem, and the problem."""
    root = tmp_path_factory.mktemp("contaminated")
    write_repositories(root / "repos")
    inside = python_module("other", 7) + "\n\n" + PROMPT + SOLUTION + "\n\n" + python_module("more", 3)
    (root / "repos" / "alpha" / "src" / "held.py").write_text(inside)
    (root / "repos" / "beta" / "alone.py").write_text(PROMPT + SOLUTION)
    (root / "repos" / "gamma" / "notes.py").write_text(
        f"# {PROMPT.splitlines()[1]}\n" + python_module("notes", 5)
    )
    write(root / "plateau.jsonl", PROBLEM)
    return root


def build(place, out, **settings):
    own = {"contamination.benchmarks": ["humaneval", str(place / "plateau.jsonl")], **settings}
    return cc.build(
        place / "repos", out=out, settings={**SETTINGS, **own}, progress=False, executor="in-process"
    )


@pytest.fixture(scope="module")
def dropped(place, tmp_path_factory):
    return build(place, tmp_path_factory.mktemp("dropped") / "out")


@pytest.fixture(scope="module")
def cut(place, tmp_path_factory):
    return build(place, tmp_path_factory.mktemp("cut") / "out", **{"contamination.action": "cut"})


def stage(run):
    manifest = json.loads((run.path / "manifest.json").read_text())
    (row,) = [row for row in manifest["stages"] if row["stage"] == "contamination"]
    return row, manifest["contamination"]


def test_documents_with_problems_are_dropped_and_counted(dropped):
    row, found = stage(dropped)
    assert row["documents_in"] - row["documents_kept"] == 3
    assert (row["dropped"], row["edited"]) == ({"CC501": 3}, {})
    assert row["bytes_in"] > row["bytes_kept"]
    assert found["benchmarks"] == [
        {"benchmark": "humaneval", "problems": 164, "searched": 164, "found": 0, "documents": 0},
        {"benchmark": "plateau", "problems": 1, "searched": 1, "found": 1, "documents": 3},
    ]
    assert not set(dropped.documents(["path"])["path"]) & {"src/held.py", "alone.py", "notes.py"}
    assert dropped.verify().problems == ()


def test_every_stage_hands_on_what_the_next_takes_in(dropped, cut):
    for run in (dropped, cut):
        funnel = run.funnel
        assert funnel["stage"].to_list()[-2:] == ["dedup", "contamination"]
        assert (funnel["documents_in"] == funnel["documents_kept"] + funnel["dropped"]).all()
        assert funnel["documents_in"].to_list()[1:] == funnel["documents_kept"].to_list()[:-1]
        assert funnel["bytes_in"].to_list()[-1] == funnel["bytes_kept"].to_list()[-2]
        documents = run.documents(["length_bytes", "content"])
        assert documents.height == funnel["documents_kept"][-1]
        assert documents["length_bytes"].to_list() == documents["content"].str.len_bytes().to_list()
        assert documents["length_bytes"].sum() == funnel["bytes_kept"][-1]


def test_the_function_is_cut_where_that_is_asked_for(cut):
    row, _ = stage(cut)
    assert (row["dropped"], row["edited"]) == ({"CC501": 1}, {"CC501": 2})
    contents = dict(cut.documents(["path", "content"]).iter_rows())
    assert "alone.py" not in contents
    left = contents["src/held.py"]
    assert "longest_plateau" not in left
    assert "other_6" in left
    assert "more_0" in left
    assert contents["notes.py"] == python_module("notes", 5)
    assert cut.verify().problems == ()


def test_explain_names_the_problem_and_where_it_stands(dropped, cut):
    (explanation,) = dropped.explain("alpha/src/held.py")
    (verdict,) = explanation.verdicts
    assert (verdict.stage, verdict.code, explanation.kept) == ("contamination", "CC501", False)
    assert verdict.detail.startswith("plateau Plateau/7 ")
    assert ", lines " in verdict.detail
    (edited,) = cut.explain("alpha/src/held.py")
    assert edited.kept
    for one in (explanation, edited):
        assert all(len(line) <= 80 for line in one.lines())
        assert verdict.other_id not in "\n".join(one.lines()[2:])


def test_the_report_has_a_section_for_benchmarks(dropped):
    page = (dropped.path / "report.html").read_text()
    assert 'id="benchmarks"' in page
    assert "plateau" in page


def test_nobody_looks_where_it_is_switched_off(place, tmp_path):
    run = build(place, tmp_path / "out", **{"contamination.enabled": False})
    manifest = json.loads((run.path / "manifest.json").read_text())
    assert manifest["contamination"] is None
    assert [row["stage"] for row in manifest["stages"]][-1] == "dedup"
    assert "alone.py" in run.documents(["path"])["path"].to_list()
    assert run.verify().problems == ()
    assert 'id="benchmarks"' not in (run.path / "report.html").read_text()


def test_the_same_bytes_with_two_workers(place, cut, tmp_path):
    own = {
        "contamination.benchmarks": ["humaneval", str(place / "plateau.jsonl")],
        "contamination.action": "cut",
    }
    again = cc.build(
        place / "repos",
        out=tmp_path / "out",
        settings={**SETTINGS, **own},
        progress=False,
        workers=2,
        executor="processes",
    )
    assert bytes_of(again.path) == bytes_of(cut.path)


def test_another_benchmark_file_searches_again_and_reads_nothing_again(place, tmp_path):
    file = tmp_path / "own.jsonl"
    file.write_bytes((place / "plateau.jsonl").read_bytes())
    settings = {"contamination.benchmarks": [str(file)]}
    out = build(place, tmp_path / "out", **settings).path
    before = len((out / "work" / "timings.jsonl").read_text().splitlines())
    write(
        file,
        {
            "task_id": "X/1",
            "code": "nothing " * 3 + " of this stands in any of the files that are searched here",
        },
    )
    run = build(place, tmp_path / "out", **settings)
    rows = map(json.loads, (out / "work" / "timings.jsonl").read_text().splitlines()[before:])
    stages = {row["stage"] for row in rows}
    assert {"benchmarks", "overlap", "documents"} <= stages
    assert not stages & {"read", "parse", "filter", "sketch", "dedup"}
    assert "alone.py" in run.documents(["path"])["path"].to_list()


@pytest.mark.parametrize(
    ("settings", "error", "message"),
    [
        (
            {"contamination.benchmarks": ["humanevil"]},
            UsageError,
            r"(?s)humanevil: no such file.*Did you mean `humaneval`",
        ),
        ({"contamination.ngram": 8}, UsageError, "made with ngram 10"),
        ({"contamination.action": "burn"}, ConfigError, "contamination.action"),
        ({"contamination.max_problem": 8}, ConfigError, "max_problems"),
    ],
)
def test_mistakes_are_said(place, tmp_path, settings, error, message):
    with pytest.raises(error, match=message) as caught:
        build(place, tmp_path / "out", **settings)
    assert caught.value.hint or error is ConfigError
    assert not (tmp_path / "out" / "work" / "read").exists(), "work was done before the mistake was said"


def test_a_damaged_benchmark_is_said_before_any_work(place, tmp_path):
    (tmp_path / "bad.jsonl").write_text("{")
    with pytest.raises(DataError, match=r"bad\.jsonl: not readable"):
        build(place, tmp_path / "out", **{"contamination.benchmarks": [str(tmp_path / "bad.jsonl")]})
    assert not (tmp_path / "out" / "work" / "read").exists()


def test_what_was_cut_stays_searchable_by_its_id(cut):
    decisions = cut.scan("decisions").filter(pl.col("stage") == "contamination").collect()
    documents = cut.documents(["doc_id"])["doc_id"].to_list()
    for verdict, doc_id in decisions.select("verdict", "doc_id").iter_rows():
        assert (doc_id in documents) == (verdict == "edited")

"""What differs between two runs: numbers, settings, rules, and what became of each document."""

import json

import pytest

import codecorpus as cc
from codecorpus.document import document_id
from codecorpus.errors import RunError
from codecorpus.report.changes import KINDS, diff_runs
from fake_run import ESCAPES, FakeRun, poison, usual_run


def first_run():
    run = FakeRun()
    run.keep("a", "same.py", "x = 1\n")
    run.keep("a", "edited.py", "before = 1\n")
    run.keep("a", "only_first.py", "y = 1\n")
    leader = run.keep("a", "leader.py", "def f(x):\n    return x\n")
    run.decisions["dedup"].add(
        document_id("b", "near.py", b"n"), "b", "near.py", "CC402", measured=0.75, limit=0.7, other_id=leader
    )
    run.decisions["filter"].add(
        document_id("b", "both.py", b"w"), "b", "both.py", "CC201", measured=5.0, limit=1.0
    )
    run.lost["dedup"]["CC402"], run.lost["filter"]["CC201"] = 1, 1
    run.drop("read", "b", "logo.png", "CC004")
    return run


def second_run():
    run = FakeRun()
    run.keep("a", "same.py", "x = 1\n")
    run.keep("a", "edited.py", "after = 2\n")
    run.keep("c", "only_second.py", "z = 1\n")
    run.keep("b", "near.py", "n")
    for code in ("CC213", "CC204"):
        run.decisions["filter"].add(document_id("b", "both.py", b"w"), "b", "both.py", code)
    run.decisions["filter"].add(
        document_id("a", "leader.py", b"def f(x):\n    return x\n"),
        "a",
        "leader.py",
        "CC201",
        measured=2.0,
        limit=1.0,
    )
    run.lost["filter"].update({"CC201": 1, "CC204": 1})
    run.drop("read", "b", "logo.png", "CC004")
    return run


@pytest.fixture(scope="module")
def folders(tmp_path_factory):
    root = tmp_path_factory.mktemp("changes")
    first_run().write(root / "a")
    second_run().write(root / "b")
    text = (root / "b" / "config.toml").read_text()
    (root / "b" / "config.toml").write_text(text.replace("threshold = 0.7\n", "threshold = 0.8\n"))
    return root / "a", root / "b"


@pytest.fixture(scope="module")
def found(folders):
    return diff_runs(*folders)


@pytest.mark.parametrize(
    ("kind", "paths"),
    [
        ("kept now", ["near.py"]),
        ("dropped now", ["leader.py"]),
        ("other rule", ["both.py"]),
        ("other content", ["edited.py"]),
        ("only in first", ["only_first.py"]),
        ("only in second", ["only_second.py"]),
    ],
)
def test_every_document_whose_fate_differs_is_in_one_row(found, kind, paths):
    assert [row["path"] for row in found.rows(kind)] == paths
    assert found.counts[kind] == len(paths)


def test_what_is_the_same_in_both_is_in_none(found):
    assert set(found.documents["path"]).isdisjoint({"same.py", "logo.png"})
    assert found.documents.height == sum(found.counts.values()) == 6


def test_both_reasons_are_there(found):
    (row,) = found.rows("kept now")
    assert (row["code_first"], row["measured_first"], row["limit_first"]) == ("CC402", 0.75, 0.7)
    assert (row["kept_first"], row["kept_second"], row["code_second"]) == (False, True, None)
    (row,) = found.rows("other rule")
    assert (row["code_first"], row["code_second"]) == ("CC201", "CC204")  # the first of two counts


def test_another_content_is_one_document_with_two_ids(found):
    (row,) = found.rows("other content")
    assert row["doc_id_first"] == document_id("a", "edited.py", b"before = 1\n")
    assert row["doc_id_second"] == document_id("a", "edited.py", b"after = 2\n")


REVISIONS = [f"x = {number}\n" for number in range(7)]


@pytest.fixture(scope="module")
def revisions(tmp_path_factory):
    """Runs over a table with several revisions of one path: five in the first, of which one stays, three in the second."""
    root = tmp_path_factory.mktemp("revisions")
    for name, numbers in (("a", (4, 0, 3, 1, 2)), ("b", (6, 0, 5))):
        run = FakeRun()
        for number in numbers:
            run.keep("a", "x.py", REVISIONS[number])
        run.keep("b", "x.py", f"of {name}\n")  # the same path elsewhere is no part of this
        run.write(root / name)
    return root / "a", root / "b"


def test_every_document_of_a_path_with_several_is_counted_once(revisions):
    found = diff_runs(*revisions)
    assert {kind: count for kind, count in found.counts.items() if count} == {
        "other content": 3,
        "only in first": 2,
    }
    ids = [row[f"doc_id_{run}"] for row in found.documents.to_dicts() for run in ("first", "second")]
    mine = [document_id("a", "x.py", REVISIONS[number].encode()) for number in (1, 2, 3, 4, 5, 6)]
    known = [doc_id for doc_id in ids if doc_id]
    assert len(known) == len(set(known)) == 8
    assert set(mine) < set(known)


def test_documents_of_one_path_are_paired_in_the_order_of_their_ids(revisions):
    before, after = (
        sorted(document_id("a", "x.py", REVISIONS[number].encode()) for number in numbers)
        for numbers in ((1, 2, 3, 4), (5, 6))
    )
    rows = [row for row in diff_runs(*revisions).rows("other content") if row["repo_name"] == "a"]
    assert {(row["doc_id_first"], row["doc_id_second"]) for row in rows} == set(
        zip(before[:2], after, strict=True)
    )


def test_settings_rules_and_numbers(found):
    assert [(one.name, one.first, one.second) for one in found.settings] == [("dedup.threshold", 0.7, 0.8)]
    moved = {one.name: one.difference for one in found.rules}
    assert moved == {"dedup CC402 dropped": -1, "filter CC204 dropped": 1}
    totals = {one.name: (one.first, one.second) for one in found.totals}
    assert totals["documents kept"] == (4, 4)
    assert found.versions == ()


def test_the_lines_name_both_reasons_at_80_columns(found):
    lines = found.lines()
    assert max(map(len, lines)) <= 80 or all(str(found.first) in line for line in lines if len(line) > 80)
    text = "\n".join(lines)
    assert "dedup.threshold: 0.7 > 0.8" in text
    assert "1 document: dropped in A, kept in B" in text
    assert "A: dedup, CC402 near-duplicate, measured 0.75, limit 0.7" in text
    assert "B: kept" in text


def test_a_run_and_itself_do_not_differ(folders):
    found = diff_runs(folders[0], folders[0])
    assert not any(found.counts.values())
    assert "every document is in both, with the same fate" in found.lines()
    assert found.rules == found.settings == ()


def test_the_order_of_runs_turns_the_answer_around(folders, found):
    turned = diff_runs(*reversed(folders))
    assert turned.counts["kept now"] == found.counts["dropped now"]
    assert turned.counts["only in first"] == found.counts["only in second"]


def test_json_has_every_kind_and_is_bounded(found):
    values = json.loads(json.dumps(found.to_json()))
    assert {row["kind"] for row in values["documents"]} == set(KINDS)
    assert found.to_json(limit=0)["documents"] == []
    assert found.to_polars().height == 6


def test_the_api_takes_folders_and_opened_runs(folders):
    found = cc.diff(str(folders[0]), cc.open(folders[1]))
    assert found.counts["kept now"] == 1
    with pytest.raises(RunError):
        cc.diff(folders[0], folders[0].parent / "nowhere")


def test_sequences_and_tokens_are_compared(tmp_path):
    usual_run().write(tmp_path / "a")
    other = usual_run()
    other.rows.pop()
    other.write(tmp_path / "b")
    found = diff_runs(tmp_path / "a", tmp_path / "b")
    assert {one.name: one.difference for one in found.totals}["packed rows"] == -1


def test_hostile_names_are_inert(tmp_path):
    run = FakeRun()
    run.keep("evil\x1b[2J", "<b>\u202e.py", "x")
    run.write(tmp_path / "a")
    FakeRun().write(tmp_path / "b")
    found = diff_runs(tmp_path / "a", tmp_path / "b")
    assert "\x1b" not in "\n".join(found.lines())
    assert "<b>" not in found._repr_html_()
    assert "&lt;b&gt;" in found._repr_html_()


FOREIGN = """
"key\\u001b[2J\\u202e" = "value\\u001b"
"long\\u001b" = "{}"
date = 2020-01-02
"table\\n"."key\\u009b" = 1
""".format(100 * "\\u001b")


@pytest.fixture(scope="module")
def foreign(tmp_path_factory):
    """The two runs, the second with escapes in every string that is not looked up: columns, stages, rules, versions, settings."""
    root = tmp_path_factory.mktemp("foreign")
    first_run().write(root / "a")
    manifest = second_run().write(root / "b")
    for row in manifest["stages"]:
        row["stage"] += ESCAPES
        row["dropped"] = {code + ESCAPES: count for code, count in row["dropped"].items()}
    manifest["versions"] = {"pyarrow" + ESCAPES: "1" + ESCAPES}
    manifest["codecorpus"] += ESCAPES
    (root / "b" / "manifest.json").write_text(json.dumps(manifest))
    (root / "a" / "config.toml").write_text("seed = 1\n")  # few keys: twelve are listed
    (root / "b" / "config.toml").write_text(FOREIGN)
    poison(root / "b", "documents", "repo_name", "path")
    poison(root / "b", "decisions", "repo_name", "path", "stage", "code")
    return root / "a", root / "b"


@pytest.mark.parametrize("order", [1, -1])
def test_no_string_of_a_foreign_run_reaches_the_terminal_as_it_is(foreign, order):
    found = diff_runs(*foreign[::order], names=("a\x1b", "b\x1b"))
    lines = found.lines(limit=100)
    assert [line for line in lines if not line.isprintable()] == []
    text = "\n".join(lines)
    for shown in ("key\\x1b[2J", "pyarrow \\x1b", "CC204 \\x1b", "A  a\\x1b", "read \\x1b", "2020-01-02"):
        assert shown in text


def test_a_rule_of_a_foreign_run_keeps_its_three_names(foreign):
    moved = {(one.stage, one.code, one.verdict): one.difference for one in diff_runs(*foreign).rules}
    assert moved["dedup", "CC402", "dropped"] == -1
    assert moved["filter" + ESCAPES, "CC204" + ESCAPES, "dropped"] == 1


def test_a_foreign_run_is_json(foreign):
    values = diff_runs(*foreign).to_json()
    assert {"name": "date", "first": None, "second": "2020-01-02"} in values["settings"]
    assert {"name", "first", "second", "stage", "code", "verdict"} == set(values["rules"][0])

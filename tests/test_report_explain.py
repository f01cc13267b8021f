"""What `explain` says of duplicates, of every level, and of those that stay for them."""

import json
import shutil
from collections import Counter

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from codecorpus.document import document_id
from codecorpus.report import texts
from codecorpus.report.explain import explain, near_paths
from codecorpus.report.text import printable
from codecorpus.report.texts import Text
from codecorpus.report.twin import difference, difference_lines
from fake_run import FakeRun, poison, usual_run


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """A leader, a document dropped for it on each level that drops, and documents that are flagged."""
    fake, out = FakeRun(), tmp_path_factory.mktemp("levels") / "run"
    leader = fake.keep("a", "leader.py", "def f(x):\n    return x\n")
    for code, name in (("CC401", "exact.py"), ("CC403", "code.py"), ("CC402", "near.py")):
        fake.drop("dedup", "b", name, code, measured=1.0, limit=1.0, other_id=leader)
    for name in ("one.py", "two.py"):
        doc_id = fake.keep("c", name, f"def g(y):\n    return y  # {name}\n")
        fake.decisions["dedup"].add(
            doc_id, "c", name, "CC404", verdict="flagged", measured=0.9, limit=0.85, other_id=leader
        )
    copied = fake.keep("fork", "own.py", "z = 1\n")
    fake.decisions["dedup"].add(
        copied, "fork", "own.py", "CC405", verdict="flagged", measured=0.9, limit=0.8, detail="90 % are in a"
    )
    fake.write(out)
    return out


@pytest.mark.parametrize(
    ("path", "verdict", "rule"),
    [
        ("exact.py", "dropped", "CC401 exact duplicate"),
        ("code.py", "dropped", "CC403 same code"),
        ("near.py", "dropped", "CC402 near-duplicate"),
        ("one.py", "flagged", "CC404 structural duplicate"),
    ],
)
def test_a_duplicate_of_each_level_names_its_rule_and_the_document_that_stays(run, path, verdict, rule):
    (one,) = explain(run, path)
    assert one.kept is (verdict == "flagged")
    assert f"  dedup: {verdict} by {rule}" in one.lines()
    assert "    matches a/leader.py" in one.lines()


def test_what_is_left_of_a_copy_names_the_other_repository_in_words(run):
    (one,) = explain(run, "own.py")
    assert "    90 % are in a" in one.lines()
    assert not any(line.startswith("    matches") for line in one.lines())


def test_the_document_that_stays_says_for_how_many(run):
    (leader,) = explain(run, "leader.py")
    assert (leader.stands_for, leader.alike) == (3, 2)
    assert "  stands for 3 duplicates" in leader.lines()
    assert "  2 kept documents have its structure" in leader.lines()
    (other,) = explain(run, "one.py")
    assert (other.stands_for, other.alike) == (0, 0)
    assert not any("structure" in line and "CC404" not in line for line in other.lines())


# --- the difference to the twin


LEADER = "".join(f"def f{n}(x):\n    return x + {n}\n\n\n" for n in range(30))
COPY = LEADER.replace("x + 7", "x - 7").replace("x + 20", 'x + "' + "v" * 200 + '\x1b[2J"')


def write_work(out, *documents):
    """What the stage `read` leaves in work/: (repository, path, text)."""
    rows = [
        {
            "doc_id": document_id(repo, path, text.encode()),
            "content": text,
            "language": "Python",
        }
        for repo, path, text in documents
    ]
    folder = out / "work" / "read" / "0123"
    folder.mkdir(parents=True)
    schema = pa.schema([("doc_id", pa.binary(16)), ("content", pa.large_string()), ("language", pa.string())])
    pq.write_table(pa.Table.from_pylist(rows, schema), folder / "documents.parquet", row_group_size=1)


def duplicate(out, *, work=True, copy=COPY, kept=LEADER):
    fake = FakeRun()
    leader = fake.keep("a", "leader.py", kept)
    fake.decisions["dedup"].add(
        document_id("b", "copy.py", copy.encode()),
        "b",
        "copy.py",
        "CC402",
        measured=0.9,
        limit=0.7,
        other_id=leader,
    )
    fake.lost["dedup"]["CC402"] = 1
    fake.write(out)
    if work:
        write_work(out, ("c", "other.py", "y = 1\n"), ("b", "copy.py", copy))
    return out


def test_a_duplicate_is_shown_with_its_difference_while_work_is_there(tmp_path):
    (one,) = explain(duplicate(tmp_path / "run"), "copy.py")
    assert (one.difference.added, one.difference.removed) == (2, 2)
    lines = one.lines()
    assert "    - a/leader.py" in lines
    assert "    + b/copy.py" in lines
    assert "    -    return x + 7" in lines
    assert "    +    return x - 7" in lines
    assert max(map(len, lines)) <= 80
    assert "\x1b" not in "\n".join(lines)
    assert one.no_difference == ""


def test_without_work_it_says_why_there_is_no_difference(tmp_path):
    (one,) = explain(duplicate(tmp_path / "run", work=False), "copy.py")
    assert one.difference is None
    assert "work/" in one.no_difference
    assert any(line.startswith("    no difference is shown: its text is gone") for line in one.lines())
    assert max(map(len, one.lines())) <= 80


def test_a_difference_is_bounded_and_can_be_left_out(tmp_path):
    run = duplicate(tmp_path / "run", copy="".join(f"g{n} = {n}\n" for n in range(500)))
    (one,) = explain(run, "copy.py", diff_lines=10)
    assert len(one.difference.lines) == 10
    assert (one.difference.added, one.difference.removed) == (400, len(LEADER.splitlines()))
    assert one.difference.left_out == 510
    assert any("more lines of the difference" in line for line in one.lines())
    (one,) = explain(run, "copy.py", diff_lines=0)
    assert (one.difference, one.no_difference) == (None, "")


def test_secrets_are_in_no_difference_whatever_the_run_did_with_them(tmp_path):
    key = "AKIA" + "Z7Q4M2X6K3B5W5TD"
    run = duplicate(tmp_path / "run", copy=LEADER + f'AWS = "{key}"\n', kept=LEADER + f'AWS_ID = "{key}"\n')
    (one,) = explain(run, "copy.py")
    text = "\n".join(one.lines())
    assert "<KEY>" in text
    assert key not in text
    assert key not in str(one.to_json())


def test_no_half_of_a_secret_is_shown_where_a_long_text_is_cut(tmp_path, monkeypatch):
    key = "AKIA" + "Z7Q4M2X6K3B5W5TD"
    text = "#" * 30 + f'\nkey = "{key}"\n'
    run = duplicate(tmp_path / "run", copy=text)
    doc_id = document_id("b", "copy.py", text.encode())
    for most in range(30, 70):
        monkeypatch.setattr(texts, "MOST_BYTES", most)
        shown = texts.texts_of(run, [doc_id])[doc_id]
        assert not any(key[start : start + 6] in shown.content for start in range(len(key) - 5)), most
        assert len(shown.content.encode()) <= most
        assert shown.is_cut is (shown.content != text.replace(key, "<KEY>"))


def test_a_sample_is_taken_where_work_is_gone(tmp_path):
    run = usual_run()
    run.write(tmp_path / "run")
    (doc_id,) = (row["doc_id"] for row in run.samples if row["path"] == "dist/close.js")
    assert texts.texts_of(tmp_path / "run", [doc_id]) == {doc_id: Text("var close = 1;\n", "samples")}


@pytest.mark.parametrize("code", ["CC011", "CC301", "CC311", "CC312", "CC501"])
def test_what_was_dropped_for_what_it_says_is_not_shown_from_work_or_samples(tmp_path, code):
    run, text = FakeRun(), "words that nobody is shown\n"
    doc_id = document_id("b", "said.py", text.encode())
    for one in ("CC204", code):
        run.decisions["filter"].add(doc_id, "b", "said.py", one)
    run.store(doc_id, "b", "said.py", text)
    run.write(tmp_path / "run")
    withheld = {doc_id: Text("not shown: dropped for what it says", "withheld")}
    assert texts.texts_of(tmp_path / "run", [doc_id]) == withheld
    write_work(tmp_path / "run", ("b", "said.py", text))
    assert texts.texts_of(tmp_path / "run", [doc_id]) == withheld


def test_what_was_only_edited_or_dropped_for_something_else_is_shown(tmp_path):
    run, text = FakeRun(), "words\n"
    kept = run.keep("a", "kept.py", text)
    gone = document_id("b", "gone.py", text.encode())
    run.decisions["filter"].add(kept, "a", "kept.py", "CC501", verdict="edited")
    run.decisions["filter"].add(gone, "b", "gone.py", "CC311", verdict="edited")
    run.decisions["filter"].add(gone, "b", "gone.py", "CC204")
    run.write(tmp_path / "run")
    write_work(tmp_path / "run", ("b", "gone.py", text), ("a", "kept.py", "the problem, not cut out"))
    found = texts.texts_of(tmp_path / "run", [kept, gone])
    assert found == {kept: Text(text, "documents"), gone: Text(text, "work")}


@pytest.mark.parametrize("verdict", ["dropped", "edited"])
def test_the_copy_of_a_benchmark_problem_gets_no_difference(tmp_path, verdict):
    run, copy = FakeRun(), COPY + "# the copy\n"
    leader = run.keep("a", "leader.py", LEADER)
    run.decisions["filter"].add(leader, "a", "leader.py", "CC501", verdict=verdict, detail="HumanEval/1")
    run.decisions["dedup"].add(
        document_id("b", "copy.py", copy.encode()), "b", "copy.py", "CC402", measured=0.9, other_id=leader
    )
    run.write(tmp_path / "run")
    write_work(tmp_path / "run", ("b", "copy.py", copy), ("a", "leader.py", LEADER))
    (one,) = explain(tmp_path / "run", "copy.py")
    assert (one.difference.lines, one.difference.note) == ((), "not shown: dropped for what it says")
    assert "    no difference is shown: one of them was dropped for what it says" in one.lines()
    assert "return" not in "\n".join(one.lines())


def test_without_decisions_dropped_text_is_shown_from_samples_alone(tmp_path):
    run = usual_run()
    run.write(tmp_path / "run")
    close, copy = (document_id(*name, b"") for name in (("alpha", "dist/close.js"), ("b", "copy.py")))
    write_work(tmp_path / "run", ("b", "copy.py", ""))
    (tmp_path / "run" / "decisions" / "part-00000.parquet").unlink()
    found = texts.texts_of(tmp_path / "run", [close, copy])
    assert found == {close: Text("var close = 1;\n", "samples")}


def test_many_duplicates_at_once_get_no_difference(tmp_path):
    fake, out = FakeRun(), tmp_path / "run"
    leader = fake.keep("a", "x.py", "x = 1\n")
    for number in range(4):
        fake.drop("dedup", f"r{number}", "copy.py", "CC401", other_id=leader)
    fake.write(out)
    explained = explain(out, "copy.py")
    assert len(explained) == 4
    assert all("one of them" in one.no_difference for one in explained)


def test_equal_texts_say_so(tmp_path):
    (one,) = explain(duplicate(tmp_path / "run", copy=LEADER.replace("\n", "\r\n")), "copy.py")
    assert "    the same text, line for line" in one.lines()


def test_the_way_of_a_document_ends_where_it_was_dropped(tmp_path):
    run = usual_run()
    run.write(tmp_path / "run")
    ways = {
        path: explain(tmp_path / "run", path)[0].way for path in ("src/add.py", "logo.png", "add_copy.py")
    }
    assert ways == {
        "src/add.py": ("read", "filter", "dedup", "documents"),
        "logo.png": ("read, dropped",),
        "add_copy.py": ("read", "filter", "dedup, dropped"),
    }


def test_a_kept_document_names_its_packed_rows(tmp_path):
    run = usual_run()
    run.write(tmp_path / "run")
    (one,) = explain(tmp_path / "run", "src/near.py")
    assert (one.rows, one.all_rows) == ((0, 1), 2)
    assert "  packed in rows 0, 1" in one.lines()
    (one,) = explain(tmp_path / "run", "main.go") or explain(tmp_path / "run", "lib/main.go")
    assert one.all_rows == 0


def test_rows_are_not_numbered_where_a_part_of_them_is_not_here(tmp_path):
    run = usual_run()
    manifest = run.write(tmp_path / "run")
    missing = {"path": "sequences/part-00001.parquet", "sha256": "", "bytes": 1, "rows": 1}
    manifest["files"].append(missing)
    (tmp_path / "run/manifest.json").write_text(json.dumps(manifest))
    (one,) = explain(tmp_path / "run", "src/near.py")
    assert (one.rows, one.all_rows) == ((), 0)
    assert not [line for line in one.lines() if "packed" in line]


LINES = st.lists(st.sampled_from(["a", "b", "", "return x", "\t", "\x1b[0m"]), max_size=12)


@settings(deadline=None)
@given(LINES, LINES)
def test_a_difference_says_how_to_get_from_one_text_to_the_other(before, after):
    """Taken whole, its added and removed lines are those that the texts do not share."""
    found = difference(Text("\n".join(before), "documents"), Text("\n".join(after), "work"), most=1000)
    first, second = ("\n".join(one).splitlines() for one in (before, after))
    changed = Counter(second)
    changed.subtract(Counter(first))
    marks = Counter()
    for line in found.lines:
        if line[:1] in ("+", "-"):
            marks[line[1:].rstrip()] += 1 if line[0] == "+" else -1
    expected = Counter()
    for line, count in changed.items():
        expected[printable(line.expandtabs(4)).rstrip()] += count
    assert {k: v for k, v in marks.items() if v} == {k: v for k, v in expected.items() if v}
    assert found.added - found.removed == len(second) - len(first)


@pytest.mark.parametrize("end", range(190, 230))
def test_a_sample_that_ends_anywhere_in_the_same_text_differs_in_nothing(end):
    found = difference(Text(LEADER, "documents"), Text(LEADER[:end], "samples", is_cut=True))
    assert (found.lines, found.added, found.removed) == ((), 0, 0)
    assert found.note == "of one only the beginning is there"
    said = difference_lines(found, other="a", this="b")
    assert said == ["    no line is known to differ", "    (of one only the beginning is there)"]


def test_one_long_line_of_which_the_beginning_is_there_differs_only_where_it_does():
    line = "x = " + "1" * 5_000
    whole = Text(line + "\ny\n", "documents")
    assert difference(whole, Text(line[:900], "samples", is_cut=True)).lines == ()
    found = difference(whole, Text("y = 1", "samples", is_cut=True))
    assert (found.added, found.removed) == (1, 0)
    found = difference(whole, Text("x = 1\n", "samples", is_cut=True))
    assert (found.added, found.removed) == (1, 0), "a whole line, not the beginning of one"


def test_lines_that_were_inserted_where_a_text_is_cut_push_none_out():
    other = "".join(f"line {number}\n" for number in range(50))
    this = other[: other.index("line 20")] + "inserted\nas well\n"
    found = difference(Text(other, "documents"), Text(this, "samples", is_cut=True))
    assert (found.added, found.removed) == (2, 0)


@pytest.mark.parametrize("length", [50, 3_000])
@pytest.mark.parametrize("is_cut", [(True, False), (False, True), (True, True), (False, False)])
def test_an_inserted_line_is_the_only_one_however_the_texts_are_cut(is_cut, length):
    other = "".join(f"line {number}\n" for number in range(length))
    this = "inserted\n" + other
    texts = [
        Text(text[: len(text) // 2 + 3] if cut else text, "documents", is_cut=cut)
        for text, cut in zip((other, this), is_cut, strict=True)
    ]
    found = difference(*texts)
    assert (found.added, found.removed) == (1, 0)


def test_lines_after_the_end_of_a_whole_text_are_added_though_the_other_is_cut():
    whole, longer = Text("a\nb\n", "documents"), Text("a\nb\nc\nd\nhal", "samples", is_cut=True)
    assert (difference(whole, longer).added, difference(whole, longer).removed) == (2, 0)
    assert (difference(longer, whole).added, difference(longer, whole).removed) == (0, 2)


def test_a_change_far_down_in_long_texts_is_found_and_named_by_its_line():
    lines = [f"line {number}" for number in range(1, 5_001)]
    changed = [*lines[:2_999], "other", *lines[3_000:]]
    found = difference(Text("\n".join(lines), "documents"), Text("\n".join(changed), "work"))
    assert found.lines == (
        "@@ line 2,998 @@",
        " line 2998",
        " line 2999",
        "-line 3000",
        "+other",
        " line 3001",
        " line 3002",
    )
    assert found.note == ""


def test_of_texts_that_differ_over_many_lines_the_first_are_compared():
    texts = [Text("".join(f"{sign}{n}\n" for n in range(900)), "work") for sign in "ab"]
    found = difference(*texts)
    assert (found.added, found.removed, found.note) == (400, 400, "only 400 lines of either are compared")


def test_no_string_of_a_foreign_run_reaches_the_terminal_as_it_is(tmp_path):
    run = usual_run()
    manifest = run.write(tmp_path / "run")
    for row in manifest["stages"]:
        row["stage"] += "\x1b[2J"
    (tmp_path / "run" / "manifest.json").write_text(json.dumps(manifest))
    ids = [doc["doc_id"].hex() for doc in run.documents]
    ids += [document_id("gamma", name, b"").hex() for name in ("gen.py", "add_copy.py")]
    for table in ("documents", "decisions"):
        poison(tmp_path / "run", table)
    lines = [line for doc_id in ids for line in explain(tmp_path / "run", doc_id)[0].lines()]
    assert [line for line in lines if not line.isprintable()] == []
    text = "\n".join(lines)
    for shown in (
        "way: read\\x1b[2J",
        "Python \\x1b",
        "MIT \\x1b",
        "filter \\x1b",
        "CC204 \\x1b",
        "dropped \\x1b",
        "marker at the head \\x1b",
    ):
        assert shown in text, shown


def test_the_name_of_the_folder_is_no_pattern(tmp_path):
    usual_run().write(tmp_path / "corpus[1]")
    (one,) = explain(tmp_path / "corpus[1]", "src/near.py")
    assert one.kept
    assert near_paths(tmp_path / "corpus[1]", "other/add.py") == ["alpha/src/add.py"]


@pytest.mark.parametrize("table", ["documents", "decisions"])
def test_a_run_without_one_of_the_tables_says_what_the_other_has(tmp_path, table):
    usual_run().write(tmp_path / "run")
    shutil.rmtree(tmp_path / "run" / table)
    assert bool(explain(tmp_path / "run", "src/near.py")) is (table == "decisions")
    assert bool(explain(tmp_path / "run", "gen.py")) is (table == "documents")

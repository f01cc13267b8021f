"""What `explain` says of duplicates, of every level, and of those that stay for them."""

import json
from collections import Counter

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from codecorpus.document import document_id
from codecorpus.report.explain import explain
from codecorpus.report.text import printable
from codecorpus.report.texts import Text
from codecorpus.report.twin import difference
from fake_run import FakeRun, usual_run


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
    assert one.difference.left_out > 500
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


def test_a_text_that_is_cut_is_compared_as_far_as_it_goes():
    whole, cut = Text(LEADER, "documents"), Text(LEADER[:200], "samples", is_cut=True)
    found = difference(whole, cut)
    assert found.removed <= 1  # the line in which it was cut
    assert "only the first" in found.note

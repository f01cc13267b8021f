"""Is this code in the corpus: what is found, by the stored sample and without it, and what is said of it."""

from dataclasses import replace

import pyarrow.parquet as pq
import pytest

from codecorpus.dedup.sampled import Sampling, lookup_rows
from codecorpus.document import DecisionRows, document_id, git_blob_id
from codecorpus.errors import UsageError
from codecorpus.report import find, find_reads
from codecorpus.report.find import KINDS, find_text
from codecorpus.report.find_reads import dropped_copies, same_bytes
from codecorpus.run.tables import TableWriter, row_groups
from conftest import GO, python_module
from fake_run import FakeRun, poison
from naive_dedup import shingle_hashes

MEAN, MEDIAN = python_module("mean", 12), python_module("median", 9)
DROPPED = python_module("dropped", 6)
OTHER = "\n".join(f"first_{n} = second_{n} + third_{n}" for n in range(200))
HEADER = (
    "# Copyright 2020 somebody, who wrote this and gives it to everybody under the same terms as before.\n"
)


def write_lookup(run, scale=4):
    """The table `lookup/`, as the build writes it."""
    for path in (run / "documents").glob("*.parquet"):
        rows = [lookup_rows(group, Sampling(scale, 5)) for group in row_groups(path)]
        (run / "lookup").mkdir(exist_ok=True)
        with TableWriter(run / "lookup" / path.name, rows[0].schema, random=["doc_id", "hashes"]) as writer:
            for one in rows:
                writer.write(one)


@pytest.fixture(scope="module")
def plain(tmp_path_factory):
    """A run without the table."""
    fake, out = FakeRun(), tmp_path_factory.mktemp("find") / "run"
    mean = fake.keep("alpha", "src/mean.py", MEAN)
    fake.keep("alpha", "src/median.py", MEDIAN, licence="GPL-3.0-only")
    fake.keep("beta", "server.go", GO, language="Go", licence=None)
    rows = fake.decisions["dedup"]
    for name in ("one.py", "two.py"):
        rows.add(document_id("copies", name, MEAN.encode()), "copies", name, "CC401", other_id=mean)
    fake.decisions["filter"].add(document_id("gone", "x.py", DROPPED.encode()), "gone", "x.py", "CC204")
    fake.lost["dedup"]["CC401"], fake.lost["filter"]["CC204"] = 2, 1
    fake.write(out)
    return out


@pytest.fixture(scope="module")
def stored(plain, tmp_path_factory):
    """The same run with the table."""
    import shutil

    out = tmp_path_factory.mktemp("find") / "stored"
    shutil.copytree(plain, out)
    write_lookup(out)
    return out


@pytest.fixture(params=["plain", "stored"])
def run(request):
    return request.getfixturevalue(request.param)


def lines_of(text, first, last):
    return "\n".join(text.splitlines()[first:last])


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        (MEAN, "same bytes"),
        (MEAN.replace("\n", "\r\n"), "same text"),
        ("\ufeff" + MEAN, "same text"),
        (MEAN.rstrip("\n"), "same text"),
        (MEAN.replace("total = ", "total  =  "), "same code"),
        (
            MEAN.replace("case 7", "case seven").replace("total += value * 3", "total -= value * 3"),
            "near copy",
        ),
        (lines_of(MEAN, 20, 60), "holds the text"),
        (MEAN + OTHER, "part of the text"),
        (HEADER + MEAN, "same code"),
    ],
)
def test_each_kind_of_match_is_told_apart(run, text, kind):
    found = find_text(run, text.encode(), name="question.py")
    assert (found.matches[0].path, found.matches[0].kind) == ("src/mean.py", kind)
    assert found.matches[0].licences == ("MIT",)
    assert found.searched == ("lookup" if "stored" in str(run) else "texts")


def test_a_document_that_was_changed_after_it_was_read_is_not_said_to_be_the_same(tmp_path):
    fake, secret = FakeRun(), MEAN + "KEY = 'one two three'\n"
    fake.keep("alpha", "src/mean.py", secret)
    fake.documents[0]["content"] = secret.replace("one two three", "<KEY>")
    fake.write(tmp_path / "run")
    found = find_text(tmp_path / "run", secret.encode())
    assert [one.kind for one in found.matches] == ["same bytes, changed"]
    assert found.lines()[0] == "yes: a document was read from the same bytes, and its text was changed"
    assert max(map(len, found.lines())) <= 80


def test_bytes_in_another_encoding_are_the_same(tmp_path):
    fake, text = FakeRun(), MEAN + "# gr\u00fc\u00dfe, sch\u00f6n\n"
    fake.keep("alpha", "src/mean.py", text)
    raw = text.encode("utf-16")
    fake.documents[0]["blob_id"] = git_blob_id(raw)
    fake.write(tmp_path / "run")
    assert [one.kind for one in find_text(tmp_path / "run", raw).matches] == ["same bytes"]


def test_of_very_many_equal_documents_no_more_are_read_than_are_asked_for(tmp_path):
    fake = FakeRun()
    for number in range(60):
        fake.keep("many", f"{number}.py", MEAN)
    fake.write(tmp_path / "run")
    parts = sorted((tmp_path / "run" / "documents").glob("*.parquet"))
    places = same_bytes(parts, git_blob_id(MEAN.encode()), 7)
    assert [(one.group, one.row) for one in places] == [
        (0, 0),
        (0, 1),
        (1, 0),
        (1, 1),
        (2, 0),
        (2, 1),
        (3, 0),
    ]
    assert len(find_text(tmp_path / "run", MEAN.encode(), limit=50).matches) == 50


def test_the_sample_is_not_read_for_a_question_that_has_too_little_in_it(stored, monkeypatch):
    def never(*_):
        raise AssertionError("read for nothing")

    monkeypatch.setattr(find, "find_rows", never)
    assert find_text(stored, b"for position, value in enumerate(values):\n    x").searched == "texts"
    with pytest.raises(AssertionError, match="for nothing"):
        find_text(stored, MEAN.encode())


def test_the_numbers_are_those_of_sets(run):
    text = MEAN + MEDIAN
    asked, held = (set(shingle_hashes(one.encode(), 5)) for one in (text, MEAN))
    (one,) = (one for one in find_text(run, text.encode()).matches if one.path == "src/mean.py")
    assert one.similarity == pytest.approx(len(asked & held) / len(asked | held), abs=1e-6)
    assert one.containment == pytest.approx(len(asked & held) / len(asked), abs=1e-6)
    assert one.coverage == pytest.approx(1, abs=1e-6)
    assert one.lines == (1, len(MEAN.splitlines()))


def test_a_piece_names_the_lines_where_it_stands(run):
    (best, *_) = find_text(run, lines_of(MEAN, 30, 47).encode()).matches
    assert best.kind == "holds the text"
    assert best.containment == 1
    assert best.lines == (33, 47)  # 31 and 32 are blank


def test_a_few_lines_are_held_against_every_text(stored):
    found = find_text(stored, b"    for position, value in enumerate(values):\n        if value < limit")
    assert found.searched == "texts"
    assert {one.path for one in found.matches} == {"src/mean.py", "src/median.py"}


def test_a_text_shorter_than_a_shingle_is_found_letter_by_letter(run):
    assert [one.path for one in find_text(run, b"def median_3").matches] == ["src/median.py"]
    assert find_text(run, b"def nobody_3").matches == ()


def test_what_is_not_there_is_not_found(run):
    found = find_text(run, "\n".join(f"let a{n} = b{n} ?? c{n};" for n in range(80)).encode(), name="x.js")
    assert (found.matches, found.dropped) == ((), ())
    assert found.lines()[0].startswith("no: ")


def test_a_document_says_for_how_many_it_stands_and_which_had_these_bytes(run):
    found = find_text(run, MEAN.encode())
    assert found.matches[0].stands_for == 2
    assert [(one.path, one.code, one.other) for one in found.dropped] == [
        ("one.py", "CC401", "alpha/src/mean.py"),
        ("two.py", "CC401", "alpha/src/mean.py"),
    ]


def test_what_a_filter_dropped_is_recognised_by_its_bytes(run):
    found = find_text(run, DROPPED.encode())
    assert [(one.repo_name, one.code) for one in found.dropped] == [("gone", "CC204")]
    assert "dropped: gone/x.py" in found.lines()
    assert find_text(run, DROPPED.encode() + b"\n").dropped == ()


def many_dropped(out):
    """A text that was dropped in ten places, in some by two rules, among others."""
    fake = FakeRun()
    kept = fake.keep("alpha", "mean.py", MEAN)
    for number in range(10):
        fake.decisions["filter"].add(
            document_id("other", f"{number}.py", b""), "other", f"{number}.py", "CC204"
        )
        doc_id = document_id("copies", f"{9 - number}.py", MEAN.encode())
        for code in ("CC402", "CC401")[number % 2 :]:
            fake.decisions["dedup"].add(doc_id, "copies", f"{9 - number}.py", code, other_id=kept)
    fake.decisions["dedup"].add(kept, "alpha", "mean.py", "CC404", verdict="flagged")
    fake.write(out)
    return out


@pytest.mark.parametrize("batch", [1, 3, 1_000])
def test_dropped_copies_come_by_name_each_once_by_the_rule_that_counts(tmp_path, monkeypatch, batch):
    monkeypatch.setattr(find_reads, "_BATCH", batch)
    found, complete = dropped_copies(many_dropped(tmp_path / "run"), MEAN.encode())
    assert [(one.path, one.code, one.other) for one in found] == [
        (f"{number}.py", "CC401", "alpha/mean.py") for number in range(10)
    ]
    assert complete


@pytest.mark.parametrize("limits", [(24, 10**12), (10**12, 24 * len(MEAN) + 1)])
def test_no_more_rows_and_bytes_are_hashed_than_are_allowed_and_it_is_said(tmp_path, monkeypatch, limits):
    run, hashed = many_dropped(tmp_path / "run"), []

    def counted(*arguments):
        hashed.append(arguments)
        return document_id(*arguments)

    monkeypatch.setattr(find_reads, "document_id", counted)
    monkeypatch.setattr(find_reads, "_MOST_ROWS", limits[0])
    monkeypatch.setattr(find_reads, "_MOST_HASHED", limits[1])
    found, complete = dropped_copies(run, MEAN.encode())
    assert (len(hashed), complete) == (24, False)
    assert 0 < len(found) <= 10
    monkeypatch.setattr(find_reads, "_MOST_ROWS", 25)
    monkeypatch.setattr(find_reads, "_MOST_HASHED", 25 * len(MEAN))
    assert dropped_copies(run, MEAN.encode())[1], "25 rows are all that were dropped"


def test_documents_that_only_share_code_come_last(run):
    order = [KINDS.index(one.kind) for one in find_text(run, MEAN.encode()).matches]
    assert order == sorted(order)
    assert len(find_text(run, MEAN.encode(), limit=1).matches) == 1


@pytest.mark.parametrize("content", [b"", b"  \n\t\n", b"\x7fELF\0\0\0\1", b"\x81\x8d\x8f\x90"])
def test_what_is_no_text_is_refused(run, content):
    with pytest.raises(UsageError, match="nothing can be looked up"):
        find_text(run, content)


def test_the_answer_fits_80_columns_and_json(run):
    import json

    found = find_text(run, MEAN.encode(), name="mean.py")
    assert max(map(len, found.lines())) <= 80
    assert json.loads(json.dumps(found.to_json()))["matches"][0]["lines"] == [1, len(MEAN.splitlines())]
    assert found.to_polars()["path"].to_list()[0] == "src/mean.py"
    assert "<pre>" in found._repr_html_()


def test_a_hostile_name_stays_inert(tmp_path):
    fake = FakeRun()
    fake.keep("evil\x1b[2J", "<script>\u202e.py", MEAN)
    fake.write(tmp_path / "run")
    found = find_text(tmp_path / "run", MEAN.encode())
    text = "\n".join(found.lines())
    assert "\x1b" not in text
    assert "\u202e" not in text
    assert "<script>" not in found._repr_html_()


def test_no_string_of_a_foreign_run_reaches_the_terminal_as_it_is(plain, tmp_path):
    import shutil

    shutil.copytree(plain, tmp_path / "run")
    poison(tmp_path / "run", "documents", "path", "language", "detected_licenses", "license_type")
    poison(tmp_path / "run", "decisions", "stage", "code", "detail")
    found = [find_text(tmp_path / "run", text.encode()) for text in (MEAN, DROPPED)]
    lines = [line for one in found for line in replace(one, language="Python\x1b").lines()]
    assert [line for line in lines if not line.isprintable()] == []
    text = "\n".join(lines)
    for shown in (
        "src/mean.py \\x1b",
        "MIT \\x1b",
        "permissive \\x1b",
        "Python\\x1b",
        "filter \\x1b",
        "CC204 \\x1b",
    ):
        assert shown in text, shown


def test_a_table_of_another_version_is_not_believed(plain, tmp_path):
    import shutil

    out = tmp_path / "run"
    shutil.copytree(plain, out)
    write_lookup(out)
    path = next((out / "lookup").glob("*.parquet"))
    table = pq.read_table(path)
    pq.write_table(table.replace_schema_metadata({"codecorpus.lookup": '{"version": 0}'}), path)
    assert find_text(out, MEAN.encode()).searched == "texts"


def test_an_empty_run_finds_nothing(tmp_path):
    fake = FakeRun(decisions={name: DecisionRows(name) for name in ("read", "filter", "dedup")})
    fake.write(tmp_path / "run")
    assert find_text(tmp_path / "run", MEAN.encode()).matches == ()

import difflib

from hypothesis import given
from hypothesis import strategies as st

from codecorpus.report.diff import diff_lines

LINES = st.lists(st.sampled_from(["a", "b", "c", "", "x" * 300, "\u202e", "- a", "+ b"]), max_size=60)


def only(kind, lines):
    return [line.text for line in lines if line.kind == kind]


@given(LINES, LINES)
def test_what_is_said_to_stand_in_one_text_alone_does_so_in_the_order_of_that_text(kept, dropped):
    lines = diff_lines("\n".join(kept), "\n".join(dropped))
    for kind, text in (("kept", kept), ("dropped", dropped)):
        cut = [line if len(line) <= 140 else line[:139] + "…" for line in text]
        assert is_subsequence(only(kind, lines), cut)
    assert len(lines) <= 37


@given(LINES, LINES)
def test_there_is_a_difference_where_there_is_one_and_else_none(kept, dropped):
    texts = ("\n".join(kept), "\n".join(dropped))
    lines = diff_lines(*texts)
    assert bool(lines) == (texts[0].splitlines() != texts[1].splitlines())
    assert all(line.kind in {"kept", "dropped", "same", "gap"} for line in lines)


@given(LINES, LINES)
def test_short_diffs_are_those_of_the_standard_library(kept, dropped):
    texts = ("\n".join(kept).splitlines(), "\n".join(dropped).splitlines())
    wanted = list(difflib.unified_diff(*texts, n=2, lineterm=""))[2:]
    lines = diff_lines("\n".join(kept), "\n".join(dropped))
    signs = {"kept": "-", "dropped": "+", "same": " "}
    ours = [signs[line.kind] + line.text[:139] for line in lines if line.kind != "gap"]
    theirs = [line[:140] for line in wanted if not line.startswith("@@")]
    assert ours == theirs[: len(ours)]
    assert len(ours) == len(theirs) or len(lines) == 37


def is_subsequence(few, many):
    rest = iter(many)
    return all(any(one == other for other in rest) for one in few)


def test_the_end_of_a_text_that_was_cut_is_no_difference():
    kept = "a\nb\nc\nd\ne\nf\n"
    assert diff_lines(kept, "a\nb\nc\n", is_cut=True) == ()
    assert only("kept", diff_lines(kept, "a\nb\nc\n")) == ["d", "e", "f"]
    lines = diff_lines(kept, "a\nB\nc\n", is_cut=True)
    assert (only("kept", lines), only("dropped", lines)) == (["b"], ["B"])


def test_a_text_that_was_cut_is_compared_with_as_many_lines_of_the_other():
    lines = diff_lines("a\nb\nc\nd\ne\n", "a\nx\ny\n", is_cut=True)
    assert (only("kept", lines), only("dropped", lines)) == (["b", "c"], ["x", "y"])
    assert diff_lines("a\nsame\n", "a\nsam", is_cut=True) == (), "half a line"
    assert only("dropped", diff_lines("one", "two", is_cut=True)) == ["two"], "a single line is all there is"


def test_a_gap_says_the_line_of_the_kept_text():
    kept = [f"line {number}" for number in range(1, 101)]
    dropped = [*kept[:49], "other", *kept[50:]]
    lines = diff_lines("\n".join(kept), "\n".join(dropped))
    assert (lines[0].kind, lines[0].text) == ("gap", "line 48")
    assert only("kept", lines) == ["line 50"]


def test_a_diff_of_large_texts_is_short_and_says_how_much_is_missing():
    lines = diff_lines("\n".join(map(str, range(9_000))), "\n".join(map(str, range(9_000, 0, -1))))
    assert len(lines) == 37
    assert lines[-1].kind == "gap"
    assert lines[-1].text.endswith("more lines")

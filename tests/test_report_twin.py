"""Where in a document a text stands."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codecorpus.report.twin import lines_held

LINES = st.lists(st.sampled_from(["alpha", "beta", "gamma", "", "}"]), max_size=12)


def numbered(count, word="line"):
    return [f"{word} {number}" for number in range(1, count + 1)]


@given(LINES, LINES, LINES)
def test_a_text_that_stands_in_a_document_is_found_where_its_lines_are_equal(before, text, after):
    held = [*before, *text, *after]
    found = lines_held("\n".join(text), "\n".join(held))
    said = [line for line in text if len(line) > 2]
    if not said:
        assert found is None
    else:
        first, last = found
        assert [line for line in held[first - 1 : last] if len(line) > 2] == said


def test_a_piece_of_a_long_document_is_found_and_a_document_in_a_long_text():
    document = numbered(20_000)
    assert lines_held("\n".join(document[9_999:15_000]), "\n".join(document)) == (10_000, 15_000)
    assert lines_held("\n".join(document), "\n".join(["", *document[9_999:15_000], ""])) == (2, 5_002)


def test_a_line_that_differs_does_not_end_a_stretch():
    document = numbered(60)
    text = [*document[20:30], "other", *document[31:40]]
    assert lines_held("\n".join(text), "\n".join(document)) == (21, 40)


@pytest.mark.parametrize("length", [60, 3_000])
def test_a_line_that_was_changed_is_passed_over_in_texts_of_any_length(length):
    document = numbered(length)
    changed = [*document[:30], "other", *document[31:]]
    assert lines_held("\n".join(changed), "\n".join(document)) == (1, length)


def test_of_long_texts_that_differ_from_the_first_line_to_the_last_no_lines_are_said():
    document = numbered(1_000)
    changed = ["first", *document[1:-1], "last"]
    assert lines_held("\n".join(changed), "\n".join(document)) is None


@pytest.mark.parametrize(("asked", "held"), [(4_000, 199), (50_000, 50_000)])
def test_hostile_lines_take_no_time(asked, held):
    words = numbered(5)
    text = "\n".join(words[number % 5] for number in range(asked))
    document = "\n".join(words[-number % 5] for number in range(held))
    start = time.perf_counter()
    lines_held(text, document)
    assert time.perf_counter() - start < 20  # 0.9 s

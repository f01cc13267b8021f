import math
import unicodedata
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from codecorpus.report import svg, text


def parse(markup):
    return ElementTree.fromstring(str(markup))


def rectangles(markup):
    return [
        {key: float(value) for key, value in node.attrib.items() if key in "x y width height"}
        for node in parse(markup).iter("rect")
    ]


def test_a_histogram_draws_one_bar_per_bin_that_has_values():
    bars = rectangles(svg.histogram([0, 0.25, 0.5, 0.75, 1], [4, 0, 2, 1], title="t"))
    assert [bar["height"] for bar in bars] == [90, 45, 22.5]
    assert bars[0]["x"] < bars[1]["x"] < bars[2]["x"]


def test_a_single_value_among_a_million_is_visible():
    assert rectangles(svg.histogram([0, 1, 2], [10**6, 1], title="t"))[1]["height"] >= 1


def test_limits_stand_where_they_belong_on_both_kinds_of_axis():
    for edges, value, log in (([0, 50, 100], 50, False), ([1, 10, 100], 10, True)):
        chart = parse(svg.histogram(edges, [1, 1], title="t", log=log, marks=[svg.Mark(value, "at most")]))
        (line,) = [node for node in chart.iter("line") if node.get("stroke-dasharray")]
        assert float(line.get("x1")) == pytest.approx(160)


def test_a_limit_outside_the_chart_is_not_drawn():
    assert "at most" not in svg.histogram([0, 1], [1], title="t", marks=[svg.Mark(2, "at most")])


def test_labels_cannot_become_markup():
    chart = svg.histogram([0, 1], [1], title='"><script>', marks=[svg.Mark(0.5, "<b>&")])
    assert "<script>" not in chart
    assert parse(chart).get("aria-label") == '"><script>'


def test_bars_of_kept_and_dropped_add_up_to_what_came_in():
    pale, solid = rectangles(svg.split_bar(25, 50, 100, label="kept"))
    assert (solid["x"], solid["width"]) == (0, 25)
    assert (pale["x"], pale["width"]) == (25, 25)


def test_a_bar_with_its_interval_and_where_another_ends():
    bar = svg.interval_bar(2, 4, label="<t>", low=1, high=9, reference=3)
    solid, interval = rectangles(bar)
    assert solid["width"] == 50
    assert (interval["x"], interval["width"]) == (25, 75)  # what lies beyond the scale is cut off
    (line,) = parse(bar).iter("line")
    assert line.get("x1") == line.get("x2") == "75"
    assert parse(bar).get("aria-label") == "<t>: 2.000, 95 % interval 1.000 to 9.000"
    assert len(rectangles(svg.interval_bar(2, 4, label="t"))) == 1


def test_nothing_of_nothing_is_an_empty_bar():
    assert [bar["width"] for bar in rectangles(svg.bar(0, 0, label="none"))] == [0, 0]


@given(low=st.floats(0.5, 1e6), factor=st.floats(1.5, 1e6), log=st.booleans())
@settings(max_examples=200, deadline=None)
def test_ticks_are_few_and_inside(low, factor, log):
    high = low * factor
    ticks = svg._ticks(low, high, log)
    assert 1 <= len(ticks) <= 10 or (log and factor < 3)
    assert ticks == sorted(set(ticks))
    margin = 0.001 * high
    assert all(low - margin <= tick <= high + margin for tick in ticks)


@given(st.text())
@settings(max_examples=300, deadline=None)
def test_printable_text_has_nothing_that_is_not_seen(value):
    shown = text.printable(value, keep="\n")
    assert not any(
        unicodedata.category(char) in ("Cc", "Cf", "Zl", "Zp", "Cs", "Co", "Cn") and char != "\n"
        for char in shown
    )


@given(st.text(alphabet="<>&\"'`=/ab\x1b\u202e\x00\n", max_size=60))
@settings(max_examples=200, deadline=None)
def test_visible_text_reads_back_as_the_escaped_text(value):
    markup = text.visible(value, keep="\n")
    node = ElementTree.fromstring(f"<p>{markup}</p>")
    assert "".join(node.itertext()) == text.printable(value, keep="\n")
    assert {child.tag for child in node} <= {"span"}


@given(st.text(min_size=1, max_size=50), st.integers(3, 20))
@settings(max_examples=100, deadline=None)
def test_a_cut_text_keeps_its_ends_and_its_limit(value, limit):
    cut = text.cut_middle(value, limit)
    assert len(cut) <= limit
    assert cut[0] == value[0]
    assert cut == value or cut[-1] == value[-1]


def test_a_snippet_of_one_endless_line_is_short():
    assert len(text.snippet("x" * 10_000_000)) == 140


def test_a_snippet_has_plain_line_breaks():
    assert text.snippet("a\r\nb\rc\n\n") == "a\nb\nc"


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (0, "0"),
        (-3, "-3"),
        (999.96, "1,000.0"),
        (4e-20, "<0.001"),
        (math.nan, "–"),
        (math.inf, "∞"),
        (1e20, "100,000,000,000,000,000,000.0"),
    ],
)
def test_numbers(value, shown):
    assert text.number(value) == shown


@pytest.mark.parametrize(
    ("value", "shown"), [(0, "0 B"), (999, "999 B"), (1000, "1.0 kB"), (999_600, "1.0 MB"), (2e15, "2000 TB")]
)
def test_sizes(value, shown):
    assert text.size(value) == shown


def test_a_second_count_stands_on_the_first_and_both_share_one_scale():
    bars = rectangles(svg.histogram([0, 1, 2, 3], [4, 0, 1], title="t", others=[4, 2, 0]))
    first, third, upper, alone = bars
    assert upper["y"] + upper["height"] == pytest.approx(first["y"], abs=0.11), "on top of the first"
    assert upper["height"] == pytest.approx(first["height"], abs=0.11)
    assert alone["height"] == pytest.approx(2 * third["height"], abs=0.11)
    assert first["x"] == upper["x"] < alone["x"] < third["x"]
    assert first["height"] + upper["height"] == pytest.approx(8 * third["height"], abs=0.5)


def test_labels_of_two_limits_stand_on_two_lines():
    marks = [svg.Mark(0.5, "one"), svg.Mark(0.52, "two")]
    markup = svg.histogram([0, 0.5, 1], [1, 1], title="t", marks=marks)
    labels = {node.text: float(node.get("y")) for node in parse(markup).iter("text")}
    assert abs(labels["one"] - labels["two"]) >= 10

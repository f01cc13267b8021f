import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from codecorpus.report import funnel_html, funnel_text
from codecorpus.rules import RULES
from fake_run import FakeRun, usual_run


def manifest_of(dropped, kept=100):
    documents = kept + sum(dropped.values())
    stage = {"stage": "filter", "documents_in": documents, "documents_kept": kept, "bytes_in": 10 * documents}
    stage |= {"bytes_kept": 10 * kept, "dropped": dropped, "edited": {}, "flagged": {}}
    source = {"name": "repos", "kind": "folder", "documents": documents, "bytes": 10 * documents}
    return {"sources": [source], "stages": [stage], "tokenizer": None, "sequences": None, "alarms": []}


def numbers(text):
    return [int(number.replace(",", "")) for number in re.findall(r"(?<![\w.])\d[\d,]*(?= )", text)]


@given(
    dropped=st.dictionaries(st.sampled_from(sorted(RULES)), st.integers(1, 10**9), max_size=12),
    kept=st.integers(0, 10**9),
    width=st.integers(60, 120),
)
@settings(max_examples=100, deadline=None)
def test_a_stage_fits_the_width_and_adds_up(dropped, kept, width):
    text = funnel_text(manifest_of(dropped, kept), width=width)
    assert max(map(len, text.splitlines())) <= width
    first, _, reasons = text.splitlines()[1].partition("B ")
    assert numbers(first)[0] == kept
    for rule in RULES.values():  # "Python 2" is a name and no count
        reasons = reasons.replace(f" {rule.name} {rule.code}", " reason")
    assert sum(numbers(" " + reasons + " ")) == sum(dropped.values())


def test_the_most_frequent_reasons_are_named_with_their_codes():
    line = funnel_text(manifest_of({"CC204": 5, "CC201": 9, "CC203": 1}), width=100).splitlines()[1]
    assert line.endswith("9 very long line CC201 · 5 generated CC204 · 1 other")


def test_the_whole_funnel_of_a_run(tmp_path):
    assert funnel_text(usual_run().write(tmp_path)).splitlines() == [
        "  sources            8   5.1 kB   1 source",
        "  read               7   4.1 kB   1 binary CC004",
        "  filter             4   1.1 kB   2 very long line CC201 · 1 generated CC204",
        "  dedup              3     51 B   1 near-duplicate CC402",
        "  tokens            50            1.00 bytes per token · vocabulary 260 (trained)",
        "  sequences          2            x 64 tokens · fill 39.1 % · FIM 50.0 %",
        "  ! loss: repository gamma lost 2 of its 2 documents",
    ]


def test_a_run_that_kept_nothing_has_a_funnel(tmp_path):
    fake = FakeRun()
    fake.drop("read", "r", "a.png", "CC004")
    assert "1 binary CC004" in funnel_text(fake.write(tmp_path))
    assert funnel_text({"stages": [], "sources": []}).startswith("  sources")


@pytest.mark.parametrize("render", [funnel_text, funnel_html])
def test_names_from_the_corpus_are_inert(render):
    manifest = manifest_of({})
    manifest["alarms"] = [
        {"kind": "loss", "what": "\x1b[2J\u202e<script>" + "x" * 5000, "measured": 1, "limit": 0}
    ]
    text = render(manifest)
    assert "\x1b" not in text
    assert "\u202e" not in text
    assert "\\x1b" in text
    assert len(text) < 5000
    if render is funnel_html:
        assert "<script>" not in text


def test_the_notebook_fragment_has_a_row_and_a_bar_per_stage(tmp_path):
    text = funnel_html(usual_run().write(tmp_path))
    assert text.count("<svg") == 3
    assert "near-duplicate CC402" in text
    assert "http" not in text

"""Charts: what is drawn adds up to what there is, and what is missing is named."""

import sys

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

import codecorpus as cc
import naive_fim
from codecorpus import charts
from codecorpus.errors import ExtraMissingError, UsageError
from codecorpus.filters import FilterOptions
from fake_run import usual_run

VALUES = st.lists(st.floats(0, 1e12, allow_nan=False) | st.just(float("nan")), max_size=60)


def naive_count(edges, values):
    """Values by bin, one after the other; what lies outside counts in the first and the last one."""
    counts = [0] * (len(edges) - 1)
    for value in values:
        if value == value:
            inside = [n for n, edge in enumerate(edges) if edge <= value]
            counts[min(max(inside, default=0), len(counts) - 1)] += 1
    return counts


@given(VALUES, VALUES, st.booleans())
def test_bins_are_those_of_the_obvious_way(one, other, log):
    edges, rows = charts.count_bins({"one": np.array(one), "other": np.array(other)}, log=log, reach=[5.0])
    for name, values in (("one", one), ("other", other)):
        found = [0] * (len(edges) - 1)
        for row in rows:
            if row["group"] == name:
                found[list(edges).index(row["low"])] += row["count"]
        assert found == naive_count(list(edges), values)
    for row in rows:
        assert row["above"] - row["below"] == row["count"] > 0


@given(VALUES)
def test_every_limit_is_in_the_picture(values):
    edges, _ = charts.count_bins({"a": np.array(values)}, log=True, reach=[1000.0])
    assert edges[0] <= 1000 < edges[-1]


def spec(chart):
    """The chart as altair gives it to Vega-Lite, which checks it against the schema."""
    return chart.to_dict()


def rows_of(chart):
    """Every row of data in a chart."""
    found = spec(chart)
    layers = [found, *found.get("layer", ())]
    return [row for layer in layers for row in layer.get("data", {}).get("values", ())]


def documents():
    body = "".join(f"value_{n} = compute({n})\n" for n in range(40))
    texts = [body, body + "x" * 900 + "\n", body + "y = 1\n", body + "z" * 3000 + "\n"]
    return pl.DataFrame(
        {"repo_name": "r", "path": [f"{n}.py" for n in range(4)], "language": "Python", "content": texts}
    )


def test_a_measure_by_what_became_of_its_documents():
    result = cc.filters.apply(documents(), FilterOptions(defaults=False, max_line_length=1000))
    drawn = rows_of(result.plot("max_line_length"))
    assert sum(row["count"] for row in drawn if row.get("group") == "kept") == 3
    assert sum(row["count"] for row in drawn if row.get("group") == "dropped by this limit") == 1
    assert [row["label"] for row in drawn if "label" in row] == ["at most 1,000"] * 2
    moved = rows_of(result.at({"max_line_length": 500}).plot("length_bytes"))
    assert sum(row["count"] for row in moved if row.get("group") == "dropped for another reason") == 2


def test_of_a_rule_with_limits_of_two_measures_each_has_what_it_dropped():
    noise = "<script>" + "var value = compute(1, 2, 3);\n" * 40 + "</script>"
    texts = [f"<p>{'word ' * 60}</p>{noise * 6}", "<p>few words</p>\n", f"<p>{'word ' * 400}</p>\n"]
    pages = pl.DataFrame(
        {"repo_name": "r", "path": [f"{n}.html" for n in range(3)], "language": "HTML", "content": texts}
    )
    limits = FilterOptions(defaults=False, min_visible_text_share=0.2, min_visible_text_length=100)
    result = cc.filters.apply(pages, limits)
    assert result.decisions["code"].to_list() == ["CC209", "CC209"]
    for measure in ("visible_text_share", "visible_text_length"):
        drawn = rows_of(result.plot(measure))
        for group in ("kept", "dropped by this limit", "dropped for another reason"):
            assert sum(row["count"] for row in drawn if row.get("group") == group) == 1, (measure, group)


def test_a_measure_that_is_none_is_named_with_the_nearest():
    with pytest.raises(UsageError, match="did you mean 'max_line_length'"):
        cc.filters.apply(documents()).plot("max_line_lenght")


def test_the_funnel_and_the_measures_of_a_run(tmp_path):
    run = usual_run()
    run.write(tmp_path)
    corpus = cc.open(tmp_path)
    drawn = rows_of(corpus.plot())
    by_stage = {(row["stage"], row["part"]): row["documents"] for row in drawn}
    funnel = {row["stage"]: row for row in corpus.funnel.to_dicts()}
    assert {stage for stage, _ in by_stage} == set(funnel)
    for stage, row in funnel.items():
        assert by_stage[stage, "kept"] == row["documents_kept"]
        assert by_stage[stage, "dropped"] == row["documents_in"] - row["documents_kept"]
    kept = [row for row in rows_of(corpus.plot("max_line_length")) if row.get("group") == "kept"]
    assert sum(row["count"] for row in kept) == 3
    with pytest.raises(UsageError, match="no measure 'length'"):
        corpus.plot("length")


def test_similarities_on_both_sides_of_the_threshold():
    result = cc.dedup.near_duplicates(documents(), threshold=0.7, floor=0.3)
    drawn = rows_of(result.plot())
    near = result.pairs.to_pylist()
    assert sum(row.get("count", 0) for row in drawn) == sum(pair["kind"] == "near" for pair in near)
    assert {row["label"] for row in drawn if "label" in row} == {"threshold 0.7"}


def test_tokenizers_by_language():
    encoders = {
        name: cc.tokenize.train(documents(), vocab_size=300, mode=mode).encoder
        for name, mode in (("one", "code"), ("two", "plain"))
    }
    result = cc.tokenize.compare(documents(), encoders)
    drawn = rows_of(result.plot())
    assert [(row["language"], row["tokenizer"]) for row in drawn[:2]] == [("all", "one"), ("all", "two")]
    assert (
        drawn[0]["bytes_per_token"] == result.rows.filter(pl.col("language") == "all")["bytes_per_token"][0]
    )
    spec(result.plot("tokens_per_identifier"))
    with pytest.raises(UsageError, match="did you mean 'bytes_per_token'"):
        result.plot("bytes_per_tokens")


def test_rows_are_drawn_from_end_to_end():
    packed = cc.fim.pack(documents(), encoder=naive_fim.ByteEncoder(), sequence_length=256)
    drawn = rows_of(packed.plot(rows=3))
    lengths = [sum(row["seq_lengths"]) for row in packed.sequences.slice(0, 3).to_pylist()]
    for number, length in enumerate(lengths):
        stretches = [row for row in drawn if row["row"] == number]
        assert stretches[0]["begin"] == 0
        assert [row["end"] for row in stretches[:-1]] == [row["begin"] for row in stretches[1:]]
        assert stretches[-1]["end"] == length


def test_without_altair_the_extra_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "altair", None)
    with pytest.raises(ExtraMissingError, match=r"codecorpus\[notebook\]"):
        cc.filters.apply(documents()).plot("lines")


def test_altair_is_imported_when_a_chart_is_made():
    import subprocess

    code = "import codecorpus.corpus, codecorpus.filters.result, sys; sys.exit('altair' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0

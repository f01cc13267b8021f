import json
import re

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from codecorpus.document import document_id
from codecorpus.errors import RunError
from codecorpus.report import collect
from codecorpus.report.data import config_limits, contents
from codecorpus.report.groups import without_tree
from codecorpus.rules import LIMITS
from fake_run import SPECIAL, FakeRun, packed, usual_run


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    out = tmp_path_factory.mktemp("run")
    return out, usual_run().write(out)


@pytest.fixture(scope="module")
def data(run):
    return collect(*run)


def group(groups, name):
    return next(group for group in groups if group.name == name)


def test_repositories_count_kept_and_dropped_documents_once(data):
    alpha = group(data.repositories, "alpha")
    # close.js failed two rules and is one document
    assert (alpha.documents_in, alpha.documents_kept) == (4, 2)
    assert sum(row.documents_in for row in data.repositories) == data.stages[0].documents_in
    assert sum(row.documents_kept for row in data.repositories) == data.documents == 3


def test_equal_copies_of_one_file_that_share_a_doc_id_count_each(tmp_path):
    fake = FakeRun()
    for _ in range(3):
        fake.drop("dedup", "r", "same.py", "CC401", measured=1.0, limit=1.0)
    assert group(collect(tmp_path, fake.write(tmp_path)).repositories, "r").documents_in == 3


def test_languages_of_dropped_documents_come_from_their_extension(data):
    python, js = group(data.languages, "Python"), group(data.languages, "(.js)")
    assert (python.documents_in, python.documents_kept) == (4, 2)
    assert (js.documents_in, js.documents_kept) == (2, 0)


def test_languages_counted_in_the_manifest_hold(run):
    out, manifest = run
    counted = {
        "Python": {"documents_in": 9, "documents_kept": 2},
        "Go": {"documents_in": 1, "documents_kept": 1},
    }
    groups = collect(out, manifest | {"languages": counted}).languages
    assert [(row.name, row.documents_in, row.documents_kept) for row in groups] == [
        ("Python", 9, 2),
        ("Go", 1, 1),
    ]


def test_a_dropped_file_nearer_to_the_limit_is_shown_first(data):
    rule = next(rule for rule in data.rules if rule.code == "CC201")
    assert [sample.path for sample in rule.dropped] == ["dist/close.js", "dist/far.js"]
    assert (rule.documents, rule.rows, rule.limit) == (2, 2, 1000.0)


def test_the_kept_file_nearest_to_the_limit_comes_first_with_its_own_text(data):
    rule = next(rule for rule in data.rules if rule.code == "CC201")
    assert [sample.path for sample in rule.kept] == ["src/add.py", "src/near.py", "lib/main.go"]
    assert rule.kept[0].text.startswith("def add(a, b):")
    assert rule.kept[2].text == "package main"


def test_files_whose_text_is_stored_come_before_nearer_ones_whose_is_not(tmp_path):
    fake = FakeRun()
    for distance in range(1, 9):
        path = f"{distance}.js"
        doc_id = fake.drop("filter", "r", path, "CC201", measured=1000.0 + distance, limit=1000.0)
        if distance > 5:
            fake.store(doc_id, "r", path, f"var a = {distance};\n", language="JavaScript")
    (rule,) = collect(tmp_path, fake.write(tmp_path)).rules
    shown = [(sample.path, sample.text) for sample in rule.dropped]
    texts = [(f"{distance}.js", f"var a = {distance};") for distance in (6, 7, 8)]
    assert shown == [("1.js", ""), ("2.js", ""), *texts]


def changes(diff):
    return [(line.kind, line.text) for line in diff if line.kind in ("kept", "dropped")]


def test_a_dropped_duplicate_is_shown_as_what_differs_and_other_files_with_their_text(data):
    near, wide = (next(rule for rule in data.rules if rule.code == code) for code in ("CC402", "CC201"))
    assert changes(near.dropped[0].diff) == [("kept", "    return a + b"), ("dropped", "    return b + a")]
    assert (near.dropped[0].text, near.dropped[0].is_same) == ("", False)
    assert (wide.dropped[0].text, wide.dropped[0].diff) == ("var close = 1;", ())
    (cluster,) = data.clusters
    assert changes(cluster.members[1].diff) == changes(near.dropped[0].diff)
    assert cluster.members[0].diff == ()


def test_a_duplicate_whose_text_is_the_same_is_known_to_be(tmp_path):
    fake = FakeRun()
    kept = fake.keep("r", "a.py", "x = 1\ny = 2\n")
    copy = fake.drop("dedup", "r", "b.py", "CC401", measured=1.0, limit=1.0, other_id=kept)
    fake.store(copy, "r", "b.py", "x = 1\n", is_cut=True)
    (rule,) = collect(tmp_path, fake.write(tmp_path)).rules
    assert rule.dropped[0].is_same


def test_kept_files_that_are_nearly_duplicates_are_shown_with_what_differs(tmp_path):
    fake = FakeRun()
    kept = [fake.keep("r", f"{index}.py", f"x = {index}\ny = 2\n") for index in range(4)]
    dropped = fake.drop("dedup", "r", "copy.py", "CC402", measured=0.9, limit=0.7, other_id=kept[0])
    for one, other, similarity in (
        (kept[0], dropped, 0.699),
        (kept[1], kept[0], 0.69),
        (kept[2], kept[0], 0.5),
        (kept[3], kept[0], 0.71),
    ):
        fake.pairs.append({"doc_id": one, "other_id": other, "similarity": similarity, "kind": "near"})
    fake.pairs.append({"doc_id": kept[3], "other_id": kept[2], "similarity": 0.695, "kind": "structural"})
    (rule,) = collect(tmp_path, fake.write(tmp_path)).rules
    assert [(sample.path, sample.other, sample.measured) for sample in rule.kept] == [
        ("1.py", "r/0.py", 0.69),
        ("2.py", "r/0.py", 0.5),
    ]
    assert changes(rule.kept[0].diff) == [("kept", "x = 0"), ("dropped", "x = 1")]


def test_a_flagged_file_is_shown_with_its_own_text(tmp_path):
    fake = FakeRun()
    for index in range(3):
        doc_id = fake.keep("r", f"{index}.py", f"x = {index}\n", language="Python")
        fake.decisions["filter"].add(doc_id, "r", f"{index}.py", "CC238", verdict="flagged")
    manifest = fake.write(tmp_path)
    manifest["stages"][1]["flagged"] = {"CC238": 3}
    (rule,) = collect(tmp_path, manifest).rules
    assert {(sample.path, sample.text, sample.language) for sample in rule.dropped} == {
        (f"{index}.py", f"x = {index}", "Python") for index in range(3)
    }


def test_values_of_dropped_files_are_counted_beside_those_of_kept_ones(tmp_path):
    fake = FakeRun()
    fake.keep("r", "a.py", "x = 1\n", max_line_length=50)
    for index, value in enumerate([2000.0, 2001.0, 90_000.0]):
        fake.drop(
            "filter", "r", f"{index}.js", "CC201", measured=value, limit=1000.0, detail="max_line_length"
        )
    fake.drop("filter", "r", "other.js", "CC204", measured=5.0, detail="max_line_length of something")
    charts = {row.measure: row.chart for row in collect(tmp_path, fake.write(tmp_path)).charts}
    chart = charts["max_line_length"]
    bins = zip(chart.edges, chart.edges[1:], chart.counts, chart.dropped, strict=False)
    full = [(round(left), round(right), kept, lost) for left, right, kept, lost in bins if kept or lost]
    assert full == [(45, 64, 1, 0), (1448, 2048, 0, 2), (65536, 92682, 0, 1)]
    assert charts["lines"].dropped == ()


def test_stars_have_a_histogram_and_kept_files_near_their_limit_where_a_rule_asks_for_them(tmp_path):
    fake = FakeRun()
    for stars in (5, 60, None):
        fake.keep("r", f"{stars}.py", f"x = {stars}\n")
        fake.documents[-1]["star_events_count"] = stars
    fake.drop("filter", "r", "few.py", "CC232", measured=1.0, limit=5.0, detail="star_events_count")
    manifest = fake.write(tmp_path)
    (limit,) = (limit for code, limit in LIMITS if limit.measure == "star_events_count")
    (code,) = (code for code, limit in LIMITS if limit.measure == "star_events_count")
    manifest["stages"][1]["dropped"] = {code: 1}
    config = (tmp_path / "config.toml").read_text()
    (tmp_path / "config.toml").write_text(re.sub(rf"(?m)^.*\b{limit.key} =.*$", f"{limit.key} = 5", config))
    data = collect(tmp_path, manifest)
    charts = {row.measure: row.chart for row in data.charts}
    assert (sum(charts["star_events_count"].counts), sum(charts["star_events_count"].dropped)) == (2, 1)
    (rule,) = (rule for rule in data.rules if rule.code == code)
    assert [sample.path for sample in rule.kept] == ["5.py", "60.py"]


def test_a_near_duplicate_names_the_file_that_it_matched(data):
    rule = next(rule for rule in data.rules if rule.code == "CC402")
    assert rule.dropped[0].other == "alpha/src/add.py"


def test_details_of_redactions_are_left_out(data):
    rule = next(rule for rule in data.rules if rule.code == "CC311")
    assert [sample.detail for sample in rule.dropped] == [""]


def test_clusters_name_kept_and_dropped_members(data):
    (cluster,) = data.clusters
    assert [(member.name, member.similarity) for member in cluster.members] == [
        ("alpha/src/add.py", 1.0),
        ("gamma/add_copy.py", 0.8125),
    ]
    assert cluster.text.startswith("def add")
    assert data.cluster_counts == (("near", 1, 1),)


def test_histograms_hold_every_value_and_their_limits(data):
    charts = {chart.measure: chart for chart in data.charts}
    longest = charts["max_line_length"].chart
    assert sum(longest.counts) == 3
    assert [mark.value for mark in longest.marks] == [1000.0, 100_000.0]  # code, and prose
    assert dict(longest.quantiles)["max"] == 990
    assert charts["comment_share"].codes == ("CC206", "CC207")
    assert "error_share" not in charts, "nothing was measured"


def test_bins_hold_what_their_edges_say(tmp_path):
    fake = FakeRun()
    for index, value in enumerate([0, 1, 2, 3, 4, 7, 8, 1000]):
        fake.keep("r", f"{index}.py", "x", identifier_count=value)
    charts = {row.measure: row.chart for row in collect(tmp_path, fake.write(tmp_path)).charts}
    chart = charts["identifier_count"]
    for left, right, count in zip(chart.edges, chart.edges[1:], chart.counts, strict=False):
        assert count == sum(left <= max(value, 1) < right - 1e-6 for value in [0, 1, 2, 3, 4, 7, 8, 1000])


def test_the_packed_row_shows_roles_in_the_order_of_the_row(data):
    assert data.packed.row == 1
    plain, transformed = data.packed.parts
    assert (plain.name, plain.layout) == ("alpha/src/near.py", "none")
    assert [(piece.role, piece.text) for piece in plain.pieces] == [
        ("text", "x = 1\n"),
        ("control", "<|endoftext|>"),
    ]
    assert transformed.layout == "psm, token"
    assert [(piece.role, piece.text) for piece in transformed.pieces if piece.role != "control"] == [
        ("prefix", "def add(a, b):\n"),
        ("suffix", " + b\n"),
        ("middle", "    return a"),
    ]


def test_the_packed_row_shows_no_secret_where_the_corpus_keeps_them(tmp_path):
    fake = FakeRun()
    text = "mail = 'ada@lovelace.org'\n"
    kept = fake.keep("r", "a.py", text)
    fake.rows.append(packed((kept, [text, SPECIAL[0]])))
    (part,) = collect(tmp_path, fake.write(tmp_path)).packed.parts
    assert part.pieces[0].text == "mail = '<EMAIL>'\n"
    assert part.pieces[0].tokens == len(text)


def test_a_run_of_an_unknown_family_is_shown_without_the_packed_row(run):
    out, manifest = run
    changed = json.loads(json.dumps(manifest))
    changed["sequences"]["family"] = "of-the-future"
    assert collect(out, changed).packed is None


def test_an_empty_run_is_data_too(tmp_path):
    fake = FakeRun()
    fake.drop("read", "r", "a.png", "CC004")
    data = collect(tmp_path, fake.write(tmp_path))
    assert data.documents == 0
    assert data.charts == ()
    assert data.packed is None
    assert group(data.repositories, "r").documents_in == 1


def test_a_folder_without_any_table_is_empty(tmp_path):
    manifest = {"codecorpus": "0.1.0", "stages": [], "sources": [], "files": []}
    assert collect(tmp_path, manifest).documents == 0


def test_a_damaged_table_says_what_to_do(tmp_path):
    manifest = usual_run().write(tmp_path)
    (tmp_path / "clusters" / "part-00000.parquet").write_bytes(b"PAR1 not really")
    with pytest.raises(RunError, match="codecorpus verify"):
        collect(tmp_path, manifest)


def test_a_missing_folder_says_so(tmp_path):
    with pytest.raises(RunError, match="no such folder"):
        collect(tmp_path / "nowhere", {})


def test_many_repositories_are_summed_up_in_a_last_row(tmp_path):
    fake = FakeRun()
    for index in range(40):
        fake.keep(f"r{index:02}", "a.py", f"x = {index}\n")
    groups = collect(tmp_path, fake.write(tmp_path)).repositories
    assert len(groups) == 31
    assert groups[-1].name == "10 others"
    assert groups[-1].is_rest
    assert sum(row.documents_kept for row in groups) == 40


def test_contents_come_from_the_right_rows_of_the_right_file(tmp_path):
    paths = []
    for part in range(3):
        path = tmp_path / f"part-{part:05}.parquet"
        table = pa.table({"content": [f"{part}.{row}" for row in range(5)], "language": ["Shell"] * 5})
        pq.write_table(table, path, row_group_size=2)
        paths.append(path)
    found = {row: shown.text for row, shown in contents(paths, {0, 4, 5, 13}).items()}
    assert found == {0: "0.0", 4: "0.4", 5: "1.0", 13: "2.3"}


def test_text_of_kept_documents_is_shown_without_secrets_whatever_the_corpus_has(tmp_path):
    fake = FakeRun()
    fake.keep("r", "keys.py", "mail = 'ada@lovelace.org'\n", max_line_length=990)
    fake.drop("filter", "r", "long.js", "CC201", measured=1001.0, limit=1000.0)
    (rule,) = collect(tmp_path, fake.write(tmp_path)).rules
    assert rule.kept[0].text == "mail = '<EMAIL>'"


def test_limits_are_numbers_only():
    assert config_limits('[a]\nb = 1\nc = true\nd = "x"\n[a.e]\nf = 0.5') == {"a.b": 1.0, "a.e.f": 0.5}
    assert config_limits("not toml") == {}


def test_samples_do_not_depend_on_the_order_of_rows(tmp_path):
    one, two = FakeRun(), FakeRun()
    names = [f"f{index}.js" for index in range(12)]
    for fake, order in ((one, names), (two, names[::-1])):
        for name in order:
            fake.drop("filter", "r", name, "CC201", measured=1001.0, limit=1000.0)
    shown = [
        [
            sample.path
            for sample in collect(tmp_path / str(index), fake.write(tmp_path / str(index))).rules[0].dropped
        ]
        for index, fake in enumerate((one, two))
    ]
    assert shown[0] == shown[1]
    assert shown[0] == sorted(names, key=lambda name: document_id("r", name, b""))[:5]


def test_documents_without_a_syntax_tree_are_counted_by_language():
    counts = [None, None, 12, None]
    documents = pl.LazyFrame(
        {"language": ["Perl", "Perl", "Python", None], "measures": [{"node_count": one} for one in counts]}
    )
    assert without_tree(documents) == (("Perl", 2), ("unknown", 1))

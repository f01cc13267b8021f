"""Which dropped documents a run keeps the first lines of, and what of them."""

import random

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from codecorpus.document import CLUSTERS, SAMPLES, SOURCE_DOCUMENTS, DecisionRows, document_id, git_blob_id
from codecorpus.filters.shown import cut_text, shown_texts
from codecorpus.report import stored_sample
from codecorpus.run import sample_tasks

KEY = "AKIA" + "Z7Q4M2X6K3B5W5TD"


def name_of(path):
    return document_id("r", path, b"")


def decisions_folder(folder, rows, stage="filter"):
    """A unit's folder with decisions: (path, code, more) each."""
    made = DecisionRows(stage)
    for path, code, more in rows:
        made.add(name_of(path), "r", path, code, **more)
    folder.mkdir(parents=True)
    pq.write_table(made.table(), folder / "decisions.parquet")
    return folder


def dedup_folder(folder, rows=(), clusters=()):
    decisions_folder(folder, rows, "dedup")
    members = [
        {
            "doc_id": name_of(path),
            "cluster_id": name_of(cluster),
            "is_representative": path == cluster,
            "similarity": similarity,
            "kind": "near",
        }
        for cluster, path, similarity in clusters
    ]
    pq.write_table(pa.Table.from_pylist(members, schema=CLUSTERS), folder / "clusters.parquet")
    return folder


def read_folder(folder, texts):
    """A unit's folder with documents: path → text."""
    rows = [
        dict.fromkeys(SOURCE_DOCUMENTS.names)
        | {
            "doc_id": name_of(path),
            "blob_id": git_blob_id(text.encode()),
            "repo_name": "r",
            "path": path,
            "content": text,
            "src_encoding": "UTF-8",
            "language": "Python",
            "extension": "py",
            "length_bytes": len(text.encode()),
        }
        for path, text in texts
    ]
    folder.mkdir(parents=True)
    table = pa.Table.from_pylist(rows, schema=SOURCE_DOCUMENTS)
    pq.write_table(table, folder / "documents.parquet", row_group_size=3)
    return folder


def chosen(tmp_path, shards, dedup=None, contamination=()):
    """Paths that are chosen → bytes; `shards` are lists of decisions."""
    folders = [decisions_folder(tmp_path / f"shard{index}", rows) for index, rows in enumerate(shards)]
    out = tmp_path / "choose"
    out.mkdir()
    sample_tasks.choose(out, folders, dedup or dedup_folder(tmp_path / "dedup"), list(contamination))
    return {row["doc_id"]: row["bytes"] for row in pq.read_table(out / "chosen.parquet").to_pylist()}


def far(path, measured, code="CC201"):
    return (path, code, {"measured": measured, "limit": 1000.0})


def test_the_five_documents_nearest_to_a_limit_are_chosen_whatever_shard_they_are_in(tmp_path):
    rows = [far(f"{distance}.js", 1000.0 + distance) for distance in range(20)]
    random.Random(1).shuffle(rows)
    found = chosen(tmp_path, [rows[:7], rows[7:8], rows[8:]])
    assert set(found) == {name_of(f"{distance}.js") for distance in range(5)}


def test_where_nothing_is_measured_those_with_the_lowest_ids_are_chosen(tmp_path):
    paths = [f"{index}.py" for index in range(20)]
    found = chosen(tmp_path, [[(path, "CC204", {}) for path in paths]])
    assert list(found) == sorted(map(name_of, paths))[:5]


def test_the_same_are_chosen_for_any_division_into_shards(tmp_path):
    rows = [far(f"{index}.js", 1001.0) for index in range(40)]
    one = chosen(tmp_path / "one", [rows])
    many = chosen(tmp_path / "many", [[row] for row in reversed(rows)])
    assert one == many
    assert (tmp_path / "one/choose/chosen.parquet").read_bytes() == (
        tmp_path / "many/choose/chosen.parquet"
    ).read_bytes()


@pytest.mark.parametrize("code", ["CC301", "CC311", "CC312"])
def test_what_the_licence_policy_or_a_secret_dropped_is_not_chosen_whatever_else_it_failed(tmp_path, code):
    found = chosen(tmp_path, [[far("own.js", 1001.0), far("theirs.js", 1000.5), ("theirs.js", code, {})]])
    assert set(found) == {name_of("own.js")}


def test_documents_that_were_only_edited_or_flagged_are_not_chosen(tmp_path):
    rows = [("a.py", "CC312", {"verdict": "edited"}), ("b.py", "CC238", {"verdict": "flagged"})]
    assert chosen(tmp_path, [rows]) == {}


def test_benchmark_problems_and_their_duplicates_are_not_chosen(tmp_path):
    near = {"measured": 0.8, "limit": 0.7}
    dedup = dedup_folder(
        tmp_path / "dedup",
        [
            ("copy.py", "CC402", near | {"other_id": name_of("held.py")}),
            ("plain.py", "CC402", near | {"other_id": name_of("kept.py")}),
        ],
        [("held.py", "held.py", 1.0), ("held.py", "copy.py", 0.8)],
    )
    for verdict in ("dropped", "edited"):
        place = tmp_path / verdict
        problems = decisions_folder(
            place / "held", [("held.py", "CC501", {"verdict": verdict})], "contamination"
        )
        assert set(chosen(place, [[]], dedup, [problems])) == {name_of("plain.py")}


def test_of_a_cluster_the_least_alike_and_the_most_alike_that_differs_are_chosen_with_more_bytes(tmp_path):
    members = {"exact.py": 1.0, "best.py": 0.99, "middle.py": 0.9, "worst.py": 0.71}
    own = [("cluster.py", path, similarity) for path, similarity in members.items()]
    # Nearer to the limit than any of these are five others, so that the cluster alone is the reason.
    rows = [
        (path, "CC402", {"measured": similarity, "limit": 0.7, "other_id": name_of("cluster.py")})
        for path, similarity in members.items()
    ]
    rows += [(f"{index}.py", "CC402", {"measured": 0.7, "limit": 0.7}) for index in range(5)]
    dedup = dedup_folder(tmp_path / "dedup", rows, [("cluster.py", "cluster.py", 1.0), *own])
    found = chosen(tmp_path, [[far("wide.js", 1001.0)]], dedup)
    near = {name_of(f"{index}.py") for index in range(5)}
    assert set(found) - near == {name_of("best.py"), name_of("worst.py"), name_of("wide.js")}
    assert found[name_of("best.py")] == 4 * found[name_of("wide.js")]


def test_the_text_of_a_large_corpus_with_every_rule_is_within_its_budget(tmp_path):
    rows = [far(f"{code}-{index}", 1001.0, f"CC{code}") for code in range(700, 999) for index in range(9)]
    found = chosen(tmp_path, [rows])
    assert len(found) == 5 * 299
    assert 1_400_000 < sum(found.values()) <= 1_500_000


def samples_of(tmp_path, texts, wanted):
    """What is stored of documents: rows; `wanted` are the paths that were chosen, with their bytes."""
    read = read_folder(tmp_path / "read", texts)
    (tmp_path / "chosen").mkdir()
    rows = {"doc_id": [name_of(path) for path in wanted], "bytes": list(wanted.values())}
    pq.write_table(pa.table(rows, schema=sample_tasks._CHOSEN), tmp_path / "chosen" / "chosen.parquet")
    excerpts, out = tmp_path / "excerpts", tmp_path / "run" / "samples"
    excerpts.mkdir()
    out.mkdir(parents=True)
    sample_tasks.excerpts(excerpts, read, tmp_path / "chosen")
    # As if the same documents came with two sources.
    sample_tasks.samples(out, [excerpts, excerpts])
    (out / "samples.parquet").rename(out / "part-00000.parquet")
    return pl.read_parquet(out / "part-00000.parquet")


def test_the_first_bytes_of_the_chosen_documents_are_stored_in_their_order(tmp_path):
    texts = [(f"{index}.py", f"# {index}\n" * 1000) for index in range(10)]
    found = samples_of(tmp_path, texts, {"8.py": 300, "1.py": 20, "0.py": 10})
    assert found["path"].to_list() == ["0.py", "1.py", "8.py"]
    assert found["content"].to_list() == ["# 0\n# 0\n", "# 1\n" * 5, "# 8\n" * 75]
    assert found["is_cut"].to_list() == [True] * 3
    assert found["length_bytes"].to_list() == [4000] * 3
    assert stored_sample(tmp_path / "run", name_of("1.py")) == "# 1\n" * 5
    assert stored_sample(tmp_path / "run", name_of("1.py").hex()) == "# 1\n" * 5
    assert stored_sample(tmp_path / "run", name_of("2.py")) is None
    assert pq.read_schema(tmp_path / "run" / "samples" / "part-00000.parquet").equals(SAMPLES)


def test_a_document_that_came_twice_is_stored_once_and_a_shard_without_any_has_an_empty_table(tmp_path):
    assert samples_of(tmp_path / "one", [("a.py", "x\n"), ("a.py", "x\n")], {"a.py": 9}).height == 1
    assert samples_of(tmp_path / "two", [("a.py", "x\n")], {"b.py": 9}).height == 0


def test_secrets_are_replaced_also_where_the_cut_would_halve_them(tmp_path):
    for before in range(60):
        text = "#" * before + f'\nkey = "{KEY}"\nmail = "ada@lovelace.org"\n' + "x = 1\n" * 20
        (shown,) = shown_texts([text], ["Python"], 60)
        for start in range(len(KEY) - 5):
            assert KEY[start : start + 6] not in shown.text, (before, shown)
        assert "lovelace" not in shown.text


def test_a_private_key_that_is_longer_than_what_is_shown_is_not_shown():
    letters = random.Random(3)
    body = "\n".join("".join(letters.choices("ABCDEFGHabcdefgh0123456789+/", k=64)) for _ in range(40))
    kind = "RSA PRIVATE KEY"
    text = f"-----BEGIN {kind}-----\n{body}\n-----END {kind}-----\nx = 1\n"
    (shown,) = shown_texts([text], [None], 500)
    assert not any(line in shown.text for line in body.splitlines())


def test_texts_of_any_characters_are_cut_between_them():
    texts = ["\u20ac" * 100, "a" * 100, "\U0001f600" * 100, "", "short\n"]
    shown = shown_texts(texts, [None] * 5, 50)
    assert [one.text for one in shown] == ["\u20ac" * 16, "a" * 50, "\U0001f600" * 12, "", "short\n"]
    assert [one.is_cut for one in shown] == [True, True, True, False, False]


def test_a_text_is_cut_after_a_line_only_where_enough_is_left():
    assert cut_text("a\n" + "b" * 50, 20) == "a\n" + "b" * 18
    assert cut_text("a" * 15 + "\n" + "b" * 50, 20) == "a" * 15 + "\n"

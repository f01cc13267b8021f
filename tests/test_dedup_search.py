import time

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

import naive_dedup as naive
from codecorpus.dedup import (
    DedupOptions,
    find_candidates,
    find_duplicates,
    join_sets,
    resolve,
    shingle_sets,
    sketch,
)
from codecorpus.dedup.minhash import permutations
from codecorpus.document import CLUSTERS, DECISIONS, document_id
from codecorpus.errors import DataError, RunError

WORDS = " ".join(f"word{i}" for i in range(40))


def documents(rows):
    """A documents table of (path, content) or of dicts with any of the columns."""
    rows = [row if isinstance(row, dict) else {"path": row[0], "content": row[1]} for row in rows]
    full = [{"repo_name": "r", "license_type": None, "star_events_count": None, **row} for row in rows]
    columns = {
        name: [row[name] for row in full]
        for name in ("repo_name", "path", "content", "license_type", "star_events_count")
    }
    ids = [document_id(row["repo_name"], row["path"], row["content"].encode()) for row in full]
    return pa.table(
        {
            "doc_id": pa.array(ids, pa.binary(16)),
            **columns,
            "content": pa.array(columns["content"], pa.large_string()),
            "license_type": pa.array(columns["license_type"], pa.string()),
            "star_events_count": pa.array(columns["star_events_count"], pa.int64()),
            "length_bytes": pa.array([len(row["content"].encode()) for row in full], pa.int64()),
        }
    )


def search(table, options=None, *, shards=1):
    options = options or DedupOptions()
    size = -(-table.num_rows // shards)
    parts = (
        [table.slice(start, size) for start in range(0, table.num_rows, size)] if table.num_rows else [table]
    )
    candidates = find_candidates([sketch(part, options) for part in parts], options)
    sets = [
        shingle_sets(part["content"].take(pa.array(candidates.rows_of(shard))), options)
        for shard, part in enumerate(parts)
    ]
    return resolve(candidates, join_sets(sets), options)


def verdicts(table, found):
    """path → (code, similarity, path of the other)."""
    path_of = dict(zip(table["doc_id"].to_pylist(), table["path"].to_pylist(), strict=True))
    return {
        row["path"]: (row["code"], round(row["measured"], 6), path_of[row["other_id"]])
        for row in found.decisions.to_pylist()
    }


def corpus(seed):
    texts = naive.mutated_corpus(seed)
    texts += [*texts[::9], b"", b"", b"a b c", b"a b c", b"0 , " * 300, b"0 , " * 400]
    return documents([(f"{i:03d}.py", text.decode()) for i, text in enumerate(texts)])


# --- truth ----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(6))
def test_whole_search_equals_its_naive_twin(seed):
    options = DedupOptions(seed=seed, keep_policy=(), permutations=32, bands=8, rows=4, threshold=0.6)
    table = corpus(seed)
    found = search(table, options, shards=3)
    by_id = sorted(
        zip(
            table["doc_id"].to_pylist(), (text.encode() for text in table["content"].to_pylist()), strict=True
        )
    )
    expected = naive.find_duplicates(by_id, options, permutations(options))
    kinds = {"CC401": "exact", "CC402": "near"}
    assert {
        row["doc_id"]: (row["other_id"], row["measured"], kinds[row["code"]])
        for row in found.decisions.to_pylist()
    } == expected
    assert {"CC401", "CC402"} == set(found.decisions["code"].to_pylist())


@pytest.mark.parametrize("seed", range(4))
def test_no_document_is_dropped_below_the_threshold_and_every_one_names_a_kept_document(seed):
    options = DedupOptions(threshold=0.5, permutations=128, bands=64, rows=2)  # fires far below the threshold
    table = corpus(seed)
    found = search(table, options)
    text_of = dict(zip(table["doc_id"].to_pylist(), table["content"].to_pylist(), strict=True))
    gone = set(found.decisions["doc_id"].to_pylist())
    assert len(gone) > 10
    for row in found.decisions.to_pylist():
        assert row["other_id"] not in gone
        ours, others = text_of[row["doc_id"]].encode(), text_of[row["other_id"]].encode()
        true = naive.jaccard(set(naive.shingle_hashes(ours, 5)), set(naive.shingle_hashes(others, 5)))
        assert ours == others if row["code"] == "CC401" else true == row["measured"] >= row["limit"] == 0.5


def test_recall_against_all_pairs_is_that_of_the_banding():
    options = DedupOptions()
    texts = dict.fromkeys(naive.mutated_corpus(11, originals=60))  # equal ones are another matter
    table = documents([(str(i), text.decode()) for i, text in enumerate(texts)])
    candidates = find_candidates([sketch(table, options)], options)
    sets = [set(naive.shingle_hashes(text.encode(), 5)) for text in table["content"].to_pylist()]
    position_of = np.argsort(candidates.order)
    together = set()
    for begin, end in zip(candidates.near.offsets, candidates.near.offsets[1:], strict=False):
        bucket = candidates.near.positions[candidates.near.members[begin:end]].tolist()
        together |= {(a, b) for a in bucket for b in bucket if a < b}
    pairs = [
        tuple(sorted((position_of[a], position_of[b])))
        for a in range(len(sets))
        for b in range(a)
        if len(sets[a]) >= 10 and naive.jaccard(sets[a], sets[b]) >= 0.7
    ]
    assert len(pairs) > 100
    assert sum(pair in together for pair in pairs) / len(pairs) >= 0.93


def test_chain_of_similar_documents_does_not_drag_its_unlike_end_along():
    words = [f"w{i}" for i in range(100)]
    chain = [" ".join([f"x{i}" for i in range(4 * step)] + words[4 * step :]) for step in range(8)]
    table = documents([(f"{step}.py", text) for step, text in enumerate(chain)])
    found = search(table, DedupOptions(keep_policy=(), permutations=256, bands=128, rows=2))
    assert 0 < len(found.dropped) < 7
    assert pc.min(found.decisions["measured"]).as_py() >= 0.7


# --- order ----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("shards", [1, 2, 7])
def test_order_of_rows_and_shards_changes_nothing(shards):
    table = corpus(1)
    reference = search(table)
    shuffled = table.take(pa.array(np.random.RandomState(shards).permutation(table.num_rows)))
    found = search(shuffled, shards=shards)
    assert found.clusters.equals(reference.clusters)
    by_id = [("doc_id", "ascending")]
    assert found.decisions.sort_by(by_id).equals(reference.decisions.sort_by(by_id))
    assert (
        shuffled["doc_id"].take(pa.array(found.dropped)).to_pylist() == found.decisions["doc_id"].to_pylist()
    )


def test_sketches_on_disk_give_what_tables_give(tmp_path):
    table, options = corpus(2), DedupOptions()
    paths = []
    for shard in range(3):
        paths.append(tmp_path / f"{shard}.parquet")
        pq.write_table(
            sketch(table.slice(shard * 40, 40 if shard < 2 else None), options), paths[-1], row_group_size=7
        )
    found = find_duplicates(
        paths, lambda rows: shingle_sets(table["content"].take(pa.array(rows)), options), options
    )
    reference = search(table)
    assert found.clusters.equals(reference.clusters)
    assert found.decisions.equals(reference.decisions)
    assert found.dropped.tolist() == reference.dropped.tolist()


def test_tables_have_the_contract_schemas():
    for table in (corpus(0), corpus(0).slice(0, 0)):
        found = search(table)
        assert found.clusters.schema == CLUSTERS
        assert found.decisions.schema == DECISIONS
    assert find_candidates([], DedupOptions()).rows.tolist() == []


# --- keep-policy ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("better", "worse"),
    [
        ({"license_type": "permissive"}, {"license_type": "copyleft", "star_events_count": 9}),
        ({"license_type": "copyleft"}, {"license_type": "unknown", "star_events_count": 9}),
        ({"license_type": "unknown"}, {"license_type": "no_license"}),
        ({"star_events_count": 9, "path": "deep/down/a"}, {"star_events_count": 3, "path": "b"}),
        ({"star_events_count": 0}, {"star_events_count": None}),
        ({"path": "z"}, {"path": "a/b"}),
        ({"content": WORDS + " and more"}, {"content": WORDS}),
    ],
)
@pytest.mark.parametrize("reverse", [False, True])
def test_keeps_the_document_that_the_policy_prefers(better, worse, reverse):
    rows = [{"path": "better", "content": WORDS, **better}, {"path": "worse", "content": WORDS, **worse}]
    table = documents(rows[::-1] if reverse else rows)
    assert list(verdicts(table, search(table))) == [rows[1]["path"]]


def test_ties_go_to_the_smaller_doc_id():
    table = documents([(name, WORDS) for name in "abcdef"])
    found = search(table)
    assert set(found.decisions["other_id"].to_pylist()) == {min(table["doc_id"].to_pylist())}


def test_policy_order_can_be_turned_round():
    table = documents([("deep/er/a", WORDS + " more"), ("b", WORDS)])
    assert list(verdicts(table, search(table))) == ["deep/er/a"]
    assert list(verdicts(table, search(table, DedupOptions(keep_policy=("length",))))) == ["b"]


def test_names_the_most_similar_leader():
    base = [f"w{i}" for i in range(100)]
    near = [*base[:-8], *(f"x{i}" for i in range(8))]
    nearer = [*base[:-2], "y0", "y1"]
    table = documents(
        [("d/d/copy", " ".join(base)), ("d/near", " ".join(near)), ("nearer", " ".join(nearer))]
    )
    found = verdicts(table, search(table, DedupOptions(threshold=0.9, permutations=256, bands=128, rows=2)))
    assert found["d/d/copy"][2] == "nearer"


def test_exact_copies_of_a_dropped_document_name_the_document_that_stays():
    table = documents([("kept", WORDS + " more"), ("x/near", WORDS), ("x/y/copy", WORDS)])
    found = search(table)
    similarity = round(36 / 37, 6)
    assert verdicts(table, found) == {
        "x/near": ("CC402", similarity, "kept"),
        "x/y/copy": ("CC402", similarity, "kept"),
    }
    details = dict(
        zip(found.decisions["path"].to_pylist(), found.decisions["detail"].to_pylist(), strict=True)
    )
    assert details["x/near"] is None
    assert "equals" in details["x/y/copy"]


def test_clusters_name_one_representative_and_every_member():
    table = documents(
        [("kept", WORDS + " more"), ("x/near", WORDS), ("twin/a", "b"), ("twin", "b"), ("alone", "c")]
    )
    rows = search(table).clusters.to_pylist()
    path_of = dict(zip(table["doc_id"].to_pylist(), table["path"].to_pylist(), strict=True))
    assert [
        (path_of[r["doc_id"]], path_of[r["cluster_id"]], r["is_representative"], r["kind"]) for r in rows
    ] == [
        ("kept", "kept", True, "near"),
        ("x/near", "kept", False, "near"),
        ("twin", "twin", True, "exact"),
        ("twin/a", "twin", False, "exact"),
    ]
    assert [row["similarity"] for row in rows] == [1.0, 36 / 37, 1.0, 1.0]


def test_keep_none_drops_whole_clusters_and_says_so():
    table = documents(
        [("kept", WORDS + " more"), ("x/near", WORDS), ("twin/a", "b"), ("twin", "b"), ("alone", "c")]
    )
    found = search(table, DedupOptions(keep="none"))
    assert {path: (code, other) for path, (code, _, other) in verdicts(table, found).items()} == {
        "kept": ("CC402", "x/near"),
        "x/near": ("CC402", "kept"),
        "twin": ("CC401", "twin/a"),
        "twin/a": ("CC401", "twin"),
    }
    assert found.dropped.tolist() == [0, 1, 2, 3]
    assert found.clusters.equals(search(table).clusters)


# --- short, many, huge ------------------------------------------------------------------------------------------------------


def test_short_documents_are_compared_for_equality_only():
    short, few_distinct = "a b c d e f", "0 , " * 400
    table = documents(
        [
            *(("1", short), ("2", short + " "), ("3", few_distinct), ("4", few_distinct + "0 , ")),
            *(("5", short), ("6", "x y"), ("7", "x y"), ("8", "x z")),
        ]
    )
    found = verdicts(table, search(table, DedupOptions(keep_policy=("length",))))
    assert sorted(code for code, _, _ in found.values()) == ["CC401", "CC403", "CC403"]
    assert {"1", "5"} < set(found) < {"1", "5", "6", "7"}
    assert len(search(table, DedupOptions(min_shingles=1)).dropped) == 4


def test_a_million_equal_files_make_no_pairs():
    one = sketch(documents([("a", WORDS)]), DedupOptions())
    million = one.take(pa.array(np.zeros(1_000_000, np.int64)))
    begin = time.process_time()
    candidates = find_candidates([million], DedupOptions())
    assert len(candidates.rows) == 0
    found = resolve(candidates, join_sets([]), DedupOptions())
    assert len(found.dropped) == 999_999
    assert time.process_time() - begin < 60  # seconds; quadratic work would take days


def test_full_buckets_bound_the_work_and_are_counted():
    options = DedupOptions(permutations=2, bands=2, rows=1, threshold=0.9, bucket_leaders=3)
    header = " ".join(f"licence{i}" for i in range(200))
    table = documents([(f"{i}", f"{header} " + " ".join(f"b{i}_{j}" for j in range(80))) for i in range(40)])
    found = search(table, options)
    assert found.unlisted > 0
    assert len(found.dropped) == 0
    assert search(table, options.model_copy(update={"bucket_leaders": 1000})).unlisted == 0


# --- bad input --------------------------------------------------------------------------------------------------------------


def test_sketches_made_otherwise_are_refused():
    table = sketch(corpus(0), DedupOptions(seed=2))
    with pytest.raises(DataError, match='"seed": 2'):
        find_candidates([table], DedupOptions())
    with pytest.raises(DataError, match="unknown settings"):
        find_candidates([table.replace_schema_metadata(None)], DedupOptions(seed=2))


def test_missing_and_damaged_sketch_files_are_named(tmp_path):
    (tmp_path / "bad.parquet").write_bytes(b"PAR1 nonsense")
    for name in ("bad.parquet", "missing.parquet"):
        with pytest.raises(RunError, match=name):
            find_candidates([tmp_path / name], DedupOptions())

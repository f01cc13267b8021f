"""Pairs found against all pairs by brute force, on a generated corpus; `benchmarks/accuracy.py` does it on real ones."""

from itertools import combinations, pairwise

import numpy as np
import pyarrow as pa
import pytest

import naive_dedup as naive
from codecorpus.dedup import DedupOptions, find_candidates, resolve, shingle_sets
from codecorpus.dedup.options import recall
from test_dedup_kernels import sketch_of

SEEDS = range(6)
DEFAULT = {}
THOROUGH = {"bands": 42, "rows": 6}  # of the same 256 permutations, so that signatures cost the same


def corpus():
    """400 documents of 60 to 600 tokens: originals, and copies with 1 to 60 places changed."""
    random = np.random.RandomState(4)
    texts = []
    for original in range(50):
        words = [f"w{random.randint(300)}" for _ in range(random.randint(60, 600))]
        for copy in range(8):
            changed = list(words)
            for place in random.randint(0, len(words), 1 + copy * len(words) // 150):
                changed[place] = f"x{original}y{copy}z{place}"
            texts.append(" ".join(changed).encode())
    return list(dict.fromkeys(texts))


TEXTS = corpus()
CONTENTS = pa.array(TEXTS, pa.large_binary())
SETS = [set(naive.shingle_hashes(text, 5)) for text in TEXTS]
TRUTH = {
    pair: value
    for pair in combinations(range(len(TEXTS)), 2)
    if (value := naive.jaccard(SETS[pair[0]], SETS[pair[1]])) >= 0.5
}


def search(settings, seed):
    """The pairs that share a band, and the verdicts."""
    options = DedupOptions(seed=seed, keep_policy=(), **settings)
    found = find_candidates([sketch_of(CONTENTS, options)], options)
    together = set()
    for begin, end in pairwise(found.near.offsets):
        together |= set(
            combinations(sorted(found.order[found.near.positions[found.near.members[begin:end]]].tolist()), 2)
        )
    return together, resolve(found, shingle_sets(CONTENTS.take(pa.array(found.rows)), options), options)


def mean_recall(settings, low, high):
    """Recall of the pairs with a similarity in [low, high), over the seeds; in theory; and the number of pairs."""
    bands, rows = DedupOptions(**settings).banding
    chosen = {pair: value for pair, value in TRUTH.items() if low <= value < high}
    measured = np.mean([len(chosen.keys() & search(settings, seed)[0]) / len(chosen) for seed in SEEDS])
    return (
        measured,
        np.mean([recall(value, bands=bands, rows=rows) for value in chosen.values()]),
        len(chosen),
    )


@pytest.mark.parametrize(
    ("settings", "needed"), [(DEFAULT, 0.96), (THOROUGH, 0.99)], ids=["default", "thorough"]
)
def test_finds_nearly_all_pairs_from_the_threshold_on(settings, needed):
    measured, _, pairs = mean_recall(settings, 0.7, 1.01)
    assert pairs > 300
    assert measured >= needed


@pytest.mark.parametrize(("low", "high"), [(0.5, 0.6), (0.6, 0.7), (0.7, 0.8), (0.8, 0.9)])
def test_recall_by_similarity_is_that_of_the_theory(low, high):
    measured, theory, pairs = mean_recall(DEFAULT, low, high)
    assert pairs > 100
    assert measured == pytest.approx(theory, abs=0.06)  # pairs of one original are not independent


@pytest.mark.parametrize("settings", [DEFAULT, THOROUGH], ids=["default", "thorough"])
@pytest.mark.parametrize("seed", SEEDS)
def test_nothing_is_dropped_for_a_document_that_is_less_similar_than_the_threshold(settings, seed):
    _, verdicts = search(settings, seed)
    dropped = set(verdicts.dropped.tolist())
    assert len(dropped) > 100
    for row in verdicts.decisions.to_pylist():
        ours, other = (int.from_bytes(row[name], "big") for name in ("doc_id", "other_id"))
        assert other not in dropped
        assert TRUTH[tuple(sorted((ours, other)))] == row["measured"] >= 0.7


@pytest.mark.parametrize("seed", SEEDS)
def test_what_stays_is_unlike_except_for_the_pairs_that_were_missed(seed):
    together, verdicts = search(THOROUGH, seed)
    dropped = set(verdicts.dropped.tolist())
    left = {pair for pair, value in TRUTH.items() if value >= 0.7 and not dropped & set(pair)}
    assert not left & together
    assert len(left) <= 3

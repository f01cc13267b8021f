"""The election of leaders against its obvious twin, and what it promises whatever the pairs are."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import naive_dedup as naive
from codecorpus.dedup import _kernels

SIMILARITIES = st.sampled_from([0.5, 0.6, 0.7, 0.8, 0.9, 1.0])


@st.composite
def elections(draw):
    """Documents in order, pairs of two kinds with an earlier one, groups of the same code, and documents of earlier runs."""
    count = draw(st.integers(0, 14))
    kinds = []
    for _ in range(2):
        pairs = draw(
            st.dictionaries(st.tuples(st.integers(0, 13), st.integers(0, 13)), SIMILARITIES, max_size=40)
        )
        kinds.append({pair: value for pair, value in pairs.items() if pair[1] < pair[0] < count})
    groups = draw(st.lists(st.sampled_from([-1, -1, *range(min(count, 3))]), min_size=count, max_size=count))
    return count, kinds, groups, draw(st.integers(0, count)), draw(st.booleans())


def arrays(count, pairs):
    rows = sorted((document, other, value) for (document, other), value in pairs.items())
    borders = np.searchsorted([row[0] for row in rows], np.arange(count + 1)).astype(np.int64)
    return (
        borders,
        np.array([row[1] for row in rows], np.int64),
        np.array([row[2] for row in rows], np.float64),
    )


def elect(election, thresholds=(0.7, 0.8)):
    count, (near, structural), groups, fixed, drops = election
    found = _kernels.elect_leaders(
        fixed, np.array(groups, np.int64), arrays(count, near), arrays(count, structural), thresholds, drops
    )
    return [array.tolist() for array in found]


@settings(max_examples=300, deadline=None)
@given(elections())
def test_the_election_equals_its_twin(election):
    count, (near, structural), groups, fixed, drops = election
    expected = naive.elect(count, groups, near, structural, fixed=fixed, thresholds=(0.7, 0.8), drops=drops)
    assert list(zip(*elect(election), strict=True)) == expected


@settings(max_examples=300, deadline=None)
@given(elections())
def test_whoever_goes_names_one_that_stays_and_the_reason_holds(election):
    count, (near, structural), groups, fixed, drops = election
    leaders, similarity, levels = elect(election)
    stays = [level == 0 or (level == 3 and not drops) for level in levels]
    for document in range(count):
        leader, level = leaders[document], levels[document]
        if level == 0:
            assert leader == document
            continue
        assert fixed <= document
        assert leader < document
        assert stays[leader]
        if level == 1:
            assert groups[document] == groups[leader] >= 0
        else:
            pairs, least = ((near, 0.7), (structural, 0.8))[level - 2]
            assert pairs[document, leader] == similarity[document] >= least


@st.composite
def buckets(draw):
    count = draw(st.integers(1, 12))
    sets = draw(st.lists(st.sets(st.integers(0, 12), min_size=1, max_size=9), min_size=count, max_size=count))
    members = (
        draw(st.lists(st.sets(st.integers(0, count - 1), min_size=2, max_size=count), max_size=5))
        if count > 1
        else []
    )
    groups = draw(st.lists(st.integers(-1, 2), min_size=count, max_size=count))
    led = draw(st.lists(st.integers(0, count), min_size=3, max_size=3))
    return sets, [sorted(bucket) for bucket in members], groups, led, draw(st.integers(0, count))


@settings(max_examples=300, deadline=None)
@given(buckets(), st.integers(1, 3), st.integers(0, 3))
def test_the_pairs_compared_equal_those_of_the_twin(made, leaders, followers):
    sets, members, groups, led, fixed = made
    flat = np.array([document for bucket in members for document in bucket], np.uint32)
    offsets = np.cumsum([0, *map(len, members)], dtype=np.int64)
    bucket_of = np.repeat(np.arange(len(members), dtype=np.uint32), np.diff(offsets))
    order = np.argsort(flat, kind="stable")
    joins = np.searchsorted(flat[order], np.arange(len(sets) + 1)).astype(np.int64)
    ends = np.cumsum([0, *map(len, sets)], dtype=np.int64)
    hashes = np.array([value for one in sets for value in sorted(one)], np.uint64)
    found, refused = _kernels.compare_candidates(
        flat,
        offsets,
        bucket_of[order],
        joins,
        hashes,
        np.stack([ends[:-1], ends[1:]], axis=1),
        fixed,
        np.array(groups, np.int64),
        np.array(led, np.int64),
        (0.7, 0.4),
        (leaders, followers),
    )
    expected, unlisted = naive.compare(
        sets,
        members,
        groups,
        led,
        fixed=fixed,
        threshold=0.7,
        floor=0.4,
        leaders=leaders,
        followers=followers,
    )
    assert sorted(map(tuple, found.T.tolist())) == sorted(expected)
    assert refused == unlisted


def test_a_larger_list_of_pairs_grows():
    count = 80
    members = np.arange(count, dtype=np.uint32)
    spans = np.stack([np.arange(count) * 4, np.arange(count) * 4 + 4], axis=1)
    found, refused = _kernels.compare_candidates(
        members,
        np.array([0, count]),
        np.zeros(count, np.uint32),
        np.arange(count + 1),
        np.tile(np.arange(4, dtype=np.uint64), count),
        spans,
        0,
        np.full(count, -1),
        np.empty(0, np.int64),
        (0.7, 0.4),
        (256, 100),
    )
    assert found.shape == (3, count * (count - 1) // 2)
    assert (found[2] == 1.0).all()
    assert refused == 0


@pytest.mark.parametrize("followers", [0, 16])
def test_a_cluster_of_near_copies_costs_a_few_comparisons_each(followers):
    count = 2000
    members = np.arange(count, dtype=np.uint32)
    hashes = np.concatenate([np.append(np.arange(20), 100 + i) for i in range(count)]).astype(np.uint64)
    spans = np.stack([np.arange(count) * 21, np.arange(count) * 21 + 21], axis=1)
    found, _ = _kernels.compare_candidates(
        members,
        np.array([0, count]),
        np.zeros(count, np.uint32),
        np.arange(count + 1),
        hashes,
        spans,
        0,
        np.full(count, -1),
        np.empty(0, np.int64),
        (0.7, 0.6),
        (256, followers),
    )
    assert found.shape[1] <= count * (1 + followers)

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import naive_fim
from codecorpus.errors import UsageError
from codecorpus.fim.rows import plan_rows


@st.composite
def lengths_and_capacity(draw):
    capacity = draw(st.sampled_from([1, 2, 7, 63, 64, 65, 100, 4096, 4097, 300_000]))
    return draw(st.lists(st.integers(1, capacity), max_size=120)), capacity


@settings(max_examples=300, deadline=None)
@given(lengths_and_capacity(), st.integers(0, 2**63))
def test_rows_equal_naive_best_fit_decreasing(given_lengths, seed):
    lengths, capacity = given_lengths
    array = np.array(lengths, dtype=np.int32)
    plan = plan_rows(array, capacity, seed=seed)
    assert sorted(plan.row_lengths(array).tolist()) == naive_fim.best_fit_decreasing(lengths, capacity)
    assert sorted(plan.order.tolist()) == list(range(len(lengths)))
    assert (np.diff(plan.offsets) >= 1).all()
    assert plan.row_lengths(array).max(initial=0) <= capacity


def _realistic(count, capacity, seed):
    drawn = np.random.default_rng(seed).lognormal(6.2, 1.6, count).astype(np.int64) + 5
    pieces = [np.full(total // capacity, capacity) for total in drawn]
    rest = drawn % capacity
    return np.concatenate([*pieces, rest[rest > 0]]).astype(np.int32)


@pytest.mark.parametrize("capacity", [1024, 4096, 8192])
def test_realistic_lengths_need_hardly_more_rows_than_the_limit(capacity):
    lengths = _realistic(20_000, capacity, 5)
    limit = -(-int(lengths.sum()) // capacity)
    assert plan_rows(lengths, capacity, seed=0).rows <= max(limit + 12, int(1.0001 * limit))


def test_plan_is_the_same_again_and_another_with_another_seed():
    lengths = _realistic(2_000, 512, 1)
    first, again, other = (plan_rows(lengths, 512, seed=seed) for seed in (4, 4, 5))
    assert first.order.tolist() == again.order.tolist()
    assert first.offsets.tolist() == again.offsets.tolist()
    assert first.order.tolist() != other.order.tolist()
    assert first.rows == other.rows


def test_rows_are_not_sorted_by_the_length_of_their_parts():
    lengths = _realistic(20_000, 2048, 2)
    plan = plan_rows(lengths, 2048, seed=0)
    parts_in_row = np.diff(plan.offsets)
    half = plan.rows // 2
    assert parts_in_row[:half].mean() == pytest.approx(parts_in_row[half:].mean(), rel=0.15)
    first = lengths[plan.order[plan.offsets[:-1]]]
    last = lengths[plan.order[plan.offsets[1:] - 1]]
    mixed = parts_in_row > 1
    assert 0.4 < (first[mixed] >= last[mixed]).mean() < 0.75


def test_fill_rate_counts_padding():
    lengths = np.array([3, 3, 2], dtype=np.int32)
    plan = plan_rows(lengths, 4, seed=0)
    assert plan.rows == 3
    assert plan.fill_rate(lengths) == pytest.approx(8 / 12)


def test_no_parts_give_no_rows():
    plan = plan_rows(np.empty(0, dtype=np.int32), 4096, seed=0)
    assert plan.rows == 0
    assert plan.offsets.tolist() == [0]
    assert plan.fill_rate(np.empty(0, dtype=np.int32)) == 1.0


@pytest.mark.parametrize("wrong", [0, -1, 11])
def test_part_that_cannot_stand_in_a_row_is_named(wrong):
    with pytest.raises(UsageError, match="sample 1 has"):
        plan_rows(np.array([3, wrong], dtype=np.int32), 10, seed=0)

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import naive_concat
from codecorpus.errors import UsageError
from codecorpus.fim import draws
from codecorpus.fim._kernels_shuffle import shuffled
from codecorpus.fim.concat import STREAM_ORDER, plan_alone, plan_concat
from codecorpus.fim.rows import plan_rows


@st.composite
def samples(draw):
    capacity = draw(st.sampled_from([1, 2, 3, 7, 10, 64, 4096]))
    cuttable = draw(st.lists(st.booleans(), max_size=60))
    longest = [capacity * 4 if one else capacity for one in cuttable]
    lengths = [draw(st.integers(1, most)) for most in longest]
    return np.array(lengths, dtype=np.int32), np.array(cuttable, dtype=np.bool_), capacity


def as_rows(plan):
    pieces = list(zip(plan.samples.tolist(), plan.starts.tolist(), plan.stops.tolist(), strict=True))
    return [pieces[first:last] for first, last in zip(plan.offsets, plan.offsets[1:], strict=False)]


@settings(max_examples=300, deadline=None)
@given(samples(), st.integers(0, 2**63))
def test_rows_equal_those_of_the_naive_loop(given_samples, seed):
    lengths, cuttable, capacity = given_samples
    stream = naive_concat.shuffled(draws.counter_draws(len(lengths), STREAM_ORDER, seed=seed).tolist())
    plan = plan_concat(lengths, cuttable, capacity, seed=seed)
    assert as_rows(plan) == naive_concat.concatenated(stream, lengths.tolist(), cuttable.tolist(), capacity)


@settings(max_examples=300, deadline=None)
@given(samples(), st.integers(0, 2**63))
def test_every_token_is_in_exactly_one_piece_and_only_what_can_be_cut_is_cut(given_samples, seed):
    lengths, cuttable, capacity = given_samples
    plan = plan_concat(lengths, cuttable, capacity, seed=seed)
    found = [[] for _ in lengths]
    for sample, start, stop in zip(plan.samples, plan.starts, plan.stops, strict=True):
        found[sample] += [start, stop]
    for length, borders in zip(lengths, found, strict=True):
        assert borders[0] == 0
        assert borders[1:-1:2] == borders[2::2]
        assert borders[-1] == length
    assert (plan.stops > plan.starts).all()
    whole = ~cuttable[plan.samples]
    assert (plan.starts[whole] == 0).all()
    assert (plan.stops[whole] == lengths[plan.samples[whole]]).all()
    assert plan.row_lengths().max(initial=0) <= capacity


@settings(max_examples=200, deadline=None)
@given(samples(), st.integers(0, 2**63))
def test_rows_are_full_as_long_as_something_can_be_cut(given_samples, seed):
    lengths, cuttable, capacity = given_samples
    plan = plan_concat(lengths, cuttable, capacity, seed=seed)
    rows, sizes = as_rows(plan), plan.row_lengths()
    with_loose = [number for number, row in enumerate(rows) if any(cuttable[sample] for sample, _, _ in row)]
    assert all(size == capacity for size in sizes[: max(with_loose, default=0)])


def test_without_anything_that_cannot_be_cut_it_is_the_stream_in_chunks():
    lengths = np.array([5, 9, 2, 30], dtype=np.int32)
    plan = plan_concat(lengths, np.ones(4, dtype=np.bool_), 8, seed=3)
    assert plan.row_lengths().tolist() == [8, 8, 8, 8, 8, 6]
    assert plan.fill_rate() == pytest.approx(46 / 48)
    first_seen = list(dict.fromkeys(plan.samples.tolist()))
    assert plan.samples.tolist() == sorted(plan.samples.tolist(), key=first_seen.index)


def test_half_cuttable_leaves_no_padding_but_in_the_last_rows():
    rng = np.random.default_rng(1)
    lengths = np.minimum(rng.lognormal(6, 1.5, 20_000).astype(np.int32) + 1, 4096)
    plan = plan_concat(lengths, rng.random(20_000) < 0.5, 4096, seed=0)
    assert plan.rows <= -(-int(lengths.sum()) // 4096) + 2
    assert (plan.row_lengths() == 4096).mean() > 0.999


def test_order_is_seeded():
    lengths = np.arange(1, 200, dtype=np.int32)
    plans = [plan_concat(lengths, lengths % 2 == 0, 256, seed=seed) for seed in (1, 1, 2)]
    assert as_rows(plans[0]) == as_rows(plans[1])
    assert as_rows(plans[0]) != as_rows(plans[2])
    alone = [plan_alone(lengths, 256, seed=seed).order.tolist() for seed in (1, 1, 2)]
    assert alone[0] == alone[1] != alone[2]


@given(st.lists(st.integers(0, 2**64 - 1), max_size=50))
def test_shuffled_numbers_equal_their_twin(values):
    assert shuffled(np.array(values, dtype=np.uint64)).tolist() == naive_concat.shuffled(values)


def test_every_number_comes_to_every_place_equally_often():
    places = np.array([shuffled(draws.counter_draws(5, 99, seed=seed)) for seed in range(5000)])
    counts = np.array([np.bincount(column, minlength=5) for column in places.T])
    assert counts.min() > 860
    assert counts.max() < 1140


def test_alone_is_one_sample_to_a_row():
    lengths = np.array([4, 1, 3], dtype=np.int32)
    plan = plan_alone(lengths, 4, seed=0)
    assert plan.rows == 3
    assert sorted(plan.order.tolist()) == [0, 1, 2]
    assert plan.row_lengths(lengths).tolist() == lengths[plan.order].tolist()
    assert plan.fill_rate(lengths) == pytest.approx(8 / 12)


def test_best_fit_needs_no_more_rows_than_next_fit_where_nothing_can_be_cut():
    lengths = np.random.default_rng(2).integers(1, 101, 2000).astype(np.int32)
    concat = plan_concat(lengths, np.zeros(2000, dtype=np.bool_), 100, seed=0)
    assert plan_rows(lengths, 100, seed=0).rows < concat.rows


def test_no_samples_give_no_rows():
    nothing = np.empty(0, dtype=np.int32)
    assert plan_concat(nothing, np.empty(0, dtype=np.bool_), 8, seed=0).rows == 0
    assert plan_concat(nothing, np.empty(0, dtype=np.bool_), 8, seed=0).fill_rate() == 1.0
    assert plan_alone(nothing, 8, seed=0).rows == 0


@pytest.mark.parametrize(("length", "can_be_cut"), [(0, True), (-1, False), (11, False)])
def test_sample_that_cannot_stand_in_a_row_is_named(length, can_be_cut):
    lengths = np.array([3, length], dtype=np.int32)
    with pytest.raises(UsageError, match=f"sample 1 has {length} tokens"):
        plan_concat(lengths, np.array([True, can_be_cut]), 10, seed=0)


def test_only_a_sample_that_can_be_cut_may_be_longer_than_a_row():
    plan = plan_concat(np.array([25], dtype=np.int32), np.array([True]), 10, seed=0)
    assert plan.row_lengths().tolist() == [10, 10, 5]
    with pytest.raises(UsageError, match="sample 0 has 25 tokens"):
        plan_alone(np.array([25], dtype=np.int32), 10, seed=0)

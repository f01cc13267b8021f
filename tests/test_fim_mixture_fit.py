import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import naive_mixture
from codecorpus.fim.mixture.budget import largest_budget
from codecorpus.fim.mixture.fit import Demand, fit_cells
from codecorpus.fim.mixture.mixing import _kernels
from codecorpus.fim.mixture.shares import filled


@st.composite
def problems(draw):
    """Cells of some dimensions, each with tokens, and a demand for each dimension."""
    count = draw(st.integers(1, 14))
    tokens = np.array(draw(st.lists(st.integers(1, 10**6), min_size=count, max_size=count)), dtype=np.float64)
    demands = []
    for _ in range(draw(st.integers(1, 3))):
        values = draw(st.integers(1, 4))
        member = np.array(draw(st.lists(st.integers(0, values - 1), min_size=count, max_size=count)))
        weights = np.array(draw(st.lists(st.integers(1, 100), min_size=values, max_size=values)), dtype=float)
        demands.append(Demand(member, weights / weights.sum()))
    return tokens, demands, draw(st.sampled_from([1.0, 1.5, 4.0]))


def upper_bound(tokens, demands, most, prices):
    """No budget is above this, whatever the prices are (weak duality)."""
    worth = sum(
        price @ demand.shares for price, demand in zip(prices, demands, strict=True)
    )  # of a token of budget
    assume(worth > 1e-9)
    cells = sum(price[demand.member] for price, demand in zip(prices, demands, strict=True))
    return float((tokens * most * np.maximum(cells, 0)).sum() / worth)


@settings(max_examples=400, deadline=None)
@given(problems())
def test_largest_budget_meets_the_shares_and_its_prices_prove_that_none_is_larger(problem):
    tokens, demands, most = problem
    budget = largest_budget(tokens, demands, most)
    assert (budget.cells <= tokens * most * (1 + 1e-9)).all()
    assert (budget.cells >= 0).all()
    for demand in demands:
        np.testing.assert_allclose(
            demand.sums(budget.cells), demand.shares * budget.tokens, atol=1e-5 * budget.tokens + 1e-9
        )
    assert budget.tokens >= upper_bound(tokens, demands, most, budget.prices) * (1 - 1e-4) - 1e-3


@settings(max_examples=300, deadline=None)
@given(problems(), st.floats(0.01, 1.0))
def test_fitted_cells_meet_the_shares_within_their_limits(problem, part):
    tokens, demands, most = problem
    allowed = largest_budget(tokens, demands, most)
    assume(allowed.tokens > 1)
    budget = part * allowed.tokens
    cells = fit_cells(tokens, demands, most, budget, allowed.cells * part)
    assert (cells <= tokens * most * (1 + 1e-9)).all()
    for demand in demands:
        np.testing.assert_allclose(demand.sums(cells) / budget, demand.shares, atol=2e-5)


def test_fitted_cells_keep_the_odds_ratio_of_the_corpus():
    tokens = np.array([60.0, 20, 5, 15])
    rows, columns = np.array([0, 0, 1, 1]), np.array([0, 1, 0, 1])
    demands = [Demand(rows, np.array([0.4, 0.6])), Demand(columns, np.array([0.3, 0.7]))]
    cells = fit_cells(tokens, demands, 1000, 10, np.ones(4))
    assert cells[0] * cells[3] / (cells[1] * cells[2]) == pytest.approx(60 * 15 / (20 * 5), rel=1e-4)


def test_cell_at_its_limit_leaves_the_rest_to_the_others_in_their_proportion():
    tokens = np.array([10.0, 30, 60, 1])
    demand = Demand(np.array([0, 0, 0, 1]), np.array([0.9, 0.1]))
    assert fit_cells(tokens, [demand], 2, 10, np.ones(4)).tolist() == pytest.approx([0.9, 2.7, 5.4, 1])


def test_shares_that_no_budget_meets_give_none():
    tokens = np.array([10.0, 10.0])
    same = np.array([0, 1])
    demands = [Demand(same, np.array([0.9, 0.1])), Demand(same, np.array([0.1, 0.9]))]
    assert largest_budget(tokens, demands, 1).tokens == 0


@given(st.lists(st.tuples(st.integers(1, 50), st.integers(0, 100)), min_size=1, max_size=8))
def test_filled_shares_are_proportional_below_their_limits(rows):
    shares = np.array([row[0] for row in rows], dtype=float)
    shares /= shares.sum()
    most = np.array([row[1] for row in rows]) / 50
    result = filled(shares, most)
    assert (result <= most + 1e-12).all()
    assert result.sum() == pytest.approx(min(1, most.sum()))
    free = result < most - 1e-9
    if free.any():
        factors = result[free] / shares[free]
        assert factors.max() == pytest.approx(factors.min())
        assert (result[~free] <= shares[~free] * factors.max() + 1e-9).all()


@st.composite
def documents_to_take(draw):
    cells = draw(st.integers(1, 4))
    count = draw(st.integers(0, 25))
    tokens = draw(st.lists(st.integers(0, 40), min_size=count, max_size=count))
    cell_of = draw(st.lists(st.integers(0, cells - 1), min_size=count, max_size=count))
    groups = [
        [0, draw(st.integers(1, 2)), draw(st.integers(3, 4)), draw(st.integers(5, 6))] for _ in range(cells)
    ]
    room = draw(st.lists(st.integers(-20, 300), min_size=7, max_size=7))
    cell_room = draw(st.lists(st.integers(0, 200), min_size=cells, max_size=cells))
    most = draw(st.integers(1, 3))
    least = [draw(st.integers(0, most)) for _ in range(cells)]
    copies = [[least[cell], least[cell], most] for cell in cell_of]
    return tokens, cell_of, groups, room, copies, cell_room, draw(st.integers(0, 20))


@settings(max_examples=400, deadline=None)
@given(documents_to_take())
def test_passes_over_documents_equal_their_twins(given_documents):
    tokens, cell_of, groups, room, copies, cell_room, tolerance = given_documents
    expected, left = naive_mixture.taken(tokens, cell_of, groups, room, copies, cell_room, tolerance)
    rooms, counts = np.array(room, dtype=np.int64), np.array(copies, dtype=np.int32).reshape(-1, 3)
    arrays = (
        np.array(tokens, dtype=np.int64), np.array(cell_of, dtype=np.int32), np.array(groups, dtype=np.int32), rooms, counts,
    )  # fmt: skip
    _kernels.take_first(*arrays, np.array(cell_room, dtype=np.int64))
    _kernels.balance(*arrays, tolerance)
    _kernels.trim(*arrays)
    _kernels.fill(*arrays)
    assert counts[:, 0].tolist() == expected
    assert rooms.tolist() == left

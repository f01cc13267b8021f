import math

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from codecorpus.errors import UsageError
from codecorpus.fim.mixture.classes import CLASSES
from codecorpus.fim.mixture.mixing import plan_mixture
from codecorpus.fim.mixture.options import MixtureOptions

LANGUAGES = ["C", "Go", "Python", None]


def table(rows):
    """Documents from (key, language, class, tokens)."""
    keys, languages, classes, tokens = zip(*rows, strict=True) if rows else ((), (), (), ())
    return pa.table(
        {
            "doc_key": pa.array(keys, pa.uint64()),
            "language": pa.array(languages, pa.string()),
            "class": pa.array(classes, pa.string()),
            "tokens": pa.array(tokens, pa.int64()),
        }
    )


def alike(*groups):
    """Documents from (language, class, tokens, how many)."""
    rows = [group[:3] for group in groups for _ in range(group[3])]
    return table([(number, *row) for number, row in enumerate(rows)])


def realistic(count, seed=0, languages=6):
    rng = np.random.default_rng(seed)
    names = [f"L{number}" for number in range(languages)]
    weights = 1 / np.arange(1, languages + 1)
    return pa.table(
        {
            "doc_key": rng.integers(0, 2**64, count, dtype=np.uint64),
            "language": pa.array(rng.choice(names, count, p=weights / weights.sum())),
            "class": pa.array(rng.choice(CLASSES, count, p=[0.7, 0.15, 0.1, 0.05])),
            "tokens": pa.array(np.minimum(rng.lognormal(6, 1.3, count).astype(np.int64) + 1, 60_000)),
        }
    )


def rows_of(mixture, dimension):
    return {row["value"]: row for row in mixture.shares.to_pylist() if row["dimension"] == dimension}


SETTINGS = st.fixed_dictionaries(
    {},
    optional={
        "tokens": st.integers(1, 40_000),
        "max_repetition": st.sampled_from([1, 1.5, 2, 4]),
        "temperature": st.sampled_from([1.0, 2.0, 5.0]),
        "classes": st.sampled_from([{"code": 0.5, "*": 0.5}, {"code": 0.9, "tests": 0.1}, {"*": 1}]),
        "length_borders": st.just([50, 500]),
        "short": st.sampled_from(["refuse", "fill"]),
    },
)


@st.composite
def corpora(draw, unique=False):
    keys = st.integers(0, 2**64 - 1) if unique else st.integers(0, 20)
    row = st.tuples(
        keys,
        st.sampled_from(LANGUAGES),
        st.sampled_from(CLASSES),
        st.sampled_from([0, 1, 7, 50, 51, 300, 5000]),
    )
    return draw(st.lists(row, max_size=40, unique_by=(lambda one: one[0]) if unique else None))


@settings(max_examples=300, deadline=None)
@given(corpora(), SETTINGS, st.integers(0, 2**64 - 1))
def test_nothing_is_exceeded_and_nothing_is_lost_from_view(rows, given_settings, seed):
    options = MixtureOptions(**given_settings)
    try:
        mixture = plan_mixture(table(rows), options, seed=seed)
    except UsageError:
        return
    tokens = np.array([row[3] for row in rows], dtype=np.int64)
    assert len(mixture.copies) == len(rows)
    assert mixture.copies.min(initial=0) >= 0
    assert mixture.copies.max(initial=0) <= math.ceil(options.max_repetition)
    taken = int((tokens * mixture.copies).sum())
    assert taken <= mixture.budget <= options.max_repetition * tokens.sum()
    assert options.tokens in (None, mixture.budget)
    for dimension in ("language", "class", "length"):
        parts = [row for value, row in rows_of(mixture, dimension).items() if value != "*"]
        assert sum(row["taken_tokens"] for row in parts) == taken
        assert sum(row["tokens"] for row in parts) == tokens.sum()
        assert sum(row["documents"] for row in parts) == len(rows)
    assert sum(mixture.cells["taken_tokens"].to_pylist()) == taken


def planned(rows, options, seed):
    """The mixture, or None and why there is none."""
    try:
        return plan_mixture(table(rows), options, seed=seed), None
    except UsageError as error:
        return None, str(error)


@settings(max_examples=200, deadline=None)
@given(corpora(unique=True), SETTINGS, st.integers(0, 9), st.randoms(use_true_random=False))
def test_order_of_rows_does_not_matter(rows, given_settings, seed, random):
    options = MixtureOptions(**given_settings)
    shuffled = random.sample(range(len(rows)), len(rows))
    mixture, message = planned(rows, options, seed)
    other, other_message = planned([rows[place] for place in shuffled], options, seed)
    assert message == other_message
    if mixture is None:
        return
    assert other.copies.tolist() == mixture.copies[shuffled].tolist()
    assert other.shares.equals(mixture.shares)
    assert other.cells.equals(mixture.cells)


@settings(max_examples=300, deadline=None)
@given(
    corpora(),
    st.lists(st.integers(0, 10), min_size=3, max_size=3).filter(any),
    st.sampled_from([1.0, 1.5, 4.0]),
    st.one_of(st.none(), st.integers(1, 30_000)),
    st.integers(0, 9),
)
def test_shares_of_languages_are_met_to_within_a_document_or_refused(rows, weights, most, budget, seed):
    has = {name: sum(row[3] for row in rows if row[1] == name) for name in LANGUAGES}
    shares = {name: weight / sum(weights) for name, weight in zip(LANGUAGES, weights, strict=False)}
    options = MixtureOptions(languages=shares, max_repetition=most, tokens=budget)
    possible = min(most * has[name] / share for name, share in shares.items() if share > 0)
    absent = any(share > 0 and all(row[1] != name for row in rows) for name, share in shares.items())
    if absent or possible < 1 or (budget is not None and budget > possible):
        with pytest.raises(UsageError):
            plan_mixture(table(rows), options, seed=seed)
        return
    mixture = plan_mixture(table(rows), options, seed=seed)
    allowed = sum(has[name] for name, share in shares.items() if share > 0)
    assert mixture.budget == (budget or math.floor(min(possible, allowed) + 1e-6))
    for name, share in shares.items():
        mine = [(row[3], copies) for row, copies in zip(rows, mixture.copies, strict=True) if row[1] == name]
        off = sum(tokens * copies for tokens, copies in mine) - share * mixture.budget
        longest = max((tokens for tokens, _ in mine), default=0)
        assert abs(off) <= max(longest, 0.001 * mixture.budget) + 2
    assert all(copies == 0 for row, copies in zip(rows, mixture.copies, strict=True) if row[1] is None)


@pytest.mark.parametrize(
    "asked",
    [
        {"languages": {"L0": 0.1, "L1": 0.3, "*": 0.6}},
        {"temperature": 3.0, "max_repetition": 4},
        {"temperature": 3.0, "tokens": 6_000_000, "short": "fill"},
        {"classes": {"code": 0.5, "tests": 0.25, "documentation": 0.25}, "max_repetition": 1.5},
        {"length_borders": [1024, 8192], "length_shares": [0.3, 0.4, 0.3]},
        {
            "languages": {"L0": 0.2, "L5": 0.2, "*": 0.6},
            "classes": {"tests": 0.3, "*": 0.7},
            "length_borders": [1024, 8192],
            "length_shares": [0.3, 0.5, 0.2],
            "max_repetition": 2,
        },
    ],
)
def test_realised_shares_are_within_a_tenth_of_a_percent(asked):
    mixture = plan_mixture(realistic(30_000), MixtureOptions(**asked), seed=7)
    rows = [row for row in mixture.shares.to_pylist() if row["asked_share"] is not None]
    assert rows
    assert max(abs(row["share"] - row["asked_share"]) for row in rows) < 0.001
    assert sum(mixture.cells["taken_tokens"].to_pylist()) > 0.999 * mixture.budget


def test_chunks_and_encodings_of_columns_do_not_matter():
    documents, options = realistic(400), MixtureOptions(languages={"L0": 0.5, "*": 0.5})
    encoded = documents.set_column(1, "language", documents["language"].dictionary_encode())
    encoded = encoded.set_column(2, "class", documents["class"].cast(pa.large_string()))
    in_chunks = pa.concat_tables([encoded.slice(0, 150), encoded.slice(150)])
    expected = plan_mixture(documents, options, seed=3).copies.tolist()
    assert plan_mixture(in_chunks, options, seed=3).copies.tolist() == expected


def test_without_options_every_document_is_taken_once():
    mixture = plan_mixture(realistic(500), MixtureOptions(), seed=0)
    assert (mixture.copies == 1).all()
    assert mixture.budget == sum(realistic(500)["tokens"].to_pylist())


def test_repetition_alone_repeats_nothing():
    mixture = plan_mixture(realistic(500), MixtureOptions(max_repetition=4), seed=0)
    assert (mixture.copies == 1).all()


def test_budget_above_the_corpus_repeats_all_documents_before_any_a_second_time():
    documents = alike(("C", "code", 10, 60), ("Go", "tests", 10, 40))
    mixture = plan_mixture(documents, MixtureOptions(tokens=2300, max_repetition=3), seed=0)
    assert sorted(mixture.copies.tolist()) == [2] * 70 + [3] * 30
    assert int(mixture.copies[:60].sum()) == 138


def test_languages_that_are_not_named_are_left_out_and_rest_stays_in_proportion():
    documents = alike(
        ("C", "code", 10, 200), ("Go", "code", 10, 100), ("Lua", "code", 10, 300), (None, "code", 10, 100)
    )
    named = plan_mixture(documents, MixtureOptions(languages={"C": 0.5, "Go": 0.5}), seed=0)
    assert {value: row["taken_documents"] for value, row in rows_of(named, "language").items()} == {
        "C": 100,
        "Go": 100,
        "Lua": 0,
        "unknown": 0,
    }
    rest = plan_mixture(documents, MixtureOptions(languages={"C": 0.5, "*": 0.5}), seed=0)
    assert {value: row["taken_documents"] for value, row in rows_of(rest, "language").items()} == {
        "C": 200,
        "Go": 40,
        "Lua": 120,
        "unknown": 40,
        "*": 200,
    }


def test_temperature_gives_powers_of_the_tokens():
    documents = alike(("C", "code", 10, 900), ("Go", "code", 10, 100))
    shares = rows_of(plan_mixture(documents, MixtureOptions(temperature=2), seed=0), "language")
    assert shares["C"]["share"] == pytest.approx(0.75, abs=0.001)
    natural = plan_mixture(documents, MixtureOptions(temperature=1), seed=0)
    assert (natural.copies == 1).all()


def test_bucket_holds_documents_up_to_its_border():
    documents = alike(("C", "code", 10, 4), ("C", "code", 11, 4))
    options = MixtureOptions(length_borders=[10], length_shares=[1, 0])
    assert plan_mixture(documents, options, seed=0).copies.tolist() == [1] * 4 + [0] * 4


def test_seed_chooses_other_documents_and_none_is_preferred():
    documents = alike(("C", "code", 10, 400))
    options = MixtureOptions(tokens=2000)
    counts = np.sum([plan_mixture(documents, options, seed=seed).copies for seed in range(100)], axis=0)
    assert counts.sum() == 100 * 200
    assert counts.min() > 25
    assert counts.max() < 75
    assert (
        plan_mixture(documents, options, seed=1).copies.tolist()
        != plan_mixture(documents, options, seed=2).copies.tolist()
    )


def test_long_documents_are_not_left_out_more_often_than_short_ones():
    documents = realistic(20_000)
    tokens = documents["tokens"].to_numpy()
    mixture = plan_mixture(documents, MixtureOptions(tokens=int(tokens.sum()) // 2), seed=0)
    long = tokens > np.quantile(tokens, 0.95)
    assert mixture.copies[long].mean() == pytest.approx(mixture.copies[~long].mean(), abs=0.05)


def test_fill_takes_all_of_what_is_short_and_more_of_the_others():
    documents = alike(("C", "code", 10, 300), ("Go", "code", 10, 100), ("Lua", "code", 10, 100))
    options = MixtureOptions(languages={"C": 0.4, "Go": 0.1, "Lua": 0.5}, tokens=3000, short="fill")
    taken = {
        value: row["taken_documents"]
        for value, row in rows_of(plan_mixture(documents, options, seed=0), "language").items()
    }
    assert taken == {"C": 160, "Go": 40, "Lua": 100}


def test_fill_without_a_budget_takes_as_much_as_the_corpus_has():
    documents = alike(("C", "code", 10, 700), ("Go", "code", 10, 290), ("Lua", "code", 10, 10))
    once = plan_mixture(documents, MixtureOptions(temperature=5, short="fill"), seed=0)
    assert (once.copies == 1).all()
    strict = plan_mixture(documents, MixtureOptions(temperature=5, max_repetition=3), seed=0)
    assert strict.budget < 2000
    filled = plan_mixture(documents, MixtureOptions(temperature=5, max_repetition=3, short="fill"), seed=0)
    assert filled.budget == 10_000
    taken = {value: row["taken_tokens"] for value, row in rows_of(filled, "language").items()}
    assert taken["Lua"] == 300
    assert taken["C"] / taken["Go"] == pytest.approx((700 / 290) ** 0.2, abs=0.01)


def test_empty_corpus_gives_an_empty_mixture():
    mixture = plan_mixture(table([]), MixtureOptions(), seed=0)
    assert (len(mixture.copies), mixture.budget, mixture.shares.num_rows) == (0, 0, 0)


def test_documents_without_tokens_follow_their_cell():
    documents = alike(("C", "code", 10, 2), ("C", "code", 0, 1), ("Go", "code", 0, 1))
    assert plan_mixture(documents, MixtureOptions(), seed=0).copies.tolist() == [1, 1, 1, 1]
    assert plan_mixture(documents, MixtureOptions(languages={"C": 1}), seed=0).copies.tolist() == [1, 1, 1, 0]


REFUSED = [
    ({"tokens": 10_501}, "mixture.tokens = 10501 is more than the corpus has; 10,500 tokens are possible"),
    ({"tokens": 20_000, "max_repetition": 1.5}, "the corpus has 10,500 tokens, 1.5 times at most"),
    ({"languages": {"pyton": 1}}, "Did you mean 'Python'"),
    (
        {"languages": {"Go": 0.9, "Python": 0.1}, "tokens": 9000},
        "with 9,000 tokens; 4,444 tokens are possible\n  language Go: asked 90 % = 8,100 tokens; the corpus has 4,000 = 44.44 %\n"
        "Lower mixture.tokens, or raise mixture.max_repetition, or ask for other shares",
    ),
    (
        {"languages": {"Go": 0.5, "Python": 0.5}, "classes": {"tests": 0.2, "*": 0.8}, "tokens": 7000},
        "; 5,000 tokens are possible\n  class tests: asked 20 % = 1,400 tokens; the corpus has 1,000 = 14.29 %",
    ),
    (
        {"languages": {"Go": 0.2, "Python": 0.8}, "classes": {"tests": 0.3, "*": 0.7}, "tokens": 3000},
        "= 316.7 %, but too little of it with the other shares at once",
    ),
    ({"classes": {"documentation": 0.5, "*": 0.5}}, "class documentation: asked 50 %; the corpus has 0\n"),
    (
        {"languages": {"Go": 0.9, "Python": 0.1}, "tokens": 90_000, "short": "fill"},
        "10,000 tokens are possible",
    ),
]


@pytest.mark.parametrize(("asked", "words"), REFUSED)
def test_what_cannot_be_had_is_refused_with_what_the_corpus_has(asked, words):
    documents = alike(
        ("Python", "code", 100, 60), ("Go", "code", 100, 30), ("Go", "tests", 100, 10), (None, "code", 50, 10)
    )
    with pytest.raises(UsageError) as caught:
        plan_mixture(documents, MixtureOptions(**asked), seed=0)
    assert words in str(caught.value)


@pytest.mark.parametrize(
    ("asked", "possible"),
    [
        ({"languages": {"Go": 0.9, "Python": 0.1}}, 4444),
        ({"languages": {"Go": 0.5, "Python": 0.5}, "classes": {"tests": 0.2, "*": 0.8}}, 5000),
        ({"temperature": 1000.0, "max_repetition": 4}, 6009),
    ],
)
def test_budget_that_the_message_names_is_possible_and_one_more_is_not(asked, possible):
    documents = alike(
        ("Python", "code", 100, 60), ("Go", "code", 100, 30), ("Go", "tests", 100, 10), (None, "code", 50, 10)
    )
    assert plan_mixture(documents, MixtureOptions(**asked, tokens=possible), seed=0).budget == possible
    with pytest.raises(UsageError, match=f"{possible:,} tokens are possible"):
        plan_mixture(documents, MixtureOptions(**asked, tokens=possible + 1), seed=0)


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"languages": {"Go": 0.5}}, r'languages must add up to 1, and add up to 0\.5; "\*" = 0\.5'),
        ({"classes": {"code": 0.7, "tests": 0.7}}, r"classes must add up to 1, and add up to 1\.4 \["),
        ({"languages": {"Go": 1.0}, "temperature": 2}, "keep one"),
        ({"length_shares": [0.5, 0.5]}, "0 borders make 1 buckets"),
        ({"length_borders": [5, 3], "length_shares": [0.5, 0.25, 0.25]}, "must ascend"),
        ({"classes": {"docs": 1.0}}, "'documentation'"),
        ({"languages": {"Go": 1.5}}, "less than or equal to 1"),
        ({"languages": {"Go": -0.5, "*": 1.5}}, "greater than or equal to 0"),
        ({"max_repetition": 0.5}, "greater than or equal to 1"),
        ({"temperature": 0}, "greater than 0"),
    ],
)
def test_options_that_mean_nothing_are_mistakes(asked, words):
    with pytest.raises(ValidationError, match=words):
        MixtureOptions(**asked)


def test_three_thirds_may_be_rounded():
    documents = alike(("C", "code", 10, 90), ("Go", "code", 10, 90), ("Lua", "code", 10, 90))
    options = MixtureOptions(languages={"C": 0.333, "Go": 0.333, "Lua": 0.333})
    assert (plan_mixture(documents, options, seed=0).copies == 1).all()

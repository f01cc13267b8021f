import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import naive_fim
from codecorpus.errors import UsageError
from codecorpus.fim import draws
from codecorpus.fim.layout import NONE, PSM, SPM_V2, overhead
from codecorpus.fim.options import FimOptions, overheads
from codecorpus.fim.parts import Parts, doc_keys, split_parts
from codecorpus.fim.sentinels import family
from codecorpus.fim.spans import can_be_cut, choose_cuts

LINE_END = 9
MARKS = np.arange(12) == LINE_END

documents_of_tokens = st.lists(st.lists(st.integers(0, 11), max_size=60), max_size=8)


def flat(documents, dtype=np.uint16):
    offsets = np.concatenate([[0], np.cumsum([len(one) for one in documents], dtype=np.int64)]).astype(
        np.int64
    )
    return np.array([token for one in documents for token in one], dtype=dtype), offsets


def keys_of(count):
    return draws.mixed(np.arange(count, dtype=np.uint64))


def split(documents, length, options=None, *, seed=0, epoch=0, dtype=np.uint16):
    ids, offsets = flat(documents, dtype)
    options = options or FimOptions()
    return split_parts(
        offsets,
        ids,
        keys_of(len(documents)),
        MARKS,
        sequence_length=length,
        options=options,
        seed=seed,
        epoch=epoch,
    )


@settings(max_examples=200, deadline=None)
@given(
    documents_of_tokens,
    st.integers(5, 40),
    st.sampled_from([np.uint16, np.uint32]),
    st.sampled_from([0.0, 0.5, 1.0]),
)
def test_parts_equal_the_naive_split(documents, length, dtype, rate):
    options = FimOptions(rate=rate)
    ids, _ = flat(documents, dtype)
    parts = split(documents, length, options, dtype=dtype)
    plain, transformed = overheads(options)
    expected = naive_fim.split(documents, MARKS, length - plain, length - transformed)
    got = [
        (d, p, ids[s : s + n].tolist(), last)
        for d, p, s, n, last in zip(
            *(
                column.tolist()
                for column in (parts.document, parts.part, parts.start, parts.tokens, parts.is_last)
            ),
            strict=True,
        )
    ]
    assert got == expected


@settings(max_examples=200, deadline=None)
@given(
    documents_of_tokens,
    st.integers(7, 40),
    st.sampled_from(["qwen2.5-coder", "codellama", "olmo"]),
    st.floats(0, 1),
    st.integers(0, 2**63),
)
def test_every_part_fits_and_every_token_is_in_one_part(documents, length, name, rate, seed):
    options = FimOptions(family=name, rate=rate)
    parts = split(documents, length, options, seed=seed)
    assert (parts.length <= length).all()
    assert (parts.tokens >= 1).all()
    assert parts.tokens.sum() == sum(len(one) for one in documents)
    stops = parts.start + parts.tokens
    assert (parts.start[1:] == stops[:-1]).all()
    assert parts.is_last.sum() == sum(bool(one) for one in documents)
    assert (parts.length - parts.tokens <= [overhead(family(name), code) for code in parts.layout]).all()


@settings(max_examples=50, deadline=None)
@given(
    st.lists(st.integers(0, 2**64 - 1), min_size=1, max_size=20),
    st.integers(0, 2**64 - 1),
    st.integers(0, 2**32),
)
def test_draws_equal_plain_integer_arithmetic(keys, seed, epoch):
    numbers = np.arange(len(keys))
    got = draws.part_draws(np.array(keys, dtype=np.uint64), numbers, seed=seed, epoch=epoch).tolist()
    assert got == [naive_fim.part_draw(key, part, seed=seed, epoch=epoch) for part, key in enumerate(keys)]
    assert draws.mixed(np.array([0], dtype=np.uint64)).tolist() == [
        0xE220A8397B1DCDAF
    ]  # SplitMix64's first output


@settings(max_examples=200, deadline=None)
@given(st.integers(1, 60), st.integers(1, 10), st.floats(0.05, 1), st.integers(0, 2**64 - 1))
def test_cuts_equal_the_rectangle_written_out(tokens, smallest, share, draw):
    options = FimOptions(min_middle=smallest, max_middle_share=share)
    size = np.array([tokens])
    largest = int(tokens * share)
    assert bool(can_be_cut(size, options)[0]) == (largest >= smallest)
    if largest < smallest:
        return
    cells = naive_fim.cut_rectangle(tokens, smallest, largest)
    hashes = np.array([draw], dtype=np.uint64)
    position = int(draws.drawn(hashes, draws.CUTS)[0]) % len(cells)
    assert tuple(choose_cuts(size, hashes, options)[0].tolist()) == cells[position]


@pytest.mark.parametrize(("tokens", "smallest", "largest"), [(1, 1, 1), (6, 1, 6), (7, 2, 5), (8, 3, 3)])
def test_every_allowed_middle_is_equally_likely(tokens, smallest, largest):
    allowed = [
        (a, b) for a in range(tokens) for b in range(a + 1, tokens + 1) if smallest <= b - a <= largest
    ]
    assert sorted(naive_fim.cut_rectangle(tokens, smallest, largest)) == sorted(allowed * 2)


def test_long_document_is_cut_after_a_line_end_in_the_last_quarter():
    document = [1] * 13 + [LINE_END] + [2] * 20
    parts = split([document], 20)
    assert parts.tokens.tolist() == [14, 16, 4]  # a line end at 14 of 16; then none, so the whole budget
    assert parts.is_last.tolist() == [False, False, True]


def test_line_end_before_the_last_quarter_is_not_used():
    assert split([[1] * 11 + [LINE_END] + [2] * 20], 20).tokens.tolist()[0] == 16


def test_document_that_just_fits_is_neither_cut_nor_transformed():
    parts = split([[1] * 19, [1] * 16, [1] * 17], 20, FimOptions(rate=1, spm_rate=0))
    assert parts.part.tolist() == [0, 0, 0]
    assert parts.layout.tolist() == [NONE, PSM, NONE]
    assert parts.length.tolist() == [20, 20, 18]


def test_end_token_stands_after_the_last_part_and_after_each_transformed_part():
    document = [1] * 40
    assert split([document], 20, FimOptions(rate=0)).length.tolist() == [19, 19, 3]
    assert split([document], 20, FimOptions(rate=1)).length.tolist() == [20, 20, 12]


def test_begin_token_stands_where_a_document_starts():
    untransformed = split([[1] * 40], 20, FimOptions(rate=0, family="codellama"))
    assert (untransformed.length - untransformed.tokens).tolist() == [1, 0, 1]


def test_decision_depends_on_the_document_not_on_its_place():
    documents = [[number] * 10 for number in range(12)] * 5
    ids, offsets = flat(documents)
    keys = keys_of(len(documents))
    marks = np.zeros(12, dtype=np.bool_)
    settings_of = {"sequence_length": 64, "options": FimOptions(), "seed": 3}
    whole = split_parts(offsets, ids, keys, marks, **settings_of)
    backwards = split_parts(offsets, ids, keys[::-1], marks, **settings_of)
    assert whole.layout.tolist() == backwards.layout[::-1].tolist()
    tail = split_parts(offsets[30:] - offsets[30], ids[offsets[30] :], keys[30:], marks, **settings_of)
    assert whole.layout[30:].tolist() == tail.layout.tolist()


def test_other_seed_and_other_epoch_give_other_layouts_but_the_same_parts():
    documents = [[1] * 10] * 200
    first = split(documents, 64)
    for other in (split(documents, 64, seed=1), split(documents, 64, epoch=1)):
        assert other.tokens.tolist() == first.tokens.tolist()
        assert other.layout.tolist() != first.layout.tolist()


def test_rates_are_met():
    parts = split([[1] * 10] * 20_000, 64, FimOptions(rate=0.6, spm_rate=0.25))
    shares = np.bincount(parts.layout, minlength=5) / len(parts)
    assert shares[NONE] == pytest.approx(0.4, abs=0.015)
    assert shares[PSM] == pytest.approx(0.45, abs=0.015)
    assert shares[SPM_V2] == pytest.approx(0.15, abs=0.015)


def test_part_too_short_for_a_middle_stays_as_it_is():
    parts = split([[1] * 3, [1] * 4], 64, FimOptions(rate=1, min_middle=4))
    assert (parts.layout > 0).tolist() == [False, True]


def test_document_without_tokens_has_no_part():
    assert split([[], [1], []], 64).document.tolist() == [1]
    assert len(split([], 64)) == 0


def test_too_short_sequence_says_the_minimum():
    with pytest.raises(UsageError, match="needs 5 tokens"):
        split([[1]], 4)
    assert len(split([[1]], 5)) == 1


def test_parts_survive_arrow_and_take_and_concat():
    parts = split([[1] * 50, [2] * 5], 20)
    table = pa.concat_tables([parts.to_arrow().slice(0, 2), parts.to_arrow().slice(2)])
    for back in (Parts.from_arrow(table), Parts.concat([parts, parts]).take(np.arange(len(parts)))):
        assert back.to_arrow().equals(parts.to_arrow())
    assert len(Parts.concat([])) == 0


def test_doc_keys_read_sliced_and_chunked_ids():
    raw = [bytes([n]) * 16 for n in range(5)]
    whole = pa.array(raw, pa.binary(16))
    expected = [int.from_bytes(one[:8], "little") for one in raw]
    assert doc_keys(whole).tolist() == expected
    assert doc_keys(whole.slice(2, 2)).tolist() == expected[2:4]
    assert doc_keys(pa.chunked_array([whole.slice(1, 2), whole.slice(3)])).tolist() == expected[1:]
    assert doc_keys(whole.slice(0, 0)).tolist() == []

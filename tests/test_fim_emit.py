import itertools
from dataclasses import replace

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import naive_fim
from codecorpus.document import sequences_schema
from codecorpus.errors import DataError, UsageError
from codecorpus.fim.cut import Cutting, cut_documents
from codecorpus.fim.emit import Writing, check_source_ids, emit_rows, gather
from codecorpus.fim.layout import LAYOUTS
from codecorpus.fim.options import FimOptions, spm_code
from codecorpus.fim.parts import Parts, doc_keys
from codecorpus.fim.plan import plan_samples
from codecorpus.fim.readback import inverse, segments
from codecorpus.fim.samples import around, repository_samples, single_samples
from codecorpus.fim.sentinels import FAMILIES, family
from codecorpus.fim.texts import only_ids

VOCABULARY = 50

FAMILY_AND_RATE = [
    ("qwen2.5-coder", 0.5),
    ("starcoder", 0.5),
    ("starcoder2", 0.5),
    ("olmo", 0.5),
    ("codellama", 0.7),
    ("codegemma", 0.5),
    ("deepseek-coder", 0.5),
    ("codestral", 1.0),
]
METHODS = ("best-fit", "concat", "none")


def options_of(name, rate=0.5, spm_rate=0.5, **more):
    return FimOptions(family=name, rate=rate, spm_rate=spm_rate, **more)


def doc_ids_of(count, first=0):
    return pa.array([(first + n).to_bytes(8, "little")[::-1] + bytes(8) for n in range(count)], pa.binary(16))


def flat_of(documents, dtype):
    offsets = np.concatenate([[0], np.cumsum([len(one) for one in documents], dtype=np.int64)])
    return np.array([token for one in documents for token in one], dtype=dtype), offsets.astype(np.int64)


def packed(
    documents,
    length,
    options,
    *,
    seed=0,
    epoch=0,
    dtype=np.uint16,
    shards=1,
    method="best-fit",
    groups=None,
    heads=None,
    loss_mask=False,
):
    """Everything a run does, with the documents in `shards` shards: parts, plan, sequences.

    `groups`: the repository of each document, whose names and paths stand before them, `heads` tokens each; with `heads` alone, paths.
    """
    row = family(options.family)
    is_repository = groups is not None
    sentinels = naive_fim.sentinels_of(options.family, paths=heads is not None)
    bounds = np.linspace(0, len(documents), shards + 1).astype(int)
    names = doc_ids_of(len(documents))
    stores, tables, sources, named, owners = [], [], [], [], []
    for number, (first, last) in enumerate(itertools.pairwise(bounds)):
        ids, offsets = flat_of(documents[first:last], dtype)
        texts = only_ids(ids, offsets, doc_keys(names.slice(first, last - first)))
        if heads is not None:
            ranges = np.tile([0, heads], (last - first, 1))
            has_name = is_repository and row.repo is not None
            texts = replace(
                texts,
                heads=np.full(heads, VOCABULARY - 1, dtype),
                names=ranges if has_name else ranges * 0,
                paths=ranges,
            )
        flat, parts = cut_documents(
            texts, None, Cutting(options.model_copy(update={"epoch": epoch}), length, sentinels, seed)
        )
        stores.append(flat)
        tables.append(parts)
        sources.append(np.full(len(parts), number))
        named.append(names.take(pa.array(first + parts.document)))
        owners.append(first + parts.document)
    parts = Parts.concat(tables)
    needed = around(parts, row, sentinels, repository=is_repository)
    samples = single_samples(parts, needed)
    if is_repository:
        of = np.array(groups)[np.concatenate(owners)]
        order = np.lexsort((np.arange(len(parts)), of))
        samples = repository_samples(needed, order, of, length)
    plan = plan_samples(samples, length, method=method, seed=seed)
    chosen = parts.take(plan.order)
    ids, offsets = gather(stores, np.concatenate(sources)[plan.order], chosen)
    writing = Writing(row, sentinels, repository=is_repository, loss_mask=loss_mask)
    doc_ids = pa.chunked_array(named).take(pa.array(plan.order))
    table = emit_rows(ids, offsets, plan.placed(chosen), doc_ids, writing)
    return parts, plan, table, sentinels


def read_of(name, sentinels):
    return {"family": family(name), "sentinels": sentinels}


def rows_of(table):
    columns = (table[name].to_pylist() for name in ("input_ids", "seq_lengths", "parts", "doc_ids"))
    return [
        (np.array(ids), np.array(lengths), parts, names)
        for ids, lengths, parts, names in zip(*columns, strict=True)
    ]


def documents_in(table, name, sentinels):
    """doc_id → its tokens, put together again from all rows; parts in their order, pieces of one part in the order of the rows."""
    found = {}
    for ids, lengths, parts, names in rows_of(table):
        for doc_id, part, tokens in zip(
            names, parts, inverse(ids, lengths, parts, **read_of(name, sentinels)), strict=True
        ):
            found.setdefault(doc_id, []).append((part["part"], tokens.tolist()))
    return {
        doc_id: [token for _, tokens in sorted(pieces, key=lambda one: one[0]) for token in tokens]
        for doc_id, pieces in found.items()
    }


documents_of_tokens = st.lists(st.lists(st.integers(0, VOCABULARY - 1), max_size=50), max_size=12)


@settings(max_examples=300, deadline=None)
@given(
    documents_of_tokens,
    st.integers(7, 40),
    st.sampled_from(FAMILY_AND_RATE),
    st.floats(0, 1),
    st.integers(0, 2**63),
    st.sampled_from([np.uint16, np.uint32]),
    st.integers(1, 3),
    st.sampled_from(METHODS),
    st.booleans(),
)
def test_every_source_token_is_in_the_output_once_and_in_order(
    documents, length, which, rate, seed, dtype, shards, method, loss_mask
):
    options = options_of(which[0], rate, which[1])
    _, plan, table, sentinels = packed(
        documents,
        length,
        options,
        seed=seed,
        dtype=dtype,
        shards=shards,
        method=method,
        loss_mask=loss_mask,
    )
    assert table.schema.equals(sequences_schema(pa.from_numpy_dtype(dtype), loss_mask=loss_mask))
    assert table.num_rows == plan.rows
    table.validate(full=True)
    for ids, lengths, parts, _ in rows_of(table):
        assert 0 < len(ids) <= length
        assert lengths.sum() == len(ids)
        borders = set(np.cumsum([part["length"] for part in parts]).tolist())
        assert set(np.cumsum(lengths).tolist()) <= borders
        for part in parts:  # no broken triple: a transformed part is all in one row, its middle has an end
            assert part["layout"] == 0 or part["middle"] >= 1
    names = doc_ids_of(len(documents)).to_pylist()
    expected = {name: tokens for name, tokens in zip(names, documents, strict=True) if tokens}
    assert documents_in(table, which[0], sentinels) == expected


@settings(max_examples=200, deadline=None)
@given(
    st.lists(
        st.tuples(st.lists(st.integers(0, VOCABULARY - 2), max_size=50), st.integers(0, 3)), max_size=12
    ),
    st.integers(24, 80),
    st.sampled_from(FAMILY_AND_RATE),
    st.sampled_from([0.0, 0.5, 1.0]),
    st.integers(0, 2**63),
    st.integers(1, 3),
)
def test_samples_of_repositories_hold_every_token_once(rows, length, which, rate, seed, heads):
    documents, groups = [tokens for tokens, _ in rows], [group for _, group in rows]
    options = options_of(which[0], rate, which[1])
    _, _, table, sentinels = packed(documents, length, options, seed=seed, groups=groups, heads=heads)
    row = family(which[0])
    names = doc_ids_of(len(documents)).to_pylist()
    repository_of = dict(zip(names, groups, strict=True))
    for ids, lengths, parts, doc_ids in rows_of(table):
        assert len(ids) <= length
        found = segments(ids, lengths, parts, **read_of(which[0], sentinels))
        by_sample = {}
        for one in found:
            by_sample.setdefault(one.sample, set()).add(repository_of[doc_ids[one.part]])
        assert all(len(repositories) == 1 for repositories in by_sample.values())
        assert len(by_sample) == len(lengths)
        if row.repo is not None:
            assert int((ids == sentinels.repo).sum()) == len(lengths)
        if row.file is not None and row.file != row.middle_end:
            assert int((ids == sentinels.file).sum()) == len(parts)
    expected = {name: tokens for name, tokens in zip(names, documents, strict=True) if tokens}
    assert documents_in(table, which[0], sentinels) == expected


@settings(max_examples=150, deadline=None)
@given(
    st.lists(st.integers(0, VOCABULARY - 1), min_size=1, max_size=30),
    st.sampled_from(["psm", "spm-v1", "spm-v2", "codestral"]),
    st.integers(0, 2**64 - 1),
    st.integers(0, 2**31 - 1),
)
def test_part_equals_the_naive_transformation_and_its_inverse_is_the_source(document, layout, seed, epoch):
    is_psm = layout == "psm"
    options = FimOptions(rate=1, spm_rate=0 if is_psm else 1, spm_layout=None if is_psm else layout)
    _, _, table, sentinels = packed([document], 64, options, seed=seed, epoch=epoch)
    [(ids, lengths, parts, _)] = rows_of(table)
    prefix, middle = parts[0]["prefix"], parts[0]["middle"]
    expected = naive_fim.transformed(document, (prefix, prefix + middle), layout, sentinels)
    assert ids.tolist() == [*expected, sentinels.middle_end]
    back = inverse(ids, lengths, parts, **read_of("qwen2.5-coder", sentinels))
    assert [one.tolist() for one in back] == [document]


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("name", sorted(FAMILIES))
def test_control_tokens_in_the_output_are_exactly_those_inserted(name, method):
    options = options_of(name, 0.5, 0.5 if "psm" in FAMILIES[name].layouts else 1.0)
    documents = [[n % VOCABULARY for n in range(size)] for size in range(1, 200)]
    parts, _, table, sentinels = packed(documents, 64, options, method=method)
    ids = table["input_ids"].combine_chunks().flatten().to_numpy()
    is_cut = parts.layout > 0
    inserted = sum(
        len(naive_fim.transformed([], (0, 0), LAYOUTS[code], sentinels)) for code in parts.layout.tolist()
    )
    begins = (is_cut | (parts.part == 0)).sum() if sentinels.begin is not None else 0
    assert np.isin(ids, sentinels.control).sum() == inserted + begins + (is_cut | parts.is_last).sum()
    assert (ids == sentinels.suffix).sum() == is_cut.sum()
    assert set(np.unique(parts.layout)) >= {0, spm_code(options)}
    assert sorted(ids[~np.isin(ids, sentinels.control)].tolist()) == sorted(itertools.chain(*documents))


def test_loss_counts_the_middle_and_its_end_alone():
    documents = [list(range(30)), list(range(20))]
    _, _, table, sentinels = packed(documents, 128, FimOptions(rate=1), loss_mask=True)
    for (ids, lengths, parts, _), mask in zip(rows_of(table), table["loss_mask"].to_pylist(), strict=True):
        counted = np.zeros(len(ids), int)
        for one in segments(ids, lengths, parts, **read_of("qwen2.5-coder", sentinels)):
            is_end = one.role == "control" and int(ids[one.start]) == sentinels.middle_end
            counted[one.start : one.stop] = one.role == "middle" or is_end
        assert mask == counted.tolist()
    _, _, plain, _ = packed(documents, 128, FimOptions(rate=0), loss_mask=True)
    assert set(plain["loss_mask"].combine_chunks().flatten().to_pylist()) == {1}


def test_same_documents_in_more_shards_give_the_same_rows():
    documents = [[(n * k) % VOCABULARY for k in range(5 + n % 70)] for n in range(300)]
    tables = [packed(documents, 48, FimOptions(), shards=shards)[2] for shards in (1, 2, 7)]
    assert tables[0].equals(tables[1])
    assert tables[0].equals(tables[2])


@pytest.mark.parametrize("method", METHODS)
def test_any_range_of_rows_can_be_emitted_alone(method):
    documents = [[(n * k) % VOCABULARY for k in range(5 + n % 70)] for n in range(100)]
    options = FimOptions()
    parts, plan, whole, sentinels = packed(documents, 48, options, method=method)
    ids, _ = flat_of(documents, np.uint16)
    for first, last in ((0, 5), (5, plan.rows), (3, 3)):
        picked = plan.order[plan.offsets[first] : plan.offsets[last]]
        chosen = parts.take(picked)
        gathered, offsets = gather([ids], np.zeros(len(chosen), dtype=np.int64), chosen)
        names = doc_ids_of(100).take(pa.array(chosen.document))
        writing = Writing(family(options.family), sentinels)
        alone = emit_rows(gathered, offsets, plan.placed(chosen, first, last), names, writing)
        assert alone.equals(whole.slice(first, last - first))


def test_another_epoch_gives_other_cuts_of_the_same_tokens():
    documents = [list(range(40))] * 20
    first, other = (packed(documents, 64, FimOptions(rate=1), epoch=epoch)[2] for epoch in (0, 1))
    assert not first.equals(other)
    flat = [sorted(table["input_ids"].combine_chunks().flatten().to_pylist()) for table in (first, other)]
    assert flat[0] == flat[1]


def test_no_documents_give_an_empty_table():
    _, _, table, _ = packed([[], []], 64, FimOptions())
    assert table.num_rows == 0
    assert table.schema.equals(sequences_schema(pa.uint16()))


def test_gather_reads_memory_maps_of_several_shards(tmp_path):
    stores = []
    for number in range(2):
        path = tmp_path / f"{number}.bin"
        np.arange(number * 100, number * 100 + 50, dtype=np.uint32).tofile(path)
        stores.append(np.memmap(path, dtype=np.uint32, mode="r"))
    template, *_ = packed([[1, 2, 3]], 64, FimOptions())
    parts = replace(
        Parts.concat([template] * 3),
        start=np.array([10, 0, 40]),
        tokens=np.array([2, 3, 10], dtype=np.int32),
    )
    ids, offsets = gather(stores, np.array([1, 0, 1]), parts)
    assert offsets.tolist() == [0, 2, 5, 15]
    assert ids.tolist() == [110, 111, 0, 1, 2, *range(140, 150)]
    assert ids.dtype == np.uint32


def test_control_tokens_in_the_source_are_refused():
    sentinels = naive_fim.sentinels_of("qwen2.5-coder", first=40)
    check_source_ids(np.arange(40, dtype=np.uint16), sentinels, 50)
    with pytest.raises(UsageError, match="1 source tokens are control tokens"):
        check_source_ids(np.array([1, 41], dtype=np.uint16), sentinels, 50)
    with pytest.raises(UsageError, match="vocabulary of 50"):
        check_source_ids(np.array([1, 50], dtype=np.uint16), sentinels, 50)


PART = {
    "copy": 0,
    "part": 0,
    "layout": 0,
    "span": 0,
    "length": 3,
    "name": 0,
    "path": 0,
    "prefix": 0,
    "middle": 0,
}


@pytest.mark.parametrize(
    ("ids", "lengths", "part"),
    [
        ([1, 2, 3], [2], {"suffix": 3}),  # lengths that do not sum up
        ([1, 2, 3], [3], {"suffix": 2}),  # a token too many
        ([1, 1001, 3], [3], {"suffix": 3}),  # a control token within text
        ([5, 1001, 6], [3], {"layout": 1, "prefix": 1, "suffix": 1}),  # text before the first sentinel
        ([1, 2, 3], [3], {"suffix": 3, "length": 4}),
    ],
)
def test_row_that_packing_never_writes_is_refused(ids, lengths, part):
    fields = PART | part
    with pytest.raises(DataError):
        segments(
            np.array(ids),
            np.array(lengths),
            [fields],
            **read_of("qwen2.5-coder", naive_fim.sentinels_of("qwen2.5-coder")),
        )

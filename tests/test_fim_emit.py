import itertools

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import naive_fim
from codecorpus.document import sequences_schema
from codecorpus.errors import DataError, UsageError
from codecorpus.fim.emit import check_source_ids, emit_rows, gather
from codecorpus.fim.layout import LAYOUTS
from codecorpus.fim.options import FimOptions, spm_code
from codecorpus.fim.parts import Parts, doc_keys, split_parts
from codecorpus.fim.readback import Origin, inverse, segments
from codecorpus.fim.rows import plan_rows
from codecorpus.fim.sentinels import FAMILIES

VOCABULARY = 50
MARKS = np.arange(VOCABULARY) % 7 == 0

FAMILY_AND_RATE = [
    ("qwen2.5-coder", 0.5),
    ("starcoder", 0.5),
    ("olmo", 0.5),
    ("codellama", 0.7),
    ("codestral", 1.0),
]


def options_of(name, rate=0.5, spm_rate=0.5, **more):
    return FimOptions(family=name, rate=rate, spm_rate=spm_rate, **more)


def doc_ids_of(count, first=0):
    return pa.array([(first + n).to_bytes(8, "little")[::-1] + bytes(8) for n in range(count)], pa.binary(16))


def packed(documents, length, options, *, seed=0, epoch=0, dtype=np.uint16, shards=1):
    """Everything a run does, with the documents in `shards` shards: parts, plan, sequences."""
    sentinels = naive_fim.sentinels_of(options.family)
    bounds = np.linspace(0, len(documents), shards + 1).astype(int)
    names = doc_ids_of(len(documents))
    stores, tables, sources, named = [], [], [], []
    for number, (first, last) in enumerate(itertools.pairwise(bounds)):
        group = documents[first:last]
        offsets = np.concatenate([[0], np.cumsum([len(one) for one in group], dtype=np.int64)]).astype(
            np.int64
        )
        ids = np.array([token for one in group for token in one], dtype=dtype)
        keys = doc_keys(names.slice(first, last - first))
        parts = split_parts(
            offsets, ids, keys, MARKS, sequence_length=length, options=options, seed=seed, epoch=epoch
        )
        stores.append(ids)
        tables.append(parts)
        sources.append(np.full(len(parts), number))
        named.append(names.take(pa.array(first + parts.document)))
    parts = Parts.concat(tables)
    plan = plan_rows(parts.length, length, seed=seed)
    chosen = parts.take(plan.order)
    ids, offsets = gather(stores, np.concatenate(sources)[plan.order], chosen)
    table = emit_rows(
        ids,
        offsets,
        chosen,
        pa.chunked_array(named).take(pa.array(plan.order)),
        plan.offsets,
        sentinels=sentinels,
        options=options,
        seed=seed,
        epoch=epoch,
    )
    return parts, plan, table, sentinels


def rows_of(table):
    columns = (table[name].to_pylist() for name in ("input_ids", "seq_lengths", "doc_ids"))
    return [(np.array(ids), np.array(lengths), names) for ids, lengths, names in zip(*columns, strict=True)]


documents_of_tokens = st.lists(st.lists(st.integers(0, VOCABULARY - 1), max_size=50), max_size=12)


@settings(max_examples=150, deadline=None)
@given(
    documents_of_tokens,
    st.integers(7, 40),
    st.sampled_from(FAMILY_AND_RATE),
    st.floats(0, 1),
    st.integers(0, 2**63),
    st.sampled_from([np.uint16, np.uint32]),
    st.integers(1, 3),
)
def test_every_source_token_is_in_the_output_once_and_in_order(
    documents, length, which, rate, seed, dtype, shards
):
    options = options_of(which[0], rate, which[1])
    documents = [one for one in documents if one]
    parts, plan, table, sentinels = packed(documents, length, options, seed=seed, dtype=dtype, shards=shards)
    assert table.schema.equals(sequences_schema(pa.from_numpy_dtype(dtype)))
    assert table.num_rows == plan.rows
    table.validate(full=True)
    found = []
    for ids, lengths, names in rows_of(table):
        assert len(ids) <= length
        assert lengths.sum() == len(ids)
        found += [
            (name, one.tolist()) for name, one in zip(names, inverse(ids, lengths, sentinels), strict=True)
        ]
    source = list(itertools.chain(*documents))
    names = doc_ids_of(len(documents)).to_pylist()
    expected, at = [], 0
    for document, tokens in zip(_documents_of(parts), parts.tokens.tolist(), strict=True):
        expected.append(
            (names[document], source[at : at + tokens])
        )  # parts tile the source: test_fim_parts.py
        at += tokens
    assert at == len(source)
    assert sorted(found) == sorted(expected)


def _documents_of(parts):
    """Number of the document of each part, over all shards: parts of a document follow each other, its last is marked."""
    owners = np.concatenate([[0], np.cumsum(parts.is_last)[:-1]]) if len(parts) else np.empty(0, np.int64)
    return owners.tolist()


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
    [(ids, lengths, names)] = rows_of(table)
    found = segments(ids, lengths, sentinels, doc_ids=names, origin=Origin(options, seed, epoch))
    size = {one.role: one.stop - one.start for one in found}
    prefix, middle = size.get("prefix", 0), size["middle"]
    expected = naive_fim.transformed(document, (prefix, prefix + middle), layout, sentinels)
    assert ids.tolist() == [*expected, sentinels.middle_end]
    assert [one.tolist() for one in inverse(ids, lengths, sentinels)] == [document]


@pytest.mark.parametrize("name", sorted(FAMILIES))
def test_control_tokens_in_the_output_are_exactly_those_inserted(name):
    options = options_of(name, 0.5, 0.5 if "psm" in FAMILIES[name].layouts else 1.0)
    documents = [[n % VOCABULARY for n in range(size)] for size in range(1, 200)]
    parts, _, table, sentinels = packed(documents, 64, options)
    ids = table["input_ids"].combine_chunks().flatten().to_numpy()
    assert np.isin(ids, sentinels.control).sum() == (parts.length - parts.tokens).sum()
    assert (ids == sentinels.suffix).sum() == (parts.layout > 0).sum()
    assert set(np.unique(parts.layout)) >= {0, spm_code(options)}
    assert sorted(ids[~np.isin(ids, sentinels.control)].tolist()) == sorted(itertools.chain(*documents))


def test_same_documents_in_more_shards_give_the_same_rows():
    documents = [[(n * k) % VOCABULARY for k in range(5 + n % 70)] for n in range(300)]
    tables = [packed(documents, 48, FimOptions(), shards=shards)[2] for shards in (1, 2, 7)]
    assert tables[0].equals(tables[1])
    assert tables[0].equals(tables[2])


def test_any_range_of_rows_can_be_emitted_alone():
    documents = [[(n * k) % VOCABULARY for k in range(5 + n % 70)] for n in range(100)]
    options = FimOptions()
    parts, plan, whole, sentinels = packed(documents, 48, options)
    ids = np.array([token for one in documents for token in one], dtype=np.uint16)
    for first, last in ((0, 5), (5, plan.rows), (3, 3)):
        picked = plan.order[plan.offsets[first] : plan.offsets[last]]
        chosen = parts.take(picked)
        gathered, offsets = gather([ids], np.zeros(len(chosen), dtype=np.int64), chosen)
        names = doc_ids_of(100).take(pa.array(chosen.document))
        rows = plan.offsets[first : last + 1] - plan.offsets[first]
        alone = emit_rows(
            gathered, offsets, chosen, names, rows, sentinels=sentinels, options=options, seed=0
        )
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


def test_options_that_differ_from_the_plan_are_noticed():
    options = FimOptions(rate=1)
    parts, _, _, sentinels = packed([[1, 2, 3]], 64, options)
    with_begin = naive_fim.sentinels_of("codellama")
    with pytest.raises(AssertionError, match="planned"):
        emit_rows(
            np.array([1, 2, 3], dtype=np.uint16),
            np.array([0, 3]),
            parts,
            doc_ids_of(1),
            np.array([0, 1]),
            sentinels=with_begin,
            options=FimOptions(family="codellama", rate=1),
            seed=0,
        )
    assert sentinels.begin is None


def test_gather_reads_memory_maps_of_several_shards(tmp_path):
    stores = []
    for number in range(2):
        path = tmp_path / f"{number}.bin"
        np.arange(number * 100, number * 100 + 50, dtype=np.uint32).tofile(path)
        stores.append(np.memmap(path, dtype=np.uint32, mode="r"))
    template, *_ = packed([[1, 2, 3]], 64, FimOptions())
    parts = Parts.concat([template] * 3)
    parts = Parts(
        document=parts.document,
        part=parts.part,
        start=np.array([10, 0, 40]),
        tokens=np.array([2, 3, 10], dtype=np.int32),
        layout=parts.layout,
        is_last=parts.is_last,
        length=parts.length,
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


@pytest.mark.parametrize(
    ("ids", "lengths"),
    [
        ([1, 2, 3], [2]),  # lengths that do not sum up
        ([1002, 5, 1001, 6], [4]),  # sentinels out of order
        ([5, 1001, 6, 1003, 7, 1002, 8], [7]),  # text before the first sentinel
        ([1001, 5], [2]),
    ],
)
def test_row_that_packing_never_writes_is_refused(ids, lengths):
    with pytest.raises(DataError):
        segments(np.array(ids), np.array(lengths), naive_fim.sentinels_of("qwen2.5-coder"))


def test_layouts_are_told_apart_by_the_row_alone():
    ids = naive_fim.sentinels_of("starcoder")
    for layout in LAYOUTS:
        part = [*naive_fim.transformed([1, 2, 3, 4], (1, 3), layout, ids), ids.end]
        [name] = {one.layout for one in segments(np.array(part), np.array([len(part)]), ids)}
        assert name == layout

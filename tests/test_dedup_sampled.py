"""The sample of shingles that questions about texts are looked up in: kernels against their twins, and what is found by it."""

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from codecorpus.dedup import _kernels_sampled as kernels
from codecorpus.dedup.options import DedupOptions
from codecorpus.dedup.sampled import (
    Sampling,
    count_in_texts,
    find_rows,
    lookup_rows,
    read_sampling,
    sample_of,
    slots_of,
    text_set,
)
from codecorpus.errors import DataError
from codecorpus.run.tables import TableWriter
from conftest import python_module
from naive_sampled import count_shared, sample_hashes

EDGES = [0, 1, 2**32, 2**60 - 1, 2**60, 2**60 + 1, 2**63, 2**64 - 1]
HASHES = st.lists(st.one_of(st.sampled_from(EDGES), st.integers(0, 2**64 - 1)), max_size=30)
DOCUMENTS = st.lists(HASHES, max_size=8)


def flat(documents, gap):
    """Hashes one after the other with gaps between, as shingle_hashes leaves them."""
    starts, values = [], []
    for hashes in documents:
        starts.append(len(values))
        values += [*hashes, *[7] * gap]
    lengths = [len(hashes) for hashes in documents]
    return np.array(values, np.uint64), np.array(starts, np.int64), np.array(lengths, np.int64)


@settings(deadline=None)
@given(DOCUMENTS, st.integers(0, 2), st.sampled_from([1, 2, 3, 16, 17, 65536]))
def test_sampling_is_its_twin(documents, gap, scale):
    values, starts, lengths = flat(documents, gap)
    counts = np.empty(len(lengths), np.int64)
    kernels.sample_hashes(values, starts, lengths, scale, counts)
    expected = [sample_hashes(hashes, scale) for hashes in documents]
    assert counts.tolist() == [len(one) for one in expected]
    assert values[: counts.sum()].tolist() == [value for one in expected for value in one]
    assert all(value < 2**32 for one in expected for value in one)


@settings(deadline=None)
@given(DOCUMENTS, st.integers(0, 2), HASHES)
def test_counting_is_its_twin(documents, gap, wanted):
    values, starts, lengths = flat(documents, gap)
    known = np.unique(np.array(wanted, np.uint64))
    shared = np.empty(len(lengths), np.int64)
    kernels.count_shared(values, starts, lengths, known, slots_of(known), shared)
    assert shared.tolist() == [count_shared(hashes, wanted) for hashes in documents]


@settings(deadline=None)
@given(HASHES, st.sampled_from([1, 16, 1000]))
def test_a_question_is_sampled_as_documents_are(hashes, scale):
    found = sample_of(np.array(hashes, np.uint64), scale).tolist()
    assert found == sorted(set(sample_hashes(hashes, scale)))


def documents(texts, language="Python"):
    ids = pa.array([bytes([number]) * 16 for number in range(len(texts))], pa.binary(16))
    return pa.table(
        {
            "doc_id": ids,
            "content": pa.array(texts, pa.large_string()),
            "language": pa.array([language] * len(texts), pa.string()),
        }
    )


def write(path, tables, sampling):
    rows = [lookup_rows(table, sampling) for table in tables]
    with TableWriter(path, rows[0].schema, random=["doc_id", "hashes"]) as writer:
        for one in rows:
            writer.write(one)
    return path


TEXTS = [python_module(name, 20) for name in ("mean", "median", "mode", "range")]


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    folder, sampling = tmp_path_factory.mktemp("lookup"), Sampling(4, 5)
    parts = [[documents(TEXTS[:1]), documents([*TEXTS[1:2], ""])], [documents(TEXTS[2:])]]
    return [write(folder / f"{number}.parquet", part, sampling) for number, part in enumerate(parts)]


@pytest.mark.parametrize("row", range(4))
def test_a_text_finds_its_own_row_first(files, row):
    hashes = text_set(TEXTS[row].encode(), "Python", DedupOptions(), header=False)
    wanted = sample_of(hashes, 4)
    best = find_rows(files, wanted, 5)[0]
    assert (best.part, best.group, best.row) == [(0, 0, 0), (0, 1, 0), (1, 0, 0), (1, 0, 1)][row]
    assert best.shared == best.size == len(wanted)


def test_the_table_says_how_it_was_made_and_is_small(files):
    assert read_sampling(files) == Sampling(4, 5)
    assert read_sampling([]) is None
    column = pq.ParquetFile(files[0]).metadata.row_group(0).column(1)
    assert "DELTA_BINARY_PACKED" in column.encodings
    assert column.physical_type == "INT32"


def test_a_header_is_no_part_of_a_row_but_of_a_text():
    header = "# " + " ".join(f"word{number}" for number in range(200)) + "\n"
    sampling = Sampling(1, 5)
    bare, headed = (
        lookup_rows(documents([text]), sampling) for text in ("x = 1 + 2 * 3\n", header + "x = 1 + 2 * 3\n")
    )
    assert bare["hashes"].to_pylist() == headed["hashes"].to_pylist()
    hashes = text_set(header.encode(), "Python", DedupOptions(), header=True)
    assert count_in_texts(pa.chunked_array([[header + "x = 1"]]), hashes, 5).tolist() == [len(hashes)]


def test_a_damaged_table_is_an_error_that_names_it(files, tmp_path):
    data = bytearray(files[1].read_bytes())
    data[len(data) // 3] ^= 0xFF
    path = tmp_path / "bad.parquet"
    path.write_bytes(data)
    wanted = np.arange(10, dtype=np.uint64)
    with pytest.raises(DataError, match=r"bad\.parquet"):
        find_rows([path], wanted, 5)

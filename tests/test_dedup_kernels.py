from itertools import pairwise

import datasketch
import numpy as np
import pyarrow as pa
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

import naive_dedup as naive
from codecorpus.buffers import text_chunks
from codecorpus.dedup import DedupOptions, ShingleSets, _kernels_sketch, join_sets, shingle_sets
from codecorpus.dedup import _kernels as kernels
from codecorpus.dedup.minhash import permutations, sketch
from codecorpus.dedup.signature import draw_permutations, signatures

# Bytes that meet at every border of the lexer: spaces, controls, operators, word bytes, broken UTF-8.
NASTY = st.lists(
    st.sampled_from(
        [
            b"a",
            b"_",
            b"Z9",
            b" ",
            b"\n",
            b"\r\n",
            b"\t",
            b"\0",
            b"\x1c",
            b"+",
            b"(",
            b"\xff",
            b"\xc3\xa9",
            b"ab_1 ",
        ]
    ),
    max_size=60,
).map(b"".join)
DOCUMENTS = st.lists(st.one_of(NASTY, st.binary(max_size=200)), max_size=8)


def binary(documents):
    return pa.array(documents, pa.large_binary())


def sketch_of(contents, options):
    rows = len(contents)
    return sketch(
        pa.table(
            {
                "doc_id": pa.array([i.to_bytes(16, "big") for i in range(rows)], pa.binary(16)),
                "repo_name": pa.array([""] * rows, pa.string()),
                "path": pa.array([""] * rows, pa.string()),
                "content": contents,
                "license_type": pa.nulls(rows, pa.string()),
                "star_events_count": pa.nulls(rows, pa.int64()),
                "length_bytes": pa.array([0] * rows, pa.int64()),
            }
        ),
        options,
    )


@settings(max_examples=150, deadline=None)
@given(DOCUMENTS, st.integers(1, 7))
@example([b"a "], 2)
@example(
    [
        b"",
        b" ",
        b"a",
        b"a b c d",
        b"a b c d e",
        b"x" * 3000,
        b"a " * 1000,
        b"+" * 255,
        b"+" * 256,
        b"+" * 260,
    ],
    5,
)
def test_shingle_sets_equal_their_twin(documents, shingle):
    sets = shingle_sets(binary(documents), DedupOptions(shingle=shingle))
    found = [sets.hashes[a:b].tolist() for a, b in zip(sets.offsets, sets.offsets[1:], strict=False)]
    assert found == [sorted(set(naive.shingle_hashes(document, shingle))) for document in documents]


@settings(max_examples=60, deadline=None)
@given(DOCUMENTS, st.integers(1, 7), st.integers(0, 2**32 - 1))
@example([b"a b c d e f g " * 300, b"k%d " * 700, " ".join(f"t{i}" for i in range(900)).encode()], 5, 1)
def test_sketches_equal_their_twin(documents, shingle, seed):
    options = DedupOptions(shingle=shingle, seed=seed, permutations=24, bands=4, rows=6, min_shingles=2)
    table = sketch_of(binary(documents), options)
    for row, document in enumerate(documents):
        hashes = naive.shingle_hashes(document, shingle)
        assert table["shingle_count"][row].as_py() == len(hashes)
        keys = [table[f"band_{band:02d}"][row].as_py() for band in range(4)]
        expected = naive.band_keys(naive.minima(hashes, *permutations(options)), 4)
        assert keys == (expected if len(hashes) >= 2 else [None] * 4)


def test_minima_are_those_of_datasketch_for_the_same_element_hashes():
    options = DedupOptions(seed=7)
    multipliers, increments = permutations(options)
    random = np.random.RandomState(3)
    for size in (0, 1, 2, 255, 256, 257, 2000):
        hashes = random.randint(0, 2**32, size, dtype=np.uint32)
        theirs = datasketch.MinHash(num_perm=256, seed=7, scheme="affine32", hashfunc=int)
        theirs.update_batch(hashes.tolist())
        ours = np.full(256, 2**32 - 1, np.uint32)
        elements = np.array([naive.mix32(int(value)) for value in hashes], np.uint32)
        _kernels_sketch.update_minima(elements, multipliers, increments, ours)
        assert ours.tolist() == theirs.hashvalues.tolist()


def test_signature_of_a_text_is_that_of_datasketch():
    # One permutation per band, so that the band keys show each minimum.
    options = DedupOptions(permutations=64, bands=64, rows=1, min_shingles=1)
    text = b"def f(x):\n    return x + 1\n" * 3 + bytes(range(256)) * 2
    table = sketch_of(binary([text]), options)
    theirs = datasketch.MinHash(num_perm=64, seed=1, scheme="affine32", hashfunc=int)
    theirs.update_batch([value & naive.MASK32 for value in naive.shingle_hashes(text, 5)])
    assert [table[f"band_{band:02d}"][0].as_py() for band in range(64)] == naive.band_keys(
        theirs.hashvalues.tolist(), 64
    )


@settings(max_examples=200, deadline=None)
@given(
    st.sets(st.integers(0, 30)), st.sets(st.integers(0, 30)), st.sampled_from([0.01, 0.3, 0.5, 0.7, 0.9, 1.0])
)
@example(set(range(7)), set(range(10)), 0.7)
@example(set(), set(), 0.01)
def test_jaccard_is_exact_from_the_threshold_on_and_zero_or_exact_below(first, second, threshold):
    true = naive.jaccard(first, second)
    value = kernels.jaccard(
        np.array(sorted(first), np.uint64), np.array(sorted(second), np.uint64), threshold
    )
    assert value == true if true >= threshold else value in (0.0, true)


@settings(max_examples=50, deadline=None)
@given(st.lists(st.text(max_size=30), min_size=1, max_size=6), st.integers(0, 6), st.integers(0, 6))
def test_slices_and_chunks_give_the_same_sets_as_whole_arrays(documents, start, length):
    options = DedupOptions()
    whole = shingle_sets(pa.array(documents[start : start + length], pa.large_string()), options)
    sliced = pa.array(["before", *documents], pa.large_string())[1:].slice(start, length)
    chunked = pa.chunked_array([sliced[:1], sliced[1:], pa.array([], pa.large_string())])
    for contents in (sliced, chunked, sliced.cast(pa.string())):
        sets = shingle_sets(contents, options)
        assert sets.hashes.tolist() == whole.hashes.tolist()
        assert sets.offsets.tolist() == whole.offsets.tolist()


@pytest.mark.parametrize(
    "kind", [pa.string(), pa.large_string(), pa.string_view(), pa.binary(), pa.large_binary()]
)
def test_null_content_counts_as_empty(kind):
    array = (
        pa.array(["a", None, "b"]).cast(kind)
        if kind != pa.string_view()
        else pa.array(["a", None, "b"], kind)
    )
    ((data, offsets),) = text_chunks(array)
    assert [bytes(data[a:b]) for a, b in pairwise(offsets)] == [b"a", b"", b"b"]


def test_sets_joined_on_disk_equal_sets_joined_in_memory(tmp_path):
    parts = [shingle_sets(binary([text]), DedupOptions()) for text in (b"a b c d e f", b"", b"x y z")]
    memory, disk = join_sets(parts), join_sets(iter(parts), tmp_path / "sets")
    assert isinstance(disk.hashes, np.memmap)
    assert memory.hashes.tolist() == disk.hashes.tolist()
    assert memory.offsets.tolist() == disk.offsets.tolist() == [0, 2, 2, 3]
    assert len(join_sets([])) == 0
    assert (
        len(join_sets([ShingleSets(np.empty(0, np.uint64), np.zeros(2, np.int64))], tmp_path / "none")) == 1
    )


@settings(max_examples=60, deadline=None)
@given(DOCUMENTS, st.integers(1, 7), st.integers(0, 2**32 - 1))
@example([b"a b c d e f g " * 300, b"", " ".join(f"t{i}" for i in range(900)).encode()], 5, 1)
def test_signatures_equal_their_twin(documents, shingle, seed):
    for scheme, twin in (("affine32", naive.minima), ("legacy", naive.legacy_minima)):
        found = signatures(binary(documents), permutations=9, shingle=shingle, seed=seed, scheme=scheme)
        drawn = draw_permutations(scheme, seed, 9)
        assert found.tolist() == [
            twin(naive.shingle_hashes(document, shingle), *drawn) for document in documents
        ]


# Words, blanks and single bytes that end a byte before, at and after the border of a stretch of 1,024 bytes.
@pytest.mark.parametrize("filler", [b"x", b" ", b"+", b"ab ", b"\xc3\xa9"])
@pytest.mark.parametrize("length", [1022, 1023, 1024, 1025, 1026, 2047, 2048, 2049, 3100])
def test_tokens_across_the_borders_of_stretches_are_whole(filler, length):
    for tail in (b"", b" ", b"y", b" y z", b"+"):
        document = (filler * length)[:length] + tail
        sets = shingle_sets(binary([b"q w", document, b"e"]), DedupOptions(shingle=2))
        expected = sorted(set(naive.shingle_hashes(document, 2)))
        assert sets.hashes[sets.offsets[1] : sets.offsets[2]].tolist() == expected
        table = sketch_of(binary([document]), DedupOptions(shingle=2))
        assert table["shingle_count"][0].as_py() == len(naive.shingle_hashes(document, 2))


def test_hash_of_a_token_does_not_depend_on_what_follows_it_in_memory():
    # Eight bytes are read at a time; at the very end of the buffer one by one.
    text = b"word_of_%d_letters" % 2**64
    for length in range(1, len(text)):
        word = text[:length]
        alone = shingle_sets(pa.array([word], pa.large_binary()), DedupOptions())
        followed = shingle_sets(pa.array([word, b"z" * 40], pa.large_binary()), DedupOptions())
        assert alone.hashes[0] == followed.hashes[0] == naive.shingle_hashes(word, 5)[0]

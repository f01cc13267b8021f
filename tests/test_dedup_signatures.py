import sys

import datasketch
import numpy as np
import pyarrow as pa
import pytest

import codecorpus as cc
import naive_dedup as naive
from codecorpus.dedup import DedupOptions, find_duplicates, shingle_sets, signatures, to_datasketch
from codecorpus.errors import ExtraMissingError, UsageError
from test_dedup_kernels import sketch_of

SCHEMES = ["affine32", "legacy"]


def corpus(documents=200):
    texts = naive.mutated_corpus(5, originals=29)[: documents - 5]
    texts += [b"", b"  \n", b"one", b"a+b", bytes(range(256)) * 3]
    return pa.array(texts, pa.large_binary())


@pytest.mark.parametrize("scheme", SCHEMES)
def test_datasketch_makes_the_same_signatures_of_the_same_element_hashes(scheme):
    contents = corpus()
    ours = signatures(contents, permutations=128, seed=7, scheme=scheme)
    assert ours.shape == (200, 128)
    assert ours.dtype == np.uint32
    sets = shingle_sets(contents, DedupOptions())
    for row in range(200):
        theirs = datasketch.MinHash(num_perm=128, seed=7, scheme=scheme, hashfunc=int)
        elements = sets.hashes[sets.offsets[row] : sets.offsets[row + 1]] & np.uint64(naive.MASK32)
        theirs.update_batch(elements.tolist())
        assert ours[row].tolist() == theirs.hashvalues.tolist()


@pytest.mark.parametrize("scheme", SCHEMES)
def test_objects_of_datasketch_estimate_the_true_similarity(scheme):
    contents = corpus()
    sets = [set(naive.shingle_hashes(text, 5)) for text in contents.to_pylist()]
    objects = to_datasketch(signatures(contents, permutations=512, scheme=scheme), scheme=scheme)
    errors = [
        objects[a].jaccard(objects[b]) - naive.jaccard(sets[a], sets[b])
        for a in range(0, 195, 5)
        for b in range(a + 1, 195)
        if naive.jaccard(sets[a], sets[b]) > 0.1
    ]
    assert len(errors) > 50
    assert abs(np.mean(errors)) < 0.02
    assert max(map(abs, errors)) < 0.12  # five standard deviations of 512 permutations at worst


@pytest.mark.parametrize("scheme", SCHEMES)
def test_index_of_datasketch_takes_ours_and_its_own_together(scheme):
    contents = corpus()
    objects = to_datasketch(
        signatures(contents, permutations=64, seed=3, scheme=scheme), seed=3, scheme=scheme
    )
    index = datasketch.MinHashLSH(threshold=0.5, num_perm=64)
    for row, signature in enumerate(objects):
        index.insert(row, signature)
    query = datasketch.MinHash(num_perm=64, seed=3, scheme=scheme, hashfunc=int)
    query.update_batch([h & naive.MASK32 for h in naive.shingle_hashes(contents[0].as_py(), 5)])
    assert 0 in index.query(query)
    assert query == objects[0]
    merged = objects[1].copy()
    merged.merge(query)
    assert merged.hashvalues.tolist() == np.minimum(objects[0].hashvalues, objects[1].hashvalues).tolist()


@pytest.mark.parametrize("scheme", SCHEMES)
def test_search_finds_the_same_near_duplicates_with_either_scheme(scheme):
    # So many bands of so few rows that no pair is missed: what is dropped then depends on the true similarity alone.
    options = DedupOptions(scheme=scheme, permutations=128, bands=64, rows=2, keep_policy=())
    contents = corpus()
    found = find_duplicates(
        [sketch_of(contents, options)],
        lambda rows: shingle_sets(contents.take(pa.array(rows)), options),
        options,
    )
    texts = [(i.to_bytes(16, "big"), text) for i, text in enumerate(contents.to_pylist())]
    everything = (np.zeros(1, np.uint32), np.zeros(1, np.uint32))  # one band in which all meet
    expected = naive.find_duplicates(texts, options.model_copy(update={"bands": 1, "rows": 1}), everything)
    assert len(expected) > 50
    assert {row["doc_id"] for row in found.decisions.to_pylist()} == set(expected)


def test_text_of_any_arrow_type_gives_the_same_signatures():
    texts = ["def f(x): return x", None, "é = 1"]
    expected = signatures(pa.array(texts, pa.large_string()))
    for kind in (pa.string(), pa.string_view(), pa.large_binary(), pa.binary()):
        contents = (
            pa.array([text and text.encode() for text in texts], kind)
            if "binary" in str(kind)
            else pa.array(texts, kind)
        )
        assert (signatures(contents) == expected).all()
    chunks = pa.chunked_array([pa.array(texts[:1]), pa.array([], pa.string()), pa.array(texts[1:])])
    assert (signatures(chunks) == expected).all()
    assert signatures(pa.array([], pa.string())).shape == (0, 256)
    assert to_datasketch(signatures(pa.array([], pa.string()))) == []


@pytest.mark.parametrize("wrong", [{"permutations": 0}, {"shingle": 0}])
def test_impossible_signatures_are_refused(wrong):
    with pytest.raises(UsageError, match="1 at least"):
        cc.dedup.signatures(pa.array(["a"]), **wrong)


@pytest.mark.parametrize("wrong", [{"scheme": "affine64"}, {"seed": -1}, {"seed": 2**32}])
def test_what_datasketch_would_make_otherwise_is_refused(wrong):
    """`affine64` is a scheme of datasketch; our numbers would be taken for its own."""
    with pytest.raises(UsageError, match=next(iter(wrong))):
        signatures(pa.array(["a"]), **wrong)
    if "scheme" in wrong:
        with pytest.raises(UsageError, match="affine32 and legacy"):
            to_datasketch(np.zeros((1, 4), np.uint32), **wrong)


def test_missing_datasketch_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "datasketch", None)
    with pytest.raises(ExtraMissingError, match=r"pip install 'codecorpus\[datasketch\]'"):
        cc.dedup.to_datasketch(np.zeros((1, 4), np.uint32))

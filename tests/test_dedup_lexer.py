import time
from itertools import pairwise

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

import naive_dedup
import naive_lexer as naive
from codecorpus.dedup import DedupOptions, code
from codecorpus.dedup.lexer_rows import LANGUAGES
from codecorpus.dedup.minhash import permutations

# Everything that opens, closes or escapes anything in some language, and what stands around it.
PIECES = sorted(
    {
        part.encode()
        for language in LANGUAGES.values()
        for rule in language.rules
        for part in (rule.opens, rule.closes, rule.escape, rule.hole)
        if part
    }
    | {b"a", b"E", b"if", b"return", b"x1", b"0x1e", b"1.5e-3", b"1'0", b"7", b" ", b"  ", b"\t", b"\n", b"\n", b"\r\n", b"\r"}
    | {b"\n  ", b"\n=cut\n", b"\nE\n", b"\n E\n", b"<<E", b"<<~'E F'", b"- ", b": ", b"|\n", b"\\", b"\\\n", b"\\\r\n", b"\0"}
    | {b"\xff", b"\xc3\xa9", b"\xef\xbb\xbf", b"'", b'"', b"`", b"#", b"##", b"(", b")", b"[", b"]", b"{", b"}", b"<", b">"}
    | {b"$", b"@", b"%", b"=", b"==", b"++", b"-", b"&&", b"|", b"?", b"!", b"/", b"*", b";", b",", b".", b"#!", b"=>", b"<?php"}
)  # fmt: skip
NASTY = st.lists(st.one_of(st.sampled_from(PIECES), st.sampled_from([b" ", b"a", b"\n"])), max_size=40).map(
    b"".join
)
NAMES = sorted(LANGUAGES)


def binary(documents):
    return pa.array(documents, pa.large_binary())


def same(names, documents):
    return pa.array([names] * len(documents))


def split(sets):
    return [sets.hashes[a:b].tolist() for a, b in pairwise(sets.offsets)]


@settings(max_examples=1500, deadline=None)
@given(st.sampled_from([*NAMES, "Klingon", None]), st.one_of(NASTY, NASTY, st.binary(max_size=60)))
@example("Rust", b"'\\''x'\xc3\xa9'y'ab")
@example("C++", b'R"q(a)" )q" 1\'000 R"(')
@example("Shell", b"cat <<E <<F\nx\nE\n" + b"<<Z\n" * 12)
@example("PHP", b"a <?php # x ?> b <?= <<<E\nx\n E;")
@example("YAML", b"a:\n  - b: |2- # c\n      x\n\n    c: >")
@example("JavaScript", b"`${`${`${'}'}`}`}` + /[/]/g / b")
def test_tokens_equal_their_twin(language, document):
    found = [tuple(token) for token in code.lex(document, language).T.tolist()]
    assert found == naive.lex(document, language)


@pytest.mark.parametrize("language", NAMES)
def test_tokens_of_every_language_equal_their_twin(language):
    random = np.random.RandomState(7)
    for _ in range(60):
        document = b"".join(PIECES[i] for i in random.randint(len(PIECES), size=random.randint(1, 50)))
        found = [tuple(token) for token in code.lex(document, language).T.tolist()]
        assert found == naive.lex(document, language), document


DOCUMENTS = st.lists(st.tuples(NASTY, st.sampled_from([*NAMES, None])), max_size=6)


@settings(max_examples=150, deadline=None)
@given(DOCUMENTS)
@example([(b"\xef\xbb\xbf<?xml version='1.0'?>\n<!-- a -->\n<b/>", "XML"), (b"#!x\n# y", "Shell")])
def test_headers_and_code_keys_equal_their_twins(documents):
    contents, languages = binary([text for text, _ in documents]), pa.array([name for _, name in documents], pa.string())
    assert code.header_ends(contents, languages).tolist() == [
        naive.header_end(text, name) for text, name in documents
    ]
    keys, counts = code.code_keys(contents, languages, min_shingles=3, shingle=2)
    assert list(zip(keys.to_pylist(), counts.tolist(), strict=True)) == [
        naive.code_key(text, name, 4) for text, name in documents
    ]


@settings(max_examples=150, deadline=None)
@given(DOCUMENTS, st.integers(1, 13))
@example([(b"a + b * " * 400, "C"), (b"1, 'x', " * 90, "Python"), (b"Function f Return $a Else " * 9, "PHP"), (b"<?php IF (a) {} " * 9, "PHP")], 12)
def test_structure_equals_its_twin(documents, shingle):
    contents, languages = binary([text for text, _ in documents]), pa.array([name for _, name in documents], pa.string())
    hashes = [naive.structure(text, name, shingle, code.MOST_LITERALS) for text, name in documents]
    assert split(code.structural_sets(contents, languages, shingle=shingle)) == [sorted(set(found)) for found in hashes]
    drawn = permutations(DedupOptions(permutations=6, bands=3, rows=2))
    found = code.sketch_structure(contents, languages, drawn, bands=3, shingle=shingle)
    for document, values in enumerate(hashes):
        new = len(naive.fresh(values))
        has_level = new >= code.LEAST_STRUCTURE and new >= code.LEAST_DISTINCT * len(values)
        assert found.counts[document] == (new if has_level else 0)
        assert found.keys[:, document].tolist() == naive_dedup.band_keys(naive_dedup.minima(values, *drawn), 3)


@settings(max_examples=60, deadline=None)
@given(DOCUMENTS)
def test_one_reading_gives_what_many_give(documents):
    contents, languages = binary([text for text, _ in documents]), pa.array([name for _, name in documents], pa.string())
    drawn = permutations(DedupOptions(permutations=6, bands=3, rows=2))
    found = code.sketch_code(contents, languages, drawn, bands=3)
    keys, counts = code.code_keys(contents, languages)
    structure = code.sketch_structure(contents, languages, drawn, bands=3)
    assert found.headers.tolist() == code.header_ends(contents, languages).tolist()
    assert (found.keys, found.counts.tolist()) == (keys, counts.tolist())
    assert found.structure.counts.tolist() == structure.counts.tolist()
    assert found.structure.keys.tolist() == structure.keys.tolist()

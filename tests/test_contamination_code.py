"""Copies of code with other names: the lexer, the runs, and the stretch that holds most of them; and signatures."""

import re

import numpy as np
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

import naive_contamination as naive
from codecorpus.dedup import _kernels_match as match_kernels
from codecorpus.dedup import _kernels_renamed as kernels
from codecorpus.dedup.code_words import code_words, word_lookup
from codecorpus.dedup.definitions import read_signature
from codecorpus.dedup.index_data import is_distinctive
from codecorpus.dedup.lookup import filter_of, hash_names, lookup_of

KNOWN = {word.encode() for word in code_words()}
KINDS = ["end", "mark", "name", "number", "string", "known"]

PIECES = st.sampled_from(
    b'for|return|x|yy|caf\xc3\xa9|7|1x|.|..|->|::|(|)| |\n|;|,|{|}|"|\'|"""|\'\'\'|\\|\\"|//|/*|*/|/|*|#|a b|"s"|\x00|\r'.split(
        b"|"
    )
)
CODE = st.lists(PIECES, max_size=40).map(b"".join)


def arrays(contents):
    return np.frombuffer(b"##" + b"".join(contents), np.uint8), np.cumsum([2, *map(len, contents)])


def tokens_of(text):
    data = np.frombuffer(text, np.uint8)
    position, found = 0, []
    while True:
        begin, position, _, kind = kernels.next_code(data, position, 0, len(data), word_lookup())
        if kind == kernels.END:
            return found
        found.append((KINDS[kind], begin, position))


@settings(max_examples=300, deadline=None)
@given(CODE)
@example(b'"')
@example(b'"\\')
@example(b'"\\\n"')
@example(b"/*/ x")
@example(b"'''x''")
@example(b'""""x"""y')
def test_the_lexer_equals_its_twin(text):
    expected = [(kind, begin, end) for kind, _, begin, end in naive.code_tokens(text, KNOWN)]
    assert tokens_of(text) == expected


@settings(max_examples=150, deadline=None)
@given(
    st.lists(CODE, min_size=1, max_size=3), st.integers(2, 5), st.integers(0, 2), st.sets(st.integers(0, 20))
)
@example([b"for x in y: return x"] * 3, 3, 1, {0, 1, 2})
def test_runs_and_their_hits_equal_their_twin(contents, size, least, chosen):
    data, offsets = arrays(contents)
    room = len(data)
    hashes, owners = (np.empty(room, np.uint64), np.empty(room, np.uint64)), np.empty(room, np.int32)
    count = kernels.hash_code(data, offsets, word_lookup(), size, least, hashes, owners)
    runs = [
        (number, *run)
        for number, text in enumerate(contents)
        for run in naive.code_runs(text, KNOWN, size, least)
    ]
    assert owners[:count].tolist() == [number for number, *_ in runs]
    # Equal runs have equal hashes and others have not, with names and without.
    for values, key in ((hashes[1], lambda run: run), (hashes[0], lambda run: (run[0], len(run[1])))):
        by_run = {}
        for value, (_, run, *_) in zip(values[:count].tolist(), runs, strict=True):
            assert by_run.setdefault(key(run), value) == value
        assert len(set(by_run.values())) == len(by_run)

    every = np.unique(hashes[1][:count])
    index = lookup_of(every[[place in chosen for place in range(len(every))]] if len(every) else every)
    wanted = set(index.hashes.tolist())
    sought = {
        run for value, (_, run, *_) in zip(hashes[1][:count].tolist(), runs, strict=True) if value in wanted
    }
    everything = [
        (n, *run) for n, text in enumerate(contents) for run in naive.code_runs(text, KNOWN, size, 0)
    ]
    expected = [(number, begin, end, last) for number, run, begin, end, last in everything if run in sought]
    for capacity in (len(expected) + 1, 1):
        out = np.empty((5, capacity), np.int64)
        total = kernels.find_code(
            data, offsets, word_lookup(), size, filter_of(hashes[0][:count]), index, out
        )
        assert total == len(expected)
        assert list(map(tuple, out[[0, 2, 3, 4], :total].T.tolist())) == expected[:capacity]


def test_words_that_say_something_are_listed():
    data, offsets = arrays([b"for x in y: z.append('a')", b"x = 1"])
    hashes, owners = np.empty(len(data), np.uint64), np.empty(len(data), np.int32)
    assert kernels.known_tokens(data, offsets, word_lookup(), hashes, owners) == 4
    assert owners[:4].tolist() == [0] * 4
    assert len(set(hashes[:4].tolist())) == 4


HITS = st.lists(st.tuples(st.integers(0, 30), st.integers(0, 6)), max_size=20).map(sorted)


@settings(max_examples=200, deadline=None)
@given(st.lists(HITS, max_size=4), st.integers(0, 12))
def test_the_best_stretch_equals_its_twin(groups, width):
    flat = [hit for hits in groups for hit in hits]
    tokens, places = (np.array([hit[i] for hit in flat], np.int64) for i in (0, 1))
    spans = np.stack([tokens * 10, tokens * 10 + 9])
    held = np.zeros(7, np.int64)
    out = np.zeros((3, len(groups)), np.int64)
    starts = np.cumsum([0, *map(len, groups)])
    kernels.best_windows(starts, tokens, places, spans, np.full(len(groups), width), held, out)
    assert not held.any()
    for number, hits in enumerate(groups):
        assert out[0, number] == naive.best_window(hits, width)
        begin, end = out[1, number] // 10, out[2, number] // 10
        if hits:
            assert len({place for token, place in hits if begin <= token <= end}) >= out[0, number]
            assert end - begin <= width


SIGNED = st.lists(
    st.sampled_from(
        [
            b"get_it",
            b"aa",
            b"bb",
            b"int",
            b"(",
            b")",
            b",",
            b" = ",
            b": ",
            b"function",
            b";",
            b"\n",
            b"  " * 13,
            b"\xff",
        ]
    ),
    max_size=30,
).map(b"".join)


@settings(max_examples=200, deadline=None)
@given(st.lists(SIGNED, min_size=1, max_size=3))
@example([b"get_it" + b"(" * 500, b"get_it(aa, bb" + b" " * 500 + b")"])
def test_signatures_equal_their_twin(contents):
    data, offsets = arrays(contents)
    names = lookup_of(hash_names(["get_it"]))
    parameters = [["aa", "bb"], ["bb"]]
    signatures = (np.array([0, 2]), np.array([0, 2, 3]), hash_names(["aa", "bb", "bb"]))
    out = np.empty((4, 1000), np.int64)
    empty = lookup_of(np.empty(0, np.uint64))
    total = match_kernels.find_hits(data, offsets, 5, empty, names, signatures, out)
    expected = [
        (number, place, begin, end)
        for number, text in enumerate(contents)
        for begin, end, place in sorted(
            (*span, place)
            for place, wanted in enumerate(parameters)
            for span in naive.signature_hits(text, b"get_it", [word.encode() for word in wanted])
        )
    ]
    assert sorted(map(tuple, out[:, :total].T.tolist())) == sorted(expected)


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        (
            {"entry_point": "f_x", "prompt": "def f_x(a: List[Tuple[int, str]], *b, c=None, **d) -> int:"},
            ("f_x", ("a", "b", "c", "d")),
        ),
        (
            {"entry_point": "fX", "prompt": "fX(1)", "code": "const fX = async (left, right = {}) => {"},
            ("fX", ("left", "right")),
        ),
        (
            {"declaration": "class S {\n    public int getIt(final List<Map<K, V>> rows, int[] more) {\n"},
            ("getIt", ("rows", "more")),
        ),
        (
            {"declaration": "vector<int> get_it(const map<int, int> &left, std::string right){"},
            ("get_it", ("left", "right")),
        ),
        (
            {"declaration": "fn get_it(&self, mut left: Vec<i32>, right: &str) -> bool{"},
            ("get_it", ("left", "right")),
        ),
        (
            {"declaration": "func GetIt(left, right []int, more map[string]int) int {"},
            ("GetIt", ("left", "right", "more")),
        ),
        (
            {
                "code": "def helper(a): pass\ndef asked(b): pass\ndef other(c): pass",
                "test_list": ["assert asked(1)"],
            },
            ("asked", ("b",)),
        ),
        ({"code": "def first(a): pass\ndef last(b): pass"}, ("last", ("b",))),
        ({"code": "def nothing(): pass"}, None),
        ({"code": "x = 1", "prompt": None, "entry_point": 5}, None),
        ({"entry_point": "f(", "prompt": "f((1"}, None),
        ({"code": "def f(a"}, None),
    ],
)
def test_a_signature_is_read_in_any_language(row, expected):
    assert read_signature(row) == expected


def test_a_huge_string_is_no_trouble():
    assert (
        read_signature({"prompt": "(" * 3_000_000, "code": "f" * 3_000_000, "declaration": "a(" * 500_000})
        is None
    )


def test_short_names_are_not_distinctive():
    assert not is_distinctive("isPrime", ("n",))
    assert not is_distinctive("add", ("left", "right"))
    assert not is_distinctive("has_close_elements", ())
    assert is_distinctive("hasCloseElements", ("numbers", "threshold"))


def test_words_are_single_and_sorted():
    assert all(re.fullmatch(r"\w+", word) for word in code_words())
    assert list(code_words()) == sorted(set(code_words()))


def test_lines_that_open_many_strings_take_linear_time():
    from codecorpus.dedup import ContaminationOptions, index_benchmarks

    index = index_benchmarks(["cruxeval"], ContaminationOptions())
    hostile = [
        '"\\"' * 900_000,
        "'" * 2_600_000,
        "/*" * 1_300_000,
        '"""' * 900_000,
        "\x00" * 2_600_000,
        "f(" * 1_300_000,
    ]
    hits = pl.DataFrame(index.find(pa.array(hostile)))
    assert hits.height == 0

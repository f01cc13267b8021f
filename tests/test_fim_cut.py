"""Documents into parts: sizes, borders, layouts, middles; and the ids of what was cut."""

import itertools

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import codecorpus.tokenize as tokenize
import naive_fim
from codecorpus.errors import UsageError
from codecorpus.fim import _kernels_cuts, draws
from codecorpus.fim.cut import Cutting, cut_documents
from codecorpus.fim.layout import NONE, overhead
from codecorpus.fim.options import FimOptions, overheads
from codecorpus.fim.parts import Parts, doc_keys
from codecorpus.fim.sentinels import family, special_tokens
from codecorpus.fim.spans import SPANS, can_be_cut, choose_cuts, choose_kinds
from codecorpus.fim.texts import encoded_texts, one_line, only_ids
from codecorpus.parse import subtrees_of

LINE_END = 9
MARKS = np.arange(12) == LINE_END

CODE = '''import os


class Reader:
    """Reads."""

    def first(self, path):
        with open(os.path.join(path, "x")) as file:
            return file.read().strip()

    def second(self, value, other=None):
        if value > 10 and other is not None:
            return self.first(str(value)) + other
        return [one * 2 for one in range(value)]


def main(arguments):
    reader = Reader()
    print(reader.second(len(arguments)))
'''

HOSTILE = [
    "",
    "x",
    "def f():\r\n\treturn 1\r\n" * 3,
    "變數 = '值'\n" * 40,
    "emoji = '👩\u200d👩\u200d👧'  # e\u0301\n" * 30,
    "text = '<|fim_middle|><|endoftext|>'\n" * 10,
    "\n" * 300,
    " " * 500,
    "a" * 900,
    "\ud7ff\ufeff\\udc80 surrogate escapes \\ud800\n",
    "x\x00y\x1b[31m\u202e\u2028\u2029z\n" * 5,
    CODE,
]

documents_of_tokens = st.lists(st.lists(st.integers(0, 11), max_size=60), max_size=8)


@pytest.fixture(scope="module")
def encoder():
    options = tokenize.TokenizerOptions(mode="code", vocab_size=900)
    counts = tokenize.count_pretokens(pa.array([*HOSTILE, CODE]), mode="code")
    specials = special_tokens(family("qwen2.5-coder"))
    return tokenize.encoder_of(tokenize.train_counts(counts, options, special_tokens=specials))


def doc_ids_of(count, first=0):
    return pa.array([(first + n).to_bytes(8, "little") + bytes(8) for n in range(count)], pa.binary(16))


def cutting_of(options, length, *, seed=0, epoch=0, token_id=None):
    row = family(options.family)
    options = options.model_copy(update={"epoch": epoch})
    if token_id is None:
        return Cutting(options, length, naive_fim.sentinels_of(options.family), seed)
    from codecorpus.fim.sentinels import sentinel_ids

    return Cutting(options, length, sentinel_ids(row, token_id), seed)


def cut_tokens(documents, length, options=None, *, seed=0, epoch=0, dtype=np.uint16):
    offsets = np.concatenate([[0], np.cumsum([len(one) for one in documents], dtype=np.int64)]).astype(
        np.int64
    )
    ids = np.array([token for one in documents for token in one], dtype=dtype)
    texts = only_ids(ids, offsets, doc_keys(doc_ids_of(len(documents))))
    return cut_documents(texts, None, cutting_of(options or FimOptions(), length, seed=seed, epoch=epoch))


def cut_texts(encoder, contents, length, options, *, seed=0, epoch=0, languages=None):
    column = pa.array(contents, pa.large_string())
    trees = None if languages is None else subtrees_of(languages, pa.chunked_array([column]))
    texts = encoded_texts(column, doc_ids_of(len(contents)), encoder.encode(column), subtrees=trees)
    cutting = cutting_of(options, length, seed=seed, epoch=epoch, token_id=encoder.token_id)
    return cut_documents(texts, encoder, cutting)


def pieces_of(ids, parts):
    """Prefix, middle and suffix of each part as arrays; text that is not transformed is a suffix."""
    for index in range(len(parts)):
        start = parts.start[index]
        a = start + parts.prefix[index]
        b = a + parts.middle[index]
        yield ids[start:a], ids[a:b], ids[b : start + parts.tokens[index]]


def only(kind, **more):
    weights = {f"{name}_spans": float(name == kind) for name in SPANS}
    return FimOptions(rate=1, **weights, **more)


# --- parts -------------------------------------------------------------------------------------------------------


@settings(max_examples=200, deadline=None)
@given(
    documents_of_tokens,
    st.integers(7, 40),
    st.sampled_from(["qwen2.5-coder", "codellama", "olmo"]),
    st.floats(0, 1),
    st.integers(0, 2**63),
    st.sampled_from([np.uint16, np.uint32]),
)
def test_every_part_fits_and_every_token_is_in_one_part(documents, length, name, rate, seed, dtype):
    options = FimOptions(family=name, rate=rate)
    ids, parts = cut_tokens(documents, length, options, seed=seed, dtype=dtype)
    assert (parts.tokens + [overhead(family(name), code) for code in parts.layout] <= length).all()
    assert (parts.tokens >= 1).all()
    assert ids.tolist() == list(itertools.chain(*documents))
    assert parts.is_last.sum() == sum(bool(one) for one in documents)
    assert (parts.prefix + parts.middle <= parts.tokens).all()
    assert ((parts.middle >= 1) == (parts.layout != NONE)).all()


@settings(max_examples=200, deadline=None)
@given(documents_of_tokens, st.integers(5, 40), st.sampled_from([0.0, 0.5, 1.0]))
def test_parts_of_bare_ids_equal_the_naive_split(documents, length, rate):
    """One token per byte, so that every line's end costs alike: the naive twin takes the last one of the second half."""
    options = FimOptions(rate=rate)
    offsets = np.concatenate([[0], np.cumsum([len(one) for one in documents], dtype=np.int64)]).astype(
        np.int64
    )
    ids = np.array([token for one in documents for token in one], np.uint16)
    texts = only_ids(ids, offsets, doc_keys(doc_ids_of(len(documents))))
    plain, transformed = overheads(options)
    limits = np.tile([length - plain, length - max(plain, transformed)], (len(documents), 1))
    out = np.empty((1000, 7), np.int64)
    count = _kernels_cuts.split_documents(
        texts.data,
        texts.texts,
        ids,
        texts.tokens,
        MARKS,
        np.empty(0, np.uint32),
        limits,
        texts.trees,
        texts.tree_ranges,
        out,
    )
    expected = naive_fim.split(documents, MARKS, length - plain, length - max(plain, transformed))
    got = [(d, p, ids[s : s + n].tolist(), bool(last)) for d, p, s, n, last in out[:count, :5].tolist()]
    assert got == expected


def test_document_is_cut_where_the_fewest_subtrees_go_across(encoder):
    """Three functions, room for one and a half: each part begins with a definition, with trees and by indent alone."""
    function = "def name{}(x):\n    if x:\n        y = x + 1\n        z = y + 2\n    return x\n\n\n"
    text = "".join(function.format(number) for number in range(12))
    for languages in (["Python"], None):
        ids, parts = cut_texts(encoder, [text], 90, FimOptions(rate=0), languages=languages)
        assert len(parts) > 3
        starts = [encoder.decode(suffix)[:8] for _, _, suffix in pieces_of(ids, parts)]
        assert set(starts) == {b"def name"}


def test_whole_document_of_exactly_the_limit_is_one_part_and_not_transformed():
    _, parts = cut_tokens([[1] * 19], 20, FimOptions(rate=1))
    assert parts.tokens.tolist() == [19]
    assert parts.layout.tolist() == [NONE]
    assert cut_tokens([[1] * 20], 20, FimOptions(rate=1))[1].is_last.tolist() == [False, True]


def test_too_short_a_sequence_says_the_minimum():
    with pytest.raises(UsageError, match="sequence_length = 4 is too short") as caught:
        cut_tokens([[1, 2]], 4)
    assert "5 tokens at least" in caught.value.hint
    assert len(cut_tokens([[1, 2]], 5)[1]) == 1


def test_parts_survive_a_table():
    _, parts = cut_tokens([[1] * 30, [2] * 3], 20)
    again = Parts.from_arrow(parts.to_arrow())
    assert again.to_arrow().equals(parts.to_arrow())
    assert Parts.concat([]).to_arrow().num_rows == 0


# --- decisions ---------------------------------------------------------------------------------------------------


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
@given(
    st.integers(1, 60),
    st.integers(1, 10),
    st.floats(0.05, 1),
    st.integers(0, 2**64 - 1),
    st.none() | st.integers(10, 30),
)
def test_cuts_equal_the_rectangle_written_out(tokens, smallest, share, draw, most):
    options = FimOptions(min_middle=smallest, max_middle_share=share, max_middle=most)
    size = np.array([tokens])
    largest = min(int(tokens * share), tokens if most is None else most)
    assert bool(can_be_cut(size, options)[0]) == (largest >= smallest)
    if largest < smallest:
        return
    cells = naive_fim.cut_rectangle(tokens, smallest, largest)
    hashes = np.array([draw], dtype=np.uint64)
    drawn = draws.drawn(hashes, draws.CUTS)
    position = int(drawn[0]) % len(cells)
    assert tuple(choose_cuts(size, hashes, options)[0].tolist()) == cells[position]
    assert tuple(_kernels_cuts.pair(tokens, smallest, largest, drawn[0])) == cells[position]


@pytest.mark.parametrize(("tokens", "smallest", "largest"), [(1, 1, 1), (6, 1, 6), (7, 2, 5), (8, 3, 3)])
def test_every_allowed_middle_is_equally_likely(tokens, smallest, largest):
    allowed = [
        (a, b) for a in range(tokens) for b in range(a + 1, tokens + 1) if smallest <= b - a <= largest
    ]
    assert sorted(naive_fim.cut_rectangle(tokens, smallest, largest)) == sorted(allowed * 2)


def test_kinds_are_drawn_by_weight():
    hashes = draws.mixed(np.arange(20_000, dtype=np.uint64))
    kinds = choose_kinds(hashes, FimOptions(token_spans=1, character_spans=2, line_spans=3, syntax_spans=4))
    assert np.bincount(kinds) / len(kinds) == pytest.approx([0.1, 0.2, 0.3, 0.4], abs=0.02)
    assert set(choose_kinds(hashes, only("line"))) == {SPANS.index("line")}


def test_rates_are_realised():
    _, parts = cut_tokens([[1] * 30] * 4000, 64, FimOptions(rate=0.4, spm_rate=0.25))
    assert (parts.layout > 0).mean() == pytest.approx(0.4, abs=0.03)
    assert (parts.layout == 3).sum() / (parts.layout > 0).sum() == pytest.approx(0.25, abs=0.04)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**32), st.permutations(range(len(HOSTILE))))
def test_decisions_do_not_depend_on_order_or_company(encoder, seed, order):
    """A document by itself is cut as it is among others, in any order."""
    options = FimOptions(rate=0.7)
    whole = {}
    ids, parts = cut_texts(encoder, HOSTILE, 70, options, seed=seed)
    for index, pieces in enumerate(pieces_of(ids, parts)):
        whole.setdefault(int(parts.document[index]), []).append(
            (int(parts.layout[index]), *(p.tolist() for p in pieces))
        )
    column = pa.array([HOSTILE[n] for n in order], pa.large_string())
    names = doc_ids_of(len(HOSTILE)).take(pa.array(order))
    texts = encoded_texts(column, names, encoder.encode(column))
    ids, parts = cut_documents(texts, encoder, cutting_of(options, 70, seed=seed, token_id=encoder.token_id))
    again = {}
    for index, pieces in enumerate(pieces_of(ids, parts)):
        again.setdefault(order[int(parts.document[index])], []).append(
            (int(parts.layout[index]), *(p.tolist() for p in pieces))
        )
    assert again == whole


def test_another_epoch_and_another_copy_give_other_cuts_of_the_same_text(encoder):
    options = only("character")
    column = pa.array([CODE], pa.large_string())
    texts = encoded_texts(column, doc_ids_of(1), encoder.encode(column))
    cutting = cutting_of(options, 500, token_id=encoder.token_id)
    ids, parts = cut_documents(texts.repeated(np.array([3])), encoder, cutting)
    assert parts.copy.tolist() == [0, 1, 2]
    cuts = {tuple(len(encoder.decode(piece)) for piece in pieces) for pieces in pieces_of(ids, parts)}
    assert len(cuts) == 3
    _, second = cut_documents(texts, encoder, cutting_of(options, 500, epoch=1, token_id=encoder.token_id))
    assert second.prefix[0] == parts.prefix[1]  # the second copy is what the next epoch has
    assert len(cut_documents(texts.repeated(np.array([0])), encoder, cutting)[1]) == 0


# --- what is cut -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", SPANS)
@pytest.mark.parametrize("length", [24, 70, 2000])
@pytest.mark.parametrize("seed", range(3))
def test_text_comes_back_byte_for_byte_and_pieces_have_the_ids_of_their_text(encoder, kind, length, seed):
    options = only(kind)
    languages = [*[None] * (len(HOSTILE) - 1), "Python"]
    ids, parts = cut_texts(encoder, HOSTILE, length, options, seed=seed, languages=languages)
    found = [b""] * len(HOSTILE)
    needed = np.array([overhead(family(options.family), code) for code in range(5)])
    assert (parts.tokens + needed[parts.layout] <= length).all()
    for index, pieces in enumerate(pieces_of(ids, parts)):
        found[parts.document[index]] += b"".join(encoder.decode(piece) for piece in pieces)
        is_whole = parts.part[index] == 0 and parts.is_last[index]
        if parts.layout[index] and SPANS[parts.span[index]] != "token" and is_whole:
            for piece in pieces:
                alone, _ = encoder.encode(pa.array([encoder.decode(piece)], pa.large_binary()))
                assert piece.tolist() == alone.tolist()
    assert found == [text.encode() for text in HOSTILE]


def test_lines_begin_behind_the_indent_and_end_with_the_line(encoder):
    ids, parts = cut_texts(encoder, [CODE] * 40, 2000, only("line"))
    assert {SPANS[kind] for kind in parts.span} == {"line"}
    for prefix, middle, suffix in pieces_of(ids, parts):
        before, text, after = (encoder.decode(piece) for piece in (prefix, middle, suffix))
        assert before.rpartition(b"\n")[2].strip() == b""
        assert text.strip() == text
        assert after[:1] == b"\n"


def test_middles_of_syntax_are_whole_subtrees(encoder):
    ids, parts = cut_texts(encoder, [CODE] * 60, 2000, only("syntax"), languages=["Python"] * 60)
    assert {SPANS[kind] for kind in parts.span} == {"syntax"}
    pairs = subtrees_of(["Python"], pa.chunked_array([[CODE]])).to_pylist()[0]
    trees = set(zip(pairs[::2], pairs[1::2], strict=True))
    sizes = set()
    for prefix, middle, _ in pieces_of(ids, parts):
        start = len(encoder.decode(prefix))
        size = len(encoder.decode(middle))
        assert (start, start + size) in trees
        sizes.add(size.bit_length())
    assert len(sizes) >= 4  # balanced by size: not the small ones alone


def test_kind_falls_back_where_there_is_none(encoder):
    ids, parts = cut_texts(encoder, ["x = 1\n", "   \n\n  ", "y"], 2000, only("syntax"))
    assert [SPANS[kind] for kind in parts.span] == ["line", "character", "line"]
    assert all(len(middle) for _, middle, _ in pieces_of(ids, parts))


@pytest.mark.parametrize("kind", ["token", "character"])
def test_empty_middles_are_there_only_if_asked_for(encoder, kind):
    short = ["ab", "x", "é"] * 60
    _, parts = cut_texts(encoder, short, 2000, only(kind))
    assert parts.middle.min() >= 1
    ids, parts = cut_texts(encoder, short, 2000, only(kind, min_middle=0))
    assert (parts.layout > 0).all()
    assert 0.2 < (parts.middle == 0).mean() < 0.8
    found = [b"".join(encoder.decode(piece) for piece in pieces) for pieces in pieces_of(ids, parts)]
    assert found == [text.encode() for text in short]


@pytest.mark.parametrize("kind", SPANS)
def test_middles_keep_their_limits(encoder, kind):
    options = only(kind, min_middle=3, max_middle=6)
    _, parts = cut_texts(encoder, [CODE] * 30, 2000, options, languages=["Python"] * 30)
    assert (parts.layout > 0).all()
    assert parts.middle.min() >= 3
    assert parts.middle.max() <= 6


def test_characters_are_never_cut(encoder):
    ids, parts = cut_texts(encoder, [HOSTILE[3], HOSTILE[4]] * 30, 2000, only("character"))
    for pieces in pieces_of(ids, parts):
        for piece in pieces:
            encoder.decode(piece).decode("utf-8")


def test_tokenizer_that_changes_text_cuts_whole_documents_only():
    """Of parts of a document it is not known where they stand in the text: they are cut between tokens."""

    class Lower(naive_fim.ByteEncoder):
        def lengths(self):
            return np.full(self.vocab_size, 2, np.uint32)

    encoder = Lower()
    ids, parts = cut_texts(encoder, ["abc def\n" * 3, "xyz\n" * 100], 60, only("character"))
    kinds = [SPANS[kind] for kind in parts.span]
    assert kinds[0] == "character"
    assert set(kinds[1:]) == {"token"}
    assert bytes(ids.tolist()) == b"abc def\n" * 3 + b"xyz\n" * 100


def test_names_are_written_on_one_line():
    assert one_line("src/a.py") == "src/a.py"
    assert one_line("a\r\n\x7f.py") == "a%0D%0A%7F.py"

"""Lines by words and two stages: the ids are those of merging each line as a whole."""

import argparse
import json
import tarfile
import tempfile
from dataclasses import replace
from functools import lru_cache
from itertools import pairwise
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from tokenizers import Tokenizer

import naive_tokenize as naive
from codecorpus.tokenize import (
    TokenizerOptions,
    count_pretokens,
    encoder_of,
    learning,
    load_encoder,
    native,
    reference,
)
from codecorpus.tokenize import _kernels_lines as lines
from codecorpus.tokenize import _kernels_stages as k
from codecorpus.tokenize.alphabet import BYTE_IDS, to_text
from codecorpus.tokenize.export import tokenizer_json
from codecorpus.tokenize.load import byte_level_bpe
from codecorpus.tokenize.native import NativeEncoder
from codecorpus.tokenize.stages import _without_repeats, staged, stages_of
from codecorpus.tokenize.superword import train_superword
from codecorpus.tokenize.vocabulary import read_vocabulary

CODE = Path(argparse.__file__).read_text("utf-8")
SPECIALS = ("<|endoftext|>",)
#: Text that stands for trouble: digits in a row, blanks before words, tokens of one byte, caps of 512, broken characters.
TROUBLE = (
    "  x",
    "    // a",
    "123456",
    "0" * 600,
    "x" * 511,
    "é" * 256,
    "\r\n\r\n",
    "\t\t",
    "中文",
    "😀" * 3,
    "_a",
    "aB",
)
TEXT = st.lists(st.sampled_from(TROUBLE) | naive.NASTY, max_size=12).map("".join)


@lru_cache
def trained():
    texts = [
        CODE,
        Path(tarfile.__file__).read_text("utf-8"),
        "x = 1000000\n" * 50,
        "a  = 1  # b\n" * 9,
        "é中ж😀" * 20,
    ]
    options = TokenizerOptions(mode="superword", vocab_size=2000, superword_start=1200)
    return train_superword(
        count_pretokens(pa.array(texts), mode="superword"), options, special_tokens=SPECIALS
    )


@lru_cache
def tools():
    """Our encoder, and the stock library on the same tokenizer.json."""
    library = Tokenizer.from_str(tokenizer_json(trained()))
    library.encode_special_tokens = True
    return encoder_of(trained()), library


def rows(encoded):
    ids, offsets = encoded
    return [ids[start:stop].tolist() for start, stop in pairwise(offsets)]


def library_ids(library, texts):
    return [library.encode(text, add_special_tokens=False).ids for text in texts]


def in_bulk(encoder):
    """The same encoder without stages: every line is merged as a whole."""
    return replace(encoder, stages=None, remembered=native.Remembered())


@settings(max_examples=300, deadline=None)
@given(texts=st.lists(TEXT, max_size=5))
@example(texts=["".join(TROUBLE), "", "1" * 3000, "x" * 512 + "\n" + " " * 600 + "y", "\n" * 2000])
@example(texts=["(" * 700, "a b " * 300, "  " * 400 + "z", "", "", "if x:\n"])
def test_ids_are_those_of_the_stock_library_and_the_text_comes_back(texts):
    ours, library = tools()
    assert ours.stages is not None
    encoded = ours.encode(pa.array(texts, pa.large_string()))
    assert rows(encoded) == library_ids(library, texts)
    assert ours.decode(encoded[0]) == "".join(texts).encode()


def test_ids_on_real_code_are_those_of_the_stock_library():
    ours, library = tools()
    folder = Path(argparse.__file__).parent
    texts = [path.read_text("utf-8") for path in sorted(folder.glob("*.py"))[:40]]
    assert rows(ours.encode(pa.array(texts, pa.large_string()))) == library_ids(library, texts)


@settings(max_examples=150, deadline=None)
@given(contents=st.lists(naive.NASTY_BYTES, max_size=3))
@example(contents=[bytes(range(256)), b"\xff" * 700, b"12\xc3" * 9])
def test_bytes_that_are_no_text_have_the_ids_of_the_reference(contents):
    ours, merges = tools()[0], [tuple(pair) for pair in trained().merges.tolist()]
    expected = [
        [number for line in naive.split_bytes(data, "superword") for number in reference.encode(line, merges)]
        for data in contents
    ]
    assert rows(ours.encode(pa.array(contents, pa.large_binary()))) == expected


def test_most_lines_are_put_together_from_words_and_some_are_not():
    """What the other tests lean on: both ways are gone, and borders that do not stand are met."""
    ours = tools()[0]
    assert len(ours.stages.within[1]) > 800
    assert len(ours.stages.across[1]) > 400
    assert not stands(ours, b" ", b" ")
    assert stands(ours, b"self", b".")
    one, other = (
        ours.encode(pa.array(["x  y", "0" * 300]))[0],
        in_bulk(ours).encode(pa.array(["x  y", "0" * 300]))[0],
    )
    assert one.tolist() == other.tolist()


def stands(encoder, left, right):
    tokens = encoder.vocabulary.tokens.to_pylist()
    stages = encoder.stages
    return bool(
        k.stand(
            tokens.index(left),
            tokens.index(right),
            stages.within[0],
            stages.halves,
            stages.born,
            3 * len(stages.within[1]),
        )
    )


# --- which tokens stand side by side ------------------------------------------------------------------------------------

#: Merges over few letters, as text: many ties, repeats, tokens made in several ways, parts that are made later or never.
MERGES = st.lists(
    st.tuples(st.text("ab 1", min_size=1, max_size=4), st.text("ab 1", min_size=1, max_size=4)), max_size=24
)
WORD = st.text("ab 1", min_size=1, max_size=40)


def made_by(pairs, *, whole=False):
    """A tokenizer.json of these merges."""
    document = json.loads(tokenizer_json(replace(trained(), special_tokens=())))
    vocab = {to_text(bytes([byte])): number for number, byte in enumerate(range(256))}
    for pair in pairs:
        for token in (*pair, "".join(pair)):
            vocab.setdefault(to_text(token.encode()), len(vocab))
    merges = [[to_text(left.encode()), to_text(right.encode())] for left, right in pairs]
    document["model"] |= {"vocab": vocab, "merges": merges, "ignore_merges": whole}
    document["added_tokens"] = []
    return document


def split_at(document, most):
    """An encoder of the file whose first stage has so many merges at most."""
    vocabulary, bpe = read_vocabulary(document), byte_level_bpe(document)
    merges = _without_repeats(bpe.rows)
    stages = staged(merges, bpe.byte_ids, vocabulary.tokens, min(most, len(merges)))
    whole = native.no_memory()
    if bpe.whole:
        whole = native.whole_tokens(
            {token: number for number, token in enumerate(vocabulary.tokens.to_pylist())}
        )
    return NativeEncoder(vocabulary, bpe.mode, bpe.byte_ids, native.merge_table(bpe.rows), whole, stages)


@settings(max_examples=600, deadline=None)
@given(pairs=MERGES, most=st.integers(0, 24), texts=st.lists(WORD, max_size=4), whole=st.booleans())
@example(
    pairs=[("a", "a"), ("aa", "a"), ("a", "aa")], most=3, texts=["a" * n for n in range(1, 9)], whole=False
)
@example(pairs=[("ab", "a"), ("a", "b"), ("b", "a")], most=3, texts=["ababab", "babab"], whole=False)
@example(pairs=[("a", "b"), ("b", " "), ("ab", " "), ("a", "b")], most=2, texts=["ab ab a b"], whole=True)
def test_wherever_the_stages_part_the_ids_are_those_of_whole_lines(pairs, most, texts, whole):
    encoder = split_at(made_by(pairs, whole=whole), most)
    column = pa.array(texts, pa.large_string())
    assert rows(encoder.encode(column)) == rows(in_bulk(encoder).encode(column))


@settings(max_examples=400, deadline=None)
@given(pairs=MERGES)
def test_two_tokens_stand_where_the_merges_make_these_two_of_their_bytes(pairs):
    document = made_by(pairs)
    encoder = split_at(document, len(pairs))
    stages = encoder.stages
    first, tokens = len(stages.within[1]), encoder.vocabulary.tokens.to_pylist()
    merges = _without_repeats(byte_level_bpe(document).rows)[:first]
    made = [
        number
        for number in range(len(stages.born))
        if stages.born[number] != k.UNMADE and tokens[number] in spelled(pairs)
    ]
    for left in made:
        for right in made:
            expected = naively_merged(
                [int(encoder.byte_ids[byte]) for byte in tokens[left] + tokens[right]], merges
            ) == [left, right]
            assert expected == bool(
                k.stand(left, right, stages.within[0], stages.halves, stages.born, 3 * first)
            ), (tokens[left], tokens[right])
            junction = stages.junctions[tokens[left][-1] << 8 | tokens[right][0]]
            assert expected or junction


def spelled(pairs):
    """The bytes of every token that may be made."""
    return {b"a", b"b", b" ", b"1", *("".join(pair).encode() for pair in pairs)}


def naively_merged(symbols, merges):
    """The lowest merge, leftmost first, until there is none."""
    ranks = {(left, right): (rank, made) for rank, (left, right, made) in enumerate(merges.tolist())}
    while True:
        found = [(ranks[pair][0], at) for at, pair in enumerate(pairwise(symbols)) if pair in ranks]
        if not found:
            return symbols
        _, at = min(found)
        symbols = [*symbols[:at], ranks[symbols[at], symbols[at + 1]][1], *symbols[at + 2 :]]


# --- blocks, memory, other files ---------------------------------------------------------------------------------------


def test_lines_and_documents_of_all_sizes_around_the_border_of_a_block():
    ours, library = tools()
    body = (CODE * 2)[: lines.BLOCK]
    texts = [body[: lines.BLOCK + step] + "\nx" * (3 + step) for step in range(-3, 4)]
    texts += ["x" * lines.BLOCK + "\n", *[""] * (lines.BLOCK + 3), "y", *["z\n"] * 50, ""]
    assert rows(ours.encode(pa.array(texts, pa.large_string()))) == library_ids(library, texts)


def test_a_full_memory_is_emptied_and_changes_nothing(monkeypatch):
    monkeypatch.setattr(native, "_FIRST_ROOM", 16)
    monkeypatch.setattr(native, "_MOST_ROOM", 16)
    texts = [
        "\n".join(f"w{n} = {'long' * (n % 9)}  {n}" for n in range(900)) + "q" * 1023 + " " + "q" * 2000
    ] * 2
    small = encoder_of(trained())
    assert rows(small.encode(pa.array(texts))) == library_ids(tools()[1], texts)
    memory, place = small.remembered.take()
    assert len(memory[0]) == 32
    assert place[lines.USED] <= 16


@settings(max_examples=100, deadline=None)
@given(texts=st.lists(TEXT, max_size=4))
@example(texts=["x = xyzzy  12345\nwhole line\nwhole", "whole line\n"])
def test_a_line_that_is_a_token_becomes_it_where_the_file_says_so(texts):
    ours, library = whole_tools()
    assert rows(ours.encode(pa.array(texts, pa.large_string()))) == library_ids(library, texts)


@lru_cache
def whole_tools():
    document = json.loads(tokenizer_json(trained()))
    document["model"]["ignore_merges"] = True
    for number, token in enumerate(["whole line\n", "whole", "x  y", "123456"], start=2000):
        document["model"]["vocab"][to_text(token.encode())] = number
    library = Tokenizer.from_str(json.dumps(document))
    library.encode_special_tokens = True
    ours = loaded(document)
    assert ours.stages is not None
    assert ours.encode(pa.array(["whole line\nwhole"]))[0].tolist() == [2000, 2001]
    return ours, library


def loaded(document):
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "tokenizer.json").write_text(json.dumps(document), "utf-8")
        return load_encoder(folder)


def test_a_file_of_one_stage_is_merged_line_by_line():
    encoder = loaded(made_by([("a", " "), ("b", "a ")]))
    assert encoder.stages is None
    assert encoder.decode(encoder.encode(pa.array(["ba ba"]))[0]) == b"ba ba"


@pytest.mark.parametrize("pairs", [[], [("a", "b")]])
def test_few_merges_or_none_are_no_trouble(pairs):
    encoder = split_at(made_by(pairs), 5)
    assert rows(encoder.encode(pa.array(["abab", ""]))) == rows(
        in_bulk(encoder).encode(pa.array(["abab", ""]))
    )
    assert np.all(encoder.stages.born[encoder.byte_ids] == -1)


# --- training ----------------------------------------------------------------------------------------------------------


@settings(max_examples=100, deadline=None)
@given(texts=st.lists(TEXT.filter(bool), min_size=1, max_size=12))
@example(texts=["x" * 5000, "a = 1\n", "12 " * 900, "12 " * 1400, "a = 1\n", "é" * 2048])
def test_words_seeded_from_their_pieces_are_those_merged_by_themselves(texts):
    bpe = trained()
    ids = np.arange(256, len(bpe.vocab), dtype=np.int64)
    merges = np.column_stack([bpe.merges, ids])
    known = learning.Known(bpe.vocab, BYTE_IDS.astype(np.int32), merges, len(bpe.vocab))
    stages = stages_of(merges, BYTE_IDS.astype(np.uint32), pa.array(bpe.vocab, pa.large_binary()))
    column = pa.array([text.encode() for text in texts], pa.large_binary())
    words = learning.Words(column, np.ones(len(texts), np.int64), np.zeros(len(texts), np.int32))
    told = []
    one = learning._seed_by_pieces(words, known, stages, lambda done, whole: told.append((done, whole)))
    other = learning._seed_whole(words, known, None)
    assert symbols_of(one) == symbols_of(other)
    assert told[-1] == (len(texts), len(texts))


def symbols_of(seed):
    symbols, starts, lengths = seed
    return [symbols[start : start + length].tolist() for start, length in zip(starts, lengths, strict=True)]

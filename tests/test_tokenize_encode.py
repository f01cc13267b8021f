import argparse
import json
import tarfile
from functools import lru_cache
from itertools import pairwise
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers

import naive_tokenize as naive
from codecorpus.errors import DataError
from codecorpus.tokenize import (
    PATTERNS,
    count_pretokens,
    encoder_of,
    load_encoder,
    reference,
    save,
    train_bpe,
)
from codecorpus.tokenize.encode import NativeEncoder, StockEncoder
from codecorpus.tokenize.export import tokenizer_json

SPECIALS = ("<|endoftext|>", "<|fim_prefix|>", "<|fim_middle|>")
MODES = pytest.mark.parametrize("mode", list(PATTERNS))


@lru_cache
def bpe_of(mode, size=1200):
    texts = [Path(argparse.__file__).read_text("utf-8"), "   " * 500, "é中ж😀" * 20, "<|endoftext|> " * 50]
    return train_bpe(
        count_pretokens(pa.array(texts), mode=mode), vocab_size=size, mode=mode, special_tokens=SPECIALS
    )


@lru_cache
def tools(mode):
    """Our encoder, and the stock library on the same tokenizer.json."""
    bpe = bpe_of(mode)
    return encoder_of(bpe), Tokenizer.from_str(tokenizer_json(bpe))


def stock_ids(tokenizer, texts):
    """The library's ids, with its splitting at special tokens switched off."""
    tokenizer.encode_special_tokens = True
    return [tokenizer.encode(text, add_special_tokens=False).ids for text in texts]


def rows(encoded):
    ids, offsets = encoded
    assert offsets.dtype == np.int64
    return [ids[start:stop].tolist() for start, stop in pairwise(offsets)]


@MODES
@settings(max_examples=300, deadline=None)
@given(texts=st.lists(naive.NASTY, max_size=6))
@example(texts=["-" * 500, "a" * 65, "ab" * 300, " " * 1000 + "x", "", "\n" * 70])
def test_ids_are_those_of_the_stock_library_and_the_text_comes_back(mode, texts):
    ours, stock = tools(mode)
    encoded = ours.encode(pa.array(texts, pa.large_string()))
    assert rows(encoded) == stock_ids(stock, texts)
    assert ours.decode(encoded[0]) == "".join(texts).encode()


@MODES
def test_ids_on_real_code_are_those_of_the_stock_library(mode):
    ours, stock = tools(mode)
    texts = [Path(tarfile.__file__).read_text("utf-8"), Path(argparse.__file__).read_text("utf-8")] * 2
    assert rows(ours.encode(pa.array(texts))) == stock_ids(stock, texts)


@settings(max_examples=100, deadline=None)
@given(st.text("abc", min_size=1, max_size=150))
@example("ab" * 64)
def test_long_and_short_pretokens_are_merged_as_the_reference_does(word):
    words = {b"abcabc": 5, b"aaaa": 4, b"abab": 3, b"cab": 2, b"bcbcbc": 6}
    bpe = train_bpe(naive.count_table(words), vocab_size=280, min_frequency=1, mode="code")
    merges = [tuple(pair) for pair in bpe.merges.tolist()]
    expected = reference.encode(word.encode(), merges)
    assert rows(encoder_of(bpe).encode(pa.array([word]))) == [expected]


@settings(max_examples=150, deadline=None)
@given(st.lists(st.binary(max_size=80), max_size=5))
@example([bytes(range(256)), b"\xff" * 70, b"\xc3", b"\xf4\xbf\xbf\xbf"])
def test_all_bytes_come_back_even_where_they_are_no_text(contents):
    ours, _ = tools("code")
    ids, offsets = ours.encode(pa.array(contents, pa.large_binary()))
    assert [ours.decode(ids[a:b]) for a, b in pairwise(offsets)] == contents


@pytest.mark.parametrize("token", SPECIALS)
def test_special_tokens_in_text_are_text(token):
    ours, stock = tools("code")
    number = ours.token_id(token)
    assert number is not None
    ids, _ = ours.encode(pa.array([token, f"a {token}\n{token}{token}"]))
    assert ids.max() < len(bpe_of("code").vocab)
    assert (
        number in stock.encode(token).ids or stock.encode_special_tokens
    )  # the danger is real in the library
    assert ours.decode(np.array([number])) == token.encode()


def test_reads_slices_chunks_nulls_and_empty_columns():
    ours, _ = tools("code")
    whole = pa.array(["zero", "one = 1\n", None, "", "two"], pa.large_string())
    expected = rows(ours.encode(pa.array(["one = 1\n", "", "", "two"])))
    assert rows(ours.encode(whole[1:])) == expected
    assert rows(ours.encode(pa.chunked_array([whole[1:3], whole[3:3], whole[3:]]))) == expected
    for empty in (pa.array([], pa.large_string()), pa.chunked_array([], pa.large_string())):
        ids, offsets = ours.encode(empty)
        assert len(ids) == 0
        assert offsets.tolist() == [0]


def test_encodes_more_distinct_pretokens_than_the_first_table_holds():
    ours, stock = tools("code")
    texts = ["".join(f" {chr(0x4E00 + n)}{'x' * (n % 7)}" for n in range(9_000))] * 2
    assert rows(ours.encode(pa.array(texts))) == stock_ids(stock, texts)


def test_a_megabyte_in_one_pretoken_takes_no_quadratic_time():
    ours, _ = tools("code")
    text = "ab" * 500_000
    ids, _ = ours.encode(pa.array([text]))
    assert ours.decode(ids) == text.encode()


def test_the_type_of_the_ids_follows_the_vocabulary():
    assert tools("code")[0].id_type == np.uint16
    assert tools("code")[0].encode(pa.array(["x"]))[0].dtype == np.uint16


def test_tokens_that_end_a_line_end_in_a_line_feed_and_blanks():
    ours, _ = tools("code")
    ends = ours.line_ends()
    texts = {number: ours.decode(np.array([number])) for number in range(ours.vocab_size)}
    assert len(ends) == ours.vocab_size
    assert any(text.strip(b"\n") and ends[number] for number, text in texts.items()), (
        "no token ends line and indent"
    )
    for number, text in texts.items():
        last_line = text.rpartition(b"\n")
        assert ends[number] == (last_line[1] == b"\n" and not last_line[2].strip(b" \t")), text


# --- loading -----------------------------------------------------------------------------------------------------------


def test_loads_what_was_saved_as_an_encoder_of_ours(tmp_path):
    save(bpe_of("code"), tmp_path)
    texts = pa.array(["def f(x):\n    return x\n", "<|endoftext|>"])
    for path in (tmp_path, tmp_path / "tokenizer.json", str(tmp_path)):
        loaded = load_encoder(path)
        assert isinstance(loaded, NativeEncoder)
        assert rows(loaded.encode(texts)) == rows(tools("code")[0].encode(texts))
        assert loaded.vocab_size == 1200
        assert [loaded.token_id(token) for token in SPECIALS] == [1197, 1198, 1199]
        assert loaded.token_id("return") == bpe_of("code").vocab.index(b"return")
        assert loaded.token_id("no such token") is None


@pytest.fixture
def foreign(tmp_path):
    """A tokenizer that is not ours: GPT-2's regex, and a template that puts a special token in front of every text."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=400,
        show_progress=False,
        special_tokens=["<s>"],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
    )
    tokenizer.train_from_iterator([Path(argparse.__file__).read_text("utf-8")], trainer)
    tokenizer.add_tokens(["<tool>"])  # not special, and still cut out of text by the library
    path = tmp_path / "tokenizer.json"
    tokenizer.save(str(path))
    return path


def test_a_foreign_tokenizer_is_run_by_its_library_without_its_added_tokens(foreign):
    encoder, stock = load_encoder(foreign), Tokenizer.from_file(str(foreign))
    assert isinstance(encoder, StockEncoder)
    texts = ["def f(x):\n    return x\n", "", "x" * 300, "naïve é中😀"]
    assert rows(encoder.encode(pa.array(texts))) == [stock.encode(text).ids for text in texts]
    for token in ("<s>", "<tool>"):
        number = encoder.token_id(token)
        assert number == stock.token_to_id(token)
        ids, _ = encoder.encode(pa.array([f"a{token}b", None]))
        assert number not in ids
        assert encoder.decode(ids) == f"a{token}b".encode()
    assert encoder.vocab_size == 401


@pytest.mark.parametrize(
    "change",
    [
        {"normalizer": {"type": "NFC"}},
        {
            "pre_tokenizer": {
                "type": "ByteLevel",
                "add_prefix_space": False,
                "trim_offsets": True,
                "use_regex": True,
            }
        },
        {"model": {"byte_fallback": True}},
    ],
)
def test_a_file_that_says_anything_else_than_ours_is_left_to_the_library(tmp_path, change):
    document = json.loads(tokenizer_json(bpe_of("code")))
    for key, value in change.items():
        document[key] = {**document[key], **value} if key == "model" else value
    (tmp_path / "tokenizer.json").write_text(json.dumps(document), "utf-8")
    assert isinstance(load_encoder(tmp_path), StockEncoder)


def test_a_foreign_sentence_piece_vocabulary_has_its_bytes(tmp_path):
    vocab = {"<unk>": 0, "▁": 1, "x": 2, "▁x": 3, "<0x0A>": 4}
    tokenizer = Tokenizer(models.BPE(vocab, [("▁", "x")], byte_fallback=True, unk_token="<unk>"))
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme="never", split=False)
    tokenizer.save(str(tmp_path / "tokenizer.json"))
    encoder = load_encoder(tmp_path)
    ids, _ = encoder.encode(pa.array(["x x\n"]))
    assert encoder.decode(ids) == b"x x\n"
    assert encoder.line_ends().tolist() == [False, False, False, False, True]


@pytest.mark.parametrize(
    "text", ["", "{}", "[1]", "not json", '{"model": {"type": "BPE"}}', '{"model": {"vocab": 3}}']
)
def test_a_broken_file_is_named_with_what_to_do(tmp_path, text):
    path = tmp_path / "tokenizer.json"
    path.write_text(text, "utf-8")
    with pytest.raises(DataError, match=r"tokenizer\.json is not a tokenizer.*\n.*Give a file"):
        load_encoder(path)


def test_a_missing_file_is_named_with_what_to_do(tmp_path):
    with pytest.raises(DataError, match=r"No such file.*\n.*Give the path"):
        load_encoder(tmp_path / "none.json")

import argparse
import json
import pickle
import tarfile
import tempfile
from concurrent.futures import ThreadPoolExecutor
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
from codecorpus.fim.sentinels import FAMILIES, special_tokens
from codecorpus.tokenize import (
    PATTERNS,
    count_pretokens,
    encoder_of,
    load_encoder,
    native,
    reference,
    save,
    train_bpe,
)
from codecorpus.tokenize import _kernels_encode as k
from codecorpus.tokenize.alphabet import to_text
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


# --- bytes that are no text ---------------------------------------------------------------------------------------------


@MODES
@settings(max_examples=200, deadline=None)
@given(contents=st.lists(naive.NASTY_BYTES, max_size=3))
def test_bytes_are_cut_as_the_naive_twin_cuts_them_and_merged_as_the_reference_does(mode, contents):
    ours, bpe = tools(mode)[0], bpe_of(mode)
    merges = [tuple(pair) for pair in bpe.merges.tolist()]
    expected = [
        [number for word in naive.split_bytes(data, mode) for number in reference_ids(mode, word, merges)]
        for data in contents
    ]
    encoded = ours.encode(pa.array(contents, pa.large_binary()))
    assert rows(encoded) == expected
    assert ours.decode(encoded[0]) == b"".join(contents)


_REFERENCE = {}


def reference_ids(mode, word, merges):
    """`reference.encode`, remembered: it goes through a thousand merges."""
    if (mode, word) not in _REFERENCE:
        _REFERENCE[mode, word] = reference.encode(word, merges)
    return _REFERENCE[mode, word]


def test_bytes_and_text_of_the_same_content_have_the_same_ids():
    ours, _ = tools("code")
    texts = ["def f(x):\n", "naïve é中ж😀", ""]
    as_bytes = ours.encode(pa.array([text.encode() for text in texts], pa.binary()))
    assert rows(as_bytes) == rows(ours.encode(pa.array(texts)))


@settings(max_examples=100, deadline=None)
@given(contents=st.lists(naive.NASTY_BYTES, max_size=3))
def test_the_library_is_given_the_text_between_bytes_that_are_none(contents):
    stock = stock_tools()
    encoded = stock.encode(pa.array([*contents, None], pa.large_binary()))
    ids, offsets = encoded
    assert [stock.decode(ids[a:b]) for a, b in pairwise(offsets)] == [*contents, b""]
    plain = "def f(x): pass"
    broken, _ = stock.encode(pa.array([plain.encode() + b"\xff" + plain.encode()]))
    whole, _ = stock.encode(pa.array([plain]))
    byte = int(broken[len(whole)])
    assert broken.tolist() == [*whole.tolist(), byte, *whole.tolist()]
    assert stock.decode(np.array([byte])) == b"\xff"


@lru_cache
def stock_tools():
    """A byte-level tokenizer whose regex is not ours."""
    document = json.loads(tokenizer_json(bpe_of("code")))
    document["pre_tokenizer"]["pretokenizers"][0]["pattern"]["Regex"] = r"\p{N}|[^\p{N}]+"
    return encoder_from(document)


def encoder_from(document):
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "tokenizer.json").write_text(json.dumps(document), "utf-8")
        return load_encoder(folder)


def test_a_tokenizer_without_byte_tokens_says_so_of_bytes_that_are_no_text():
    document = json.loads(Tokenizer(models.WordLevel({"x": 0, "[UNK]": 1}, unk_token="[UNK]")).to_str())
    encoder = encoder_from(document)
    assert encoder.encode(pa.array([b"x"]))[0].tolist() == [0]
    with pytest.raises(DataError, match=r"not UTF-8.*byte 0xff\n.*byte-level"):
        encoder.encode(pa.array([b"x\xff"]))


# --- what is remembered --------------------------------------------------------------------------------------------------


def test_a_second_column_has_the_ids_that_a_new_encoder_gives():
    texts = [["def f(x):\n", "zeta eta"], ["x" * 17 + " y" * 9, "é" * 5, "zeta"], ["def f(x):\n" * 3]]
    ours = encoder_of(bpe_of("code"))
    for column in [*texts, *texts]:
        assert rows(ours.encode(pa.array(column))) == rows(
            encoder_of(bpe_of("code")).encode(pa.array(column))
        )


def test_a_full_memory_is_emptied_and_changes_nothing(monkeypatch):
    monkeypatch.setattr(native, "_FIRST_ROOM", 16)
    monkeypatch.setattr(native, "_MOST_ROOM", 16)
    texts = [" ".join(f"w{n}{'long' * (n % 9)}" for n in range(700)) + "q" * 1023 + " " + "q" * 2000]
    for mode in PATTERNS:
        small = encoder_of(bpe_of(mode))
        assert rows(small.encode(pa.array(texts * 2))) == stock_ids(tools(mode)[1], texts * 2)
        memory, place = small.remembered.take()
        assert len(memory[0]) == 32
        assert place[k.USED] <= 16


def test_a_memory_does_not_grow_without_end():
    ours = encoder_of(bpe_of("code"))
    ours.encode(pa.array([" ".join(map(str, range(300_000)))]))
    rng = np.random.default_rng(0)
    for _ in range(3):
        ours.encode(pa.array([bytes(rng.integers(97, 123, 3_000_000, np.uint8)).replace(b"e", b" ")]))
    memory, *_ = ours.remembered.take()
    assert sum(array.nbytes for array in memory) < 32e6


def test_threads_share_an_encoder():
    ours = encoder_of(bpe_of("code"))
    column = pa.array([Path(argparse.__file__).read_text("utf-8")] * 3)
    expected = rows(ours.encode(column))
    with ThreadPoolExecutor(4) as pool:
        assert all(rows(encoded) == expected for encoded in pool.map(ours.encode, [column] * 12))


def test_a_pickled_encoder_leaves_its_memory_behind():
    ours = encoder_of(bpe_of("code"))
    column = pa.array([Path(argparse.__file__).read_text("utf-8")])
    expected, size = rows(ours.encode(column)), len(pickle.dumps(encoder_of(bpe_of("code"))))
    packed = pickle.dumps(ours)
    assert len(packed) < size + 1000
    assert rows(pickle.loads(packed).encode(column)) == expected


# --- other files -----------------------------------------------------------------------------------------------------


def variant(**changes):
    """The JSON of the plain tokenizer, with some of the model's values changed."""
    document = json.loads(tokenizer_json(bpe_of("plain")))
    document["model"] |= changes
    return document


def library_of(document):
    library = Tokenizer.from_str(json.dumps(document))
    library.encode_special_tokens = True
    return library


@settings(max_examples=200, deadline=None)
@given(texts=st.lists(naive.NASTY, max_size=5))
@example(texts=["whole xyzzy wholexyz", "été" * 5, "x\n\n\n\n\n\n\n"])
def test_a_pretoken_that_is_a_token_becomes_it_where_the_file_says_so(texts):
    ours, library = whole_tools()
    assert rows(ours.encode(pa.array(texts, pa.large_string()))) == stock_ids(library, texts)


@lru_cache
def whole_tools():
    """A tokenizer with `ignore_merges`, and tokens that its merges do not make."""
    document = variant(ignore_merges=True)
    for number, token in enumerate([" xyzzy", "whole", "\n" * 7, "été" * 5], start=1200):
        document["model"]["vocab"][to_text(token.encode())] = number
    ours = encoder_from(document)
    assert isinstance(ours, NativeEncoder)
    assert ours.encode(pa.array(["whole xyzzy"]))[0].tolist() == [1201, 1200]
    return ours, library_of(document)


def test_merges_may_be_written_as_strings():
    document = variant()
    document["model"]["merges"] = [" ".join(pair) for pair in document["model"]["merges"]]
    ours = encoder_from(document)
    assert isinstance(ours, NativeEncoder)
    text = Path(tarfile.__file__).read_text("utf-8")
    assert rows(ours.encode(pa.array([text]))) == stock_ids(library_of(document), [text])


@settings(max_examples=100, deadline=None)
@given(text=st.text("abc", max_size=60))
def test_merges_that_make_a_token_that_exists_already_are_applied(text):
    document = json.loads(
        tokenizer_json(train_bpe(naive.count_table({b"x": 1}), vocab_size=256, mode="plain"))
    )
    document["model"]["vocab"] |= {"ab": 256, "bc": 257, "abc": 258, "cabc": 259}
    document["model"]["merges"] = [["b", "c"], ["a", "b"], ["ab", "c"], ["c", "abc"], ["a", "bc"], ["a", "b"]]
    ours = encoder_from(document)
    assert isinstance(ours, NativeEncoder)
    assert rows(ours.encode(pa.array([text]))) == stock_ids(library_of(document), [text])


@pytest.mark.parametrize(
    ("normalizer", "name"),
    [
        (None, ""),
        ({"type": "Sequence", "normalizers": []}, ""),
        ({"type": "NFC"}, "NFC"),
        ({"type": "Sequence", "normalizers": [{"type": "NFKC"}, {"type": "Lowercase"}]}, "NFKC+Lowercase"),
    ],
)
def test_a_normalizer_is_named_and_left_to_the_library(normalizer, name):
    encoder = encoder_from({**variant(), "normalizer": normalizer})
    assert encoder.normalizer == name
    assert isinstance(encoder, StockEncoder if name else NativeEncoder)
    text = "e\u0301 ﬁ X"
    changed = encoder.decode(encoder.encode(pa.array([text]))[0]).decode()
    assert (changed == text) == (name == "")


# --- no text becomes a special token -------------------------------------------------------------------------------------

#: What families and the files of well-known models call their special tokens, some of them not marked as special there.
NAMES = (
    *dict.fromkeys(token for row in FAMILIES.values() for token in special_tokens(row)),
    *(
        "<s>",
        "<unk>",
        "[UNK]",
        "[CLS]",
        "[MASK]",
        "<EOT>",
        "<META>",
        "<|im_start|>",
        "<|im_end|>",
        "<tool_call>",
    ),
    *(
        "<|begin_of_text|>",
        "<|reserved_special_token_0|>",
        "<｜fim▁begin｜>",
        "<｜fim▁hole｜>",
        "<｜▁pad▁｜>",
    ),
)


def with_added(document, special):
    """The tokenizer with every name as an added token; every third one is in the model's vocabulary as well, as in DeepSeek's file."""
    vocab = document["model"]["vocab"]
    flags = {"single_word": False, "lstrip": False, "rstrip": False, "normalized": False, "special": special}
    start = 1 + max(vocab.values())
    document["added_tokens"] = [{"id": start + n, "content": name, **flags} for n, name in enumerate(NAMES)]
    for number, name in enumerate(NAMES):
        if number % 3 == 0:
            vocab[name] = start + number
    return document


@lru_cache
def guarded(kind, special):
    if kind == "native":
        return encoder_from(with_added(variant(ignore_merges=True), special))
    if kind == "stock":
        document = with_added(variant(ignore_merges=True), special)
        document["pre_tokenizer"]["pretokenizers"][0]["pattern"]["Regex"] = (
            r"[^\n]+|\n"  # a name can be a pre-token
        )
        return encoder_from(document)
    entries = [["<unk>", 0.0], *([name, -1.0] for name in NAMES if name != "<unk>")]
    known = {name for name, _ in entries}
    characters = sorted({c for name in NAMES for c in name} | set("ab \n<|>"))
    entries += [[c, -2.0] for c in characters if c not in known]
    document = json.loads(Tokenizer(models.Unigram([tuple(entry) for entry in entries], 0, False)).to_str())
    places = {name: number for number, (name, _) in enumerate(entries)}
    flags = {"single_word": False, "lstrip": False, "rstrip": False, "normalized": False, "special": special}
    document["added_tokens"] = [{"id": places[name], "content": name, **flags} for name in NAMES]
    return encoder_from(document)


@pytest.mark.parametrize("special", [True, False])
@pytest.mark.parametrize("kind", ["native", "stock", "unigram"])
@settings(max_examples=100, deadline=None)
@given(pieces=st.lists(st.sampled_from([*NAMES, "a", " ", "\n", "b", "<|"]), max_size=12))
@example(pieces=list(NAMES))
@example(pieces=[part for name in NAMES for part in (name, "\n")])
def test_no_text_becomes_a_special_token(kind, special, pieces):
    encoder = guarded(kind, special)
    assert isinstance(encoder, NativeEncoder if kind == "native" else StockEncoder)
    forbidden = {encoder.token_id(name) for name in NAMES}
    assert None not in forbidden
    text = "".join(pieces)
    ids, _ = encoder.encode(pa.array([text]))
    assert not forbidden & set(ids.tolist())
    if kind != "unigram" or "▁" not in text:  # a space to SentencePiece
        assert encoder.decode(ids) == text.encode()


def test_a_merge_that_makes_a_special_token_is_not_applied():
    document = json.loads(
        tokenizer_json(train_bpe(naive.count_table({b"x": 1}), vocab_size=256, mode="plain"))
    )
    document["model"]["vocab"] |= {"<s": 256, "<s>": 257}
    document["model"]["merges"] = [["<", "s"], ["<s", ">"]]
    document["pre_tokenizer"] = {**document["pre_tokenizer"]["pretokenizers"][1]}
    flags = {"single_word": False, "lstrip": False, "rstrip": False, "normalized": False, "special": True}
    document["added_tokens"] = [{"id": 257, "content": "<s>", **flags}]
    encoder = encoder_from(document)
    ids, _ = encoder.encode(pa.array(["<s>"]))
    assert ids.tolist() == [256, encoder.token_id(">")]


def test_added_runs_of_blanks_that_are_not_special_are_still_found_in_text():
    document = variant()
    flags = {"single_word": False, "lstrip": False, "rstrip": False, "normalized": True}
    document["added_tokens"] = [
        {"id": 1200, "content": "<|end|>", "special": True, **flags},
        {"id": 1201, "content": " " * 24, "special": False, **flags},
    ]
    encoder = encoder_from(document)
    ids, _ = encoder.encode(pa.array(["<|end|>" + " " * 24 + "x"]))
    assert ids.tolist().count(1201) == 1
    assert 1200 not in ids
    assert encoder.decode(ids) == b"<|end|>" + b" " * 24 + b"x"
    assert encoder.token_id("<|end|>") == 1200


# --- damaged files -----------------------------------------------------------------------------------------------------


@settings(max_examples=60, deadline=None)
@given(cut=st.integers(0, 10_000), junk=st.sampled_from([b"", b"}", b"\xff", b"null"]))
def test_a_damaged_file_is_refused_with_one_kind_of_error(cut, junk):
    whole = tokenizer_json(bpe_of("code")).encode()
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "tokenizer.json").write_bytes(whole[: cut * len(whole) // 10_001] + junk)
        with pytest.raises(DataError, match="is not a tokenizer"):
            load_encoder(folder)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda d: d["model"]["vocab"].update(x=10**12), "the id 1000000000000"),
        (lambda d: d["model"]["vocab"].update(xyz=-1), "the id -1"),
        (lambda d: d["model"]["vocab"].update(xyz="1"), "the id '1'"),
        (lambda d: d["model"]["vocab"].update(xyz=7), "two tokens have the same id"),
        (lambda d: d["model"]["merges"].append(["no", "suchtoken"]), "KeyError"),
        (lambda d: d["model"]["merges"].append("a b c"), "ValueError"),
        (lambda d: d["model"].update(merges=None), "TypeError"),
        (lambda d: d.update(added_tokens=[{"id": 3}]), "KeyError"),
        (lambda d: d.update(pre_tokenizer={"type": "Nonsense"}), "Exception"),
    ],
)
def test_what_is_wrong_in_a_file_is_named(change, reason):
    document = variant()
    change(document)
    with pytest.raises(DataError, match=rf"is not a tokenizer.*{reason}"):
        encoder_from(document)


def test_word_pieces_and_unigrams_are_run_by_the_library():
    pieces = Tokenizer(models.WordPiece({"[UNK]": 0, "de": 1, "##f": 2}, unk_token="[UNK]"))
    assert encoder_from(json.loads(pieces.to_str())).encode(pa.array(["def"]))[0].tolist() == [1, 2]
    unigram = Tokenizer(models.Unigram([("<unk>", 0.0), ("de", -1.0), ("f", -1.0)], 0, False))
    assert encoder_from(json.loads(unigram.to_str())).encode(pa.array(["def"]))[0].tolist() == [1, 2]

import argparse
import json
import textwrap
from collections import Counter
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tokenizers import Regex, Tokenizer, normalizers, pre_tokenizers
from tokenizers.models import BPE
from tokenizers.trainers import BpeTrainer

import naive_tokenize as naive
from codecorpus import tokenize
from codecorpus.errors import DataError, UsageError
from codecorpus.tokenize import reference
from codecorpus.tokenize.alphabet import CHARACTERS, to_bytes
from codecorpus.tokenize.extension import count_for, extend, read_tokenizer

OLD, NEW = Path(argparse.__file__).read_text("utf-8"), Path(textwrap.__file__).read_text("utf-8") * 3
ONE_DIGIT = r"[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s+"


def save_ours(folder, size=700, specials=("<|endoftext|>",)):
    tokenize.train(pa.table({"content": [OLD]}), vocab_size=size, special_tokens=specials).save(folder)
    return folder / "tokenizer.json"


def save_foreign(folder, *, old_form=False, ignore_merges=False):
    """A tokenizer like Qwen's: another regex, NFC, added tokens that are not special, a hole before them."""
    tokenizer = Tokenizer(BPE())
    tokenizer.normalizer = normalizers.NFC()
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(Regex(ONE_DIGIT), "isolated"),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
        ]
    )
    trainer = BpeTrainer(vocab_size=600, show_progress=False, initial_alphabet=list(CHARACTERS))
    tokenizer.train_from_iterator([OLD], trainer)
    document = json.loads(tokenizer.to_str())
    document["added_tokens"] = [
        {
            "id": 900,
            "content": "<|mid|>",
            "single_word": False,
            "lstrip": False,
            "rstrip": False,
            "normalized": False,
            "special": False,
        }
    ]
    model = document["model"]
    model["ignore_merges"] = ignore_merges
    if old_form:
        model["merges"] = [" ".join(pair) for pair in model["merges"]]
    path = folder / "foreign.json"
    path.write_text(json.dumps(document, ensure_ascii=False, indent=2) + "\n", "utf-8")
    return path


def check_extended(before: Path, after: Path, text: str):
    """Everything old is as it was, and each document is the old tokens with some of them joined."""
    old, new = json.loads(before.read_text("utf-8")), json.loads(after.read_text("utf-8"))
    size = len(old["model"]["merges"])
    assert new["model"]["merges"][:size] == old["model"]["merges"]
    assert list(new["model"]["vocab"].items())[: len(old["model"]["vocab"])] == list(
        old["model"]["vocab"].items()
    )
    assert {**new, "model": None} == {**old, "model": None}
    assert list(new) == list(old)
    added = {token["content"]: token["id"] for token in old["added_tokens"]}
    assert {token: Tokenizer.from_file(str(after)).token_to_id(token) for token in added} == added
    one, other = Tokenizer.from_file(str(before)), Tokenizer.from_file(str(after))
    borders = [{end for _, end in tokenizer.encode(text).offsets} for tokenizer in (one, other)]
    assert borders[1] <= borders[0]
    assert len(other.encode(text).ids) <= len(one.encode(text).ids)
    return one, other


def test_old_tokens_stay_and_new_ones_follow_the_highest_id(tmp_path):
    path = save_ours(tmp_path / "old")
    extended = extend(path, count_for(path, pa.array([NEW])), add=100)
    extended.save(tmp_path / "new")
    one, other = check_extended(path, tmp_path / "new" / "tokenizer.json", OLD)
    assert (extended.first_id, len(extended.tokens)) == (700, 100)
    assert other.get_vocab_size() == one.get_vocab_size() + 100
    assert other.token_to_id("<|endoftext|>") == 699
    assert len(other.encode(NEW).ids) < len(one.encode(NEW).ids)
    native = tokenize.load_encoder(tmp_path / "new")
    ids, _ = native.encode(pa.array([NEW]))
    assert ids.tolist() == other.encode(NEW).ids
    listing = (tmp_path / "new" / "merges.txt").read_text("utf-8").splitlines()
    assert len(listing) == 1 + (699 - 256) + 100 + 1
    assert listing[1].endswith("\t-")
    assert listing[-2].endswith(f"\t{extended.counts[-1]}")


@settings(max_examples=30, deadline=None)
@given(naive.WORDS, naive.WORDS, st.integers(1, 2))
def test_learns_what_the_readable_reference_learns(tmp_path_factory, old, new, least):
    folder = tmp_path_factory.mktemp("old")
    bpe = tokenize.train_bpe(naive.count_table(old), vocab_size=280, mode="code")
    tokenize.save(bpe, folder)
    known = [tuple(pair) for pair in bpe.merges.tolist()]
    size = len(bpe.vocab) + 12
    merges, vocab = reference.train(new, size, least, known)
    extended = extend(folder, naive.count_table(new), add=12, min_frequency=least)
    assert [tuple(pair) for pair in extended.merges[:, :2].tolist()] == merges[len(known) :]
    assert list(extended.tokens) == vocab[len(bpe.vocab) :]


@pytest.mark.parametrize("old_form", [False, True])
@pytest.mark.parametrize("ignore_merges", [False, True])
def test_a_foreign_tokenizer_is_extended_by_its_own_rules(tmp_path, old_form, ignore_merges):
    path = save_foreign(tmp_path, old_form=old_form, ignore_merges=ignore_merges)
    text = NEW + "x = 2024\n" * 50 + "e\u0301te\u0301 <|mid|>\n" * 9
    extended = extend(path, count_for(path, pa.array([text, None])), add=80)
    extended.save(tmp_path / "new")
    _, other = check_extended(path, tmp_path / "new" / "tokenizer.json", OLD)
    assert extended.first_id == 901
    assert not any(b"20" in token for token in extended.tokens)  # the file cuts numbers into digits
    assert other.token_to_id("<|mid|>") == 900
    merges = json.loads((tmp_path / "new" / "tokenizer.json").read_text("utf-8"))["model"]["merges"]
    assert {type(pair) for pair in merges} == {str if old_form else list}
    check_extended(path, tmp_path / "new" / "tokenizer.json", text)


def test_a_foreign_cut_is_the_library_s_own(tmp_path):
    path = save_foreign(tmp_path)
    tokenizer = Tokenizer.from_file(str(path))
    text = "e\u0301t 2024\n" + NEW[:500]
    pieces = tokenizer.pre_tokenizer.pre_tokenize_str(tokenizer.normalizer.normalize_str(text))
    assert dict(zip(*count_for(path, pa.array([text])).to_pydict().values(), strict=True)) == Counter(
        to_bytes(piece) for piece, _ in pieces
    )


def test_a_token_that_no_merge_reaches_gets_its_merge_and_keeps_its_id(tmp_path):
    path = save_ours(tmp_path / "old", size=300, specials=())
    document = json.loads(path.read_text("utf-8"))
    document["model"]["vocab"]["qzq"] = 300
    document["model"]["vocab"]["qz"] = 301
    path.write_text(json.dumps(document, ensure_ascii=False, indent=1) + "\n", "utf-8")
    extended = extend(path, naive.count_table({b"qzqx": 9, b"qzq": 5, b"qz": 5}), add=1)
    assert extended.tokens == (b"qzqx",)
    assert extended.merges[:, 2].tolist() == [301, 300, 302]
    extended.save(tmp_path / "new")
    other = Tokenizer.from_file(str(tmp_path / "new" / "tokenizer.json"))
    assert other.encode("qzqx").ids == [302]
    assert other.get_vocab()["qzq"] == 300


def test_no_new_token_is_spelt_like_an_added_one(tmp_path):
    path = save_ours(tmp_path, specials=("zzz",))
    extended = extend(path, naive.count_table({b"zzz": 9, b"zzzz": 9}), add=9)
    assert b"zzz" not in extended.tokens
    assert b"zzzz" in extended.tokens


def test_the_layout_of_the_file_stays(tmp_path):
    path = save_ours(tmp_path / "old")
    for indent in (None, 1, 2):
        text = json.dumps(json.loads(path.read_text("utf-8")), indent=indent, ensure_ascii=False)
        path.write_text(text + "\n", "utf-8")
        extend(path, naive.count_table({b"xyxy": 9}), add=1).save(tmp_path / "new")
        lines = (tmp_path / "new" / "tokenizer.json").read_text("utf-8").splitlines()
        assert (len(lines) > 1, read_tokenizer(path).indent) == (indent is not None, indent)


def test_a_small_corpus_adds_fewer(tmp_path):
    path = save_ours(tmp_path)
    assert extend(path, naive.count_table({}), add=10).tokens == ()
    with pytest.raises(UsageError, match="0 tokens cannot be added"):
        extend(path, naive.count_table({}), add=0)


def broken_files(folder):
    word_piece = Tokenizer.from_str(json.dumps(json.loads(save_ours(folder / "wp").read_text("utf-8"))))
    text = word_piece.to_str()
    document = json.loads(text)
    yield "cannot be read: No such file", None
    yield "is not a tokenizer.json", text[: len(text) // 2]
    yield "is not a tokenizer.json", "[]"
    yield "is not a tokenizer.json", "\x00\x01"
    yield "not byte-level", json.dumps({**document, "pre_tokenizer": {"type": "WhitespaceSplit"}})
    unknown = {**document["model"], "unk_token": "!"}
    yield "its model has unk_token = '!'", json.dumps({**document, "model": unknown})
    level = {"type": "WordLevel", "vocab": {"a": 0}, "unk_token": "a"}
    yield "its model is WordLevel, not BPE", json.dumps({**document, "model": level})
    some = {"type": "BPE", "vocab": {"a": 0, "b": 1, "ab": 2}, "merges": [["a", "b"]]}
    yield (
        "254 of the 256 bytes are not in its vocabulary",
        json.dumps({**document, "model": some, "added_tokens": []}),
    )


def test_what_cannot_be_extended_is_refused_with_the_reason(tmp_path):
    for said, text in broken_files(tmp_path):
        path = tmp_path / "broken.json"
        path.unlink(missing_ok=True)
        if text is not None:
            path.write_text(text, "utf-8")
        with pytest.raises(DataError, match=said):
            extend(path, naive.count_table({b"ab": 3}), add=1)

import json

import pyarrow as pa
import pytest
from tokenizers import Tokenizer

from codecorpus.errors import StorageError
from codecorpus.tokenize import PATTERNS, count_pretokens, save, train_bpe

TEXT = "def area(width, height):\n    return width * height\n" * 8 + "naïve 中 😀"
SPECIALS = ["<|endoftext|>", "<|fim_prefix|>"]


def bpe_of(mode="code", specials=SPECIALS):
    counts = count_pretokens(pa.array([TEXT]), mode=mode)
    return train_bpe(counts, vocab_size=320, mode=mode, special_tokens=specials)


@pytest.mark.parametrize("mode", list(PATTERNS))
def test_the_stock_library_loads_it_and_gives_every_byte_back(tmp_path, mode):
    bpe = bpe_of(mode)
    save(bpe, tmp_path / "new" / "folder")
    stock = Tokenizer.from_file(str(tmp_path / "new" / "folder" / "tokenizer.json"))
    assert stock.get_vocab_size() == bpe.vocab_size
    text = TEXT + "\u0378\x00\r\n\u00a0"
    assert stock.decode(stock.encode(text).ids) == text


def test_special_tokens_are_special_and_come_last(tmp_path):
    bpe = bpe_of()
    save(bpe, tmp_path)
    stock = Tokenizer.from_file(str(tmp_path / "tokenizer.json"))
    assert [stock.token_to_id(token) for token in SPECIALS] == [bpe.vocab_size - 2, bpe.vocab_size - 1]
    added = json.loads((tmp_path / "tokenizer.json").read_text("utf-8"))["added_tokens"]
    assert all(token["special"] and not token["normalized"] for token in added)
    assert stock.encode_batch(["<|fim_prefix|>"])[0].ids == [bpe.vocab_size - 1]


def test_the_configuration_names_the_end_of_text_where_there_is_one(tmp_path):
    for folder, specials in (("with", SPECIALS), ("without", ["<|fim_prefix|>"])):
        save(bpe_of(specials=specials), tmp_path / folder)
    with_end, without = (
        json.loads((tmp_path / folder / "tokenizer_config.json").read_text("utf-8"))
        for folder in ("with", "without")
    )
    assert with_end["tokenizer_class"] == "PreTrainedTokenizerFast"
    assert with_end["eos_token"] == with_end["pad_token"] == "<|endoftext|>"
    assert "eos_token" not in without


def test_people_can_read_how_every_token_was_made(tmp_path):
    bpe = train_bpe(
        pa.table({"pretoken": [b" hug", b"hugs", b"pug"], "count": [10, 5, 5]}),
        vocab_size=260,
        mode="code",
        special_tokens=["<|endoftext|>"],
    )
    save(bpe, tmp_path)
    lines = (tmp_path / "merges.txt").read_text("utf-8").splitlines()[1:]
    assert lines[0] == "256\tug = u + g\t20"
    assert lines[-1] == "259\t<|endoftext|> (special)"
    assert len(lines) == len(bpe.merges) + 1


def test_the_same_vocabulary_gives_the_same_bytes(tmp_path):
    for folder in ("one", "two"):
        save(bpe_of(), tmp_path / folder)
    for name in ("tokenizer.json", "tokenizer_config.json", "merges.txt"):
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()


def test_a_folder_that_cannot_be_made_is_named(tmp_path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(StorageError, match=r"file/tokenizer.*\n.*another folder"):
        save(bpe_of(), tmp_path / "file" / "tokenizer")

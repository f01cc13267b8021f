import importlib.util
import json
from functools import lru_cache
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from tokenizers import Tokenizer

import naive_tokenize as naive
from codecorpus.cli import main
from codecorpus.errors import DataError, OutputError, StorageError, UsageError
from codecorpus.fim.sentinels import FAMILIES, family, special_tokens
from codecorpus.tokenize import PATTERNS, count_pretokens, export_tokenizer, load_encoder, save, train_bpe
from codecorpus.tokenize.export import ROLES, tokenizer_json

SPECIALS = special_tokens(family("qwen2.5-coder"))
TEXTS = [
    "def f(x):\n    return x  # <|fim_prefix|>\n",
    "getHTTPResponse2xx(a, b) {\r\n\t};\n",
    "naïve é中ж😀 \u0345'S 12345 'll 'ſ ",
    "",
    "x" * 300 + " " * 200 + "-" * 90,
]


def document_of(mode, size=700, specials=SPECIALS):
    texts = [
        Path(json.__file__).read_text("utf-8"),
        Path(lru_cache.__code__.co_filename).read_text("utf-8"),
        *TEXTS,
    ]
    counts = count_pretokens(pa.array(texts), mode=mode)
    return tokenizer_json(train_bpe(counts, vocab_size=size, mode=mode, special_tokens=specials))


@pytest.fixture(scope="module", params=list(PATTERNS))
def made(request, tmp_path_factory):
    """A tokenizer.json of each mode: its mode and its folder."""
    folder = tmp_path_factory.mktemp(request.param)
    (folder / "tokenizer.json").write_text(document_of(request.param), "utf-8")
    return request.param, folder


def our_ids(folder, texts):
    ids, offsets = load_encoder(folder).encode(pa.array(texts, pa.large_string()))
    return [part.tolist() for part in np.split(ids, offsets[1:-1])]


def loaded_tiktoken(folder):
    """What the written Python file makes, as a user runs it."""
    pytest.importorskip("tiktoken")
    spec = importlib.util.spec_from_file_location("written_encoding", folder / "tiktoken_encoding.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.encoding


# --- the same ids everywhere -------------------------------------------------------------------------------------------


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=naive.NASTY)
def test_tiktoken_gives_our_ids(made, tmp_path_factory, text):
    _, folder = made
    out = folder / "tiktoken"
    if not out.exists():
        export_tokenizer(folder, out, form="tiktoken")
    encoding = loaded_tiktoken(out)
    assert [encoding.encode_ordinary(one) for one in [text, *TEXTS]] == our_ids(folder, [text, *TEXTS])


def test_tiktoken_knows_the_special_tokens_and_every_id(made, tmp_path):
    _, folder = made
    export_tokenizer(folder, tmp_path / "out", form="tiktoken")
    encoding, ours = loaded_tiktoken(tmp_path / "out"), load_encoder(folder)
    assert encoding.n_vocab == ours.vocab_size
    for token in SPECIALS:
        assert encoding.encode(token, allowed_special="all") == [ours.token_id(token)]
    for number in range(ours.vocab_size):
        assert encoding.decode_bytes([number]) == ours.decode(np.array([number]))


def test_transformers_loads_the_folder_without_code_of_ours(made, tmp_path):
    transformers = pytest.importorskip("transformers", reason="transformers is no light dependency")
    _, folder = made
    export_tokenizer(folder, tmp_path / "out", form="hf")
    auto = transformers.AutoTokenizer.from_pretrained(tmp_path / "out", split_special_tokens=True)
    assert auto(TEXTS, add_special_tokens=False)["input_ids"] == our_ids(folder, TEXTS)
    assert auto.eos_token == "<|endoftext|>"
    assert auto.pad_token == "<|fim_pad|>"


def test_the_folder_for_transformers_has_the_file_as_it_is_and_a_configuration(made, tmp_path):
    _, folder = made
    written = export_tokenizer(folder / "tokenizer.json", tmp_path / "out", form="hf")
    assert [path.name for path in written] == ["tokenizer.json", "tokenizer_config.json"]
    assert written[0].read_bytes() == (folder / "tokenizer.json").read_bytes()
    assert json.loads(written[1].read_text("utf-8")) == {
        "tokenizer_class": "PreTrainedTokenizerFast",
        "clean_up_tokenization_spaces": False,
        "eos_token": "<|endoftext|>",
        "pad_token": "<|fim_pad|>",
    }


def test_gguf_has_every_token_its_kind_and_the_merges(tmp_path):
    gguf = pytest.importorskip("gguf")
    (tmp_path / "tokenizer.json").write_text(document_of("plain"), "utf-8")
    export_tokenizer(tmp_path, tmp_path / "it.gguf", form="gguf")
    fields = gguf.GGUFReader(tmp_path / "it.gguf").fields
    model = json.loads((tmp_path / "tokenizer.json").read_text("utf-8"))
    vocab = {**model["model"]["vocab"], **{token["content"]: token["id"] for token in model["added_tokens"]}}
    contents = {name: field.contents() for name, field in fields.items()}
    tokens = contents["tokenizer.ggml.tokens"]
    assert dict(zip(tokens, range(len(tokens)), strict=True)) == vocab
    assert contents["tokenizer.ggml.merges"] == [" ".join(pair) for pair in model["model"]["merges"]]
    assert [tokens[n] for n, kind in enumerate(contents["tokenizer.ggml.token_type"]) if kind == 3] == list(
        SPECIALS
    )
    assert contents["tokenizer.ggml.model"] == "gpt2"
    assert contents["tokenizer.ggml.pre"] == "llama-bpe"
    assert not contents["tokenizer.ggml.add_bos_token"]
    assert tokens[contents["tokenizer.ggml.eos_token_id"]] == "<|endoftext|>"


# --- families ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", list(FAMILIES))
def test_the_special_tokens_of_every_family_are_special_everywhere(tmp_path, name):
    row = family(name)
    (tmp_path / "tokenizer.json").write_text(document_of("code", 400, special_tokens(row)), "utf-8")
    export_tokenizer(tmp_path, tmp_path / "hf", form="hf")
    stock = Tokenizer.from_file(str(tmp_path / "hf" / "tokenizer.json"))
    config = json.loads((tmp_path / "hf" / "tokenizer_config.json").read_text("utf-8"))
    for token in special_tokens(row):
        (number,) = stock.encode(token, add_special_tokens=False).ids
        assert stock.decode([number], skip_special_tokens=True) == ""
    assert config["eos_token"] == row.end
    assert config.get("bos_token") == row.begin
    assert config["pad_token"] == (row.pad or row.end)


def test_the_roles_are_those_of_the_families():
    assert set(ROLES["eos_token"]) == {row.end for row in FAMILIES.values()}
    assert set(ROLES["bos_token"]) == {row.begin for row in FAMILIES.values()} - {None}
    assert set(ROLES["pad_token"]) == {row.pad for row in FAMILIES.values()} - {None}


# --- refused, and why --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("mode", ["code", "superword"])
def test_gguf_is_refused_for_a_regex_that_llama_cpp_does_not_have(tmp_path, mode):
    (tmp_path / "tokenizer.json").write_text(document_of(mode, 300), "utf-8")
    with pytest.raises(DataError, match=rf"text is cut by mode `{mode}`.*compiled into it\n.*--mode plain"):
        export_tokenizer(tmp_path, tmp_path / "it.gguf", form="gguf")
    assert not (tmp_path / "it.gguf").exists()


def test_gguf_is_refused_for_another_rule_for_digits(tmp_path):
    text = document_of("plain", 300).replace(r"\\p{N}{1,3}", r"\\p{N}")
    assert r"\\p{N}{1,3}" not in text
    (tmp_path / "tokenizer.json").write_text(text, "utf-8")
    with pytest.raises(DataError, match=r"text is cut by the regex .*\|\\p\{N\}\|"):
        export_tokenizer(tmp_path, tmp_path / "it.gguf", form="gguf")


def toy(merges, extra=()):
    """A tokenizer.json with these merges, each (left, right), and tokens that no merge makes."""
    document = json.loads(document_of("plain", 256 + len(SPECIALS)))
    vocab = document["model"]["vocab"]
    for token in [*(left + right for left, right in merges), *extra]:
        vocab.setdefault(token, len(vocab))
    document["model"]["merges"] = merges
    for number, token in enumerate(document["added_tokens"], start=len(vocab)):
        token["id"] = number
    return json.dumps(document)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        # abc is learned of ab and c, but bc is merged before ab: the text abc is a, bc
        (
            toy([["b", "c"], ["a", "b"], ["ab", "c"]]),
            "its merges never make token 258, abc, of that text alone",
        ),
        (toy([["a", "b"], ["b", "c"], ["ab", "c"], ["a", "bc"]]), "two merges make token 258"),
        (toy([["a", "b"]], ["xyz"]), "no merge makes token 257, xyz"),
        (
            toy([["b", "c"], ["a", "b"]]).replace('"bc": 256, "ab": 257', '"ab": 256, "bc": 257'),
            "token 256 is made after token 257",
        ),
    ],
)
def test_tiktoken_is_refused_where_ranks_say_less_than_merges(tmp_path, text, reason):
    (tmp_path / "tokenizer.json").write_text(text, "utf-8")
    with pytest.raises(DataError, match=reason):
        export_tokenizer(tmp_path, tmp_path / "out", form="tiktoken")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["tokenizer.json"]


def test_ranks_would_give_other_ids_where_they_are_refused(tmp_path):
    tiktoken = pytest.importorskip("tiktoken")
    (tmp_path / "tokenizer.json").write_text(toy([["b", "c"], ["a", "b"], ["ab", "c"]]), "utf-8")
    encoder = load_encoder(tmp_path)
    tokens = encoder.vocabulary.tokens.to_pylist()[:259]
    ranks = {token: number for number, token in enumerate(tokens)}
    theirs = tiktoken.Encoding("toy", pat_str=PATTERNS["plain"], mergeable_ranks=ranks, special_tokens={})
    assert theirs.encode_ordinary("abc") != our_ids(tmp_path, ["abc"])[0]


@settings(max_examples=150, deadline=None)
@given(words=naive.WORDS)
def test_what_is_not_refused_is_the_same_for_tiktoken(tmp_path_factory, words):
    tiktoken = pytest.importorskip("tiktoken")
    folder = tmp_path_factory.mktemp("words")
    save(train_bpe(naive.count_table(words), vocab_size=280, min_frequency=1, mode="superword"), folder)
    try:
        export_tokenizer(folder, folder / "out", form="tiktoken")
    except DataError:
        return
    encoding = loaded_tiktoken(folder / "out")
    assert isinstance(encoding, tiktoken.Encoding)
    texts = [word.decode() for word in words if word.isascii()] + [
        "abab" * 9,
        "aabba" * 7,
        "b" * 40 + "a" * 41,
    ]
    assert [encoding.encode_ordinary(text) for text in texts] == our_ids(folder, texts)


def test_what_is_asked_wrongly_is_said_and_nothing_is_written(tmp_path):
    (tmp_path / "tokenizer.json").write_text(document_of("plain", 300), "utf-8")
    with pytest.raises(UsageError, match=r"no form 'onnx'\nForms: hf, tiktoken, gguf"):
        export_tokenizer(tmp_path, tmp_path / "out", form="onnx")
    (tmp_path / "out").mkdir()
    with pytest.raises(OutputError, match=r"out: is there already"):
        export_tokenizer(tmp_path, tmp_path / "out", form="hf")
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(StorageError, match=r"cannot be written: .*directory"):
        export_tokenizer(tmp_path, tmp_path / "file" / "out", form="hf")
    with pytest.raises(DataError, match="No such file"):
        export_tokenizer(tmp_path / "none", tmp_path / "new", form="hf")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["file", "out", "tokenizer.json"]
    assert list((tmp_path / "out").iterdir()) == []


def test_the_command_writes_and_refuses(tmp_path, capsys):
    (tmp_path / "tokenizer.json").write_text(document_of("code", 300), "utf-8")
    arguments = ["tokenizer", "export", str(tmp_path), "--out", str(tmp_path / "new"), "--format"]
    with pytest.raises(SystemExit) as refused:
        main([*arguments, "gguf"])
    assert refused.value.code == 3
    assert "text is cut by mode `code`" in capsys.readouterr().err
    with pytest.raises(SystemExit) as written:
        main([*arguments, "tiktoken"])
    assert not written.value.code
    assert "new/ranks.tiktoken" in capsys.readouterr().out

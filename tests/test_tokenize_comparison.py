from __future__ import annotations

import dataclasses
import json
from itertools import pairwise
from pathlib import Path

import numpy as np
import polars as pl
import pyarrow as pa
import pytest
from tokenizers import Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers

import naive_compare as naive
from codecorpus.errors import DataError, UsageError
from codecorpus.tokenize import compare, encoder_of, load_encoder, train
from codecorpus.tokenize.alphabet import BYTE_IDS, CHARACTERS, to_text
from codecorpus.tokenize.comparison_rows import MEANINGS

DOCUMENTS = pa.table(
    {
        "content": ["def one():\n    return 1\n", "x = 2\n", "func main() {\n\t\treturn\n}\n", ""],
        "language": ["Python", "Python", "Go", None],
    }
)

#: Six repositories, three languages, text of every kind; files from 256 bytes on count among the files.
CORPUS = pa.table(
    {
        "repo_name": ["a", "a", "b", "c", "d", "e", "f", "f"],
        "path": ["x.py", "y.py", "x.py", "m.go", "n.go", "z.py", "read.md", "cafe.md"],
        "language": ["Python", "Python", "Python", "Go", "Go", "Python", "Markdown", "Markdown"],
        "content": [
            "def max_retries(self, httpServer):\n    return self.maxRetries + HTTPServer2\n" * 4,
            "x = 1\n",
            "class Reader:\n    def read_line(self):\n        return self.lines[-1]\n\n" * 5,
            "func main() {\n\tfor i := range items {\n\t\tfmt.Println(i, items[i])\n\t}\n}\n" * 4,
            'package main\n\nimport (\n\t"fmt"\n)\n' * 8,
            "for line in lines:\n    print(line.strip())\n" * 7,
            "# Read me\n\nSome words about it, and about café, naïveté and 中文.\n" * 5,
            "cafe\u0301 e\u0301 \ufb01\n" * 20,
        ],
    }
)
TRAINING = pa.table({"content": ["x = 1\nclass Reader:\n  return self.lines[-1]\n# Read me\n"]})

MERGES = [
    "re",
    "ret",
    "retu",
    "retur",
    "return",
    "in",
    "inn",
    " r",
    " return",
    "el",
    "sel",
    "self",
    "lin",
    "line",
    "  ",
    "    ",
    "\n ",
    " \n    ",
    "er",
    "Ser",
    "ead",
]

LONGER = [" self", "return self", "ma", "max", "max_", "max_r", "maxR", "e_", "e_l", ":\n", ":\n    "]


def tokenizer_file(path, merges, *, pattern, normalizer=None):
    """A tokenizer.json whose merges are known, byte-level and with one regex."""
    vocab = {character: int(BYTE_IDS[byte]) for byte, character in enumerate(CHARACTERS)}
    pairs = []
    for token in merges:
        text = to_text(token.encode())
        for cut in range(1, len(text)):
            if text[:cut] in vocab and text[cut:] in vocab and text not in vocab:
                pairs.append((text[:cut], text[cut:]))
                vocab[text] = len(vocab)
    tokenizer = Tokenizer(models.BPE(vocab, pairs))
    tokenizer.normalizer = normalizer
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(Regex(pattern), "isolated"),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
        ]
    )
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.save(str(path))
    return path


@pytest.fixture(scope="module")
def three(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tokenizers")
    return {
        "words": tokenizer_file(folder / "w.json", MERGES, pattern=r" ?\p{L}+|\s+|[^\s\p{L}]"),
        "lines": tokenizer_file(folder / "l.json", [*MERGES, *LONGER], pattern=r"[^\n]*\n"),
        "nfkc": tokenizer_file(
            folder / "n.json", MERGES[:9], pattern=r"\S+|\s+", normalizer=normalizers.NFKC()
        ),
    }


@pytest.fixture(scope="module")
def encoder():
    return train(DOCUMENTS, vocab_size=290, min_frequency=1).encoder


@pytest.fixture(scope="module")
def result(three):
    return compare(CORPUS, three, training=TRAINING)


def tokens_of(encoder, text):
    ids, _ = encoder.encode(pa.array([text], pa.large_string()))
    return [encoder.decode(ids[place : place + 1]) for place in range(len(ids))], ids.tolist()


def count_by_hand(encoder, first, texts):
    """The row of some texts, by the twins alone; a text is what its tokens spell."""
    cut = [tokens_of(encoder, text) for text in texts]
    tokens = [token for some, _ in cut for token in some]
    ids = [number for _, some in cut for number in some]
    spelled = [b"".join(some).decode() for some, _ in cut]
    touched = [naive.touches(text, some) for text, (some, _) in zip(spelled, cut, strict=True)]
    crossing, pairs, identifiers = map(sum, zip(*touched, strict=True))
    seen = naive.known_lines(TRAINING["content"].to_pylist())
    novel = [naive.novel(text, some, seen) for text, (some, _) in zip(spelled, cut, strict=True)]
    size = sum(len(text.encode()) for text in texts)
    long = [number for number, text in enumerate(texts) if len(text.encode()) >= 256]
    per_file = [len(texts[number].encode()) / len(cut[number][0]) for number in long]
    ratios = [len(tokens_of(first, texts[number])[0]) / len(cut[number][0]) for number in long]
    return {
        "documents": len(texts),
        "bytes": size,
        "tokens": len(tokens),
        "bytes_per_token": size / len(tokens),
        "ratio": sum(len(tokens_of(first, text)[0]) for text in texts) / len(tokens),
        "files": len(long),
        "file_median": naive.quantile(per_file, 0.5),
        "file_p5": naive.quantile(per_file, 0.05),
        "file_worst": min(per_file),
        "file_ratio_median": naive.quantile(ratios, 0.5),
        "file_ratio_p5": naive.quantile(ratios, 0.05),
        "file_ratio_worst": min(ratios),
        "tokens_per_identifier": pairs / identifiers,
        "crossing_token_share": crossing / len(tokens),
        "blank_token_share": sum(token.isspace() for token in tokens) / len(tokens),
        "vocabulary_used": len(set(ids)) / encoder.vocab_size,
        "renyi_efficiency": naive.renyi(ids, encoder.vocab_size),
        "lossless_documents": sum(a == b for a, b in zip(texts, spelled, strict=True)),
        "novel_bytes": sum(size for size, _ in novel),
        "novel_bytes_per_token": sum(size for size, _ in novel) / sum(count for _, count in novel),
    }


@pytest.mark.parametrize("language", ["Python", "Go", "Markdown", "all"])
@pytest.mark.parametrize("name", ["words", "lines", "nfkc"])
def test_every_figure_equals_a_count_by_hand(result, three, language, name):
    row = next(result.rows.filter(language=language, tokenizer=name).iter_rows(named=True))
    texts = [
        text
        for text, its in zip(CORPUS["content"].to_pylist(), CORPUS["language"].to_pylist(), strict=True)
        if language in ("all", its)
    ]
    expected = count_by_hand(load_encoder(three[name]), load_encoder(three["words"]), texts)
    assert {column: row[column] for column in expected} == pytest.approx(expected)


@pytest.mark.parametrize("name", ["words", "lines"])
def test_a_cut_costs_what_encoding_apart_costs(result, three, name):
    encoder = load_encoder(three[name])
    means = {}
    for language in ("Python", "Go", "Markdown"):
        extra, cuts = [0, 0], [0, 0]
        for text in CORPUS.filter(pa.compute.equal(CORPUS["language"], language))["content"].to_pylist():
            for kind, allowed in enumerate((naive.character_cuts(text), naive.line_cuts(text))):
                data = text.encode()
                value = 0xCBF29CE484222325
                for byte in data:
                    value = ((value ^ byte) * 0x100000001B3) % 2**64
                key = naive.mixed(value)
                if not allowed:
                    continue
                places = sorted({allowed[naive.mixed(key + n * naive.GOLDEN) % len(allowed)] for n in (1, 2)})
                borders = [0, *places, len(data)]
                pieces = [data[a:b].decode() for a, b in pairwise(borders)]
                apart = sum(len(tokens_of(encoder, piece)[0]) for piece in pieces)
                extra[kind] += apart - len(tokens_of(encoder, text)[0])
                cuts[kind] += len(places)
        row = next(result.rows.filter(language=language, tokenizer=name).iter_rows(named=True))
        means[language] = [extra[kind] / cuts[kind] for kind in (0, 1)]
        assert [row["character_cut_cost"], row["line_cut_cost"]] == pytest.approx(means[language])
    # All: a language weighs as much as it has documents.
    whole = next(result.rows.filter(language="all", tokenizer=name).iter_rows(named=True))
    weights = {"Python": 4, "Go": 2, "Markdown": 2}
    for kind, column in enumerate(("character_cut_cost", "line_cut_cost")):
        expected = sum(means[name][kind] * weight for name, weight in weights.items()) / 8
        assert whole[column] == pytest.approx(expected)


def test_the_figures_of_a_fixed_corpus_do_not_move(result):
    """`tests/comparison_golden.json`; a change there is a change of what is measured."""
    golden = json.loads(Path(__file__).with_name("comparison_golden.json").read_text())
    found = {"rows": result.rows.to_dicts(), "notes": list(result.notes)}
    assert found["notes"] == golden["notes"]
    assert len(found["rows"]) == len(golden["rows"]) == 12
    assert all(any(row[column] for row in golden["rows"]) for column in MEANINGS)  # no figure is 0 everywhere
    for row, expected in zip(found["rows"], golden["rows"], strict=True):
        assert row == pytest.approx(expected)


def test_equal_input_gives_equal_results_whatever_the_order_of_rows(result, three):
    again = compare(CORPUS, three, training=TRAINING)
    assert again.rows.equals(result.rows)
    assert again.snippets == result.snippets
    backwards = compare(CORPUS.take(list(range(len(CORPUS)))[::-1]), three, training=TRAINING)
    exact = [column for column, (kind, _) in MEANINGS.items() if kind is pl.Int64]
    assert backwards.rows.select(exact).equals(result.rows.select(exact))
    assert backwards.rows["character_cut_cost"].to_list() == result.rows["character_cut_cost"].to_list()
    assert backwards.snippets == result.snippets


def test_batches_do_not_move_a_figure(result, three, monkeypatch):
    monkeypatch.setattr("codecorpus.tokenize.comparison_inputs._BATCH_BYTES", 100)
    small = compare(CORPUS, three, training=TRAINING)
    for row, expected in zip(small.rows.to_dicts(), result.rows.to_dicts(), strict=True):
        assert row == pytest.approx(expected)


def test_a_normalizer_that_changes_text_is_named(result, three):
    rows = result.rows.filter(language="all")
    assert rows["lossless_documents"].to_list() == [8, 8, 7]
    assert (
        result.notes[0]
        == "nfkc does not give 1 document back byte for byte: its normalizer NFKC changes text."
    )
    assert result.tokenizers["normalizer"].to_list() == ["", "", "NFKC"]
    plain = compare(pa.table({"content": ["plain"]}), {"n": three["nfkc"]})
    assert "n has the normalizer NFKC, which changes none of these documents." in plain.notes


@pytest.mark.parametrize("steps", [[normalizers.NFC()], [normalizers.NFD(), normalizers.StripAccents()]])
def test_normalizers_in_a_sequence_are_named(tmp_path, steps):
    path = tokenizer_file(tmp_path / "t.json", [], pattern=r"\S+|\s+", normalizer=normalizers.Sequence(steps))
    result = compare(pa.table({"content": ["e\u0301", "plain"]}), {"t": path})
    assert result.tokenizers["normalizer"].item() == "+".join(type(step).__name__ for step in steps)
    assert result.rows["lossless_documents"].to_list() == [1]


def test_languages_with_the_most_bytes_come_first_and_all_last(result, encoder):
    assert result.table()["language"].to_list() == ["Python", "Markdown", "Go", "all"]
    rows = compare(DOCUMENTS, {"one": encoder}).rows
    assert rows["language"].to_list() == ["Python", "Go", "unknown", "all"]
    assert rows.filter(language="unknown")["bytes_per_token"].item() is None


def test_tokenizers_stand_side_by_side(encoder):
    bigger = train(DOCUMENTS, vocab_size=300, min_frequency=1)
    result = compare(DOCUMENTS, {"small": encoder, "big": encoder_of(bigger.bpe)})
    assert result.table().columns == ["language", "small", "big"]
    assert result.table("tokens").row(-1)[1:] == tuple(result.rows.filter(language="all")["tokens"].to_list())
    assert "<th>small</th>" in result._repr_html_()
    assert (
        result.files["tokens big"].sum()
        == result.rows.filter(language="all", tokenizer="big")["tokens"].item()
    )
    assert repr(result) == "TokenizerComparison(small, big; 4 documents)"
    assert list(result.as_json()) == ["tokenizers", "rows", "notes"]
    json.dumps(result.as_json(), allow_nan=False)
    with pytest.raises(dataclasses.FrozenInstanceError):
        result.notes = ()


def test_names_are_escaped_in_html(encoder):
    documents = pa.table({"content": ["x\n"], "language": ["<b>"]})
    assert "<b>" not in compare(documents, {"<b>": encoder})._repr_html_()


def test_an_interval_needs_five_repositories(result, encoder):
    rows = result.rows.filter(language="all")
    assert (rows["ratio_low"] <= rows["ratio"]).all()
    assert (rows["ratio"] <= rows["ratio_high"]).all()
    go = result.rows.filter(language="Go")
    assert go["repositories"].to_list() == [2, 2, 2]
    assert go["bytes_per_token_low"].to_list() == [None, None, None]
    one = pa.table({"content": ["x = 1\n"], "repo_name": ["a"]})
    assert compare(one, {"t": encoder}).notes == (
        "No intervals: the documents are from one repository, and 5 are needed.",
    )
    assert compare(one.drop(["repo_name"]), {"t": encoder}).notes == (
        "No intervals: the documents do not say which repository they are from.",
    )


def test_a_language_with_one_file_and_documents_alone(encoder):
    rows = compare(pa.table({"content": ["x = 1\n" * 60]}), {"t": encoder}).rows
    (row,) = rows.iter_rows(named=True)
    assert (row["language"], row["files"], row["worst_path"]) == ("all", 1, "document 0")
    assert row["file_median"] == row["file_p5"] == row["file_worst"] == row["bytes_per_token"]
    assert row["repositories"] is None


@pytest.mark.parametrize("contents", [[], ["", None]])
def test_no_text_gives_rows_without_figures(encoder, contents):
    table = pa.table(
        {"content": pa.array(contents, pa.string()), "repo_name": pa.array(["a"] * len(contents))}
    )
    result = compare(table, {"t": encoder}, training=table)
    (row,) = result.rows.iter_rows(named=True)
    assert (row["documents"], row["bytes"], row["tokens"]) == (len(contents), 0, 0)
    assert row["bytes_per_token"] is row["ratio"] is row["file_median"] is row["renyi_efficiency"] is None
    assert row["character_cut_cost"] is None
    assert result.snippets == ()
    assert "bytes per token" not in result._repr_html_()


def test_one_line_of_megabytes_is_compared(encoder, three):
    line = pa.table({"content": ["ab_cd " * 400_000, "x\n" * 200], "language": ["Text", "Text"]})
    result = compare(line, {"t": encoder, "w": three["words"]}, training=TRAINING)
    assert result.rows.filter(language="all")["lossless_documents"].to_list() == [2, 2]
    assert all(len(snippet.text) < 2000 for snippet in result.snippets)


def test_progress_counts_every_byte_for_every_tokenizer(three):
    seen = []
    compare(CORPUS, three, progress=lambda done, whole: seen.append((done, whole)))
    size = sum(len(text.encode()) for text in CORPUS["content"].to_pylist())
    assert seen[-1] == (3 * size, 3 * size)
    assert [done for done, _ in seen] == sorted({done for done, _ in seen})


def test_tables_of_other_kinds_give_the_same(result, three):
    frame = pl.from_arrow(CORPUS).with_columns(pl.col("language").cast(pl.Categorical))
    assert compare(frame, three, training=pl.from_arrow(TRAINING)).rows.equals(result.rows)
    chunks = pa.concat_tables([CORPUS[:3], CORPUS[3:3], CORPUS[3:]])
    binary = chunks.set_column(3, "content", chunks["content"].cast(pa.binary()))
    assert compare(binary, three, training=[TRAINING]).rows.equals(result.rows)


def test_a_language_called_all_is_not_the_row_of_all(encoder):
    rows = compare(pa.table({"content": ["x\n", "y\n"], "language": ["all", "Go"]}), {"t": encoder}).rows
    assert sorted(rows["language"].to_list()) == ["Go", "all", "all (language)"]


def test_mistakes_are_said(encoder, tmp_path):
    with pytest.raises(UsageError, match="no tokenizer"):
        compare(DOCUMENTS, {})
    with pytest.raises(UsageError, match="content"):
        compare(pa.table({"text": ["a"]}), {"one": encoder})
    with pytest.raises(UsageError, match="no text"):
        compare(pa.table({"content": [1]}), {"one": encoder})
    with pytest.raises(UsageError, match="no text"):
        compare(pa.table({"content": [b"\xff"]}), {"one": encoder})
    with pytest.raises(UsageError, match="content"):
        compare(DOCUMENTS, {"one": encoder}, training=pa.table({"text": ["a"]}))
    (tmp_path / "tokenizer.json").write_text("{}")
    for path in (tmp_path / "missing.json", tmp_path):
        with pytest.raises(DataError, match=r"^second: "):
            compare(DOCUMENTS, {"first": encoder, "second": path})


def test_an_encoder_of_another_make_is_compared():
    class Bytes:
        """One token for each byte, by the protocol alone."""

        vocab_size = 256
        id_type = np.dtype(np.uint16)

        def encode(self, contents):
            data = [np.frombuffer((text or "").encode(), np.uint8) for text in contents.to_pylist()]
            return np.concatenate([np.empty(0, np.uint16), *data]), np.cumsum([0, *map(len, data)])

        def decode(self, ids):
            return bytes(ids.tolist())

    rows = compare(DOCUMENTS, {"bytes": Bytes()}).rows.filter(language="all")
    assert rows["bytes_per_token"].item() == 1
    assert rows["lossless_documents"].item() == 4

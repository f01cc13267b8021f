from __future__ import annotations

import polars as pl
import pyarrow as pa
import pytest
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers

from codecorpus.errors import DataError, UsageError
from codecorpus.tokenize import compare, encoder_of, load_encoder, train

DOCUMENTS = pa.table(
    {
        "content": ["def one():\n    return 1\n", "x = 2\n", "func main() {\n\t\treturn\n}\n", ""],
        "language": ["Python", "Python", "Go", None],
    }
)


@pytest.fixture(scope="module")
def encoder():
    return train(DOCUMENTS, vocab_size=290, min_frequency=1).encoder


def test_every_figure_equals_a_count_by_hand(encoder):
    rows = {row["language"]: row for row in compare(DOCUMENTS, {"one": encoder}).rows.iter_rows(named=True)}
    assert list(rows) == ["Go", "Python", "unknown", "all"]
    for language, texts in {
        "Python": DOCUMENTS["content"].to_pylist()[:2],
        "all": DOCUMENTS["content"].to_pylist(),
    }.items():
        tokens = [encoder.decode(ids) for text in texts for ids in _each(encoder, text)]
        row = rows[language]
        assert row["tokens"] == len(tokens)
        assert row["bytes"] == sum(len(text.encode()) for text in texts)
        assert row["bytes_per_token"] == pytest.approx(row["bytes"] / row["tokens"])
        assert row["blank_token_share"] == pytest.approx(
            sum(token.isspace() for token in tokens) / len(tokens)
        )
        assert row["vocabulary_used"] == pytest.approx(len(set(tokens)) / encoder.vocab_size)
        assert row["changed_documents"] == 0
    assert rows["unknown"]["bytes_per_token"] is None


def _each(encoder, text):
    ids, _ = encoder.encode(pa.array([text], pa.large_string()))
    return [ids[place : place + 1] for place in range(len(ids))]


def test_a_normalizer_that_changes_text_is_counted(tmp_path):
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    lossy = Tokenizer(models.BPE({char: number for number, char in enumerate(alphabet)}, []))
    lossy.normalizer = normalizers.NFC()
    lossy.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    lossy.save(str(tmp_path / "tokenizer.json"))
    table = pl.DataFrame({"content": ["e\u0301", "plain"]})
    (row,) = compare(table, {"lossy": tmp_path}).rows.iter_rows(named=True)
    assert (row["language"], row["changed_documents"], row["documents"]) == ("all", 1, 2)


def test_tokenizers_stand_side_by_side(encoder):
    bigger = train(DOCUMENTS, vocab_size=300, min_frequency=1)
    result = compare(DOCUMENTS, {"small": encoder, "big": encoder_of(bigger.bpe)})
    assert result.table().columns == ["language", "small", "big"]
    assert result.table()["language"].to_list() == ["Go", "Python", "unknown", "all"]
    assert "<th>small</th>" in result._repr_html_()


def test_names_are_escaped_in_html(encoder):
    assert "<b>" not in compare(DOCUMENTS, {"<b>": encoder})._repr_html_()


def test_mistakes_are_said(encoder, tmp_path):
    with pytest.raises(UsageError, match="no tokenizer"):
        compare(DOCUMENTS, {})
    with pytest.raises(UsageError, match="content"):
        compare(pa.table({"text": ["a"]}), {"one": encoder})
    with pytest.raises(DataError):
        load_encoder(tmp_path / "missing.json")

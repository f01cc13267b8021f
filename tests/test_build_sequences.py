"""Rows of a run with everything that packing can do: repositories in order, paths, a mixture, a loss mask, other formats."""

import hashlib
import shutil
from pathlib import Path

import numpy as np
import polars as pl
import pytest

import codecorpus as cc
from codecorpus.errors import ConfigError, UsageError
from codecorpus.fim import family, inverse, segments, sentinel_ids
from codecorpus.formats import Facts
from codecorpus.tokenize import load_encoder
from naive_formats import READERS

EXAMPLES = Path(__file__).parents[1] / "examples" / "repos"
SETTINGS = {
    "sequence_length": 512,
    "tokenizer.vocab_size": 2000,
    "packing.context": "repository",
    "packing.readme_first": True,
    "packing.loss": "middle",
    "mixture.classes": {"documentation": 0.1, "*": 0.9},
    "mixture.max_repetition": 2,
    "formats": ["parquet", "mds", "numpy", "webdataset"],
}


def build(out, settings=SETTINGS, **options):
    return cc.build(EXAMPLES, out=out, settings=settings, progress=False, **options)


def bytes_of(out):
    return {
        str(path.relative_to(out)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(out.rglob("*"))
        if path.is_file() and "work" not in path.relative_to(out).parts[:1]
    }


@pytest.fixture(scope="module")
def corpus(tmp_path_factory):
    return build(tmp_path_factory.mktemp("sequences") / "out")


@pytest.fixture(scope="module")
def rows(corpus):
    table = corpus.sequences(["input_ids", "seq_lengths", "doc_ids", "parts", "loss_mask"])
    return table.to_dicts()


def test_every_account_holds(corpus):
    assert corpus.verify().problems == ()


def test_documents_are_in_the_rows_as_often_as_the_mixture_says(corpus, rows):
    """Byte for byte: every copy of every document that was taken, and none of those left out."""
    encoder = load_encoder(corpus.path / "tokenizer")
    row = family("qwen2.5-coder")
    ids = sentinel_ids(row, encoder.token_id, paths=True)
    texts = {}
    for one in rows:
        parts = inverse(
            np.array(one["input_ids"]), np.array(one["seq_lengths"]), one["parts"], family=row, sentinels=ids
        )
        for doc_id, part, tokens in zip(one["doc_ids"], one["parts"], parts, strict=True):
            texts.setdefault((doc_id, part["copy"]), []).append((part["part"], encoder.decode(tokens)))
    contents = dict(corpus.documents().select("doc_id", "content").iter_rows())
    for (doc_id, _), pieces in texts.items():
        assert b"".join(text for _, text in sorted(pieces)) == contents[doc_id].encode()
    left_out = set(corpus.decisions().filter(pl.col("code") == "CC701")["doc_id"])
    packed = {doc_id for doc_id, _ in texts}
    empty = {doc_id for doc_id, content in contents.items() if not content}
    assert left_out.isdisjoint(packed)
    assert left_out | packed | empty == set(contents)
    assert left_out


def test_samples_are_of_one_repository_and_begin_with_its_name(corpus, rows):
    encoder = load_encoder(corpus.path / "tokenizer")
    row = family("qwen2.5-coder")
    ids = sentinel_ids(row, encoder.token_id, paths=True)
    names = dict(corpus.documents().select("doc_id", "repo_name").iter_rows())
    paths = dict(corpus.documents().select("doc_id", "path").iter_rows())
    for one in rows:
        tokens, lengths = np.array(one["input_ids"]), np.array(one["seq_lengths"])
        found = segments(tokens, lengths, one["parts"], family=row, sentinels=ids)
        starts = np.cumsum([0, *lengths[:-1]])
        assert (tokens[starts] == ids.repo).all()
        for segment in found:
            text = encoder.decode(tokens[segment.start : segment.stop]).decode()
            doc_id = one["doc_ids"][segment.part]
            if segment.role == "name":
                assert text == names[doc_id] + "\n"
            if segment.role == "path":
                assert text.endswith("\n")
                assert (paths[doc_id] + "\n").endswith(text)  # of a long path the end is kept


def test_dependencies_stand_before_what_imports_them(tmp_path):
    repo = tmp_path / "repos" / "alpha"
    repo.mkdir(parents=True)
    (repo / "a_main.py").write_text("from b_middle import middle\n\n\ndef main():\n    return middle() + 1\n")
    (repo / "b_middle.py").write_text("from z_base import base\n\n\ndef middle():\n    return base() * 2\n")
    (repo / "z_base.py").write_text("def base():\n    return 21  # the base of all\n")
    (repo / "test_a_main.py").write_text(
        "from a_main import main\n\n\ndef test_main():\n    assert main() == 43\n"
    )
    (repo / "README.md").write_text("# Alpha\n\nThree modules that import each other, and a test.\n")
    settings = SETTINGS | {"mixture.classes": {}, "sequence_length": 1024, "filter.min_lines": 0}
    settings = {key: value for key, value in settings.items() if not key.startswith(("mixture", "filter"))}
    made = cc.build(tmp_path / "repos", out=tmp_path / "out", settings=settings, progress=False)
    [row] = made.sequences(["doc_ids", "seq_lengths"]).to_dicts()
    paths = dict(made.documents().select("doc_id", "path").iter_rows())
    assert [paths[doc_id] for doc_id in row["doc_ids"]] == [
        "README.md",
        "z_base.py",
        "b_middle.py",
        "a_main.py",
        "test_a_main.py",
    ]
    assert len(row["seq_lengths"]) == 1


def test_same_bytes_for_any_number_of_workers_and_after_an_interruption(corpus, tmp_path):
    build(tmp_path / "two", executor="processes", workers=2)
    assert bytes_of(tmp_path / "two") == bytes_of(corpus.path)
    # What a killed run leaves: some units are done, others are not.
    for stage in ("cut", "plan", "pack", "formats"):
        for folder in (tmp_path / "two" / "work" / stage).iterdir():
            shutil.rmtree(folder)
    (tmp_path / "two" / "manifest.json").unlink()
    build(tmp_path / "two")
    assert bytes_of(tmp_path / "two") == bytes_of(corpus.path)


@pytest.mark.parametrize("name", ["mds", "numpy", "webdataset"])
def test_formats_hold_the_rows(corpus, rows, name):
    facts = Facts(np.dtype(np.uint16), 2000, SETTINGS["sequence_length"], 0)
    found = list(READERS[name](corpus.path / "formats" / name, facts))
    assert len(found) == len(rows)
    for ours, theirs in zip(rows, found, strict=True):
        ids = theirs.get("tokens", theirs.get("input_ids"))
        assert list(ids)[: len(ours["input_ids"])] == ours["input_ids"]


def test_formats_that_are_asked_for_no_longer_are_removed(corpus, tmp_path):
    shutil.copytree(corpus.path, tmp_path / "run")
    build(tmp_path / "run", SETTINGS | {"formats": ["mds"]})
    assert [path.name for path in (tmp_path / "run" / "formats").iterdir()] == ["mds"]
    build(tmp_path / "run", SETTINGS | {"formats": ["parquet"]})
    assert not (tmp_path / "run" / "formats").exists()


def test_loss_mask_is_there_and_counts_less_than_all(rows):
    counted = sum(sum(row["loss_mask"]) for row in rows)
    assert 0 < counted < sum(len(row["loss_mask"]) for row in rows)


@pytest.mark.parametrize("method", ["concat", "none"])
def test_other_methods_pack_the_same_text(tmp_path, method):
    settings = {"sequence_length": 512, "tokenizer.vocab_size": 2000, "packing.method": method}
    made = build(tmp_path / "out", settings)
    assert made.verify().problems == ()
    stated = made.manifest["sequences"]
    full = stated["tokens"] / stated["sequence_length"]
    assert stated["rows"] == (-(-stated["tokens"] // 512) if method == "concat" else stated["parts"])
    assert full <= stated["rows"]


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"formats": ["megatrn"]}, "did you mean 'megatron'"),
        ({"formats": "megatrn"}, "did you mean 'megatron'"),
        ({"formats": ["megatron"], "packing.loss": "middle"}, "no place for a loss mask"),
        (
            {"packing.context": "repository", "fim.family": "codellama"},
            "'codellama' writes a file's path is not known",
        ),
        ({"mixture.languages": {"Pyton": 1.0}}, "Pyton"),
        ({"fim.spm_layout": "spm"}, "ambiguous"),
        ({"fim.rate": 1.5}, "fim.rate"),
        ({"fim.family": "qwen"}, "qwen2.5-coder"),
    ],
)
def test_mistakes_are_said_before_anything_is_read(tmp_path, settings, message):
    with pytest.raises(ConfigError) as caught:
        build(tmp_path / "out", settings)
    assert message in str(caught.value)
    assert not (tmp_path / "out").exists()


def test_shares_that_cannot_be_met_say_what_the_corpus_has(tmp_path):
    with pytest.raises(UsageError) as caught:
        build(tmp_path / "out", SETTINGS | {"mixture.tokens": 10_000_000, "mixture.max_repetition": 1})
    assert "10,000,000" in str(caught.value)

"""examples/repos has the properties that its table promises, and a build decides on them as it says."""

import tomllib
from pathlib import Path

import polars as pl
import pytest

import codecorpus as cc

ROOT = Path(__file__).resolve().parent.parent / "examples"
REPOS = ROOT / "repos"
EXPECTED = tomllib.loads((ROOT / "repos.expected.toml").read_text(encoding="utf-8"))
SHINGLE = 5


def shingles(text):
    """Set of token 5-grams: runs of identifier characters, and every other visible character on its own."""
    tokens, word = [], ""
    for character in text:
        if character.isalnum() or character == "_" or ord(character) > 127:
            word += character
            continue
        tokens += [word] * bool(word) + [character] * (not character.isspace())
        word = ""
    tokens += [word] * bool(word)
    return {tuple(tokens[at : at + SHINGLE]) for at in range(len(tokens) - SHINGLE + 1)}


def jaccard(first, second):
    one, other = (shingles((REPOS / path).read_text()) for path in (first, second))
    return len(one & other) / len(one | other)


def test_counts_are_as_stated():
    files = [path for path in REPOS.rglob("*") if path.is_file() and "__pycache__" not in path.parts]
    assert len(files) == EXPECTED["counts"]["files"]
    assert len(list(REPOS.iterdir())) == EXPECTED["counts"]["repositories"]
    assert sum(path.stat().st_size for path in files) < 250_000


def test_exact_duplicates_have_the_same_bytes():
    for pair in EXPECTED["exact"]:
        first, second = ((REPOS / path).read_bytes() for path in pair["paths"])
        assert first == second


def test_near_duplicates_are_as_alike_as_stated():
    for pair in EXPECTED["near"]:
        assert pair["jaccard"] <= jaccard(*pair["paths"]) < 1.0


def test_lookalikes_stay_below_every_usual_threshold():
    for pair in EXPECTED["distinct"]:
        assert 0.2 < jaccard(*pair["paths"]) < 0.6


@pytest.fixture(scope="module")
def corpus(tmp_path_factory):
    out = tmp_path_factory.mktemp("examples") / "corpus"
    settings = {"tokenizer.vocab_size": 1000, "sequence_length": 1024}
    return cc.build(REPOS, out=out, settings=settings, workers=1, executor="in-process", progress=False)


@pytest.fixture(scope="module")
def decisions(corpus):
    frame = corpus.decisions(["repo_name", "path", "code", "verdict", "stage"])
    return frame.with_columns(path=pl.concat_str("repo_name", "path", separator="/"))


@pytest.fixture(scope="module")
def kept(corpus):
    frame = corpus.documents()
    return frame.with_columns(path=pl.concat_str("repo_name", "path", separator="/"))


@pytest.mark.parametrize("case", EXPECTED["dropped"], ids=lambda case: case["path"])
def test_drops_what_the_table_says_for_its_reasons(case, decisions, kept):
    rows = decisions.filter((pl.col("path") == case["path"]) & (pl.col("verdict") == "dropped"))
    assert set(rows["code"]) & set(case["codes"]), f"{case['why']}; decided: {rows['code'].to_list()}"
    assert case["path"] not in kept["path"]


def test_every_file_is_kept_or_dropped(decisions, kept):
    dropped = decisions.filter(pl.col("verdict") == "dropped")["path"].unique()
    assert len(dropped) + len(kept) == EXPECTED["counts"]["files"]
    assert not set(dropped) & set(kept["path"])


@pytest.mark.parametrize("case", EXPECTED["redacted"], ids=lambda case: case["path"])
def test_planted_secrets_are_not_in_the_corpus(case, decisions, kept):
    rows = decisions.filter((pl.col("path") == case["path"]) & (pl.col("verdict") == "edited"))
    assert set(case["codes"]) <= set(rows["code"])
    (text,) = kept.filter(pl.col("path") == case["path"])["content"]
    assert [secret for secret in case["strings"] if secret in text] == []
    assert "STAGING_REGION=eu-north-1" in text


@pytest.mark.parametrize("kind", ["exact", "near"])
def test_one_of_a_pair_of_duplicates_stays(kind, decisions, kept):
    code = {"exact": "CC401", "near": "CC402"}[kind]
    for pair in EXPECTED[kind]:
        gone = decisions.filter(pl.col("path").is_in(pair["paths"]) & (pl.col("code") == code))
        assert len(gone) == 1
        assert len(set(pair["paths"]) & set(kept["path"])) == 1


def test_lookalikes_both_stay(kept):
    for pair in EXPECTED["distinct"]:
        assert set(pair["paths"]) <= set(kept["path"])


def test_other_encodings_are_read_as_text(kept):
    for case in EXPECTED["encoded"]:
        (row,) = kept.filter(pl.col("path") == case["path"]).to_dicts()
        assert row["src_encoding"] == case["encoding"]
        assert case["string"] in row["content"]


def test_control_strings_in_the_source_stay_in_the_text(kept):
    for case in EXPECTED["sentinels"]:
        (text,) = kept.filter(pl.col("path") == case["path"])["content"]
        assert [string for string in case["strings"] if string not in text] == []


def test_licences_are_known_by_repository(kept):
    found = {row["repo_name"]: row["detected_licenses"] or [] for row in kept.sort("path").to_dicts()}
    plain = {
        name: "".join(licences).removesuffix("-only").removesuffix("-or-later")
        for name, licences in found.items()
    }
    assert plain == EXPECTED["licences"]


def test_every_language_has_documents(kept):
    assert set(EXPECTED["languages"]["kept"]) <= set(kept["language"])

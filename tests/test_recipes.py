"""Recipes of published pipelines: each can be read, says where its limits are from, and does what its authors' rules do."""

from __future__ import annotations

import csv
import re
from importlib import resources

import polars as pl
import pytest
from click.testing import CliRunner

import codecorpus as cc
from codecorpus.cli import cli
from codecorpus.config import load_config
from codecorpus.errors import ConfigError
from codecorpus.filters import apply
from codecorpus.recipes import read_recipe, recipe_names
from codecorpus.rules import LIMITS
from test_filters_text import CODE, NUMBERS

LONGER = f"""{CODE}

def last(values, default=None):
    # The last of a list, or another value.
    for value in values:
        default = value
    return default
"""
PUBLISHED = sorted(set(recipe_names()) - {"default"})
TABLE = list(
    csv.DictReader((resources.files("codecorpus.recipes") / "starcoder.csv").read_text().splitlines())
)


def documents(*rows: dict[str, object]) -> pl.DataFrame:
    filled = [
        {
            "path": f"src/file{n}.py",
            "content": CODE,
            "language": "Python",
            "extension": "py",
            "star_events_count": 10,
            "detected_licenses": ["MIT"],
            "license_type": "permissive",
            **row,
        }
        for n, row in enumerate(rows)
    ]
    return pl.DataFrame(filled, infer_schema_length=None)


def test_the_recipes_of_the_issue_are_there():
    expected = {
        "starcoder",
        "opencoder",
        "redpajama",
        "nemo-curator",
        "data-juicer-stack",
        "the-stack-v2",
        "deepseek-coder",
    }
    assert expected == set(PUBLISHED)


@pytest.mark.parametrize("name", PUBLISHED)
def test_a_recipe_names_repository_file_and_commit(name):
    head = (resources.files("codecorpus.recipes") / f"{name}.toml").read_text().partition("[")[0]
    assert re.search(r"\w+/[\w-]+", head)
    assert re.search(r"\bat [0-9a-f]{7}\b", head)
    assert re.search(r"\.(?:py|yaml|md|csv)\b", head)


@pytest.mark.parametrize("name", [name for name in PUBLISHED if name != "starcoder"])
def test_a_recipe_of_others_does_not_apply_our_rules(name):
    """A limit that the recipe does not name is off, whatever the default recipe says."""
    values = read_recipe(name)["filter"]
    config = load_config(name).filter
    named = set(values) | {
        key
        for table in ("by_language", "by_extension")
        for limits in values.get(table, {}).values()
        for key in limits
    }
    for number, (_, limit) in enumerate(LIMITS):
        if limit.key not in named:
            assert config.limits_for("Python", "py")[number] is None, limit.key


@pytest.mark.parametrize("name", PUBLISHED)
def test_a_recipe_applies_to_a_table_and_keeps_some_code(name):
    result = apply(documents({"content": LONGER}, {"content": "x" * 3000}), name)
    assert result.kept["path"].to_list() == ["src/file0.py"]
    assert result.dropped.height == 1


def test_the_table_of_extensions_is_bigcodes():
    """305 rows are in their file, two of them empty."""
    assert len(TABLE) == 303
    assert sum(row["include"] == "1" for row in TABLE) == 267
    assert len({row["language"] for row in TABLE}) == 89


@pytest.mark.parametrize(
    ("extension", "content", "code"),
    [
        ("py", CODE, None),
        ("py", "x" * 1001 + "\n" + CODE * 40, "CC201"),
        ("csx", CODE, "CC231"),
        ("zzz", CODE, "CC231"),
        ("ads", NUMBERS, "CC222"),
        ("md", CODE, None),
    ],
)
def test_starcoder_judges_by_extension(extension, content, code):
    result = apply(documents({"extension": extension, "content": content}), "starcoder")
    codes = result.decisions.filter(pl.col("verdict") == "dropped")["code"].to_list()
    assert (code in codes) if code else (codes == [])


def test_a_table_beside_ones_own_recipe(tmp_path):
    (tmp_path / "limits.csv").write_text(
        "extension,include,max_line_length,note\npy,1,20,ours\nrb,0,,\ngo,1,,\n"
    )
    (tmp_path / "mine.toml").write_text('recipe = "default"\n[filter]\nextension_table = "limits.csv"\n')
    options = load_config(tmp_path / "mine.toml").filter
    assert options.extensions == ("go", "py")
    assert dict(options.by_extension) == {"py": {"max_line_length": 20.0}, "go": {"max_line_length": False}}
    (tmp_path / "limits.csv").write_text("extension,include,max_line_length\npy,1,many\n")
    with pytest.raises(ConfigError, match="'many' is no number"):
        load_config(tmp_path / "mine.toml")
    (tmp_path / "limits.csv").write_text("ext,max_line_length\npy,1\n")
    with pytest.raises(ConfigError, match="no column extension or include"):
        load_config(tmp_path / "mine.toml")
    (tmp_path / "limits.csv").unlink()
    with pytest.raises(ConfigError, match=r"limits\.csv"):
        load_config(tmp_path / "mine.toml")


def test_groups_of_languages_share_limits_and_a_language_wins(tmp_path):
    recipe = tmp_path / "mine.toml"
    recipe.write_text(
        "[filter.groups.wide]\nlanguages = ['Java', 'C#']\nmax_line_length = 200\n"
        "[filter.by_language.Java]\nmax_line_length = 300\n"
    )
    options = load_config(recipe).filter
    assert {name: dict(limits) for name, limits in options.by_language.items()} == {
        "Java": {"max_line_length": 300.0},
        "C#": {"max_line_length": 200.0},
    }
    recipe.write_text("[filter.groups.wide]\nmax_line_length = 200\n")
    with pytest.raises(ConfigError, match=r"groups\.wide: write the languages"):
        load_config(recipe)


@pytest.mark.parametrize(
    ("row", "codes"),
    [
        ({"content": CODE}, []),
        ({"content": NUMBERS}, ["CC222", "CC223", "CC240"]),
        ({"content": "x = 1\n" * 12}, ["CC215", "CC219", "CC220", "CC221"]),
        ({"content": CODE.replace("import math", "import math  # TODO fast path")}, ["CC237"]),
        ({"language": "Go", "extension": "go", "path": "a_test.go"}, []),
    ],
)
def test_opencoder_drops_what_its_rules_drop(row, codes):
    dropped = (
        apply(documents(row), "opencoder").decisions.filter(pl.col("verdict") == "dropped")["code"].to_list()
    )
    assert set(codes) <= set(dropped)
    if not codes and row.get("language") != "Go":
        assert dropped == []


def test_opencoder_flags_gos_tests_and_draws_no_lot():
    rows = documents(*[{"language": "Go", "extension": "go", "path": f"{n}_test.go"} for n in range(40)])
    first, second = apply(rows, "opencoder"), apply(rows, "opencoder")
    assert first.decisions.equals(second.decisions)
    flagged = first.decisions.filter(pl.col("code") == "CC238")
    assert flagged["verdict"].unique().to_list() == ["flagged"]
    assert flagged.height == 40


@pytest.mark.parametrize("name", PUBLISHED)
def test_a_build_by_recipe(name, repositories, tmp_path):
    corpus = cc.build([repositories], out=tmp_path / "out", recipe=name, workers=1)
    codes = set(corpus.decisions()["code"].to_list())
    assert ("CC215" in codes) == (name in {"opencoder", "data-juicer-stack"})
    assert ("CC231" in codes) == (name in {"starcoder", "deepseek-coder", "nemo-curator", "redpajama"})
    assert corpus.verify().ok


def test_the_command_builds_by_recipe(repositories, tmp_path):
    out = str(tmp_path / "out")
    result = CliRunner().invoke(
        cli, ["build", str(repositories), "--recipe", "opencoder", "--out", out, "--workers", "1"]
    )
    assert result.exit_code == 0, result.output
    assert "CC215" in cc.open(out).decisions()["code"].to_list()

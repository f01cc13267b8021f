from __future__ import annotations

import tomllib

import pytest

from codecorpus.config import Config, commented_toml, load_config, option_rows, parse_setting, recipe_names
from codecorpus.errors import ConfigError


def test_defaults_need_no_configuration():
    assert load_config() == Config()


def test_settings_win_over_a_file_and_the_file_over_its_recipe(tmp_path):
    path = tmp_path / "mine.toml"
    path.write_text('recipe = "default"\nsequence_length = 1024\n[dedup]\nthreshold = 0.9\n')
    config = load_config(path, {"dedup.threshold": 0.8})
    assert (config.sequence_length, config.dedup.threshold) == (1024, 0.8)


def test_all_mistakes_are_reported_at_once_each_with_its_key():
    settings = {"dedup.treshold": 0.5, "fim.rate": 2, "sequence_length": "long", "nonsense": 1}
    with pytest.raises(ConfigError) as error:
        load_config(settings=settings)
    lines = error.value.mistakes
    assert len(lines) == 4
    assert any(
        line.startswith("dedup.treshold: there is no such key; did you mean dedup.threshold?")
        for line in lines
    )
    assert any(line.startswith("fim.rate = 2: should be") for line in lines)
    assert any(line.startswith("sequence_length = 'long'") for line in lines)
    assert any(line.startswith("nonsense: there is no such key") for line in lines)


def test_a_bare_spm_is_refused_with_the_variants():
    with pytest.raises(ConfigError, match="spm-v2"):
        load_config(settings={"fim.spm_layout": "spm"})


def test_an_unknown_recipe_names_the_nearest():
    with pytest.raises(ConfigError, match="did you mean 'default'"):
        load_config("defalt")


def test_broken_toml_names_the_line(tmp_path):
    (tmp_path / "bad.toml").write_text("a = \n")
    with pytest.raises(ConfigError, match="line 1"):
        load_config(tmp_path / "bad.toml")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("a.b=1", 1),
        ("a.b=0.5", 0.5),
        ("a.b=true", True),
        ("a.b=['x']", ["x"]),
        ("a.b=plain text", "plain text"),
        ("a.b=", ""),
    ],
)
def test_a_setting_is_toml_where_it_can_be_else_a_string(text, value):
    assert parse_setting(text) == ("a.b", value)


def test_a_setting_without_a_value_is_a_mistake():
    with pytest.raises(ConfigError, match="key=value"):
        parse_setting("dedup.threshold")


def test_fingerprint_moves_with_any_value():
    assert load_config().fingerprint() == load_config().fingerprint()
    assert load_config().fingerprint() != load_config(settings={"seed": 1}).fingerprint()


def test_resolved_toml_reads_back_as_the_same_configuration():
    settings = {
        "dedup.threshold": 0.85,
        "licences.allow": ["permissive"],
        "filter.max_bytes": False,  # on by default: to leave it out would switch it on again
        "filter.by_language.C++.max_line_length": False,
    }
    config = load_config(settings=settings)
    assert config.filter.max_bytes is None
    values = tomllib.loads(config.to_toml())
    assert Config.model_validate(values) == config


@pytest.mark.parametrize("recipe", recipe_names())
def test_a_commented_file_reads_back_as_its_recipe(recipe, tmp_path):
    path = tmp_path / "codecorpus.toml"
    path.write_text(commented_toml(recipe))
    assert load_config(path) == load_config(recipe)


def test_every_key_has_a_description():
    assert [key for key, _, _, description in option_rows() if not description] == []


@pytest.mark.parametrize(
    ("key", "value", "said"),
    [
        ("licences.allow", ["MTI"], "did you mean 'MIT'"),
        ("licences.deny", ["GPL-2.0"], "write 'GPL-2.0-only'"),
        ("licences.deny", ["XPL-*"], "no SPDX id and no class"),
        ("filter.languages", ["Pyhton"], "did you mean 'Python'"),
        ("filter.by_language.Pyhton.max_line_length", 10, "did you mean 'Python'"),
        ("tokenizer.weights.Pyhton", 2, "did you mean 'Python'"),
    ],
)
def test_a_name_that_can_never_apply_is_a_mistake(key, value, said):
    with pytest.raises(ConfigError, match=said):
        load_config(settings={key: value})


def test_names_that_apply_are_taken():
    allowed = ["MIT", "gpl-*", "LicenseRef-Ours", "permissive", "no_license"]
    config = load_config(settings={"licences.allow": allowed, "filter.languages": ["Python", "C++"]})
    assert config.licences.allow == tuple(allowed)

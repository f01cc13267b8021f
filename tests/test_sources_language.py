"""Languages by name, extension, shebang and the few signs in a text."""

import pickle
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from codecorpus.errors import ExtraMissingError
from codecorpus.sources import detect_language, language_type, plan_sources
from codecorpus.sources.language import binary_tag, canonical_language, extension_of, language_table
from codecorpus.sources.options import SourceOptions


@pytest.mark.parametrize(
    ("path", "language"),
    [
        ("a.py", "Python"),
        ("a.PY", "Python"),
        ("a.pyi", "Python"),
        ("a.cpp", "C++"),
        ("a.C", "C++"),
        ("a.c", "C"),
        ("a.cs", "C#"),
        ("a.tsx", "TSX"),
        ("a.d.ts", "TypeScript"),
        ("a.mjs", "JavaScript"),
        ("a.ipynb", "Jupyter Notebook"),
        ("a.vue", "Vue"),
        ("a.kt", "Kotlin"),
        ("a.rs", "Rust"),
        ("a.md", "Markdown"),
        ("a.rst", "reStructuredText"),
        ("a.yml", "YAML"),
        ("a.sql", "SQL"),
        ("a.zsh", "Shell"),
        ("a.blade.php", "Blade"),
        ("deep/er/Dockerfile", "Dockerfile"),
        ("Dockerfile.dev", "Dockerfile"),
        ("Makefile.am", "Makefile"),
        ("CMakeLists.txt", "CMake"),
        ("go.mod", "Go Module"),
        ("Gemfile", "Ruby"),
        (".bashrc", "Shell"),
        ("LICENSE", "Text"),
        ("LICENSE-MIT", "Text"),
        ("config.h.in", "C"),
        ("a.unknown", None),
        ("unknown", None),
        ("", None),
        (".", None),
    ],
)
def test_by_name(path, language):
    assert detect_language(path, b"") == language


@given(st.text(max_size=20), st.binary(max_size=40))
@settings(max_examples=300, deadline=None)
def test_any_name_and_head_has_an_answer(path, head):
    language = detect_language(path, head)
    assert language is None or language_type(language) is not None
    assert "/" not in extension_of(path)


def test_the_table_is_consistent():
    table = language_table()
    assert len(table.types) >= 700
    assert set(table.types.values()) == {"programming", "markup", "data", "prose"}
    assert len({name.casefold() for name in table.types}) == len(table.types)
    for index in (table.extensions, table.names, table.interpreters, table.modes, table.renamed):
        assert set(index.values()) <= set(table.types)
    for signs in table.signs.values():
        assert {sign.language for sign in signs} <= set(table.types)
    assert all(re.fullmatch(r"[^\s/.][^\s/]*", extension) for extension in table.extensions)


def test_no_extension_or_name_stands_under_two_languages():
    import tomllib
    from importlib import resources

    data = tomllib.loads(resources.files("codecorpus.sources").joinpath("languages.toml").read_text())
    for field in ("extensions", "names", "interpreters"):
        keys = [key for language in data["languages"].values() for key in language.get(field, ())]
        assert len(keys) == len(set(keys)), field


def test_names_of_binary_formats_and_spellings():
    assert binary_tag("a/logo.PNG") == "png"
    assert binary_tag("logo.svg") is None
    assert canonical_language("c++") == "C++"
    assert canonical_language("Klingon") == "Klingon"
    assert (extension_of("a.tar.GZ"), extension_of("a."), extension_of("a b.c d"), extension_of(".x")) == (
        "gz",
        "",
        "",
        "",
    )


def test_an_extra_that_is_missing_is_said_before_the_run(tmp_path, monkeypatch):
    (tmp_path / "a.py").write_text("x = 1\n")
    monkeypatch.setattr("codecorpus.sources.model.find_spec", lambda name: None)
    with pytest.raises(ExtraMissingError, match=r"pip install 'codecorpus\[magika\]'") as error:
        plan_sources([tmp_path], SourceOptions(magika=True))
    assert error.value.exit_code == 2
    assert str(pickle.loads(pickle.dumps(error.value))) == str(error.value)


def test_the_model_is_asked_only_where_there_is_a_doubt(monkeypatch):
    asked = []

    def ask(head):
        asked.append(head)
        return "C++"

    monkeypatch.setattr("codecorpus.sources.model.ask_model", ask)
    monkeypatch.setattr(
        "codecorpus.sources.model.model_languages", lambda: frozenset(("C", "C++", "Objective-C"))
    )
    assert detect_language("a.py", b"x", magika=True) == "Python"
    assert detect_language("a.h", b"namespace a {", magika=True) == "C++"
    assert asked == []
    assert detect_language("a.h", b"int a;", magika=True) == "C++"
    assert detect_language("a.h", b"int a;") == "C"
    assert detect_language("unknown", b"int a;", magika=True) == "C++"
    assert detect_language("a.m", b"word", magika=True) == "Objective-C"  # C++ is none of the languages of .m
    assert len(asked) == 3
    assert detect_language("a.s", b"word", magika=True) == "Unix Assembly"  # which the model does not know
    assert len(asked) == 3


def test_the_model_knows_languages_by_our_names():
    pytest.importorskip("magika")
    python = b"import os\n\n\ndef main() -> None:\n    print(os.getcwd())\n" * 5
    assert detect_language("tool", python, magika=True) == "Python"
    assert detect_language("tool", python) is None
    assert detect_language("tool", b"words of prose and nothing else", magika=True) is None

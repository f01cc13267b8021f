"""Languages by name, extension, shebang and the few signs in a text."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from codecorpus.sources import detect_language, language_type
from codecorpus.sources.language import binary_tag, canonical_language, extension_of, language_table


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


@pytest.mark.parametrize(
    ("path", "head", "language"),
    [
        ("run", b"#!/usr/bin/env python3\nx", "Python"),
        ("run", b"#!/usr/bin/python3.11 -u\n", "Python"),
        ("run", b"#!/usr/bin/env -S node --flag\n", "JavaScript"),
        ("run", b"#! /bin/sh\n", "Shell"),
        ("run", b"#!/usr/bin/env perl\n", "Perl"),
        ("run", b"#!/usr/bin/nothing\n", None),
        ("run", b"#!" + b"\xff" * 20, None),
        ("run", b"# completion -*- shell-script -*-\n", "Shell"),
        ("run", b"// -*- mode: C++; tab-width: 4 -*-\n", "C++"),
        ("_git", b"#compdef git\n", "Shell"),
        ("a.py", b"#!/bin/sh\n", "Python"),
        ("a.h", b"struct a;\n", "C"),
        ("a.h", b"#include <stdio.h>\n", "C"),
        ("a.h", b"#include <vector>\n", "C++"),
        ("a.h", b"template <class T>\nstruct a;", "C++"),
        ("a.h", b"@interface A : NSObject\n", "Objective-C"),
        ("a.m", b"#import <Foundation/Foundation.h>\n", "Objective-C"),
        ("a.m", b"% adds\nfunction y = f(x)\n", "MATLAB"),
        ("a.pl", b"use strict;\n", "Perl"),
        ("a.pl", b":- module(a, [b/1]).\n", "Prolog"),
        ("a.ts", b"export const a = 1", "TypeScript"),
        ("a.ts", b'<?xml version="1.0"?><TS>', "XML"),
        ("a.v", b"module a(input b);\nendmodule\n", "Verilog"),
        ("a.v", b"Theorem a : True.\nProof. auto. Qed.", "Rocq Prover"),
        ("a.d", b"import std.stdio;\n", "D"),
        ("a.d", b"src/a.o: src/a.c a.h\n", "Makefile"),
        ("a.inc", b"<?php echo 1;", "PHP"),
        ("a.1", b'.TH A 1 "now"\n', "Roff"),
    ],
)
def test_by_what_stands_at_the_head(path, head, language):
    assert detect_language(path, head) == language


@given(st.text(max_size=20), st.binary(max_size=40))
@settings(max_examples=300, deadline=None)
def test_any_name_and_head_has_an_answer(path, head):
    language = detect_language(path, head)
    assert language is None or language_type(language) is not None
    assert "/" not in extension_of(path)


def test_the_table_is_consistent():
    table = language_table()
    assert len(table.types) >= 80
    assert set(table.types.values()) == {"programming", "markup", "data", "prose"}
    for index in (table.extensions, table.names, table.interpreters, table.modes):
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

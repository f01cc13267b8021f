"""Each rule keeps one document and drops another; decisions say why, and nothing is lost."""

from __future__ import annotations

import polars as pl
import pyarrow as pa
import pytest

from codecorpus.config import load_config, option_rows
from codecorpus.document import DECISIONS, MEASURES, SOURCE_DOCUMENTS
from codecorpus.errors import ConfigError, DataError
from codecorpus.filters import FilterOptions, LicenceOptions, SecretOptions, apply, decide
from codecorpus.filters import measure as measure_table
from codecorpus.filters.generated import find_generated, find_vendored
from codecorpus.parse import ParseOptions, measure
from codecorpus.rules import LIMITS, RULES
from codecorpus.rules.rule import DOCUMENT_COLUMNS
from codecorpus.rules.text import TEXT
from codecorpus.rules.tree import TREE
from codecorpus.rules.words import WORDS
from codecorpus.spdx import class_of_expression, ids_of, parse_expression

CODE = "def mean(values):\n    # of a list\n    return sum(values) / len(values)\n"


def documents(*rows: dict[str, object]) -> pa.Table:
    """Rows as documents; a row says only what matters to its test."""
    filled = [
        {
            "doc_id": index.to_bytes(16, "big"),
            "blob_id": "0" * 40,
            "repo_name": "repo",
            "path": f"src/file{index}.py",
            "content": CODE,
            "src_encoding": "UTF-8",
            "language": "Python",
            "extension": "py",
            **row,
        }
        for index, row in enumerate(rows)
    ]
    for row in filled:
        row["length_bytes"] = len(str(row["content"]).encode())
    return pa.Table.from_pylist(filled, schema=SOURCE_DOCUMENTS)


def judge(
    table: pa.Table,
    *,
    licences: LicenceOptions | None = None,
    secrets: SecretOptions | None = None,
    **limits: object,
):
    """Every rule but CC220: the documents of these tests repeat themselves."""
    measures = measure(table, ParseOptions()).table["measures"]
    return decide(
        table,
        measures,
        filter=FilterOptions(**{"max_repeated_10gram_share": None, **limits}),
        licences=licences or LicenceOptions(),
        secrets=secrets or SecretOptions(),
    )


WIDE = "x = '" + " ".join(f"word{n}" for n in range(200)) + "'\n"
LONG = "x = '" + "a b " * 300 + "'\n"
PAGE = "<html><body><p>" + "Words that a reader sees. " * 10 + "</p></body></html>"
XML = "<?xml version='1.0'?>\n<a><b>some text that is long enough for a data file</b></a>\n"

#: Rules whose examples stand in `test_filters_text.py`.
TEXT_RULES = {rule.code for rule in (*TEXT, *WORDS) if rule.code >= "CC213"}
# Their examples are in tests/rule_examples_*.py.
TREE_RULES = {rule.code for rule in TREE if rule.code >= "CC240"}

# A rule that needs more than a document and limits has a test of its own below.
# code, a document it keeps, a document it drops, limits, measured of the second
CASES = [
    ("CC101", {}, {"language": None}, {}, None),
    ("CC102", {}, {"language": "Ruby", "content": "x = 1"}, {"languages": ("Python",)}, None),
    (
        "CC201",
        {"content": "x" * 1000 + "\n" + "y\n" * 99},
        {"content": "x" * 1001 + "\n" + "y\n" * 99},
        {},
        1001.0,
    ),
    (
        "CC201",
        {"language": "Markdown", "content": LONG},
        {"language": "Markdown", "content": LONG.strip() * 2},
        {"max_paragraph_length": 1250},
        None,
    ),
    ("CC202", {"content": "x" * 100 + "\n"}, {"content": "x" * 101 + "\n"}, {}, 101.0),
    ("CC203", {}, {"content": "a" + "+" * 9 + "\n"}, {}, 1 / 11),
    ("CC204", {}, {"path": "app.min.js"}, {}, None),
    ("CC205", {"path": "src/vendored.py"}, {"path": "vendor/x/y.py"}, {}, None),
    ("CC206", {}, {"content": "x = 1\n"}, {"min_comment_share": 0.01}, 0.0),
    ("CC207", {}, {"content": "# only a comment" + ", again" * 20 + "\nx\n"}, {}, 156 / 159),
    ("CC208", {"language": "XML", "content": XML}, {"content": XML}, {}, None),
    (
        "CC209",
        {"language": "HTML", "content": PAGE},
        {"language": "HTML", "content": "<p id=x>a</p>" * 30},
        {},
        59 / 390,
    ),
    (
        "CC209",
        {"language": "HTML", "content": PAGE},
        {"language": "HTML", "content": "<p>Short page.</p>"},
        {},
        11.0,
    ),
    (
        "CC210",
        {"language": "JSON", "content": "[" + "1," * 40 + "1]"},
        {"language": "JSON", "content": "[1]"},
        {},
        3.0,
    ),
    (
        "CC210",
        {"language": "YAML", "content": "a: b\n" * 11},
        {"language": "YAML", "content": "a: b\n" * 1001},
        {},
        5005.0,
    ),
    ("CC211", {}, {"content": CODE * 20}, {"max_bytes": 1000}, float(20 * len(CODE))),
    ("CC212", {}, {"content": "} this is ( not @@ python { at all ]]\n"}, {}, None),
]


@pytest.mark.parametrize(
    ("code", "kept", "dropped", "limits", "measured"),
    CASES,
    ids=[f"{case[0]}-{n}" for n, case in enumerate(CASES)],
)
def test_a_rule_keeps_one_document_and_drops_another(code, kept, dropped, limits, measured):
    result = judge(documents(kept, dropped), **limits)
    assert result.kept.to_pylist() == [True, False]
    rows = [row for row in result.decisions.to_pylist() if row["code"] == code]
    assert rows
    assert all(row["verdict"] == "dropped" and row["stage"] == "filter" for row in rows)
    assert {row["doc_id"][-1] for row in rows} == {1}
    if measured is not None:
        assert measured in [pytest.approx(row["measured"]) for row in rows]
        assert all(row["limit"] is not None for row in rows)


def test_every_rule_of_the_filters_has_a_case_and_an_option():
    judged = {code for code in RULES if code[2] in "23"} | {"CC101", "CC102", "CC104"}
    own_tests = {"CC104", "CC301", "CC311", "CC312"} | TEXT_RULES | TREE_RULES
    assert {case[0] for case in CASES} | own_tests == judged
    keys = {key for key, *_ in option_rows()}
    for code in judged:
        assert RULES[code].options, code
        assert set(RULES[code].options) <= keys, code


def test_every_limit_has_a_measure_and_a_side():
    assert len({limit.key for _, limit in LIMITS}) == len(LIMITS)
    for _, limit in LIMITS:
        assert limit.key.startswith(("min_", "max_")), limit.key
        assert limit.measure in {*MEASURES, *DOCUMENT_COLUMNS}, limit.key
        assert not (limit.languages and limit.exempt), limit.key


def test_limits_of_a_language_and_of_an_extension():
    """The extension's limit wins over the language's, and that over the general one; false is off."""
    table = documents(
        {"content": "x" * 50 + "\n"},
        {"content": "x" * 50 + "\n", "language": "Ruby"},
        {"content": "x" * 50 + "\n", "language": "Ruby", "extension": "rake"},
        {"content": "x" * 50 + "\n", "language": "Ruby", "extension": "gemspec"},
    )
    result = judge(
        table,
        max_line_length=40,
        by_language={"Ruby": {"max_line_length": False}},
        by_extension={"rake": {"max_line_length": 49}, "gemspec": {"max_mean_line_length": 10}},
    )
    rows = [(row["doc_id"][-1], row["code"], row["limit"]) for row in result.decisions.to_pylist()]
    assert rows == [(0, "CC201", 40.0), (2, "CC201", 49.0), (3, "CC202", 10.0)]


def test_a_limit_may_be_set_for_a_language_that_is_exempt_from_it():
    table = documents({"language": "Markdown", "content": LONG})
    assert judge(table).kept.to_pylist() == [True]
    assert judge(table, by_language={"Markdown": {"max_line_length": 1000}}).kept.to_pylist() == [False]


def test_an_unknown_limit_of_a_language_names_the_nearest():
    with pytest.raises(
        ConfigError, match=r"by_language\.Ruby\.max_line_lenght.*did you mean max_line_length"
    ):
        load_config(settings={"filter.by_language.Ruby.max_line_lenght": 3})


def test_each_failing_rule_has_its_row_and_rows_stand_in_order():
    result = judge(documents({"path": "vendor/a.min.js", "content": "+" * 1001}, {}, {"language": None}))
    found = [(row["doc_id"][-1], row["code"]) for row in result.decisions.to_pylist()]
    assert found == [
        (0, "CC201"),
        (0, "CC202"),
        (0, "CC203"),
        (0, "CC204"),
        (0, "CC205"),
        (0, "CC212"),
        (0, "CC602"),
        (2, "CC101"),
    ]
    assert result.decisions.schema == DECISIONS


def test_a_rule_that_is_failed_twice_has_one_row():
    """Four visible characters: too small a share of the page and too few of them (both CC209)."""
    result = judge(documents({"language": "HTML", "content": "<p id=abc class=def>Four</p>"}))
    assert result.decisions["code"].to_pylist() == ["CC209"]
    assert result.decisions["detail"].to_pylist() == ["visible_text_share"]


def test_everything_can_be_switched_off():
    table = documents({"path": "vendor/a.min.js", "content": "+" * 2000}, {"language": None})
    off = {
        name: None for name, field in FilterOptions.model_fields.items() if "None" in str(field.annotation)
    }
    flags = {name: False for name, field in FilterOptions.model_fields.items() if field.annotation is bool}
    result = judge(table, **off, **flags)
    assert result.kept.to_pylist() == [True, True]
    assert result.table["is_vendor"].to_pylist() == [True, False]
    assert result.table["is_generated"].to_pylist() == [True, False]


@pytest.mark.parametrize(("drop", "verdict"), [(False, "flagged"), (True, "dropped")])
def test_what_could_not_be_measured_is_said_and_dropped_only_on_request(drop, verdict):
    table = documents({"content": "# only a comment\nx\n"}, {"language": "Makefile", "content": "all:\n"})
    measures = measure(table, ParseOptions(max_bytes=1))
    assert measures.decisions["code"].to_pylist() == ["CC103"]
    options = FilterOptions(drop_unmeasured=drop, min_comment_share=0.01)
    result = decide(
        table,
        measures.table["measures"],
        filter=options,
        licences=LicenceOptions(),
        secrets=SecretOptions(),
    )
    assert result.kept.to_pylist() == [not drop, True]
    (row,) = result.decisions.to_pylist()
    assert (row["code"], row["verdict"]) == ("CC104", verdict)
    assert {"CC206", "CC207", "CC212"} <= set(row["detail"].split(", "))
    assert row["measured"] == len(row["detail"].split(", "))


def test_c_is_not_dropped_for_macros():
    assert judge(
        documents({"language": "C", "content": "SEC(a) MACRO { ))) foo bar } ]] @@"})
    ).kept.to_pylist() == [True]


def test_a_recipe_by_name():
    table = documents(
        {"content": "x = 1\n"},
        {"path": "vendor/a.py"},
        {"language": "XML", "content": "<a>" + "b c\n" * 1600 + "</a>"},
        {"language": "JSON", "content": "[" + "1," * 6000 + "1]"},
    )
    frame = pl.DataFrame(pl.from_arrow(table))
    assert apply(frame, "starcoder").kept["doc_id"].to_list() == [bytes(15) + b"\1", bytes(15) + b"\2"]
    assert apply(frame).kept["doc_id"].to_list() == [bytes(16)]
    with pytest.raises(ConfigError, match="did you mean 'starcoder'"):
        apply(frame, "starcodr")


@pytest.mark.parametrize(
    "head",
    [
        "// Code generated by protoc-gen-go. DO NOT EDIT.\npackage a\n",
        "#!/usr/bin/env python\n# This file was automatically generated by SWIG\n",
        "/**\n * @generated\n */\n",
        "/* A Bison parser, made by GNU Bison 3.0.4.  */\n",
        "# Autogenerated by Thrift Compiler (0.9.3)\n",
        "# Generated by Django 4.2 on 2024-01-01\n",
        "/*\n * Licensed to nobody.\n */\n// AUTO-GENERATED FILE. DO NOT MODIFY.\n",
        "// Generated by the protocol buffer compiler.  DO NOT EDIT!\n",
        "// Generated by the gRPC C++ plugin.\n",
        "/* automatically generated by rust-bindgen 0.59.2 */\n",
        "/* The following code was generated by JFlex 1.4.3 on 1/1/20 */\n",
        "// This is a generated file. Not intended for manual editing.\n",
        "#\n# DO NOT MODIFY!!!!\n# This file is automatically generated by Racc 1.4.14\n",
        "// GENERATED CODE - DO NOT MODIFY BY HAND\n",
        "//------\n// <auto-generated>\n//  x\n",
        "# Generated by roxygen2: do not edit by hand\n",
        "/* parser generated by jison 0.4.18 */\n",
        "// Generated by Haxe 4.2.5\n",
        "/* ANSI-C code produced by gperf version 3.1 */\n",
        "#! /bin/sh\n# Guess values for system-dependent variables.\n# Generated by GNU Autoconf 2.69 for a 1.\n",
        "# Makefile.in generated by automake 1.16.1 from Makefile.am.\n",
        "/* src/config.h.in.  Generated from configure.ac by autoheader.  */\n",
        "// Generated using SwiftGen - by O.Halligon\n",
    ],
)
def test_marks_of_generators_are_found(head):
    flags, details = find_generated(pa.array(["a"]), pa.array([head], pa.large_string()))
    assert flags.tolist() == [True]
    assert details[0]


@pytest.mark.parametrize(
    "head",
    [
        '"""Finds files that were generated by a compiler."""\n',
        "import a\nimport b\n\nprint('// Code generated by x. DO NOT EDIT.')\n",
        "use strict;\nmy $c = 1;\nprint <<EOF;\n// Code generated by the command above; DO NOT EDIT.\nEOF\n",
        "# The ids are generated automatically.\n",
        "x = 1\n" * 300 + "# Code generated by x. DO NOT EDIT.\n",
        "# How the parser generated by jison is tested.\n",
        "// Whether a file was generated by protoc is told by its head.\n",
        "# Tests of the code that autoconf generated.\n",
        "// <auto-generatedness> is a word\n",
    ],
)
def test_talk_about_generators_is_not_a_mark(head):
    assert find_generated(pa.array(["a"]), pa.array([head], pa.large_string()))[0].tolist() == [False]


@pytest.mark.parametrize(
    ("path", "content"),
    [
        ("a.java", 'package a;\n\nimport b.C;\nimport d.E;\n\n@Generated("x")\npublic class A {}\n'),
        ("a.cs", "namespace A {\n using B;\n [System.CodeDom.Compiler.GeneratedCode(1)]\n"),
        ("a.g.java", "class A {}\n"),
        ("P.java", "/* Generated By:JavaCC: Do not edit this line. P.java */\n"),
        ("P.py", "# Generated from P.g4 by ANTLR 4.9\n"),
        ("a.h", "/* DO NOT EDIT THIS FILE - it is machine generated */\n#include <jni.h>\n"),
        ("a.c", "/* Generated by Cython 0.29 */\n"),
        ("a.c", "unsigned char a_png[] = {\n  0x89, 0x50\n"),
        ("a.c", "/* GIMP RGB C-Source image dump (a.c) */\n"),
        ("a.js", '"use strict";\nObject.defineProperty(exports, "__esModule", { value: true });\n'),
        ("a.js", "var a = 1;\nfunction _interopRequireDefault(obj) { return obj; }\n"),
        ("a.js", "// Generated by CoffeeScript 1.12.7\n"),
        ("a.js", "/******/ (() => { // webpackBootstrap\n"),
        ("a.css", "a { b: c }\n" * 900 + "/*# sourceMappingURL=a.css.map */\n"),
        ("x.map", '{"version":3,"sources":[]}'),
        ("a.cs.meta", "fileFormatVersion: 2\nguid: 0123\n"),
        ("a.yml", "http_interactions:\n- request:\n" + "  a: b\n" * 900 + "recorded_with: VCR 6.0.0\n"),
        ("a.test.js.snap", "// Jest Snapshot v1, https://goo.gl/fbAQLP\n"),
        ("a.mod", "GFORTRAN module version '10' created from a.f90\n"),
        ("a.dsp", "# Microsoft Developer Studio Project File\n"),
        ("a.xml", '<?xml version="1.0"?>\n<doc>\n  <assembly>\n    <name>A</name>\n'),
        ("a.html", "<html>\n<head>\n<!-- Generated by javadoc (17) on Mon Jan 01 -->\n"),
        ("a.html", '<html>\n<head>\n<meta name="generator" content="Docutils 0.17: http://d/">\n'),
        ("a.html", "<!-- Generated by Doxygen 1.8.17 -->\n"),
        ("git.1", '\'\\" t\n.\\"     Title: git\n.\\"    Author: x\n.\\" Generator: DocBook XSL\n'),
        ("a.eps", "%!PS\n%%Creator: cairo 1.14.6\n"),
        ("a.rd", "% Generated by roxygen2: do not edit by hand\n"),
        ("a.yy", '{\n  "id": "1",\n  "modelName": "GMSprite",\n'),
    ],
)
def test_fixed_marks_of_tools_are_found_in_their_files_and_in_no_others(path, content):
    contents = pa.array([content], pa.large_string())
    assert find_generated(pa.array([path]), contents)[0].tolist() == [True]
    if (
        not path.endswith((".rd", ".h", ".c", ".java", ".py", "coffee.js", ".snap"))
        and "Generated by" not in content
    ):
        assert find_generated(pa.array(["notes.txt"]), contents)[0].tolist() == [False]


@pytest.mark.parametrize(
    ("path", "content"),
    [
        ("a.js", "test(\"adds Object.defineProperty(exports, '__esModule')\", () => {});\n"),
        ("a.js", "//# sourceMappingURL is what we write below\n" + "f();\n" * 900),
        ("a.java", "// the @Generated( annotation is written by the processor\nclass A {}\n"),
        ("a.html", '<html><head><meta name="generator" content="me, by hand">\n'),
        ("a.html", "<p>This page is about what is generated by Doxygen</p>\n"),
        ("a.yml", "recorded_with: VCR 6.0.0\n" + "a: b\n" * 900),
        ("a.xml", "<doc>\n<p>assembly</p>\n"),
        ("a.c", "unsigned char a[] = { 1, 2, 3 };\n"),
        ("tool.1", ".TH TOOL 1\n.SH NAME\ntool \\- says what was automatically generated\n"),
        ("a.meta", "fileFormatVersion is a key\n"),
        ("a.mod", "module a\n\ngo 1.20\n"),
    ],
)
def test_talk_about_tools_is_not_their_mark(path, content):
    assert find_generated(pa.array([path]), pa.array([content], pa.large_string()))[0].tolist() == [False]


@pytest.mark.parametrize(
    ("path", "generated", "vendored"),
    [
        ("package-lock.json", True, False),
        ("api/user_pb2.py", True, False),
        ("src/mean.py", False, False),
        ("web/node_modules/a/index.js", False, True),
        ("lib/Third_Party/zlib.c", False, True),
        ("static/js/jquery-3.6.0.js", False, True),
        ("jquery-3.6.0.js", False, False),
        ("src/externals/Module.js", False, False),
        ("third-party/a.c", False, True),
        ("vendors.py", False, False),
        ("App.xcodeproj/project.pbxproj", True, False),
        ("Form1.Designer.vb", True, False),
        ("a/Login.feature.cs", True, False),
        ("ios/a.pbobjc.m", True, False),
        ("lib/a.g.dart", True, False),
        ("fbs/monster_generated.h", True, False),
        (".idea/workspace.xml", True, False),
        ("infra/.terraform.lock.hcl", True, False),
        ("a.dist-info/METADATA", True, False),
        ("a.dist-info/licenses/LICENSE", False, False),
        ("lock.json", False, False),
        ("src/generated_by.py", False, False),
        ("designer.cs", False, False),
        ("js/vendor.js", False, False),
        ("doc/MathJax/config.js", False, True),
        ("public/css/font-awesome.min.css", True, True),
        ("assets/bootstrap-theme.css", False, True),
        ("web/styles/animate.css", False, True),
        ("tools/cpplint.py", False, True),
        ("android/gradle/wrapper/gradle-wrapper.properties", False, True),
        ("packages/NUnit.2.6.4/lib/a.xml", False, True),
        ("packages/core/a.ts", False, False),
        ("js/jquery.ui.widget.js", False, True),
        ("js/chart.js", False, False),
        ("scss/foundation.scss", False, False),
        ("missing/a.py", False, False),
    ],
)
def test_paths_of_generators_and_vendors(path, generated, vendored):
    paths = pa.array([path])
    assert find_generated(paths, pa.array([""], pa.large_string()))[0].tolist() == [generated]
    assert find_vendored(paths).tolist() == [vendored]


LICENSED = documents(
    {"detected_licenses": ["MIT"], "license_type": "permissive"},
    {"detected_licenses": ["MIT", "GPL-3.0-only"], "license_type": "copyleft"},
    {"detected_licenses": [], "license_type": "no_license"},
    {"detected_licenses": None, "license_type": None},
)


@pytest.mark.parametrize(
    ("allow", "deny", "kept"),
    [
        (None, (), [True, True, True, True]),
        (("permissive",), (), [True, False, False, False]),
        (("mit",), (), [True, False, False, False]),
        (("MIT", "GPL-*"), (), [True, True, False, False]),
        (("permissive", "unknown"), (), [True, False, False, True]),
        (None, ("GPL-*",), [True, False, True, True]),
        (("permissive", "copyleft"), ("copyleft",), [True, False, False, False]),
    ],
)
def test_licence_policy(allow, deny, kept):
    result = judge(LICENSED, licences=LicenceOptions(allow=allow, deny=deny))
    assert result.kept.to_pylist() == kept
    assert set(result.decisions["code"].to_pylist()) <= {"CC301"}
    assert result.decisions.num_rows == kept.count(False)


@pytest.mark.parametrize(
    ("expression", "allow", "deny", "kept"),
    [
        ("MIT OR GPL-3.0-only", ("MIT",), (), True),
        ("MIT AND GPL-3.0-only", ("MIT",), (), False),
        ("MIT OR GPL-3.0-only", None, ("GPL-*",), True),
        ("MIT AND GPL-3.0-only", None, ("GPL-*",), False),
        ("MIT OR GPL-3.0-only", None, ("copyleft",), True),
        ("GPL-3.0-only AND LicenseRef-Ours", None, ("copyleft",), False),
        ("GPL-3.0-only AND LicenseRef-Ours", ("copyleft",), (), False),
        ("MIT OR GPL-3.0-only", ("permissive",), ("MIT",), False),
        ("MIT OR ISC", ("permissive",), ("MIT",), True),
        ("(MIT OR GPL-3.0-only) AND ISC", ("permissive",), (), True),
        ("GPL-2.0-only WITH Classpath-exception-2.0", ("GPL-2.0-only",), (), True),
        ("LicenseRef-Ours", ("unknown",), (), True),
    ],
)
def test_the_policy_knows_alternatives(expression, allow, deny, kept):
    terms = parse_expression(expression)
    row = {"detected_licenses": ids_of(terms), "license_type": class_of_expression(terms)}
    table = documents(row).append_column("license_expression", pa.array([expression]))
    result = judge(table, licences=LicenceOptions(allow=allow, deny=deny))
    assert result.kept.to_pylist() == [kept]
    assert result.decisions["code"].to_pylist() == ([] if kept else ["CC301"])
    assert kept or result.decisions["detail"][0].as_py()


MAIL = CODE + "# ask ada@lovelace.org\n"


@pytest.mark.parametrize(
    ("action", "verdict", "kept"),
    [("redact", "edited", True), ("drop", "dropped", False), ("keep", "flagged", True)],
)
def test_what_becomes_of_personal_data(action, verdict, kept):
    result = judge(documents({"content": MAIL}, {}), secrets=SecretOptions(personal_data=action))
    assert result.kept.to_pylist() == [kept, True]
    (row,) = result.decisions.to_pylist()
    assert (row["code"], row["verdict"], row["measured"], row["detail"]) == (
        "CC312",
        verdict,
        1.0,
        f"e-mail address: 1 at line 4 [{MAIL.index('ada')}:{MAIL.index('ada') + 16}]",
    )
    expected = CODE + "# ask <EMAIL>\n" if action == "redact" else None
    assert result.table["content"].to_pylist() == [expected, None]


def test_dropped_documents_are_not_redacted():
    result = judge(documents({"content": MAIL, "path": "vendor/a.py"}))
    assert result.table["content"].to_pylist() == [None]
    assert result.decisions["code"].to_pylist() == ["CC205"]


def test_a_batch_may_be_sliced_and_chunked():
    table = documents({"language": None}, {"content": MAIL}, {}, {"path": "vendor/a.py"})
    measures = measure(table, ParseOptions()).table["measures"]
    options = {"filter": FilterOptions(), "licences": LicenceOptions(), "secrets": SecretOptions()}
    whole = decide(table, measures, **options)
    chunked = pa.concat_tables([table.slice(0, 1), table.slice(1, 3)])
    again = decide(
        chunked,
        pa.chunked_array([measures.combine_chunks().slice(0, 3), measures.combine_chunks().slice(3)]),
        **options,
    )
    assert again.table.equals(whole.table)
    assert again.decisions.equals(whole.decisions)
    part = decide(table.slice(1, 3), measures.slice(1, 3), **options)
    assert part.kept.to_pylist() == whole.kept.to_pylist()[1:]


def test_an_empty_batch():
    table = SOURCE_DOCUMENTS.empty_table()
    result = judge(table)
    assert len(result.kept) == 0
    assert result.decisions.schema == DECISIONS


def test_measuring_and_filtering_a_table_of_ones_own():
    table = pl.DataFrame({"path": ["a.py", "b.py", "c.zzz"], "content": [MAIL, WIDE, "x"], "mine": [1, 2, 3]})
    measured = measure_table(table)
    assert measured["measures"].struct.field("function_count").to_list() == [1, 0, None]
    result = apply(measured)
    assert result.kept["mine"].to_list() == [1]
    assert result.kept["content"][0].endswith("<EMAIL>\n")
    assert result.dropped["mine"].to_list() == [2, 3]
    assert result.dropped["content"].to_list() == [WIDE, "x"]
    assert result.counts().filter(pl.col("code") == "CC101")["documents"].to_list() == [1]
    assert "1 of 3 documents kept" in result._repr_html_()
    relaxed = apply(measured, FilterOptions(defaults=False, drop_unknown_language=False))
    assert relaxed.kept.height == 3


def test_a_table_without_the_text_is_refused():
    with pytest.raises(DataError, match="it has text"):
        measure_table(pa.table({"text": ["x"]}))
    with pytest.raises(DataError, match="neither `language` nor `path`"):
        measure_table(pa.table({"content": ["x"]}))

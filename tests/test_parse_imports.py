import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from codecorpus.parse.grammars import GrammarMissing, find_grammar
from codecorpus.parse.import_rust import expand
from codecorpus.parse.imports import IMPORTS_TYPE, has_imports, references, references_of
from codecorpus.parse.options import ParseOptions
from codecorpus.parse.tree import read_tree
from generated_repositories import FORMS


def found(language, text):
    grammar, source = find_grammar(language), text if isinstance(text, bytes) else text.encode()
    return references_of(read_tree(source, grammar), grammar, source)


BY_HAND = [
    ("Python", "import a.b as c, d\nimport a . b\n", ["a.b", "d"]),
    ("Python", "from ..x import (y as z, # import no\n w)\n", ["..x:w", "..x:y"]),
    ("Python", "from . import q\nfrom .... import *\n", ["....:*", ".:q"]),
    ("Python", "from __future__ import annotations\n'import s'\n# import c\n", []),
    ("Python", "try:\n  import a\nexcept ImportError:\n  import b\n", ["a", "b"]),
    ("JavaScript", "import a, {b} from './x'; import './y'; export {q} from \"../z\"; export * from 'k'", ["../z", "./x", "./y", "k"]),
    ("JavaScript", "const m = require('./r'), n = x.require('./no'); import('./dyn').then(f); f('./no')", ["./dyn", "./r"]),
    ("JavaScript", "export default 'from'; export const s = './t'; require(`./t`); require(x, './no')", []),
    ("TypeScript", "import f = require('./r'); import type {A} from './t'; type T = import('./u').V", ["./r", "./t", "./u"]),
    ("TSX", "import x from './x'; const y = <p title='./no'/>", ["./x"]),
    ("Java", "package p; import c.d.E; import c.d.*; import static c.d.E.m; class K { L l; }", ["c.d.*", "c.d.E", "c.d.E.m", "~E", "~L"]),
    ("Kotlin", "import c.d.E as F\nimport c.*\n", ["c.*", "c.d.E", "~E", "~F"]),
    ("Go", 'package x\nimport "fmt"\nimport (\n y "a.com/b"\n . `d/e`\n)\nvar s = "no"\n', ["a.com/b", "d/e", "fmt"]),
    ("C", '#include <a.h>\n# include "b/c.h"\n#include MACRO\n#if 0\n#include "d.h"\n#endif\nchar *s = "no.h";', ['"b/c.h"', '"d.h"', "<a.h>"]),
    ("C++", "#include <vector>\n", ["<vector>"]),
    ("Rust", "mod a; pub mod b { mod c; use super::d; mod e { mod f; use super::super::g; } }", ["mod a", "mod b::c", "mod b::e::f", "use self::d", "use self::g"]),
    ("Rust", "use crate::x::{self, y::Z, w::*}; pub use a as b; use r#try::c;", ["use a", "use crate::x::self", "use crate::x::w::*", "use crate::x::y::Z", "use try::c"]),
    ("Rust", 'use a::{ // {no}\n b, /* c */ d as e };\n#[path = "p/q.rs"]\nmod q;', ["path p/q.rs", "use a::b", "use a::d"]),
    ("Rust", "pub(crate) fn f(x: crate::m::T) { crate::n::g::<u8>(); }", ["use crate::m::T", "use crate::n::g"]),
    ("C#", "using A.B; using static A.C; using X = A.D; global using G;", ["A.B.*", "A.C", "A.D", "G.*"]),
    ("PHP", "<?php use C\\D; use C\\{E, F as G}; use function c\\h; include_once 'y.php';", ["C.D", "C.E", "C.F", "c.h", "file y.php"]),
    ("PHP", "<?php require __DIR__ . '/x.php'; require dirname(__FILE__) . '/z.php'; require \"$a/b.php\";", ["here x.php", "here z.php"]),
    ("Ruby", "require 'x'\n", []),
]  # fmt: skip


@pytest.mark.parametrize(("language", "text", "expected"), BY_HAND)
def test_references_by_hand(language, text, expected):
    names = found(language, text).references
    if language in ("C#", "PHP"):
        names = [name for name in names if not name.startswith("~")]
    assert list(names) == expected


DECLARED = [
    ("Java", "package a.b;\nclass K { class N {} enum M {} }\n@interface Q{} record R(int a){} interface I{}", ["a.b.*", "a.b.I", "a.b.K", "a.b.Q", "a.b.R"]),
    ("Java", "@Deprecated(since = X.Y) public class K {}", ["*", "K"]),
    ("Kotlin", "package a.b\nclass K\nobject O\n", ["a.b.*", "a.b.K", "a.b.O"]),
    ("C#", "namespace N.M { class K { class In {} } struct S {} } namespace P { namespace Q { interface I {} } }", ["N.M.*", "N.M.K", "N.M.S", "P.*", "P.Q.*", "P.Q.I"]),
    ("C#", "namespace N.M;\nrecord R;\ndelegate Foo D(Bar b);\nenum E {}", ["N.M.*", "N.M.D", "N.M.E", "N.M.R"]),
    ("PHP", "<?php namespace A\\B; class K {} interface I {} trait T {} function f() {}", ["A.B.*", "A.B.I", "A.B.K", "A.B.T"]),
    ("PHP", "<?php namespace A { class K {} } namespace { class L {} }", ["*", "A.*", "A.K", "L"]),
    ("Go", "package x\n", ["package x"]),
    ("Python", "class A: pass\n", []),
]  # fmt: skip


@pytest.mark.parametrize(("language", "text", "expected"), DECLARED)
def test_declarations_by_hand(language, text, expected):
    assert list(found(language, text).declares) == expected


def test_a_name_in_the_code_counts_once_and_not_if_the_file_declares_it():
    names = found(
        "Java", "package p; class K { K self; Lib a, b; int c; void lower() { Lib.x(); Other.y(); } }"
    ).references
    assert [name for name in names if name.startswith("~")] == ["~Lib", "~Other"]


@pytest.mark.parametrize("language", [*FORMS, "Ruby", "HTML"])
def test_an_empty_document_imports_nothing(language):
    assert found(language, "").references == ()


@pytest.mark.parametrize("language", FORMS)
@settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_soup_of_import_words_gives_clean_sorted_texts(language, data):
    words = ["import", "from", "use", "using", "mod", "{", "}", "(", ")", "'", '"', "a.b", "..", "::", "*", ";", "\n", "crate", "<?php", "namespace", "class", "K", "#include", "package", "as", ",", "é", "\\", "\ufffd", "require", "static", "="]  # fmt: skip
    text = " ".join(data.draw(st.lists(st.sampled_from(words), max_size=30)))
    imports = found(language, text)
    for texts in (imports.references, imports.declares):
        assert list(texts) == sorted(set(texts))
        assert all(0 < len(name) <= 400 and name.isprintable() and "\ufffd" not in name for name in texts)


@pytest.mark.parametrize("language", FORMS)
def test_bytes_that_are_no_text_name_nothing(language):
    for name in found(
        language, b"import \xff\xfe.a\n#include \"\xff.h\"\nuse \xff;\nimport '\xff'"
    ).references:
        assert "\ufffd" not in name


def test_a_long_name_and_too_many_names_are_left_out():
    assert found("JavaScript", f"import '{'a' * 401}'; import 'b'; import ''").references == ("b",)
    many = "".join(f"import a{number}\n" for number in range(12_000))
    assert len(found("Python", many).references) == 10_000


def test_lists_in_paths_are_expanded():
    assert expand("a::{b,c::{d,e},f}") == ["a::b", "a::c::d", "a::c::e", "a::f"]
    assert expand("{a,b}") == ["a", "b"]
    assert expand("a::{b") == ["a::b"]
    assert expand("a}}::b") == ["a", "::b"]
    assert expand("{" * 100 + "a") == []


def batch(*rows):
    return pa.table({"language": [row[0] for row in rows], "content": [row[1] for row in rows]})


def test_a_batch_has_a_row_for_each_document():
    got = references(
        batch(("Python", "import a"), (None, "import a"), ("Klingon", "x"), ("Python", None), ("C", ""))
    )
    assert got.type == IMPORTS_TYPE
    assert got.field("references").to_pylist() == [["a"], [], [], [], []]


def test_a_document_beyond_the_bounds_of_a_parse_has_none():
    options = ParseOptions(max_bytes=20)
    assert references(batch(("Python", "import a"), ("Python", "import a" + "\n" * 20)), options).field(
        0
    ).to_pylist() == [["a"], []]
    assert references(batch(("Python", "import a\n" + "(" * 100_000))).field(0).to_pylist() == [[]]


def test_pages_and_modules_of_go_are_read_without_a_rule_of_their_own():
    page = "<script>import './a'</script><script type='text/template'>import './no'</script><style>@import 'b'</style>"
    got = references(
        batch(
            ("HTML", page),
            ("Vue", page),
            ("Go Module", "// module no\nmodule a.org/b // c\n"),
            ("Go Module", ""),
        )
    )
    assert got.field("references").to_pylist() == [["./a"], ["./a"], [], []]
    assert got.field("declares").to_pylist() == [[], [], ["module a.org/b"], []]


@pytest.mark.parametrize(
    "text", ['{"a": {"name": "x"}}', '["name"]', '{"a": ["name", "b"]}', '{"name": 1}', "", '{"names": "x"}']
)
def test_json_without_a_name_declares_nothing(text):
    assert references(batch(("JSON", text))).field("declares").to_pylist() == [[]]


def test_whose_imports_are_known():
    assert has_imports(find_grammar("Python"))
    assert not has_imports(find_grammar("Ruby"))


@pytest.mark.parametrize("language", ["Objective-C", "Cuda"])
def test_grammars_of_the_pack_import_as_c_does(language):
    try:
        grammar = find_grammar(language)
    except GrammarMissing:
        grammar = None
    if grammar is None:
        pytest.skip("needs the extra all-languages")
    assert found(language, '#include "a.h"\n#include <b.h>\n').references[0] == '"a.h"'


def test_flow_is_read_as_its_dialect():
    assert references(batch(("JavaScript", "// @flow\nimport type {A} from './a'"))).field(0).to_pylist() == [
        ["./a"]
    ]

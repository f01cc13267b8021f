import time
from itertools import pairwise

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

import naive_dedup
import naive_lexer as naive
from codecorpus.dedup import DedupOptions, code, shingle_sets
from codecorpus.dedup.lexer_rows import LANGUAGES
from codecorpus.dedup.minhash import permutations
from codecorpus.errors import UsageError

# Everything that opens, closes or escapes anything in some language, and what stands around it.
PIECES = sorted(
    {
        part.encode()
        for language in LANGUAGES.values()
        for rule in language.rules
        for part in (rule.opens, rule.closes, rule.escape, rule.hole)
        if part
    }
    | {b"a", b"E", b"if", b"return", b"x1", b"0x1e", b"1.5e-3", b"1'0", b"7", b" ", b"  ", b"\t", b"\n", b"\r\n", b"\r"}
    | {b"\n  ", b"\n=cut\n", b"\nE\n", b"\n E\n", b"<<E", b"<<~'E F'", b"- ", b": ", b"|\n", b"\\", b"\\\n", b"\\\r\n", b"\0"}
    | {b"\xff", b"\xc3\xa9", b"\xef\xbb\xbf", b"'", b'"', b"`", b"#", b"##", b"(", b")", b"[", b"]", b"{", b"}", b"<", b">"}
    | {b"$", b"@", b"%", b"=", b"==", b"++", b"-", b"&&", b"|", b"?", b"!", b"/", b"*", b";", b",", b".", b"#!", b"=>", b"<?php"}
)  # fmt: skip
NASTY = st.lists(st.one_of(st.sampled_from(PIECES), st.sampled_from([b" ", b"a", b"\n"])), max_size=40).map(
    b"".join
)
NAMES = sorted(LANGUAGES)


def binary(documents):
    return pa.array(documents, pa.large_binary())


def same(names, documents):
    return pa.array([names] * len(documents))


def split(sets):
    return [sets.hashes[a:b].tolist() for a, b in pairwise(sets.offsets)]


@settings(max_examples=1500, deadline=None)
@given(st.sampled_from([*NAMES, "Klingon", None]), st.one_of(NASTY, NASTY, st.binary(max_size=60)))
@example("Rust", b"'\\''x'\xc3\xa9'y'ab")
@example("C++", b'R"q(a)" )q" 1\'000 R"(')
@example("Shell", b"cat <<E <<F\nx\nE\n" + b"<<Z\n" * 12)
@example("PHP", b"a <?php # x ?> b <?= <<<E\nx\n E;")
@example("YAML", b"a:\n  - b: |2- # c\n      x\n\n    c: >")
@example("JavaScript", b"`${`${`${'}'}`}`}` + /[/]/g / b")
def test_tokens_equal_their_twin(language, document):
    found = [tuple(token) for token in code.lex(document, language).T.tolist()]
    assert found == naive.lex(document, language)


@pytest.mark.parametrize("language", NAMES)
def test_tokens_of_every_language_equal_their_twin(language):
    random = np.random.RandomState(7)
    for _ in range(60):
        document = b"".join(PIECES[i] for i in random.randint(len(PIECES), size=random.randint(1, 50)))
        found = [tuple(token) for token in code.lex(document, language).T.tolist()]
        assert found == naive.lex(document, language), document


DOCUMENTS = st.lists(st.tuples(NASTY, st.sampled_from([*NAMES, None])), max_size=6)


@settings(max_examples=150, deadline=None)
@given(DOCUMENTS)
@example([(b"a \\\r\n" + b" b" * 9, "Makefile")])
@example([(b"\xef\xbb\xbf<?xml version='1.0'?>\n<!-- a -->\n<b/>", "XML"), (b"#!x\n# y", "Shell")])
def test_headers_and_code_keys_equal_their_twins(documents):
    contents, languages = (
        binary([text for text, _ in documents]),
        pa.array([name for _, name in documents], pa.string()),
    )
    assert code.header_ends(contents, languages).tolist() == [
        naive.header_end(text, name) for text, name in documents
    ]
    keys, counts = code.code_keys(contents, languages, min_shingles=3, shingle=2)
    assert list(zip(keys.to_pylist(), counts.tolist(), strict=True)) == [
        naive.code_key(text, name, 4) for text, name in documents
    ]


@settings(max_examples=150, deadline=None)
@given(DOCUMENTS, st.integers(1, 13))
@example(
    [
        (b"a + b * " * 400, "C"),
        (b"1, 'x', " * 90, "Python"),
        (b"Function f Return $a Else " * 9, "PHP"),
        (b"<?php IF (a) {} " * 9, "PHP"),
    ],
    12,
)
def test_structure_equals_its_twin(documents, shingle):
    contents, languages = (
        binary([text for text, _ in documents]),
        pa.array([name for _, name in documents], pa.string()),
    )
    hashes = [naive.structure(text, name, shingle, code.MOST_LITERALS) for text, name in documents]
    assert split(code.structural_sets(contents, languages, shingle=shingle)) == [
        sorted(naive.numbered(found)) for found in hashes
    ]
    drawn = permutations(DedupOptions(permutations=6, bands=3, rows=2))
    found = code.sketch_structure(contents, languages, drawn, bands=3, shingle=shingle)
    for document, values in enumerate(hashes):
        new = len(naive.fresh(values))
        has_level = new >= code.LEAST_STRUCTURE and new >= code.LEAST_DISTINCT * len(values)
        assert found.counts[document] == (new if has_level else 0)
        assert found.keys[:, document].tolist() == naive_dedup.band_keys(
            naive_dedup.minima(values, *drawn), 3
        )


@settings(max_examples=60, deadline=None)
@given(DOCUMENTS)
def test_one_reading_gives_what_many_give(documents):
    contents, languages = (
        binary([text for text, _ in documents]),
        pa.array([name for _, name in documents], pa.string()),
    )
    drawn = permutations(DedupOptions(permutations=6, bands=3, rows=2))
    found = code.sketch_code(contents, languages, drawn, bands=3)
    keys, counts = code.code_keys(contents, languages)
    structure = code.sketch_structure(contents, languages, drawn, bands=3)
    assert found.headers.tolist() == code.header_ends(contents, languages).tolist()
    assert (found.keys, found.counts.tolist()) == (keys, counts.tolist())
    assert found.structure.counts.tolist() == structure.counts.tolist()
    assert found.structure.keys.tolist() == structure.keys.tolist()


def texts(kind, document, language):
    kinds, begins, ends = code.lex(document, language)
    return [document[a:b] for a, b in zip(begins[kinds == kind], ends[kinds == kind], strict=True)]


# Language, document, its comments, its literals.
SEEN = [
    ("Python", b"#!a\nx = r'''#\n''' + f\"#\" # c", [b"#!a", b"# c"], [b"'''#\n'''", b'"#"']),
    ("JavaScript", b"a = /[/]'/g.test(b) / 2 / c // d\n`${`/*`}` /* e */", [b"// d", b"/* e */"], [b"/[/]'/g", b"`${`/*`}`"]),
    ("JavaScript", b"return /'/; i++ / 2; x[0] / '/'; f(/'/)", [], [b"/'/", b"'/'", b"/'/"]),
    ("TypeScript", b"let a: string = 'b' // c", [b"// c"], [b"'b'"]),
    ("TSX", b"<p>Don't</p> // c\n<A b={c} /> // d", [b"// c", b"// d"], []),
    ("Java", b'x = """\n//""" + "/*" + \'"\'; /* " */', [b'/* " */'], [b'"""\n//"""', b'"/*"', b"'\"'"]),
    ("C", b"x = '\"'; // a \\\n b\ny = \"/*\";", [b"// a \\\n b"], [b"'\"'", b'"/*"']),
    ("C++", b'x = R"q(a)" // )q" + 1\'000; // b', [b"// b"], [b'R"q(a)" // )q"']),
    ("C#", b'x = @"\\"; y = $"{z["//"]}"; w = """a"b"""; // c', [b"// c"], [b'@"\\"', b'$"{z["//"]}"', b'"""a"b"""']),
    ("Go", b"x := `\\` + \"`\" + string('`') // c", [b"// c"], [b"`\\`", b'"`"', b"'`'"]),
    ("Rust", b"/* a /* b */ c */ fn f<'a>() { r#\"\"//\"#; '\\''; b'x' }", [b"/* a /* b */ c */"], [b'r#""//"#', b"'\\''", b"'x'"]),
    ("PHP", b"Don't // a\n<?php # b ?> isn't <?php $x = 'c' // d", [b"# b ", b"// d"], [b"'c'"]),
    ("PHP", b"<?php #[A]\n$x = <<<E\n # no\n  E; // c", [b"// c"], [b"<<<E", b" # no\n  E"]),
    ("Ruby", b"x = <<~E.y # a\n # no\n E\n%w[# b]\n/#/ =~ \"#{\"#\"}\" # c\n=begin\nd\n=end\n", [b"# a", b"# c", b"=begin\nd\n=end"],
     [b"<<~E", b" # no\n E", b"%w[# b]", b"/#/", b'"#{"#"}"']),
    ("Shell", b"cat <<'E' # a\n# no\nE\necho \"$(b \"# c\")\" ${x#y} $# \\# '#' # d", [b"# a", b"# d"], [b"<<'E'", b"# no\nE", b'"$(b "# c")"', b"'#'"]),
    ("Kotlin", b'x = "${y["//"]}" + \'"\' /* a /* b */ c */', [b"/* a /* b */ c */"], [b'"${y["//"]}"', b"'\"'"]),
    ("Swift", b'x = "\\(y("//"))" + #"a"b"# // c', [b"// c"], [b'"\\(y("//"))"', b'#"a"b"#']),
    ("Scala", b"x = '\"' + \"\"\"\\\"\"\" + 'y // c", [b"// c"], [b"'\"'", b'"""\\"""']),
    ("Lua", b"--[==[ a ]] b\n]==] x = [[--]] -- c", [b"--[==[ a ]] b\n]==]", b"-- c"], [b"[[--]]"]),
    ("SQL", b"SELECT 'it''s --' -- a\n/* b */", [b"-- a", b"/* b */"], [b"'it''s --'"]),
    ("HTML", b"<?xml a?><!-- b --><p>don't</p>", [b"<!-- b -->"], []),
    ("Vue", b"<!-- a --><b c='d'/>", [b"<!-- a -->"], []),
    ("CSS", b"a { content: '/*' } /* b */", [b"/* b */"], [b"'/*'"]),
    ("YAML", b"a: don't # b\nc: x#y\nd: '#'\ne: |\n  # no\nf: g # h", [b"# b", b"# h"], [b"'#'", b"|\n  # no"]),
    ("TOML", b"a = '\\' # b\nc = '''#\n'''", [b"# b"], [b"'\\'", b"'''#\n'''"]),
    ("JSON", b'{"a": "//"}', [], [b'"a"', b'"//"']),
    ("JSON with Comments", b'{"a": 1} // b', [b"// b"], [b'"a"']),
    ("Markdown", b"don't <!-- a -->", [b"<!-- a -->"], []),
    ("Perl", b"s{'}{#}g; $x =~ /#/; q(#(b)'); $#y; $h{s}; # c\n=pod\nd\n=cut\n1\n__END__\ne", [b"# c", b"=pod\nd\n=cut", b"__END__\ne"],
     [b"s{'}{#}g", b"/#/", b"q(#(b)')"]),
    ("R", b'x <- r"(#)" # a', [b"# a"], [b'r"(#)"']),
    ("Haskell", b"f' = '\"' --> g -- a\n{- b {- c -} -}", [b"-- a", b"{- b {- c -} -}"], [b"'\"'"]),
    ("OCaml", b"let x' = '\"' (* a (* b *) *)", [b"(* a (* b *) *)"], [b"'\"'"]),
    ("Makefile", b"a: b \\# # c\n\td", [b"# c"], []),
    ("Dockerfile", b"# a\nRUN b # no", [b"# a"], []),
    ("Objective-C", b'x = @"//"; // a', [b"// a"], [b'"//"']),
    ("Dart", b"x = '${y['//']}' + r'\\'; // a", [b"// a"], [b"'${y['//']}'", b"r'\\'"]),
    ("Groovy", b"x = '''//''' /* a */", [b"/* a */"], [b"'''//'''"]),
    ("Julia", b"x = a' * '#' #= b #= c =# =# # d", [b"#= b #= c =# =#", b"# d"], [b"'#'"]),
    ("PowerShell", b"<# a #> $x = \"`\"#\" + 'it''s #' # b", [b"<# a #>", b"# b"], [b'"`"#"', b"'it''s #'"]),
    (None, b"# a\n'b' // c", [], []),
]  # fmt: skip


@pytest.mark.parametrize(("language", "document", "comments", "literals"), SEEN)
def test_sees_comments_and_literals(language, document, comments, literals):
    assert texts(naive.COMMENT, document, language) == comments
    assert texts(naive.LITERAL, document, language) == literals


def keys_of(documents, language, **options):
    return code.code_keys(binary(documents), same(language, documents), **options)[0].to_pylist()


BODY = b"def mean(values):\n    total = sum(values)  # of all\n    return total / len(values) if values else None\n"


def test_key_is_equal_without_layout_and_comments():
    changed = [
        BODY.replace(b"\n", b"\r\n"),
        BODY.replace(b"    ", b"\t").replace(b" = ", b"="),
        BODY.replace(b"  # of all", b""),
        b"#!/usr/bin/env python\n# by me\n\n" + BODY,
    ]
    assert set(keys_of(changed, "Python")) == set(keys_of([BODY], "Python"))


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (b"return x", b"returnx"),
        (b"a + +b", b"a ++b"),
        (b"a & &b", b"a && b"),
        (b"f('a b')", b"f('ab')"),
        (b"f('a')", b'f("a")'),
        (b"x1 2", b"x12"),
        (b"1 2", b"12"),
    ],
)
def test_key_differs_where_tokens_do(first, second):
    tail = b"; g(h, i) + j * k - l / m"
    one, other = keys_of([first + tail, second + tail], "Java")
    assert one != other


@pytest.mark.parametrize(
    ("spaced", "dense"),
    [
        (b"*end++ = c", b"*end++=c"),
        (b"List<List<T> > x = y", b"List<List<T>>x=y"),
        (b"a + ++b", b"a+ ++b"),
        (b"a == b && c -> d", b"a==b&&c->d"),
    ],
)
def test_key_is_equal_where_tokens_are(spaced, dense):
    tail = b"; g(h, i) + j * k - l / m"
    one, other = keys_of([spaced + tail, dense + tail], "C++")
    assert one == other


def test_key_of_little_code_is_of_all_of_it():
    plain, windows, other, bare = keys_of(
        [b"# a b\nx = 1\n", b"#  a b\r\nx = 1", b"# c\nx = 1\n", b"x = 1"], "Python"
    )
    assert plain == windows
    assert len({plain, other, bare}) == 3
    assert keys_of([b"", b" \n\t\r\n", b"\xef\xbb\xbf"], "Python") == [None, None, None]


def test_key_of_little_code_is_never_that_of_more():
    with_comment = b"a b c d e f g h i j k l m # n"
    little = keys_of([with_comment], "Python")[0]  # 13 tokens of code and a comment
    assert little != keys_of([b"a b c d e f g h i j k l m # n"], None)[0]  # 15 tokens of code


def test_a_line_end_in_a_literal_is_one_line_end():
    first = b'x = """a\r\nb""" + f(1, 2, 3, 4, 5)'
    assert len(set(keys_of([first, first.replace(b"\r\n", b"\n")], "Python"))) == 1


HEADERS = [
    ("Python", b"#!/usr/bin/python\n# Copyright\n\n\nimport os", b"import os"),
    ("Python", b'"""Copyright."""\nimport os', None),
    ("C", b"/* a */\n// b\n\n#include <c>", b"#include <c>"),
    ("PHP", b"<?php\n/* a */\nnamespace B;", b"namespace B;"),
    ("XML", b"\xef\xbb\xbf<?xml version='1.0'?>\n<!-- a -->\n<b/>", b"<b/>"),
    ("HTML", b"<!DOCTYPE html>\n<!-- a -->\n<html>", b"<html>"),
    ("Rust", b"#![no_std]\n// a", None),
    ("Go", b"// only\n/* comments */\n", None),
    ("JavaScript", b"f() // a", None),
    (None, b"# a\nb", None),
    ("Java", b"", None),
]


@pytest.mark.parametrize(("language", "document", "rest"), HEADERS)
def test_header_ends_where_the_code_begins(language, document, rest):
    end = code.header_ends(binary([document]), pa.array([language], pa.string())).tolist()[0]
    assert end == (0 if rest is None else document.index(rest))


@pytest.mark.parametrize("languages", [[], ["Python"], ["Python"] * 3])
def test_there_is_one_language_for_each_document(languages):
    contents, names = pa.array(["# by me\nx = 1"] * 2), pa.array(languages, pa.string())
    for function in (code.structural_sets, code.code_keys, code.header_ends):
        with pytest.raises(UsageError, match="languages for 2 documents"):
            function(contents, names)
    with pytest.raises(UsageError, match="languages for 2 documents"):
        shingle_sets(contents, DedupOptions(), names)


def test_header_is_of_the_document_and_not_of_its_chunk():
    whole = pa.chunked_array([binary([b"x = 1", b"# a\nx"]), binary([]), binary([b"# bb\nx"])])
    names = pa.chunked_array([pa.array(["Python"]), pa.array(["Python", "Python"])])
    assert code.header_ends(whole, names).tolist() == [0, 4, 5]
    assert code.header_ends(whole.slice(1), names.slice(1)).tolist() == [4, 5]


def structure_of(documents, language):
    return [set(found) for found in split(code.structural_sets(binary(documents), same(language, documents)))]


def test_renamed_code_has_the_same_structure():
    renamed = BODY.replace(b"values", b"numbers").replace(b"total", b"t").replace(b"mean", b"average")
    other = BODY.replace(b"None", b"total")
    first, second, third = structure_of([BODY, renamed, other], "Python")
    assert first == second != third
    assert first


PROPERTY = b"    @property\n    def %s(self):\n        return self[%r]\n\n"


def similarity(first, second, language):
    first, second = structure_of([first, second], language)
    return len(first & second) / len(first | second)


def test_structure_counts_how_often_a_thing_is_said():
    few, many = (
        b"class A(Base):\n" + b"".join(PROPERTY % (b"p%d" % n, "p") for n in range(size)) for size in (5, 50)
    )
    assert similarity(few, many, "Python") < 0.2
    assert similarity(many, many.replace(b"p", b"quality"), "Python") == 1.0
    headers = [b"".join(b"#include <boost/%d.hpp>\n" % n for n in range(size)) for size in (8, 30)]
    assert similarity(*headers, "C++") < 0.5


def test_tables_with_other_numbers_differ():
    tables = [b"TABLE = (" + b", ".join(b"0x%x" % (seed * n) for n in range(200)) + b")\n" for seed in (3, 5)]
    first, second = structure_of(tables, "Python")
    assert len(first & second) < 0.1 * len(first)


def test_code_with_other_numbers_does_not():
    first, second = structure_of([BODY + b"x = f(1)", BODY + b"x = f(2)"], "Python")
    assert first == second


GETTERS = b"".join(b"public int get%d() { return this.field%d; }\n" % (n, n) for n in range(100))
_DRAWN = np.random.RandomState(3).choice(
    [b"if (", b"a", b"b", b"+", b"==", b") {", b"}", b"return", b";", b"c("], 250
)
VARIED = b" ".join(_DRAWN.tolist())


@pytest.mark.parametrize(
    ("language", "document", "has_level"),
    [
        ("Java", VARIED, True),
        ("Java", GETTERS, False),
        ("Java", VARIED[:40], False),
        ("JSON", VARIED, False),
        (None, VARIED, False),
    ],
)
def test_structural_level_is_for_code_that_says_enough(language, document, has_level):
    drawn = permutations(DedupOptions(permutations=60, bands=12, rows=5))
    found = code.sketch_structure(binary([document]), pa.array([language], pa.string()), drawn)
    assert (found.counts[0] > 0) == has_level


HOSTILE = [b"'", b'"', b"`", b"/*", b"<<E ", b"<<E\n", b'"$(', b"`${", b"r#\"", b'R"x(', b"--[[", b"s{", b"%w[", b"/", b"/[", b"\\", b"#",
           b"- |\n", b"=begin\n", b"<?", b"?>", b"(*", b"{-", b"- ", b"'a", b'$"{', b'"""', b"[=", b"(", b"1e+", b"\n "]  # fmt: skip


@pytest.mark.parametrize("language", NAMES)
def test_hostile_text_is_read_in_linear_time(language):
    """200 kB of openings that never close; a quadratic scan of one of them would take minutes."""
    code.lex(b"x", language)
    begin = time.process_time()
    for piece in HOSTILE:
        code.lex(piece * (200_000 // len(piece)), language)
        code.lex((piece + b" x ") * (200_000 // (len(piece) + 3)), language)
    assert time.process_time() - begin < 5.0

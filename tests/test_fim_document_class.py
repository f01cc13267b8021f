import pyarrow as pa
import pytest

from codecorpus.fim.mixture.classes import CLASSES, document_class, document_classes

#: Paths and languages, by the class they are of.
EXAMPLES = {
    "tests": [
        ("pkg/server_test.go", "Go"),
        ("tests/test_api.py", "Python"),
        ("app/tests.py", "Python"),
        ("conftest.py", "Python"),
        ("src/test/java/org/a/Helper.java", "Java"),
        ("src/main/FooTest.java", "Java"),
        ("core/ParserIT.java", "Java"),
        ("Foo.Tests/Bar.cs", "C#"),
        ("spec/models/user.rb", "Ruby"),
        ("lib/user_spec.rb", "Ruby"),
        ("spec/parser.lua", "Lua"),
        ("web/__tests__/a.js", "JavaScript"),
        ("web/Button.spec.tsx", "TSX"),
        ("src/io/tests.rs", "Rust"),
        ("tests/integration.rs", "Rust"),
        ("t/basic.t", "Perl"),
        ("t/lib/Helper.pm", "Perl"),
        ("Tests/AppTests/LoginTests.swift", "Swift"),
        ("app/src/androidTest/java/A.kt", "Kotlin"),
        ("src/FooSpec.scala", "Scala"),
        ("test/Data/MapSpec.hs", "Haskell"),
        ("lib/map_test.exs", "Elixir"),
        ("apps/kv_SUITE.erl", "Erlang"),
        ("base/io_unittest.cc", "C++"),
        ("src/test_queue.c", "C"),
        ("tests/testthat/test-sum.R", "R"),
        ("test/runtests.jl", "Julia"),
        ("lib/list_test.dart", "Dart"),
        ("scripts/install.bats", "Shell"),
        ("src/PhpTest.php", "PHP"),
        ("markdown/testdata/table.md", "Markdown"),
        ("src/mime/testdata/pi.txt", "Text"),
        ("fixtures/user.json", "JSON"),
        ("src/clj/core_test.clj", "Clojure"),
    ],
    "documentation": [
        ("README.md", "Markdown"),
        ("README", "Text"),
        ("README", None),
        ("tests/README.rst", "reStructuredText"),
        ("README.fr.md", "Markdown"),
        ("docs/guide/intro.rst", "reStructuredText"),
        ("docs/index.html", "HTML"),
        ("doc/manual.tex", "TeX"),
        ("docs/notes.txt", "Text"),
        ("CHANGES", "Text"),
        ("CHANGELOG-2.x.md", "Markdown"),
        ("LICENSE", "Text"),
        ("LICENSE.md", "Markdown"),
        ("LICENSE-APACHE", "Text"),
        ("COPYING.LESSER", None),
        ("third_party/zlib/LICENCE.txt", "Text"),
        ("lib/Sqitch.pod", "Pod"),
        ("man/tool.1", "Roff"),
        ("notebooks/analysis.Rmd", "RMarkdown"),
        ("CONTRIBUTING.adoc", "AsciiDoc"),
    ],
    "tasks": [
        ("exercises/practice/two-fer/two_fer.go", "Go"),
        ("exercises/practice/two-fer/two_fer_test.go", "Go"),
        ("exercises/practice/two-fer/README.md", "Markdown"),
        ("leetcode/0001-two-sum.py", "Python"),
        ("src/project_euler/p001.rs", "Rust"),
        ("katas/bowling.rb", "Ruby"),
        ("advent-of-code/2023/day1.py", "Python"),
        ("aoc2022/Day01.kt", "Kotlin"),
    ],
    "code": [
        ("src/main.py", "Python"),
        ("docs/conf.py", "Python"),
        ("docs/examples/app.js", "JavaScript"),
        ("src/contest.py", "Python"),
        ("src/latest.js", "JavaScript"),
        ("lib/attestation.go", "Go"),
        ("spec/openapi.yaml", "YAML"),
        ("rubygems/specification.rb", "Ruby"),
        ("src/t/tables.c", "C"),
        ("tools/install.js", "JavaScript"),
        ("security.py", "Python"),
        ("history.go", "Go"),
        ("templates/page.html", "HTML"),
        ("requirements.txt", "Pip Requirements"),
        ("pkg-1.0.dist-info/entry_points.txt", "Text"),
        ("wordlist.txt", "Text"),
        ("problems/solver.py", "Python"),
        ("package.json", "JSON"),
        ("src/Latest.java", "Java"),
        ("Makefile", "Makefile"),
        ("bin/run", None),
        ("manual/loader.py", "Python"),
    ],
}
ROWS = [(path, language, name) for name, rows in EXAMPLES.items() for path, language in rows]


@pytest.mark.parametrize(("path", "language", "name"), ROWS)
def test_class_of_a_document(path, language, name):
    assert document_class(path, language) == name


def test_columns_are_classed_as_single_documents_are():
    paths, languages, names = zip(*ROWS, strict=True)
    chunked = pa.chunked_array([paths[:7], paths[7:]], pa.string())
    in_chunks = pa.chunked_array([languages[:30], languages[30:]], pa.string())
    assert document_classes(chunked, in_chunks).to_pylist() == list(names)
    assert set(names) == set(CLASSES)


def test_no_documents_have_no_classes():
    assert document_classes(pa.array([], pa.string()), pa.array([], pa.string())).to_pylist() == []

"""What is cut out of a document that holds a problem, and what becomes of the rest."""

import re
import time

import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from codecorpus.dedup import decontaminate
from codecorpus.dedup.code_layout import count_faults
from codecorpus.dedup.excise import excise
from test_dedup_contamination import HOST, PROMPT, SOLUTION, benchmark, texts

__all__ = ["benchmark"]

PYTHON = """import os


@cache
@other(1)
def first(x):
    return NEEDLE


class Big:
    size = 1

    def one(self):
        return 1

    def two(self):
        def inner():
            return NEEDLE_2
        return inner


last = 1
"""
JAVA = """class Other {
    int one() { return 1; }

    /** NEEDLE of a comment. */
    int two() { return NEEDLE_2; }
}
"""


def spans(text, *words):
    return [(text.index(word), text.index(word) + len(word)) for word in words]


@pytest.mark.parametrize(
    ("text", "language", "words", "gone"),
    [
        (PYTHON, "Python", ["return NEEDLE\n"], ["@cache", "@other", "first"]),
        (PYTHON, "Python", ["NEEDLE_2"], ["inner():", "NEEDLE_2"]),
        (PYTHON, "Python", ["size = 1"], ["class Big", "one", "two", "NEEDLE_2"]),
        (PYTHON, "Python", ["import os"], ["import os"]),
        (PYTHON, "Python", ["return NEEDLE\n", "last = 1"], ["first", "last"]),
        (PYTHON, None, ["NEEDLE_2"], ["return NEEDLE_2"]),
        (PYTHON, "No Such Language", ["NEEDLE_2"], ["return NEEDLE_2"]),
        (PYTHON, "YAML", ["NEEDLE_2"], ["return NEEDLE_2"]),
        (JAVA, "Java", ["NEEDLE of a comment. */\n    int two() { return NEEDLE_2"], ["NEEDLE", "two()"]),
        (JAVA, "Java", ["Other {\n    int one() { return 1; }\n\n    /** NEEDLE of"], ["one", "NEEDLE of"]),
    ],
)
def test_the_function_around_a_match_goes_and_the_rest_stays(text, language, words, gone):
    left = excise(text.encode(), spans(text, *words), language).decode()
    assert not any(word in left for word in gone)
    kept = [line for line in text.split("\n") if line in left.split("\n")]
    assert left == "\n".join(kept) or set(left.split("\n")) <= set(text.split("\n"))
    assert len(left) < len(text)


def test_only_the_function_goes():
    left = excise(PYTHON.encode(), spans(PYTHON, "NEEDLE\n"), "Python").decode()
    assert left == PYTHON.replace(PYTHON[PYTHON.index("@cache") : PYTHON.index("\n\nclass")], "")


@settings(max_examples=100, deadline=None)
@given(
    st.text("ab \n@:", max_size=60),
    st.lists(st.tuples(st.integers(0, 60), st.integers(1, 9)), max_size=4),
)
def test_lines_are_cut_whole_and_the_spans_are_gone(text, where):
    source = text.encode()
    asked = [(min(begin, len(source)), min(begin + size, len(source))) for begin, size in where]
    left = excise(source, asked, None)
    lines = source.splitlines(keepends=True)
    inside, position = [], 0
    for line in lines:
        hit = any(begin < position + len(line) and position < end for begin, end in asked)
        inside.append(hit)
        position += len(line)
    for number in range(
        len(lines) - 1, 0, -1
    ):  # decorators go with what they decorate; those over several lines have tests of their own
        inside[number - 1] |= inside[number] and lines[number - 1].lstrip(b" ").startswith(b"@")
    sure = b"".join(line for line, hit in zip(lines, inside, strict=True) if not hit)
    assert set(left.splitlines()) <= set(sure.splitlines()) or not any(begin < end for begin, end in asked)


def cut(benchmark, *contents, **columns):
    table = pl.DataFrame({"content": contents, "language": ["Python"] * len(contents), **columns})
    return decontaminate(table, benchmark, action="cut")


def test_the_function_is_cut_and_the_document_stays(benchmark):
    held = HOST + PROMPT + SOLUTION + "\n\n" + HOST
    result = cut(benchmark, HOST, held, length_bytes=[len(HOST), len(held)])
    assert result.dropped.num_rows == 0
    assert result.kept["content"].to_pylist() == [HOST, HOST + "\n\n" + HOST]
    assert result.kept["length_bytes"].to_pylist() == [len(HOST), 2 * len(HOST) + 2]
    (row,) = result.decisions.to_pylist()
    assert row["verdict"] == "edited"
    assert row["detail"].endswith(f"; cut out {len(PROMPT + SOLUTION):,} bytes")
    assert repr(result).startswith("DecontaminationResult: 2 of 2 documents kept, 1 of them cut; dropped 0")


def test_what_is_nothing_or_still_holds_the_problem_is_dropped(benchmark):
    assert cut(benchmark, PROMPT + SOLUTION).dropped.num_rows == 1
    # Two halves that say nothing alone; the cut between them puts them together.
    words = PROMPT.split('"""')[1].split()
    half = len(words) // 2
    text = (
        "x = '"
        + " ".join(words[:9])
        + "\n"
        + SOLUTION.replace("\n", " ")
        + "\n"
        + " ".join(words[9:half])
        + "'\n"
    )
    result = cut(benchmark, text)
    (row,) = result.decisions.to_pylist()
    assert (row["verdict"], result.kept.num_rows) == ("dropped", 0)
    assert "; a cut leaves nothing, or more of it" in row["detail"]


def test_bytes_and_documents_without_language_are_cut_by_lines(benchmark):
    solution = "# " + SOLUTION.replace("\n", " ") + "\n"
    for kind in (pa.string(), pa.large_string(), pa.binary()):
        table = pa.table({"content": pa.array([HOST + solution, HOST], pa.string()).cast(kind)})
        result = decontaminate(table, benchmark, action="cut")
        assert result.kept["content"].cast(pa.string()).to_pylist() == [HOST, HOST]
        assert result.kept["content"].type == kind


def test_a_document_of_one_long_line_is_cut_or_dropped_and_never_slow(benchmark):
    line = "x = [" + "1, " * 800_000 + SOLUTION.replace("\n", " ") + "]"
    rest = "the rest = [" + ", ".join("abcdefghij") + "]\n"
    assert cut(benchmark, line, line + "\n" + rest).kept["content"].to_pylist() == [rest]


def test_a_document_that_is_all_one_problem_again_and_again_takes_linear_time(benchmark):
    result = decontaminate(texts((SOLUTION + PROMPT) * 4000), benchmark)
    assert result.dropped.num_rows == 1


@pytest.mark.parametrize(
    ("language", "head", "function"),
    [
        ("Python", "@route(\n    '/x',\n    methods=[1],\n)\n", "def f(x):\n    return NEEDLE\n"),
        ("Python", "@cache\n# it is slow\n\n", "def f(x):\n    return NEEDLE\n"),
        ("Rust", "#[test]\n#[should_panic(\n    expected = 1\n)]\n", "fn f() {\n    NEEDLE\n}\n"),
        ("C++", "template <class T>\n", "int f(T x) {\n    return NEEDLE;\n}\n"),
    ],
)
def test_what_belongs_to_a_function_goes_with_it(language, head, function):
    before, after = b"", b"\n\n"
    source = (head + function).encode()
    begin = source.index(b"NEEDLE")
    assert excise(before + source + after, [(begin, begin + 6)], language) == before + after


@pytest.mark.parametrize(
    ("language", "before", "held", "after"),
    [
        ("Python", "x = 1\n", "class A:\n    def f(self):\n        return NEEDLE\n", "y = 2\n"),
        ("Python", "x = 1\n", "if x:\n    def f():\n        return NEEDLE\nelse:\n    z = 1\n", "y = 2\n"),
        ("Python", "x = 1\n", "try:\n    z\nexcept E:\n    def f():\n        return NEEDLE\n", "y = 2\n"),
        ("Python", "class A:\n    x = 1\n", "    def f(self):\n        return NEEDLE\n", "y = 2\n"),
        ("Python", "x = 1\n", 'z = """NEEDLE\n    one\n"""\n', "y = 2\n"),
        ("JavaScript", "a();\n", "run(function () {\n  NEEDLE;\n}, function () {\n  b();\n});\n", "c();\n"),
        ("JavaScript", "const o = {\n  a: 1,\n", "  f: function () {\n    NEEDLE;\n  },\n", "  b: 2,\n};\n"),
        ("JavaScript", "a();\n", "const f =\n  function () {\n    NEEDLE;\n  };\n", "c();\n"),
        (
            "Java",
            "class A {\n    int a;\n\n",
            "    /**\n     * NEEDLE\n     */\n    int f() { return 1; }\n",
            "}\n",
        ),
        (
            "Java",
            "class A {\n    int a;\n\n",
            "    /**\n     * One.\n     */\n    int f() { return NEEDLE; }\n",
            "}\n",
        ),
        ("C++", "int a;\n", "/*\nNEEDLE\nmore\n*/\n", "#include <b>\nint f() { return 1; }\n"),
        ("Go", "package a\n\n", "// One.\n// Two.\nfunc f() int {\n\treturn NEEDLE\n}\n", "\nvar x = 1\n"),
        ("Rust", "use a;\n\n", "/// One.\n#[b]\n// Two.\nfn f() {\n    NEEDLE\n}\n", "\nconst A: i32 = 1;\n"),
        (
            "JavaScript",
            "(function () {\n  a();\n",
            "  /* NEEDLE */\n  const f = () => 1;\n",
            "  b();\n}());\n",
        ),
        ("Python", "#!/usr/bin/python\n", "# NEEDLE\n# more\n", "\nx = 1\n"),
    ],
)
@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_what_is_left_is_code_and_nothing_else_went(language, before, held, after, line_end):
    parts = [part.replace("\n", line_end).encode() for part in (before, held, after)]
    source = b"".join(parts)
    begin = source.index(b"NEEDLE")
    left = excise(source, [(begin, begin + 6)], language)
    assert left == parts[0] + parts[2]
    assert count_faults(left, language) <= count_faults(source, language)


def test_what_is_no_code_to_begin_with_is_cut_all_the_same():
    source = b"def f(:\n    return NEEDLE\n\n\ndef g(x):\n    return x\n"
    assert excise(source, [(source.index(b"NEEDLE"), source.index(b"NEEDLE") + 6)], "Python").endswith(
        b"def g(x):\n    return x\n"
    )


def test_neighbours_that_a_match_hardly_touches_stay():
    before, held, after = (
        "def before(a):\n    return a\n\n\n",
        "def held(b):\n    return b\n\n\n",
        "def after(c):\n    return c * 2 + 1\n",
    )
    text = before + held + after
    span = [(text.index("def held") - len("urn a\n\n\n"), text.index("after"))]
    left = excise(text.encode(), span, "Python", least=0.25).decode()
    assert left.split() == (before + after).split()
    assert excise(text.encode(), span, "Python") == b""


def test_functions_in_a_larger_one_go_alone_if_they_are_all_of_the_match():
    head, tail = "def outer():\n    x = 1\n", "    return x\n"
    inner = "    def one():\n        return 1\n\n    def two():\n        return 2\n"
    text = head + inner + tail
    span = [(text.index("def one"), text.index("return 2") + 8)]
    assert excise(text.encode(), span, "Python", least=0.25).decode() == head + tail
    assert excise(text.encode(), span, "Python") == b""


def test_a_few_words_are_nothing(benchmark):
    (row,) = cut(benchmark, "import os\n" + PROMPT + SOLUTION).decisions.to_pylist()
    assert row["verdict"] == "dropped"


@pytest.mark.parametrize(
    "text",
    [
        "/*a*/" * 150_000 + "\n" + "function f() {\n NEEDLE\n}\n" * 2000,
        ")\n" * 100_000 + "function f() {\n NEEDLE\n}\n" * 5000,
        "// a\n\n" * 50_000 + "function f() { NEEDLE }" * 20_000,
        "run(function () {\nNEEDLE\n}, function () {\n" * 300,
    ],
)
def test_hostile_text_is_cut_in_linear_time(text):
    source = text.encode()
    found = [(match.start(), match.end()) for match in re.finditer(b"NEEDLE", source)]
    begun = time.process_time()
    assert b"NEEDLE" not in excise(source, found, "JavaScript", least=0.25)
    assert time.process_time() - begun < 20


def test_an_operator_at_the_beginning_of_a_line_is_no_decorator():
    source = b"a = (b\n@ c)\ndef f(x):\n    return NEEDLE\n"
    begin = source.index(b"NEEDLE")
    assert excise(source, [(begin, begin + 6)], "Python") == b"a = (b\n@ c)\n"

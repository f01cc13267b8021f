"""Each rule on text keeps one document and drops, or flags, another; limits move without measuring again."""

from __future__ import annotations

import polars as pl
import pytest

from codecorpus.config import load_config
from codecorpus.errors import ConfigError
from codecorpus.filters import FilterOptions, apply
from codecorpus.filters import measure as measure_table
from codecorpus.rules import LIMITS, RULES, text
from codecorpus.rules.words import WORDS

TEXT = (*text.TEXT, *WORDS)

CODE = '''
import math


def mean(values, weights=None):
    """Return the mean of values, each with its weight."""
    if weights is None:
        return sum(values) / len(values)
    total = sum(value * weight for value, weight in zip(values, weights))
    return total / sum(weights)


def deviation(values):
    centre = mean(values)
    squares = [(value - centre) ** 2 for value in values]
    return math.sqrt(sum(squares) / (len(values) - 1))
'''
NUMBERS = (
    "table = [\n" + "".join(f"    {n * 7919 % 10007}, {n * 104729 % 10007},\n" for n in range(60)) + "]\n"
)
BASE64 = "data = '" + "aGVsbG8gd29ybGQsIHRoaXMgaXMgYSB0ZXN0IG9mIGJhc2U2NCBlbmNvZGluZw0K" * 30 + "'\n"
HEX = "static const char data[] = {" + ", ".join(f"0x{n % 256:02x}" for n in range(3, 900, 7)) + "};\n"
ESCAPES = 'text = "' + "\\u4f60\\u597d" * 200 + '"\n'
LOREM = "# Lorem ipsum dolor amet, consectetur adipisicing elit, eiusmod incididunt labore dolore aliqua.\nx = 1\n"

# code, a document it keeps, a document it does not, limits
CASES = [
    ("CC213", {}, {"content": "x = 1\n"}, {"min_lines": 2}),
    ("CC213", {}, {"content": CODE * 3}, {"max_lines": 20}),
    ("CC214", {"star_events_count": 6}, {"star_events_count": 5}, {"min_stars": 6}),
    ("CC215", {}, {"content": "x = 1\n"}, {"min_characters": 50}),
    ("CC215", {}, {"content": CODE * 3}, {"max_characters": 1000}),
    ("CC215", {}, {"content": "++ -- ** // ;; x\n" * 9}, {"min_words": 30}),
    ("CC215", {}, {"content": CODE * 3}, {"max_words": 100}),
    ("CC215", {}, {"content": "a.b.c.d.e.f\n"}, {"min_pieces": 2}),
    ("CC215", {}, {"content": CODE * 3}, {"max_pieces": 150}),
    ("CC216", {}, {"content": "a\nb\nc\n"}, {"min_mean_line_length": 4}),
    ("CC217", {}, {"content": "a b c d e f\n"}, {"min_mean_word_length": 2}),
    ("CC217", {}, {"content": "internationalisation = accessibilities\n"}, {"max_mean_word_length": 10}),
    ("CC218", {}, {"content": "a = a + a * a\n" * 9}, {"min_unique_word_share": 0.2}),
    ("CC219", {}, {"content": "call(one)\ncall(two)\ncall(one)\n"}, {"max_top_2gram_share": 0.5}),
    ("CC219", {}, {"content": "a b c\na b c\nd\n"}, {"max_top_3gram_share": 0.5}),
    ("CC219", {}, {"content": "a b c d\na b c d\ne\n"}, {"max_top_4gram_share": 0.5}),
    (
        "CC220",
        {},
        {"content": "a = max(first, second, third, fourth, fifth, sixth, seventh, eighth, ninth)\n" * 30},
        {},
    ),
    *[("CC220", {}, {"content": CODE * 2}, {f"max_repeated_{n}gram_share": 0.6}) for n in (5, 6, 7, 8, 9)],
    (
        "CC221",
        {},
        {"content": "    return x;\nreturn  x;\nreturn x ;\ny\n"},
        {"max_repeated_line_share": 0.7},
    ),
    (
        "CC221",
        {},
        {"content": "a long line of words\nb\na long line of words\nc\n"},
        {"max_repeated_line_ink_share": 0.8},
    ),
    ("CC222", {}, {"content": NUMBERS}, {"min_alpha_share": 0.25}),
    ("CC222", {}, {"content": NUMBERS}, {"min_alpha_ink_share": 0.5}),
    ("CC222", {}, {"content": "onlywords\n"}, {"max_alnum_share": 0.85}),
    ("CC223", {}, {"content": NUMBERS}, {}),
    ("CC224", {}, {"content": "a" + " " * 90 + "b\n" + "c" * 12}, {"max_whitespace_share": 0.5}),
    ("CC225", {}, {"content": "a = 1\n\n\n\nb = 2\n\n\n"}, {"max_blank_line_share": 0.5}),
    ("CC226", {}, {"content": "caf\ufffd = 'na\ufffdve'\n"}, {}),
    ("CC227", {}, {"content": "\x1b[1mbold\x1b[0m = \x07\n"}, {}),
    ("CC228", {}, {"content": "if access == 'user\u202e \u2066# admin\u2069':\n    pass\n"}, {}),
    ("CC228", {}, {"content": "x\u200b" * 21 + "\n"}, {}),
    ("CC229", {}, {"content": "名前 = '値'\n"}, {"max_non_ascii_share": 0.3}),
    ("CC230", {}, {"content": BASE64}, {"max_long_word_share": None}),
    ("CC230", {}, {"content": HEX}, {}),
    ("CC230", {}, {"content": ESCAPES}, {}),
    ("CC230", {}, {"content": BASE64}, {"max_encoded_share": None, "max_encoded_run_length": 1024}),
    ("CC230", {}, {"content": "a = 0x1234abcd5678\n"}, {"max_hex_word_share": 0.4}),
    ("CC231", {"extension": "py"}, {"extension": "pyx"}, {"extensions": ("py", "Makefile")}),
    (
        "CC231",
        {"extension": "", "path": "src/Makefile"},
        {"extension": "", "path": "src/LICENSE"},
        {"extensions": ("py", "Makefile")},
    ),
    ("CC232", {}, {"content": "k = 'abcdefghijklmnopqrstuvwxyz'\n"}, {"max_long_word_share": 0.4}),
    (
        "CC233",
        {},
        {"content": "/* (c) */\n" + "var a = f(b, c);" * 30},
        {"max_long_line_share": 0.5, "max_mean_line_length": None},
    ),
    ("CC234", {}, {"content": "x = {}; # +++***///===\n"}, {"max_symbol_share": 0.6}),
    ("CC235", {}, {"content": "#" * 79 + "\nx = 1\n"}, {"max_run_share": 0.5, "max_comment_share": None}),
    ("CC236", {}, {"content": LOREM}, {"max_comment_share": None}),
    ("CC237", {}, {"content": "# TODO: write this\nx = 1\n"}, {"max_todo_line_share": 0.2}),
    ("CC238", {}, {"path": "pkg/tests/x.py"}, {}),
    ("CC238", {}, {"path": "pkg/x_test.go"}, {"flag_only": ()}),
    ("CC239", {}, {"content": NUMBERS}, {}),
]


def table(*rows: dict[str, object]) -> pl.DataFrame:
    """Rows as a table; a row says only what matters to its test."""
    filled = [
        {
            "path": f"src/file{n}.py",
            "content": CODE,
            "language": "Python",
            "extension": "py",
            "star_events_count": 10,
            **row,
        }
        for n, row in enumerate(rows)
    ]
    return pl.DataFrame(filled, infer_schema_length=None)


@pytest.mark.parametrize(
    ("code", "kept", "other", "limits"), CASES, ids=[f"{case[0]}-{n}" for n, case in enumerate(CASES)]
)
def test_a_rule_keeps_one_document_and_not_another(code, kept, other, limits):
    result = apply(table(kept, other), FilterOptions(**limits))
    rows = result.decisions.filter(pl.col("code") == code)
    flags = RULES[code].action == "flagged" and "flag_only" not in limits
    assert rows["path"].to_list() == [table(kept, other)["path"][1]]
    assert rows["verdict"].to_list() == ["flagged" if flags else "dropped"]
    if RULES[code].limits:
        moved = [limit.measure for limit in RULES[code].limits]
        assert rows["detail"][0] in moved
        assert rows["measured"].null_count() == rows["limit"].null_count() == 0


def test_the_default_recipe_says_nothing_about_good_code():
    assert apply(table({})).decisions.height == 0


def test_every_rule_on_text_and_each_of_its_limits_has_a_case():
    assert {case[0] for case in CASES} == {rule.code for rule in TEXT if rule.code >= "CC213"}
    set_here = {key for case in CASES for key in case[3]} | {
        limit.key for _, limit in LIMITS if limit.default is not None
    }
    own = {limit.key for rule in TEXT if rule.code >= "CC213" for limit in rule.limits}
    assert own <= set_here


def test_a_rule_without_a_default_says_why():
    for rule in TEXT:
        for limit in rule.limits:
            assert limit.default is not None or limit.why, limit.key


def test_limits_move_without_measuring_again(monkeypatch):
    """What was measured once decides under any limits; the text is not read again for it, and the parser does not run."""
    measured = measure_table(table({}, {"content": NUMBERS}, {"content": BASE64}))

    def never(*_):
        raise AssertionError("measured again")

    monkeypatch.setattr("codecorpus.filters.tables.measure_documents", never)
    by_limit = {
        limit: apply(measured, FilterOptions(defaults=False, min_alpha_ink_share=limit)).kept.height
        for limit in (0.0, 0.5, 0.95)
    }
    assert by_limit == {0.0: 3, 0.5: 2, 0.95: 0}


def test_any_rule_with_a_limit_may_flag_instead_of_drop():
    limits = {"defaults": False, "max_digit_ink_share": 0.5, "max_digit_word_share": 0.75}
    result = apply(table({"content": NUMBERS}), FilterOptions(flag_only=("CC223", "CC239"), **limits))
    assert result.kept.height == 1
    assert result.decisions["verdict"].unique().to_list() == ["flagged"]
    with pytest.raises(ConfigError, match="CC999 is no rule with a limit"):
        load_config(settings={"filter.flag_only": ["CC999"]})


def test_without_defaults_only_what_is_set_counts():
    rows = table({"content": NUMBERS}, {"content": "+" * 2000}, {"path": "vendor/x.py"})
    result = apply(rows, FilterOptions(defaults=False, drop_vendored=False))
    assert result.decisions.height == 0
    assert apply(rows, FilterOptions(defaults=False)).decisions["code"].to_list() == ["CC205"]
    assert all(
        load_config(settings={"filter.defaults": False}).filter.limits_for("Python", "py")[n] is None
        for n in range(len(LIMITS))
    )


def test_a_limit_of_zero_for_a_language_is_a_limit():
    rows = table({"content": "x = '\u202e'\n"})
    for limit, flagged in ((0, 1), (0.0, 1), (1, 0), (False, 0)):
        options = FilterOptions(defaults=False, by_language={"Python": {"max_bidi_count": limit}})
        assert apply(rows, options).decisions.height == flagged, limit
    with pytest.raises(ConfigError, match="a number, or false"):
        load_config(settings={"filter.by_language.Python.max_bidi_count": True})


def test_unknown_stars_are_counted_and_drop_only_on_request():
    rows = table({"star_events_count": None}, {"star_events_count": 9})
    (row,) = apply(rows, FilterOptions(min_stars=6)).decisions.to_dicts()
    assert (row["code"], row["verdict"], row["detail"]) == ("CC104", "flagged", "CC214")
    assert apply(rows, FilterOptions(min_stars=6, drop_unmeasured=True)).kept.height == 1


def test_measures_without_a_meaning_are_null_and_drop_nothing():
    """A text of symbols has no words: no mean word, and no rule on words drops it for that."""
    measured = measure_table(table({"content": "++ -- **\n"}))["measures"][0]
    assert measured["words"] == 0
    assert (
        measured["mean_word_length"]
        is measured["unique_word_share"]
        is measured["repeated_5gram_share"]
        is None
    )
    limits = {
        "defaults": False,
        "min_mean_word_length": 2,
        "min_unique_word_share": 0.5,
        "max_top_2gram_share": 0.0,
    }
    assert apply(table({"content": "++ -- **\n"}), FilterOptions(**limits)).decisions.height == 0


@pytest.mark.parametrize(
    ("path", "is_test"),
    [
        ("tests/a.py", True),
        ("src/test/java/A.java", True),
        ("web/__tests__/a.js", True),
        ("a/foo_test.go", True),
        ("a/test_foo.py", True),
        ("conftest.py", True),
        ("a/Foo.spec.ts", True),
        ("a/FooTest.java", True),
        ("a/FooTests.cs", True),
        ("a/foo_spec.rb", True),
        ("tools/testing/selftests/a.c", True),
        ("src/contest.py", False),
        ("src/latest/a.py", False),
        ("javax/crypto/spec/A.java", False),
        ("src/attest.go", False),
        ("src/Attest.java", False),
        ("src/testimony.py", False),
        ("src/protest_test/a.py", True),
    ],
)
def test_paths_of_tests(path, is_test):
    assert measure_table(table({"path": path}))["measures"][0]["test_path"] == is_test

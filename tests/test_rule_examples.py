"""Every rule that reads the syntax tree keeps realistic code near its subject, and drops or flags what it is meant for."""

from __future__ import annotations

from functools import cache

import pytest

import rule_examples_c
import rule_examples_cpp
import rule_examples_csharp
import rule_examples_general
import rule_examples_go
import rule_examples_java
import rule_examples_javascript
import rule_examples_python
import rule_examples_rust
import rule_examples_shape
from codecorpus.config import load_config
from codecorpus.filters import LicenceOptions, SecretOptions, decide
from codecorpus.measures import TREE_MEASURES
from codecorpus.parse import ParseOptions, measure
from codecorpus.rules import RULES
from test_filters_rules import documents

EXAMPLES = {
    code: example
    for module in (
        rule_examples_general,
        rule_examples_shape,
        rule_examples_python,
        rule_examples_javascript,
        rule_examples_java,
        rule_examples_c,
        rule_examples_cpp,
        rule_examples_go,
        rule_examples_rust,
        rule_examples_csharp,
    )
    for code, example in module.EXAMPLES.items()
}


@cache
def tables():
    """All examples as documents, kept and dropped in turn, with their measures: measured once."""
    table = documents(
        *(
            {"language": example.language, "content": content, "path": f"src/{code}/{name}"}
            for code, example in EXAMPLES.items()
            for name, content in (("kept", example.kept), ("dropped", example.dropped))
        )
    )
    return table, measure(table, ParseOptions())


def judged(code, **limits):
    """Of the two documents of an example: measures, and decisions by the limits of the default recipe and those given."""
    table, measured = tables()
    at = 2 * list(EXAMPLES).index(code)
    measures = measured.table["measures"].combine_chunks().slice(at, 2)
    settings = {f"filter.{key}": value for key, value in limits.items()}
    result = decide(
        table.slice(at, 2),
        measures,
        filter=load_config(settings=settings).filter,
        licences=LicenceOptions(),
        secrets=SecretOptions(),
    )
    rows = result.decisions.to_pylist()
    ids = table.slice(at, 2)["doc_id"].to_pylist()
    return measures.to_pylist(), [[row for row in rows if row["doc_id"] == one] for one in ids]


def limit_of(code):
    """The limit that an example is about, and its value: the rule's own, or the one stated beside the example."""
    (limit,) = RULES[code].limits
    stated = EXAMPLES[code].limit
    assert (limit.default is None) == (stated is not None), "a limit is stated just where the rule is off"
    return limit, limit.default if stated is None else stated


def test_every_rule_of_the_tree_has_an_example():
    wanted = {
        code for code, rule in RULES.items() if any(one.measure in TREE_MEASURES for one in rule.limits)
    }
    assert set(EXAMPLES) == wanted


def test_all_examples_could_be_measured():
    assert tables()[1].decisions.num_rows == 0


@pytest.mark.parametrize("code", EXAMPLES)
def test_the_dropped_example_fails_its_rule(code):
    limit, value = limit_of(code)
    (_, measured), (_, rows) = judged(code, **{limit.key: value})
    (row,) = [row for row in rows if row["code"] == code]
    assert row["verdict"] == RULES[code].action
    assert (row["measured"], row["limit"]) == (pytest.approx(measured[limit.measure]), value)
    assert row["measured"] < value if limit.is_minimum else row["measured"] > value
    if EXAMPLES[code].measured is not None:
        assert row["measured"] == pytest.approx(EXAMPLES[code].measured)


@pytest.mark.parametrize("code", EXAMPLES)
def test_the_kept_example_fails_no_rule(code):
    _, (rows, _) = judged(code)
    assert rows == []


@pytest.mark.parametrize("code", EXAMPLES)
def test_the_kept_example_comes_near_the_subject_of_its_rule(code):
    """What the rule counts is in it, but for the rules that allow none; a limit that is off by default keeps it too."""
    limit, value = limit_of(code)
    (measured, _), (rows, _) = judged(code, **{limit.key: value})
    assert rows == []
    if limit.is_minimum:
        assert measured[limit.measure] >= value
    else:
        assert 0 < measured[limit.measure] <= value or value == measured[limit.measure] == 0


@pytest.mark.parametrize("code", EXAMPLES)
def test_the_examples_parse(code):
    measures, _ = judged(code)
    assert [one["error_count"] > 0 for one in measures] == [EXAMPLES[code].is_broken] * 2

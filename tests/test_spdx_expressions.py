"""SPDX expressions and names: reading, classes, choices; whatever the text."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from codecorpus.spdx import (
    Joined,
    Licence,
    all_of,
    any_of,
    base_of,
    class_of,
    class_of_expression,
    holds,
    ids_of,
    licence_named,
    parse_expression,
)
from codecorpus.spdx.ids import CLASSES, id_table


@pytest.mark.parametrize(
    ("text", "shown", "kind"),
    [
        ("MIT", "MIT", "permissive"),
        ("mit */", "MIT", "permissive"),
        ("Apache-2.0 OR MIT", "Apache-2.0 OR MIT", "permissive"),
        ("GPL-2.0-only or BSD-2-Clause", "GPL-2.0-only OR BSD-2-Clause", "permissive"),
        ("MIT AND GPL-2.0+", "MIT AND GPL-2.0-or-later", "copyleft"),
        ("MIT AND LicenseRef-Ours", "MIT AND LicenseRef-Ours", "unknown"),
        ("GPL-3.0-only AND LicenseRef-Ours", "GPL-3.0-only AND LicenseRef-Ours", "unknown"),
        ("GPL-3.0-only OR LicenseRef-Ours", "GPL-3.0-only OR LicenseRef-Ours", "copyleft"),
        ("MIT OR ISC AND GPL-3.0-only", "MIT OR ISC AND GPL-3.0-only", "permissive"),
        ("(MIT OR ISC) AND GPL-3.0-only", "(MIT OR ISC) AND GPL-3.0-only", "copyleft"),
        ("((MIT OR ISC)) AND ((GPL-3.0-only))", "(MIT OR ISC) AND GPL-3.0-only", "copyleft"),
        (
            "(GPL-2.0 WITH Linux-syscall-note) OR MIT",
            "GPL-2.0-only WITH Linux-syscall-note OR MIT",
            "permissive",
        ),
        ("GPL-2.0 with classpath-exception-2.0 -->", "GPL-2.0-only WITH Classpath-exception-2.0", "copyleft"),
        ("GPL-2.0-with-classpath-exception", "GPL-2.0-only WITH Classpath-exception-2.0", "copyleft"),
        ("wxWindows", "LGPL-2.0-or-later WITH WxWindows-exception-3.1", "copyleft"),
        ("Apache-2.0+", "Apache-2.0+", "permissive"),
        ("LGPL-2.1-only+", "LGPL-2.1-or-later", "copyleft"),
        ("LicenseRef-Ours", "LicenseRef-Ours", "unknown"),
        ("DocumentRef-a:LicenseRef-b", "DocumentRef-a:LicenseRef-b", "unknown"),
        ("MIT AND Odd", "MIT AND LicenseRef-Odd", "unknown"),
        ("BUSL-1.1", "BUSL-1.1", "unknown"),
        ("MIT OR", "MIT", "permissive"),
        ("((MIT", "MIT", "permissive"),
        ("MIT) OR GPL-2.0", "MIT", "permissive"),
        ("MIT MIT", "MIT", "permissive"),
        ("MIT OR mit", "MIT", "permissive"),
    ],
)
def test_expressions_are_read_as_they_are_meant(text, shown, kind):
    expression = parse_expression(text)
    assert str(expression) == shown
    assert class_of_expression(expression) == kind


@pytest.mark.parametrize(
    "text", ["", "see the file", "AND", "OR MIT", "<id>", ")", "WITH MIT", "Odd OR Other", "(" * 5000 + "MIT"]
)
def test_what_is_no_expression_is_none(text):
    assert parse_expression(text) is None


def test_every_id_has_a_class_and_is_itself():
    table = id_table()
    assert len(table.classes) > 650
    assert len(table.exceptions) > 60
    for spdx, kind in table.classes.items():
        assert kind in CLASSES
        assert str(parse_expression(spdx.upper())) == spdx
    for old, new in table.deprecated.items():
        assert str(parse_expression(old)) == new
        assert set(ids_of(parse_expression(new))) <= set(table.classes)


def test_bases():
    assert base_of("GPL-2.0-or-later") == base_of("GPL-2.0-only") == "GPL-2.0"
    assert class_of("Nothing-1.0") == "unknown"


LEAVES = st.sampled_from(
    ["MIT", "ISC", "GPL-3.0-only", "GPL-2.0-or-later", "LicenseRef-Ours", "Apache-2.0"]
).map(Licence)


def joined(children):
    return st.builds(
        lambda operator, parts: (any_of if operator == "OR" else all_of)(parts),
        st.sampled_from(["AND", "OR"]),
        st.lists(children, min_size=2, max_size=4),
    )


TREES = st.recursive(LEAVES, joined, max_leaves=12)


def worlds(expression):
    """Every set of licences that a user may choose to be bound by, the obvious way."""
    if isinstance(expression, Licence):
        return [{expression.spdx}]
    if expression.operator == "OR":
        return [world for part in expression.parts for world in worlds(part)]
    result = [set()]
    for part in expression.parts:
        result = [one | other for one in result for other in worlds(part)]
    return result


@given(TREES)
@settings(max_examples=200, deadline=None)
def test_an_expression_reads_back_and_its_class_is_that_of_the_best_choice(tree):
    assert parse_expression(str(tree)) == tree
    ranks = [max(CLASSES.index(class_of(spdx)) for spdx in world) for world in worlds(tree)]
    assert class_of_expression(tree) == CLASSES[min(ranks)]


@given(TREES, st.sets(st.sampled_from(["MIT", "ISC", "GPL-3.0-only", "GPL-2.0-or-later", "Apache-2.0"])))
@settings(max_examples=200, deadline=None)
def test_what_is_allowed_is_allowed_by_some_choice(tree, allowed):
    assert holds(tree, lambda spdx: spdx in allowed) == any(world <= allowed for world in worlds(tree))


WORDS = st.sampled_from(
    [
        "MIT",
        "GPL-2.0+",
        "and",
        "OR",
        "WITH",
        "(",
        ")",
        "Classpath-exception-2.0",
        "x",
        "+",
        "/",
        "LicenseRef-",
    ]
)


@given(st.one_of(st.text(), st.lists(WORDS, max_size=40).map(" ".join)))
@settings(max_examples=400, deadline=None)
def test_no_text_is_too_odd_to_be_read(text):
    for read in (parse_expression, licence_named):
        found = read(text)
        assert found == read(text)
        assert found is None or (ids_of(found) and class_of_expression(found) in CLASSES)
        assert found is None or parse_expression(str(found)) == found


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("MIT", "MIT"),
        ("The MIT License (MIT)", "MIT"),
        ("Apache License, Version 2.0", "Apache-2.0"),
        ("Apache Software License", "Apache-2.0"),
        ("ASL 2.0", "Apache-2.0"),
        ("New BSD License", "BSD-3-Clause"),
        ("BSD", "LicenseRef-BSD"),
        ("GPLv3+", "GPL-3.0-or-later"),
        ("GPL v2 or later", "GPL-2.0-or-later"),
        ("GPL (>= 2)", "GPL-2.0-or-later"),
        ("GNU Lesser General Public License v2 or later (LGPLv2+)", "LGPL-2.0-or-later"),
        ("GNU General Public License (GPL)", "GPL-1.0-or-later"),
        ("LGPL-3.0", "LGPL-3.0-only"),
        ("MIT/Apache-2.0", "MIT OR Apache-2.0"),
        ("GPL-2 | GPL-3", "GPL-2.0-only OR GPL-3.0-only"),
        ("MIT + file LICENSE", "MIT"),
        ("BSD-3-Clause, MIT", "BSD-3-Clause AND MIT"),
        ("GPL-2+ and BSD-3-clause", "GPL-2.0-or-later AND BSD-3-Clause"),
        ("MIT AND Odd Terms", "MIT AND LicenseRef-Odd-Terms"),
        ("CDDL/GPLv2+CE", "CDDL-1.1 OR GPL-2.0-only WITH Classpath-exception-2.0"),
        ("perl_5", "Artistic-1.0-Perl OR GPL-1.0-or-later"),
        ("UNLICENSED", "LicenseRef-Proprietary"),
        ("Unlicense", "Unlicense"),
        ("(MIT OR CC0-1.0)", "MIT OR CC0-1.0"),
        ("GPL-3.0-or-later WITH GCC-exception-3.1", "GPL-3.0-or-later WITH GCC-exception-3.1"),
    ],
)
def test_names_of_metadata(name, shown):
    assert str(licence_named(name)) == shown


@pytest.mark.parametrize(
    "name", ["", "Custom", "Dual License", "SEE LICENSE IN LICENSE", "ask me", "/", "x" * 600, "License"]
)
def test_names_that_name_no_licence(name):
    assert licence_named(name) is None


def test_joining_flattens_and_forgets_repeats():
    mit, isc = Licence("MIT"), Licence("ISC")
    assert all_of([mit, mit]) == mit
    assert all_of([]) is None
    assert any_of([any_of([mit, isc]), isc]) == Joined("OR", (mit, isc))

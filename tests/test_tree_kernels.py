"""What is counted on syntax trees, against the twins: on made-up trees, on token soup in every language, and on the examples."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import tree_sitter
from hypothesis import given, settings
from hypothesis import strategies as st

import naive_tree as naive
from codecorpus.measures import PYTHON_2, SHARES, STUBS
from codecorpus.parse import _kernels_comments as comments
from codecorpus.parse import _kernels_functions as functions
from codecorpus.parse import _kernels_picks as picks
from codecorpus.parse import _kernels_tree as kernels
from codecorpus.parse import find_grammar, language_of_path, languages, read_tree, roles
from codecorpus.parse.grammars import ERROR_KIND, Grammar
from codecorpus.parse.walk import FlatTree, compiled_walk_is_safe, flatten_by_cursor, flatten_compiled

REPOS = Path(__file__).parent.parent / "examples" / "repos"
COLUMNS = [
    name
    for name in vars(kernels)
    if name.isupper() and not name.startswith(("_", "IS_", "HAS_", "ROLE", "U", "I"))
]
IMPORT_NAMES = ("a", "require")


def as_kernel_input(nodes, role_of_kind):
    kinds, starts, ends, parents = (np.array(column) for column in zip(*nodes, strict=True))
    tree = (
        kinds.astype(np.uint16),
        starts.astype(np.int32),
        ends.astype(np.int32),
        np.zeros(len(nodes), np.int32),
        parents.astype(np.int32),
    )
    for node, parent in enumerate(tree[4]):
        tree[3][node] = 0 if parent < 0 else tree[3][parent] + 1
    table = np.array(role_of_kind, np.uint32)
    return tree, table


def names_between_nul(names):
    return np.frombuffer(b"\0".join([b"", *(name.encode() for name in names), b""]), np.uint8)


def kernel_counts(tree, table, missing, stubs, source):
    role = kernels.roles_of(tree[0], table)
    text = np.frombuffer(source, np.uint8)
    counts, facts, owners = kernels.tree_counts(tree, role, missing, text, names_between_nul(IMPORT_NAMES))
    functions.count_functions(tree, role, facts, owners, stubs, text, counts)
    return {name: int(counts[getattr(kernels, name)]) for name in naive_names()}


def naive_names():
    return [
        "ERRORS", "COMMENT_BYTES", "STRING_BYTES", "ERROR_BYTES", "DATA_BYTES", "DEPTH", "FUNCTIONS", "STATEMENTS", "CLASSES",
        "IMPORTS", "CALLS", "NUMBERS", "LEAVES", "BRANCHES", "IDENTIFIERS", "IDENTIFIER_BYTES", "SHORT_IDENTIFIERS",
        "DISTINCT_IDENTIFIERS", "MAX_COMPLEXITY", "MAX_NESTING", "MAX_FUNCTION_NESTING", "MAX_PARAMETERS", "LINES",
        "FUNCTION_LINES", "MAX_FUNCTION_LINES", "BLOCK_FUNCTIONS", "EMPTY_FUNCTIONS", "SIMPLE_FUNCTIONS", "ACCESSORS",
        "DOCUMENTED_FUNCTIONS",
    ]  # fmt: skip


@st.composite
def made_up_trees(draw):
    """Nested nodes of random kinds over a random text; each kind has up to three roles."""
    bits = [*roles.ROLE_OF_FIELD.values(), roles.NAMED, roles.NAMED, roles.NAMED]
    kinds = draw(st.integers(2, 12))
    table = [sum({draw(st.sampled_from(bits)) for _ in range(draw(st.integers(0, 3)))}) for _ in range(kinds)]
    size = draw(st.integers(0, 40))
    source = bytes(draw(st.lists(st.sampled_from(b"ab\n \ngetX_ "), min_size=size, max_size=size)))
    nodes = []

    def grow(start, end, parent, depth):
        kind = draw(st.integers(0, kinds)) if depth else draw(st.integers(0, kinds - 1))
        me = len(nodes)
        nodes.append((ERROR_KIND if kind == kinds else kind, start, end, parent))
        at = start
        for _ in range(draw(st.integers(0, 4)) if depth < 6 else 0):
            first = draw(st.integers(at, end))
            at = draw(st.integers(first, end))
            grow(first, at, me, depth + 1)

    grow(0, size, -1, 0)
    flags = st.lists(st.booleans(), min_size=len(nodes), max_size=len(nodes))
    return nodes, table, source, draw(flags), draw(flags)


@given(made_up_trees())
@settings(max_examples=600, deadline=None)
def test_counts_on_made_up_trees_equal_the_twin(case):
    nodes, table, source, missing, stubs = case
    tree, role_of_kind = as_kernel_input(nodes, table)
    found = kernel_counts(tree, role_of_kind, np.array(missing), np.array(stubs), source)
    role = [0 if kind == ERROR_KIND else table[kind] for kind, *_ in nodes]
    assert found == naive.tree_counts(naive.NaiveTree(nodes, role, source), missing, stubs, IMPORT_NAMES)


def test_a_table_of_64_nodes_is_data_and_one_of_63_is_not():
    table = [roles.NAMED, roles.COLLECTION | roles.NAMED, roles.NUMBER | roles.NAMED]
    for inner, expected in ((62, 0), (63, 64)):
        nodes = [(0, 0, 64, -1), (1, 0, 64, 0), *((2, n, n + 1, 1) for n in range(inner))]
        tree, role_of_kind = as_kernel_input(nodes, table)
        nothing = np.zeros(len(nodes), np.bool_)
        found = kernel_counts(tree, role_of_kind, nothing, nothing, b"1" * 64)
        assert found["DATA_BYTES"] == expected
        role = [table[kind] for kind, *_ in nodes]
        naive_tree = naive.NaiveTree(nodes, role, b"1" * 64)
        assert naive.bytes_counts(naive_tree)["DATA_BYTES"] == expected


def test_a_function_with_twenty_inside_is_a_module():
    table = [roles.NAMED, roles.FUNCTION | roles.NAMED]
    for inner, expected in ((19, 81), (20, 2)):
        text = b"x\n" * 100
        nodes = [(0, 0, 200, -1), (1, 0, 200, 0), *((1, 4 * n, 4 * n + 4, 1) for n in range(inner))]
        tree, role_of_kind = as_kernel_input(nodes, table)
        nothing = np.zeros(len(nodes), np.bool_)
        assert kernel_counts(tree, role_of_kind, nothing, nothing, text)["MAX_FUNCTION_LINES"] == expected


# --- real trees --------------------------------------------------------------------------------------------------------------------

TOKENS = (
    (
        "def f ( ) : \n class { } [ ] return if else for while x y get_a GetB 1 2.5 'a' \"b\" // # /* */ = == && || and or , ; . => -> "
        "import from function const let var int void public static try catch except print pass ... async fn func struct match case "
        "# x = 1\n // foo();\n"
    )
    .replace(" ", "\0")
    .split("\0")
)


def check(grammar: Grammar, name: str, source: bytes) -> None:
    """All three kernels on one source against the twins."""
    tree = read_tree(source, grammar)
    arrays = tree.arrays
    text, role = np.frombuffer(source, np.uint8), kernels.roles_of(tree.kinds, grammar.roles)
    nodes = list(
        zip(tree.kinds.tolist(), tree.starts.tolist(), tree.ends.tolist(), tree.parents.tolist(), strict=True)
    )
    twin = naive.NaiveTree(nodes, role.tolist(), source)
    table = grammar.picks
    counted, stubs = picks.count_picks(arrays, role, text, table.arrays(), table.size, table.stubs)
    assert kernel_counts(arrays, grammar.roles, tree.missing, stubs, source) == naive.tree_counts(
        twin, tree.missing.tolist(), stubs.tolist(), IMPORT_NAMES
    )
    names = [kind_name(grammar.language, kind) for kind in tree.kinds.tolist()]
    for share, counter, base in table.counters:
        assert counted[counter] == sum(len(naive.picked(twin, names, pick)) for pick in share.picks[name])
        if base is not None:
            assert counted[base] == sum(len(naive.picked(twin, names, pick)) for pick in share.per[name])
    stub_nodes = {n for pick in STUBS.get(name, ()) for n in naive.picked(twin, names, pick)}
    assert set(np.flatnonzero(stubs).tolist()) == stub_nodes
    if name == "Python":
        old = sum(len(naive.picked(twin, names, pick)) for pick in PYTHON_2)
        assert counted[table.python_2] == old
    assert comments.code_comment_lines(arrays, role, text) == naive.code_comment_lines(twin)


def kind_name(language: tree_sitter.Language, kind: int) -> str:
    if kind == ERROR_KIND:
        return "ERROR"
    name = language.node_kind_for_id(kind)
    return name if language.node_kind_is_named(kind) else f"'{name}'"


@pytest.mark.parametrize("language", [name for name in languages() if not name.startswith("JSON with")])
@given(st.lists(st.sampled_from(TOKENS), max_size=40), st.sampled_from([" ", "", "\n"]))
@settings(max_examples=15, deadline=None)
def test_counts_on_token_soup_equal_the_twins(language, tokens, between):
    grammar = find_grammar(language)
    assert grammar is not None
    check(grammar, grammar.name, between.join(tokens).encode())


def example_files():
    return [
        pytest.param(path, id=str(path.relative_to(REPOS)))
        for path in sorted(REPOS.rglob("*"))
        if path.is_file() and find_grammar(language_of_path(path.name)) and path.stat().st_size < 12_000
    ]


@pytest.mark.parametrize("path", example_files())
def test_counts_on_the_example_repositories_equal_the_twins(path):
    grammar = find_grammar(language_of_path(path.name))
    assert grammar is not None
    check(grammar, grammar.name, path.read_bytes())


# --- comments ----------------------------------------------------------------------------------------------------------------------

CODE = [
    "x = 1",
    "foo(a, b)",
    "return x;",
    "if (a) {",
    "}",
    "});",
    "a.b[0] += c",
    "if x in y:",
    "for (int i = 0; i < n; i++) {",
]
PROSE = [
    "see the manual", "This function returns x.", "x", "note: this is a sentence;", "the value of a is set here;", "TODO: fix",
    "{ dg-do compile }", "e.g. foo", "----", "Copyright (c) 2020", "a == b", "",
]  # fmt: skip


@pytest.mark.parametrize("line", CODE)
def test_a_line_of_code_reads_as_code(line):
    assert comments.reads_as_code(np.frombuffer(line.encode(), np.uint8), 0, len(line))


@pytest.mark.parametrize("line", PROSE)
def test_a_sentence_does_not_read_as_code(line):
    assert not comments.reads_as_code(np.frombuffer(line.encode(), np.uint8), 0, len(line))


@given(
    st.lists(
        st.sampled_from(
            [*CODE, *PROSE, "and", "in", "new", "foo", "Bar", " ", "  ", ";", ":", "=", "(", ")", "é"]
        ),
        max_size=5,
    ).map(" ".join)
    | st.text(max_size=12)
)
@settings(max_examples=500, deadline=None)
def test_reading_as_code_equals_the_twin(line):
    data = line.encode("utf-8", "surrogatepass")
    found = comments.reads_as_code(np.frombuffer(data, np.uint8), 0, len(data))
    assert bool(found) == naive.reads_as_code(data)


# --- tables ------------------------------------------------------------------------------------------------------------------------


def test_the_masks_of_the_kernels_are_the_roles():
    assert (*roles.ROLE_OF_FIELD.values(), roles.NAMED) == kernels.ROLE_MASKS
    assert (roles.NAMED, roles.PICKED) == (picks._NAMED, picks._PICKED)
    for name, value in vars(functions).items():
        if isinstance(value, int) and hasattr(roles, name.removeprefix("_")):
            assert value == getattr(roles, name.removeprefix("_"))
        elif isinstance(value, int) and name != "_WRAPPER":
            assert value == getattr(kernels, name)
    assert roles.COMMENT == comments._COMMENT


def test_every_kind_that_a_pick_names_exists_in_a_grammar_that_it_is_for():
    languages_of_kind: dict[str, set[str]] = {}
    tables = [*(table for share in SHARES for table in (share.picks, share.per)), STUBS, {"Python": PYTHON_2}]
    for table in tables:
        for language, group in table.items():
            for pick in group:
                for kind in " ".join((pick.kinds, pick.within, pick.inside, pick.after)).split():
                    languages_of_kind.setdefault(kind, set()).add(language)
    for kind, used_for in languages_of_kind.items():
        grammars = [find_grammar(language) for language in used_for]
        assert any(grammar is not None and grammar.ids(kind) for grammar in grammars), (kind, used_for)


# --- the walk ----------------------------------------------------------------------------------------------------------------------


def same(one: FlatTree, two: FlatTree) -> bool:
    return all(np.array_equal(getattr(one, name), getattr(two, name)) for name in FlatTree.__slots__)


@pytest.mark.skipif(not compiled_walk_is_safe(), reason="the compiled walk is not trusted on this machine")
@pytest.mark.parametrize("language", languages())
@given(
    st.lists(st.sampled_from(TOKENS), max_size=60).map(" ".join)
    | st.text(max_size=80)
    | st.binary(max_size=60).map(lambda b: b.decode("latin-1"))
)
@settings(max_examples=20, deadline=None)
def test_both_walks_give_the_same_arrays(language, text):
    grammar = find_grammar(language)
    assert grammar is not None
    tree = tree_sitter.Parser(grammar.language).parse(text.encode("utf-8", "surrogatepass"))
    compiled = flatten_compiled(tree)
    assert compiled is not None
    assert same(compiled, flatten_by_cursor(tree))

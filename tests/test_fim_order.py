import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import naive_context
from codecorpus.fim.context.dependency import components, dependency_order
from codecorpus.fim.context.file_order import order_files, weak_groups
from codecorpus.fim.context.files import split
from codecorpus.fim.context.path_index import is_seen
from codecorpus.fim.context.subjects import find_subjects, subject_name


def place_of(order):
    place = np.empty(len(order), np.int64)
    place[order] = np.arange(len(order))
    return place


def ordered(paths, edges=(), **options):
    numbers = {path: number for number, path in enumerate(paths)}
    pairs = np.array([[numbers[one], numbers[other]] for one, other in edges], np.int32).reshape(-1, 2)
    return [paths[file] for file in order_files(paths, pairs, **options)]


@st.composite
def graphs(draw, acyclic=False):
    count = draw(st.integers(0, 14))
    if count == 0:
        return []
    pairs = draw(st.sets(st.tuples(st.integers(0, count - 1), st.integers(0, count - 1)), max_size=40))
    names = draw(st.permutations(range(count)))
    graph = [[] for _ in range(count)]
    for one, other in sorted(pairs):
        if one > other or (one != other and not acyclic):
            graph[names[one]].append(names[other])
    return graph


@settings(max_examples=300, deadline=None)
@given(graphs())
def test_components_equal_those_of_reachability(graph):
    found = components(graph, range(len(graph)))
    assert {frozenset(component) for component in found} == naive_context.components(graph)
    assert sum(map(len, found)) == len(graph)


@settings(max_examples=300, deadline=None)
@given(graphs(), st.randoms(use_true_random=False))
def test_a_component_comes_after_all_that_it_imports_and_breaks_as_the_naive_rule_does(graph, random):
    first = list(range(len(graph)))
    random.shuffle(first)
    order = dependency_order(graph, first)
    place, begin = place_of(order), place_of(first)
    reach = naive_context.reachable(graph)
    for node, others in enumerate(graph):
        for other in others:
            assert place[other] < place[node] or node in reach[other]
    for component in naive_context.components(graph):
        expected = naive_context.break_cycle(component, graph, begin)
        at = order.index(expected[0])
        assert order[at : at + len(component)] == expected


NAMES = ["a.py", "a/b.py", "a/test_b.py", "b/c.go", "b/d.go", "b/c_test.go", "README.md", "tests/a.py"]
NAMES += ["tests/h.py", "z\n/é.c", "q.ts", "q.spec.ts", ""]
PATHS = st.lists(st.sampled_from(NAMES), max_size=13)


@st.composite
def repositories(draw, acyclic):
    paths = draw(PATHS if not acyclic else PATHS.map(lambda paths: list(dict.fromkeys(paths))))
    count = max(len(paths), 1)
    pairs = draw(st.lists(st.tuples(st.integers(0, count - 1), st.integers(0, count - 1)), max_size=30))
    edges = [pair for pair in pairs if max(pair) < len(paths) and (pair[0] > pair[1] or not acyclic)]
    return paths, np.array(edges, np.int32).reshape(-1, 2)


@settings(max_examples=300, deadline=None)
@given(repositories(acyclic=False))
def test_every_file_stands_in_the_order_once(repository):
    paths, edges = repository
    order = order_files(paths, edges)
    assert order.dtype == np.int64
    assert sorted(order.tolist()) == list(range(len(paths)))


@settings(max_examples=300, deadline=None)
@given(repositories(acyclic=True))
def test_without_cycles_every_edge_is_respected(repository):
    paths, edges = repository
    # Packages of Go are one file for the order, and what they import must not lead back into them, as Go demands.
    if sum(path.endswith(".go") for path in paths) > 1:
        paths = [path.replace(".go", ".rs") for path in paths]
    place = place_of(order_files(paths, edges, readme_first=False))
    assert (place[edges[:, 0]] > place[edges[:, 1]]).all()


@settings(max_examples=200, deadline=None)
@given(repositories(acyclic=True), st.randoms(use_true_random=False))
def test_the_order_in_which_files_are_given_says_nothing(repository, random):
    paths, edges = repository
    shuffled = list(range(len(paths)))
    random.shuffle(shuffled)
    back = place_of(shuffled)
    again = order_files([paths[file] for file in shuffled], back[edges][::-1])
    assert [paths[shuffled[file]] for file in again] == [paths[file] for file in order_files(paths, edges)]


def test_the_imported_comes_right_before_what_imports_it():
    paths = ["a.py", "b.py", "c.py", "y.py", "z.py"]
    assert ordered(paths, [("a.py", "z.py"), ("c.py", "y.py")]) == ["z.py", "a.py", "y.py", "c.py", "b.py"]


def test_a_cycle_breaks_at_the_file_that_most_wait_for():
    paths = ["base.py", "one.py", "three.py", "two.py"]
    edges = [(path, "base.py") for path in paths[1:]] + [("base.py", "one.py")]
    assert ordered(paths, edges) == ["base.py", "one.py", "three.py", "two.py"]


def test_a_test_stands_behind_what_it_tests_and_after_all_that_it_imports():
    paths = ["app.py", "core.py", "tests/test_app.py", "tests/test_core.py", "tests/util.py", "zoo.py"]
    edges = [
        ("app.py", "core.py"),
        ("tests/test_core.py", "core.py"),
        ("tests/test_core.py", "tests/util.py"),
    ]
    edges += [("tests/test_app.py", "zoo.py"), ("tests/util.py", "core.py")]
    assert ordered(paths, edges) == [
        "core.py", "tests/util.py", "tests/test_core.py", "app.py", "zoo.py", "tests/test_app.py"
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("path", "tested"),
    [
        ("pkg/a/test_b.py", "pkg/a/b.py"),
        ("pkg/a/b_test.go", "pkg/a/b.go"),
        ("src/test/java/x/FooTest.java", "src/main/java/x/Foo.java"),
        ("ui/x.spec.ts", "ui/x.ts"),
        ("ui/__tests__/x.tsx", "ui/x.tsx"),
        ("lib/FooTests.cs", "lib/Foo.cs"),
        ("spec/user_spec.rb", "lib/user.rb"),
    ],
)
def test_a_test_is_known_by_its_name(path, tested):
    others = ["pkg/z.py", "src/main/java/y/Foo.java", "ui/y/x.ts", "ui/y/x.tsx", "lib/zz.cs"]
    order = ordered([path, *(other for other in others if other != tested), tested])
    assert order.index(path) == order.index(tested) + 1


@pytest.mark.parametrize(
    "path", ["latest.c", "contest.py", "attest.go", "Latest.java", "protest/x.py", "a.py"]
)
def test_a_name_that_only_contains_test_is_none(path):
    assert subject_name(split(path)) is None


def test_of_two_files_with_the_tested_name_the_imported_one_is_meant():
    names = [split(path) for path in ["a/x.py", "b/x.py", "test_x.py"]]
    tests = [False, False, True]
    assert find_subjects(names, [[], [], [1]], tests)[2] == 1
    assert find_subjects(names, [[], [], []], tests)[2] == -1


def test_of_two_files_with_the_tested_name_the_one_in_the_nearer_folder_is_meant():
    names = [split(path) for path in ["b/m/z/q.py", "a/m/z/q.py", "a/m/n/tests/test_q.py"]]
    assert find_subjects(names, [[], [], []], [False, False, True])[2] == 1


def test_a_helper_that_other_files_import_is_no_test():
    paths = ["app.py", "test_lib.py", "lib.py"]
    assert ordered(paths, [("app.py", "test_lib.py")]) == ["test_lib.py", "app.py", "lib.py"]


def test_what_a_helper_imports_is_no_test_either():
    paths = ["app.py", "test_lib.py", "test_zoo.py", "zoo.py"]
    order = ordered(paths, [("app.py", "test_lib.py"), ("test_lib.py", "test_zoo.py")])
    assert order == ["test_zoo.py", "test_lib.py", "app.py", "zoo.py"]


def test_readme_comes_first_where_wanted():
    paths = ["a.py", "README.rst", "b/README.md", "b/c.py"]
    assert ordered(paths)[0] == "README.rst"
    assert ordered(paths, readme_first=False) == ["README.rst", "a.py", "b/README.md", "b/c.py"]
    assert ordered(["a.py", "readme.py"], [("readme.py", "a.py")]) == ["a.py", "readme.py"]
    assert ordered(["a.py", "b.py", "readme"], [("b.py", "a.py")], readme_first=False)[0] == "a.py"


def test_files_without_edges_stand_behind_those_of_their_folder():
    paths = ["a/x.py", "b/data.json", "b/y.py", "c/z.txt"]
    assert ordered(paths, [("a/x.py", "b/y.py")]) == ["b/y.py", "b/data.json", "a/x.py", "c/z.txt"]


def test_a_go_package_stands_together():
    paths = ["p/a.go", "p/b.go", "q/c.go", "p/a_test.go"]
    assert ordered(paths, [("p/b.go", "q/c.go")]) == ["q/c.go", "p/a.go", "p/a_test.go", "p/b.go"]


def test_a_path_that_occurs_twice_gives_two_files():
    assert sorted(order_files(["a.py", "a.py", "b.py"], np.array([[2, 0]])).tolist()) == [0, 1, 2]


def test_self_imports_and_double_edges_say_nothing():
    edges = np.array([[0, 0], [0, 1], [0, 1], [1, 1]])
    assert order_files(["a.py", "b.py"], edges).tolist() == [1, 0]


@pytest.mark.parametrize("shape", ["cycle", "chain", "star"])
def test_ten_thousand_files_take_no_stack_and_no_square_of_time(shape):
    count = 10_000
    file = np.arange(count)
    after = {"cycle": np.roll(file, -1), "chain": np.minimum(file + 1, count - 1), "star": file * 0}[shape]
    paths = [f"{name:05}.py" for name in range(count)]
    began = time.process_time()
    order = order_files(paths, np.stack([file, after], axis=1))
    assert time.process_time() - began < 60
    place = place_of(order)
    broken = int((place[file] < place[after]).sum())
    assert broken == (1 if shape == "cycle" else 0)


@settings(max_examples=200, deadline=None)
@given(graphs())
def test_groups_are_what_edges_connect(graph):
    both = [set(others) for others in graph]
    for node, others in enumerate(graph):
        for other in others:
            both[other].add(node)
    assert weak_groups(graph) == [min(reach) for reach in naive_context.reachable(both)]


def test_what_stands_among_tests_is_for_tests():
    assert is_seen(("src", "a"), ("b",))
    assert not is_seen(("a", "fixtures"), ("a",))

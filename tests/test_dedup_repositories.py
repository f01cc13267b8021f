"""Forks and vendored copies are found by what their files share, and only the leftover of a copy is spoken of."""

from __future__ import annotations

import time

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import naive_repositories as naive
from codecorpus.dedup import DedupOptions
from codecorpus.dedup.copies import copy_decisions
from codecorpus.dedup.repositories import LISTED, find_copies, folders_of
from codecorpus.document import CLUSTERS, DECISIONS, REPOSITORIES


def number(one):
    return one.to_bytes(16, "big")


class World:
    """Documents and clusters, put together by name; ids are numbers in the order of adding."""

    def __init__(self):
        self.ids, self.clusters = {}, []

    def add(self, repo, *paths):
        for path in paths:
            self.ids[repo, path] = number(len(self.ids))
        return self

    def same(self, leader, *members, kind="exact"):
        """These documents, (repository, path), are duplicates; the first one represents them."""
        first = self.ids[leader]
        self.clusters.append((first, first, True, kind))
        self.clusters += [(self.ids[member], first, False, kind) for member in members]
        return self

    def documents(self, *, without=()):
        names = [name for name in self.ids if name not in without]
        return pa.table(
            {
                "doc_id": pa.array([self.ids[name] for name in names], pa.binary(16)),
                "repo_name": pa.array([repo for repo, _ in names], pa.string()),
                "path": pa.array([path for _, path in names], pa.string()),
            }
        )

    def cluster_table(self):
        return cluster_table(self.clusters)

    def copies(self, **options):
        return find_copies(self.documents(), self.cluster_table(), DedupOptions(**options)).to_pylist()

    def decisions(self, mode, **others):
        options = DedupOptions(repository=mode, **others)
        copies = find_copies(self.documents(), self.cluster_table(), options)
        gone = {doc_id for doc_id, _, is_representative, _ in self.clusters if not is_representative}
        kept = self.documents(without=[name for name, doc_id in self.ids.items() if doc_id in gone])
        table = copy_decisions(kept, self.cluster_table(), copies, options)
        assert table.schema == DECISIONS
        return {(row["repo_name"], row["path"]): row for row in table.to_pylist()}


def cluster_table(rows):
    columns = list(zip(*rows, strict=True)) if rows else [[]] * 4
    return pa.table(
        {
            "doc_id": pa.array(columns[0], pa.binary(16)),
            "cluster_id": pa.array(columns[1], pa.binary(16)),
            "is_representative": pa.array(columns[2], pa.bool_()),
            "similarity": pa.array([1.0] * len(rows)),
            "kind": pa.array(columns[3], pa.string()),
        },
        schema=CLUSTERS,
    )


def names(count, folder=""):
    return [f"{folder}{index:03}.py" for index in range(count)]


def fork():
    """`original` and `fork`: 18 files of both, which the original won; 2 of the fork alone, 1 of the original alone."""
    world = World().add("original", *names(18), "own.py").add("fork", *names(18), "new.py", "newer.py")
    for path in names(18):
        world.same(("original", path), ("fork", path))
    return world


def vendored(winner="library"):
    """`library` of 20 files, of which 19 stand in third_party/library of `app`, which patched one and has 100 files of its own."""
    world = (
        World().add("library", *names(20)).add("app", *names(20, "third_party/library/"), *names(100, "src/"))
    )
    for path in names(19):
        both = [("library", path), ("app", f"third_party/library/{path}")]
        world.same(*(both if winner == "library" else both[::-1]))
    return world


def test_a_fork_is_one_row_under_the_name_of_the_copy():
    assert fork().copies() == [
        {
            "repo_name": "fork",
            "documents": 20,
            "other_repo": "original",
            "shared": 18,
            "containment": 0.9,
            "reverse_containment": 18 / 19,
            "kind": "fork",
            "copy": "fork",
            "folder": None,
        }
    ]


def test_a_vendored_copy_is_found_with_its_folder():
    (row,) = vendored().copies()
    assert (row["repo_name"], row["other_repo"], row["kind"]) == ("library", "app", "vendored")
    assert (row["shared"], row["containment"], row["reverse_containment"]) == (19, 0.95, 19 / 120)
    assert (row["folder"], row["copy"]) == ("third_party/library", "app")
    (row,) = vendored(winner="app").copies()
    assert (row["folder"], row["copy"]) == ("third_party/library", "library")


def test_two_repositories_that_share_a_little_are_not_copies():
    world = World().add("a", *names(20)).add("b", *names(20))
    for path in names(15):
        world.same(("a", path), ("b", path))
    assert world.copies() == []
    assert len(world.copies(repository_threshold=0.75)) == 1
    assert world.copies(repository_threshold=0.75, min_repository_documents=21) == []


def test_structural_duplicates_make_no_copies():
    world = World().add("a", *names(20)).add("b", *names(20))
    for path in names(20):
        world.same(("a", path), ("b", path), kind="structural")
    assert world.copies() == []


def test_copies_inside_one_repository_say_nothing():
    world = World().add("a", *names(20), *names(20, "backup/"))
    for path in names(20):
        world.same(("a", path), ("a", f"backup/{path}"))
    assert world.copies() == []


def test_a_circle_of_forks_has_an_original():
    world = World()
    for repo in "abc":
        world.add(repo, *names(30))
    for index, path in enumerate(names(30)):
        repos = ["abc", "bca", "cab"][index % 3]
        world.same(*((repo, path) for repo in repos))
    assert {(row["repo_name"], row["copy"]) for row in world.copies()} == {("b", "b"), ("c", "c")}


def test_the_leftover_of_a_fork_is_flagged_or_dropped_on_request():
    for mode, verdict in (("flag", "flagged"), ("drop", "dropped")):
        rows = fork().decisions(mode)
        assert {name: row["verdict"] for name, row in rows.items()} == {
            ("fork", "new.py"): verdict,
            ("fork", "newer.py"): verdict,
        }
        row = rows["fork", "new.py"]
        assert (row["code"], row["stage"], row["measured"], row["limit"]) == ("CC405", "dedup", 0.9, 0.8)
        assert row["detail"] == "90 % of the 20 documents of fork are in original (fork)"
    assert fork().decisions("off") == {}


def test_a_kept_file_that_stands_for_others_is_never_dropped():
    world = fork().add("fork", "won.py").add("third", "won.py").same(("fork", "won.py"), ("third", "won.py"))
    rows = world.decisions("drop")
    assert rows["fork", "won.py"]["verdict"] == "flagged"
    assert rows["fork", "new.py"]["verdict"] == "dropped"


@pytest.mark.parametrize(("structural", "verdict"), [("drop", "flagged"), ("flag", "dropped")])
def test_what_stands_for_structural_duplicates_stays_where_these_are_dropped(structural, verdict):
    world = fork().add("fork", "won.py").add("third", "won.py")
    world.same(("fork", "won.py"), ("third", "won.py"), kind="structural")
    assert world.decisions("drop", structural=structural)["fork", "won.py"]["verdict"] == verdict


def test_of_a_vendored_copy_the_folder_is_meant_and_of_a_lost_library_the_library():
    rows = vendored().decisions("drop")
    assert list(rows) == [("app", "third_party/library/019.py")]
    assert rows["app", "third_party/library/019.py"]["detail"] == (
        "folder third_party/library holds 95 % of the 20 documents of library (vendored)"
    )
    assert list(vendored(winner="app").decisions("drop")) == [("library", "019.py")]


def test_files_all_over_another_repository_are_no_place():
    world = (
        World().add("a", *names(20)).add("b", *(f"{index}/{path}" for index, path in enumerate(names(20))))
    )
    world.add("b", *names(100, "own/"))
    for index, path in enumerate(names(20)):
        world.same(("a", path), ("b", f"{index}/{path}"))
    assert [(row["folder"], row["copy"]) for row in world.copies()] == [("", "b")]
    assert world.decisions("drop") == {}


def test_the_order_of_rows_changes_nothing():
    world = vendored()
    documents, clusters = world.documents(), world.cluster_table()
    turned = [table.take(list(range(table.num_rows))[::-1]) for table in (documents, clusters)]
    assert find_copies(*turned, DedupOptions()).equals(find_copies(documents, clusters, DedupOptions()))


def test_nothing_in_nothing_out():
    none = World()
    assert find_copies(none.documents(), none.cluster_table(), DedupOptions()).schema == REPOSITORIES
    assert none.decisions("drop") == {}
    alone = World().add("a", *names(20))
    assert alone.copies() == []


# --- against the twin -------------------------------------------------------------------------------------------------------

PATHS = st.lists(st.sampled_from(["a", "b", "", "lib"]), min_size=1, max_size=4).map("/".join)


@st.composite
def worlds(draw):
    """Up to eight repositories with up to 40 documents in up to 12 clusters; some members are no documents (too short)."""
    count = draw(st.integers(0, 40))
    repos = draw(st.lists(st.sampled_from("abcdefgh"), min_size=count, max_size=count))
    paths = draw(st.lists(PATHS, min_size=count, max_size=count))
    labels = draw(st.lists(st.integers(0, 12), min_size=count, max_size=count))
    short = set(draw(st.lists(st.integers(0, 40), max_size=3)))
    first, rows = {}, []
    for one, label in enumerate(labels):
        if label:
            leader = first.setdefault(label, one)
            kind = "structural" if label == 1 else draw(st.sampled_from(["exact", "code", "near"]))
            rows.append((number(one), number(leader), leader == one, kind))
    known = [one for one in range(count) if one not in short]
    return {number(one): (repos[one], paths[one]) for one in known}, rows


@settings(max_examples=300, deadline=None)
@given(worlds(), st.sampled_from([0.3, 0.5, 0.8, 1.0]), st.integers(1, 4), st.integers(1, 4))
def test_all_rows_are_those_of_the_naive_twin(world, threshold, least, anchors):
    documents, clusters = world
    table = pa.table(
        {
            "doc_id": pa.array(list(documents), pa.binary(16)),
            "repo_name": pa.array([repo for repo, _ in documents.values()], pa.string()),
            "path": pa.array([path for _, path in documents.values()], pa.string()),
        }
    )
    options = DedupOptions(repository_threshold=threshold, min_repository_documents=least)
    found = find_copies(table, cluster_table(clusters), options, anchors=anchors).to_pylist()
    expected = naive.find_copies(documents, clusters, threshold=threshold, least=least, anchors=anchors)
    assert found == expected


@given(st.text(alphabet="ab/", max_size=12))
def test_folders_go_up_to_the_root(path):
    found = list(folders_of(path))
    assert found[-1] == ""
    assert all(path.startswith(f"{folder}/") for folder in found[:-1])
    assert len(found) == len(set(found))


def test_a_path_of_a_million_folders_costs_little():
    found = list(folders_of("a/" * 1_000_000 + "x.py"))
    assert len(found) == 65
    assert found[0] == "/".join("a" * 64)


# --- many -------------------------------------------------------------------------------------------------------------------


def test_a_file_of_thousands_of_repositories_makes_no_square():
    """20,000 repositories with the same 10 library files: 400 million pairs, which would take hours and all memory."""
    count, common = 20_000, 10
    ids = [number(one) for one in range(count * (common + 2))]
    repos = [f"r{one // (common + 2):05}" for one in range(len(ids))]
    paths = [f"lib/{one % (common + 2)}.js" for one in range(len(ids))]
    documents = pa.table({"doc_id": pa.array(ids, pa.binary(16)), "repo_name": repos, "path": paths})
    rows = [
        (ids[at], ids[at % (common + 2)], at < common + 2, "exact")
        for at in range(len(ids))
        if at % (common + 2) < common
    ]
    begin = time.process_time()
    copies = find_copies(documents, cluster_table(rows), DedupOptions())
    assert time.process_time() - begin < 60
    assert 0 < copies.num_rows <= count * LISTED
    assert set(copies["kind"].to_pylist()) == {"fork"}


@pytest.mark.parametrize("anchors", [1, 16])
def test_a_small_pair_among_larger_repositories_is_counted_over_all_clusters(anchors):
    """Half of the files of the pair stand in 30 larger repositories as well, and count all the same."""
    world = World().add("pair1", *names(20)).add("pair2", *names(20))
    for index in range(30):
        world.add(f"large{index:02}", *names(40))
    for at, path in enumerate(names(20)):
        more = [(f"large{index:02}", path) for index in range(30)] if at < 10 else []
        world.same(("pair1", path), ("pair2", path), *more)
    options = DedupOptions()
    copies = find_copies(world.documents(), world.cluster_table(), options, anchors=anchors).to_pylist()
    assert [(row["repo_name"], row["other_repo"], row["shared"]) for row in copies] == [
        ("pair2", "pair1", 20)
    ]

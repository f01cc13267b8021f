"""What `explain` says of duplicates, of every level, and of those that stay for them."""

import pytest

from codecorpus.report.explain import explain
from fake_run import FakeRun


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """A leader, a document dropped for it on each level that drops, and documents that are flagged."""
    fake, out = FakeRun(), tmp_path_factory.mktemp("levels") / "run"
    leader = fake.keep("a", "leader.py", "def f(x):\n    return x\n")
    for code, name in (("CC401", "exact.py"), ("CC403", "code.py"), ("CC402", "near.py")):
        fake.drop("dedup", "b", name, code, measured=1.0, limit=1.0, other_id=leader)
    for name in ("one.py", "two.py"):
        doc_id = fake.keep("c", name, f"def g(y):\n    return y  # {name}\n")
        fake.decisions["dedup"].add(
            doc_id, "c", name, "CC404", verdict="flagged", measured=0.9, limit=0.85, other_id=leader
        )
    copied = fake.keep("fork", "own.py", "z = 1\n")
    fake.decisions["dedup"].add(
        copied, "fork", "own.py", "CC405", verdict="flagged", measured=0.9, limit=0.8, detail="90 % are in a"
    )
    fake.write(out)
    return out


@pytest.mark.parametrize(
    ("path", "verdict", "rule"),
    [
        ("exact.py", "dropped", "CC401 exact duplicate"),
        ("code.py", "dropped", "CC403 same code"),
        ("near.py", "dropped", "CC402 near-duplicate"),
        ("one.py", "flagged", "CC404 structural duplicate"),
    ],
)
def test_a_duplicate_of_each_level_names_its_rule_and_the_document_that_stays(run, path, verdict, rule):
    (one,) = explain(run, path)
    assert one.kept is (verdict == "flagged")
    assert f"  dedup: {verdict} by {rule}" in one.lines()
    assert "    matches a/leader.py" in one.lines()


def test_what_is_left_of_a_copy_names_the_other_repository_in_words(run):
    (one,) = explain(run, "own.py")
    assert "    90 % are in a" in one.lines()
    assert not any(line.startswith("    matches") for line in one.lines())


def test_the_document_that_stays_says_for_how_many(run):
    (leader,) = explain(run, "leader.py")
    assert (leader.stands_for, leader.alike) == (3, 2)
    assert "  stands for 3 duplicates" in leader.lines()
    assert "  2 kept documents have its structure" in leader.lines()
    (other,) = explain(run, "one.py")
    assert (other.stands_for, other.alike) == (0, 0)
    assert not any("structure" in line and "CC404" not in line for line in other.lines())

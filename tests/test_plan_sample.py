"""What `plan` draws: like the whole, as large as asked for, the same each time."""

import os
from collections import Counter

import pytest

from codecorpus.run.plan_sample import draw_parts
from codecorpus.sources import SourceOptions, plan_sources
from codecorpus.sources.part import Part

KINDS = {"py": 3000, "js": 9000, "c": 1000}


@pytest.fixture(scope="module")
def parts(tmp_path_factory):
    """30 repositories of one language each, and of very different sizes."""
    root = tmp_path_factory.mktemp("sample") / "repos"
    for number in range(30):
        extension, size = list(KINDS.items())[number % 3]
        for file in range(20 + 15 * (number % 7)):
            path = root / f"r{number}" / f"d{file // 9}" / f"f{file}.{extension}"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text("x" * (size // 2 + size * (file % 3) // 2))
        (root / f"r{number}" / "LICENSE").write_text("MIT License")
    return plan_sources([root], SourceOptions())


def shares(parts):
    counts = Counter()
    for part in parts:
        for item in part.items:
            size = os.lstat(os.path.join(part.location, item)).st_size
            counts[os.path.splitext(item)[1]] += size
    return {name: count / sum(counts.values()) for name, count in counts.items() if name}


@pytest.mark.parametrize("share", [0.1, 0.3])
def test_it_has_the_bytes_that_were_asked_for_and_the_mix_of_the_whole(parts, share):
    total = sum(part.size for part in parts)
    drawn = draw_parts(parts, int(share * total))
    assert sum(part.size for part in drawn) == pytest.approx(share * total, rel=0.25)
    whole = shares(parts)
    assert shares(drawn) == {name: pytest.approx(value, abs=0.08) for name, value in whole.items()}
    assert len({part.repo_name for part in drawn}) > 20


def test_it_is_a_part_of_the_whole_and_says_its_size(parts):
    known = {(part.location, item) for part in parts for item in part.items}
    drawn = draw_parts(parts, 200_000)
    for part in drawn:
        assert {(part.location, item) for item in part.items} <= known
        assert len(set(part.items)) == len(part.items)
        assert list(part.items) == sorted(part.items)
        assert part.size == sum(os.lstat(os.path.join(part.location, item)).st_size for item in part.items)


def test_the_licence_files_above_a_drawn_file_are_drawn_too(parts):
    drawn = draw_parts(parts, 100_000)
    repositories = {part.repo_name for part in drawn}
    licensed = {part.repo_name for part in drawn if "LICENSE" in part.items}
    assert repositories
    assert licensed == repositories


def test_of_an_input_that_is_small_everything_is_drawn(parts):
    assert draw_parts(parts, 10**9) == tuple(parts)
    assert draw_parts((), 10) == ()


def test_of_next_to_nothing_the_smallest_part_is_drawn(parts):
    (drawn,) = draw_parts(parts, 1)
    assert drawn in parts
    assert drawn.size == min(part.size for part in parts)


def test_the_same_input_gives_the_same_sample(parts):
    assert draw_parts(parts, 150_000) == draw_parts(parts, 150_000)


def test_what_cannot_be_cut_is_drawn_whole():
    archives = [Part("archive", f"/x/{n}.tar", "x", f"x\0{n}", str(n), 1000) for n in range(50)]
    drawn = draw_parts(archives, 10_000)
    assert len(drawn) == 10
    assert set(drawn) <= set(archives)
    damaged = Part("damaged", "/x/d", "d", "x\0d", "d", 0, ("CC008", "", "why"))
    assert damaged not in draw_parts([*archives, damaged], 10_000)

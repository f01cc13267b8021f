"""Parts and shards: what is a source, in which order, with which borders."""

import os
import pickle
import random
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from codecorpus.errors import SourceError
from codecorpus.sources import Part, SourceOptions, group_parts, plan_sources
from codecorpus.sources.part import cut_stretches
from sources_help import read, write

OPTIONS = SourceOptions()


def make_sources(tmp_path):
    first = write(tmp_path / "x" / "dump", {"one/a.py": "1\n", "two/b.py": "2\n", "loose.py": "3\n"})
    second = write(tmp_path / "y" / "dump", {"one/a.py": "other\n"})
    with zipfile.ZipFile(tmp_path / "z.zip", "w") as archive:
        archive.writestr("a.py", "zip\n")
    lines = write(tmp_path, {"l.jsonl": '{"content": "c"}\n'}) / "l.jsonl"
    return [first, second, tmp_path / "z.zip", lines]


def test_the_plan_does_not_depend_on_the_order_of_the_sources(tmp_path):
    sources = make_sources(tmp_path)
    plan = plan_sources(sources, OPTIONS)
    tables = read(*sources)
    for seed in range(5):
        mixed = random.Random(seed).sample(sources, len(sources))
        assert plan_sources(mixed, OPTIONS) == plan
        assert read(*mixed) == tables
    assert [part.key for part in plan] == sorted(part.key for part in plan)
    assert len({part.key for part in plan}) == len(plan)


def test_a_source_given_twice_is_read_once(tmp_path):
    root = write(tmp_path / "d", {"r/a.py": "a\n"})
    (tmp_path / "link").symlink_to(root)
    here = os.getcwd()
    os.chdir(tmp_path)
    try:
        assert plan_sources([root, "d", "./d/", tmp_path / "link"], OPTIONS) == plan_sources([root], OPTIONS)
    finally:
        os.chdir(here)


def test_keys_hold_no_absolute_path_and_do_not_move_with_the_folder(tmp_path):
    root = write(tmp_path / "d", {"r/a.py": "a\n", "loose.py": "b\n"})
    before = plan_sources([root], OPTIONS)
    shards = group_parts(before)
    (tmp_path / "elsewhere").mkdir()
    os.rename(root, tmp_path / "elsewhere" / "d")
    after = plan_sources([tmp_path / "elsewhere" / "d"], OPTIONS)
    assert [part.key for part in after] == [part.key for part in before]
    assert all(str(tmp_path) not in part.key for part in before)
    assert [shard.key for shard in group_parts(after)] == [shard.key for shard in shards]


def test_a_changed_file_changes_the_fingerprint_of_its_part_alone(tmp_path):
    root = write(tmp_path / "d", {"one/a.py": "a\n", "two/b.py": "b\n"})
    before = plan_sources([root], OPTIONS)
    (root / "two" / "b.py").write_text("changed\n")
    after = plan_sources([root], OPTIONS)
    assert [part.key for part in before] == [part.key for part in after]
    assert [one.fingerprint == two.fingerprint for one, two in zip(before, after, strict=True)] == [
        True,
        False,
    ]


def test_dump_files_in_a_folder_are_sources_of_their_own(tmp_path):
    root = write(tmp_path / "d", {"l.jsonl": '{"content": "c\\n"}\n', "readme.txt": "t\n"})
    with zipfile.ZipFile(root / "z.zip", "w") as archive:
        archive.writestr("a.py", "zip\n")
    assert set(read(root).texts()) == {("l", "l#1"), ("d", "readme.txt"), ("z", "a.py")}


def test_parts_travel_to_a_worker_by_pickle(tmp_path):
    shards = group_parts(plan_sources(make_sources(tmp_path), OPTIONS))
    assert pickle.loads(pickle.dumps(shards)) == shards


def test_all_bad_sources_are_named_at_once(tmp_path):
    (tmp_path / "empty").mkdir()
    strange = write(tmp_path, {"notes.docx": "x"}) / "notes.docx"
    with pytest.raises(SourceError) as caught:
        plan_sources([tmp_path / "missing", tmp_path / "empty", strange], OPTIONS)
    for name in ("missing", "empty", "notes.docx"):
        assert name in caught.value.what
    assert caught.value.hint


@pytest.mark.parametrize("make", ["missing", "empty", "fifo", "nothing"])
def test_a_source_that_cannot_be_read_says_what_to_do(tmp_path, make):
    place = tmp_path / "source"
    if make == "empty":
        (place / "repo" / "src").mkdir(parents=True)
    if make == "fifo":
        os.mkfifo(place)
    with pytest.raises(SourceError) as caught:
        plan_sources([] if make == "nothing" else [place], OPTIONS)
    assert caught.value.hint


def parts_of(names):
    return tuple(Part("folder", "/", name, name, "f", 1_000_000, ()) for name in sorted(names))


@given(
    st.sets(st.text("abcdef", min_size=3, max_size=6), min_size=60, max_size=120),
    st.text("abcdef", min_size=3, max_size=6),
)
@settings(max_examples=50, deadline=None)
def test_a_new_repository_changes_only_the_shards_near_it(names, new):
    before = {shard.key for shard in group_parts(parts_of(names), target=8_000_000)}
    after = {shard.key for shard in group_parts(parts_of(names | {new}), target=8_000_000)}
    # A border is set at every fourth part on average once a shard is half full; a chain of many misses is rare.
    assert len(after - before) <= 6


def test_groups_keep_every_part_in_order_and_their_size_is_bounded():
    parts = parts_of(f"r{number:03}" for number in range(200))
    shards = group_parts(parts, target=8_000_000)
    assert tuple(part for shard in shards for part in shard.parts) == parts
    assert all(shard.size <= 16_000_000 for shard in shards)
    assert len(shards) > 10


def test_stretches_of_a_big_repository_keep_every_file_in_order():
    files = [(number, f"src/f{number:05}.py", 6_000) for number in range(5_000)]
    stretches = list(cut_stretches(files))
    assert [item for stretch in stretches for item in stretch] == list(range(5_000))
    assert all(300 < len(stretch) < 1_400 for stretch in stretches[:-1])
    added = [(-1, "src/f01000a.py", 6_000)]
    moved = list(cut_stretches(sorted(files + added, key=lambda file: file[1])))
    assert len([stretch for stretch in moved if stretch not in stretches]) <= 2

"""Hostile archives and folders, rows 1 to 15 of docs/security.md: the run ends, the rest of the input is there, the fault is a decision."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from hostile_archives import good
from hostile_run import ALLOWANCE


def detail(hostile, repository, path):
    return hostile.dropped[repository, path][0][1]


def made_outside(hostile, name):
    """Files of this name anywhere an extracted member could have gone."""
    places = [hostile.root.parent, Path.cwd(), Path("/tmp")]
    return [str(found) for place in places for found in place.glob(f"*{name}*")]


def test_row_01_a_tar_member_above_its_folder_is_not_written(hostile):
    assert hostile.codes("r01") == {"../evil01.py": "CC007", "a/../../evil01.py": "CC007"}
    assert hostile.paths("r01") == ["good.py"]
    assert made_outside(hostile, "evil01") == []


def test_row_02_an_absolute_tar_member_is_refused(hostile):
    assert hostile.codes("r02") == {"/tmp/evil02.py": "CC007", "//evil02.py": "CC007"}
    assert hostile.paths("r02") == ["good.py"]
    assert made_outside(hostile, "evil02") == []


@pytest.mark.parametrize("repository", ["r03", "r03_folder"])
def test_row_03_a_link_to_a_file_of_the_machine_is_not_followed(hostile, repository):
    assert hostile.codes(repository) == {"passwd.py": "CC002"}
    assert hostile.paths(repository) == ["good.py"]
    assert not any("root:" in text for text in hostile.kept.values())


def test_row_04_nothing_is_written_through_a_link_to_a_sibling(hostile):
    assert hostile.codes("r04") == hostile.codes("r04_folder") == {"d": "CC002"}
    # The member behind the link is a file of the archive, and only that.
    assert hostile.kept["r04", "d/evil04.py"] == "evil = 4\n"
    assert os.listdir(hostile.root / "r04_sibling") == ["good.py"]
    assert hostile.paths("r04_sibling") == ["good.py"]


def test_row_05_a_hard_link_to_the_outside_is_refused(hostile):
    assert hostile.codes("r05") == {"hard.py": "CC002"}
    assert detail(hostile, "r05", "hard.py") == "hard link"
    assert hostile.paths("r05") == ["good.py"]


def test_row_06_devices_are_skipped(hostile):
    assert hostile.codes("r06") == {"tty": "CC003", "disk": "CC003"}
    assert hostile.paths("r06") == ["good.py"]


def test_row_07_fifos_block_nothing_under_whatever_name(hostile):
    assert hostile.codes("r07") == {"pipe.py": "CC003"}
    assert hostile.paths("r07") == ["good.py"]
    names = {f"r07.{extension}": "CC003" for extension in ("jsonl", "tar.gz", "zip", "parquet")}
    assert hostile.codes("dump") == names


def test_row_08_a_setuid_bit_is_ignored(hostile):
    assert hostile.kept["r08", "setuid.py"] == "setuid = 8\n"
    modes = [path.stat().st_mode for path in hostile.corpus.path.rglob("*")]
    assert modes
    assert not any(
        mode & (stat.S_ISUID | stat.S_ISGID | stat.S_IXUSR) for mode in modes if stat.S_ISREG(mode)
    )


def test_row_09_a_path_of_2000_folders_needs_no_recursion(hostile):
    path = "a/" * 2000 + "deep.py"
    assert hostile.kept["r09", path] == "deep = 9\n"
    (explanation,) = hostile.corpus.explain(f"r09/{path}")
    assert explanation.kept


def test_row_10_a_name_of_300_characters_is_a_name_and_an_empty_one_a_decision(hostile):
    assert hostile.kept["r10", "x" * 300 + ".py"] == "long = 10\n"
    assert hostile.codes("r10") == {"": "CC007"}
    assert ("r10", "good.py") in hostile.kept


@pytest.mark.parametrize(("repository", "archive"), [("r11", "r11.zip"), ("r11_tar", "r11_tar.tar.gz")])
def test_row_11_a_bomb_is_stopped_at_its_budget(hostile, repository, archive):
    place = hostile.root / archive
    swollen = 40 * 300_000
    assert swollen > 150 * place.stat().st_size
    budget = ALLOWANCE + 100 * place.stat().st_size
    assert budget < swollen / 2
    read = [path for path in hostile.codes(repository) if path != archive]
    assert 0 < len(read) * 300_000 <= budget
    assert hostile.codes(repository)[archive] == "CC008"
    assert "bomb" in detail(hostile, repository, archive)
    assert ("r11", "before.py") in hostile.kept


def test_row_12_a_nested_archive_is_not_opened(hostile):
    assert hostile.codes("r12") == {"nested.zip": "CC004"}
    assert hostile.paths("r12") == ["good.py"]


def test_row_13_entries_that_overlap_share_one_budget(hostile):
    place = hostile.root / "r13.zip"
    budget = ALLOWANCE + 100 * place.stat().st_size
    assert 2 * budget < 60 * 100_000
    # Python from 3.11.10 on refuses such entries one by one; before, the budget ends them.
    assert hostile.dropped["r13", "r13.zip"][0][0] == "CC008"
    assert len(hostile.dropped.get(("r13", "0.py"), [])) * 100_000 <= budget


def test_row_14_a_zip_that_lies_about_a_size_loses_that_member(hostile):
    assert hostile.codes("r14") == {"liar.py": "CC001"}
    assert "CRC" in detail(hostile, "r14", "liar.py")
    assert hostile.paths("r14") == ["good.py"]


def test_row_15_of_two_members_with_one_name_both_are_read(hostile):
    for repository, name in (("r15", "twice.py"), ("r15_zip", "once.py")):
        texts = hostile.corpus.documents(["repo_name", "path", "content"]).rows()
        assert sorted(text[:5] for repo, path, text in texts if (repo, path) == (repository, name)) == [
            "first",
            "secon",
        ]
        assert hostile.kept[repository, "good.py"] == good(repository)

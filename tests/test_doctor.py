"""What `doctor` says on machines where something is broken: everything else, and what it is."""

import os
import pwd
from importlib import metadata

import pytest

from codecorpus.parse.grammars import more_languages
from codecorpus.run import doctor
from codecorpus.run.doctor import diagnose

TOPICS = {"versions", "grammars", "machine", "kernels", "extras"}


def facts(topic):
    return [fact for fact in diagnose().facts if fact.topic == topic]


@pytest.fixture
def closed(tmp_path):
    """A folder that may not be looked into, not by root either, who gives the right to do so away."""
    folder, is_root = tmp_path / "closed", os.geteuid() == 0
    (folder / "in").mkdir(parents=True)
    folder.chmod(0)
    if is_root:
        os.seteuid(65534)
    yield folder
    if is_root:
        os.seteuid(0)
    folder.chmod(0o700)


def no_entry(*_):
    raise KeyError("no entry")


def test_a_user_without_a_home(monkeypatch):
    monkeypatch.delenv("HOME")
    monkeypatch.delenv("NUMBA_CACHE_DIR", raising=False)
    monkeypatch.setattr(pwd, "getpwuid", no_entry)
    (fact,) = facts("kernels")
    assert "cannot be looked at" not in fact.value
    monkeypatch.setattr(doctor, "_can_write", lambda place: False)
    (fact,) = facts("kernels")
    assert (fact.state, fact.value.endswith("no place to keep them")) == ("problem", True)


def test_a_folder_that_may_not_be_looked_into(closed, monkeypatch):
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(closed / "in" / "it"))
    with pytest.raises(PermissionError):
        os.stat(closed / "in")
    (fact,) = doctor._kernels()
    assert (fact.topic, fact.name) == ("kernels", "cache")


def test_kernels_are_counted_where_they_are_kept(tmp_path, monkeypatch):
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path))
    before = int(facts("kernels")[0].value.split()[0]) if "none" not in facts("kernels")[0].value else 0
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "f.nbc").touch()
    (fact,) = facts("kernels")
    assert fact.value == f"{before + 1} compiled; in {tmp_path}"


@pytest.mark.parametrize("below", ["", "more"])
def test_a_file_is_no_place_for_kernels(tmp_path, monkeypatch, below):
    (tmp_path / "file").touch()
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path / "file" / below))
    (fact,) = facts("kernels")
    assert fact.state == "problem"


def test_a_folder_of_sources_that_is_not_installed(monkeypatch):
    def missing(name):
        raise metadata.PackageNotFoundError(name)

    real = metadata.version
    monkeypatch.setattr(
        metadata, "version", lambda name: missing(name) if name == "codecorpus" else real(name)
    )
    monkeypatch.setattr(metadata, "requires", missing)
    assert "not installed" in facts("versions")[0].value
    (extras,) = facts("extras")
    assert extras.state == "missing"


def test_no_folder_for_temporary_files(monkeypatch):
    def none_usable():
        raise FileNotFoundError(2, "No usable temporary directory")

    monkeypatch.setattr(doctor, "gettempdir", none_usable)
    states = {fact.name: (fact.state, fact.value) for fact in facts("machine")}
    assert states["disk, temporary"] == ("problem", "No usable temporary directory")
    assert states["disk, here"][0] == "ok"


@pytest.mark.parametrize("topic", sorted(TOPICS))
def test_what_cannot_be_looked_at_is_a_problem_among_the_others(monkeypatch, topic):
    def broken():
        raise RuntimeError("so broken")

    monkeypatch.setattr(doctor, f"_{topic}", broken)
    found = diagnose()
    assert {fact.topic for fact in found.facts} >= TOPICS
    assert not found.ok
    assert [fact.value for fact in found.facts if fact.topic == topic] == [
        "cannot be looked at: RuntimeError: so broken"
    ]


def test_it_counts_the_languages_of_the_extra():
    (fact,) = (fact for fact in facts("extras") if fact.name == "all-languages")
    assert f"{len(more_languages())} of them" in fact.value

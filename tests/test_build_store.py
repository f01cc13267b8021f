"""Runs in an object store: the same bytes, whoever continues them, and nothing is believed without its marker."""

from __future__ import annotations

import json
import logging
import os
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

import codecorpus as cc
from codecorpus.addresses import parse_address
from codecorpus.errors import OutputError, RunError, StorageError
from codecorpus.run import remote_lock
from codecorpus.run.remote import stored_run
from conftest import write_repositories
from object_store import KEY, MISSING, SECRET, Server

pytestmark = pytest.mark.skipif(MISSING is not None, reason=str(MISSING))
SETTINGS = {"sequence_length": 256, "tokenizer.vocab_size": 600}


@pytest.fixture(scope="module")
def server():
    started = Server()
    started.bucket("runs")
    yield started
    started.stop()


@pytest.fixture(scope="module")
def repos(tmp_path_factory):
    return write_repositories(tmp_path_factory.mktemp("r") / "repos")


@pytest.fixture(autouse=True)
def machine(tmp_path, monkeypatch):
    """A cache of its own, and no wait for stores that need none."""
    monkeypatch.setattr(remote_lock, "_SETTLE", 0.0)
    return use_machine(monkeypatch, tmp_path / "machine")


def use_machine(monkeypatch, folder: Path) -> Path:
    monkeypatch.setenv("CODECORPUS_CACHE", str(folder))
    return folder


def build(source, out, **more):
    return cc.build(source, out=out, settings=SETTINGS, progress=False, **{"executor": "in-process", **more})


@pytest.fixture(scope="module")
def local(repos, tmp_path_factory):
    """The same run on the disk."""
    return build(repos, tmp_path_factory.mktemp("local") / "run").path


def published(folder: Path) -> dict[str, bytes]:
    paths = [
        path for path in folder.rglob("*") if path.is_file() and "work" not in path.relative_to(folder).parts
    ]
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}


def in_store(server, prefix) -> dict[str, bytes]:
    keys = [key for key in server.keys(prefix) if not key.startswith(f"{prefix}/work/")]
    return {key[len(prefix) + 1 :]: server.get(key) for key in keys}


def test_a_run_in_a_store_is_the_run_on_the_disk(server, repos, local, caplog, capfd, machine):
    caplog.set_level(logging.DEBUG)
    server.upload(repos, "runs/in/repos")
    corpus = build(server.url("runs/in/repos"), server.url("runs/same"))
    assert in_store(server, "runs/same") == published(local)
    assert not [key for key in server.keys("runs/same/work") if key.endswith("lock.json")]
    said = "".join([*capfd.readouterr(), caplog.text, repr(corpus)])
    written = [server.get(key) for key in server.keys("runs/same")]
    here = [path.read_bytes() for path in machine.rglob("*") if path.is_file()]
    for secret in (KEY, SECRET, f"127.0.0.1:{server.port}"):
        assert secret not in said
        assert not any(secret.encode() in data for data in [*written, *here])
        assert not any(secret in str(path) for path in machine.rglob("*"))


def test_another_machine_continues_without_doing_anything_again(server, repos, local, tmp_path, monkeypatch):
    build(repos, server.url("runs/other"))
    before = {key: server.files.get_file_info(key).mtime_ns for key in server.keys("runs/other/work")}
    other = use_machine(monkeypatch, tmp_path / "second")
    build(repos, server.url("runs/other"))
    assert in_store(server, "runs/other") == published(local)
    assert set(server.keys("runs/other/work")) == set(before)
    assert not list(other.rglob("timings.jsonl"))  # where every unit that runs has a line
    # What this machine did not need did not come: the text as it was read, above all.
    assert not list(other.rglob("read/*/documents.parquet"))


def test_another_machine_fetches_what_a_unit_reads(server, repos, local, tmp_path, monkeypatch):
    build(repos, server.url("runs/half"))
    server.files.delete_file("runs/half/manifest.json")
    for stage in ("pack", "documents"):
        for key in server.keys(f"runs/half/work/{stage}"):
            server.files.delete_file(key)
    use_machine(monkeypatch, tmp_path / "second")
    build(repos, server.url("runs/half"), executor="processes", workers=2)
    assert in_store(server, "runs/half") == published(local)


def test_units_are_not_believed_without_their_marker(server, repos, local, tmp_path, monkeypatch):
    """What a killed upload leaves: a part of a file under its name, and no unit.json."""
    build(repos, server.url("runs/killed"))
    server.files.delete_file("runs/killed/manifest.json")
    for key in server.keys("runs/killed/work/documents"):
        if key.endswith("unit.json"):
            server.files.delete_file(key)
        else:
            server.put(key, server.get(key)[:100])
    server.put("runs/killed/documents/part-00000.parquet", b"PAR1 cut")
    use_machine(monkeypatch, tmp_path / "second")
    build(repos, server.url("runs/killed"))
    assert in_store(server, "runs/killed") == published(local)
    # The first machine, whose folder has all, finds the same.
    use_machine(monkeypatch, tmp_path / "machine")
    build(repos, server.url("runs/killed"))
    assert in_store(server, "runs/killed") == published(local)


def test_a_unit_that_was_changed_in_the_store_is_refused(server, repos, tmp_path, monkeypatch):
    build(repos, server.url("runs/changed"))
    for key in server.keys("runs/changed/work/documents"):
        if key.endswith("documents.parquet"):
            server.put(key, server.get(key)[:-1] + b"X")
    use_machine(monkeypatch, tmp_path / "second")
    with pytest.raises(RunError, match="is not what was written there"):
        build(repos, server.url("runs/changed"))
    assert in_store(server, "runs/changed")  # what was published stays


@pytest.mark.parametrize("object_name", ["unit.json", "manifest.json", "documents.parquet"])
def test_a_driver_killed_over_an_upload_is_continued(server, repos, local, tmp_path, object_name):
    """By the machine itself: what it finished and did not upload goes up; its lock is left behind, and taken over."""
    prefix = f"runs/dead-{object_name}"
    code = f"""
import os, signal, sys
import codecorpus as cc
from codecorpus.run import remote, remote_lock
remote_lock._SETTLE = 0.0
upload, seen = remote.upload_object, []
def dies(path, address):
    seen.append(path)
    if path.name == {object_name!r} and len(seen) > 8:
        os.kill(os.getpid(), signal.SIGKILL)
    upload(path, address)
remote.upload_object = dies
cc.build({str(repos)!r}, out={server.url(prefix)!r}, settings={SETTINGS!r}, executor="in-process", progress=False)
"""
    done = subprocess.run([sys.executable, "-c", code], env=os.environ, capture_output=True, timeout=300)
    assert done.returncode == -signal.SIGKILL, done.stderr
    assert f"{prefix}/manifest.json" not in server.keys(prefix)
    assert f"{prefix}/work/lock.json" in server.keys(prefix)
    with pytest.raises(RunError, match="no finished run"):
        cc.open(server.url(prefix))
    build(repos, server.url(prefix))
    assert in_store(server, prefix) == published(local)
    assert f"{prefix}/work/lock.json" not in server.keys(prefix)


def lock_of(**more):
    return json.dumps(
        {"host": "elsewhere", "boot": "b", "pid": 1, "time": time.time(), "token": "t", **more}
    ).encode()


def test_a_second_driver_is_refused_and_a_lock_left_behind_is_taken_over(server, repos):
    server.put("runs/locked/work/lock.json", lock_of())
    with pytest.raises(OutputError, match="another driver is working on this run"):
        build(repos, server.url("runs/locked"))
    assert server.keys("runs/locked") == ["runs/locked/work/lock.json"]
    server.put("runs/locked/work/lock.json", lock_of(time=time.time() - remote_lock.STALE - 1))
    assert build(repos, server.url("runs/locked")).manifest["files"]


def test_a_driver_whose_run_was_taken_over_publishes_nothing(server, repos, monkeypatch):
    from codecorpus.run import pipeline

    summarize = pipeline.summarize

    def meanwhile(*arguments):
        server.put("runs/taken/work/lock.json", lock_of())
        return summarize(*arguments)

    monkeypatch.setattr(pipeline, "summarize", meanwhile)
    with pytest.raises(OutputError, match="taken over"):
        build(repos, server.url("runs/taken"))
    assert in_store(server, "runs/taken") == {}
    assert json.loads(server.get("runs/taken/work/lock.json"))["token"] == "t"


def test_of_two_drivers_that_write_at_once_one_goes_on(server, repos, monkeypatch):
    """The other one's lock comes between our write and our look."""
    monkeypatch.setattr(
        remote_lock.time, "sleep", lambda seconds: server.put("runs/race/work/lock.json", lock_of())
    )
    with (
        pytest.raises(OutputError, match="taken over"),
        remote_lock.held_lock(parse_address(server.url("runs/race"))),
    ):
        pytest.fail("both hold it")
    assert json.loads(server.get("runs/race/work/lock.json"))["token"] == "t"


def test_a_holder_is_seen_to_live_and_notices_when_it_lost_its_lock(server, monkeypatch):
    monkeypatch.setattr(remote_lock, "BEAT", 0.05)
    with remote_lock.held_lock(parse_address(server.url("runs/beat"))) as lock:
        first = json.loads(server.get("runs/beat/work/lock.json"))["time"]
        wait_for(lambda: json.loads(server.get("runs/beat/work/lock.json"))["time"] > first)
        server.put("runs/beat/work/lock.json", lock_of())
        # A beat that had looked before may still write over it.
        wait_for(lambda: lock.lost or server.put("runs/beat/work/lock.json", lock_of()))
    assert json.loads(server.get("runs/beat/work/lock.json"))["token"] == "t"


def wait_for(seen):
    deadline = time.monotonic() + 30
    while not seen():
        assert time.monotonic() < deadline
        time.sleep(0.1)


def test_a_prefix_that_holds_something_else_is_refused_untouched(server, repos):
    server.put("runs/mine/thesis.txt", b"precious")
    with pytest.raises(OutputError, match=r"holds something else \(thesis.txt\)"):
        build(repos, server.url("runs/mine"), fresh=True)
    assert server.keys("runs/mine") == ["runs/mine/thesis.txt"]


def test_an_interrupted_run_lets_go_of_its_lock(server, repos, local, monkeypatch):
    from codecorpus.errors import Interrupted
    from codecorpus.run import pipeline

    with monkeypatch.context() as stopped:
        stopped.setattr(pipeline, "summarize", lambda *_: signal.raise_signal(signal.SIGINT))
        with pytest.raises(Interrupted) as caught:
            build(repos, server.url("runs/stopped"))
    assert caught.value.exit_code == 4
    assert not [key for key in server.keys("runs/stopped") if key.endswith(("lock.json", "manifest.json"))]
    build(repos, server.url("runs/stopped"))
    assert in_store(server, "runs/stopped") == published(local)


def test_another_configuration_leaves_nothing_of_the_first(server, repos, tmp_path):
    build(repos, server.url("runs/twice"))
    changed = {**SETTINGS, "sequence_length": 128}
    cc.build(repos, out=server.url("runs/twice"), settings=changed, executor="in-process", progress=False)
    plain = cc.build(
        repos, out=tmp_path / "plain", settings=changed, executor="in-process", progress=False
    ).path
    assert in_store(server, "runs/twice") == published(plain)
    units = {tuple(key.split("/")[3:5]) for key in server.keys("runs/twice/work") if key.count("/") > 4}
    here = {path.relative_to(plain / "work").parts[:2] for path in (plain / "work").glob("*/*/unit.json")}
    assert units == here


def test_fresh_makes_all_of_it_again(server, repos, local):
    build(repos, server.url("runs/fresh"))
    old = server.files.get_file_info("runs/fresh/manifest.json").mtime_ns
    time.sleep(1.1)  # a store's times are whole seconds
    build(repos, server.url("runs/fresh"), fresh=True)
    assert in_store(server, "runs/fresh") == published(local)
    assert server.files.get_file_info("runs/fresh/manifest.json").mtime_ns > old


def test_a_run_in_a_store_is_opened_and_asked_elsewhere(server, repos, local, tmp_path, monkeypatch):
    build(repos, server.url("runs/asked"))
    use_machine(monkeypatch, tmp_path / "reader")
    theirs, ours = cc.open(server.url("runs/asked")), cc.open(local)
    assert not list(tmp_path.glob("reader/**/*.parquet"))
    (there,), (here,) = theirs.explain("src/mean.py"), ours.explain("src/mean.py")
    assert here.all_rows > 0
    assert there == replace(here, rows=(), all_rows=0)
    assert not list(tmp_path.glob("reader/**/sequences/*"))
    assert not list(tmp_path.glob("reader/**/pairs/*"))
    assert theirs.show(0) == ours.show(0)
    assert theirs.explain("src/mean.py") == [here], "the rows are here now"
    assert theirs.documents().equals(ours.documents())
    assert theirs.sample(3).equals(ours.sample(3))
    assert cc.read(server.url("runs/asked")) == cc.read(local)
    assert theirs.verify().ok
    assert theirs.report().read_bytes() == (local / "report.html").read_bytes()
    assert in_store(server, "runs/asked") == published(local)
    key = "runs/asked/documents/part-00000.parquet"
    server.put(key, server.get(key)[:-1] + b"X")
    assert not theirs.verify().ok
    server.files.delete_file(key)
    assert not theirs.verify().ok


def test_a_store_that_stops_ends_the_run_with_3_and_the_same_command_continues(repos, local, tmp_path):
    own = Server()
    own.bucket("runs")
    code = f"""
import sys
from codecorpus.run import remote, remote_lock
remote_lock._SETTLE = 0.0
upload, seen = remote.upload_object, []
def slow(path, address):
    seen.append(path)
    if len(seen) == 12:
        import os, signal
        os.kill({own.process.pid}, signal.SIGKILL)
    upload(path, address)
remote.upload_object = slow
from codecorpus.cli import main
main()
"""
    command = ["build", str(repos), "--out", own.url("runs/x"), "--executor", "in-process"]
    command += [f"--set={key}={value}" for key, value in SETTINGS.items()]
    done = subprocess.run(
        [sys.executable, "-c", code, *command], env=os.environ, capture_output=True, text=True, timeout=300
    )
    own.stop()
    assert done.returncode == 3, done.stderr
    assert "s3://runs/x" in done.stderr
    assert "the same command then continues" in done.stderr
    assert not any(secret in done.stderr + done.stdout for secret in (KEY, SECRET))
    own.start()  # as empty as a store can come back
    own.bucket("runs")
    build(repos, own.url("runs/x"))
    assert in_store(own, "runs/x") == published(local)
    own.stop()


def test_a_store_that_refuses_before_the_run_is_said_at_once(repos, tmp_path):
    own = Server()
    own.stop()
    with pytest.raises(StorageError) as caught:
        build(repos, own.url("runs/x"))
    assert caught.value.exit_code == 3
    assert KEY not in str(caught.value)
    shutil.rmtree(stored_run(own.url("runs/x")).folder)

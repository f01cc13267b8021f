"""What a hostile dump leaves in the outputs (rows 34, 35, 43, 44 of docs/security.md), and that nothing of it runs or calls out."""

from __future__ import annotations

import hashlib
import json
import os
import pickle
import re
import shutil
import subprocess
import sys
from base64 import b64decode
from html.parser import HTMLParser
from pathlib import Path

import pyarrow.parquet as pq
import pytest

import codecorpus as cc
from codecorpus.cli import main
from codecorpus.errors import CodecorpusError, without_credentials
from hostile_archives import good
from hostile_dump import NAMES, SECRET, Evil, write
from report_text import UNSEEN

EXAMPLES = Path(__file__).parent.parent / "examples" / "repos"
#: Loaded by every Python process of the run: writes down what would reach out of it or run something.
HOOK = """
import json, os, sys

WATCHED = {
    "socket.connect", "socket.sendto", "socket.sendmsg", "socket.getaddrinfo", "socket.gethostbyname", "socket.bind", "urllib.Request",
    "http.client.connect", "subprocess.Popen", "os.system", "os.exec", "os.posix_spawn", "os.spawn", "pickle.find_class",
}

def heard(event, arguments, here=os.environ["AUDIT_LOG"]):
    if event in WATCHED:
        descriptor = os.open(here, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
        os.write(descriptor, (json.dumps([event, str(arguments[0])]) + "\\n").encode())
        os.close(descriptor)

sys.addaudithook(heard)
"""


def command(*arguments: object, **environment: str) -> subprocess.CompletedProcess[str]:
    run = [sys.executable, "-c", "from codecorpus.cli import main; main()", *map(str, arguments)]
    return subprocess.run(run, capture_output=True, text=True, check=False, env=os.environ | environment)


@pytest.fixture(scope="module")
def audited(tmp_path_factory):
    """A build of the examples beside a few hostile repositories, with worker processes: what the audit hook heard, and what was printed."""
    place = tmp_path_factory.mktemp("audited")
    (place / "hook").mkdir()
    (place / "hook" / "sitecustomize.py").write_text(HOOK)
    sources = place / "sources"
    shutil.copytree(EXAMPLES, sources)
    evil = pickle.dumps(Evil(place / "it-ran"))
    write(
        sources / "evil",
        {
            "setup.py": f"open({str(place / 'it-ran')!r}, 'w')\n",
            "cache.pkl": evil,
            "conftest.py": "raise SystemExit\n",
        },
    )
    for number, name in enumerate(name for names in NAMES.values() for name in names):
        write(sources / "evil", {name: good(f"evil_{number}")})
    write(sources / "evil", {"moving.py": MOVING})
    path = os.pathsep.join(filter(None, [str(place / "hook"), os.environ.get("PYTHONPATH")]))
    settings = [
        part for key in ("tokenizer.vocab_size=600", "sequence_length=256") for part in ("--set", key)
    ]
    done = command(
        "build",
        sources,
        "--out",
        place / "out",
        "--executor",
        "processes",
        "--workers",
        2,
        *settings,
        PYTHONPATH=path,
        AUDIT_LOG=str(place / "log"),
    )
    assert done.returncode == 0, done.stderr
    return place, [tuple(json.loads(line)) for line in (place / "log").read_text().splitlines()], done


def test_no_connection_is_opened_that_was_not_asked_for(audited):
    _, events, _ = audited
    heard = {event for event, _ in events}
    assert {"subprocess.Popen", "pickle.find_class"} <= heard, (
        "the hook was not loaded, in this process and in the workers"
    )
    assert {event for event in heard if event.startswith(("socket.", "http.", "urllib."))} == set()


def test_the_hook_would_have_heard_a_connection(tmp_path):
    (tmp_path / "sitecustomize.py").write_text(HOOK)
    script = "import socket\ntry: socket.create_connection(('127.0.0.1', 9), 1)\nexcept OSError: pass"
    environment = os.environ | {"PYTHONPATH": str(tmp_path), "AUDIT_LOG": str(tmp_path / "log")}
    subprocess.run([sys.executable, "-c", script], env=environment, check=True)
    assert "socket.connect" in (tmp_path / "log").read_text()


@pytest.mark.skipif(shutil.which("strace") is None, reason="needs strace")
def test_no_native_code_opens_a_connection_either(tmp_path):
    trace = tmp_path / "trace"
    run = [
        "strace",
        "-f",
        "-qq",
        "-e",
        "trace=connect,sendto,sendmsg",
        "-o",
        str(trace),
        sys.executable,
        "-c",
    ]
    run += [
        "from codecorpus.cli import main; main()",
        "build",
        str(EXAMPLES),
        "--out",
        str(tmp_path / "out"),
        "--workers",
        "2",
    ]
    run += ["--executor", "processes", "--set", "tokenizer.vocab_size=600", "--set", "sequence_length=256"]
    done = subprocess.run(run, capture_output=True, text=True, check=False)
    if "ptrace" in done.stderr:
        pytest.skip("strace is not allowed to trace here")
    assert done.returncode == 0, done.stderr
    calls = trace.read_text().splitlines()
    assert [line for line in calls if re.search(r"AF_INET6?|sin6?_addr", line)] == []
    # A look for a name service's cache on this machine is libc's, and goes nowhere.
    connected = [line for line in calls if "connect(" in line]
    assert all("AF_UNIX" in line for line in connected), connected


def test_the_only_programs_that_run_are_python_and_git(audited):
    place, events, _ = audited
    programs = {os.path.basename(what) for event, what in events if event == "subprocess.Popen"}
    assert programs <= {"git", os.path.basename(sys.executable), "uname"}
    assert not {event for event, _ in events} & {"os.system", "os.exec", "os.posix_spawn", "os.spawn"}
    assert not (place / "it-ran").exists()


def test_what_workers_unpickle_are_objects_of_our_own(audited):
    _, events, _ = audited
    modules = {what.partition(".")[0] for event, what in events if event == "pickle.find_class"}
    assert not modules & {"os", "posix", "nt", "subprocess", "sys", "shutil", "importlib", "runpy"}


#: A document that stays, though it moves a terminal's cursor and turns the direction of text.
MOVING = "# \x1b]0;owned \u202e gnp.exe\n" + good("moving")


def test_row_34_a_terminal_gets_no_control_characters(audited, capsys):
    place, _, built = audited
    out = str(place / "out")
    names = [name for names in NAMES.values() for name in names]
    calls = [("explain", out, f"evil/{name}") for name in (*names, "moving.py")]
    calls += [("explain", out, f"no such {name}") for name in names]
    calls += [
        ("show", out, "--row", "0"),
        ("sample", out, "-n", "500"),
        ("sample", out, "--dropped-by", "CC401"),
    ]
    printed = [built.stdout + built.stderr]
    for arguments in calls:
        with pytest.raises(SystemExit) as end:
            main(list(arguments))
        assert (end.value.code in (0, None)) == ("no such" not in arguments[2]), arguments
        said = capsys.readouterr()
        printed.append(said.out + said.err)
    assert "owned" in "".join(printed)
    assert {text for text in printed if UNSEEN.search(text)} == set()


class Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict]] = []

    def handle_starttag(self, tag, attributes):
        self.tags.append((tag, dict(attributes)))


@pytest.mark.parametrize("name", ["report.html", "README.md"])
def test_rows_34_and_35_names_and_samples_are_inert_in_pages(hostile, name):
    text = (hostile.corpus.path / name).read_text()
    assert UNSEEN.findall(text) == []
    page = Page()
    page.feed(text if name.endswith("html") else "")
    assert [attributes for tag, attributes in page.tags if tag == "script"] == [{}] * name.endswith("html")
    assert not {tag for tag, _ in page.tags} & {
        "img",
        "iframe",
        "object",
        "embed",
        "link",
        "base",
        "form",
    }
    assert not any(key.startswith("on") for _, attributes in page.tags for key in attributes)
    assert "<script>alert" not in text
    if name.endswith("html"):
        (policy,) = [
            attributes["content"]
            for tag, attributes in page.tags
            if tag == "meta" and "http-equiv" in attributes
        ]
        assert policy.startswith("default-src 'none'; style-src 'sha256-")
        (script,) = re.findall(r"<script>(.*?)</script>", text, re.DOTALL)
        assert hashlib.sha256(script.encode()).digest() == b64decode(
            policy.partition("script-src 'sha256-")[2].partition("'")[0]
        )
        assert not re.search(r"unsafe|\*|https?:", policy)


def every_byte(folder: Path) -> str:
    """All published files of a run as text, tables decompressed. `work/` holds the text as it was read."""
    parts = []
    for path in sorted(folder.rglob("*")):
        if "work" in path.relative_to(folder).parts:
            continue
        if path.suffix == ".parquet":
            parts.append(str(pq.read_table(path).to_pylist()))
        elif path.is_file():
            parts.append(path.read_bytes().decode("utf-8", "replace"))
    return "\n".join(parts)


def test_row_43_a_secret_of_a_dropped_file_stands_nowhere(hostile):
    dropped = hostile.codes("r43")
    assert dropped == {"api_pb2.py": "CC204", "x" * 20 + ".min.js": "CC201"}
    assert SECRET in (hostile.root / "r43" / "api_pb2.py").read_text()
    everything = every_byte(hostile.corpus.path)
    assert "api_pb2.py" in everything
    assert SECRET not in everything


def test_row_43_nor_in_what_is_printed(tmp_path):
    text = f"# Generated by the protocol buffer compiler.  DO NOT EDIT!\nAWS_KEY = '{SECRET}'\n"
    write(
        tmp_path / "in" / "r",
        {
            "api_pb2.py": text,
            "good.py": "def f(a):\n    return a + 1\n",
            "bad.ipynb": f'{{"cells": "{SECRET}"',
        },
    )
    (tmp_path / "in" / "rows.jsonl").write_text(f'{{"content": "{SECRET}\n')
    done = command("build", tmp_path / "in", "--out", tmp_path / "out", "--set", "tokenizer.vocab_size=300")
    for arguments in (
        ("explain", "api_pb2.py"),
        ("explain", "bad.ipynb"),
        ("sample", "--dropped-by", "CC204"),
        ("sample",),
    ):
        looked = command(arguments[0], tmp_path / "out", *arguments[1:])
        assert looked.returncode == 0, looked.stderr
        assert SECRET not in looked.stdout + looked.stderr
    assert SECRET not in done.stdout + done.stderr
    assert SECRET not in every_byte(tmp_path / "out")


ADDRESSES = [
    "s3://AKIDEXAMPLE:wJalr/XUtn/FEMI@bucket/dump.parquet",
    "s3://AKIDEXAMPLE:wJalrXUtnFEMI@bucket/dump.parquet",
    "s3://AKIDEXAMPLE:wJalr%2FXUtnFEMI@bucket/a?region=x",
    "gs://user:wJalrXUtnFEMI@bucket/a.jsonl",
    "https://bucket.example/a.tar?X-Amz-Signature=wJalrXUtnFEMI&x=1",
    "s3://bucket/a?access_key=AKID&secret_key=wJalrXUtnFEMI&session_token=wJalrXUtnFEMI",
]


@pytest.mark.parametrize("address", ADDRESSES)
def test_row_44_credentials_of_an_address_are_in_no_message(address):
    assert "wJalr" not in without_credentials(address)
    assert "bucket" in without_credentials(address)
    assert "wJalr" not in str(CodecorpusError(f"{address}: no", f"give {address}"))


def test_row_44_credentials_of_an_address_are_not_printed(tmp_path):
    # Of a scheme that is not read, so that nobody is asked.
    done = command("build", "https://AKID:wJalrXUtnFEMI@bucket.example/a.tar", "--out", tmp_path / "out")
    assert done.returncode != 0
    assert "bucket.example" in done.stdout + done.stderr
    assert "wJalr" not in done.stdout + done.stderr


def test_row_44_addresses_without_credentials_stay_as_they_are():
    for text in (
        "s3://bucket/a@b/c",
        "https://example.org/a?b=c",
        "mail a@b.org",
        "C:/a/b@c",
        "github.com/@scope/x",
        "/data/s3://b/c",
    ):
        assert without_credentials(text) == text


def test_every_promise_of_the_page_names_a_test_that_exists():
    """docs/security.md: each of the 45 rows has a line, and each named test is there."""
    page = (Path(__file__).parent.parent / "docs" / "security.md").read_text()
    rows = re.findall(r"^\| (\d+) \|", page, re.MULTILINE)
    assert [int(row) for row in rows] == list(range(1, 46))
    for file, name in set(re.findall(r"`(test_\w+\.py)::(\w+)`", page)):
        assert re.search(rf"^def {name}\(", (Path(__file__).parent / file).read_text(), re.MULTILINE), (
            f"{file}::{name}"
        )
    for row in rows:
        line = next(line for line in page.splitlines() if line.startswith(f"| {row} |"))
        assert "::" in line, row


def test_the_manifest_holds_no_place_of_this_machine(hostile):
    manifest = json.loads((hostile.corpus.path / "manifest.json").read_text())
    assert str(hostile.root.parent) not in json.dumps(manifest)
    assert cc.open(hostile.corpus.path).verify().ok

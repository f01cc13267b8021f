"""What somebody meets who has never used the command: each answer is short, right, and says the next step."""

import os
import shlex
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest

import codecorpus as cc
from codecorpus.cli import main
from conftest import importable, python_module

SOURCE = Path(__file__).parents[1] / "src"
SMALL = ["--set", "tokenizer.vocab_size=600", "--set", "sequence_length=256"]


@pytest.fixture
def run(capsys):
    """Run the command in this process: (exit code, stdout, stderr)."""

    def call(*arguments: object) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as end:
            main([str(argument) for argument in arguments])
        output = capsys.readouterr()
        return end.value.code or 0, output.out, output.err

    return call


def forty_files(folder):
    """Loose files of somebody's project, no repository among them."""
    folder.mkdir(parents=True)
    for number in range(40):
        (folder / f"module_{number}.py").write_text(python_module(f"name{number}", 6))
    return folder


def pictures(folder):
    folder.mkdir(parents=True)
    for number in range(5):
        (folder / f"{number}.png").write_bytes(b"\x89PNG\r\n\x1a\n\0\0\0" + bytes([number]))
    return folder


def short(text, lines=4):
    assert len(text.splitlines()) <= lines, text
    assert "Traceback" not in text
    return text


def test_a_folder_of_forty_files_is_a_corpus(run, tmp_path):
    code, out, err = run("build", forty_files(tmp_path / "project"), "--out", tmp_path / "out", *SMALL)
    assert code == 0
    assert "Traceback" not in out + err
    assert "report.html" in out
    assert f"codecorpus explain {tmp_path / 'out'}" in out
    assert max(map(len, out.splitlines())) <= 80 + len(str(tmp_path))
    assert (tmp_path / "out" / "report.html").is_file()
    code, out, _ = run("explain", tmp_path / "out", "module_3.py")
    assert "project/module_3.py" in out


def test_a_folder_of_pictures_says_that_nothing_was_kept_and_why(run, tmp_path):
    code, out, err = run("build", pictures(tmp_path / "photos"), "--out", tmp_path / "out")
    assert code == 0
    assert "CC004" in out
    assert "nothing was kept" in out + err
    assert "codecorpus sample" in out + err
    assert "Traceback" not in out + err


def test_an_empty_folder_says_so(run, tmp_path):
    (tmp_path / "empty").mkdir()
    code, out, err = run("build", tmp_path / "empty", "--out", tmp_path / "out")
    assert (code, out) == (3, "")
    assert "nothing to read" in short(err)
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("path", "says"),
    [("reops", "Did you mean {root}/repos?"), ("repos/x/y", "no x in it"), ("zzz", "A source is one of")],
)
def test_a_wrong_path_says_what_is_there(run, tmp_path, path, says):
    (tmp_path / "repos").mkdir()
    code, out, err = run("build", tmp_path / path, "--out", tmp_path / "out")
    assert (code, out) == (3, "")
    assert says.format(root=tmp_path) in short(err)


def test_a_file_that_is_no_source_says_what_is_one(run, tmp_path):
    (tmp_path / "notes.py").write_text("x = 1\n")
    code, _, err = run("build", tmp_path / "notes.py", "--out", tmp_path / "out")
    assert code == 3
    assert "A source is one of" in short(err)


@pytest.mark.parametrize("command", ["build", "plan"])
def test_a_typo_in_a_key_names_the_key_that_was_meant(run, tmp_path, command):
    code, out, err = run(
        command, tmp_path, "--set", "dedup.treshold=0.8", "--set", "fim.rte=1", "--set", "seed=-1"
    )
    assert (code, out) == (2, "")
    assert "dedup.threshold" in short(err, 5)
    assert "fim.rate" in err
    assert "3 mistakes" in err


def test_a_typo_in_a_command_names_the_command_that_was_meant(run):
    code, _, err = run("biuld", "x")
    assert code == 2
    assert "build" in short(err, 6)


@pytest.mark.parametrize("out", ["/proc/nowhere/out", "/dev/null/out", "FILE/out", "FILE"])
def test_an_output_that_cannot_be_written_says_so(run, tmp_path, out):
    (tmp_path / "file").write_text("x")
    source = forty_files(tmp_path / "project")
    code, printed, err = run("build", source, "--out", out.replace("FILE", str(tmp_path / "file")))
    assert code in (2, 3)
    assert printed == ""
    assert "--out" in short(err)
    assert (tmp_path / "file").read_text() == "x"


def test_an_output_that_holds_something_else_is_not_touched(run, tmp_path):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "thesis.tex").write_text("x")
    code, _, err = run("build", forty_files(tmp_path / "project"), "--out", tmp_path / "out")
    assert code == 2
    assert "thesis.tex" in short(err)
    assert (tmp_path / "out" / "thesis.tex").read_text() == "x"


def test_a_run_with_other_settings_goes_on_from_what_fits(run, tmp_path):
    source = forty_files(tmp_path / "project")
    assert run("build", source, "--out", tmp_path / "out", *SMALL)[0] == 0
    code, _, err = run("build", source, "--out", tmp_path / "out", *SMALL, "--set", "sequence_length=512")
    assert code == 0
    assert "512" in (tmp_path / "out" / "config.toml").read_text()
    assert "what has not changed is not done again" in err
    assert "settings that changed: sequence_length\n" in err
    assert err.count("(done before)") >= 10


def test_ctrl_c_says_how_to_go_on_and_the_same_command_does(tmp_path):
    source = forty_files(tmp_path / "project")
    command = [
        sys.executable,
        "-m",
        "codecorpus",
        "build",
        str(source),
        "--out",
        str(tmp_path / "out"),
        *SMALL,
    ]
    environment = os.environ | {"PYTHONPATH": importable(SOURCE)}
    process = subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    deadline = time.monotonic() + 120
    while not list((tmp_path / "out" / "work").glob("read/*/unit.json")) and process.poll() is None:
        assert time.monotonic() < deadline
        time.sleep(0.02)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=120)
    if process.returncode == 0:
        pytest.skip("the build was faster than the interrupt")
    assert process.returncode == 4
    assert out == ""
    assert err.rstrip().endswith("What is done is kept; the same command continues.")
    assert "Traceback" not in err
    again = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=300)
    assert again.returncode == 0
    assert "report.html" in again.stdout


def test_brackets_in_the_name_of_a_run_are_no_pattern(tmp_path):
    source = tmp_path / "a [b]"
    (source / "one").mkdir(parents=True)
    texts = {name: Path(module.__file__).read_text() for name, module in (("a", textwrap), ("b", shlex))}
    for name, text in texts.items():
        (source / "one" / f"{name}.py").write_text(text)
    corpus = cc.build(
        source, out=tmp_path / "runs [1-3]*?", settings={"sequence_length": 128}, progress=False
    )
    assert corpus.verify().ok
    assert corpus.documents(["path"])["path"].sort().to_list() == ["a.py", "b.py"]
    assert corpus.explain("a.py")[0].kept
    assert corpus.find_text(texts["b"], name="b.py").matches[0].path == "b.py"
    assert corpus.report().is_file()

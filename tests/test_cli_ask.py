"""Questions on the command line: explain --text, diff, sample, doctor, completion, config show; each in words and as JSON."""

import io
import json
import os
import shlex
import subprocess
import sys
from types import SimpleNamespace

import pytest

from codecorpus.cli import cli, main
from codecorpus.recipes import recipe_names
from codecorpus.run.doctor import EXTRAS, diagnose
from fake_run import FakeRun, poison, usual_run

MODULE = "".join(
    f"def total_{n}(values):\n    return sum(value * {n} for value in values)\n\n\n" for n in range(20)
)


@pytest.fixture
def run(capsys):
    """Run the command in this process: (exit code, stdout, stderr)."""

    def call(*arguments: object) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as end:
            main([str(argument) for argument in arguments])
        output = capsys.readouterr()
        return end.value.code or 0, output.out, output.err

    return call


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    fake, out = usual_run(), tmp_path_factory.mktemp("ask") / "run"
    fake.keep("alpha", "src/total.py", MODULE, licence="Apache-2.0")
    fake.write(out)
    return out


def test_explain_text_reads_a_file_or_stdin(run, folder, tmp_path, monkeypatch):
    (tmp_path / "piece.py").write_text(MODULE[200:700])
    code, out, _ = run("explain", folder, "--text", tmp_path / "piece.py")
    assert code == 0
    assert "holds the text: alpha/src/total.py" in out
    assert "licence: Apache-2.0 (permissive)" in out
    assert max(map(len, out.splitlines())) <= 80
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(MODULE.encode())))
    code, out, _ = run("explain", folder, "--text", "-", "--json")
    assert json.loads(out)["matches"][0]["kind"] == "same bytes"


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (["explain", "RUN"], 2, "--text FILE"),
        (["explain", "RUN", "a.py", "--text", "b.py"], 2, "Give one of them"),
        (["explain", "RUN", "--text", "nowhere.py"], 3, "nowhere.py"),
        (["explain", "RUN", "--text", os.devnull], 2, "it has no text"),
        (["explain", "RUN", "--text", os.devnull, "--diff", "40"], 2, "--diff needs a PATH"),
        (["explain", "RUN", "a.py", "--language", "Go"], 2, "--language needs --text"),
        (["explain", "RUN", 300 * "a"], 3, "no file of this run"),
        (["diff", "RUN", "nowhere"], 3, "nowhere"),
        (["sample", "RUN", "--near"], 2, "--dropped-by"),
        (["rule", "nosuchword"], 2, "codecorpus rule"),
        (["completion", "tcsh"], 2, "bash"),
    ],
)
def test_mistakes_are_short_and_say_what_to_do(run, folder, arguments, code, says):
    got, out, err = run(*[folder if word == "RUN" else word for word in arguments])
    assert (got, out) == (code, "")
    assert says in err
    assert len(err.splitlines()) <= 5
    assert "Traceback" not in err


def test_a_file_that_is_not_in_the_run_can_be_looked_up_by_its_text(run, folder, tmp_path):
    (tmp_path / "mine.py").write_text("x = 1\n")
    code, _, err = run("explain", folder, tmp_path / "mine.py")
    assert code == 3
    assert f"--text {tmp_path / 'mine.py'}" in err


def test_the_command_that_a_hint_names_can_be_pasted(run, folder, tmp_path):
    path = tmp_path / "my file; rm -r $HOME.py"
    path.write_text("x = 1\n")
    _, _, err = run("explain", folder, path)
    (line,) = (line for line in err.splitlines() if "--text" in line)
    assert shlex.split(line.partition("?")[2]) == ["codecorpus", "explain", "RUN", "--text", str(path)]


class Endless(io.RawIOBase):
    """What /dev/zero is; asked for everything, it fails instead of filling the memory."""

    given = 0

    def read(self, size=-1):
        assert size >= 0
        self.given += size
        return bytes(size)


@pytest.mark.parametrize("given", ["file", "stdin"])
def test_no_more_is_read_of_a_text_than_can_be_asked_about(run, folder, tmp_path, monkeypatch, given):
    monkeypatch.setattr("codecorpus.report.find.MOST_BYTES", 1000)
    (tmp_path / "long.py").write_bytes(b"x = 1\n" * 50_000)
    stdin = Endless()
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=stdin))
    code, _, err = run("explain", folder, "--text", tmp_path / "long.py" if given == "file" else "-")
    assert stdin.given == (1001 if given == "stdin" else 0)
    assert code == 2
    assert "has more than 1,000 bytes" in err


def test_diff_lines_of_zero_are_none(run, folder):
    _, out, _ = run("explain", folder, "add_copy.py")
    assert "    + gamma/add_copy.py" in out
    _, out, _ = run("explain", folder, "add_copy.py", "--diff", "0")
    assert "    + gamma/add_copy.py" not in out


def test_diff_in_words_and_in_json(run, folder, tmp_path):
    other = usual_run()
    other.keep("delta", "new.py", "x = 1\n")
    other.write(tmp_path / "other")
    code, out, _ = run("diff", folder, tmp_path / "other")
    assert code == 0
    assert "1 document: in A alone\n  alpha/src/total.py\n    A: kept" in out
    assert "1 document: in B alone\n  delta/new.py" in out
    code, out, _ = run("diff", folder, tmp_path / "other", "--json", "-n", "1")
    assert json.loads(out)["counts"] == {
        "kept now": 0,
        "dropped now": 0,
        "other rule": 0,
        "other content": 0,
        "only in first": 1,
        "only in second": 1,
    }


def test_sample_near_begins_at_the_limit(run, folder):
    code, out, _ = run("sample", folder, "--dropped-by", "cc201", "--near", "--json")
    assert code == 0
    assert [row["measured"] for row in json.loads(out)] == [1001.0, 50_000.0]
    code, out, _ = run("sample", folder, "-n", "9")
    assert max(map(len, out.splitlines())) <= 80
    assert "  | def add(a, b):" in out


def test_sample_with_a_date_is_json(run, tmp_path):
    import datetime

    fake = FakeRun()
    fake.keep("a", "x.py", "x = 1\n")
    fake.documents[0]["revision_date"] = datetime.datetime(2020, 1, 2, tzinfo=datetime.UTC)
    fake.write(tmp_path / "run")
    code, out, _ = run("sample", tmp_path / "run", "--json")
    assert code == 0
    assert json.loads(out)[0]["revision_date"].startswith("2020-01-02")


def test_sample_shows_the_text_of_what_was_dropped_without_its_secrets(run, tmp_path):
    from codecorpus.document import document_id
    from test_report_explain import write_work

    fake = FakeRun()
    text = 'KEY = "AKIA' + 'Z7Q4M2X6K3B5W5TD"\n'
    fake.decisions["filter"].add(
        document_id("a", "k.py", text.encode()), "a", "k.py", "CC201", measured=2.0, limit=1.0
    )
    fake.lost["filter"]["CC201"] = 1
    fake.write(tmp_path / "run")
    write_work(tmp_path / "run", ("a", "k.py", text))
    code, out, _ = run("sample", tmp_path / "run", "--dropped-by", "CC201")
    assert code == 0
    assert '  | KEY = "<KEY>"' in out
    assert "AKIA" not in out


def test_sample_of_a_foreign_run_moves_no_cursor(run, tmp_path):
    usual_run().write(tmp_path / "run")
    poison(tmp_path / "run", "documents")
    poison(tmp_path / "run", "decisions", "repo_name", "path", "verdict", "detail")
    _, kept, _ = run("sample", tmp_path / "run")
    _, dropped, _ = run("sample", tmp_path / "run", "--dropped-by", "CC204")
    assert [line for line in (kept + dropped).splitlines() if not line.isprintable()] == []
    assert "Python \\x1b" in kept
    assert "dropped \\x1b" in dropped


def test_what_continues_a_foreign_run_names_its_keys_inertly(run, tmp_path):
    from codecorpus.cli.build import _continuing

    (tmp_path / "work").mkdir()
    (tmp_path / "config.toml").write_text('"seed\\u001b[2J" = 1\n')
    said = _continuing(str(tmp_path), "default", {})
    assert [line for line in said if not line.isprintable()] == []
    assert "seed\\x1b[2J" in said[1]


def test_verify_of_a_foreign_run_moves_no_cursor(run, tmp_path):
    usual_run().write(tmp_path / "run")
    (tmp_path / "run" / "documents" / "x\x1b[2J.parquet").touch()
    code, out, _ = run("verify", tmp_path / "run")
    assert code == 3
    assert "\x1b" not in out
    assert "\\x1b[2J" in out


def test_rule_finds_rules_by_a_word(run):
    code, out, _ = run("rule", "duplicate")
    assert code == 0
    assert {"CC401", "CC402"} <= {line.split()[0] for line in out.splitlines()}
    _, out, _ = run("rule", "max_line_length", "--json")
    assert json.loads(out)[0]["code"] == "CC201"


def test_doctor_in_words_and_in_json(run):
    code, out, _ = run("doctor")
    assert code == 0
    assert out.endswith("all well\n")
    assert max(map(len, out.splitlines())) <= 80
    code, out, _ = run("doctor", "--json")
    facts = json.loads(out)["facts"]
    assert {fact["topic"] for fact in facts} >= {"versions", "grammars", "machine", "kernels", "extras"}
    grammars = next(fact["value"] for fact in facts if fact["topic"] == "grammars")
    assert {"Python", "C++", "Rust"} <= set(grammars.split(", "))


def test_doctor_says_what_is_broken_and_exits_with_3(run, monkeypatch):
    monkeypatch.setattr("codecorpus.run.doctor._LIBRARIES", ("no-such-library",))
    code, out, _ = run("doctor")
    assert code == 3
    assert "! no-such-library" in out
    assert "1 problem, marked with !" in out


def test_doctor_sees_whether_a_cluster_answers(run, monkeypatch):
    monkeypatch.setattr("codecorpus.run.doctor._version", lambda name: "9.9")
    import socket

    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        address = f"127.0.0.1:{server.getsockname()[1]}"
        (fact,) = (one for one in diagnose(ray_address=address).facts if one.topic == "ray")
        assert fact.state == "ok"
    (fact,) = (one for one in diagnose(ray_address=address).facts if one.topic == "ray")
    assert (fact.state, address in fact.value) == ("problem", True)


def test_every_extra_says_what_it_is_for():
    import tomllib
    from pathlib import Path

    text = (Path(__file__).parents[1] / "pyproject.toml").read_text()
    assert set(tomllib.loads(text)["project"]["optional-dependencies"]) <= set(EXTRAS)


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_prints_a_script_that_asks_the_command(run, shell):
    code, out, _ = run("completion", shell)
    assert code == 0
    assert "_CODECORPUS_COMPLETE" in out


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("codecorpus exp", {"explain"}),
        ("codecorpus build --recipe star", {"starcoder"}),
        ("codecorpus rule CC40", {"CC401", "CC402", "CC403", "CC404", "CC405"}),
    ],
)
def test_what_the_shell_completes(words, expected):
    environment = os.environ | {
        "_CODECORPUS_COMPLETE": "bash_complete",
        "COMP_WORDS": words,
        "COMP_CWORD": str(len(words.split()) - 1),
    }
    script = "from codecorpus.cli import main; main([])"
    done = subprocess.run(
        [sys.executable, "-c", script], env=environment, capture_output=True, text=True, check=False
    )
    assert {line.partition(",")[2].partition("\t")[0] for line in done.stdout.splitlines()} == expected


def test_config_show_says_where_each_value_comes_from(run, tmp_path):
    (tmp_path / "base.toml").write_text(
        'recipe = "starcoder"\n[dedup]\nthreshold = 0.75\n[fim]\nrate = 0.4\n'
    )
    (tmp_path / "mine.toml").write_text(f'recipe = "{tmp_path / "base.toml"}"\nseed = 7\n[fim]\nrate = 0.3\n')
    code, out, _ = run(
        "config", "show", "--recipe", tmp_path / "mine.toml", "--set", "sequence_length=64", "--json"
    )
    assert code == 0
    origins = {row["key"]: row["from"] for row in json.loads(out)}
    assert origins["sequence_length"] == "--set"
    assert origins["seed"] == origins["fim.rate"] == str(tmp_path / "mine.toml")
    assert origins["dedup.threshold"] == str(tmp_path / "base.toml")
    assert origins["filter.min_comment_share"] == "starcoder"
    assert origins["parse.max_bytes"] == "default"


@pytest.mark.parametrize("recipe", recipe_names())
def test_config_show_fits_80_columns_and_changed_leaves_out_defaults(run, recipe):
    code, out, _ = run("config", "show", "--recipe", recipe, "--set", "dedup.threshold=0.8")
    assert code == 0
    assert max(map(len, out.splitlines())) <= 80
    code, out, _ = run(
        "config", "show", "--recipe", recipe, "--changed", "--set", "dedup.threshold=0.8", "--json"
    )
    rows = json.loads(out)
    assert all(row["value"] != row["default"] for row in rows)
    assert "dedup.threshold" in {row["key"] for row in rows}


@pytest.mark.parametrize("recipe", recipe_names())
def test_init_writes_any_recipe_so_that_it_is_read_back(run, recipe, tmp_path):
    from codecorpus.config import load_config, option_rows

    path = tmp_path / "own.toml"
    code, out, _ = run("init", "--recipe", recipe, "--out", path)
    assert code == 0
    assert f"--recipe {path}" in out
    assert load_config(path) == load_config(recipe)
    text = path.read_text()
    for key, *_ in option_rows():
        assert (
            f"\n{key.rpartition('.')[2]} = " in text
            or f"# {key.rpartition('.')[2]} = " in text
            or (f"[{key}" in text)
        ), key
    assert all(len(line) <= 80 for line in text.splitlines() if line.startswith("#"))


def test_init_from_a_file_of_ones_own(run, tmp_path):
    from codecorpus.config import load_config

    (tmp_path / "mine.toml").write_text('recipe = "opencoder"\nseed = 5\n')
    assert run("init", "--recipe", tmp_path / "mine.toml", "--out", tmp_path / "all.toml")[0] == 0
    assert load_config(tmp_path / "all.toml") == load_config(tmp_path / "mine.toml")
    code, _, err = run("init", "--out", tmp_path / "no" / "where.toml")
    assert code == 3
    assert "--out" in err


def test_help_lists_every_command_in_a_section_and_none_is_cut(run):
    code, out, _ = run("--help")
    assert code == 0
    assert "..." not in out.replace("[ARGS]...", "")
    for name in cli.commands:
        assert f"\n  {name} " in out
    assert out.index("  build ") < out.index("  explain ") < out.index("  dedup ") < out.index("  doctor ")


def test_without_arguments_it_says_how_to_begin(run):
    code, out, err = run()
    assert (code, out) == (2, "")
    assert "codecorpus build FOLDER" in err
    assert "codecorpus --help" in err
    assert len(err.splitlines()) <= 8
    assert max(map(len, err.splitlines())) <= 80


@pytest.mark.parametrize("command", [["explain", "RUN", "a.py"], ["sample", "RUN"], ["diff", "RUN", "RUN"]])
@pytest.mark.parametrize("table", ["documents", "decisions"])
def test_a_damaged_run_is_an_error_that_says_what_to_do(run, folder, tmp_path, command, table):
    import shutil

    shutil.copytree(folder, tmp_path / "run")
    (tmp_path / "run" / table / "part-00000.parquet").write_bytes(b"PAR1 and no more")
    words = [tmp_path / "run" if word == "RUN" else word for word in command]
    code, _, err = run(*words)
    if command[0] == "sample" and table == "decisions":
        assert code == 0  # it is not read
        return
    assert code == 3
    assert "codecorpus verify" in err
    assert len(err.splitlines()) <= 3

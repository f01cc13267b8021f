from __future__ import annotations

import json
import subprocess
import sys

import pytest

from codecorpus.cli import main


@pytest.fixture
def run(capsys):
    """Run the command in this process: (exit code, stdout, stderr)."""

    def call(*arguments: object) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as end:
            main([str(argument) for argument in arguments])
        output = capsys.readouterr()
        return end.value.code, output.out, output.err

    return call


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    import codecorpus as cc
    from conftest import write_repositories

    root = tmp_path_factory.mktemp("cli")
    settings = {"sequence_length": 256, "tokenizer.vocab_size": 600}
    cc.build(write_repositories(root / "repos"), out=root / "out", settings=settings, progress=False)
    return root / "out"


def test_build_prints_the_funnel_and_the_report_on_stdout(run, repositories, tmp_path):
    code, out, err = run(
        "build", repositories, "--out", tmp_path / "out", "--set", "tokenizer.vocab_size=600"
    )
    assert code == 0
    assert "dedup" in out
    assert "report.html" in out
    assert "read" in err
    assert "Traceback" not in out + err


def test_help_is_quick_because_nothing_heavy_is_imported():
    script = (
        "import sys\n"
        "from codecorpus.cli import main\n"
        "try: main(['build', '--help'])\n"
        "except SystemExit: pass\n"
        "heavy = {'numba', 'polars', 'pyarrow', 'numpy', 'pydantic', 'tokenizers', 'rich', 'tree_sitter'} & set(sys.modules)\n"
        "sys.exit(f'imported: {sorted(heavy)}' if heavy else 0)"
    )
    result = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr
    assert "SOURCE" in result.stdout


def test_explain_in_words_and_in_json(run, built):
    code, out, _ = run("explain", built, "beta/near/mean.py")
    assert code == 0
    assert "CC402" in out
    assert "alpha/src/mean.py" in out
    code, out, _ = run("explain", built, "beta/near/mean.py", "--json")
    (row,) = json.loads(out)
    assert row["kept"] is False
    assert row["verdicts"][0]["code"] == "CC402"
    assert all(len(line) <= 100 for line in out.splitlines() if "meaning" not in line)


def test_explain_of_an_unknown_path_says_what_is_near(run, built):
    code, _, err = run("explain", built, "alpha/src/mean.pyx")
    assert code == 3
    assert "alpha/src/mean.py" in err


def test_rule_lists_and_describes(run):
    code, out, _ = run("rule")
    assert code == 0
    assert "CC402" in out
    code, out, _ = run("rule", "cc402")
    assert "dedup.threshold" in out
    code, _, err = run("rule", "CC999")
    assert code == 2
    assert "codecorpus rule" in err


def test_sample_of_kept_and_of_dropped(run, built):
    code, out, _ = run("sample", built, "-n", "2")
    assert (code, out.count("--- ")) == (0, 2)
    code, out, _ = run("sample", built, "--dropped-by", "CC201", "--json")
    assert [row["path"] for row in json.loads(out)] == ["src/wide.js"]
    code, _, _ = run("sample", built, "--dropped-by", "CC9")
    assert code == 2


def test_show_colours_a_row_and_counts_its_tokens(run, built):
    code, out, _ = run("show", built, "--row", "0")
    assert code == 0
    assert out.strip()
    code, _, err = run("show", built, "--row", "99999")
    assert code == 2
    assert "rows" in err


def test_verify_finds_a_changed_file(run, built, tmp_path):
    import shutil

    copy = tmp_path / "copy"
    shutil.copytree(built, copy)
    assert run("verify", copy)[0] == 0
    with (copy / "config.toml").open("a") as file:
        file.write("# touched\n")
    code, out, _ = run("verify", copy)
    assert code == 3
    assert "config.toml" in out


def test_report_is_made_again_byte_for_byte(run, built, tmp_path):
    import shutil

    copy = tmp_path / "copy"
    shutil.copytree(built, copy)
    (copy / "report.html").unlink()
    code, _, _ = run("report", copy)
    assert code == 0
    assert (copy / "report.html").read_bytes() == (built / "report.html").read_bytes()
    assert run("verify", copy)[0] == 0


def test_init_writes_once_and_config_show_names_origins(run, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert run("init")[0] == 0
    assert run("init")[0] == 2
    _, out, _ = run("config", "show", "--set", "dedup.threshold=0.8", "--json")
    origins = {row["key"]: row["from"] for row in json.loads(out)}
    assert origins["dedup.threshold"] == "--set"
    assert origins["seed"] == "default"


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (["build"], 2, "SOURCE"),
        (["bild", "x"], 2, "build"),
        (["build", "missing-folder"], 3, "missing-folder"),
        (["explain", "missing-run", "a.py"], 3, "missing-run"),
        (["build", ".", "--set", "dedup.treshold=1"], 2, "dedup.threshold"),
        (["build", ".", "--recipe", "starcode"], 2, "recipe"),
        (["build", ".", "--workers", "0"], 2, "workers"),
    ],
)
def test_mistakes_get_a_short_message_and_their_exit_code(run, arguments, code, says, tmp_path, monkeypatch):
    (tmp_path / "a.py").write_text("x = 1\n")
    monkeypatch.chdir(tmp_path)
    got, _, err = run(*arguments)
    assert got == code
    assert says in err
    assert "Traceback" not in err
    assert len(err.splitlines()) <= 6


def test_strict_turns_an_alarm_into_exit_code_one(run, repositories, tmp_path):
    base = ["build", repositories, "--out", tmp_path / "out", "--set", "tokenizer.vocab_size=600"]
    alarming = ["--set", "alarms.max_loss_share=0", "--set", "alarms.min_documents=1"]
    assert run(*base, *alarming)[0] == 0
    assert run(*base, *alarming, "--strict")[0] == 1
    assert run(*base, "--strict")[0] == 0

"""`codecorpus plan`: what it says of a small input that it can sample whole, and that it leaves nothing behind."""

import json
from pathlib import Path

import pytest

import codecorpus as cc
from codecorpus.cli import main
from codecorpus.errors import ConfigError, SourceError, UsageError

EXAMPLES = Path(__file__).parents[1] / "examples" / "repos"
SETTINGS = {"sequence_length": 512, "tokenizer.vocab_size": 2000}


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    out = tmp_path_factory.mktemp("plan") / "out"
    return cc.build(EXAMPLES, out=out, settings=SETTINGS, progress=False, executor="in-process")


def test_a_sample_of_everything_is_exact(built, tmp_path):
    found = cc.plan(EXAMPLES, out=tmp_path / "out", settings=SETTINGS, workers=2)
    stages = built.manifest["stages"]
    assert (found.sampled_shards, found.sampled_bytes) == (found.shards, found.input_bytes)
    assert found.documents_in == stages[0]["documents_in"]
    assert found.documents_kept == stages[-1]["documents_kept"]
    assert found.tokens == built.manifest["tokenizer"]["tokens"]
    assert found.rows == built.manifest["sequences"]["rows"]
    assert found.memory_bytes > 50_000_000
    assert found.work_bytes > 0
    assert found.output_bytes > 0
    assert {"read", "parse", "dedup", "train", "cut", "pack"} <= {stage.stage for stage in found.stages}
    assert found.cpu_seconds > 0
    assert found.done == {}


def test_nothing_is_written(tmp_path):
    cc.plan(EXAMPLES, out=tmp_path / "out", settings=SETTINGS)
    assert list(tmp_path.iterdir()) == []


def test_what_is_done_is_said_up_to_the_first_stage_with_something_to_do(built, tmp_path):
    found = cc.plan(EXAMPLES, out=built.path, settings=SETTINGS)
    assert all(done == size for done, size in found.done.values())
    assert {"read", "parse", "pack"} <= set(found.done)
    before = {path: path.stat().st_mtime_ns for path in built.path.rglob("*")}
    other = cc.plan(EXAMPLES, out=built.path, settings=SETTINGS | {"parse.max_bytes": 1000})
    assert {path: path.stat().st_mtime_ns for path in built.path.rglob("*")} == before
    assert other.done["read"][0] == other.done["read"][1]
    assert other.done["parse"][0] == 0
    assert "filter" not in other.done


def test_a_part_is_scaled(tmp_path):
    for number in range(3):
        folder = tmp_path / "repos" / f"r{number}"
        folder.mkdir(parents=True)
        for file in range(300):
            text = "".join(
                f"def name_{number}_{file}_{line}(x):\n    return x + {line}\n\n\n" for line in range(400)
            )
            (folder / f"m{file}.py").write_text(text)
    found = cc.plan(tmp_path / "repos", out=tmp_path / "out", settings=SETTINGS, sample_bytes=2_000_000)
    assert found.sampled_shards == 1
    assert found.sampled_bytes == pytest.approx(2_000_000, rel=0.3)
    assert found.documents_in == pytest.approx(900, rel=0.25)
    again = cc.plan(tmp_path / "repos", out=tmp_path / "out", settings=SETTINGS, sample_bytes=2_000_000)
    assert again.documents_in == found.documents_in


def run(capsys, *arguments):
    with pytest.raises(SystemExit) as ended:
        main([str(argument) for argument in arguments])
    printed = capsys.readouterr()
    return ended.value.code or 0, printed.out, printed.err


def test_the_command_prints_figures_and_json(capsys, tmp_path):
    settings = [word for key, value in SETTINGS.items() for word in ("--set", f"{key}={value}")]
    code, out, _ = run(capsys, "plan", EXAMPLES, "--out", tmp_path / "out", *settings)
    assert code == 0
    for word in ("documents", "tokens", "memory", "disk", "of CPU", "parse", "publish"):
        assert word in out
    code, out, _ = run(capsys, "plan", EXAMPLES, "--out", tmp_path / "out", "--json", *settings)
    values = json.loads(out)
    assert values["documents_in"] > 50
    assert [row["stage"] for row in values["stages"][:2]] == ["start", "read"]


def test_mistakes_are_those_of_build(tmp_path):
    with pytest.raises(SourceError):
        cc.plan(tmp_path / "nowhere", out=tmp_path / "out")
    with pytest.raises(ConfigError):
        cc.plan(EXAMPLES, out=tmp_path / "out", settings={"dedup.treshold": 1})
    with pytest.raises(UsageError):
        cc.plan(EXAMPLES, out=tmp_path / "out", workers=0)

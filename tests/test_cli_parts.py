"""The commands for one part alone: dedup, decontaminate, tokenizer, pack."""

import io
import json
import subprocess
import sys
from typing import get_args

import click
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

import codecorpus as cc
from codecorpus.cli import cli, main
from codecorpus.dedup.contamination_options import SHIPPED
from codecorpus.document import CLUSTERS, DECISIONS, SOURCE_DOCUMENTS
from codecorpus.formats import verify_sequences
from codecorpus.tokenize.options import Mode
from conftest import FATES, write_repositories


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
def repos(tmp_path_factory):
    return write_repositories(tmp_path_factory.mktemp("parts") / "repos")


@pytest.fixture(scope="module")
def tokenizer(repos, tmp_path_factory):
    """A tokenizer.json of 600 tokens, trained by the command."""
    file = tmp_path_factory.mktemp("tokenizer") / "tokenizer.json"
    with pytest.raises(SystemExit) as end:
        main(["tokenizer", "train", str(repos), "--out", str(file), "--vocab-size", "600"])
    assert end.value.code == 0
    return file


def table(folder, name):
    return pq.read_table(folder / name)


def paths(rows):
    return {f"{row['repo_name']}/{row['path']}" for row in rows.select(["repo_name", "path"]).to_pylist()}


def test_help_of_the_parts_imports_nothing_heavy():
    script = (
        "import sys\n"
        "from codecorpus.cli import main\n"
        "try: main(['tokenizer', 'train', '--help'])\n"
        "except SystemExit: pass\n"
        "heavy = {'numba', 'polars', 'pyarrow', 'numpy', 'pydantic', 'tokenizers', 'rich'} & set(sys.modules)\n"
        "sys.exit(f'imported: {sorted(heavy)}' if heavy else 0)"
    )
    result = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr
    assert "INPUT" in result.stdout


def test_dedup_accounts_for_every_file_of_the_input(run, repos, tmp_path):
    code, out, err = run("dedup", repos, "--out", tmp_path / "out")
    assert code == 0
    assert len(out.splitlines()) == 3
    assert "dropped 1 exact, 1 near; flagged 2 structural in 2 clusters" in out
    assert "left out 3 (CC004 1, CC005 1, CC010 1)" in out
    assert "read" in err
    kept, decisions = table(tmp_path / "out", "documents"), table(tmp_path / "out", "decisions")
    assert kept.schema.equals(SOURCE_DOCUMENTS)
    assert decisions.schema.equals(DECISIONS)
    assert table(tmp_path / "out", "clusters").schema.equals(CLUSTERS)
    dropped = decisions.filter(pc.equal(decisions["verdict"], "dropped"))
    assert not paths(kept) & paths(dropped)
    assert paths(kept) | paths(decisions) == {*FATES, "alpha/LICENSE"}
    near = {row["path"]: row for row in decisions.to_pylist()}["near/mean.py"]
    assert (near["code"], near["stage"]) == ("CC402", "dedup")
    names = dict(zip(kept["doc_id"].to_pylist(), kept["path"].to_pylist(), strict=True))
    assert names[near["other_id"]] == "src/mean.py"


def test_dedup_again_gives_the_same_bytes_and_its_output_is_an_input(run, repos, tmp_path):
    for name in ("a", "b"):
        assert run("dedup", repos / "beta", repos / "alpha", "--out", tmp_path / name)[0] == 0
    assert run("dedup", repos / "alpha", repos / "beta", "--out", tmp_path / "b")[0] == 0
    for file in (path for path in (tmp_path / "a").rglob("*") if path.is_file()):
        assert file.read_bytes() == (tmp_path / "b" / file.relative_to(tmp_path / "a")).read_bytes()
    code, out, _ = run("dedup", tmp_path / "a", "--out", tmp_path / "again")
    assert code == 0
    assert "dropped 0 exact, 0 near" in out


def test_dedup_honours_every_setting_of_its_table(run, repos, tmp_path):
    settings = ["--set", 'dedup.keep="none"', "--set", "dedup.bands=64", "--set", "dedup.rows=4"]
    code, _, _ = run("dedup", repos, "--out", tmp_path / "out", *settings)
    assert code == 0
    assert not paths(table(tmp_path / "out", "documents")) & {"alpha/src/mean.py", "beta/copied/mean.py"}
    asked = json.loads((tmp_path / "out" / "codecorpus.json").read_text())["settings"]["dedup"]
    assert (asked["keep"], asked["bands"], asked["rows"]) == ("none", 64, 4)


def test_an_output_inside_the_input_is_not_read_as_a_source(run, tmp_path):
    write_repositories(tmp_path / "repos")
    outputs = [run("dedup", tmp_path / "repos", "--out", tmp_path / "repos" / "out")[1] for _ in range(2)]
    assert outputs[0] == outputs[1]


@pytest.fixture
def benchmark_file(repos, tmp_path):
    """Two problems, one of which stands in `beta/server.go` and nowhere else."""
    solution = "\n".join((repos / "beta/server.go").read_text().splitlines()[7:17])
    other = "def parse_roman_numeral(text):\n    return sum(VALUES[letter] for letter in text.upper() if letter in VALUES)\n"
    rows = [{"task_id": "Tiny/0", "prompt": other}, {"task_id": "Tiny/1", "canonical_solution": solution}]
    file = tmp_path / "tiny.jsonl"
    file.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return file


def test_decontaminate_drops_a_document_that_holds_a_problem_and_says_which(
    run, repos, benchmark_file, tmp_path
):
    code, out, _ = run("decontaminate", repos, "--benchmark", benchmark_file, "--out", tmp_path / "out")
    assert code == 0
    assert "dropped 1" in out
    assert "found  problems of tiny 1 of 2" in out
    kept, decisions = table(tmp_path / "out", "documents"), table(tmp_path / "out", "decisions")
    assert decisions.schema.equals(DECISIONS)
    assert paths(kept) | paths(decisions) == {*FATES, "alpha/LICENSE"}
    (row,) = [row for row in decisions.to_pylist() if row["stage"] == "contamination"]
    assert (row["repo_name"], row["path"], row["code"]) == ("beta", "server.go", "CC501")
    assert "Tiny/1" in row["detail"]
    code, out, _ = run(
        "decontaminate", tmp_path / "out", "--benchmark", benchmark_file, "--out", tmp_path / "2"
    )
    assert (code, "no problem" in out) == (0, True)


def test_decontaminate_cuts_out_the_function_that_holds_the_problem(run, repos, benchmark_file, tmp_path):
    asked = ("--benchmark", benchmark_file, "--action", "cut")
    code, out, _ = run("decontaminate", repos, *asked, "--out", tmp_path / "out")
    assert (code, "dropped 0; cut 1" in out) == (0, True)
    kept, decisions = table(tmp_path / "out", "documents"), table(tmp_path / "out", "decisions")
    (row,) = [row for row in decisions.to_pylist() if row["stage"] == "contamination"]
    assert (row["verdict"], "; cut out " in row["detail"]) == ("edited", True)
    (document,) = [one for one in kept.to_pylist() if one["path"] == "server.go"]
    assert (
        0 < document["length_bytes"] == len(document["content"]) < (repos / "beta/server.go").stat().st_size
    )


def test_decontaminate_knows_the_public_benchmarks_by_itself(run, repos, tmp_path):
    code, out, _ = run("decontaminate", repos, "--out", tmp_path / "out")
    assert (code, "found  no problem" in out) == (0, True)
    settings = json.loads((tmp_path / "out" / "codecorpus.json").read_text())["settings"]
    assert settings["contamination"]["benchmarks"] == list(SHIPPED)


def test_train_writes_a_tokenizer_with_the_familys_tokens(run, repos, tokenizer, tmp_path):
    assert sorted(path.name for path in tokenizer.parent.iterdir()) == [
        "merges.txt",
        "tokenizer.json",
        "tokenizer_config.json",
    ]
    assert cc.tokenize.load_encoder(tokenizer).token_id("<|fim_middle|>") is not None
    arguments = ["--vocab-size", "90000", "--mode", "plain", "--family", "mellum"]
    code, out, _ = run("tokenizer", "train", repos, "--out", tmp_path / "plain.json", *arguments)
    assert code == 0
    assert "of 90,000: the text gives no more" in out
    encoder = cc.tokenize.load_encoder(tmp_path / "plain.json")
    assert encoder.mode == "plain"
    assert encoder.token_id("<fim_middle>") is not None


def test_train_gives_several_sizes_of_one_training(run, repos, tmp_path):
    sizes = ["--vocab-size", "500", "--vocab-size", "400"]
    code, out, _ = run("tokenizer", "train", repos, "--out", tmp_path / "t.json", *sizes)
    assert code == 0
    assert out.count("trained") == 2
    small, large = (cc.tokenize.load_encoder(tmp_path / f"t-{size}.json") for size in (400, 500))
    assert (small.vocab_size, large.vocab_size) == (400, 500)
    run("tokenizer", "train", repos, "--out", tmp_path / "alone.json", "--vocab-size", "400")
    assert (tmp_path / "alone.json").read_bytes() == (tmp_path / "t-400.json").read_bytes()


def test_train_learns_superwords_from_a_start_that_all_sizes_share(run, repos, tmp_path):
    arguments = ["--mode", "superword", "--vocab-size", "500", "--vocab-size", "700"]
    code, _, error = run("tokenizer", "train", repos, "--out", tmp_path / "s.json", *arguments)
    assert code == 2
    assert "begin at 250, 350 tokens" in error
    assert list(tmp_path.iterdir()) == []
    arguments += ["--set", "tokenizer.superword_start=400"]
    code, _, _ = run("tokenizer", "train", repos, "--out", tmp_path / "s.json", *arguments)
    assert code == 0
    assert cc.tokenize.load_encoder(tmp_path / "s-700.json").mode == "superword"


def test_train_extends_a_tokenizer_that_exists(run, repos, tmp_path):
    before, after = tmp_path / "few.json", tmp_path / "more.json"
    run("tokenizer", "train", repos, "--out", before, "--vocab-size", "400")
    code, out, _ = run("tokenizer", "train", repos, "--out", after, "--extend", before, "--add", "30")
    assert code == 0
    assert "added 30 tokens, ids 400 to 429" in out
    old, new = cc.tokenize.load_encoder(before), cc.tokenize.load_encoder(after)
    assert (old.vocab_size, new.vocab_size) == (400, 430)
    assert new.token_id("<|fim_middle|>") == old.token_id("<|fim_middle|>")


def test_train_weighs_and_balances_languages(run, repos, tmp_path):
    settings = ["--set", "tokenizer.weights={Python=2, Go=0.5}", "--set", "tokenizer.balance=equal"]
    code, _, _ = run(
        "tokenizer", "train", repos, "--out", tmp_path / "b.json", "--vocab-size", "500", *settings
    )
    assert code == 0
    code, _, _ = run("tokenizer", "train", repos, "--out", tmp_path / "n.json", "--vocab-size", "500")
    assert (tmp_path / "b.json").read_bytes() != (tmp_path / "n.json").read_bytes()


def test_train_offers_every_mode_there_is():
    (option,) = [one for one in cli.commands["tokenizer"].commands["train"].params if one.name == "mode"]
    assert isinstance(option.type, click.Choice)
    assert set(option.type.choices) == set(get_args(Mode))


@pytest.mark.parametrize("mode", ["code", "superword"])
def test_counts_of_parts_train_what_the_whole_trains(run, repos, tmp_path, mode):
    names = sorted(path.name for path in repos.iterdir())
    for name in names:
        code, out, _ = run(
            "tokenizer", "count", repos / name, "--mode", mode, "--out", tmp_path / f"{name}.parquet"
        )
        assert code == 0
        assert f"mode {mode}" in out
    tables = [word for name in reversed(names) for word in ("--counts", tmp_path / f"{name}.parquet")]
    assert run("tokenizer", "train", *tables, "--out", tmp_path / "a.json", "--vocab-size", "500")[0] == 0
    arguments = ["--out", tmp_path / "b.json", "--vocab-size", "500", "--mode", mode]
    assert run("tokenizer", "train", *(repos / name for name in names), *arguments)[0] == 0
    assert (tmp_path / "a.json").read_bytes() == (tmp_path / "b.json").read_bytes()


def test_count_names_the_file_of_what_is_too_long(run, tmp_path):
    (tmp_path / "repo").mkdir()
    (tmp_path / "repo" / "ruler.py").write_text("x = 1\n# " + "=" * 1_000_000 + "\n")
    code, out, _ = run("tokenizer", "count", tmp_path / "repo", "--out", tmp_path / "counts.parquet")
    assert code == 0
    assert "left out 1 pre-tokens of more than 1,024 bytes" in out
    assert "1,000,002 bytes at byte 7 of repo/ruler.py" in out
    code, out, _ = run("tokenizer", "count", tmp_path / "repo", "--out", tmp_path / "again.parquet", "--json")
    found = json.loads(out)
    assert (found["documents"], found["left_out"]) == (1, 1)
    assert found["longest_left_out"][0]["path"] == "ruler.py"
    assert (tmp_path / "again.parquet").read_bytes() == (tmp_path / "counts.parquet").read_bytes()


def test_count_reads_what_other_commands_wrote(run, repos, tmp_path):
    assert run("dedup", repos, "--out", tmp_path / "out")[0] == 0
    code, out, _ = run("tokenizer", "count", tmp_path / "out", "--out", tmp_path / "counts.parquet", "--json")
    assert code == 0
    assert json.loads(out)["documents"] == table(tmp_path / "out", "documents").num_rows


def test_count_refuses_what_it_cannot_do_before_any_work(run, repos, tmp_path):
    (tmp_path / "there.parquet").write_text("mine")
    code, _, err = run("tokenizer", "count", repos, "--out", tmp_path / "there.parquet")
    assert (code, (tmp_path / "there.parquet").read_text()) == (2, "mine")
    assert "is there already" in err
    code, _, err = run("tokenizer", "count", repos, "--out", tmp_path / "x.parquet", "--share", "2")
    assert code == 2
    assert "share = 2" in err
    (tmp_path / "empty").mkdir()
    assert run("tokenizer", "count", tmp_path / "empty", "--out", tmp_path / "x.parquet")[0] == 3
    assert not (tmp_path / "x.parquet").exists()


def test_train_takes_either_documents_or_counts_of_one_mode(run, repos, tmp_path):
    out = ("--out", tmp_path / "t.json")
    code, _, err = run("tokenizer", "train", *out)
    assert code == 2
    assert "either INPUT or --counts" in err
    for mode in ("plain", "code"):
        run("tokenizer", "count", repos, "--mode", mode, "--out", tmp_path / f"{mode}.parquet")
    counts = ("--counts", tmp_path / "plain.parquet")
    assert run("tokenizer", "train", repos, *counts, *out)[0] == 2
    code, _, err = run("tokenizer", "train", *counts, "--counts", tmp_path / "code.parquet", *out)
    assert code == 3
    assert "different mode" in err
    code, _, err = run("tokenizer", "train", *counts, "--mode", "code", *out)
    assert code == 3
    assert "plain" in err
    code, _, err = run("tokenizer", "train", "--counts", tmp_path / "missing.parquet", *out)
    assert code == 3
    assert "missing.parquet" in err
    assert not (tmp_path / "t.json").exists()


def test_compare_puts_tokenizers_side_by_side(run, repos, tokenizer, tmp_path):
    two = ("--tokenizer", f"ours={tokenizer}", "--tokenizer", f"again={tokenizer}")
    page = tmp_path / "new" / "page.html"
    code, out, _ = run("tokenizer", "compare", repos, *two, "--html", page)
    assert code == 0
    assert "bytes per token" in out
    assert f"wrote  {page}" in out
    assert max(map(len, out.splitlines()[:-1])) <= 80
    assert page.read_text("utf-8").startswith("<!DOCTYPE html>")
    code, out, _ = run("tokenizer", "compare", repos, *two, "--json")
    found = json.loads(out)
    assert [row["tokenizer"] for row in found["tokenizers"]] == ["ours", "again"]
    assert {"Python", "Go", "all"} <= {row["language"] for row in found["rows"]}


def test_compare_looks_at_novel_lines_apart(run, repos, tokenizer):
    arguments = ("tokenizer", "compare", repos, "--tokenizer", f"ours={tokenizer}", "--json")
    rows = [
        next(row for row in json.loads(run(*arguments, *more)[1])["rows"] if row["language"] == "all")
        for more in ((), ("--training", repos / "beta"), ("--training", repos))
    ]
    assert rows[0]["novel_bytes"] is None
    assert 0 < rows[1]["novel_bytes"] < rows[1]["bytes"]
    assert rows[2]["novel_bytes"] == 0


def test_compare_says_which_tokenizer_it_cannot_use(run, repos, tokenizer, tmp_path):
    (tmp_path / "broken.json").write_text("{}")
    ours = f"ours={tokenizer}"
    for arguments, code, said in (
        ([str(tokenizer)], 2, "NAME=FILE"),
        ([ours, ours], 2, "given twice"),
        ([ours, f"theirs={tmp_path / 'broken.json'}"], 3, "theirs: "),
        ([f"none={tmp_path / 'none.json'}"], 3, "none: "),
    ):
        given = [part for text in arguments for part in ("--tokenizer", text)]
        found, _, err = run("tokenizer", "compare", repos, *given)
        assert (found, said in err) == (code, True)


def test_show_makes_every_byte_visible(run, tokenizer):
    text = "def f(x):\n\treturn x  # \x1b[31m\u202e<|endoftext|> \u6f22"
    code, out, _ = run("tokenizer", "show", tokenizer, text)
    assert code == 0
    assert "\x1b" not in out
    assert "\u202e" not in out
    assert "⏎" in out
    assert "→" in out
    code, out, _ = run("tokenizer", "show", tokenizer, text, "--json")
    rows = json.loads(out)
    assert b"".join(bytes.fromhex(row["bytes"]) for row in rows).decode() == text
    assert cc.tokenize.load_encoder(tokenizer).token_id("<|endoftext|>") not in {row["id"] for row in rows}
    assert out.isascii()


def test_show_reads_stdin_and_bytes_that_are_no_text(run, tokenizer, monkeypatch):
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"if x:\r\n")))
    code, out, _ = run("tokenizer", "show", tokenizer.parent, "-")
    assert code == 0
    assert "\\r" in out
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"\xff")))
    for given in ("-", "\udcff"):
        code, out, _ = run("tokenizer", "show", tokenizer, given)
        assert code == 0
        assert out.splitlines()[0].endswith("\\xff")
        assert out.splitlines()[1] == "1 tokens, 1 bytes, 1.00 bytes per token"
    code, out, _ = run("tokenizer", "show", tokenizer, "")
    assert out == "0 tokens, 0 bytes\n"


def test_show_takes_a_big_file(run, tokenizer, monkeypatch):
    text = b"def f(x):\n    return x\n" * 20_000
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(text)))
    code, out, _ = run("tokenizer", "show", tokenizer, "-")
    assert code == 0
    assert f" tokens, {len(text):,} bytes, " in out.splitlines()[-1]


def test_pack_writes_rows_that_verify_and_says_how_full_they_are(run, repos, tokenizer, tmp_path):
    arguments = ["--tokenizer", tokenizer, "--sequence-length", "256", "--out", tmp_path / "out"]
    code, out, _ = run("pack", repos, *arguments, "--set", "fim.rate=1.0")
    assert code == 0
    written = verify_sequences(tmp_path / "out" / "sequences", sequence_length=256, vocab_size=600)
    assert f"{written.rows:,} rows of 256 tokens" in out
    assert f"100.0% of {written.parts:,} parts FIM" in out
    assert paths(table(tmp_path / "out", "decisions")) == {
        "alpha/src/empty.py",
        "alpha/src/logo.png",
        "alpha/src/latin.py",
    }
    before = (tmp_path / "out/sequences/part-00000.parquet").read_bytes()
    assert run("pack", repos, *arguments, "--set", "fim.rate=1.0")[0] == 0
    assert (tmp_path / "out/sequences/part-00000.parquet").read_bytes() == before


def test_pack_of_a_run_gives_the_rows_of_the_run(run, repos, tmp_path):
    settings = {"sequence_length": 256, "tokenizer.vocab_size": 600}
    cc.build(repos, out=tmp_path / "run", settings=settings, progress=False)
    arguments = ["--tokenizer", tmp_path / "run" / "tokenizer", "--sequence-length", "256"]
    assert run("pack", tmp_path / "run", *arguments, "--out", tmp_path / "out")[0] == 0
    assert table(tmp_path / "out", "sequences").equals(table(tmp_path / "run", "sequences"))


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (["dedup", "REPOS"], 2, "--out"),
        (["dedup", "--out", "new"], 2, "INPUT"),
        (["dedup", "nowhere", "--out", "new"], 3, "nowhere"),
        (["dedup", "REPOS", "--out", "full"], 2, "something else (notes.txt)"),
        (["dedup", "REPOS", "--out", "full/notes.txt"], 2, "is a file"),
        (["dedup", "REPOS", "--out", "new", "--set", "dedup.treshold=1"], 2, "dedup.threshold"),
        (["dedup", "REPOS", "--out", "new", "--set", "fim.rate=1"], 2, "no effect"),
        (["dedup", "blank", "--out", "new"], 3, "CC010"),
        (["decontaminate", "REPOS", "--out", "new", "--action", "keep"], 2, "--action"),
        (
            ["decontaminate", "REPOS", "--out", "new", "--benchmark", "humanevl"],
            2,
            "Did you mean `humaneval`?",
        ),
        (["decontaminate", "REPOS", "--out", "new", "--benchmark", "humanevl.jsonl"], 3, "no such file"),
        (["decontaminate", "REPOS", "--out", "new", "--benchmark", ""], 2, "no benchmark named"),
        (
            ["decontaminate", "REPOS", "--out", "new", "--set", "contamination.enabled=false"],
            2,
            "contamination.enabled: has no effect here",
        ),
        (
            ["decontaminate", "REPOS", "--out", "new", "--set", "contamination.benchmarks=mbpp"],
            2,
            "a list, such as",
        ),
        (
            ["decontaminate", "REPOS", "--out", "new", "--set", "contamination.ngram=9"],
            2,
            "made with ngram 10",
        ),
        (["decontaminate", "REPOS", "--out", "new", "--benchmark", "nowhere"], 3, "nowhere"),
        (["decontaminate", "REPOS", "--out", "full", "--benchmark", "nowhere"], 2, "something else"),
        (["tokenizer", "train", "REPOS", "--out", "full"], 2, "is a folder"),
        (["tokenizer", "train", "REPOS", "--out", "t.json", "--family", "qwen"], 2, "qwen2.5-coder"),
        (["tokenizer", "train", "REPOS", "--out", "t.json", "--vocab-size", "5"], 2, "vocab_size"),
        (["tokenizer", "train", "REPOS", "--out", "t.json", "--mode", "words"], 2, "plain"),
        (["tokenizer", "train", "REPOS", "--out", "t.json", "--add", "5"], 2, "belong together"),
        (["tokenizer", "train", "REPOS", "--out", "t.json", "--extend", "x.json"], 2, "belong together"),
        (
            ["tokenizer", "train", "REPOS", "--out", "t.json", "--extend", "x", "--add", "5"],
            3,
            "cannot be read",
        ),
        (
            [
                "tokenizer",
                "train",
                "REPOS",
                "--out",
                "t.json",
                "--extend",
                "x",
                "--add",
                "5",
                "--mode",
                "code",
            ],
            2,
            "goes with none of",
        ),
        (
            ["tokenizer", "train", "REPOS", "--out", "t.json", "--set", "tokenizer.weights={C=0}"],
            2,
            "weights",
        ),
        (["tokenizer", "show", "nowhere", "x"], 3, "tokenizer.json"),
        (["pack", "REPOS", "--out", "new"], 2, "--tokenizer"),
        (["pack", "REPOS", "--out", "new", "--tokenizer", "nowhere"], 3, "nowhere"),
        (["pack", "REPOS", "--out", "new", "--tokenizer", "TOK", "--family", "starcoder"], 2, "<fim_prefix>"),
        (
            ["pack", "REPOS", "--out", "new", "--tokenizer", "TOK", "--sequence-length", "4"],
            2,
            "sequence_length",
        ),
        (["pack", "REPOS", "--out", "new", "--tokenizer", "TOK", "--format", "mdx"], 2, "mds"),
    ],
)
def test_mistakes_are_short_have_their_exit_code_and_write_nothing(
    run, repos, tokenizer, tmp_path, monkeypatch, arguments, code, says
):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "notes.txt").write_text("mine")
    (tmp_path / "blank").mkdir()
    (tmp_path / "blank" / "x.py").write_text(" \n")
    given = {"REPOS": repos, "TOK": tokenizer}
    got, out, err = run(*(given.get(word, word) for word in arguments))
    assert (got, out) == (code, "")
    assert says in err
    assert "Traceback" not in err
    assert len(err.splitlines()) <= 6
    assert sorted(path.name for path in tmp_path.iterdir()) == ["blank", "full"]


def test_a_setting_given_twice_is_a_mistake(run, repos, tokenizer, tmp_path):
    twice = ["--family", "starcoder", "--set", 'fim.family="olmo"']
    code, _, err = run("pack", repos, "--tokenizer", tokenizer, "--out", tmp_path / "out", *twice)
    assert code == 2
    assert "fim.family: given by --set and by an option" in err

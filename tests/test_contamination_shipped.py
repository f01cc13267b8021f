"""The hashes that come with the package: what they are of, that they are no texts, and that they are made anew byte for byte."""

import importlib.util
import json
import re
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from codecorpus.dedup import ContaminationOptions, decontaminate, find_contamination, index_benchmarks
from codecorpus.dedup.contamination_options import SHIPPED
from codecorpus.dedup.index_data import hash_problems, join_data, select_benchmarks
from codecorpus.dedup.index_file import SHIPPED_FILE, read_data, read_shipped, shipped_about, write_data
from codecorpus.dedup.problems import read_problems
from codecorpus.errors import UsageError
from test_dedup_contamination import HOST, PROBLEM, PROMPT, PUBLIC, SOLUTION, benchmark, texts, write

__all__ = ["benchmark"]

ROOT = Path(__file__).resolve().parents[1]
NO_PUBLIC = pytest.mark.skipif(
    not PUBLIC.is_dir(), reason="the public benchmarks are not beside the checkout"
)


@pytest.fixture(scope="module")
def tool():
    spec = importlib.util.spec_from_file_location("hash_benchmarks", ROOT / "tools" / "hash_benchmarks.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_every_benchmark_has_its_problems():
    problems = read_shipped(ContaminationOptions()).problems
    counts = dict(problems.group_by("benchmark").len().iter_rows())
    assert counts == {
        "humaneval": 164,
        "humaneval-infilling": 164,
        "humaneval-x": 984,
        "humanevalpack": 984,
        "mbpp": 974,
        "mbpp-plus": 399,
        "cruxeval": 800,
    }
    assert list(dict.fromkeys(problems["benchmark"])) == list(SHIPPED)


def test_the_file_says_how_it_was_made_and_is_small():
    about = shipped_about()
    assert {"version", "normalisation", "run", "ngram", "min_names", "max_problems"} <= set(about)
    assert about["ngram"] == ContaminationOptions().ngram
    assert SHIPPED_FILE.stat().st_size < 2_600_000


def test_no_text_of_a_problem_can_be_read_from_it():
    """All that is no number in it is names: of benchmarks, problems and fields."""
    with np.load(SHIPPED_FILE, allow_pickle=False) as file:
        arrays = {name: file[name] for name in file.files}
    assert all(array.dtype.kind in "ui" for array in arrays.values())
    assert [name for name, array in arrays.items() if array.dtype == np.uint8] == ["about"]
    about = json.loads(arrays["about"].tobytes())
    assert all(re.fullmatch(r"[a-z_]+", name) for name in about["fields"])
    for names in about["problems"]:
        assert all(re.fullmatch(r"[A-Za-z]*[-_/]?[a-zA-Z]*[-_/]?\d*", name) for name in names), names


@NO_PUBLIC
def test_no_three_words_of_a_problem_stand_in_it():
    raw = b"".join(array.tobytes() for array in np.load(SHIPPED_FILE).values())
    for text in read_problems(PUBLIC).texts.to_pylist()[::7]:
        words = re.findall(rb"[A-Za-z]{3,} [A-Za-z]{3,} [A-Za-z]{3,}", text)
        assert not any(word in raw for word in words[:5])


@NO_PUBLIC
def test_the_same_benchmarks_give_the_same_bytes(tool, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr("sys.argv", ["hash_benchmarks.py", str(PUBLIC), "--out", str(tmp_path / "again.npz")])
    tool.main()
    assert "humaneval-infilling   8,652 rows    164 problems" in capsys.readouterr().out
    again = np.load(tmp_path / "again.npz")
    for name, array in np.load(SHIPPED_FILE).items():
        assert array.tobytes() == again[name].tobytes(), name


def test_rows_of_one_problem_are_one_problem(tool, tmp_path):
    cuts = [
        {
            "task_id": f"Single/Some/7/L{n}",
            "entry_point": "longest_plateau",
            "prompt": PROMPT + SOLUTION[: n * 9],
            "canonical_solution": SOLUTION[n * 9 : n * 20],
            "suffix": SOLUTION[n * 20 :],
        }
        for n in range(12)
    ]
    file = write(tmp_path / "cut.jsonl", *cuts, PROBLEM, PROBLEM)
    merged = tool.merged(read_problems(file), ["mine"] * 14)
    assert merged.problems["problem"].to_list() == ["Some/7", "Plateau/7"]
    assert merged.fields.filter(pl.col("field") == "program").height == 1


def test_tables_come_back_from_a_file_as_they_were(benchmark, tmp_path):
    data = hash_problems(read_problems(benchmark), ContaminationOptions())
    write_data(tmp_path / "one.npz", data, ContaminationOptions())
    again = read_data(tmp_path / "one.npz")
    for name in ("problems", "fields", "words", "signatures"):
        assert getattr(again, name).equals(getattr(data, name)), name
    upper = data.code.with_columns(pl.col("blind") // 2**32 * 2**32)
    assert again.code.equals(upper.cast(data.code.schema))
    write_data(tmp_path / "two.npz", again, ContaminationOptions())
    assert (tmp_path / "one.npz").read_bytes() == (tmp_path / "two.npz").read_bytes()


@pytest.mark.parametrize("row", [{"text": "no code, " + PROMPT.split('"""')[1]}, {"code": SOLUTION}])
def test_what_has_no_code_or_no_signature_comes_back_too(row, tmp_path):
    data = hash_problems(read_problems(write(tmp_path / "b.jsonl", row)), ContaminationOptions())
    write_data(tmp_path / "one.npz", data, ContaminationOptions())
    again = read_data(tmp_path / "one.npz")
    assert (again.code.height, again.signatures.height) == (data.code.height, data.signatures.height)
    assert again.words.equals(data.words)


def test_benchmarks_are_chosen_and_joined(benchmark):
    shipped = read_shipped(ContaminationOptions())
    own = hash_problems(read_problems(benchmark), ContaminationOptions())
    both = join_data([select_benchmarks(shipped, ["mbpp"]), own])
    assert dict(both.problems.group_by("benchmark").len().iter_rows()) == {"mbpp": 974, "plateau": 1}
    result = find_contamination(
        texts(SOLUTION), index_benchmarks(["mbpp", benchmark]), ContaminationOptions()
    )
    assert result.matches["problem"].to_list() == ["Plateau/7"]
    assert result.benchmarks().select("benchmark", "found").rows() == [("mbpp", 0), ("plateau", 1)]
    only = select_benchmarks(both, ["plateau"])
    for name in ("fields", "words", "code", "signatures"):
        assert getattr(only, name).height == getattr(own, name).height, name


def test_hashes_made_with_other_settings_are_refused():
    with pytest.raises(UsageError, match="made with ngram 10, max_problems 10") as caught:
        index_benchmarks(None, ContaminationOptions(ngram=9, max_problems=3))
    assert caught.value.hint


def test_it_works_out_of_the_box_and_finds_nothing_in_harmless_files():
    result = decontaminate(texts(HOST, PROMPT + SOLUTION, "", "int main(int argc, char **argv) {}"))
    assert result.dropped.num_rows == 0
    assert result.by_benchmark["problems"].sum() == 4469


@NO_PUBLIC
@pytest.mark.parametrize(
    ("name", "least"),
    [(name, 0.95) for name in SHIPPED[:4]] + [("mbpp", 0.9), ("mbpp-plus", 0.95), ("cruxeval", 0.65)],
)
def test_public_problems_of_twelve_words_are_found(name, least):
    index = index_benchmarks([name])
    problems = read_problems(PUBLIC / name)
    chosen = problems.fields.filter(pl.col("field").is_in(["prompt", "program", "code"])).unique("text")
    contents = problems.texts.take(chosen["text"].sort().to_arrow()).to_pylist()
    long = [text.decode() for text in contents if len(re.findall(rb"\w{2,}", text)) >= 12][:500]
    assert len(long) > 100
    dropped = 0
    for first in range(0, len(long), 10):  # ten at a time, so that nothing is an idiom
        table = texts(*long[first : first + 10])
        dropped += find_contamination(table, index, ContaminationOptions()).dropped.num_rows
    assert dropped >= least * len(long)

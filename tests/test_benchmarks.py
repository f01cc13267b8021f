"""`make bench` knows every benchmark, and gives each what it takes. The benchmarks themselves are run by hand: minutes."""

import importlib.util
import subprocess
import sys
from pathlib import Path

import pytest

BENCHMARKS = Path(__file__).resolve().parent.parent / "benchmarks"


@pytest.fixture(scope="module")
def every():
    spec = importlib.util.spec_from_file_location("every_benchmark", BENCHMARKS / "_every.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    return module


def test_every_script_is_run_once(every):
    scripts = {path.stem for path in BENCHMARKS.glob("*.py") if not path.stem.startswith("_")}
    names = [benchmark.name for benchmark in every.BENCHMARKS]
    assert len(set(names)) == len(names)
    assert scripts <= set(names)
    assert set(names) <= scripts


def test_options_are_those_of_the_scripts(every):
    for benchmark in every.BENCHMARKS:
        path = BENCHMARKS / f"{benchmark.name}.py"
        text = path.read_text(encoding="utf-8") if path.exists() else ""
        for argument in benchmark.arguments:
            if text and str(argument).startswith("--"):
                assert f'"{argument}"' in text, f"{benchmark.name} {argument}"


def test_what_is_not_installed_is_a_reason_and_no_failure(every, tmp_path):
    lacking = every.Benchmark("accuracy", modules=("no_such_module",))
    assert every.run(lacking, tmp_path) == "skipped: no_such_module is not installed"


def test_an_unknown_name_is_refused(tmp_path):
    done = subprocess.run(
        [sys.executable, BENCHMARKS / "_every.py", tmp_path, "nonsense"], capture_output=True, text=True
    )
    assert done.returncode == 1
    assert "no benchmark nonsense" in done.stderr

"""A short version of `benchmarks/oracle.py`: a few sources, and what the compilers and we say of them and of their mutants."""

from __future__ import annotations

import importlib.util
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).parent.parent / "examples" / "repos"
SOURCES = {
    "Python": (
        ".py",
        "def f{n}(a, *, b={n}):\n    '''Doc.'''\n    return [x for x in a if x > b]\n",
        "def f(:\n",
    ),
    "JavaScript": (
        ".js",
        "const f{n} = async (a, {{b = {n}}}) => `${{a}}` + /x/g.test(b);\n",
        "if (a { b(;\n",
    ),
    "Java": (".java", "class A{n} {{\n    int f(int a) {{ return a + {n}; }}\n}}\n", "class { int f( }\n"),
    "Rust": (".rs", "fn f{n}<'a>(x: &'a str) -> Option<usize> {{ x.find(\"{n}\") }}\n", "fn f( { }\n"),
}


@pytest.fixture(scope="module")
def oracle():
    path = Path(__file__).parent.parent / "benchmarks" / "oracle.py"
    spec = importlib.util.spec_from_file_location("oracle_benchmark", path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("language", sorted(SOURCES))
def test_the_compiler_and_the_tree_agree(language, oracle, tmp_path):
    one = next(one for one in oracle.ORACLES if one.language == language)
    if one.program is not None:
        if shutil.which(one.program) is None:
            pytest.skip(f"{one.program} is not on this machine")
        works = subprocess.run([one.program, "--version"], capture_output=True, check=False).returncode == 0
        if not works:
            pytest.skip(f"{one.program} does not run on this machine")
    suffix, good, bad = SOURCES[language]
    for n in range(8):
        (tmp_path / f"good{n}{suffix}").write_text("".join(good.format(n=n * 10 + k) for k in range(n + 1)))
    (tmp_path / f"bad{suffix}").write_text(bad)
    for number, path in enumerate(sorted(EXAMPLES.rglob(f"*{suffix}"))[:12]):
        shutil.copy(path, tmp_path / f"example{number}{suffix}")
    found = oracle.compare(one, tmp_path, 100)
    verdicts = {verdict.name: verdict for verdict in found.files}
    assert not verdicts[f"bad{suffix}"].theirs
    assert all(verdicts[f"good{n}{suffix}"].theirs for n in range(8))
    assert all(verdict.same for verdict in found.files)
    assert len(found.mutants) == sum(verdict.theirs for verdict in found.files)
    assert sum(verdict.same for verdict in found.mutants) >= 0.9 * len(found.mutants)
    assert any(not verdict.theirs for verdict in found.mutants)  # or the comparison says nothing

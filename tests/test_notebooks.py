"""Every notebook runs from top to bottom on what is there everywhere, and is committed without its outputs."""

import json
import os
import re
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

import codecorpus
from conftest import importable

ROOT = Path(__file__).resolve().parent.parent
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
each = pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.stem)

#: Cells with this tag need what trains: gigabytes, so that they have an environment of their own (`make notebooks`).
TRAINER = "trainer"
TRAINERS = ("torch", "transformers", "trl", "datasets")
WITH_TRAINER = [path for path in NOTEBOOKS if f'"{TRAINER}"' in path.read_text("utf-8")]


def cells_of(notebook, kind="code"):
    return [cell for cell in json.loads(notebook.read_text("utf-8"))["cells"] if cell["cell_type"] == kind]


def is_for_trainer(cell):
    return TRAINER in cell["metadata"].get("tags", ())


def run(notebook, folder):
    """In a process of its own: the warnings of Jupyter's libraries are no errors of ours. No network is needed, nor there."""
    arguments = ["--nbmake", "--nbmake-timeout=300", "-c", os.devnull, "--rootdir", folder, "-q", notebook]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *map(str, arguments)],
        cwd=folder,
        env={
            **os.environ,
            "PYTEST_ADDOPTS": "-p no:cacheprovider -p no:xdist",
            # The package that these tests run on; a relative PYTHONPATH would lead elsewhere from here.
            "PYTHONPATH": importable(Path(codecorpus.__file__).resolve().parents[1]),
            "HTTP_PROXY": "http://127.0.0.1:9",
            "HTTPS_PROXY": "http://127.0.0.1:9",
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "1 passed" in done.stdout


def test_there_are_notebooks():
    assert {path.stem for path in NOTEBOOKS} >= {"build_a_corpus", "feed_a_trainer"}
    assert [path.stem for path in WITH_TRAINER] == ["feed_a_trainer"]


@each
def test_outputs_are_cleared(notebook):
    assert all(cell["outputs"] == [] and cell["execution_count"] is None for cell in cells_of(notebook))


@each
def test_it_begins_with_its_question_and_is_linked(notebook):
    first = "".join(cells_of(notebook, "markdown")[0]["source"])
    assert first.startswith("# ")
    page = (ROOT / "docs" / "notebooks.md").read_text("utf-8")
    assert f"(../notebooks/{notebook.name})" in page


@each
def test_what_it_links_to_is_there(notebook):
    words = "".join("".join(cell["source"]) for cell in cells_of(notebook, "markdown"))
    for name in re.findall(r"`(\w+\.ipynb)`", words):
        assert (ROOT / "notebooks" / name).exists(), name
    for name in re.findall(r"`(docs/\w+\.md)`", words):
        assert (ROOT / name).exists(), name


@each
def test_it_runs(notebook, tmp_path):
    """As far as nothing of a trainer is needed; all of it where there is none."""
    content = json.loads(notebook.read_text("utf-8"))
    content["cells"] = [cell for cell in content["cells"] if not is_for_trainer(cell)]
    copy = tmp_path / notebook.name
    copy.write_text(json.dumps(content), "utf-8")
    run(copy, tmp_path)


@pytest.mark.parametrize("notebook", WITH_TRAINER, ids=lambda path: path.stem)
def test_the_trainer_takes_its_steps(notebook, tmp_path):
    missing = [name for name in TRAINERS if find_spec(name) is None]
    if missing:
        pytest.skip(f"not installed: {', '.join(missing)}; `make notebooks` has them")
    run(shutil.copy(notebook, tmp_path), tmp_path)

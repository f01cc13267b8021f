"""Every notebook runs from top to bottom on what is there everywhere, and is committed without its outputs."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import codecorpus

NOTEBOOKS = sorted((Path(__file__).resolve().parent.parent / "notebooks").glob("*.ipynb"))
each = pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.stem)


def test_there_are_notebooks():
    assert NOTEBOOKS


@each
def test_outputs_are_cleared(notebook):
    cells = [cell for cell in json.loads(notebook.read_text("utf-8"))["cells"] if cell["cell_type"] == "code"]
    assert all(cell["outputs"] == [] and cell["execution_count"] is None for cell in cells)


@each
def test_it_runs(notebook, tmp_path):
    """In a process of its own: the warnings of Jupyter's libraries are no errors of ours."""
    copy = shutil.copy(notebook, tmp_path)
    arguments = ["--nbmake", "--nbmake-timeout=300", "-c", os.devnull, "--rootdir", tmp_path, "-q", copy]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *map(str, arguments)],
        cwd=tmp_path,
        env={
            **os.environ,
            "PYTEST_ADDOPTS": "-p no:cacheprovider -p no:xdist",
            # The package that these tests run on; a relative PYTHONPATH would lead elsewhere from here.
            "PYTHONPATH": str(Path(codecorpus.__file__).resolve().parents[1]),
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "1 passed" in done.stdout

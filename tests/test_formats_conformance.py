"""What `make conformance` writes for the trainers' readers is what it says; the readers themselves need environments of their own."""

import importlib.util
import json
import sys
from pathlib import Path

import numpy as np
import pytest

from codecorpus.formats.names import FORMATS, Facts
from naive_formats import READERS

FOLDER = Path(__file__).parent / "conformance"


def loaded(name):
    spec = importlib.util.spec_from_file_location(f"conformance_{name}", FOLDER / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    # Its dataclass looks itself up there.
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    folders = {spoil: tmp_path_factory.mktemp(f"spoil-{spoil}") for spoil in (False, True)}
    for spoil, folder in folders.items():
        loaded("cases").main(folder, spoil=spoil)
    return folders


def case_of(folder):
    facts = json.loads((folder / "rows.json").read_text())
    id_type = np.dtype(np.uint16 if facts["vocab_size"] <= 1 << 16 else np.uint32)
    rows = facts.pop("rows")
    return Facts(id_type=id_type, **facts), rows["input_ids"]


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("spoil", [False, True])
def test_fixtures_are_the_rows_that_the_readers_are_told(written, name, spoil):
    cases = [folder for folder in sorted(written[spoil].iterdir()) if (folder / name).is_dir()]
    assert len(cases) == (5 if FORMATS[name].has_loss_mask else 3)
    for folder in cases:
        facts, wanted = case_of(folder)
        found = [row["input_ids"] for row in READERS[name](folder / name, facts)]
        differ = [number for number, (a, b) in enumerate(zip(found, wanted, strict=True)) if a[: len(b)] != b]
        assert differ == ([7] if spoil else [])


def test_rows_are_of_every_kind():
    """Full and not, of one sample and of many, with the largest id of the vocabulary."""
    module = loaded("cases")
    for case in module.CASES:
        rows = list(module.rows_of(case))
        sizes = {sum(map(len, row)) for row in rows}
        assert max(sizes) == case.sequence_length > min(sizes)
        assert len({len(row) for row in rows}) > 2
        assert max(token for row in rows for sample in row for token in sample) == case.vocab_size - 1


def test_every_group_has_requirements_with_versions_and_a_reader():
    for group in loaded("run").GROUPS:
        lines = (FOLDER / f"requirements-{group}.txt").read_text().split()
        assert lines
        assert all("==" in line for line in lines)
        assert (FOLDER / f"read_{group}.py").is_file()

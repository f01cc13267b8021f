"""A run is a data set to Hugging Face's `datasets`: by the names in the head of its card, and file by file."""

import importlib.util
import json
import os
import re
import subprocess
import sys

import pytest

import codecorpus as cc
from codecorpus.report.card import TABLES
from codecorpus.report.croissant import missing
from conftest import write_repositories

pytestmark = pytest.mark.skipif(
    not importlib.util.find_spec("datasets"), reason="datasets is not installed (it is in the extra dev)"
)

#: Runs in a process of its own: the library warns, and writes where its home is.
LOAD = """
import json, os
from datasets import get_dataset_config_names, load_dataset

found = {}
for name in get_dataset_config_names(os.getcwd()):
    data = load_dataset(os.getcwd(), name, split="train")
    found[name] = {"rows": data.num_rows, "columns": data.column_names, "first": str(data[0])}
found["default"] = load_dataset(os.getcwd(), split="train").num_rows
print(json.dumps(found))
"""


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    folder = tmp_path_factory.mktemp("datasets")
    settings = {"tokenizer.vocab_size": 400, "sequence_length": 256}
    return cc.build(
        write_repositories(folder / "repos"), out=folder / "run", settings=settings, progress=False
    )


def offline(run, tmp_path, code):
    environment = {**os.environ, "HF_HOME": str(tmp_path / "home"), "HF_HUB_OFFLINE": "1"}
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=run.path, env=environment, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout


def test_every_table_of_the_card_opens_with_all_its_rows(run, tmp_path):
    found = json.loads(offline(run, tmp_path, LOAD))
    rows = {}
    for file in run.manifest["files"]:
        table, _, rest = file["path"].partition("/")
        if rest.endswith(".parquet") and table in TABLES:
            rows[table] = rows.get(table, 0) + file["rows"]
    assert found.pop("default") == rows["documents"] == len(run.documents())
    assert {name: table["rows"] for name, table in found.items()} == {
        name: count for name, count in rows.items() if count
    }
    assert found["documents"]["columns"] == run.documents().columns
    assert found["sequences"]["columns"] == run.sequences().columns


def test_what_the_card_shows_runs_in_the_folder_of_the_run(run, tmp_path):
    card = (run.path / "README.md").read_text(encoding="utf-8")
    blocks = re.findall(r"(?s)```python\n(.*?)```", card)
    assert len(blocks) == 2
    told = (
        "\nprint(documents.features['content'].dtype, len(sequences))\nprint(next(iter(documents))['path'])\n"
    )
    printed = offline(run, tmp_path, "\n".join(blocks).replace("FOLDER", str(run.path)) + told)
    assert f"large_string {len(run.sequences())}" in printed
    assert printed.splitlines()[-1] == run.documents()["path"][0]


def test_the_croissant_of_a_built_run_lacks_nothing(run):
    document = json.loads((run.path / "croissant.json").read_text(encoding="utf-8"))
    assert missing(document) == []
    listed = {part["@id"] for part in document["distribution"]}
    assert {"documents", "sequences", "documents/part-00000.parquet"} <= listed

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pytest

from codecorpus.document import SOURCE_DOCUMENTS, document_id
from codecorpus.run.executor import Processes
from codecorpus.run.tables import TableWriter, read_table
from codecorpus.run.unit import Unit, read_done, unit_key
from codecorpus.run.watch import MOST_CRASHES
from conftest import importable


def documents(*contents: str) -> pa.Table:
    rows = [
        {
            "doc_id": document_id("r", f"{n}.py", text.encode()),
            "blob_id": "",
            "repo_name": "r",
            "path": f"{n}.py",
            "content": text,
            "src_encoding": "UTF-8",
            "language": "Python",
            "extension": "py",
            "length_bytes": len(text),
        }
        for n, text in enumerate(contents)
    ]
    return pa.Table.from_pylist(rows, schema=SOURCE_DOCUMENTS)


@pytest.mark.filterwarnings("ignore")
def test_a_parser_that_crashes_costs_only_the_documents_it_crashes_on(tmp_path, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", importable(Path(__file__).parent))
    with TableWriter(tmp_path / "documents.parquet", SOURCE_DOCUMENTS) as writer:
        writer.write(documents("x = 1", "CRASH = 1", "y = 2"))
        writer.write(documents("CRASH = 2", "z = 3"))
    unit = Unit("parse", "unit_tasks:parse_and_crash", (tmp_path,), unit_key("parse"), tmp_path / "work")
    engine = Processes(1)
    outcomes = list(engine.map([unit], retries=MOST_CRASHES + 1))
    engine.close()
    assert [outcome.error for outcome in outcomes] == [None]
    done = read_done(unit)
    nodes = [m["node_count"] for m in read_table(done.folder / "measures.parquet")["measures"].to_pylist()]
    assert [count is None for count in nodes] == [False, True, False, True, False]
    flags = read_table(done.folder / "decisions.parquet").to_pylist()
    assert [(flag["path"], flag["code"], flag["detail"]) for flag in flags] == [
        ("1.py", "CC103", "the parser crashed"),
        ("0.py", "CC103", "the parser crashed"),
    ]
    assert not list((tmp_path / "work" / "tmp").glob("watch-*"))

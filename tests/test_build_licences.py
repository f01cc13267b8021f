"""Licences and opt-outs through the whole job, on tiny repositories."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

import codecorpus as cc
from codecorpus.cli import cli
from codecorpus.errors import ConfigError
from conftest import MIT
from sources_help import write

SETTINGS = {"sequence_length": 256, "tokenizer.vocab_size": 600}

CODE = '''"""Means of lists."""


def {name}(values):
    """Return the mean of the {name} values."""
    total = sum(values)
    return total / len(values)


def {name}_bounds(values, low={low}):
    """Return the {name} values that are not below the bound."""
    return [value for value in values if value >= low]
'''

GPL = """# Copyright (C) 2020 Gil <gil@example.org>
# This program is free software; you can redistribute it and/or modify it under the terms of the GNU General Public License as
# published by the Free Software Foundation; either version 2 of the License, or (at your option) any later version.
"""

FILES = {
    "ann/LICENSE": MIT,
    "ann/package.json": '{"license": "(MIT OR GPL-3.0-or-later)"}\n',
    "ann/alpha.py": CODE.format(name="alpha", low=1),
    "ann/gpl.py": GPL + CODE.format(name="gamma", low=3),
    "ann/part/COPYING": "Licensed under the Apache License, Version 2.0\n",
    "ann/part/beta.py": CODE.format(name="beta", low=7) + "\n\nBETA = [value * 2 for value in range(12)]\n",
    "bob/delta.py": CODE.format(name="delta", low=9)
    + "\n\nDELTA = {value: str(value) for value in range(9)}\n",
    "bob/docs/epsilon.py": "import math\n\n\ndef epsilon(x):\n    '''Return a root.'''\n    return math.sqrt(x) + math.sin(x)\n",
}


def build(root: Path, out: Path, **settings):
    return cc.build(root, out=out, settings=SETTINGS | settings, progress=False, workers=1)


@pytest.fixture(scope="module")
def shared(tmp_path_factory):
    root = tmp_path_factory.mktemp("licences")
    return build(write(root / "repos", FILES), root / "out")


def licences_of(corpus):
    rows = corpus.documents(["repo_name", "path", "detected_licenses", "license_type"]).iter_rows()
    return {f"{repo}/{path}": (ids, kind) for repo, path, ids, kind in rows}


def test_documents_have_the_licence_that_holds_for_them(shared):
    found = licences_of(shared)
    assert found["ann/alpha.py"] == (["GPL-3.0-or-later", "MIT"], "permissive")
    assert found["ann/gpl.py"] == (["GPL-2.0-or-later"], "copyleft")
    assert found["ann/part/beta.py"] == (["Apache-2.0"], "permissive")
    assert found["bob/delta.py"] == ([], "no_license")
    assert shared.verify().problems == ()


def test_what_was_found_is_a_table_of_the_run(shared):
    rows = {(row["repo_name"], row["path"]): row for row in shared.licences().to_dicts()}
    assert {path: row["kind"] for (_, path), row in rows.items()} == {
        "LICENSE": "licence file",
        "package.json": "package metadata",
        "gpl.py": "header",
        "part/COPYING": "licence file",
    }
    assert rows["ann", "gpl.py"]["holders"] == ["Copyright (C) 2020 Gil"]
    assert rows["ann", "LICENSE"]["similarity"] > 0.7


def test_explain_says_which_file_said_so(shared):
    (alpha,) = shared.explain("ann/alpha.py")
    assert [line.partition(",")[0] for line in alpha.licence_evidence] == [
        "MIT by licence file LICENSE",
        "MIT OR GPL-3.0-or-later by package metadata package.json",
    ]
    (own,) = shared.explain("ann/gpl.py")
    assert own.licence_evidence == ("GPL-2.0-or-later by header gpl.py",)
    assert any("by header gpl.py" in line for line in own.lines())
    assert shared.explain("bob/delta.py")[0].licence_evidence == ()


def test_attribution_names_repositories_licences_files_and_holders(shared):
    rows = {row["repo_name"]: row for row in shared.attribution().to_dicts()}
    assert rows["ann"]["licences"] == ["Apache-2.0", "GPL-2.0-or-later", "GPL-3.0-or-later", "MIT"]
    assert rows["ann"]["holders"] == ["Copyright (C) 2020 Gil", "Copyright (c) 2024 The authors"]
    assert rows["bob"]["licences"] == rows["bob"]["holders"] == []
    assert rows["bob"]["documents"] == 2
    notice = (shared.path / "NOTICE").read_text()
    assert "ann\n  licences: Apache-2.0, GPL-2.0-or-later" in notice
    assert "bob\n  licences: none found\n  files: 2," in notice
    assert "gil@example.org" not in notice
    assert "NOTICE" in {entry["path"] for entry in shared.manifest["files"]}
    shown = CliRunner().invoke(cli, ["attribution", str(shared.path)])
    assert shown.output == notice
    as_json = json.loads(CliRunner().invoke(cli, ["attribution", str(shared.path), "--json"]).output)
    assert [row["repo_name"] for row in as_json] == ["ann", "bob"]


def test_the_policy_reads_alternatives(tmp_path):
    corpus = build(write(tmp_path / "repos", FILES), tmp_path / "out", **{"licences.allow": ["MIT"]})
    assert set(licences_of(corpus)) <= {"ann/alpha.py", "ann/package.json", "ann/LICENSE"}
    assert "ann/alpha.py" in licences_of(corpus)
    dropped = {row["path"]: row["detail"] for row in corpus.decisions().filter(code="CC301").to_dicts()}
    assert dropped["gpl.py"] == "GPL-2.0-or-later (copyleft)"
    assert dropped["delta.py"] == "no_license (no_license)"


def test_opt_outs_are_decisions_and_stand_in_card_and_manifest(tmp_path):
    root = write(tmp_path / "repos", FILES)
    listed = tmp_path / "opt-outs.txt"
    listed.write_text("# asked for\nowner/bob:docs/*\n")
    corpus = build(root, tmp_path / "out", **{"source.opt_out": ["ann"], "source.opt_out_file": str(listed)})
    rows = corpus.decisions().filter(code="CC011").to_dicts()
    assert sorted(f"{row['repo_name']}/{row['path']}" for row in rows) == sorted(
        [path for path in FILES if path.startswith("ann/")] + ["bob/docs/epsilon.py"]
    )
    assert set(licences_of(corpus)) == {"bob/delta.py"}
    said = corpus.manifest["opt_out"]
    assert said == {"entries": 2, "sha256": said["sha256"], "documents": 7}
    card = (corpus.path / "README.md").read_text()
    assert "A list of 2 entries" in card
    assert said["sha256"] in card
    assert "opt-outs.txt" not in (corpus.path / "config.toml").read_text()
    assert corpus.verify().problems == ()
    # The same entries given another way are the same run.
    again = build(root, tmp_path / "again", **{"source.opt_out": ["owner/bob:docs/*", "ann"]})
    assert (again.path / "manifest.json").read_bytes() == (corpus.path / "manifest.json").read_bytes()


def units_run(out: Path, before: int) -> list[tuple[str, str]]:
    lines = (out / "work" / "timings.jsonl").read_text().splitlines()[before:]
    return [(row["stage"], row["key"]) for row in map(json.loads, lines)]


def test_another_list_reads_again_what_it_touches_and_no_more(tmp_path):
    root, out = write(tmp_path / "repos", FILES), tmp_path / "out"
    # Files of 40 MB that hold nothing on the disk make shards of their own, and are too large to be read.
    for name in ("aaa", "bba", "zzz"):
        (root / name).mkdir()
        with (root / name / "big.bin.txt").open("wb") as file:
            file.truncate(40_000_000)
    build(root, out)
    before = len((out / "work" / "timings.jsonl").read_text().splitlines())
    reads = len([stage for stage, _ in units_run(out, 0) if stage == "read"])
    assert reads > 1
    build(root, out, **{"source.opt_out": ["nobody/at-all", "bob:none/*"]})
    assert units_run(out, before) == []
    build(root, out, **{"source.opt_out": ["bob:docs"]})
    assert [stage for stage, _ in units_run(out, before)].count("read") == 1


def test_a_list_that_is_not_there_is_a_mistake_of_the_configuration(tmp_path):
    with pytest.raises(ConfigError):
        build(
            write(tmp_path / "repos", FILES),
            tmp_path / "out",
            **{"source.opt_out_file": str(tmp_path / "no")},
        )


def test_opt_outs_hold_for_reading_alone(tmp_path):
    root = write(tmp_path / "repos", FILES)
    table = cc.read(root, settings={"source.opt_out": ["ann"]})
    assert set(table["repo_name"].to_pylist()) == {"bob"}

"""Licences: full texts, the nearest folder, SPDX lines, columns of the source."""

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from identify.vendor.licenses import LICENSES

from codecorpus.sources import (
    FOUND_LICENCES,
    LICENCE_COLUMNS,
    assign_licences,
    find_licences,
    licence_class,
    recognise_licences,
)
from naive_sources import naive_nearest_licences
from sources_help import read_tables, write

TEXTS = dict(LICENSES)
MIT, APACHE, GPL3 = TEXTS["MIT"], TEXTS["Apache-2.0"], TEXTS["GPL-3.0"]


@pytest.mark.parametrize("name", TEXTS)
def test_full_texts_are_recognised_as_themselves_alone(name):
    assert recognise_licences(TEXTS[name]) in ([name], [f"{name}-only"])


def test_layout_and_quotes_do_not_matter():
    assert recognise_licences("\n".join(f" *  {word}" for word in MIT.upper().split())) == ["MIT"]


def test_a_text_may_hold_several_licences_or_none():
    assert recognise_licences(MIT + "\n-----\n" + APACHE) == ["Apache-2.0", "MIT"]
    assert recognise_licences("All rights reserved. Do not copy.") == []
    assert recognise_licences("") == []


def test_classes():
    assert licence_class([]) == "no_license"
    assert licence_class(["MIT", "ISC"]) == "permissive"
    assert licence_class(["MIT", "MPL-2.0"]) == "copyleft"
    assert licence_class(["MIT", "Odd-1.0"]) == "unknown"
    assert licence_class(["GPL-3.0-only", "Odd-1.0"]) == "unknown"


def assigned(root, **options):
    documents = pa.concat_tables([batch.documents for batch in read_tables(root, **options)])
    answers = assign_licences(documents, find_licences(documents))
    assert answers.schema == LICENCE_COLUMNS
    ids, kinds, _ = answers.columns
    places = zip(documents["repo_name"].to_pylist(), documents["path"].to_pylist(), strict=True)
    return dict(zip(places, zip(ids.to_pylist(), kinds.to_pylist(), strict=True), strict=True))


def test_the_nearest_folder_with_a_licence_wins(tmp_path):
    root = write(
        tmp_path / "d",
        {
            "r/LICENSE": MIT,
            "r/a.py": "a\n",
            "r/vendor/COPYING": GPL3,
            "r/vendor/x/b.c": "b\n",
            "r/odd/LICENCE.txt": "Ask first.\n",
            "r/odd/c.c": "c\n",
            "dual/LICENSE-MIT": MIT,
            "dual/LICENSE-APACHE": APACHE,
            "dual/src/d.rs": "d\n",
            "reuse/LICENSES/ISC.txt": TEXTS["ISC"],
            "reuse/e.py": "e\n",
            "wheel/x-1.dist-info/licenses/LICENSE": TEXTS["MPL-2.0"],
            "wheel/x/f.py": "f\n",
            "none/g.py": "g\n",
            "none/license.py": MIT,
        },
    )
    found = assigned(root)
    assert found["r", "a.py"] == (["MIT"], "permissive")
    assert found["r", "vendor/x/b.c"] == (["GPL-3.0-only"], "copyleft")
    assert found["r", "odd/c.c"] == ([], "unknown")
    assert found["dual", "src/d.rs"] == (["Apache-2.0", "MIT"], "permissive")
    assert found["reuse", "e.py"] == (["ISC"], "permissive")
    assert found["wheel", "x/f.py"] == (["MPL-2.0"], "copyleft")
    assert found["none", "g.py"] == ([], "no_license")


def test_an_spdx_line_in_the_head_overrides_the_folder(tmp_path):
    root = write(
        tmp_path / "d",
        {
            "r/LICENSE": MIT,
            "r/a.c": "// SPDX-License-Identifier: GPL-2.0-only\nint a;\n",
            "r/b.c": "int b;\n" + "// pad\n" * 2000 + "// SPDX-License-Identifier: GPL-2.0-only\n",
            "r/c.c": "/* SPDX-License-Identifier: <id> */\n",
            "r/d.c": "// SPDX-License-Identifier: ISC\n// SPDX-License-Identifier: MPL-2.0\n",
        },
    )
    found = assigned(root)
    assert found["r", "a.c"] == (["GPL-2.0-only"], "copyleft")
    assert found["r", "b.c"] == (["MIT"], "permissive")
    assert found["r", "c.c"] == (["MIT"], "permissive")
    assert found["r", "d.c"] == (["ISC", "MPL-2.0"], "copyleft")


def test_columns_of_the_source_are_kept(tmp_path):
    place = tmp_path / "l.jsonl"
    place.write_text(
        '{"content": "// SPDX-License-Identifier: MIT\\n", "path": "a.c", "detected_licenses": ["ISC"]}\n'
        '{"content": "b\\n", "path": "b.c", "detected_licenses": [], "license_type": "no_license"}\n'
        '{"content": "// SPDX-License-Identifier: MIT\\n", "path": "c.c"}\n'
    )
    found = assigned(place)
    assert found["l", "a.c"] == (["ISC"], "permissive")
    assert found["l", "b.c"] == ([], "no_license")
    assert found["l", "c.c"] == (["MIT"], "permissive")


def test_empty_tables_are_fine(tmp_path):
    root = write(tmp_path / "d", {"r/a.py": "a\n"})
    documents = read_tables(root)[0].documents
    none = find_licences(documents)
    assert none.schema == FOUND_LICENCES
    assert none.num_rows == 0
    assert assign_licences(documents.slice(0, 0), none).num_rows == 0


def row(repo, path, directory, expression, kind="licence file", pattern=None):
    return {
        "doc_id": bytes(16),
        "repo_name": repo,
        "path": path,
        "kind": kind,
        "directory": directory,
        "pattern": pattern,
        "expression": expression,
        "similarity": None,
        "holders": [],
    }


FOLDERS = st.lists(st.sampled_from("ab"), max_size=4).map("/".join)
IDS = st.sampled_from(["MIT", "ISC", "GPL-3.0-only"])


@given(
    st.dictionaries(FOLDERS, IDS, max_size=6), st.lists(FOLDERS, min_size=1, max_size=10), st.integers(0, 3)
)
@settings(max_examples=150, deadline=None)
def test_nearest_folder_agrees_with_the_naive_walk(licences, folders, start):
    paths = [f"{folder}/x.py".lstrip("/") for folder in folders]
    found = pa.Table.from_pylist(
        [row("r", f"{folder}/LICENSE".lstrip("/"), folder, spdx) for folder, spdx in licences.items()],
        schema=FOUND_LICENCES,
    )
    documents = pa.table(
        {
            "doc_id": [bytes([number]) * 16 for number in range(len(paths))],
            "repo_name": ["r"] * len(paths),
            "path": paths,
            "content": pa.array(["x"] * len(paths), pa.large_string()),
            "detected_licenses": pa.nulls(len(paths), pa.list_(pa.string())),
            "license_type": pa.nulls(len(paths), pa.string()),
        }
    )
    documents = pa.concat_tables([documents, documents]).slice(start)
    ids = assign_licences(documents, found)["detected_licenses"]
    expected = [naive_nearest_licences(path, licences) for path in [*paths, *paths][start:]]
    assert ids.to_pylist() == [[one] if one else [] for one in expected]


def single(root, files):
    """The files as those of the one repository in a folder."""
    return write(root, {f"r/{path}": text for path, text in files.items()})


def expressions(root):
    documents = pa.concat_tables([batch.documents for batch in read_tables(root)])
    answers = assign_licences(documents, find_licences(documents))
    return dict(zip(documents["path"].to_pylist(), answers["license_expression"].to_pylist(), strict=True))


def evidence(root):
    documents = pa.concat_tables([batch.documents for batch in read_tables(root)])
    found = find_licences(documents).to_pylist()
    return [(one["kind"], one["path"], one["directory"], one["expression"]) for one in found]


GPL_HEADER = """/* a.c - a program
 * Copyright (C) 2020 Ann <ann@example.org>
 *
 * This program is free software; you can redistribute it and/or modify it under the terms of the GNU General Public License
 * as published by the Free Software Foundation; either version 2 of the License, or (at your option) any later version.
 */
int a;
"""
APACHE_HEADER = 'Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except in compliance with the License.'


def test_a_header_speaks_for_its_file_alone(tmp_path):
    mit = "".join(f"# {line}\n" for line in MIT.splitlines())
    root = single(
        tmp_path / "r",
        {
            "LICENSE": TEXTS["ISC"],
            "gpl.c": GPL_HEADER,
            "apache.py": f'#!/usr/bin/env python\n"""A module.\n\n{APACHE_HEADER}\n"""\n',
            "apache.php": f"<?php\n\ndeclare(strict_types=1);\n/*\n{APACHE_HEADER}\n*/\n",
            "Apache.java": f"package a;\n\n/*\n * {APACHE_HEADER}\n */\n",
            "page.html": f"<!--\n{APACHE_HEADER}\n-->\n<p>x</p>\n",
            "mit.py": mit + "x = 1\n",
            "mpl.js": "/* This Source Code Form is subject to the terms of the Mozilla Public\n * License, v. 2.0. */\n",
            "dunder.py": '"""A module."""\n\n__license__ = "BSD-2-Clause"\n',
            "points.go": "// Use of this source code is governed by a BSD-style\n// license that can be found in the LICENSE file.\n",
            "vague.py": "# Licensed under the BSD license.\n",
            "string.py": 'HEADER = """\n'
            + APACHE_HEADER
            + '"""\n'
            + 'TAG = "SPDX-License-Identifier: GPL-3.0-only"\n',
            "talk.md": f"# Notes\n\n{APACHE_HEADER}\n",
            "late.c": "int a;\n" * 300 + GPL_HEADER,
        },
    )
    found = expressions(root)
    assert found["gpl.c"] == "GPL-2.0-or-later"
    assert {found[name] for name in ("apache.py", "apache.php", "Apache.java", "page.html")} == {"Apache-2.0"}
    assert (found["mit.py"], found["mpl.js"], found["dunder.py"]) == ("MIT", "MPL-2.0", "BSD-2-Clause")
    own = {"points.go", "vague.py", "string.py", "talk.md", "late.c"}
    assert {found[name] for name in own} == {"ISC"}


def test_metadata_reads_licence_files_together_and_holds_where_there_is_none(tmp_path):
    root = write(
        tmp_path / "r",
        {
            "dual/Cargo.toml": '[package]\nlicense = "MIT OR Apache-2.0"',
            "dual/LICENSE-MIT": MIT,
            "dual/LICENSE-APACHE": APACHE,
            "later/package.json": '{"license": "GPL-3.0-or-later"}',
            "later/COPYING": GPL3,
            "wrong/package.json": '{"license": "ISC"}',
            "wrong/LICENSE": MIT,
            "more/package.json": '{"license": "MIT"}',
            "more/LICENSE": MIT + APACHE,
            "vague/setup.cfg": "[metadata]\nlicense = BSD\n",
            "vague/LICENSE": TEXTS["BSD-3-Clause"],
            "alone/pom.xml": "<project><licenses><license><name>MIT</name></license></licenses></project>",
            "odd/LICENSE": "Ask first.\n",
            "odd/package.json": '{"license": "MIT"}',
            "broken/package.json": "{",
            **{
                f"{name}/src/x.c": "int x;\n"
                for name in ("dual", "later", "wrong", "more", "vague", "alone", "odd", "broken")
            },
        },
    )
    found = {}
    documents = pa.concat_tables([batch.documents for batch in read_tables(root)])
    answers = assign_licences(documents, find_licences(documents))
    for repo, path, one, kind in zip(
        documents["repo_name"].to_pylist(),
        documents["path"].to_pylist(),
        answers["license_expression"].to_pylist(),
        answers["license_type"].to_pylist(),
        strict=True,
    ):
        if path == "src/x.c":
            found[repo] = (one, kind)
    assert found == {
        "dual": ("MIT OR Apache-2.0", "permissive"),
        "later": ("GPL-3.0-or-later", "copyleft"),
        "wrong": ("MIT", "permissive"),
        "more": ("MIT AND Apache-2.0", "permissive"),
        "vague": ("BSD-3-Clause", "permissive"),
        "alone": ("MIT", "permissive"),
        "odd": ("MIT", "permissive"),
        "broken": (None, "no_license"),
    }


def test_a_file_that_offers_a_choice_speaks_for_the_files_beside_it(tmp_path):
    choice = "This software is made available under the terms of *either* of the licenses found in LICENSE.APACHE or LICENSE.BSD."
    files = {"LICENSE": choice, "LICENSE.APACHE": APACHE, "LICENSE.BSD": TEXTS["BSD-2-Clause"], "a.py": "a\n"}
    assert expressions(single(tmp_path / "r", files))["a.py"] == "Apache-2.0 OR BSD-2-Clause"
    copyright = "Licensed under the Apache License, Version 2.0 <LICENSE-APACHE> or the MIT license <LICENSE-MIT>, at your option."
    files = {"COPYRIGHT": copyright, "LICENSE-APACHE": APACHE, "LICENSE-MIT": MIT, "a.rs": "a\n"}
    assert expressions(single(tmp_path / "s", files))["a.rs"] == "Apache-2.0 OR MIT"


def test_the_text_of_the_gpl_beside_that_of_the_lgpl_is_no_second_licence(tmp_path):
    files = {"COPYING": GPL3, "COPYING.LESSER": TEXTS["LGPL-3.0"], "a.c": "int a;\n"}
    assert expressions(single(tmp_path / "r", files))["a.c"] == "LGPL-3.0-only"


def test_a_folder_of_texts_counts_where_no_licence_file_stands_beside_it(tmp_path):
    files = {"LICENSES/MIT.txt": MIT, "LICENSES/LicenseRef-Ours.txt": "Ours.\n", "a.c": "int a;\n"}
    assert expressions(single(tmp_path / "r", files))["a.c"] == "LicenseRef-Ours AND MIT"
    assert expressions(single(tmp_path / "s", {**files, "LICENSE": TEXTS["ISC"]}))["a.c"] == "ISC"


def test_patterns_and_sidecars_come_before_the_folder(tmp_path):
    dep5 = "Format: 1\n\nFiles: *\nLicense: Expat\n\nFiles: src/gpl/*\nLicense: GPL-2+\n"
    files = {
        "debian/copyright": dep5,
        "LICENSE": TEXTS["ISC"],
        "a.c": "int a;\n",
        "src/gpl/b.c": "int b;\n",
        "src/own/LICENSE": APACHE,
        "src/own/c.c": "int c;\n",
        "data.json": "[1]\n",
        "data.json.license": "SPDX-FileCopyrightText: 2020 Ann\n\nSPDX-License-Identifier: CC0-1.0\n",
    }
    found = expressions(single(tmp_path / "r", files))
    assert found["a.c"] == "MIT"
    assert found["src/gpl/b.c"] == "GPL-2.0-or-later"
    assert found["src/own/c.c"] == "Apache-2.0"
    assert found["data.json"] == "CC0-1.0"


def test_the_older_file_of_reuse_is_read_too(tmp_path):
    dep5 = "Format: 1\n\nFiles: img/*\nLicense: CC0-1.0\n"
    found = expressions(
        single(tmp_path / "r", {".reuse/dep5": dep5, "img/a.svg": "<svg/>\n", "b.c": "int b;\n"})
    )
    assert (found["img/a.svg"], found["b.c"]) == ("CC0-1.0", None)


def test_what_was_found_is_kept_with_its_place(tmp_path):
    bundle = MIT + "\n# Licenses of bundled dependencies\n\n" + TEXTS["ISC"]
    files = {
        "LICENSE": bundle,
        "package.json": '{"license": "MIT"}',
        "src/a.c": GPL_HEADER,
        "src/b.c": "// SPDX-License-Identifier: ISC\n",
        "NOTICE": "x\n",
    }
    assert sorted(evidence(single(tmp_path / "r", files))) == [
        ("SPDX line", "src/b.c", None, "ISC"),
        ("bundled", "LICENSE", "", "ISC"),
        ("header", "src/a.c", None, "GPL-2.0-or-later"),
        ("licence file", "LICENSE", "", "MIT"),
        ("package metadata", "package.json", "", "MIT"),
    ]


def test_the_order_of_documents_does_not_matter(tmp_path):
    files = {
        "LICENSE-A": MIT,
        "LICENSE-B": APACHE,
        "package.json": '{"license": "(Apache-2.0 OR MIT)"}',
        "x/COPYING": GPL3,
        "x/a.c": "int a;\n",
        "b.c": GPL_HEADER,
    }
    documents = read_tables(single(tmp_path / "r", files))[0].documents
    turned = documents.take(list(reversed(range(documents.num_rows))))
    straight = assign_licences(documents, find_licences(documents)).to_pylist()
    back = assign_licences(turned, find_licences(turned)).to_pylist()
    assert back[::-1] == straight

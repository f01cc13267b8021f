"""Licences: full texts, the nearest folder, SPDX lines, columns of the source."""

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from identify.vendor.licenses import LICENSES

from codecorpus.sources import (
    FOUND_LICENCES,
    assign_licences,
    find_licences,
    licence_class,
    recognise_licences,
)
from codecorpus.sources.licence import parse_spdx
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


def test_a_notice_may_grant_later_versions():
    notice = "the GNU General Public License as published by the Free Software Foundation; either version {} of the License, or"
    assert recognise_licences(notice.format(2)) == ["GPL-2.0-or-later"]
    assert recognise_licences(notice.format(3)) == ["GPL-3.0-or-later"]


@pytest.mark.parametrize(
    ("line", "ids", "kind"),
    [
        ("MIT", ["MIT"], "permissive"),
        ("mit */", ["MIT"], "permissive"),
        ("Apache-2.0 OR MIT", ["Apache-2.0", "MIT"], "permissive"),
        ("GPL-2.0-only OR BSD-2-Clause", ["BSD-2-Clause", "GPL-2.0-only"], "permissive"),
        ("MIT AND GPL-2.0+", ["GPL-2.0-or-later", "MIT"], "copyleft"),
        ("(GPL-2.0 WITH Linux-syscall-note) OR MIT", ["GPL-2.0-only", "MIT"], "copyleft"),
        ("GPL-2.0 WITH Linux-syscall-note -->", ["GPL-2.0-only"], "copyleft"),
        ("LicenseRef-Ours", ["LicenseRef-Ours"], "unknown"),
        ("BUSL-1.1", ["BUSL-1.1"], "unknown"),
        ("see the file", [], "unknown"),
    ],
)
def test_spdx_expressions(line, ids, kind):
    found, said = parse_spdx(line)
    assert found == ids
    assert said == kind


def test_classes():
    assert licence_class([]) == "no_license"
    assert licence_class(["MIT", "ISC"]) == "permissive"
    assert licence_class(["MIT", "MPL-2.0"]) == "copyleft"
    assert licence_class(["MIT", "Odd-1.0"]) == "unknown"


def assigned(root, **options):
    documents = pa.concat_tables([batch.documents for batch in read_tables(root, **options)])
    ids, kinds = assign_licences(documents, find_licences(documents))
    assert (ids.type, kinds.type) == (pa.list_(pa.string()), pa.string())
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
    ids, kinds = assign_licences(documents.slice(0, 0), none)
    assert (len(ids), len(kinds)) == (0, 0)


FOLDERS = st.lists(st.sampled_from("ab"), max_size=4).map("/".join)
IDS = st.sampled_from(["MIT", "ISC", "GPL-3.0-only"])


@given(
    st.dictionaries(FOLDERS, IDS, max_size=6), st.lists(FOLDERS, min_size=1, max_size=10), st.integers(0, 3)
)
@settings(max_examples=150, deadline=None)
def test_nearest_folder_agrees_with_the_naive_walk(licences, folders, start):
    paths = [f"{folder}/x.py".lstrip("/") for folder in folders]
    found = pa.table(
        [["r"] * len(licences), list(licences), list(licences.values())],
        schema=FOUND_LICENCES,
    )
    documents = pa.table(
        {
            "repo_name": ["r"] * len(paths),
            "path": paths,
            "content": pa.array(["x"] * len(paths), pa.large_string()),
            "detected_licenses": pa.nulls(len(paths), pa.list_(pa.string())),
            "license_type": pa.nulls(len(paths), pa.string()),
        }
    )
    documents = pa.concat_tables([documents, documents]).slice(start)
    ids, _ = assign_licences(documents, found)
    expected = [naive_nearest_licences(path, licences) for path in [*paths, *paths][start:]]
    assert ids.to_pylist() == [[one] if one else [] for one in expected]

"""What package metadata declares: every format, good, odd and malformed."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from identify.vendor.licenses import LICENSES

from codecorpus.sources.globs import fits
from codecorpus.sources.licence_metadata import is_metadata, metadata_licence
from codecorpus.sources.licence_patterns import licence_patterns, pattern_folder
from codecorpus.spdx.ids import id_table

MIT_TEXT = dict(LICENSES)["MIT"]
POM = "<project xmlns='http://maven.apache.org/POM/4.0.0'><licenses>{}</licenses></project>"

GOOD = [
    ("pyproject.toml", '[project]\nlicense = "MIT OR Apache-2.0"', "MIT OR Apache-2.0"),
    ("pyproject.toml", '[project]\nlicense = {text = "BSD 3-Clause License"}', "BSD-3-Clause"),
    ("pyproject.toml", '[project]\nlicense = {file = "LICENSE"}\nclassifiers = ["License :: OSI Approved :: MIT License"]', "MIT"),
    ("pyproject.toml", '[tool.poetry]\nlicense = "GPL-3.0+"', "GPL-3.0-or-later"),
    ("pyproject.toml", '[tool.flit.metadata]\nlicense = "ISC"', "ISC"),
    ("pyproject.toml", f"[project]\nlicense = {{text = '''{MIT_TEXT}'''}}", "MIT"),
    ("setup.cfg", "[metadata]\nlicense = MIT\n", "MIT"),
    ("setup.cfg", "[metadata]\nclassifiers =\n    Programming Language :: Python\n    License :: OSI Approved :: Apache Software License\n", "Apache-2.0"),
    ("setup.py", "from setuptools import setup\nsetup(name='a', license='LGPLv2.1+')\n", "LGPL-2.1-or-later"),
    ("setup.py", "# license='MIT'\nsetup(classifiers=['License :: OSI Approved :: BSD License'])\n", "LicenseRef-BSD"),
    ("a-1.dist-info/METADATA", "Metadata-Version: 2.4\nLicense-Expression: MIT AND Zlib\nLicense: x\n\nLicense: GPL-3.0-only", "MIT AND Zlib"),
    ("a.egg-info/PKG-INFO", "Name: a\nLicense: UNKNOWN\nClassifier: License :: OSI Approved :: MIT License\n", "MIT"),
    ("PKG-INFO", "License: " + MIT_TEXT.replace("\n", "\n        ") + "\nName: a\n", "MIT"),
    ("PKG-INFO", "Classifier: License :: OSI Approved\nClassifier: License :: OSI Approved :: MIT License\nClassifier: License :: OSI Approved :: GNU General Public License v2 (GPLv2)\n", "MIT AND GPL-2.0-only"),
    ("package.json", '{"license": "MIT"}', "MIT"),
    ("package.json", '{"license": "(MIT OR GPL-3.0)"}', "MIT OR GPL-3.0-only"),
    ("package.json", '{"license": {"type": "BSD-2-Clause", "url": "x"}}', "BSD-2-Clause"),
    ("package.json", '{"licenses": [{"type": "MIT"}, {"type": "Apache 2.0"}]}', "MIT OR Apache-2.0"),
    ("package.json", '{"license": ["MIT", 3, null, {"type": []}]}', "MIT"),
    ("package.json", '\ufeff{"license": "UNLICENSED"}', "LicenseRef-Proprietary"),
    ("bower.json", '{"license": "MIT"}', "MIT"),
    ("composer.json", '{"license": ["LGPL-2.1-only", "GPL-3.0-or-later"]}', "LGPL-2.1-only OR GPL-3.0-or-later"),
    ("composer.json", '{"license": "proprietary"}', "LicenseRef-Proprietary"),
    ("META.json", '{"license": ["perl_5"]}', "Artistic-1.0-Perl OR GPL-1.0-or-later"),
    ("Cargo.toml", '[package]\nlicense = "MIT/Apache-2.0"', "MIT OR Apache-2.0"),
    ("Cargo.toml", '[package]\nlicense.workspace = true\n[workspace.package]\nlicense = "ISC"', "ISC"),
    ("pom.xml", POM.format("<license><name>The Apache Software License, Version 2.0</name><url>u</url></license>"), "Apache-2.0"),
    ("pom.xml", POM.format("<license><name>MIT</name></license><license><name>EPL 2.0</name></license>"), "MIT OR EPL-2.0"),
    ("a.nuspec", "<package><metadata><license type='expression'>MIT</license></metadata></package>", "MIT"),
    ("a.csproj", "<Project><PropertyGroup><PackageLicenseExpression>MIT</PackageLicenseExpression></PropertyGroup></Project>", "MIT"),
    ("a.gemspec", 'Gem::Specification.new do |s|\n  s.license = "MIT"\nend', "MIT"),
    ("a.gemspec", "  s.licenses = ['MIT'.freeze, \"Ruby\"]\n  s.name = 'ISC'\n", "MIT AND Ruby"),
    ("a.gemspec", "  s.licenses = %w[MIT ISC]\n", "MIT AND ISC"),
    ("a.podspec", "s.license = { :type => 'Apache-2.0', :file => 'LICENSE' }", "Apache-2.0"),
    ("a.cabal", "name: a\nlicense:   BSD-3-Clause\n", "BSD-3-Clause"),
    ("DESCRIPTION", "Package: a\nVersion: 1\nLicense: GPL (>= 2) | file LICENSE\n", "GPL-2.0-or-later"),
    ("a.opam", 'license: "ISC"\n', "ISC"),
    ("mix.exs", 'package: [licenses: ["MIT"]]', "MIT"),
    ("a-1.rockspec", 'description = {\n  license = "MIT/X11"\n}', "MIT"),
]  # fmt: skip

NOTHING = [
    ("pyproject.toml", "[project"),
    ("pyproject.toml", 'project = "x"'),
    ("pyproject.toml", "[project]\nlicense = 3"),
    ("pyproject.toml", "a = " + "[" * 100_000),
    ("setup.cfg", "no section = 1"),
    ("setup.cfg", "[metadata]\nlicense = %(x)s"),
    ("setup.py", "setup(license=LICENSE)"),
    ("PKG-INFO", ""),
    ("PKG-INFO", "Classifier: License :: OSI Approved\n"),
    ("package.json", ""),
    ("package.json", "[1, 2]"),
    ("package.json", '{"license": "SEE LICENSE IN LICENSE.md"}'),
    ("package.json", '{"license": {"a": {}}}'),
    ("package.json", "[" * 200_000),
    ("package.json", '{"license": NaN}'),
    ("Cargo.toml", '[package]\nlicense-file = "LICENSE"'),
    ("Cargo.toml", "[package]\nlicense = []"),
    ("Cargo.toml", '[package]\nlicense = "MIT"\n' + "a." * 400_000 + "b = 1"),
    ("pom.xml", POM.format("<license><name>MIT</name>")),
    ("pom.xml", "<a>" * 200_000),
    ("pom.xml", "<project><dependencies><license><name>MIT</name></license></dependencies></project>"),
    (
        "pom.xml",
        '<!DOCTYPE x [<!ENTITY a "MIT">]><project><licenses><license><name>&a;</name></license></licenses></project>',
    ),
    ("a.gemspec", "s.license"),
    ("DESCRIPTION", "License: MIT is a nice place\n"),
    ("a.cabal", "license-file: LICENSE\n"),
    ("unknown.txt", "license = MIT"),
    ("METADATA", "License: MIT"),
]


@pytest.mark.parametrize(("path", "text", "expression"), GOOD)
def test_declarations(path, text, expression):
    assert str(metadata_licence(path, text)) == expression
    assert (
        str(
            metadata_licence(
                f"deep/er/{path}", text.replace("\n", "\r\n") if path == "package.json" else text
            )
        )
        == expression
    )


@pytest.mark.parametrize(("path", "text"), NOTHING)
def test_what_is_malformed_or_names_nothing_declares_nothing(path, text):
    assert metadata_licence(path, text) is None


def test_entities_do_not_swell():
    lines = ['<!ENTITY a0 "lol">'] + [f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 12)]
    bomb = f"<?xml version='1.0'?><!DOCTYPE l [{''.join(lines)}]><project><licenses><license><name>&a11;</name></license></licenses></project>"
    assert metadata_licence("pom.xml", bomb) is None


def test_metadata_of_more_than_a_megabyte_is_not_read():
    assert metadata_licence("package.json", json.dumps({"license": "MIT", "x": "y" * 1_000_000})) is None


FILES = st.sampled_from([path for path, _, _ in GOOD])
SCRAPS = st.lists(
    st.sampled_from(
        [
            '{"license":',
            "[project]\n",
            'license = "MIT"',
            "<project>",
            "</project>",
            "\0",
            "License: MIT\n",
            "]]>",
            "é",
            "'''",
            "%w[",
        ]
    ),
    max_size=10,
)


@given(FILES, st.one_of(st.text(), SCRAPS.map("".join)))
@settings(max_examples=400, deadline=None)
def test_no_metadata_is_too_odd(path, text):
    assert is_metadata(path)
    first = metadata_licence(path, text)
    assert metadata_licence(path, text) == first


@given(FILES, st.data())
@settings(max_examples=200, deadline=None)
def test_cut_metadata_never_raises(path, data):
    text = data.draw(st.sampled_from([text for other, text, _ in GOOD if other == path]))
    metadata_licence(path, text[: data.draw(st.integers(0, len(text)))])


DEP5 = """Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/
Upstream-Name: a

Files: *
Copyright: 2020 A
License: Expat

Files: src/gpl/*
 tests/?.c
Copyright: B
License: GPL-2+ with OpenSSL exception
 On Debian systems ...

License: Expat
 Permission is hereby granted
"""


def test_debian_copyright_gives_licences_by_pattern():
    rows = [(pattern, str(licence)) for pattern, licence in licence_patterns("debian/copyright", DEP5)]
    assert rows == [("*", "MIT"), ("src/gpl/*", "GPL-2.0-or-later"), ("tests/?.c", "GPL-2.0-or-later")]
    assert licence_patterns("debian/copyright", "This is MIT.\n") == []


def test_reuse_toml_gives_licences_by_pattern():
    text = 'version = 1\n[[annotations]]\npath = ["a/**", "b.c"]\nSPDX-License-Identifier = "MIT"\n[[annotations]]\npath = "x"\n'
    assert [(pattern, str(licence)) for pattern, licence in licence_patterns("REUSE.toml", text)] == [
        ("a/**", "MIT"),
        ("b.c", "MIT"),
    ]
    for bad in (
        "[[",
        "annotations = 3",
        "[[annotations]]\npath = 3\nSPDX-License-Identifier = 'MIT'",
        "a = " + "[" * 50_000,
    ):
        assert licence_patterns("REUSE.toml", bad) == []
    assert pattern_folder("x/debian/copyright") == "x"
    assert pattern_folder(".reuse/dep5") == ""
    assert pattern_folder("copyright") is None


@given(st.text("ab*?[].\\/^$", max_size=12), st.text("ab/.", max_size=12))
@settings(max_examples=300, deadline=None)
def test_any_glob_fits_or_not(pattern, path):
    assert fits(pattern, path) in (True, False)
    assert fits("*", path)


def test_many_stars_do_not_run_away():
    assert not fits("*a" * 200 + "b", "a" * 4000)
    assert fits("docs", "docs/a/b.md")
    assert not fits("docs", "docs2/a.md")


def test_ids_in_names_are_known():
    for meaning in ("MIT", "LicenseRef-Proprietary", "LicenseRef-Public-Domain"):
        assert meaning in id_table().classes

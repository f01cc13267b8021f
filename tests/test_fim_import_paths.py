import random as random_module
import time

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import naive_context
from codecorpus.fim.context import path_index
from codecorpus.fim.context.path_index import Entry, index_paths, join
from codecorpus.fim.context.resolve import resolve
from codecorpus.parse.imports import references
from generated_repositories import FORMS, repository


def imports(files):
    """Edges between paths, of {path: (language, source)}."""
    paths = list(files)
    batch = pa.table(
        {"language": [files[path][0] for path in paths], "content": [files[path][1] for path in paths]}
    )
    found = references(batch)
    columns = (found.field(name).to_pylist() for name in ("references", "declares"))
    edges = resolve(paths, batch["language"].to_pylist(), *columns)
    return {(paths[one], paths[other]) for one, other in edges.tolist()}


def edges_of(language, files):
    return imports({path: (language, source) for path, source in files.items()})


@pytest.mark.parametrize("language", FORMS)
@pytest.mark.parametrize("seed", range(12))
def test_imports_of_generated_repositories_are_found_and_no_others(language, seed):
    paths, sources, expected = repository(language, random_module.Random(f"{language} {seed}"))
    files = {
        path: ("Go Module" if path == "go.mod" else language, source)
        for path, source in zip(paths, sources, strict=True)
    }
    assert imports(files) == expected


NAMES = st.lists(st.sampled_from(["a", "b", "tests", "c"]), min_size=1, max_size=4).map(tuple)


@settings(max_examples=400, deadline=None)
@given(
    st.lists(st.tuples(NAMES, st.integers(0, 1)), max_size=15),
    NAMES,
    st.lists(st.sampled_from("ab"), max_size=3),
)
def test_the_nearest_file_is_that_of_the_naive_search(given_entries, names, near):
    entries = [Entry(path, path[:-1], rank, file) for file, (path, rank) in enumerate(given_entries)]
    expected = naive_context.ending(entries, names, tuple(near), path_index.is_seen)
    assert index_paths(entries).ending(names, tuple(near)) == expected


def test_python_finds_packages_siblings_and_what_is_above():
    found = edges_of(
        "Python",
        {
            "src/p/__init__.py": "from .a import f\n",
            "src/p/a.py": "import p.b\nfrom p import b\nfrom . import q\nimport types, string\n",
            "src/p/b.py": "from ..outside import x\nfrom ...... import y\nimport utils\n",
            "src/p/types.py": "",
            "src/p/q/__init__.py": "from p.q import *\n",
            "scripts/run.py": "import utils\nfrom utils import main\n",
            "scripts/utils.py": "import p\n",
            "tests/test_p.py": "from p.a import g\n",
        },
    )
    assert found == {
        ("src/p/__init__.py", "src/p/a.py"),
        ("src/p/a.py", "src/p/b.py"),
        ("src/p/a.py", "src/p/q/__init__.py"),
        ("scripts/run.py", "scripts/utils.py"),
        ("scripts/utils.py", "src/p/__init__.py"),
        ("tests/test_p.py", "src/p/a.py"),
    }


def test_scripts_find_index_files_and_other_extensions():
    found = edges_of(
        "TypeScript",
        {
            "a/index.ts": "import './b'; import '.'; import '..'; import '../../..'; import 'b';",
            "a/b.tsx": "import x from '@/lib/deep'; import y from './c.js'; import z from '#/none/deep'",
            "a/c.ts": "import '../lib'; import './d.vue?x'; import './missing';",
            "a/d.vue": "",
            "lib/index.ts": "export * from './deep'",
            "lib/deep/index.ts": "",
            "index.ts": "",
        },
    )
    assert found == {
        ("a/index.ts", "a/b.tsx"),
        ("a/index.ts", "index.ts"),
        ("a/b.tsx", "lib/deep/index.ts"),
        ("a/b.tsx", "a/c.ts"),
        ("a/c.ts", "lib/index.ts"),
        ("a/c.ts", "a/d.vue"),
        ("lib/index.ts", "lib/deep/index.ts"),
    }


def test_declarations_mean_declarations():
    found = edges_of(
        "TypeScript", {"a.d.ts": "import './b.js'; import './c'", "b.js": "", "b.d.ts": "", "c.ts": ""}
    )
    assert found == {("a.d.ts", "b.d.ts"), ("a.d.ts", "c.ts")}


def test_packages_of_the_repository_are_known_by_their_names():
    found = imports(
        {
            "packages/core/package.json": ("JSON", '{"name": "@x/core", "main": "dist/x.js"}'),
            "packages/core/src/index.ts": ("TypeScript", ""),
            "packages/core/src/deep/a.ts": ("TypeScript", ""),
            "packages/app/package.json": ("JSON", '{"private": true, "name": "app"}'),
            "packages/app/b.ts": (
                "TypeScript",
                "import '@x/core'; import '@x/core/deep/a'; import 'app'; import 'react'",
            ),
            "packages/app/index.js": ("JavaScript", ""),
            "one/package.json": ("JSON", '{"name": "react"}'),
            "one/index.js": ("JavaScript", ""),
            "two/package.json": ("JSON", '{"name": "react"}'),
            "data.json": ("JSON", '{"name": "react"}'),
        }
    )
    targets = ("core/src/index.ts", "core/src/deep/a.ts", "app/index.js")
    assert found == {("packages/app/b.ts", f"packages/{target}") for target in targets}


def test_a_package_of_python_may_stand_anywhere_if_it_is_in_no_other():
    found = edges_of(
        "Python",
        {
            "python/foo/__init__.py": "",
            "python/foo/_vendor/__init__.py": "",
            "python/foo/_vendor/six/__init__.py": "",
            "python/lone.py": "",
            "src/mod.py": "",
            "t/x.py": "from foo import Thing\nimport six\nimport lone\nimport mod\nimport json\n",
            "python/json/__init__.py": "",
        },
    )
    assert found == {("t/x.py", "python/foo/__init__.py"), ("t/x.py", "src/mod.py")}


def test_java_is_found_by_path_where_declarations_are_unknown():
    paths = ["m/src/a/b/C.java", "n/x/D.java"]
    assert resolve(paths, ["Java"] * 2, [[], ["a.b.C", "x.none.E"]]).tolist() == [[1, 0]]


def test_scripts_inside_of_pages_import():
    page = "<script lang='ts'>import x from './x'</script><p>import './y'</p>"
    assert imports({"p.vue": ("Vue", page), "x.ts": ("TypeScript", ""), "y.ts": ("TypeScript", "")}) == {
        ("p.vue", "x.ts")
    }


def test_go_takes_all_files_of_a_package_but_its_tests():
    found = imports(
        {
            "go.mod": ("Go Module", "module b.org/m\n"),
            "main.go": ("Go", 'package main\nimport ("b.org/m/p"; "fmt"; "p")\n'),
            "p/a.go": ("Go", "package p"),
            "p/b.go": ("Go", "package p"),
            "p/b_test.go": ("Go", "package p"),
        }
    )
    assert found == {("main.go", "p/a.go"), ("main.go", "p/b.go")}


def test_without_go_mod_the_imports_vote():
    files = {f"{name}/{name}.go": f'package {name}\nimport "b.org/m/z"\n' for name in "xy"}
    files |= {"z/z.go": 'package z\nimport ("b.org/m/x"; "github.com/pkg/y")\n'}
    assert edges_of("Go", files) == {("x/x.go", "z/z.go"), ("y/y.go", "z/z.go"), ("z/z.go", "x/x.go")}


def test_one_import_that_ends_like_a_folder_is_no_module():
    files = {"errors/errors.go": "package errors", "a.go": 'package a\nimport "github.com/pkg/errors"\n'}
    assert edges_of("Go", files) == set()


def test_c_looks_beside_the_file_first_and_takes_the_nearest():
    found = edges_of(
        "C",
        {
            "a/x.c": '#include "x.h"\n#include <y.h>\n#include <string.h>\n#include "string.h"\n',
            "a/x.h": "",
            "a/string.h": "",
            "include/x.h": "",
            "include/y.h": '#include "x.h"\n',
            "b/arch/z.h": "",
            "c/arch/z.h": '#include "z.h"\n',
            "d/z.c": "#include <arch/z.h>\n",
            "f/s.c": "#include <stdio.h>\n#include <notstd.h>\n",
            "f/stdio.h": "",
            "g/stdio.h": "",
            "g/notstd.h": "",
            "tests/fake/w.h": "",
            "e/w.c": "#include <w.h>\n",
            "tests/w.c": "#include <w.h>\n",
        },
    )
    assert found == {
        ("a/x.c", "a/x.h"),
        ("a/x.c", "include/y.h"),
        ("a/x.c", "a/string.h"),
        ("include/y.h", "include/x.h"),
        ("f/s.c", "g/notstd.h"),
        ("tests/w.c", "tests/fake/w.h"),
    }


def test_a_repository_may_be_a_folder_that_others_see_under_a_longer_name():
    files = {
        f"{name}.hpp": "#include <boost/mpl/base.hpp>\n#include <boost/config/x.hpp>\n" for name in "xyz"
    }
    files |= {"base.hpp": "", "a.hpp": "#include <boost/mpl/x.hpp>\n#include <boost/mpl/y.hpp>\n"}
    found = edges_of("C++", files)
    assert ("a.hpp", "y.hpp") in found
    assert ("x.hpp", "base.hpp") in found
    assert ("y.hpp", "x.hpp") not in found


def test_rust_modules_and_crates():
    found = edges_of(
        "Rust",
        {
            "k/my-core/src/lib.rs": 'mod a; pub mod b; #[path = "odd/c.rs"] mod c; mod inline { mod deep; }',
            "k/my-core/src/a.rs": "use super::b::Thing; use self::sub::X; mod sub; use super::super::build;",
            "k/my-core/src/a/sub.rs": "use super::super::b; use super::super::super::super::x;",
            "k/my-core/src/b/mod.rs": "use crate::Error;",
            "k/my-core/src/odd/c.rs": "",
            "k/my-core/src/inline/deep.rs": "",
            "k/my-core/build.rs": "",
            "k/app/src/main.rs": "use my_core::b::{Thing, other}; extern crate my_core; use serde::a;",
            "k/app/tests/it.rs": "mod common;",
            "k/app/tests/common/mod.rs": "",
        },
    )
    core = "k/my-core/src/"
    assert found == {
        (core + "lib.rs", core + "a.rs"),
        (core + "lib.rs", core + "b/mod.rs"),
        (core + "lib.rs", core + "odd/c.rs"),
        (core + "lib.rs", core + "inline/deep.rs"),
        (core + "a.rs", core + "b/mod.rs"),
        (core + "a.rs", core + "a/sub.rs"),
        (core + "a/sub.rs", core + "b/mod.rs"),
        (core + "b/mod.rs", core + "lib.rs"),
        ("k/app/src/main.rs", core + "b/mod.rs"),
        ("k/app/tests/it.rs", "k/app/tests/common/mod.rs"),
    }


def test_java_types_of_packages_nested_ones_and_by_path():
    found = edges_of(
        "Java",
        {
            "m/a/A.java": "package a; import b.*; import c.C.Inner; import static c.C.X; class A { B f; D g; String s; }",
            "m/b/B.java": "package b; class B { A a; }",
            "m/b/D.java": "package b; class D {}",
            "m/c/C.java": "package c; class C { class Inner {} a.A x; }",
            "n/b/B.java": "package b; class B {}",
        },
    )
    assert found == {("m/a/A.java", f"m/{other}.java") for other in ("b/B", "b/D", "c/C")}


def test_kotlin_and_java_see_each_other():
    files = {
        "a/A.kt": ("Kotlin", "package a\nimport b.B\nclass A"),
        "b/B.java": ("Java", "package b; class B { a.A x; }"),
    }
    assert imports(files) == {("a/A.kt", "b/B.java")}


def test_csharp_sees_namespaces_around_its_own_and_only_types_that_it_names():
    found = edges_of(
        "C#",
        {
            "a.cs": "using N.Far; namespace N.Near { class A { Base b; Far1 f; Other o; } }",
            "b.cs": "namespace N { class Base {} }",
            "c.cs": "namespace N.Far { class Far1 {} class Far2 {} } namespace P { class Other {} }",
            "d.cs": "namespace N.Far { class Far3 {} }",
        },
    )
    assert found == {("a.cs", "b.cs"), ("a.cs", "c.cs")}


def test_php_classes_without_a_namespace_and_included_files():
    found = edges_of(
        "PHP",
        {
            "index.php": "<?php require 'inc/boot.php'; include ROOT . '/inc/extra.php'; require $x . 'y'; new Page;",
            "inc/boot.php": "<?php require_once __DIR__ . '/../lib/db.php'; require __DIR__ . '/../../../../etc/passwd';",
            "inc/extra.php": "<?php require __DIR__ . '/index.php'; include dirname(__FILE__) . '/lib/db.php';",
            "lib/db.php": "<?php class Db extends Missing {} include 'inc/extra.php';",
            "lib/q/inc/extra.php": "<?php",
            "lib/page.php": "<?php class Page { function f() { return Db::get(); } }",
        },
    )
    assert found == {
        ("index.php", "inc/boot.php"),
        ("index.php", "inc/extra.php"),
        ("index.php", "lib/page.php"),
        ("inc/boot.php", "lib/db.php"),
        ("lib/page.php", "lib/db.php"),
        ("lib/db.php", "inc/extra.php"),
    }


LANGUAGES = st.sampled_from([*FORMS, "Vue", "HTML", "Go Module", "Ruby", None])
ODD = [
    "..",
    ".",
    "",
    "...a:b",
    "../../..",
    "use crate",
    "mod ",
    "~",
    "*",
    ".*",
    "<>",
    '"',
    "file ",
    "here ../..",
]
ODD += ["@/", "use super::super", "module ", "/", "path ../..", "a/b", "b.py", "index.js"]
TEXTS = st.one_of(st.text(max_size=12), st.sampled_from(ODD))
FILES = st.lists(
    st.tuples(TEXTS, LANGUAGES, st.lists(TEXTS, max_size=4), st.lists(TEXTS, max_size=3)), max_size=8
)


@settings(max_examples=500, deadline=None)
@given(FILES)
def test_hostile_names_give_edges_between_files_or_none(files):
    columns = [list(column) for column in zip(*files, strict=True)] or [[], [], [], []]
    edges = resolve(*columns)
    assert edges.dtype == np.int32
    assert edges.shape[1] == 2
    assert ((edges >= 0) & (edges < len(files))).all()
    assert (edges[:, 0] != edges[:, 1]).all()
    assert list(map(tuple, edges.tolist())) == sorted(set(map(tuple, edges.tolist())))


def test_of_a_path_that_occurs_twice_the_first_is_meant():
    paths = ["a.py", "b\n.py", "b\n.py"]
    assert resolve(paths, ["Python"] * 3, [["b\n:x"], [], ["a"]]).tolist() == [[0, 1], [2, 0]]


def test_paths_that_leave_the_repository_are_nothing():
    assert join(("a",), "../../b") is None
    assert join((), "..") is None
    assert join(("a", "b"), "../..//./c") == ("c",)


@pytest.mark.parametrize(
    ("language", "path", "reference"),
    [
        ("C", "d{0}/e{1}/config.h", '"config.h"'),
        ("C", "d{0}/e{1}/x{2}/y.h", '"y.h"'),
        ("Python", "d{0}/e{1}/pkg/mod.py", "pkg.mod:x"),
        ("JavaScript", "d{0}/e{1}/f/index.js", "e0/f"),
        ("Java", "d{0}/e{1}/a/B.java", "a.B"),
        ("Go", "d{0}/e{1}/a/b.go", "x.org/d0/e0/a"),
        ("Rust", "d{0}/e{1}/src/lib.rs", "use e0::x"),
    ],
)
def test_twenty_thousand_files_of_one_name_take_no_square_of_time(language, path, reference):
    count = 20_000
    paths = [path.format(number % 7, number, number) for number in range(count)]
    began = time.process_time()
    resolve(paths, [language] * count, [[reference, f"{reference}z"]] * count, [["a.*", "a.B"]] * count)
    assert time.process_time() - began < 60

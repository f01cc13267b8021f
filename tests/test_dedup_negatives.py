"""Named pairs that look alike and say different things: none of them may be dropped."""

import random
from itertools import pairwise

import pyarrow as pa
import pytest

import codecorpus as cc

LICENCE = """Copyright {year} The {owner} Authors. All rights reserved.

Licensed under the Apache License, Version 2.0 (the "License");
you may not use this file except in compliance with the License.
You may obtain a copy of the License at

    http://www.apache.org/licenses/LICENSE-2.0

Unless required by applicable law or agreed to in writing, software
distributed under the License is distributed on an "AS IS" BASIS,
WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express or implied.
See the License for the specific language governing permissions and
limitations under the License."""


def lines(mark):
    return "\n".join(
        f"{mark} {line}".rstrip() for line in LICENCE.format(year=2020, owner="Example").split("\n")
    )


def block(begin, mark, end):
    return f"{begin}\n{lines(mark)}\n{end}"


#: style → (language, file name, what stands before the body)
HEADERS = {
    "slashes": ("Go", "a.go", lines("//")),
    "slashes, Rust": ("Rust", "a.rs", lines("//")),
    "star block": ("Java", "A.java", block("/*", " *", " */")),
    "doc block": ("JavaScript", "a.js", block("/**", " *", " */")),
    "bare block": ("C", "a.c", block("/*", "", "*/")),
    "hashes": ("Python", "a.py", lines("#")),
    "hashes behind a shebang": ("Shell", "a.sh", "#!/bin/sh\n#\n" + lines("#")),
    "hashes behind shebang and coding": (
        "Python",
        "a.py",
        "#!/usr/bin/env python\n# -*- coding: utf-8 -*-\n\n" + lines("#"),
    ),
    "dashes": ("SQL", "a.sql", lines("--")),
    "block behind the PHP tag": ("PHP", "a.php", "<?php\n\n" + block("/*", " *", " */")),
    "markup": ("HTML", "a.html", block("<!--", "", "-->")),
    "two blocks": ("C++", "a.cc", "// -*- C++ -*-\n\n" + block("/*", " *", " */") + "\n// See the manual.\n"),
    "ruler": ("Ruby", "a.rb", "#" * 78 + "\n" + lines("#") + "\n" + "#" * 78),
}

# What a body of ten statements may look like: `name` and `number` make it another program.
BODIES = {
    "Go": ("package {name}\n\n", "func {name}{i}(x int) int {{ return x*{number} + {name}{j}(x) }}\n"),
    "Rust": ("use crate::{name};\n\n", "pub fn {name}_{i}(x: u32) -> u32 {{ x * {number} + {name}_{j}(x) }}\n"),
    "Java": ("package {name};\n\n", "class {name}{i} {{ int {name}(int x) {{ return x * {number}; }} }}\n"),
    "JavaScript": ("import {name} from './{name}'\n", "export const {name}{i} = x => {name}(x, {number})\n"),
    "C": ("#include <{name}.h>\n", "int {name}_{i}(int x) {{ return {name}_{j}(x) * {number}; }}\n"),
    "C++": ("#include <{name}.h>\n", "int {name}_{i}(int x) {{ return {name}_{j}(x) * {number}; }}\n"),
    "Python": ("import {name}\n\n", "def {name}_{i}(x):\n    return {name}.step(x, {number})\n\n"),
    "Shell": ("{name}=1\n", "{name}_{i}() {{ {name} --step {number} \"$1\"; }}\n"),
    "SQL": ("CREATE SCHEMA {name};\n", "INSERT INTO {name} (a{i}, b{j}) VALUES ({number}, '{name}');\n"),
    "PHP": ("namespace {name};\n", "function {name}_{i}($x) {{ return {name}_{j}($x) * {number}; }}\n"),
    "HTML": ("<title>{name}</title>\n", "<p class=\"{name}{i}\">{name} costs {number} here</p>\n"),
    "Ruby": ("require '{name}'\n", "def {name}_{i}(x) = {name}_{j}(x) * {number}\n"),
}  # fmt: skip
NAMES = ("mean", "tax", "parser", "socket", "colour", "queue")


def body(language, name, statements):
    first, statement = BODIES[language]
    chosen = random.Random(f"{language} {name}")
    text = first.format(name=name)
    for i in range(statements):
        text += statement.format(name=name, i=i, j=chosen.randrange(99), number=chosen.randrange(10_000))
    return text


def licensed(style, statements):
    language, path, header = HEADERS[style]
    return [(language, f"{name}/{path}", f"{header}\n\n{body(language, name, statements)}") for name in NAMES]


def dunder_inits():
    few = [("Python", f"{name}/__init__.py", f'__version__ = "1.{n}.0"\n') for n, name in enumerate(NAMES)]
    exports = [
        f'"""The package {name}."""\n\n'
        + "".join(f"from .{name}_{part} import {name.title()}{part.title()}\n" for part in PARTS)
        + f"\n__all__ = [{', '.join(repr(name.title() + part.title()) for part in PARTS)}]\n"
        for name in NAMES
    ]
    return few + [
        ("Python", f"pkg/{name}/__init__.py", text) for name, text in zip(NAMES, exports, strict=True)
    ]


PARTS = ("reader", "writer", "error", "index", "cache")


def accessors(name):
    fields = [f"{name}{part.title()}" for part in PARTS]
    text = f"public class {name.title()} {{\n" + "".join(f"    private int {field};\n" for field in fields)
    for field in fields:
        big = field[0].upper() + field[1:]
        text += f"\n    public int get{big}() {{\n        return {field};\n    }}\n"
        text += f"\n    public void set{big}(int {field}) {{\n        this.{field} = {field};\n    }}\n"
    return text + "}\n"


def code_page(seed):
    """Like those of Python's `encodings`: the same words around, the lower half equal, other letters in the upper one."""
    chosen = random.Random(seed)
    rows = [f"    '\\x{byte:02x}'   # 0x{byte:02X} -> CONTROL {byte}\n" for byte in range(128)]
    for byte in range(128, 256):
        letter = chosen.randrange(0x80, 0x2600)
        rows.append(f"    '\\u{letter:04x}' #  0x{byte:02X} -> LETTER {chosen.choice(NAMES)} {letter}\n")
    head = f'"""Python Character Mapping Codec cp{seed} generated from a table."""\n\nimport codecs\n\n'
    return (
        head
        + "decoding_table = (\n"
        + "".join(rows)
        + ")\n\nencoding_table = codecs.charmap_build(decoding_table)\n"
    )


def number_table(seed):
    chosen = random.Random(seed)
    rows = [
        "    " + ", ".join(f"0x{chosen.randrange(2**32):08x}" for _ in range(8)) + ",\n" for _ in range(32)
    ]
    return "static const unsigned int table[256] = {\n" + "".join(rows) + "};\n"


def bundle(seed):
    """One line: a loader that every bundle has, and modules that no other has."""
    chosen = random.Random(seed)
    loader = (
        "!function(e){var t={};function n(r){if(t[r])return t[r].exports;var o=t[r]={i:r,l:!1,exports:{}};"
        "return e[r].call(o.exports,o,o.exports,n),o.l=!0,o.exports}n.m=e,n.c=t,n(n.s=0)}(["
    )
    names = [chosen.choice(NAMES) + str(chosen.randrange(1000)) for _ in range(40)]
    modules = [
        f"function(e,t,n){{e.{a}=function(r){{return n({i}).{b}(r,{chosen.randrange(9999)})}}}}"
        for i, (a, b) in enumerate(pairwise(names))
    ]
    return loader + ",".join(modules) + "]);"


def declarations_ts(name):
    methods = "".join(
        f"  {name}{part.title()}(value: {name.title()}{part.title()}Options): void;\n" for part in PARTS * 3
    )
    return f"{lines('//')}\n\nexport interface {name.title()} {{\n{methods}}}\n"


def declarations_h(name):
    guard = f"{name.upper()}_H"
    functions = "".join(
        f"int {name}_{part}_{i}(struct {name} *self, int {part});\n" for i in range(4) for part in PARTS
    )
    linkage = '#ifdef __cplusplus\nextern "C" {\n#endif\n', "#ifdef __cplusplus\n}\n#endif\n"
    text = f"#ifndef {guard}\n#define {guard}\n\n{linkage[0]}\n{functions}\n{linkage[1]}\n#endif\n"
    return f"{block('/*', ' *', ' */')}\n{text}"


def exports(name, count):
    """A package as it comes out of a generator: names, and the number of lines, say which is which.

    From two lines on, as 97 of 100 such files in a real package have: with one line against three, the template is 0.73 of all
    shingles, and those are near-duplicates by definition.
    """
    lines_ = [f"    from .{name}_{PARTS[n % 5]}_{n} import *\n" for n in range(count)]
    return (
        "from typing import TYPE_CHECKING\n\nfrom ...utils import _LazyModule\n"
        "from ...utils.import_utils import define_import_structure\n\n\n"
        "if TYPE_CHECKING:\n"
        + "".join(lines_)
        + 'else:\n    import sys\n\n    _file = globals()["__file__"]\n'
        "    sys.modules[__name__] = _LazyModule(__name__, _file, define_import_structure(_file), module_spec=__spec__)\n"
    )


def settings(name, n):
    """Data that is written as code: one network of many, each with a file of its own."""
    title, port = name.title(), 8000 + 37 * n
    return (
        f"import {{ defineNetwork }} from '../utils/defineNetwork.js'\n\nexport const {name} = defineNetwork({{\n  id: {port * 13},\n"
        f"  name: '{title} Mainnet',\n  currency: {{ name: '{title} Coin', symbol: '{name[:3].upper()}', decimals: {6 + n} }},\n"
        f"  urls: {{\n    http: ['https://rpc.{name}.example:{port}'],\n    socket: ['wss://ws.{name}.example:{port + 1}'],\n  }},\n"
        f"  explorer: {{\n    name: '{title}Scan',\n    url: 'https://{name}scan.example',\n"
        f"    api: 'https://api.{name}scan.example',\n  }},\n"
        f"  contracts: {{\n    registry: {{ address: '0x{port * 7919:040x}', created: {port * 101} }},\n  }},\n}})\n"
    )


FAMILIES = {
    "__init__.py": dunder_inits(),
    "generated __init__.py": [
        ("Python", f"{name}/__init__.py", exports(name, count))
        for name, count in zip(NAMES, (2, 3, 6, 12, 25, 50), strict=True)
    ],
    "settings as code": [("TypeScript", f"{name}.ts", settings(name, n)) for n, name in enumerate(NAMES)],
    "getters and setters": [("Java", f"{name}.java", accessors(name)) for name in NAMES],
    "code pages": [("Python", f"cp{n}.py", code_page(n)) for n in range(6)],
    "tables of numbers": [("C", f"table{n}.c", number_table(n)) for n in range(6)],
    "minified bundles": [("JavaScript", f"{n}.min.js", bundle(n)) for n in range(6)],
    "declarations of TypeScript": [("TypeScript", f"{name}.d.ts", declarations_ts(name)) for name in NAMES],
    "declarations of C": [("C", f"{name}.h", declarations_h(name)) for name in NAMES],
}


def table_of(documents):
    languages, paths, contents = zip(*documents, strict=True)
    return pa.table(
        {"language": languages, "path": paths, "content": contents, "repo_name": ["r"] * len(paths)}
    )


def dropped(documents, **options):
    return sorted(cc.dedup.near_duplicates(table_of(documents), **options).dropped["path"].to_pylist())


@pytest.mark.parametrize("statements", [1, 3, 12], ids=["tiny", "small", "usual"])
@pytest.mark.parametrize("style", HEADERS)
def test_keeps_other_code_under_the_same_licence_header(style, statements):
    assert dropped(licensed(style, statements)) == []


@pytest.mark.parametrize("family", FAMILIES)
def test_keeps_files_of_one_form_and_different_content(family):
    assert dropped(FAMILIES[family]) == []


# Accessors, bundles, C declarations and settings of one form are the same code under other names, as far as structure can tell:
# that is why the level flags, and drops only for those who ask.
TOLD_APART = (
    "__init__.py",
    "code pages",
    "tables of numbers",
    "declarations of TypeScript",
)


@pytest.mark.parametrize("family", TOLD_APART)
def test_keeps_lists_and_tables_where_structural_duplicates_are_dropped_too(family):
    assert dropped(FAMILIES[family], structural="drop") == []


def test_keeps_a_long_list_of_imports_beside_a_short_one_where_structural_duplicates_are_dropped_too():
    sizes = zip(NAMES, (6, 12, 25, 50), strict=False)
    assert (
        dropped([("Python", f"{name}.py", exports(name, count)) for name, count in sizes], structural="drop")
        == []
    )


def test_keeps_them_all_in_one_corpus_too():
    everything = [document for family in FAMILIES.values() for document in family]
    assert dropped(everything) == []


@pytest.mark.parametrize("style", HEADERS)
def test_drops_the_same_code_under_a_header_of_another_year_and_owner(style):
    language, path, header = HEADERS[style]
    other = header.replace("2020", "2024").replace("Example", "Sample")
    assert other != header
    text = body(language, "mean", 20)
    assert (
        len(
            dropped(
                [
                    (language, f"a/{path}", f"{header}\n\n{text}"),
                    (language, f"b/{path}", f"{other}\n\n{text}"),
                ]
            )
        )
        == 1
    )


@pytest.mark.parametrize("family", [name for name in FAMILIES if name != "__init__.py"])
def test_drops_a_copy_of_a_member_with_one_word_changed(family):
    language, path, text = FAMILIES[family][0]
    words = text.split(" ")
    words[len(words) // 2] += "x"
    assert len(dropped([*FAMILIES[family], (language, f"copy/{path}", " ".join(words))])) == 1
